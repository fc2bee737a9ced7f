//! What is owed (容缺后补) as a form: the soft fields left empty, each with why and until when, so that the engine draws, checks and
//! reviews them like any other page.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::part::Part;
use crate::domain::request::OwedAnswer;
use crate::forms::{Form, LoadError, NoCodeLists, Row, pointer};
use crate::locale::Locale;

/// A field that must be filled, may be filled later, and is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// JSON pointer into the form's data.
    pub pointer: String,
    /// What it is called; in an entry of a repeat group, of which one.
    pub label: String,
}

/// What a form's data owe, in drawing order.
pub fn of(part: &Part, locale: &Locale) -> Vec<Owed> {
    let is_owed = |pointer: &String| part.view.owed.contains(pointer);
    let mut owed = Vec::new();
    let mut entry = None;
    for row in part.view.pages.iter().flat_map(|page| &page.rows) {
        match row {
            Row::Entry { pointer, label, index, .. } => entry = Some((pointer, label, index + 1)),
            Row::Field(field) if field.required && is_owed(&field.pointer) => {
                let Some(control) = part.control(field) else { continue };
                let within = entry.filter(|(entry, ..)| pointer::is_within(&field.pointer, entry));
                let label = match within {
                    Some((_, group, number)) => locale.format(
                        "owed-in-entry",
                        &[
                            ("group", group.as_str().into()),
                            ("n", number.into()),
                            ("label", control.label.as_str().into()),
                        ],
                    ),
                    None => control.label.clone(),
                };
                owed.push(Owed { pointer: field.pointer.clone(), label });
            }
            Row::Add { pointer, label, .. } if is_owed(pointer) => {
                owed.push(Owed { pointer: pointer.clone(), label: label.clone() });
            }
            _ => {}
        }
    }
    owed
}

/// The form that asks why each of them is owed and until when.
///
/// # Errors
/// When the labels make no valid form.
pub fn form(owed: &[Owed], locale: &Locale) -> Result<Form, LoadError> {
    let (mut promises, mut required) = (Map::new(), Vec::new());
    let mut groups = Vec::new();
    for Owed { pointer, label } in owed {
        let key = key(pointer);
        let control = |name: &str| {
            let scope = format!("#/properties/promises/properties/{key}/properties/{name}");
            json!({"type": "Control", "scope": scope})
        };
        groups.push(json!({
            "type": "Group",
            "label": label,
            "elements": [{"type": "HorizontalLayout", "elements": [control("until"), control("reason")]}],
        }));
        required.push(key.clone());
        promises.insert(key, promise(locale));
    }
    let schema = json!({
        "title": locale.text("intake-part-owed"),
        "type": "object",
        // Erased, a promise is asked for still.
        "required": if owed.is_empty() { json!([]) } else { json!(["promises"]) },
        "properties": {"promises": {"type": "object", "required": required, "properties": promises}},
    });
    Form::load(&schema, Some(&json!({"type": "VerticalLayout", "elements": groups})), &NoCodeLists)
}

/// The data of the form, with a place for every promise.
pub fn data(owed: &[Owed], typed: Option<&Value>) -> Value {
    let mut data = typed.cloned().unwrap_or_else(|| json!({}));
    for Owed { pointer, .. } in owed {
        let at = format!("/promises/{}", key(pointer));
        if pointer::get(&data, &at).is_none() {
            pointer::set(&mut data, &at, json!({}));
        }
    }
    data
}

/// The promises of a request, from the relevant data.
pub fn promises(owed: &[Owed], relevant: &Value) -> Vec<OwedAnswer> {
    let promise = |Owed { pointer, label }: &Owed| {
        let promise = pointer::get(relevant, &format!("/promises/{}", key(pointer)))?;
        Some(OwedAnswer {
            pointer: pointer.clone(),
            name: label.clone(),
            until: promise.get("until")?.as_str()?.parse().ok()?,
            reason: promise.get("reason")?.as_str()?.to_owned(),
        })
    };
    owed.iter().filter_map(promise).collect()
}

/// Lets promises follow the entries of a repeat group: `to` gives an entry's new place, none when it is gone.
pub fn follow(data: &mut Value, array: &str, to: impl Fn(usize) -> Option<usize>) {
    let Some(promises) = data.get_mut("promises").and_then(Value::as_object_mut) else { return };
    let base = key(&format!("{array}/"));
    let slash = key("/");
    *promises = std::mem::take(promises)
        .into_iter()
        .filter_map(|(name, promise)| {
            let Some(rest) = name.strip_prefix(&base) else { return Some((name, promise)) };
            // An entry that is one field has nothing behind its index.
            let (index, field) = rest.split_at(rest.find(&slash).unwrap_or(rest.len()));
            let index = to(index.parse().ok()?)?;
            Some((format!("{base}{index}{field}"), promise))
        })
        .collect();
}

