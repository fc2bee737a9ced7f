//! Uploads and the attachments that came of them.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

use super::requests::Submission;
use super::{Store, StoreError, audit, counter, instant, stored_counter};
use crate::backend::audit::{Act, Action};

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are wanted.
    Open,
    /// Whole; an attachment came of it.
    Done,
    /// Ended without one.
    Gone,
}

impl UploadState {
    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Gone => "gone",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        [Self::Open, Self::Done, Self::Gone]
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or(StoreError::Corrupt("state of an upload"))
    }
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// Id.
    pub id: String,
    /// Sign-in name of the clerk.
    pub clerk: String,
    /// Site id of the clerk.
    pub site: String,
    /// Bytes of the whole.
    pub length: u64,
    /// Bytes that are here, from the first on without a gap.
    pub received: u64,
    /// SHA-256 that the whole is said to have, hex; empty: not said.
    pub digest: String,
    /// Media type.
    pub media_type: String,
    /// `Upload-Metadata`, as it came.
    pub metadata: String,
    /// How far it is.
    pub state: UploadState,
    /// End of the upload unless more comes.
    pub expires_at: Timestamp,
}

/// Bytes of an upload that came in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPart {
    /// Place of the first byte in the whole.
    pub first_byte: u64,
    /// Name of the object.
    pub object: String,
}

/// An attachment to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment<'a> {
    /// SHA-256, hex.
    pub digest: &'a str,
    /// Name of the object.
    pub object: &'a str,
    /// When it was whole.
    pub received_at: Timestamp,
}

const UPLOAD: &str = "select id, clerk, site, length, received, digest, media_type, metadata, state, expires_at \
                      from upload where id = $1";

impl UploadRow {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get(0)?,
            clerk: row.try_get(1)?,
            site: row.try_get(2)?,
            length: counter(row.try_get(3)?)?,
            received: counter(row.try_get(4)?)?,
            digest: row.try_get(5)?,
            media_type: row.try_get(6)?,
            metadata: row.try_get(7)?,
            state: UploadState::parse(row.try_get(8)?)?,
            expires_at: instant(row.try_get(9)?)?,
        })
    }
}

impl Store {
    /// Keeps a new upload.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_upload(&self, upload: &UploadRow) -> Result<(), StoreError> {
        sqlx::query(
            "insert into upload (id, clerk, site, length, received, digest, media_type, metadata, state, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&upload.id)
        .bind(&upload.clerk)
        .bind(&upload.site)
        .bind(stored_counter(upload.length))
        .bind(stored_counter(upload.received))
        .bind(&upload.digest)
        .bind(&upload.media_type)
        .bind(&upload.metadata)
        .bind(upload.state.name())
        .bind(upload.expires_at.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The upload of an id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn upload(&self, id: &str) -> Result<Option<UploadRow>, StoreError> {
        sqlx::query(UPLOAD).bind(id).fetch_optional(&self.pool).await?.map(|row| UploadRow::read(&row)).transpose()
    }

    /// How many uploads of a clerk are open.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_uploads(&self, clerk: &str) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as("select count(*) from upload where clerk = $1 and state = 'open'")
            .bind(clerk)
            .fetch_one(&self.pool)
            .await?;
        counter(count)
    }

    /// The parts of an upload, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn upload_parts(&self, upload: &str) -> Result<Vec<UploadPart>, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("select first_byte, object from upload_part where upload = $1 order by first_byte")
                .bind(upload)
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter()
            .map(|(first_byte, object)| Ok(UploadPart { first_byte: counter(first_byte)?, object }))
            .collect()
    }

