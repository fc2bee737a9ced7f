//! What is kept for how long: a sent copy so many days after its final answer, a draft so many after its last change. Copies of the whole
//! database that were set aside hold what is deleted here, and go as soon as a sent copy would.
//!
//! A draft goes only when the clerk was told a week before; so a clock that is set wrong for a day deletes none. A refused request that nobody
//! has corrected or withdrawn stays, and so does one of which an item was not taken and not opened again.

use jiff::{SignedDuration, Timestamp};
use sqlx::Connection as _;

use super::drafts::{SUMMARY, end_draft};
use super::files::{self, Files};
use super::standing::{STANDING, Standing};
use super::store::{millis, uuid};
use super::{DraftSummary, OutboxState, Reason, Vault, VaultError};

/// How long before a draft goes the clerk is told.
pub const WARNED_BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// For how long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// A sent copy, from its final answer; a copy of the database, from when it was set aside.
    pub sent: SignedDuration,
    /// A draft, from its last change; `None`: for ever.
    pub drafts: Option<SignedDuration>,
}

impl Retention {
    /// In days.
    pub fn days(sent: u16, drafts: Option<u16>) -> Self {
        let days = |days: u16| SignedDuration::from_hours(i64::from(days) * 24);
        Self { sent: days(sent), drafts: drafts.map(days) }
    }
}

/// What was deleted, and what will be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retired {
    /// Sent copies that were deleted.
    pub sent: u64,
    /// Drafts that were deleted.
    pub drafts: u64,
    /// Drafts that will be within a week, unless they are changed.
    pub due: Vec<DraftSummary>,
}

impl Vault {
    /// Deletes what was kept for long enough, and marks the drafts of which the clerk is told now.
    ///
    /// # Errors
    /// When the vault is read-only or locked, or the disk fails; then no record was deleted.
    pub async fn retire(&self, retention: Retention, now: Timestamp) -> Result<Retired, VaultError> {
        let before = |age: SignedDuration| now.checked_sub(age).map_or(i64::MIN, millis);
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let mut retired = Retired::default();
        let sent = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {STANDING} FROM outbox WHERE final_at < ?")))
            .bind(before(retention.sent))
            .fetch_all(&mut *transaction)
            .await?;
        for row in sent {
            if !is_done_with(&self.opened_standing(&row)?) {
                continue;
            }
            let id = uuid(&row, 0)?;
            for sql in ["DELETE FROM receipts WHERE id = ?", "DELETE FROM outbox WHERE id = ?"] {
                sqlx::query(sql).bind(id.as_bytes().as_slice()).execute(&mut *transaction).await?;
            }
            self.write_audit(&mut transaction, "purge-sent", &id.to_string()).await?;
            retired.sent += 1;
        }
        if let Some(kept) = retention.drafts {
            let old = sqlx::query("SELECT id FROM drafts WHERE updated_at < ? AND warned_at <= ?")
                .bind(before(kept))
                .bind(before(WARNED_BEFORE))
                .fetch_all(&mut *transaction)
                .await?;
            for row in old {
                let id = uuid(&row, 0)?;
                end_draft(&mut transaction, id).await?;
                self.write_audit(&mut transaction, "purge-draft", &id.to_string()).await?;
                retired.drafts += 1;
            }
            let nearly = before(kept.saturating_sub(WARNED_BEFORE));
            sqlx::query("UPDATE drafts SET warned_at = ? WHERE warned_at IS NULL AND updated_at < ?")
                .bind(millis(now))
                .bind(nearly)
                .execute(&mut *transaction)
                .await?;
            let due = sqlx::query(sqlx::AssertSqlSafe(format!(
                "{SUMMARY} WHERE warned_at IS NOT NULL AND updated_at < ? ORDER BY updated_at"
            )))
            .bind(nearly)
            .fetch_all(&mut *transaction)
            .await?;
            retired.due = due.iter().map(|row| self.draft_summary(row)).collect::<Result<_, _>>()?;
        }
        let since = now.checked_sub(retention.sent).unwrap_or(Timestamp::MIN);
        let folder = self.path().parent().unwrap_or(self.path());
        let copies = Files::of(folder, self.clerk()).copies_before(since);
        let copies = copies.map_err(|source| VaultError::Io { path: self.path().to_owned(), source })?;
        for copy in &copies {
            let name = copy.file_name().unwrap_or_default().to_string_lossy();
            self.write_audit(&mut transaction, "purge-copy", &name).await?;
        }
        transaction.commit().await?;
        for copy in copies {
            files::remove(&copy).map_err(|source| VaultError::Io { path: copy, source })?;
        }
        Ok(retired)
    }
}

