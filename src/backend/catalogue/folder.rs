//! Catalogue folders as text: the sample that is compiled in, and those on a disk.

use std::path::Path;
use std::{fs, io};

use include_dir::{Dir, DirEntry, include_dir};

use super::{CatalogueError, ClerksFile, PracticeClerk};
use crate::catalogue::Folder;
use crate::catalogue::files::CLERKS;

/// The sample catalogue.
static DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/demo");

/// Deepest folder that is looked into: `items/<domain>/<id>.toml` is the deepest file of a catalogue.
const DEPTH: usize = 4;
/// Largest file that is read, in bytes.
const FILE_BYTES: u64 = 4 << 20;
/// Most files that are read.
const FILES: usize = 500_000;

/// The practice clerks of the sample catalogue.
///
/// # Errors
/// When their file is not what it should be; a test keeps it so.
pub fn built_in_clerks() -> Result<Vec<PracticeClerk>, CatalogueError> {
    let text = DEMO.get_file(CLERKS).and_then(|file| file.contents_utf8()).unwrap_or_default();
    Ok(toml::from_str::<ClerksFile>(text)?.clerks)
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
    let mut files = Vec::new();
    compiled_in(&DEMO, &mut files);
    files.into_iter().collect()
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

/// The files of a compiled-in folder. What is no text is no file of a catalogue.
fn compiled_in(dir: &Dir<'static>, files: &mut Vec<(String, &'static str)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => compiled_in(dir, files),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (slashed(file.path()), file.contents_utf8()) {
                    files.push((path, text));
                }
            }
        }
    }
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
