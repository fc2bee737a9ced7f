//! A catalogue as bytes, so that a hundred thousand items need not be indexed at every start.
//!
//! Nothing in it is trusted: bytes that are no image of this version, or a damaged one, are no catalogue, and it is made anew.

use flate2::Crc;

use super::codes::Codes;
use super::glyphs::Glyphs;
use super::index::Index;
use super::listing::Listing;
use super::narrow::Narrow;
use super::texts::Texts;

/// What an image begins with. The last character is the version.
const MAGIC: &[u8] = b"onewindow catalogue 6";
/// Length of what stands before the index: the above and the checksum.
const HEAD: usize = MAGIC.len() + 4;

/// The bytes of an index.
pub(super) fn write(index: &Index) -> Vec<u8> {
    let mut image = Writer(vec![0; HEAD]);
    index.glyphs.write(&mut image);
    for texts in [&index.names, &index.words, &index.departments] {
        texts.write(&mut image);
    }
    index.listed.write(&mut image);
    index.words_of.write(&mut image);
    index.kind_of.write(&mut image);
    index.offer_of.write(&mut image);
    // These are few: they are written as the rest of the program writes such things.
    image.bytes(&serde_json::to_vec(&index.shared).unwrap_or_default());
    index.codes.write(&mut image);
    let mut image = image.0;
    if let Some((head, body)) = image.split_at_mut_checked(HEAD) {
        let sum = checksum(body);
        head.iter_mut().zip(MAGIC.iter().chain(&sum)).for_each(|(place, byte)| *place = *byte);
    }
    image
}

/// The index of these bytes.
pub(super) fn read(image: &[u8]) -> Option<Index> {
    let (sum, body) = image.strip_prefix(MAGIC)?.split_first_chunk()?;
    if checksum(body) != *sum {
        return None;
    }
    let mut image = Reader(body);
    let mut index = Index {
        glyphs: Glyphs::read(&mut image)?,
        names: Texts::read(&mut image)?,
        words: Texts::read(&mut image)?,
        departments: Texts::read(&mut image)?,
        listed: Listing::read(&mut image)?,
        words_of: Narrow::read(&mut image)?,
        kind_of: Narrow::read(&mut image)?,
        offer_of: Narrow::read(&mut image)?,
        ..Index::default()
    };
    index.shared = serde_json::from_slice(image.bytes()?).ok()?;
    index.codes = Codes::read(&mut image)?;
    let entries = index.names.len();
    let numbers = [index.words_of.len(), index.kind_of.len(), index.offer_of.len()];
    let lengths = numbers.into_iter().chain([index.listed.len(), index.codes.len()]);
    (lengths.into_iter().all(|length| length == entries) && image.0.is_empty()).then_some(index)
}

/// Tells damage by chance; it is no proof against intent, from which the folder's rights protect.
fn checksum(body: &[u8]) -> [u8; 4] {
    let mut sum = Crc::new();
    sum.update(body);
    sum.sum().to_le_bytes()
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

number!(u8, u16, u32, u64);

/// Bytes in the making.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// All of them.
    #[cfg(test)]
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

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
    /// From the first of these.
    #[cfg(test)]
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

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

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::backend::catalogue as folders;
    use crate::catalogue::{Brief, Catalogue, CatalogueFolder, Filter, Habits, Hit, Question, Row, Synonyms};

    /// The sample catalogue, and a code of another shape.
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        let (folder, _) = CatalogueFolder::load(&folders::built_in());
        let site = folder.sites().next().unwrap();
        let mut items: Vec<Brief> = folder.entries_for(site).iter().map(Brief::of).collect();
        let odd = Brief { code: "odd-1".to_owned(), catalog_code: String::new(), ..items[0].clone() };
        items.push(odd);
        Catalogue::new(items, &Synonyms::built_in())
    });
    static IMAGE: LazyLock<Vec<u8>> = LazyLock::new(|| CATALOGUE.image());

    /// All that a catalogue answers to some questions.
    fn answers(catalogue: &Catalogue) -> Vec<(Vec<Hit>, Vec<Option<Row>>)> {
        let habits = Habits::new(catalogue, [("odd-1", 4)]);
        let ask = |query: &&str| {
            let (query, filter) = ((*query).to_owned(), Filter::default());
            let question =
                Question { query, filter, limit: 1_000, habits: habits.clone().into(), ..Question::default() };
            let hits = catalogue.answer(&question, usize::MAX).hits;
            let rows = hits.iter().map(|hit| catalogue.row(hit.entry)).collect();
            (hits, rows)
        };
        ["", "高龄津贴", "gljt", "shehui", "gaolong", "老年卡", "4205", "odd-1", "民政 bt", "xqkwv"]
            .iter()
            .map(ask)
            .collect()
    }

    #[test]
    fn what_was_written_answers_as_before() {
        let read = Catalogue::from_image(&IMAGE).unwrap();
        assert_eq!(answers(&read), answers(&CATALOGUE));
        assert_eq!((read.departments(), read.find("ODD-1")), (CATALOGUE.departments(), CATALOGUE.find("odd-1")));
        assert_eq!(read.image(), *IMAGE);
        let nothing = Catalogue::from_image(&Catalogue::default().image()).unwrap();
        assert!(nothing.is_empty());
    }

    #[test]
    fn an_image_of_another_version_is_none() {
        let mut other = IMAGE.clone();
        other[MAGIC.len() - 1] += 1;
        assert!(Catalogue::from_image(&other).is_none());
        assert!(Catalogue::from_image(&[]).is_none() && Catalogue::from_image(MAGIC).is_none());
    }

    /// An image with the right checksum whatever is in it, as one that another program wrote.
    fn sealed(mut image: Vec<u8>) -> Vec<u8> {
        let sum = checksum(&image[HEAD..]);
        image[MAGIC.len()..HEAD].copy_from_slice(&sum);
        image
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_damaged_image_is_none(at in any::<prop::sample::Index>(), bit in 0..8_u8, end in any::<prop::sample::Index>()) {
            let mut flipped = IMAGE.clone();
            let at = at.index(flipped.len());
            flipped[at] ^= 1 << bit;
            prop_assert!(Catalogue::from_image(&flipped).is_none(), "byte {} changed", at);
            let end = end.index(IMAGE.len());
            prop_assert!(Catalogue::from_image(&IMAGE[..end]).is_none(), "cut after {}", end);
            let longer = [IMAGE.as_slice(), &[0]].concat();
            prop_assert!(Catalogue::from_image(&longer).is_none());
        }

        /// Not even a wrong image under a right checksum brings the program down.
        #[test]
        fn nothing_in_an_image_is_trusted(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
            end in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut image = IMAGE.clone();
            for (at, byte) in changes {
                let at = HEAD + at.index(image.len() - HEAD);
                image[at] = byte;
            }
            if let Some(end) = end {
                image.truncate(HEAD + end.index(image.len() - HEAD));
            }
            if let Some(catalogue) = Catalogue::from_image(&sealed(image)) {
                answers(&catalogue);
            }
        }
    }
}
