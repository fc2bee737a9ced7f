//! What hidden means, calculations and checks.

use super::*;

fn control(name: &str) -> Value {
    json!({"type": "Control", "scope": format!("#/properties/{name}")})
}

/// A control that is shown when another has a value.
fn shown_with(name: &str, other: &str, value: &str) -> Value {
    let mut control = control(name);
    control["rule"] =
        json!({"effect": "SHOW", "condition": {"scope": format!("#/properties/{other}"), "schema": {"const": value}}});
    control
}

#[test]
fn what_is_dropped_hides_the_next() {
    let names = ["a", "b", "c", "d"];
    // Drawn in an order in which one pass would not do.
    let elements =
        json!([shown_with("d", "c", "3"), shown_with("c", "b", "2"), shown_with("b", "a", "1"), control("a")]);
    let form = texts(&names, &names, &elements);
    let full = json!({"a": "1", "b": "2", "c": "3", "d": "4"});
    assert_eq!(evaluate(&form, &full).relevant, full);
    let mut changed = full.clone();
    changed["a"] = json!("0");
    let evaluation = evaluate(&form, &changed);
    assert_eq!(evaluation.relevant, json!({"a": "0"}));
    assert_eq!(evaluation.data, changed, "the draft keeps what was typed");
    assert_eq!(visible(&evaluation), ["/a"]);
    assert_eq!(wrong(&evaluation), [], "and nothing that is hidden is required");
}

#[test]
fn what_is_dropped_can_show_another_with_its_value() {
    let mut c = control("c");
    c["rule"] = json!({"effect": "HIDE", "condition": {"scope": "#/properties/b", "schema": {"const": "2"}}});
    let form = texts(&["a", "b", "c"], &["c"], &json!([control("a"), shown_with("b", "a", "1"), c]));
    let evaluation = evaluate(&form, &json!({"a": "0", "b": "2", "c": "3"}));
    assert_eq!(evaluation.relevant, json!({"a": "0", "c": "3"}));
}

#[test]
fn required_is_dropped_wherever_it_stands() {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}},
        "if": {"properties": {"a": {"const": "1"}}}, "then": {"required": ["b"]},
        "allOf": [{"required": ["b"]}],
        "anyOf": [{"required": ["b"]}, {"required": ["c"]}],
        "dependentRequired": {"a": ["b"]}
    });
    let form = vertical(&schema, &json!([control("a"), shown_with("b", "a", "0"), control("c")]));
    assert_eq!(wrong(&evaluate(&form, &json!({"a": "1"}))), []);
    let visible = evaluate(&form, &json!({"a": "0"}));
    assert!(wrong(&visible).contains(&("/b", "required")));
    assert!(fields(&visible).any(|field| field.pointer == "/b" && field.required));
}

#[test]
fn a_hidden_group_drops_objects_and_repeat_groups() {
    let person = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
    let schema = json!({"type": "object", "required": ["spouse", "children"], "properties": {
        "married": {"type": "boolean"}, "spouse": person, "children": {"type": "array", "minItems": 1, "items": person}}});
    let rule = json!({"effect": "SHOW", "condition": {"scope": "#/properties/married", "schema": {"const": true}}});
    let form = vertical(
        &schema,
        &json!([control("married"), {"type": "Group", "label": "家庭", "rule": rule, "elements": [control("spouse"), control("children")]}]),
    );
    let data = json!({"married": false, "spouse": {"name": "李四"}, "children": [{"name": "李五"}]});
    let evaluation = evaluate(&form, &data);
    assert_eq!(evaluation.relevant, json!({"married": false}));
    assert_eq!(wrong(&evaluation), []);
    let evaluation = evaluate(&form, &json!({"married": true}));
    assert_eq!(wrong(&evaluation), [("/spouse/name", "required"), ("/children", "required")]);
}

#[test]
fn a_value_stays_while_one_of_its_controls_is_visible() {
    let form = texts(&["a", "b"], &[], &json!([control("a"), control("b"), shown_with("b", "a", "1")]));
    assert_eq!(evaluate(&form, &json!({"b": "2"})).relevant, json!({"b": "2"}));
}

