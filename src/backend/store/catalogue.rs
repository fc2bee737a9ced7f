//! The catalogue's editions: what was published, and when each item last changed.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{Any, Row as _, Transaction};

use super::{Store, StoreError, audit, counter, stored_counter};
use crate::backend::audit::{Act, Action};
use crate::backend::catalogue::{Changes, Kept, Shelf, ShelvedItem};

/// An edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRow {
    /// Number, from 1.
    pub seq: u64,
    /// What tells this database's editions from those of another: cursors hold it.
    pub lineage: String,
    /// Its head, as JSON.
    pub head: String,
}

/// An item's place among the editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Implementation code.
    pub code: String,
    /// Edition of its last change, its withdrawal included.
    pub changed: u64,
    /// It was withdrawn.
    pub removed: bool,
    /// Code of what takes its place; may be empty.
    pub successor: String,
}

/// A publication under way: nobody else publishes meanwhile.
pub struct Publishing {
    transaction: Transaction<'static, Any>,
}

impl Store {
    /// The last edition.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn edition(&self) -> Result<Option<EditionRow>, StoreError> {
        let row: Option<(i64, String, String)> = sqlx::query_as(
            "select seq, lineage, head from catalogue_edition where seq = (select max(seq) from catalogue_edition)",
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(seq, lineage, head)| Ok(EditionRow { seq: counter(seq)?, lineage, head })).transpose()
    }

    /// Where the items stand that changed after an edition (0: all).
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn items_since(&self, seq: u64) -> Result<Vec<ItemRow>, StoreError> {
        sqlx::query("select code, changed, removed, successor from catalogue_item where changed > $1 order by code")
            .bind(stored_counter(seq))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| {
                let removed: i64 = row.try_get(2)?;
                Ok(ItemRow {
                    code: row.try_get(0)?,
                    changed: counter(row.try_get(1)?)?,
                    removed: removed != 0,
                    successor: row.try_get(3)?,
                })
            })
            .collect()
    }

    /// The JSON of the items in force that changed after an edition (0: all).
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn item_bodies_since(&self, seq: u64) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select body from catalogue_item where changed > $1 and removed = 0 order by code")
                .bind(stored_counter(seq))
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(|(body,)| body).collect())
    }

    /// The JSON of all sites.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn site_bodies(&self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select body from catalogue_site order by id").fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(body,)| body).collect())
    }

    /// The bundles: edition of their last change, code, and JSON unless withdrawn.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn bundle_bodies(&self) -> Result<Vec<(u64, String, Option<String>)>, StoreError> {
        let rows: Vec<(i64, String, i64, String)> =
            sqlx::query_as("select changed, code, removed, body from catalogue_bundle order by code")
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter()
            .map(|(changed, code, removed, body)| Ok((counter(changed)?, code, (removed == 0).then_some(body))))
            .collect()
    }

    /// Kind and `id@version` of every form and code list ever published.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn document_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as("select kind, name from catalogue_document order by kind, name")
            .fetch_all(&self.pool)
            .await?)
    }

    /// A form or code list, as it was kept.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn document(&self, kind: &str, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("select body from catalogue_document where kind = $1 and name = $2")
                .bind(kind)
                .bind(name)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(body,)| body))
    }

    /// Forgets every edition, so that the next begins anew and every client starts over.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn forget_catalogue(&self) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        for forget in [
            "delete from catalogue_document",
            "delete from catalogue_bundle",
            "delete from catalogue_site",
            "delete from catalogue_item",
            "delete from catalogue_edition",
            "delete from setting where name = 'lineage'",
        ] {
            sqlx::query(forget).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Begins a publication, after any other that is under way.
    ///
    /// # Errors
    /// When the database gives no answer.
    pub async fn begin_publishing(&self) -> Result<(Publishing, Shelf), StoreError> {
        let mut transaction = self.pool.begin().await?;
        // Whoever writes this row waits for whoever wrote it before, on either database.
        sqlx::query(
            "insert into setting (name, value) values ('publishing', '') on conflict (name) do update set value = ''",
        )
        .execute(&mut *transaction)
        .await?;
        let mut shelf = Shelf::default();
        let last: Option<(i64, String)> = sqlx::query_as(
            "select seq, head from catalogue_edition where seq = (select max(seq) from catalogue_edition)",
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some((seq, head)) = last {
            (shelf.seq, shelf.head) = (counter(seq)?, head);
        }
        let items: Vec<(String, String, String, i64)> =
            sqlx::query_as("select code, item_id, digest, removed from catalogue_item")
                .fetch_all(&mut *transaction)
                .await?;
        shelf.items = items
            .into_iter()
            .map(|(code, id, digest, removed)| (code, ShelvedItem { id, digest, removed: removed != 0 }))
            .collect();
        let sites: Vec<(String, String)> =
            sqlx::query_as("select id, body from catalogue_site").fetch_all(&mut *transaction).await?;
        shelf.sites = sites.into_iter().collect();
        let bundles: Vec<(String, String)> =
            sqlx::query_as("select code, digest from catalogue_bundle where removed = 0")
                .fetch_all(&mut *transaction)
                .await?;
        shelf.bundles = bundles.into_iter().collect();
        let documents: Vec<(String, String, String)> =
            sqlx::query_as("select kind, name, digest from catalogue_document").fetch_all(&mut *transaction).await?;
        shelf.documents =
            documents.into_iter().map(|(kind, name, digest)| ((kind, name), digest)).collect::<HashMap<_, _>>();
        Ok((Publishing { transaction }, shelf))
    }
}

impl Publishing {
    /// Writes an edition and ends the publication.
    ///
    /// # Errors
    /// When the database gives no answer; nothing is published then.
    pub async fn write(mut self, seq: u64, changes: &Changes, head: &str, at: Timestamp) -> Result<(), StoreError> {
        let edition = stored_counter(seq);
        let lineage = self.lineage().await?;
        let tx = &mut *self.transaction;
        sqlx::query("insert into catalogue_edition (seq, lineage, head, published_at) values ($1, $2, $3, $4)")
            .bind(edition)
            .bind(lineage)
            .bind(head)
            .bind(at.as_millisecond())
            .execute(&mut *tx)
            .await?;
        for (Kept { key, body, digest }, id) in &changes.items {
            sqlx::query(
                "insert into catalogue_item (code, item_id, body, digest, changed, removed, successor)
                 values ($1, $2, $3, $4, $5, 0, '')
                 on conflict (code) do update set item_id = excluded.item_id, body = excluded.body,
                     digest = excluded.digest, changed = excluded.changed, removed = 0, successor = ''",
            )
            .bind(key)
            .bind(id)
            .bind(body)
            .bind(digest)
            .bind(edition)
            .execute(&mut *tx)
            .await?;
        }
        for code in &changes.moved {
            sqlx::query("update catalogue_item set changed = $1 where code = $2")
                .bind(edition)
                .bind(code)
                .execute(&mut *tx)
                .await?;
        }
        for (code, successor) in &changes.withdrawn {
            sqlx::query("update catalogue_item set changed = $1, removed = 1, successor = $2 where code = $3")
                .bind(edition)
                .bind(successor.as_deref().unwrap_or_default())
                .bind(code)
                .execute(&mut *tx)
                .await?;
        }
        for Kept { key, body, .. } in &changes.sites {
            sqlx::query(
                "insert into catalogue_site (id, body) values ($1, $2)
                 on conflict (id) do update set body = excluded.body",
            )
            .bind(key)
            .bind(body)
            .execute(&mut *tx)
            .await?;
        }
        for id in &changes.closed {
            sqlx::query("delete from catalogue_site where id = $1").bind(id).execute(&mut *tx).await?;
        }
        for Kept { key, body, digest } in &changes.bundles {
            sqlx::query(
                "insert into catalogue_bundle (code, body, digest, changed, removed) values ($1, $2, $3, $4, 0)
                 on conflict (code) do update set body = excluded.body, digest = excluded.digest,
                     changed = excluded.changed, removed = 0",
            )
            .bind(key)
            .bind(body)
            .bind(digest)
            .bind(edition)
            .execute(&mut *tx)
            .await?;
        }
        for code in &changes.unbundled {
            sqlx::query("update catalogue_bundle set changed = $1, removed = 1 where code = $2")
                .bind(edition)
                .bind(code)
                .execute(&mut *tx)
                .await?;
        }
        for (kind, Kept { key, body, digest }) in &changes.documents {
            sqlx::query("insert into catalogue_document (kind, name, body, digest) values ($1, $2, $3, $4)")
                .bind(*kind)
                .bind(key)
                .bind(body)
                .bind(digest)
                .execute(&mut *tx)
                .await?;
        }
        let act = Act { at, actor: "", action: Action::CataloguePublished, subject: &edition.to_string() };
        audit::note(&mut *tx, &act).await?;
        self.transaction.commit().await?;
        Ok(())
    }

    /// The lineage of this database, made with its first edition.
    async fn lineage(&mut self) -> Result<String, StoreError> {
        sqlx::query("insert into setting (name, value) values ('lineage', $1) on conflict (name) do nothing")
            .bind(uuid::Uuid::now_v7().simple().to_string())
            .execute(&mut *self.transaction)
            .await?;
        let (lineage,): (String,) = sqlx::query_as("select value from setting where name = 'lineage'")
            .fetch_one(&mut *self.transaction)
            .await?;
        Ok(lineage)
    }
}
