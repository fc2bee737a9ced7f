//! The catalogue (事项目录): what the clerk has at hand, type to search, filter, open a guide.

mod filters;
mod list;

use std::sync::Arc;

pub use filters::{FilterRow, Filtering};
pub use list::Listed;

use super::bundle::BundleGuide;
use super::compare::{self, Compare};
use super::effect::{Effect, Generation, Reply};
use super::guide::Guide;
use super::intake::edit_for;
use super::shared::Shared;
use super::shortcuts::Shortcut;
use super::{Answered, Go, Input, ScreenState, Step, scroll};
use crate::catalogue::{Filter, Hit, Question, Row};
use crate::keymap::{Action, Context};
use crate::text::Editor;

/// The most hits that a clerk would look through.
const MOST_HITS: usize = 500;

/// The effort that is spent at once, in looks at an entry that may come to nothing: about a thousandth of a second. What takes more is found
/// beside the screen.
const AT_ONCE: usize = 20_000;

/// The catalogue screen.
#[derive(Debug)]
pub struct CatalogueScreen {
    /// What is searched for.
    pub query: Editor,
    /// What is filtered by.
    pub filter: Filter,
    /// What was found, best first.
    pub listed: Vec<Listed>,
    /// What the clerk has at hand.
    pub at_hand: Vec<Shortcut>,
    /// The row with the cursor.
    pub selected: usize,
    /// The filters, while they are open.
    pub filtering: Option<Filtering>,
    /// A search that is under way beside the screen.
    asked: Option<Asked>,
    /// Two items are being read to be compared.
    comparing: bool,
    /// Code of the item to which the cursor was moved: it stays there when the catalogue changes.
    moved_to: Option<String>,
}

/// A search that is under way.
#[derive(Debug, Clone, Copy)]
struct Asked {
    generation: Generation,
    /// The hits on the screen are those of the query before.
    hits_are_old: bool,
    /// The clerk wants to open what it finds first.
    open: bool,
}

impl CatalogueScreen {
    /// The catalogue, nothing searched yet.
    pub fn new(shared: &Shared) -> Self {
        let mut screen = Self {
            query: Editor::new(""),
            filter: Filter::default(),
            listed: Vec::new(),
            at_hand: Vec::new(),
            selected: 0,
            filtering: None,
            asked: None,
            comparing: false,
            moved_to: None,
        };
        if let Some(catalogue) = &shared.catalogue {
            let hits = catalogue.answer(&screen.question(shared), AT_ONCE).hits;
            screen.list(hits, shared);
        }
        screen
    }

    fn question(&self, shared: &Shared) -> Question {
        Question {
            query: self.query.text().to_owned(),
            filter: self.filter.clone(),
            limit: MOST_HITS,
            habits: Arc::clone(&shared.habits),
            day: Some(shared.today()),
        }
    }

    /// Looks up again what the clerk has at hand; the order of the list stays.
    fn look_at_hand(&mut self, shared: &Shared) {
        self.at_hand = shared.catalogue.as_ref().map(|it| shared.shortcuts.list(it)).unwrap_or_default();
    }

    /// Lists what was found.
    fn list(&mut self, hits: Vec<Hit>, shared: &Shared) {
        self.look_at_hand(shared);
        let hits = list::behind(&self.front(), hits);
        let bundles = if self.is_filtered() { &[] } else { shared.bundles.as_slice() };
        self.listed = list::with_bundles(hits, self.query.text(), bundles);
    }

