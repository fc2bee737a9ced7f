//! What a copy of the catalogue keeps: each page in one transaction with the place of the next.

use serde::Serialize;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::reading::unpacked;
use super::{Aside, CHUNK, Library, LibraryError, Pass, Stage};
use crate::api::packing;
use crate::catalogue::{Brief, CatalogueEntry};

impl Library {
    /// Keeps a form or code list.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn keep_document(&self, kind: &str, name: &str, document: &impl Serialize) -> Result<(), LibraryError> {
        let body = packed(document)?;
        let mut connection = self.writer().await?;
        sqlx::query("INSERT OR REPLACE INTO document (kind, name, body) VALUES (?, ?, ?)")
            .bind(kind)
            .bind(name)
            .bind(body)
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Keeps a page of items in brief, and where the pass stands after it. The first page of a pass begins a new generation; after the last
    /// one, items of older generations are gone.
    ///
    /// # Errors
    /// When it cannot be written; nothing of it is kept then.
    pub async fn keep_briefs(&self, briefs: &[Brief], first: bool, pass: &Pass) -> Result<(), LibraryError> {
        let mut connection = self.writer().await?;
        let mut tx = connection.begin().await?;
        if first {
            sqlx::query(
                "INSERT INTO note (name, value) VALUES ('generation', '1')
                 ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
            )
            .execute(&mut *tx)
            .await?;
            aside(&mut tx, &pass.aside, true).await?;
        }
        for brief in briefs {
            sqlx::query(
                "INSERT INTO item (code, id, place, brief, entry, generation)
                 VALUES (?, '', ?, ?, NULL, (SELECT CAST(value AS INTEGER) FROM note WHERE name = 'generation'))
                 ON CONFLICT (code) DO UPDATE SET place = excluded.place, brief = excluded.brief, entry = NULL,
                     generation = excluded.generation, withdrawn = 0, successor = ''",
            )
            .bind(&brief.code)
            .bind(place(brief, &pass.aside.domains))
            .bind(serde_json::to_string(brief)?)
            .execute(&mut *tx)
            .await?;
        }
        if pass.stage != Stage::Briefs {
            sqlx::query(
                "UPDATE item SET withdrawn = 1
                 WHERE generation < (SELECT CAST(value AS INTEGER) FROM note WHERE name = 'generation')",
            )
            .execute(&mut *tx)
            .await?;
        }
        stamp(&mut tx).await?;
        set(&mut tx, "pass", Some(&serde_json::to_string(pass)?)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps whole items, and where the pass stands after them. `None`: it is over, and everything up to its cursor is here.
    ///
    /// # Errors
    /// When it cannot be written; nothing of it is kept then.
    pub async fn keep_entries(
        &self,
        entries: &[CatalogueEntry],
        domains: &[String],
        pass: Result<&Pass, &str>,
    ) -> Result<(), LibraryError> {
        let mut connection = self.writer().await?;
        let mut tx = connection.begin().await?;
        for entry in entries {
            write(&mut tx, entry, domains).await?;
        }
        match pass {
            Ok(pass) => set(&mut tx, "pass", Some(&serde_json::to_string(pass)?)).await?,
            Err(cursor) => {
                set(&mut tx, "cursor", Some(cursor)).await?;
                set(&mut tx, "pass", None).await?;
            }
        }
        stamp(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps one whole item that was asked for.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn keep_entry(&self, entry: &CatalogueEntry) -> Result<(), LibraryError> {
        let mut connection = self.writer().await?;
        sqlx::query("UPDATE item SET id = ?, entry = ? WHERE code = ?")
            .bind(&entry.item.id)
            .bind(packed(entry)?)
            .bind(&entry.item.code)
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Keeps changed items aside, and where the pass stands after them.
    ///
    /// # Errors
    /// When it cannot be written; nothing of it is kept then.
    pub async fn stage(&self, entries: &[CatalogueEntry], pass: &Pass) -> Result<(), LibraryError> {
        let mut connection = self.writer().await?;
        let mut tx = connection.begin().await?;
        for entry in entries {
            sqlx::query("INSERT OR REPLACE INTO staged (code, entry) VALUES (?, ?)")
                .bind(&entry.item.code)
                .bind(packed(entry)?)
                .execute(&mut *tx)
                .await?;
        }
        set(&mut tx, "pass", Some(&serde_json::to_string(pass)?)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets what was kept aside take effect, all at once. True: something changed.
    ///
    /// # Errors
    /// When it cannot be written; everything is as before then.
    pub async fn swap(&self, pass: &Pass) -> Result<bool, LibraryError> {
        let mut connection = self.writer().await?;
        let mut tx = connection.begin().await?;
        let mut changed =
            !pass.aside.removed.is_empty() || !pass.aside.bundles.is_empty() || !pass.aside.removed_bundles.is_empty();
        let mut after = String::new();
        loop {
            let rows = sqlx::query("SELECT code, entry FROM staged WHERE code > ? ORDER BY code LIMIT ?")
                .bind(&after)
                .bind(CHUNK)
                .fetch_all(&mut *tx)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get(0)?;
            changed = true;
            for row in &rows {
                let entry: CatalogueEntry = unpacked(row.try_get(1)?)?;
                write(&mut tx, &entry, &pass.aside.domains).await?;
            }
        }
        for code in &pass.aside.removed {
            let successor = pass.aside.successors.get(code).map_or("", String::as_str);
            sqlx::query("UPDATE item SET withdrawn = 1, successor = ? WHERE code = ?")
                .bind(successor)
                .bind(code)
                .execute(&mut *tx)
                .await?;
        }
        aside(&mut tx, &pass.aside, false).await?;
        sqlx::query("DELETE FROM staged").execute(&mut *tx).await?;
        set(&mut tx, "cursor", Some(&pass.cursor)).await?;
        set(&mut tx, "pass", None).await?;
        if changed {
            stamp(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Forgets where the passes stand, so that the next begins anew. The items stay until it has brought others.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn start_over(&self) -> Result<(), LibraryError> {
        let mut connection = self.writer().await?;
        let mut tx = connection.begin().await?;
        set(&mut tx, "cursor", None).await?;
        set(&mut tx, "pass", None).await?;
        sqlx::query("DELETE FROM staged").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Where an item stands in lists: by domain, then by catalogue code, then by implementation code.
fn place(brief: &Brief, domains: &[String]) -> String {
    let domain = domains.iter().position(|id| *id == brief.domain).unwrap_or(domains.len());
    format!("{domain:04} {} {}", brief.catalog_code, brief.code)
}

async fn write(tx: &mut SqliteConnection, entry: &CatalogueEntry, domains: &[String]) -> Result<(), LibraryError> {
    let brief = Brief::of(entry);
    sqlx::query(
        "INSERT INTO item (code, id, place, brief, entry, generation)
         VALUES (?, ?, ?, ?, ?, coalesce((SELECT CAST(value AS INTEGER) FROM note WHERE name = 'generation'), 0))
         ON CONFLICT (code) DO UPDATE SET id = excluded.id, place = excluded.place, brief = excluded.brief,
             entry = excluded.entry, withdrawn = 0, successor = ''",
    )
    .bind(&brief.code)
    .bind(&brief.id)
    .bind(place(&brief, domains))
    .bind(serde_json::to_string(&brief)?)
    .bind(packed(entry)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Bundles and domains of a first page. `whole`: these are all bundles.
async fn aside(tx: &mut SqliteConnection, aside: &Aside, whole: bool) -> Result<(), LibraryError> {
    if whole {
        sqlx::query("DELETE FROM bundle").execute(&mut *tx).await?;
    }
    for bundle in &aside.bundles {
        sqlx::query("INSERT OR REPLACE INTO bundle (code, body) VALUES (?, ?)")
            .bind(&bundle.code)
            .bind(serde_json::to_string(bundle)?)
            .execute(&mut *tx)
            .await?;
    }
    for code in &aside.removed_bundles {
        sqlx::query("DELETE FROM bundle WHERE code = ?").bind(code).execute(&mut *tx).await?;
    }
    set(tx, "domains", Some(&aside.domains_text)).await
}

async fn stamp(tx: &mut SqliteConnection) -> Result<(), LibraryError> {
    sqlx::query(
        "INSERT INTO note (name, value) VALUES ('stamp', '1')
         ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn set(tx: &mut SqliteConnection, name: &str, value: Option<&str>) -> Result<(), LibraryError> {
    match value {
        Some(value) => {
            sqlx::query("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)").bind(name).bind(value).execute(tx)
        }
        None => sqlx::query("DELETE FROM note WHERE name = ?").bind(name).execute(tx),
    }
    .await?;
    Ok(())
}

fn packed(thing: &impl Serialize) -> Result<Vec<u8>, LibraryError> {
    let body = serde_json::to_vec(thing)?;
    // Told apart when read: JSON never begins like a packed body.
    Ok(packing::pack(&body).unwrap_or(body))
}
