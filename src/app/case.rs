//! One case (办件) with its log, and what the clerk may do with it.

use super::effect::{Effect, OpenedCase, Reply};
use super::popup::Popup;
use super::shared::{Shared, local};
use super::{Answered, Go, Input, ScreenState, Step, scroll};
use crate::domain::case::{Case, CaseEvent};
use crate::domain::procedure::CaseAction;
use crate::keymap::{Action, Context};
use crate::text;

/// The screen of a case.
#[derive(Debug)]
pub struct CaseScreen {
    /// The case.
    pub case: Case,
    /// Its log, oldest first.
    pub events: Vec<CaseEvent>,
    /// What the clerk may do with it from here.
    pub actions: Vec<CaseAction>,
    /// Which of these is chosen.
    pub chosen: usize,
    /// First line shown.
    pub first: usize,
}

impl CaseScreen {
    /// The screen of a case that was fetched.
    pub fn of(opened: OpenedCase) -> Self {
        let OpenedCase { case, events, mut actions } = opened;
        // What was entered wrongly is put right where it can be read: on paper, or by a request of its own.
        actions.retain(|action| *action != CaseAction::Correct);
        Self { case, events, actions, chosen: 0, first: 0 }
    }

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
        if !self.actions.is_empty() {
            let offered = self.actions.iter().enumerate().map(|(index, action)| {
                let word = word(*action, shared);
                if index == self.chosen { format!("[{word}]") } else { format!(" {word} ") }
            });
            lines.push((locale.text("case-actions"), offered.collect()));
        }
        lines.push((String::new(), String::new()));
        lines.push((locale.text("case-log"), String::new()));
        let width = usize::from(shared.size.columns.saturating_sub(2));
        for event in &self.events {
            let at = local(event.at).strftime("%m-%d %H:%M").to_string();
            let what = [at, word(event.action, shared), status(event.status.name()), event.actor.clone()];
            let said = event.materials.iter().chain([&event.note]);
            let line: Vec<&str> = what.iter().chain(said).map(String::as_str).filter(|part| !part.is_empty()).collect();
            lines.extend(text::wrap(&line.join("  "), width).into_iter().map(|line| (String::new(), line)));
        }
        lines
    }

    /// Asks before the chosen action is done.
    fn ask(&self, shared: &mut Shared) -> Step {
        let Some(action) = self.actions.get(self.chosen).copied() else { return Step::none() };
        let what = word(action, shared);
        let question = shared.locale.format("case-act-question", &[("action", what.as_str().into())]);
        // What was brought is what was asked for last.
        let asked = self.events.iter().rev().find(|event| event.action == CaseAction::AskSupplement);
        let materials = asked.filter(|_| action == CaseAction::Supplement).map(|event| event.materials.clone());
        let effect = Effect::ActOnCase {
            generation: shared.ask(),
            case_no: self.case.case_no.clone(),
            version: self.case.version,
            action,
            materials: materials.unwrap_or_default(),
        };
        Step { popup: Some(Popup::confirm(question, effect)), ..Step::none() }
    }
}

/// An action in words.
fn word(action: CaseAction, shared: &Shared) -> String {
    shared.locale.text(&format!("case-action-{}", action.name()))
}

impl ScreenState for CaseScreen {
    fn title(&self) -> &'static str {
        "title-case"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        let mut actions = vec![Action::PageDown, Action::PageUp, Action::Refresh];
        if !self.actions.is_empty() {
            actions.insert(0, Action::Open);
        }
        if self.actions.len() > 1 {
            actions.insert(1, Action::Right);
        }
        actions
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let last = self.actions.len().saturating_sub(1);
        match input {
            Input::Action(Action::Back) => Step::go(Go::Back),
            Input::Action(Action::Refresh) => Step::effect(Effect::OpenCase(shared.ask(), self.case.case_no.clone())),
            Input::Action(Action::Open | Action::Proceed) => self.ask(shared),
            Input::Action(Action::Left) => {
                self.chosen = self.chosen.checked_sub(1).unwrap_or(last);
                Step::none()
            }
            Input::Action(Action::Right) => {
                self.chosen = if self.chosen < last { self.chosen.saturating_add(1) } else { 0 };
                Step::none()
            }
            Input::Action(action) => {
                self.first = scroll::line(self.first, self.lines(shared).len(), action, shared);
                Step::none()
            }
            _ => Step::none(),
        }
    }

    fn reply(&mut self, reply: Reply, _: &mut Shared) -> Answered {
        match reply {
            Reply::Case(Ok(opened)) if opened.case.case_no == self.case.case_no => {
                *self = Self { first: self.first, ..Self::of(*opened) };
                Ok(Step::none())
            }
            other => Err(Box::new(other)),
        }
    }
}
