//! The audit trail (操作留痕): who did what to which record, ids only. Each line carries the SM3 of the line before it and of itself, and the
//! last of these is kept sealed: a line that is changed, taken out or added without the vault's key is found. That the file as a whole was
//! put back to an earlier day is not.

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use serde::Serialize;
use sm3::{Digest as _, Sm3};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::rescue::common_columns;
use super::store::{millis, time};
use super::{RecordName, Seal, Vault, VaultError};

const HEAD: &str = "audit.head";

/// One line of the audit trail: ids only, never personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Counts from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who: the clerk's name.
    pub actor: String,
    /// What: a stable word such as `submit`, `withdraw`.
    pub action: String,
    /// On what: an id.
    pub subject: String,
}

impl Vault {
    /// Adds a line to the audit trail. `action` is a stable word, `subject` an id: never personal data.
    ///
    /// # Errors
    /// When the vault is read-only or locked, or the disk fails.
    pub async fn audit(&self, action: &str, subject: &str) -> Result<(), VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        self.write_audit(&mut transaction, action, subject).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Does what must not be done unnoted. The line comes first: when it cannot be written, on a full disk or in a vault that is open to
    /// look only, nothing is done. What fails after it gets a line of its own, `…-failed`.
    ///
    /// # Errors
    /// As [`Self::audit`], and those of the act.
    pub async fn noted<T, E: From<VaultError>>(
        &self,
        action: &str,
        act: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.audit(action, self.clerk()).await?;
        let done = act.await;
        if done.is_err() {
            // What is to be told is the failure of the act.
            let _ = self.audit(&format!("{action}-failed"), self.clerk()).await;
        }
        done
    }

    pub(super) async fn write_audit(
        &self,
        connection: &mut SqliteConnection,
        action: &str,
        subject: &str,
    ) -> Result<(), VaultError> {
        let last = sqlx::query("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *connection)
            .await?;
        let (seq, before) = match &last {
            Some(row) => (row.try_get::<i64, _>(0)?, row.try_get::<Option<Vec<u8>>, _>(1)?.unwrap_or_default()),
            None => (0, Vec::new()),
        };
        let line = Line { seq: seq + 1, at: millis(Timestamp::now()), actor: self.clerk(), action, subject };
        let chain = line.chained(&before);
        sqlx::query("INSERT INTO audit (seq, at, actor, action, subject, chain) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(line.seq)
            .bind(line.at)
            .bind(line.actor)
            .bind(action)
            .bind(subject)
            .bind(chain.as_slice())
            .execute(&mut *connection)
            .await?;
        sqlx::query("INSERT OR REPLACE INTO audit_head (one, body) VALUES (1, ?)")
            .bind(self.seal(HEAD, &[], 1, &head(line.seq, &chain))?)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The audit trail, the last line first, at most `limit`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn audit_trail(&self, limit: u32) -> Result<Vec<AuditEntry>, VaultError> {
        sqlx::query("SELECT seq, at, actor, action, subject FROM audit ORDER BY seq DESC LIMIT ?")
            .bind(limit)
            .fetch_all(&mut *self.reader().await)
            .await?
            .iter()
            .map(|row| {
                let seq: i64 = row.try_get(0)?;
                Ok(AuditEntry {
                    seq: seq.unsigned_abs(),
                    at: time(row, 1)?,
                    actor: row.try_get(2)?,
                    action: row.try_get(3)?,
                    subject: row.try_get(4)?,
                })
            })
            .collect()
    }

    /// Checks that the trail is whole.
    pub(super) async fn check_audit(&self, connection: &mut SqliteConnection) -> Result<(), VaultError> {
        check(connection, |sealed| self.unseal(HEAD, &[], 1, sealed)).await
    }
}

/// Copies the trail of a damaged database (`old`) into an empty one. Only a trail that is whole: what cannot be vouched for stays with the
/// damaged file.
pub(super) async fn bring_over(connection: &mut SqliteConnection, seal: &Seal) -> Result<(), VaultError> {
    let mut transaction = connection.begin().await?;
    for table in ["audit", "audit_head"] {
        let columns = common_columns(&mut transaction, table).await?;
        let copy = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM old.{table}");
        if sqlx::query(sqlx::AssertSqlSafe(copy)).execute(&mut *transaction).await.is_err() {
            return Ok(transaction.rollback().await?);
        }
    }
    let name = RecordName { place: HEAD, id: &[], version: 1 };
    match check(&mut transaction, |sealed| Ok(seal.open(name, sealed)?)).await {
        Ok(()) => Ok(transaction.commit().await?),
        Err(_) => Ok(transaction.rollback().await?),
    }
}

/// Checks that a trail is whole, by its sealed end.
async fn check(
    connection: &mut SqliteConnection,
    unseal: impl Fn(&[u8]) -> Result<Vec<u8>, VaultError>,
) -> Result<(), VaultError> {
    let damaged = |seq: i64| VaultError::Damaged(format!("the audit trail was changed at line {seq}"));
    let sealed = sqlx::query("SELECT body FROM audit_head").fetch_optional(&mut *connection).await?;
    let (mut last, mut before) = (0, Vec::new());
    let mut rows =
        sqlx::query("SELECT seq, at, actor, action, subject, chain FROM audit ORDER BY seq").fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let seq: i64 = row.try_get(0)?;
        if seq != last + 1 {
            return Err(damaged(last + 1));
        }
        last = seq;
        // Lines from before there was a chain stand at its beginning.
        let Some(chain) = row.try_get::<Option<&[u8]>, _>(5)? else {
            if before.is_empty() { continue } else { return Err(damaged(seq)) }
        };
        let (actor, action, subject) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        let line = Line { seq, at: row.try_get(1)?, actor, action, subject };
        if line.chained(&before) != chain {
            return Err(damaged(seq));
        }
        before = chain.to_vec();
    }
    match sealed {
        None if before.is_empty() => Ok(()),
        None => Err(damaged(last)),
        Some(row) => {
            let told = unseal(row.try_get(0)?)?;
            if told == head(last, &before) { Ok(()) } else { Err(damaged(last)) }
        }
    }
}

/// A line as it is hashed.
struct Line<'a> {
    seq: i64,
    at: i64,
    actor: &'a str,
    action: &'a str,
    subject: &'a str,
}

impl Line<'_> {
    fn chained(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Sm3::new();
        hash.update((before.len() as u64).to_be_bytes());
        hash.update(before);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        for text in [self.actor, self.action, self.subject] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

fn head(seq: i64, chain: &[u8]) -> Vec<u8> {
    [seq.to_be_bytes().as_slice(), chain].concat()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::vault::tests::{open, seal};

    #[tokio::test]
    async fn what_cannot_be_noted_is_not_done_and_what_fails_is_noted_too() {
        let dir = TempDir::new().unwrap();
        let vault = open(dir.path()).await;
        let failing = vault.noted("recover", async { Err::<(), _>(VaultError::NoRecovery) }).await;
        assert!(matches!(failing, Err(VaultError::NoRecovery)));
        let trail: Vec<_> = vault.audit_trail(9).await.unwrap().into_iter().map(|line| line.action).collect();
        assert_eq!(trail, ["recover-failed", "recover"]);
        let reader = Vault::open_read_only(dir.path(), "li", seal()).await.unwrap();
        let mut done = false;
        let refused = reader
            .noted("change-password", async {
                done = true;
                Ok::<_, VaultError>(())
            })
            .await;
        assert!(matches!(refused, Err(VaultError::ReadOnly)) && !done);
    }
}
