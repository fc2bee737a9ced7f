//! The entries of an index in the order in which the items came, a byte or two each.

use super::image::{Reader, Writer};
use super::narrow::Narrow;

/// An order of entries that stand in groups, inside each of which they are in this order already. So the group of the next is all that has to
/// be known: it is the next of its group.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    /// The group of each, in this order.
    groups: Narrow,
    /// The first entry of each group.
    starts: Vec<u32>,
}

impl Listing {
    /// Of each entry its group and its place in the order.
    pub(super) fn new<G: PartialEq, P: Ord>(entries: impl Iterator<Item = (G, P)>) -> Self {
        let (mut starts, mut placed, mut before) = (Vec::new(), Vec::new(), None);
        for (entry, (group, place)) in (0..).zip(entries) {
            if before.as_ref() != Some(&group) {
                starts.push(entry);
                before = Some(group);
            }
            placed.push((place, u32::try_from(starts.len() - 1).unwrap_or(u32::MAX)));
        }
        placed.sort_unstable();
        Self { groups: placed.into_iter().map(|(_, group)| group).collect(), starts }
    }

    /// How many entries there are.
    pub(super) const fn len(&self) -> usize {
        self.groups.len()
    }

    /// The entries in this order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + Clone {
        let mut next = self.starts.clone();
        self.groups.iter().filter_map(move |group| {
            let next = next.get_mut(group)?;
            let entry = *next as usize;
            *next = next.saturating_add(1);
            Some(entry)
        })
    }

    /// Writes it down.
    pub(super) fn write(&self, image: &mut Writer) {
        self.groups.write(image);
        image.numbers(&self.starts);
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        Some(Self { groups: Narrow::read(image)?, starts: image.numbers()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_in_the_order_of_their_places() {
        // Entries by length, then as they came: 2, 5 | 0, 1, 4 | 3.
        let entries = [(1, 2), (1, 5), (2, 0), (2, 1), (2, 4), (9, 3)];
        let listing = Listing::new(entries.into_iter());
        assert!(listing.iter().eq([2, 3, 0, 5, 4, 1]));
        assert_eq!(listing.len(), 6);
        assert_eq!(Listing::new(std::iter::empty::<(u8, u8)>()).iter().next(), None);
    }
}
