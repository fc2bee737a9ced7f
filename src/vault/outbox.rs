//! The outbox (待发箱) and the receipts as the clerk uses them: submit, look, withdraw, correct.

use jiff::Timestamp;
use jiff::tz::{Offset, offset};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::domain::receipt::Receipt;
use crate::domain::request::Request;

use super::attachments::keep_only;
use super::drafts::{Summary, end_draft};
use super::standing::{STANDING, Standing};
use super::store::{digest, millis, optional_time, time, uuid};
use super::{Acceptance, DraftBody, Frozen, OutboxEntry, OutboxState, Vault, VaultError, Waiting};

/// All China keeps one time; provisional numbers count by its days.
const CHINA: Offset = offset(8);

/// Rows of a list that are unsealed without a pause.
const UNSEALED_AT_ONCE: usize = 100;

/// What an entry is read from: its standing, then the rest.
fn entry_query() -> String {
    format!("SELECT {STANDING}, summary, submitted_at, local_no, digest FROM outbox")
}

/// A request as it enters the outbox.
pub(super) struct Queued<'a> {
    pub(super) id: Uuid,
    pub(super) submitted_at: Timestamp,
    /// Another desk may have sent it.
    pub(super) in_doubt: bool,
    pub(super) supersedes: Option<Uuid>,
    pub(super) summary: &'a Summary,
    pub(super) document: &'a [u8],
    pub(super) draft: &'a DraftBody,
}

impl Vault {
    /// Submits a draft: in one transaction the draft goes and the outbox has the request, queued, with the canonical bytes (RFC 8785) that
    /// will be sent. Again with the same document, it changes nothing.
    ///
    /// # Errors
    /// [`VaultError::NotFound`] without such a draft, [`VaultError::WrongDocument`], [`VaultError::State`] when another document was
    /// submitted under this id; the draft then stays as it is.
    pub async fn freeze(&self, id: Uuid, request: &Request) -> Result<OutboxEntry, VaultError> {
        if request.id != id {
            return Err(VaultError::WrongDocument { draft: id, document: request.id });
        }
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let entry = self.write_frozen(&mut transaction, &Frozen::new(request)?).await?;
        transaction.commit().await?;
        Ok(entry)
    }

