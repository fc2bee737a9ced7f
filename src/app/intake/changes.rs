//! A draft that was begun on another version of its form: its values are carried over, and the clerk reads what became of them.
//!
//! The draft on the disk stays as it was until something is changed, so that whoever only looks loses nothing and reads the same again.

use serde_json::Value;

use super::{Intake, Over, PartId, shown};
use crate::app::notice::Notice;
use crate::domain::item::FormRef;
use crate::forms::migrate::{Change, Migration, What, migrate};
use crate::forms::{Form, pointer};
use crate::locale::Locale;
use crate::text::mask;
use crate::vault::Draft;

/// Where the answers of the item's form stand in a request.
pub(super) const ANSWERS: &str = "/items/0/answers";

/// Carries a draft over to the version of the form that its item has now. Without the version that it was begun on, values can only be
/// told apart by their places.
pub fn carry_over(draft: &mut Draft, to: &FormRef, old: Option<&Form>, new: &Form, locale: &Locale) -> Notice {
    let part = PartId::Form.name();
    let typed = draft.body.parts.get(part).cloned().unwrap_or_default();
    let migration = migrate(old.unwrap_or(new), new, &typed);
    let moved = |at: &str| {
        migration.changes.iter().find_map(|change| match &change.what {
            What::Moved { from, to } if pointer::is_within(at, from) => Some(format!("{to}{}", at.strip_prefix(from)?)),
            _ => None,
        })
    };
    if let Some(focus) = draft.body.focus.as_mut().filter(|focus| focus.part == part)
        && let Some(pointer) = moved(&focus.pointer)
    {
        focus.pointer = pointer;
    }
    for fault in &mut draft.body.refused {
        if let Some(pointer) = fault.pointer.strip_prefix(ANSWERS).and_then(moved) {
            fault.pointer = format!("{ANSWERS}{pointer}");
        }
    }
    let sheet = Sheet { old, new, locale };
    let notice = sheet.notice(&draft.body.form, to, &migration);
    if draft.body.parts.contains_key(part) {
        draft.body.parts.insert(part.to_owned(), migration.data);
    }
    draft.body.form = to.clone();
    notice
}

impl Intake {
    /// Lays what became of the draft's values over the page, to be read first.
    pub fn show_changes(&mut self, changes: Notice) {
        self.over = Some(Over::Changes(changes));
        self.carried_over = true;
    }
}

/// Under what the changes are listed, in order: what has to be done comes first.
const HEADS: [&str; 5] = ["changes-unfit", "changes-dropped", "changes-converted", "changes-new", "changes-moved"];

const fn head_of(what: &What) -> &'static str {
    let [unfit, dropped, converted, new, moved] = HEADS;
    match what {
        What::Unfit { .. } => unfit,
        What::Dropped { .. } => dropped,
        What::Converted { .. } => converted,
        What::New { .. } => new,
        What::Moved { .. } => moved,
    }
}

/// What the clerk reads, in the making.
struct Sheet<'s> {
    old: Option<&'s Form>,
    new: &'s Form,
    locale: &'s Locale,
}

impl Sheet<'_> {
    fn notice(&self, from: &FormRef, to: &FormRef, migration: &Migration) -> Notice {
        let args = [
            ("old", from.to_string().into()),
            ("new", to.to_string().into()),
            ("n", migration.carried.to_string().into()),
        ];
        let mut paragraphs = vec![self.locale.format("changes-intro", &args)];
        if self.old.is_none() {
            paragraphs.push(self.locale.text("changes-blind"));
        }
        for head in HEADS {
            let lines: Vec<String> = migration
                .changes
                .iter()
                .filter(|change| head_of(&change.what) == head)
                .map(|change| format!("- {}", self.line(change)))
                .collect();
            if !lines.is_empty() {
                paragraphs.push(format!("{}\n{}", self.locale.text(head), lines.join("\n")));
            }
        }
        if migration.changes.is_empty() {
            paragraphs.push(self.locale.text("changes-none"));
        }
        Notice::of(paragraphs)
    }

    fn line(&self, change: &Change) -> String {
        let label = |at: &str| self.label(&change.label, at);
        match &change.what {
            What::Moved { to: at, .. } | What::New { at } => label(at),
            What::Unfit { at, value } | What::Dropped { from: at, value } => {
                let args = [("label", label(at).into()), ("value", self.words(at, value).into())];
                self.locale.format("changes-value", &args)
            }
            What::Converted { at, from, to } => {
                let (from, to) = (self.words(at, from), self.words(at, to));
                let args = [("label", label(at).into()), ("from", from.into()), ("to", to.into())];
                self.locale.format("changes-from-to", &args)
            }
        }
    }

    /// What a field is called, with the number of the entry that it is in.
    fn label(&self, label: &str, at: &str) -> String {
        let entry = pointer::segments(at).filter_map(|step| step.parse::<usize>().ok()).last();
        entry.map_or_else(
            || label.to_owned(),
            |index| self.locale.format("changes-entry", &[("label", label.into()), ("n", (index + 1).into())]),
        )
    }

    /// A value in words: masked where either version says that it is sensitive, or where neither shows it.
    fn words(&self, at: &str, value: &Value) -> String {
        let controls: Vec<_> = self.old.into_iter().chain([self.new]).filter_map(|form| form.control_at(at)).collect();
        let telling = controls.iter().find(|control| control.sensitive).or_else(|| controls.first());
        telling.map_or_else(
            || mask::any(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            |control| shown::in_words(control, Some(value), self.locale),
        )
    }
}
