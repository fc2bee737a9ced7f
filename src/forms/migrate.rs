//! Form migration: a draft begun on one version of a form, opened under another.
//!
//! A screen that opens such a draft loads both versions, calls [`migrate`], goes on with [`Migration::data`] and shows [`Migration::changes`]
//! before anything else. Each change has the label and the pointer of what it is about, and the value where one was left behind, so that the
//! clerk can type it elsewhere; a value that the new version judges differently is kept and shows up as an ordinary error of its field.
//! Nothing typed is lost without a line in that list. Calculated values are not carried: the new version computes its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::dialect::Shape;
use super::generate::start_case;
use super::relevance::ENTRY;
use super::{Form, pointer};

/// A draft under the new version, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// The data under the new version.
    pub data: Value,
    /// What the clerk has to know: in the order of the old draft, then what is new, by its place.
    pub changes: Vec<Change>,
    /// How many values stayed where they were.
    pub carried: usize,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What the field is called: in the version that still has it.
    pub label: String,
    /// What happened to it.
    pub what: What,
}

/// What happened to a field.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The same data element (`x-term`) stands elsewhere now; its value went with it.
    Moved {
        /// Where it was: a JSON pointer.
        from: String,
        /// Where it is.
        to: String,
    },
    /// Another type is wanted; the value was turned into it.
    Converted {
        /// Where it is.
        at: String,
        /// What it was.
        from: Value,
        /// What it is.
        to: Value,
    },
    /// Another type is wanted; the value could not be turned into it and is kept for the clerk to mend.
    Unfit {
        /// Where it is.
        at: String,
        /// The value.
        value: Value,
    },
    /// No longer asked for, or computed now.
    Dropped {
        /// Where it was.
        from: String,
        /// What it was.
        value: Value,
    },
    /// Asked for the first time.
    New {
        /// Where; `*` stands for every entry of a repeat group.
        at: String,
    },
}

/// Carries a draft from one version of a form to another.
pub fn migrate(old: &Form, new: &Form, data: &Value) -> Migration {
    let mut leaves = Vec::new();
    collect_values(data, Some(&old.shape), &mut Place::default(), &mut leaves);
    let targets = fields(&new.shape);
    let mut moving = Moving {
        shape: &new.shape,
        targets: &targets,
        data: Value::Object(Map::new()),
        taken: BTreeSet::new(),
        changes: BTreeMap::new(),
        carried: 0,
    };
    // What stays goes first: it is not to be pushed out by what moves.
    let rest: Vec<(usize, &Leaf<'_>)> =
        leaves.iter().enumerate().filter(|(order, leaf)| !moving.stay(*order, leaf)).collect();
    rest.into_iter().for_each(|(order, leaf)| moving.go(order, leaf));
    let Moving { mut data, changes, carried, .. } = moving;
    let mut changes: Vec<Change> = changes.into_values().collect();
    let before: Vec<Field<'_>> = fields(&old.shape);
    let moved: BTreeSet<&str> = before.iter().filter_map(|field| field.shape.term.as_deref()).collect();
    let known: BTreeSet<&[String]> = before.iter().map(|field| field.pattern.as_slice()).collect();
    for field in &targets {
        let is_moved = field.shape.term.as_deref().is_some_and(|term| moved.contains(term));
        if known.contains(field.pattern.as_slice()) || is_moved {
            continue;
        }
        let at = join(&field.pattern);
        if let Some(default) = new.initial.pointer(&at).filter(|_| data.pointer(&at).is_none()) {
            pointer::set(&mut data, &at, default.clone());
        }
        if !field.shape.calculated {
            changes.push(Change { label: label(Some(field.shape), &field.pattern), what: What::New { at } });
        }
    }
    Migration { data, changes, carried }
}

/// A value of the draft with its place.
struct Leaf<'a> {
    place: Place,
    value: &'a Value,
    /// What the old version says about it; none for what that never asked.
    shape: Option<&'a Shape>,
}

impl Leaf<'_> {
    /// An object without members or an array without entries: nothing that anybody typed.
    fn holds_nothing(&self) -> bool {
        match self.value {
            Value::Object(members) => members.is_empty(),
            Value::Array(entries) => entries.is_empty(),
            _ => false,
        }
    }
}

/// Steps into the data, and the same with [`ENTRY`] for the places in arrays.
#[derive(Clone, Default)]
struct Place {
    path: Vec<String>,
    pattern: Vec<String>,
}

