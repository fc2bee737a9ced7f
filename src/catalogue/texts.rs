//! Many texts as numbers of characters, one behind the other, with the columns that tell which of them are worth reading.

use std::ops::Range;

use super::glyphs::{GAP, Glyphs};
use super::image::{Reader, Writer};
use super::letters::{Columns, Letters, Pairs, Sounds, Starts, Traits};

/// Texts, each of one or more fields with a [`GAP`] between them.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    glyphs: Vec<u16>,
    /// Neighbours of one length: of texts by length there are few, and where one begins is worked out.
    runs: Vec<Run>,
    /// For each block of 64 texts the run of its first.
    run_of: Vec<u32>,
    columns: Columns,
}

/// Texts of one length, one behind the other.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first of them.
    text: u32,
    /// Where it begins.
    start: u32,
    /// Characters of each.
    length: u32,
}

impl Texts {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Adds a text.
    pub(super) fn push(&mut self, text: &[u16], glyphs: &Glyphs) {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let length = number(text.len());
        if self.runs.last().is_none_or(|run| run.length != length) {
            self.runs.push(Run { text: number(self.len()), start: number(self.glyphs.len()), length });
        }
        if self.len().is_multiple_of(64) {
            self.run_of.push(number(self.runs.len() - 1));
        }
        self.glyphs.extend_from_slice(text);
        self.columns.push(traits(text, glyphs));
    }

    /// Writes them down.
    pub(super) fn write(&self, image: &mut Writer) {
        image.numbers(&self.glyphs);
        let runs = self.runs.iter().flat_map(|run| [run.text, run.start, run.length]);
        image.numbers(&runs.collect::<Vec<u32>>());
        image.numbers(&self.run_of);
        self.columns.write(image);
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        let (glyphs, runs): (Vec<u16>, Vec<u32>) = (image.numbers()?, image.numbers()?);
        let (runs, rest) = runs.as_chunks();
        let runs = runs.iter().map(|&[text, start, length]| Run { text, start, length }).collect();
        rest.is_empty().then_some(Self { glyphs, runs, run_of: image.numbers()?, columns: Columns::read(image)? })
    }

    /// Gives back what was reserved for more.
    pub(super) fn shrink(&mut self) {
        self.glyphs.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.run_of.shrink_to_fit();
        self.columns.shrink();
    }

    /// A text.
    #[inline]
    pub(super) fn get(&self, at: usize) -> &[u16] {
        let runs = self.run_of.get(at / 64).and_then(|run| self.runs.get(*run as usize..)).unwrap_or_default();
        let later = |run: &Run| run.text as usize > at;
        let next = runs.iter().skip(1).position(later).unwrap_or(runs.len().saturating_sub(1));
        let Some(run) = runs.get(next).filter(|run| !later(run) && at < self.len()) else { return &[] };
        let start = (at - run.text as usize) * run.length as usize + run.start as usize;
        self.glyphs.get(start..start + run.length as usize).unwrap_or_default()
    }

    /// The length of the shortest in some blocks of 64.
    pub(super) fn shortest(&self, blocks: &Range<usize>) -> usize {
        let first = self.run_of.get(blocks.start).map_or(0, |run| *run as usize);
        let runs = self.runs.get(first..).unwrap_or_default().iter();
        let within = runs.take_while(|run| (run.text as usize) < blocks.end * 64);
        within.map(|run| run.length as usize).min().unwrap_or(0)
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u16]> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// What tells the texts apart without reading them.
    pub(super) const fn columns(&self) -> &Columns {
        &self.columns
    }
}

/// Texts as they come, before they are put in order.
#[derive(Debug, Default)]
pub(super) struct Heap {
    glyphs: Vec<u16>,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Heap {
    /// Adds a text; its number.
    pub(super) fn push(&mut self, text: impl IntoIterator<Item = u16>) -> u32 {
        self.glyphs.extend(text);
        self.ends.push(u32::try_from(self.glyphs.len()).unwrap_or(u32::MAX));
        u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX)
    }

    /// A text.
    pub(super) fn get(&self, at: u32) -> &[u16] {
        let start = (at as usize).checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at as usize).copied().unwrap_or(start);
        self.glyphs.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The numbers of the texts, as they came.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// The texts of these numbers.
    pub(super) fn arranged(&self, numbers: &[u32], glyphs: &Glyphs) -> Texts {
        let mut texts = Texts::default();
        numbers.iter().for_each(|number| texts.push(self.get(*number), glyphs));
        texts.shrink();
        texts
    }
}

/// The fields of a text.
pub(super) fn fields(text: &[u16]) -> impl Iterator<Item = &[u16]> {
    text.split(|number| *number == GAP)
}

fn traits(text: &[u16], glyphs: &Glyphs) -> Traits {
    let (mut letters, mut sounds, mut pairs) = (Letters::NONE, Sounds::NONE, Pairs::NONE);
    let mut kind_before = None;
    let (mut letters_before, mut starts) = (Letters::NONE, Starts::NONE);
    for number in text {
        let Some(glyph) = glyphs.get(*number) else { continue };
        (letters, sounds) = (letters.with(glyph.letters), sounds.with(glyph.sounds));
        // A mark parts words, and so does the change between letters and Chinese.
        let kind = (glyph.is_mark, glyph.is_narrow);
        if kind_before.is_some_and(|before| before != kind) {
            letters = letters.with(Letters::BREAK);
        }
        kind_before = Some(kind);
        // A search passes over marks, but not from one field to the next.
        if *number == GAP {
            letters_before = Letters::NONE;
        } else if !glyph.is_mark {
            pairs = pairs.with(Pairs::of(letters_before, glyph.letters));
            letters_before = glyph.letters;
            if starts == Starts::NONE {
                starts = Starts::of(glyph.letters);
            }
        }
    }
    Traits { letters, sounds, pairs, starts }
}
