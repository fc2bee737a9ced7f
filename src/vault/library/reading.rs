//! What a copy of the catalogue answers.

use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{CHUNK, Library, LibraryError, Stock};
use crate::api::packing;
use crate::catalogue::{Brief, CatalogueEntry};
use crate::domain::bundle::Bundle;

impl Library {
    /// How much there is.
    ///
    /// # Errors
    /// When it cannot be counted.
    pub async fn stock(&self) -> Result<Stock, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM item WHERE withdrawn = 0),
                    (SELECT count(*) FROM item WHERE withdrawn = 0 AND entry IS NOT NULL),
                    (SELECT count(*) FROM bundle), (SELECT count(*) FROM document)",
        )
        .fetch_one(&mut *connection)
        .await?;
        let count = |at: usize| row.try_get::<i64, _>(at).map(i64::unsigned_abs);
        Ok(Stock { items: count(0)?, whole: count(1)?, bundles: count(2)?, documents: count(3)? })
    }

    /// Shows every item in brief, in the order of lists, a thousand at a time; others are let in between.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn visit(&self, mut see: impl FnMut(Brief)) -> Result<(), LibraryError> {
        let mut after = String::new();
        loop {
            let rows = {
                let mut connection = self.connection.lock().await;
                sqlx::query(
                    "SELECT place, id, brief FROM item WHERE withdrawn = 0 AND place > ? ORDER BY place LIMIT ?",
                )
                .bind(&after)
                .bind(CHUNK)
                .fetch_all(&mut *connection)
                .await?
            };
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.try_get(0)?;
            for row in &rows {
                let mut brief: Brief = serde_json::from_str(row.try_get(2)?)?;
                brief.id = row.try_get(1)?;
                see(brief);
            }
            tokio::task::yield_now().await;
        }
    }

    /// An item in brief, by implementation code.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn brief(&self, code: &str) -> Result<Option<Brief>, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row =
            sqlx::query("SELECT brief FROM item WHERE code = ?").bind(code).fetch_optional(&mut *connection).await?;
        row.map(|row| Ok(serde_json::from_str(row.try_get(0)?)?)).transpose()
    }

    /// A whole item by implementation code, or by its short name. `None`: not here, or in brief only.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn entry(&self, code: &str) -> Result<Option<CatalogueEntry>, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row = sqlx::query(
            "SELECT entry FROM item WHERE (code = ?1 OR (id = ?1 AND id <> '')) AND entry IS NOT NULL ORDER BY code LIMIT 1",
        )
        .bind(code)
        .fetch_optional(&mut *connection)
        .await?;
        row.map(|row| unpacked(row.try_get(0)?)).transpose()
    }

    /// Whether an item was withdrawn, and the code of what takes its place.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn withdrawn(&self, code: &str) -> Result<Option<Option<String>>, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row = sqlx::query("SELECT successor FROM item WHERE code = ? AND withdrawn = 1")
            .bind(code)
            .fetch_optional(&mut *connection)
            .await?;
        let successor = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(successor.map(|code| Some(code).filter(|code| !code.is_empty())))
    }

    /// The bundles, by code.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn bundles(&self) -> Result<Vec<Bundle>, LibraryError> {
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query("SELECT body FROM bundle ORDER BY code").fetch_all(&mut *connection).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(row.try_get(0)?)?)).collect()
    }

    /// A form or code list.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn document<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row = sqlx::query("SELECT body FROM document WHERE kind = ? AND name = ?")
            .bind(kind)
            .bind(name)
            .fetch_optional(&mut *connection)
            .await?;
        row.map(|row| unpacked(row.try_get(0)?)).transpose()
    }

    /// Whether a form or code list is here.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn has_document(&self, kind: &str, name: &str) -> Result<bool, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row = sqlx::query("SELECT 1 FROM document WHERE kind = ? AND name = ?").bind(kind).bind(name);
        Ok(row.fetch_optional(&mut *connection).await?.is_some())
    }
}

pub(super) fn unpacked<T: DeserializeOwned>(body: &[u8]) -> Result<T, LibraryError> {
    if body.first() == Some(&b'{') {
        return Ok(serde_json::from_slice(body)?);
    }
    Ok(serde_json::from_slice(&packing::unpack(body).ok_or(LibraryError::Damaged)?)?)
}
