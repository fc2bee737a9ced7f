//! What a keystroke costs in a form, and what opening one costs.
//!
//! The targets are those of a form of 200 fields on an office PC: opened within 2 ms, judged anew within 0.5 ms of a key.
//!
//! `open` is what the clerk waits for: from the text of the two documents, as the desk keeps them, to the first state of every page. Its stages
//! stand beside it: `open_1_parse`, `open_2_compile`, `open_3_evaluate`. `keystroke` is everything anew after one key: visibility,
//! calculations, errors of all fields. `naive_keystroke` is what a program without the engine would do: compile the schema, list every error,
//! judge every rule.

use std::alloc::System;

use divan::{Bencher, black_box};
use jiff::civil::date;
use onewindow::forms::{Form, NoCodeLists};
use serde_json::{Map, Value, json};
use zeroizing_alloc::ZeroAlloc;

/// As the client has it: memory is wiped when it is freed.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() {
    divan::main();
}

/// So many fields on pages of twenty: a third of them under a rule, some calculated, a repeat group of five entries.
fn documents(fields: usize) -> (Value, Value) {
    let member = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 20},
        "idNumber": {"type": "string", "format": "idcard-cn"},
        "income": {"type": "number", "multipleOf": 0.01, "minimum": 0}}});
    let plain = fields - 7;
    let mut properties: Map<String, Value> = (0..plain)
        .map(|n| {
            (
                format!("field{n}"),
                json!({"type": "string", "minLength": 1, "maxLength": 20, "title": format!("栏目{n}")}),
            )
        })
        .collect();
    properties.insert("idNumber".to_owned(), json!({"type": "string", "format": "idcard-cn"}));
    properties
        .insert("birthDate".to_owned(), json!({"type": "string", "x-calc": {"birthDateOfId": {"var": "idNumber"}}}));
    properties.insert("age".to_owned(), json!({"type": "integer", "x-calc": {"age": [{"var": "birthDate"}]}}));
    properties
        .insert("income".to_owned(), json!({"type": "number", "x-calc": {"sum": [{"var": "members"}, "income"]}}));
    properties.insert("members".to_owned(), json!({"type": "array", "maxItems": 10, "items": member}));
    let control = |name: &String| {
        let scope = format!("#/properties/{name}");
        let number: Option<usize> = name.strip_prefix("field").and_then(|number| number.parse().ok());
        match number.filter(|number| number % 3 == 2) {
            Some(number) => {
                let other = format!("#/properties/field{}", number - 1);
                let condition = json!({"scope": other, "schema": {"const": "是"}});
                json!({"type": "Control", "scope": scope, "rule": {"effect": "SHOW", "condition": condition}})
            }
            None => json!({"type": "Control", "scope": scope}),
        }
    };
    let controls: Vec<Value> = properties.keys().map(control).collect();
    let pages: Vec<Value> = controls
        .chunks(20)
        .enumerate()
        .map(|(n, controls)| json!({"type": "Category", "label": format!("第 {n} 页"), "elements": controls}))
        .collect();
    let required: Vec<&String> = properties.keys().take(plain).collect();
    let schema = json!({"type": "object", "title": "样表", "properties": properties, "required": required});
    (schema, json!({"type": "Categorization", "elements": pages}))
}

fn data(filled: usize) -> Value {
    let mut data: Map<String, Value> =
        (0..filled).map(|n| (format!("field{n}"), Value::from(if n % 2 == 0 { "是" } else { "否" }))).collect();
    data.insert("idNumber".to_owned(), json!("42900619000101002X"));
    data.insert("members".to_owned(), json!(vec![json!({"name": "张三", "income": 1200.5}); 5]));
    Value::Object(data)
}

fn form(fields: usize) -> Option<Form> {
    let (schema, uischema) = documents(fields);
    Form::load(&schema, Some(&uischema), &NoCodeLists).ok()
}

/// The documents as text.
fn texts(fields: usize) -> [String; 2] {
    let (schema, uischema) = documents(fields);
    [schema, uischema].map(|document| document.to_string())
}

fn parse(texts: &[String; 2]) -> Option<(Value, Value)> {
    let [schema, uischema] = texts;
    Some((serde_json::from_str(schema).ok()?, serde_json::from_str(uischema).ok()?))
}

/// From text to the first state.
#[divan::bench(args = [40, 200])]
fn open(bencher: Bencher<'_, '_>, fields: usize) {
    let texts = texts(fields);
    bencher.bench(|| {
        let (schema, uischema) = parse(black_box(&texts))?;
        let form = Form::load(&schema, Some(&uischema), &NoCodeLists).ok()?;
        let state = form.evaluate(&form.initial(), date(2026, 11, 23));
        Some((form, state))
    });
}

#[divan::bench(args = [40, 200])]
fn open_1_parse(bencher: Bencher<'_, '_>, fields: usize) {
    let texts = texts(fields);
    bencher.bench(|| parse(black_box(&texts)));
}

#[divan::bench(args = [40, 200])]
fn open_2_compile(bencher: Bencher<'_, '_>, fields: usize) {
    let (schema, uischema) = documents(fields);
    bencher.bench(|| Form::load(black_box(&schema), Some(&uischema), &NoCodeLists));
}

#[divan::bench(args = [40, 200])]
fn open_3_evaluate(bencher: Bencher<'_, '_>, fields: usize) {
    let Some(form) = form(fields) else { return };
    bencher.bench(|| form.evaluate(&black_box(&form).initial(), date(2026, 11, 23)));
}

/// Everything anew after one key, with this many of the fields filled.
#[divan::bench(args = [(40, 0), (40, 33), (200, 0), (200, 100), (200, 193)])]
fn keystroke(bencher: Bencher<'_, '_>, (fields, filled): (usize, usize)) {
    let Some(form) = form(fields) else { return };
    let data = data(filled);
    bencher.bench(|| form.evaluate(black_box(&data), date(2026, 11, 23)));
}

#[divan::bench(args = [(40, 0), (40, 33), (200, 0), (200, 100), (200, 193)])]
fn naive_keystroke(bencher: Bencher<'_, '_>, (fields, filled): (usize, usize)) {
    let (schema, uischema) = documents(fields);
    let data = data(filled);
    let pages = uischema.get("elements").and_then(Value::as_array).cloned().unwrap_or_default();
    let rules: Vec<Value> = pages
        .iter()
        .flat_map(|page| page.get("elements").and_then(Value::as_array).cloned().unwrap_or_default())
        .filter_map(|control| control.pointer("/rule/condition").cloned())
        .collect();
    bencher.bench(|| {
        let errors =
            jsonschema::validator_for(black_box(&schema)).map_or(0, |validator| validator.iter_errors(&data).count());
        let fulfilled = rules
            .iter()
            .filter(|condition| {
                let name = condition
                    .get("scope")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .trim_start_matches("#/properties/");
                jsonschema::is_valid(
                    condition.get("schema").unwrap_or(&Value::Null),
                    data.get(name).unwrap_or(&Value::Null),
                )
            })
            .count();
        (errors, fulfilled)
    });
}
