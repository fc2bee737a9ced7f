//! What a failure of file or database means for the clerk.

use std::io;

use super::VaultError;

/// What is wrong with the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFault {
    /// No room left.
    Full,
    /// It, or the file on it, cannot be written.
    ReadOnly,
    /// It fails to read or write.
    Failing,
    /// The database is damaged.
    Damaged,
}

impl VaultError {
    /// Whether a record, or the file itself, is damaged: other records may be whole.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Seal(_) | Self::Record(_)) || self.disk_fault() == Some(DiskFault::Damaged)
    }

    /// What is wrong with the disk, when that is what is wrong.
    pub fn disk_fault(&self) -> Option<DiskFault> {
        match self {
            Self::Database(sqlx::Error::Io(source)) | Self::Io { source, .. } => of_io(source),
            Self::Database(error) => of_sqlite(error),
            Self::Damaged(_) => Some(DiskFault::Damaged),
            _ => None,
        }
    }
}

fn of_io(error: &io::Error) -> Option<DiskFault> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Some(DiskFault::Full)
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Some(DiskFault::ReadOnly),
        _ => None,
    }
}

/// By SQLite's result codes; an extended one has the plain one in its low byte.
fn of_sqlite(error: &sqlx::Error) -> Option<DiskFault> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    match code & 0xff {
        13 => Some(DiskFault::Full),
        8 | 14 => Some(DiskFault::ReadOnly),
        10 => Some(DiskFault::Failing),
        11 | 26 => Some(DiskFault::Damaged),
        _ => None,
    }
}
