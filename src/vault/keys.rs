//! A vault's keys: a random data key, wrapped once by the password (Argon2id) and once to the administrator's recovery key (SM2).
//!
//! The wrapped keys lie in a small file of their own beside the database, with a spare copy inside it. A new password wraps the data key
//! anew; no record is touched.

use std::fs;
use std::io;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::recovery::{RecoveryPublic, RecoverySecret};
use super::seal::{Key, fresh_key};
use super::{RecordName, Seal, Suite, VaultError, files};

/// Most memory that a file of keys may ask for, in KiB: a forged one must not bring the machine down.
const MOST_MEMORY: u32 = 1024 * 1024;
/// Most passes.
const MOST_PASSES: u32 = 64;

/// What guessing one password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cost {
    /// Memory in KiB.
    memory: u32,
    /// Passes over it.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

impl Cost {
    /// 64 MiB, three passes: about a third of a second on an old PC.
    pub const LIVE: Self = Self { memory: 64 * 1024, passes: 3, lanes: 1 };
    /// Next to nothing: the password of the practice room is no secret.
    pub const PRACTICE: Self = Self { memory: 8, passes: 1, lanes: 1 };
    /// For tests of what differs from the practice room.
    #[cfg(test)]
    pub(super) const CHEAP: Self = Self { memory: 16, passes: 1, lanes: 1 };
}

/// The wrapped keys of one vault, as they lie in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrappedKeys {
    /// Of this format.
    version: u32,
    password: ByPassword,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery: Option<ByRecovery>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ByPassword {
    /// `argon2id`.
    kdf: String,
    cost: Cost,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    #[serde(with = "hex::serde")]
    key: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ByRecovery {
    /// The public half that it is sealed to.
    to: String,
    #[serde(with = "hex::serde")]
    key: Vec<u8>,
}

/// Version of the file's format.
const FORMAT: u32 = 1;
const ARGON2ID: &str = "argon2id";

impl WrappedKeys {
    /// Keys for a new vault, and its seal.
    pub(super) fn fresh(
        clerk: &str,
        password: &str,
        suite: Suite,
        cost: Cost,
        recovery: Option<&RecoveryPublic>,
    ) -> Result<(Self, Seal), VaultError> {
        let seal = Seal::new(fresh_key()?, suite);
        let password = ByPassword::wrap(clerk, password, &seal, cost)?;
        let mut keys = Self { version: FORMAT, password, recovery: None };
        keys.set_recovery(recovery, &seal)?;
        Ok((keys, seal))
    }

    /// The keys in a file; `None` when there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, VaultError> {
        match fs::read(path) {
            Ok(text) => Self::parse(&text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(VaultError::Io { path: path.to_owned(), source }),
        }
    }

    /// The keys in the text of a file.
    pub(super) fn parse(text: &[u8]) -> Result<Self, VaultError> {
        let keys: Self = serde_json::from_slice(text).map_err(|_| VaultError::KeysDamaged)?;
        let Cost { memory, passes, lanes } = keys.password.cost;
        let sane =
            (1..=MOST_MEMORY).contains(&memory) && (1..=MOST_PASSES).contains(&passes) && (1..=16).contains(&lanes);
        let known = keys.version == FORMAT && keys.password.kdf == ARGON2ID;
        if sane && known { Ok(keys) } else { Err(VaultError::KeysDamaged) }
    }

    pub(super) fn text(&self) -> Result<Vec<u8>, VaultError> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), VaultError> {
        files::replace(path, &self.text()?).map_err(|source| VaultError::Io { path: path.to_owned(), source })
    }

    /// The seal, by the password; `None` when it is not the password.
    pub(super) fn open(&self, clerk: &str, password: &str, suite: Suite) -> Result<Option<Seal>, VaultError> {
        Ok(self.password.unwrap(clerk, password)?.map(|key| Seal::new(key, suite)))
    }

    /// The seal, by the administrator's key.
    pub(super) fn open_by_recovery(&self, secret: &RecoverySecret, suite: Suite) -> Result<Seal, VaultError> {
        let wrapped = self.recovery.as_ref().ok_or(VaultError::NoRecovery)?;
        Ok(Seal::new(secret.unwrap(&wrapped.key)?, suite))
    }

    /// Another password opens it from now on.
    pub(super) fn set_password(
        &mut self,
        clerk: &str,
        password: &str,
        seal: &Seal,
        cost: Cost,
    ) -> Result<(), VaultError> {
        self.password = ByPassword::wrap(clerk, password, seal, cost)?;
        Ok(())
    }

    /// Another recovery key opens it from now on; with none given, the one it has stays. True when that changed anything.
    pub(super) fn set_recovery(&mut self, public: Option<&RecoveryPublic>, seal: &Seal) -> Result<bool, VaultError> {
        let Some(public) = public else { return Ok(false) };
        let to = public.to_string();
        if self.recovery.as_ref().is_some_and(|known| known.to == to) {
            return Ok(false);
        }
        self.recovery = Some(ByRecovery { to, key: public.wrap(seal.key())? });
        Ok(true)
    }

    /// Whether an administrator's key opens it.
    pub(super) const fn has_recovery(&self) -> bool {
        self.recovery.is_some()
    }
}

