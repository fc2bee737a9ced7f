//! A catalogue as numbers: names, everyday words, departments, codes, and what many items have in common.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::codes::Codes;
use super::glyphs::{GAP, Glyphs, Numbering};
use super::listing::Listing;
use super::narrow::Narrow;
use super::synonyms::Synonyms;
use super::texts::{Heap, Texts};
use crate::domain::item::{Audience, FourWays, Limit, Offered, ProjectType};
use crate::domain::site::Role;

/// What a list shows and filters by, apart from an item's name and code. Many items have all of it in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Kind {
    /// Number of the domain.
    domain: u32,
    /// Number of the department.
    pub(super) department: u32,
    /// Number of the audience.
    audience: u32,
    pub(super) four_ways: FourWays,
    pub(super) project_type: ProjectType,
    pub(super) promised_limit: Option<Limit>,
    pub(super) role: Option<Role>,
    /// Number of the nearest other site that takes it.
    elsewhere: Option<u32>,
}

/// What items have in common, each once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Shared {
    pub(super) kinds: Vec<Kind>,
    /// The days on which something is offered. Not part of the kinds: each combination would be another.
    offers: Vec<Offered>,
    domains: Vec<Arc<str>>,
    audiences: Vec<Vec<Audience>>,
    /// Names of sites.
    sites: Vec<Arc<str>>,
}

impl Shared {
    /// The domain of a kind.
    pub(super) fn domain(&self, kind: &Kind) -> Arc<str> {
        self.domains.get(kind.domain as usize).cloned().unwrap_or_default()
    }

    /// Whom a kind is for.
    pub(super) fn audience(&self, kind: &Kind) -> &[Audience] {
        self.audiences.get(kind.audience as usize).map_or(&[], Vec::as_slice)
    }

    /// Name of the nearest other site that takes a kind.
    pub(super) fn elsewhere(&self, kind: &Kind) -> Option<Arc<str>> {
        self.sites.get(kind.elsewhere? as usize).cloned()
    }
}

/// Values, each once, in the order in which they first came.
#[derive(Debug)]
struct Distinct<T> {
    values: Vec<T>,
    places: HashMap<T, u32>,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { values: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Distinct<T> {
    /// The place of a value, which is one of them from now on.
    fn place(&mut self, value: T) -> u32 {
        let values = &mut self.values;
        *self.places.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            number(values.len() - 1)
        })
    }
}

/// The index of a catalogue.
///
/// Its entries stand in the order in which equal matches are shown: what the site does first, then by the length of the name, then as the
/// items came. So a search that goes through them can stop when enough were found.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    pub(super) glyphs: Glyphs,
    /// The entries in the order of lists: what the site does first, then as the items came.
    pub(super) listed: Listing,
    /// The name of each entry.
    pub(super) names: Texts,
    /// The distinct sets of everyday words, by length: those of an item, then those of the table that its name calls for.
    pub(super) words: Texts,
    /// The set of each entry.
    pub(super) words_of: Narrow,
    /// The distinct departments, in the order of the items.
    pub(super) departments: Texts,
    pub(super) shared: Shared,
    /// The kind of each entry.
    pub(super) kind_of: Narrow,
    /// The days on which each entry is offered.
    pub(super) offer_of: Narrow,
    pub(super) codes: Codes,
}

impl Index {
    /// The kind of an entry.
    #[inline]
    pub(super) fn kind(&self, entry: usize) -> Option<&Kind> {
        self.shared.kinds.get(self.kind_of.get(entry)?)
    }

    /// The days on which an entry is offered.
    #[inline]
    pub(super) fn offered(&self, entry: usize) -> Offered {
        self.offer_of.get(entry).and_then(|offer| self.shared.offers.get(offer)).copied().unwrap_or_default()
    }

    /// The everyday words of an entry, as one text of several fields.
    #[inline]
    pub(super) fn words(&self, entry: usize) -> &[u16] {
        self.words_of.get(entry).map_or(&[], |set| self.words.get(set))
    }

    /// Whether a character is a mark.
    pub(super) fn is_mark(&self, number: u16) -> bool {
        self.glyphs.get(number).is_some_and(|glyph| glyph.is_mark)
    }
}

