//! The list that opens over a field to choose from: type to filter, in Chinese, pinyin or initials.

use serde_json::Value;

use crate::catalogue::pinyin;
use crate::forms::{Control, ControlKind, values};
use crate::keymap::Action;
use crate::text::{Edit, Editor};

/// Choices over a field.
#[derive(Debug)]
pub struct Picker {
    /// What it is about.
    pub title: String,
    /// What was typed to filter.
    pub query: Editor,
    options: Vec<PickOption>,
    /// Indices of the options that match, best first.
    matching: Vec<usize>,
    /// Which of the matching has the cursor.
    pub selected: usize,
    multiple: bool,
}

/// One choice.
#[derive(Debug, Clone, PartialEq)]
pub struct PickOption {
    /// What is stored.
    pub value: Value,
    /// What is shown.
    pub label: String,
    /// Chosen, in a multiple choice.
    pub chosen: bool,
}

/// What came of an input.
#[derive(Debug, PartialEq)]
pub enum Picked {
    /// Go on.
    Open,
    /// Closed, nothing changed.
    Closed,
    /// Closed with this value; `None` empties the field.
    Value(Option<Value>),
}

impl Picker {
    /// The choices of a control; `None` when it has none.
    pub fn of(control: &Control, value: Option<&Value>) -> Option<Self> {
        let multiple = matches!(control.kind, ControlKind::MultiChoice(_));
        let chosen = |candidate: &Value| match value {
            Some(Value::Array(values)) if multiple => values.contains(candidate),
            Some(value) => value == candidate,
            None => false,
        };
        let options: Vec<PickOption> = match &control.kind {
            ControlKind::Choice(choices) | ControlKind::MultiChoice(choices) => choices
                .iter()
                .map(|choice| PickOption {
                    value: choice.value.clone(),
                    label: choice.label.clone(),
                    chosen: chosen(&choice.value),
                })
                .collect(),
            ControlKind::CodeList(list) | ControlKind::Area(list) => list
                .entries
                .iter()
                .map(|entry| {
                    let value = Value::from(entry.code.as_str());
                    PickOption { chosen: chosen(&value), label: values::full_name(list, &entry.code), value }
                })
                .collect(),
            _ => return None,
        };
        let selected = options.iter().position(|option| option.chosen).unwrap_or(0);
        let matching = (0..options.len()).collect();
        Some(Self { title: control.label.clone(), query: Editor::new(""), options, matching, selected, multiple })
    }

    /// Whether several may be chosen.
    pub const fn is_multiple(&self) -> bool {
        self.multiple
    }

    /// How many options there are, matching or not.
    pub const fn count(&self) -> usize {
        self.options.len()
    }

    /// The options that match, best first.
    pub fn matching(&self) -> impl Iterator<Item = &PickOption> {
        self.matching.iter().filter_map(|index| self.options.get(*index))
    }

    /// Takes a character to filter by.
    pub fn typed(&mut self, text: &str) {
        self.query.insert(text);
        self.filter();
    }

    /// Takes a key.
    pub fn action(&mut self, action: Action) -> Picked {
        let last = self.matching.len().saturating_sub(1);
        match action {
            Action::Up | Action::Previous => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(10),
            Action::PageDown => self.selected = (self.selected + 10).min(last),
            Action::First | Action::CursorStart => self.selected = 0,
            Action::Last | Action::CursorEnd => self.selected = last,
            Action::Toggle if self.multiple => self.toggle(),
            Action::Toggle | Action::Next | Action::Open => return self.pick(),
            Action::DeleteBack => {
                self.query.apply(Edit::Backspace);
                self.filter();
            }
            Action::Back => return Picked::Closed,
            _ => {}
        }
        Picked::Open
    }

    fn toggle(&mut self) {
        if let Some(option) = self.matching.get(self.selected).and_then(|index| self.options.get_mut(*index)) {
            option.chosen = !option.chosen;
        }
    }

    fn pick(&self) -> Picked {
        if self.multiple {
            let values: Vec<Value> =
                self.options.iter().filter(|option| option.chosen).map(|option| option.value.clone()).collect();
            return Picked::Value((!values.is_empty()).then_some(Value::Array(values)));
        }
        match self.matching().nth(self.selected) {
            Some(option) => Picked::Value(Some(option.value.clone())),
            None => Picked::Open,
        }
    }

    fn filter(&mut self) {
        let query = self.query.text();
        let mut scored: Vec<(u32, usize)> = self
            .options
            .iter()
            .enumerate()
            .filter_map(|(index, option)| {
                let by_code = option.value.as_str().is_some_and(|code| !query.is_empty() && code.starts_with(query));
                let score = if query.is_empty() || by_code {
                    0
                } else {
                    u32::MAX - pinyin::matches(&option.label, query)?.score
                };
                Some((score, index))
            })
            .collect();
        scored.sort_unstable();
        self.matching = scored.into_iter().map(|(_, index)| index).collect();
        self.selected = 0;
    }
}

#[cfg(test)]
mod tests;
