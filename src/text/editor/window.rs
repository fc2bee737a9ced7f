//! The window on an edited text: what shows in so many columns and rows, and moving by rows.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Editor;
use crate::text::sanitize::Lines;
use crate::text::width::{grapheme_width, slice_columns, truncate, width};
use crate::text::wrap::rows;

/// One line of a text, as much as its window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The visible part, at most as many columns as asked for.
    pub text: String,
    /// Column of the caret inside the window.
    pub caret: usize,
    /// Something is hidden to the left.
    pub before: bool,
    /// Something is hidden to the right.
    pub after: bool,
}

/// The rows of a text that its window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesView {
    /// The visible rows, wrapped.
    pub lines: Vec<String>,
    /// Column and row of the caret inside the window.
    pub caret: (usize, usize),
    /// Which row of the whole text the first visible one is, from 0.
    pub first_line: usize,
    /// How many rows the whole text has.
    pub total_lines: usize,
}

/// Where the window stood at the last look.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// First visible column, or row of a text of several lines.
    first: usize,
    /// Columns that rows are wrapped to.
    cols: usize,
}

impl Window {
    /// Before the first look: at the beginning, nothing wrapped.
    pub(super) const UNSEEN: Self = Self { first: 0, cols: usize::MAX };
}

impl Editor {
    /// The line in a window of `cols` columns in which the caret is visible. Line breaks do not show: for one line only.
    pub fn view(&self, cols: usize) -> View {
        let (shown, caret) = if self.secret {
            ("*".repeat(self.text.graphemes(true).count()), self.caret())
        } else {
            (self.text.clone(), width(self.head()))
        };
        let total = width(&shown);
        // The caret may stand one column behind the text.
        let last_first = (total + 1).saturating_sub(cols);
        let first = follow(self.window.get().first.min(last_first), caret, cols);
        self.window.set(Window { first, ..self.window.get() });
        View {
            text: slice_columns(&shown, first, cols),
            caret: caret.saturating_sub(first),
            before: first > 0,
            after: total > first.saturating_add(cols),
        }
    }

    /// The text, wrapped, in a window of `cols` columns and `height` rows in which the caret is visible.
    pub fn view_lines(&self, cols: usize, height: usize) -> LinesView {
        // One column stays free for a caret behind a full row.
        let wrapped = cols.saturating_sub(1);
        let rows = rows(&self.text, wrapped);
        let (row, column) = self.position(&rows);
        let first = follow(self.window.get().first.min(rows.len().saturating_sub(height)), row, height);
        self.window.set(Window { first, cols: wrapped });
        LinesView {
            lines: rows
                .iter()
                .skip(first)
                .take(height)
                .map(|row| truncate(self.text.get(row.clone()).unwrap_or_default(), cols, "").into_owned())
                .collect(),
            caret: (column.min(wrapped), row.saturating_sub(first)),
            first_line: first,
            total_lines: rows.len(),
        }
    }

    /// Row and column of the caret. Between two rows of one paragraph it belongs to the second.
    fn position(&self, rows: &[Range<usize>]) -> (usize, usize) {
        let row = rows.iter().rposition(|row| row.start <= self.caret).unwrap_or(0);
        let start = rows.get(row).map_or(0, |row| row.start);
        (row, width(self.text.get(start..self.caret).unwrap_or_default()))
    }

    /// Whether there is no row below the caret's, or above it, as last shown.
    pub fn is_at_edge(&self, below: bool) -> bool {
        let rows = rows(&self.text, self.window.get().cols);
        let (row, _) = self.position(&rows);
        if below { row + 1 >= rows.len() } else { row == 0 }
    }

    pub(super) fn move_row(&mut self, down: bool) {
        let goal = self.goal;
        self.rest();
        if self.lines == Lines::Join {
            return;
        }
        let rows = rows(&self.text, self.window.get().cols);
        let (row, column) = self.position(&rows);
        let goal = goal.unwrap_or(column);
        self.goal = Some(goal);
        let target = if down { row.checked_add(1) } else { row.checked_sub(1) };
        let Some(range) = target.and_then(|target| rows.get(target)) else {
            self.caret = if down { self.text.len() } else { 0 };
            return;
        };
        // The end of a wrapped row is the beginning of the next, where the caret must not land.
        let wrapped = rows.iter().any(|row| row.start == range.end && row.start > range.start);
        let mut caret = range.start;
        let mut column = 0;
        for grapheme in self.text.get(range.clone()).unwrap_or_default().graphemes(true) {
            column += grapheme_width(grapheme);
            let next = caret + grapheme.len();
            if column > goal || (wrapped && next == range.end) {
                break;
            }
            caret = next;
        }
        self.caret = caret;
    }
}

/// Moves a window of `size` that begins at `first` no further than needed to show `at`.
fn follow(first: usize, at: usize, size: usize) -> usize {
    first.min(at).max((at + 1).saturating_sub(size.max(1)))
}
