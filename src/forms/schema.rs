//! Reading a JSON Schema: bounds, local references, scopes.

use serde_json::{Map, Value};

use super::pointer;
use crate::locale::Phrase;

/// The largest document that is loaded, in bytes of keys and scalars. A form of a thousand fields has about 200 KiB.
const MAX_SIZE: usize = 1 << 20;
/// The deepest nesting that is loaded or evaluated, in JSON levels.
pub(super) const MAX_DEPTH: usize = 64;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Why a document is too big, without recursion and without reading more of it than is allowed.
pub(super) fn out_of_bounds(document: &Value) -> Option<Phrase> {
    let mut size = 0_usize;
    let mut pending = vec![(document, 1_usize)];
    while let Some((value, depth)) = pending.pop() {
        if depth > MAX_DEPTH {
            return Some(Phrase::of("forms-reason-deep").with("most", MAX_DEPTH));
        }
        size += match value {
            Value::String(text) => text.len() + 2,
            Value::Array(items) => {
                pending.extend(items.iter().map(|item| (item, depth + 1)));
                items.len() + 2
            }
            Value::Object(object) => {
                pending.extend(object.values().map(|item| (item, depth + 1)));
                object.keys().map(|key| key.len() + 4).sum::<usize>() + 2
            }
            _ => 4,
        };
        if size > MAX_SIZE {
            return Some(Phrase::of("forms-reason-large").with("most", MAX_SIZE));
        }
    }
    None
}

/// Whether some data is nested deeper than the engine goes.
pub(super) fn too_deep(data: &Value) -> bool {
    let mut pending = vec![(data, 1_usize)];
    while let Some((value, depth)) = pending.pop() {
        let children: &mut dyn Iterator<Item = &Value> = match value {
            Value::Array(items) => &mut items.iter(),
            Value::Object(object) => &mut object.values(),
            _ => continue,
        };
        if depth > MAX_DEPTH {
            return true;
        }
        pending.extend(children.filter(|child| child.is_array() || child.is_object()).map(|child| (child, depth + 1)));
    }
    false
}

/// A schema and what its references lead to. References are known to be local and free of cycles: `dialect` refuses others first.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    root: &'a Value,
}

/// Where a scope leads.
pub(super) struct Scoped<'a> {
    /// The steps through the data.
    pub path: Vec<String>,
    /// The schema there.
    pub node: &'a Value,
}

impl<'a> Schema<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// What a local reference names, with its pointer.
    pub(super) fn target(self, reference: &str) -> Option<(String, &'a Value)> {
        let pointer = percent_decode(reference.strip_prefix('#')?)?;
        let node = self.root.pointer(&pointer)?;
        Some((pointer, node))
    }

    /// The objects whose keywords hold at a node: itself, what it refers to, the members of its `allOf`; nearest first.
    pub(super) fn facets(self, node: &'a Value) -> Facets<'a> {
        let mut found = Vec::new();
        self.collect(node, &mut found);
        Facets(found)
    }

    fn collect(self, node: &'a Value, found: &mut Vec<&'a Object>) {
        let Some(object) = node.as_object() else { return };
        found.push(object);
        if let Some((_, target)) =
            object.get("$ref").and_then(Value::as_str).and_then(|reference| self.target(reference))
        {
            self.collect(target, found);
        }
        for member in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.collect(member, found);
        }
    }

    /// The schema of a property: declared at the node itself, else in one of its alternatives.
    pub(super) fn property(self, node: &'a Value, name: &str) -> Option<&'a Value> {
        let facets = self.facets(node);
        facets.get("properties").and_then(|properties| properties.get(name)).or_else(|| {
            let Facets(objects) = &facets;
            objects.iter().find_map(|object| {
                if let Some(declared) = object.get("properties").and_then(|properties| properties.get(name)) {
                    return Some(declared);
                }
                let branches = ["anyOf", "oneOf"].into_iter().filter_map(|key| object.get(key)?.as_array()).flatten();
                let mut branches = branches.chain(["then", "else"].into_iter().filter_map(|key| object.get(key)));
                branches.find_map(|branch| self.property(branch, name))
            })
        })
    }

    /// Follows a scope such as `#/properties/a/properties/b` from a node, as JSON Forms reads it.
    pub(super) fn follow(self, from: &'a Value, scope: &str) -> Option<Scoped<'a>> {
        let steps = scope.strip_prefix('#')?;
        // `#/` is the root too.
        let mut steps = if steps == "/" { "" } else { steps }.split('/').skip(1);
        let mut found = Scoped { path: Vec::new(), node: from };
        while let Some(step) = steps.next() {
            match step {
                "properties" => {
                    let name = pointer::unescape(steps.next()?);
                    found.node = self.property(found.node, &name)?;
                    found.path.push(name.into_owned());
                }
                "anyOf" | "allOf" | "oneOf" => {
                    let index: usize = steps.next()?.parse().ok()?;
                    found.node = self.facets(found.node).get(step)?.get(index)?;
                }
                "then" | "else" => found.node = self.facets(found.node).get(step)?,
                _ => return None,
            }
        }
        Some(found)
    }
}

/// The steps through the data that JSON Forms reads out of a scope, whatever the schema says: every other segment, alternatives skipped.
pub(super) fn data_path(scope: &str) -> Vec<String> {
    let mut segments = scope.split('/').peekable();
    if segments.peek().is_some_and(|first| matches!(*first, "#" | "")) {
        segments.next();
    }
    let mut kept = Vec::new();
    while let Some(segment) = segments.next() {
        match segment {
            "anyOf" | "allOf" | "oneOf" if segments.peek().is_some_and(|next| next.parse::<u32>().is_ok()) => {
                segments.next();
            }
            "then" | "else" => {}
            segment => kept.push(segment),
        }
    }
    kept.into_iter().skip(1).step_by(2).map(|step| pointer::unescape(step).into_owned()).collect()
}

/// The objects whose keywords hold at a node.
pub(super) struct Facets<'a>(Vec<&'a Object>);

