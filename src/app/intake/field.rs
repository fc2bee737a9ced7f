//! The field under the clerk's hands: typing, choosing, undoing.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::part::{Part, PartId, Target};
use super::{Intake, ledger, owed};
use crate::app::shared::Shared;
use crate::app::{Input, Step};
use crate::devices::reader::Reading;
use crate::forms::{Control, ControlKind, FieldView, pointer, values};
use crate::keymap::Action;
use crate::text::{Edit, Editor, fold_width};

impl Intake {
    /// The field with the focus and its control.
    pub fn focused_field(&self) -> Option<(&FieldView, &Control)> {
        let part = self.part(self.page_ref()?.part)?;
        match self.focus.as_ref()? {
            Target::Field(pointer) => part.field(pointer),
            Target::Add(_) => None,
        }
    }

    /// Moves the focus. The text that had it is remembered with its steps; that of the new field comes back with its own.
    pub(super) fn set_focus(&mut self, target: Option<Target>) {
        if let (Some(place), Some(editor)) = (self.editing.take(), self.editor.take()) {
            self.history.leave(place, editor);
        }
        self.focus = target;
        let found = self.focused_field().and_then(|(field, control)| {
            let part = self.part(self.page_ref()?.part)?;
            let text = values::edit_text(control, pointer::get(&part.data, &field.pointer));
            Some(((part.id, field.pointer.clone()), editor_for(control, &text)?, text))
        });
        if let Some((place, fresh, text)) = found {
            let mut editor = self.history.come_back(&place).unwrap_or(fresh);
            editor.exchange(&text);
            self.editor = Some(editor);
            self.editing = Some(place);
        }
    }

    /// The focus goes elsewhere: the field's error may show from now on.
    pub(super) fn leave_field(&mut self) {
        if let (Some(page), Some(focus)) = (self.page_ref(), &self.focus) {
            self.touched.insert((page.part, focus.pointer().to_owned()));
        }
    }

