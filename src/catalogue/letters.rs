//! What a text can be looked for by, as a few bits: the letters with which its characters' readings begin, whether it has a digit, and the
//! columns of such bits over many texts that rule out most of them before any is read.

use std::ops::Range;

use super::image::{Reader, Writer};

/// A set of letters `a`–`z`, of "a digit" and of "something else".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Letters(u32);

/// The number of columns: 26 letters, a digit, something else, a word that begins inside.
const COLUMNS: usize = 29;

impl Letters {
    /// Nothing.
    pub(super) const NONE: Self = Self(0);
    /// A digit.
    const DIGIT: Self = Self(1 << 26);
    /// A character that is neither read nor a letter nor a digit.
    const OTHER: Self = Self(1 << 27);
    /// A word begins inside the text.
    pub(super) const BREAK: Self = Self(1 << 28);

    /// What a folded character typed by itself is looked for by.
    pub(super) fn of_literal(folded: char) -> Self {
        match folded {
            'a'..='z' => Self(1 << (u32::from(folded) - u32::from('a'))),
            '0'..='9' => Self::DIGIT,
            _ => Self::OTHER,
        }
    }

    /// What a folded character with these readings can be looked for by.
    pub(super) fn of(folded: char, readings: &[&str]) -> Self {
        let initials = readings.iter().filter_map(|reading| reading.chars().next());
        let read = initials.fold(Self::NONE, |all, initial| all.with(Self::of_literal(initial)));
        if read == Self::NONE { Self::of_literal(folded) } else { read }
    }

    /// Both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether they have anything in common.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Each by itself.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        (0..u32::BITS).map(|bit| Self(1 << bit)).filter(move |one| self.meets(*one))
    }
}

/// The number of places of readings, of pairs, and of first letters; several share a place.
const SOUNDS: u32 = 44;
const PAIRS: u32 = 40;
const STARTS: u32 = 15;

/// A set of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sounds(u64);

impl Sounds {
    /// Nothing.
    pub(super) const NONE: Self = Self(0);

    /// A reading, or a character that has none.
    pub(super) fn of(text: &str) -> Self {
        // Any mixing does that parts what is often together.
        let mixed =
            text.bytes().fold(0_u32, |mixed, byte| (mixed.rotate_left(5) ^ u32::from(byte)).wrapping_mul(0x9e37_79b1));
        Self(1 << ((mixed >> 16) % SOUNDS))
    }

    /// Both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A set of pairs of letters that stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pairs(u64);

impl Pairs {
    /// Nothing.
    pub(super) const NONE: Self = Self(0);

    /// Every pair of one of these and one of those.
    pub(super) fn of(first: Letters, second: Letters) -> Self {
        let mut pairs = 0;
        for first in first.each() {
            for second in second.each() {
                pairs |= 1_u64 << ((first.0.trailing_zeros() * 37 + second.0.trailing_zeros() * 11) % PAIRS);
            }
        }
        Self(pairs)
    }

    /// Both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A set of letters that a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Starts(u32);

impl Starts {
    /// Nothing.
    pub(super) const NONE: Self = Self(0);

    /// One of these letters.
    pub(super) fn of(letters: Letters) -> Self {
        Self(letters.each().fold(0, |all, one| all | 1 << (one.0.trailing_zeros() % STARTS)))
    }
}

/// What a text must have something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// One of these letters.
    Letter(Letters),
    /// One of these readings.
    Sound(Sounds),
    /// One of these pairs.
    Pair(Pairs),
    /// One of these letters at its beginning.
    Start(Starts),
}

/// What a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traits {
    /// Its letters.
    pub(super) letters: Letters,
    /// Its readings.
    pub(super) sounds: Sounds,
    /// The letters that stand together in it.
    pub(super) pairs: Pairs,
    /// The letters of its first character.
    pub(super) starts: Starts,
}

impl Traits {
    /// Nothing.
    pub(super) const NONE: Self =
        Self { letters: Letters::NONE, sounds: Sounds::NONE, pairs: Pairs::NONE, starts: Starts::NONE };

    const fn bits(self) -> u128 {
        self.letters.0 as u128
            | (self.sounds.0 as u128) << COLUMNS
            | (self.pairs.0 as u128) << (COLUMNS + SOUNDS as usize)
            | (self.starts.0 as u128) << (COLUMNS + (SOUNDS + PAIRS) as usize)
    }
}

/// For each of the letters, and each place of readings and pairs, one bit a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    columns: Vec<Vec<u64>>,
    texts: usize,
}

/// A need that so many columns meet is met by nearly every text, and not worth asking for.
const TOO_MANY: usize = 20;

