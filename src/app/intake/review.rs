//! The review page (核对): everything as it will be sent, for the citizen to confirm, what is sensitive when it is asked for. Opening it
//! freezes the submission.

use super::{Intake, PageRef, entry_heading, shown};
use crate::app::effect::{Effect, Submission};
use crate::app::shared::Shared;
use crate::app::{Allowance, Input, Step, scroll};
use crate::forms::{Row, values};
use crate::keymap::Action;
use crate::text;

/// The review page.
#[derive(Debug)]
pub struct Review {
    /// Its lines, top to bottom.
    pub lines: Vec<ReviewLine>,
    /// The line with the cursor.
    pub selected: usize,
    /// Which row of that line has it: a long value takes several.
    row: usize,
    /// Whether what is sensitive shows.
    pub revealed: bool,
    /// What will be sent; or how many fields have an error.
    pub outcome: Result<Submission, usize>,
}

/// A line of the review page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewLine {
    /// Name of a page.
    Page(String),
    /// A group's label or an entry of a repeat group.
    Heading(String),
    /// A field.
    Field {
        /// Where it stands.
        page: PageRef,
        /// JSON pointer.
        pointer: String,
        /// What it is called.
        label: String,
        /// Its value in words; empty when there is none.
        value: String,
        /// What stands in its place until what is sensitive is to show; none for what is not.
        mask: Option<String>,
        /// What is wrong with it.
        error: Option<String>,
    },
    /// An error that belongs to no visible field.
    Error {
        /// The page where it can be mended.
        page: PageRef,
        /// JSON pointer.
        pointer: String,
        /// The sentence.
        sentence: String,
    },
}

/// A row of the review page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow<'r> {
    /// Which line it belongs to.
    pub index: usize,
    /// That line.
    pub line: &'r ReviewLine,
    /// Which row of the line it is.
    pub row: usize,
    /// Its part of the value.
    pub text: String,
}

/// The column at which fields begin.
pub const FIELDS: u16 = 5;

impl ReviewLine {
    const fn is_error(&self) -> bool {
        matches!(self, Self::Error { .. } | Self::Field { error: Some(_), .. })
    }
}

impl Review {
    /// The review of an intake as it stands now.
    pub fn of(intake: &Intake, shared: &Shared) -> Self {
        let mut lines = Vec::new();
        let elsewhere = intake.competent.as_ref().map(|place| {
            let args = [("place", place.name.as_str().into())];
            shared.locale.format("review-competent", &args)
        });
        let concluded = elsewhere.or_else(|| shared.mode_on_paper(&intake.item.code));
        lines.extend(concluded.map(ReviewLine::Heading));
        for page in intake.pages() {
            let Some(part) = intake.part(page.part) else { continue };
            lines.push(ReviewLine::Page(intake.page_label(page, shared)));
            let mut shown = Vec::new();
            for row in part.rows(page.page) {
                match row {
                    Row::Heading { text, .. } => lines.push(ReviewLine::Heading(text.clone())),
                    Row::Entry { label, name, index, of, .. } => {
                        lines.push(ReviewLine::Heading(entry_heading(label, name, *index, *of, &shared.locale)));
                    }
                    Row::Field(field) => {
                        let Some(control) = part.control(field) else { continue };
                        shown.push(field.pointer.as_str());
                        let error = part.error(&field.pointer).map(|error| error.sentence(&shared.locale));
                        let value = part.value(&field.pointer);
                        let mask = shown::in_words(control, value, &shared.locale);
                        let mask = Some(mask).filter(|mask| control.sensitive && !mask.is_empty());
                        let value = values::display(control, value, &shared.locale);
                        // An empty field that may be empty has nothing to confirm.
                        if !value.is_empty() || error.is_some() {
                            let (label, pointer) = (control.label.clone(), field.pointer.clone());
                            lines.push(ReviewLine::Field { page, pointer, label, value, mask, error });
                        }
                    }
                    Row::Add { .. } => {}
                }
            }
            for error in part.view.errors.iter().filter(|error| error.page == page.page) {
                if !shown.contains(&error.pointer.as_str()) {
                    lines.push(ReviewLine::Error {
                        page,
                        pointer: error.pointer.clone(),
                        sentence: error.sentence(&shared.locale),
                    });
                }
            }
        }
        let selected = lines.iter().position(ReviewLine::is_error).unwrap_or(0);
        Self { lines, selected, row: 0, revealed: false, outcome: intake.submission(shared) }
    }

    /// Whether anything on it is sensitive.
    pub fn has_masks(&self) -> bool {
        self.lines.iter().any(|line| matches!(line, ReviewLine::Field { mask: Some(_), .. }))
    }

