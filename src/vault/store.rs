//! Opening, closing and checking a vault; what every group of its records shares.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::lock::Lock;
use super::{RecordName, Seal, VaultError, schema};

/// A clerk's open vault. Clones share one connection.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    connection: Mutex<SqliteConnection>,
    seal: Seal,
    clerk: String,
    path: PathBuf,
    warnings: Vec<Warning>,
    lock: Option<Lock>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

/// What is doubtful about where a vault lies. None stops the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// On a network file system, whose locks and syncs cannot be relied on: which kind.
    NetworkFolder(String),
    /// Other users of the machine may list the folder.
    OpenFolder,
    /// The records are not encrypted.
    Unsealed,
}

impl Vault {
    /// Opens a clerk's vault for writing; makes folder (0700) and file (0600) when there are none.
    ///
    /// Requests that were on their way when the last session ended are queued again, in doubt.
    ///
    /// # Errors
    /// [`VaultError::Held`] when another session has it, [`VaultError::TooNew`], or what the system says.
    pub async fn open(dir: &Path, clerk: &str, seal: Seal) -> Result<Self, VaultError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| VaultError::Io { path, source }
        };
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at(dir))?;
        let lock_path = dir.join(format!("{}.lock", file_stem(clerk)));
        let lock = Lock::take(&lock_path)?;
        let path = vault_path(dir, clerk);
        // SQLite gives its companion files the mode of the main file.
        OpenOptions::new().append(true).create(true).mode(0o600).open(&path).map_err(at(&path))?;
        let mut connection = options(&path, seal)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .connect()
            .await?;
        schema::migrate(&mut connection).await?;
        // The folder's entries too have to survive a power cut.
        File::open(dir).and_then(|folder| folder.sync_all()).map_err(at(dir))?;
        let vault = Self::over(connection, dir, path, clerk, seal, Some(lock))?;
        vault.requeue().await?;
        Ok(vault)
    }

    /// Opens a clerk's vault to look only, beside a session that writes.
    ///
    /// # Errors
    /// [`VaultError::Missing`] when there is none, [`VaultError::TooNew`], or what the system says.
    pub async fn open_read_only(dir: &Path, clerk: &str, seal: Seal) -> Result<Self, VaultError> {
        let path = vault_path(dir, clerk);
        if !path.exists() {
            return Err(VaultError::Missing(path));
        }
        let mut connection = options(&path, seal).read_only(true).connect().await?;
        if schema::version(&mut connection).await? < schema::LATEST {
            return Err(VaultError::Missing(path));
        }
        Self::over(connection, dir, path, clerk, seal, None)
    }

    fn over(
        connection: SqliteConnection,
        dir: &Path,
        path: PathBuf,
        clerk: &str,
        seal: Seal,
        lock: Option<Lock>,
    ) -> Result<Self, VaultError> {
        let warnings = warnings(dir, seal).map_err(|source| VaultError::Io { path: dir.to_owned(), source })?;
        let connection = Mutex::new(connection);
        Ok(Self { inner: Arc::new(Inner { connection, seal, clerk: clerk.to_owned(), path, warnings, lock }) })
    }

    /// Ends the session tidily. Dropping loses nothing either, but leaves the write-ahead log beside the file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), VaultError> {
        match Arc::try_unwrap(self.inner) {
            Ok(inner) => Ok(inner.connection.into_inner().close().await?),
            Err(_shared) => Ok(()),
        }
    }

    /// The clerk whose vault it is.
    pub fn clerk(&self) -> &str {
        &self.inner.clerk
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Whether it was opened to look only.
    pub fn is_read_only(&self) -> bool {
        self.inner.lock.is_none()
    }

    /// What would be doubtful about a vault in this folder, which must be there.
    ///
    /// # Errors
    /// When the folder cannot be looked at.
    pub fn look_at(dir: &Path, seal: Seal) -> io::Result<Vec<Warning>> {
        warnings(dir, seal)
    }

    /// What is doubtful about where it lies.
    pub fn warnings(&self) -> &[Warning] {
        &self.inner.warnings
    }

    /// Checks the file's structure, that every record opens, and that every frozen document still has its digest.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] with the first damage found.
    pub async fn check(&self) -> Result<(), VaultError> {
        let mut connection = self.reader().await;
        let verdict: String = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut *connection).await?.try_get(0)?;
        if verdict != "ok" {
            return Err(VaultError::Damaged(verdict));
        }
        let mut rows = sqlx::query("SELECT id, digest, document FROM outbox").fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let id = uuid(&row, 0)?;
            let document = self.unseal("outbox.document", id.as_bytes(), 1, row.try_get(2)?)?;
            if digest(&document) != row.try_get::<String, _>(1)? {
                return Err(VaultError::Damaged(format!("the document of request {id} is not what was frozen")));
            }
        }
        drop(rows);
        let mut rows = sqlx::query("SELECT id, revision, body FROM drafts").fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let id = uuid(&row, 0)?;
            let body = self.unseal("drafts.body", id.as_bytes(), row.try_get(1)?, row.try_get(2)?)?;
            serde_json::from_slice::<super::DraftBody>(&body)?;
        }
        Ok(())
    }

    pub(super) async fn reader(&self) -> MutexGuard<'_, SqliteConnection> {
        self.inner.connection.lock().await
    }

    pub(super) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, VaultError> {
        if self.is_read_only() { Err(VaultError::ReadOnly) } else { Ok(self.reader().await) }
    }

    pub(super) fn seal(&self, place: &'static str, id: &[u8], version: u32, body: &[u8]) -> Vec<u8> {
        self.inner.seal.seal(RecordName { place, id, version }, body)
    }

    pub(super) fn unseal(
        &self,
        place: &'static str,
        id: &[u8],
        version: u32,
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        Ok(self.inner.seal.open(RecordName { place, id, version }, sealed)?)
    }
}