/// Needs made ready to be asked for: for each the columns that meet it.
#[derive(Debug, Clone, Default)]
pub(super) struct Sieve {
    needs: Vec<Vec<usize>>,
    /// How many of them (at most 2) need not be met.
    missing: usize,
}

impl Sieve {
    /// What meets all of the needs but so many.
    pub(super) fn new<'n>(needs: impl IntoIterator<Item = &'n Need>, missing: usize) -> Self {
        let places = |need: &Need| {
            let mut wanted = Traits::NONE;
            match need {
                Need::Letter(letters) => wanted.letters = *letters,
                Need::Sound(sounds) => wanted.sounds = *sounds,
                Need::Pair(pairs) => wanted.pairs = *pairs,
                Need::Start(starts) => wanted.starts = *starts,
            }
            (0..COLUMN_COUNT).filter(|place| wanted.bits() >> place & 1 == 1).collect::<Vec<usize>>()
        };
        let mut needs: Vec<Vec<usize>> = needs.into_iter().map(places).collect();
        needs.retain(|places| places.len() < TOO_MANY);
        // What fewer columns meet, fewer texts meet.
        needs.sort_by_key(Vec::len);
        Self { needs, missing }
    }
}

const COLUMN_COUNT: usize = COLUMNS + (SOUNDS + PAIRS + STARTS) as usize;

impl Columns {
    /// How many texts there are.
    pub(super) const fn len(&self) -> usize {
        self.texts
    }

    /// How many blocks of 64 texts there are.
    pub(super) const fn blocks(&self) -> usize {
        self.texts.div_ceil(64)
    }

    /// The bits of one more text.
    pub(super) fn push(&mut self, traits: Traits) {
        self.columns.resize(COLUMN_COUNT, Vec::new());
        let all = traits.bits();
        let (block, bit) = (self.texts / 64, self.texts % 64);
        for (place, column) in self.columns.iter_mut().enumerate() {
            if column.len() <= block {
                column.push(0);
            }
            if let Some(bits) = column.get_mut(block) {
                *bits |= u64::from(all >> place & 1 == 1) << bit;
            }
        }
        self.texts += 1;
    }

    /// Writes them down.
    pub(super) fn write(&self, image: &mut Writer) {
        image.numbers(&[u64::try_from(self.texts).unwrap_or(u64::MAX)]);
        self.columns.iter().for_each(|column| image.numbers(column));
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        let texts = usize::try_from(*image.numbers::<u64>()?.first()?).ok()?;
        let count = if texts == 0 { 0 } else { COLUMN_COUNT };
        let columns = (0..count).map(|_| image.numbers()).collect::<Option<Vec<Vec<u64>>>>()?;
        columns.iter().all(|column| column.len() == texts.div_ceil(64)).then_some(Self { columns, texts })
    }

    /// Gives back what was reserved for more texts.
    pub(super) fn shrink(&mut self) {
        self.columns.iter_mut().for_each(Vec::shrink_to_fit);
    }

    fn breaks(&self) -> Option<&Vec<u64>> {
        self.columns.get(Letters::BREAK.0.trailing_zeros() as usize)
    }

    /// Whether a word begins inside a text.
    #[inline]
    pub(super) fn has_break(&self, text: usize) -> bool {
        self.breaks().and_then(|column| column.get(text / 64)).is_some_and(|bits| bits >> (text % 64) & 1 == 1)
    }

    /// Some blocks of a bit for each text: whether a word begins inside it.
    pub(super) fn with_break(&self, blocks: &Range<usize>) -> &[u64] {
        self.breaks().and_then(|column| column.get(blocks.clone())).unwrap_or_default()
    }

    /// All blocks.
    pub(super) const fn all(&self) -> Range<usize> {
        0..self.blocks()
    }

    /// Some blocks of a bit for each text: whether it has what a sieve asks for.
    pub(super) fn sift(&self, sieve: &Sieve, blocks: &Range<usize>) -> Vec<u64> {
        let everything = self.everything(blocks);
        let mut any = vec![0; everything.len()];
        if sieve.missing == 0 {
            let mut found = everything;
            for need in &sieve.needs {
                self.meet(need, blocks, &mut any);
                let mut left = 0;
                for (found, any) in found.iter_mut().zip(&any) {
                    *found &= any;
                    left |= *found;
                }
                if left == 0 {
                    break;
                }
            }
            return found;
        }
        let (mut none, mut one, mut two) = (everything.clone(), everything.clone(), everything);
        for need in &sieve.needs {
            self.meet(need, blocks, &mut any);
            for (((none, one), two), any) in none.iter_mut().zip(&mut one).zip(&mut two).zip(&any) {
                *two = (*two & any) | *one;
                *one = (*one & any) | *none;
                *none &= any;
            }
        }
        if sieve.missing < 2 { one } else { two }
    }

