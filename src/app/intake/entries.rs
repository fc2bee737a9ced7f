//! The entries of a repeat group: adding, removing and bringing back, reordering, going to one of them.

use serde_json::Value;

use super::over::Over;
use super::part::{Part, PartId, Target};
use super::picker::Picker;
use super::{Intake, owed};
use crate::app::Step;
use crate::app::shared::Shared;
use crate::forms::{Choice, Row, pointer};
use crate::locale::Locale;

/// An entry of a repeat group that was removed and can be brought back.
#[derive(Debug)]
pub(super) struct Removed {
    part: PartId,
    array: String,
    index: usize,
    entry: Value,
}

/// An entry in which the focus is.
pub(super) struct Around {
    /// Pointer of the group.
    pub array: String,
    pub index: usize,
    pub of: usize,
    pub enabled: bool,
    pub removable: bool,
}

/// What an entry is called: `共同生活成员 1/3 陈小明`.
pub fn entry_heading(label: &str, name: &str, index: usize, of: usize, locale: &Locale) -> String {
    let args = [("label", label.into()), ("n", (index + 1).into()), ("of", of.into()), ("name", name.into())];
    locale.format("form-entry", &args).trim_end().to_owned()
}

impl Intake {
    /// The innermost entry in which the focus is.
    pub(super) fn entry_around(&self) -> Option<Around> {
        let page = self.page_ref()?;
        let focus = self.focus.as_ref()?.pointer();
        self.part(page.part)?.rows(page.page).iter().rev().find_map(|row| match row {
            Row::Entry { pointer: entry, index, of, enabled, removable, .. } if pointer::is_within(focus, entry) => {
                let (array, _) = entry.rsplit_once('/')?;
                let array = array.to_owned();
                Some(Around { array, index: *index, of: *of, enabled: *enabled, removable: *removable })
            }
            _ => None,
        })
    }

    pub(super) fn add_or_move_on(&mut self, shared: &mut Shared) -> Step {
        // Enter on "add" adds only into an empty group that must not be empty; otherwise it moves on, so that Enter alone walks through
        // a form.
        let is_empty = |part: &Part, at: &str| {
            pointer::get(&part.data, at).and_then(Value::as_array).is_none_or(Vec::is_empty) && part.error(at).is_some()
        };
        let adds = match (&self.focus, self.page_ref()) {
            (Some(Target::Add(at)), Some(page)) => self.part(page.part).is_some_and(|part| is_empty(part, at)),
            _ => false,
        };
        if adds { self.add_entry(shared) } else { self.move_focus(true, shared) }
    }

    pub(super) fn add_entry(&mut self, shared: &mut Shared) -> Step {
        let Some(page) = self.page_ref() else { return Step::none() };
        let array = match (&self.focus, self.entry_around()) {
            (Some(Target::Add(array)), _) => array.clone(),
            (_, Some(around)) => around.array,
            _ => return Step::none(),
        };
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
        self.rearranged(page.part, None, shared);
        self.jump(page, &format!("{array}/{count}"));
        Step::none().and(self.save(shared))
    }

    pub(super) fn remove_entry(&mut self, shared: &mut Shared) -> Step {
        let (Some(page), Some(around)) = (self.page_ref(), self.entry_around()) else { return Step::none() };
        if !around.removable {
            shared.bad("intake-entries-least");
            return Step::none();
        }
        let Around { array, index, .. } = around;
        let Some(part) = self.part_mut(page.part) else { return Step::none() };
        let Some(entry) = pointer::remove_entry(&mut part.data, &array, index) else { return Step::none() };
        self.follow_entries(page.part, &array, |at| (at != index).then(|| at - usize::from(at > index)));
        self.rearranged(page.part, Some(&array), shared);
        self.removed.push(Removed { part: page.part, array: array.clone(), index, entry });
        // To the entry that took its place, else to the one before it.
        let at = index.min(around.of.saturating_sub(2));
        self.jump(page, &if around.of > 1 { format!("{array}/{at}") } else { array });
        shared.good("intake-entry-removed");
        Step::none().and(self.save(shared))
    }

    /// Undo right after entries were removed brings the last of them back. Whether there was one.
    pub(super) fn bring_back_removed(&mut self, shared: &Shared) -> bool {
        let Some(Removed { part: part_id, array, index, entry }) = self.removed.pop() else { return false };
        let Some(part) = self.part_mut(part_id) else { return false };
        pointer::insert_entry(&mut part.data, &array, index, entry);
        self.follow_entries(part_id, &array, |at| Some(at + usize::from(at >= index)));
        self.rearranged(part_id, Some(&array), shared);
        if let Some(page) = self.page_ref() {
            self.jump(page, &format!("{array}/{index}"));
        }
        true
    }

