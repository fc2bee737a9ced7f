//! The catalogue (事项目录): type to search, filter, open a guide.

use std::sync::Arc;

use super::effect::{Effect, Generation, Reply};
use super::guide::Guide;
use super::intake::edit_for;
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::catalogue::{Filter, Hit, Question, Row};
use crate::domain::item::Audience;
use crate::keymap::{Action, Context};
use crate::text::Editor;

/// The most hits that a clerk would look through.
const MOST_HITS: usize = 500;

/// The effort of a search that is made at once, in looks at an entry: some thousandths of a second. What takes more is made beside the screen.
const AT_ONCE: usize = 100_000;

/// The catalogue screen.
#[derive(Debug)]
pub struct CatalogueScreen {
    /// What is searched for.
    pub query: Editor,
    /// What is filtered by.
    pub filter: Filter,
    /// What was found, best first.
    pub hits: Vec<Hit>,
    /// The hit with the cursor.
    pub selected: usize,
    /// The filters are open, this one with the cursor.
    pub filtering: Option<usize>,
    /// A search that is under way beside the screen.
    asked: Option<Asked>,
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

/// A row of the filter panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterRow {
    /// 领域
    Domain,
    /// 服务对象
    Audience,
    /// 部门
    Department,
    /// 马上办
    AtOnce,
    /// 网上办
    Online,
    /// 就近办
    Nearby,
    /// 一次办
    Once,
    /// 仅本站点准入
    Admitted,
}

impl FilterRow {
    /// Every filter, in order.
    pub const ALL: [Self; 8] = [
        Self::Domain,
        Self::Audience,
        Self::Department,
        Self::AtOnce,
        Self::Online,
        Self::Nearby,
        Self::Once,
        Self::Admitted,
    ];

    /// Key of its label.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Domain => "filter-domain",
            Self::Audience => "filter-audience",
            Self::Department => "filter-department",
            Self::AtOnce => "four-at-once",
            Self::Online => "four-online",
            Self::Nearby => "four-nearby",
            Self::Once => "four-once",
            Self::Admitted => "filter-admitted",
        }
    }
}

impl CatalogueScreen {
    /// The catalogue, nothing searched yet.
    pub fn new(shared: &Shared) -> Self {
        let mut screen = Self {
            query: Editor::new(""),
            filter: Filter::default(),
            hits: Vec::new(),
            selected: 0,
            filtering: None,
            asked: None,
        };
        if let Some(catalogue) = &shared.catalogue {
            screen.hits = catalogue.answer(&screen.question(shared), AT_ONCE).hits;
        }
        screen
    }

    fn question(&self, shared: &Shared) -> Question {
        Question {
            query: self.query.text().to_owned(),
            filter: self.filter.clone(),
            limit: MOST_HITS,
            habits: Arc::clone(&shared.habits),
        }
    }

    /// Finds what can be found at once, and has the rest found beside the screen.
    fn search(&mut self, shared: &mut Shared) -> Step {
        self.asked = None;
        let Some(catalogue) = shared.catalogue.clone() else {
            self.hits.clear();
            return Step::none();
        };
        let question = self.question(shared);
        let answer = catalogue.answer(&question, AT_ONCE);
        let hits_are_old = !answer.complete && answer.hits.is_empty();
        if !hits_are_old {
            (self.hits, self.selected) = (answer.hits, 0);
        }
        if answer.complete {
            return Step::none();
        }
        let generation = shared.ask();
        self.asked = Some(Asked { generation, hits_are_old, open: false });
        Step::effect(Effect::Search(generation, catalogue, question))
    }

    /// Takes what a search beside the screen found; the cursor stays on its item.
    fn found(&mut self, asked: Asked, hits: Vec<Hit>, shared: &mut Shared) -> Step {
        self.asked = None;
        let under_cursor = self.hits.get(self.selected).map(|hit| hit.entry).filter(|_| !asked.hits_are_old);
        self.selected = hits.iter().position(|hit| Some(hit.entry) == under_cursor).unwrap_or(0);
        self.hits = hits;
        if asked.open { self.open(shared) } else { Step::none() }
    }

