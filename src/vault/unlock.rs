//! The way to a vault's [`Seal`]: by the clerk's password, or by the administrator's recovery key. Nothing here opens the database.
//!
//! All of it blocks for as long as a password costs ([`Cost`]): not for the thread that draws.

use std::path::Path;

use jiff::Timestamp;

use super::files::{self, Files};
use super::keys::WrappedKeys;
use super::lock::Lock;
use super::schema::FIRST_SEALED;
use super::tries::Tries;
use super::{Cost, RecoveryPublic, RecoverySecret, Seal, Suite, VaultError};

/// Fewest characters of a password that is chosen for a vault. It guards the files against whoever copies them; what the backend has given a
/// clerk is taken as it is.
pub const LEAST_PASSWORD: usize = 8;

/// How vaults are locked at this desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The suite that seals new records.
    pub suite: Suite,
    /// What a password costs.
    pub cost: Cost,
    /// The administrator's public key that the settings name.
    pub recovery: Option<RecoveryPublic>,
}

impl Policy {
    /// At a desk that does real work.
    pub const fn live(suite: Suite, recovery: Option<RecoveryPublic>) -> Self {
        Self { suite, cost: Cost::LIVE, recovery }
    }

    /// In the practice room: the password is known, so it need cost nothing, and nobody needs to recover it.
    pub const fn practice(suite: Suite) -> Self {
        Self { suite, cost: Cost::PRACTICE, recovery: None }
    }

    fn is_practice(&self) -> bool {
        self.cost == Cost::PRACTICE
    }
}

/// A vault's door: whose it is, where, and how it is locked.
#[derive(Debug, Clone)]
pub struct Door {
    files: Files,
    clerk: String,
    policy: Policy,
}

/// How a door stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorState {
    /// There is no vault.
    None,
    /// A vault of a version that did not encrypt: it is sealed at the next sign-in.
    Unsealed,
    /// The keys are missing or damaged, and so is their spare copy.
    KeysMissing,
    /// Too many wrong passwords.
    Closed,
    /// The password opens it.
    Sealed {
        /// So does an administrator's key.
        recovery: bool,
    },
}

impl Door {
    /// The door of a clerk's vault in a folder.
    pub fn new(dir: &Path, clerk: &str, policy: Policy) -> Self {
        Self { files: Files::of(dir, clerk), clerk: clerk.to_owned(), policy }
    }

    /// Whether there are keys, so that a password can open it.
    pub fn has_keys(&self) -> bool {
        self.files.keys().exists() || self.files.spare_keys().exists()
    }

    /// How it stands, as far as it can be seen without the password.
    pub fn state(&self, now: Timestamp) -> DoorState {
        match (self.keys(), files::schema_of(&self.files.vault())) {
            (Ok(_), _) if self.closed_until(now).is_some() => DoorState::Closed,
            (Ok(keys), _) => DoorState::Sealed { recovery: keys.has_recovery() },
            (Err(VaultError::KeysMissing), 0) => DoorState::None,
            (Err(VaultError::KeysMissing), schema) if schema < FIRST_SEALED => DoorState::Unsealed,
            (Err(_), _) => DoorState::KeysMissing,
        }
    }