    /// Moves the entry under the focus before the one above it, or after the one below it.
    pub(super) fn move_entry(&mut self, down: bool, shared: &mut Shared) -> Step {
        let (Some(page), Some(around)) = (self.page_ref(), self.entry_around()) else { return Step::none() };
        let Around { array, index, of, enabled, .. } = around;
        let to = if down { index + 1 } else { index.wrapping_sub(1) };
        if !enabled || to >= of {
            return Step::none();
        }
        let focus = self.focus.as_ref().map(|focus| focus.pointer().to_owned()).unwrap_or_default();
        let Some(part) = self.part_mut(page.part) else { return Step::none() };
        if !pointer::move_entry(&mut part.data, &array, index, to) {
            return Step::none();
        }
        self.follow_entries(page.part, &array, |at| {
            Some(if at == index {
                to
            } else if at == to {
                index
            } else {
                at
            })
        });
        self.rearranged(page.part, Some(&array), shared);
        let field = focus.strip_prefix(&format!("{array}/{index}")).unwrap_or_default();
        self.jump(page, &format!("{array}/{to}{field}"));
        Step::none().and(self.save(shared))
    }

    /// Opens the list of the entries of the group round the focus, else of the page's first group.
    pub(super) fn list_entries(&mut self, shared: &mut Shared) -> Step {
        let Some(page) = self.page_ref() else { return Step::none() };
        let Some(part) = self.part(page.part) else { return Step::none() };
        let around = self.entry_around();
        let array = match (&around, &self.focus) {
            (Some(around), _) => Some(around.array.clone()),
            (None, Some(Target::Add(array))) => Some(array.clone()),
            _ => part.rows(page.page).iter().find_map(|row| match row {
                Row::Add { pointer, .. } => Some(pointer.clone()),
                _ => None,
            }),
        };
        let label = |array: &str| {
            part.rows(page.page).iter().find_map(|row| match row {
                Row::Add { pointer, label, .. } if pointer == array => Some(label.clone()),
                _ => None,
            })
        };
        let Some((array, title)) = array.and_then(|array| Some((array.clone(), label(&array)?))) else {
            shared.bad("intake-no-entries");
            return Step::none();
        };
        let choice = |(index, (pointer, name)): (usize, (&str, &str))| {
            let number = (index + 1).to_string();
            let summary = part.summary(page.page, pointer, &shared.locale);
            let words: Vec<&str> =
                [number.as_str(), name, &summary].into_iter().filter(|word| !word.is_empty()).collect();
            Choice { label: words.join("  "), value: Value::from(number) }
        };
        let choices: Vec<Choice> = part.entries(page.page, &array).enumerate().map(choice).collect();
        if choices.is_empty() {
            shared.bad("intake-no-entries");
            return Step::none();
        }
        let selected = around.map_or(0, |around| around.index);
        self.over = Some(Over::Entries { array, picker: Picker::among(title, choices, selected) });
        Step::none()
    }

    /// Goes to an entry by its number, counted from 1.
    pub(super) fn go_to_entry(&mut self, array: &str, number: &Value, shared: &Shared) -> Step {
        let index = number.as_str().and_then(|number| number.parse::<usize>().ok()).unwrap_or(1).saturating_sub(1);
        self.leave_field();
        if let Some(page) = self.page_ref() {
            self.jump(page, &format!("{array}/{index}"));
        }
        Step::none().and(self.save(shared))
    }

    /// What is kept by pointer follows the entries.
    fn follow_entries(&mut self, part: PartId, array: &str, to: impl Fn(usize) -> Option<usize>) {
        let base = format!("{array}/");
        self.touched = std::mem::take(&mut self.touched)
            .into_iter()
            .filter_map(|(known, pointer)| {
                let Some(rest) = pointer.strip_prefix(&base).filter(|_| known == part) else {
                    return Some((known, pointer));
                };
                // An entry that is one field has nothing behind its index.
                let (index, field) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let index = to(index.parse().ok()?)?;
                Some((known, format!("{base}{index}{field}")))
            })
            .collect();
        if part == PartId::Form
            && let Some(promises) = self.part_mut(PartId::Owed)
        {
            owed::follow(&mut promises.data, array, to);
        }
    }

    /// Entries came, went or changed places.
    fn rearranged(&mut self, part_id: PartId, moved: Option<&str>, shared: &Shared) {
        if let Some(array) = moved {
            self.history.forget(part_id, array);
            // The text under the caret may belong to an entry that is elsewhere now.
            self.editing = None;
        }
        if let Some(part) = self.part_mut(part_id) {
            part.evaluate(shared.today());
        }
        self.consequences(part_id, shared);
        self.changed(shared);
    }
}
