//! Many texts as numbers of characters, one behind the other, with the columns that tell which of them are worth reading.

use super::glyphs::{GAP, Glyphs};
use super::image::{Reader, Writer};
use super::letters::{Columns, Letters, Pairs, Sounds, Traits};

/// Texts, each of one or more fields with a [`GAP`] between them.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    glyphs: Vec<u16>,
    /// Where each text begins, and the end of the last.
    starts: Vec<u32>,
    columns: Columns,
}

impl Default for Texts {
    fn default() -> Self {
        Self { glyphs: Vec::new(), starts: vec![0], columns: Columns::default() }
    }
}

impl Texts {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Adds a text.
    pub(super) fn push(&mut self, text: &[u16], glyphs: &Glyphs) {
        self.glyphs.extend_from_slice(text);
        self.starts.push(u32::try_from(self.glyphs.len()).unwrap_or(u32::MAX));
        self.columns.push(traits(text, glyphs));
    }

    /// Writes them down.
    pub(super) fn write(&self, image: &mut Writer) {
        image.numbers(&self.glyphs);
        image.numbers(&self.starts);
        self.columns.write(image);
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        let (glyphs, starts): (Vec<u16>, Vec<u32>) = (image.numbers()?, image.numbers()?);
        let texts = starts.len().checked_sub(1)?;
        Some(Self { glyphs, starts, columns: Columns::read(image, texts)? })
    }

    /// Gives back what was reserved for more.
    pub(super) fn shrink(&mut self) {
        self.glyphs.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.columns.shrink();
    }

    /// A text.
    #[inline]
    pub(super) fn get(&self, at: usize) -> &[u16] {
        match self.starts.get(at..at.saturating_add(2)) {
            Some([start, end]) => self.glyphs.get(*start as usize..*end as usize).unwrap_or_default(),
            _ => &[],
        }
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

/// The fields of a text.
pub(super) fn fields(text: &[u16]) -> impl Iterator<Item = &[u16]> {
    text.split(|number| *number == GAP)
}

fn traits(text: &[u16], glyphs: &Glyphs) -> Traits {
    let (mut letters, mut sounds, mut pairs) = (Letters::NONE, Sounds::NONE, Pairs::NONE);
    let mut kind_before = None;
    let mut letters_before = Letters::NONE;
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
        }
    }
    Traits { letters, sounds, pairs }
}