    /// Until when no password is looked at, after too many wrong ones.
    fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        Tries::read(&self.files.tries()).closed_until(now)
    }

    /// Makes the keys of a new vault.
    ///
    /// # Errors
    /// [`VaultError::Held`] while another session is at it, [`VaultError::KeysMissing`] when there is a sealed vault whose keys are gone.
    pub fn make(&self, password: &str) -> Result<Seal, VaultError> {
        self.files.close_to_others()?;
        let _held = Lock::take(&self.files.lock())?;
        if self.has_keys() {
            // Another session was quicker.
            return self.opened(&self.keys()?, password);
        }
        if files::schema_of(&self.files.vault()) >= FIRST_SEALED {
            return Err(VaultError::KeysMissing);
        }
        let Policy { suite, cost, .. } = self.policy;
        let (keys, seal) = WrappedKeys::fresh(&self.clerk, password, suite, cost, self.known_recovery()?.as_ref())?;
        self.keep(&keys)?;
        Ok(seal)
    }

    /// Makes a recovery key for a desk that has none: to be shown to the administrator now, for the secret half is kept nowhere. `None` in the
    /// practice room, and when the desk has one already.
    ///
    /// # Errors
    /// What the system says.
    pub fn make_recovery(&self, seal: &Seal) -> Result<Option<RecoverySecret>, VaultError> {
        if self.policy.is_practice() || self.known_recovery()?.is_some() {
            return Ok(None);
        }
        let secret = recovery_of_folder(&self.files.dir)?;
        let mut keys = self.keys()?;
        if let Some(secret) = &secret
            && keys.set_recovery(Some(&secret.public()), seal)?
        {
            self.keep(&keys)?;
        }
        Ok(secret)
    }

    /// Opens by the password. A wrong one is remembered, and slows the next one down.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`], [`VaultError::Closed`] after too many of them, [`VaultError::KeysMissing`].
    pub fn unlock(&self, password: &str, now: Timestamp) -> Result<Seal, VaultError> {
        if let Some(until) = self.closed_until(now) {
            return Err(VaultError::Closed { until });
        }
        let mut keys = self.keys()?;
        match self.opened(&keys, password) {
            Ok(seal) => {
                self.forget_tries()?;
                // The administrator's key may be another one since.
                if keys.set_recovery(self.known_recovery()?.as_ref(), &seal)? || !self.both_are(&keys) {
                    self.keep(&keys)?;
                }
                Ok(seal)
            }
            Err(VaultError::WrongPassword { .. }) => {
                // A full disk must not make guessing free: then nobody gets in by guessing at all, since this is an error.
                let io = |source| VaultError::Io { path: self.files.tries(), source };
                let tries = Tries::missed(&self.files.tries(), now).map_err(io)?;
                Err(VaultError::WrongPassword { closed_until: tries.closed_until(now) })
            }
            Err(error) => Err(error),
        }
    }

    /// Opens by the administrator's key, for [`Self::set_password`] in place of the forgotten one.
    ///
    /// # Errors
    /// [`VaultError::Recovery`] when it is not this desk's key, [`VaultError::NoRecovery`] when none opens this vault.
    pub fn open_by_recovery(&self, secret: &RecoverySecret) -> Result<Seal, VaultError> {
        self.keys()?.open_by_recovery(secret, self.policy.suite)
    }

    /// Another password from now on, for whoever has opened it.
    ///
    /// # Errors
    /// What the system says; then the password is what it was.
    pub fn set_password(&self, new: &str, seal: &Seal) -> Result<(), VaultError> {
        let mut keys = self.keys()?;
        keys.set_password(&self.clerk, new, seal, self.policy.cost)?;
        self.keep(&keys)?;
        self.forget_tries()
    }

    fn forget_tries(&self) -> Result<(), VaultError> {
        Tries::clear(&self.files.tries()).map_err(|source| VaultError::Io { path: self.files.tries(), source })
    }

    /// Writes the spare copy of the keys, and then the keys: these are what counts, so that on a failure nothing has changed. A spare copy
    /// that is ahead of them is mended at the next unlocking.
    fn keep(&self, keys: &WrappedKeys) -> Result<(), VaultError> {
        keys.write(&self.files.spare_keys())?;
        keys.write(&self.files.keys())
    }

    fn both_are(&self, keys: &WrappedKeys) -> bool {
        [self.files.keys(), self.files.spare_keys()]
            .iter()
            .all(|path| matches!(WrappedKeys::read(path), Ok(Some(found)) if found == *keys))
    }

    fn opened(&self, keys: &WrappedKeys, password: &str) -> Result<Seal, VaultError> {
        keys.open(&self.clerk, password, self.policy.suite)?.ok_or(VaultError::WrongPassword { closed_until: None })
    }

    /// The keys in their file, or else the spare copy.
    fn keys(&self) -> Result<WrappedKeys, VaultError> {
        match WrappedKeys::read(&self.files.keys()) {
            Ok(Some(keys)) => Ok(keys),
            found => match (WrappedKeys::read(&self.files.spare_keys()), found) {
                (Ok(Some(keys)), _) => Ok(keys),
                (_, Err(error)) => Err(error),
                (_, Ok(_)) => Err(VaultError::KeysMissing),
            },
        }
    }

    /// The administrator's public key, by the settings or the folder.
    fn known_recovery(&self) -> Result<Option<RecoveryPublic>, VaultError> {
        if self.policy.is_practice() || self.policy.recovery.is_some() {
            return Ok(self.policy.recovery.clone());
        }
        RecoveryPublic::of_folder(&self.files.dir)
            .map_err(|source| VaultError::Io { path: self.files.dir.clone(), source })
    }
}

