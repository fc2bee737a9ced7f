//! The field under the clerk's hands: typing, choosing, repeat groups.

use std::sync::Arc;

use serde_json::Value;

use super::part::{Part, PartId, Target};
use super::picker::{Picked, Picker};
use super::{Intake, Removed, ledger};
use crate::app::shared::Shared;
use crate::app::{Input, Step};
use crate::forms::{Control, ControlKind, FieldView, Row, pointer, values};
use crate::keymap::Action;
use crate::text::{Edit, Editor};

impl Intake {
    /// The field with the focus and its control.
    pub fn focused_field(&self) -> Option<(&FieldView, &Control)> {
        let part = self.part(self.page_ref()?.part)?;
        match self.focus.as_ref()? {
            Target::Field(pointer) => part.field(pointer),
            Target::Add(_) => None,
        }
    }

    /// The entry of a repeat group in which the focus is: the group's pointer and the entry's index.
    pub(super) fn entry_under_focus(&self) -> Option<(String, usize)> {
        let page = self.page_ref()?;
        let focus = self.focus.as_ref()?;
        self.part(page.part)?
            .rows(page.page)
            .iter()
            .rev()
            .find_map(|row| match row {
                Row::Entry { pointer, removable: true, .. }
                    if focus.pointer().strip_prefix(pointer.as_str()).is_some_and(|rest| rest.starts_with('/')) =>
                {
                    Some(pointer)
                }
                _ => None,
            })
            .and_then(|pointer| {
                let (array, index) = pointer.rsplit_once('/')?;
                Some((array.to_owned(), index.parse().ok()?))
            })
    }

