//! Rules of a UI schema, with the meaning that `@jsonforms/core` gives them.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::Value;

use super::dialect::Reader;
use super::schema::{self, Object, Schema};
use super::{Document, LoadError, NoCodeLists, Warning, formats, pointer};
use crate::locale::Phrase;

/// What a fulfilled condition does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Show,
    Hide,
    Enable,
    Disable,
}

/// An effect and its condition.
pub(super) struct Rule {
    pub effect: Effect,
    /// Where it stands in the UI schema.
    pub at: String,
    condition: Condition,
}

enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// The value is identical (`===`), so that objects and arrays never are.
    Equals {
        path: Vec<String>,
        expected: Option<Value>,
    },
    Matches {
        path: Vec<String>,
        matcher: Matcher,
        /// The verdict on a value that is not there.
        undefined: bool,
        reads: BTreeSet<Read>,
    },
}

/// What tells whether a value matches the schema of a condition.
enum Matcher {
    /// `const` or `enum` of plain values and nothing else, as most conditions are: no need of a validator, which costs a form its opening.
    OneOf(Vec<Value>),
    Schema(Box<Validator>),
}

impl Matcher {
    fn new(schema: &Value, at: &str) -> Result<Self, LoadError> {
        let object = schema.as_object().filter(|object| object.len() == 1);
        let wanted = object.and_then(|object| match (object.get("const"), object.get("enum")) {
            (Some(value), _) => Some(std::slice::from_ref(value)),
            (_, Some(Value::Array(values))) => Some(values.as_slice()),
            _ => None,
        });
        match wanted.filter(|values| !values.iter().any(is_container)) {
            Some(values) => Ok(Self::OneOf(values.to_vec())),
            None => formats::plain_validator(schema, Document::UiSchema, at).map(Box::new).map(Self::Schema),
        }
    }

    fn matches(&self, value: &Value) -> bool {
        match self {
            Self::OneOf(values) => values.iter().any(|wanted| identical(wanted, value)),
            Self::Schema(validator) => validator.is_valid(value),
        }
    }
}

/// Something that a condition reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    /// Where; `*` stands for every entry of an array.
    pub path: Vec<String>,
    /// Whether what is below it matters too.
    pub deep: bool,
}

/// What the scopes of a rule are looked up in.
pub(super) struct Scopes<'a, 'w> {
    pub schema: Schema<'a>,
    /// The schema that they are relative to.
    pub node: &'a Value,
    pub warnings: &'w mut Vec<Warning>,
    pub faults: &'w mut Vec<LoadError>,
}

impl Rule {
    /// Reads a rule; none, and its faults are noted, where it has any.
    pub(super) fn load(rule: &Value, at: &str, mut scopes: Scopes<'_, '_>) -> Option<Self> {
        let effect = match rule.get("effect").and_then(Value::as_str) {
            Some("SHOW") => Some(Effect::Show),
            Some("HIDE") => Some(Effect::Hide),
            Some("ENABLE") => Some(Effect::Enable),
            Some("DISABLE") => Some(Effect::Disable),
            _ => scopes.fault(&pointer::join(at, "effect"), Phrase::of("forms-reason-effect")),
        };
        let here = pointer::join(at, "condition");
        let condition = match rule.get("condition") {
            Some(condition) => Condition::load(condition, &here, &mut scopes),
            None => scopes.fault(&here, Phrase::of("forms-reason-no-condition")),
        };
        Some(Self { effect: effect?, at: at.to_owned(), condition: condition? })
    }

    /// Whether the rule is about visibility.
    pub(super) fn shows(&self) -> bool {
        matches!(self.effect, Effect::Show | Effect::Hide)
    }

    /// Whether the element is visible, or enabled, as the effect has it. `base` is the data that scopes are relative to.
    pub(super) fn permits(&self, base: Option<&Value>) -> bool {
        self.condition.is_fulfilled(base) == matches!(self.effect, Effect::Show | Effect::Enable)
    }

    /// What the rule reads, relative to its base.
    pub(super) fn reads(&self) -> BTreeSet<Read> {
        let mut reads = BTreeSet::new();
        self.condition.collect_reads(&mut reads);
        reads
    }
}

