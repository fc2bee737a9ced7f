//! The published half of the dialect: its meta-schema, its vocabulary, and the data elements that forms refer to by term.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Map, Value};

use super::dialect::Shape;
use super::limits::{Clash, Limits};
use super::objection::objection;
use super::{Document, Form, LoadError, pointer};
use crate::locale::Phrase;

/// URI of the dialect: what a form's `$schema` names, and the `$id` of its meta-schema.
pub const DIALECT: &str = "urn:onewindow:dialect:1";
/// URI of the data elements.
pub const TERMS: &str = "urn:onewindow:terms:1";
/// URI of the vocabulary.
const VOCABULARY: &str = "urn:onewindow:vocabulary:1";
/// The most objections to one schema: who has more has another mistake.
const MAX_OBJECTIONS: usize = 50;

/// The documents as they are published, by URI.
pub const PUBLISHED: [(&str, &str); 3] = [
    (DIALECT, include_str!("../../config/dialect/meta-schema.json")),
    (VOCABULARY, include_str!("../../config/dialect/vocabulary.json")),
    (TERMS, include_str!("../../config/dialect/terms.json")),
];

static DATA_ELEMENTS: LazyLock<Map<String, Value>> = LazyLock::new(|| match published(TERMS) {
    Value::Object(mut document) => match document.remove("$defs") {
        Some(Value::Object(elements)) => elements,
        _ => Map::new(),
    },
    _ => Map::new(),
});

fn published(uri: &str) -> Value {
    let text = PUBLISHED.iter().find(|(known, _)| *known == uri).map_or("null", |(_, text)| *text);
    serde_json::from_str(text).unwrap_or_default()
}

/// The definition of a data element (数据元), where it is published.
pub fn data_element(term: &str) -> Option<&'static Value> {
    DATA_ELEMENTS.get(term)
}

impl Form {
    /// Properties that are said to be a published data element and are something else: pointer into the schema's properties, term, why.
    pub fn clashes_with_published(&self) -> Vec<(String, String, Clash)> {
        let mut found = Vec::new();
        collect_clashes(&self.shape, String::new(), &mut found);
        found
    }
}

fn collect_clashes(shape: &Shape, at: String, found: &mut Vec<(String, String, Clash)>) {
    if let Some(term) = &shape.term
        && let Some(element) = data_element(term).and_then(Value::as_object)
        && let Err(clash) = shape.limits.meet(&Limits::of(element))
    {
        found.push((at.clone(), term.clone(), clash));
    }
    for (name, property) in &shape.properties {
        collect_clashes(property, pointer::join(&pointer::join(&at, "properties"), name), found);
    }
    if let Some(entries) = &shape.entries {
        collect_clashes(entries, pointer::join(&at, "items"), found);
    }
}

/// The terms that are published, in order.
pub fn terms() -> impl Iterator<Item = &'static str> {
    DATA_ELEMENTS.keys().map(String::as_str)
}

/// The meta-schema of the dialect, compiled.
pub struct MetaSchema(Validator);

impl MetaSchema {
    /// Compiles it.
    ///
    /// # Errors
    /// When the published documents are broken; a test holds them whole.
    pub fn new() -> Result<Self, String> {
        let registry = Registry::new()
            .add(VOCABULARY, published(VOCABULARY))
            .and_then(|registry| registry.add(DIALECT, published(DIALECT)))
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        let validator = jsonschema::options().offline().with_registry(&registry).build(&published(DIALECT));
        validator.map(Self).map_err(|error| error.to_string())
    }

    /// Every place where a schema does not keep to the dialect.
    pub fn objections(&self, schema: &Value) -> Vec<LoadError> {
        if let Some(reason) = super::schema::out_of_bounds(schema) {
            return vec![LoadError::of(Document::Schema, "", reason)];
        }
        let mut seen = BTreeSet::new();
        let errors = self
            .0
            .iter_errors(schema)
            .map(|error| LoadError::of(Document::Schema, error.instance_path().as_str(), objection(&error)));
        errors.filter(|error| seen.insert(error.pointer.clone())).take(MAX_OBJECTIONS).collect()
    }
}

/// A schema with the data elements that it refers to brought in; none when it refers to none. What it brings in stands under `$defs`, by
/// the full URI, so that nothing of the form's own is hidden.
///
/// # Errors
/// [`LoadError`] for a reference to a data element that is not published.
pub(super) fn with_data_elements(schema: &Value) -> Result<Option<Value>, LoadError> {
    if !refers(schema) {
        return Ok(None);
    }
    let mut wanted = BTreeSet::new();
    let mut changed = schema.clone();
    rewrite(&mut changed, "", &mut wanted)?;
    if let Some(root) = changed.as_object_mut()
        && let Some(definitions) = root.entry("$defs").or_insert_with(|| Value::Object(Map::new())).as_object_mut()
    {
        for term in wanted {
            if let Some(element) = data_element(&term) {
                definitions.insert(format!("{TERMS}#{term}"), element.clone());
            }
        }
    }
    Ok(Some(changed))
}

