//! Attachments (附件): scanned materials, sealed in pieces, until the backend has them.
//!
//! A file is known by the SHA-256 of its content, which the request names; twice the same is kept once. Which requests need it is a list
//! of its own, and what none needs any more goes.

use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use uuid::Uuid;

use super::store::digest;
use super::{Attachment, NewAttachment, RecordName, Seal, Vault, VaultError};

/// Bytes of a piece: what is unsealed at once.
const PIECE: u64 = 1024 * 1024;

const NAME: &str = "attachments.name";
const PIECE_BODY: &str = "pieces.body";

const ATTACHMENT: &str =
    "SELECT attachments.digest, attachments.name, media_type, size, upload, uploaded FROM attachments";

impl Vault {
    /// Keeps a file for a draft or request, and gives it back as known by its digest.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails; then nothing was stored.
    pub async fn attach(&self, request: Uuid, file: &NewAttachment) -> Result<Attachment, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let digest = self.write_attachment(&mut transaction, request, file).await?;
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{ATTACHMENT} WHERE attachments.digest = ?")))
            .bind(&digest)
            .fetch_one(&mut *transaction)
            .await?;
        let attachment = self.attachment(&row)?;
        transaction.commit().await?;
        Ok(attachment)
    }

    /// Its pieces are written even if the file is known: one of them may be damaged.
    pub(super) async fn write_attachment(
        &self,
        connection: &mut SqliteConnection,
        request: Uuid,
        file: &NewAttachment,
    ) -> Result<String, VaultError> {
        let digest = digest(&file.content);
        let size = i64::try_from(file.content.len()).unwrap_or(i64::MAX);
        let name = self.seal(NAME, digest.as_bytes(), 1, file.name.as_bytes())?;
        sqlx::query(
            "INSERT INTO attachments (digest, name, media_type, size) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&digest)
        .bind(name)
        .bind(&file.media_type)
        .bind(size)
        .execute(&mut *connection)
        .await?;
        let pieces = file.content.chunks(usize::try_from(PIECE).unwrap_or(usize::MAX));
        for (number, piece) in (0_u32..).zip(pieces) {
            sqlx::query("INSERT OR REPLACE INTO pieces (digest, number, body) VALUES (?, ?, ?)")
                .bind(&digest)
                .bind(number)
                .bind(self.seal(PIECE_BODY, &piece_id(&digest, number), 1, piece)?)
                .execute(&mut *connection)
                .await?;
        }
        need(connection, request, &digest).await?;
        Ok(digest)
    }

    /// What a draft or request needs, in the order in which it came.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn attachments(&self, request: Uuid) -> Result<Vec<Attachment>, VaultError> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "{ATTACHMENT} JOIN attached ON attached.digest = attachments.digest WHERE request = ? ORDER BY attached.rowid"
        )))
        .bind(request.as_bytes().as_slice())
        .fetch_all(&mut *self.reader().await)
        .await?
        .iter()
        .map(|row| self.attachment(row))
        .collect()
    }

    /// Up to `most` bytes of a file from an offset; nothing at its end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when the piece is not there; else when it cannot be read or unsealed.
    pub async fn attachment_bytes(&self, digest: &str, offset: u64, most: usize) -> Result<Vec<u8>, VaultError> {
        let number = u32::try_from(offset / PIECE).unwrap_or(u32::MAX);
        let row = sqlx::query("SELECT body FROM pieces WHERE digest = ? AND number = ?")
            .bind(digest)
            .bind(number)
            .fetch_optional(&mut *self.reader().await)
            .await?
            .ok_or_else(|| VaultError::Damaged(format!("attachment {digest} lacks a piece")))?;
        let piece = self.unseal(PIECE_BODY, &piece_id(digest, number), 1, row.try_get(0)?)?;
        let from = usize::try_from(offset % PIECE).unwrap_or(usize::MAX);
        Ok(piece.into_iter().skip(from).take(most).collect())
    }

    /// Remembers where the backend takes a file in, so that another session goes on there; `None`: nowhere any more.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn set_upload(&self, digest: &str, place: Option<&str>, uploaded: bool) -> Result<(), VaultError> {
        sqlx::query("UPDATE attachments SET upload = ?, uploaded = ? WHERE digest = ?")
            .bind(place)
            .bind(uploaded)
            .bind(digest)
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(())
    }

    fn attachment(&self, row: &SqliteRow) -> Result<Attachment, VaultError> {
        let digest: String = row.try_get(0)?;
        let name = self.unseal(NAME, digest.as_bytes(), 1, row.try_get(1)?)?;
        let size: i64 = row.try_get(3)?;
        Ok(Attachment {
            name: String::from_utf8_lossy(&name).into_owned(),
            media_type: row.try_get(2)?,
            size: size.unsigned_abs(),
            upload: row.try_get(4)?,
            uploaded: row.try_get(5)?,
            digest,
        })
    }
}

/// Whether a file is here whole: its name and every piece open, and they are what the digest is of.
pub(super) async fn is_whole(connection: &mut SqliteConnection, seal: &Seal, digest: &str) -> Result<bool, VaultError> {
    let row = sqlx::query("SELECT name FROM attachments WHERE digest = ?")
        .bind(digest)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let name = RecordName { place: NAME, id: digest.as_bytes(), version: 1 };
    if seal.open(name, row.try_get(0)?).is_err() {
        return Ok(false);
    }
    let mut hash = Sha256::new();
    for number in 0_u32.. {
        let row = sqlx::query("SELECT body FROM pieces WHERE digest = ? AND number = ?")
            .bind(digest)
            .bind(number)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { break };
        let name = RecordName { place: PIECE_BODY, id: &piece_id(digest, number), version: 1 };
        let Ok(piece) = seal.open(name, row.try_get(0)?) else { return Ok(false) };
        hash.update(piece);
    }
    Ok(hex::encode(hash.finalize()) == digest)
}