    /// The field of the line with the cursor.
    pub fn target(&self) -> Option<(PageRef, String)> {
        match self.lines.get(self.selected)? {
            ReviewLine::Field { page, pointer, .. } | ReviewLine::Error { page, pointer, .. } => {
                Some((*page, pointer.clone()))
            }
            ReviewLine::Page(_) | ReviewLine::Heading(_) => None,
        }
    }

    /// Moves to the next line with an error. Whether there is one.
    pub fn next_error(&mut self) -> bool {
        let after = self.lines.iter().enumerate().skip(self.selected + 1);
        let all = self.lines.iter().enumerate();
        let found = after.chain(all).find(|(_, line)| line.is_error()).map(|(index, _)| index);
        if let Some(index) = found {
            (self.selected, self.row) = (index, 0);
        }
        found.is_some()
    }

    /// Columns of the labels on a screen of so many.
    pub fn label_columns(&self, columns: u16) -> u16 {
        let labels = self.lines.iter().filter_map(|line| match line {
            ReviewLine::Field { label, .. } => u16::try_from(text::width(label)).ok(),
            _ => None,
        });
        labels.max().unwrap_or(0).min(columns / 3)
    }

    /// The rows that the lines take on a screen of so many columns: nothing that the citizen confirms may be cut off.
    pub fn rows(&self, columns: u16) -> Vec<ReviewRow<'_>> {
        let room = usize::from(columns.saturating_sub(FIELDS + self.label_columns(columns) + 1).max(10));
        let mut rows = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let texts = match line {
                ReviewLine::Field { value, mask, .. } => {
                    text::wrap(mask.as_ref().filter(|_| !self.revealed).unwrap_or(value), room)
                }
                _ => vec![String::new()],
            };
            rows.extend(texts.into_iter().enumerate().map(|(row, text)| ReviewRow { index, line, row, text }));
        }
        rows
    }

    /// Which of the rows has the cursor.
    pub fn cursor(&self, rows: &[ReviewRow<'_>]) -> usize {
        rows.iter().rposition(|row| (row.index, row.row) <= (self.selected, self.row)).unwrap_or(0)
    }

    /// Moves the cursor.
    pub fn scroll(&mut self, action: Action, shared: &Shared) {
        let rows = self.rows(shared.size.columns);
        let window = scroll::window(shared).saturating_sub(1).max(1);
        let at = scroll::select_in(self.cursor(&rows), rows.len(), action, window);
        if let Some((index, row)) = rows.get(at).map(|row| (row.index, row.row)) {
            (self.selected, self.row) = (index, row);
        }
    }
}

impl Intake {
    /// Another screen lies over this one: who looks next is not who confirmed.
    pub(in crate::app) fn covered(&mut self) {
        if let Some(review) = &mut self.review {
            review.revealed = false;
        }
    }

    pub(super) fn open_review(&mut self, shared: &mut Shared) -> Step {
        self.leave_field();
        self.all_touched = true;
        self.review = Some(Review::of(self, shared));
        Step::none().and(self.save(shared))
    }

    pub(super) fn review_input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Some(review) = &mut self.review else { return Step::none() };
        match input {
            Input::Action(Action::Back) => {
                self.review = None;
                Step::none()
            }
            Input::Action(Action::Proceed) => self.submit(shared),
            Input::Action(Action::Open) => {
                if let Some((page, pointer)) = review.target() {
                    self.review = None;
                    self.jump(page, &pointer);
                }
                Step::none()
            }
            Input::Action(Action::NextError) => {
                if !review.next_error() {
                    shared.good("intake-no-errors");
                }
                Step::none()
            }
            Input::Action(Action::Reveal) => {
                review.revealed = !review.revealed;
                Step::none()
            }
            Input::Action(Action::Park) => self.park(shared),
            Input::Action(Action::Discard) => self.ask_discard(shared),
            Input::Action(action) => {
                review.scroll(action, shared);
                Step::none()
            }
            Input::Typed(_) | Input::Pasted(_) => Step::none(),
        }
    }

    fn submit(&mut self, shared: &mut Shared) -> Step {
        if self.submitting {
            return Step::none();
        }
        if shared.offline_limits.allowance(shared.desk.waiting, shared.now) == Allowance::Over {
            shared.bad("status-offline-over");
            return Step::none();
        }
        match self.review.as_ref().map(|review| review.outcome.clone()) {
            Some(Ok(mut submission)) => {
                if self.carried_over {
                    // What is sent is what the draft says from now on.
                    self.changed(shared);
                }
                self.submitting = true;
                submission.request.submitted_at = shared.now;
                Step::none().and(self.save(shared)).and(Effect::Submit(Box::new(submission)))
            }
            Some(Err(_)) => {
                shared.bad("review-has-errors");
                Step::none()
            }
            None => Step::none(),
        }
    }
}
