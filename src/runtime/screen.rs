//! The terminal as ratatui draws on it, at the cost of as few bytes as a bad line deserves.
//!
//! ratatui's own crossterm backend resets the pen and shows and moves the cursor in every frame, whether needed or not. This one
//! remembers where the cursor and the pen are and sends only what differs, the whole frame in one write. It knows where blanks are, so
//! that a short gap is written over instead of jumped, and the blank rest of a row erased. It never asks the terminal anything: an answer
//! would be eaten by the event stream.

mod picture;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use picture::{Picture, Square, is_disputed};

/// SGR codes of the modifiers that are drawn.
const CODES: [(Modifier, u8); 7] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

/// How the next character will look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

impl Pen {
    const PLAIN: Self = Self { foreground: Color::Reset, background: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &Cell) -> Self {
        let modifier = cell.modifier.intersection(Modifier::from_iter(CODES.map(|(modifier, _)| modifier)));
        Self { foreground: cell.fg, background: cell.bg, modifier }
    }

    fn shows_on_a_blank(self) -> bool {
        self.background != Color::Reset
            || self.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT)
    }

    /// How a blank of this pen looks.
    fn on_a_blank(self) -> Self {
        if self.shows_on_a_blank() { self } else { Self::PLAIN }
    }
}

/// A ratatui backend over any writer, and whatever tells the terminal's size.
pub struct Screen<W, S> {
    writer: W,
    size: S,
    pending: String,
    /// Where the terminal's cursor is; `None` when that cannot be known without asking.
    cursor: Option<Position>,
    visible: Option<bool>,
    pen: Option<Pen>,
    picture: Picture,
}

impl<W: Write, S: Fn() -> io::Result<Size>> Screen<W, S> {
    /// A screen that knows nothing yet of the terminal's state.
    pub fn new(writer: W, size: S) -> Self {
        Self {
            writer,
            size,
            pending: String::new(),
            cursor: None,
            visible: None,
            pen: None,
            picture: Picture::default(),
        }
    }

    /// Forgets what is known of the terminal, for example after another program wrote on it.
    pub fn forget(&mut self) {
        (self.cursor, self.visible, self.pen) = (None, None, None);
        self.picture.forget();
    }

    fn push(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.pending.write_fmt(arguments);
    }

    fn move_to(&mut self, to: Position) {
        let cursor = self.cursor;
        match cursor {
            Some(at) if at == to => {}
            Some(at) if self.pass_over(at, to) => {}
            Some(at) if at.y == to.y && to.x == 0 => self.pending.push('\r'),
            Some(at) if at.y == to.y && to.x == at.x + 1 => self.pending.push_str("\x1b[C"),
            Some(at) if at.y == to.y => self.push(format_args!("\x1b[{}G", u32::from(to.x) + 1)),
            _ => self.push(format_args!("\x1b[{};{}H", u32::from(to.y) + 1, u32::from(to.x) + 1)),
        }
        self.cursor = Some(to);
    }

    fn set_pen(&mut self, to: Pen) {
        if self.pen == Some(to) {
            return;
        }
        let (from, mut before) = match self.pen {
            Some(from) if from.modifier.difference(to.modifier).is_empty() && to != Pen::PLAIN => (from, ""),
            // What cannot be taken off alone is taken off with everything; that is also the shortest way to the plain pen. An empty
            // parameter is a zero.
            _ => (Pen::PLAIN, ";"),
        };
        self.pending.push_str("\x1b[");
        let mut codes: Vec<u8> = Vec::new();
        for (modifier, code) in CODES {
            if to.modifier.contains(modifier) && !from.modifier.contains(modifier) {
                codes.push(code);
            }
        }
        if to.foreground != from.foreground {
            codes.push(colour_code(to.foreground));
        }
        if to.background != from.background {
            codes.push(colour_code(to.background) + 10);
        }
        for code in codes {
            self.push(format_args!("{before}{code}"));
            before = ";";
        }
        self.pending.push('m');
        self.pen = Some(to);
    }

    /// Goes a few columns to the right over blanks, writing them again, where that is shorter than a jump.
    fn pass_over(&mut self, at: Position, to: Position) -> bool {
        let Some(pen) = self.pen else { return false };
        let columns = to.x.saturating_sub(at.x);
        let short = at.y == to.y && (1..=SHORTEST_JUMP).contains(&columns);
        if short && self.picture.is_blank(at.x..to.x, at.y, pen.on_a_blank()) {
            self.pending.extend(std::iter::repeat_n(' ', columns.into()));
            return true;
        }
        false
    }