/// Notes that a draft or request needs a file.
pub(super) async fn need(connection: &mut SqliteConnection, request: Uuid, digest: &str) -> Result<(), VaultError> {
    sqlx::query("INSERT OR IGNORE INTO attached (request, digest) VALUES (?, ?)")
        .bind(request.as_bytes().as_slice())
        .bind(digest)
        .execute(connection)
        .await?;
    Ok(())
}

/// What one request needs another needs too: the corrected one.
pub(super) async fn need_the_same(connection: &mut SqliteConnection, as_of: Uuid, id: Uuid) -> Result<(), VaultError> {
    sqlx::query("INSERT OR IGNORE INTO attached (request, digest) SELECT ?, digest FROM attached WHERE request = ?")
        .bind(id.as_bytes().as_slice())
        .bind(as_of.as_bytes().as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

/// Of the files of a draft or request only these are needed any more.
pub(super) async fn keep_only(
    connection: &mut SqliteConnection,
    request: Uuid,
    named: &[String],
) -> Result<(), VaultError> {
    let rows = sqlx::query("SELECT digest FROM attached WHERE request = ?")
        .bind(request.as_bytes().as_slice())
        .fetch_all(&mut *connection)
        .await?;
    let digests: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    for digest in digests.iter().filter(|digest| !named.contains(digest)) {
        sqlx::query("DELETE FROM attached WHERE request = ? AND digest = ?")
            .bind(request.as_bytes().as_slice())
            .bind(digest)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn piece_id(digest: &str, number: u32) -> Vec<u8> {
    [digest.as_bytes(), &number.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::vault::Acceptance;
    use crate::vault::tests::{at, draft, open, receipt, request, with_queued};

    fn file(length: usize) -> NewAttachment {
        let content = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        NewAttachment { name: "身份证.jpg".to_owned(), media_type: "image/jpeg".to_owned(), content }
    }

    #[tokio::test]
    async fn a_file_comes_back_byte_by_byte_and_is_kept_once() {
        let dir = TempDir::new().unwrap();
        let vault = open(dir.path()).await;
        let length = usize::try_from(PIECE).unwrap() * 2 + 77;
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let kept = vault.attach(one, &file(length)).await.unwrap();
        assert_eq!((kept.size, kept.uploaded, kept.digest.len()), (length as u64, false, 64));
        assert_eq!(vault.attach(other, &file(length)).await.unwrap(), kept);
        let mut bytes = Vec::new();
        loop {
            let next = vault.attachment_bytes(&kept.digest, bytes.len() as u64, 100_000).await;
            match next {
                Ok(next) if !next.is_empty() => bytes.extend(next),
                _ => break,
            }
        }
        assert_eq!(bytes, file(length).content);
        vault.set_upload(&kept.digest, Some("/v1/uploads/1"), false).await.unwrap();
        assert_eq!(vault.attachments(one).await.unwrap()[0].upload.as_deref(), Some("/v1/uploads/1"));
        for id in [one, other] {
            vault.save_draft(&draft(id, 1)).await.unwrap();
        }
        vault.delete_draft(one).await.unwrap();
        let counts = (vault.attachments(one).await.unwrap().len(), vault.attachments(other).await.unwrap().len());
        assert_eq!(counts, (0, 1));
        // its request does not name the file
        vault.freeze(other, &request(other, at(9))).await.unwrap();
        assert!(vault.attachment_bytes(&kept.digest, 0, 10).await.is_err(), "nobody needs it, and it is still there");
    }

    #[tokio::test]
    async fn files_stay_with_their_request_until_the_backend_has_it() {
        let dir = TempDir::new().unwrap();
        let (vault, ids) = with_queued(dir.path(), 2).await;
        for id in &ids {
            vault.attach(*id, &file(9)).await.unwrap();
            vault.begin_sending(*id).await.unwrap();
        }
        vault.record_refused(ids[0], &crate::vault::Reason::of("invalid")).await.unwrap();
        vault.record_accepted(ids[1], &Acceptance::whole(receipt(ids[1]))).await.unwrap();
        assert!(vault.attachments(ids[1]).await.unwrap().is_empty());
        let again = vault.reopen(ids[0], at(70)).await.unwrap().remove(0);
        assert_eq!(vault.attachments(again.id).await.unwrap(), vault.attachments(ids[0]).await.unwrap());
        assert_eq!(vault.attachments(again.id).await.unwrap().len(), 1);
        vault.delete_draft(again.id).await.unwrap();
        assert_eq!(vault.attachments(ids[0]).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn attached_again_a_damaged_file_is_whole() {
        let dir = TempDir::new().unwrap();
        let vault = open(dir.path()).await;
        let id = Uuid::now_v7();
        let kept = vault.attach(id, &file(2_000_000)).await.unwrap();
        vault.run_sql("UPDATE pieces SET body = zeroblob(99) WHERE number = 1").await;
        assert!(vault.attachment_bytes(&kept.digest, PIECE, 10).await.is_err());
        vault.attach(id, &file(2_000_000)).await.unwrap();
        assert_eq!(vault.attachment_bytes(&kept.digest, PIECE, 10).await.unwrap().len(), 10);
        assert_eq!(vault.attachments(id).await.unwrap().len(), 1);
    }
}
