//! [`Catalogue`]: the items at hand, found by Chinese, pinyin, initials or code.
//!
//! A query is words between blanks; an entry must match every one of them, each anywhere in its name, its everyday words, its department or its
//! codes. The search is generous by degrees: only while few entries are found does it forgive gaps, homophones, and at last one slip.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::index::{Field, Index};
use super::pattern::Pattern;
use super::probe::{Generosity, Judgement, Probe, Where};
use super::synonyms::Synonyms;
use crate::domain::item::{Audience, FourWays, Item};
use crate::domain::site::Admission;

/// An item and what the clerk's site does for it, as the backend serves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// The item.
    pub item: Arc<Item>,
    /// Whether and how it is done here, and where else.
    pub admission: Admission,
}

/// Which items a list is about. The default lets everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this domain (领域), by id.
    pub domain: Option<String>,
    /// Only what serves this audience (服务对象).
    pub audience: Option<Audience>,
    /// Only this department (实施主体), by name.
    pub department: Option<String>,
    /// Each way (四办) that is set here must be set on the item.
    pub four_ways: FourWays,
    /// Only what is admitted at the clerk's site (准入).
    pub admitted_only: bool,
}

impl Filter {
    /// Whether an entry passes.
    pub fn passes(&self, entry: &CatalogueEntry) -> bool {
        // The item is looked at only where the filter asks: a pass over all items must not touch each of them.
        let item = &entry.item;
        let wanted = self.four_ways;
        self.domain.as_ref().is_none_or(|domain| *domain == item.domain)
            && self.department.as_ref().is_none_or(|department| *department == item.department)
            && self.audience.is_none_or(|audience| item.audience.contains(&audience))
            && (!wanted.at_once || item.four_ways.at_once)
            && (!wanted.online || item.four_ways.online)
            && (!wanted.nearby || item.four_ways.nearby)
            && (!wanted.once || item.four_ways.once)
            && (!self.admitted_only || entry.admission.role.is_some())
    }
}

/// How well an entry matches, the best first. With several search words, how well the worst of them matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The whole name or the whole code.
    Exact,
    /// The beginning of the name.
    Prefix,
    /// The beginning of a part of the name: after a bracket, a stroke, a number.
    Word,
    /// Somewhere in the name.
    Substring,
    /// A whole everyday word (别名).
    WholeAlias,
    /// Somewhere in an everyday word.
    Alias,
    /// Part of a code.
    Code,
    /// By sounds that are easily confused: zh and z, n and l, in and ing.
    Sound,
    /// With other characters between, or by characters of the same sound.
    Scattered,
    /// In the department's name.
    Department,
    /// One slip of the finger away.
    Typo,
}

impl Class {
    /// Its share in a score; better classes have more.
    pub const fn score(self) -> u32 {
        1100 - 100 * (self as u32)
    }
}

/// Where the search words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    /// There were none: the whole list.
    All,
    /// In the name.
    Name,
    /// In an everyday word (别名).
    Alias {
        /// The word.
        text: String,
        /// Indices of its characters that matched.
        marks: Vec<usize>,
    },
    /// In the department's name.
    Department,
    /// In a code.
    Code,
}

/// One entry found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index into [`Catalogue::entries`].
    pub entry: usize,
    /// The higher the better: the class, then whether it is admitted here.
    pub score: u32,
    /// How well it matches; `None` for an empty query.
    pub class: Option<Class>,
    /// Indices of the characters of the item's name that matched, ascending.
    pub marks: Vec<usize>,
    /// Where the words were found; with several words, where the worst of them was.
    pub matched: Matched,
}

/// The items at hand, indexed.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    entries: Vec<CatalogueEntry>,
    index: Index,
    /// Indices of the entries by implementation code, by catalogue code, by id.
    by_key: [Vec<usize>; 3],
}

/// The keys of an item, in the order of [`Catalogue::by_key`].
const KEYS: [fn(&Item) -> &str; 3] = [|item| &item.code, |item| &item.catalog_code, |item| &item.id];

/// While fewer entries than this are found, the search grows more generous.
const FEW: usize = 5;

/// What an entry has for being admitted at the clerk's site.
const ADMITTED_SCORE: u32 = 10;

impl Catalogue {
    /// Indexes the items. Their order is the order of lists and of equal hits.
    pub fn new(entries: Vec<CatalogueEntry>, synonyms: &Synonyms) -> Self {
        let index = Index::new(&entries, synonyms);
        let by_key = KEYS.map(|key| {
            let mut order: Vec<usize> = (0..entries.len()).collect();
            order.sort_by_key(|entry| entries.get(*entry).map(|entry| key(&entry.item)));
            order
        });
        Self { entries, index, by_key }
    }

    /// The items in their order.
    pub fn entries(&self) -> &[CatalogueEntry] {
        &self.entries
    }

