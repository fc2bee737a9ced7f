//! JSON pointers (RFC 6901) into a form's data: reading, writing, and the entries of repeat groups.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The value at a pointer.
pub fn get<'a>(data: &'a Value, pointer: &str) -> Option<&'a Value> {
    data.pointer(pointer)
}

/// A value and all that is inside it, each with its pointer, in no order to rely on.
pub fn nodes(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    let mut open = vec![(String::new(), value)];
    std::iter::from_fn(move || {
        let (at, value) = open.pop()?;
        match value {
            Value::Object(members) => open.extend(members.iter().map(|(name, inner)| (join(&at, name), inner))),
            Value::Array(entries) => {
                open.extend(entries.iter().enumerate().map(|(index, inner)| (format!("{at}/{index}"), inner)));
            }
            _ => {}
        }
        Some((at, value))
    })
}

/// Puts a value at a pointer. Missing objects on the way are made (also in place of `null`). `false`, and nothing is changed, when the way
/// leads through something else or past the end of an array.
pub fn set(data: &mut Value, pointer: &str, value: Value) -> bool {
    let mut slot = data;
    for segment in segments(pointer) {
        if slot.is_null() {
            *slot = Value::Object(Map::new());
        }
        slot = match slot {
            Value::Object(object) => object.entry(segment.into_owned()).or_insert(Value::Null),
            Value::Array(array) => {
                let Some(entry) = index(&segment).and_then(|index| array.get_mut(index)) else { return false };
                entry
            }
            _ => return false,
        };
    }
    *slot = value;
    true
}

/// Takes the value at a pointer out: a property, or an entry of an array.
pub fn remove(data: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, last) = pointer.rsplit_once('/')?;
    match data.pointer_mut(parent)? {
        Value::Object(object) => object.shift_remove(unescape(last).as_ref()),
        Value::Array(array) => index(last).filter(|index| *index < array.len()).map(|index| array.remove(index)),
        _ => None,
    }
}

/// Puts an entry into an array, at the end when `index` is past it. A missing array is made. `false` when something else is there.
pub fn insert_entry(data: &mut Value, array: &str, index: usize, entry: Value) -> bool {
    if data.pointer(array).is_none_or(Value::is_null) && !set(data, array, Value::Array(Vec::new())) {
        return false;
    }
    let Some(Value::Array(entries)) = data.pointer_mut(array) else { return false };
    entries.insert(index.min(entries.len()), entry);
    true
}

/// The places where two values differ, below a pointer. 1 and 1.0 are one number in JSON.
pub fn differences(one: &Value, other: &Value, at: &str) -> Vec<String> {
    fn walk(one: &Value, other: &Value, at: &str, places: &mut Vec<String>) {
        match (one, other) {
            (Value::Object(one), Value::Object(other)) => {
                let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
                for name in names {
                    let there = join(at, name);
                    match (one.get(name), other.get(name)) {
                        (Some(one), Some(other)) => walk(one, other, &there, places),
                        _ => places.push(there),
                    }
                }
            }
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                for (index, (one, other)) in one.iter().zip(other).enumerate() {
                    walk(one, other, &format!("{at}/{index}"), places);
                }
            }
            (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
            (one, other) if one == other => {}
            _ => places.push(at.to_owned()),
        }
    }
    let mut places = Vec::new();
    walk(one, other, at, &mut places);
    places
}

/// The places, below a pointer, of the texts with a control character that no field can hold: any but line feed and tab.
pub fn control_characters(value: &Value, at: &str) -> Vec<String> {
    fn walk(value: &Value, at: &str, places: &mut Vec<String>) {
        match value {
            Value::String(text) if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') => {
                places.push(at.to_owned());
            }
            Value::Array(entries) => {
                entries.iter().enumerate().for_each(|(index, entry)| walk(entry, &format!("{at}/{index}"), places));
            }
            Value::Object(members) => members.iter().for_each(|(name, member)| walk(member, &join(at, name), places)),
            _ => {}
        }
    }
    let mut places = Vec::new();
    walk(value, at, &mut places);
    places
}