    /// A bit for each text of some blocks: whether any of these columns has it.
    fn meet(&self, need: &[usize], blocks: &Range<usize>, any: &mut [u64]) {
        any.fill(0);
        for column in need.iter().filter_map(|place| self.columns.get(*place)?.get(blocks.clone())) {
            any.iter_mut().zip(column).for_each(|(any, bits)| *any |= bits);
        }
    }

    fn everything(&self, blocks: &Range<usize>) -> Vec<u64> {
        let mut all = vec![u64::MAX; blocks.len()];
        if blocks.end == self.blocks()
            && let Some(last) = all.last_mut()
        {
            *last >>= (64 - self.texts % 64) % 64;
        }
        all
    }
}

/// The places of the bits that are set, ascending.
pub(super) fn ones(bits: &[u64]) -> Ones<'_> {
    Ones { blocks: bits.iter(), block: 0, left: 0 }
}

/// See [`ones`].
pub(super) struct Ones<'a> {
    blocks: std::slice::Iter<'a, u64>,
    /// The place after the block at hand.
    block: usize,
    left: u64,
}

impl Iterator for Ones<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = *self.blocks.next()?;
            self.block += 64;
        }
        let bit = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(self.block - 64 + bit)
    }
}

/// Sets a bit.
pub(super) fn set(bits: &mut [u64], at: usize) {
    if let Some(block) = bits.get_mut(at / 64) {
        *block |= 1 << (at % 64);
    }
}

/// Clears a bit.
pub(super) fn clear(bits: &mut [u64], at: usize) {
    if let Some(block) = bits.get_mut(at / 64) {
        *block &= !(1 << (at % 64));
    }
}

/// Whether a bit is set.
#[inline]
pub(super) fn is_set(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64).is_some_and(|block| block >> (at % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sifted(columns: &Columns, needs: &[Need], missing: usize) -> Vec<u64> {
        let sieve = Sieve::new(needs, missing);
        let whole = columns.sift(&sieve, &columns.all());
        let parts = (0..columns.blocks()).flat_map(|block| columns.sift(&sieve, &(block..block + 1)));
        assert_eq!(whole, parts.collect::<Vec<_>>());
        whole
    }

    #[test]
    fn columns_rule_out_what_lacks_a_need() {
        let letters = |text: &str| text.chars().fold(Letters::NONE, |all, c| all.with(Letters::of_literal(c)));
        let mut columns = Columns::default();
        for number in 0..130 {
            let text = ["abc", "abd", "b9", "", "日"][number % 5];
            let first = text.chars().next().map_or(Letters::NONE, Letters::of_literal);
            let (letters, sounds) = (letters(text), text.chars().next().map_or(Sounds::NONE, |_| Sounds::of(text)));
            let pairs = Pairs::of(first, Letters::of_literal('d'));
            columns.push(Traits { letters, sounds, pairs, starts: Starts::of(first) });
        }
        let found = |needs: &[Need]| ones(&sifted(&columns, needs, 0)).map(|at| at % 5).take(4).collect::<Vec<_>>();
        let each = |needs: &[&str]| needs.iter().map(|need| Need::Letter(letters(need))).collect::<Vec<_>>();
        assert_eq!(found(&each(&["a", "b"])), [0, 1, 0, 1]);
        assert_eq!(found(&each(&["cd", "b"])), [0, 1, 0, 1]);
        assert_eq!(found(&each(&["7"])), [2, 2, 2, 2]);
        assert_eq!(found(&each(&["月"])), [4, 4, 4, 4]);
        assert_eq!(found(&[]), [0, 1, 2, 3]);
        assert_eq!(found(&each(&["z"])), [0; 0]);
        assert_eq!(found(&[Need::Pair(Pairs::of(letters("b"), letters("d")))]), [2, 2, 2, 2]);
        assert_eq!(found(&[Need::Start(Starts::of(letters("b")))]), [2, 2, 2, 2]);
        assert_eq!(found(&[Need::Sound(Sounds::of("abd"))]), [1, 1, 1, 1]);
        assert_eq!(ones(&sifted(&columns, &[], 0)).count(), 130);
        let nearly = |needs: &[&str], missing| {
            ones(&sifted(&columns, &each(needs), missing)).map(|at| at % 5).take(4).collect::<Vec<_>>()
        };
        assert_eq!(nearly(&["a", "b", "x"], 1), [0, 1, 0, 1]);
        assert_eq!(nearly(&["a", "b", "x"], 2), [0, 1, 2, 0]);
        assert_eq!(nearly(&["x", "y", "z"], 2), [0; 0]);
        columns.push(Traits { letters: Letters::BREAK, ..Traits::NONE });
        assert!(columns.has_break(130) && !columns.has_break(129) && !columns.has_break(131));
    }
}
