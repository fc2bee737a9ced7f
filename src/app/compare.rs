//! Two items side by side (对比): where they are the same and where they are not.

use super::effect::Effect;
use super::guide::Guide;
use super::shared::Shared;
use super::{Go, Input, Screen, ScreenState, Step, scroll};
use crate::catalogue::CatalogueEntry;
use crate::documents::{self, Comparison, Line, Paper, Side};
use crate::keymap::{Action, Context};

/// The comparison of two items.
#[derive(Debug)]
pub struct Compare {
    left: CatalogueEntry,
    right: CatalogueEntry,
    /// First line shown.
    pub first: usize,
}

/// Marks an item for a comparison, takes its mark away, or, when another is marked, gives what reads both.
pub(super) fn mark(code: &str, shared: &mut Shared) -> Option<Effect> {
    match shared.marked.take() {
        Some(other) if other == code => {
            shared.good("compare-unmarked");
            None
        }
        Some(other) => Some(Effect::OpenItems(shared.ask(), vec![other, code.to_owned()])),
        None => {
            shared.marked = Some(code.to_owned());
            shared.good("compare-marked");
            None
        }
    }
}

impl Compare {
    /// Shows two items beside each other.
    pub(super) fn open(entries: Vec<CatalogueEntry>, shared: &mut Shared) -> Step {
        match <[CatalogueEntry; 2]>::try_from(entries) {
            Ok([left, right]) => Step::go(Go::Push(Screen::Compare(Box::new(Self { left, right, first: 0 })))),
            Err(_) => {
                shared.bad("trouble-item-gone");
                Step::none()
            }
        }
    }

    /// The comparison as a document.
    pub fn text(&self, paper: Paper, shared: &Shared) -> Vec<Line> {
        let pair = Comparison {
            left: side(&self.left),
            right: side(&self.right),
            practice: shared.desk.practice,
            day: shared.today(),
        };
        documents::comparison(&pair, &shared.locale, paper)
    }

    /// The comparison as it stands on the screen.
    pub fn lines(&self, shared: &Shared) -> Vec<Line> {
        self.text(shared.screen_paper(usize::from(shared.size.columns.saturating_sub(2))), shared)
    }
}

fn side(entry: &CatalogueEntry) -> Side<'_> {
    Side { item: &entry.item, admission: &entry.admission }
}

impl ScreenState for Compare {
    fn title(&self) -> &'static str {
        "title-compare"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::Left, Action::Right, Action::PageDown, Action::Print, Action::SaveText]
    }

    fn here(&self) -> Option<&'static str> {
        Some("compare")
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        match action {
            Action::Back => return Step::go(Go::Back),
            Action::Left => return Guide::open(&self.left, shared),
            Action::Right => return Guide::open(&self.right, shared),
            Action::Print => {
                let text = documents::to_text(&self.text(shared.paper, shared));
                return Step::effect(Effect::Print { text, act: None });
            }
            Action::SaveText => {
                let items = format!("{}-{}", self.left.item.name, self.right.item.name);
                let name = shared.locale.format("file-compare", &[("items", items.into())]);
                let text = documents::to_text(&self.text(shared.paper, shared));
                return Step::effect(Effect::SaveText { name, text, act: None });
            }
            action => self.first = scroll::line(self.first, self.lines(shared).len(), action, shared),
        }
        Step::none()
    }
}
