//! Where a submitted request stands, sealed as one with the revision of its row: what the next step depends on can neither be changed in the
//! file, nor one part of it be put back to what it was, without being noticed. The plain columns beside it are what queries look through.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::seal::SealError;
use super::store::{millis, optional_time, uuid};
use super::{OutboxState, Reason, RecordName, Seal, Vault, VaultError};

const PLACE: &str = "outbox.standing";

/// What [`Vault::opened_standing`] reads of a row, from its first column on.
pub(super) const STANDING: &str =
    "id, state, attempts, in_doubt, request_no, superseded_by, next_at, revision, standing";

/// See [`super::OutboxEntry`] for the fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) state: OutboxState,
    pub(super) attempts: u32,
    pub(super) in_doubt: bool,
    pub(super) request_no: Option<String>,
    pub(super) superseded_by: Option<Uuid>,
    pub(super) reason: Option<Reason>,
    /// Not sealed: a wrong one delays at most, and the planner believes in none that is far ahead.
    #[serde(skip)]
    pub(super) next_at: Option<Timestamp>,
    /// How often it was written; sealed by the name of the record.
    #[serde(skip)]
    pub(super) revision: u32,
}

impl Standing {
    /// Of a request that was just queued here.
    pub(super) const fn queued(in_doubt: bool) -> Self {
        Self {
            state: OutboxState::Queued,
            attempts: 0,
            in_doubt,
            request_no: None,
            superseded_by: None,
            reason: None,
            next_at: None,
            revision: 1,
        }
    }

    /// Sealed, for the row of a request.
    pub(super) fn sealed(&self, seal: &Seal, id: Uuid) -> Result<Vec<u8>, VaultError> {
        let name = RecordName { place: PLACE, id: id.as_bytes(), version: self.revision };
        Ok(seal.seal(name, &serde_json::to_vec(self)?)?)
    }

    /// What the plain columns say; the reason is the seal's alone.
    fn plain(row: &SqliteRow) -> Result<Self, VaultError> {
        Ok(Self {
            state: state(row, 1)?,
            attempts: row.try_get(2)?,
            in_doubt: row.try_get(3)?,
            request_no: row.try_get(4)?,
            superseded_by: row.try_get::<Option<&[u8]>, _>(5)?.is_some().then(|| uuid(row, 5)).transpose()?,
            reason: None,
            next_at: optional_time(row, 6)?,
            revision: row.try_get(7)?,
        })
    }

    /// Of a row whose seal says otherwise, or nothing: the backend may have the request. Sending it again is safe, taking it back is not.
    fn doubted(self) -> Self {
        Self { in_doubt: true, reason: Some(Reason::of(Reason::DAMAGED)), ..self }
    }

    /// Whether what was sealed is what the plain columns say.
    fn is_of(&self, plain: &Self) -> bool {
        Self { reason: None, ..self.clone() } == *plain
    }
}

/// The standing of a row, unless its seal is broken, or says otherwise than its columns.
fn opened(seal: &Seal, row: &SqliteRow, plain: &Standing) -> Result<Option<Standing>, VaultError> {
    let Some(sealed) = row.try_get::<Option<&[u8]>, _>(8)? else { return Ok(None) };
    let name = RecordName { place: PLACE, id: row.try_get(0)?, version: plain.revision };
    let body = match seal.open(name, sealed) {
        Ok(body) => body,
        Err(SealError::NoChance) => return Err(SealError::NoChance.into()),
        Err(_) => return Ok(None),
    };
    let Ok(sealed) = serde_json::from_slice::<Standing>(&body) else { return Ok(None) };
    let sealed = Standing { next_at: plain.next_at, revision: plain.revision, ..sealed };
    Ok(sealed.is_of(plain).then_some(sealed))
}

/// Whether a row of [`STANDING`] is as it was written.
pub(super) fn is_as_written(seal: &Seal, row: &SqliteRow) -> Result<bool, VaultError> {
    Ok(opened(seal, row, &Standing::plain(row)?)?.is_some())
}

impl Vault {
    /// The standing in a row of [`STANDING`]. One that is not as it was written is doubted.
    pub(super) fn opened_standing(&self, row: &SqliteRow) -> Result<Standing, VaultError> {
        let plain = Standing::plain(row)?;
        Ok(opened(&self.current_seal()?, row, &plain)?.unwrap_or_else(|| plain.doubted()))
    }

