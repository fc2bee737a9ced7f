//! Real forms, damaged at random: what still loads is judged the same at the desk and at the backend, and nothing panics.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::fuzz::json_value;
use super::*;
use crate::forms::bundle::{Bundle, BundleData, Member};
use crate::forms::migrate::migrate;

/// Schema and UI schema of every form of the sample catalogue.
static SEEDS: LazyLock<Vec<(Value, Value)>> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/forms");
    let read = |name: &str| serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap();
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut schemas: Vec<String> = names.filter(|name| name.ends_with(".schema.json")).collect();
    schemas.sort();
    schemas.iter().map(|name| (read(name), read(&name.replace(".schema.", ".ui.")))).collect()
});

/// One damage to a document, at the place of a number.
#[derive(Debug, Clone)]
enum Damage {
    /// Something else stands there.
    Replace(Value),
    /// What stands at another place of the same document stands here too.
    Copy(usize),
    /// It is nested so much deeper.
    Wrap(usize),
    /// Its first member has another name.
    Rename(String),
    /// Its first member, or entry, is gone.
    Remove,
}

fn damage() -> impl Strategy<Value = (usize, Damage)> {
    let words = prop::sample::select(vec![
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "items",
        "prefixItems",
        "contains",
        "type",
        "enum",
        "const",
        "required",
        "properties",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "pattern",
        "format",
        "minLength",
        "maximum",
        "x-term",
        "x-calc",
        "x-check",
        "x-soft",
        "x-options",
        "x-message",
        "x-sensitive",
        "rule",
        "condition",
        "schema",
        "scope",
        "effect",
        "failWhenUndefined",
        "conditions",
        "expectedValue",
        "options",
        "detail",
        "elements",
        "default",
        "$defs",
        "",
        "~",
        "/",
        "*",
        "0",
    ]);
    let value = prop_oneof![
        json_value(),
        prop::sample::select(vec![
            json!({"$ref": "#"}),
            json!("#"),
            json!("#/properties/members"),
            json!("#/$defs/~2"),
            json!("#/%00"),
            json!("string"),
            json!("object"),
            json!("array"),
            json!(["null", "string"]),
            json!({}),
            json!([]),
            json!(true),
            json!(false),
            json!(0),
            json!(-1),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(5e-324),
            json!("^(a+)+$"),
            json!("(?=x)"),
            json!("HIDE"),
            json!("Control"),
            json!("GENERATED"),
            json!({"var": ""}),
            json!({"var": "members.0.name"}),
            json!({"sum": [{"var": "members"}, "x"]}),
            json!({"reduce": [{"var": "members"}, {"+": [{"var": "accumulator"}, 1]}, 0]}),
            json!({"type": "AND", "conditions": []}),
            json!({"type": "OR", "conditions": []}),
            json!({"type": "LEAF", "scope": "#/properties/name", "expectedValue": null}),
            json!({"effect": "HIDE", "condition": {"scope": "#", "schema": {"required": ["name"]}}}),
            json!({"effect": "SHOW", "condition": {"scope": "#/properties/kind", "schema": {"not": {"const": "x"}}}}),
        ]),
    ];
    let damage = prop_oneof![
        4 => value.prop_map(Damage::Replace),
        3 => any::<usize>().prop_map(Damage::Copy),
        1 => (0_usize..70).prop_map(Damage::Wrap),
        3 => words.prop_map(|word| Damage::Rename(word.to_owned())),
        1 => Just(Damage::Remove),
    ];
    (any::<usize>(), damage)
}

/// The values of a document, each by its number.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

fn at<'v>(value: &'v mut Value, number: &mut usize) -> Option<&'v mut Value> {
    if *number == 0 {
        return Some(value);
    }
    *number -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| at(item, number)),
        Value::Object(members) => members.values_mut().find_map(|member| at(member, number)),
        _ => None,
    }
}

