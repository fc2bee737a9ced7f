//! The desk's copy of a site's catalogue (本地目录库): items, bundles, forms, code lists. One SQLite file a site, beside the vaults.
//!
//! Nothing in it is personal, so nothing is sealed, and nothing in it is the only copy: a file that cannot be used is made anew.
//!
//! - **Small rows first**: every item has its [`Brief`]; whole items are read one by one, by code.
//! - **All or nothing**: what one page of the backend brings is one transaction; changes are collected aside and take effect at once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use tokio::sync::Mutex;

use crate::api::packing;
use crate::catalogue::{Brief, CatalogueEntry};
use crate::domain::bundle::Bundle;

const SCHEMA: &str = "
CREATE TABLE note (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE item (
    code       TEXT PRIMARY KEY,
    id         TEXT NOT NULL,
    -- the order of lists
    place      TEXT NOT NULL,
    brief      TEXT NOT NULL,
    -- the whole item, packed; null until it was fetched
    entry      BLOB,
    generation INTEGER NOT NULL,
    -- withdrawn; kept for the drafts that were begun on it
    withdrawn  INTEGER NOT NULL DEFAULT 0,
    -- code of what takes its place; may be empty
    successor  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX item_place ON item (place) WHERE withdrawn = 0;
CREATE INDEX item_id ON item (id) WHERE id <> '';
CREATE TABLE staged (
    code  TEXT PRIMARY KEY,
    entry BLOB NOT NULL
) STRICT;
CREATE TABLE bundle (
    code TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE document (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
";
const VERSION: i64 = 1;

/// Rows read at once: a screen waits no longer than for these.
const CHUNK: i64 = 1_000;

/// What can go wrong with the copy.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A file or folder.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database.
    #[error("the catalogue's file: {0}")]
    Database(#[from] sqlx::Error),
    /// A record is not what the program writes.
    #[error("a record of the catalogue cannot be read or written: {0}")]
    Record(#[from] serde_json::Error),
    /// A record is damaged.
    #[error("a record of the catalogue is damaged")]
    Damaged,
}

/// The copy. Clones share one connection.
#[derive(Debug, Clone)]
pub struct Library {
    connection: Arc<Mutex<SqliteConnection>>,
    path: PathBuf,
}

/// A pass over the backend's pages that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// What it fetches.
    pub stage: Stage,
    /// What to ask with after it: the cursor of its first page.
    pub cursor: String,
    /// Path and query of the next page.
    pub next: Option<String>,
    /// Entries of all pages.
    pub total: u64,
    /// Entries fetched so far.
    pub done: u64,
    /// What the first page said besides, until it takes effect.
    pub aside: Aside,
}

/// What a pass fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// All items in brief.
    Briefs,
    /// All items whole.
    Entries,
    /// What changed.
    Changes,
}

/// What the first page of a pass says besides its items.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Aside {
    /// Codes of withdrawn items.
    pub removed: Vec<String>,
    /// What takes their places, where something does.
    pub successors: BTreeMap<String, String>,
    /// Bundles, new or changed.
    pub bundles: Vec<Bundle>,
    /// Codes of withdrawn bundles.
    pub removed_bundles: Vec<String>,
    /// Ids of the domains, in order.
    pub domains: Vec<String>,
    /// The domains as they came.
    pub domains_text: String,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stock {
    /// Items.
    pub items: u64,
    /// Of them whole.
    pub whole: u64,
    /// Bundles.
    pub bundles: u64,
    /// Forms and code lists.
    pub documents: u64,
}

/// Name of the file of a site's copy.
fn file_name(practice: bool, site: &str) -> String {
    // An id is letters, digits and hyphens; whatever else came must not lead out of the folder.
    let safe: String = site.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("catalogue-{}-{safe}.sqlite", if practice { "practice" } else { "live" })
}

impl Library {
    /// Opens the copy of a site's catalogue in a folder; makes it when there is none, or none that can be used.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub async fn open(dir: &Path, practice: bool, site: &str) -> Result<Self, LibraryError> {
        let path = dir.join(file_name(practice, site));
        let at = |source| LibraryError::Io { path: dir.to_owned(), source };
        fs::create_dir_all(dir).map_err(at)?;
        if let Ok(library) = Self::at(&path).await {
            return Ok(library);
        }
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            match fs::remove_file(&name) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(LibraryError::Io { path: name.into(), source });
                }
                _ => {}
            }
        }
        Self::at(&path).await
    }

    /// The copy that was synced last in a folder: of this site, or of any.
    ///
    /// # Errors
    /// When the folder cannot be read. `None`: there is none that holds anything.
    pub async fn last(dir: &Path, site: Option<&str>) -> Result<Option<Self>, LibraryError> {
        let at = |source| LibraryError::Io { path: dir.to_owned(), source };
        let mut found = Vec::new();
        let entries = match fs::read_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            entries => entries.map_err(at)?,
        };
        for entry in entries {
            let entry = entry.map_err(at)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let wanted = match site {
                Some(site) => [true, false].iter().any(|practice| file_name(*practice, site) == name),
                None => name.starts_with("catalogue-") && name.ends_with(".sqlite"),
            };
            if wanted {
                found.push((entry.metadata().and_then(|data| data.modified()).ok(), entry.path()));
            }
        }
        found.sort();
        while let Some((_, path)) = found.pop() {
            if let Ok(library) = Self::at(&path).await
                && library.stock().await?.items > 0
            {
                return Ok(Some(library));
            }
        }
        Ok(None)
    }

    async fn at(path: &Path) -> Result<Self, LibraryError> {
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The backend has it all: a power cut costs a page, not the file.
            .synchronous(SqliteSynchronous::Normal)
            .pragma("cache_size", "-1024")
            .connect()
            .await?;
        let version: i64 = sqlx::query("PRAGMA user_version").fetch_one(&mut connection).await?.try_get(0)?;
        match version {
            VERSION => {}
            0 => {
                sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
            }
            _ => return Err(LibraryError::Damaged),
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), path: path.to_owned() })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The cursor up to which everything is here; `None` before the first whole pass.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn cursor(&self) -> Result<Option<String>, LibraryError> {
        self.note("cursor").await
    }

    /// The pass under way.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn pass(&self) -> Result<Option<Pass>, LibraryError> {
        self.note("pass").await?.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
    }

    /// The domains as they came.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn domains<T: DeserializeOwned + Default>(&self) -> Result<T, LibraryError> {
        Ok(self.note("domains").await?.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
    }

    /// Something that changes whenever the items do.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn stamp(&self) -> Result<String, LibraryError> {
        Ok(self.note("stamp").await?.unwrap_or_default())
    }

    async fn note(&self, name: &str) -> Result<Option<String>, LibraryError> {
        let mut connection = self.connection.lock().await;
        let row =
            sqlx::query("SELECT value FROM note WHERE name = ?").bind(name).fetch_optional(&mut *connection).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

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

    /// Keeps a form or code list.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn keep_document(&self, kind: &str, name: &str, document: &impl Serialize) -> Result<(), LibraryError> {
        let body = packed(document)?;
        let mut connection = self.connection.lock().await;
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
        let mut connection = self.connection.lock().await;
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
        let mut connection = self.connection.lock().await;
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
        let mut connection = self.connection.lock().await;
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
        let mut connection = self.connection.lock().await;
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
        let mut connection = self.connection.lock().await;
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
        let mut connection = self.connection.lock().await;
        let mut tx = connection.begin().await?;
        set(&mut tx, "cursor", None).await?;
        set(&mut tx, "pass", None).await?;
        sqlx::query("DELETE FROM staged").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the use of the file tidily.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), LibraryError> {
        match Arc::try_unwrap(self.connection) {
            Ok(connection) => Ok(connection.into_inner().close().await?),
            Err(_shared) => Ok(()),
        }
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

fn unpacked<T: DeserializeOwned>(body: &[u8]) -> Result<T, LibraryError> {
    if body.first() == Some(&b'{') {
        return Ok(serde_json::from_slice(body)?);
    }
    Ok(serde_json::from_slice(&packing::unpack(body).ok_or(LibraryError::Damaged)?)?)
}