impl Place {
    fn within(&mut self, step: &str, pattern: &str, inner: impl FnOnce(&mut Self)) {
        self.path.push(step.to_owned());
        self.pattern.push(pattern.to_owned());
        inner(self);
        self.path.pop();
        self.pattern.pop();
    }
}

fn collect_values<'a>(value: &'a Value, shape: Option<&'a Shape>, place: &mut Place, leaves: &mut Vec<Leaf<'a>>) {
    let has_fields = |shape: Option<&Shape>| shape.is_some_and(|shape| !shape.properties.is_empty());
    let entries = shape.and_then(|shape| shape.entries.as_deref());
    match value {
        Value::Object(members) if place.path.is_empty() || (has_fields(shape) && !members.is_empty()) => {
            for (name, member) in members {
                let shape = shape.and_then(|shape| shape.properties.get(name));
                place.within(name, name, |place| collect_values(member, shape, place, leaves));
            }
        }
        Value::Array(items) if has_fields(entries) && !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                place.within(&index.to_string(), ENTRY, |place| collect_values(item, entries, place, leaves));
            }
        }
        value => leaves.push(Leaf { place: place.clone(), value, shape }),
    }
}

/// A field of a form: what asks for one value.
struct Field<'a> {
    pattern: Vec<String>,
    shape: &'a Shape,
}

fn fields(shape: &Shape) -> Vec<Field<'_>> {
    fn collect<'a>(shape: &'a Shape, pattern: &mut Vec<String>, found: &mut Vec<Field<'a>>) {
        let entries = shape.entries.as_deref().filter(|entries| !entries.properties.is_empty());
        if shape.properties.is_empty() && entries.is_none() && !pattern.is_empty() {
            found.push(Field { pattern: pattern.clone(), shape });
        }
        let properties = shape.properties.iter().map(|(name, property)| (name.as_str(), property));
        for (step, inner) in properties.chain(entries.map(|entries| (ENTRY, entries))) {
            pattern.push(step.to_owned());
            collect(inner, pattern, found);
            pattern.pop();
        }
    }
    let mut found = Vec::new();
    collect(shape, &mut Vec::new(), &mut found);
    found
}

struct Moving<'a> {
    shape: &'a Shape,
    targets: &'a [Field<'a>],
    data: Value,
    /// Pointers that have a value.
    taken: BTreeSet<String>,
    /// By the order of the old draft.
    changes: BTreeMap<usize, Change>,
    carried: usize,
}

impl Moving<'_> {
    /// Leaves a value where it is, where the new version means the same by that place.
    fn stay(&mut self, order: usize, leaf: &Leaf<'_>) -> bool {
        if leaf.holds_nothing() {
            let group = self.shape.at(&join(&leaf.place.path)).filter(|group| group.limits.takes(leaf.value));
            let Place { path, pattern } = &leaf.place;
            return group.is_some() && place(&mut self.data, path, pattern, leaf.value.clone());
        }
        let Some(target) = self.targets.iter().find(|target| target.pattern == leaf.place.pattern) else {
            return false;
        };
        let terms = leaf.shape.and_then(|shape| shape.term.as_ref()).zip(target.shape.term.as_ref());
        if terms.is_some_and(|(old, new)| old != new) {
            return false;
        }
        let is_there = self.put(order, leaf, target, &leaf.place.path.clone());
        self.carried += usize::from(is_there && !self.changes.contains_key(&order));
        true
    }

    /// Finds a value another place, or none.
    fn go(&mut self, order: usize, leaf: &Leaf<'_>) {
        let depth = |pattern: &[String]| pattern.iter().filter(|step| *step == ENTRY).count();
        let term = leaf.shape.and_then(|shape| shape.term.as_ref());
        let targets = self.targets;
        let target = targets.iter().find_map(|target| {
            let fits =
                target.shape.term.as_ref() == Some(term?) && depth(&target.pattern) == depth(&leaf.place.pattern);
            let path = filled(&target.pattern, &leaf.place);
            (fits && !self.taken.contains(&join(&path))).then_some((target, path))
        });
        match target {
            Some((target, path)) => {
                if self.put(order, leaf, target, &path) && !self.changes.contains_key(&order) {
                    let what = What::Moved { from: join(&leaf.place.path), to: join(&path) };
                    self.note(order, Some(target.shape), &path, what);
                }
            }
            None => self.leave(order, leaf),
        }
    }

    /// Puts a value where the new version has it, as what that wants. `false`: it was dropped.
    fn put(&mut self, order: usize, leaf: &Leaf<'_>, target: &Field<'_>, path: &[String]) -> bool {
        if target.shape.calculated {
            self.leave(order, leaf);
            return false;
        }
        let at = join(path);
        let limits = &target.shape.limits;
        let (value, what) = if limits.takes(leaf.value) {
            (leaf.value.clone(), None)
        } else if let Some(to) = converted(leaf.value, target.shape) {
            (to.clone(), Some(What::Converted { at: at.clone(), from: leaf.value.clone(), to }))
        } else if leaf.value.is_object() || leaf.value.is_array() {
            self.leave(order, leaf);
            return false;
        } else {
            (leaf.value.clone(), Some(What::Unfit { at: at.clone(), value: leaf.value.clone() }))
        };
        if !place(&mut self.data, path, &target.pattern, value) {
            self.leave(order, leaf);
            return false;
        }
        self.taken.insert(at);
        if let Some(what) = what {
            self.note(order, Some(target.shape), path, what);
        }
        true
    }

    /// Leaves a value behind. What was computed, nobody typed.
    fn leave(&mut self, order: usize, leaf: &Leaf<'_>) {
        if leaf.shape.is_none_or(|shape| !shape.calculated) && !leaf.holds_nothing() {
            let what = What::Dropped { from: join(&leaf.place.path), value: leaf.value.clone() };
            self.note(order, leaf.shape, &leaf.place.path, what);
        }
    }

    fn note(&mut self, order: usize, shape: Option<&Shape>, path: &[String], what: What) {
        self.changes.insert(order, Change { label: label(shape, path), what });
    }
}