impl Scopes<'_, '_> {
    fn fault<T>(&mut self, at: &str, reason: Phrase) -> Option<T> {
        self.faults.push(LoadError::of(Document::UiSchema, at, reason));
        None
    }

    /// Where in the data a scope leads. What the schema does not declare may be there all the same: JSON Forms looks.
    fn path(&mut self, scope: &str, at: &str) -> Vec<String> {
        if let Some(scoped) = self.schema.follow(self.node, scope) {
            return scoped.path;
        }
        let reason = Phrase::of("forms-reason-undeclared").with("target", scope);
        self.warnings.push(Warning { document: Document::UiSchema, pointer: at.to_owned(), reason });
        schema::data_path(scope)
    }
}

impl Condition {
    /// Reads a condition; none, and its faults are noted, where it has any.
    fn load(value: &Value, at: &str, scopes: &mut Scopes<'_, '_>) -> Option<Self> {
        let Some(object) = value.as_object() else {
            return scopes.fault(at, Phrase::of("forms-reason-condition"));
        };
        if object.contains_key("validate") {
            return scopes.fault(&pointer::join(at, "validate"), Phrase::of("forms-reason-function"));
        }
        let kind = object.get("type").and_then(Value::as_str);
        match kind {
            Some("AND") => return Self::members(object, at, scopes).map(Self::All),
            Some("OR") => return Self::members(object, at, scopes).map(Self::Any),
            Some("LEAF" | "SCHEMA") | None => {}
            Some(other) => {
                let reason = Phrase::of("forms-reason-unknown-condition").with("type", other);
                return scopes.fault(&pointer::join(at, "type"), reason);
            }
        }
        let path = match object.get("scope") {
            None => Vec::new(),
            Some(Value::String(scope)) => scopes.path(scope, &pointer::join(at, "scope")),
            Some(_) => return scopes.fault(&pointer::join(at, "scope"), Phrase::of("forms-reason-text")),
        };
        if kind == Some("LEAF") {
            return Some(Self::Equals { path, expected: object.get("expectedValue").cloned() });
        }
        let Some(condition) = object.get("schema") else {
            return scopes.fault(at, Phrase::of("forms-reason-no-kind"));
        };
        let here = pointer::join(at, "schema");
        let mut reader = Reader::new(condition, Document::UiSchema, &here, &NoCodeLists);
        if reader.read(condition).is_err() {
            scopes.faults.append(&mut reader.faults);
            return None;
        }
        let matcher = Matcher::new(condition, &here).map_err(|fault| scopes.faults.push(fault)).ok()?;
        let own = Schema::new(condition);
        let fail_when_undefined = object.get("failWhenUndefined").is_some_and(is_truthy);
        let mut reads = BTreeSet::new();
        collect_schema_reads(own, condition, &path, &mut reads);
        Some(Self::Matches {
            undefined: !fail_when_undefined && accepts_undefined(own, condition),
            path,
            matcher,
            reads,
        })
    }

    /// The conditions that `AND` and `OR` hold; all of them are looked at, whatever is wrong with one.
    fn members(object: &Object, at: &str, scopes: &mut Scopes<'_, '_>) -> Option<Vec<Self>> {
        let here = pointer::join(at, "conditions");
        let Some(members) = object.get("conditions").and_then(Value::as_array) else {
            return scopes.fault(&here, Phrase::of("forms-reason-conditions"));
        };
        let load = |(index, member)| Self::load(member, &format!("{here}/{index}"), scopes);
        let loaded: Vec<Option<Self>> = members.iter().enumerate().map(load).collect();
        loaded.into_iter().collect()
    }

    fn is_fulfilled(&self, base: Option<&Value>) -> bool {
        match self {
            Self::All(members) => members.iter().all(|member| member.is_fulfilled(base)),
            Self::Any(members) => members.iter().any(|member| member.is_fulfilled(base)),
            Self::Equals { path, expected } => match (find(base, path), expected) {
                (None, None) => true,
                (Some(value), Some(expected)) => identical(value, expected),
                _ => false,
            },
            Self::Matches { path, matcher, undefined, .. } => {
                find(base, path).map_or(*undefined, |value| matcher.matches(value))
            }
        }
    }