    /// The pen for a cell. A blank looks the same with any pen that does not show on it.
    fn take_pen(&mut self, cell: &Cell) -> Pen {
        let wanted = Pen::of(cell);
        match self.pen {
            Some(pen) if cell.symbol() == " " && pen.on_a_blank() == wanted.on_a_blank() => pen,
            _ => {
                self.set_pen(wanted);
                wanted
            }
        }
    }

    /// A terminal that overwrites half of a wide glyph blanks the other half in the pen of the moment, which shows when that pen is
    /// reversed or underlined. ratatui takes the half for a plain blank, so it is made one first, unless it is drawn next anyway.
    fn blank_halves(&mut self, x: u16, y: u16, cell: &Cell, next: Option<(u16, u16)>, columns: u16) {
        if !Pen::of(cell).shows_on_a_blank() {
            return;
        }
        let last = if is_wide(cell) { x.saturating_add(1) } else { x };
        if self.picture.get(x, y) == Square::Tail {
            self.blank_glyph(x.saturating_sub(1), y, columns);
        }
        if self.picture.get(last, y) == Square::Head && next != Some((last.saturating_add(1), y)) {
            self.blank_glyph(last, y, columns);
        }
    }

    fn blank_glyph(&mut self, x: u16, y: u16, columns: u16) {
        self.move_to(Position { x, y });
        self.set_pen(Pen::PLAIN);
        self.put(" ", columns);
        self.put(" ", columns);
        self.picture.blank(x..x.saturating_add(2), y, Pen::PLAIN);
    }

    /// Erases the rest of a row if nothing but blanks is wanted there, and says how many cells that saved.
    fn erase_rest(&mut self, content: &[(u16, u16, &Cell)], columns: u16) -> Option<usize> {
        let (x, y, _) = *content.first()?;
        let count = content.iter().take_while(|(_, row, _)| *row == y).count();
        let rest = content.get(..count)?;
        let (last, ..) = *rest.last()?;
        let plain = |cell: &Cell| cell.symbol() == " " && !Pen::of(cell).shows_on_a_blank();
        if last.saturating_sub(x) < ERASING || !rest.iter().all(|(.., cell)| plain(cell)) {
            return None;
        }
        let mut drawn = rest.iter().map(|(x, ..)| *x).peekable();
        let mut before_drawn = false;
        for column in x..columns {
            let now_drawn = drawn.next_if_eq(&column).is_some();
            match self.picture.get(column, y) {
                _ if now_drawn => {}
                Square::Blank(Pen::PLAIN) => {}
                // It goes with its first half.
                Square::Tail if before_drawn => {}
                _ => return None,
            }
            before_drawn = now_drawn;
        }
        self.move_to(Position { x, y });
        if self.pen.is_none_or(Pen::shows_on_a_blank) {
            self.set_pen(Pen::PLAIN);
        }
        self.pending.push_str("\x1b[K");
        self.picture.blank(x..columns, y, Pen::PLAIN);
        Some(count)
    }

    /// Erases the rest of a row and draws it anew, with what a terminal draws too wide cut off behind it.
    fn draw_rest(&mut self, x: u16, y: u16, columns: u16) {
        let cells = self.picture.rest_of_row(x, y).to_vec();
        let (mut erase, mut hidden) = (true, 0);
        for (x, cell) in (x..columns).zip(&cells) {
            // The second half of a wide glyph comes with the first.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = cell.symbol().width().saturating_sub(1);
            if std::mem::take(&mut erase) {
                self.move_to(Position { x, y });
                self.set_pen(Pen::PLAIN);
                self.pending.push_str("\x1b[K");
                self.picture.blank(x..columns, y, Pen::PLAIN);
            }
            if cell.symbol() != " " || Pen::of(cell).shows_on_a_blank() {
                self.move_to(Position { x, y });
                let pen = self.take_pen(cell);
                self.put(cell.symbol(), columns);
                self.picture.put(x, y, cell.symbol(), is_wide(cell), pen.on_a_blank());
                erase = is_disputed(cell.symbol());
            }
        }
    }

    fn put(&mut self, symbol: &str, columns: u16) {
        self.pending.push_str(symbol);
        let width = certain_width(symbol);
        self.cursor = match (self.cursor, width) {
            // After the last column a terminal may or may not have wrapped.
            (Some(at), Some(width)) if at.x + width < columns => Some(Position { x: at.x + width, ..at }),
            _ => None,
        };
    }
}

/// Bytes of the shortest jump inside a row.
const SHORTEST_JUMP: u16 = 4;
/// Bytes that erase the rest of a row.
const ERASING: u16 = 3;

fn is_wide(cell: &Cell) -> bool {
    cell.symbol().width() > 1
}

/// SGR code of a foreground colour. The theme uses the 16 ANSI colours only; anything else is the terminal's own colour.
const fn colour_code(colour: Color) -> u8 {
    match colour {
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => 39,
    }
}

