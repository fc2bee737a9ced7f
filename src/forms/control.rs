//! Which control suits a value.

use std::sync::Arc;

use serde_json::Value;

use super::dialect::Shape;
use super::schema::{Facets, Object, Schema};
use super::{Choice, ControlKind};
use crate::locale::Phrase;

/// What asks for a value; the error is a warning, and the field a text field.
pub(super) fn kind(
    schema: Schema<'_>,
    facets: &Facets<'_>,
    shape: Option<&Shape>,
    options: Option<&Object>,
) -> Result<ControlKind, Phrase> {
    let format = options
        .and_then(|options| options.get("format")?.as_str())
        .filter(|format| matches!(*format, "date" | "date-time" | "time"))
        .or_else(|| facets.text("format"));
    let option = |name: &str| options.and_then(|options| options.get(name)) == Some(&Value::Bool(true));
    if let Some(list) = shape.and_then(|shape| shape.list.as_ref()) {
        let list = Arc::clone(list);
        return Ok(if format == Some("area-cn") { ControlKind::Area(list) } else { ControlKind::CodeList(list) });
    }
    if let Some(choices) = choices(facets) {
        return Ok(ControlKind::Choice(choices));
    }
    Ok(match (facets.kind(), format) {
        (Some("integer"), _) if option("money") => ControlKind::Money,
        (Some("integer"), _) => ControlKind::Integer,
        (Some("number"), _) if option("money") => ControlKind::Money,
        (Some("number"), _) => ControlKind::Number,
        (Some("boolean"), _) => ControlKind::Boolean,
        (Some("array"), _) => match choices_of_items(schema, facets, shape) {
            Some(choices) => ControlKind::MultiChoice(choices),
            None => return Err(Phrase::of("forms-reason-control-array")),
        },
        (Some("string"), Some("date")) => ControlKind::Date,
        (Some("string"), Some("date-time")) => ControlKind::DateTime,
        (Some("string"), Some("time")) => ControlKind::Time,
        (Some("string"), Some("idcard-cn")) => ControlKind::IdNumber,
        (Some("string"), Some("uscc")) => ControlKind::CreditCode,
        (Some("string"), Some("mobile-cn")) => ControlKind::Mobile,
        (Some("string"), Some("postcode-cn")) => ControlKind::Postcode,
        (Some("string"), Some("bankcard-cn")) => ControlKind::BankCard,
        (Some("string"), _) if option("multi") => ControlKind::MultiLine,
        (Some("string"), _) => ControlKind::Text,
        (Some(kind), _) => return Err(Phrase::of("forms-reason-control-type").with("type", kind)),
        (None, _) => return Err(Phrase::of("forms-reason-control-untyped")),
    })
}

/// The choices of a multiple choice: an array of unique values out of a few.
pub(super) fn choices_of_items(
    schema: Schema<'_>,
    facets: &Facets<'_>,
    shape: Option<&Shape>,
) -> Option<Arc<[Choice]>> {
    let list = shape.and_then(|shape| shape.entries.as_ref()?.list.as_ref());
    if let Some(codes) = list {
        let entries = codes.entries().iter();
        return Some(
            entries.map(|entry| Choice { value: entry.code.clone().into(), label: entry.name.clone() }).collect(),
        );
    }
    if !facets.flag("uniqueItems") {
        return None;
    }
    choices(&schema.facets(facets.get("items")?))
}

/// The choices of `enum`, or of `oneOf` with `const` and `title`.
fn choices(facets: &Facets<'_>) -> Option<Arc<[Choice]>> {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    if let Some(values) = facets.get("enum").and_then(Value::as_array) {
        let values = values.iter().filter(|value| !value.is_null());
        return Some(values.map(|value| Choice { value: value.clone(), label: plain(value) }).collect());
    }
    let branches = facets.get("oneOf")?.as_array()?;
    let choice = |branch: &Value| {
        let value = branch.get("const")?.clone();
        let label = branch.get("title").and_then(Value::as_str).map_or_else(|| plain(&value), str::to_owned);
        Some(Choice { value, label })
    };
    branches.iter().map(choice).collect()
}
