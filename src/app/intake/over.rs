//! What opens over a field or the page: the list of its choices, the calendar, the entries of a repeat group, what changed in the form.

use super::Intake;
use super::calendar::{Calendar, Chosen};
use super::picker::{Picked, Picker};
use crate::app::notice::Notice;
use crate::app::shared::Shared;
use crate::app::{Input, Step};
use crate::forms::{Control, ControlKind, values};
use crate::keymap::Action;

/// Something over the page.
#[derive(Debug)]
pub enum Over {
    /// The choices of the field with the focus.
    Choices(Picker),
    /// A calendar for the field with the focus.
    Calendar(Calendar),
    /// The entries of a repeat group, to go to one.
    Entries {
        /// Pointer of the group.
        array: String,
        /// The entries by number.
        picker: Picker,
    },
    /// What became of a draft that was begun on another version of the form.
    Changes(Notice),
}

impl Over {
    /// Its name among the labels of actions.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Choices(picker) if picker.is_multiple() => "ticks",
            Self::Choices(picker) if picker.is_tree() => "areas",
            Self::Choices(_) | Self::Entries { .. } => "picker",
            Self::Calendar(_) => "calendar",
            Self::Changes(_) => "changes",
        }
    }

    /// What its keys do.
    pub(super) fn actions(&self) -> Vec<Action> {
        match self {
            Self::Choices(picker) if picker.is_multiple() => vec![Action::Toggle, Action::Open],
            Self::Choices(picker) if picker.is_tree() => vec![Action::Open, Action::Right, Action::Left],
            Self::Choices(_) | Self::Entries { .. } => vec![Action::Open],
            Self::Calendar(_) => {
                vec![Action::Open, Action::PageUp, Action::PageDown, Action::CursorWordLeft, Action::CursorWordRight]
            }
            Self::Changes(_) => vec![Action::Proceed, Action::PageDown, Action::PageUp],
        }
    }
}

impl Intake {
    /// The list that is open over the page, if any.
    pub const fn picker(&self) -> Option<&Picker> {
        match &self.over {
            Some(Over::Choices(picker) | Over::Entries { picker, .. }) => Some(picker),
            _ => None,
        }
    }

    /// Opens what a control is chosen from, and filters it by what was typed already.
    pub(super) fn open_over(&mut self, control: &Control, typed: &str, shared: &Shared) {
        let value = self.focused_value();
        let over = match &control.kind {
            ControlKind::Date | ControlKind::DateTime => {
                let day = value.and_then(|value| values::date(value.as_str()?.split(['T', ' ']).next()?));
                Over::Calendar(Calendar::new(control.label.clone(), day, shared.today()))
            }
            _ => match Picker::of(control, value) {
                Some(picker) => Over::Choices(picker),
                None => return,
            },
        };
        let over = self.over.insert(over);
        if !typed.is_empty() {
            match over {
                Over::Choices(picker) | Over::Entries { picker, .. } => picker.typed(typed),
                Over::Calendar(calendar) => calendar.typed(typed),
                Over::Changes(_) => {}
            }
        }
    }

    pub(super) fn over_input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        match &mut self.over {
            Some(Over::Choices(picker)) => match picker.input(input) {
                Picked::Open => {}
                Picked::Closed => self.over = None,
                Picked::Ticked(value) => {
                    self.choose(value, shared);
                    return self.keep_chosen();
                }
                Picked::Value(value) => {
                    self.over = None;
                    self.choose(Some(value), shared);
                }
            },
            Some(Over::Entries { array, picker }) => match picker.input(input) {
                Picked::Open | Picked::Ticked(_) => {}
                Picked::Closed => self.over = None,
                Picked::Value(number) => {
                    let array = std::mem::take(array);
                    self.over = None;
                    return self.go_to_entry(&array, &number, shared);
                }
            },
            Some(Over::Calendar(calendar)) => match calendar.input(input) {
                Chosen::Open => {}
                Chosen::Closed => self.over = None,
                Chosen::Day(day) => {
                    self.over = None;
                    self.take_day(day, shared);
                }
            },
            Some(Over::Changes(changes)) => match input {
                Input::Action(Action::Back | Action::Proceed | Action::Open) => self.over = None,
                Input::Action(action) => changes.scroll(action, shared),
                Input::Typed(_) | Input::Pasted(_) => {}
            },
            None => {}
        }
        Step::none()
    }
}
