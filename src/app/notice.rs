//! What the clerk has to read before the work begins: the recovery key of a new desk, what was rescued from a damaged store, who holds it,
//! what changed in a form.

use super::shared::Shared;
use super::{Go, Input, ScreenState, Step, scroll};
use crate::keymap::{Action, Context};
use crate::text;

/// A page of paragraphs.
pub struct Notice {
    paragraphs: Vec<String>,
    /// First line shown.
    pub first: usize,
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice").finish_non_exhaustive()
    }
}

impl Notice {
    /// A page of paragraphs.
    pub const fn of(paragraphs: Vec<String>) -> Self {
        Self { paragraphs, first: 0 }
    }

    /// Its lines, a blank one between paragraphs.
    pub fn lines(&self, shared: &Shared) -> Vec<String> {
        let width = usize::from(shared.size.columns.saturating_sub(4));
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            lines.extend(text::wrap(paragraph, width));
            lines.push(String::new());
        }
        lines
    }

    /// Moves through it.
    pub fn scroll(&mut self, action: Action, shared: &Shared) {
        self.first = scroll::line(self.first, self.lines(shared).len(), action, shared);
    }
}

impl ScreenState for Notice {
    fn title(&self) -> &'static str {
        "title-notice"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::Proceed, Action::PageDown, Action::PageUp]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        match input {
            Input::Action(Action::Back | Action::Proceed) => return Step::go(Go::Back),
            Input::Action(action) => self.scroll(action, shared),
            Input::Typed(_) | Input::Pasted(_) => {}
        }
        Step::none()
    }
}
