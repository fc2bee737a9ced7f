//! Wrong passwords, counted on the disk: each slows the next one down, and many lock the vault for a while. A restart forgets none.
//!
//! This keeps a colleague from guessing at the screen. Whoever copies the files meets only the cost of the password's key derivation.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::files;

/// So many wrong passwords cost nothing but their own time: slips of the finger.
const FREE: u32 = 3;
/// From so many on the vault is locked.
const LOCKING: u32 = 10;
/// For how long.
const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// The wrong passwords since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tries {
    wrong: u32,
    last: Option<Timestamp>,
}

impl Tries {
    /// As they stand in a file; what cannot be read counts as none.
    pub(super) fn read(path: &Path) -> Self {
        fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Until when no password is looked at.
    pub(super) fn closed_until(self, now: Timestamp) -> Option<Timestamp> {
        let wait = match self.wrong {
            0..FREE => return None,
            LOCKING.. => LOCKED_FOR,
            wrong => SignedDuration::from_secs(1 << (wrong - FREE + 1).min(10)),
        };
        // Nobody is shut out because the clock was set back.
        let last = self.last.filter(|last| *last <= now)?;
        last.checked_add(wait).ok().filter(|until| *until > now)
    }

    /// One more wrong password. Others may be trying at this moment: each of them counts.
    pub(super) fn missed(path: &Path, now: Timestamp) -> io::Result<Self> {
        let turn = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(files::beside(path, "-turn"))?;
        turn.lock()?;
        let tries = Self { wrong: Self::read(path).wrong.saturating_add(1), last: Some(now) };
        files::replace(path, &serde_json::to_vec(&tries)?)?;
        Ok(tries)
    }

    /// The password was right.
    pub(super) fn clear(path: &Path) -> io::Result<()> {
        files::remove(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_gets_slower_and_slower() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("li.tries");
        let now = Timestamp::from_second(1_795_363_200).unwrap();
        let mut waits = Vec::new();
        for _ in 0..12 {
            let tries = Tries::missed(&path, now).unwrap();
            waits.push(tries.closed_until(now).map_or(0, |until| until.duration_since(now).as_secs()));
        }
        assert_eq!(waits, [0, 0, 2, 4, 8, 16, 32, 64, 128, 900, 900, 900]);
        let tries = Tries::read(&path);
        let hour = SignedDuration::from_hours(1);
        assert_eq!(tries.closed_until(now.checked_add(hour).unwrap()), None);
        let before = now.checked_sub(hour).unwrap();
        assert_eq!(tries.closed_until(before), None, "a clock set back");
        Tries::clear(&path).unwrap();
        assert_eq!(Tries::read(&path), Tries::default());
        Tries::clear(&path).unwrap();
    }

    #[test]
    fn of_wrong_passwords_at_once_each_counts() {
        const AT_ONCE: usize = 8;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("li.tries");
        let now = Timestamp::from_second(1_795_363_200).unwrap();
        let start = std::sync::Barrier::new(AT_ONCE);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    start.wait();
                    Tries::missed(&path, now).unwrap();
                });
            }
        });
        assert_eq!(Tries::read(&path).wrong, 8);
    }
}
