//! A word of a query as an automaton.
//!
//! A state is a position in the word; a set of states is the bits of a `u64`. A character of a name moves a position on by one (the
//! character itself, or the initial of a reading), by the length of a reading, or to the end when the word breaks off inside a reading.
//! So `gl津贴`, `gaolingj` and `高龄` are all one kind of word, and a character with several readings simply has more moves.

use super::glyphs::{Glyphs, sounds_of};
use super::letters::{Letters, Need, Pairs, Sounds, Starts};
use super::sounds::{confused_with, fold, is_mark, readings};

/// The longest word, in characters; what comes after is not compared. One bit is needed for the end.
const LONGEST: usize = 63;

/// The most words of a query; what comes after is not compared.
const MOST_WORDS: usize = 8;

/// How far one character of a name can move: `zhuang` and one letter too many.
const SHIFTS: usize = 8;

/// How generous the comparison is. Each degree holds the moves of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Degree {
    /// The character, its readings, their initials.
    Exact,
    /// Readings that are easily confused.
    Sound,
    /// Another character of the same sound, or of one that is confused with it: what an input method offers beside the right one.
    Homophone,
}

/// The moves of one character: in entry `k`, the positions that it moves on by `k`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moves {
    by: [u64; SHIFTS],
    /// The positions that it moves at all.
    from: u64,
    /// The number of entries in use.
    used: u8,
}

impl Moves {
    /// Those of a mark: every position stays.
    pub(super) fn stay() -> Self {
        let mut moves = Self::default();
        moves.add(0, u64::MAX);
        moves
    }

    fn add(&mut self, shift: usize, positions: u64) {
        if let Some(slot) = self.by.get_mut(shift) {
            *slot |= positions;
            self.from |= positions;
            self.used = self.used.max(u8::try_from(shift.saturating_add(1)).unwrap_or(u8::MAX));
        }
    }

    /// Adds the moves of another.
    pub(super) fn join(&mut self, other: &Self) {
        for (slot, positions) in self.by.iter_mut().zip(other.by) {
            *slot |= positions;
        }
        self.from |= other.from;
        self.used = self.used.max(other.used);
    }

    /// The positions that it moves at all.
    pub(super) const fn from(&self) -> u64 {
        self.from
    }

    /// The positions that it moves on by one.
    pub(super) const fn by_one(&self) -> u64 {
        let [_, by_one, ..] = self.by;
        by_one
    }

    /// The positions that it takes up, wherever it moves from.
    pub(super) fn span(&self) -> u64 {
        let taken = |(by, from): (usize, &u64)| (0..by).fold(0, |all, further| all | from << further);
        self.by.iter().enumerate().map(taken).fold(0, |all, some| all | some)
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.from == 0
    }

    /// Where a set of positions gets.
    #[inline]
    pub(super) fn step(&self, positions: u64) -> u64 {
        let positions = positions & self.from;
        if positions == 0 {
            return 0;
        }
        let [by_none, by_one, further @ ..] = &self.by;
        let mut next = positions & by_none | (positions & by_one) << 1;
        if self.used > 2 {
            for (shift, from) in (2..).zip(further) {
                next |= (positions & from) << shift;
            }
        }
        next
    }

    /// A position from which this character gets to `to`, out of `positions`; the longest way first.
    pub(super) fn back(&self, to: u32, positions: u64) -> Option<u32> {
        self.by.iter().enumerate().rev().find_map(|(shift, from)| {
            let before = to.checked_sub(u32::try_from(shift).ok()?)?;
            (positions & from & (1 << before) != 0).then_some(before)
        })
    }
}

/// A move from one position to a later one, and what a text must have for it.
#[derive(Debug, Clone, Copy)]
struct Step {
    from: usize,
    to: usize,
    letters: Letters,
    sounds: Sounds,
}

/// One word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Folded, without marks, at least one.
    chars: Vec<char>,
    /// The readings of each.
    readings: Vec<Vec<&'static str>>,
}

impl Pattern {
    /// The words of a query: what stands between blanks. Marks inside a word are passed over; a word of nothing else is none.
    pub(super) fn words(query: &str) -> Vec<Self> {
        query.split_whitespace().filter_map(Self::new).take(MOST_WORDS).collect()
    }

    fn new(word: &str) -> Option<Self> {
        let chars: Vec<char> = word.chars().map(fold).filter(|c| !is_mark(*c)).take(LONGEST).collect();
        let readings = chars.iter().map(|c| readings(*c)).collect();
        (!chars.is_empty()).then_some(Self { chars, readings })
    }

    /// Its length in characters.
    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The state of a word that was matched to the end.
    pub(super) fn end(&self) -> u64 {
        1 << self.len()
    }

    /// Whether it is typed in letters, of which few say little.
    pub(super) fn is_letters(&self) -> bool {
        self.chars.iter().all(char::is_ascii)
    }

