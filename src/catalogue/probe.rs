//! One word of a query against one entry: how well it matches, where, and which characters.

use super::index::{Field, Index, Table};
use super::line::{Found, Place};
use super::pattern::{Degree, Pattern};
use super::search::Class;

/// The shortest word of letters, and of Chinese, whose characters may stand apart.
const SHORTEST_SCATTERED: (usize, usize) = (4, 3);

/// The same within the name of a department, where short names come about so: 残联 for 残疾人联合会.
const SHORTEST_SHORT_NAME: (usize, usize) = (3, 2);

/// The shortest word in which a slip is forgiven.
const SHORTEST_SLIPPED: usize = 4;

/// The shortest part of a code that is looked up.
const SHORTEST_CODE: usize = 4;

/// How much is forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generosity {
    /// Confused sounds.
    Plain,
    /// Homophones, gaps.
    Wide,
    /// One slip.
    Slip,
}

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Field(Field),
    Department,
    Code,
}

/// What a word makes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    /// How well.
    pub(super) class: Class,
    /// And where.
    pub(super) place: Where,
}

/// One word, made ready for the index.
pub(super) struct Probe {
    exact: Table,
    sound: Table,
    /// The most generous table in use: nothing matches that it does not reach, but for gaps and slips.
    widest: Option<Table>,
    slips: Option<Table>,
    scattered: bool,
    code: Option<String>,
    /// For each department whether the word is in its name.
    departments: Vec<bool>,
}

impl Probe {
    pub(super) fn new(index: &Index, word: &Pattern, generosity: Generosity) -> Self {
        let exact = index.table(word, Degree::Exact, false);
        let sound = index.table(word, Degree::Sound, false);
        let wide = generosity >= Generosity::Wide;
        Self {
            departments: index
                .departments()
                .map(|name| sound.reaches(name) || (has_length(word, SHORTEST_SHORT_NAME) && exact.scatters(name)))
                .collect(),
            widest: (wide && word.len() > 1).then(|| index.table(word, Degree::Homophone, false)),
            slips: (generosity >= Generosity::Slip && word.len() >= SHORTEST_SLIPPED)
                .then(|| index.table(word, Degree::Sound, true)),
            scattered: wide && has_length(word, SHORTEST_SCATTERED),
            code: word.as_code().filter(|code| code.len() >= SHORTEST_CODE),
            exact,
            sound,
        }
    }

    /// How well the word matches an entry, and where; the best way counts.
    pub(super) fn judge(&self, index: &Index, entry: usize) -> Option<Judgement> {
        let fields = index.fields(entry);
        let code = self.code.as_ref().and_then(|code| code_class(index, entry, code));
        if code == Some(Class::Exact) {
            return Some(Judgement { class: Class::Exact, place: Where::Code });
        }
        let reached = self.widest.as_ref().unwrap_or(&self.sound).reaches(fields);
        if reached && let Some(judgement) = self.contiguous(index, entry, &self.exact, class_of) {
            return Some(judgement);
        }
        if let Some(class) = code {
            return Some(Judgement { class, place: Where::Code });
        }
        if reached {
            if let Some(judgement) = self.contiguous(index, entry, &self.sound, |_, _| Class::Sound) {
                return Some(judgement);
            }
            if let Some(widest) = &self.widest
                && let Some(judgement) = self.contiguous(index, entry, widest, |_, _| Class::Scattered)
            {
                return Some(judgement);
            }
        }
        if self.scattered
            && let Some((field, text)) = index.each_field(entry).next()
            && self.exact.scatters(text)
        {
            return Some(Judgement { class: Class::Scattered, place: Where::Field(field) });
        }
        if self.departments.get(index.department_of(entry)).is_some_and(|found| *found) {
            return Some(Judgement { class: Class::Department, place: Where::Department });
        }
        let slips = self.slips.as_ref().filter(|slips| slips.reaches_with_slip(fields))?;
        let (field, _) = index.each_field(entry).find(|(_, text)| slips.reaches_with_slip(text))?;
        Some(Judgement { class: Class::Typo, place: Where::Field(field) })
    }

    /// The best of the fields in which the word stands without a gap.
    fn contiguous(
        &self,
        index: &Index,
        entry: usize,
        table: &Table,
        class: impl Fn(Field, Place) -> Class,
    ) -> Option<Judgement> {
        index
            .each_field(entry)
            .filter_map(|(field, text)| {
                let found = table.locate(index, text)?;
                Some(Judgement { class: class(field, found.place), place: Where::Field(field) })
            })
            .min_by_key(|judgement| judgement.class)
    }

    /// The characters that matched, in the field where they did.
    pub(super) fn marks(&self, index: &Index, entry: usize, judgement: Judgement) -> Vec<usize> {
        let Where::Field(wanted) = judgement.place else { return Vec::new() };
        let Some((_, text)) = index.each_field(entry).find(|(field, _)| *field == wanted) else { return Vec::new() };
        let found: Option<Found> = match judgement.class {
            Class::Sound => self.sound.locate(index, text),
            Class::Scattered => {
                let homophone = self.widest.as_ref().and_then(|widest| widest.locate(index, text));
                if homophone.is_none() {
                    return self.exact.scatter(index, text).unwrap_or_default();
                }
                homophone
            }
            Class::Typo => self.slips.as_ref().and_then(|slips| slips.locate_slip(index, text)),
            _ => self.exact.locate(index, text),
        };
        let marked = found.map_or(0..0, |Found { start, end, .. }| start..end);
        marked.filter(|at| !index.is_mark(text, *at)).collect()
    }
}

fn has_length(word: &Pattern, (letters, chinese): (usize, usize)) -> bool {
    word.len() >= if word.is_letters() { letters } else { chinese }
}

/// The class of a word that stands in a field just as it was typed.
const fn class_of(field: Field, place: Place) -> Class {
    match (field, place) {
        (Field::Name, Place::Whole) => Class::Exact,
        (Field::Name, Place::Beginning) => Class::Prefix,
        (Field::Name, Place::Word) => Class::Word,
        (Field::Name, Place::Inside) => Class::Substring,
        (Field::Alias(_), Place::Whole) => Class::WholeAlias,
        (Field::Alias(_), _) => Class::Alias,
    }
}

/// How a word matches the codes of an entry: the whole of one, its beginning, or part of the catalogue code that ends it.
fn code_class(index: &Index, entry: usize, word: &str) -> Option<Class> {
    const CATALOG_CODE: usize = 12;
    index
        .codes(entry)
        .filter_map(|code| {
            let (body, catalog) = code.split_at_checked(code.len().saturating_sub(CATALOG_CODE))?;
            if word == code || (word == catalog && !catalog.is_empty()) {
                Some(Class::Exact)
            } else {
                (code.starts_with(word) || catalog.contains(word) || body == word).then_some(Class::Code)
            }
        })
        .min()
}
