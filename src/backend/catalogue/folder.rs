//! Catalogue folders as text: the sample that is compiled in, and those on a disk.

use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

use flate2::read::GzDecoder;
use tar::Archive;

use super::{CatalogueError, ClerksFile, PracticeClerk};
use crate::catalogue::Folder;
use crate::catalogue::files::CLERKS;

/// The sample catalogue, packed by `build.rs`.
static DEMO: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/demo.tar.gz"));

/// Deepest folder that is looked into: `items/<domain>/<id>.toml` is the deepest file of a catalogue.
const DEPTH: usize = 4;
/// Largest file that is read, in bytes.
const FILE_BYTES: u64 = 4 << 20;
/// Most files that are read: a million items, and their forms.
const FILES: usize = 1_100_000;

/// The practice clerks of the sample catalogue. What stands behind them in it is not unpacked.
///
/// # Errors
/// When their file is not what it should be; a test keeps it so.
pub fn built_in_clerks() -> Result<Vec<PracticeClerk>, CatalogueError> {
    let folder = unpacked(DEMO, |path| path == CLERKS).unwrap_or_default();
    clerks_of(&folder)
}

/// The practice clerks of a catalogue folder; none when it has no file of them.
///
/// # Errors
/// When their file is not what it should be.
pub fn clerks_of(folder: &Folder) -> Result<Vec<PracticeClerk>, CatalogueError> {
    Ok(toml::from_str::<ClerksFile>(folder.get(CLERKS).unwrap_or_default())?.clerks)
}

/// The sample catalogue, as text.
pub fn built_in() -> Folder {
    // It is part of the program; a test holds that it unpacks.
    unpacked(DEMO, |_| false).unwrap_or_default()
}

/// The files of a packed folder, in the order of their paths, to the first after which nothing more is wanted.
fn unpacked(packed: &[u8], is_enough: impl Fn(&str) -> bool) -> io::Result<Folder> {
    let mut folder = Folder::default();
    for entry in Archive::new(GzDecoder::new(packed)).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text)?;
        let is_last = is_enough(&path);
        folder.insert(path, text.into());
        if is_last {
            break;
        }
    }
    Ok(folder)
}

/// A catalogue folder on disk, as text. Links are not followed, what is no text is kept by its path with the reason, and there is a bound to
/// depth, size and number: a folder may hold anything.
///
/// # Errors
/// When a file or folder cannot be read, or there are too many.
pub fn read(root: &Path) -> Result<Folder, CatalogueError> {
    let mut folder = Folder::default();
    on_disk(root, root, 0, &mut folder)?;
    Ok(folder)
}

/// The files of a folder on disk, hidden ones left out.
fn on_disk(root: &Path, dir: &Path, depth: usize, folder: &mut Folder) -> Result<(), CatalogueError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| CatalogueError::Io { path, error }
    };
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let entry = entry.map_err(failed(dir))?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(failed(&path))?;
        if kind.is_dir() {
            if depth < DEPTH {
                on_disk(root, &path, depth + 1, folder)?;
            }
            continue;
        }
        let Some(inside) = path.strip_prefix(root).ok().and_then(slashed) else { continue };
        // A pipe or a device would never end, and a link may lead anywhere.
        if !kind.is_file() || entry.metadata().map_err(failed(&path))?.len() > FILE_BYTES {
            folder.refuse(inside, "catalogue-check-no-plain-file");
            continue;
        }
        if folder.len() >= FILES {
            return Err(failed(root)(io::Error::other(format!("more than {FILES} files"))));
        }
        match String::from_utf8(fs::read(&path).map_err(failed(&path))?) {
            Ok(text) => folder.insert(inside, text.into()),
            Err(_) => folder.refuse(inside, "catalogue-check-not-utf8"),
        }
    }
    Ok(())
}

/// A path with `/` between its parts on every system.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packed_sample_is_the_folder_it_was_made_from() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo");
        assert_eq!(unpacked(DEMO, |_| false).unwrap(), read(&root).unwrap());
    }
}
