//! The engine as a whole: forms in, evaluations out.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::*;
use crate::locale::{Language, Locale};

mod errors;
mod fuzz;
mod logic;
mod mutants;
mod refusals;
mod relevance;
mod rules;
mod sentences;

const TODAY: Date = date(2026, 11, 23);

/// How many cases a property is tried with: a hundred times as many, or as many as it says, where `TEST_LONG` is set.
pub(super) fn cases(usual: u32) -> u32 {
    let long = std::env::var("TEST_LONG").ok();
    long.map_or(usual, |count| count.parse().ok().filter(|count| *count > 1).unwrap_or(usual.saturating_mul(100)))
}

/// A form of a schema and a UI schema.
fn form(schema: &Value, uischema: &Value) -> Form {
    Form::load(schema, Some(uischema), &Lists).unwrap()
}

/// A form of a vertical layout.
fn vertical(schema: &Value, elements: &Value) -> Form {
    form(schema, &json!({"type": "VerticalLayout", "elements": elements}))
}

/// A form of properties, all texts, and a vertical layout.
fn texts(names: &[&str], required: &[&str], elements: &Value) -> Form {
    vertical(&text_schema(names, required), elements)
}

fn text_schema(names: &[&str], required: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn evaluate(form: &Form, data: &Value) -> Evaluation {
    form.evaluate(data, TODAY)
}

/// The pointers of the visible fields, in drawing order.
fn visible(evaluation: &Evaluation) -> Vec<&str> {
    fields(evaluation).map(|field| field.pointer.as_str()).collect()
}

fn fields(evaluation: &Evaluation) -> impl Iterator<Item = &FieldView> {
    evaluation.pages.iter().flat_map(|page| &page.rows).filter_map(|row| match row {
        Row::Field(field) => Some(field),
        _ => None,
    })
}

/// Pointer and keyword of each error.
fn wrong(evaluation: &Evaluation) -> Vec<(&str, &str)> {
    evaluation.errors.iter().map(|error| (error.pointer.as_str(), error.keyword.as_str())).collect()
}

/// A code list `areas@1`.
struct Lists;

impl CodeLists for Lists {
    fn get(&self, id: &str, version: u32) -> Option<Arc<CodeList>> {
        let entry = |code: &str, name: &str| CodeEntry { code: code.to_owned(), name: name.to_owned(), parent: None };
        let entries = vec![entry("429006000000", "天门市"), entry("420106000000", "武昌区")];
        let list = CodeList { id: id.to_owned(), version, name: "区划".to_owned(), entries };
        (id == "areas" && version == 1).then(|| Arc::new(list))
    }
}

#[test]
fn controls_suit_what_they_ask_for() {
    let schema = json!({
        "type": "object",
        "title": "样表",
        "properties": {
            "text": {"type": "string", "title": "文字", "description": "随便写", "maxLength": 20, "x-term": "a.b"},
            "lines": {"type": "string"},
            "number": {"type": "number"},
            "integer": {"type": ["null", "integer"]},
            "money": {"type": "number"},
            "boolean": {"type": "boolean"},
            "date": {"type": "string", "format": "date"},
            "moment": {"type": "string", "format": "date-time"},
            "time": {"type": "string", "format": "time"},
            "choice": {"oneOf": [{"const": 1, "title": "一"}, {"const": 2}]},
            "enum": {"type": "string", "enum": ["甲", "乙"]},
            "several": {"type": "array", "uniqueItems": true, "items": {"enum": ["a", "b"]}},
            "list": {"type": "string", "x-options": {"list": "areas", "version": 1}},
            "area": {"type": "string", "format": "area-cn", "x-options": {"list": "areas", "version": 1}},
            "id": {"$ref": "#/$defs/id", "title": "号码", "x-sensitive": true, "x-capture": "id-card"},
            "uscc": {"type": "string", "format": "uscc"},
            "mobile": {"type": "string", "format": "mobile-cn", "x-soft": true},
            "postcode": {"type": "string", "format": "postcode-cn"},
            "card": {"type": "string", "format": "bankcard-cn"},
            "birthDate": {"type": "string", "readOnly": true},
            "odd": {}
        },
        "$defs": {"id": {"type": "string", "format": "idcard-cn"}}
    });
    let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let elements = names.iter().map(|name| match name.as_str() {
        "lines" => json!({"type": "Control", "scope": "#/properties/lines", "options": {"multi": true}}),
        "money" => json!({"type": "Control", "scope": "#/properties/money", "options": {"money": true}}),
        name => json!({"type": "Control", "scope": format!("#/properties/{name}")}),
    });
    let form = vertical(&schema, &elements.collect());
    let kinds: Vec<String> = form
        .controls()
        .iter()
        .map(|control| format!("{:?}", control.kind).split(['(', ' ']).next().unwrap().to_owned())
        .collect();
    assert_eq!(
        kinds.join(" "),
        "Text MultiLine Number Integer Money Boolean Date DateTime Time Choice Choice MultiChoice CodeList Area IdNumber \
         CreditCode Mobile Postcode BankCard Text Text"
    );
    let by_label = |label: &str| form.controls().iter().find(|control| control.label == label).unwrap();
    let text = by_label("文字");
    assert_eq!((text.hint.as_str(), text.max_length, text.term.as_deref()), ("随便写", Some(20), Some("a.b")));
    let id = by_label("号码");
    assert!(id.sensitive && id.capture == Some(Capture::IdCard));
    assert!(by_label("Mobile").soft && by_label("Birth Date").read_only);
    assert_eq!(form.title(), "样表");
    assert_eq!(form.warnings().len(), 1, "{:?}", form.warnings());
    assert_eq!(form.pages().len(), 1);
    assert_eq!(form.pages()[0].controls.len(), form.controls().len());
}

#[test]
fn without_a_ui_schema_every_property_has_a_control() {
    let schema = json!({"type": "object", "properties": {
        "name": {"type": "string"},
        "address": {"type": "object", "title": "住址", "properties": {"street": {"type": "string"}}},
        "members": {"type": "array", "title": "成员", "minItems": 1, "maxItems": 2, "items": {"type": "object", "properties": {"name": {"type": "string"}}}}
    }});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let evaluation = evaluate(&form, &json!({"members": [{}, {}]}));
    assert_eq!(visible(&evaluation), ["/name", "/address/street", "/members/0/name", "/members/1/name"]);
    let rows = &evaluation.pages[0].rows;
    assert_eq!(rows[1], Row::Heading { text: "住址".to_owned(), depth: 0 });
    let Row::Entry { label, index: 1, of: 2, removable: true, .. } = &rows[5] else { panic!("{rows:?}") };
    assert_eq!(label, "成员");
    let last = Row::Add {
        pointer: "/members".to_owned(),
        label: "成员".to_owned(),
        count: 2,
        max: Some(2),
        enabled: false,
        depth: 0,
    };
    assert_eq!(rows.last(), Some(&last));
    assert_eq!(form.initial(), json!({"members": [{}]}));
    assert_eq!(form.new_entry("/members"), json!({}));
}

#[test]
fn pages_columns_groups_and_labels_are_laid_out() {
    let properties = json!({"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}});
    let control = |name: &str| json!({"type": "Control", "scope": format!("#/properties/{name}")});
    let hidden = json!({"effect": "HIDE", "condition": {"scope": "#/properties/a", "schema": {"const": "x"}}});
    let mut b = control("b");
    b["rule"] = hidden.clone();
    let form = form(
        &json!({"type": "object", "properties": properties}),
        &json!({"type": "Categorization", "elements": [
            {"type": "Category", "label": "一", "elements": [
                {"type": "Label", "text": "说明"},
                {"type": "HorizontalLayout", "elements": [control("a"), b]}]},
            {"type": "Category", "label": "二", "rule": hidden, "elements": [
                {"type": "Group", "label": "组", "elements": [control("c")]}]}
        ]}),
    );
    let labels: Vec<&str> = form.pages().iter().map(|page| page.label.as_str()).collect();
    assert_eq!(labels, ["一", "二"]);
    let evaluation = evaluate(&form, &json!({"a": "y"}));
    let columns: Vec<_> = fields(&evaluation).map(|field| (field.column, field.depth)).collect();
    assert_eq!(columns, [((0, 2), 0), ((1, 2), 0), ((0, 1), 1)]);
    assert_eq!(evaluation.pages[0].rows[0], Row::Heading { text: "说明".to_owned(), depth: 0 });
    assert!(evaluation.pages[1].visible);
    let evaluation = evaluate(&form, &json!({"a": "x", "b": "1", "c": "2"}));
    assert_eq!(fields(&evaluation).next().unwrap().column, (0, 1), "the visible share the width");
    assert!(!evaluation.pages[1].visible && evaluation.pages[1].rows.is_empty(), "no heading over nothing");
    assert_eq!(evaluation.relevant, json!({"a": "x"}));
}

#[test]
fn entries_are_labelled_by_a_property() {
    let schema = json!({"type": "object", "properties": {"members": {"type": "array", "title": "成员", "items": {
        "type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "default": 1}}}}}});
    let form = vertical(
        &schema,
        &json!([{"type": "Control", "scope": "#/properties/members", "options": {
            "elementLabelProp": "name",
            "detail": {"type": "HorizontalLayout", "elements": [{"type": "Control", "scope": "#/properties/age"}]}}}]),
    );
    let evaluation = evaluate(&form, &json!({"members": [{"name": "张三"}, {}]}));
    let labels: Vec<&str> = evaluation.pages[0]
        .rows
        .iter()
        .filter_map(|row| if let Row::Entry { name, .. } = row { Some(name.as_str()) } else { None })
        .collect();
    assert_eq!(labels, ["张三", ""]);
    assert_eq!(visible(&evaluation), ["/members/0/age", "/members/1/age"]);
    assert_eq!(form.new_entry("/members"), json!({"age": 1}));
}

#[test]
fn a_sensitive_name_of_an_entry_is_masked_and_a_list_with_detail_says_so() {
    let schema = json!({"type": "object", "properties": {"members": {"type": "array", "items": {"type": "object", "properties": {
        "name": {"type": "string", "x-sensitive": true}}}}}});
    let element =
        json!([{"type": "ListWithDetail", "scope": "#/properties/members", "options": {"elementLabelProp": "name"}}]);
    let evaluation = evaluate(&vertical(&schema, &element), &json!({"members": [{"name": "张三"}]}));
    let Row::Entry { name, listed: true, .. } = &evaluation.pages[0].rows[0] else { panic!("{evaluation:?}") };
    assert_eq!(name, "**");
}

#[test]
fn a_draft_starts_with_the_defaults() {
    let schema = json!({"type": "object", "required": ["address"], "properties": {
        "kind": {"type": "string", "default": "1"},
        "none": {"type": "string"},
        "address": {"type": "object", "properties": {"street": {"type": "string"}}},
        "other": {"type": "object", "properties": {"street": {"type": "string"}}},
        "many": {"type": "array", "minItems": 1_000_000, "items": {"type": "object", "properties": {"n": {"default": 3}}}}
    }});
    let initial = Form::load(&schema, None, &NoCodeLists).unwrap().initial();
    assert_eq!(initial["kind"], "1");
    assert_eq!(initial["address"], json!({}));
    assert_eq!(initial.get("other"), None);
    assert_eq!(initial["many"].as_array().unwrap().len(), 20);
    assert_eq!(initial["many"][0], json!({"n": 3}));
}

#[test]
fn forms_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Form>();
}

#[test]
fn authors_see_what_json_forms_judges_and_what_relevance_makes_of_it() {
    let shown = |name: &str, other: &str| {
        json!({"type": "Control", "scope": format!("#/properties/{name}"), "rule":
            {"effect": "SHOW", "condition": {"scope": format!("#/properties/{other}"), "schema": {"const": "1"}}}})
    };
    let elements = json!([{"type": "Control", "scope": "#/properties/a"}, shown("b", "a"), shown("c", "b"),
        {"type": "Control", "scope": "#/properties/d", "options": {"readonly": true}}]);
    let schema = text_schema(&["a", "b", "c", "d"], &["c"]);
    let uischema = json!({"type": "VerticalLayout", "elements": elements});
    let judge = Judge::load(&schema, Some(&uischema), &NoCodeLists).unwrap();
    let judgement = judge.judge(&json!({"a": "0", "b": "1"}), TODAY).unwrap();
    let controls: Vec<_> =
        judgement.controls.iter().map(|control| (control.scope.as_str(), control.visible, control.enabled)).collect();
    assert_eq!(
        controls,
        [
            ("#/properties/a", true, true),
            ("#/properties/b", false, true),
            // Relevance hides it; on the data given it is visible.
            ("#/properties/c", true, true),
            ("#/properties/d", true, false),
        ]
    );
    assert_eq!(judgement.relevant, json!({"a": "0"}));
    assert_eq!((judgement.valid, judgement.relevant_valid), (false, true));
}

#[test]
fn a_time_without_an_offset_is_one_to_authors_too() {
    let schema = json!({"type": "object", "properties": {"at": {"type": "string", "format": "time"}}});
    let judge = Judge::load(&schema, None, &NoCodeLists).unwrap();
    for (at, expected) in [("13:37:00", true), ("13:37:00+08:00", true), ("25:00:00", false)] {
        let judgement = judge.judge(&json!({"at": at}), TODAY).unwrap();
        assert_eq!((judgement.valid, judgement.relevant_valid), (expected, expected), "{at}");
    }
}
