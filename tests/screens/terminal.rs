//! A terminal emulator behind the program's own terminal backend.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::num::NonZero;
use std::rc::Rc;

use onewindow::app::Model;
use onewindow::runtime::screen::Screen;
use onewindow::ui::{theme::Theme, view};
use ratatui::Frame;
use ratatui::layout::Size;

type SizeOf = Box<dyn Fn() -> io::Result<Size>>;

/// Writes of the frame being drawn, each as its own entry.
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

/// What one frame cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    pub writes: usize,
    pub bytes: usize,
}

pub struct Terminal {
    terminal: ratatui::Terminal<Screen<Writes, SizeOf>>,
    writes: Writes,
    size: Rc<Cell<Size>>,
    emulator: vt100::Parser,
}

fn at_least_one(n: u16) -> NonZero<u16> {
    NonZero::new(n.max(1)).unwrap()
}

impl Terminal {
    pub fn new(columns: u16, rows: u16) -> Self {
        let writes = Writes::default();
        let size = Rc::new(Cell::new(Size { width: columns, height: rows }));
        let told = Rc::clone(&size);
        let screen = Screen::new(writes.clone(), Box::new(move || Ok(told.get())) as SizeOf);
        let terminal = ratatui::Terminal::new(screen).unwrap();
        let emulator = vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0);
        Self { terminal, writes, size, emulator }
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size.set(Size { width: columns, height: rows });
        self.emulator.screen_mut().set_size(at_least_one(rows), at_least_one(columns));
    }

    /// Draws the model; what that cost.
    pub fn draw(&mut self, model: &Model, theme: &Theme) -> Cost {
        self.draw_with(|frame| view(model, theme, frame))
    }

    /// Draws a frame; what that cost.
    pub fn draw_with(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> Cost {
        self.terminal.draw(render).unwrap();
        let mut cost = Cost::default();
        for write in self.writes.0.borrow_mut().drain(..) {
            cost.writes += 1;
            cost.bytes += write.len();
            self.emulator.process(&write);
        }
        cost
    }

    /// Column and row of the cursor.
    pub fn cursor(&self) -> (u16, u16) {
        let (row, column) = self.emulator.screen().cursor_position();
        (column, row)
    }

    pub fn shows_cursor(&self) -> bool {
        !self.emulator.screen().hide_cursor()
    }

    pub fn size(&self) -> Size {
        self.size.get()
    }

    pub fn cell(&self, column: u16, row: u16) -> Option<&vt100::Cell> {
        self.emulator.screen().cell(row, column)
    }

    /// The rows as text, without blanks at their ends.
    pub fn rows(&self) -> Vec<String> {
        let Size { width, height } = self.size.get();
        (0..height).map(|row| self.text(0, row, width)).collect()
    }

    /// The whole picture as text.
    pub fn picture(&self) -> String {
        self.rows().join("\n")
    }

    /// The text of a row from a column up to another.
    pub fn text(&self, from: u16, row: u16, to: u16) -> String {
        let mut text = String::new();
        for cell in (from..to).filter_map(|column| self.cell(column, row)) {
            if !cell.is_wide_continuation() {
                text.push_str(if cell.contents().is_empty() { " " } else { cell.contents() });
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Stretches of a row that are not plain: `3-8 bold red`.
    pub fn styles(&self, row: u16) -> Vec<String> {
        let mut stretches: Vec<(u16, u16, String)> = Vec::new();
        for column in 0..self.size.get().width {
            let Some(cell) = self.cell(column, row) else { continue };
            let name = style_name(cell);
            match stretches.last_mut() {
                // The second half of a wide glyph looks like the first.
                Some((_, end, _)) if *end + 1 == column && cell.is_wide_continuation() => *end = column,
                Some((_, end, last)) if *end + 1 == column && *last == name => *end = column,
                _ if name.is_empty() || cell.is_wide_continuation() => {}
                _ => stretches.push((column, column, name)),
            }
        }
        stretches.into_iter().map(|(from, to, name)| format!("{from}-{to} {name}")).collect()
    }
}

fn style_name(cell: &vt100::Cell) -> String {
    let blank = cell.contents().trim().is_empty() && !cell.is_wide_continuation();
    let mut names = Vec::new();
    if cell.inverse() {
        names.push("reversed".to_owned());
    }
    if cell.underline() {
        names.push("underlined".to_owned());
    }
    // On a blank neither weight nor colour can be seen.
    if !blank {
        if cell.bold() {
            names.push("bold".to_owned());
        }
        if let vt100::Color::Idx(index) = cell.fgcolor() {
            names.push(colour_name(index).to_owned());
        }
    }
    if let vt100::Color::Idx(index) = cell.bgcolor() {
        names.push(format!("on-{}", colour_name(index)));
    }
    names.join(" ")
}

const fn colour_name(index: u8) -> &'static str {
    match index {
        0 => "black",
        1 => "red",
        2 => "green",
        3 => "yellow",
        4 => "blue",
        5 => "magenta",
        6 => "cyan",
        7 => "white",
        _ => "bright",
    }
}