    /// The standing of a request that has to be in one of these states.
    ///
    /// # Errors
    /// [`VaultError::NotFound`], [`VaultError::State`].
    pub(super) async fn standing(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
        allowed: &[OutboxState],
    ) -> Result<Standing, VaultError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {STANDING} FROM outbox WHERE id = ?")))
            .bind(id.as_bytes().as_slice())
            .fetch_optional(connection)
            .await?
            .ok_or(VaultError::NotFound(id))?;
        let standing = self.opened_standing(&row)?;
        let state = standing.state;
        if allowed.contains(&state) { Ok(standing) } else { Err(VaultError::State { id, state }) }
    }

    /// Writes where a request stands now, at its next revision.
    pub(super) async fn write_standing(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
        standing: Standing,
    ) -> Result<(), VaultError> {
        write(connection, &self.current_seal()?, id, standing).await
    }
}

async fn write(connection: &mut SqliteConnection, seal: &Seal, id: Uuid, standing: Standing) -> Result<(), VaultError> {
    let standing = Standing { revision: standing.revision.saturating_add(1), ..standing };
    let sealed = standing.sealed(seal, id)?;
    sqlx::query(
        "UPDATE outbox SET state = ?, attempts = ?, in_doubt = ?, request_no = ?, superseded_by = ?, next_at = ?,
            revision = ?, standing = ? WHERE id = ?",
    )
    .bind(standing.state.name())
    .bind(standing.attempts)
    .bind(standing.in_doubt)
    .bind(standing.request_no)
    .bind(standing.superseded_by.map(|by| by.as_bytes().to_vec()))
    .bind(standing.next_at.map(millis))
    .bind(standing.revision)
    .bind(sealed)
    .bind(id.as_bytes().as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

/// Seals the standings of a vault that has just left schema 3, where only the reason was sealed, under the name that it had there.
pub(super) async fn seal_all(connection: &mut SqliteConnection, seal: &Seal) -> Result<(), VaultError> {
    let rows = sqlx::query("SELECT id FROM outbox").fetch_all(&mut *connection).await?;
    let query = format!("SELECT {STANDING} FROM outbox WHERE id = ?");
    for id in rows.iter().map(|row| uuid(row, 0)) {
        let id = id?;
        let row = sqlx::query(sqlx::AssertSqlSafe(query.clone()))
            .bind(id.as_bytes().as_slice())
            .fetch_one(&mut *connection)
            .await?;
        let plain = Standing::plain(&row)?;
        let name = RecordName { place: "outbox.reason", id: id.as_bytes(), version: 1 };
        let read = |sealed: &[u8]| -> Option<Reason> { serde_json::from_slice(&seal.open(name, sealed).ok()?).ok() };
        let standing = match row.try_get::<Option<&[u8]>, _>(8)?.map(read) {
            None => plain,
            Some(Some(reason)) => Standing { reason: Some(reason), ..plain },
            Some(None) => plain.doubted(),
        };
        write(connection, seal, id, standing).await?;
    }
    Ok(())
}

pub(super) fn state(row: &SqliteRow, column: usize) -> Result<OutboxState, VaultError> {
    let name: &str = row.try_get(column)?;
    OutboxState::from_name(name).ok_or_else(|| VaultError::Damaged(format!("unknown state {name}")))
}

#[cfg(test)]
mod tests {
    use sqlx::{ConnectOptions as _, Connection as _};
    use tempfile::TempDir;

    use super::*;
    use crate::vault::tests::{at, draft, open, request, seal, with_queued};
    use crate::vault::{Retry, schema, store};

    fn damaged() -> Option<Reason> {
        Some(Reason::of(Reason::DAMAGED))
    }

    #[tokio::test]
    async fn a_standing_that_was_changed_in_the_file_is_doubted_and_told() {
        let put_off = Retry { reason: Reason::of("unavailable"), next_at: None, counts: true, in_doubt: true };
        for forgery in [
            "UPDATE outbox SET in_doubt = 0 WHERE seq = 1",
            "UPDATE outbox SET attempts = 0 WHERE seq = 1",
            "UPDATE outbox SET request_no = 'SL4290062026112300017' WHERE seq = 1",
            "UPDATE outbox SET state = 'refused' WHERE seq = 1",
            "UPDATE outbox SET superseded_by = zeroblob(16) WHERE seq = 1",
            "UPDATE outbox SET standing = NULL WHERE seq = 1",
            "UPDATE outbox SET standing = (SELECT standing FROM outbox WHERE seq = 2) WHERE seq = 1",
            "UPDATE outbox SET standing = (SELECT standing FROM earlier) WHERE seq = 1",
            "UPDATE outbox SET standing = (SELECT standing FROM earlier), in_doubt = 0, attempts = 0 WHERE seq = 1",
        ] {
            let dir = TempDir::new().unwrap();
            let (vault, ids) = with_queued(dir.path(), 2).await;
            vault.run_sql("CREATE TEMP TABLE earlier AS SELECT * FROM outbox WHERE seq = 1").await;
            for id in &ids {
                vault.begin_sending(*id).await.unwrap();
                vault.record_attempt(*id, &put_off).await.unwrap();
            }
            vault.check().await.unwrap();
            vault.run_sql(forgery).await;
            let entry = vault.outbox_entry(ids[0]).await.unwrap().unwrap();
            assert_eq!((entry.in_doubt, entry.reason), (true, damaged()), "{forgery}");
            let found: Vec<_> = vault.examine().await.unwrap().damaged.into_iter().map(|one| one.place).collect();
            assert_eq!(found, [PLACE], "{forgery}");
            if entry.state == OutboxState::Queued {
                assert!(matches!(vault.withdraw(ids[0]).await, Err(VaultError::InDoubt(_))), "{forgery}");
                // Sending it again does no harm, and settles it.
                vault.begin_sending(ids[0]).await.unwrap();
                vault.check().await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn a_vault_of_schema_3_keeps_where_its_requests_stand() {
        let dir = TempDir::new().unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("li.vault"));
        let mut connection = options.create_if_missing(true).connect().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(schema::made_by(3))).execute(&mut connection).await.unwrap();
        sqlx::raw_sql("PRAGMA user_version = 3").execute(&mut connection).await.unwrap();
        let ids = [(); 3].map(|()| Uuid::now_v7());
        let why = Reason { detail: "年龄未满80周岁".to_owned(), ..Reason::of("invalid") };
        let sealed = |place, id: Uuid, body: &[u8]| {
            seal().seal(RecordName { place, id: id.as_bytes(), version: 1 }, body).unwrap()
        };
        let reasons = [None, Some(serde_json::to_vec(&why).unwrap()), Some(b"spoilt".to_vec())];
        for (id, reason) in ids.into_iter().zip(reasons) {
            let document = serde_json_canonicalizer::to_vec(&request(id, at(30))).unwrap();
            sqlx::query(
                "INSERT INTO outbox (id, state, submitted_at, attempts, local_no, digest, reason, summary, document, draft, final_at)
                 VALUES (?, 'refused', 1, 2, 'L-1123-01', ?, ?, ?, ?, ?, 77)",
            )
            .bind(id.as_bytes().as_slice())
            .bind(store::digest(&document))
            .bind(reason.map(|reason| sealed("outbox.reason", id, &reason)))
            .bind(sealed("outbox.summary", id, br#"{"item_code":"A","item_name":"B","applicant":"C"}"#))
            .bind(sealed("outbox.document", id, &document))
            .bind(sealed("outbox.draft", id, &serde_json::to_vec(&draft(id, 1).body).unwrap()))
            .execute(&mut connection)
            .await
            .unwrap();
        }
        connection.close().await.unwrap();
        let vault = open(dir.path()).await;
        vault.check().await.unwrap();
        for (id, doubted, reason) in [(ids[0], false, None), (ids[1], false, Some(why)), (ids[2], true, damaged())] {
            let entry = vault.outbox_entry(id).await.unwrap().unwrap();
            let state = (entry.state, entry.attempts, entry.in_doubt, entry.reason);
            assert_eq!(state, (OutboxState::Refused, 2, doubted, reason));
        }
        let row = sqlx::query("SELECT min(final_at), max(final_at) FROM outbox");
        let row = row.fetch_one(&mut *vault.reader().await).await.unwrap();
        assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (77, 77), "final since then, not since today");
        assert!(dir.path().join("li.schema-3").exists(), "a copy first");
    }
}
