//! What a word and a text have in common, whatever the order: rules out most texts before slips and parts are looked for.

use super::probe::Where;

/// How much of a word a text holds, its characters in any order: what a text lacks, no way of looking can find.
pub(super) struct Spans {
    /// For each character the positions that it can take up.
    pub(super) of: Vec<u64>,
    pub(super) all: u64,
    /// The most letters that one slip can cost.
    pub(super) slip: u32,
    pub(super) forgiven: usize,
    /// The fewest characters of which a match in parts consists.
    pub(super) parts: Option<u32>,
}

impl Spans {
    /// The positions that a text lacks.
    #[inline]
    pub(super) fn missing(&self, text: &[u16]) -> u64 {
        self.all & !text.iter().fold(0, |all, number| all | self.of.get(usize::from(*number)).copied().unwrap_or(0))
    }

    /// Whether slips can make up for what is missing.
    #[inline]
    pub(super) fn can_slip(&self, mut missing: u64) -> bool {
        for _ in 0..self.forgiven {
            // The slip that costs the most from the first letter on.
            missing &= !(((1 << self.slip) - 1) << missing.trailing_zeros().min(63));
        }
        missing == 0
    }

    /// Whether parts of the word can be enough.
    pub(super) fn can_part(&self, missing: u64, at: Where) -> bool {
        // An everyday word may be all that is there.
        let fewest = self.parts.map(|parts| if at == Where::Words { parts.min(2) } else { parts });
        fewest.is_some_and(|fewest| (self.all & !missing).count_ones() >= fewest)
    }
}

/// The letters of the longest reading, and one too many.
pub(super) const LONGEST_SLIP: u32 = 7;
