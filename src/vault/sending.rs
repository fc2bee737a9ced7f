//! The outbox as the worker uses it: what is to be sent, and what came of it. Every step is on the disk before it counts.

use sqlx::{Connection as _, Row as _};
use uuid::Uuid;

use super::attachments::keep_only;
use super::standing::{Standing, state};
use super::store::{millis, optional_time, time, uuid};
use super::{Acceptance, Left, OutboxState, Pending, Reason, Retry, Vault, VaultError};

impl Vault {
    /// The queued requests that are to be tried first: at most `limit` of those that only have to be sent, and as many of those that have
    /// files to bring before. Of each kind first those that need not wait, as submitted; then by their time. One that corrects another stays
    /// back until that one is final: order inside one case holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn pending(&self, limit: u32) -> Result<Vec<Pending>, VaultError> {
        let mut connection = self.reader().await;
        let mut pending = Vec::new();
        for (has_files, which) in [(false, "NOT IN"), (true, "IN")] {
            let query = format!(
                "SELECT id, attempts, next_at FROM outbox AS mine WHERE state = 'queued' AND NOT EXISTS (
                    SELECT 1 FROM outbox AS earlier WHERE earlier.id = mine.supersedes AND earlier.seq < mine.seq
                    AND earlier.state IN ('queued', 'sending'))
                 AND id {which} (SELECT request FROM attached JOIN attachments USING (digest) WHERE uploaded = 0)
                 ORDER BY next_at, seq LIMIT ?"
            );
            let rows = sqlx::query(sqlx::AssertSqlSafe(query)).bind(limit).fetch_all(&mut *connection).await?;
            for row in &rows {
                let (id, attempts, next_at) = (uuid(row, 0)?, row.try_get(1)?, optional_time(row, 2)?);
                pending.push(Pending { id, attempts, next_at, has_files });
            }
        }
        Ok(pending)
    }

    /// What still sits at this desk, the oldest first, at most `limit`. Nothing of it is unsealed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn left(&self, limit: u32) -> Result<Vec<Left>, VaultError> {
        sqlx::query(
            "SELECT id, digest, state, submitted_at FROM outbox
             WHERE state IN ('queued', 'sending', 'refused') AND superseded_by IS NULL ORDER BY seq LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&mut *self.reader().await)
        .await?
        .iter()
        .map(|row| {
            Ok(Left { id: uuid(row, 0)?, digest: row.try_get(1)?, state: state(row, 2)?, submitted_at: time(row, 3)? })
        })
        .collect()
    }

    /// Marks a queued request as being sent and gives the bytes to send. The mark is on the disk before the first byte goes out.
    ///
    /// # Errors
    /// [`VaultError::State`] when it is not queued.
    pub async fn begin_sending(&self, id: Uuid) -> Result<Vec<u8>, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let standing = self.standing(&mut transaction, id, &[OutboxState::Queued]).await?;
        let sending = Standing { state: OutboxState::Sending, ..standing };
        self.write_standing(&mut transaction, id, sending).await?;
        transaction.commit().await?;
        drop(connection);
        self.document(id).await
    }

    /// An attempt brought no final answer: the request is queued again, or stays so when it was its files' turn.
    ///
    /// # Errors
    /// [`VaultError::State`] when it is neither being sent nor queued.
    pub async fn record_attempt(&self, id: Uuid, retry: &Retry) -> Result<(), VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let standing = self.standing(&mut transaction, id, &[OutboxState::Sending, OutboxState::Queued]).await?;
        let queued = Standing {
            state: OutboxState::Queued,
            attempts: standing.attempts.saturating_add(retry.counts.into()),
            in_doubt: standing.in_doubt || retry.in_doubt,
            next_at: retry.next_at,
            reason: Some(retry.reason.clone()),
            ..standing
        };
        self.write_standing(&mut transaction, id, queued).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The backend took the request, or some of its items; why not the others is kept with it.
    ///
    /// # Errors
    /// [`VaultError::State`] when it is not being sent.
    pub async fn record_accepted(&self, id: Uuid, acceptance: &Acceptance) -> Result<(), VaultError> {
        let receipt = &acceptance.receipt;
        let body = serde_json::to_vec(receipt)?;
        let bytes = id.as_bytes().as_slice();
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let standing = self.standing(&mut transaction, id, &[OutboxState::Sending]).await?;
        let accepted = Standing {
            state: OutboxState::Accepted,
            attempts: standing.attempts.saturating_add(1),
            in_doubt: false,
            next_at: None,
            reason: acceptance.reason(),
            request_no: Some(receipt.request_no.clone()),
            ..standing
        };
        self.write_standing(&mut transaction, id, accepted).await?;
        sqlx::query("INSERT OR REPLACE INTO receipts (id, received_at, body) VALUES (?, ?, ?)")
            .bind(bytes)
            .bind(millis(receipt.received_at))
            .bind(self.seal("receipts.body", bytes, 1, &body)?)
            .execute(&mut *transaction)
            .await?;
        // The backend has the files, too. Those of what it did not take are needed again; when nobody can tell which, all stay.
        match self.files_of_refused(&mut transaction, id, &acceptance.refused).await {
            Ok(needed) => keep_only(&mut transaction, id, &needed).await?,
            Err(error) if error.is_damage() => {}
            Err(error) => return Err(error),
        }
        self.write_audit(&mut transaction, "accepted", &id.to_string()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The final no, to the request or to one of its files. The backend's own settles whether it arrived before; a gateway's does not.
    ///
    /// # Errors
    /// [`VaultError::State`] when it is neither being sent nor queued.
    pub async fn record_refused(&self, id: Uuid, reason: &Reason) -> Result<(), VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let standing = self.standing(&mut transaction, id, &[OutboxState::Sending, OutboxState::Queued]).await?;
        let refused = Standing {
            state: OutboxState::Refused,
            attempts: standing.attempts.saturating_add(1),
            in_doubt: standing.in_doubt && reason.code == Reason::GATEWAY,
            next_at: None,
            reason: Some(reason.clone()),
            ..standing
        };
        self.write_standing(&mut transaction, id, refused).await?;
        self.write_audit(&mut transaction, "refused", &id.to_string()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Queues again, in doubt, what was being sent when a session or an attempt broke off, and lets everything queued be tried at once: the
    /// waiting times were set under a clock and a link that may be others now. Gives the number of the former. Not to be called while an
    /// attempt is under way.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn requeue(&self) -> Result<u64, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let rows = sqlx::query("SELECT id FROM outbox WHERE state = 'sending'").fetch_all(&mut *transaction).await?;
        for row in &rows {
            let id = uuid(row, 0)?;
            let standing = self.standing(&mut transaction, id, &[OutboxState::Sending]).await?;
            let queued = Standing {
                state: OutboxState::Queued,
                attempts: standing.attempts.saturating_add(1),
                in_doubt: true,
                reason: Some(Reason::of(Reason::ANSWER_LOST)),
                ..standing
            };
            self.write_standing(&mut transaction, id, queued).await?;
        }
        sqlx::query("UPDATE outbox SET next_at = NULL WHERE state = 'queued' AND next_at IS NOT NULL")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(rows.len() as u64)
    }
}
