//! A text field's contents under the clerk's hands: caret, selection, undo.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::sanitize::{Lines, compose, is_ideograph, sanitize};

mod window;

use window::Window;
pub use window::{LinesView, View};

/// Steps that can be undone.
const HISTORY: usize = 256;

/// What a key does to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edit {
    /// One grapheme back.
    Left,
    /// One grapheme on.
    Right,
    /// To the beginning of the word before the caret: a word of UAX #29, or a run of Han up to the next mark.
    WordLeft,
    /// To the end of the word after the caret.
    WordRight,
    /// To the beginning of the line, as far as the last line break.
    Home,
    /// To the end of the line, as far as the next line break.
    End,
    /// One row up as last shown; only in a text of several lines.
    Up,
    /// One row down as last shown; only in a text of several lines.
    Down,
    /// Deletes the grapheme before the caret.
    Backspace,
    /// Deletes the grapheme after the caret.
    Delete,
    /// Deletes to the beginning of the word.
    DeleteWordLeft,
    /// Deletes to the beginning of the line.
    DeleteToStart,
    /// Deletes to the end of the line.
    DeleteToEnd,
    /// Selects everything: the next typing or deletion replaces it.
    SelectAll,
    /// Takes the last step back.
    Undo,
    /// Does the step again.
    Redo,
    /// Deletes everything.
    Clear,
}

/// A grapheme-wise editor of one line or of several.
///
/// Everything that goes in is [sanitised](sanitize). The caret always stands between two graphemes. Looking at the text
/// ([`view`](Self::view), [`view_lines`](Self::view_lines)) remembers where the window stood, so that it moves only when the caret
/// leaves it; nothing else depends on that memory. Its `Debug` form does not show the text, which may be personal data.
#[derive(Clone)]
pub struct Editor {
    text: String,
    /// Byte offset.
    caret: usize,
    all_selected: bool,
    lines: Lines,
    max_graphemes: Option<usize>,
    secret: bool,
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    run: Run,
    /// Column that moving up and down keeps to.
    goal: Option<usize>,
    window: Cell<Window>,
}

/// A text and where its caret stood.
#[derive(Clone)]
struct Step {
    text: String,
    caret: usize,
}

/// What kind of step can still grow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    None,
    Typing,
    Backspace,
    Delete,
}

impl Editor {
    /// An editor of one line. Line breaks in the text are joined.
    pub fn new(text: &str) -> Self {
        Self::with_lines(text, Lines::Join)
    }

    /// An editor of several lines.
    pub fn multi_line(text: &str) -> Self {
        Self::with_lines(text, Lines::Keep)
    }

    fn with_lines(text: &str, lines: Lines) -> Self {
        let text = sanitize(text, lines);
        Self {
            caret: text.len(),
            text,
            all_selected: false,
            lines,
            max_graphemes: None,
            secret: false,
            undo: VecDeque::new(),
            redo: Vec::new(),
            run: Run::None,
            goal: None,
            window: Cell::new(Window::UNSEEN),
        }
    }

    /// Takes no more typing beyond so many graphemes. A longer text that is already there stays.
    #[must_use]
    pub const fn max_graphemes(mut self, max: usize) -> Self {
        self.max_graphemes = Some(max);
        self
    }

    /// Shows stars in [`view`](Self::view) for what was typed: a password.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether line breaks can be typed.
    pub fn is_multi_line(&self) -> bool {
        self.lines == Lines::Keep
    }

    /// Whether a step can be taken back or done again.
    pub fn has_past(&self) -> bool {
        !self.undo.is_empty() || !self.redo.is_empty()
    }

    /// Whether everything is selected, so that typing replaces it.
    pub const fn is_all_selected(&self) -> bool {
        self.all_selected
    }

    /// The caret, in graphemes from the beginning.
    pub fn caret(&self) -> usize {
        self.head().graphemes(true).count()
    }

