//! The list that opens over a field to choose from: type to filter, in Chinese, pinyin or initials; an area also level by level.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::app::{Input, scroll};
use crate::catalogue::pinyin::Matcher;
use crate::forms::{Choice, Codes, Control, ControlKind};
use crate::keymap::Action;
use crate::text::{Edit, Editor};

/// Rows that a page up or down moves by.
const PAGE: usize = 10;

/// Choices over a field.
#[derive(Debug)]
pub struct Picker {
    /// What it is about.
    pub title: String,
    /// What was typed to filter.
    pub query: Editor,
    options: Options,
    /// What a query is compared with, made when there is one.
    texts: OnceCell<Vec<String>>,
    /// Indices of the options that match, best first.
    matching: Vec<usize>,
    /// What they match.
    matched: String,
    /// Which of the matching has the cursor.
    pub selected: usize,
    /// Indices of the chosen.
    chosen: BTreeSet<usize>,
    multiple: bool,
    /// Of a tree: the code whose inside is shown while nothing is typed; none is the top.
    level: Option<String>,
    is_tree: bool,
}

#[derive(Debug)]
enum Options {
    Few(Vec<Choice>),
    Codes(Arc<Codes>),
}

/// One choice as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PickOption<'a> {
    /// What is shown.
    pub label: Cow<'a, str>,
    /// Chosen already.
    pub chosen: bool,
    /// There are more inside it.
    pub has_inside: bool,
}

/// What came of an input.
#[derive(Debug, PartialEq)]
pub enum Picked {
    /// Go on.
    Open,
    /// Closed, nothing changed.
    Closed,
    /// The value changed, the list stays open: one of several was ticked.
    Ticked(Option<Value>),
    /// Closed with this value.
    Value(Value),
}

impl Picker {
    /// The choices of a control; `None` when it has none. An area opens where its value is, else where its list begins to part.
    pub fn of(control: &Control, value: Option<&Value>) -> Option<Self> {
        let (options, multiple, is_tree) = match &control.kind {
            ControlKind::Choice(choices) => (Options::Few(choices.to_vec()), false, false),
            ControlKind::MultiChoice(choices) => (Options::Few(with_unknown(choices, value)), true, false),
            ControlKind::CodeList(codes) => (Options::Codes(Arc::clone(codes)), false, false),
            ControlKind::Area(codes) => (Options::Codes(Arc::clone(codes)), false, true),
            _ => return None,
        };
        let mut picker = Self::new(control.label.clone(), options);
        (picker.multiple, picker.is_tree) = (multiple, is_tree);
        picker.chosen = match (value, &picker.options) {
            (Some(Value::Array(values)), Options::Few(choices)) if multiple => {
                let is_chosen = |(_, choice): &(usize, &Choice)| values.contains(&choice.value);
                choices.iter().enumerate().filter(is_chosen).map(|(index, _)| index).collect()
            }
            (Some(value), Options::Few(choices)) => {
                choices.iter().position(|choice| choice.value == *value).into_iter().collect()
            }
            (Some(Value::String(code)), Options::Codes(codes)) => codes.position(code).into_iter().collect(),
            _ => BTreeSet::new(),
        };
        picker.open_at_chosen();
        Some(picker)
    }

    /// Areas without a control, walked level by level.
    pub fn areas(title: String, codes: Arc<Codes>) -> Self {
        let mut picker = Self { is_tree: true, ..Self::new(title, Options::Codes(codes)) };
        picker.open_at_chosen();
        picker
    }

    /// A list of choices without a control.
    pub fn among(title: String, choices: Vec<Choice>, selected: usize) -> Self {
        let mut picker = Self::new(title, Options::Few(choices));
        picker.show_all();
        picker.selected = selected.min(picker.matching.len().saturating_sub(1));
        picker
    }

    fn new(title: String, options: Options) -> Self {
        Self {
            title,
            query: Editor::new(""),
            options,
            texts: OnceCell::new(),
            matching: Vec::new(),
            matched: String::new(),
            selected: 0,
            chosen: BTreeSet::new(),
            multiple: false,
            level: None,
            is_tree: false,
        }
    }

