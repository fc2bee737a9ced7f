//! Documents saved as text files.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::locale::Locale;

/// A document that could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("cannot save {path}: {source}")]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl SaveError {
    /// What is wrong and what to do, in the clerk's words.
    pub fn sentence(&self, locale: &Locale) -> String {
        locale.format(
            "device-save-failed",
            &[("path", self.path.display().to_string().into()), ("detail", self.source.to_string().into())],
        )
    }
}

/// Saves a document as `name` in `folder`, whole or not at all, readable by this user only; makes the folder when there is none. A document
/// of that name is replaced. Characters that file names cannot have become `_`. Gives the path.
///
/// # Errors
/// What the system says; then there is no new file, nor half of one.
pub fn save(folder: &Path, name: &str, text: &str) -> Result<PathBuf, SaveError> {
    let path = folder.join(safe_name(name));
    let draft = folder.join(format!(".{}.part", Uuid::now_v7().simple()));
    let written = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .and_then(|()| write_synced(&draft, text))
        .and_then(|()| fs::rename(&draft, &path))
        .and_then(|()| File::open(folder)?.sync_all());
    match written {
        Ok(()) => Ok(path),
        Err(source) => {
            // The error to report is the first one.
            let _ = fs::remove_file(&draft);
            Err(SaveError { path, source })
        }
    }
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn safe_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect();
    // No hidden file, and neither of the two that lead elsewhere.
    if name.starts_with('.') || name.is_empty() { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_document_is_saved_whole_and_private() {
        let dir = TempDir::new().unwrap();
        let folder = dir.path().join("文档");
        let path = save(&folder, "收件凭证 SL1.txt", "一\n").unwrap();
        assert_eq!(save(&folder, "收件凭证 SL1.txt", "二\n").unwrap(), path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "二\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let dir = TempDir::new().unwrap();
        for name in ["../x", "..", ".", "", "/etc/x", "a/b", "a\u{0}b", ".bashrc"] {
            let path = save(dir.path(), name, "").unwrap();
            assert_eq!(path.parent(), Some(dir.path()), "{name:?}");
            assert!(!path.file_name().unwrap().to_str().unwrap().starts_with('.'), "{name:?}");
        }
    }

    #[test]
    fn a_failure_names_the_file_and_leaves_nothing() {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("taken")).unwrap();
        let error = save(dir.path(), "taken", "x").unwrap_err();
        assert_eq!(error.path, dir.path().join("taken"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
