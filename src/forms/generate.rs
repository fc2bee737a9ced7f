//! A UI schema for a schema that comes without one, as JSON Forms generates it.

use serde_json::{Value, json};

use super::pointer;
use super::schema::Schema;

/// A vertical layout of a control for each property.
pub(super) fn layout(schema: Schema<'_>, node: &Value) -> Value {
    let facets = schema.facets(node);
    let controls = facets.properties().map(|(name, _)| {
        let mut scope = "#/properties".to_owned();
        pointer::push(&mut scope, name);
        json!({"type": "Control", "scope": scope})
    });
    json!({"type": "VerticalLayout", "elements": controls.collect::<Vec<_>>()})
}

/// A name for a property without a title: `birthDate` → `Birth Date`.
pub(super) fn start_case(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut previous = ' ';
    for c in name.chars() {
        let starts_word = c.is_uppercase() && previous.is_lowercase();
        if (starts_word || matches!(c, '_' | '-' | ' ' | '.')) && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        if !matches!(c, '_' | '-' | ' ' | '.') {
            if words.is_empty() || words.ends_with(' ') { words.extend(c.to_uppercase()) } else { words.push(c) }
        }
        previous = c;
    }
    words
}
