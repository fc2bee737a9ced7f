use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::forms::NoCodeLists;

fn form(schema: &Value) -> Form {
    Form::load(schema, None, &NoCodeLists).unwrap()
}

fn properties(properties: &Value) -> Form {
    form(&json!({"type": "object", "properties": properties}))
}

fn said(migration: &Migration) -> Vec<(String, What)> {
    migration.changes.iter().map(|change| (change.label.clone(), change.what.clone())).collect()
}

#[test]
fn values_stay_move_change_and_are_left_behind() {
    let person = |extra: &str| {
        let mut person = json!({"type": "object", "properties": {
            "name": {"type": "string", "title": "姓名", "x-term": "person.name"}}});
        person["properties"][extra] = json!({"type": "string", "title": "证件", "x-term": "person.idNumber"});
        person
    };
    let old = properties(&json!({
        "kept": {"type": "string", "title": "不变"},
        "bankAccount": {"type": "string", "title": "卡号", "x-term": "bank.account"},
        "size": {"type": "integer", "title": "人数"},
        "gone": {"type": "string", "title": "取消"},
        "reason": {"type": "string", "enum": ["a", "b"], "title": "原因"},
        "people": {"type": "array", "items": person("id")}
    }));
    let new = properties(&json!({
        "kept": {"type": "string", "title": "不变"},
        "bank": {"type": "object", "properties": {"account": {"type": "string", "title": "银行账号", "x-term": "bank.account"}}},
        "size": {"type": "string", "title": "人口"},
        "reason": {"type": "array", "title": "原因", "uniqueItems": true, "items": {"enum": ["a", "b", "c"]}},
        "people": {"type": "array", "items": person("number")},
        "added": {"type": "string", "title": "新增", "default": "x"}
    }));
    let data = json!({"kept": "1", "bankAccount": "6222", "size": 3, "gone": "z", "reason": "a",
        "people": [{"name": "张三", "id": "1"}, {"id": "2"}]});
    let migration = migrate(&old, &new, &data);
    assert_eq!(
        migration.data,
        json!({"kept": "1", "size": "3", "reason": ["a"], "bank": {"account": "6222"}, "added": "x",
            "people": [{"name": "张三", "number": "1"}, {"number": "2"}]})
    );
    let moved = |from: &str, to: &str| What::Moved { from: from.to_owned(), to: to.to_owned() };
    let expected = [
        ("银行账号", moved("/bankAccount", "/bank/account")),
        ("人口", What::Converted { at: "/size".to_owned(), from: json!(3), to: json!("3") }),
        ("取消", What::Dropped { from: "/gone".to_owned(), value: json!("z") }),
        ("原因", What::Converted { at: "/reason".to_owned(), from: json!("a"), to: json!(["a"]) }),
        ("证件", moved("/people/0/id", "/people/0/number")),
        ("证件", moved("/people/1/id", "/people/1/number")),
        ("新增", What::New { at: "/added".to_owned() }),
    ];
    assert_eq!(said(&migration), expected.map(|(label, what)| (label.to_owned(), what)));
    assert_eq!(migration.carried, 2);
}

#[test]
fn the_same_place_with_another_meaning_is_another_field() {
    let old = properties(&json!({"name": {"type": "string", "x-term": "father.name"}}));
    let new = properties(&json!({
        "name": {"type": "string", "x-term": "mother.name"},
        "father": {"type": "string", "x-term": "father.name"}}));
    assert_eq!(migrate(&old, &new, &json!({"name": "张三"})).data, json!({"father": "张三"}));
}

