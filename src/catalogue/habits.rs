//! What a desk often needs.

use super::search::Catalogue;

/// How often the items of a catalogue were used at this desk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Habits {
    /// The entries that were used at all, ascending, and how often.
    uses: Vec<(usize, u64)>,
}

impl Habits {
    /// Of counts by implementation code; what the catalogue does not have is left out.
    pub fn new<'a>(catalogue: &Catalogue, counts: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let mut uses: Vec<(usize, u64)> =
            counts.into_iter().filter_map(|(code, count)| Some((catalogue.find(code)?, count))).collect();
        uses.sort_unstable();
        uses.dedup_by_key(|(entry, _)| *entry);
        Self { uses }
    }

    /// The entries that were used, ascending, and how often.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u64)> {
        self.uses.iter().copied()
    }
}