impl ByPassword {
    fn wrap(clerk: &str, password: &str, seal: &Seal, cost: Cost) -> Result<Self, VaultError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| super::SealError::NoChance)?;
        let outer = Seal::new(stretched(password, &salt, cost)?, seal.suite());
        let key = outer.seal(name(clerk), seal.key().as_slice())?;
        Ok(Self { kdf: ARGON2ID.to_owned(), cost, salt, key })
    }

    fn unwrap(&self, clerk: &str, password: &str) -> Result<Option<Key>, VaultError> {
        let outer = Seal::new(stretched(password, &self.salt, self.cost)?, Suite::default());
        let Ok(opened) = outer.open(name(clerk), &self.key) else { return Ok(None) };
        let opened = Zeroizing::new(opened);
        Ok(<[u8; 32]>::try_from(opened.as_slice()).ok().map(Zeroizing::new))
    }
}

fn name(clerk: &str) -> RecordName<'_> {
    RecordName { place: "keys.password", id: clerk.as_bytes(), version: FORMAT }
}

/// Argon2id. Takes a good part of a second under [`Cost::LIVE`]: not for the thread that draws.
fn stretched(password: &str, salt: &[u8], cost: Cost) -> Result<Key, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    Params::new(cost.memory, cost.passes, cost.lanes, Some(key.len()))
        .and_then(|params| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
                password.as_bytes(),
                salt,
                key.as_mut_slice(),
            )
        })
        .map_err(|_| VaultError::KeysDamaged)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(password: &str, recovery: Option<&RecoveryPublic>) -> (WrappedKeys, Seal) {
        WrappedKeys::fresh("li", password, Suite::Sm4Gcm, Cost::PRACTICE, recovery).unwrap()
    }

    #[test]
    fn the_password_opens_and_nothing_else_does() {
        let (keys, seal) = fresh("correct horse", None);
        let keys = WrappedKeys::parse(&keys.text().unwrap()).unwrap();
        let opened = |clerk: &str, password: &str| keys.open(clerk, password, Suite::Sm4Gcm).unwrap();
        assert_eq!(opened("li", "correct horse").unwrap().key(), seal.key());
        for (clerk, password) in [("li", "correct horse "), ("li", ""), ("wang", "correct horse")] {
            assert!(opened(clerk, password).is_none(), "{clerk} {password}");
        }
    }

    #[test]
    fn a_new_password_keeps_the_data_key() {
        let (mut keys, seal) = fresh("old", None);
        keys.set_password("li", "new", &seal, Cost::PRACTICE).unwrap();
        assert!(keys.open("li", "old", Suite::Sm4Gcm).unwrap().is_none());
        assert_eq!(keys.open("li", "new", Suite::Aes256Gcm).unwrap().unwrap().key(), seal.key());
    }

    #[test]
    fn the_administrator_opens_it_without_the_password() {
        let (secret, other) = (RecoverySecret::generate().unwrap(), RecoverySecret::generate().unwrap());
        let (mut keys, seal) = fresh("forgotten", Some(&secret.public()));
        assert_eq!(keys.open_by_recovery(&secret, Suite::Sm4Gcm).unwrap().key(), seal.key());
        assert!(matches!(keys.open_by_recovery(&other, Suite::Sm4Gcm), Err(VaultError::Recovery(_))));
        assert!(!keys.set_recovery(Some(&secret.public()), &seal).unwrap(), "it has that one");
        assert!(!keys.set_recovery(None, &seal).unwrap(), "none named: it keeps what it has");
        assert!(keys.set_recovery(Some(&other.public()), &seal).unwrap());
        assert_eq!(keys.open_by_recovery(&other, Suite::Sm4Gcm).unwrap().key(), seal.key());
        let (without, _) = fresh("x", None);
        assert!(matches!(without.open_by_recovery(&secret, Suite::Sm4Gcm), Err(VaultError::NoRecovery)));
    }

    #[test]
    fn a_forged_or_damaged_file_is_refused_at_once() {
        let (keys, _) = fresh("x", None);
        let text = String::from_utf8(keys.text().unwrap()).unwrap();
        let spoilt = [
            text.replace("\"memory\": 8", "\"memory\": 4000000000"),
            text.replace("\"passes\": 1", "\"passes\": 4000000000"),
            text.replace("\"version\": 1", "\"version\": 2"),
            text.replace("argon2id", "md5"),
            text.replace("\"salt\"", "\"pepper\""),
            text.split_at(text.len() / 2).0.to_owned(),
            String::new(),
        ];
        for text in spoilt {
            assert!(matches!(WrappedKeys::parse(text.as_bytes()), Err(VaultError::KeysDamaged)), "{text}");
        }
    }
}
