//! The administrator's recovery key (恢复密钥): an SM2 pair. The public half lies at the desk and every vault's key is sealed to it; the
//! secret half is shown once, or written to a file, and taken away. With it a vault opens whose password is forgotten.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use sm2::elliptic_curve::Generate as _;
use sm2::elliptic_curve::common::getrandom::SysRng;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::pke::{DecryptingKey, EncryptingKey};
use sm2::{PublicKey, SecretKey};
use sm3::{Digest as _, Sm3};
use zeroize::Zeroizing;

use super::seal::{Key, SealError};

/// File of the public half, beside the vaults.
const PUBLIC_FILE: &str = "recovery.pub";
/// Letters of a written secret: those of Crockford's base 32, of which none is mistaken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of the checksum behind a written secret.
const CHECK: usize = 3;

/// A text that is no recovery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// Not the form of a key, or a slip of the pen: the checksum differs.
    #[error("this is no recovery key, or a letter of it is wrong")]
    Malformed,
    /// A key, but not the one that this vault's key was sealed to.
    #[error("this recovery key is not the one of this desk")]
    Other,
}

/// The half that may lie anywhere. Written as 66 hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryPublic(PublicKey);

impl FromStr for RecoveryPublic {
    type Err = RecoveryError;

    fn from_str(text: &str) -> Result<Self, RecoveryError> {
        let bytes = hex::decode(text.trim()).map_err(|_| RecoveryError::Malformed)?;
        PublicKey::from_sec1_bytes(&bytes).map(Self).map_err(|_| RecoveryError::Malformed)
    }
}

impl fmt::Display for RecoveryPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0.to_sec1_point(true).as_bytes()))
    }
}

impl RecoveryPublic {
    /// The one that lies beside the vaults of a folder, if one does.
    ///
    /// # Errors
    /// When there is a file that cannot be read or holds no key.
    pub(super) fn of_folder(dir: &Path) -> io::Result<Option<Self>> {
        match fs::read_to_string(dir.join(PUBLIC_FILE)) {
            Ok(text) => text.parse().map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lays it beside the vaults of a folder.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn keep(&self, dir: &Path) -> io::Result<()> {
        super::files::replace(&dir.join(PUBLIC_FILE), format!("{self}\n").as_bytes())
    }

    /// Seals a vault's key to the administrator (SM2, C1C3C2).
    pub(super) fn wrap(&self, key: &Key) -> Result<Vec<u8>, SealError> {
        EncryptingKey::new(self.0).encrypt(&mut SysRng, key.as_slice()).map_err(|_| SealError::NoChance)
    }
}

/// The half that the administrator keeps. Written in groups of four letters, with a checksum; wiped when dropped.
pub struct RecoverySecret(SecretKey);

impl fmt::Debug for RecoverySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoverySecret")
    }
}

impl RecoverySecret {
    /// A fresh pair.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> Result<Self, SealError> {
        SecretKey::try_generate_from_rng(&mut SysRng).map(Self).map_err(|_| SealError::NoChance)
    }

    /// Its public half.
    pub fn public(&self) -> RecoveryPublic {
        RecoveryPublic(self.0.public_key())
    }

    /// As it is shown to the administrator.
    pub fn written(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(self.0.to_bytes());
        let check = Sm3::digest(secret.as_slice());
        let bytes: Zeroizing<Vec<u8>> =
            Zeroizing::new(secret.iter().chain(check.iter().take(CHECK)).copied().collect());
        let mut text = Zeroizing::new(String::with_capacity(80));
        for (number, letter) in letters(&bytes).enumerate() {
            if number > 0 && number % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(letter));
        }
        text
    }

    /// Opens a vault's key that was sealed to it.
    ///
    /// # Errors
    /// [`RecoveryError::Other`] when it was sealed to another.
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Result<Key, RecoveryError> {
        let opened = DecryptingKey::new(self.0.clone()).decrypt(wrapped).map_err(|_| RecoveryError::Other)?;
        let opened = Zeroizing::new(opened);
        <[u8; 32]>::try_from(opened.as_slice()).map(Zeroizing::new).map_err(|_| RecoveryError::Other)
    }
}

impl FromStr for RecoverySecret {
    type Err = RecoveryError;

    fn from_str(text: &str) -> Result<Self, RecoveryError> {
        let bytes = Zeroizing::new(bytes(text).ok_or(RecoveryError::Malformed)?);
        let (secret, check) = bytes.split_at_checked(32).ok_or(RecoveryError::Malformed)?;
        let expected = Sm3::digest(secret);
        if check.len() != CHECK || !expected.starts_with(check) {
            return Err(RecoveryError::Malformed);
        }
        SecretKey::from_slice(secret).map(Self).map_err(|_| RecoveryError::Malformed)
    }
}

/// Five bits a letter, the last padded with noughts.
fn letters(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..(bytes.len() * 8).div_ceil(5))
        .map(move |letter| (0..5).fold(0_usize, |value, offset| value << 1 | usize::from(bit(letter * 5 + offset))))
        .filter_map(|value| LETTERS.get(value).copied())
}

/// Undoes [`letters`]; blanks and dashes are nothing, and what looks like a digit is one.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut value, mut bits) = (Vec::with_capacity(40), 0_u32, 0);
    for letter in text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let five = LETTERS.iter().position(|known| char::from(*known) == letter)?;
        value = value << 5 | u32::try_from(five).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(value >> bits & 0xff).ok()?);
            value &= (1 << bits) - 1;
        }
    }
    (bits < 5 && value == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::seal::fresh_key;

    #[test]
    fn a_key_comes_back_from_paper() {
        for _ in 0..8 {
            let secret = RecoverySecret::generate().unwrap();
            let key = fresh_key().unwrap();
            let wrapped = secret.public().wrap(&key).unwrap();
            let written = secret.written();
            assert_eq!(written.len(), 56 + 13, "{written:?}");
            let typed = written.to_lowercase().replace('-', "  ").replace('0', "o").replace('1', "l");
            let again: RecoverySecret = typed.parse().unwrap();
            assert_eq!(again.unwrap(&wrapped).unwrap(), key);
            assert_eq!(again.public(), secret.public());
            assert_eq!(secret.public().to_string().parse::<RecoveryPublic>().unwrap(), secret.public());
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_no_key() {
        let written = RecoverySecret::generate().unwrap().written();
        for at in [0, 9, 40, 68] {
            let mut slipped = written.to_string();
            let other = if slipped.as_bytes()[at] == b'7' { "8" } else { "7" };
            slipped.replace_range(at..=at, other);
            assert_eq!(slipped.parse::<RecoverySecret>().unwrap_err(), RecoveryError::Malformed, "{at}");
        }
        for text in ["", "-", "秘密", written.split_at(60).0, &format!("{}0", *written)] {
            assert_eq!(text.parse::<RecoverySecret>().unwrap_err(), RecoveryError::Malformed, "{text}");
        }
        for text in ["", "02", "zz", &"0".repeat(66)] {
            assert_eq!(text.parse::<RecoveryPublic>().unwrap_err(), RecoveryError::Malformed, "{text}");
        }
    }

    #[test]
    fn another_desks_key_opens_nothing() {
        let wrapped = RecoverySecret::generate().unwrap().public().wrap(&fresh_key().unwrap()).unwrap();
        assert_eq!(RecoverySecret::generate().unwrap().unwrap(&wrapped).unwrap_err(), RecoveryError::Other);
        assert_eq!(RecoverySecret::generate().unwrap().unwrap(b"short").unwrap_err(), RecoveryError::Other);
    }
}