    /// What stands before everything else: all that is at hand while nothing is typed, and behind a digit the item that it is the code of.
    fn front(&self) -> Vec<Shortcut> {
        let mut typed = self.query.text().chars();
        match (typed.next(), typed.next()) {
            _ if self.is_filtered() => Vec::new(),
            (None, _) => self.at_hand.clone(),
            (digit, None) => self.at_hand.iter().filter(|it| it.digit == digit).copied().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the quick codes are shown: where they can be typed, or one was.
    pub fn shows_digits(&self) -> bool {
        self.front().iter().any(|shortcut| shortcut.digit.is_some())
    }

    /// Why a row is at hand, if it is.
    pub fn shortcut(&self, row: &Listed) -> Option<&Shortcut> {
        let entry = row.entry()?;
        self.at_hand.iter().find(|shortcut| shortcut.entry == entry)
    }

    /// Finds what can be found at once, and has the rest found beside the screen.
    fn search(&mut self, shared: &mut Shared) -> Step {
        self.asked = None;
        let Some(catalogue) = shared.catalogue.clone() else {
            self.listed.clear();
            return Step::none();
        };
        let question = self.question(shared);
        let answer = catalogue.answer(&question, AT_ONCE);
        let hits_are_old = !answer.complete && answer.hits.is_empty() && self.front().is_empty();
        if !hits_are_old {
            self.list(answer.hits, shared);
            self.selected = 0;
        }
        if answer.complete {
            return Step::none();
        }
        let generation = shared.ask();
        self.asked = Some(Asked { generation, hits_are_old, open: false });
        Step::effect(Effect::Search(generation, catalogue, question))
    }

    /// Takes what a search beside the screen found; the cursor stays on its row.
    fn found(&mut self, asked: Asked, hits: Vec<Hit>, shared: &mut Shared) -> Step {
        self.asked = None;
        let is_same = |one: &Listed, other: &Listed| match (one, other) {
            (Listed::Bundle { index, .. }, Listed::Bundle { index: other, .. }) => index == other,
            (one, other) => one.entry().is_some() && one.entry() == other.entry(),
        };
        let under_cursor = self.listed.get(self.selected).cloned().filter(|_| !asked.hits_are_old);
        self.list(hits, shared);
        let place = under_cursor.and_then(|row| self.listed.iter().position(|other| is_same(&row, other)));
        self.selected = place.unwrap_or(0);
        if asked.open { self.open(shared) } else { Step::none() }
    }

    /// Opens what is under the cursor, or what is found first once it is found.
    fn open(&mut self, shared: &mut Shared) -> Step {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.hits_are_old) {
            asked.open = true;
            return Step::none();
        }
        match self.listed.get(self.selected) {
            Some(Listed::Bundle { index, .. }) => match shared.bundles.get(*index).cloned() {
                Some(bundle) => BundleGuide::open(bundle, shared),
                None => Step::none(),
            },
            _ => {
                let code = self.current(shared).map(|row| row.code);
                code.map_or_else(Step::none, |code| Step::effect(Effect::OpenItem(shared.ask(), code)))
            }
        }
    }

    /// The item under the cursor.
    pub fn current(&self, shared: &Shared) -> Option<Row> {
        shared.catalogue.as_ref()?.row(self.listed.get(self.selected)?.entry()?)
    }

    fn toggle_favourite(&mut self, shared: &mut Shared) -> Step {
        let Some(row) = self.current(shared) else { return Step::none() };
        let kept = shared.toggle_favourite(&row.code);
        self.look_at_hand(shared);
        Step::none().and(kept)
    }

    fn compare(&mut self, shared: &mut Shared) -> Step {
        let Some(row) = self.current(shared) else { return Step::none() };
        let read = compare::mark(&row.code, shared);
        self.comparing = read.is_some();
        Step::none().and(read)
    }
}

impl ScreenState for CatalogueScreen {
    fn title(&self) -> &'static str {
        "title-catalogue"
    }

    fn contexts(&self) -> &'static [Context] {
        match &self.filtering {
            Some(filtering) => filtering.contexts(),
            // The search line takes text; up, down, Enter and the pages belong to the list below it.
            None => &[Context::Edit, Context::List],
        }
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        match &self.filtering {
            Some(Filtering { picker: Some(_), .. }) => vec![Action::Open],
            Some(_) => vec![Action::Toggle, Action::Discard],
            None => vec![
                Action::Open,
                Action::Favourite,
                Action::Compare,
                Action::Filter,
                Action::PageDown,
                Action::PageUp,
                Action::Refresh,
            ],
        }
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        if let Some(filtering) = self.filtering.take() {
            return self.filter_input(filtering, input, shared);
        }
        if let Some(asked) = &mut self.asked {
            asked.open = false;
        }
        let changed = match input {
            Input::Typed(typed) => self.query.insert(typed.encode_utf8(&mut [0; 4])),
            Input::Pasted(text) => self.query.insert(text),
            Input::Action(Action::Open | Action::Proceed) => return self.open(shared),
            Input::Action(Action::Favourite) => return self.toggle_favourite(shared),
            Input::Action(Action::Compare) => return self.compare(shared),
            Input::Action(Action::Filter) => {
                self.filtering = Some(Filtering::default());
                false
            }
            Input::Action(Action::Refresh) => {
                return Step::effect(Effect::LoadCatalogue);
            }
            // The first Esc empties the search, the next leaves the screen.
            Input::Action(Action::Back) if !self.query.is_empty() => {
                self.query.set_text("");
                true
            }
            Input::Action(Action::Back) if self.is_filtered() => {
                self.filter = Filter::default();
                true
            }
            Input::Action(Action::Back) => return Step::go(Go::Back),
            Input::Action(action) => match edit_for(action) {
                Some(edit) => self.query.apply(edit),
                None => {
                    self.selected = scroll::select_in(self.selected, self.listed.len(), action, list_rows(shared));
                    self.moved_to = self.current(shared).map(|row| row.code);
                    false
                }
            },
        };
        if !changed {
            return Step::none();
        }
        self.moved_to = None;
        self.search(shared)
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::CatalogueReady => {
                let step = self.search(shared);
                let entry = self.moved_to.as_deref().and_then(|code| shared.catalogue.as_ref()?.find(code));
                let place = entry.and_then(|entry| self.listed.iter().position(|row| row.entry() == Some(entry)));
                self.selected = place.unwrap_or(self.selected);
                Ok(step)
            }
            // What was asked of a catalogue that is gone, or before the last key, answers nothing.
            Reply::Hits(generation, hits) => {
                let asked = self.asked.filter(|asked| asked.generation == generation);
                Ok(asked.map_or_else(Step::none, |asked| self.found(asked, hits, shared)))
            }
            Reply::Item(Ok(entry)) => Ok(Guide::open(&entry, shared)),
            Reply::Items(Ok(entries)) if std::mem::take(&mut self.comparing) => Ok(Compare::open(entries, shared)),
            other => Err(Box::new(other)),
        }
    }
}

/// Rows of the list of hits: the search line and the column heads take two more than other lists.
pub fn list_rows(shared: &Shared) -> usize {
    scroll::window(shared).saturating_sub(2).max(1)
}
