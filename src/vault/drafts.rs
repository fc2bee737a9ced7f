//! Drafts (暂存件).

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use uuid::Uuid;

use super::store::{digest, millis, time, uuid};
use super::{Draft, DraftBody, DraftSummary, Imported, Saved, Vault, VaultError};

/// What lists show of a draft or a request, sealed apart from the body so that a list opens no body.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) item_code: String,
    pub(super) item_name: String,
    pub(super) applicant: String,
}

impl Summary {
    /// A summary that was unsealed. One that does not open is empty: its record is listed all the same, and a list never stops at it.
    pub(super) fn of(unsealed: Result<Vec<u8>, VaultError>) -> Result<Self, VaultError> {
        match unsealed {
            Ok(summary) => Ok(serde_json::from_slice(&summary).unwrap_or_default()),
            Err(VaultError::Seal(_)) => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }
}

/// What lists show of drafts.
pub(super) const SUMMARY: &str = "SELECT id, revision, updated_at, summary, warned_at FROM drafts";

impl Vault {
    /// Stores a draft; the bytes are on the disk when it returns. An older revision than the stored, and a draft that was submitted or
    /// deleted meanwhile, change nothing.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails; then nothing was stored.
    pub async fn save_draft(&self, draft: &Draft) -> Result<Saved, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let saved = self.write_draft(&mut transaction, draft).await?;
        transaction.commit().await?;
        Ok(saved)
    }

    /// Stores drafts that were made elsewhere, all in one transaction. The same again changes nothing, so that an import can be repeated.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails; then none was stored.
    pub async fn import_drafts(&self, drafts: &[Draft]) -> Result<Vec<Imported>, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let mut outcomes = Vec::with_capacity(drafts.len());
        for draft in drafts {
            outcomes.push(self.import_draft(&mut transaction, draft).await?);
        }
        transaction.commit().await?;
        Ok(outcomes)
    }

    async fn import_draft(&self, connection: &mut SqliteConnection, draft: &Draft) -> Result<Imported, VaultError> {
        let document = draft.body.document.as_ref();
        let kept = match self.read_draft(connection, draft.id).await {
            // Nobody can tell what it was: it is not written over, and hinders no other.
            Err(error) if error.is_damage() => return Ok(Imported::Conflict),
            kept => kept?.map(|kept| kept.body.document),
        };
        if let Some(kept) = kept {
            return Ok(if kept.as_ref() == document { Imported::Unchanged } else { Imported::Conflict });
        }
        if let Some(kept) = submitted_digest(connection, draft.id).await? {
            let same =
                document.map(serde_json_canonicalizer::to_vec).transpose()?.is_some_and(|it| digest(&it) == kept);
            return Ok(if same { Imported::Unchanged } else { Imported::Conflict });
        }
        Ok(match self.write_draft(connection, draft).await? {
            Saved::Written => Imported::Stored,
            Saved::Stale => Imported::Deleted,
        })
    }

    pub(super) async fn write_draft(
        &self,
        connection: &mut SqliteConnection,
        draft: &Draft,
    ) -> Result<Saved, VaultError> {
        let (id, revision) = (draft.id.as_bytes().as_slice(), draft.body.revision);
        let summary = serde_json::to_vec(&Summary {
            item_code: draft.item_code.clone(),
            item_name: draft.item_name.clone(),
            applicant: draft.applicant.clone(),
        })?;
        let body = serde_json::to_vec(&draft.body)?;
        let written = sqlx::query(
            "INSERT INTO drafts (id, revision, updated_at, summary, body)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM ended WHERE id = ?1)
             ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, updated_at = excluded.updated_at,
                summary = excluded.summary, body = excluded.body
             WHERE excluded.revision >= drafts.revision",
        )
        .bind(id)
        .bind(revision)
        .bind(millis(draft.updated_at))
        .bind(self.seal("drafts.summary", id, revision, &summary)?)
        .bind(self.seal("drafts.body", id, revision, &body)?)
        .execute(connection)
        .await?;
        Ok(if written.rows_affected() == 0 { Saved::Stale } else { Saved::Written })
    }

    /// A draft.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn draft(&self, id: Uuid) -> Result<Option<Draft>, VaultError> {
        self.read_draft(&mut *self.reader().await, id).await
    }

    pub(super) async fn read_draft(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
    ) -> Result<Option<Draft>, VaultError> {
        let row = sqlx::query("SELECT id, revision, updated_at, summary, warned_at, body FROM drafts WHERE id = ?")
            .bind(id.as_bytes().as_slice())
            .fetch_optional(connection)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let summary = self.draft_summary(&row)?;
        let body = self.unseal("drafts.body", id.as_bytes(), row.try_get(1)?, row.try_get(5)?)?;
        let body: DraftBody = serde_json::from_slice(&body)?;
        Ok(Some(Draft {
            id,
            item_code: body.item_code.clone(),
            item_name: summary.item_name,
            applicant: summary.applicant,
            updated_at: summary.updated_at,
            body,
        }))
    }

    /// The drafts, the last changed first, at most `limit`.
    ///
    /// # Errors
    /// When they cannot be read or unsealed.
    pub async fn drafts(&self, limit: u32) -> Result<Vec<DraftSummary>, VaultError> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{SUMMARY} ORDER BY updated_at DESC, id DESC LIMIT ?")))
            .bind(limit)
            .fetch_all(&mut *self.reader().await)
            .await?
            .iter()
            .map(|row| self.draft_summary(row))
            .collect()
    }

    /// Deletes a draft, by the clerk's recorded act. True when there was one.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn delete_draft(&self, id: Uuid) -> Result<bool, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let deleted = end_draft(&mut transaction, id).await?;
        if deleted {
            self.write_audit(&mut transaction, "delete-draft", &id.to_string()).await?;
        }
        transaction.commit().await?;
        Ok(deleted)
    }

    /// A row of [`SUMMARY`].
    pub(super) fn draft_summary(&self, row: &SqliteRow) -> Result<DraftSummary, VaultError> {
        let id = uuid(row, 0)?;
        let sealed = self.unseal("drafts.summary", id.as_bytes(), row.try_get(1)?, row.try_get(3)?);
        let Summary { item_code, item_name, applicant } = Summary::of(sealed)?;
        let expiring = row.try_get::<Option<i64>, _>(4)?.is_some();
        Ok(DraftSummary { id, item_code, item_name, applicant, updated_at: time(row, 2)?, expiring })
    }
}

/// The digest of the request of an id in the outbox.
async fn submitted_digest(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<String>, VaultError> {
    let row = sqlx::query("SELECT digest FROM outbox WHERE id = ?")
        .bind(id.as_bytes().as_slice())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Removes a draft so that no late save brings it back. True when there was one.
pub(super) async fn end_draft(connection: &mut SqliteConnection, id: Uuid) -> Result<bool, VaultError> {
    let id = id.as_bytes().as_slice();
    let deleted = sqlx::query("DELETE FROM drafts WHERE id = ?").bind(id).execute(&mut *connection).await?;
    if deleted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("INSERT OR IGNORE INTO ended (id) VALUES (?)").bind(id).execute(&mut *connection).await?;
    Ok(true)
}
