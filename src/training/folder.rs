//! Where a practice room keeps its files.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::PracticeError;

/// A room's folder; a throw-away one is removed when dropped.
#[derive(Debug)]
pub(super) struct RoomFolder {
    path: PathBuf,
    kept: bool,
}

impl RoomFolder {
    /// Makes the folder that is to be kept, or a throw-away one; others on this machine cannot look into it.
    pub(super) fn open(kept: Option<&Path>) -> Result<Self, PracticeError> {
        let path = kept.map_or_else(throw_away, Path::to_owned);
        DirBuilder::new()
            .recursive(kept.is_some())
            .mode(0o700)
            .create(&path)
            .map_err(|error| PracticeError::Folder { path: path.clone(), error })?;
        Ok(Self { path, kept: kept.is_some() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RoomFolder {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = fs::remove_dir_all(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the practice room's folder stays");
        }
    }
}

/// A name that nobody else has: making the folder fails when somebody does.
fn throw_away() -> PathBuf {
    std::env::temp_dir().join(format!("onewindow-practice-{}", uuid::Uuid::now_v7()))
}