fn promise(locale: &Locale) -> Value {
    json!({
        "type": "object",
        "properties": {
            "until": {"title": locale.text("materials-owed-until"), "type": "string", "format": "date"},
            "reason": {"title": locale.text("materials-owed-reason"), "type": "string", "minLength": 2, "maxLength": 50},
        },
        "required": ["until", "reason"],
        "x-check": [{
            "rule": {"or": [{"!": [{"var": "until"}]}, {">": [{"var": "until"}, {"var": "$today"}]}]},
            "message": {(locale.language().tag()): locale.text("materials-promise-must-be-later")},
            "at": "/until",
        }],
    })
}

/// A pointer as the name of a property: letters and digits stay, anything else is its number in hex between two underscores.
fn key(pointer: &str) -> String {
    pointer.chars().fold(String::new(), |mut key, c| {
        if c.is_ascii_alphanumeric() {
            key.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(key, "_{:x}_", u32::from(c));
        }
        key
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::super::part::PartId;
    use super::*;
    use crate::locale::Language;

    fn part(data: Value) -> Part {
        let schema = json!({"type": "object", "required": ["number", "name"], "properties": {
            "name": {"type": "string"},
            "number": {"title": "证书编号", "type": "string", "x-soft": true},
            "remark": {"title": "备注", "type": "string", "x-soft": true},
            "members": {"title": "成员", "type": "array", "items": {"type": "object", "required": ["school"], "properties": {
                "school": {"title": "学校", "type": "string", "x-soft": true}}}}}});
        let form = Form::load(&schema, None, &NoCodeLists).unwrap();
        Part::new(PartId::Form, Arc::new(form), Some(data), date(2026, 11, 23))
    }

    fn labels(data: Value) -> Vec<String> {
        of(&part(data), &Locale::of(Language::Chinese)).into_iter().map(|owed| owed.label).collect()
    }

    #[test]
    fn required_soft_fields_that_are_empty_are_owed() {
        assert_eq!(labels(json!({})), ["证书编号"]);
        assert_eq!(labels(json!({"number": "1", "members": [{"school": "二小"}, {}]})), ["成员 2 学校"]);
    }

    #[test]
    fn a_promise_wants_a_reason_and_a_later_day() {
        let locale = Locale::of(Language::Chinese);
        let owed = of(&part(json!({})), &locale);
        let form = form(&owed, &locale).unwrap();
        let today = date(2026, 11, 23);
        let wrong = |data: &Value| -> Vec<String> {
            form.evaluate(data, today).errors.into_iter().map(|error| error.keyword).collect()
        };
        let mut filled = data(&owed, None);
        assert_eq!(wrong(&filled), ["required", "required"]);
        pointer::set(&mut filled, "/promises/_2f_number/until", json!("2026-11-23"));
        pointer::set(&mut filled, "/promises/_2f_number/reason", json!("证书在单位"));
        assert_eq!(wrong(&filled), ["x-check"]);
        pointer::set(&mut filled, "/promises/_2f_number/until", json!("2026-12-01"));
        assert_eq!(wrong(&filled), [""; 0]);
        let mut erased = filled.clone();
        form.clear(&mut erased, "/promises/_2f_number/until");
        form.clear(&mut erased, "/promises/_2f_number/reason");
        assert_eq!(wrong(&erased), ["required", "required"], "a promise that is erased is asked for still");
        let [promise] = &promises(&owed, &filled)[..] else { panic!("one promise") };
        assert_eq!((promise.pointer.as_str(), promise.reason.as_str()), ("/number", "证书在单位"));
        assert_eq!(promise.until, date(2026, 12, 1));
    }

    #[test]
    fn promises_follow_their_entries() {
        let at = |index: usize| key(&format!("/members/{index}/school"));
        let start = || json!({"promises": {at(0): {"reason": "a"}, at(1): {"reason": "b"}, at(2): {"reason": "c"}, key("/number"): {}}});
        let mut removed = start();
        follow(&mut removed, "/members", |index| match index {
            1 => None,
            index => Some(index - usize::from(index > 1)),
        });
        assert_eq!(removed, json!({"promises": {at(0): {"reason": "a"}, at(1): {"reason": "c"}, key("/number"): {}}}));
        let mut swapped = start();
        follow(&mut swapped, "/members", |index| Some([1, 0, 2][index]));
        assert_eq!(swapped["promises"][at(1)], json!({"reason": "a"}));
        assert_eq!(swapped["promises"][at(0)], json!({"reason": "b"}));
        let mut plain = json!({"promises": {key("/words/0"): {"reason": "a"}, key("/words/1"): {"reason": "b"}}});
        follow(&mut plain, "/words", |index| index.checked_sub(1));
        assert_eq!(plain, json!({"promises": {key("/words/0"): {"reason": "b"}}}), "an entry may be one field");
    }

    #[test]
    fn keys_of_different_pointers_differ() {
        let pointers = ["/a/b", "/a_b", "/a/b/", "/ab", "/a~1b", "/a-b", "/a_2f_b", "/甲", "/乙", "/a/0/b", "/a/00/b"];
        let keys: std::collections::BTreeSet<String> = pointers.iter().map(|pointer| key(pointer)).collect();
        assert_eq!(keys.len(), pointers.len());
    }
}
