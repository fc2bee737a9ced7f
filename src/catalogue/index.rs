//! All names, everyday words and departments as numbers of characters, and one pass over them.
//!
//! Two bytes a character and no strings. What a query means is worked out once for each syllable and each distinct character; the pass then
//! only looks up.

use std::collections::HashMap;
use std::ops::Range;

use super::CatalogueEntry;
use super::line::{self, Found, Gapped, Line, slip_step};
use super::pattern::{Degree, Moves, Pattern};
use super::sounds::{confused_with, fold, is_mark, readings};
use super::synonyms::Synonyms;

/// Stands between two fields.
const GAP: u16 = 0;
/// Stands for every character after the 65,534th distinct one.
const RARE: u16 = 1;

/// What is known of a distinct character.
#[derive(Debug, Clone)]
struct Glyph {
    char: char,
    syllables: Vec<u16>,
    is_mark: bool,
    is_narrow: bool,
}

#[derive(Debug, Clone)]
struct Syllable {
    letters: &'static str,
    confused: Vec<String>,
}

/// Which field of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Its name.
    Name,
    /// One of its everyday words: those of the item first, then those of the table.
    Alias(usize),
}

/// The index of a catalogue.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    numbers: HashMap<char, u16>,
    glyphs: Vec<Glyph>,
    syllables: Vec<Syllable>,
    syllable_numbers: HashMap<&'static str, u16>,
    /// For each entry its name, then its everyday words, each followed by a [`GAP`].
    text: Vec<u16>,
    /// Where each entry begins in `text`, and the end of the last.
    starts: Vec<usize>,
    /// The distinct departments.
    departments: Vec<Vec<u16>>,
    /// For each entry the number of its department.
    department_of: Vec<u32>,
    /// For each entry its implementation code and, unless that ends with it, its catalogue code; upper-case, each followed by a line feed.
    codes: String,
    code_starts: Vec<usize>,
}

impl Index {
    pub(super) fn new(entries: &[CatalogueEntry], synonyms: &Synonyms) -> Self {
        let mut index = Self::default();
        for unused in ['\u{0}', '\u{fffd}'] {
            index.glyphs.push(Glyph { char: unused, syllables: Vec::new(), is_mark: false, is_narrow: false });
        }
        let everyday = Everyday::new(synonyms);
        let mut departments: HashMap<&str, u32> = HashMap::new();
        for entry in entries {
            let item = &entry.item;
            index.starts.push(index.text.len());
            index.push_field(&item.name);
            for alias in &item.aliases {
                index.push_field(alias);
            }
            for word in everyday.words_for(&item.name) {
                if !item.aliases.iter().any(|alias| alias == word) {
                    index.push_field(word);
                }
            }
            let number = departments.get(item.department.as_str()).copied().unwrap_or_else(|| {
                let number = u32::try_from(index.departments.len()).unwrap_or(u32::MAX);
                let name = item.department.chars().map(|c| index.number(c)).collect();
                index.departments.push(name);
                departments.insert(&item.department, number);
                number
            });
            index.department_of.push(number);
            index.code_starts.push(index.codes.len());
            for code in [&item.code, &item.catalog_code] {
                let code = code.to_ascii_uppercase();
                let known = index.code_starts.last().and_then(|start| index.codes.get(*start..)).unwrap_or_default();
                if !known.trim_end().ends_with(&code) {
                    index.codes.push_str(&code);
                    index.codes.push('\n');
                }
            }
        }
        index.starts.push(index.text.len());
        index.code_starts.push(index.codes.len());
        index
    }

    fn push_field(&mut self, text: &str) {
        for c in text.chars() {
            let number = self.number(c);
            self.text.push(number);
        }
        self.text.push(GAP);
    }

    fn number(&mut self, c: char) -> u16 {
        let c = fold(c);
        if let Some(number) = self.numbers.get(&c) {
            return *number;
        }
        let Ok(number) = u16::try_from(self.glyphs.len()) else { return RARE };
        let syllables = readings(c).into_iter().map(|letters| self.syllable(letters)).collect();
        self.glyphs.push(Glyph { char: c, syllables, is_mark: is_mark(c), is_narrow: c.is_ascii_alphanumeric() });
        self.numbers.insert(c, number);
        number
    }

