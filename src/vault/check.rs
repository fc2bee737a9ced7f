//! Checking a vault from end to end: every record is opened, and what it should be held against it.

use futures_util::TryStreamExt as _;
use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use super::attachments::is_whole;
use super::drafts::Summary;
use super::reseal::{Names, SEALED, SealedColumn};
use super::standing::{STANDING, is_as_written};
use super::store::{digest, uuid};
use super::{DraftBody, Seal, Vault, VaultError};
use crate::domain::receipt::Receipt;

/// A record that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Damage {
    /// Table and column, such as `outbox.draft`; `file` for the database itself, `audit` for the trail, `attachments` for a file.
    pub place: String,
    /// The record: an id, a digest, or what SQLite says of the database.
    pub id: String,
}

/// What a check went through, and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Sealed records and files that were looked at.
    pub records: u64,
    /// Those that are damaged.
    pub damaged: Vec<Damage>,
}

impl Checked {
    /// Counts a record, and notes it when it is damaged; any other failure is the check's own.
    fn take(&mut self, place: &str, id: &str, outcome: Result<(), VaultError>) -> Result<(), VaultError> {
        self.records += 1;
        match outcome {
            Err(error) if error.is_damage() => {
                self.damaged.push(Damage { place: place.to_owned(), id: id.to_owned() });
                Ok(())
            }
            outcome => outcome,
        }
    }
}

impl Vault {
    /// Checks the file's structure, opens every record, holds every frozen document and every file against its digest, and follows the
    /// audit trail. One that is damaged hinders no other from being looked at.
    ///
    /// # Errors
    /// When the vault is locked, or cannot be read for another reason than damage.
    pub async fn examine(&self) -> Result<Checked, VaultError> {
        let seal = self.current_seal()?;
        let mut connection = self.reader().await;
        let mut checked = Checked::default();
        let verdict = integrity(&mut connection).await;
        if let Err(VaultError::Damaged(what)) = &verdict {
            checked.damaged.push(Damage { place: "file".to_owned(), id: what.clone() });
        } else {
            verdict?;
        }
        for column in SEALED {
            let ended = examine_column(&mut connection, &seal, column, &mut checked).await;
            whole_or(&mut checked, column.table, ended)?;
        }
        let ended = examine_standings(&mut connection, &seal, &mut checked).await;
        whole_or(&mut checked, "outbox", ended)?;
        let ended = examine_files(&mut connection, &seal, &mut checked).await;
        whole_or(&mut checked, "attachments", ended)?;
        let trail = self.check_audit(&mut connection).await;
        checked.take("audit", trail.as_ref().err().map(ToString::to_string).unwrap_or_default().as_str(), trail)?;
        Ok(checked)
    }

    /// As [`Self::examine`], for whoever wants to know only whether everything is whole.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] with the first damage found.
    pub async fn check(&self) -> Result<(), VaultError> {
        match self.examine().await?.damaged.into_iter().next() {
            Some(Damage { place, id }) => Err(VaultError::Damaged(format!("{place} {id}"))),
            None => Ok(()),
        }
    }
}

/// A table that cannot be read to its end is damage like any other.
fn whole_or(checked: &mut Checked, table: &str, ended: Result<(), VaultError>) -> Result<(), VaultError> {
    match ended {
        Err(error) if error.is_damage() => {
            checked.damaged.push(Damage { place: table.to_owned(), id: error.to_string() });
            Ok(())
        }
        ended => ended,
    }
}

async fn integrity(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    let verdict: String = sqlx::query("PRAGMA integrity_check(1)").fetch_one(connection).await?.try_get(0)?;
    if verdict == "ok" { Ok(()) } else { Err(VaultError::Damaged(verdict)) }
}

async fn examine_column(
    connection: &mut SqliteConnection,
    seal: &Seal,
    SealedColumn { place, table, column, key, version }: SealedColumn,
    checked: &mut Checked,
) -> Result<(), VaultError> {
    let expected = if place == "outbox.document" { "digest" } else { "NULL" };
    let (keys, version) = (key.join(", "), version.unwrap_or("1"));
    let query = format!("SELECT {keys}, {version}, {column}, {expected} FROM {table} WHERE {column} IS NOT NULL");
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let names = Names::of(&row, key.len())?;
        let at = key.len();
        let opened = || -> Result<(), VaultError> {
            let id = names.id();
            let name = super::RecordName { place, id: &id, version: row.try_get(at)? };
            is_what_it_should_be(place, &seal.open(name, row.try_get(at + 1)?)?, row.try_get(at + 2)?)
        };
        checked.take(place, &names.shown(), opened())?;
    }
    Ok(())
}

