//! The guide (办事指南): every element of an item on one page, situation questions that change the materials at once.

use std::sync::Arc;

use super::effect::{Effect, Generation, Reply, Trouble};
use super::intake::Intake;
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::catalogue::CatalogueEntry;
use crate::documents::{self, Line, Notice, Paper};
use crate::domain::item::{Item, SituationAnswers};
use crate::domain::site::Admission;
use crate::keymap::{Action, Context};

/// The guide of an item.
#[derive(Debug)]
pub struct Guide {
    /// The item.
    pub item: Arc<Item>,
    /// What this site does for it.
    pub admission: Admission,
    /// Answers to its situations.
    pub answers: SituationAnswers,
    /// The situation with the cursor.
    pub selected: usize,
    /// First line of the text that is shown.
    pub first: usize,
    opening: Option<Generation>,
}

impl Guide {
    /// The guide of a catalogue entry, every situation answered by its first option.
    pub fn of(entry: &CatalogueEntry) -> Self {
        Self {
            item: Arc::clone(&entry.item),
            admission: entry.admission.clone(),
            answers: entry.item.first_answers(),
            selected: 0,
            first: 0,
            opening: None,
        }
    }

    /// Rows that the situation questions take above the text: a heading and a row each.
    pub fn question_rows(&self) -> usize {
        match self.item.situations.len() {
            0 => 0,
            questions => questions + 1,
        }
    }

    /// The text below the questions, laid out at a width.
    pub fn text(&self, columns: u16, shared: &Shared) -> Vec<Line> {
        self.notice(shared.screen_paper(usize::from(columns)), shared)
    }

    /// The notice (一次性告知单) that is on the screen and that is handed out.
    fn notice(&self, paper: Paper, shared: &Shared) -> Vec<Line> {
        let notice = Notice {
            item: &self.item,
            answers: &self.answers,
            admission: &self.admission,
            practice: shared.desk.practice,
            site: &shared.desk.site_name,
            day: shared.today(),
        };
        documents::notice(&notice, &shared.locale, paper)
    }

    fn answer(&mut self, forward: bool) {
        let Some(situation) = self.item.situations.get(self.selected) else { return };
        let at = self
            .answers
            .get(&situation.id)
            .and_then(|answer| situation.options.iter().position(|option| option.id == *answer))
            .unwrap_or(0);
        let count = situation.options.len();
        let next = if forward { at + 1 } else { at + count.saturating_sub(1) }.checked_rem(count).unwrap_or(0);
        if let Some(option) = situation.options.get(next) {
            self.answers.insert(situation.id.clone(), option.id.clone());
        }
    }

    fn start(&mut self, shared: &mut Shared) -> Step {
        if !self.admission.takes_applications() {
            shared.bad(if self.admission.role.is_some() { "guide-inform-only" } else { "guide-not-admitted" });
            return Step::none();
        }
        if self.opening.is_some() {
            return Step::none();
        }
        let generation = shared.ask();
        self.opening = Some(generation);
        Step::effect(Effect::LoadForm(generation, self.item.form.clone()))
    }
}

impl ScreenState for Guide {
    fn title(&self) -> &'static str {
        "title-guide"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.admission.takes_applications() {
            actions.push(Action::Proceed);
        }
        if !self.item.situations.is_empty() {
            actions.push(Action::Next);
        }
        actions.extend([Action::PageDown, Action::Print, Action::SaveText]);
        actions
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        match action {
            Action::Back => return Step::go(Go::Back),
            Action::Proceed => return self.start(shared),
            Action::Print => {
                return Step::effect(Effect::Print(documents::to_text(&self.notice(shared.paper, shared))));
            }
            Action::SaveText => {
                let name = shared.locale.format("file-notice", &[("item", self.item.name.as_str().into())]);
                let text = documents::to_text(&self.notice(shared.paper, shared));
                return Step::effect(Effect::SaveText { name, text });
            }
            Action::Right | Action::Toggle | Action::Open => self.answer(true),
            Action::Left => self.answer(false),
            Action::Next if !self.item.situations.is_empty() => {
                self.selected = (self.selected + 1) % self.item.situations.len();
            }
            Action::Previous if !self.item.situations.is_empty() => {
                self.selected = self.selected.checked_sub(1).unwrap_or(self.item.situations.len() - 1);
            }
            action => {
                let rows = scroll::window(shared).saturating_sub(self.question_rows()).max(1);
                let lines = self.text(shared.size.columns.saturating_sub(2), shared).len();
                self.first = scroll::line_in(self.first, lines, action, rows);
            }
        }
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::Form(form, result) if form == self.item.form && self.opening.is_some() => {
                self.opening = None;
                let opened = result.and_then(|form| {
                    Intake::start(Arc::clone(&self.item), form, self.answers.clone(), shared)
                        .map_err(|error| Trouble::with("trouble-form", error))
                });
                opened
                    .map(|intake| {
                        let look = intake.look_for_files(shared);
                        Step::go(Go::Push(Screen::Intake(Box::new(intake)))).and(look)
                    })
                    .map_err(|trouble| Box::new(Reply::Form(form, Err(trouble))))
            }
            other => Err(Box::new(other)),
        }
    }
}