    fn syllable(&mut self, letters: &'static str) -> u16 {
        *self.syllable_numbers.entry(letters).or_insert_with(|| {
            self.syllables.push(Syllable { letters, confused: confused_with(letters) });
            u16::try_from(self.syllables.len().saturating_sub(1)).unwrap_or(u16::MAX)
        })
    }

    /// All fields of an entry with the gaps after them.
    pub(super) fn fields(&self, entry: usize) -> &[u16] {
        slice(&self.text, &self.starts, entry)
    }

    /// The name and the everyday words of an entry.
    pub(super) fn each_field(&self, entry: usize) -> impl Iterator<Item = (Field, &[u16])> {
        let fields = self.fields(entry);
        let fields = fields.strip_suffix(&[GAP]).unwrap_or(fields);
        fields
            .split(|number| *number == GAP)
            .enumerate()
            .map(|(place, text)| (place.checked_sub(1).map_or(Field::Name, Field::Alias), text))
    }

    /// Whether a character of a field is a mark.
    pub(super) fn is_mark(&self, field: &[u16], at: usize) -> bool {
        field.get(at).and_then(|number| self.glyphs.get(usize::from(*number))).is_some_and(|glyph| glyph.is_mark)
    }

    /// A field's characters, folded.
    pub(super) fn spell(&self, field: &[u16]) -> String {
        field.iter().filter_map(|number| self.glyphs.get(usize::from(*number))).map(|glyph| glyph.char).collect()
    }

    /// The distinct departments in the order of the items.
    pub(super) fn departments(&self) -> impl Iterator<Item = &[u16]> {
        self.departments.iter().map(Vec::as_slice)
    }

    /// The number of an entry's department.
    pub(super) fn department_of(&self, entry: usize) -> usize {
        self.department_of.get(entry).map_or(usize::MAX, |number| *number as usize)
    }

    /// The codes of an entry.
    pub(super) fn codes(&self, entry: usize) -> impl Iterator<Item = &str> {
        range(&self.code_starts, entry).and_then(|range| self.codes.get(range)).unwrap_or_default().lines()
    }

    /// What every character means for a word.
    pub(super) fn table(&self, word: &Pattern, degree: Degree, slips: bool) -> Table {
        let of_syllable: Vec<Moves> =
            self.syllables.iter().map(|s| word.syllable(s.letters, &s.confused, degree)).collect();
        let slips_of: Vec<Moves> =
            if slips { self.syllables.iter().map(|s| word.slips(s.letters)).collect() } else { Vec::new() };
        let mut table = Table {
            slots: vec![0; self.glyphs.len()],
            from: vec![0; self.glyphs.len()],
            moves: vec![Moves::default(), Moves::stay()],
            slips: vec![Moves::default(); 2],
            end: word.end(),
        };
        for ((slot, from), glyph) in table.slots.iter_mut().zip(&mut table.from).zip(&self.glyphs) {
            if glyph.is_mark {
                (*slot, *from) = (MARK, u64::MAX);
                continue;
            }
            let mut moves = word.literal(glyph.char);
            let mut slipped = Moves::default();
            for syllable in &glyph.syllables {
                if let Some(more) = of_syllable.get(usize::from(*syllable)) {
                    moves.join(more);
                }
                if let Some(more) = slips_of.get(usize::from(*syllable)) {
                    slipped.join(more);
                }
            }
            if !(moves.is_empty() && slipped.is_empty()) {
                // There are never more slots than characters.
                *slot = u16::try_from(table.moves.len()).unwrap_or(0);
                *from = moves.from();
                table.moves.push(moves);
                table.slips.push(slipped);
            }
        }
        table
    }
}

/// The part of `all` that belongs to an entry.
fn slice<'a>(all: &'a [u16], starts: &[usize], entry: usize) -> &'a [u16] {
    range(starts, entry).and_then(|range| all.get(range)).unwrap_or_default()
}

fn range(starts: &[usize], entry: usize) -> Option<Range<usize>> {
    match starts.get(entry..=entry.checked_add(1)?)? {
        [start, end] => Some(*start..*end),
        _ => None,
    }
}

/// Slot of the marks.
const MARK: u16 = 1;

/// What every character of the index means for one word of a query.
#[derive(Debug)]
pub(super) struct Table {
    /// For each number the place of its moves: 0 for none, [`MARK`] for a mark.
    slots: Vec<u16>,
    /// For each number the positions that it moves: all that most characters need to be asked.
    from: Vec<u64>,
    moves: Vec<Moves>,
    slips: Vec<Moves>,
    end: u64,
}

