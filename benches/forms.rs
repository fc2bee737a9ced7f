//! What a keystroke costs in a form of forty fields, and what opening one costs.

use divan::{Bencher, black_box};
use jiff::civil::date;
use onewindow::forms::{Form, NoCodeLists};
use serde_json::{Map, Value, json};

fn main() {
    divan::main();
}

/// Forty fields on two pages: a third of them under a rule, some calculated, a repeat group of five entries.
fn documents() -> (Value, Value) {
    let member = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 20},
        "idNumber": {"type": "string", "format": "idcard-cn"},
        "income": {"type": "number", "multipleOf": 0.01, "minimum": 0}}});
    let mut properties: Map<String, Value> = (0..36)
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
    let (first, second) = controls.split_at(20);
    let required: Vec<&String> = properties.keys().take(36).collect();
    let schema = json!({"type": "object", "title": "样表", "properties": properties, "required": required});
    let uischema = json!({"type": "Categorization", "elements": [
        {"type": "Category", "label": "一", "elements": first},
        {"type": "Category", "label": "二", "elements": second}]});
    (schema, uischema)
}

fn data(filled: usize) -> Value {
    let mut data: Map<String, Value> =
        (0..filled).map(|n| (format!("field{n}"), Value::from(if n % 2 == 0 { "是" } else { "否" }))).collect();
    data.insert("idNumber".to_owned(), json!("42900619000101002X"));
    data.insert("members".to_owned(), json!(vec![json!({"name": "张三", "income": 1200.5}); 5]));
    Value::Object(data)
}

#[divan::bench]
fn load(bencher: Bencher<'_, '_>) {
    let (schema, uischema) = documents();
    bencher.bench(|| Form::load(black_box(&schema), Some(&uischema), &NoCodeLists));
}

#[divan::bench(args = [0, 18, 36])]
fn evaluate(bencher: Bencher<'_, '_>, filled: usize) {
    let (schema, uischema) = documents();
    let Ok(form) = Form::load(&schema, Some(&uischema), &NoCodeLists) else { return };
    let data = data(filled);
    bencher.bench(|| form.evaluate(black_box(&data), date(2026, 11, 23)));
}
