//! What the terminal shows where, as far as it saves bytes to know it: blanks, and the halves of wide glyphs.

use super::Pen;

/// What stands in one column of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Square {
    /// A blank, in the look that its pen gave it.
    Blank(Pen),
    /// A glyph of one column, or one whose width terminals disagree on.
    Narrow,
    /// The first half of a wide glyph.
    Head,
    /// The second half.
    Tail,
}

/// All squares. Outside of the size everything is unknown, which is taken for anything but a blank.
#[derive(Debug, Default)]
pub(super) struct Picture {
    columns: u16,
    squares: Vec<Square>,
}

impl Picture {
    /// The terminal shows something, nobody knows what.
    pub fn forget(&mut self) {
        self.squares.fill(Square::Narrow);
    }

    /// The terminal was cleared with the plain pen.
    pub fn clear(&mut self, columns: u16, rows: u16) {
        self.columns = columns;
        self.squares = vec![Square::Blank(Pen::PLAIN); usize::from(columns) * usize::from(rows)];
    }

    /// Whether nothing was ever drawn.
    pub const fn is_fresh(&self) -> bool {
        self.squares.is_empty()
    }

    fn index(&self, x: u16, y: u16) -> Option<usize> {
        (x < self.columns).then(|| usize::from(y) * usize::from(self.columns) + usize::from(x))
    }

    pub fn get(&self, x: u16, y: u16) -> Square {
        self.index(x, y).and_then(|index| self.squares.get(index)).copied().unwrap_or(Square::Narrow)
    }

    fn set(&mut self, x: u16, y: u16, square: Square) {
        if let Some(place) = self.index(x, y).and_then(|index| self.squares.get_mut(index)) {
            *place = square;
        }
    }

    /// Whether these columns of a row are blank and look so.
    pub fn is_blank(&self, mut columns: std::ops::Range<u16>, y: u16, look: Pen) -> bool {
        columns.all(|x| self.get(x, y) == Square::Blank(look))
    }

    /// Makes columns of a row blank.
    pub fn blank(&mut self, columns: std::ops::Range<u16>, y: u16, look: Pen) {
        for x in columns {
            self.set(x, y, Square::Blank(look));
        }
    }

    /// A symbol was put there. The other halves of wide glyphs that it covers by half become blanks of the same look.
    pub fn put(&mut self, x: u16, y: u16, symbol: &str, wide: bool, look: Pen) {
        let next = x.saturating_add(if wide { 2 } else { 1 });
        if self.get(x, y) == Square::Tail {
            self.blank(x.saturating_sub(1)..x, y, look);
        }
        if self.get(next, y) == Square::Tail {
            self.blank(next..next.saturating_add(1), y, look);
        }
        match (symbol, wide) {
            (" ", _) => self.set(x, y, Square::Blank(look)),
            (_, false) => self.set(x, y, Square::Narrow),
            (_, true) => {
                self.set(x, y, Square::Head);
                self.set(x.saturating_add(1), y, Square::Tail);
            }
        }
    }
}
