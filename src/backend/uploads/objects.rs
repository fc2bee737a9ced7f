//! Where attachments lie: a local folder, or whatever else speaks [`ObjectStore`].

use std::fs;
use std::io;
use std::sync::Arc;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _};
use tokio_util::bytes::Bytes;
use uuid::Uuid;

use crate::backend::config::Attachments;

/// Bytes held before they are written. The least that S3 takes as a part of a larger object.
const BUFFER: usize = 5 * 1024 * 1024;

/// What was received and is not whole yet.
const PARTS: &str = "parts";
/// What is whole, by digest.
const CONTENT: &str = "content";

/// Why the attachments gave no answer.
pub type ObjectError = Error;

/// The attachments' bytes. What they belong to is in the database.
#[derive(Debug, Clone)]
pub(in crate::backend) struct Objects {
    store: Arc<dyn ObjectStore>,
}

impl Objects {
    /// Opens the place; a folder is made when there is none, for its owner only: it holds personal data.
    pub(in crate::backend) fn open(place: &Attachments) -> Result<Self, ObjectError> {
        let store: Arc<dyn ObjectStore> = match place {
            Attachments::Folder(folder) => {
                private_folder(folder).map_err(|error| Error::Generic { store: "folder", source: error.into() })?;
                Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
            }
            Attachments::Store(store) => Arc::clone(store),
        };
        Ok(Self { store })
    }

    /// A name for a part that nothing had before.
    pub(in crate::backend) fn part_name(upload: &str) -> String {
        format!("{PARTS}/{upload}.{}", Uuid::now_v7().simple())
    }

    /// A name for a whole content that nothing had before: whoever loses a race removes its own object and no other's.
    pub(in crate::backend) fn content_name(digest: &str) -> String {
        format!("{CONTENT}/{}/{digest}.{}", digest.get(..2).unwrap_or("00"), Uuid::now_v7().simple())
    }

    /// Takes bytes in; they are there once it was shut down without an error.
    pub(in crate::backend) fn writer(&self, name: &str) -> BufWriter {
        BufWriter::with_capacity(Arc::clone(&self.store), Path::from(name), BUFFER).with_max_concurrency(2)
    }

    /// The bytes of an object.
    pub(in crate::backend) async fn read(
        &self,
        name: &str,
    ) -> Result<BoxStream<'static, Result<Bytes, ObjectError>>, ObjectError> {
        Ok(self.store.get(&Path::from(name)).await?.into_stream())
    }

    pub(in crate::backend) async fn rename(&self, from: &str, to: &str) -> Result<(), ObjectError> {
        self.store.rename(&Path::from(from), &Path::from(to)).await
    }

    /// Removes an object; one that is not there is as good as removed.
    pub(in crate::backend) async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        match self.store.delete(&Path::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes a part that came to nothing. When it cannot be done, a later start does it.
    pub(in crate::backend) async fn forsake(&self, name: &str) {
        if let Err(error) = self.remove(name).await {
            tracing::warn!(%error, name, "a part could not be removed");
        }
    }

    /// Removes parts that no upload can still need.
    pub(in crate::backend) async fn remove_parts_before(&self, before: Timestamp) -> Result<(), ObjectError> {
        let mut listed = self.store.list(Some(&Path::from(PARTS)));
        while let Some(object) = listed.try_next().await? {
            if object.last_modified.timestamp() < before.as_second() {
                self.remove(object.location.as_ref()).await?;
            }
        }
        Ok(())
    }

    /// Whether the place answers.
    pub(in crate::backend) async fn ping(&self) -> Result<(), ObjectError> {
        self.store.list(Some(&Path::from(PARTS))).next().await.transpose().map(drop)
    }
}

fn private_folder(folder: &std::path::Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