impl<'a> Facets<'a> {
    /// The nearest value of a keyword.
    pub(super) fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.0.iter().find_map(|object| object.get(keyword))
    }

    /// The nearest text of a keyword.
    pub(super) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.get(keyword)?.as_str()
    }

    /// The nearest count of a keyword.
    pub(super) fn count(&self, keyword: &str) -> Option<usize> {
        usize::try_from(count(self.get(keyword)?)?).ok()
    }

    /// Whether a keyword is `true`.
    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.get(keyword) == Some(&Value::Bool(true))
    }

    /// Whether a property is required without condition.
    pub(super) fn requires(&self, name: &str) -> bool {
        self.0
            .iter()
            .filter_map(|object| object.get("required")?.as_array())
            .any(|names| names.iter().any(|required| required == name))
    }

    /// The properties declared here, in order, each once.
    pub(super) fn properties(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let mut seen = std::collections::HashSet::new();
        self.0
            .iter()
            .filter_map(|object| object.get("properties")?.as_object())
            .flatten()
            .filter(move |(name, _)| seen.insert(name.as_str()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// What a value here may be: the first of its types that is not `null`, derived as JSON Forms does where none is given.
    pub(super) fn kind(&self) -> Option<&'a str> {
        match self.get("type") {
            Some(Value::String(kind)) => return Some(kind),
            Some(Value::Array(kinds)) => return kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
            _ => {}
        }
        if self.get("properties").is_some() || self.get("additionalProperties").is_some_and(Value::is_object) {
            return Some("object");
        }
        if self.get("items").is_some() {
            return Some("array");
        }
        let sample = match self.get("enum") {
            Some(values) => values.as_array()?.iter().find(|value| !value.is_null())?,
            None => match self.get("const") {
                Some(value) => value,
                None => self.get("oneOf")?.as_array()?.first()?.get("const")?,
            },
        };
        match sample {
            Value::String(_) => Some("string"),
            Value::Number(number) if number.is_f64() => Some("number"),
            Value::Number(_) => Some("integer"),
            Value::Bool(_) => Some("boolean"),
            _ => None,
        }
    }
}

/// The keywords that hold one schema.
pub(super) const SINGLE: [&str; 12] = [
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
    "additionalItems",
];
/// The keywords that hold a list of schemas.
pub(super) const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// The keywords that hold schemas by name.
pub(super) const MAPS: [&str; 5] = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

/// A count, which may be written as `3.0`.
pub(super) fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().map(saturating))
}

/// A whole count out of a float such as `3.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, which is what a bound needs")]
pub(super) fn saturating(value: f64) -> u64 {
    value as u64
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}