    /// Puts another text in, the caret at its end, and forgets the steps.
    pub fn set_text(&mut self, text: &str) {
        self.text = sanitize(text, self.lines);
        self.caret = self.text.len();
        self.all_selected = false;
        self.undo.clear();
        self.redo.clear();
        self.run = Run::None;
        self.goal = None;
    }

    /// Puts another text in as one step, which can be undone; the caret at its end. True: the text changed.
    pub fn exchange(&mut self, text: &str) -> bool {
        let text = sanitize(text, self.lines);
        let changed = self.replace(&text, "", Run::None);
        self.caret = self.text.len();
        changed
    }

    /// Puts the caret after so many graphemes, or at the end of a shorter text.
    pub fn place_caret(&mut self, graphemes: usize) {
        self.rest();
        let caret = self.boundaries().nth(graphemes);
        self.caret = caret.unwrap_or(self.text.len());
    }

    /// Types or pastes a text at the caret, or instead of the selection, as much of it as the limit allows. True: the text changed.
    pub fn insert(&mut self, text: &str) -> bool {
        let mut text = sanitize(text, self.lines);
        if text.is_empty() {
            return false;
        }
        let (head, tail) = if self.all_selected { ("", "") } else { (self.head(), self.tail()) };
        if let Some(max) = self.max_graphemes {
            let count = |middle: &str| [head, middle, tail].concat().graphemes(true).count();
            let present = count("");
            // One more than there is room for: it may combine with what is there, as a variation selector does.
            let room = max.saturating_sub(present) + 1;
            text = text.graphemes(true).take(room).collect();
            while !text.is_empty() && count(&text) > max.max(present) {
                text.truncate(text.grapheme_indices(true).next_back().map_or(0, |(at, _)| at));
            }
            if text.is_empty() {
                return false;
            }
        }
        let typed = text != "\n" && text.graphemes(true).nth(1).is_none();
        let run = if typed { Run::Typing } else { Run::None };
        let (head, tail) = (format!("{head}{text}"), tail.to_owned());
        self.replace(&head, &tail, run)
    }

    /// Does one edit. True: the text changed.
    pub fn apply(&mut self, edit: Edit) -> bool {
        match edit {
            Edit::Undo => return self.travel(true),
            Edit::Redo => return self.travel(false),
            Edit::SelectAll => {
                self.rest();
                self.all_selected = !self.text.is_empty();
                return false;
            }
            _ => {}
        }
        let deletes = matches!(
            edit,
            Edit::Backspace
                | Edit::Delete
                | Edit::DeleteWordLeft
                | Edit::DeleteToStart
                | Edit::DeleteToEnd
                | Edit::Clear
        );
        if deletes && (self.all_selected || edit == Edit::Clear) {
            return self.replace("", "", Run::None);
        }
        match edit {
            Edit::Backspace => self.delete(self.left()..self.caret, Run::Backspace),
            Edit::Delete => self.delete(self.caret..self.right(), Run::Delete),
            Edit::DeleteWordLeft => self.delete(self.word_left()..self.caret, Run::None),
            Edit::DeleteToStart => self.delete(self.line_start()..self.caret, Run::None),
            Edit::DeleteToEnd => self.delete(self.caret..self.line_end(), Run::None),
            Edit::Up | Edit::Down => {
                self.move_row(edit == Edit::Down);
                false
            }
            motion => {
                let target = match motion {
                    Edit::Left if self.all_selected => 0,
                    Edit::Right if self.all_selected => self.text.len(),
                    Edit::Left => self.left(),
                    Edit::Right => self.right(),
                    Edit::WordLeft => self.word_left(),
                    Edit::WordRight => self.word_right(),
                    Edit::Home => self.line_start(),
                    Edit::End => self.line_end(),
                    _ => self.caret,
                };
                self.rest();
                self.caret = target;
                false
            }
        }
    }

    fn head(&self) -> &str {
        self.text.get(..self.caret).unwrap_or_default()
    }

    fn tail(&self) -> &str {
        self.text.get(self.caret..).unwrap_or_default()
    }