#[test]
fn an_object_asked_for_by_parts_keeps_the_visible_ones() {
    let schema = json!({"type": "object", "required": ["o"], "properties": {"a": {"type": "string"}, "o": {
        "type": "object", "required": ["x"], "properties": {"x": {"type": "string"}, "y": {"type": "string"}}}}});
    let mut x = json!({"type": "Control", "scope": "#/properties/o/properties/x"});
    x["rule"] = shown_with("o", "a", "1")["rule"].clone();
    let y = json!({"type": "Control", "scope": "#/properties/o/properties/y"});
    let form = vertical(&schema, &json!([control("a"), x, y]));
    let evaluation = evaluate(&form, &json!({"o": {"x": "1", "y": "2"}}));
    assert_eq!(evaluation.relevant, json!({"o": {"y": "2"}}));
    assert_eq!(wrong(&evaluation), []);
}

#[test]
fn soft_values_are_owed_and_not_missed() {
    let schema = json!({"type": "object", "required": ["a", "s"], "properties": {
        "a": {"type": "string"}, "s": {"type": "string", "x-soft": true, "minLength": 2}}});
    let form = vertical(&schema, &json!([control("a"), shown_with("s", "a", "1")]));
    let evaluation = evaluate(&form, &json!({"a": "1"}));
    assert_eq!((wrong(&evaluation), evaluation.owed.clone()), (vec![], vec!["/s".to_owned()]));
    let evaluation = evaluate(&form, &json!({"a": "0"}));
    assert_eq!((wrong(&evaluation), evaluation.owed.clone()), (vec![], vec![]), "what is hidden is not owed");
    let evaluation = evaluate(&form, &json!({"a": "1", "s": "x"}));
    assert_eq!((wrong(&evaluation), evaluation.owed.len()), (vec![("/s", "minLength")], 0));
}

#[test]
fn calculations_fill_their_fields() {
    let schema = json!({"type": "object", "properties": {
        "id": {"type": "string"},
        // Declared before what it reads.
        "age": {"type": "integer", "x-calc": {"age": [{"var": "birth"}]}},
        "ageThen": {"type": "integer", "x-calc": {"age": [{"var": "birth"}, "1926-11-22"]}},
        "birth": {"type": "string", "x-calc": {"birthDateOfId": [{"var": "id"}]}},
        "sex": {"type": "string", "x-calc": {"sexOfId": {"var": "id"}}},
        "members": {"type": "array", "items": {"type": "object", "properties": {
            "income": {"type": "number"}, "months": {"type": "integer"},
            "year": {"type": "number", "x-calc": {"*": [{"var": "income"}, {"var": "months"}]}}}}},
        "total": {"type": "number", "x-calc": {"reduce": [{"var": "members"}, {"+": [{"var": "current.year"}, {"var": "accumulator"}]}, 0]}},
        "sum": {"type": "number", "x-calc": {"sum": [{"var": "members"}, "income"]}},
        "day": {"type": "string", "x-calc": {"var": "$today"}}
    }});
    let names = schema["properties"].as_object().unwrap().keys();
    let elements = names.map(|name| match name.as_str() {
        "sum" => json!({"type": "Control", "scope": "#/properties/sum", "options": {"money": true}}),
        name => control(name),
    });
    let form = vertical(&schema, &elements.collect());
    let data = json!({"id": "42900619000101002X", "members": [{"income": 0.1, "months": 12}, {"income": 0.2, "months": 10}], "age": 3});
    let evaluation = evaluate(&form, &data);
    let got = &evaluation.data;
    assert_eq!(
        (&got["birth"], &got["sex"], &got["age"], &got["ageThen"]),
        (&json!("1900-01-01"), &json!("female"), &json!(126), &json!(26))
    );
    assert_eq!((&got["members"][1]["year"], &got["sum"], &got["day"]), (&json!(2), &json!(0.3), &json!("2026-11-23")));
    assert!((got["total"].as_f64().unwrap() - 3.2).abs() < 1e-9);
    assert_eq!(&evaluation.relevant, got);
    assert!(fields(&evaluation).all(|field| field.enabled != form.control(field.control).unwrap().calculated));
    let unreadable = evaluate(&form, &json!({"id": "42900619000101002", "age": 3, "sex": "male"}));
    assert_eq!(unreadable.data.get("age"), None, "what cannot be calculated leaves no value");
    assert_eq!(unreadable.data.get("sex"), None);
}

