//! The desk's copy of a site's catalogue (本地目录库): items, bundles, forms, code lists. One SQLite file a site, beside the vaults.
//!
//! Nothing in it is personal, so nothing is sealed, and nothing in it is the only copy: a file that cannot be used is made anew.
//!
//! - **Small rows first**: every item has its [`crate::catalogue::Brief`]; whole items are read one by one, by code.
//! - **All or nothing**: what one page of the backend brings is one transaction; changes are collected aside and take effect at once.

mod keeping;
mod reading;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};

use super::store::is_broken_off;
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

    /// The connection, with no transaction open on it. One whose transaction the disk broke off is replaced.
    async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, LibraryError> {
        let mut connection = self.connection.lock().await;
        if is_broken_off(&mut connection).await? {
            *connection = connect(&self.path).await?;
        }
        Ok(connection)
    }

    async fn at(path: &Path) -> Result<Self, LibraryError> {
        let mut connection = connect(path).await?;
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

    /// The site whose catalogue it is a copy of, as its file says.
    pub fn site(&self) -> &str {
        let stem = self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        stem.splitn(3, '-').nth(2).unwrap_or_default()
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

async fn connect(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // The backend has it all: a power cut costs a page, not the file.
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", "-256")
        .connect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A full disk makes SQLite roll back by itself, as this trigger does.
    #[tokio::test]
    async fn what_is_kept_after_a_full_disk_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let library = Library::open(home.path(), true, "town").await.unwrap();
        let run = async |sql: &'static str| {
            sqlx::raw_sql(sql).execute(&mut *library.connection.lock().await).await.unwrap();
        };
        run("CREATE TRIGGER full BEFORE INSERT ON note BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END").await;
        let pass = Pass {
            stage: Stage::Briefs,
            cursor: String::new(),
            next: None,
            total: 0,
            done: 0,
            aside: Aside::default(),
        };
        assert!(library.keep_briefs(&[], true, &pass).await.is_err());
        run("DROP TRIGGER full").await;
        library.keep_briefs(&[], true, &pass).await.unwrap();
        let mut elsewhere = connect(library.path()).await.unwrap();
        let notes = sqlx::query("SELECT name FROM note WHERE name = 'generation'").fetch_all(&mut elsewhere).await;
        assert_eq!(notes.unwrap().len(), 1, "it is in the file");
    }
}
