//! Opening, closing and checking a vault; what every group of its records shares.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ColumnIndex, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::files::{self, Files};
use super::lock::Lock;
use super::{RecordName, Rescue, Seal, VaultError, rescue, schema};

/// A clerk's open vault. Clones share one connection.
#[derive(Clone)]
pub struct Vault {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    connection: Mutex<SqliteConnection>,
    /// Gone while the vault is locked.
    seal: RwLock<Option<Seal>>,
    clerk: String,
    path: PathBuf,
    warnings: Vec<Warning>,
    lock: Option<Lock>,
    pub(super) rescue: Option<Rescue>,
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
}

impl Vault {
    /// Opens a clerk's vault for writing; makes folder (0700) and file (0600) when there are none. A vault of an earlier version is copied
    /// beside itself before it is changed.
    ///
    /// Requests that were on their way when the last session ended are queued again, in doubt.
    ///
    /// # Errors
    /// [`VaultError::Held`] when another session has it, [`VaultError::TooNew`], or what the system says.
    pub async fn open(dir: &Path, clerk: &str, seal: Seal) -> Result<Self, VaultError> {
        let files = Files::of(dir, clerk);
        files.close_to_others()?;
        let lock = Lock::take(&files.lock())?;
        let path = files.vault();
        let io = |source| VaultError::Io { path: path.clone(), source };
        let (mut connection, rescue) = rescue::open(&files, &seal).await?;
        schema::upgrade(&mut connection, &files, &seal).await?;
        // The folder's entries too have to survive a power cut.
        files::sync_folder(&path).map_err(io)?;
        let untold = rescue::untold(&mut connection, &seal).await;
        let vault = Self::over(connection, dir, path, clerk, seal, Some(lock), untold)?;
        vault.requeue().await?;
        if let Some(rescue) = rescue {
            let kept = rescue.kept.file_name().unwrap_or_default().to_string_lossy().into_owned();
            vault.audit("rescue", &kept).await?;
        }
        Ok(vault)
    }

    /// Opens a clerk's vault to look only, beside a session that writes.
    ///
    /// # Errors
    /// [`VaultError::Missing`] when there is none, [`VaultError::TooNew`], or what the system says.
    pub async fn open_read_only(dir: &Path, clerk: &str, seal: Seal) -> Result<Self, VaultError> {
        let files = Files::of(dir, clerk);
        let path = files.vault();
        if !path.exists() {
            return Err(VaultError::Missing(path));
        }
        files.close_to_others()?;
        let mut connection = options(&path).read_only(true).connect().await?;
        if schema::version(&mut connection).await? < schema::LATEST {
            return Err(VaultError::Missing(path));
        }
        let untold = rescue::untold(&mut connection, &seal).await;
        Self::over(connection, dir, path, clerk, seal, None, untold)
    }

    fn over(
        connection: SqliteConnection,
        dir: &Path,
        path: PathBuf,
        clerk: &str,
        seal: Seal,
        lock: Option<Lock>,
        rescue: Option<Rescue>,
    ) -> Result<Self, VaultError> {
        let warnings = warnings(dir).map_err(|source| VaultError::Io { path: dir.to_owned(), source })?;
        let (connection, seal) = (Mutex::new(connection), RwLock::new(Some(seal)));
        Ok(Self { inner: Arc::new(Inner { connection, seal, clerk: clerk.to_owned(), path, warnings, lock, rescue }) })
    }

    /// Forgets the key; it is wiped from memory. Until [`Self::unlock`] every record is [`VaultError::Locked`]. The file stays held.
    pub fn lock(&self) {
        *self.inner.seal.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Takes the key back.
    pub fn unlock(&self, seal: Seal) {
        *self.inner.seal.write().unwrap_or_else(PoisonError::into_inner) = Some(seal);
    }

    /// Whether the key is forgotten.
    pub fn is_locked(&self) -> bool {
        self.inner.seal.read().unwrap_or_else(PoisonError::into_inner).is_none()
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
    pub fn look_at(dir: &Path) -> io::Result<Vec<Warning>> {
        warnings(dir)
    }

    /// What is doubtful about where it lies.
    pub fn warnings(&self) -> &[Warning] {
        &self.inner.warnings
    }

    pub(super) async fn reader(&self) -> MutexGuard<'_, SqliteConnection> {
        self.inner.connection.lock().await
    }

    /// The connection, with no transaction open on it: whatever is begun on it now is on the disk when it is committed.
    ///
    /// One whose transaction the disk broke off is replaced.
    pub(super) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, VaultError> {
        if self.is_read_only() {
            return Err(VaultError::ReadOnly);
        }
        let mut connection = self.reader().await;
        if is_broken_off(&mut connection).await? {
            *connection = writing(&self.inner.path).await?;
        }
        Ok(connection)
    }

    /// The key at work.
    pub(super) fn current_seal(&self) -> Result<Seal, VaultError> {
        self.inner.seal.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(VaultError::Locked)
    }

    pub(super) fn seal(
        &self,
        place: &'static str,
        id: &[u8],
        version: u32,
        body: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let seal = self.inner.seal.read().unwrap_or_else(PoisonError::into_inner);
        Ok(seal.as_ref().ok_or(VaultError::Locked)?.seal(RecordName { place, id, version }, body)?)
    }

    pub(super) fn unseal(
        &self,
        place: &'static str,
        id: &[u8],
        version: u32,
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let seal = self.inner.seal.read().unwrap_or_else(PoisonError::into_inner);
        Ok(seal.as_ref().ok_or(VaultError::Locked)?.open(RecordName { place, id, version }, sealed)?)
    }
}

/// Whether a connection has a transaction that the disk broke off: it is over for SQLite, but not for sqlx. What is begun next would be nested
/// in nothing, and committed to nowhere.
pub(super) async fn is_broken_off(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // One that was dropped is rolled back before this is answered.
        connection.ping().await?;
    }
    Ok(connection.is_in_transaction())
}

/// A connection that writes.
pub(super) async fn writing(path: &Path) -> Result<SqliteConnection, VaultError> {
    let options = options(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    Ok(options.connect().await?)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .pragma("temp_store", "memory")
        // In KiB. Records are read once and by key; whatever else is asked for twice is in the system's own cache.
        .pragma("cache_size", "-256")
        .pragma("trusted_schema", "off")
        // What was deleted is gone, sealed or not.
        .pragma("secure_delete", "on")
        .disable_statement_logging()
}

/// Milliseconds since the epoch: what the vault's times are kept in.
pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

pub(super) fn time(row: &SqliteRow, column: impl ColumnIndex<SqliteRow>) -> Result<Timestamp, VaultError> {
    optional_time(row, column)?.ok_or_else(|| VaultError::Damaged("a time is missing".to_owned()))
}

pub(super) fn optional_time(
    row: &SqliteRow,
    column: impl ColumnIndex<SqliteRow>,
) -> Result<Option<Timestamp>, VaultError> {
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

fn warnings(dir: &Path) -> io::Result<Vec<Warning>> {
    let dir = dir.canonicalize()?;
    let open = fs::metadata(&dir)?.permissions().mode() & 0o077 != 0;
    // A system without this file has no way to tell; that is no fault of the vault.
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let network = network_file_system(&mounts, &dir).map(Warning::NetworkFolder);
    Ok([network, open.then_some(Warning::OpenFolder)].into_iter().flatten().collect())
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
    use super::*;

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
