//! The distinct characters of a catalogue, numbered: two bytes a character and no strings.

use std::collections::HashMap;

use super::image::{Reader, Writer};
use super::letters::{Letters, Sounds};
use super::sounds::{confused_with, fold, is_mark, readings};

/// Stands between two fields of a text.
pub(super) const GAP: u16 = 0;
/// Stands for every character after the 65,534th distinct one.
const RARE: u16 = 1;
/// The number of the first character.
const FIRST: usize = 2;

/// What is known of a distinct character.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// As it is written.
    pub(super) char: char,
    /// As it is compared.
    pub(super) folded: char,
    /// Numbers of its readings.
    pub(super) syllables: Vec<u16>,
    /// Blanks, brackets, strokes: passed over.
    pub(super) is_mark: bool,
    /// A letter or a digit.
    pub(super) is_narrow: bool,
    /// What it can be looked for by.
    pub(super) letters: Letters,
    /// Its readings, as a text's columns have them.
    pub(super) sounds: Sounds,
}

impl Glyph {
    /// Stands for what is no character.
    fn unused(char: char) -> Self {
        let (syllables, letters, sounds) = (Vec::new(), Letters::NONE, Sounds::NONE);
        Self { char, folded: char, syllables, is_mark: false, is_narrow: false, letters, sounds }
    }
}

/// A reading, without tone.
#[derive(Debug, Clone)]
pub(super) struct Syllable {
    /// As it is typed.
    pub(super) letters: &'static str,
    /// The sounds it is confused with.
    pub(super) confused: Vec<String>,
}

/// The characters, by number.
#[derive(Debug, Clone)]
pub(super) struct Glyphs {
    all: Vec<Glyph>,
    syllables: Vec<Syllable>,
    /// For each letter `a`–`z` what the character may be looked for by when that letter, by a confused sound, is typed for its reading.
    heard: [Letters; 26],
    /// The letters that stand anywhere but at the beginning of a reading, as it is or confused.
    inner: Letters,
}

impl Default for Glyphs {
    fn default() -> Self {
        let all = vec![Glyph::unused('\u{0}'), Glyph::unused('\u{fffd}')];
        Self { all, syllables: Vec::new(), heard: [Letters::NONE; 26], inner: Letters::NONE }
    }
}

impl Glyphs {
    /// Writes them down.
    pub(super) fn write(&self, image: &mut Writer) {
        let chars: String = self.all.iter().skip(FIRST).map(|glyph| glyph.char).collect();
        image.bytes(chars.as_bytes());
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        let mut numbering = Numbering::default();
        for c in std::str::from_utf8(image.bytes()?).ok()?.chars() {
            numbering.number(c);
        }
        Some(numbering.finish())
    }

    /// The character of a number.
    #[inline]
    pub(super) fn get(&self, number: u16) -> Option<&Glyph> {
        self.all.get(usize::from(number))
    }

    /// All of them, by number.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Glyph> {
        self.all.iter()
    }

    /// The readings, by number.
    pub(super) fn syllables(&self) -> impl Iterator<Item = &Syllable> {
        self.syllables.iter()
    }

    /// A text as it is written.
    pub(super) fn spell(&self, text: &[u16]) -> String {
        text.iter().filter_map(|number| self.get(*number)).map(|glyph| glyph.char).collect()
    }

    /// What characters have by whose reading, as it is or confused, this letter may be the first typed.
    pub(super) fn heard_as(&self, letter: char) -> Letters {
        let place = u32::from(letter).checked_sub(u32::from('a')).and_then(|place| usize::try_from(place).ok());
        let heard = place.and_then(|place| self.heard.get(place)).copied().unwrap_or(Letters::NONE);
        heard.with(Letters::of_literal(letter))
    }

    /// Whether a letter stands only at the beginning of a reading.
    pub(super) fn begins_reading(&self, letter: char) -> bool {
        !self.inner.meets(Letters::of_literal(letter))
    }
}

/// Numbers characters as they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbering {
    glyphs: Glyphs,
    numbers: HashMap<char, u16>,
    syllable_numbers: HashMap<&'static str, u16>,
}

impl Numbering {
    /// The characters met so far.
    pub(super) const fn glyphs(&self) -> &Glyphs {
        &self.glyphs
    }

    /// Ends the numbering.
    pub(super) fn finish(self) -> Glyphs {
        self.glyphs
    }

    /// The number of a character.
    pub(super) fn number(&mut self, c: char) -> u16 {
        if let Some(number) = self.numbers.get(&c) {
            return *number;
        }
        let Ok(number) = u16::try_from(self.glyphs.all.len()) else { return RARE };
        let folded = fold(c);
        let readings = readings(folded);
        let (letters, sounds) = (Letters::of(folded, &readings), sounds_of(folded, &readings));
        let syllables = readings.into_iter().map(|letters| self.syllable(letters)).collect();
        let is_narrow = folded.is_ascii_alphanumeric();
        let is_mark = is_mark(folded);
        self.glyphs.all.push(Glyph { char: c, folded, syllables, is_mark, is_narrow, letters, sounds });
        self.numbers.insert(c, number);
        number
    }

    fn syllable(&mut self, letters: &'static str) -> u16 {
        if let Some(number) = self.syllable_numbers.get(letters) {
            return *number;
        }
        let confused = confused_with(letters);
        let initial = letters.chars().next().map_or(Letters::NONE, Letters::of_literal);
        for typed in confused.iter().map(String::as_str).chain([letters]) {
            for (place, letter) in typed.chars().enumerate() {
                let as_typed = Letters::of_literal(letter);
                if place > 0 {
                    self.glyphs.inner = self.glyphs.inner.with(as_typed);
                } else if let Some(heard) = usize::try_from(u32::from(letter).saturating_sub(u32::from('a')))
                    .ok()
                    .and_then(|at| self.glyphs.heard.get_mut(at))
                {
                    *heard = heard.with(initial);
                }
            }
        }
        let number = u16::try_from(self.glyphs.syllables.len()).unwrap_or(u16::MAX);
        self.glyphs.syllables.push(Syllable { letters, confused });
        self.syllable_numbers.insert(letters, number);
        number
    }
}

/// The readings of a character; of one that has none, the character itself.
pub(super) fn sounds_of(folded: char, readings: &[&str]) -> Sounds {
    match readings {
        [] => Sounds::of(folded.encode_utf8(&mut [0; 4])),
        readings => readings.iter().fold(Sounds::NONE, |all, reading| all.with(Sounds::of(reading))),
    }
}
