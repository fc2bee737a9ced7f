//! The guide (办事指南): every element of an item on one page, situation questions that change the materials at once.

use std::sync::Arc;

use super::compare::{self, Compare};
use super::effect::{Act, Effect, Reply};
use super::opening::{Opening, closed, fields_known, takes};
use super::shared::{Note, Shared, Tone};
use super::whither::WhitherScreen;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::catalogue::CatalogueEntry;
use crate::documents::{self, Line, Notice, Paper};
use crate::domain::item::{Item, Situation, SituationAnswers};
use crate::domain::site::Admission;
use crate::keymap::{Action, Context};

/// In the audit trail: a notice (一次性告知单) was printed, or written into a file.
const PRINTED: &str = "notice-printed";
const SAVED: &str = "notice-saved";

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
    /// Of the fields that are asked, how many are known, and how many there are; once the form is here.
    known: Option<(usize, usize)>,
    opening: Opening,
    /// Two items are being read to be compared.
    comparing: bool,
}

impl Guide {
    /// Opens the guide of a catalogue entry, every situation answered by its first option, and looks at its form.
    pub(super) fn open(entry: &CatalogueEntry, shared: &mut Shared) -> Step {
        let guide = Self {
            item: Arc::clone(&entry.item),
            admission: entry.admission.clone(),
            answers: entry.item.first_answers(),
            selected: 0,
            first: 0,
            known: None,
            opening: Opening::default(),
            comparing: false,
        };
        if let Some(text) = closed(&entry.item, shared) {
            shared.note = Some(Note { text, tone: Tone::Error });
        }
        let look = Effect::LoadForm(shared.ask(), entry.item.form.clone());
        Step::go(Go::Push(Screen::Guide(guide))).and(look)
    }

    /// Rows that the situation questions take above the text.
    pub fn question_rows(&self, shared: &Shared) -> usize {
        question_rows(&self.item.situations, shared)
    }

    /// The text below the questions, laid out at a width.
    pub fn text(&self, columns: u16, shared: &Shared) -> Vec<Line> {
        self.notice(true, shared.screen_paper(usize::from(columns)), shared)
    }

    /// The notice (一次性告知单) that is on the screen and that is handed out.
    fn notice(&self, on_screen: bool, paper: Paper, shared: &Shared) -> Vec<Line> {
        let notice = Notice {
            item: &self.item,
            answers: &self.answers,
            admission: &self.admission,
            practice: shared.desk.practice,
            site: &shared.desk.site_name,
            day: shared.today(),
            known: self.known.filter(|_| on_screen),
            under_questions: on_screen,
        };
        documents::notice(&notice, &shared.locale, paper)
    }

    /// The notice on paper, and what the audit trail says of it: nothing of a citizen is in either.
    fn handed_out(&self, action: &'static str, shared: &Shared) -> (String, Option<Act>) {
        let text = documents::to_text(&self.notice(false, shared.paper, shared));
        (text, Some(Act { action, subject: self.item.code.clone() }))
    }
}

/// Rows of questions: a heading and a row each, but half of the screen at most; then they are turned like pages.
pub fn question_rows(situations: &[Situation], shared: &Shared) -> usize {
    match situations.len() {
        0 => 0,
        questions => (questions + 1).min((scroll::window(shared) / 2).max(2)),
    }
}

/// Gives a situation its next or previous answer.
pub(super) fn turn_answer(situations: &[Situation], at: usize, answers: &mut SituationAnswers, forward: bool) {
    let Some(situation) = situations.get(at) else { return };
    let is_answer = |option: &str| answers.get(&situation.id).is_some_and(|answer| answer == option);
    let at = situation.options.iter().position(|option| is_answer(&option.id)).unwrap_or(0);
    let count = situation.options.len();
    let next = if forward { at + 1 } else { at + count.saturating_sub(1) }.checked_rem(count).unwrap_or(0);
    if let Some(option) = situation.options.get(next) {
        answers.insert(situation.id.clone(), option.id.clone());
    }
}

/// The situation after, or before, the one with the cursor; round and round.
pub(super) const fn turn_situation(situations: &[Situation], at: usize, forward: bool) -> usize {
    let count = situations.len();
    match if forward { (at + 1).checked_rem(count) } else { (at + count.saturating_sub(1)).checked_rem(count) } {
        Some(next) => next,
        None => 0,
    }
}

impl ScreenState for Guide {
    fn title(&self) -> &'static str {
        "title-guide"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, shared: &Shared) -> Vec<Action> {
        let mut actions = Vec::new();
        if takes(&self.item, &self.admission, shared) {
            actions.push(Action::Proceed);
        }
        if !self.item.situations.is_empty() {
            actions.push(Action::Next);
        }
        actions.extend([
            Action::Print,
            Action::Whither,
            Action::PageDown,
            Action::Favourite,
            Action::Compare,
            Action::SaveText,
        ]);
        actions
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        let situations = &self.item.situations;
        match action {
            Action::Back => return Step::go(Go::Back),
            Action::Proceed => return self.opening.ask(&self.item, &self.admission, shared),
            Action::Print => {
                let (text, act) = self.handed_out(PRINTED, shared);
                return Step::effect(Effect::Print { text, act });
            }
            Action::SaveText => {
                let name = shared.locale.format("file-notice", &[("item", self.item.name.as_str().into())]);
                let (text, act) = self.handed_out(SAVED, shared);
                return Step::effect(Effect::SaveText { name, text, act });
            }
            Action::Favourite => return Step::none().and(shared.toggle_favourite(&self.item.code)),
            Action::Compare => {
                let read = compare::mark(&self.item.code, shared);
                self.comparing = read.is_some();
                return Step::none().and(read);
            }
            Action::Whither => {
                let answers = self.answers.clone();
                return WhitherScreen::open(Arc::clone(&self.item), self.admission.clone(), answers);
            }
            Action::Right | Action::Toggle | Action::Open => {
                turn_answer(situations, self.selected, &mut self.answers, true);
            }
            Action::Left => turn_answer(situations, self.selected, &mut self.answers, false),
            Action::Next if !situations.is_empty() => self.selected = turn_situation(situations, self.selected, true),
            Action::Previous if !situations.is_empty() => {
                self.selected = turn_situation(situations, self.selected, false);
            }
            action => {
                let rows = scroll::window(shared).saturating_sub(self.question_rows(shared)).max(1);
                let lines = self.text(shared.size.columns.saturating_sub(2), shared).len();
                self.first = scroll::line_in(self.first, lines, action, rows);
            }
        }
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::Form(form, result) if form == self.item.form => {
                if let Ok(form) = &result {
                    self.known = Some(fields_known(form, shared));
                }
                self.opening.opened(&self.item, &self.answers, form, result, shared)
            }
            Reply::Items(Ok(entries)) if std::mem::take(&mut self.comparing) => Ok(Compare::open(entries, shared)),
            other => Err(Box::new(other)),
        }
    }
}
