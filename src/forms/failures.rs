//! From what the validator finds to sentences that say what to do.

use std::collections::BTreeSet;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::dialect::Shape;
use super::{ErrorDetail, FieldError, formats, pointer};
use crate::domain::identity::clean;

/// Something wrong, before it has found its page.
pub(super) struct Failure {
    pub pointer: String,
    pub keyword: String,
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
}

/// Whether a failed keyword tells of a missing value.
pub(super) fn is_missing(keyword: &str) -> bool {
    matches!(keyword, "required" | "dependentRequired")
}

impl Failure {
    /// Whether a value is missing.
    pub(super) fn is_missing(&self) -> bool {
        is_missing(&self.keyword)
    }

    /// The error as a clerk gets it; a sentence of the form's own goes first.
    pub(super) fn into_error(self, shape: &Shape, page: usize) -> FieldError {
        let messages = shape.at(&self.pointer).map(|shape| &shape.messages);
        // A value that only another makes necessary is missing all the same.
        let also = self.is_missing().then_some("required");
        let custom =
            messages.and_then(|by_keyword| by_keyword.get(&self.keyword).or_else(|| by_keyword.get(also?)).cloned());
        let detail = ErrorDetail { key: self.key, args: self.args, custom };
        FieldError { pointer: self.pointer, keyword: self.keyword, page, detail }
    }
}

/// What excuses a missing value: that nobody is asked for it, or that it may be owed.
pub(super) struct Excuses<'e> {
    pub dropped: &'e BTreeSet<String>,
    pub shape: &'e Shape,
}

impl Excuses<'_> {
    fn excuses(&self, pointer: &str) -> bool {
        if pointer::path_to(pointer).any(|above| self.dropped.contains(above)) {
            return true;
        }
        // An object may be missing because nothing in it is asked for.
        let is_dropped = |name: &String| self.dropped.contains(&pointer::join(pointer, name));
        let all_dropped = |shape: &Shape| !shape.properties.is_empty() && shape.properties.keys().all(is_dropped);
        self.shape.at(pointer).is_some_and(|shape| shape.soft || all_dropped(shape))
    }

    /// Whether nothing is left of an error once the excused are gone.
    fn excuses_error(&self, error: &ValidationError<'_>) -> bool {
        let is_excused = |errors: &[ValidationError<'_>]| errors.iter().all(|error| self.excuses_error(error));
        match error.kind() {
            ValidationErrorKind::Required { property } => self.excuses(&missing(error, property)),
            ValidationErrorKind::AnyOf { context } => context.iter().any(|branch| is_excused(branch)),
            ValidationErrorKind::OneOfNotValid { context } => {
                context.iter().filter(|branch| is_excused(branch)).count() == 1
            }
            _ => false,
        }
    }
}

/// Reads an error of the validator.
pub(super) fn read(error: &ValidationError<'_>, excuses: &Excuses<'_>) -> Vec<Failure> {
    if excuses.excuses_error(error) {
        return Vec::new();
    }
    let at = error.instance_path().as_str();
    let keyword = keyword(error).to_owned();
    let (key, args) = match error.kind() {
        ValidationErrorKind::Contains if error.schema_path().as_str().ends_with("maxContains") => {
            ("forms-error-contains-most", Vec::new())
        }
        kind => sentence(kind, error.instance()),
    };
    let failure = |pointer: String| Failure { pointer, keyword: keyword.clone(), key, args: args.clone() };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let pointer = missing(error, property);
            let key = required_key(excuses.shape.at(&pointer));
            vec![Failure { key, ..failure(pointer) }]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| failure(pointer::join(at, name))).collect()
        }
        ValidationErrorKind::FalseSchema if keyword == "additionalProperties" && error.instance().is_object() => {
            let names = error.instance().as_object().into_iter().flat_map(serde_json::Map::keys);
            names.map(|name| failure(pointer::join(at, name))).collect()
        }
        _ => vec![failure(at.to_owned())],
    }
}

