//! The filters of the catalogue: domain, audience, department, the four ways (四办), admission.

use serde_json::Value;

use super::CatalogueScreen;
use crate::app::intake::picker::{Picked, Picker};
use crate::app::{Input, Shared, Step};
use crate::catalogue::Filter;
use crate::domain::item::Audience;
use crate::forms::Choice;
use crate::keymap::{Action, Context};

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

    /// Whether it has too many values to turn through.
    const fn is_long(self) -> bool {
        matches!(self, Self::Domain | Self::Department)
    }
}

/// The filters while they are open.
#[derive(Debug, Default)]
pub struct Filtering {
    /// The filter with the cursor.
    pub at: usize,
    /// The list that it is chosen from, while that is open.
    pub picker: Option<Picker>,
}

impl Filtering {
    pub(super) const fn contexts(&self) -> &'static [Context] {
        match self.picker {
            Some(_) => &[Context::List, Context::Edit],
            None => &[Context::List],
        }
    }
}

impl CatalogueScreen {
    /// What a filter is set to, in words; empty when it is not set.
    pub fn filter_value(&self, row: FilterRow, shared: &Shared) -> String {
        let yes = |on: bool| if on { shared.locale.text("filter-must") } else { String::new() };
        match row {
            FilterRow::Domain => {
                let id = self.filter.domain.as_deref().unwrap_or_default();
                let domain = shared.domains.iter().find(|domain| domain.id == id);
                domain.map(|domain| domain.name.clone()).unwrap_or_default()
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

    /// The values of a long filter and their words, and the one that is set.
    fn values(&self, row: FilterRow, shared: &Shared) -> (Vec<(String, String)>, Option<String>) {
        match row {
            FilterRow::Domain => {
                let domains = shared.domains.iter().map(|domain| (domain.id.clone(), domain.name.clone()));
                (domains.collect(), self.filter.domain.clone())
            }
            _ => {
                let departments = shared.catalogue.as_ref().map(|it| it.departments()).unwrap_or_default();
                (departments.into_iter().map(|name| (name.clone(), name)).collect(), self.filter.department.clone())
            }
        }
    }

    fn set_long(&mut self, row: FilterRow, value: Option<String>) {
        match row {
            FilterRow::Domain => self.filter.domain = value,
            _ => self.filter.department = value,
        }
    }

    fn change_filter(&mut self, row: FilterRow, forward: bool, shared: &mut Shared) -> Step {
        let four = &mut self.filter.four_ways;
        match row {
            FilterRow::Domain | FilterRow::Department => {
                let (values, current) = self.values(row, shared);
                let values: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
                self.set_long(row, turn(&values, current.as_deref(), forward));
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

    /// Opens the list of a long filter, "any" at its top, narrowed by what was typed.
    fn choose_filter(&self, row: FilterRow, typed: &str, shared: &Shared) -> Picker {
        let (values, current) = self.values(row, shared);
        let selected = values.iter().position(|(value, _)| Some(value) == current.as_ref()).map_or(0, |at| at + 1);
        let any = Choice { value: Value::Null, label: shared.locale.text("filter-any") };
        let choices = values.into_iter().map(|(value, label)| Choice { value: Value::String(value), label });
        let choices = std::iter::once(any).chain(choices).collect();
        let mut picker = Picker::among(shared.locale.text(row.key()), choices, selected);
        if !typed.is_empty() {
            picker.typed(typed);
        }
        picker
    }

    pub(super) fn filter_input(&mut self, mut open: Filtering, input: Input<'_>, shared: &mut Shared) -> Step {
        let last = FilterRow::ALL.len() - 1;
        let Some(row) = FilterRow::ALL.get(open.at).copied() else { return Step::none() };
        if let Some(mut picker) = open.picker.take() {
            let mut step = Step::none();
            match picker.input(input) {
                Picked::Open | Picked::Ticked(_) => open.picker = Some(picker),
                Picked::Closed => {}
                Picked::Value(value) => {
                    self.set_long(row, value.as_str().map(str::to_owned));
                    step = self.search(shared);
                }
            }
            self.filtering = Some(open);
            return step;
        }
        let mut step = Step::none();
        let Input::Action(action) = input else {
            if let (Input::Typed(typed), true) = (input, row.is_long()) {
                open.picker = Some(self.choose_filter(row, typed.encode_utf8(&mut [0; 4]), shared));
            }
            self.filtering = Some(open);
            return step;
        };
        match action {
            Action::Back | Action::Filter | Action::Proceed => return step,
            Action::Up | Action::Previous => open.at = open.at.saturating_sub(1),
            Action::Down | Action::Next => open.at = (open.at + 1).min(last),
            Action::Toggle | Action::Open if row.is_long() => {
                open.picker = Some(self.choose_filter(row, "", shared));
            }
            Action::Left | Action::Right | Action::Toggle | Action::Open => {
                step = self.change_filter(row, action != Action::Left, shared);
            }
            Action::Discard => {
                self.filter = Filter::default();
                return self.search(shared);
            }
            _ => {}
        }
        self.filtering = Some(open);
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
