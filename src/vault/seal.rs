//! The seal around every record's body: one byte names the cipher suite, the rest is the suite's.
//!
//! A sealed body is `suite (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The associated data names place, id and version of the record, so that
//! none can pass for another or for an older one of itself in another row.
//!
//! Nonces are random, 96 bits. By the birthday bound a key may seal 2³² bodies before two nonces agree with a chance above 2⁻³³. A desk that
//! saves a draft every second of an eight-hour day seals some 60,000 a day: 190 years.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::array::typenum::U12;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, AesGcm, Nonce};
use sm3::{Digest as _, Sm3};
use sm4::Sm4;
use zeroize::Zeroizing;

/// SM4 in Galois/Counter mode (RFC 8998).
type Sm4Gcm = AesGcm<Sm4, U12>;

/// Bytes of a nonce.
const NONCE: usize = 12;
/// Bytes of a tag.
const TAG: usize = 16;
/// Header byte of a body of schema 1, which was not encrypted. Only the migration away from it reads such a body.
const PLAIN: u8 = 0;

/// A cipher suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Suite {
    /// `sm4-gcm`: GB/T 32907 in the mode of RFC 8998, 128-bit key.
    #[default]
    Sm4Gcm,
    /// `aes-256-gcm`: FIPS 197 and SP 800-38D.
    Aes256Gcm,
}

impl Suite {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sm4Gcm, Self::Aes256Gcm];

    /// The stable name, as in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sm4Gcm => "sm4-gcm",
            Self::Aes256Gcm => "aes-256-gcm",
        }
    }

    /// The suite of a stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    const fn header(self) -> u8 {
        match self {
            Self::Sm4Gcm => 1,
            Self::Aes256Gcm => 2,
        }
    }
}

/// Names a record; it is authenticated with the body, so that no record can pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordName<'a> {
    /// Table and column: `drafts.body`.
    pub place: &'static str,
    /// Primary key.
    pub id: &'a [u8],
    /// The row's version; 1 for rows that are written once.
    pub version: u32,
}

impl RecordName<'_> {
    fn associated(self, suite: u8) -> Vec<u8> {
        let length = |bytes: &[u8]| (bytes.len() as u64).to_be_bytes();
        let mut data = Vec::with_capacity(self.place.len() + self.id.len() + 24);
        data.extend_from_slice(b"ow1");
        data.push(suite);
        data.extend_from_slice(&length(self.place.as_bytes()));
        data.extend_from_slice(self.place.as_bytes());
        data.extend_from_slice(&length(self.id));
        data.extend_from_slice(self.id);
        data.extend_from_slice(&self.version.to_be_bytes());
        data
    }
}

/// A body that does not open, or cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short to be sealed at all.
    #[error("a record has no seal")]
    Empty,
    /// A suite that this program does not know.
    #[error("a record is sealed with unknown suite {0}")]
    UnknownSuite(u8),
    /// Another key, another record's body, or damaged bytes.
    #[error("a record's seal is broken")]
    Broken,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoChance,
}

/// A key of 256 bits, wiped when dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// A fresh key.
pub(super) fn fresh_key() -> Result<Key, SealError> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(key.as_mut_slice()).map_err(|_| SealError::NoChance)?;
    Ok(key)
}

/// What seals and opens bodies: a key at work, and the suite that new bodies get. Clones share the key; it is wiped with the last of them.
#[derive(Clone)]
pub struct Seal {
    suite: Suite,
    keys: Arc<Keys>,
}

struct Keys {
    key: Key,
    sm4: Sm4Gcm,
    aes: Aes256Gcm,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("suite", &self.suite).finish_non_exhaustive()
    }
}

impl Seal {
    /// Works with a key. Each suite gets a key of its own out of it.
    pub(super) fn new(key: Key, suite: Suite) -> Self {
        let (for_sm4, for_aes) = (derived(&key, Suite::Sm4Gcm), derived(&key, Suite::Aes256Gcm));
        let mut half = Zeroizing::new([0; 16]);
        half.iter_mut().zip(for_sm4.iter()).for_each(|(to, from)| *to = *from);
        let sm4 = Sm4Gcm::new(&(*half).into());
        let aes = Aes256Gcm::new(&(*for_aes).into());
        Self { suite, keys: Arc::new(Keys { key, sm4, aes }) }
    }

    /// A seal with a key of its own that nobody else will ever have: for tests and throw-away stores.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn throw_away(suite: Suite) -> Result<Self, SealError> {
        Ok(Self::new(fresh_key()?, suite))
    }

    /// The suite of new bodies.
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The key itself, to be wrapped for another lock.
    pub(super) fn key(&self) -> &Key {
        &self.keys.key
    }

    /// Seals a body.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, name: RecordName<'_>, body: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoChance)?;
        let header = self.suite.header();
        let mut sealed = Vec::with_capacity(1 + NONCE + body.len() + TAG);
        sealed.push(header);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(body);
        let (_, text) = sealed.split_at_mut(1 + NONCE);
        let (nonce, associated) = (Nonce::from(nonce), name.associated(header));
        let tag = match self.suite {
            Suite::Sm4Gcm => self.keys.sm4.encrypt_inout_detached(&nonce, &associated, text.into()),
            Suite::Aes256Gcm => self.keys.aes.encrypt_inout_detached(&nonce, &associated, text.into()),
        }
        .map_err(|_| SealError::Broken)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens a sealed body, whichever suite sealed it.
    ///
    /// # Errors
    /// When it is another record's, was changed, or is of an unknown suite.
    pub fn open(&self, name: RecordName<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (&header, rest) = sealed.split_first().ok_or(SealError::Empty)?;
        let suite =
            Suite::ALL.into_iter().find(|suite| suite.header() == header).ok_or(SealError::UnknownSuite(header))?;
        let (nonce, rest) = rest.split_at_checked(NONCE).ok_or(SealError::Empty)?;
        let (text, tag) =
            rest.len().checked_sub(TAG).and_then(|at| rest.split_at_checked(at)).ok_or(SealError::Empty)?;
        let nonce = <[u8; NONCE]>::try_from(nonce).map(Nonce::from).map_err(|_| SealError::Empty)?;
        let tag = <[u8; TAG]>::try_from(tag).map_err(|_| SealError::Empty)?.into();
        let (mut body, associated) = (text.to_vec(), name.associated(header));
        let buffer = body.as_mut_slice().into();
        match suite {
            Suite::Sm4Gcm => self.keys.sm4.decrypt_inout_detached(&nonce, &associated, buffer, &tag),
            Suite::Aes256Gcm => self.keys.aes.decrypt_inout_detached(&nonce, &associated, buffer, &tag),
        }
        .map_err(|_| SealError::Broken)?;
        Ok(body)
    }
}

/// Reads a body of schema 1.
///
/// # Errors
/// When it is none.
pub(super) fn open_plain(stored: &[u8]) -> Result<&[u8], SealError> {
    match stored.split_first() {
        None => Err(SealError::Empty),
        Some((&PLAIN, body)) => Ok(body),
        Some((&suite, _)) => Err(SealError::UnknownSuite(suite)),
    }
}

/// A key for one suite out of a key for all: SM3 over name and key.
fn derived(key: &Key, suite: Suite) -> Key {
    let mut hash = Sm3::new();
    hash.update(b"onewindow vault key\0");
    hash.update(suite.name());
    hash.update([0]);
    hash.update(key.as_slice());
    Zeroizing::new(hash.finalize().into())
}

#[cfg(test)]
mod tests;