/// Takes an entry out of an array.
pub fn remove_entry(data: &mut Value, array: &str, index: usize) -> Option<Value> {
    let entries = data.pointer_mut(array)?.as_array_mut()?;
    (index < entries.len()).then(|| entries.remove(index))
}

/// Moves an entry of an array to another place. `false` when either is past its end.
pub fn move_entry(data: &mut Value, array: &str, from: usize, to: usize) -> bool {
    let Some(Value::Array(entries)) = data.pointer_mut(array) else { return false };
    if from >= entries.len() || to >= entries.len() {
        return false;
    }
    let entry = entries.remove(from);
    entries.insert(to, entry);
    true
}

/// A pointer one step longer.
pub fn join(base: &str, segment: &str) -> String {
    let mut pointer = String::with_capacity(base.len() + segment.len() + 1);
    pointer.push_str(base);
    push(&mut pointer, segment);
    pointer
}

/// Makes a pointer one step longer.
pub(super) fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for c in segment.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The steps of a pointer, unescaped.
pub fn segments(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// Whether `pointer` is `base` or below it.
pub fn is_within(pointer: &str, base: &str) -> bool {
    pointer.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A pointer and those of what is round it, from the outside in; not the root.
pub(super) fn path_to(pointer: &str) -> impl Iterator<Item = &str> {
    let above = pointer.match_indices('/').skip(1).filter_map(|(end, _)| pointer.get(..end));
    above.chain((!pointer.is_empty()).then_some(pointer))
}

pub(super) fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

fn index(segment: &str) -> Option<usize> {
    if segment.len() > 1 && segment.starts_with('0') { None } else { segment.parse().ok() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn setting_makes_what_is_missing_and_nothing_else() {
        let mut data = json!({});
        assert!(set(&mut data, "/a/b", json!(1)));
        assert!(set(&mut data, "/a/c~1d", json!(2)));
        assert_eq!(data, json!({"a": {"b": 1, "c/d": 2}}));
        assert_eq!(get(&data, "/a/c~1d"), Some(&json!(2)));
        assert!(!set(&mut data, "/a/b/x", json!(1)));
        let mut list = json!({"m": [{}]});
        assert!(set(&mut list, "/m/0/name", json!("张三")));
        assert!(!set(&mut list, "/m/1/name", json!("李四")));
        assert_eq!(list, json!({"m": [{"name": "张三"}]}));
    }

    #[test]
    fn removing_keeps_the_order_of_the_rest() {
        let mut data = json!({"a": 1, "b": 2, "c": [1, 2, 3]});
        assert_eq!(remove(&mut data, "/a"), Some(json!(1)));
        assert_eq!(remove(&mut data, "/c/1"), Some(json!(2)));
        assert_eq!(remove(&mut data, "/c/9"), None);
        assert_eq!(remove(&mut data, ""), None);
        assert_eq!(data.to_string(), r#"{"b":2,"c":[1,3]}"#);
    }

    #[test]
    fn entries_are_inserted_moved_and_removed() {
        let mut data = json!({});
        assert!(insert_entry(&mut data, "/m", 0, json!("a")));
        assert!(insert_entry(&mut data, "/m", 9, json!("b")));
        assert!(insert_entry(&mut data, "/m", 0, json!("c")));
        assert!(move_entry(&mut data, "/m", 0, 2));
        assert!(!move_entry(&mut data, "/m", 0, 3));
        assert_eq!(data, json!({"m": ["a", "b", "c"]}));
        assert_eq!(remove_entry(&mut data, "/m", 1), Some(json!("b")));
        assert_eq!(remove_entry(&mut data, "/m", 2), None);
        assert!(!insert_entry(&mut data, "/m/0", 0, json!(1)));
    }

    proptest! {
        #[test]
        fn what_is_set_is_got(keys in prop::collection::vec("[a-z/~中]{1,4}", 1..5), value in any::<i64>()) {
            let mut data = json!({});
            let pointer = keys.iter().fold(String::new(), |base, key| join(&base, key));
            prop_assert!(set(&mut data, &pointer, json!(value)));
            prop_assert_eq!(get(&data, &pointer), Some(&json!(value)));
            prop_assert_eq!(remove(&mut data, &pointer), Some(json!(value)));
        }
    }
}
