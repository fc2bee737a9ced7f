//! Effects and conditions, as `@jsonforms/core` has them.

use super::*;

/// A form with a control `b` under a rule that looks at `a`.
fn ruled(effect: &str, condition: &Value) -> Form {
    vertical(
        &json!({"type": "object", "properties": {
            "a": {}, "b": {"type": "string"},
            "o": {"type": "object", "properties": {"x": {"type": "string"}}}}}),
        &json!([{"type": "Control", "scope": "#/properties/b", "rule": {"effect": effect, "condition": condition}}]),
    )
}

fn schema_condition(schema: &Value) -> Value {
    json!({"scope": "#/properties/a", "schema": schema})
}

#[test]
fn effects_do_what_they_say() {
    let condition = schema_condition(&json!({"const": "x"}));
    for (effect, fulfilled, expected) in [
        ("SHOW", true, Some(true)),
        ("SHOW", false, None),
        ("HIDE", true, None),
        ("HIDE", false, Some(true)),
        ("ENABLE", true, Some(true)),
        ("ENABLE", false, Some(false)),
        ("DISABLE", true, Some(false)),
        ("DISABLE", false, Some(true)),
    ] {
        let data = if fulfilled { json!({"a": "x"}) } else { json!({"a": "y"}) };
        let evaluation = evaluate(&ruled(effect, &condition), &data);
        assert_eq!(fields(&evaluation).next().map(|field| field.enabled), expected, "{effect} {fulfilled}");
    }
}

#[test]
fn conditions_judge_as_json_forms_does() {
    let leaf = |expected: Value| json!({"type": "LEAF", "scope": "#/properties/a", "expectedValue": expected});
    let yes = json!({"type": "LEAF", "scope": "#/properties/o"});
    let no = leaf(json!("never"));
    let table = [
        // `===`
        (leaf(json!(1)), json!({"a": 1.0}), true),
        (leaf(json!("1")), json!({"a": 1}), false),
        (leaf(json!(null)), json!({"a": null}), true),
        (leaf(json!(null)), json!({}), false),
        (leaf(json!([])), json!({"a": []}), false),
        (leaf(json!({})), json!({"a": {}}), false),
        (json!({"type": "LEAF", "scope": "#/properties/a"}), json!({}), true),
        // a schema and a value
        (schema_condition(&json!({"minimum": 3})), json!({"a": 3}), true),
        (schema_condition(&json!({"minimum": 3})), json!({"a": 2}), false),
        (schema_condition(&json!({"enum": ["x", "y"]})), json!({"a": "y"}), true),
        (json!({"type": "SCHEMA", "scope": "#/properties/a", "schema": {"const": true}}), json!({"a": true}), true),
        (json!({"scope": "#", "schema": {"required": ["a"]}}), json!({"a": 1}), true),
        (json!({"scope": "#", "schema": {"required": ["a"]}}), json!({}), false),
        (json!({"schema": {"properties": {"a": {"const": 1}}}}), json!({"a": 1}), true),
        (json!({"scope": "#/properties/o/properties/x", "schema": {"minLength": 1}}), json!({"o": {"x": "z"}}), true),
        // a schema and nothing
        (schema_condition(&json!({})), json!({}), true),
        (schema_condition(&json!(false)), json!({}), false),
        (schema_condition(&json!({"const": "x"})), json!({}), false),
        (schema_condition(&json!({"enum": [null]})), json!({}), false),
        (schema_condition(&json!({"type": ["string", "null"]})), json!({}), false),
        (schema_condition(&json!({"minLength": 1})), json!({}), true),
        (schema_condition(&json!({"not": {"const": "x"}})), json!({}), true),
        (schema_condition(&json!({"not": {}})), json!({}), false),
        (schema_condition(&json!({"anyOf": [{"const": 1}, {"minimum": 3}]})), json!({}), true),
        (schema_condition(&json!({"oneOf": [{"maximum": 1}, {"minimum": 3}]})), json!({}), false),
        (schema_condition(&json!({"allOf": [{"const": 1}, {"minimum": 3}]})), json!({}), false),
        (schema_condition(&json!({"if": {"const": 1}, "then": {}, "else": {"type": "null"}})), json!({}), false),
        (schema_condition(&json!({"$ref": "#/$defs/x", "$defs": {"x": {"const": 1}}})), json!({}), false),
        (json!({"scope": "#/properties/a", "schema": {}, "failWhenUndefined": true}), json!({}), false),
        (json!({"scope": "#/properties/a", "schema": {}, "failWhenUndefined": true}), json!({"a": null}), true),
        (json!({"scope": "#/properties/a", "schema": {}, "failWhenUndefined": false}), json!({}), true),
        // composed
        (json!({"type": "AND", "conditions": []}), json!({}), true),
        (json!({"type": "OR", "conditions": []}), json!({}), false),
        (json!({"type": "AND", "conditions": [yes, no]}), json!({}), false),
        (json!({"type": "OR", "conditions": [no, yes]}), json!({}), true),
        (json!({"type": "AND", "conditions": [yes, {"type": "OR", "conditions": [no, yes]}]}), json!({}), true),
    ];
    for (condition, data, expected) in table {
        let evaluation = evaluate(&ruled("ENABLE", &condition), &data);
        assert_eq!(fields(&evaluation).next().unwrap().enabled, expected, "{condition} {data}");
    }
}

