//! What the vault keeps besides the citizens' affairs: cached documents, and which items were used.

use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};

use super::store::{millis, time};
use super::{Cached, Usage, Vault, VaultError};

impl Vault {
    /// Keeps a document from the backend under its kind (`catalogue`, `form`, `codelist`) and key.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn put_cached(
        &self,
        kind: &str,
        key: &str,
        etag: Option<&str>,
        body: &[u8],
        at: Timestamp,
    ) -> Result<(), VaultError> {
        let sealed = self.seal("cache.body", &cache_id(kind, key), 1, body)?;
        sqlx::query("INSERT OR REPLACE INTO cache (kind, key, etag, stored_at, body) VALUES (?, ?, ?, ?, ?)")
            .bind(kind)
            .bind(key)
            .bind(etag)
            .bind(millis(at))
            .bind(sealed)
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(())
    }

    /// A kept document.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn cached(&self, kind: &str, key: &str) -> Result<Option<Cached>, VaultError> {
        sqlx::query("SELECT etag, stored_at, body FROM cache WHERE kind = ? AND key = ?")
            .bind(kind)
            .bind(key)
            .fetch_optional(&mut *self.reader().await)
            .await?
            .map(|row| {
                Ok(Cached {
                    etag: row.try_get(0)?,
                    stored_at: time(&row, 1)?,
                    body: self.unseal("cache.body", &cache_id(kind, key), 1, row.try_get(2)?)?,
                })
            })
            .transpose()
    }

    /// The keys kept of a kind, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn cached_keys(&self, kind: &str) -> Result<Vec<String>, VaultError> {
        sqlx::query("SELECT key FROM cache WHERE kind = ? ORDER BY key")
            .bind(kind)
            .fetch_all(&mut *self.reader().await)
            .await?
            .iter()
            .map(|row| Ok(row.try_get(0)?))
            .collect()
    }

    /// Forgets a kept document. True when there was one.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn drop_cached(&self, kind: &str, key: &str) -> Result<bool, VaultError> {
        let dropped = sqlx::query("DELETE FROM cache WHERE kind = ? AND key = ?")
            .bind(kind)
            .bind(key)
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(dropped.rows_affected() > 0)
    }

    /// The items that this clerk submitted requests for, the last first, at most `limit`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn used(&self, limit: u32) -> Result<Vec<Usage>, VaultError> {
        sqlx::query("SELECT item_code, count, last_at FROM usage ORDER BY last_at DESC, item_code LIMIT ?")
            .bind(limit)
            .fetch_all(&mut *self.reader().await)
            .await?
            .iter()
            .map(|row| {
                let count: i64 = row.try_get(1)?;
                Ok(Usage { item_code: row.try_get(0)?, count: count.unsigned_abs(), last_at: time(row, 2)? })
            })
            .collect()
    }

    pub(super) async fn write_use(
        &self,
        connection: &mut SqliteConnection,
        item_code: &str,
        at: Timestamp,
    ) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO usage (item_code, count, last_at) VALUES (?, 1, ?)
             ON CONFLICT (item_code) DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at)",
        )
        .bind(item_code)
        .bind(millis(at))
        .execute(connection)
        .await?;
        Ok(())
    }
}

pub(super) fn cache_id(kind: &str, key: &str) -> Vec<u8> {
    [kind.as_bytes(), &[0], key.as_bytes()].concat()
}