fn harm(document: &mut Value, (place, damage): (usize, Damage)) {
    let total = count(document);
    let copied = match &damage {
        Damage::Copy(other) => at(document, &mut (other % total)).cloned(),
        _ => None,
    };
    let Some(found) = at(document, &mut (place % total)) else { return };
    match damage {
        Damage::Replace(value) => *found = value,
        Damage::Copy(_) => *found = copied.unwrap_or_default(),
        Damage::Wrap(levels) => {
            for level in 0..levels {
                let inner = found.take();
                *found = if level % 2 == 0 { json!([inner]) } else { json!({"allOf": inner}) };
            }
        }
        Damage::Rename(name) => {
            if let Value::Object(members) = found
                && let Some(first) = members.keys().next().cloned()
                && let Some(value) = members.shift_remove(&first)
            {
                members.insert(name, value);
            }
        }
        Damage::Remove => match found {
            Value::Object(members) => {
                members.keys().next().cloned().and_then(|first| members.shift_remove(&first));
            }
            Value::Array(items) if !items.is_empty() => drop(items.remove(0)),
            _ => {}
        },
    }
}

/// Data of the properties that a schema names, right and wrong.
fn data(schema: &Value, values: &[Value]) -> Value {
    let names = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(serde_json::Map::keys);
    names.cloned().zip(values.iter().cycle().cloned()).filter(|(_, value)| !value.is_null()).collect()
}

fn answer() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        4 => prop::sample::select(vec![
            json!("1"), json!("张三"), json!("42900619000101002X"), json!("2024-02-29"), json!("self"), json!(1), json!(0.1),
            json!(true), json!([]), json!({}), json!([{"name": "李四", "idNumber": "42900619000101002X"}, {}]), json!(["food"]),
            json!([[1], null, "x"]),
        ]),
        1 => json_value(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(96)))]

    #[test]
    fn damaged_forms_are_refused_or_sound(
        seed in any::<prop::sample::Index>(),
        schema_damage in prop::collection::vec(damage(), 0..4),
        layout_damage in prop::collection::vec(damage(), 0..4),
        generated in prop::bool::weighted(0.1),
        values in prop::collection::vec(answer(), 1..12),
    ) {
        let (mut schema, mut uischema) = seed.get(&SEEDS).clone();
        let whole = Form::load(&schema, Some(&uischema), &Lists).unwrap();
        let typed = data(&schema, &values);
        schema_damage.into_iter().for_each(|damage| harm(&mut schema, damage));
        layout_damage.into_iter().for_each(|damage| harm(&mut uischema, damage));
        let Ok(judge) = Judge::load(&schema, (!generated).then_some(&uischema), &Lists) else { return Ok(()) };
        let form = judge.form();
        for data in [&typed, &form.initial()] {
            let evaluation = form.evaluate(data, TODAY);
            prop_assert_eq!(evaluation.pages.len(), form.pages().len());
            let again = form.evaluate(&evaluation.relevant, TODAY);
            prop_assert_eq!(&again.relevant, &evaluation.relevant);
            prop_assert_eq!(again.errors, evaluation.errors.clone());
            let judgement = judge.judge(data, TODAY).unwrap();
            prop_assert_eq!(&judgement.relevant, &evaluation.relevant);
            prop_assert_eq!(judgement.relevant_valid, evaluation.errors.is_empty());
        }
        migrate(&whole, form, &typed);
        migrate(form, &whole, &typed);
        let (whole, damaged) = (Arc::new(whole), Arc::new(Form::load(&schema, (!generated).then_some(&uischema), &Lists).unwrap()));
        let member = |item: &str, form: &Arc<Form>| Member { item: item.to_owned(), form: Arc::clone(form) };
        let bundle = Bundle::new(vec![member("a", &whole), member("b", &damaged)], &[]);
        let facts = bundle.facts().iter().map(|fact| fact.key.clone()).zip(values.iter().cycle().cloned());
        let items = ["a", "b"].map(|item| (item.to_owned(), typed.clone()));
        bundle.evaluate(&BundleData { facts: facts.collect(), items: items.into() }, TODAY);
    }
}