/// The keyword that failed; of a schema that is `false`, the keyword that holds it.
fn keyword<'e>(error: &'e ValidationError<'_>) -> &'e str {
    const HOLDERS: [&str; 4] = ["additionalProperties", "unevaluatedProperties", "unevaluatedItems", "items"];
    let mut path = error.schema_path().as_str().rsplit('/');
    match error.kind() {
        ValidationErrorKind::FalseSchema => {
            path.next().filter(|holder| HOLDERS.contains(holder)).unwrap_or("false schema")
        }
        ValidationErrorKind::Required { .. } if path.take(2).any(|step| step == "dependentRequired") => {
            "dependentRequired"
        }
        kind => kind.keyword(),
    }
}

/// Where a missing property should be.
fn missing(error: &ValidationError<'_>, property: &Value) -> String {
    pointer::join(error.instance_path().as_str(), property.as_str().unwrap_or_default())
}

/// What to do about a missing value depends on what fills it.
fn required_key(shape: Option<&Shape>) -> &'static str {
    match shape {
        Some(shape) if shape.calculated => "forms-error-required-calculated",
        Some(shape) if shape.entries.is_some() => "forms-error-required-entries",
        _ => "forms-error-required",
    }
}

/// The key and arguments of the sentence for an error.
fn sentence(kind: &ValidationErrorKind, instance: &Value) -> (&'static str, Vec<(&'static str, String)>) {
    use ValidationErrorKind as Kind;
    let measured = |limit: &dyn std::fmt::Display| vec![("limit", limit.to_string()), ("actual", instance.to_string())];
    let counted = |limit: u64, actual: usize| vec![("limit", limit.to_string()), ("actual", actual.to_string())];
    let characters = || instance.as_str().map_or(0, |text| text.chars().count());
    let entries = || instance.as_array().map_or(0, Vec::len);
    let properties = || instance.as_object().map_or(0, serde_json::Map::len);
    match kind {
        Kind::Required { .. } => ("forms-error-required", Vec::new()),
        Kind::MinLength { limit } => ("forms-error-min-length", counted(*limit, characters())),
        Kind::MaxLength { limit } => ("forms-error-max-length", counted(*limit, characters())),
        Kind::Minimum { limit: least } => ("forms-error-minimum", measured(least)),
        Kind::Maximum { limit: most } => ("forms-error-maximum", measured(most)),
        Kind::ExclusiveMinimum { limit: bound } => ("forms-error-exclusive-minimum", measured(bound)),
        Kind::ExclusiveMaximum { limit: bound } => ("forms-error-exclusive-maximum", measured(bound)),
        Kind::MultipleOf { multiple_of } => match decimals(*multiple_of) {
            Some(0) => ("forms-error-whole", vec![("actual", instance.to_string())]),
            Some(places) => ("forms-error-decimals", measured(&places)),
            None => ("forms-error-multiple-of", measured(multiple_of)),
        },
        Kind::Pattern { .. } | Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            ("forms-error-pattern", Vec::new())
        }
        Kind::Enum { .. } => ("forms-error-choice", Vec::new()),
        Kind::OneOfNotValid { .. } if instance.is_string() || instance.is_number() => {
            ("forms-error-choice", Vec::new())
        }
        Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } => ("forms-error-alternatives", Vec::new()),
        Kind::OneOfMultipleValid { .. } => ("forms-error-ambiguous", Vec::new()),
        Kind::Constant { expected_value } => match &**expected_value {
            Value::Bool(true) => ("forms-error-must-be-yes", Vec::new()),
            Value::Bool(false) => ("forms-error-must-be-no", Vec::new()),
            Value::String(text) => ("forms-error-const", vec![("value", text.clone())]),
            value => ("forms-error-const", vec![("value", value.to_string())]),
        },
        // An entry that was emptied is there still.
        Kind::Type { .. } if instance.is_null() => ("forms-error-required", Vec::new()),
        Kind::Type { kind } => (type_key(kind), Vec::new()),
        Kind::Format { format } => format_sentence(format, instance),
        Kind::MinItems { limit } => ("forms-error-min-items", counted(*limit, entries())),
        Kind::MaxItems { limit } => ("forms-error-max-items", counted(*limit, entries())),
        Kind::AdditionalItems { limit: most } => {
            ("forms-error-additional-items", vec![("limit", most.to_string()), ("actual", entries().to_string())])
        }
        Kind::UniqueItems => ("forms-error-unique-items", Vec::new()),
        Kind::Contains => ("forms-error-contains", Vec::new()),
        Kind::MinProperties { limit } => ("forms-error-min-properties", counted(*limit, properties())),
        Kind::MaxProperties { limit } => ("forms-error-max-properties", counted(*limit, properties())),
        Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::UnevaluatedItems { .. }
        | Kind::PropertyNames { .. }
        | Kind::FalseSchema => ("forms-error-not-asked", Vec::new()),
        Kind::Not { .. } => ("forms-error-not", Vec::new()),
        Kind::ContentEncoding { .. } | Kind::ContentMediaType { .. } | Kind::FromUtf8 { .. } => {
            ("forms-error-content", Vec::new())
        }
        Kind::Custom { .. } | Kind::Referencing(_) => ("forms-error-invalid", Vec::new()),
    }
}

