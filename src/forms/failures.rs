//! From what the validator finds to sentences that say what to do.

use std::collections::{BTreeSet, HashMap};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::dialect::Shape;
use super::unsaid::Unsaid;
use super::{ErrorDetail, FieldError, formats, pointer, values};
use crate::domain::identity::clean;
use crate::locale::Phrase;
use crate::text::mask;

/// How many digits of a number a double holds, whichever they are.
const DIGITS: u64 = 15;

/// Something wrong, before it has found its page.
pub(super) struct Failure {
    pub pointer: String,
    pub keyword: String,
    pub phrase: Phrase,
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
        let detail = ErrorDetail { phrase: self.phrase, custom };
        FieldError { pointer: self.pointer, keyword: self.keyword, page, detail }
    }
}

/// What excuses a missing value: that nobody is asked for it, or that it may be owed.
pub(super) struct Excuses<'e> {
    pub dropped: &'e BTreeSet<String>,
    pub shape: &'e Shape,
    pub unsaid: &'e Unsaid,
}

/// Whether a value says no more than one that is missing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(entries) => entries.is_empty(),
        _ => false,
    }
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
        let is_soft = || self.shape.at(error.instance_path().as_str()).is_some_and(|shape| shape.soft);
        // What is empty is owed as what is missing is.
        if is_empty(error.instance()) && is_soft() {
            return true;
        }
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
    let instance = error.instance();
    let sensitive = excuses.shape.at(at).is_some_and(|shape| shape.sensitive);
    let failure = |pointer: String, phrase: Phrase| Failure { pointer, keyword: keyword.clone(), phrase };
    let each = |places: &mut dyn Iterator<Item = String>| {
        places.map(|place| failure(pointer::join(at, &place), phrase(error.kind(), instance, sensitive))).collect()
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let pointer = pointer::join(at, name);
            let because = excuses.unsaid.needs(error.schema_path().as_str(), instance, name);
            let phrase = required(excuses.shape, at, &pointer, because);
            vec![failure(pointer, phrase)]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => each(&mut unexpected.iter().cloned()),
        ValidationErrorKind::UnevaluatedItems { unexpected } => {
            each(&mut unevaluated(instance, unexpected).into_iter().map(|index| index.to_string()))
        }
        ValidationErrorKind::PropertyNames { error: of_name } => {
            let name = of_name.instance().as_str().unwrap_or_default();
            let phrase = Phrase::of("forms-error-property-name").with("name", name);
            let why = self::phrase(of_name.kind(), of_name.instance(), sensitive);
            vec![failure(pointer::join(at, name), phrase.with("why", why))]
        }
        ValidationErrorKind::FalseSchema if keyword == "additionalProperties" && instance.is_object() => {
            each(&mut instance.as_object().into_iter().flat_map(serde_json::Map::keys).cloned())
        }
        ValidationErrorKind::Contains => {
            vec![failure(at.to_owned(), excuses.unsaid.of_contained(error.schema_path().as_str(), instance))]
        }
        kind => vec![failure(at.to_owned(), phrase(kind, instance, sensitive))],
    }
}

/// Which entries are the unevaluated ones, told by their text. Of equal entries those in front may be taken by their place, the others are not.
fn unevaluated(instance: &Value, unexpected: &[String]) -> Vec<usize> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for text in unexpected {
        *left.entry(text).or_default() += 1;
    }
    let mut found = Vec::with_capacity(unexpected.len());
    for (index, entry) in instance.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate().rev() {
        if let Some(left) = left.get_mut(entry.to_string().as_str()).filter(|left| **left > 0) {
            *left -= 1;
            found.push(index);
        }
    }
    found.reverse();
    found
}

/// The keyword that failed; of a schema that is `false`, the keyword that holds it.
fn keyword<'e>(error: &'e ValidationError<'_>) -> &'e str {
    const HOLDERS: [&str; 4] = ["additionalProperties", "unevaluatedProperties", "unevaluatedItems", "items"];
    let last = error.schema_path().as_str().rsplit('/').next();
    match error.kind() {
        ValidationErrorKind::FalseSchema => last.filter(|holder| HOLDERS.contains(holder)).unwrap_or("false schema"),
        ValidationErrorKind::Required { .. } if last == Some("dependentRequired") => "dependentRequired",
        kind => kind.keyword(),
    }
}

/// Where a missing property should be.
fn missing(error: &ValidationError<'_>, property: &Value) -> String {
    pointer::join(error.instance_path().as_str(), property.as_str().unwrap_or_default())
}

/// What to do about a missing value depends on what fills it, and on what made it necessary. `holder` is where the object is.
fn required(root: &Shape, holder: &str, pointer: &str, because: Option<&str>) -> Phrase {
    let shape = root.at(pointer);
    if shape.is_some_and(|shape| shape.calculated) {
        return Phrase::of("forms-error-required-calculated");
    }
    if let Some(name) = because {
        let title = root.at(&pointer::join(holder, name)).and_then(|shape| shape.title.as_deref());
        return Phrase::of("forms-error-required-with").with("other", title.unwrap_or(name));
    }
    let is_list = shape.is_some_and(|shape| shape.entries.is_some());
    Phrase::of(if is_list { "forms-error-required-entries" } else { "forms-error-required" })
}

