//! What whoever has the machine does to a backend's data: bring the tables up to date, look after the audit log, back everything up.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::Path;

use super::audit::{ChainEnd, VerifyError, verify};
use super::catalogue::Catalogue;
use super::config::{Attachments, Config, Database};
use super::{StartError, open_store};
use crate::domain::site::Site;

/// Makes the tables, or brings them up to date.
///
/// # Errors
/// When the database cannot be used.
pub async fn migrate(config: &Config) -> Result<(), StartError> {
    open_store(config).await?.close().await;
    Ok(())
}

/// The sites of the catalogue, by id.
///
/// # Errors
/// When the catalogue cannot be used.
pub async fn sites(config: &Config) -> Result<Vec<Site>, StartError> {
    let store = open_store(config).await?;
    let catalogue = Catalogue::start(&config.catalogue, &store, config.practice, (config.clock)()).await?;
    let sites = catalogue.sites().cloned().collect();
    store.close().await;
    Ok(sites)
}

/// Walks the audit log. Gives its end; `noted` is an end that was given before.
///
/// # Errors
/// When an entry was changed, removed or inserted, or the database cannot be used.
pub async fn verify_audit(
    config: &Config,
    noted: Option<&ChainEnd>,
) -> Result<Result<ChainEnd, VerifyError>, StartError> {
    let store = open_store(config).await?;
    let verified = verify(&store, noted).await;
    store.close().await;
    Ok(verified)
}

/// Why nothing was backed up.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Not ours to do.
    #[error("a PostgreSQL database is backed up with pg_dump; copy the attachments after it")]
    Server,
    /// There is something already.
    #[error("{0} is there already; name a new folder")]
    Taken(String),
    /// The database cannot be used.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The copies cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Copies an SQLite database, as it is at one instant, and the attachments' folder into a new folder, while the backend is at work. A
/// backend started on the copy goes on from there. Attachments in a bucket stay where they are.
///
/// # Errors
/// When the folder is there already, or something cannot be read or written.
pub async fn back_up(config: &Config, folder: &Path) -> Result<(), BackupError> {
    if !matches!(config.database, Database::File(_)) {
        return Err(BackupError::Server);
    }
    private(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Taken(folder.display().to_string()),
        _ => error.into(),
    })?;
    let copy = folder.join("backend.sqlite");
    Database::File(copy.clone()).prepare()?;
    let store = open_store(config).await?;
    let copied = store.copy_to(&copy).await;
    store.close().await;
    copied.map_err(StartError::Store)?;
    File::open(&copy)?.sync_all()?;
    // After the database: a file that a request names is never removed, so that every one in the copy is there.
    if let Attachments::Folder(from) = &config.attachments {
        copy_folder(from, &folder.join("backend.attachments"))?;
    }
    Ok(())
}

fn private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    private(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        let copied = if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &there)
        } else {
            fs::copy(entry.path(), &there).and_then(|_| File::open(&there)?.sync_all())
        };
        match copied {
            // A part of an upload that went on meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            copied => copied?,
        }
    }
    File::open(to)?.sync_all()
}
