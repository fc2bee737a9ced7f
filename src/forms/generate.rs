//! A UI schema for a schema that comes without one, as JSON Forms generates it.

use serde_json::{Value, json};

use super::pointer;
use super::schema::Schema;

/// The layout of a whole form, exactly as JSON Forms generates it: a schema that combines others is one control; a property of which no
/// type can be told has none. (`@jsonforms/core`, `generateDefaultUISchema`.)
pub(super) fn root(schema: Schema<'_>, root: &Value) -> Value {
    let root = resolved(schema, Some(root)).unwrap_or(&Value::Null);
    let has_types = root.get("type").and_then(Value::as_array).is_some_and(|types| types.len() > 1);
    if combines(root) || has_types {
        return vertical(vec![control("#".to_owned())]);
    }
    let properties = root.get("properties").and_then(Value::as_object).into_iter().flatten();
    controls(schema, properties)
}

/// The layout of an object inside a form: a control for each property of which a type can be told.
pub(super) fn detail(schema: Schema<'_>, node: &Value) -> Value {
    controls(schema, schema.facets(node).properties())
}

fn controls<'a>(schema: Schema<'a>, properties: impl Iterator<Item = (&'a String, &'a Value)>) -> Value {
    let asked = properties.filter(|(_, property)| {
        resolved(schema, Some(property)).is_some_and(|property| combines(property) || has_type(property))
    });
    vertical(asked.map(|(name, _)| control(scope(name))).collect())
}

/// Whether JSON Forms finds `readOnly` where a scope leads: it follows a `$ref` and forgets what stands beside it.
pub(super) fn is_read_only(schema: Schema<'_>, from: &Value, scope: &str) -> bool {
    let node = schema.follow(from, scope).and_then(|scoped| resolved(schema, Some(scoped.node)));
    node.is_some_and(|node| node.get("readOnly") == Some(&Value::Bool(true)))
}

fn vertical(elements: Vec<Value>) -> Value {
    json!({"type": "VerticalLayout", "elements": elements})
}

fn control(scope: String) -> Value {
    json!({"type": "Control", "scope": scope})
}

fn scope(name: &str) -> String {
    let mut scope = "#/properties".to_owned();
    pointer::push(&mut scope, name);
    scope
}

/// What a schema is once its `$ref` is followed, without what stands beside that. References have no cycle: `dialect` refuses one.
fn resolved<'a>(schema: Schema<'a>, node: Option<&'a Value>) -> Option<&'a Value> {
    let node = node?;
    match node.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolved(schema, schema.target(reference).map(|(_, target)| target)),
        None => Some(node),
    }
}

fn is_filled(node: &Value, keyword: &str) -> bool {
    match node.get(keyword) {
        Some(Value::Object(object)) => !object.is_empty(),
        Some(Value::Array(array)) => !array.is_empty(),
        Some(Value::String(text)) => !text.is_empty(),
        _ => false,
    }
}

fn combines(node: &Value) -> bool {
    ["oneOf", "anyOf", "allOf"].into_iter().any(|keyword| is_filled(node, keyword))
}

/// Whether a type is given, or told by what belongs to one only.
fn has_type(node: &Value) -> bool {
    is_filled(node, "type")
        || ["properties", "additionalProperties", "items"].into_iter().any(|keyword| is_filled(node, keyword))
        || node.get("enum").and_then(Value::as_array).is_some_and(|values| values.iter().any(Value::is_string))
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
