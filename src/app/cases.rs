//! Cases (办件): what the backend accepted, and how it goes on.

use super::case::CaseScreen;
use super::effect::{Effect, Reply};
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::domain::case::Case;
use crate::keymap::{Action, Context};

/// The cases screen.
#[derive(Debug, Default)]
pub struct Cases {
    /// The cases, last changed first; `None` until they arrive.
    pub cases: Option<Vec<Case>>,
    /// The case with the cursor.
    pub selected: usize,
    /// Why they did not arrive.
    pub trouble: Option<String>,
}

impl Cases {
    /// The screen, and what fetches the cases.
    pub fn open(shared: &mut Shared) -> (Self, Effect) {
        (Self::default(), Effect::ListCases(shared.ask()))
    }
}

impl ScreenState for Cases {
    fn title(&self) -> &'static str {
        "title-cases"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::Open, Action::Refresh]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        let current = self.cases.as_ref().and_then(|cases| cases.get(self.selected));
        match (action, current) {
            (Action::Back, _) => Step::go(Go::Back),
            (Action::Refresh, _) => Step::effect(Effect::ListCases(shared.ask())),
            (Action::Open | Action::Proceed, Some(case)) => {
                Step::effect(Effect::OpenCase(shared.ask(), case.case_no.clone()))
            }
            (action, _) => {
                let count = self.cases.as_ref().map_or(0, Vec::len);
                self.selected = scroll::select_in(self.selected, count, action, scroll::list_window(shared));
                Step::none()
            }
        }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::Cases(Ok(cases)) => {
                self.selected = self.selected.min(cases.len().saturating_sub(1));
                self.cases = Some(cases);
                self.trouble = None;
            }
            Reply::Cases(Err(trouble)) => {
                self.trouble = Some(trouble.sentence(&shared.locale));
            }
            Reply::Case(Ok(opened)) => return Ok(Step::go(Go::Push(Screen::Case(CaseScreen::of(*opened))))),
            other => return Err(Box::new(other)),
        }
        Ok(Step::none())
    }
}