    /// Whether any of it is typed in letters.
    pub(super) fn has_letters(&self) -> bool {
        self.chars.iter().any(char::is_ascii_lowercase)
    }

    /// Whether it is typed in characters that have readings; digits may stand among them, as in 80岁.
    pub(super) fn is_chinese(&self) -> bool {
        let is_read = |readings: &Vec<_>| !readings.is_empty();
        let mut all = self.chars.iter().zip(&self.readings);
        all.all(|(c, readings)| is_read(readings) || c.is_ascii_digit()) && self.readings.iter().any(is_read)
    }

    /// Whether at least half of it are digits, as of a code.
    pub(super) fn is_mostly_digits(&self) -> bool {
        2 * self.chars.iter().filter(|c| c.is_ascii_digit()).count() >= self.chars.len()
    }

    /// The word itself when it may be (part of) a code: ASCII letters and digits with a digit among them, upper-case.
    pub(super) fn as_code(&self) -> Option<String> {
        let code = self.chars.iter().all(char::is_ascii_alphanumeric) && self.chars.iter().any(char::is_ascii_digit);
        code.then(|| self.chars.iter().map(char::to_ascii_uppercase).collect())
    }

    /// The moves of a character of a name, by itself and by its readings. The reference; an index goes by syllable.
    pub(super) fn moves(&self, folded: char, degree: Degree) -> Moves {
        if is_mark(folded) {
            return Moves::stay();
        }
        let mut moves = self.literal(folded);
        for reading in readings(folded) {
            moves.join(&self.syllable(reading, &confused_with(reading), degree));
        }
        moves
    }

    /// The moves of a character by itself.
    pub(super) fn literal(&self, folded: char) -> Moves {
        let mut moves = Moves::default();
        for (at, c) in self.chars.iter().enumerate() {
            if *c == folded {
                moves.add(1, 1 << at);
            }
        }
        moves
    }

    /// The moves of a character by one of its readings; `confused` are the sounds like it.
    pub(super) fn syllable(&self, reading: &str, confused: &[String], degree: Degree) -> Moves {
        let mut moves = Moves::default();
        self.add_reading(&mut moves, reading);
        if degree >= Degree::Sound {
            for sound in confused {
                self.add_reading(&mut moves, sound);
            }
        }
        if degree >= Degree::Homophone {
            for (at, own) in self.readings.iter().enumerate() {
                if own.iter().any(|own| *own == reading || confused.iter().any(|sound| sound == own)) {
                    moves.add(1, 1 << at);
                }
            }
        }
        moves
    }

    fn add_reading(&self, moves: &mut Moves, reading: &str) {
        let retroflex = matches!(reading.get(..2), Some("zh" | "ch" | "sh"));
        for at in 0..self.len() {
            let rest = self.chars.get(at..).unwrap_or_default();
            let same = rest.iter().zip(reading.chars()).take_while(|(c, letter)| **c == *letter).count();
            if same == 0 {
                continue;
            }
            moves.add(1, 1 << at);
            if retroflex && same >= 2 {
                moves.add(2, 1 << at);
            }
            if same == reading.len() || same == rest.len() {
                moves.add(same, 1 << at);
            }
        }
    }

    /// What a text must have to match the word by these moves of the readings.
    ///
    /// Where every way through the word begins a character, the text must have one with which a way goes on, and before it, one with which
    /// a way gets there.
    ///
    /// The first is what a text must have to begin with the word.
    pub(super) fn needs(&self, by_reading: &[(&str, Moves)]) -> (Need, Vec<Need>) {
        let steps = self.steps(by_reading);
        let (mut reached, mut live) = (1_u64, self.end());
        for step in &steps {
            reached |= if reached >> step.from & 1 == 1 { 1 << step.to } else { 0 };
        }
        for step in steps.iter().rev() {
            live |= if live >> step.to & 1 == 1 { 1 << step.from } else { 0 };
        }
        let useful: Vec<&Step> =
            steps.iter().filter(|step| reached >> step.from & 1 == 1 && live >> step.to & 1 == 1).collect();
        let jumped = useful.iter().fold(0_u64, |all, step| all | ((1 << step.to) - (2 << step.from)));
        let mut needs = Vec::new();
        for at in (0..self.len()).filter(|at| jumped >> at & 1 == 0) {
            let (mut letters, mut sounds, mut before) = (Letters::NONE, Sounds::NONE, Letters::NONE);
            for step in &useful {
                if step.from == at {
                    (letters, sounds) = (letters.with(step.letters), sounds.with(step.sounds));
                }
                if step.to == at {
                    before = before.with(step.letters);
                }
            }
            needs.extend([Need::Letter(letters), Need::Sound(sounds)]);
            if at > 0 {
                needs.push(Need::Pair(Pairs::of(before, letters)));
            }
        }
        needs.sort_unstable();
        needs.dedup();
        let first = useful.iter().filter(|step| step.from == 0).fold(Letters::NONE, |all, step| all.with(step.letters));
        (Need::Start(Starts::of(first)), needs)
    }

