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
    pub(super) domain: Arc<str>,
    /// Number of the department.
    pub(super) department: usize,
    pub(super) audience: Vec<Audience>,
    pub(super) four_ways: FourWays,
    pub(super) project_type: ProjectType,
    pub(super) promised_limit: Option<Limit>,
    pub(super) role: Option<Role>,
    /// Name of the nearest other site that takes it.
    pub(super) elsewhere: Option<Arc<str>>,
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
    pub(super) kinds: Vec<Kind>,
    /// The kind of each entry.
    pub(super) kind_of: Narrow,
    /// The distinct days on which something is offered. Not part of the kinds: each combination would be another.
    pub(super) offers: Vec<Offered>,
    /// Those of each entry.
    pub(super) offer_of: Narrow,
    pub(super) codes: Codes,
}

impl Index {
    /// The kind of an entry.
    #[inline]
    pub(super) fn kind(&self, entry: usize) -> Option<&Kind> {
        self.kinds.get(self.kind_of.get(entry)?)
    }

    /// The days on which an entry is offered.
    #[inline]
    pub(super) fn offered(&self, entry: usize) -> Offered {
        self.offer_of.get(entry).and_then(|offer| self.offers.get(offer)).copied().unwrap_or_default()
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
    departments: HashMap<String, usize>,
    kinds: HashMap<Kind, u32>,
    offers: HashMap<Offered, u32>,
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
            kinds: HashMap::new(),
            offers: HashMap::new(),
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
        self.offer_of.push(place(&mut self.offers, &mut self.index.offers, item.offered));
        let kind = Kind {
            domain: item.domain.as_str().into(),
            department,
            audience: item.audience.clone(),
            four_ways: item.four_ways,
            project_type: item.project_type,
            promised_limit: item.promised_limit,
            role: item.role,
            elsewhere: item.elsewhere.as_deref().map(Arc::from),
        };
        self.kind_of.push(place(&mut self.kinds, &mut self.index.kinds, kind));
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

    fn department(&mut self, name: &str) -> usize {
        if let Some(department) = self.departments.get(name) {
            return *department;
        }
        let text = self.numbers(name);
        let department = self.index.departments.len();
        self.index.departments.push(&text, self.numbering.glyphs());
        self.departments.insert(name.to_owned(), department);
        department
    }

    pub(super) fn finish(mut self) -> Index {
        self.index.glyphs = self.numbering.finish();
        let admitted: Vec<bool> = self.index.kinds.iter().map(|kind| kind.role.is_some()).collect();
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
        self.index
    }
}

/// The place of a value among the distinct ones, of which it is one from now on.
fn place<T: Clone + Eq + Hash>(places: &mut HashMap<T, u32>, distinct: &mut Vec<T>, value: T) -> u32 {
    if let Some(place) = places.get(&value) {
        return *place;
    }
    let place = number(distinct.len());
    distinct.push(value.clone());
    places.insert(value, place);
    place
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
