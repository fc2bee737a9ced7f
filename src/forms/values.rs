//! Between what a clerk types and JSON values.

use serde_json::Value;

use super::Control;
use crate::locale::Locale;

/// Reads what was typed. `None` is empty: the property is removed. Never fails: what cannot be read stays as the typed string, and
/// validation says so.
pub fn parse(_control: &Control, text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::from(text))
}

/// What the editor shows; [`parse`] reads it back.
pub fn edit_text(_control: &Control, value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// What a page for reading shows.
pub fn display(control: &Control, value: Option<&Value>, _locale: &Locale) -> String {
    edit_text(control, value)
}