    /// Opens the item under the cursor, or what is found first once it is found.
    fn open(&mut self, shared: &mut Shared) -> Step {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.hits_are_old) {
            asked.open = true;
            return Step::none();
        }
        let code = self.current(shared).map(|row| row.code);
        code.map_or_else(Step::none, |code| Step::effect(Effect::OpenItem(shared.ask(), code)))
    }

    /// The item under the cursor.
    pub fn current(&self, shared: &Shared) -> Option<Row> {
        let hit = self.hits.get(self.selected)?;
        shared.catalogue.as_ref()?.row(hit.entry)
    }

    /// What a filter is set to, in words; empty when it is not set.
    pub fn filter_value(&self, row: FilterRow, shared: &Shared) -> String {
        let yes = |on: bool| if on { shared.locale.text("filter-must") } else { String::new() };
        match row {
            FilterRow::Domain => {
                let id = self.filter.domain.as_deref().unwrap_or_default();
                shared
                    .domains
                    .iter()
                    .find(|domain| domain.id == id)
                    .map(|domain| domain.name.clone())
                    .unwrap_or_default()
            }
            FilterRow::Audience => match self.filter.audience {
                None => String::new(),
                Some(Audience::Person) => shared.locale.text("audience-person"),
                Some(Audience::Organisation) => shared.locale.text("audience-organisation"),
            },
            FilterRow::Department => self.filter.department.clone().unwrap_or_default(),
            FilterRow::AtOnce => yes(self.filter.four_ways.at_once),
            FilterRow::Online => yes(self.filter.four_ways.online),
            FilterRow::Nearby => yes(self.filter.four_ways.nearby),
            FilterRow::Once => yes(self.filter.four_ways.once),
            FilterRow::Admitted => yes(self.filter.admitted_only),
        }
    }

    /// Whether any filter is set.
    pub fn is_filtered(&self) -> bool {
        self.filter != Filter::default()
    }

    fn change_filter(&mut self, row: FilterRow, forward: bool, shared: &mut Shared) -> Step {
        let four = &mut self.filter.four_ways;
        match row {
            FilterRow::Domain => {
                let ids: Vec<&str> = shared.domains.iter().map(|domain| domain.id.as_str()).collect();
                self.filter.domain = turn(&ids, self.filter.domain.as_deref(), forward);
            }
            FilterRow::Department => {
                let departments =
                    shared.catalogue.as_ref().map(|catalogue| catalogue.departments()).unwrap_or_default();
                let departments: Vec<&str> = departments.iter().map(String::as_str).collect();
                self.filter.department = turn(&departments, self.filter.department.as_deref(), forward);
            }
            FilterRow::Audience => {
                self.filter.audience = match (self.filter.audience, forward) {
                    (None, true) | (Some(Audience::Organisation), false) => Some(Audience::Person),
                    (Some(Audience::Person), true) | (None, false) => Some(Audience::Organisation),
                    _ => None,
                };
            }
            FilterRow::AtOnce => four.at_once = !four.at_once,
            FilterRow::Online => four.online = !four.online,
            FilterRow::Nearby => four.nearby = !four.nearby,
            FilterRow::Once => four.once = !four.once,
            FilterRow::Admitted => self.filter.admitted_only = !self.filter.admitted_only,
        }
        self.search(shared)
    }

    fn filter_input(&mut self, at: usize, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        let last = FilterRow::ALL.len() - 1;
        let mut step = Step::none();
        self.filtering = match action {
            Action::Back | Action::Filter | Action::Proceed => None,
            Action::Up | Action::Previous => Some(at.saturating_sub(1)),
            Action::Down | Action::Next => Some((at + 1).min(last)),
            Action::Left | Action::Right | Action::Toggle | Action::Open => {
                if let Some(row) = FilterRow::ALL.get(at) {
                    step = self.change_filter(*row, action != Action::Left, shared);
                }
                Some(at)
            }
            Action::Discard => {
                self.filter = Filter::default();
                step = self.search(shared);
                None
            }
            _ => Some(at),
        };
        step
    }
}

/// The value after the current one in a ring that has "none" between its ends.
fn turn(values: &[&str], current: Option<&str>, forward: bool) -> Option<String> {
    let at = current.and_then(|current| values.iter().position(|value| *value == current));
    let next = match (at, forward) {
        (None, true) => Some(0),
        (None, false) => values.len().checked_sub(1),
        (Some(at), true) => Some(at + 1),
        (Some(at), false) => at.checked_sub(1),
    };
    next.and_then(|next| values.get(next)).map(|value| (*value).to_owned())
}

impl ScreenState for CatalogueScreen {
    fn title(&self) -> &'static str {
        "title-catalogue"
    }

    fn contexts(&self) -> &'static [Context] {
        if self.filtering.is_some() {
            &[Context::List]
        } else {
            // The search line takes text; up, down, Enter and the pages belong to the list below it.
            &[Context::Edit, Context::List]
        }
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        if self.filtering.is_some() {
            return vec![Action::Toggle, Action::Discard];
        }
        vec![Action::Open, Action::Filter, Action::PageDown, Action::PageUp, Action::Refresh]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        if let Some(at) = self.filtering {
            return self.filter_input(at, input, shared);
        }
        if let Some(asked) = &mut self.asked {
            asked.open = false;
        }
        let changed = match input {
            Input::Typed(typed) => self.query.insert(typed.encode_utf8(&mut [0; 4])),
            Input::Pasted(text) => self.query.insert(text),
            Input::Action(Action::Open | Action::Proceed) => return self.open(shared),
            Input::Action(Action::Filter) => {
                self.filtering = Some(0);
                false
            }
            Input::Action(Action::Refresh) => {
                return Step::effect(Effect::LoadCatalogue(shared.ask()));
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
                    self.selected = scroll::select_in(self.selected, self.hits.len(), action, list_rows(shared));
                    false
                }
            },
        };
        if changed { self.search(shared) } else { Step::none() }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::CatalogueReady => Ok(self.search(shared)),
            // What was asked of a catalogue that is gone, or before the last key, answers nothing.
            Reply::Hits(generation, hits) => {
                let asked = self.asked.filter(|asked| asked.generation == generation);
                Ok(asked.map_or_else(Step::none, |asked| self.found(asked, hits, shared)))
            }
            Reply::Item(Ok(entry)) => Ok(Step::go(Go::Push(Screen::Guide(Guide::of(&entry))))),
            other => Err(Box::new(other)),
        }
    }
}

/// Rows of the list of hits: the search line and the column heads take two more than other lists.
pub fn list_rows(shared: &Shared) -> usize {
    scroll::window(shared).saturating_sub(2).max(1)
}