    fn collect_reads(&self, reads: &mut BTreeSet<Read>) {
        match self {
            Self::All(members) | Self::Any(members) => members.iter().for_each(|member| member.collect_reads(reads)),
            Self::Equals { path, .. } => {
                reads.insert(Read { path: path.clone(), deep: false });
            }
            Self::Matches { reads: own, .. } => reads.extend(own.iter().cloned()),
        }
    }
}

/// The value at a path, where there is one.
pub(super) fn find<'v>(base: Option<&'v Value>, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(base?, |value, step| value.get(step))
}

/// JavaScript's `===`.
fn identical(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(_) | Value::Object(_), _) => false,
        (a, b) => a == b,
    }
}

/// JavaScript's truthiness.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// What a validator makes of `undefined`: a value without a type, equal to nothing, to which only the combining keywords apply.
fn accepts_undefined(schema: Schema<'_>, node: &Value) -> bool {
    let object = match node {
        Value::Bool(verdict) => return *verdict,
        Value::Object(object) => object,
        _ => return true,
    };
    let judge = |node: &Value| accepts_undefined(schema, node);
    let branches = |keyword: &str| object.get(keyword).and_then(Value::as_array);
    let reference = object.get("$ref").and_then(Value::as_str).and_then(|reference| schema.target(reference));
    ["type", "const", "enum"].into_iter().all(|keyword| !object.contains_key(keyword))
        && reference.is_none_or(|(_, target)| judge(target))
        && branches("allOf").is_none_or(|all| all.iter().all(judge))
        && branches("anyOf").is_none_or(|any| any.iter().any(judge))
        && branches("oneOf").is_none_or(|one| one.iter().filter(|branch| judge(branch)).count() == 1)
        && object.get("not").is_none_or(|not| !judge(not))
        && object
            .get("if")
            .is_none_or(|condition| object.get(if judge(condition) { "then" } else { "else" }).is_none_or(judge))
}

/// Notes what a schema looks at in a value.
fn collect_schema_reads(schema: Schema<'_>, node: &Value, path: &[String], reads: &mut BTreeSet<Read>) {
    let Some(object) = node.as_object() else { return };
    reads.insert(Read { path: path.to_vec(), deep: false });
    let below = |step: &str| path.iter().cloned().chain([step.to_owned()]).collect::<Vec<_>>();
    for (keyword, value) in object {
        match keyword.as_str() {
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    let path = below(name);
                    reads.insert(Read { path: path.clone(), deep: false });
                    collect_schema_reads(schema, member, &path, reads);
                }
            }
            "required" => {
                for name in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    reads.insert(Read { path: below(name), deep: false });
                }
            }
            "dependentRequired" => {
                for (name, others) in value.as_object().into_iter().flatten() {
                    let others = others.as_array().into_iter().flatten().filter_map(Value::as_str);
                    for name in others.chain([name.as_str()]) {
                        reads.insert(Read { path: below(name), deep: false });
                    }
                }
            }
            "dependentSchemas" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    reads.insert(Read { path: below(name), deep: false });
                    collect_schema_reads(schema, member, path, reads);
                }
            }
            "items" | "contains" => collect_schema_reads(schema, value, &below("*"), reads),
            "allOf" | "anyOf" | "oneOf" => {
                let members = value.as_array().into_iter().flatten();
                members.for_each(|member| collect_schema_reads(schema, member, path, reads));
            }
            "not" | "if" | "then" | "else" => collect_schema_reads(schema, value, path, reads),
            "$ref" => {
                if let Some((_, target)) = value.as_str().and_then(|reference| schema.target(reference)) {
                    collect_schema_reads(schema, target, path, reads);
                }
            }
            "const" if !is_container(value) => {}
            "enum" if !value.as_array().is_some_and(|values| values.iter().any(is_container)) => {}
            // Whatever may look at any property, or at whole values.
            "const"
            | "enum"
            | "additionalProperties"
            | "patternProperties"
            | "propertyNames"
            | "minProperties"
            | "maxProperties"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "prefixItems"
            | "uniqueItems" => {
                reads.insert(Read { path: path.to_vec(), deep: true });
            }
            _ => {}
        }
    }
}

fn is_container(value: &Value) -> bool {
    value.is_array() || value.is_object()
}