#[test]
fn calculations_see_what_is_relevant_and_rules_see_calculations() {
    let schema = json!({"type": "object", "required": ["guardian"], "properties": {
        "married": {"type": "boolean"}, "own": {"type": "number"}, "spouse": {"type": "number"},
        "total": {"type": "number", "x-calc": {"+": [{"var": "own"}, {"var": "spouse"}]}},
        "guardian": {"type": "string"}}});
    let when = |name: &str, other: &str, schema: Value| {
        let mut control = control(name);
        control["rule"] =
            json!({"effect": "SHOW", "condition": {"scope": format!("#/properties/{other}"), "schema": schema}});
        control
    };
    let form = vertical(
        &schema,
        &json!([
            control("married"),
            control("own"),
            when("spouse", "married", json!({"const": true})),
            control("total"),
            when("guardian", "total", json!({"maximum": 100}))
        ]),
    );
    let evaluation = evaluate(&form, &json!({"married": false, "own": 60, "spouse": 50}));
    assert_eq!(evaluation.relevant, json!({"married": false, "own": 60, "total": 60}));
    assert_eq!(wrong(&evaluation), [("/guardian", "required")]);
    let evaluation = evaluate(&form, &json!({"married": true, "own": 60, "spouse": 50}));
    assert_eq!((evaluation.relevant["total"].clone(), wrong(&evaluation)), (json!(110), vec![]));
}

#[test]
fn checks_compare_what_is_there() {
    let message = json!({"zh-CN": "死亡日期不能早于出生日期", "en": "Death comes after birth"});
    let entry = json!({"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}},
        "x-check": [{"rule": {"<=": [{"var": "from"}, {"var": "to"}]}, "message": message, "at": "/to"}]});
    let schema = json!({"type": "object", "properties": {
        "birth": {"type": "string"}, "death": {"type": "string"}, "phone": {"type": "string"}, "mobile": {"type": "string"},
        "stays": {"type": "array", "items": entry}},
        "x-check": [
            {"rule": {">=": [{"var": "death"}, {"var": "birth"}]}, "message": message, "at": "/death"},
            {"rule": {"<=": [{"var": "birth"}, {"var": "$today"}]}, "message": message, "at": "/birth"},
            {"rule": {"or": [{"var": "phone"}, {"var": "mobile"}]}, "message": message}]});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let table = [
        (json!({"phone": "1"}), vec![]),
        (json!({"phone": "1", "birth": "1960-01-01"}), vec![]),
        (json!({"phone": "1", "birth": "1960-01-01", "death": "1959-12-31"}), vec!["/death"]),
        (json!({"phone": "1", "birth": "2960-01-01"}), vec!["/birth"]),
        (json!({}), vec![""]),
        (
            json!({"mobile": "1", "stays": [{"from": "2", "to": "1"}, {"from": "1", "to": "2"}, {"from": "1"}]}),
            vec!["/stays/0/to"],
        ),
    ];
    for (data, expected) in table {
        let evaluation = evaluate(&form, &data);
        let pointers: Vec<&str> = wrong(&evaluation).into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(pointers, expected, "{data}");
        if let Some(error) = evaluation.errors.first() {
            assert_eq!(error.sentence(&Locale::of(Language::English)), "Death comes after birth");
            assert_eq!(error.sentence(&Locale::of(Language::Chinese)), "死亡日期不能早于出生日期");
        }
    }
}