/// Whether an unsealed body is one of its kind.
fn is_what_it_should_be(place: &str, body: &[u8], expected: Option<&str>) -> Result<(), VaultError> {
    match place {
        "drafts.body" | "outbox.draft" => drop(serde_json::from_slice::<DraftBody>(body)?),
        "drafts.summary" | "outbox.summary" => drop(serde_json::from_slice::<Summary>(body)?),
        "receipts.body" => drop(serde_json::from_slice::<Receipt>(body)?),
        "outbox.document" if expected != Some(digest(body).as_str()) => {
            return Err(VaultError::Damaged("the document is not what was frozen".to_owned()));
        }
        _ => {}
    }
    Ok(())
}

/// Where each request stands, by its seal and by its columns.
async fn examine_standings(
    connection: &mut SqliteConnection,
    seal: &Seal,
    checked: &mut Checked,
) -> Result<(), VaultError> {
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {STANDING} FROM outbox"))).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let id = uuid(&row, 0)?.to_string();
        let as_written = match is_as_written(seal, &row) {
            Ok(true) => Ok(()),
            Ok(false) => Err(VaultError::Damaged(id.clone())),
            Err(error) => Err(error),
        };
        checked.take("outbox.standing", &id, as_written)?;
    }
    Ok(())
}

/// Files by their digests: that of a file of which somebody needs what is not there, too.
async fn examine_files(
    connection: &mut SqliteConnection,
    seal: &Seal,
    checked: &mut Checked,
) -> Result<(), VaultError> {
    let rows = sqlx::query("SELECT digest FROM attachments UNION SELECT digest FROM attached")
        .fetch_all(&mut *connection)
        .await?;
    for row in rows {
        let digest: String = row.try_get(0)?;
        let whole = match is_whole(connection, seal, &digest).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(VaultError::Damaged(digest.clone())),
            Err(error) => Err(error),
        };
        checked.take("attachments", &digest, whole)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::vault::tests::{at, draft, receipt, with_queued};
    use crate::vault::{Acceptance, NewAttachment, Reason};

    #[tokio::test]
    async fn damage_is_found_wherever_it_is_and_hides_no_other() {
        let dir = TempDir::new().unwrap();
        let (vault, ids) = with_queued(dir.path(), 3).await;
        vault.save_draft(&draft(Uuid::now_v7(), 1)).await.unwrap();
        vault.put_cached("form", "a@1", None, b"{}", at(0)).await.unwrap();
        let file =
            NewAttachment { name: "a.jpg".to_owned(), media_type: "image/jpeg".to_owned(), content: vec![7; 99] };
        vault.attach(ids[0], &file).await.unwrap();
        vault.begin_sending(ids[1]).await.unwrap();
        vault.record_accepted(ids[1], &Acceptance::whole(receipt(ids[1]))).await.unwrap();
        vault.begin_sending(ids[2]).await.unwrap();
        vault.record_refused(ids[2], &Reason::of("invalid")).await.unwrap();
        let whole = vault.examine().await.unwrap();
        assert_eq!((whole.damaged, whole.records > 12), (Vec::new(), true));
        let spoilt = [
            ("drafts.body", "UPDATE drafts SET body = zeroblob(40)"),
            ("drafts.summary", "UPDATE drafts SET summary = zeroblob(40)"),
            ("outbox.summary", "UPDATE outbox SET summary = zeroblob(40) WHERE seq = 1"),
            ("outbox.document", "UPDATE outbox SET digest = 'x' WHERE seq = 1"),
            ("outbox.draft", "UPDATE outbox SET draft = zeroblob(40) WHERE seq = 1"),
            ("outbox.standing", "UPDATE outbox SET standing = zeroblob(40) WHERE seq = 3"),
            ("receipts.body", "UPDATE receipts SET body = zeroblob(40)"),
            ("cache.body", "UPDATE cache SET body = zeroblob(40)"),
            ("attachments", "UPDATE pieces SET body = zeroblob(40)"),
            ("audit", "UPDATE audit_head SET body = zeroblob(60)"),
        ];
        let mut places = Vec::new();
        for (place, sql) in spoilt {
            vault.run_sql(sql).await;
            places.push(place);
            let mut found: Vec<_> = vault.examine().await.unwrap().damaged.into_iter().map(|one| one.place).collect();
            let mut expected = places.clone();
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{sql}");
        }
        assert!(matches!(vault.check().await, Err(VaultError::Damaged(_))));
        vault.run_sql("DROP TRIGGER attached_to_none; DELETE FROM attachments").await;
        let found = vault.examine().await.unwrap().damaged;
        assert!(found.iter().any(|one| one.place == "attachments"), "a file that is needed and gone");
    }
}