/// A pattern with the places in arrays that a value had.
fn filled(pattern: &[String], place: &Place) -> Vec<String> {
    let indices = place.path.iter().zip(&place.pattern).filter(|(_, step)| *step == ENTRY).map(|(index, _)| index);
    let mut indices = indices.cloned();
    pattern.iter().map(|step| if step == ENTRY { indices.next().unwrap_or_default() } else { step.clone() }).collect()
}

/// Puts a value at a place, with the objects and arrays on the way. `false` when something else is in the way.
fn place(data: &mut Value, path: &[String], pattern: &[String], value: Value) -> bool {
    let mut slot = data;
    for (step, pattern) in path.iter().zip(pattern) {
        if slot.is_null() {
            *slot = if pattern == ENTRY { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        }
        slot = match slot {
            Value::Object(members) if pattern != ENTRY => members.entry(step.clone()).or_insert(Value::Null),
            Value::Array(entries) if pattern == ENTRY => {
                let Ok(index) = step.parse::<usize>() else { return false };
                while entries.len() <= index {
                    entries.push(Value::Object(Map::new()));
                }
                let Some(entry) = entries.get_mut(index) else { return false };
                entry
            }
            _ => return false,
        };
    }
    *slot = value;
    true
}

/// A value as another type, where nothing is lost by that.
fn converted(value: &Value, shape: &Shape) -> Option<Value> {
    let limits = &shape.limits;
    let candidates: Vec<Value> = match value {
        Value::Number(number) => vec![Value::from(number.to_string())],
        Value::String(text) => {
            let number = serde_json::from_str::<serde_json::Number>(text.trim()).ok();
            number.filter(|number| number.to_string() == text.trim()).map(Value::Number).into_iter().collect()
        }
        Value::Array(items) => match items.as_slice() {
            [only] => vec![only.clone()],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let into_several = || {
        let entry = shape.entries.as_deref()?;
        (limits.takes_type("array") && !value.is_array() && entry.limits.takes(value))
            .then(|| Value::Array(vec![value.clone()]))
    };
    candidates.into_iter().find(|candidate| limits.takes(candidate)).or_else(into_several)
}

fn join(path: &[String]) -> String {
    path.iter().fold(String::new(), |base, step| pointer::join(&base, step))
}

fn label(shape: Option<&Shape>, path: &[String]) -> String {
    let name = || path.iter().rfind(|step| step.parse::<usize>().is_err()).map(|name| start_case(name));
    shape.and_then(|shape| shape.title.clone()).or_else(name).unwrap_or_default()
}

#[cfg(test)]
mod tests;
