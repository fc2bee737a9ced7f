//! Passwords: kept as Argon2id, checked in memory that is used again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroize as _;

/// A hash that no password has, so that an unknown name takes as long as a wrong password.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password could not be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it could not be hashed: {0}")]
pub struct PasswordError(String);

/// Argon2id of a password, as a PHC string.
pub(super) async fn hash(password: String) -> Result<String, PasswordError> {
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await
    .map_err(|error| PasswordError(error.to_string()))?
    .map_err(|error| PasswordError(error.to_string()))
}

/// Checks a few passwords at a time: each costs a core and 19 MiB. That memory is kept: given back, it would stay with whichever of many
/// threads had it.
pub(super) struct Checks {
    at_once: Arc<Semaphore>,
    spare: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Checks {
    /// As many at once as there are cores.
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { at_once: Arc::new(Semaphore::new(cores)), spare: Arc::default() }
    }

    /// Whether a hash is this password's. What the check needs is its own until it is over, even when nobody waits for it any more.
    pub(super) async fn verify(&self, password: String, hash: String) -> bool {
        let Ok(permit) = Arc::clone(&self.at_once).acquire_owned().await else { return false };
        let spare = Arc::clone(&self.spare);
        let check = tokio::task::spawn_blocking(move || {
            let mut blocks = spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let is_right = is_of(&password, &hash, &mut blocks).unwrap_or(false);
            blocks.zeroize();
            spare.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
            drop(permit);
            is_right
        });
        check.await.unwrap_or(false)
    }
}

/// Whether a hash is a password's; none of what is no hash of Argon2.
fn is_of(password: &str, hash: &str, blocks: &mut Vec<Block>) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    blocks.resize(params.block_count(), Block::default());
    let mut room = [0; Output::MAX_LENGTH];
    let found = room.get_mut(..expected.len())?;
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password.as_bytes(), &salt, found, blocks)
        .ok()?;
    // Takes as long whatever differs: see `Output`.
    Some(Output::new(found).ok()? == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_told_from_another() {
        let (checks, hash) = (Checks::new(), hash("practice".into()).await.unwrap());
        assert!(hash.starts_with("$argon2id$"));
        // The memory of one check is the next one's.
        for (password, hash, is_right) in [
            ("practice", hash.as_str(), true),
            ("Practice", &hash, false),
            ("practice", &hash, true),
            ("", NOBODY, false),
            ("practice", "practice", false),
            ("practice", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA", false),
        ] {
            assert_eq!(checks.verify(password.into(), hash.into()).await, is_right, "{password} {hash}");
        }
        assert!(PasswordHash::new(NOBODY).is_ok(), "an unparsable hash would answer at once");
    }

    #[tokio::test]
    async fn no_more_memory_is_kept_than_is_used_at_once() {
        let (checks, hash) = (Checks::new(), hash("practice".into()).await.unwrap());
        let verify = || checks.verify("practice".into(), hash.clone());
        let all = futures_util::future::join_all((0..8).map(|_| verify())).await;
        assert_eq!(all, [true; 8]);
        let cores = checks.at_once.available_permits();
        let spare = checks.spare.lock().unwrap();
        assert!((1..=cores).contains(&spare.len()), "{} for {cores} cores", spare.len());
    }
}
