//! What a schema says beyond layout: the check that it keeps to the dialect, and the tree of what our keywords mean where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Number, Value};

use super::codes::{Codes, list_named};
use super::limits::Limits;
use super::logic::Expression;
use super::schema::{LISTS, MAPS, Object, SINGLE, Schema};
use super::{CodeLists, Document, LoadError, Messages, Warning, pointer};
use crate::locale::Phrase;

/// How many subschemas a schema may have with its references followed.
const MAX_NODES: usize = 20_000;

/// The most faults that are told of one document: who has more has another mistake.
pub(super) const MAX_FAULTS: usize = 50;

/// How many alternatives a schema may have with its references followed, choices of one value apart: every property that a form asks for
/// may have to be looked for in all of them.
const MAX_ALTERNATIVES: usize = 500;

/// The keywords of the dialect besides those of JSON Schema.
const KEYWORDS: [&str; 8] =
    ["x-term", "x-calc", "x-check", "x-soft", "x-options", "x-sensitive", "x-message", "x-capture"];

/// The other formats of the standard, judged as it has them.
const STANDARD_FORMATS: [&str; 14] = [
    "duration",
    "hostname",
    "idn-email",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// The formats that are judged after normalisation.
pub(super) const FORMATS: [&str; 10] =
    ["area-cn", "bankcard-cn", "date", "date-time", "email", "idcard-cn", "mobile-cn", "postcode-cn", "time", "uscc"];

/// Our keywords that hold for a place in the data, always: they cannot be said of some values only.
const UNCONDITIONAL: [&str; 4] = ["x-calc", "x-check", "x-soft", "x-options"];

/// How a subschema bears on a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It holds for every valid value.
    Asserted,
    /// It may hold or not, or for values whose place is not known.
    Conditional,
    /// It says nothing until something refers to it.
    Definition,
}

impl Standing {
    /// Of what stands below, where that is asserted only if so.
    fn below(self, asserted: bool) -> Self {
        if self == Self::Asserted && !asserted { Self::Conditional } else { self }
    }
}

/// What our keywords say about a value, and about the values in it.
#[derive(Default)]
pub(super) struct Shape {
    /// The properties of an object.
    pub properties: BTreeMap<String, Shape>,
    /// The entries of an array.
    pub entries: Option<Box<Shape>>,
    /// The data element that it is (`x-term`).
    pub term: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// What it may be without condition.
    pub limits: Limits,
    /// The properties that must be there without condition.
    pub required: BTreeSet<String>,
    /// How many decimals `multipleOf` leaves.
    pub decimals: Option<u8>,
    /// May be missing, then it is owed.
    pub soft: bool,
    /// Nothing of the value is told (`x-sensitive`).
    pub sensitive: bool,
    /// The form's own sentences by keyword.
    pub messages: BTreeMap<String, Arc<Messages>>,
    /// The list that a code must be on.
    pub list: Option<Arc<Codes>>,
    /// Whether the value is computed.
    pub calculated: bool,
    /// How it is computed, until the form takes it out.
    pub calc: Option<Expression>,
    /// The conditions that the object must meet.
    pub checks: Vec<Check>,
}

/// A cross-field condition.
pub(super) struct Check {
    pub rule: Expression,
    pub message: Arc<Messages>,
    /// Where the error belongs, below the object.
    pub at: String,
}

impl Shape {
    /// What is said about the value at a pointer into the data.
    pub(super) fn at(&self, pointer: &str) -> Option<&Self> {
        pointer::segments(pointer).try_fold(self, |shape, segment| shape.step(&segment))
    }

    /// One step into the data.
    pub(super) fn step(&self, segment: &str) -> Option<&Self> {
        self.properties.get(segment).or_else(|| self.entries.as_deref().filter(|_| segment.parse::<usize>().is_ok()))
    }
}

