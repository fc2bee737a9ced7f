//! What the vault keeps besides the citizens' affairs: cached documents, and which items were used.

use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};

use super::store::{millis, time};
use super::{Cached, KeptShortcuts, Usage, Vault, VaultError};

/// Under which the shortcuts are kept.
const SHORTCUTS: (&str, &str) = ("desk", "shortcuts");

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

    /// The items that this clerk began with or submitted requests for, the last first, at most `limit`. Only what was submitted counts.
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

    /// Notes that the clerk began with an item; what is submitted counts by itself.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn note_opened(&self, item_code: &str, at: Timestamp) -> Result<(), VaultError> {
        self.write_use(&mut *self.writer().await?, item_code, 0, at).await
    }

    /// What the clerk has at hand.
    ///
    /// # Errors
    /// When it cannot be read or unsealed.
    pub async fn shortcuts(&self) -> Result<KeptShortcuts, VaultError> {
        let kept = self.cached(SHORTCUTS.0, SHORTCUTS.1).await?;
        Ok(kept.map(|kept| serde_json::from_slice(&kept.body)).transpose()?.unwrap_or_default())
    }

    /// Keeps what the clerk has at hand.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn keep_shortcuts(&self, shortcuts: &KeptShortcuts, at: Timestamp) -> Result<(), VaultError> {
        self.put_cached(SHORTCUTS.0, SHORTCUTS.1, None, &serde_json::to_vec(shortcuts)?, at).await
    }

    pub(super) async fn write_use(
        &self,
        connection: &mut SqliteConnection,
        item_code: &str,
        times: u32,
        at: Timestamp,
    ) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO usage (item_code, count, last_at) VALUES (?, ?, ?) ON CONFLICT (item_code)
             DO UPDATE SET count = count + excluded.count, last_at = max(last_at, excluded.last_at)",
        )
        .bind(item_code)
        .bind(times)
        .bind(millis(at))
        .execute(connection)
        .await?;
        Ok(())
    }
}

pub(super) fn cache_id(kind: &str, key: &str) -> Vec<u8> {
    [kind.as_bytes(), &[0], key.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use crate::vault::KeptShortcuts;
    use crate::vault::tests::{at, open};

    #[tokio::test]
    async fn what_the_clerk_has_at_hand_is_kept_sealed() {
        let dir = TempDir::new().unwrap();
        let vault = open(dir.path()).await;
        assert_eq!(vault.shortcuts().await.unwrap(), KeptShortcuts::default());
        let kept = KeptShortcuts { favourites: vec!["FAVOURITE-1".to_owned()], quick: vec!["FREQUENT-1".to_owned()] };
        vault.keep_shortcuts(&kept, at(1)).await.unwrap();
        vault.note_opened("OPENED-1", at(2)).await.unwrap();
        vault.note_opened("OPENED-1", at(1)).await.unwrap();
        let path = vault.path().to_owned();
        vault.close().await.unwrap();
        let bytes = std::fs::read(path).unwrap();
        let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(holds("OPENED-1") && !holds("FAVOURITE-1") && !holds("FREQUENT-1"));
        let vault = open(dir.path()).await;
        assert_eq!(vault.shortcuts().await.unwrap(), kept);
        let used = vault.used(5).await.unwrap();
        assert_eq!(
            (used[0].item_code.as_str(), used[0].count, used[0].last_at),
            ("OPENED-1", 0, at(2)),
            "begun, not counted"
        );
    }
}