/// A value as a sentence tells it.
pub(super) fn told(value: &Value, sensitive: bool) -> String {
    let text = value.to_string();
    if sensitive { mask::any(&text) } else { text }
}

/// The sentence for an error that is about one value by itself. Of a sensitive one it tells how much there is, not what.
fn phrase(kind: &ValidationErrorKind, instance: &Value, sensitive: bool) -> Phrase {
    use ValidationErrorKind as Kind;
    let value = || told(instance, sensitive);
    let measured = |key: &'static str, limit: &dyn std::fmt::Display| {
        Phrase::of(key).with("limit", limit.to_string()).with("actual", value())
    };
    let counted =
        |key: &'static str, limit: u64, actual: usize| Phrase::of(key).with("limit", limit).with("actual", actual);
    let characters = || instance.as_str().map_or(0, |text| text.chars().count());
    let entries = || instance.as_array().map_or(0, Vec::len);
    let properties = || instance.as_object().map_or(0, serde_json::Map::len);
    match kind {
        Kind::MinLength { limit } => counted("forms-error-min-length", *limit, characters()),
        Kind::MaxLength { limit } => counted("forms-error-max-length", *limit, characters()),
        Kind::Minimum { limit: least } => measured("forms-error-minimum", least),
        Kind::Maximum { limit: most } => measured("forms-error-maximum", most),
        Kind::ExclusiveMinimum { limit: bound } => measured("forms-error-exclusive-minimum", bound),
        Kind::ExclusiveMaximum { limit: bound } => measured("forms-error-exclusive-maximum", bound),
        Kind::MultipleOf { multiple_of } => match decimals(*multiple_of) {
            Some(0) => Phrase::of("forms-error-whole").with("actual", value()),
            Some(places) => Phrase::of("forms-error-decimals").with("limit", u64::from(places)).with("actual", value()),
            None => measured("forms-error-multiple-of", multiple_of),
        },
        Kind::Constant { expected_value } => match &**expected_value {
            Value::Bool(true) => Phrase::of("forms-error-must-be-yes"),
            Value::Bool(false) => Phrase::of("forms-error-must-be-no"),
            Value::String(text) => Phrase::of("forms-error-const").with("value", text),
            value => Phrase::of("forms-error-const").with("value", value.to_string()),
        },
        Kind::Type { kind: expected } if is_number(expected) => {
            let digits = instance.as_str().and_then(values::too_many_digits);
            digits.map_or_else(|| Phrase::of(plain_key(kind, instance)), too_many_digits)
        }
        Kind::Format { format } => format_phrase(format, instance),
        Kind::MinItems { limit } => counted("forms-error-min-items", *limit, entries()),
        Kind::MaxItems { limit } => counted("forms-error-max-items", *limit, entries()),
        Kind::AdditionalItems { limit: most } => {
            Phrase::of("forms-error-max-items").with("limit", *most).with("actual", entries())
        }
        Kind::MinProperties { limit } => counted("forms-error-min-properties", *limit, properties()),
        Kind::MaxProperties { limit } => counted("forms-error-max-properties", *limit, properties()),
        kind => Phrase::of(plain_key(kind, instance)),
    }
}

/// The key of a sentence that measures nothing.
fn plain_key(kind: &ValidationErrorKind, instance: &Value) -> &'static str {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Required { .. } => "forms-error-required",
        Kind::Pattern { .. } | Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "forms-error-pattern"
        }
        Kind::Enum { .. } => "forms-error-choice",
        Kind::OneOfNotValid { .. } if instance.is_string() || instance.is_number() => "forms-error-choice",
        Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } => "forms-error-alternatives",
        Kind::OneOfMultipleValid { .. } => "forms-error-ambiguous",
        // An entry that was emptied is there still.
        Kind::Type { .. } if instance.is_null() => "forms-error-required",
        Kind::Type { kind } => type_key(kind),
        Kind::UniqueItems => "forms-error-unique-items",
        Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::UnevaluatedItems { .. }
        | Kind::FalseSchema => "forms-error-not-asked",
        Kind::Not { .. } => "forms-error-not",
        Kind::ContentEncoding { .. } | Kind::ContentMediaType { .. } | Kind::FromUtf8 { .. } => "forms-error-content",
        _ => "forms-error-invalid",
    }
}

/// A number that may have lost digits, or would.
pub(super) fn too_many_digits(digits: usize) -> Phrase {
    Phrase::of("forms-error-digits").with("limit", DIGITS).with("actual", digits)
}

fn is_number(kind: &TypeKind) -> bool {
    matches!(type_key(kind), "forms-error-type-number" | "forms-error-type-integer")
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
fn format_phrase(format: &str, instance: &Value) -> Phrase {
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
        return Phrase::of(key);
    }
    Phrase::of("forms-error-format-length").with("limit", length).with("actual", actual)
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