    /// Adds the part that begins where `before` ends. False: another part came first, or the upload is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_part(
        &self,
        before: &UploadRow,
        received: u64,
        object: &str,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "update upload set received = $3, expires_at = $4 where id = $1 and received = $2 and state = 'open'",
        )
        .bind(&before.id)
        .bind(stored_counter(before.received))
        .bind(stored_counter(received))
        .bind(expires_at.as_millisecond())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        sqlx::query("insert into upload_part (upload, first_byte, object) values ($1, $2, $3)")
            .bind(&before.id)
            .bind(stored_counter(before.received))
            .bind(object)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Makes an upload whole. False: it went on or ended elsewhere meanwhile, and nothing was changed. An attachment that the site has
    /// already stays; then the object of this one is discarded.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finish_upload(&self, before: &UploadRow, attachment: &NewAttachment<'_>) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "update upload set received = length, digest = $3, state = 'done' \
             where id = $1 and received = $2 and state = 'open'",
        )
        .bind(&before.id)
        .bind(stored_counter(before.received))
        .bind(attachment.digest)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        discard_parts(&mut transaction, &before.id).await?;
        // One that waits to be named begins its time anew.
        sqlx::query(
            "insert into attachment (site, digest, length, media_type, object, received_at) \
             values ($1, $2, $3, $4, $5, $6) \
             on conflict (site, digest) do update set received_at = excluded.received_at",
        )
        .bind(&before.site)
        .bind(attachment.digest)
        .bind(stored_counter(before.length))
        .bind(&before.media_type)
        .bind(attachment.object)
        .bind(attachment.received_at.as_millisecond())
        .execute(&mut *transaction)
        .await?;
        let (kept,): (String,) = sqlx::query_as("select object from attachment where site = $1 and digest = $2")
            .bind(&before.site)
            .bind(attachment.digest)
            .fetch_one(&mut *transaction)
            .await?;
        if kept != attachment.object {
            discard(&mut transaction, attachment.object).await?;
        }
        let act = Act {
            at: attachment.received_at,
            actor: &before.clerk,
            action: Action::Uploaded,
            subject: attachment.digest,
        };
        audit::note(&mut *transaction, &act).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Ends an upload and discards its parts. False: it went on or ended elsewhere meanwhile, and nothing was changed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_upload(&self, before: &UploadRow) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query("update upload set state = 'gone' where id = $1 and received = $2 and state = $3")
            .bind(&before.id)
            .bind(stored_counter(before.received))
            .bind(before.state.name())
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        discard_parts(&mut transaction, &before.id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Name of the object and length of an attachment that a site has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn attachment(&self, site: &str, digest: &str) -> Result<Option<(String, u64)>, StoreError> {
        let row: Option<(String, i64)> =
            sqlx::query_as("select object, length from attachment where site = $1 and digest = $2")
                .bind(site)
                .bind(digest)
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(object, length)| Ok((object, counter(length)?))).transpose()
    }

    /// Lets an attachment that waits to be named begin its time anew. False: the site has it no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh_attachment(&self, site: &str, digest: &str, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query("update attachment set received_at = $3 where site = $1 and digest = $2")
            .bind(site)
            .bind(digest)
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Some uploads whose time is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn expired_uploads(&self, now: Timestamp) -> Result<Vec<UploadRow>, StoreError> {
        let rows = sqlx::query(
            "select id, clerk, site, length, received, digest, media_type, metadata, state, expires_at from upload \
             where state = 'open' and expires_at < $1 order by expires_at limit 20",
        )
        .bind(now.as_millisecond())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(UploadRow::read).collect()
    }

    /// Forgets uploads that ended long ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_uploads(&self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("delete from upload where state <> 'open' and expires_at < $1")
            .bind(before.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Lets go of attachments that no request named in time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drop_unnamed_attachments(&self, before: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let objects: Vec<(String,)> =
            sqlx::query_as("delete from attachment where named = 0 and received_at < $1 returning object")
                .bind(before.as_millisecond())
                .fetch_all(&mut *transaction)
                .await?;
        for (object,) in objects {
            discard(&mut transaction, &object).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Some objects that nothing refers to any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn discarded_objects(&self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select object from discarded_object limit 200").fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(object,)| object).collect())
    }

    /// Forgets an object that was removed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_object(&self, object: &str) -> Result<(), StoreError> {
        sqlx::query("delete from discarded_object where object = $1").bind(object).execute(&self.pool).await?;
        Ok(())
    }
}

async fn discard(transaction: &mut Transaction<'_, Any>, object: &str) -> Result<(), StoreError> {
    sqlx::query("insert into discarded_object (object) values ($1) on conflict do nothing")
        .bind(object)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn discard_parts(transaction: &mut Transaction<'_, Any>, upload: &str) -> Result<(), StoreError> {
    let objects: Vec<(String,)> = sqlx::query_as("delete from upload_part where upload = $1 returning object")
        .bind(upload)
        .fetch_all(&mut **transaction)
        .await?;
    for (object,) in objects {
        discard(transaction, &object).await?;
    }
    Ok(())
}

impl Submission {
    /// Binds an attachment of the site to the request under way: from here on it is kept. False: the site has none of this digest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn name_attachment(&mut self, site: &str, digest: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("update attachment set named = 1 where site = $1 and digest = $2")
            .bind(site)
            .bind(digest)
            .execute(&mut *self.transaction)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