    /// An item by implementation code (实施编码), catalogue code (基本编码) or id. Letters may be small; blanks around are dropped. When
    /// several have it (one catalogue code with several bodies), the first.
    pub fn get(&self, code: &str) -> Option<&CatalogueEntry> {
        let code = code.trim();
        let upper = code.to_ascii_uppercase();
        KEYS.iter().zip(&self.by_key).zip([upper.as_str(), &upper, code]).find_map(|((key, order), wanted)| {
            let of = |entry: usize| self.entries.get(entry).map(|entry| key(&entry.item));
            let place = order.partition_point(|entry| of(*entry) < Some(wanted));
            let entry = order.get(place).copied().filter(|entry| of(*entry) == Some(wanted))?;
            self.entries.get(entry)
        })
    }

    /// The domains present, by id, in the order of the items.
    pub fn domains(&self) -> Vec<&str> {
        distinct(self.entries.iter().map(|entry| entry.item.domain.as_str()))
    }

    /// The departments present, by name, in the order of the items.
    pub fn departments(&self) -> Vec<&str> {
        distinct(self.entries.iter().map(|entry| entry.item.department.as_str()))
    }

    /// The best `limit` entries that pass the filter and match every one of the query's words; all that pass when there is no word.
    pub fn search(&self, query: &str, filter: &Filter, limit: usize) -> Vec<Hit> {
        let words = Pattern::words(query);
        if words.is_empty() {
            return self.list(filter, limit);
        }
        let mut ranked = Vec::new();
        let mut probes = Vec::new();
        for generosity in [Generosity::Plain, Generosity::Wide, Generosity::Slip] {
            probes = words.iter().map(|word| Probe::new(&self.index, word, generosity)).collect();
            ranked = self.rank(&probes, filter);
            if ranked.len() >= FEW {
                break;
            }
        }
        if limit < ranked.len() {
            ranked.select_nth_unstable(limit);
            ranked.truncate(limit);
        }
        ranked.sort_unstable();
        ranked.into_iter().filter_map(|rank| self.hit(rank, &probes)).collect()
    }

    fn list(&self, filter: &Filter, limit: usize) -> Vec<Hit> {
        let passing = |admitted: bool| {
            self.entries
                .iter()
                .enumerate()
                .filter(move |(_, entry)| entry.admission.role.is_some() == admitted && filter.passes(entry))
        };
        passing(true)
            .chain(passing(false))
            .take(limit)
            .map(|(entry, found)| Hit {
                entry,
                score: if found.admission.role.is_some() { ADMITTED_SCORE } else { 0 },
                class: None,
                marks: Vec::new(),
                matched: Matched::All,
            })
            .collect()
    }

    fn rank(&self, probes: &[Probe], filter: &Filter) -> Vec<Rank> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| filter.passes(entry))
            .filter_map(|(entry, found)| {
                let mut worst = Class::Exact;
                for probe in probes {
                    worst = worst.max(probe.judge(&self.index, entry)?.class);
                }
                Some(Rank { class: worst, elsewhere: found.admission.role.is_none(), entry })
            })
            .collect()
    }

    /// Works out where the words were found.
    fn hit(&self, rank: Rank, probes: &[Probe]) -> Option<Hit> {
        let found = self.entries.get(rank.entry)?;
        let mut marks = Vec::new();
        let mut worst: Option<(&Probe, Judgement)> = None;
        for probe in probes {
            let judgement = probe.judge(&self.index, rank.entry)?;
            if judgement.place == Where::Field(Field::Name) {
                marks.extend(probe.marks(&self.index, rank.entry, judgement));
            }
            if worst.as_ref().is_none_or(|(_, other)| other.class < judgement.class) {
                worst = Some((probe, judgement));
            }
        }
        marks.sort_unstable();
        marks.dedup();
        let (probe, judgement) = worst?;
        let matched = match judgement.place {
            Where::Field(Field::Name) => Matched::Name,
            Where::Field(Field::Alias(place)) => Matched::Alias {
                text: self.alias(found, rank.entry, place),
                marks: probe.marks(&self.index, rank.entry, judgement),
            },
            Where::Department => Matched::Department,
            Where::Code => Matched::Code,
        };
        let score = rank.class.score() + if rank.elsewhere { 0 } else { ADMITTED_SCORE };
        Some(Hit { entry: rank.entry, score, class: Some(rank.class), marks, matched })
    }

    /// An everyday word of an entry as it is written: the item's own, or out of the table.
    fn alias(&self, found: &CatalogueEntry, entry: usize, place: usize) -> String {
        found.item.aliases.get(place).cloned().unwrap_or_else(|| {
            let mut fields = self.index.each_field(entry);
            fields
                .find(|(field, _)| *field == Field::Alias(place))
                .map(|(_, text)| self.index.spell(text))
                .unwrap_or_default()
        })
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

/// Place of an entry in the list, the best first: class, then admitted here, then the catalogue's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    class: Class,
    elsewhere: bool,
    entry: usize,
}

#[cfg(test)]
mod tests;
