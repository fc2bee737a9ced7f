//! A word run over a text: without a gap, with a slip, with gaps. These are for the few texts that match; `index` sorts out the rest.

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

/// The same with one slip forgiven: one inside a reading, or one character of the text or of the word wrong, missing or too many.
pub(super) fn locate_slip(line: &impl Line, end: u64) -> Option<Found> {
    best_place(line, |start, _| {
        let (mut clean, mut slipped) = (1, 0b10);
        for at in start..line.len() {
            (clean, slipped) = slip_step(&line.moves(at), &line.slips(at), clean, slipped, line.is_mark(at));
            if clean | slipped == 0 {
                break;
            }
            if (clean | slipped) & end != 0 {
                return Some((at.saturating_add(1), false));
            }
        }
        None
    })
}

/// One step of the automaton that forgives one slip: the positions reached without and with it.
#[inline]
pub(super) fn slip_step(moves: &Moves, slips: &Moves, clean: u64, slipped: u64, mark: bool) -> (u64, u64) {
    if mark {
        return (clean, slipped);
    }
    let next = moves.step(clean);
    // A wrong character; one of the text left out, but not the first; one of the word too many.
    let loose = (clean << 1) | (clean & !1) | (next << 1);
    (next, moves.step(slipped) | slips.step(clean) | loose)
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
    pub(super) fn step(mut self, moves: &Moves) -> Self {
        let [run, first_gap, second_run, second_gap, third_run] = &mut self.0;
        *third_run = moves.step(*third_run | *second_gap);
        *second_gap |= *second_run;
        *second_run = moves.step(*second_run | *first_gap);
        *first_gap |= *run;
        *run = moves.step(*run | 1);
        self
    }

    /// Whether the end was reached, and in which run.
    pub(super) fn ended(&self, end: u64) -> Option<usize> {
        [0, 2, 4].into_iter().find(|run| self.at(*run) & end != 0)
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
