//! The clerk's local store (本地库): drafts, outbox, receipts, cached catalogue, usage, audit. One SQLite file a clerk.
//!
//! - **Saved means saved**: every write is committed with `synchronous=FULL` before its call returns.
//! - **One writer**: the file is locked; a second opener learns who holds it and may look.
//! - **Sealed**: the password opens a key, and every record's body is encrypted with it ([`Door`], [`Seal`]). In the clear are ids, times,
//!   states, counts, official numbers and item codes.
//! - **Idle means idle**: one connection, no pool, no timer.

mod attachments;
mod audit;
mod check;
mod drafts;
mod faults;
mod files;
mod keys;
pub mod library;
mod lock;
mod outbox;
mod record;
mod recovery;
mod reopening;
mod rescue;
mod reseal;
mod retention;
mod schema;
mod seal;
mod sending;
mod shelf;
mod standing;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod transfer;
mod tries;
mod unlock;

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use uuid::Uuid;

pub use audit::AuditEntry;
pub use check::{Checked, Damage};
pub use faults::DiskFault;
pub use keys::Cost;
pub use lock::Holder;
pub use record::{
    Acceptance, Attachment, Cached, Draft, DraftBody, DraftSummary, FieldFault, Focus, Frozen, Imported, KeptShortcuts,
    Left, NewAttachment, OutboxEntry, OutboxState, Pending, Reason, RefusedItem, Retry, Saved, Usage, Waiting,
};
pub use recovery::{RecoveryError, RecoveryPublic, RecoverySecret};
pub use rescue::Rescue;
pub use retention::{Retention, Retired};
pub use seal::{RecordName, Seal, SealError, Suite};
pub use store::{Vault, Warning};
pub use transfer::{Exported, TransferError};
pub use unlock::{Door, DoorState, LEAST_PASSWORD, Policy, recovery_of_folder};

/// What can go wrong with the vault. No message holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Another session has it open for writing.
    #[error("the vault is held by {by}")]
    Held {
        /// Who.
        by: Holder,
    },
    /// It was opened to look only.
    #[error("the vault is open for reading only")]
    ReadOnly,
    /// The desk is locked: the key was wiped from memory.
    #[error("the vault is locked")]
    Locked,
    /// Not the password.
    #[error("wrong password")]
    WrongPassword {
        /// After so many wrong ones, none is looked at before this time.
        closed_until: Option<Timestamp>,
    },
    /// Too many wrong passwords.
    #[error("too many wrong passwords; none is looked at before {until:.0}")]
    Closed {
        /// No password is looked at before this time.
        until: Timestamp,
    },
    /// The file of the wrapped keys is gone, and so is its spare copy.
    #[error("the vault's keys are missing")]
    KeysMissing,
    /// The file of the wrapped keys cannot be read, nor its spare copy.
    #[error("the vault's keys are damaged")]
    KeysDamaged,
    /// No administrator's key opens this vault.
    #[error("no recovery key was set for this vault")]
    NoRecovery,
    /// The recovery key that was given does not open it.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// There is no vault to read yet.
    #[error("no vault at {0}")]
    Missing(PathBuf),
    /// It was written by a later version of the program.
    #[error("the vault has schema {found}, this program knows up to {known}")]
    TooNew {
        /// Schema version in the file.
        found: i64,
        /// Latest known here.
        known: i64,
    },
    /// No record of that id.
    #[error("no record {0}")]
    NotFound(Uuid),
    /// The record's state forbids the act.
    #[error("request {id} is {}", state.name())]
    State {
        /// The request.
        id: Uuid,
        /// Its state.
        state: OutboxState,
    },
    /// The backend may already have the request, so it cannot be taken back here.
    #[error("request {0} may have reached the backend")]
    InDoubt(Uuid),
    /// The refused request was corrected already.
    #[error("request {id} was corrected as {by}")]
    Superseded {
        /// The refused request.
        id: Uuid,
        /// The request that took its place.
        by: Uuid,
    },
    /// The document to freeze is not the draft's.
    #[error("document {document} does not belong to draft {draft}")]
    WrongDocument {
        /// Id of the draft.
        draft: Uuid,
        /// Id in the document.
        document: Uuid,
    },
    /// A record cannot be unsealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A record is not what the program writes.
    #[error("record cannot be read or written: {0}")]
    Record(#[from] serde_json::Error),
    /// SQLite's integrity check found damage.
    #[error("the vault is damaged: {0}")]
    Damaged(String),
    /// A file or folder.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database.
    #[error("the vault's database: {0}")]
    Database(#[from] sqlx::Error),
}
