//! Files of the vault's folder beside the database: written whole or not at all, readable by nobody else.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::VaultError;

/// The files of one clerk in a folder of vaults.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) dir: PathBuf,
    stem: String,
}

impl Files {
    pub(super) fn of(dir: &Path, clerk: &str) -> Self {
        Self { dir: dir.to_owned(), stem: file_stem(clerk) }
    }

    /// The database.
    pub(super) fn vault(&self) -> PathBuf {
        self.named("vault")
    }

    /// The wrapped keys.
    pub(super) fn keys(&self) -> PathBuf {
        self.named("keys")
    }

    /// A copy of them.
    pub(super) fn spare_keys(&self) -> PathBuf {
        self.named("keys-spare")
    }

    /// Wrong passwords, counted.
    pub(super) fn tries(&self) -> PathBuf {
        self.named("tries")
    }

    /// Who has it open for writing.
    pub(super) fn lock(&self) -> PathBuf {
        self.named("lock")
    }

    /// The database before a change of its schema.
    pub(super) fn backup(&self, schema: i64) -> PathBuf {
        self.named(&format!("schema-{schema}"))
    }

    /// A damaged database, set aside.
    pub(super) fn damaged(&self, when: &str) -> PathBuf {
        self.named(&format!("damaged-{when}"))
    }

    /// The database that will take the place of a damaged one.
    pub(super) fn rescue(&self) -> PathBuf {
        self.named("rescue")
    }

    /// Copies of the database that were set aside before this time: before a change of its schema, or because they were damaged.
    pub(super) fn copies_before(&self, time: Timestamp) -> io::Result<Vec<PathBuf>> {
        let kinds = ["schema", "damaged"].map(|kind| format!("{}.{kind}-", self.stem));
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time.as_second().max(0).unsigned_abs());
        let mut copies = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let is_copy =
                entry.file_name().to_str().is_some_and(|name| kinds.iter().any(|kind| name.starts_with(kind)));
            if is_copy && entry.metadata()?.modified()? < time {
                copies.push(entry.path());
            }
        }
        Ok(copies)
    }

    fn named(&self, extension: &str) -> PathBuf {
        self.dir.join(format!("{}.{extension}", self.stem))
    }

    /// Makes the folder (0700) and takes from everybody else what they may do with it and with the files in it.
    ///
    /// # Errors
    /// When the folder cannot be made, or others can read it and that cannot be mended.
    pub(super) fn close_to_others(&self) -> Result<(), VaultError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| VaultError::Io { path, source }
        };
        make_folder(&self.dir).map_err(io(&self.dir))?;
        for path in [self.vault(), self.keys(), self.spare_keys(), self.tries(), self.lock()] {
            for path in [path.clone(), beside(&path, "-wal"), beside(&path, "-shm")] {
                narrow(&path, 0o600).map_err(io(&path))?;
            }
        }
        narrow(&self.dir, 0o700).map_err(io(&self.dir))
    }
}

/// Makes a folder (0700) and those above it.
pub(super) fn make_folder(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Schema version in the header of a database; 0 when there is no database, or one that was just made.
pub(super) fn schema_of(database: &Path) -> u32 {
    let mut version = [0; 4];
    let read = File::open(database).and_then(|file| file.read_exact_at(&mut version, 60));
    read.map_or(0, |()| u32::from_be_bytes(version))
}

/// The path with something behind its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Leaves others no permission; what is not there needs none.
fn narrow(path: &Path, mode: u32) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            fs::set_permissions(path, fs::Permissions::from_mode(mode))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Replaces a file (0600) by another content, so that after a power cut there is the one or the other.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // A name of its own: two processes may be at it.
    let new = beside(path, &format!(".new-{}", uuid::Uuid::now_v7().simple()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if let Err(error) = written {
        // The failure to tell is the first one.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    sync_folder(path)
}

/// Brings a file's content to the disk.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes a file; one that is not there is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Brings the folder's entry of a file to the disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
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
    fn what_others_could_read_they_cannot_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::of(&dir.path().join("vaults"), "li");
        files.close_to_others().unwrap();
        fs::write(files.keys(), "x").unwrap();
        for (path, mode) in [(&files.keys(), 0o644), (&files.dir, 0o755)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        files.close_to_others().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&files.keys()), mode(&files.dir)), (0o600, 0o700));
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        for content in ["long content", "short"] {
            replace(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