#[test]
fn a_container_rules_what_it_holds() {
    let rule =
        |effect: &str| json!({"effect": effect, "condition": {"scope": "#/properties/a", "schema": {"const": "x"}}});
    let control = |name: &str| json!({"type": "Control", "scope": format!("#/properties/{name}")});
    let mut own = control("c");
    own["rule"] = json!({"effect": "ENABLE", "condition": {"type": "AND", "conditions": []}});
    let mut shown = control("c");
    shown["rule"] = json!({"effect": "SHOW", "condition": {"type": "AND", "conditions": []}});
    for layout in ["VerticalLayout", "HorizontalLayout", "Group"] {
        let inside = |effect: &str, second: &Value| {
            json!([control("a"), {"type": layout, "rule": rule(effect), "elements": [
                {"type": "VerticalLayout", "elements": [control("b"), second]}]}])
        };
        let names = ["a", "b", "c"];
        let evaluation = evaluate(&texts(&names, &[], &inside("HIDE", &shown)), &json!({"a": "x"}));
        assert_eq!(visible(&evaluation), ["/a"], "a rule of its own shows nothing inside what is hidden");
        let evaluation = evaluate(&texts(&names, &[], &inside("DISABLE", &own)), &json!({"a": "x"}));
        let enabled: Vec<bool> = fields(&evaluation).map(|field| field.enabled).collect();
        assert_eq!(enabled, [true, false, true], "a rule of its own outweighs what is round it");
    }
}

#[test]
fn read_only_weighs_less_than_a_rule_and_the_schema_less_than_the_options() {
    let control = |options: Value| json!({"type": "Control", "scope": "#/properties/a", "options": options});
    let always = json!({"effect": "ENABLE", "condition": {"type": "AND", "conditions": []}});
    for (read_only, options, rule, enabled) in [
        (true, json!({}), None, false),
        (true, json!({"readonly": false}), None, true),
        (false, json!({"readonly": true}), None, false),
        (false, json!({"readOnly": true}), None, false),
        (true, json!({"readonly": true}), Some(&always), true),
    ] {
        let mut element = control(options);
        if let Some(rule) = rule {
            element["rule"] = rule.clone();
        }
        let schema = json!({"type": "object", "properties": {"a": {"type": "string", "readOnly": read_only}}});
        let form = vertical(&schema, &json!([element]));
        assert_eq!(fields(&evaluate(&form, &json!({}))).next().unwrap().enabled, enabled, "{element}");
    }
}

#[test]
fn inside_entries_and_objects_scopes_are_relative() {
    let inner = json!({"type": "VerticalLayout", "elements": [
        {"type": "Control", "scope": "#/properties/kind"},
        {"type": "Control", "scope": "#/properties/card", "rule":
            {"effect": "SHOW", "condition": {"scope": "#/properties/kind", "schema": {"const": "x"}}}}]});
    let node = json!({"type": "object", "required": ["card"], "properties": {"kind": {"type": "string"}, "card": {"type": "string"}}});
    let form = vertical(
        &json!({"type": "object", "properties": {"one": node, "many": {"type": "array", "items": node}}}),
        &json!([
            {"type": "Control", "scope": "#/properties/one", "options": {"detail": inner}},
            {"type": "ListWithDetail", "scope": "#/properties/many", "options": {"detail": inner}}
        ]),
    );
    let data = json!({"one": {"kind": "x"}, "many": [{"kind": "y", "card": "1"}, {"kind": "x", "card": "2"}]});
    let evaluation = evaluate(&form, &data);
    assert_eq!(visible(&evaluation), ["/one/kind", "/one/card", "/many/0/kind", "/many/1/kind", "/many/1/card"]);
    assert_eq!(evaluation.relevant["many"], json!([{"kind": "y"}, {"kind": "x", "card": "2"}]));
    assert_eq!(wrong(&evaluation), [("/one/card", "required")]);
}

/// `tests/forms/conditions.jsonl` was recorded from `@jsonforms/core` 3.7.0: random data and conditions with its verdicts, half of them fulfilled.
#[test]
fn recorded_verdicts_of_json_forms_are_ours() {
    let schema = json!({"type": "object", "properties": {
        "a": {}, "b": {}, "o": {"properties": {"x": {}}}, "z": {"type": "string"}}});
    let cases = include_str!("../../../tests/forms/conditions.jsonl");
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let rule = json!({"effect": "ENABLE", "condition": case["condition"]});
        let uischema = json!({"type": "Control", "scope": "#/properties/z", "rule": rule});
        let judge = Judge::load(&schema, Some(&uischema), &NoCodeLists).unwrap();
        let judgement = judge.judge(&case["data"], TODAY).unwrap();
        assert_eq!(json!(judgement.controls[0].enabled), case["fulfilled"], "{line}");
    }
    assert!(cases.lines().count() > 300);
}