#[test]
fn a_chain_of_rules_is_settled_in_one_round_whatever_its_order() {
    let names: Vec<String> = (0..200).map(|n| format!("p{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let chain = |names: &[&str]| -> Form {
        let ruled = names.windows(2).map(|pair| shown_with(pair[0], pair[1], "1"));
        let elements: Vec<Value> = ruled.chain([control(names[names.len() - 1])]).collect();
        texts(names, &[], &json!(elements))
    };
    let backwards: Vec<&str> = names.iter().rev().copied().collect();
    for names in [names, backwards] {
        let form = chain(&names);
        let all: serde_json::Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), json!("1"))).collect();
        let mut data = Value::Object(all);
        data[names[150]] = json!("0");
        let settled = crate::forms::relevance::settle(&form, &data, &crate::forms::logic::Means::new(TODAY));
        let left: BTreeSet<&str> = settled.relevant.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(left, names[150..].iter().copied().collect());
        assert_eq!(settled.rounds, 1);
    }
}

#[test]
fn an_optional_object_asks_for_nothing_until_it_is_there() {
    let inner = json!({"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}});
    let outer = json!({"type": "object", "required": ["i"], "properties": {"i": inner, "y": {"type": "string"}}});
    let schema = json!({"type": "object", "required": ["must"], "properties": {"may": outer, "must": outer}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let marked = |data: &Value| -> Vec<String> {
        let evaluation = evaluate(&form, data);
        fields(&evaluation).filter(|field| field.required).map(|field| field.pointer.clone()).collect()
    };
    assert_eq!(marked(&json!({})), ["/must/i/x"]);
    assert_eq!(marked(&json!({"may": {"y": "1"}})), ["/may/i/x", "/must/i/x"]);
    let cleared = |mut data: Value, at: &str| {
        form.clear(&mut data, at);
        data
    };
    let full = json!({"may": {"i": {"x": "1"}}, "must": {"i": {"x": "1"}}});
    assert_eq!(cleared(full.clone(), "/may/i/x"), json!({"must": {"i": {"x": "1"}}}));
    assert_eq!(cleared(full.clone(), "/must/i/x"), json!({"may": {"i": {"x": "1"}}, "must": {"i": {}}}));
    assert_eq!(cleared(json!({"may": {"i": {"x": "1"}, "y": "2"}}), "/may/i/x"), json!({"may": {"i": {}, "y": "2"}}));
}

#[test]
fn a_calculated_number_has_the_decimals_that_its_step_leaves() {
    let entries = json!({"type": "array", "items": {"type": "object", "properties": {"f": {"type": "number"}}}});
    let sum = |step: Value| json!({"type": "number", "multipleOf": step, "x-calc": {"sum": [{"var": "k"}, "f"]}});
    for (step, expected) in
        [(json!(0.01), json!(0.3)), (json!(0.05), json!(0.3)), (json!(1), json!(0)), (json!(0.1), json!(0.3))]
    {
        let schema = json!({"type": "object", "properties": {"k": entries, "s": sum(step.clone())}});
        let form = Form::load(&schema, None, &NoCodeLists).unwrap();
        let evaluation = evaluate(&form, &json!({"k": [{"f": 0.1}, {"f": 0.2}]}));
        assert_eq!((&evaluation.relevant["s"], wrong(&evaluation)), (&expected, vec![]), "{step}");
    }
}

/// What keeps `c` is a control below it, which a rule about `c` shows: dropped, it would stay dropped.
#[test]
fn what_is_asked_for_twice_is_judged_from_the_data_as_given() {
    let schema = json!({"type": "object", "properties": {
        "c": {"type": "object", "properties": {"age": {"type": "string"}}},
        "d": {"type": "string"}, "e": {"type": "string"}}});
    let rule = |scope: &str, schema: Value| json!({"effect": "HIDE", "condition": {"scope": scope, "schema": schema}});
    let uischema = json!({"type": "VerticalLayout", "elements": [
        {"type": "Control", "scope": "#/properties/e"},
        {"type": "Control", "scope": "#/properties/c", "rule": rule("#/properties/e", json!({"const": "x"}))},
        {"type": "Group", "rule": rule("#/properties/c", json!({"required": ["a"]})), "elements": [
            {"type": "Control", "scope": "#/properties/c/properties/age"},
            {"type": "Control", "scope": "#/properties/d"}]}]});
    let form = Form::load(&schema, Some(&uischema), &NoCodeLists).unwrap();
    let data = json!({"c": {"age": "80"}, "d": "1", "e": "x"});
    assert_eq!(evaluate(&form, &data).relevant, data);
}
