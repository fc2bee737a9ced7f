//! The guide of a linked matter (一件事): its items in order, one list of materials for all. Each item is taken by its own guide.

use super::effect::{Act, Effect, Reply};
use super::guide::{Guide, question_rows, turn_answer, turn_situation};
use super::shared::{Note, Shared, Tone};
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::catalogue::CatalogueEntry;
use crate::documents::{self, BundleNotice, BundlePart, Line, Paper};
use crate::domain::bundle::Bundle;
use crate::domain::item::SituationAnswers;
use crate::keymap::{Action, Context};

/// In the audit trail: the notice of a linked matter was printed.
const PRINTED: &str = "bundle-notice-printed";

/// The guide of a linked matter.
#[derive(Debug)]
pub struct BundleGuide {
    /// The linked matter.
    pub bundle: Bundle,
    /// Answers to its situations.
    pub answers: SituationAnswers,
    /// The situation with the cursor.
    pub situation: usize,
    /// The item with the cursor.
    pub selected: usize,
    /// First line of the text that is shown.
    pub first: usize,
    /// Its items, once they are read.
    entries: Option<Vec<CatalogueEntry>>,
}

impl BundleGuide {
    /// Opens the guide, every situation answered by its first option, and reads the items.
    pub(super) fn open(bundle: Bundle, shared: &mut Shared) -> Step {
        let ids = bundle.items.iter().map(|item| item.item.clone()).collect();
        let first = bundle
            .situations
            .iter()
            .filter_map(|situation| Some((situation.id.clone(), situation.options.first()?.id.clone())));
        let guide = Self { answers: first.collect(), bundle, situation: 0, selected: 0, first: 0, entries: None };
        Step::go(Go::Push(Screen::Bundle(Box::new(guide)))).and(Effect::OpenItems(shared.ask(), ids))
    }

    /// The items that the answers bring in, in the order in which they are done; `None` until they are read.
    pub fn parts(&self) -> Option<Vec<BundlePart<'_>>> {
        let entries = self.entries.as_ref()?;
        let places = self.bundle.items_for(&self.answers).into_iter();
        let parts = places.filter_map(|place| {
            let entry = entries.iter().find(|entry| entry.item.id == place.item)?;
            Some(BundlePart { place, item: &entry.item, admission: &entry.admission })
        });
        Some(parts.collect())
    }

    /// Rows above the text: the questions, and the items under a heading.
    pub fn rows_above(&self, shared: &Shared) -> usize {
        question_rows(&self.bundle.situations, shared) + 1 + self.part_rows(shared)
    }

    /// Rows of items: half of what the questions leave at most; then they are turned like pages.
    pub fn part_rows(&self, shared: &Shared) -> usize {
        let left = scroll::window(shared).saturating_sub(question_rows(&self.bundle.situations, shared) + 1);
        self.parts().map_or(0, |parts| parts.len()).min((left / 2).max(1))
    }

    /// The page, with the items or without.
    fn notice(&self, lists_items: bool, paper: Paper, shared: &Shared) -> Vec<Line> {
        let parts = self.parts().unwrap_or_default();
        let notice = BundleNotice {
            bundle: &self.bundle,
            parts: &parts,
            answers: &self.answers,
            lists_items,
            practice: shared.desk.practice,
            site: &shared.desk.site_name,
            day: shared.today(),
        };
        documents::bundle_notice(&notice, &shared.locale, paper)
    }

    /// The text below the items, as it stands on the screen.
    pub fn lines(&self, shared: &Shared) -> Vec<Line> {
        self.notice(false, shared.screen_paper(usize::from(shared.size.columns.saturating_sub(2))), shared)
    }

    fn open_item(&self, shared: &mut Shared) -> Step {
        let id = self.parts().and_then(|parts| parts.get(self.selected).map(|part| part.item.id.clone()));
        let entry = self.entries.iter().flatten().find(|entry| Some(&entry.item.id) == id.as_ref()).cloned();
        entry.map_or_else(Step::none, |entry| Guide::open(&entry, shared))
    }

    fn keep_cursor(&mut self) {
        let count = self.parts().map_or(0, |parts| parts.len());
        self.selected = self.selected.min(count.saturating_sub(1));
    }
}

impl ScreenState for BundleGuide {
    fn title(&self) -> &'static str {
        "title-bundle"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        let mut actions = vec![Action::Open];
        if !self.bundle.situations.is_empty() {
            actions.extend([Action::Right, Action::Next]);
        }
        actions.extend([Action::Print, Action::PageDown, Action::SaveText]);
        actions
    }

    fn here(&self) -> Option<&'static str> {
        Some("bundle")
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        let situations = &self.bundle.situations;
        match action {
            Action::Back => return Step::go(Go::Back),
            Action::Open | Action::Proceed => return self.open_item(shared),
            Action::Print | Action::SaveText => {
                let text = documents::to_text(&self.notice(true, shared.paper, shared));
                let act = Some(Act { action: PRINTED, subject: self.bundle.code.clone() });
                if action == Action::Print {
                    return Step::effect(Effect::Print { text, act });
                }
                let name = shared.locale.format("file-notice", &[("item", self.bundle.name.as_str().into())]);
                return Step::effect(Effect::SaveText { name, text, act });
            }
            Action::Right | Action::Toggle => turn_answer(situations, self.situation, &mut self.answers, true),
            Action::Left => turn_answer(situations, self.situation, &mut self.answers, false),
            Action::Next => self.situation = turn_situation(situations, self.situation, true),
            Action::Previous => self.situation = turn_situation(situations, self.situation, false),
            Action::Up | Action::Down => {
                let count = self.parts().map_or(0, |parts| parts.len());
                self.selected = scroll::select(self.selected, count, action, shared);
            }
            action => {
                let rows = scroll::window(shared).saturating_sub(self.rows_above(shared)).max(1);
                self.first = scroll::line_in(self.first, self.lines(shared).len(), action, rows);
            }
        }
        self.keep_cursor();
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::Items(Ok(entries)) if self.entries.is_none() => {
                self.entries = Some(entries);
                Ok(Step::none())
            }
            Reply::Items(Err(trouble)) if self.entries.is_none() => {
                shared.note = Some(Note { text: trouble.sentence(&shared.locale), tone: Tone::Error });
                Ok(Step::go(Go::Back))
            }
            other => Err(Box::new(other)),
        }
    }
}