impl Table {
    #[inline]
    fn slot(&self, number: u16) -> usize {
        self.slots.get(usize::from(number)).map_or(0, |slot| usize::from(*slot))
    }

    /// Whether the word stands anywhere in these fields without a gap.
    #[inline]
    pub(super) fn reaches(&self, fields: &[u16]) -> bool {
        let mut positions = 0;
        for number in fields {
            let from = self.from.get(usize::from(*number)).copied().unwrap_or(0);
            if (positions | 1) & from == 0 {
                positions = 0;
                continue;
            }
            positions = self.moves.get(self.slot(*number)).map_or(0, |moves| moves.step(positions | 1));
            if positions & self.end != 0 {
                return true;
            }
        }
        false
    }

    /// Whether the word stands in a field, with up to two gaps.
    pub(super) fn scatters(&self, field: &[u16]) -> bool {
        let mut reached = Gapped::default();
        let nothing = Moves::default();
        field.iter().any(|number| {
            reached = reached.step(self.moves.get(self.slot(*number)).unwrap_or(&nothing));
            reached.ended(self.end).is_some()
        })
    }

    /// Whether the word stands anywhere in these fields with one slip.
    pub(super) fn reaches_with_slip(&self, fields: &[u16]) -> bool {
        let (mut clean, mut slipped) = (0, 0);
        for number in fields {
            if *number == GAP {
                (clean, slipped) = (0, 0);
                continue;
            }
            let slot = self.slot(*number);
            if slot == 0 && clean == 0 && slipped <= 0b10 {
                // Nothing was begun and this character begins nothing, but one of the word may be too many.
                slipped = 0b10;
                continue;
            }
            if let (Some(moves), Some(slips)) = (self.moves.get(slot), self.slips.get(slot)) {
                let mark = slot == usize::from(MARK);
                (clean, slipped) = slip_step(moves, slips, clean | 1, slipped | 0b10, mark);
            }
            if (clean | slipped) & self.end != 0 {
                return true;
            }
        }
        false
    }

    /// A field as a line on which this word is tried.
    fn line<'a>(&'a self, index: &'a Index, field: &'a [u16]) -> Row<'a> {
        Row { table: self, index, field }
    }

    /// Where the word stands in a field.
    pub(super) fn locate(&self, index: &Index, field: &[u16]) -> Option<Found> {
        if !self.reaches(field) {
            return None;
        }
        line::locate(&self.line(index, field), self.end)
    }

    /// The same with one slip forgiven.
    pub(super) fn locate_slip(&self, index: &Index, field: &[u16]) -> Option<Found> {
        line::locate_slip(&self.line(index, field), self.end)
    }

    /// The characters of a field that match the word with gaps between them.
    pub(super) fn scatter(&self, index: &Index, field: &[u16]) -> Option<Vec<usize>> {
        line::scatter(&self.line(index, field), self.end)
    }
}

/// A field and what its characters mean for a word.
pub(super) struct Row<'a> {
    table: &'a Table,
    index: &'a Index,
    field: &'a [u16],
}

impl Row<'_> {
    fn slot(&self, at: usize) -> usize {
        self.field.get(at).map_or(0, |number| self.table.slot(*number))
    }

    fn is_narrow(&self, at: usize) -> bool {
        self.field
            .get(at)
            .and_then(|number| self.index.glyphs.get(usize::from(*number)))
            .is_some_and(|glyph| glyph.is_narrow)
    }
}

impl Line for Row<'_> {
    fn len(&self) -> usize {
        self.field.len()
    }

    fn moves(&self, at: usize) -> Moves {
        self.table.moves.get(self.slot(at)).copied().unwrap_or_default()
    }

    fn is_mark(&self, at: usize) -> bool {
        self.slot(at) == usize::from(MARK)
    }

    fn begins_word(&self, at: usize) -> bool {
        at.checked_sub(1).is_none_or(|before| self.is_mark(before) || self.is_narrow(before) != self.is_narrow(at))
    }

    fn slips(&self, at: usize) -> Moves {
        self.table.slips.get(self.slot(at)).copied().unwrap_or_default()
    }
}

/// The table of everyday words, by the first character of each phrase.
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