/// Columns that every terminal gives a symbol, or `None` where terminals disagree (ambiguous width, emoji, combining marks) and the
/// cursor must be placed anew.
fn certain_width(symbol: &str) -> Option<u16> {
    let mut characters = symbol.chars();
    match (characters.next(), characters.next()) {
        (Some(' '..='~'), None) => Some(1),
        (Some('\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'), None) => Some(2),
        (Some('\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff60}'), None) => Some(2),
        (Some('\u{20000}'..='\u{3fffd}'), None) => Some(2),
        _ => None,
    }
}

impl<W: Write, S: Fn() -> io::Result<Size>> Backend for Screen<W, S> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let Size { width: columns, height: rows } = self.size()?;
        if self.picture.is_fresh() {
            // An alternate screen begins blank.
            self.picture.clear(columns, rows);
        }
        let mut content: Vec<_> = content.collect();
        let changed: BTreeSet<u16> = content.iter().map(|(_, y, _)| *y).collect();
        let before: Vec<Option<u16>> = changed.iter().map(|y| self.picture.first_disputed(*y)).collect();
        content.iter().for_each(|(x, y, cell)| self.picture.note(*x, *y, cell));
        // What such a terminal drew too wide stays on its screen unless the rest of the row is erased.
        let mended: BTreeMap<u16, u16> = changed
            .into_iter()
            .zip(before)
            .filter_map(|(y, before)| Some((y, before.into_iter().chain(self.picture.first_disputed(y)).min()?)))
            .map(|(y, from)| (y, self.picture.start_of_glyph(from, y)))
            .collect();
        content.retain(|(x, y, _)| mended.get(y).is_none_or(|from| x < from));
        let mut left = content.as_slice();
        while let Some(((x, y, cell), rest)) = left.split_first() {
            if let Some(erased) = self.erase_rest(left, columns) {
                left = left.get(erased..).unwrap_or_default();
                continue;
            }
            self.blank_halves(*x, *y, cell, rest.first().map(|(x, y, _)| (*x, *y)), columns);
            self.move_to(Position { x: *x, y: *y });
            let pen = self.take_pen(cell);
            self.put(cell.symbol(), columns);
            self.picture.put(*x, *y, cell.symbol(), is_wide(cell), pen.on_a_blank());
            left = rest;
        }
        mended.into_iter().for_each(|(y, x)| self.draw_rest(x, y, columns));
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.visible != Some(false) {
            self.pending.push_str("\x1b[?25l");
            self.visible = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.visible != Some(true) {
            self.pending.push_str("\x1b[?25h");
            self.visible = Some(true);
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.move_to(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.set_pen(Pen::PLAIN);
        // ratatui clears after a resize, and where that moved the cursor only the terminal knows.
        self.cursor = None;
        match clear_type {
            ClearType::All => {
                let size = self.size()?;
                self.picture.clear(size.width, size.height);
            }
            _ => self.picture.forget(),
        }
        self.pending.push_str(match clear_type {
            ClearType::All => "\x1b[2J",
            ClearType::AfterCursor => "\x1b[J",
            ClearType::BeforeCursor => "\x1b[1J",
            ClearType::CurrentLine => "\x1b[2K",
            ClearType::UntilNewLine => "\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        (self.size)()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            let frame = std::mem::take(&mut self.pending);
            self.writer.write_all(frame.as_bytes())?;
            self.writer.flush()?;
            self.pending = frame;
            self.pending.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::style::{Style, Stylize};
    use ratatui::text::Line;

    use super::*;

    /// Writes of one terminal, each as its own entry.
    #[derive(Clone, Default)]
    struct Writes(Rc<RefCell<Vec<Vec<u8>>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn terminal(width: u16, height: u16) -> (Terminal<Screen<Writes, impl Fn() -> io::Result<Size>>>, Writes) {
        let writes = Writes::default();
        let screen = Screen::new(writes.clone(), move || Ok(Size { width, height }));
        (Terminal::new(screen).unwrap(), writes)
    }

    #[test]
    fn an_unchanged_frame_sends_nothing() {
        let (mut terminal, writes) = terminal(40, 3);
        let draw = |frame: &mut ratatui::Frame<'_>| {
            frame.render_widget("高龄津贴".bold(), frame.area());
            frame.set_cursor_position((8, 0));
        };
        terminal.draw(draw).unwrap();
        writes.0.borrow_mut().clear();
        terminal.draw(draw).unwrap();
        assert!(writes.0.borrow().is_empty());
    }

    #[test]
    fn a_typed_character_costs_little_more_than_itself_and_one_write() {
        let (mut terminal, writes) = terminal(40, 3);
        for (text, caret) in [("天", 2), ("天门", 4)] {
            terminal
                .draw(|frame| {
                    frame.render_widget(text, frame.area());
                    frame.set_cursor_position((caret, 0));
                })
                .unwrap();
        }
        assert_eq!(writes.0.borrow().last().unwrap(), "门".as_bytes());
        assert_eq!(writes.0.borrow().len(), 2);
    }

    fn styles(index: usize) -> Style {
        match index {
            0 => Style::new(),
            1 => Style::new().bold(),
            2 => Style::new().red(),
            3 => Style::new().reversed(),
            _ => Style::new().blue().underlined(),
        }
    }

    fn fill(buffer: &mut ratatui::buffer::Buffer, rows: &[(u16, String, usize)]) {
        for (y, (x, text, style)) in (0u16..).zip(rows) {
            buffer.set_line(*x, y, &Line::styled(text.as_str(), styles(*style)), 40 - x);
        }
    }

    /// A terminal that draws what is joined by its parts keeps nothing of them once they are gone.
    #[test]
    fn what_a_terminal_drew_too_wide_is_erased_with_it() {
        let (mut terminal, writes) = terminal(20, 2);
        let size = |n| std::num::NonZero::new(n).unwrap();
        let mut emulator = vt100::Parser::new(size(2), size(20), 0);
        let mut shown = |text: &str| {
            terminal.draw(|frame| frame.buffer_mut().set_string(0, 0, text, Style::new())).unwrap();
            let bytes: usize = writes.0.borrow().iter().map(Vec::len).sum();
            assert!(bytes < 120, "{bytes} bytes for a row");
            writes.0.borrow_mut().drain(..).for_each(|write| emulator.process(&write));
            let row = (0..20).map(|x| emulator.screen().cell(0, x).unwrap().contents().to_owned());
            row.map(|shown| if shown.trim().is_empty() { "_".to_owned() } else { shown }).collect::<Vec<_>>()
        };
        let family = "👨\u{200d}👩\u{200d}👧";
        // Behind it everything stands in its column.
        assert_eq!(shown(&format!("a{family}b 天"))[3..8], ["b", "_", "天", "_", "_"]);
        assert_eq!(shown(&format!("a{family}{family}bc 天"))[5..10], ["b", "c", "_", "天", "_"]);
        assert_eq!(shown("ab 天")[..8], ["a", "b", "_", "天", "_", "_", "_", "_"]);
        assert_eq!(shown("a🇨🇳b")[3..5], ["b", "_"]);
        assert_eq!(shown("a")[..5], ["a", "_", "_", "_", "_"]);
        // A wide glyph that takes its place from the middle on.
        assert_eq!(shown("0👍🏽")[..1], ["0"]);
        assert_eq!(shown("。")[..4], ["。", "_", "_", "_"]);
    }

    proptest! {
        /// What a terminal shows after any sequence of frames is what ratatui meant, wide characters and styles included.
        #[test]
        fn a_real_terminal_shows_what_was_drawn(
            frames in prop::collection::vec(prop::collection::vec((0u16..38, "[a-z天门·…，Ｘ]{0,12}", 0usize..5), 0..6), 1..8)
        ) {
            let (mut terminal, writes) = terminal(40, 6);
            let size = |n| std::num::NonZero::new(n).unwrap();
            let mut emulator = vt100::Parser::new(size(6), size(40), 0);
            for rows in frames {
                terminal.draw(|frame| {
                    fill(frame.buffer_mut(), &rows);
                    frame.set_cursor_position((3, 2));
                }).unwrap();
                for write in writes.0.borrow_mut().drain(..) {
                    emulator.process(&write);
                }
                prop_assert_eq!(emulator.screen().cursor_position(), (2, 3));
                let mut expected = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 40, 6));
                fill(&mut expected, &rows);
                for y in 0..6u16 {
                    let mut x = 0u16;
                    while x < 40 {
                        let want = &expected[(x, y)];
                        let got = emulator.screen().cell(y, x).unwrap();
                        let shown = if got.contents().is_empty() { " " } else { got.contents() };
                        prop_assert_eq!(shown, want.symbol(), "at {},{}", x, y);
                        if want.symbol() != " " {
                            // A bold or coloured blank looks like any other, so ratatui may leave one behind.
                            prop_assert_eq!(got.bold(), want.modifier.contains(Modifier::BOLD));
                            prop_assert_eq!(got.fgcolor() == vt100::Color::Default, want.fg == Color::Reset);
                        }
                        prop_assert_eq!(got.inverse(), want.modifier.contains(Modifier::REVERSED));
                        prop_assert_eq!(got.underline(), want.modifier.contains(Modifier::UNDERLINED));
                        x += unicode_width::UnicodeWidthStr::width(want.symbol()).max(1) as u16;
                    }
                }
            }
        }
    }
}
