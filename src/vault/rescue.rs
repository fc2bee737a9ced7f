//! A damaged database: found at opening, set aside as it is, and what can be read of it brought over into a new one.
//!
//! The new database is built beside the old one and takes its place only when it is whole: cut off at any point, the next opening goes on.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::files::{self as disk, Files, beside};
use super::reseal::{SEALED, SealedColumn};
use super::shelf::cache_id;
use super::store::{digest, millis, writing};
use super::{RecordName, Seal, Vault, VaultError, audit, schema};

mod files;

/// How long the check at opening may take. What it does not reach is found when it is read: every record is authenticated.
const CHECK_FOR: Duration = Duration::from_millis(100);
/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 1_000;
/// SQLite's code for: interrupted.
const INTERRUPTED: &str = "9";

/// Under which the vault keeps a rescue of which the clerk has not been told on the screen.
const UNTOLD: (&str, &str) = ("desk", "rescue");

/// What became of a damaged vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rescue {
    /// Drafts and requests that were brought over.
    pub rescued: u64,
    /// Drafts and requests that were seen but cannot be read.
    pub lost: u64,
    /// Files that a draft or request needs and that are not there whole: to be attached anew.
    pub files_lost: u64,
    /// Where the damaged file lies.
    pub kept: PathBuf,
}

/// Opens the database for writing; a damaged one is set aside first, and rescued.
pub(super) async fn open(files: &Files, seal: &Seal) -> Result<(SqliteConnection, Option<Rescue>), VaultError> {
    finish_move(files)?;
    let path = files.vault();
    // SQLite gives its companion files the mode of the main file.
    let made = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
    made.map_err(|source| VaultError::Io { path: path.clone(), source })?;
    match sound(&path).await {
        Ok(connection) => Ok((connection, None)),
        Err(error) if error.disk_fault() == Some(super::DiskFault::Damaged) => {
            let rescue = rescue(files, seal).await?;
            Ok((writing(&path).await?, Some(rescue)))
        }
        Err(error) => Err(error),
    }
}

/// A database that shows no damage within the time that there is.
async fn sound(path: &Path) -> Result<SqliteConnection, VaultError> {
    let mut connection = writing(path).await?;
    schema::version(&mut connection).await?;
    let started = Instant::now();
    connection.lock_handle().await?.set_progress_handler(STEPS, move || started.elapsed() < CHECK_FOR);
    let verdict = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut connection).await;
    connection.lock_handle().await?.remove_progress_handler();
    match verdict {
        Ok(row) => match row.try_get::<String, _>(0)? {
            fine if fine == "ok" => Ok(connection),
            damage => Err(VaultError::Damaged(damage)),
        },
        Err(error) if error.as_database_error().and_then(|error| error.code()).as_deref() == Some(INTERRUPTED) => {
            Ok(connection)
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends a rescue that was cut off between its two moves, or throws away one that had not come so far.
fn finish_move(files: &Files) -> Result<(), VaultError> {
    let (vault, rescued) = (files.vault(), files.rescue());
    let io = |source| VaultError::Io { path: rescued.clone(), source };
    if rescued.exists() && !vault.exists() {
        set_aside(&beside(&vault, "-wal"), &beside(&files.damaged(&now()), "-wal")).map_err(io)?;
        disk::remove(&beside(&vault, "-shm")).map_err(io)?;
        fs::rename(&rescued, &vault).and_then(|()| disk::sync_folder(&vault)).map_err(io)?;
    }
    for leftover in [rescued.clone(), beside(&rescued, "-wal"), beside(&rescued, "-shm")] {
        disk::remove(&leftover).map_err(io)?;
    }
    Ok(())
}

fn now() -> String {
    Timestamp::now().strftime("%Y%m%d-%H%M%S").to_string()
}

fn set_aside(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.exists() { fs::rename(from, to) } else { Ok(()) }
}

async fn rescue(files: &Files, seal: &Seal) -> Result<Rescue, VaultError> {
    let (vault, rescued) = (files.vault(), files.rescue());
    let io = |source| VaultError::Io { path: rescued.clone(), source };
    // Made beforehand, so that nobody else can read it.
    disk::replace(&rescued, b"").map_err(io)?;
    let mut connection = writing(&rescued).await?;
    schema::make(&mut connection).await?;
    // A file that is no database at all cannot even be attached: then nothing is rescued.
    let attached = sqlx::query("ATTACH DATABASE ? AS old").bind(vault.to_string_lossy()).execute(&mut connection).await;
    let mut counted = Counted::default();
    if attached.is_ok() {
        counted = bring_over(&mut connection, seal).await?;
        sqlx::raw_sql("DETACH DATABASE old").execute(&mut connection).await?;
    }
    let Counted { rescued: brought, lost, files_lost } = counted;
    let rescue = Rescue { rescued: brought, lost, files_lost, kept: files.damaged(&now()) };
    // In the file itself before it takes its place: cut off at any point, the clerk is told of the rescue all the same.
    keep_untold(&mut connection, seal, &rescue).await?;
    // Everything into the one file that is moved.
    sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut connection).await?;
    connection.close().await?;
    set_aside(&vault, &rescue.kept).map_err(io)?;
    set_aside(&beside(&vault, "-wal"), &beside(&rescue.kept, "-wal")).map_err(io)?;
    disk::remove(&beside(&vault, "-shm")).map_err(io)?;
    fs::rename(&rescued, &vault).and_then(|()| disk::sync_folder(&vault)).map_err(io)?;
    Ok(rescue)
}

fn untold_name(id: &[u8]) -> RecordName<'_> {
    RecordName { place: "cache.body", id, version: 1 }
}