#[test]
fn what_does_not_fit_is_kept_for_the_clerk_or_named() {
    let old = properties(&json!({"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "integer"}}));
    let new = properties(&json!({
        "a": {"type": "integer"},
        "b": {"type": "object", "properties": {"x": {"type": "string"}}},
        "c": {"type": "integer", "x-calc": {"+": [1, 2]}}}));
    let migration = migrate(&old, &new, &json!({"a": "many", "b": "text", "c": 7, "undeclared": [1]}));
    assert_eq!(migration.data, json!({"a": "many"}));
    let kinds: Vec<_> = migration.changes.iter().map(|change| (change.label.as_str(), &change.what)).collect();
    assert!(matches!(kinds[0], ("A", What::Unfit { .. })), "{kinds:?}");
    assert!(kinds[1..4].iter().all(|(_, what)| matches!(what, What::Dropped { .. })), "{kinds:?}");
    assert!(matches!(kinds[4].1, What::New { .. }), "{kinds:?}");
}

/// A leaf schema, sometimes with a term.
fn leaf() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec![
        json!({"type": "string"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
        json!({"type": "array", "uniqueItems": true, "items": {"enum": ["x", "y"]}}),
        json!({"type": "string", "default": "d"}),
        json!({"type": "number", "x-calc": {"+": [1, 1]}}),
    ]);
    (kinds, prop::option::of(prop::sample::select(vec!["t.a", "t.b", "t.c"]))).prop_map(|(mut leaf, term)| {
        if let Some(term) = term {
            leaf["x-term"] = json!(term);
        }
        leaf
    })
}

fn schema() -> impl Strategy<Value = Value> {
    let object = |inner: BoxedStrategy<Value>| {
        prop::collection::btree_map("[a-d]", inner, 1..4)
            .prop_map(|properties| json!({"type": "object", "properties": properties}))
    };
    let inner = object(leaf().boxed());
    let member = prop_oneof![
        3 => leaf(),
        1 => inner.clone(),
        1 => inner.prop_map(|items| json!({"type": "array", "items": items})),
    ];
    object(member.boxed())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-9_i64..9).prop_map(Value::from),
        "[a-z0-9]{0,3}".prop_map(Value::from),
        Just(json!(["x"])),
        Just(Value::Null),
    ];
    let object = prop::collection::btree_map("[a-e]", leaf.clone(), 0..4).prop_map(|members| json!(members));
    let member =
        prop_oneof![3 => leaf, 1 => object.clone(), 1 => prop::collection::vec(object, 0..3).prop_map(Value::from)];
    prop::collection::btree_map("[a-e]", member, 0..5).prop_map(|members| json!(members))
}

/// The scalars of some data that are worth keeping, with their pointers.
fn scalars(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| scalars(member, &pointer::join(at, name), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| scalars(item, &format!("{at}/{index}"), found));
        }
        value => found.push((at.to_owned(), value.clone())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::forms::tests::cases(256)))]

    #[test]
    fn nothing_typed_is_lost_without_a_line(old in schema(), new in schema(), data in value()) {
        let (old, new) = (form(&old), form(&new));
        let migration = migrate(&old, &new, &data);
        let mut typed = Vec::new();
        scalars(&data, "", &mut typed);
        for (at, value) in typed {
            let is_named = |pointer: &str| at == pointer || at.starts_with(&format!("{pointer}/"));
            let accounted = migration.changes.iter().any(|change| match &change.what {
                What::Moved { from, .. } | What::Dropped { from, .. } => is_named(from),
                What::Converted { at, .. } | What::Unfit { at, .. } => is_named(at) || migration.data.pointer(at).is_some(),
                What::New { .. } => false,
            });
            let above = at.match_indices('/').filter_map(|(end, _)| at.get(..end)).chain([at.as_str()]);
            let was_computed = above.filter_map(|at| old.shape.at(at)).any(|shape| shape.calculated);
            prop_assert!(migration.data.pointer(&at) == Some(&value) || accounted || was_computed, "{} {:?}", at, migration);
        }
        // What moved is where it is said to be.
        for change in &migration.changes {
            if let What::Moved { from, to } = &change.what {
                prop_assert_eq!(migration.data.pointer(to), data.pointer(from));
            }
        }
    }

    #[test]
    fn the_same_version_changes_nothing(schema in schema(), data in value()) {
        let form = form(&schema);
        // What the form itself makes of the data, so that each value is one that it asked for.
        let migration = migrate(&form, &form, &data);
        let again = migrate(&form, &form, &migration.data);
        prop_assert_eq!(&again.data, &migration.data);
        prop_assert!(again.changes.iter().all(|change| matches!(change.what, What::Unfit { .. })), "{:?}", again.changes);
    }
}
