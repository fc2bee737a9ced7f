//! One case (办件) with its log.

use super::shared::{Shared, local};
use super::{Go, Input, ScreenState, Step, scroll};
use crate::domain::case::{Case, CaseEvent};
use crate::keymap::{Action, Context};
use crate::text;

/// The screen of a case.
#[derive(Debug)]
pub struct CaseScreen {
    /// The case.
    pub case: Case,
    /// Its log, oldest first.
    pub events: Vec<CaseEvent>,
    /// First line shown.
    pub first: usize,
}

impl CaseScreen {
    /// The case as lines of label and value; events have no label.
    pub fn lines(&self, shared: &Shared) -> Vec<(String, String)> {
        let locale = &shared.locale;
        let status = |name: &str| locale.text(&format!("status-{name}"));
        let mut lines = vec![
            (locale.text("case-no"), self.case.case_no.clone()),
            (locale.text("case-request-no"), self.case.request_no.clone()),
            (locale.text("case-item"), self.case.item_name.clone()),
            (locale.text("case-applicant"), self.case.applicant.clone()),
            (locale.text("case-status"), status(self.case.status.name())),
            (locale.text("case-received"), local(self.case.received_at).strftime("%Y-%m-%d %H:%M").to_string()),
        ];
        if let Some(due) = self.case.due {
            lines.push((locale.text("case-due"), due.to_string()));
        }
        lines.push((String::new(), String::new()));
        lines.push((locale.text("case-log"), String::new()));
        let width = usize::from(shared.size.columns.saturating_sub(2));
        for event in &self.events {
            let at = local(event.at).strftime("%m-%d %H:%M");
            let line = format!("{at}  {}  {}  {}", status(event.status.name()), event.actor, event.note);
            lines.extend(text::wrap(&line, width).into_iter().map(|line| (String::new(), line)));
        }
        lines
    }
}

impl ScreenState for CaseScreen {
    fn title(&self) -> &'static str {
        "title-case"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::PageDown, Action::PageUp]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        match input {
            Input::Action(Action::Back) => Step::go(Go::Back),
            Input::Action(action) => {
                self.first = scroll::line(self.first, self.lines(shared).len(), action, shared);
                Step::none()
            }
            _ => Step::none(),
        }
    }
}