/// Checks a schema and reads our keywords out of it. `document` and `base` say where it stands: conditions of a UI schema hold schemas too.
pub(super) struct Reader<'a> {
    schema: Schema<'a>,
    document: Document,
    base: String,
    lists: &'a dyn CodeLists,
    known_lists: BTreeMap<(String, u32), Option<Arc<Codes>>>,
    nodes: usize,
    alternatives: usize,
    /// Pointers of the subschemas that enclose the current one, references followed.
    open: Vec<String>,
    pub warnings: Vec<Warning>,
    /// What the dialect does not allow, in the order of the schema.
    pub faults: Vec<LoadError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Value, document: Document, base: &str, lists: &'a dyn CodeLists) -> Self {
        Self {
            schema: Schema::new(root),
            document,
            base: base.to_owned(),
            lists,
            known_lists: BTreeMap::new(),
            nodes: 0,
            alternatives: 0,
            open: Vec::new(),
            warnings: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Reads a whole schema. The error is the first of the faults.
    pub(super) fn read(&mut self, root: &'a Value) -> Result<Shape, LoadError> {
        let mut shape = Shape::default();
        self.visit(root, "", Some(&mut shape), Standing::Asserted);
        self.faults.first().cloned().map_or(Ok(shape), Err)
    }

    /// Visits a subschema and notes what is wrong there; what stands beside it is looked at all the same.
    fn visit(&mut self, node: &'a Value, at: &str, shape: Option<&mut Shape>, standing: Standing) {
        let open = self.open.len();
        if self.is_within_bounds()
            && self.faults.len() < MAX_FAULTS
            && let Err(fault) = self.look(node, at, shape, standing)
            && !self.faults.contains(&fault)
        {
            self.faults.push(fault);
        }
        self.open.truncate(open);
    }

    /// Whether there is not more of the schema than is looked at.
    const fn is_within_bounds(&self) -> bool {
        self.nodes <= MAX_NODES && self.alternatives <= MAX_ALTERNATIVES
    }

    /// Looks at a subschema. `shape` is what it is about, unless it is about nothing that is stored.
    fn look(
        &mut self,
        node: &'a Value,
        at: &str,
        mut shape: Option<&mut Shape>,
        standing: Standing,
    ) -> Result<(), LoadError> {
        let object = match node {
            Value::Object(object) => object,
            Value::Bool(_) => return Ok(()),
            _ => return Err(self.error(at, Phrase::of("forms-reason-no-schema"))),
        };
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.error(at, Phrase::of("forms-reason-subschemas").with("most", MAX_NODES)));
        }
        self.open.push(at.to_owned());
        self.check_keywords(object, at)?;
        if standing == Standing::Conditional
            && let Some(keyword) = UNCONDITIONAL.into_iter().find(|keyword| object.contains_key(*keyword))
        {
            let reason = Phrase::of("forms-reason-unconditional").with("keyword", keyword);
            return Err(self.error(&pointer::join(at, keyword), reason));
        }
        if let Some(shape) = shape.as_deref_mut() {
            self.read_keywords(object, at, shape)?;
            if standing == Standing::Asserted {
                let limits = Limits::of(object);
                // What nothing can satisfy is the author's own affair.
                shape.limits = shape.limits.meet(&limits).unwrap_or(limits);
                let text = |keyword: &str| object.get(keyword).and_then(Value::as_str).map(str::to_owned);
                shape.term = shape.term.take().or_else(|| text("x-term"));
                shape.title = shape.title.take().or_else(|| text("title"));
                let step = object.get("multipleOf").and_then(Value::as_number).and_then(decimals);
                shape.decimals = shape.decimals.max(step);
                let required = object.get("required").and_then(Value::as_array).into_iter().flatten();
                shape.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
            }
        }
        if let Some(reference) = object.get("$ref") {
            let target = reference.as_str().filter(|reference| reference.starts_with('#'));
            let Some(target) = target else {
                return Err(self.error(&pointer::join(at, "$ref"), Phrase::of("forms-reason-outside")));
            };
            let Some((pointer, target)) = self.schema.target(target) else {
                return Err(
                    self.error(&pointer::join(at, "$ref"), Phrase::of("forms-reason-nowhere").with("target", target))
                );
            };
            if self.open.contains(&pointer) {
                return Err(self.error(
                    &pointer::join(at, "$ref"),
                    Phrase::of("forms-reason-recursive").with("target", format!("#{pointer}")),
                ));
            }
            self.visit(target, &pointer, shape.as_deref_mut(), standing);
        }
        for (keyword, value) in object {
            let keyword = keyword.as_str();
            if SINGLE.contains(&keyword) {
                let here = pointer::join(at, keyword);
                match keyword {
                    "items" | "unevaluatedItems" | "contains" => {
                        let entries = shape.as_deref_mut().map(|shape| &mut **shape.entries.get_or_insert_default());
                        self.visit(value, &here, entries, standing.below(keyword == "items"));
                    }
                    "then" | "else" => {
                        self.count_alternative(value, &here)?;
                        self.visit(value, &here, shape.as_deref_mut(), standing.below(false));
                    }
                    _ => self.visit(value, &here, None, standing.below(false)),
                }
            } else if LISTS.contains(&keyword) {
                for (index, member) in value.as_array().into_iter().flatten().enumerate() {
                    let here = format!("{at}/{keyword}/{index}");
                    if matches!(keyword, "anyOf" | "oneOf") {
                        self.count_alternative(member, &here)?;
                    }
                    let shape = shape.as_deref_mut().filter(|_| keyword != "prefixItems");
                    self.visit(member, &here, shape, standing.below(keyword == "allOf"));
                }
            } else if MAPS.contains(&keyword) {
                let here = pointer::join(at, keyword);
                for (name, member) in value.as_object().into_iter().flatten() {
                    let here = pointer::join(&here, name);
                    match keyword {
                        "properties" => {
                            let property =
                                shape.as_deref_mut().map(|shape| shape.properties.entry(name.clone()).or_default());
                            self.visit(member, &here, property, standing);
                        }
                        "$defs" | "definitions" => self.visit(member, &here, None, Standing::Definition),
                        "dependentSchemas" => {
                            self.visit(member, &here, shape.as_deref_mut(), standing.below(false));
                        }
                        _ => self.visit(member, &here, None, standing.below(false)),
                    }
                }
            }
        }
        Ok(())
    }

    fn count_alternative(&mut self, node: &Value, at: &str) -> Result<(), LoadError> {
        self.alternatives += usize::from(node.get("const").is_none());
        if self.alternatives > MAX_ALTERNATIVES {
            return Err(self.error(at, Phrase::of("forms-reason-alternatives").with("most", MAX_ALTERNATIVES)));
        }
        Ok(())
    }

    fn check_keywords(&mut self, object: &Object, at: &str) -> Result<(), LoadError> {
        for keyword in object.keys() {
            let why_not = match keyword.as_str() {
                "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" | "$recursiveAnchor" | "$anchor" => {
                    "forms-reason-no-keyword"
                }
                "$id" | "$schema" if !at.is_empty() => "forms-reason-root-only",
                keyword if keyword.starts_with("x-") && !KEYWORDS.contains(&keyword) => "forms-reason-no-keyword",
                _ => continue,
            };
            return Err(self.error(&pointer::join(at, keyword), Phrase::of(why_not).with("keyword", keyword)));
        }
        if let Some(format) = object.get("format").and_then(Value::as_str)
            && !FORMATS.contains(&format)
            && !STANDARD_FORMATS.contains(&format)
        {
            self.warn(&pointer::join(at, "format"), Phrase::of("forms-reason-format").with("format", format));
        }
        Ok(())
    }

    fn read_keywords(&mut self, object: &Object, at: &str, shape: &mut Shape) -> Result<(), LoadError> {
        if !object.keys().any(|keyword| keyword.starts_with("x-")) {
            return Ok(());
        }
        for keyword in ["x-soft", "x-sensitive"] {
            if object.get(keyword).is_some_and(|value| !value.is_boolean()) {
                return Err(self.error(&pointer::join(at, keyword), Phrase::of("forms-reason-boolean")));
            }
        }
        if object.get("x-term").is_some_and(|term| term.as_str().is_none_or(str::is_empty)) {
            return Err(self.error(&pointer::join(at, "x-term"), Phrase::of("forms-reason-term")));
        }
        if let Some(capture) = object.get("x-capture")
            && !matches!(capture.as_str(), Some("id-card" | "code" | "scan"))
        {
            return Err(self.error(&pointer::join(at, "x-capture"), Phrase::of("forms-reason-capture")));
        }
        shape.soft |= object.get("x-soft") == Some(&Value::Bool(true));
        shape.sensitive |= object.get("x-sensitive") == Some(&Value::Bool(true));
        if let Some(messages) = object.get("x-message") {
            let here = pointer::join(at, "x-message");
            let Some(by_keyword) = messages.as_object() else {
                return Err(self.error(&here, Phrase::of("forms-reason-messages")));
            };
            for (keyword, sentence) in by_keyword {
                let sentence = self.messages(Some(sentence), &pointer::join(&here, keyword))?;
                shape.messages.entry(keyword.clone()).or_insert(sentence);
            }
        }
        if let Some(rule) = object.get("x-calc") {
            let here = pointer::join(at, "x-calc");
            let expression = Expression::compile(rule).map_err(|reason| self.error(&here, reason))?;
            shape.calc.get_or_insert(expression);
            shape.calculated = true;
        }
        if let Some(checks) = object.get("x-check") {
            let here = pointer::join(at, "x-check");
            let Some(checks) = checks.as_array() else {
                return Err(self.error(&here, Phrase::of("forms-reason-checks")));
            };
            for (index, check) in checks.iter().enumerate() {
                shape.checks.push(self.check(check, &format!("{here}/{index}"))?);
            }
        }
        if let Some(options) = object.get("x-options") {
            shape.list = self.list(options, &pointer::join(at, "x-options"))?;
        }
        Ok(())
    }

    fn check(&self, check: &Value, at: &str) -> Result<Check, LoadError> {
        let Some(object) = check.as_object() else { return Err(self.error(at, Phrase::of("forms-reason-check"))) };
        if let Some(unknown) = object.keys().find(|key| !["rule", "message", "at"].contains(&key.as_str())) {
            return Err(self.error(&pointer::join(at, unknown), Phrase::of("forms-reason-check")));
        }
        let Some(rule) = object.get("rule") else { return Err(self.error(at, Phrase::of("forms-reason-check"))) };
        let rule = Expression::compile(rule).map_err(|reason| self.error(&pointer::join(at, "rule"), reason))?;
        let message = self.messages(object.get("message"), &pointer::join(at, "message"))?;
        let place = match object.get("at") {
            None => "",
            Some(Value::String(place)) if place.is_empty() || place.starts_with('/') => place,
            Some(_) => return Err(self.error(&pointer::join(at, "at"), Phrase::of("forms-reason-pointer"))),
        };
        Ok(Check { rule, message, at: place.to_owned() })
    }

    fn messages(&self, value: Option<&Value>, at: &str) -> Result<Arc<Messages>, LoadError> {
        let by_language = value.and_then(Value::as_object).filter(|languages| !languages.is_empty());
        let texts: Option<BTreeMap<String, String>> = by_language.and_then(|languages| {
            languages.iter().map(|(tag, text)| Some((tag.clone(), text.as_str()?.to_owned()))).collect()
        });
        texts.map(|texts| Arc::new(Messages(texts))).ok_or_else(|| self.error(at, Phrase::of("forms-reason-message")))
    }

    fn list(&mut self, options: &Value, at: &str) -> Result<Option<Arc<Codes>>, LoadError> {
        let Some((id, version)) = list_named(options) else {
            return Err(self.error(at, Phrase::of("forms-reason-options")));
        };
        let key = (id.to_owned(), version);
        if let Some(known) = self.known_lists.get(&key) {
            return Ok(known.clone());
        }
        let found = self.lists.get(id, version).map(|list| Arc::new(Codes::new(list)));
        if found.is_none() {
            self.warn(at, Phrase::of("forms-reason-no-list").with("list", format!("{id}@{version}")));
        }
        self.known_lists.insert(key, found.clone());
        Ok(found)
    }

    fn warn(&mut self, at: &str, reason: Phrase) {
        let warning = Warning { document: self.document, pointer: format!("{}{at}", self.base), reason };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn error(&self, at: &str, reason: Phrase) -> LoadError {
        LoadError::of(self.document, format!("{}{at}", self.base), reason)
    }
}

/// How many decimals a step such as `0.05` leaves.
fn decimals(step: &Number) -> Option<u8> {
    let step = step.to_string();
    let (_, places) = step.split_once('.').unwrap_or((&step, ""));
    let is_plain = step.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain.then(|| u8::try_from(places.trim_end_matches('0').len()).ok())?
}
