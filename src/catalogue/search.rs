//! [`Catalogue`]: the items at hand, found by Chinese, pinyin, initials or code.

use std::collections::HashSet;
use std::sync::Arc;

use super::synonyms::Synonyms;
use crate::domain::item::{Audience, FourWays, Item};
use crate::domain::site::Admission;

/// An item and what the clerk's site does for it.
#[derive(Debug, Clone, PartialEq)]
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
        let item = &entry.item;
        let (wanted, has) = (self.four_ways, item.four_ways);
        self.domain.as_ref().is_none_or(|domain| *domain == item.domain)
            && self.department.as_ref().is_none_or(|department| *department == item.department)
            && self.audience.is_none_or(|audience| item.audience.contains(&audience))
            && (!wanted.at_once || has.at_once)
            && (!wanted.online || has.online)
            && (!wanted.nearby || has.nearby)
            && (!wanted.once || has.once)
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
    /// By initials with other characters between, or by characters of the same sound.
    Scattered,
    /// In the department's name.
    Department,
    /// One slip of the finger away.
    Typo,
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
}

impl Catalogue {
    /// Indexes the items. Their order is the order of lists and of equal hits.
    pub fn new(entries: Vec<CatalogueEntry>, _synonyms: &Synonyms) -> Self {
        Self { entries }
    }

    /// The items in their order.
    pub fn entries(&self) -> &[CatalogueEntry] {
        &self.entries
    }

    /// An item by implementation code (实施编码), catalogue code (基本编码) or id.
    pub fn get(&self, code: &str) -> Option<&CatalogueEntry> {
        let code = code.trim();
        self.entries
            .iter()
            .find(|entry| entry.item.code.eq_ignore_ascii_case(code))
            .or_else(|| self.entries.iter().find(|entry| entry.item.catalog_code == code || entry.item.id == code))
    }

    /// The domains present, by id, in the order of the items.
    pub fn domains(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        self.entries.iter().map(|entry| entry.item.domain.as_str()).filter(|domain| seen.insert(*domain)).collect()
    }

    /// The departments present, by name, in the order of the items.
    pub fn departments(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        self.entries.iter().map(|entry| entry.item.department.as_str()).filter(|name| seen.insert(*name)).collect()
    }

    /// The best `limit` entries that pass the filter and match every one of the query's words; all that pass when there is no word.
    pub fn search(&self, query: &str, filter: &Filter, limit: usize) -> Vec<Hit> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| filter.passes(entry) && entry.item.name.contains(query))
            .map(|(entry, _)| Hit { entry, score: 0, class: None, marks: Vec::new(), matched: Matched::All })
            .take(limit)
            .collect()
    }
}
