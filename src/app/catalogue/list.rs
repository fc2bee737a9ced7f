//! What the list shows: items as they were found, what the clerk has at hand before them, linked matters (一件事) among them.

use crate::app::shortcuts::Shortcut;
use crate::catalogue::pinyin::Matcher;
use crate::catalogue::{Class, Hit, Matched};
use crate::domain::bundle::Bundle;

/// Fewer characters than this are no search for a linked matter: they are in every name.
const LEAST_TYPED: usize = 2;

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// An item.
    Item(Hit),
    /// A linked matter.
    Bundle {
        /// Which of [`crate::app::Shared::bundles`].
        index: usize,
        /// Indices of the characters of its name that matched, ascending.
        marks: Vec<usize>,
    },
}

impl Listed {
    /// The item's entry in the catalogue.
    pub const fn entry(&self) -> Option<usize> {
        match self {
            Self::Item(hit) => Some(hit.entry),
            Self::Bundle { .. } => None,
        }
    }
}

/// The hits, behind what the clerk has at hand; each item once.
pub(super) fn behind(front: &[Shortcut], hits: Vec<Hit>) -> Vec<Hit> {
    let is_in_front = |hit: &Hit| front.iter().any(|shortcut| shortcut.entry == hit.entry);
    let plain = |entry: usize| Hit { entry, score: 0, class: None, marks: Vec::new(), matched: Matched::All };
    let first = front.iter().map(|shortcut| plain(shortcut.entry));
    first.chain(hits.iter().filter(|hit| !is_in_front(hit)).cloned()).collect()
}

/// The hits with the linked matters that match, each before the items that match less well.
pub(super) fn with_bundles(hits: Vec<Hit>, query: &str, bundles: &[Bundle]) -> Vec<Listed> {
    let mut listed: Vec<(u32, Listed)> =
        hits.into_iter().map(|hit| (hit.class.map_or(u32::MAX, Class::score), Listed::Item(hit))).collect();
    if query.chars().filter(|c| !c.is_whitespace()).count() < LEAST_TYPED {
        return listed.into_iter().map(|(_, row)| row).collect();
    }
    let mut matcher = Matcher::new(query);
    for (index, bundle) in bundles.iter().enumerate() {
        let by_name = matcher.matches(&bundle.name).map(|found| (found.score, found.marks));
        let by_alias = bundle.aliases.iter().filter_map(|alias| matcher.matches(alias)).map(|found| {
            let class = if found.score == Class::Exact.score() { Class::WholeAlias } else { Class::Alias };
            (class.score().min(found.score), Vec::new())
        });
        let best = by_name.into_iter().chain(by_alias).max_by_key(|(score, _)| *score);
        if let Some((score, marks)) = best {
            let place = listed.partition_point(|(other, _)| *other >= score);
            listed.insert(place, (score, Listed::Bundle { index, marks }));
        }
    }
    listed.into_iter().map(|(_, row)| row).collect()
}