/// Whether nothing is left to do about a request. Of one that is not as it was written, nobody can tell.
fn is_done_with(standing: &Standing) -> bool {
    let is_corrected = standing.superseded_by.is_some();
    let reason = standing.reason.as_ref();
    let is_damaged = reason.is_some_and(|reason| reason.code == Reason::DAMAGED);
    !is_damaged
        && match standing.state {
            OutboxState::Withdrawn => true,
            OutboxState::Accepted => is_corrected || reason.is_none_or(|reason| reason.items.is_empty()),
            OutboxState::Refused => is_corrected,
            OutboxState::Queued | OutboxState::Sending => false,
        }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::vault::tests::{at, draft, seal, with_queued};

    const DAY: i64 = 24 * 3600;

    #[tokio::test]
    async fn a_draft_goes_only_after_a_warning_and_a_week() {
        let dir = TempDir::new().unwrap();
        let vault = Vault::open(dir.path(), "li", seal()).await.unwrap();
        let [left, resumed] = [Uuid::now_v7(), Uuid::now_v7()];
        for id in [left, resumed] {
            vault.save_draft(&draft(id, 1)).await.unwrap();
        }
        let retention = Retention::days(30, Some(90));
        let retire = async |day: i64| {
            let retired = vault.retire(retention, at(day * DAY + 2)).await.unwrap();
            (retired.drafts, retired.due.iter().map(|draft| draft.id).collect::<Vec<_>>())
        };
        assert_eq!(retire(82).await, (0, vec![]));
        assert!(vault.drafts(9).await.unwrap().iter().all(|draft| !draft.expiring));
        let (_, due) = retire(83).await;
        assert!(due.len() == 2 && due.contains(&left) && due.contains(&resumed), "the clerk is told which");
        assert!(vault.drafts(9).await.unwrap().iter().all(|draft| draft.expiring));
        vault.save_draft(&crate::vault::Draft { updated_at: at(84 * DAY), ..draft(resumed, 2) }).await.unwrap();
        assert_eq!(retire(89).await, (0, vec![left]));
        assert_eq!(retire(91).await, (1, vec![]));
        assert!(vault.draft(left).await.unwrap().is_none() && vault.draft(resumed).await.unwrap().is_some());
        // The clock jumps ahead by years: told first, deleted a week later at the earliest; and it is set right again.
        assert_eq!(retire(3_000).await, (0, vec![resumed]));
        assert_eq!(retire(3_001).await, (0, vec![resumed]));
        assert_eq!(retire(92).await, (0, vec![]));
        assert!(vault.draft(resumed).await.unwrap().is_some());
        vault.check().await.unwrap();
    }

    #[tokio::test]
    async fn a_sent_copy_goes_after_its_final_answer_and_what_waits_stays() {
        let dir = TempDir::new().unwrap();
        let (vault, ids) = with_queued(dir.path(), 4).await;
        vault.withdraw(ids[0]).await.unwrap();
        for id in &ids[1..3] {
            vault.begin_sending(*id).await.unwrap();
            vault.record_refused(*id, &crate::vault::Reason::of("invalid")).await.unwrap();
        }
        vault.reopen(ids[1], at(70)).await.unwrap();
        let retention = Retention::days(30, None);
        let now = Timestamp::now();
        let later = |days: i64| now.checked_add(SignedDuration::from_hours(days * 24)).unwrap();
        assert_eq!(vault.retire(retention, later(29)).await.unwrap(), Retired::default());
        assert_eq!(vault.retire(retention, later(31)).await.unwrap(), Retired { sent: 2, ..Retired::default() });
        let left: Vec<_> = vault.outbox(9).await.unwrap().iter().map(|entry| entry.id).collect();
        assert_eq!(left, [ids[3], ids[2]], "what is queued, and what was refused and is nobody's yet");
    }

    #[tokio::test]
    async fn copies_of_the_database_go_as_sent_copies_do_and_only_this_clerks() {
        let dir = TempDir::new().unwrap();
        let vault = Vault::open(dir.path(), "li", seal()).await.unwrap();
        let names =
            ["li.schema-3", "li.damaged-20261101-080000", "li.damaged-20261101-080000-wal", "li2.schema-3", "li.keys"];
        for name in names {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let left = || names.into_iter().filter(|name| dir.path().join(name).exists()).count();
        let later = |days: i64| Timestamp::now().checked_add(SignedDuration::from_hours(days * 24)).unwrap();
        vault.retire(Retention::days(30, None), later(29)).await.unwrap();
        assert_eq!(left(), 5);
        vault.retire(Retention::days(30, None), later(31)).await.unwrap();
        assert_eq!(left(), 2);
        let purged =
            vault.audit_trail(99).await.unwrap().into_iter().filter(|entry| entry.action == "purge-copy").count();
        assert_eq!(purged, 3);
        vault.check().await.unwrap();
    }
}