/// Makes an index of entries as they come.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    index: Index,
    names: Heap,
    words: Heap,
    /// The set of everyday words, the kind and the days of each item, as they come.
    words_of: Vec<u32>,
    kind_of: Vec<u32>,
    offer_of: Vec<u32>,
    everyday: Everyday<'a>,
    numbering: Numbering,
    word_sets: HashMap<Box<[u16]>, u32>,
    departments: HashMap<String, u32>,
    kinds: Distinct<Kind>,
    offers: Distinct<Offered>,
    domains: Distinct<Arc<str>>,
    audiences: Distinct<Vec<Audience>>,
    sites: Distinct<Arc<str>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(synonyms: &'a Synonyms) -> Self {
        Self {
            index: Index::default(),
            names: Heap::default(),
            words: Heap::default(),
            words_of: Vec::new(),
            kind_of: Vec::new(),
            offer_of: Vec::new(),
            everyday: Everyday::new(synonyms),
            numbering: Numbering::default(),
            word_sets: HashMap::new(),
            departments: HashMap::new(),
            kinds: Distinct::default(),
            offers: Distinct::default(),
            domains: Distinct::default(),
            audiences: Distinct::default(),
            sites: Distinct::default(),
        }
    }

    pub(super) fn push(&mut self, item: &Brief) {
        let name = self.numbers(&item.name);
        self.names.push(name);
        let everyday = self.everyday.words_for(&item.name);
        let added = everyday.into_iter().filter(|word| !item.aliases.iter().any(|alias| alias == word));
        let mut words = Vec::new();
        for word in item.aliases.iter().map(String::as_str).chain(added) {
            if !words.is_empty() {
                words.push(GAP);
            }
            words.extend(self.numbers(word));
        }
        self.push_words(words.into_boxed_slice());
        self.index.codes.push(&item.code, &item.catalog_code);
        let department = self.department(&item.department);
        self.offer_of.push(self.offers.place(item.offered));
        let kind = Kind {
            domain: self.domains.place(item.domain.as_str().into()),
            department,
            audience: self.audiences.place(item.audience.clone()),
            four_ways: item.four_ways,
            project_type: item.project_type,
            promised_limit: item.promised_limit,
            role: item.role,
            elsewhere: item.elsewhere.as_deref().map(|site| self.sites.place(site.into())),
        };
        self.kind_of.push(self.kinds.place(kind));
    }

    fn numbers(&mut self, text: &str) -> Vec<u16> {
        text.chars().map(|c| self.numbering.number(c)).collect()
    }

    fn push_words(&mut self, words: Box<[u16]>) {
        let set = match self.word_sets.get(&words) {
            Some(set) => *set,
            None => {
                let set = self.words.push(words.iter().copied());
                self.word_sets.insert(words, set);
                set
            }
        };
        self.words_of.push(set);
    }

    fn department(&mut self, name: &str) -> u32 {
        if let Some(department) = self.departments.get(name) {
            return *department;
        }
        let text = self.numbers(name);
        let department = number(self.index.departments.len());
        self.index.departments.push(&text, self.numbering.glyphs());
        self.departments.insert(name.to_owned(), department);
        department
    }

    pub(super) fn finish(mut self) -> Index {
        self.index.glyphs = self.numbering.finish();
        let admitted: Vec<bool> = self.kinds.values.iter().map(|kind| kind.role.is_some()).collect();
        let is_admitted = |item: u32| {
            let kind = self.kind_of.get(item as usize).copied().unwrap_or_default();
            admitted.get(kind as usize).is_some_and(|admitted| *admitted)
        };
        // Every sort keeps the order of what is equal.
        let mut items: Vec<u32> = self.names.numbers().collect();
        let group = |item: &u32| (!is_admitted(*item), self.names.get(*item).len());
        items.sort_by_key(group);
        self.index.listed = Listing::new(items.iter().map(|item| (group(item), (!is_admitted(*item), *item))));
        let mut sets: Vec<u32> = self.words.numbers().collect();
        sets.sort_by_key(|set| self.words.get(*set).len());
        let mut set_of = vec![0; sets.len()];
        for (place, set) in (0..).zip(&sets) {
            if let Some(new) = set_of.get_mut(*set as usize) {
                *new = place;
            }
        }
        self.index.names = self.names.arranged(&items, &self.index.glyphs);
        self.index.words = self.words.arranged(&sets, &self.index.glyphs);
        self.index.departments.shrink();
        self.index.words_of = in_order(&set_of, &in_order(&self.words_of, &items)).into_iter().collect();
        self.index.kind_of = in_order(&self.kind_of, &items).into_iter().collect();
        self.index.offer_of = in_order(&self.offer_of, &items).into_iter().collect();
        self.index.codes.arrange(&items);
        self.index.shared = Shared {
            kinds: self.kinds.values,
            offers: self.offers.values,
            domains: self.domains.values,
            audiences: self.audiences.values,
            sites: self.sites.values,
        };
        self.index
    }
}

/// The numbers at these places.
pub(super) fn in_order<T: Copy + Default>(numbers: &[T], places: &[u32]) -> Vec<T> {
    places.iter().map(|place| numbers.get(*place as usize).copied().unwrap_or_default()).collect()
}

/// More than four thousand million of anything do not fit into the memory.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The table of everyday words, by the first character of each phrase.
#[derive(Debug)]
struct Everyday<'a> {
    by_first: HashMap<char, Vec<(&'a str, &'a str)>>,
}

impl<'a> Everyday<'a> {
    fn new(synonyms: &'a Synonyms) -> Self {
        let mut by_first: HashMap<char, Vec<(&str, &str)>> = HashMap::new();
        for (word, phrases) in synonyms.iter() {
            for phrase in phrases {
                if let Some(first) = phrase.chars().next() {
                    by_first.entry(first).or_default().push((phrase, word));
                }
            }
        }
        Self { by_first }
    }

    /// The everyday words of a name, each once.
    fn words_for(&self, name: &str) -> Vec<&'a str> {
        let mut words = Vec::new();
        for (at, first) in name.char_indices() {
            for (phrase, word) in self.by_first.get(&first).into_iter().flatten() {
                let mut parts = phrase.split(' ');
                let begins = name.get(at..).zip(parts.next()).is_some_and(|(rest, part)| rest.starts_with(part));
                if begins && parts.all(|part| name.contains(part)) && !words.contains(word) {
                    words.push(*word);
                }
            }
        }
        words
    }
}