async fn keep_untold(connection: &mut SqliteConnection, seal: &Seal, rescue: &Rescue) -> Result<(), VaultError> {
    let id = cache_id(UNTOLD.0, UNTOLD.1);
    sqlx::query("INSERT OR REPLACE INTO cache (kind, key, stored_at, body) VALUES (?, ?, ?, ?)")
        .bind(UNTOLD.0)
        .bind(UNTOLD.1)
        .bind(millis(Timestamp::now()))
        .bind(seal.seal(untold_name(&id), &serde_json::to_vec(rescue)?)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// The rescue of which the clerk has not been told on the screen yet.
pub(super) async fn untold(connection: &mut SqliteConnection, seal: &Seal) -> Option<Rescue> {
    let query = sqlx::query("SELECT body FROM cache WHERE kind = ? AND key = ?").bind(UNTOLD.0).bind(UNTOLD.1);
    let row = query.fetch_optional(connection).await.ok()??;
    let body = seal.open(untold_name(&cache_id(UNTOLD.0, UNTOLD.1)), row.try_get(0).ok()?).ok()?;
    serde_json::from_slice(&body).ok()
}

#[derive(Default)]
struct Counted {
    rescued: u64,
    lost: u64,
    files_lost: u64,
}

/// Tables that are read by row, with ways round a damaged page: each is an order that an index serves.
const BY_ROW: [(&str, &[&str]); 6] = [
    ("drafts", &["rowid", "rowid DESC", "id", "updated_at DESC"]),
    ("outbox", &["rowid", "rowid DESC", "id", "state, rowid"]),
    ("receipts", &["rowid", "rowid DESC", "id", "received_at DESC"]),
    ("attached", &["rowid", "rowid DESC", "digest"]),
    ("attachments", &["rowid", "rowid DESC", "digest"]),
    ("pieces", &["rowid", "rowid DESC", "digest, number"]),
];

/// Brings over what can be read and opened.
async fn bring_over(connection: &mut SqliteConnection, seal: &Seal) -> Result<Counted, VaultError> {
    let mut counted = Counted::default();
    for (table, orders) in BY_ROW {
        let columns = common_columns(connection, table).await?;
        let mut rows = std::collections::BTreeSet::new();
        for order in orders {
            let query = format!("SELECT rowid FROM old.{table} ORDER BY {order}");
            let mut found = sqlx::query(sqlx::AssertSqlSafe(query)).fetch(&mut *connection);
            // As far as this way leads.
            while let Ok(Some(row)) = futures_util::TryStreamExt::try_next(&mut found).await {
                rows.insert(row.try_get::<i64, _>(0)?);
            }
        }
        let copy =
            format!("INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM old.{table} WHERE rowid = ?");
        for row in rows {
            let copied = sqlx::query(sqlx::AssertSqlSafe(copy.clone())).bind(row).execute(&mut *connection).await;
            let opens = match copied {
                Ok(done) if done.rows_affected() == 1 => {
                    opens(connection, seal, table, done.last_insert_rowid()).await?
                }
                _ => false,
            };
            // Receipts are part of their requests; of files, what is needed and lacking counts.
            if matches!(table, "drafts" | "outbox") {
                if opens { counted.rescued += 1 } else { counted.lost += 1 }
            }
        }
    }
    // What is only convenience, or one word a line: as far as it can be read.
    for table in ["ended", "local_numbers", "usage", "cache"] {
        let columns = common_columns(connection, table).await?;
        let copy = format!("INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM old.{table}");
        let _ = sqlx::query(sqlx::AssertSqlSafe(copy)).execute(&mut *connection).await;
    }
    audit::bring_over(connection, seal).await?;
    counted.files_lost = files::put_in_order(connection, seal).await?;
    Ok(counted)
}

/// The columns of a table that old and new have.
pub(super) async fn common_columns(connection: &mut SqliteConnection, table: &str) -> Result<String, VaultError> {
    let query = "SELECT group_concat(quote(name)) FROM pragma_table_info(?, 'main')
                 WHERE name IN (SELECT name FROM pragma_table_info(?, 'old'))";
    let row = sqlx::query(query).bind(table).bind(table).fetch_one(connection).await;
    // Without a readable schema there is nothing in common.
    Ok(row.ok().and_then(|row| row.try_get::<Option<String>, _>(0).ok()?).unwrap_or_default().replace('\'', "\""))
}

/// What a record is nothing without. Whatever else of it does not open is damage that its reader meets: a request is sent without its
/// summary, its reason, and the draft that it was made of.
const ESSENTIAL: [&str; 3] = ["drafts.body", "outbox.document", "receipts.body"];

/// Whether what is essential of a row opens, and is what its digest is of; a row of which it is not is taken out again.
async fn opens(connection: &mut SqliteConnection, seal: &Seal, table: &str, row: i64) -> Result<bool, VaultError> {
    let columns = SEALED.iter().filter(|column| column.table == table && ESSENTIAL.contains(&column.place));
    for SealedColumn { place, column, version, .. } in columns {
        let expected = if table == "outbox" { "digest" } else { "NULL" };
        let version = version.unwrap_or("1");
        let query = format!("SELECT id, {version}, {column}, {expected} FROM main.{table} WHERE rowid = ?");
        let found = sqlx::query(sqlx::AssertSqlSafe(query)).bind(row).fetch_one(&mut *connection).await?;
        let name = RecordName { place, id: found.try_get(0)?, version: found.try_get(1)? };
        let expected: Option<&str> = found.try_get(3)?;
        let opened = seal.open(name, found.try_get(2)?);
        if opened.is_ok_and(|body| expected.is_none_or(|expected| expected == digest(&body))) {
            continue;
        }
        let query = format!("DELETE FROM main.{table} WHERE rowid = ?");
        sqlx::query(sqlx::AssertSqlSafe(query)).bind(row).execute(connection).await?;
        return Ok(false);
    }
    Ok(true)
}

impl Vault {
    /// The rescue of a damaged vault, at this opening or an earlier one, of which the clerk has not been told on the screen.
    pub fn rescue(&self) -> Option<&Rescue> {
        self.inner.rescue.as_ref()
    }

    /// The clerk was told of the rescue: the next opening does not tell it again.
    ///
    /// # Errors
    /// When the vault is read-only or the disk fails.
    pub async fn rescue_is_told(&self) -> Result<(), VaultError> {
        self.drop_cached(UNTOLD.0, UNTOLD.1).await.map(drop)
    }
}

#[cfg(test)]
mod tests;
