//! A catalogue as bytes, so that a hundred thousand items need not be indexed at every start.
//!
//! Nothing in it is trusted: bytes that are no image of this version, or a damaged one, are no catalogue, and it is made anew.

use super::index::{Index, Kind};

/// What an image begins with. The last character is the version.
const MAGIC: &[u8] = b"onewindow catalogue 1";

/// The bytes of an index.
pub(super) fn write(index: &Index) -> Vec<u8> {
    let mut image = Writer(MAGIC.to_vec());
    index.glyphs.write(&mut image);
    for texts in [&index.names, &index.words, &index.departments] {
        texts.write(&mut image);
    }
    image.numbers(&index.words_of);
    image.numbers(&index.kind_of);
    // Kinds are few: they are written as the rest of the program writes such things.
    image.bytes(&serde_json::to_vec(&index.kinds).unwrap_or_default());
    index.codes.write(&mut image);
    image.0
}

/// The index of these bytes.
pub(super) fn read(image: &[u8]) -> Option<Index> {
    let mut image = Reader(image.strip_prefix(MAGIC)?);
    let index = Index {
        glyphs: super::glyphs::Glyphs::read(&mut image)?,
        names: super::texts::Texts::read(&mut image)?,
        words: super::texts::Texts::read(&mut image)?,
        departments: super::texts::Texts::read(&mut image)?,
        words_of: image.numbers()?,
        kind_of: image.numbers()?,
        kinds: serde_json::from_slice::<Vec<Kind>>(image.bytes()?).ok()?,
        codes: super::codes::Codes::read(&mut image)?,
    };
    let entries = index.names.len();
    let whole = index.words_of.len() == entries && index.kind_of.len() == entries && index.codes.len() == entries;
    (whole && image.0.is_empty()).then_some(index)
}

/// Numbers of a fixed width.
pub(super) trait Number: Copy {
    /// Its bytes, the lowest first.
    fn put(self, to: &mut Vec<u8>);
    /// Numbers out of their bytes.
    fn take(from: &[u8]) -> Option<Vec<Self>>;
}

macro_rules! number {
    ($($number:ty),*) => { $(
        impl Number for $number {
            fn put(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }

            fn take(from: &[u8]) -> Option<Vec<Self>> {
                let (numbers, rest) = from.as_chunks::<{ size_of::<$number>() }>();
                rest.is_empty().then(|| numbers.iter().map(|bytes| Self::from_le_bytes(*bytes)).collect())
            }
        }
    )* };
}

number!(u16, u32, u64);

/// Bytes in the making.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Bytes with their length before them.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        u64::try_from(bytes.len()).unwrap_or(u64::MAX).put(&mut self.0);
        self.0.extend_from_slice(bytes);
    }

    /// Numbers with their length in bytes before them.
    pub(super) fn numbers<N: Number>(&mut self, numbers: &[N]) {
        u64::try_from(size_of_val(numbers)).unwrap_or(u64::MAX).put(&mut self.0);
        numbers.iter().for_each(|number| number.put(&mut self.0));
    }
}

/// Bytes that are read from the beginning.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// What [`Writer::bytes`] wrote.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    /// What [`Writer::numbers`] wrote.
    pub(super) fn numbers<N: Number>(&mut self) -> Option<Vec<N>> {
        N::take(self.bytes()?)
    }
}
