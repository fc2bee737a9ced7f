//! What a form that loads does not mean as it is written: slips of the pen that JSON Schema and JSON Forms pass over.

use serde_json::Value;

use super::dialect::Shape;
use super::order::{Step, place_in_schema};
use super::relevance::ENTRY;
use super::schema::{LISTS, MAPS, Object, SINGLE};
use super::vocabulary::DIALECT;
use super::{Document, Form, Warning, layout, pointer};
use crate::locale::Phrase;

/// The keywords of JSON Schema, of those before 2020-12 what still works, of JSON Forms and of the dialect, besides those that hold schemas.
const KEYWORDS: [&str; 56] = [
    "$anchor",
    "$comment",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "const",
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependencies",
    "dependentRequired",
    "deprecated",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "i18n",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "x-calc",
    "x-capture",
    "x-check",
    "x-message",
    "x-options",
    "x-sensitive",
    "x-soft",
    "x-term",
    "false schema",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalProperties",
    "propertyNames",
    "contains",
];
/// The drafts of JSON Schema that a form may name: the dialect's own, and the one that it is made of.
const DRAFTS: [&str; 2] = [DIALECT, "https://json-schema.org/draft/2020-12/schema"];

/// The most slips that are told of one form: who has more has another mistake.
const MOST: usize = 100;

/// Every slip in two documents; what depends on what they mean together is looked at when they make a form.
pub fn slips(schema: &Value, uischema: Option<&Value>, form: Option<&Form>) -> Vec<Warning> {
    let mut slips = Slips(Vec::new());
    if let Some(draft) = schema.get("$schema").and_then(Value::as_str)
        && !DRAFTS.contains(&draft.trim_end_matches('#'))
    {
        slips.note(
            Document::Schema,
            "/$schema",
            Phrase::of("forms-reason-draft").with("draft", draft).with("dialect", DIALECT),
        );
    }
    slips.schema(schema, "");
    if let Some(uischema) = uischema {
        slips.element(uischema, "");
    }
    if let Some(form) = form {
        slips.expressions(form);
        slips.soft_objects(&form.shape, &mut Vec::new());
        let asked: Vec<Vec<String>> = layout::fields(&form.layout).into_iter().map(|(path, _)| path).collect();
        slips.required(&form.shape, &mut Vec::new(), &asked, &form.initial);
    }
    let Slips(slips) = slips;
    slips
}

struct Slips(Vec<Warning>);

impl Slips {
    fn note(&mut self, document: Document, at: &str, reason: Phrase) {
        let Self(slips) = self;
        let warning = Warning { document, pointer: at.to_owned(), reason };
        if slips.len() < MOST && !slips.contains(&warning) {
            slips.push(warning);
        }
    }

    /// Keywords that are none do nothing.
    fn schema(&mut self, node: &Value, at: &str) {
        let Some(object) = node.as_object() else { return };
        for (keyword, value) in object {
            let here = pointer::join(at, keyword);
            let name = keyword.as_str();
            if SINGLE.contains(&name) {
                self.schema(value, &here);
            } else if LISTS.contains(&name) {
                let members = value.as_array().into_iter().flatten().enumerate();
                members.for_each(|(index, member)| self.schema(member, &format!("{here}/{index}")));
            } else if MAPS.contains(&name) {
                let members = value.as_object().into_iter().flatten();
                members.for_each(|(name, member)| self.schema(member, &pointer::join(&here, name)));
            } else if !KEYWORDS.contains(&name) && !name.starts_with("x-") {
                self.note(Document::Schema, &here, Phrase::of("forms-reason-idle").with("name", name));
            }
        }
        let is_keyword = |name: &str| {
            KEYWORDS.contains(&name) || SINGLE.contains(&name) || LISTS.contains(&name) || MAPS.contains(&name)
        };
        for name in object.get("x-message").and_then(Value::as_object).into_iter().flat_map(Object::keys) {
            if !is_keyword(name) {
                let here = pointer::join(&pointer::join(at, "x-message"), name);
                self.note(Document::Schema, &here, Phrase::of("forms-reason-idle-sentence").with("name", name));
            }
        }
    }