    fn open_at_chosen(&mut self) {
        let first = self.chosen.first().copied();
        if let (true, Options::Codes(codes)) = (self.is_tree, &self.options) {
            let parent = first.and_then(|index| codes.entries().get(index)?.parent.clone());
            self.level = match first {
                Some(_) => parent.filter(|parent| codes.contains(parent)),
                // One province at the top is no choice.
                None => match codes.below(None) {
                    [only] => codes.entries().get(*only).map(|entry| entry.code.clone()),
                    _ => None,
                },
            };
        }
        self.show_all();
        self.go_to(first);
    }

    /// Puts the cursor on an option, if it is shown.
    fn go_to(&mut self, option: Option<usize>) {
        let shown = |option: usize| self.matching.iter().position(|index| *index == option);
        self.selected = option.and_then(shown).unwrap_or(0);
    }

    /// Everything there is, of a tree everything on the open level.
    fn show_all(&mut self) {
        self.matched.clear();
        self.matching = match &self.options {
            Options::Codes(codes) if self.is_tree => codes.below(self.level.as_deref()).to_vec(),
            _ => (0..self.count()).collect(),
        };
        self.selected = 0;
    }

    /// Whether several may be chosen.
    pub const fn is_multiple(&self) -> bool {
        self.multiple
    }

    /// Whether it is walked level by level.
    pub const fn is_tree(&self) -> bool {
        self.is_tree
    }

    /// The way down to the open level of a tree, in names; empty at the top and for a list.
    pub fn path(&self) -> String {
        match (&self.options, &self.level) {
            (Options::Codes(codes), Some(level)) => codes.full_name(level),
            _ => String::new(),
        }
    }

    /// How many options there are, matching or not.
    pub fn count(&self) -> usize {
        match &self.options {
            Options::Few(choices) => choices.len(),
            Options::Codes(codes) => codes.entries().len(),
        }
    }

    /// How many are chosen.
    pub fn chosen(&self) -> usize {
        self.chosen.len()
    }

    /// How many match.
    pub const fn found(&self) -> usize {
        self.matching.len()
    }