fn type_key(kind: &TypeKind) -> &'static str {
    let expected = match kind {
        TypeKind::Single(kind) => Some(*kind),
        TypeKind::Multiple(kinds) => kinds.iter().find(|kind| *kind != JsonType::Null),
    };
    match expected {
        Some(JsonType::Number) => "forms-error-type-number",
        Some(JsonType::Integer) => "forms-error-type-integer",
        Some(JsonType::Boolean) => "forms-error-type-boolean",
        Some(JsonType::String) => "forms-error-type-string",
        Some(JsonType::Array) => "forms-error-type-array",
        Some(JsonType::Object) => "forms-error-type-object",
        Some(JsonType::Null) | None => "forms-error-type-null",
    }
}

/// A number of the wrong length is told so; of another, what to compare it with.
fn format_sentence(format: &str, instance: &Value) -> (&'static str, Vec<(&'static str, String)>) {
    let length = match format {
        "idcard-cn" | "uscc" => 18,
        "mobile-cn" => 11,
        "postcode-cn" => 6,
        "area-cn" => 12,
        _ => 0,
    };
    let key = format_key(format, instance);
    let actual = instance.as_str().map_or(0, |text| clean(text).chars().count());
    if length == 0 || actual == length || actual == 0 || key.ends_with("-old") {
        return (key, Vec::new());
    }
    ("forms-error-format-length", vec![("limit", length.to_string()), ("actual", actual.to_string())])
}

fn format_key(format: &str, instance: &Value) -> &'static str {
    match format {
        "idcard-cn" if instance.as_str().is_some_and(formats::is_old_id_number) => "forms-error-format-idcard-cn-old",
        "idcard-cn" => "forms-error-format-idcard-cn",
        "uscc" => "forms-error-format-uscc",
        "mobile-cn" => "forms-error-format-mobile-cn",
        "postcode-cn" => "forms-error-format-postcode-cn",
        "bankcard-cn" => "forms-error-format-bankcard-cn",
        "area-cn" => "forms-error-format-area-cn",
        "date" => "forms-error-format-date",
        "date-time" => "forms-error-format-date-time",
        "time" => "forms-error-format-time",
        "email" => "forms-error-format-email",
        _ => "forms-error-format",
    }
}

/// How many decimal places a step such as `0.01` leaves; none for a step that is no power of ten.
fn decimals(step: f64) -> Option<u8> {
    const STEPS: [(f64, u8); 5] = [(1.0, 0), (0.1, 1), (0.01, 2), (0.001, 3), (0.0001, 4)];
    STEPS.into_iter().find(|(power, _)| (power - step).abs() < f64::EPSILON).map(|(_, places)| places)
}