    pub(super) fn field_input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Some(control) = self.focused_field().map(|(_, control)| control.clone()) else {
            if let (Input::Action(Action::Toggle | Action::Open), Some(Target::Add(_))) = (input, &self.focus) {
                return self.add_entry(shared);
            }
            return Step::none();
        };
        if self.editor.is_some() {
            return self.edit(input, &control, shared);
        }
        match (&control.kind, input) {
            (_, Input::Action(action @ (Action::Undo | Action::Redo))) => {
                self.take_back(action == Action::Undo, shared)
            }
            (_, Input::Action(Action::DeleteBack | Action::DeleteForward)) => self.choose(None, shared),
            (ControlKind::Boolean, Input::Action(Action::Toggle | Action::Left | Action::Right)) => {
                let now = self.focused_value().and_then(Value::as_bool).unwrap_or(false);
                self.choose(Some(Value::Bool(!now)), shared);
            }
            (ControlKind::Boolean, Input::Typed(typed)) => {
                // 是, y, 1 and their like answer; anything else is no answer.
                let answer = values::parse(&control, &typed.to_string()).filter(Value::is_boolean);
                if answer.is_some() {
                    self.choose(answer, shared);
                }
            }
            (ControlKind::Choice(choices), Input::Action(action @ (Action::Left | Action::Right))) => {
                let at =
                    self.focused_value().and_then(|value| choices.iter().position(|choice| choice.value == *value));
                let next = match (at, action) {
                    (None, _) => 0,
                    (Some(at), Action::Left) => at.saturating_sub(1),
                    (Some(at), _) => (at + 1).min(choices.len().saturating_sub(1)),
                };
                if let Some(choice) = choices.get(next) {
                    self.choose(Some(choice.value.clone()), shared);
                }
            }
            (_, Input::Action(Action::Toggle)) => self.open_over(&control, "", shared),
            (_, Input::Typed(typed)) => self.open_over(&control, &typed.to_string(), shared),
            (_, Input::Pasted(text)) => self.open_over(&control, text, shared),
            _ => {}
        }
        Step::none()
    }

    fn edit(&mut self, input: Input<'_>, control: &Control, shared: &mut Shared) -> Step {
        let Some(editor) = &mut self.editor else { return Step::none() };
        let changed = match input {
            Input::Typed(' ') if opens_calendar(control, editor) => {
                self.open_over(control, "", shared);
                false
            }
            Input::Typed(typed) => editor.insert(&as_typed(control, typed.encode_utf8(&mut [0; 4]))),
            Input::Pasted(text) => editor.insert(&as_typed(control, text)),
            Input::Action(Action::NewLine) => editor.insert("\n"),
            Input::Action(action @ (Action::CursorUp | Action::CursorDown)) => {
                let down = action == Action::CursorDown;
                if editor.is_at_edge(down) {
                    return self.move_focus(down, shared);
                }
                editor.apply(if down { Edit::Down } else { Edit::Up })
            }
            Input::Action(action) => edit_for(action).is_some_and(|edit| editor.apply(edit)),
        };
        if changed {
            self.put_edited(control, shared);
        }
        Step::none()
    }

    /// What stands in the editor becomes the value.
    fn put_edited(&mut self, control: &Control, shared: &Shared) {
        let value = self.editor.as_ref().and_then(|editor| values::parse(control, editor.text()));
        self.set_focused(value, shared);
    }

    /// Takes a day from the calendar into the field, the time of day left as it is.
    pub(super) fn take_day(&mut self, day: Date, shared: &Shared) {
        let Some(control) = self.focused_field().map(|(_, control)| control.clone()) else { return };
        let Some(editor) = &mut self.editor else { return };
        let text = match control.kind {
            ControlKind::DateTime => {
                let time = editor.text().split_once([' ', 'T']).map_or("", |(_, time)| time);
                format!("{day} {time}")
            }
            _ => day.to_string(),
        };
        if editor.exchange(&text) {
            self.put_edited(&control, shared);
        }
    }

    pub(super) fn focused_value(&self) -> Option<&Value> {
        let (field, _) = self.focused_field()?;
        self.part(self.page_ref()?.part)?.value(&field.pointer)
    }

    /// Chooses a value for the field with the focus, so that it can be taken back.
    pub(super) fn choose(&mut self, value: Option<Value>, shared: &Shared) {
        if let (Some(page), Some(Target::Field(at))) = (self.page_ref(), &self.focus)
            && self.focused_value() != value.as_ref()
        {
            self.history.chosen((page.part, at.clone()), self.focused_value().cloned());
        }
        self.set_focused(value, shared);
    }

    fn take_back(&mut self, undo: bool, shared: &Shared) {
        let (Some(page), Some(Target::Field(at))) = (self.page_ref(), self.focus.clone()) else { return };
        let now = self.focused_value().cloned();
        let place = (page.part, at);
        let then = if undo { self.history.undo(&place, now) } else { self.history.redo(&place, now) };
        if let Some(value) = then {
            self.set_focused(value, shared);
        }
    }

    fn set_focused(&mut self, value: Option<Value>, shared: &Shared) {
        if let (Some(page), Some(Target::Field(at))) = (self.page_ref(), self.focus.clone()) {
            self.set_value(page.part, &at, value, shared);
        }
    }

    /// Puts a value in and draws every consequence: other fields, pages, the materials.
    pub(super) fn set_value(&mut self, part_id: PartId, at: &str, value: Option<Value>, shared: &Shared) {
        let today = shared.today();
        // Undo belongs to what was done last.
        self.removed.clear();
        let Some(part) = self.part_mut(part_id) else { return };
        match value {
            Some(value) => {
                pointer::set(&mut part.data, at, value);
            }
            None => part.form.clear(&mut part.data, at),
        }
        part.evaluate(today);
        self.mend(part_id, at);
        self.consequences(part_id, shared);
        self.changed(shared);
    }

    /// What one part's data means for the others.
    pub(super) fn consequences(&mut self, changed: PartId, shared: &Shared) {
        let here = self.page_ref();
        match changed {
            PartId::Applicant => {
                let handler = if self.has_agent() { "agent" } else { "self" };
                if self.item.situations.iter().any(|situation| situation.id == ledger::HANDLER) {
                    self.answer(ledger::HANDLER, handler, shared);
                }
            }
            PartId::Materials => {
                let answers: Vec<_> =
                    self.part(PartId::Materials).map(|part| ledger::answers(&part.data).collect()).unwrap_or_default();
                for (situation, option) in answers {
                    self.answer(&situation, &option, shared);
                }
            }
            PartId::Form => self.list_owed(shared),
            _ => {}
        }
        // A page before this one may have come or gone.
        if let Some(here) = here
            && let Some(page) = self.pages().iter().position(|page| *page == here)
        {
            self.page = page;
        }
    }

    /// Answers a situation: the materials follow at once.
    fn answer(&mut self, situation: &str, option: &str, shared: &Shared) {
        if self.situations.get(situation).is_some_and(|answer| answer == option) {
            return;
        }
        self.situations.insert(situation.to_owned(), option.to_owned());
        self.rebuild_ledger(shared);
    }

    /// The page of what is owed follows the form.
    pub(super) fn list_owed(&mut self, shared: &Shared) {
        let owed = self.part(PartId::Form).map(|part| owed::of(part, &shared.locale)).unwrap_or_default();
        if owed == self.owed {
            return;
        }
        // Labels that made the form's own pages make this one too.
        if let Ok(form) = owed::form(&owed, &shared.locale)
            && let Some(part) = self.part_mut(PartId::Owed)
        {
            let data = owed::data(&owed, Some(&part.data));
            *part = Part::new(PartId::Owed, Arc::new(form), Some(data), shared.today());
            self.owed = owed;
        }
    }

    /// Fills what a device read into the page: data elements by the last part of their term. Where the focus is in an entry of a repeat
    /// group, the card is that person's: it fills the entry, by the names of its properties too, and nothing else.
    pub(super) fn fill_by_term(&mut self, read: &Reading, shared: &Shared) {
        let Some(page) = self.page_ref() else { return };
        let Some(part) = self.part(page.part) else { return };
        let entry = self.entry_around().map(|around| format!("{}/{}/", around.array, around.index));
        let filled = |field: &FieldView| {
            let control = part.control(field)?;
            let term = control.term.as_deref().and_then(|term| term.rsplit('.').next());
            let text = match &entry {
                Some(entry) => {
                    let name = field.pointer.strip_prefix(entry.as_str())?;
                    term.and_then(|term| read.get(term)).or_else(|| read.get(name))?
                }
                None => read.get(term?).filter(|_| control.capture.is_some())?,
            };
            let takes = field.enabled && !control.read_only;
            takes.then(|| (field.pointer.clone(), values::parse(control, text)))
        };
        let filled: Vec<(String, Option<Value>)> = part.fields(page.page).filter_map(filled).collect();
        for (at, value) in filled {
            self.set_value(page.part, &at, value, shared);
        }
        let focus = self.focus.take();
        self.set_focus(focus);
    }
}