    /// The options that match, best first, from one on.
    pub fn matching_from(&self, first: usize) -> impl Iterator<Item = PickOption<'_>> {
        self.matching.iter().skip(first).filter_map(|index| self.option(*index))
    }

    fn option(&self, index: usize) -> Option<PickOption<'_>> {
        let chosen = self.chosen.contains(&index);
        Some(match &self.options {
            Options::Few(choices) => {
                PickOption { label: Cow::Borrowed(&choices.get(index)?.label), chosen, has_inside: false }
            }
            Options::Codes(codes) => {
                let entry = codes.entries().get(index)?;
                let label = match self.is_tree && self.query.is_empty() {
                    true => Cow::Borrowed(entry.name.as_str()),
                    false => Cow::Owned(codes.full_name(&entry.code)),
                };
                let has_inside = self.is_tree && !codes.below(Some(&entry.code)).is_empty();
                PickOption { label, chosen, has_inside }
            }
        })
    }

    fn value(&self, index: usize) -> Option<Value> {
        Some(match &self.options {
            Options::Few(choices) => choices.get(index)?.value.clone(),
            Options::Codes(codes) => Value::from(codes.entries().get(index)?.code.as_str()),
        })
    }

    fn under_cursor(&self) -> Option<usize> {
        self.matching.get(self.selected).copied()
    }

    /// Takes an input. A blank is text behind other text only, as between two words: before any it chooses, and among several it always ticks.
    pub fn input(&mut self, input: Input<'_>) -> Picked {
        match input {
            Input::Typed(' ') if self.multiple || self.query.is_empty() => return self.action(Action::Toggle),
            Input::Typed(typed) => self.typed(typed.encode_utf8(&mut [0; 4])),
            Input::Pasted(text) => self.typed(text),
            Input::Action(action) => return self.action(action),
        }
        Picked::Open
    }

    /// Takes text to filter by.
    pub fn typed(&mut self, text: &str) {
        self.query.insert(text);
        self.filter();
    }

    /// Takes a key.
    pub fn action(&mut self, action: Action) -> Picked {
        match action {
            Action::CursorStart => self.selected = 0,
            Action::CursorEnd => self.selected = self.matching.len().saturating_sub(1),
            Action::Toggle if self.multiple => return self.toggle(),
            Action::Next | Action::Open if self.multiple => return Picked::Closed,
            Action::Toggle | Action::Next | Action::Open => {
                return self.under_cursor().and_then(|index| self.value(index)).map_or(Picked::Open, Picked::Value);
            }
            Action::Right if self.is_tree => self.go_inside(),
            Action::Left if self.is_tree => self.go_outside(),
            Action::DeleteBack if self.query.is_empty() && self.is_tree => self.go_outside(),
            Action::DeleteBack => {
                self.query.apply(Edit::Backspace);
                self.filter();
            }
            Action::DeleteToStart => {
                self.query.apply(Edit::DeleteToStart);
                self.filter();
            }
            Action::Back => return Picked::Closed,
            action => self.selected = scroll::select_in(self.selected, self.matching.len(), action, PAGE),
        }
        Picked::Open
    }

    /// Ticks count at once: whatever closes the list, nothing ticked is lost.
    fn toggle(&mut self) -> Picked {
        let Some(index) = self.under_cursor() else { return Picked::Open };
        if !self.chosen.remove(&index) {
            self.chosen.insert(index);
        }
        let values: Vec<Value> = self.chosen.iter().filter_map(|index| self.value(*index)).collect();
        Picked::Ticked((!values.is_empty()).then_some(Value::Array(values)))
    }

    fn go_inside(&mut self) {
        let Options::Codes(codes) = &self.options else { return };
        let Some(entry) = self.under_cursor().and_then(|index| codes.entries().get(index)) else { return };
        if !codes.below(Some(&entry.code)).is_empty() {
            self.level = Some(entry.code.clone());
            self.query.exchange("");
            self.show_all();
        }
    }

    /// One level up; from what was found to the level on which it stands.
    fn go_outside(&mut self) {
        let Options::Codes(codes) = &self.options else { return };
        let (level, at) = if self.query.is_empty() {
            let Some(level) = &self.level else { return };
            (codes.entry(level).and_then(|entry| entry.parent.clone()), codes.position(level))
        } else {
            let Some(at) = self.under_cursor() else { return };
            (codes.entries().get(at).and_then(|entry| entry.parent.clone()), Some(at))
        };
        self.level = level.filter(|level| codes.contains(level));
        self.query.exchange("");
        self.show_all();
        self.go_to(at);
    }

    fn filter(&mut self) {
        let query = self.query.text().to_owned();
        if query.is_empty() {
            self.show_all();
            return;
        }
        // More typed leaves fewer: only what matched before is looked at again.
        let narrows = !self.matched.is_empty() && query.starts_with(&self.matched);
        let mut candidates = if narrows { std::mem::take(&mut self.matching) } else { (0..self.count()).collect() };
        candidates.sort_unstable();
        let texts = self.texts.get_or_init(|| texts(&self.options));
        let mut matcher = Matcher::new(&query);
        let code = |index: usize| match &self.options {
            Options::Few(choices) => choices.get(index).and_then(|choice| choice.value.as_str()),
            Options::Codes(codes) => codes.entries().get(index).map(|entry| entry.code.as_str()),
        };
        let name = |index: usize| match &self.options {
            Options::Few(_) => None,
            Options::Codes(codes) => codes.entries().get(index).map(|entry| entry.name.as_str()),
        };
        let mut scored: Vec<(u32, usize)> = candidates
            .into_iter()
            .filter_map(|index| {
                let by_code = code(index).is_some_and(|code| code.starts_with(&query));
                if by_code {
                    return Some((0, index));
                }
                let score = matcher.matches(texts.get(index)?)?.score;
                // What begins with it goes before what has it across two levels.
                let own = name(index).and_then(|name| matcher.matches(name)).map_or(0, |own| own.score);
                Some((u32::MAX - score.max(own), index))
            })
            .collect();
        scored.sort_unstable();
        self.matching = scored.into_iter().map(|(_, index)| index).collect();
        self.matched = query;
        self.selected = 0;
    }
}

/// The choices, and after them the values that are none of them but stand in the field: they must be seen to be taken out.
fn with_unknown(choices: &[Choice], value: Option<&Value>) -> Vec<Choice> {
    let unknown = value.and_then(Value::as_array).into_iter().flatten();
    let unknown = unknown.filter(|value| choices.iter().all(|choice| choice.value != **value)).map(|value| Choice {
        label: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        value: value.clone(),
    });
    choices.iter().cloned().chain(unknown).collect()
}

fn texts(options: &Options) -> Vec<String> {
    match options {
        Options::Few(choices) => choices.iter().map(|choice| choice.label.clone()).collect(),
        Options::Codes(codes) => codes.entries().iter().map(|entry| codes.full_name(&entry.code)).collect(),
    }
}

#[cfg(test)]
mod tests;
