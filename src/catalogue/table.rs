//! What every character of a catalogue means for one word of a query, and the passes over a text that look it up there.

use super::glyphs::{GAP, Glyphs};
use super::letters::Need;
use super::line::{self, Found, Gapped, Line, Place, SLIPS, Slipped};
use super::pattern::{Degree, Moves, Pattern};

/// Slot of the marks.
const MARK: u16 = 1;

/// For each character number the moves of a word.
#[derive(Debug)]
pub(super) struct Table<'a> {
    glyphs: &'a Glyphs,
    /// The place of its moves: 0 for none, [`MARK`] for a mark.
    slots: Vec<u16>,
    /// The positions that it moves: all that most characters need to be asked.
    from: Vec<u64>,
    moves: Vec<Moves>,
    slips: Vec<Moves>,
    needs: Vec<Need>,
    /// What a text must have to begin with the word.
    begin: Need,
    /// How many slips are forgiven.
    forgiven: usize,
    end: u64,
}

impl<'a> Table<'a> {
    /// Works out what every character means for a word. `forgiven`: how many slips are.
    pub(super) fn new(glyphs: &'a Glyphs, word: &Pattern, degree: Degree, forgiven: usize) -> Self {
        let of_syllable: Vec<(&str, Moves)> = glyphs
            .syllables()
            .map(|syllable| (syllable.letters, word.syllable(syllable.letters, &syllable.confused, degree)))
            .collect();
        let slips_of: Vec<Moves> = match forgiven {
            0 => Vec::new(),
            _ => glyphs.syllables().map(|syllable| word.slips(syllable.letters)).collect(),
        };
        let (begin, needs) = word.needs(&of_syllable);
        let mut table = Self {
            glyphs,
            slots: vec![0; glyphs.iter().len()],
            from: vec![0; glyphs.iter().len()],
            moves: vec![Moves::default(), Moves::stay()],
            slips: vec![Moves::default(); 2],
            needs: if forgiven > 0 { word.loose_needs(glyphs) } else { needs },
            begin,
            forgiven,
            end: word.end(),
        };
        for ((slot, from), glyph) in table.slots.iter_mut().zip(&mut table.from).zip(glyphs.iter()) {
            if glyph.is_mark {
                (*slot, *from) = (MARK, u64::MAX);
                continue;
            }
            let mut moves = word.literal(glyph.folded);
            let mut slipped = Moves::default();
            for syllable in &glyph.syllables {
                let syllable = usize::from(*syllable);
                of_syllable.get(syllable).filter(|(_, more)| !more.is_empty()).inspect(|(_, more)| moves.join(more));
                slips_of.get(syllable).filter(|more| !more.is_empty()).inspect(|more| slipped.join(more));
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

    /// What a text must have to match; of a word with slips forgiven, all but as many.
    pub(super) fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// What a text must have to begin with the word.
    pub(super) const fn begin(&self) -> &Need {
        &self.begin
    }

    /// For each character the positions of the word that it can take up.
    pub(super) fn spans(&self) -> Vec<u64> {
        let of_slot: Vec<u64> = self.moves.iter().map(Moves::span).collect();
        self.slots.iter().map(|slot| of_slot.get(usize::from(*slot)).copied().unwrap_or(0)).collect()
    }

    #[inline]
    fn slot(&self, number: u16) -> usize {
        self.slots.get(usize::from(number)).map_or(0, |slot| usize::from(*slot))
    }

    #[inline]
    fn step(&self, number: u16, positions: u64) -> u64 {
        let from = self.from.get(usize::from(number)).copied().unwrap_or(0);
        if positions & from == 0 {
            return 0;
        }
        self.moves.get(self.slot(number)).map_or(0, |moves| moves.step(positions))
    }

    /// Whether a field begins with the word, and whether it is all of it.
    #[inline]
    pub(super) fn begins(&self, field: &[u16]) -> Option<Place> {
        let mut positions = 1;
        let mut ended = false;
        for number in field {
            positions = self.step(*number, positions);
            if positions == 0 {
                return ended.then_some(Place::Beginning);
            }
            ended |= positions & self.end != 0;
        }
        match (positions & self.end != 0, ended) {
            (true, _) => Some(Place::Whole),
            (false, ended) => ended.then_some(Place::Beginning),
        }
    }

    /// Whether the word stands anywhere in these fields without a gap.
    #[inline]
    pub(super) fn reaches(&self, fields: &[u16]) -> bool {
        let mut positions = 0;
        for number in fields {
            positions = self.step(*number, positions | 1);
            if positions & self.end != 0 {
                return true;
            }
        }
        false
    }

    /// Whether the word stands without a gap where a word of a field begins.
    pub(super) fn begins_word(&self, field: &[u16]) -> bool {
        let (mut positions, mut kind_before) = (0, None);
        for number in field {
            let Some(glyph) = self.glyphs.get(*number) else { continue };
            let begins = match kind_before {
                Some((is_mark, is_narrow)) => is_mark || is_narrow != glyph.is_narrow,
                None => true,
            };
            let begins = begins && !glyph.is_mark;
            positions = self.step(*number, positions | u64::from(begins));
            if positions & self.end != 0 {
                return true;
            }
            kind_before = Some((glyph.is_mark, glyph.is_narrow));
        }
        false
    }

    /// The best place where the word stands in a field without a gap; `broken`: words begin inside it.
    pub(super) fn place(&self, field: &[u16], broken: bool) -> Option<Place> {
        let word = || (broken && self.begins_word(field)).then_some(Place::Word);
        let inside = || self.reaches(field).then_some(Place::Inside);
        self.begins(field).or_else(word).or_else(inside)
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

    /// The fewest slips with which the word stands anywhere in these fields.
    pub(super) fn slips_to(&self, fields: &[u16]) -> Option<usize> {
        let mut best = None;
        let mut reached = Slipped::begun(self.forgiven);
        for number in fields {
            if *number == GAP {
                reached = Slipped::begun(self.forgiven);
                continue;
            }
            let slot = self.slot(*number);
            if let (Some(moves), Some(slips)) = (self.moves.get(slot), self.slips.get(slot)) {
                reached = reached.step(moves, slips, slot == usize::from(MARK)).or_begun(self.forgiven);
            }
            if let Some(slips) = reached.ended(self.end)
                && best.is_none_or(|best| slips < best)
            {
                best = Some(slips);
                if slips <= 1 {
                    break;
                }
            }
        }
        best
    }

    /// How much of a word of Chinese stands in a text in parts.
    pub(super) fn parts(&self, fields: &[u16]) -> Parts {
        let (mut singles, mut pairs, mut before) = (0_u64, 0_u64, 0_u64);
        for number in fields {
            let slot = self.slot(*number);
            if slot == usize::from(MARK) {
                continue;
            }
            let here = self.moves.get(slot).map_or(0, Moves::by_one);
            singles |= here;
            pairs |= (before << 1) & here;
            before = here;
        }
        let length = self.end.trailing_zeros();
        let all = (3 * length).saturating_sub(2).max(1);
        let share = u8::try_from((singles.count_ones() + 2 * pairs.count_ones()) * 255 / all).unwrap_or(u8::MAX);
        Parts { share, in_company: (pairs | pairs >> 1).count_ones() == length }
    }

    /// Whether a field of at least two characters stands in a word of Chinese, all of it.
    pub(super) fn holds(&self, field: &[u16]) -> bool {
        let (mut positions, mut length) = (u64::MAX, 0);
        for number in field {
            let slot = self.slot(*number);
            if slot != usize::from(MARK) {
                positions = positions << 1 | u64::from(length == 0);
                positions &= self.moves.get(slot).map_or(0, Moves::by_one);
                length += 1;
            }
            if positions == 0 {
                return false;
            }
        }
        length >= 2
    }

    /// A field as a line on which this word is tried.
    fn line<'f>(&'f self, field: &'f [u16]) -> Row<'f> {
        Row { table: self, field }
    }

    /// Where the word stands in a field.
    pub(super) fn locate(&self, field: &[u16]) -> Option<Found> {
        if !self.reaches(field) {
            return None;
        }
        line::locate(&self.line(field), self.end)
    }

    /// The same with slips forgiven.
    pub(super) fn locate_slip(&self, field: &[u16]) -> Option<Found> {
        line::locate_slip(&self.line(field), self.forgiven.min(SLIPS), self.end)
    }

    /// The characters of a field that match the word with gaps between them.
    pub(super) fn scatter(&self, field: &[u16]) -> Option<Vec<usize>> {
        line::scatter(&self.line(field), self.end)
    }

    /// The characters of a field that stand in the word.
    pub(super) fn shared(&self, field: &[u16]) -> Vec<usize> {
        let is_shared = |number: &u16| {
            let slot = self.slot(*number);
            slot != usize::from(MARK) && self.moves.get(slot).is_some_and(|moves| moves.by_one() != 0)
        };
        field.iter().enumerate().filter(|(_, number)| is_shared(number)).map(|(at, _)| at).collect()
    }
}

/// What of a word of Chinese stands in a text, whatever the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Its characters, and twice its neighbours that are neighbours there; in 255ths of all.
    pub(super) share: u8,
    /// All of it does, and no character without a neighbour of its own: the words are the same, in another order.
    pub(super) in_company: bool,
}

/// A field and what its characters mean for a word.
struct Row<'a> {
    table: &'a Table<'a>,
    field: &'a [u16],
}

impl Row<'_> {
    fn slot(&self, at: usize) -> usize {
        self.field.get(at).map_or(0, |number| self.table.slot(*number))
    }

    fn is_narrow(&self, at: usize) -> bool {
        self.field.get(at).and_then(|number| self.table.glyphs.get(*number)).is_some_and(|glyph| glyph.is_narrow)
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
