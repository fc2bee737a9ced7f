//! A catalogue as numbers: names, everyday words, departments, codes, and what many items have in common.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::codes::Codes;
use super::glyphs::{GAP, Glyphs, Numbering};
use super::synonyms::Synonyms;
use super::texts::Texts;
use crate::domain::item::{Audience, FourWays, Limit, ProjectType};
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
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    pub(super) glyphs: Glyphs,
    /// The name of each entry.
    pub(super) names: Texts,
    /// The distinct sets of everyday words: those of an item, then those of the table that its name calls for.
    pub(super) words: Texts,
    /// The set of each entry.
    pub(super) words_of: Vec<u32>,
    /// The distinct departments, in the order of the items.
    pub(super) departments: Texts,
    pub(super) kinds: Vec<Kind>,
    /// The kind of each entry.
    pub(super) kind_of: Vec<u32>,
    pub(super) codes: Codes,
}

impl Index {
    /// The kind of an entry.
    #[inline]
    pub(super) fn kind(&self, entry: usize) -> Option<&Kind> {
        self.kinds.get(*self.kind_of.get(entry)? as usize)
    }

    /// The everyday words of an entry, as one text of several fields.
    #[inline]
    pub(super) fn words(&self, entry: usize) -> &[u16] {
        self.words_of.get(entry).map_or(&[], |set| self.words.get(*set as usize))
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
    everyday: Everyday<'a>,
    numbering: Numbering,
    words: HashMap<Box<[u16]>, u32>,
    departments: HashMap<String, usize>,
    kinds: HashMap<Kind, u32>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(synonyms: &'a Synonyms) -> Self {
        Self {
            index: Index::default(),
            everyday: Everyday::new(synonyms),
            numbering: Numbering::default(),
            words: HashMap::new(),
            departments: HashMap::new(),
            kinds: HashMap::new(),
        }
    }

    pub(super) fn push(&mut self, item: &Brief) {
        let name = self.numbers(&item.name);
        self.index.names.push(&name, self.numbering.glyphs());
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
        self.push_kind(Kind {
            domain: item.domain.as_str().into(),
            department,
            audience: item.audience.clone(),
            four_ways: item.four_ways,
            project_type: item.project_type,
            promised_limit: item.promised_limit,
            role: item.role,
            elsewhere: item.elsewhere.as_deref().map(Arc::from),
        });
    }

    fn numbers(&mut self, text: &str) -> Vec<u16> {
        text.chars().map(|c| self.numbering.number(c)).collect()
    }

    fn push_words(&mut self, words: Box<[u16]>) {
        let set = match self.words.get(&words) {
            Some(set) => *set,
            None => {
                let set = number(self.index.words.len());
                self.index.words.push(&words, self.numbering.glyphs());
                self.words.insert(words, set);
                set
            }
        };
        self.index.words_of.push(set);
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

    fn push_kind(&mut self, kind: Kind) {
        let place = match self.kinds.get(&kind) {
            Some(place) => *place,
            None => {
                let place = number(self.index.kinds.len());
                self.index.kinds.push(kind.clone());
                self.kinds.insert(kind, place);
                place
            }
        };
        self.index.kind_of.push(place);
    }

    pub(super) fn finish(mut self) -> Index {
        self.index.glyphs = self.numbering.finish();
        for texts in [&mut self.index.names, &mut self.index.words, &mut self.index.departments] {
            texts.shrink();
        }
        self.index.words_of.shrink_to_fit();
        self.index.kind_of.shrink_to_fit();
        self.index.codes.shrink();
        self.index
    }
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
