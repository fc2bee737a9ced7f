//! Scanned files (扫描件) as the scanner leaves them in a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Largest file that is taken, in bytes. A backend may take less.
pub const LARGEST: u64 = 50 * 1024 * 1024;

/// Most files that are listed.
const MOST_FILES: usize = 500;

/// A file in the scan folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Where it is.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// When it was last written.
    pub written_at: Option<Timestamp>,
}

/// Why a file cannot be attached.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is larger than [`LARGEST`].
    #[error("{0}: larger than 50 MiB")]
    TooLarge(PathBuf),
    /// There is nothing in it.
    #[error("{0}: empty")]
    Empty(PathBuf),
    /// It is of a kind that no backend takes.
    #[error("{0}: not an image, PDF or OFD")]
    Kind(PathBuf),
}

/// The files of a folder that can be attached, the newest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<Scan>, ScanError> {
    let unreadable = |error| ScanError::Unreadable { path: folder.to_owned(), error };
    let mut scans: Vec<Scan> = fs::read_dir(folder)
        .map_err(unreadable)?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let about = fs::metadata(&path).ok()?;
            let fits = about.is_file() && about.len() > 0 && about.len() <= LARGEST && media_type(&path).is_some();
            let written_at = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
            let name = path.file_name()?.to_string_lossy().into_owned();
            fits.then_some(Scan { path, name, size: about.len(), written_at })
        })
        .collect();
    scans.sort_by(|one, other| other.written_at.cmp(&one.written_at).then_with(|| one.name.cmp(&other.name)));
    scans.truncate(MOST_FILES);
    Ok(scans)
}

/// The bytes and the media type of a file.
///
/// # Errors
/// When it cannot be read, is too large, empty, or of a kind that is not taken.
pub fn read(path: &Path) -> Result<(Vec<u8>, &'static str), ScanError> {
    let unreadable = |error| ScanError::Unreadable { path: path.to_owned(), error };
    let media_type = media_type(path).ok_or_else(|| ScanError::Kind(path.to_owned()))?;
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(ScanError::TooLarge(path.to_owned()));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    if bytes.is_empty() { Err(ScanError::Empty(path.to_owned())) } else { Ok((bytes, media_type)) }
}

/// By its name, as scanners and phones write it.
fn media_type(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "pdf" => "application/pdf",
        "ofd" => "application/ofd",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_attached_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("a.JPG", "x"), ("b.pdf", "xy"), ("c.txt", "x"), ("d.png", ""), ("e", "x")] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        fs::create_dir(folder.path().join("f.pdf")).unwrap();
        let mut names: Vec<_> = list(folder.path()).unwrap().into_iter().map(|scan| scan.name).collect();
        names.sort();
        assert_eq!(names, ["a.JPG", "b.pdf"]);
        assert_eq!(read(&folder.path().join("b.pdf")).unwrap(), (b"xy".to_vec(), "application/pdf"));
        assert!(matches!(read(&folder.path().join("c.txt")), Err(ScanError::Kind(_))));
        assert!(matches!(read(&folder.path().join("d.png")), Err(ScanError::Empty(_))));
        assert!(matches!(read(&folder.path().join("gone.pdf")), Err(ScanError::Unreadable { .. })));
        assert!(list(&folder.path().join("nowhere")).is_err());
    }
}