    fn left(&self) -> usize {
        self.head().grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.caret + self.tail().graphemes(true).next().map_or(0, str::len)
    }

    fn line_start(&self) -> usize {
        self.head().rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.caret + self.tail().find('\n').unwrap_or(self.tail().len())
    }

    fn word_left(&self) -> usize {
        let word = self.words().take_while(|word| word.start < self.caret).last().map_or(0, |word| word.start);
        // A word may begin inside a grapheme, rarely.
        self.boundaries().take_while(|at| *at <= word).last().unwrap_or(0)
    }

    fn word_right(&self) -> usize {
        let end = self.words().map(|word| word.end).find(|end| *end > self.caret);
        boundary_from(&self.text, end.unwrap_or(self.text.len()))
    }

    /// Where the words begin and end. Han that stand together are one word: where they part, only a dictionary could tell.
    fn words(&self) -> impl Iterator<Item = Range<usize>> {
        let is_han = |word: &str| word.chars().next().is_some_and(is_ideograph);
        let mut words = self.text.split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty()).peekable();
        std::iter::from_fn(move || {
            let (start, word) = words.next()?;
            let mut end = start + word.len();
            if is_han(word) {
                while let Some((_, word)) = words.next_if(|(at, next)| *at == end && is_han(next)) {
                    end += word.len();
                }
            }
            Some(start..end)
        })
    }

    fn boundaries(&self) -> impl Iterator<Item = usize> {
        self.text.grapheme_indices(true).map(|(at, _)| at)
    }

    /// Ends what a motion ends: the run of typing, the selection, the column kept to.
    const fn rest(&mut self) {
        self.run = Run::None;
        self.all_selected = false;
        self.goal = None;
    }

    fn delete(&mut self, range: Range<usize>, run: Run) -> bool {
        let head = self.text.get(..range.start).unwrap_or_default().to_owned();
        let tail = self.text.get(range.end..).unwrap_or_default().to_owned();
        self.replace(&head, &tail, run)
    }

    /// Makes the text `head` and `tail` with the caret between them; one step, or a part of the running one.
    fn replace(&mut self, head: &str, tail: &str, run: Run) -> bool {
        let head = compose(head);
        let text = compose(&format!("{head}{tail}"));
        let caret = boundary_from(&text, head.len());
        let grows = run != Run::None && run == self.run;
        self.rest();
        let before = Step { text: std::mem::replace(&mut self.text, text), caret: self.caret };
        self.caret = caret;
        if before.text == self.text {
            return false;
        }
        self.run = run;
        self.redo.clear();
        if !grows {
            if self.undo.len() == HISTORY {
                self.undo.pop_front();
            }
            self.undo.push_back(before);
        }
        true
    }

    /// One step back, or on.
    fn travel(&mut self, back: bool) -> bool {
        self.rest();
        let Some(step) = (if back { self.undo.pop_back() } else { self.redo.pop() }) else { return false };
        let here = Step { text: std::mem::replace(&mut self.text, step.text), caret: self.caret };
        self.caret = step.caret;
        if back {
            self.redo.push(here);
        } else {
            self.undo.push_back(here);
        }
        true
    }
}

impl Default for Editor {
    fn default() -> Self {
        Self::new("")
    }
}

/// Two editors are equal when a clerk sees no difference: the text, the caret, the selection.
impl PartialEq for Editor {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.caret, self.all_selected, self.lines)
            == (&other.text, other.caret, other.all_selected, other.lines)
    }
}

impl Eq for Editor {}

impl fmt::Debug for Editor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editor")
            .field("graphemes", &self.text.graphemes(true).count())
            .field("caret", &self.caret())
            .finish_non_exhaustive()
    }
}

/// The first grapheme boundary at or after a byte offset.
fn boundary_from(text: &str, offset: usize) -> usize {
    text.grapheme_indices(true).map(|(at, _)| at).find(|at| *at >= offset).unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