    pub(super) fn set_focus(&mut self, target: Option<Target>) {
        self.focus = target;
        let editor = self.focused_field().and_then(|(field, control)| {
            let part = self.part(self.page_ref()?.part)?;
            editor_for(control, pointer::get(&part.data, &field.pointer))
        });
        self.editor = editor;
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
            (ControlKind::Boolean, Input::Action(Action::Toggle | Action::Left | Action::Right)) => {
                let now = self.focused_value().and_then(Value::as_bool).unwrap_or(false);
                self.set_focused(Some(Value::Bool(!now)), shared);
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
                    self.set_focused(Some(choice.value.clone()), shared);
                }
            }
            (_, Input::Action(Action::DeleteBack | Action::DeleteForward)) => self.set_focused(None, shared),
            (_, Input::Action(Action::Toggle)) => self.open_picker(&control, None),
            (_, Input::Typed(typed)) => self.open_picker(&control, Some(&typed.to_string())),
            (_, Input::Pasted(text)) => self.open_picker(&control, Some(text)),
            _ => {}
        }
        Step::none()
    }

    fn edit(&mut self, input: Input<'_>, control: &Control, shared: &mut Shared) -> Step {
        let Some(editor) = &mut self.editor else { return Step::none() };
        let changed = match input {
            Input::Typed(typed) => editor.insert(typed.encode_utf8(&mut [0; 4])),
            Input::Pasted(text) => editor.insert(text),
            Input::Action(action) => edit_for(action).is_some_and(|edit| editor.apply(edit)),
        };
        if changed {
            let value = values::parse(control, editor.text());
            self.set_focused(value, shared);
        }
        Step::none()
    }

    fn focused_value(&self) -> Option<&Value> {
        let (field, _) = self.focused_field()?;
        self.part(self.page_ref()?.part)?.value(&field.pointer)
    }

    fn set_focused(&mut self, value: Option<Value>, shared: &mut Shared) {
        if let (Some(page), Some(Target::Field(at))) = (self.page_ref(), self.focus.clone()) {
            self.set_value(page.part, &at, value, shared);
        }
    }

    /// Puts a value in and draws every consequence: other fields, pages, the materials.
    pub(super) fn set_value(&mut self, part_id: PartId, at: &str, value: Option<Value>, shared: &Shared) {
        let today = shared.today();
        // Undo belongs to what was done last.
        self.removed = None;
        let Some(part) = self.part_mut(part_id) else { return };
        match value {
            Some(value) => {
                pointer::set(&mut part.data, at, value);
            }
            None => {
                pointer::remove(&mut part.data, at);
            }
        }
        part.evaluate(today);
        self.consequences(part_id, shared);
        self.changed(shared);
    }

    /// What one part's data means for the others.
    fn consequences(&mut self, changed: PartId, shared: &Shared) {
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
        let typed = self.part(PartId::Materials).map(|part| part.data.clone());
        let data = ledger::data(&self.item, &self.situations, typed.as_ref());
        // The same item made a form of its texts when the intake was opened.
        if let Ok(form) = ledger::form(&self.item, &self.situations, &shared.locale)
            && let Some(part) = self.part_mut(PartId::Materials)
        {
            *part = Part::new(PartId::Materials, Arc::new(form), Some(data), shared.today());
        }
    }

    fn open_picker(&mut self, control: &Control, query: Option<&str>) {
        let Some(mut picker) = Picker::of(control, self.focused_value()) else { return };
        if let Some(query) = query {
            picker.typed(query);
        }
        self.picker = Some(picker);
    }

    pub(super) fn picker_input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Some(picker) = &mut self.picker else { return Step::none() };
        let picked = match input {
            // A multiple choice is ticked with the space bar, which therefore does not filter.
            Input::Typed(' ') => picker.action(Action::Toggle),
            Input::Typed(typed) => {
                picker.typed(typed.encode_utf8(&mut [0; 4]));
                Picked::Open
            }
            Input::Pasted(text) => {
                picker.typed(text);
                Picked::Open
            }
            Input::Action(action) => picker.action(action),
        };
        match picked {
            Picked::Open => {}
            Picked::Closed => self.picker = None,
            Picked::Value(value) => {
                self.picker = None;
                self.set_focused(value, shared);
            }
        }
        Step::none()
    }

    pub(super) fn add_or_move_on(&mut self, shared: &mut Shared) -> Step {
        // Enter on "add" adds only into an empty group; after that it moves on, so that Enter alone walks through a form.
        let empty = matches!((&self.focus, self.page_ref()), (Some(Target::Add(at)), Some(page))
            if self.part(page.part).is_some_and(|part| pointer::get(&part.data, at).and_then(Value::as_array).is_none_or(Vec::is_empty)));
        if empty && self.add_is_required() { self.add_entry(shared) } else { self.move_focus(true, shared) }
    }

    fn add_is_required(&self) -> bool {
        let (Some(page), Some(focus)) = (self.page_ref(), &self.focus) else { return false };
        self.part(page.part).is_some_and(|part| part.error(focus.pointer()).is_some())
    }

    pub(super) fn add_entry(&mut self, shared: &mut Shared) -> Step {
        let Some(page) = self.page_ref() else { return Step::none() };
        let array = match (&self.focus, self.entry_under_focus()) {
            (Some(Target::Add(array)), _) => array.clone(),
            (_, Some((array, _))) => array,
            _ => return Step::none(),
        };
        let today = shared.today();
        self.leave_field();
        let Some(part) = self.part_mut(page.part) else { return Step::none() };
        let count = pointer::get(&part.data, &array).and_then(Value::as_array).map_or(0, Vec::len);
        let allowed = part
            .rows(page.page)
            .iter()
            .any(|row| matches!(row, Row::Add { pointer, enabled: true, .. } if *pointer == array));
        if !allowed {
            shared.bad("intake-entries-full");
            return Step::none();
        }
        let entry = part.form.new_entry(&array);
        pointer::insert_entry(&mut part.data, &array, count, entry);
        part.evaluate(today);
        self.changed(shared);
        self.jump(page, &format!("{array}/{count}/"));
        Step::none().and(self.save(shared))
    }

    pub(super) fn remove_entry(&mut self, shared: &mut Shared) -> Step {
        let (Some(page), Some((array, index))) = (self.page_ref(), self.entry_under_focus()) else {
            return Step::none();
        };
        let today = shared.today();
        let Some(part) = self.part_mut(page.part) else { return Step::none() };
        let Some(entry) = pointer::remove_entry(&mut part.data, &array, index) else { return Step::none() };
        part.evaluate(today);
        self.removed = Some(Removed { part: page.part, array: array.clone(), index, entry });
        self.changed(shared);
        self.jump(page, &array);
        shared.good("intake-entry-removed");
        Step::none().and(self.save(shared))
    }

    /// Undo right after an entry was removed. Whether there was one.
    pub(super) fn bring_back_removed(&mut self, shared: &mut Shared) -> bool {
        let Some(removed) = self.removed.take() else { return false };
        let today = shared.today();
        let Some(part) = self.part_mut(removed.part) else { return false };
        pointer::insert_entry(&mut part.data, &removed.array, removed.index, removed.entry);
        part.evaluate(today);
        self.changed(shared);
        if let Some(page) = self.page_ref() {
            self.jump(page, &format!("{}/{}/", removed.array, removed.index));
        }
        true
    }

    /// Fills what a device read: data elements by the last part of their term, into the part with the focus.
    pub(super) fn fill_by_term(&mut self, terms: &Value, shared: &Shared) {
        let (Some(page), Some(read)) = (self.page_ref(), terms.as_object()) else { return };
        let Some(part) = self.part(page.part) else { return };
        let filled: Vec<(String, Option<Value>)> = part
            .fields(page.page)
            .filter_map(|field| {
                let control = part.control(field)?;
                let term = control.term.as_deref()?.rsplit('.').next()?;
                let text = read.get(term)?.as_str()?;
                (!control.read_only && control.capture.is_some())
                    .then(|| (field.pointer.clone(), values::parse(control, text)))
            })
            .collect();
        for (at, value) in filled {
            self.set_value(page.part, &at, value, shared);
        }
        let focus = self.focus.take();
        self.set_focus(focus);
    }
}

/// A text editor for the kinds of control that are typed.
fn editor_for(control: &Control, value: Option<&Value>) -> Option<Editor> {
    let text = values::edit_text(control, value);
    match control.kind {
        ControlKind::Boolean
        | ControlKind::Choice(_)
        | ControlKind::MultiChoice(_)
        | ControlKind::CodeList(_)
        | ControlKind::Area(_) => None,
        ControlKind::MultiLine => Some(Editor::multi_line(&text)),
        _ => Some(Editor::new(&text)),
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
