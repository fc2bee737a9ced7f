//! One writer a vault: an advisory lock on a file beside it that also says who holds it.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::VaultError;

/// Who has a vault open for writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Login name on this machine.
    pub user: String,
    /// Terminal, such as `/dev/pts/3`; empty when there is none.
    pub terminal: String,
    /// Since when; `None` while the holder has not written itself down.
    pub since: Option<Timestamp>,
}

impl Holder {
    /// This process.
    pub fn this_process() -> Self {
        let named = |key| std::env::var(key).ok().filter(|name| !name.is_empty());
        let terminal = std::fs::read_link("/proc/self/fd/0")
            .ok()
            .and_then(|path| path.to_str().map(str::to_owned))
            .filter(|path| path.starts_with("/dev/pts/") || path.starts_with("/dev/tty"));
        Self {
            pid: std::process::id(),
            user: named("USER").or_else(|| named("LOGNAME")).unwrap_or_default(),
            terminal: terminal.unwrap_or_default(),
            since: Some(Timestamp::now()),
        }
    }

    const fn unknown() -> Self {
        Self { pid: 0, user: String::new(), terminal: String::new(), since: None }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        for (word, value) in [("user", &self.user), ("terminal", &self.terminal)] {
            if !value.is_empty() {
                write!(f, ", {word} {value}")?;
            }
        }
        self.since.map_or(Ok(()), |since| write!(f, ", since {since:.0}"))
    }
}

/// A held lock; dropping it, or the end of the process however it comes, lets go.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held, never read: the open file is the lock")] File);

impl Lock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`VaultError::Held`] when another opener has it.
    pub(super) fn take(path: &Path) -> Result<Self, VaultError> {
        let io = |source| VaultError::Io { path: path.to_owned(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str(&text).ok());
                return Err(VaultError::Held { by: read.unwrap_or_else(Holder::unknown) });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let line = serde_json::to_vec(&Holder::this_process())?;
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(&line)).map_err(io)?;
        Ok(Self(file))
    }
}
