//! Formats, judged after normalisation, and the validator that asserts them.

use jiff::civil::{Date, Time};
use jsonschema::{Draft, PatternOptions, Registry, RegistryBuilder, ValidationOptions, Validator};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::objection::objection;
use super::{Document, LoadError};
use crate::domain::identity::{CreditCode, IdNumber, clean, luhn, mobile};
use crate::locale::Phrase;

/// How much work one pattern may make: a pattern that backtracks without end fails instead.
const BACKTRACK_LIMIT: usize = 100_000;
/// How big one compiled pattern may be, in bytes.
const PATTERN_SIZE: usize = 1 << 20;

/// A validator for a schema that keeps to the dialect: draft 2020-12, formats asserted, nothing fetched. `document` and `at` say where it
/// stands.
pub(super) fn validator(schema: &Value, document: Document, at: &str) -> Result<Validator, LoadError> {
    build(folding(), schema, document, at)
}

/// A schema whose parts are judged by themselves.
pub(super) struct Parts(Registry<'static>);

impl Parts {
    /// The name that the whole of it has here.
    const WHOLE: &str = "urn:onewindow:form";

    /// Takes a schema in, once for all its parts.
    pub(super) fn of(schema: &Value) -> Result<Self, LoadError> {
        let mut whole = schema.clone();
        if let Some(root) = whole.as_object_mut() {
            root.retain(|keyword, _| !matches!(keyword.as_str(), "$id" | "$schema"));
        }
        let registry = Registry::new().add(Self::WHOLE, whole).and_then(RegistryBuilder::prepare);
        registry.map(Self).map_err(|error| {
            let detail = error.to_string();
            LoadError::of(Document::Schema, "", Phrase::of("forms-objection-reference").with("detail", detail))
        })
    }

    /// Compiles the part at a pointer.
    pub(super) fn validator(&self, pointer: &str) -> Result<Validator, LoadError> {
        let reference = serde_json::json!({"$ref": format!("{}#{}", Self::WHOLE, percent_encode(pointer))});
        build(folding().with_registry(&self.0), &reference, Document::Schema, pointer)
    }
}

/// A pointer as the fragment of a URI.
fn percent_encode(pointer: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'~' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    pointer.bytes().map(byte).collect()
}

fn folding<'r>() -> ValidationOptions<'r> {
    with_own_formats(base())
        .with_format("date", |text: &str| has_format("date", text))
        .with_format("date-time", |text: &str| has_format("date-time", text))
        .with_format("time", |text: &str| has_format("time", text))
        .with_format("email", |text: &str| has_format("email", text))
}

/// The same with the standard formats to the letter, but for a time, which may be without an offset as it may in JSON Forms: for
/// conditions, and for comparison.
pub(super) fn plain_validator(schema: &Value, document: Document, at: &str) -> Result<Validator, LoadError> {
    build(with_own_formats(base()).with_format("time", is_time), schema, document, at)
}

fn base<'r>() -> ValidationOptions<'r> {
    let patterns = PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT).size_limit(PATTERN_SIZE);
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(patterns)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
}

fn with_own_formats(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .with_format("idcard-cn", |text: &str| has_format("idcard-cn", text))
        .with_format("uscc", |text: &str| has_format("uscc", text))
        .with_format("mobile-cn", |text: &str| has_format("mobile-cn", text))
        .with_format("bankcard-cn", |text: &str| has_format("bankcard-cn", text))
        .with_format("postcode-cn", |text: &str| has_format("postcode-cn", text))
        .with_format("area-cn", |text: &str| has_format("area-cn", text))
}

/// Whether a text, once normalised, has one of the formats that are judged so; of any other nothing is known.
pub(super) fn has_format(format: &str, text: &str) -> bool {
    match format {
        "idcard-cn" => text.parse::<IdNumber>().is_ok(),
        "uscc" => text.parse::<CreditCode>().is_ok(),
        "mobile-cn" => mobile(&clean(text)),
        "bankcard-cn" => luhn(&clean(text)),
        "postcode-cn" => is_digits(&clean(text), 6),
        "area-cn" => is_digits(&clean(text), 12),
        "date" => date(&fold(text)).is_some(),
        "date-time" => is_date_time(&fold(text)),
        "time" => is_time(&fold(text)),
        "email" => is_email(&fold(text)),
        _ => true,
    }
}

fn build(options: ValidationOptions<'_>, schema: &Value, document: Document, at: &str) -> Result<Validator, LoadError> {
    options
        .build(schema)
        .map_err(|error| LoadError::of(document, format!("{at}{}", error.instance_path().as_str()), objection(&error)))
}

/// A text as its format wants it; `None` when it is so already.
pub(super) fn normal(format: &str, text: &str) -> Option<String> {
    let normal = match format {
        "idcard-cn" | "uscc" => clean(text).to_ascii_uppercase(),
        "mobile-cn" | "bankcard-cn" | "postcode-cn" | "area-cn" => clean(text),
        _ => fold(text),
    };
    (normal != text).then_some(normal)
}

/// Full-width characters made half-width, and composed: NFC, with the compatibility forms that input methods produce folded.
pub(super) fn fold(text: &str) -> String {
    text.trim().nfkc().collect()
}

/// A full date of RFC 3339: `2024-03-01`.
pub(super) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !is_digits(year, 4) || !is_digits(month, 2) || !is_digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A date-time of RFC 3339: `2024-03-01T09:30:00+08:00`.
fn is_date_time(text: &str) -> bool {
    let split = text.split_once(['T', 't']);
    let has_offset = |time: &str| time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    split.is_some_and(|(day, time)| date(day).is_some() && is_time(time) && has_offset(time))
}

/// A full or partial time of RFC 3339: `09:30:00`, with or without an offset.
fn is_time(text: &str) -> bool {
    let local = match text.strip_suffix(['Z', 'z']) {
        Some(local) => local,
        None => match text.rfind(['+', '-']).and_then(|at| text.split_at_checked(at)) {
            Some((local, offset)) => {
                let mut hours = offset.chars().skip(1).collect::<String>();
                hours.push_str(":00");
                if !is_clock(&hours) {
                    return false;
                }
                local
            }
            None => text,
        },
    };
    let (whole, fraction) = local.split_once('.').unwrap_or((local, "0"));
    is_clock(whole) && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// `HH:MM:SS`; the second may be 60 as leap seconds are.
fn is_clock(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    if ![hour, minute, second].iter().all(|part| is_digits(part, 2)) {
        return false;
    }
    let number = |text: &str| text.parse::<i8>().unwrap_or(i8::MAX);
    Time::new(number(hour), number(minute), number(second).min(59), 0).is_ok() && number(second) <= 60
}

/// Plausible, no more: one `@` between a local part and a domain with a dot. Whether mail arrives, only mail can tell.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"@,;:<>()[]\\\"".contains(c))
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

pub(super) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is an identity number of the old form, 15 digits.
pub(super) fn is_old_id_number(text: &str) -> bool {
    is_digits(&clean(text), 15)
}
