//! What a schema lets a value be, as far as that can be reckoned with: enough to tell whether two forms can share one answer.

use std::collections::BTreeSet;

use serde_json::Value;

use super::codes::list_named;
use super::dialect::FORMATS;
use super::formats;
use super::schema::{self, Object};
use crate::locale::Phrase;

/// What a value may be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Limits {
    /// JSON types; none: any.
    pub types: Option<BTreeSet<String>>,
    /// The values to choose from; none: any.
    pub choices: Option<Vec<Value>>,
    /// The format that is judged.
    pub format: Option<String>,
    /// The code list: id and version.
    list: Option<(String, u32)>,
    least: Option<Bound>,
    most: Option<Bound>,
    shortest: Option<u64>,
    /// The most characters.
    pub longest: Option<u64>,
    fewest: Option<u64>,
    most_items: Option<u64>,
}

/// A bound, and whether it is excluded itself.
type Bound = (f64, bool);

/// Why no value can satisfy two definitions of one term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// A text here, a number there.
    Types,
    /// No value that both offer.
    Choices,
    /// An identity number here, a date there.
    Formats,
    /// Codes of different lists, or of different versions.
    Lists,
    /// A least value above the most, a least length above the greatest.
    Bounds,
}

impl Clash {
    /// What contradicts what.
    pub const fn phrase(self) -> Phrase {
        Phrase::of(match self {
            Self::Types => "forms-clash-types",
            Self::Choices => "forms-clash-choices",
            Self::Formats => "forms-clash-formats",
            Self::Lists => "forms-clash-lists",
            Self::Bounds => "forms-clash-bounds",
        })
    }
}

impl Limits {
    /// What one object of keywords says.
    pub(super) fn of(object: &Object) -> Self {
        let texts = |values: &[Value]| values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let mut limits = Self::default();
        let (mut constant, mut listed, mut branches) = (None, None, None);
        for (keyword, value) in object {
            match (keyword.as_str(), value) {
                ("type", Value::String(kind)) => limits.types = Some(BTreeSet::from([kind.clone()])),
                ("type", Value::Array(kinds)) => limits.types = Some(texts(kinds)),
                ("const", value) => constant = Some(vec![value.clone()]),
                ("enum", Value::Array(values)) => listed = Some(values.clone()),
                ("oneOf", Value::Array(values)) => {
                    branches = values.iter().map(|branch| branch.get("const").cloned()).collect();
                }
                ("format", Value::String(format)) if FORMATS.contains(&format.as_str()) => {
                    limits.format = Some(format.clone());
                }
                ("x-options", options) => {
                    limits.list = list_named(options).map(|(id, version)| (id.to_owned(), version));
                }
                ("minimum" | "exclusiveMinimum", value) => {
                    let bound = value.as_f64().map(|bound| (bound, keyword != "minimum"));
                    limits.least = tighter(limits.least, bound, f64::gt);
                }
                ("maximum" | "exclusiveMaximum", value) => {
                    let bound = value.as_f64().map(|bound| (bound, keyword != "maximum"));
                    limits.most = tighter(limits.most, bound, f64::lt);
                }
                ("minLength", value) => limits.shortest = schema::count(value),
                ("maxLength", value) => limits.longest = schema::count(value),
                ("minItems", value) => limits.fewest = schema::count(value),
                ("maxItems", value) => limits.most_items = schema::count(value),
                _ => {}
            }
        }
        limits.choices = constant.or(listed).or(branches);
        limits
    }

    /// What satisfies both (`allOf`).
    ///
    /// # Errors
    /// [`Clash`] where that is seen to be nothing. What a pattern lets through is not known: two patterns never clash.
    pub(super) fn meet(&self, other: &Self) -> Result<Self, Clash> {
        let mut met = Self {
            types: both(self.types.as_ref(), other.types.as_ref(), meet_types),
            choices: both(self.choices.as_ref(), other.choices.as_ref(), |a, b| {
                a.iter().filter(|value| b.iter().any(|other| same(value, other))).cloned().collect()
            }),
            format: one(self.format.as_ref(), other.format.as_ref(), Clash::Formats)?,
            list: one(self.list.as_ref(), other.list.as_ref(), Clash::Lists)?,
            least: tighter(self.least, other.least, f64::gt),
            most: tighter(self.most, other.most, f64::lt),
            shortest: self.shortest.max(other.shortest),
            longest: least_of(self.longest, other.longest),
            fewest: self.fewest.max(other.fewest),
            most_items: least_of(self.most_items, other.most_items),
        };
        if let Some(mut choices) = met.choices.take() {
            choices.retain(|choice| met.allows(choice));
            met.choices = Some(choices);
        }
        let crossed = |least: Option<u64>, most: Option<u64>| least.zip(most).is_some_and(|(least, most)| least > most);
        if met.types.as_ref().is_some_and(BTreeSet::is_empty) {
            Err(Clash::Types)
        } else if met.choices.as_ref().is_some_and(Vec::is_empty) {
            Err(Clash::Choices)
        } else if met
            .least
            .zip(met.most)
            .is_some_and(|(least, most)| !is_past(least, most.0, f64::lt) || !is_past(most, least.0, f64::gt))
            || crossed(met.shortest, met.longest)
            || crossed(met.fewest, met.most_items)
        {
            Err(Clash::Bounds)
        } else {
            Ok(met)
        }
    }