    /// Members of an element that are none do nothing.
    fn element(&mut self, element: &Value, at: &str) {
        let Some(object) = element.as_object() else { return };
        let known: &[&str] = match object.get("type").and_then(Value::as_str) {
            Some("Control" | "ListWithDetail") => &["scope", "label"],
            Some("Label") => &["text"],
            Some("Group" | "Category" | "Categorization") => &["label", "elements"],
            _ => &["elements"],
        };
        self.members(object, &[known, &["type", "rule", "options", "i18n"]].concat(), at);
        let is_label = |label: &Value| {
            label.is_string()
                || (known.contains(&"scope") && (label.is_boolean() || label.get("text").is_some_and(Value::is_string)))
        };
        for name in ["label", "text"].into_iter().filter(|name| known.contains(name)) {
            match object.get(name) {
                Some(label) if !is_label(label) => {
                    self.note(
                        Document::UiSchema,
                        &pointer::join(at, name),
                        Phrase::of("forms-reason-no-text").with("name", name),
                    );
                }
                None if name == "text" => self.note(Document::UiSchema, at, Phrase::of("forms-reason-empty-label")),
                _ => {}
            }
        }
        if let Some(rule) = object.get("rule").and_then(Value::as_object) {
            let here = pointer::join(at, "rule");
            self.members(rule, &["effect", "condition"], &here);
            rule.get("condition")
                .into_iter()
                .for_each(|condition| self.condition(condition, &(here.clone() + "/condition")));
        }
        for (index, child) in object.get("elements").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.element(child, &format!("{at}/elements/{index}"));
        }
        if let Some(detail) = element.pointer("/options/detail") {
            self.element(detail, &format!("{at}/options/detail"));
        }
    }

    fn condition(&mut self, condition: &Value, at: &str) {
        let Some(object) = condition.as_object() else { return };
        let known: &[&str] = match object.get("type").and_then(Value::as_str) {
            Some("AND" | "OR") => &["type", "conditions"],
            Some("LEAF") => &["type", "scope", "expectedValue"],
            _ => &["type", "scope", "schema", "failWhenUndefined"],
        };
        self.members(object, known, at);
        for (index, member) in object.get("conditions").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.condition(member, &format!("{at}/conditions/{index}"));
        }
    }

    fn members(&mut self, object: &Object, known: &[&str], at: &str) {
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            self.note(Document::UiSchema, &pointer::join(at, name), Phrase::of("forms-reason-idle").with("name", name));
        }
    }

    /// What expressions read, and where checks report, is a place that the schema declares.
    fn expressions(&mut self, form: &Form) {
        let shape = |path: &[String]| path.iter().try_fold(&form.shape, |shape, step| within(shape, step));
        let name = |path: &Vec<String>| path.join(".");
        let is_day = |path: &Vec<String>| path.first().is_some_and(|first| first.starts_with('$'));
        for step in &form.plan.steps {
            let Step::Calculation(place) = step else { continue };
            let Some(calculation) = form.plan.calculations.get(*place) else { continue };
            let about = calculation.path.get(..calculation.about()).and_then(shape);
            let lost = |path: &&Vec<String>| !is_day(path) && about.is_some_and(|about| !leads(about, path));
            for path in calculation.expression.reads.iter().filter(lost) {
                let at = place_in_schema(&calculation.path) + "/x-calc";
                self.note(Document::Schema, &at, Phrase::of("forms-reason-undeclared").with("target", name(path)));
            }
        }
        let mut before: Option<(&[String], usize)> = None;
        for placed in &form.checks {
            let index = before.filter(|(path, _)| *path == placed.path).map_or(0, |(_, index)| index + 1);
            before = Some((&placed.path, index));
            let Some(about) = shape(&placed.path) else { continue };
            let at = format!("{}/x-check/{index}", place_in_schema(&placed.path));
            for path in placed.check.rule.reads.iter().filter(|path| !is_day(path) && !leads(about, path)) {
                let reason = Phrase::of("forms-reason-undeclared").with("target", name(path));
                self.note(Document::Schema, &(at.clone() + "/rule"), reason);
            }
            let place: Vec<String> = pointer::segments(&placed.check.at).map(std::borrow::Cow::into_owned).collect();
            if !leads(about, &place) {
                let reason = Phrase::of("forms-reason-undeclared").with("target", &placed.check.at);
                self.note(Document::Schema, &(at + "/at"), reason);
            }
        }
    }

    /// What is owed is a field or a list: nobody would promise an object of fields.
    fn soft_objects(&mut self, shape: &Shape, path: &mut Vec<String>) {
        let properties = shape.properties.iter().map(|(name, property)| (name.as_str(), property));
        for (step, inner) in properties.chain(shape.entries.as_deref().map(|entries| (ENTRY, entries))) {
            path.push(step.to_owned());
            if inner.soft && !inner.properties.is_empty() {
                self.note(
                    Document::Schema,
                    &(place_in_schema(path) + "/x-soft"),
                    Phrase::of("forms-reason-soft-object"),
                );
            }
            self.soft_objects(inner, path);
            path.pop();
        }
    }

    /// What must be there can be filled.
    fn required(&mut self, shape: &Shape, path: &mut Vec<String>, asked: &[Vec<String>], initial: &Value) {
        let is_asked = |path: &[String]| asked.iter().any(|asked| asked.starts_with(path) || path.starts_with(asked));
        for name in &shape.required {
            path.push(name.clone());
            let at = place_in_schema(path.split_last().map_or(&[][..], |(_, holder)| holder)) + "/required";
            match shape.properties.get(name) {
                None => {
                    self.note(Document::Schema, &at, Phrase::of("forms-reason-required-undeclared").with("name", name))
                }
                Some(property) => {
                    let is_there = path.iter().try_fold(initial, |value, step| value.get(step)).is_some();
                    if !property.calculated && !property.soft && !is_there && !is_asked(path) {
                        let reason = Phrase::of("forms-reason-required-unasked").with("name", name);
                        self.note(Document::Schema, &at, reason);
                    }
                }
            }
            path.pop();
        }
        for (name, property) in &shape.properties {
            path.push(name.clone());
            // Of an object that nobody asks for and that may be missing nothing is required.
            if shape.required.contains(name) && property.properties.is_empty() || is_asked(path) {
                self.required(property, path, asked, initial);
            }
            path.pop();
        }
        if let Some(entries) = &shape.entries {
            path.push(ENTRY.to_owned());
            if is_asked(path) {
                self.required(entries, path, asked, initial);
            }
            path.pop();
        }
    }
}

fn within<'s>(shape: &'s Shape, step: &str) -> Option<&'s Shape> {
    if step == ENTRY { shape.entries.as_deref() } else { shape.step(step) }
}

/// Whether a path leads to something declared, or through something of which nothing is declared.
fn leads(from: &Shape, path: &[String]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    match within(from, step) {
        Some(shape) => leads(shape, rest),
        None => {
            let is_open = from.properties.is_empty() && from.entries.is_none();
            is_open && (from.limits.takes_type("object") || from.limits.takes_type("array"))
        }
    }
}