    /// Submits many drafts as [`Self::freeze`] does one, in one transaction. One that cannot be submitted hinders no other.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails; then none was submitted.
    pub async fn freeze_all(&self, all: &[Frozen]) -> Result<Vec<Result<OutboxEntry, VaultError>>, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let mut entries = Vec::with_capacity(all.len());
        for frozen in all {
            match self.write_frozen(&mut transaction, frozen).await {
                Err(error @ (VaultError::Database(_) | VaultError::Io { .. })) => return Err(error),
                entry => entries.push(entry),
            }
        }
        transaction.commit().await?;
        Ok(entries)
    }

    /// Everything that may be wrong is found before the first write.
    async fn write_frozen(
        &self,
        connection: &mut SqliteConnection,
        frozen: &Frozen,
    ) -> Result<OutboxEntry, VaultError> {
        let id = frozen.id;
        let digest = digest(&frozen.document);
        if let Some(entry) = self.read_entry(connection, id).await? {
            return if entry.digest == digest { Ok(entry) } else { Err(VaultError::State { id, state: entry.state }) };
        }
        let draft = self.read_draft(connection, id).await?.ok_or(VaultError::NotFound(id))?;
        let summary = Summary { item_code: draft.item_code, item_name: draft.item_name, applicant: draft.applicant };
        let queued = Queued {
            id,
            submitted_at: frozen.submitted_at,
            in_doubt: false,
            supersedes: frozen.supersedes,
            summary: &summary,
            document: &frozen.document,
            draft: &draft.body,
        };
        self.write_queued(connection, queued).await?;
        keep_only(connection, id, &frozen.uploads).await?;
        end_draft(connection, id).await?;
        self.write_use(connection, &summary.item_code, 1, frozen.submitted_at).await?;
        self.write_audit(connection, "submit", &id.to_string()).await?;
        self.read_entry(connection, id).await?.ok_or(VaultError::NotFound(id))
    }

    pub(super) async fn write_queued(
        &self,
        connection: &mut SqliteConnection,
        Queued { id, submitted_at, in_doubt, supersedes, summary, document, draft }: Queued<'_>,
    ) -> Result<(), VaultError> {
        let bytes = id.as_bytes().as_slice();
        let local_no = next_local_no(connection, submitted_at).await?;
        let standing = Standing::queued(in_doubt);
        sqlx::query(
            "INSERT INTO outbox (id, state, submitted_at, in_doubt, local_no, digest, supersedes, standing, summary, document, draft)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(bytes)
        .bind(standing.state.name())
        .bind(millis(submitted_at))
        .bind(standing.in_doubt)
        .bind(local_no)
        .bind(digest(document))
        .bind(supersedes.map(|id| id.as_bytes().to_vec()))
        .bind(standing.sealed(&self.current_seal()?, id)?)
        .bind(self.seal("outbox.summary", bytes, 1, &serde_json::to_vec(summary)?)?)
        .bind(self.seal("outbox.document", bytes, 1, document)?)
        .bind(self.seal("outbox.draft", bytes, 1, &serde_json::to_vec(draft)?)?)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// The outbox, the last submitted first, at most `limit`.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn outbox(&self, limit: u32) -> Result<Vec<OutboxEntry>, VaultError> {
        self.outbox_in(None, limit).await
    }

    /// As [`Self::outbox`]; only those in a state, if one is given.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn outbox_in(&self, state: Option<OutboxState>, limit: u32) -> Result<Vec<OutboxEntry>, VaultError> {
        let (entry, only) = (entry_query(), if state.is_some() { "WHERE state = ?1" } else { "" });
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{entry} {only} ORDER BY seq DESC LIMIT ?2")))
            .bind(state.map(OutboxState::name))
            .bind(limit)
            .fetch_all(&mut *self.reader().await)
            .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for some in rows.chunks(UNSEALED_AT_ONCE) {
            for row in some {
                entries.push(self.entry(row)?);
            }
            // Thousands of rows take a while to unseal: a key pressed meanwhile comes first.
            tokio::task::yield_now().await;
        }
        Ok(entries)
    }

    /// One request of the outbox.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn outbox_entry(&self, id: Uuid) -> Result<Option<OutboxEntry>, VaultError> {
        self.read_entry(&mut *self.reader().await, id).await
    }

    /// How many requests are queued or being sent, and since when.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn waiting(&self) -> Result<Waiting, VaultError> {
        let row = sqlx::query("SELECT COUNT(*), MIN(submitted_at) FROM outbox WHERE state IN ('queued', 'sending')")
            .fetch_one(&mut *self.reader().await)
            .await?;
        let count: i64 = row.try_get(0)?;
        Ok(Waiting { count: count.unsigned_abs(), since: optional_time(&row, 1)? })
    }

    /// The frozen bytes of a request.
    ///
    /// # Errors
    /// [`VaultError::NotFound`].
    pub async fn document(&self, id: Uuid) -> Result<Vec<u8>, VaultError> {
        self.read_document(&mut *self.reader().await, id).await
    }

    pub(super) async fn read_document(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
    ) -> Result<Vec<u8>, VaultError> {
        let query = "SELECT document FROM outbox WHERE id = ?";
        self.read_frozen(connection, id, "outbox.document", query).await
    }

    /// The draft that a request was made of.
    pub(super) async fn read_frozen_draft(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
    ) -> Result<DraftBody, VaultError> {
        let query = "SELECT draft FROM outbox WHERE id = ?";
        Ok(serde_json::from_slice(&self.read_frozen(connection, id, "outbox.draft", query).await?)?)
    }

    async fn read_frozen(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
        place: &'static str,
        query: &'static str,
    ) -> Result<Vec<u8>, VaultError> {
        let bytes = id.as_bytes().as_slice();
        let row = sqlx::query(query).bind(bytes).fetch_optional(connection).await?.ok_or(VaultError::NotFound(id))?;
        self.unseal(place, bytes, 1, row.try_get(0)?)
    }

    /// A request with the draft that it was made of, and the request that it corrects.
    pub(super) async fn frozen_draft(&self, id: Uuid) -> Result<(OutboxEntry, DraftBody, Option<Uuid>), VaultError> {
        let entry = self.outbox_entry(id).await?.ok_or(VaultError::NotFound(id))?;
        let mut connection = self.reader().await;
        let body = self.read_frozen_draft(&mut connection, id).await?;
        let row = sqlx::query("SELECT supersedes FROM outbox WHERE id = ?")
            .bind(id.as_bytes().as_slice())
            .fetch_one(&mut *connection)
            .await?;
        let supersedes = row.try_get::<Option<&[u8]>, _>(0)?.is_some().then(|| uuid(&row, 0)).transpose()?;
        Ok((entry, body, supersedes))
    }

    /// Takes a request back, by the clerk's recorded act: one that waits and surely did not arrive, or one that was refused.
    ///
    /// # Errors
    /// [`VaultError::InDoubt`] when the backend may have it, [`VaultError::State`] when it is being sent, accepted or withdrawn.
    pub async fn withdraw(&self, id: Uuid) -> Result<(), VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let standing = self.standing(&mut transaction, id, &[OutboxState::Queued, OutboxState::Refused]).await?;
        if standing.in_doubt && standing.state != OutboxState::Refused {
            return Err(VaultError::InDoubt(id));
        }
        let withdrawn = Standing { state: OutboxState::Withdrawn, next_at: None, ..standing };
        self.write_standing(&mut transaction, id, withdrawn).await?;
        self.write_audit(&mut transaction, "withdraw", &id.to_string()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The receipts, the last first, at most `limit`.
    ///
    /// # Errors
    /// When they cannot be read or unsealed.
    pub async fn receipts(&self, limit: u32) -> Result<Vec<Receipt>, VaultError> {
        sqlx::query("SELECT id, body FROM receipts ORDER BY received_at DESC, id DESC LIMIT ?")
            .bind(limit)
            .fetch_all(&mut *self.reader().await)
            .await?
            .iter()
            .map(|row| self.opened_receipt(row))
            .collect()
    }

    /// The receipt of a request.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn receipt(&self, id: Uuid) -> Result<Option<Receipt>, VaultError> {
        sqlx::query("SELECT id, body FROM receipts WHERE id = ?")
            .bind(id.as_bytes().as_slice())
            .fetch_optional(&mut *self.reader().await)
            .await?
            .map(|row| self.opened_receipt(&row))
            .transpose()
    }

    /// What the backend took of a request: its receipt, and the items that it did not take.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn acceptance(&self, id: Uuid) -> Result<Option<Acceptance>, VaultError> {
        let Some(receipt) = self.receipt(id).await? else { return Ok(None) };
        let reason = self.outbox_entry(id).await?.and_then(|entry| entry.reason);
        Ok(Some(Acceptance { receipt, refused: reason.map(|reason| reason.items).unwrap_or_default() }))
    }

    fn opened_receipt(&self, row: &SqliteRow) -> Result<Receipt, VaultError> {
        let body = self.unseal("receipts.body", uuid(row, 0)?.as_bytes(), 1, row.try_get(1)?)?;
        Ok(serde_json::from_slice(&body)?)
    }

    pub(super) async fn read_entry(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
    ) -> Result<Option<OutboxEntry>, VaultError> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{} WHERE id = ?", entry_query())))
            .bind(id.as_bytes().as_slice())
            .fetch_optional(connection)
            .await?
            .map(|row| self.entry(&row))
            .transpose()
    }

    /// A row of [`entry_query`].
    fn entry(&self, row: &SqliteRow) -> Result<OutboxEntry, VaultError> {
        let id = uuid(row, 0)?;
        let Summary { item_code, item_name, applicant } =
            Summary::of(self.unseal("outbox.summary", id.as_bytes(), 1, row.try_get("summary")?))?;
        let Standing { state, attempts, in_doubt, request_no, superseded_by, reason, next_at, .. } =
            self.opened_standing(row)?;
        Ok(OutboxEntry {
            id,
            state,
            item_code,
            item_name,
            applicant,
            submitted_at: time(row, "submitted_at")?,
            attempts,
            in_doubt,
            reason,
            request_no,
            next_at,
            local_no: row.try_get("local_no")?,
            digest: row.try_get("digest")?,
            superseded_by,
        })
    }
}

/// Counts the day's submissions: `L-1123-07`.
async fn next_local_no(connection: &mut SqliteConnection, at: Timestamp) -> Result<String, VaultError> {
    let day = CHINA.to_datetime(at).date();
    let last: i64 = sqlx::query(
        "INSERT INTO local_numbers (day, last) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last",
    )
    .bind(day.to_string())
    .fetch_one(connection)
    .await?
    .try_get(0)?;
    Ok(format!("L-{:02}{:02}-{last:02}", day.month(), day.day()))
}

#[cfg(test)]
mod tests;