fn options(path: &Path, seal: Seal) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .pragma("temp_store", "memory")
        // In KiB. Records are read once and by key; whatever else is asked for twice is in the system's own cache.
        .pragma("cache_size", "-256")
        .pragma("trusted_schema", "off")
        .disable_statement_logging();
    // Without encryption, what was deleted must at least not linger in free pages.
    if seal.encrypts() { options } else { options.pragma("secure_delete", "on") }
}

/// Milliseconds since the epoch: what the vault's times are kept in.
pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

pub(super) fn time(row: &SqliteRow, column: usize) -> Result<Timestamp, VaultError> {
    optional_time(row, column)?.ok_or_else(|| VaultError::Damaged("a time is missing".to_owned()))
}

pub(super) fn optional_time(row: &SqliteRow, column: usize) -> Result<Option<Timestamp>, VaultError> {
    row.try_get::<Option<i64>, _>(column)?
        .map(Timestamp::from_millisecond)
        .transpose()
        .map_err(|error| VaultError::Damaged(error.to_string()))
}

pub(super) fn uuid(row: &SqliteRow, column: usize) -> Result<Uuid, VaultError> {
    Uuid::from_slice(row.try_get(column)?).map_err(|error| VaultError::Damaged(error.to_string()))
}

/// SHA-256 in lower-case hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn vault_path(dir: &Path, clerk: &str) -> PathBuf {
    dir.join(format!("{}.vault", file_stem(clerk)))
}

/// A file name for a clerk's name, different for different names: what is not a plain letter, digit, `-` or `_` is written in hex.
fn file_stem(clerk: &str) -> String {
    clerk.bytes().fold(String::new(), |mut stem, byte| {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_') {
            stem.push(char::from(byte));
        } else {
            stem.push('%');
            stem.push_str(&hex::encode([byte]));
        }
        stem
    })
}

fn warnings(dir: &Path, seal: Seal) -> io::Result<Vec<Warning>> {
    let dir = dir.canonicalize()?;
    let open = fs::metadata(&dir)?.permissions().mode() & 0o077 != 0;
    // A system without this file has no way to tell; that is no fault of the vault.
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    Ok([
        network_file_system(&mounts, &dir).map(Warning::NetworkFolder),
        open.then_some(Warning::OpenFolder),
        (!seal.encrypts()).then_some(Warning::Unsealed),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// The kind of network file system that a folder lies on, by the text of `/proc/mounts`.
fn network_file_system(mounts: &str, dir: &Path) -> Option<String> {
    const KINDS: [&str; 14] = [
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "gfs2",
        "gpfs",
        "lustre",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    ];
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            let point = PathBuf::from(unescape(fields.next()?));
            dir.starts_with(&point).then_some((point.components().count(), fields.next()?))
        })
        // The last of equals: a later mount covers an earlier one.
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, kind)| kind)
        .filter(|kind| KINDS.contains(kind))
        .map(str::to_owned)
}

/// Undoes the octal escapes of `/proc/mounts`.
fn unescape(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(field.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn clerks_do_not_share_a_file() {
        let names = ["li", "Li", "李", "li/../wang", "li.wang", "%4c", "", "li_wang"];
        let stems: BTreeSet<_> = names.iter().map(|name| file_stem(name)).collect();
        assert_eq!(stems.len(), names.len());
        assert!(stems.iter().all(|stem| !stem.contains(['/', '.'])));
    }

    #[test]
    fn a_network_folder_is_known_by_its_deepest_mount() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nnas:/home /home nfs4 rw 0 0\n/dev/sdb /home/wang\\040li ext4 rw 0 0\n\
                      //nas/x /srv cifs rw 0 0\ntmpfs /srv tmpfs rw 0 0\n";
        let kind = |dir: &str| network_file_system(mounts, Path::new(dir));
        assert_eq!(kind("/home/li"), Some("nfs4".to_owned()));
        assert_eq!(kind("/home/wang li/x"), None);
        assert_eq!(kind("/homestead"), None);
        assert_eq!(kind("/srv/x"), None);
        assert_eq!(network_file_system("", Path::new("/")), None);
    }
}
