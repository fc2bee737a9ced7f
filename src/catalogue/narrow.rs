//! Numbers in as few bytes as the largest of them needs: most of what a catalogue counts is few, however many items it has.

use std::ops::Range;

use super::image::{Reader, Writer};

/// Numbers, and how wide they are kept.
#[derive(Debug, Clone)]
pub(super) enum Narrow {
    /// So many noughts.
    Noughts(usize),
    /// None is above 255.
    Bytes(Vec<u8>),
    /// None is above 65,535.
    Short(Vec<u16>),
    /// Any.
    Long(Vec<u32>),
}

impl Default for Narrow {
    fn default() -> Self {
        Self::Noughts(0)
    }
}

impl Narrow {
    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Noughts(count) => *count,
            Self::Bytes(numbers) => numbers.len(),
            Self::Short(numbers) => numbers.len(),
            Self::Long(numbers) => numbers.len(),
        }
    }

    /// One of them.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<usize> {
        match self {
            Self::Noughts(count) => (at < *count).then_some(0),
            Self::Bytes(numbers) => numbers.get(at).map(|number| usize::from(*number)),
            Self::Short(numbers) => numbers.get(at).map(|number| usize::from(*number)),
            Self::Long(numbers) => numbers.get(at).map(|number| *number as usize),
        }
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + Clone {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Goes through some of them, as far as they reach, each with its place.
    #[inline]
    pub(super) fn each(&self, places: Range<usize>, mut act: impl FnMut(usize, usize)) {
        fn go<N: Copy>(numbers: &[N], places: Range<usize>, wide: fn(N) -> usize, mut act: impl FnMut(usize, usize)) {
            let some = numbers.get(places.start..places.end.min(numbers.len())).unwrap_or_default();
            places.zip(some).for_each(|(at, number)| act(at, wide(*number)));
        }
        match self {
            Self::Noughts(count) => (places.start..places.end.min(*count)).for_each(|at| act(at, 0)),
            Self::Bytes(numbers) => go(numbers, places, usize::from, act),
            Self::Short(numbers) => go(numbers, places, usize::from, act),
            Self::Long(numbers) => go(numbers, places, |number| number as usize, act),
        }
    }

    /// Writes them down.
    pub(super) fn write(&self, image: &mut Writer) {
        match self {
            Self::Noughts(count) => {
                image.numbers(&[0_u8]);
                image.numbers(&[u64::try_from(*count).unwrap_or(u64::MAX)]);
            }
            Self::Bytes(numbers) => {
                image.numbers(&[1_u8]);
                image.numbers(numbers);
            }
            Self::Short(numbers) => {
                image.numbers(&[2_u8]);
                image.numbers(numbers);
            }
            Self::Long(numbers) => {
                image.numbers(&[4_u8]);
                image.numbers(numbers);
            }
        }
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        match image.bytes()? {
            [0] => Some(Self::Noughts(usize::try_from(*image.numbers::<u64>()?.first()?).ok()?)),
            [1] => image.numbers().map(Self::Bytes),
            [2] => image.numbers().map(Self::Short),
            [4] => image.numbers().map(Self::Long),
            _ => None,
        }
    }
}

impl FromIterator<u32> for Narrow {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let numbers: Vec<u32> = numbers.into_iter().collect();
        if numbers.iter().all(|number| *number == 0) {
            Self::Noughts(numbers.len())
        } else if let Some(bytes) = fitting(&numbers) {
            Self::Bytes(bytes)
        } else if let Some(short) = fitting(&numbers) {
            Self::Short(short)
        } else {
            Self::Long(numbers)
        }
    }
}

/// The numbers in another width, when all of them fit into it.
fn fitting<N: TryFrom<u32>>(numbers: &[u32]) -> Option<Vec<N>> {
    numbers.iter().map(|number| N::try_from(*number).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whatever_their_width() {
        for (most, bytes) in [(1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (u32::MAX, 4)] {
            let numbers = [0, most, most / 2];
            let narrow: Narrow = numbers.into_iter().collect();
            let mut image = Writer::default();
            narrow.write(&mut image);
            let image = image.into_bytes();
            assert_eq!(image.len(), 8 + 1 + 8 + 3 * bytes, "{most}");
            let read = Narrow::read(&mut Reader::of(&image)).unwrap();
            let wide = numbers.map(|number| number as usize);
            assert!(read.iter().eq(wide) && read.len() == 3 && read.get(3).is_none());
            let mut seen = Vec::new();
            read.each(1..9, |at, number| seen.push((at, number)));
            assert_eq!(seen, [(1, wide[1]), (2, wide[2])]);
            read.each(7..9, |_, _| panic!("there are no more"));
        }
        let noughts: Narrow = [0; 9].into_iter().collect();
        let mut image = Writer::default();
        noughts.write(&mut image);
        let image = image.into_bytes();
        let read = Narrow::read(&mut Reader::of(&image)).unwrap();
        assert!(image.len() == 25 && read.len() == 9 && read.iter().eq([0; 9]) && read.get(9).is_none());
        let mut seen = Vec::new();
        read.each(7..99, |at, number| seen.push((at, number)));
        assert_eq!(seen, [(7, 0), (8, 0)]);
        assert!(Narrow::read(&mut Reader::of(&[1, 0, 0, 0, 0, 0, 0, 0, 3])).is_none());
    }
}
