//! Drawing text into a part of the screen: clipped, never out of bounds, laid out in columns.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::theme::Theme;
use crate::documents::{Line, Style as LineStyle};
use crate::text;

/// A rectangle to draw in, with coordinates of its own.
pub struct Canvas<'a, 'b> {
    frame: &'a mut Frame<'b>,
    /// Where it lies on the screen.
    pub area: Rect,
    /// How things look.
    pub theme: &'a Theme,
}

impl<'a, 'b> Canvas<'a, 'b> {
    /// A canvas on the whole frame.
    pub fn new(frame: &'a mut Frame<'b>, theme: &'a Theme) -> Self {
        let area = frame.area();
        Self { frame, area, theme }
    }

    /// A part of this canvas, in its coordinates; clipped to it.
    pub fn part(&mut self, x: u16, y: u16, width: u16, height: u16) -> Canvas<'_, 'b> {
        let area = Rect { x: self.area.x.saturating_add(x), y: self.area.y.saturating_add(y), width, height }
            .intersection(self.area);
        Canvas { frame: self.frame, area, theme: self.theme }
    }

    /// Columns.
    pub const fn width(&self) -> u16 {
        self.area.width
    }

    /// Rows.
    pub const fn height(&self) -> u16 {
        self.area.height
    }

    fn buffer(&mut self) -> &mut Buffer {
        self.frame.buffer_mut()
    }

    /// Draws text at a place, at most `columns` wide; what does not fit is cut with an ellipsis. Returns the column after it.
    pub fn text_in(&mut self, x: u16, y: u16, columns: u16, content: &str, style: Style) -> u16 {
        let columns = columns.min(self.area.width.saturating_sub(x));
        if y >= self.area.height || columns == 0 {
            return x;
        }
        let shown = text::truncate(content, usize::from(columns), self.theme.symbols.ellipsis);
        let (left, top) = (self.area.x + x, self.area.y + y);
        let (end, _) = self.buffer().set_stringn(left, top, shown.as_ref(), usize::from(columns), style);
        end.saturating_sub(self.area.x)
    }

    /// Draws text at a place, as far as the canvas reaches. Returns the column after it.
    pub fn text(&mut self, x: u16, y: u16, content: &str, style: Style) -> u16 {
        self.text_in(x, y, self.area.width, content, style)
    }

    /// Draws text that ends at the right edge, in at most `columns`. Returns the column where it starts.
    pub fn text_right(&mut self, y: u16, columns: u16, content: &str, style: Style) -> u16 {
        let columns = columns.min(self.area.width);
        let shown = text::truncate(content, usize::from(columns), self.theme.symbols.ellipsis).into_owned();
        let x = self.area.width.saturating_sub(text::width(&shown).try_into().unwrap_or(columns));
        self.text(x, y, &shown, style);
        x
    }

    /// Draws a remark at the right edge over whatever stands there, set off by blanks.
    pub fn remark(&mut self, y: u16, columns: u16, content: &str, style: Style) {
        let shown = text::truncate(content, usize::from(columns.min(self.area.width)), self.theme.symbols.ellipsis);
        let taken = u16::try_from(text::width(&shown)).unwrap_or(columns).saturating_add(2);
        let x = self.area.width.saturating_sub(taken);
        let mut part = self.part(x, y, taken, 1);
        let area = part.area;
        clear_wide(part.buffer(), area);
        part.text(2, 0, &shown, style);
    }

    /// Gives a stretch of a row a style.
    pub fn style(&mut self, x: u16, y: u16, columns: u16, style: Style) {
        let area =
            Rect { x: self.area.x.saturating_add(x), y: self.area.y.saturating_add(y), width: columns, height: 1 }
                .intersection(self.area);
        self.buffer().set_style(area, style);
    }

    /// Puts the terminal's cursor at a place: where input methods and screen readers look.
    pub fn cursor(&mut self, x: u16, y: u16) {
        if self.area.is_empty() {
            return;
        }
        let x = x.min(self.area.width - 1);
        let y = y.min(self.area.height - 1);
        self.frame.set_cursor_position(Position { x: self.area.x + x, y: self.area.y + y });
    }

    /// Draws the lines of a document from line `first` on.
    pub fn document(&mut self, lines: &[Line], first: usize) {
        for (y, line) in (0..self.area.height).zip(lines.iter().skip(first)) {
            let style = match line.style {
                LineStyle::Plain => self.theme.plain(),
                LineStyle::Title | LineStyle::Heading => self.theme.strong(),
                LineStyle::Strong => self.theme.error(),
                LineStyle::Faint => self.theme.faint(),
                LineStyle::Code => self.theme.code(),
            };
            self.text(1, y, &line.text, style);
        }
        let last = first.saturating_add(usize::from(self.area.height));
        if lines.len() > last {
            self.cursor(0, self.area.height.saturating_sub(1));
        } else {
            self.cursor(0, 0);
        }
    }

    /// A bordered box in the middle with a title; returns the canvas inside it. Wide glyphs under its edges are blanked first, or they
    /// would swallow the border.
    pub fn boxed(&mut self, columns: u16, rows: u16, title: &str) -> Canvas<'_, 'b> {
        let columns = columns.min(self.area.width);
        let rows = rows.min(self.area.height);
        let area = Rect {
            x: self.area.x + (self.area.width - columns) / 2,
            y: self.area.y + (self.area.height - rows) / 2,
            width: columns,
            height: rows,
        };
        clear_wide(self.buffer(), area);
        let symbols = self.theme.symbols;
        let style = self.theme.plain();
        let mut part = Canvas { frame: self.frame, area, theme: self.theme };
        if columns >= 2 && rows >= 2 {
            let line = symbols.horizontal.repeat(usize::from(columns - 2));
            let [top_left, top_right, bottom_left, bottom_right] = symbols.corners;
            part.text(0, 0, &format!("{top_left}{line}{top_right}"), style);
            part.text(0, rows - 1, &format!("{bottom_left}{line}{bottom_right}"), style);
            for y in 1..rows - 1 {
                part.text(0, y, symbols.vertical, style);
                part.text(columns - 1, y, symbols.vertical, style);
            }
            if !title.is_empty() {
                let title = format!(" {title} ");
                let strong = part.theme.strong();
                part.text_in(2, 0, columns.saturating_sub(4), &title, strong);
            }
        }
        let inside =
            Rect { x: area.x + 1, y: area.y + 1, width: columns.saturating_sub(2), height: rows.saturating_sub(2) };
        Canvas { frame: part.frame, area: inside.intersection(area), theme: self.theme }
    }
}

/// Empties a rectangle, and with it the wide glyphs that reach into it from the left or out of it to the right.
pub fn clear_wide(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        if let Some(left) = area.x.checked_sub(1)
            && let Some(cell) = buffer.cell_mut((left, y))
            && text::width(cell.symbol()) > 1
        {
            cell.set_symbol(" ");
        }
        for x in area.left()..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}