/// Makes a recovery key for a folder of vaults, and lays its public half there; `None` when one lies there already.
///
/// # Errors
/// What the system says.
pub fn recovery_of_folder(dir: &Path) -> Result<Option<RecoverySecret>, VaultError> {
    let io = |source| VaultError::Io { path: dir.to_owned(), source };
    if RecoveryPublic::of_folder(dir).map_err(io)?.is_some() {
        return Ok(None);
    }
    let secret = RecoverySecret::generate()?;
    files::make_folder(dir).map_err(io)?;
    secret.public().keep(dir).map_err(io)?;
    Ok(Some(secret))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::vault::tests::at;

    fn live(recovery: Option<RecoveryPublic>) -> Policy {
        // As live as can be, but for what a password costs.
        Policy { suite: Suite::Sm4Gcm, cost: Cost::CHEAP, recovery }
    }

    #[test]
    fn a_desk_makes_its_recovery_key_once_and_it_opens_every_vault() {
        let dir = tempfile::tempdir().unwrap();
        let [li, wang] = ["li", "wang"].map(|clerk| Door::new(dir.path(), clerk, live(None)));
        let seal = li.make("li's").unwrap();
        assert_eq!(li.state(at(0)), DoorState::Sealed { recovery: false });
        let secret = li.make_recovery(&seal).unwrap().expect("a recovery key");
        let other = wang.make("wang's").unwrap();
        assert!(wang.make_recovery(&other).unwrap().is_none(), "the desk has one already");
        for door in [&li, &wang] {
            assert_eq!(door.state(at(0)), DoorState::Sealed { recovery: true });
        }
        for (door, key) in [(&li, seal.key().clone()), (&wang, other.key().clone())] {
            let opened = door.open_by_recovery(&secret).unwrap();
            door.set_password("new", &opened).unwrap();
            assert_eq!(*opened.key(), key);
            assert_eq!(*door.unlock("new", at(0)).unwrap().key(), key);
        }
        let stranger = RecoverySecret::generate().unwrap();
        assert!(matches!(li.open_by_recovery(&stranger), Err(VaultError::Recovery(_))));
        // The administration takes another key into use: the next unlocking follows.
        let door = Door::new(dir.path(), "li", live(Some(stranger.public())));
        door.unlock("new", at(0)).unwrap();
        door.open_by_recovery(&stranger).unwrap();
    }

    #[test]
    fn wrong_passwords_are_remembered_over_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let door = || Door::new(dir.path(), "li", live(None));
        door().make("right").unwrap();
        let mut now = at(0);
        for _ in 0..10 {
            if let Some(until) = door().closed_until(now) {
                assert!(
                    matches!(door().unlock("right", now), Err(VaultError::Closed { until: told }) if told == until)
                );
                now = until;
            }
            assert!(matches!(door().unlock("wrong", now), Err(VaultError::WrongPassword { .. })));
        }
        let until = door().closed_until(now).unwrap();
        assert_eq!(until.duration_since(now), SignedDuration::from_mins(15));
        door().unlock("right", until).unwrap();
        assert_eq!(door().closed_until(until), None);
    }

    #[test]
    fn lost_or_damaged_keys_come_back_from_the_spare_copy() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::new(dir.path(), "li", live(None));
        let key = door.make("right").unwrap().key().clone();
        let path = door.files.keys();
        for damage in [Some("{"), None] {
            match damage {
                Some(text) => std::fs::write(&path, text).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            assert_eq!(*door.unlock("right", at(0)).unwrap().key(), key);
            assert!(door.both_are(&door.keys().unwrap()), "mended");
        }
        door.set_password("new", &door.unlock("right", at(0)).unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(
            matches!(door.unlock("right", at(0)), Err(VaultError::WrongPassword { .. })),
            "the spare has the new one"
        );
    }

    #[test]
    fn a_password_that_could_not_be_changed_is_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::new(dir.path(), "li", live(None));
        let seal = door.make("old").unwrap();
        // Nothing can take the place of a folder.
        std::fs::remove_file(door.files.spare_keys()).unwrap();
        std::fs::create_dir_all(door.files.spare_keys().join("x")).unwrap();
        assert!(matches!(door.set_password("new", &seal), Err(VaultError::Io { .. })));
        std::fs::remove_dir_all(door.files.spare_keys()).unwrap();
        door.unlock("old", at(0)).unwrap();
        assert!(matches!(door.unlock("new", at(0)), Err(VaultError::WrongPassword { .. })));
    }

    #[test]
    fn without_keys_nothing_is_made_over_a_sealed_vault() {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::new(dir.path(), "li", live(None));
        let mut header = [0; 100];
        header[63] = 2;
        std::fs::write(door.files.vault(), header).unwrap();
        assert!(matches!(door.make("x"), Err(VaultError::KeysMissing)));
        assert!(matches!(door.unlock("x", at(0)), Err(VaultError::KeysMissing)));
    }
}
