//! A word run over a text: without a gap, with slips, with gaps. These are for the few texts that match; `table` sorts out the rest.

use super::pattern::Moves;

/// A stretch of a text, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends; not part of it.
    pub(super) end: usize,
    /// Where in the text it stands.
    pub(super) place: Place,
}

/// Where in a text a match stands, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// It is the whole text.
    Whole,
    /// At its beginning.
    Beginning,
    /// At the beginning of a word inside it.
    Word,
    /// Elsewhere.
    Inside,
}

/// A text on which words are tried: what of it can be told without knowing its characters.
pub(super) trait Line {
    /// Number of characters.
    fn len(&self) -> usize;
    /// The moves of a character.
    fn moves(&self, at: usize) -> Moves;
    /// Whether a character is a mark.
    fn is_mark(&self, at: usize) -> bool;
    /// Whether a word begins at a character: after a mark, or where digits and letters meet Chinese.
    fn begins_word(&self, at: usize) -> bool;
    /// The moves of a character by a slip; none unless slips are forgiven.
    fn slips(&self, _at: usize) -> Moves {
        Moves::default()
    }
}

/// The best place where a word stands in a text without a gap.
pub(super) fn locate(line: &impl Line, end: u64) -> Option<Found> {
    best_place(line, |start, first| {
        let mut positions = 1;
        let mut stop = None;
        for at in start..line.len() {
            positions = line.moves(at).step(positions);
            if positions == 0 {
                break;
            }
            if positions & end != 0 && stop.is_none() {
                stop = Some(at.saturating_add(1));
                if !first {
                    break;
                }
            }
        }
        stop.map(|stop| (stop, positions & end != 0))
    })
}

/// The most slips that can be forgiven.
pub(super) const SLIPS: usize = 2;

/// The same with slips forgiven: each inside a reading, or one character of the text or of the word wrong, missing or too many.
pub(super) fn locate_slip(line: &impl Line, forgiven: usize, end: u64) -> Option<Found> {
    best_place(line, |start, _| {
        let mut reached = Slipped::begun(forgiven);
        for at in start..line.len() {
            reached = reached.step(&line.moves(at), &line.slips(at), line.is_mark(at));
            if reached.ended(end).is_some() {
                return Some((at.saturating_add(1), false));
            }
        }
        None
    })
}

/// Positions reached without a slip, with one, with two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slipped([u64; SLIPS + 1]);

impl Slipped {
    /// At the beginning of a word; some of its first characters may be too many.
    pub(super) const fn begun(forgiven: usize) -> Self {
        Self(match forgiven {
            0 => [1, 0, 0],
            1 => [1, 0b10, 0],
            _ => [1, 0b10, 0b100],
        })
    }

    /// The same or a new beginning.
    #[inline]
    pub(super) fn or_begun(self, forgiven: usize) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, Self::begun(forgiven).0);
        Self([a | x, b | y, c | z])
    }

    /// One character further.
    #[inline]
    pub(super) fn step(self, moves: &Moves, slips: &Moves, mark: bool) -> Self {
        if mark {
            return self;
        }
        let [clean, one, two] = self.0;
        // A wrong character; one of the text left out, but not the first; one of the word too many.
        let loose = |before: u64, after: u64| slips.step(before) | (before << 1) | (before & !1) | (after << 1);
        let next = moves.step(clean);
        // Positions with a slip run ahead of those without: where there are none, none is forgiven, or nothing is left.
        let next_one = if one == 0 { 0 } else { moves.step(one) | loose(clean, next) };
        let next_two = if two == 0 { 0 } else { moves.step(two) | loose(one, next_one) };
        Self([next, next_one, next_two])
    }

    /// The fewest slips with which the end was reached.
    #[inline]
    pub(super) fn ended(&self, end: u64) -> Option<usize> {
        let [clean, one, two] = self.0;
        if (clean | one | two) & end == 0 {
            return None;
        }
        Some(if clean & end != 0 { 0 } else { 2 - usize::from(one & end != 0) })
    }
}

/// Tries each beginning: `run(start, is_first)` gives the end of the match and whether the text ends with it.
fn best_place(line: &impl Line, run: impl Fn(usize, bool) -> Option<(usize, bool)>) -> Option<Found> {
    let first = (0..line.len()).find(|at| !line.is_mark(*at))?;
    let mut best: Option<Found> = None;
    for start in first..line.len() {
        if line.is_mark(start) {
            continue;
        }
        let Some((end, whole)) = run(start, start == first) else { continue };
        let place = match (start == first, whole) {
            (true, true) => Place::Whole,
            (true, false) => Place::Beginning,
            _ if line.begins_word(start) => Place::Word,
            _ => Place::Inside,
        };
        if best.is_none_or(|best| place < best.place) {
            best = Some(Found { start, end, place });
        }
        if place <= Place::Word {
            break;
        }
    }
    best
}

/// Positions reached when up to two gaps are allowed: without a gap, in the first gap, after it, in the second, after that.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gapped([u64; 5]);

impl Gapped {
    /// One character further; a match may begin with it.
    #[inline]
    pub(super) fn step(self, moves: &Moves) -> Self {
        let [run, first_gap, second_run, second_gap, third_run] = self.0;
        Self([
            moves.step(run | 1),
            first_gap | run,
            moves.step(second_run | first_gap),
            second_gap | second_run,
            moves.step(third_run | second_gap),
        ])
    }

    /// Whether the end was reached, and in which run.
    #[inline]
    pub(super) fn ended(&self, end: u64) -> Option<usize> {
        let [run, _, second_run, _, third_run] = self.0;
        if (run | second_run | third_run) & end == 0 {
            return None;
        }
        [(run, 0), (second_run, 2), (third_run, 4)].into_iter().find(|(run, _)| run & end != 0).map(|(_, layer)| layer)
    }

    fn at(&self, layer: usize) -> u64 {
        self.0.get(layer).copied().unwrap_or(0) | u64::from(layer == 0)
    }
}

/// The characters that match a word with up to two gaps between them, ascending.
pub(super) fn scatter(line: &impl Line, end: u64) -> Option<Vec<usize>> {
    let mut trail: Vec<Gapped> = Vec::with_capacity(line.len());
    let mut reached = Gapped::default();
    let mut layer = None;
    for at in 0..line.len() {
        trail.push(reached);
        reached = reached.step(&line.moves(at));
        layer = reached.ended(end);
        if layer.is_some() {
            break;
        }
    }
    let mut layer = layer?;
    let mut position = end.trailing_zeros();
    let mut marks: Vec<usize> = Vec::new();
    for (at, before) in trail.iter().enumerate().rev() {
        if position == 0 {
            break;
        }
        let in_gap = layer % 2 == 1;
        if in_gap {
            if before.at(layer) & (1 << position) == 0 {
                layer -= 1;
            }
            continue;
        }
        let moves = line.moves(at);
        let (from, previous) = [layer, layer.saturating_sub(1)]
            .into_iter()
            .find_map(|from| Some((from, moves.back(position, before.at(from))?)))?;
        if !line.is_mark(at) {
            marks.push(at);
        }
        (layer, position) = (from, previous);
    }
    marks.reverse();
    Some(marks)
}