    /// The moves one by one, by where they begin.
    fn steps(&self, by_reading: &[(&str, Moves)]) -> Vec<Step> {
        let mut steps = Vec::new();
        for (from, (c, readings)) in self.chars.iter().zip(&self.readings).enumerate() {
            // One of its readings is enough: a text that has the character has all of them.
            let sounds = sounds_of(*c, readings.get(..1).unwrap_or_default());
            let initial = readings.first().and_then(|reading| reading.chars().next());
            steps.push(Step { from, to: from + 1, letters: Letters::of_literal(initial.unwrap_or(*c)), sounds });
            for (reading, moves) in by_reading.iter().filter(|(_, moves)| moves.from >> from & 1 == 1) {
                let letters = reading.chars().next().map_or(Letters::NONE, Letters::of_literal);
                let lengths = moves.by.iter().enumerate().skip(1).filter(|(_, by)| *by >> from & 1 == 1);
                steps.extend(lengths.map(|(by, _)| Step { from, to: from + by, letters, sounds: Sounds::of(reading) }));
            }
        }
        steps
    }

    /// What a text must have to match the word even with slips, but for one of them a slip: what can only begin a reading.
    pub(super) fn loose_needs(&self, glyphs: &Glyphs) -> Vec<Need> {
        let mut needs: Vec<Need> = Vec::new();
        let mut before = 'a';
        for (at, (c, readings)) in self.chars.iter().zip(&self.readings).enumerate() {
            let begins = at == 0 || !before.is_ascii_lowercase();
            before = *c;
            if c.is_ascii_lowercase() && !begins && !glyphs.begins_reading(*c) {
                continue;
            }
            let heard =
                readings.iter().filter_map(|reading| reading.chars().next()).map(|initial| glyphs.heard_as(initial));
            let own = if c.is_ascii_lowercase() { glyphs.heard_as(*c) } else { Letters::of(*c, readings) };
            needs.push(Need::Letter(heard.fold(own, Letters::with)));
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// The moves of a reading that is typed with one slip: a letter wrong, missing, too many, or two swapped.
    pub(super) fn slips(&self, reading: &str) -> Moves {
        let mut moves = Moves::default();
        let letters: Vec<char> = reading.chars().collect();
        for length in letters.len().saturating_sub(1).max(1)..=letters.len().saturating_add(1) {
            for (at, typed) in self.chars.windows(length).enumerate() {
                if typed.iter().all(char::is_ascii_lowercase) && one_slip(typed, &letters) {
                    moves.add(length, 1 << at);
                }
            }
        }
        moves
    }
}

/// Whether two sequences are exactly one edit apart: one changed, one more, one less, or two neighbours swapped.
fn one_slip(a: &[char], b: &[char]) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let head = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    let (long, short) = (long.get(head..).unwrap_or_default(), short.get(head..).unwrap_or_default());
    match (long, short) {
        ([_, rest @ ..], short) if rest == short => true,
        ([_, x @ ..], [_, y @ ..]) if x == y => true,
        ([p, q, x @ ..], [r, s, y @ ..]) => p == s && q == r && x == y,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one_edit() {
        let is = |a: &str, b: &str| one_slip(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        for (a, b) in
            [("gao", "gap"), ("gao", "go"), ("gao", "gaoo"), ("gao", "goa"), ("gao", "ago"), ("", "a"), ("a", "b")]
        {
            assert!(is(a, b) && is(b, a), "{a} {b}");
        }
        for (a, b) in [("gao", "gao"), ("gao", "oag"), ("gao", "g"), ("", ""), ("ab", "cd"), ("abcd", "badc")] {
            assert!(!is(a, b) && !is(b, a), "{a} {b}");
        }
    }

    #[test]
    fn a_character_moves_by_itself_its_initial_and_its_readings() {
        let word = Pattern::words("zhong").remove(0);
        // `z`, `zh`, `zhong`.
        assert_eq!(word.moves('重', Degree::Exact).step(1), 0b10_0110);
        // The reading `chong` is not typed here, `o` begins 哦.
        assert_eq!(word.moves('哦', Degree::Exact).step(0b100), 0b1000);
        assert_eq!(word.moves('宗', Degree::Exact).step(1), 0b10);
        assert_eq!(word.moves('宗', Degree::Sound).step(1), 0b10_0110);
    }

    #[test]
    fn a_long_word_is_cut() {
        let word = Pattern::words(&"长".repeat(10_000)).remove(0);
        assert_eq!(word.len(), LONGEST);
        assert_eq!(word.end(), 1 << 63);
    }
}
