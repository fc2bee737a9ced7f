//! What the terminal shows where, as far as it saves bytes to know it: blanks, and the halves of wide glyphs. And what was meant to stand
//! there, for rows that have to be drawn again.

use ratatui::buffer::Cell;

use super::{Pen, is_wide};

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

/// Whether terminals disagree on how wide a glyph is, or whether it is one: what is joined or has a selector, flags.
pub(super) fn is_disputed(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    characters.next().is_some_and(|first| matches!(first, '\u{1f1e6}'..='\u{1f1ff}') || characters.next().is_some())
}

/// All squares. Outside of the size everything is unknown, which is taken for anything but a blank.
#[derive(Debug, Default)]
pub(super) struct Picture {
    columns: u16,
    squares: Vec<Square>,
    cells: Vec<Cell>,
}

impl Picture {
    /// The terminal shows something, nobody knows what.
    pub fn forget(&mut self) {
        self.squares.fill(Square::Narrow);
    }

    /// The terminal was cleared with the plain pen.
    pub fn clear(&mut self, columns: u16, rows: u16) {
        self.columns = columns;
        let count = usize::from(columns) * usize::from(rows);
        self.squares = vec![Square::Blank(Pen::PLAIN); count];
        self.cells = vec![Cell::EMPTY; count];
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

    /// Notes what is meant to stand in a cell. Under the second half of a wide glyph stands nothing any more.
    pub fn note(&mut self, x: u16, y: u16, cell: &Cell) {
        if let Some(known) = self.index(x, y).and_then(|index| self.cells.get_mut(index)) {
            known.clone_from(cell);
        }
        let second = x.saturating_add(1);
        if is_wide(cell)
            && let Some(known) = self.index(second, y).and_then(|index| self.cells.get_mut(index))
        {
            *known = Cell::EMPTY;
        }
    }

    /// The column itself, or the one before where that has a wide glyph that stands in both.
    pub fn start_of_glyph(&self, x: u16, y: u16) -> u16 {
        let before = x
            .checked_sub(1)
            .filter(|before| self.index(*before, y).and_then(|index| self.cells.get(index)).is_some_and(is_wide));
        before.unwrap_or(x)
    }

    /// What is meant to stand in a row, from a column on.
    pub fn rest_of_row(&self, x: u16, y: u16) -> &[Cell] {
        let start = self.index(x, y);
        start.and_then(|start| self.cells.get(start..start + usize::from(self.columns - x))).unwrap_or_default()
    }

    /// The first column of a row with a glyph that a terminal may draw wider than it was told, over what stands behind it.
    pub fn first_disputed(&self, y: u16) -> Option<u16> {
        let found = self.rest_of_row(0, y).iter().position(|cell| is_disputed(cell.symbol()))?;
        u16::try_from(found).ok()
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