    /// Whether a choice is within the other limits; patterns are not looked at.
    fn allows(&self, choice: &Value) -> bool {
        let number = choice.as_f64();
        let length = choice.as_str().and_then(|text| u64::try_from(text.chars().count()).ok());
        self.takes(choice)
            && number.zip(self.least).is_none_or(|(number, least)| is_past(least, number, f64::lt))
            && number.zip(self.most).is_none_or(|(number, most)| is_past(most, number, f64::gt))
            && length.zip(self.shortest).is_none_or(|(length, shortest)| length >= shortest)
            && length.zip(self.longest).is_none_or(|(length, longest)| length <= longest)
            && self.format.as_ref().zip(choice.as_str()).is_none_or(|(format, text)| formats::has_format(format, text))
    }

    /// Whether a value is of a type that is taken.
    pub(super) fn takes(&self, value: &Value) -> bool {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        self.takes_type(kind) || (kind == "integer" && self.takes_type("number"))
    }

    /// Whether a type is taken.
    pub(super) fn takes_type(&self, kind: &str) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(kind))
    }
}

/// A whole number is a number.
fn meet_types(a: &BTreeSet<String>, b: &BTreeSet<String>) -> BTreeSet<String> {
    let has =
        |types: &BTreeSet<String>, kind: &str| types.contains(kind) || (kind == "integer" && types.contains("number"));
    a.iter().filter(|kind| has(b, kind)).chain(b.iter().filter(|kind| has(a, kind))).cloned().collect()
}

/// Equality as JSON Schema has it: 1 is 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn both<T: Clone>(a: Option<&T>, b: Option<&T>, meet: impl FnOnce(&T, &T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(meet(a, b)),
        (a, b) => a.or(b).cloned(),
    }
}

fn one<T: Clone + PartialEq>(a: Option<&T>, b: Option<&T>, clash: Clash) -> Result<Option<T>, Clash> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => Err(clash),
        (a, b) => Ok(a.or(b).cloned()),
    }
}

/// The bound that leaves less.
fn tighter(a: Option<Bound>, b: Option<Bound>, is_tighter: impl Fn(&f64, &f64) -> bool) -> Option<Bound> {
    both(
        a.as_ref(),
        b.as_ref(),
        |a, b| {
            if is_tighter(&a.0, &b.0) || (!is_tighter(&b.0, &a.0) && a.1) { *a } else { *b }
        },
    )
}

/// Whether a number is on the right side of a bound, or on one that counts.
fn is_past((bound, excluded): Bound, number: f64, is_within: impl Fn(&f64, &f64) -> bool) -> bool {
    is_within(&bound, &number) || (!excluded && !is_within(&number, &bound))
}

fn least_of(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    both(a.as_ref(), b.as_ref(), |a, b| *a.min(b))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn limits(schema: &Value) -> Limits {
        Limits::of(schema.as_object().unwrap())
    }

    #[test]
    fn definitions_meet_or_clash() {
        let table = [
            (json!({"type": "string"}), json!({"type": "number"}), Err(Clash::Types)),
            (json!({"type": "integer"}), json!({"type": "number"}), Ok(())),
            (json!({"type": ["string", "null"]}), json!({"type": "string", "maxLength": 3}), Ok(())),
            (json!({"enum": ["a", "b"]}), json!({"oneOf": [{"const": "b"}, {"const": "c"}]}), Ok(())),
            (json!({"enum": ["a"]}), json!({"const": "b"}), Err(Clash::Choices)),
            (json!({"enum": [1]}), json!({"enum": [1.0]}), Ok(())),
            (json!({"format": "idcard-cn"}), json!({"format": "date"}), Err(Clash::Formats)),
            (json!({"format": "idcard-cn"}), json!({"format": "colour"}), Ok(())),
            (
                json!({"x-options": {"list": "a", "version": 1}}),
                json!({"x-options": {"list": "a", "version": 2}}),
                Err(Clash::Lists),
            ),
            (json!({"minLength": 5}), json!({"maxLength": 3}), Err(Clash::Bounds)),
            (json!({"minimum": 5}), json!({"exclusiveMaximum": 5}), Err(Clash::Bounds)),
            (json!({"minimum": 5, "exclusiveMinimum": 4}), json!({"maximum": 5, "exclusiveMaximum": 6}), Ok(())),
            (json!({"enum": [1, 9]}), json!({"exclusiveMinimum": 1, "maximum": 8}), Err(Clash::Choices)),
            (json!({"enum": [1, 9]}), json!({"minimum": 9}), Ok(())),
            (json!({"enum": ["a", "bb"]}), json!({"minLength": 3}), Err(Clash::Choices)),
            (json!({"enum": ["a", "bb"]}), json!({"maxLength": 1}), Ok(())),
            (json!({"enum": ["a"]}), json!({"type": "number"}), Err(Clash::Choices)),
            (json!({"enum": ["a", "b"]}), json!({"format": "date"}), Err(Clash::Choices)),
            (json!({"enum": ["a", "2024-02-29", "２０２４-03-01"]}), json!({"format": "date"}), Ok(())),
            (json!({"const": "431700"}), json!({"format": "postcode-cn"}), Ok(())),
            (json!({"oneOf": [{"const": "x"}, {"const": 1}]}), json!({"format": "uscc"}), Ok(())),
            (json!({"minimum": 5}), json!({"maximum": 4}), Err(Clash::Bounds)),
            (json!({"pattern": "^a"}), json!({"pattern": "^b"}), Ok(())),
            (json!({}), json!({"type": "boolean", "const": true}), Ok(())),
        ];
        for (a, b, expected) in table {
            for (a, b) in [(&a, &b), (&b, &a)] {
                assert_eq!(limits(a).meet(&limits(b)).map(|_| ()), expected, "{a} {b}");
            }
        }
    }
}