/// A text editor for the kinds of control that are typed.
fn editor_for(control: &Control, text: &str) -> Option<Editor> {
    match control.kind {
        ControlKind::Boolean
        | ControlKind::Choice(_)
        | ControlKind::MultiChoice(_)
        | ControlKind::CodeList(_)
        | ControlKind::Area(_) => None,
        ControlKind::MultiLine => Some(Editor::multi_line(text)),
        _ => Some(Editor::new(text)),
    }
}

/// What is typed is seen as it will be read: in a field of numbers all of it half-width, in a text letters and digits.
fn as_typed<'t>(control: &Control, text: &'t str) -> Cow<'t, str> {
    match control.kind {
        ControlKind::Number
        | ControlKind::Integer
        | ControlKind::Money
        | ControlKind::Date
        | ControlKind::DateTime
        | ControlKind::Time
        | ControlKind::IdNumber
        | ControlKind::CreditCode
        | ControlKind::Mobile
        | ControlKind::Postcode
        | ControlKind::BankCard => Cow::Owned(fold_width(text)),
        ControlKind::Text | ControlKind::MultiLine => Cow::Owned(values::half_width(text)),
        _ => Cow::Borrowed(text),
    }
}

/// Whether a blank opens the calendar: no date begins with one, and a whole date is not gone on with.
fn opens_calendar(control: &Control, editor: &Editor) -> bool {
    match control.kind {
        ControlKind::Date => editor.is_empty() || editor.is_all_selected() || values::date(editor.text()).is_some(),
        // After the day of a moment the blank stands before its time.
        ControlKind::DateTime => editor.is_empty() || editor.is_all_selected(),
        _ => false,
    }
}

/// The edit that an action stands for.
pub(in crate::app) const fn edit_for(action: Action) -> Option<Edit> {
    Some(match action {
        Action::CursorLeft => Edit::Left,
        Action::CursorRight => Edit::Right,
        Action::CursorWordLeft => Edit::WordLeft,
        Action::CursorWordRight => Edit::WordRight,
        Action::CursorStart => Edit::Home,
        Action::CursorEnd => Edit::End,
        Action::DeleteBack => Edit::Backspace,
        Action::DeleteForward => Edit::Delete,
        Action::DeleteWord => Edit::DeleteWordLeft,
        Action::DeleteToStart => Edit::DeleteToStart,
        Action::DeleteToEnd => Edit::DeleteToEnd,
        Action::Undo => Edit::Undo,
        Action::Redo => Edit::Redo,
        Action::SelectAll => Edit::SelectAll,
        _ => return None,
    })
}
