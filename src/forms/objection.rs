//! What a meta-schema objects to in a schema, put so that the schema's author can mend it.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use crate::locale::Phrase;

/// How much of a value is quoted, in characters.
const QUOTED: usize = 200;

/// The objection that an error of the validator is.
pub(super) fn objection(error: &ValidationError<'_>) -> Phrase {
    use ValidationErrorKind as Kind;
    let about = |key, name, value: String| Phrase::of(key).with(name, value);
    match error.kind() {
        Kind::Type { kind } => about("forms-objection-type", "type", types(kind)),
        Kind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            about("forms-objection-enum", "values", quote(&options.join(" ")))
        }
        Kind::Constant { expected_value } => {
            about("forms-objection-enum", "values", quote(&expected_value.to_string()))
        }
        Kind::Required { property } => {
            about("forms-objection-required", "name", property.as_str().unwrap_or_default().to_owned())
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            about("forms-objection-unknown", "name", quote(&unexpected.join(" ")))
        }
        Kind::Pattern { pattern } => about("forms-objection-pattern", "pattern", quote(pattern)),
        Kind::Format { format } => about("forms-objection-format", "format", format.clone()),
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => {
            about("forms-objection-least", "limit", limit.to_string())
        }
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => {
            about("forms-objection-most", "limit", limit.to_string())
        }
        Kind::MinItems { limit } | Kind::MinLength { limit } | Kind::MinProperties { limit } => {
            Phrase::of("forms-objection-few").with("limit", *limit)
        }
        Kind::MaxItems { limit } | Kind::MaxLength { limit } | Kind::MaxProperties { limit } => {
            Phrase::of("forms-objection-many").with("limit", *limit)
        }
        Kind::UniqueItems => Phrase::of("forms-objection-unique"),
        Kind::FalseSchema => Phrase::of("forms-objection-false"),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            Phrase::of("forms-objection-alternatives")
        }
        Kind::PropertyNames { error } => {
            let name = quote(error.instance().as_str().unwrap_or_default());
            about("forms-objection-name", "name", name).with("why", objection(error))
        }
        // What the library says of a reference names the reference.
        Kind::Referencing(error) => about("forms-objection-reference", "detail", error.to_string()),
        kind => about("forms-objection-keyword", "keyword", kind.keyword().to_owned()),
    }
}

fn types(kind: &TypeKind) -> String {
    let types: Vec<String> = match kind {
        TypeKind::Single(kind) => vec![kind.to_string()],
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
    };
    types.join(" ")
}

fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().take(QUOTED).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}
