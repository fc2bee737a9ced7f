//! Files of the scan folder, brought into the vault.

use std::path::Path;

use uuid::Uuid;

use super::effects::Inner;
use crate::app::{Files, Trouble};
use crate::devices::scans;
use crate::vault::{Attachment, NewAttachment, Vault, VaultError};

/// What lies in the scan folder, and what a draft has. A folder that cannot be read has nothing to offer.
pub(super) async fn list_files(vault: &Vault, draft: Uuid, folder: Option<&Path>) -> Result<Files, VaultError> {
    let scans = match folder.map(Path::to_owned) {
        Some(folder) => tokio::task::spawn_blocking(move || scans::list(&folder)).await.ok().and_then(Result::ok),
        None => None,
    };
    Ok(Files { scans: scans.unwrap_or_default(), attached: vault.attachments(draft).await? })
}

/// Keeps a file of the scan folder for a draft.
pub(super) async fn attach(vault: &Vault, draft: Uuid, name: &str, inner: &Inner) -> Result<Attachment, Trouble> {
    // Only a file of that folder: a name is no way out of it.
    let plain = Path::new(name).file_name().filter(|file| *file == name);
    let folder = inner.settings.scan_folder.as_deref().zip(plain);
    let (folder, file) = folder.ok_or_else(|| Trouble::with("trouble-scan", name))?;
    let path = folder.join(file);
    let read = tokio::task::spawn_blocking(move || scans::read(&path)).await;
    let read = read.map_err(|error| Trouble::with("trouble-scan", error))?;
    let (content, media_type) = read.map_err(|error| Trouble::with("trouble-scan", error))?;
    let file = NewAttachment { name: name.to_owned(), media_type: media_type.to_owned(), content };
    vault.attach(draft, &file).await.map_err(|error| inner.vault_trouble(&error))
}
