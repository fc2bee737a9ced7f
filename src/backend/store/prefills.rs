//! What citizens prepared elsewhere, and what still sits at the desks.

use jiff::{SignedDuration, Timestamp};

use super::{Store, StoreError, instant};

/// What a citizen prepared, with who fetched it.
#[derive(Clone, PartialEq, Eq)]
pub struct PrefillRow {
    /// The content, JSON.
    pub content: String,
    /// Who fetched it; empty: nobody yet.
    pub fetched_by: String,
    /// When.
    pub fetched_at: Timestamp,
    /// Until when it can be fetched.
    pub valid_until: Timestamp,
}

/// What a desk reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestRow {
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Sign-in name of the clerk.
    pub clerk: String,
    /// The entries, JSON.
    pub content: String,
}

impl Store {
    /// Keeps what a citizen prepared. False: the code is taken.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_prefill(
        &self,
        code: &str,
        content: &str,
        now: Timestamp,
        valid: SignedDuration,
    ) -> Result<bool, StoreError> {
        // What nobody came for is not kept for ever.
        sqlx::query("delete from prefill where valid_until < $1")
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        let done = sqlx::query(
            "insert into prefill (code, content, made_at, valid_until) values ($1, $2, $3, $4) on conflict do nothing",
        )
        .bind(code)
        .bind(content)
        .bind(now.as_millisecond())
        .bind(now.saturating_add(valid).unwrap_or(now).as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives what was prepared under a code to the clerk, or tells who has it already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn fetch_prefill(
        &self,
        code: &str,
        clerk: &str,
        now: Timestamp,
    ) -> Result<Option<PrefillRow>, StoreError> {
        sqlx::query(
            "update prefill set fetched_by = $2, fetched_at = $3 where code = $1 and fetched_by = '' and valid_until >= $3",
        )
        .bind(code)
        .bind(clerk)
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        let row: Option<(String, String, i64, i64)> =
            sqlx::query_as("select content, fetched_by, fetched_at, valid_until from prefill where code = $1")
                .bind(code)
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(content, fetched_by, fetched_at, valid_until)| {
            Ok(PrefillRow { content, fetched_by, fetched_at: instant(fetched_at)?, valid_until: instant(valid_until)? })
        })
        .transpose()
    }

    /// Keeps what a desk reports, in place of what it reported before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_manifest(&self, site: &str, station: &str, manifest: &ManifestRow) -> Result<(), StoreError> {
        sqlx::query(
            "insert into manifest (site, station, reported_at, clerk, content) values ($1, $2, $3, $4, $5) \
             on conflict (site, station) do update set reported_at = $3, clerk = $4, content = $5",
        )
        .bind(site)
        .bind(station)
        .bind(manifest.reported_at.as_millisecond())
        .bind(&manifest.clerk)
        .bind(&manifest.content)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What a desk reported last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn manifest(&self, site: &str, station: &str) -> Result<Option<ManifestRow>, StoreError> {
        let row: Option<(i64, String, String)> =
            sqlx::query_as("select reported_at, clerk, content from manifest where site = $1 and station = $2")
                .bind(site)
                .bind(station)
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(reported_at, clerk, content)| Ok(ManifestRow { reported_at: instant(reported_at)?, clerk, content }))
            .transpose()
    }
}
