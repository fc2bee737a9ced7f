//! What the errors of the validator leave unsaid: how many entries `contains` wants, and which property it is that needs another.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::Value;

use super::formats::Parts;
use super::schema::{self, Object};
use super::{LoadError, pointer};
use crate::locale::Phrase;

/// By the place of the object that has the keyword.
#[derive(Default)]
pub(super) struct Unsaid {
    contained: BTreeMap<String, Contained>,
    /// The values of `dependentRequired`.
    dependent: BTreeMap<String, Object>,
}

struct Contained {
    least: u64,
    most: Option<u64>,
    entry: Validator,
}

impl Unsaid {
    /// Looks through a schema.
    ///
    /// # Errors
    /// [`LoadError`] for what is no JSON Schema.
    pub(super) fn load(root: &Value) -> Result<Self, LoadError> {
        let mut found = Self::default();
        let mut parts = None;
        for (at, node) in pointer::nodes(root) {
            let Value::Object(object) = node else { continue };
            let count = |keyword: &str| object.get(keyword).and_then(schema::count);
            if object.contains_key("contains") {
                let parts = match &mut parts {
                    Some(parts) => parts,
                    none => none.insert(Parts::of(root)?),
                };
                let entry = parts.validator(&pointer::join(&at, "contains"))?;
                let (least, most) = (count("minContains").unwrap_or(1), count("maxContains"));
                found.contained.insert(at.clone(), Contained { least, most, entry });
            }
            if let Some(Value::Object(dependent)) = object.get("dependentRequired") {
                found.dependent.insert(at, dependent.clone());
            }
        }
        Ok(found)
    }

    /// What to say of an array that has too few of the entries, or too many. `keyword` is the place of the keyword in the schema.
    pub(super) fn of_contained(&self, keyword: &str, entries: &Value) -> Phrase {
        let Some(wanted) = keyword.rsplit_once('/').and_then(|(object, _)| self.contained.get(object)) else {
            return Phrase::of("forms-error-invalid");
        };
        let matching = entries.as_array().into_iter().flatten().filter(|entry| wanted.entry.is_valid(entry)).count();
        let is_over = |most: &u64| u64::try_from(matching).is_ok_and(|matching| matching > *most);
        let (key, limit) = match wanted.most.filter(is_over) {
            Some(most) => ("forms-error-contains-most", most),
            None => ("forms-error-contains", wanted.least),
        };
        Phrase::of(key).with("limit", limit).with("actual", matching)
    }

    /// The property that is there and needs the one that is missing. `keyword` is the place of the keyword in the schema.
    pub(super) fn needs(&self, keyword: &str, object: &Value, missing: &str) -> Option<&str> {
        let (holder, _) = keyword.rsplit_once('/')?;
        let needs = |(name, needed): &(&String, &Value)| {
            object.get(name).is_some()
                && needed.as_array().is_some_and(|needed| needed.iter().any(|name| name == missing))
        };
        self.dependent.get(holder)?.iter().find(needs).map(|(name, _)| name.as_str())
    }
}
