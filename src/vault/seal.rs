//! The seal around every record's body: one byte names the cipher suite, the rest is the suite's.
//!
//! Suite 0 does **not** encrypt: a body sealed with it is readable by whoever can read the file, which only its mode (0600) prevents. The
//! header byte and the associated data are there so that an encrypting suite can join without touching a stored record.

/// Header byte of suite 0.
const PLAIN: u8 = 0;

/// How bodies are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seal {
    /// Suite 0: no encryption. Says so in `doctor` and on the status line.
    #[default]
    Unsealed,
}

/// Names a record; an encrypting suite authenticates it with the body, so that no record can pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordName<'a> {
    /// Table and column: `drafts.body`.
    pub place: &'static str,
    /// Primary key.
    pub id: &'a [u8],
    /// The row's version; 1 for rows that are written once.
    pub version: u32,
}

/// A body that does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No bytes at all.
    #[error("a record has no seal")]
    Empty,
    /// A suite that this program or this key does not know.
    #[error("a record is sealed with unknown suite {0}")]
    UnknownSuite(u8),
}

impl Seal {
    /// Whether a stolen disk would show nothing.
    pub const fn encrypts(self) -> bool {
        match self {
            Self::Unsealed => false,
        }
    }

    /// Seals a body.
    pub fn seal(self, _name: RecordName<'_>, body: &[u8]) -> Vec<u8> {
        match self {
            Self::Unsealed => {
                let mut sealed = Vec::with_capacity(body.len() + 1);
                sealed.push(PLAIN);
                sealed.extend_from_slice(body);
                sealed
            }
        }
    }

    /// Opens a sealed body.
    ///
    /// # Errors
    /// When the header names a suite that is not known.
    pub fn open(self, _name: RecordName<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        match sealed.split_first() {
            None => Err(SealError::Empty),
            Some((&PLAIN, body)) => Ok(body.to_vec()),
            Some((&suite, _)) => Err(SealError::UnknownSuite(suite)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: RecordName<'_> = RecordName { place: "drafts.body", id: &[7], version: 1 };

    proptest! {
        #[test]
        fn what_is_sealed_opens(body: Vec<u8>) {
            let sealed = Seal::Unsealed.seal(NAME, &body);
            prop_assert_eq!(sealed.first(), Some(&PLAIN));
            prop_assert_eq!(Seal::Unsealed.open(NAME, &sealed), Ok(body));
        }

        #[test]
        fn a_foreign_suite_is_named(suite in 1u8.., mut body: Vec<u8>) {
            body.insert(0, suite);
            prop_assert_eq!(Seal::Unsealed.open(NAME, &body), Err(SealError::UnknownSuite(suite)));
        }
    }

    #[test]
    fn an_empty_record_is_no_record() {
        assert_eq!(Seal::Unsealed.open(NAME, &[]), Err(SealError::Empty));
    }
}
