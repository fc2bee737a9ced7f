//! The order of hits, and the best of many.

use super::line::Place;
use super::question::Class;

/// Place of an entry in the list, the best first: class, whether it is in force, how often it is used here, how it matches within the class,
/// then the index's order. All in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u64);

/// The most uses that make a difference.
const MOST_USES: u64 = 63;

const ENTRY_BITS: u32 = 32;
const ADMITTED: u32 = ENTRY_BITS;
const FINE: u32 = ADMITTED + 1;
const USES: u32 = FINE + 10;
const CLOSED: u32 = USES + 6;
const CLASS: u32 = CLOSED + 1;

/// What a rank is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merits {
    /// How well it matches; `None` for an empty query.
    pub(super) class: Option<Class>,
    pub(super) place: Place,
    /// How much of the word is missing, in 255ths.
    pub(super) missing: u8,
    /// How often it was used here.
    pub(super) uses: u64,
    pub(super) admitted: bool,
    /// Whether it is not in force on the day that was asked about.
    pub(super) closed: bool,
}

impl Rank {
    pub(super) fn new(entry: usize, merits: Merits) -> Self {
        let class = merits.class.map_or(0, |class| class as u64);
        let fine = (merits.place as u64) << 8 | u64::from(merits.missing);
        let entry = u64::from(u32::try_from(entry).unwrap_or(u32::MAX));
        Self(
            class << CLASS
                | u64::from(merits.closed) << CLOSED
                | (MOST_USES - merits.uses.min(MOST_USES)) << USES
                | fine << FINE
                | u64::from(!merits.admitted) << ADMITTED
                | entry,
        )
    }

    pub(super) const fn entry(self) -> usize {
        (self.0 & ((1 << ENTRY_BITS) - 1)) as usize
    }

    /// Whether it is not in force.
    pub(super) const fn is_closed(self) -> bool {
        self.0 >> CLOSED & 1 == 1
    }

    /// The higher the better; equal for what differs in nothing but the order.
    pub(super) fn score(self) -> u32 {
        let best = (Class::Typos as u64 + 1) << (CLASS - USES);
        let part = (self.0 >> USES).min(best);
        u32::try_from((best - part) * 2 + u64::from(self.0 >> ADMITTED & 1 == 0)).unwrap_or(u32::MAX)
    }

    /// The best class of which nothing that comes later in the index can be better than this.
    fn bound(self) -> Option<Class> {
        let class = usize::try_from(self.0 >> CLASS).ok()?;
        let is_last = !self.is_closed() && Class::ALL.get(class).is_some_and(|class| class.is_even());
        Class::ALL.get(class + usize::from(!is_last)).copied()
    }
}

/// The best ranks of many.
#[derive(Debug)]
pub(super) struct Top {
    limit: usize,
    ranks: Vec<Rank>,
    /// The worst that is still among the best, once there are enough.
    worst: Option<Rank>,
    bound: Option<Class>,
}

impl Top {
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit, ranks: Vec::new(), worst: None, bound: None }
    }

    /// Whether there is none yet.
    pub(super) const fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }

    /// The class that entries further on in the index must be better than to be among the best; `None` while there are too few.
    pub(super) const fn bound(&self) -> Option<Class> {
        self.bound
    }

    #[inline]
    pub(super) fn push(&mut self, rank: Rank) {
        if self.limit == 0 || self.worst.is_some_and(|worst| worst <= rank) {
            return;
        }
        self.ranks.push(rank);
        if self.ranks.len() >= self.limit.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if let Some(last) = self.limit.checked_sub(1).filter(|_| self.limit <= self.ranks.len()) {
            let (_, worst, _) = self.ranks.select_nth_unstable(last);
            self.worst = Some(*worst);
            self.bound = worst.bound();
            self.ranks.truncate(self.limit);
        }
    }

    /// The best, in order.
    pub(super) fn into_sorted(mut self) -> Vec<Rank> {
        self.cut();
        self.ranks.sort_unstable();
        self.ranks
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_best_are_kept_in_order(numbers in prop::collection::vec(0_u64..500, 0..200), limit in 0_usize..50) {
            let mut top = Top::new(limit);
            numbers.iter().for_each(|number| top.push(Rank(*number)));
            let mut all: Vec<Rank> = numbers.into_iter().map(Rank).collect();
            all.sort_unstable();
            all.truncate(limit);
            prop_assert_eq!(top.into_sorted(), all);
        }
    }
}