fn refers(node: &Value) -> bool {
    match node {
        Value::Object(members) => members.iter().any(|(name, member)| match member {
            Value::String(reference) => name == "$ref" && reference.starts_with(TERMS),
            member => refers(member),
        }),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

fn rewrite(node: &mut Value, at: &str, wanted: &mut BTreeSet<String>) -> Result<(), LoadError> {
    match node {
        Value::Object(members) => {
            for (name, member) in members {
                let here = pointer::join(at, name);
                if name == "$ref"
                    && let Value::String(reference) = member
                    && let Some(rest) = reference.strip_prefix(TERMS)
                {
                    let term = rest.strip_prefix("#/$defs/").filter(|term| data_element(term).is_some());
                    let Some(term) = term.map(str::to_owned) else {
                        let reason = Phrase::of("forms-reason-no-term").with("reference", &*reference);
                        return Err(LoadError::of(Document::Schema, here, reason));
                    };
                    *reference = format!("#/$defs/{TERMS}%23{term}");
                    wanted.insert(term);
                } else {
                    rewrite(member, &here, wanted)?;
                }
            }
            Ok(())
        }
        Value::Array(items) => {
            items.iter_mut().enumerate().try_for_each(|(index, item)| rewrite(item, &format!("{at}/{index}"), wanted))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forms::NoCodeLists;

    #[test]
    fn the_published_documents_are_whole() {
        let meta = MetaSchema::new().unwrap();
        assert_eq!(published(DIALECT)["$id"], DIALECT);
        assert_eq!(published(VOCABULARY)["$id"], VOCABULARY);
        assert_eq!(published(TERMS)["$id"], TERMS);
        let mut terms = published(TERMS);
        terms.as_object_mut().unwrap().remove("$id");
        assert_eq!(meta.objections(&terms), []);
        for (term, element) in DATA_ELEMENTS.iter() {
            assert_eq!(element["x-term"], *term);
            assert!(element["title"].is_string(), "{term}");
        }
        assert!(terms_are_sorted());
    }

    fn terms_are_sorted() -> bool {
        terms().is_sorted()
    }

    #[test]
    fn the_meta_schema_names_every_place() {
        let meta = MetaSchema::new().unwrap();
        let schema = json!({"$schema": DIALECT, "type": "object", "properties": {
            "a": {"type": "strin", "x-soft": "yes"},
            "b": {"x-colour": "red", "x-calc": {"log": 1}},
            "c": {"type": "array", "items": {"x-capture": "camera", "x-term": "one"}},
            "d": {"x-message": {"required": {"zh-CN": 1}}, "x-options": {"list": "a"}},
            "fine": {"type": "string", "x-term": "person.name", "x-calc": {"cat": [{"var": "a"}, "x"]}, "x-sensitive": true}},
            "x-check": [{"rule": {"<": [1, 2]}}]});
        let places: Vec<String> = meta.objections(&schema).into_iter().map(|error| error.pointer).collect();
        for wanted in [
            "/properties/a/type",
            "/properties/a/x-soft",
            "/properties/b/x-colour",
            "/properties/b/x-calc",
            "/properties/c/items/x-capture",
            "/properties/c/items/x-term",
            "/properties/d/x-message/required/zh-CN",
            "/properties/d/x-options",
            "/x-check/0",
        ] {
            assert!(places.iter().any(|place| place.starts_with(wanted)), "{wanted}: {places:?}");
        }
        assert!(places.iter().all(|place| !place.starts_with("/properties/fine")), "{places:?}");
    }

    #[test]
    fn a_form_refers_to_data_elements_by_term() {
        let schema = json!({"$schema": DIALECT, "type": "object", "required": ["id"], "properties": {
            "id": {"$ref": "urn:onewindow:terms:1#/$defs/person.idNumber", "title": "经办人身份证号码"}}});
        let form = Form::load(&schema, None, &NoCodeLists).unwrap();
        let control = &form.controls()[0];
        assert_eq!((control.label.as_str(), control.term.as_deref()), ("经办人身份证号码", Some("person.idNumber")));
        assert!(control.sensitive);
        let day = jiff::civil::date(2026, 11, 23);
        assert_eq!(form.evaluate(&json!({"id": "1"}), day).errors.len(), 1);
        assert_eq!(form.evaluate(&json!({"id": "42900619000101002X"}), day).errors.len(), 0);
        let unknown =
            json!({"type": "object", "properties": {"p": {"$ref": "urn:onewindow:terms:1#/$defs/person.shoeSize"}}});
        let error = Form::load(&unknown, None, &NoCodeLists).unwrap_err();
        assert_eq!(
            (error.pointer.as_str(), error.reason.to_string().contains("shoeSize")),
            ("/properties/p/$ref", true)
        );
    }
}
