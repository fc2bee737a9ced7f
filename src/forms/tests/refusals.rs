//! What the dialect does not allow is refused when the form is loaded, with the place.

use super::*;

fn refusal(schema: &Value, uischema: Option<&Value>) -> (String, String) {
    let error = Form::load(schema, uischema, &NoCodeLists).unwrap_err();
    (format!("{}#{}", error.document, error.pointer), error.reason.to_string())
}

#[test]
fn schemas_outside_the_dialect_are_refused() {
    let property = |property: Value| json!({"type": "object", "properties": {"p": property}});
    let table = [
        (property(json!({"x-colour": 1})), "schema#/properties/p/x-colour"),
        (property(json!({"x-soft": "yes"})), "schema#/properties/p/x-soft"),
        (property(json!({"x-capture": "camera"})), "schema#/properties/p/x-capture"),
        (property(json!({"x-term": ""})), "schema#/properties/p/x-term"),
        (property(json!({"x-options": {"list": "a"}})), "schema#/properties/p/x-options"),
        (property(json!({"x-message": {"required": "text"}})), "schema#/properties/p/x-message/required"),
        (property(json!({"x-calc": {"shell": ["ls"]}})), "schema#/properties/p/x-calc"),
        (property(json!({"x-calc": {"+": [1], "-": [2]}})), "schema#/properties/p/x-calc"),
        (property(json!({"x-calc": {"var": {"var": "a"}}})), "schema#/properties/p/x-calc"),
        (property(json!({"x-check": [{"rule": true}]})), "schema#/properties/p/x-check/0/message"),
        (property(json!({"x-check": [{"message": {"en": "x"}}]})), "schema#/properties/p/x-check/0"),
        (property(json!({"$ref": "https://example.org/s.json"})), "schema#/properties/p/$ref"),
        (property(json!({"$ref": "other.json#/a"})), "schema#/properties/p/$ref"),
        (property(json!({"$ref": "#/$defs/none"})), "schema#/properties/p/$ref"),
        (property(json!({"$ref": "#"})), "schema#/properties/p/$ref"),
        (property(json!({"$ref": "#/properties/p"})), "schema#/properties/p/$ref"),
        (property(json!({"$dynamicRef": "#x"})), "schema#/properties/p/$dynamicRef"),
        (property(json!({"$id": "x"})), "schema#/properties/p/$id"),
        (property(json!(3)), "schema#/properties/p"),
        (property(json!({"minLength": "long"})), "schema#/properties/p/minLength"),
        (property(json!({"pattern": "("})), "schema#/properties/p/pattern"),
        (
            json!({"type": "object", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
            "schema#/$defs/b/$ref",
        ),
        (json!({"type": "array", "items": {}}), "schema#"),
        (property(json!({"type": "array", "items": {"type": "string", "x-calc": 1}})), "schema#"),
        (json!([]), "schema#"),
        (json!(true), "schema#"),
    ];
    for (schema, place) in table {
        let (found, reason) = refusal(&schema, None);
        assert_eq!(found, place, "{schema}: {reason}");
    }
}

#[test]
fn layouts_outside_the_dialect_are_refused() {
    let schema = json!({"type": "object", "properties": {"p": {"type": "string"}, "m": {"type": "array", "items": {"type": "object", "properties": {"x": {}}}}}});
    let ruled = |condition: Value| json!({"type": "Control", "scope": "#/properties/p", "rule": {"effect": "ENABLE", "condition": condition}});
    let table = [
        (json!({"type": "Carousel", "elements": []}), "uischema#/type"),
        (json!({}), "uischema#/type"),
        (json!("x"), "uischema#"),
        (json!({"type": "Group"}), "uischema#/elements"),
        (json!({"type": "Group", "elements": [7]}), "uischema#/elements/0"),
        (json!({"type": "Control"}), "uischema#/scope"),
        (json!({"type": "Control", "scope": "#/properties/q"}), "uischema#/scope"),
        (json!({"type": "Control", "scope": "#/properties/m/items/properties/x"}), "uischema#/scope"),
        (json!({"type": "Control", "scope": "p"}), "uischema#/scope"),
        (json!({"type": "Category", "elements": []}), "uischema#"),
        (json!({"type": "Categorization", "elements": []}), "uischema#"),
        (json!({"type": "Categorization", "elements": [{"type": "Group", "elements": []}]}), "uischema#/elements/0"),
        (
            json!({"type": "Group", "elements": [], "rule": {"effect": "BLINK", "condition": {}}}),
            "uischema#/rule/effect",
        ),
        (json!({"type": "Group", "elements": [], "rule": {"effect": "SHOW"}}), "uischema#/rule/condition"),
        (ruled(json!("() => true")), "uischema#/rule/condition"),
        (ruled(json!({"scope": "#", "validate": "() => true"})), "uischema#/rule/condition/validate"),
        (ruled(json!({"type": "XOR", "conditions": []})), "uischema#/rule/condition/type"),
        (ruled(json!({"type": "AND"})), "uischema#/rule/condition/conditions"),
        (ruled(json!({"scope": "#/properties/p"})), "uischema#/rule/condition"),
        (
            ruled(json!({"scope": "#", "schema": {"$ref": "http://example.org"}})),
            "uischema#/rule/condition/schema/$ref",
        ),
        (ruled(json!({"scope": "#", "schema": {"minimum": "x"}})), "uischema#/rule/condition/schema/minimum"),
        (
            json!({"type": "Control", "scope": "#/properties/m", "options": {"elementLabelProp": "y"}}),
            "uischema#/options/elementLabelProp",
        ),
        (
            json!({"type": "Control", "scope": "#/properties/m", "options": {"detail": {"type": "Control", "scope": "#/properties/y"}}}),
            "uischema#/options/detail/scope",
        ),
    ];
    for (uischema, place) in table {
        let (found, reason) = refusal(&schema, Some(&uischema));
        assert_eq!(found, place, "{uischema}: {reason}");
    }
}

#[test]
fn what_is_odd_is_done_without() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "string", "format": "colour"}, "b": {"type": "array"}, "c": {"type": "string", "x-options": {"list": "none", "version": 1}}}});
    let uischema = json!({"type": "VerticalLayout", "elements": [
        {"type": "Control", "scope": "#/properties/a", "options": {"slider": true, "format": "radio"}},
        {"type": "Control", "scope": "#/properties/b"},
        {"type": "Control", "scope": "#/properties/c", "rule":
            {"effect": "SHOW", "condition": {"scope": "#/properties/undeclared", "schema": {"const": 1}}}}]});
    let form = Form::load(&schema, Some(&uischema), &NoCodeLists).unwrap();
    assert!(form.controls().iter().all(|control| matches!(control.kind, ControlKind::Text)));
    let places: Vec<String> =
        form.warnings().iter().map(|warning| format!("{}#{}", warning.document, warning.pointer)).collect();
    assert_eq!(
        places,
        [
            "schema#/properties/a/format",
            "schema#/properties/c/x-options",
            "uischema#/elements/0/options/slider",
            "uischema#/elements/0/options/format",
            "uischema#/elements/1",
            "uischema#/elements/2/rule/condition/scope",
        ]
    );
    assert_eq!(visible(&evaluate(&form, &json!({"undeclared": 1}))).len(), 3, "JSON Forms looks there all the same");
}

#[test]
fn cycles_are_refused() {
    let rule = |scope: &str, schema: Value| json!({"effect": "SHOW", "condition": {"scope": scope, "schema": schema}});
    let control =
        |name: &str, rule: Value| json!({"type": "Control", "scope": format!("#/properties/{name}"), "rule": rule});
    let plain = |name: &str| json!({"type": "Control", "scope": format!("#/properties/{name}")});
    let schema = |calc_a: Value, calc_b: Value| {
        let mut schema = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}}});
        for (name, calc) in [("a", calc_a), ("b", calc_b)] {
            if !calc.is_null() {
                schema["properties"][name]["x-calc"] = calc;
            }
        }
        schema
    };
    let is = || json!({"const": "x"});
    let var = |name: &str| json!({"var": name});
    let none = Value::Null;
    let table = [
        // a control of its own value
        (schema(none.clone(), none.clone()), json!([control("a", rule("#/properties/a", is()))]), false),
        // a on b on a
        (
            schema(none.clone(), none.clone()),
            json!([control("a", rule("#/properties/b", is())), control("b", rule("#/properties/a", is()))]),
            false,
        ),
        // a group by what it holds
        (
            schema(none.clone(), none.clone()),
            json!([{"type": "Group", "elements": [plain("a")], "rule": rule("#/properties/a", is())}]),
            false,
        ),
        // through the whole form, but only where it looks
        (
            schema(none.clone(), none.clone()),
            json!([plain("b"), control("a", rule("#", json!({"properties": {"b": is()}, "required": ["b"]})))]),
            true,
        ),
        (
            schema(none.clone(), none.clone()),
            json!([plain("b"), control("a", rule("#", json!({"properties": {"a": is()}})))]),
            false,
        ),
        (
            schema(none.clone(), none.clone()),
            json!([plain("b"), control("a", rule("#", json!({"minProperties": 2})))]),
            false,
        ),
        // calculations
        (schema(var("b"), var("c")), json!([plain("a"), plain("b")]), true),
        (schema(var("b"), var("a")), json!([plain("a"), plain("b")]), false),
        (schema(var(""), none.clone()), json!([plain("a")]), false),
        (schema(var("b"), none.clone()), json!([plain("a"), control("b", rule("#/properties/a", is()))]), false),
        // a chain is none
        (
            schema(none.clone(), none.clone()),
            json!([plain("a"), control("b", rule("#/properties/a", is())), control("c", rule("#/properties/b", is()))]),
            true,
        ),
    ];
    for (schema, elements, allowed) in table {
        let uischema = json!({"type": "VerticalLayout", "elements": elements});
        let loaded = Form::load(&schema, Some(&uischema), &NoCodeLists);
        assert_eq!(loaded.is_ok(), allowed, "{uischema} {:?}", loaded.err());
    }
}

#[test]
fn what_is_too_big_is_refused() {
    let text = "字".repeat(2_000_000);
    let mut deep = json!({});
    for _ in 0..100 {
        deep = json!({"type": "object", "properties": {"a": deep}});
    }
    let wide: serde_json::Map<String, Value> =
        (0..200_000).map(|n| (format!("property{n}"), json!({"type": "string"}))).collect();
    // Each definition holds the next twice: 2^40 subschemas.
    let doubled: serde_json::Map<String, Value> = (0..40)
        .map(|n| {
            let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
            (format!("d{n}"), json!({"properties": {"a": next, "b": next}}))
        })
        .chain([("d40".to_owned(), json!({}))])
        .collect();
    // Each of a thousand properties would be looked for in each of a thousand alternatives.
    let branches: Vec<_> = (0..1_000).map(|n| json!({"properties": {format!("a{n}"): {"type": "string"}}})).collect();
    for schema in [
        json!({"type": "object", "description": text}),
        deep,
        json!({"type": "object", "anyOf": branches}),
        json!({"type": "object", "properties": wide}),
        json!({"type": "object", "$ref": "#/$defs/d0", "$defs": doubled}),
    ] {
        assert!(Form::load(&schema, None, &NoCodeLists).is_err());
    }
    let choices: Vec<_> = (0..5_000).map(|n| json!({"const": n, "title": format!("第{n}项")})).collect();
    assert!(
        Form::load(&json!({"type": "object", "properties": {"a": {"oneOf": choices}}}), None, &NoCodeLists).is_ok()
    );
}

#[test]
fn data_nested_too_deeply_is_an_error_and_no_crash() {
    let form = Form::load(&json!({"type": "object", "properties": {"a": {}}}), None, &NoCodeLists).unwrap();
    let mut deep = json!(1);
    for _ in 0..500 {
        deep = json!([deep]);
    }
    let evaluation = evaluate(&form, &json!({"a": deep}));
    assert_eq!(evaluation.errors.len(), 1);
    assert_eq!(evaluation.errors[0].sentence(&Locale::of(Language::Chinese)), "内容层次太多，无法处理");
}

#[test]
fn what_is_wrong_is_shown_in_its_place() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "number", "x-calc": {"var": "b"}}, "b": {"type": "number", "x-calc": {"var": "a"}}}});
    assert_eq!(refusal(&schema, None).0, "schema#/properties/a/x-calc");
    let ruled = json!({"type": "Control", "scope": "#/properties/p",
        "rule": {"effect": "SHOW", "condition": {"scope": "#/properties/p", "schema": {"const": "x"}}}});
    let schema = json!({"type": "object", "properties": {"p": {"type": "string"}}});
    let uischema = json!({"type": "VerticalLayout", "elements": [ruled]});
    assert_eq!(refusal(&schema, Some(&uischema)).0, "uischema#/elements/0/rule");
    // A generated layout has its places in the schema.
    let odd = json!({"type": "object", "properties": {"odd": {"type": "null"}}});
    let schema = json!({"type": "object", "properties": {"o": odd, "l": {"type": "array", "items": odd}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let places: Vec<&str> = form.warnings().iter().map(|warning| warning.pointer.as_str()).collect();
    assert_eq!(places, ["/properties/o/properties/odd", "/properties/l/items/properties/odd"]);
}

#[test]
fn what_holds_always_stands_where_it_always_holds() {
    let keywords = [
        ("x-soft", json!(true)),
        ("x-calc", json!({"+": [1, 2]})),
        ("x-check", json!([{"rule": true, "message": {"en": "m"}}])),
        ("x-options", json!({"list": "areas", "version": 1})),
    ];
    for (keyword, value) in keywords {
        let marked = json!({"type": "string", keyword: value});
        let held = json!({"properties": {"p": marked}});
        let table = [
            (json!({"if": {}, "then": held}), "/then/properties/p"),
            (json!({"if": {}, "else": held}), "/else/properties/p"),
            (json!({"anyOf": [held]}), "/anyOf/0/properties/p"),
            (json!({"oneOf": [{}, held]}), "/oneOf/1/properties/p"),
            (json!({"not": held}), "/not/properties/p"),
            (json!({"dependentSchemas": {"q": held}}), "/dependentSchemas/q/properties/p"),
            (json!({"patternProperties": {"^q": marked}}), "/patternProperties/^q"),
            (json!({"additionalProperties": marked}), "/additionalProperties"),
            (json!({"properties": {"l": {"prefixItems": [marked]}}}), "/properties/l/prefixItems/0"),
            (json!({"properties": {"l": {"contains": marked}}}), "/properties/l/contains"),
            (json!({"$defs": {"d": marked}, "anyOf": [{"properties": {"p": {"$ref": "#/$defs/d"}}}]}), "/$defs/d"),
        ];
        for (mut schema, place) in table {
            schema["type"] = json!("object");
            let (found, reason) = refusal(&schema, None);
            assert_eq!(found, format!("schema#{place}/{keyword}"), "{reason}");
            assert!(reason.starts_with(&format!("`{keyword}` holds always")), "{reason}");
        }
        // Where it holds always, however it is brought in.
        let schema = json!({"type": "object", "$defs": {"d": marked, "unused": marked}, "properties": {"p": {"$ref": "#/$defs/d"}},
            "allOf": [{"properties": {"q": marked}}]});
        Form::load(&schema, None, &Lists).unwrap();
    }
}

#[test]
fn an_author_sees_every_fault_of_a_schema_at_once() {
    let schema = json!({"type": "object", "properties": {"a": {"x-colour": 1}, "b": {"type": "string", "x-soft": 1},
        "c": {"$ref": "#/$defs/none"}, "d": {"type": "array", "items": {"x-calc": {"shell": []}}}, "e": {"$ref": "#"}}});
    let faults = Form::faults(&schema, None, &NoCodeLists);
    let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    let at = ["a/x-colour", "b/x-soft", "c/$ref", "d/items/x-calc", "e/$ref"].map(|at| format!("/properties/{at}"));
    assert_eq!(places, at);
    assert_eq!(faults[0], Form::load(&schema, None, &NoCodeLists).unwrap_err());
    assert_eq!(Form::faults(&json!({"type": "object"}), None, &NoCodeLists), []);
}

#[test]
fn an_author_sees_every_fault_of_a_layout_at_once() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}, "l": {"type": "array", "items": {
        "type": "object", "properties": {"x": {"type": "string"}}}}}});
    let control = |scope: &str| json!({"type": "Control", "scope": scope});
    let ruled = |effect: &str, condition: Value| json!({"type": "Label", "text": "t", "rule": {"effect": effect, "condition": condition}});
    let layout = json!({"type": "VerticalLayout", "elements": [
        control("#/properties/none"),
        {"type": "Slider", "scope": "#/properties/a"},
        {"type": "Control"},
        {"type": "Group"},
        ruled("FADE", json!({"type": "NAND"})),
        ruled("SHOW", json!({"type": "OR", "conditions": [{"validate": "f"}, {"scope": 1}, {"type": "AND"},
            {"scope": "#/properties/a", "schema": {"$ref": "#/none", "x-no": 1}}]})),
        {"type": "Control", "scope": "#/properties/l", "options": {"elementLabelProp": "y", "detail": {"type": "Group",
            "elements": [control("#/properties/x"), control("#/properties/z")]}}},
        {"type": "Categorization", "elements": [control("#/properties/a")]},
        3]});
    let places = |schema: &Value| -> Vec<String> {
        let faults = Form::faults(schema, Some(&layout), &NoCodeLists);
        faults.iter().map(|fault| format!("{}{}", fault.document, fault.pointer)).collect()
    };
    let expected = [
        "/0/scope",
        "/1/type",
        "/2/scope",
        "/3/elements",
        "/4/rule/effect",
        "/4/rule/condition/type",
        "/5/rule/condition/conditions/0/validate",
        "/5/rule/condition/conditions/1/scope",
        "/5/rule/condition/conditions/2/conditions",
        "/5/rule/condition/conditions/3/schema/x-no",
        "/6/options/detail/elements/1/scope",
        "/6/options/elementLabelProp",
        "/7/elements/0",
        "/8",
    ]
    .map(|at| format!("uischema/elements{at}"));
    assert_eq!(places(&schema), expected);
    let mut faulty = schema.clone();
    faulty["properties"]["a"]["x-soft"] = json!(1);
    let both = places(&faulty);
    assert_eq!((both[0].as_str(), &both[1..]), ("schema/properties/a/x-soft", &expected[..]));
    // A scope may lead to what is missing only because of the fault.
    faulty["properties"]["a"] = json!({"$ref": "#/nowhere"});
    let both = places(&faulty);
    assert_eq!(both[0], "schema/properties/a/$ref");
    assert!(!both.contains(&expected[0]) && both.contains(&expected[1]), "{both:?}");
}

#[test]
fn a_fault_is_told_once_and_what_comes_of_it_is_not() {
    let schema = json!({"type": "object", "properties": {"a": {"x-check": [{"rule": {"shell": 1}, "message": {"en": "x"}}]},
        "b": {"$ref": "#/$defs/b"}, "c": {"$ref": "#/$defs/b/properties/x"}, "e": {"$ref": "urn:onewindow:terms:1#/$defs/none"}},
        "$defs": {"b": 7}});
    let places: Vec<String> =
        Form::faults(&schema, None, &NoCodeLists).into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(places, ["/properties/e/$ref", "/properties/a/x-check/0/rule", "/$defs/b", "/properties/c/$ref"]);
}

#[test]
fn every_reason_stands_in_both_languages() {
    let source = include_str!("../../../config/locales/zh-CN/reasons.ftl");
    let keys: BTreeSet<&str> = source.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    let used: BTreeSet<&str> = [
        include_str!("../compile.rs"),
        include_str!("../control.rs"),
        include_str!("../dialect.rs"),
        include_str!("../formats.rs"),
        include_str!("../lint.rs"),
        include_str!("../limits.rs"),
        include_str!("../load.rs"),
        include_str!("../logic.rs"),
        include_str!("../model.rs"),
        include_str!("../objection.rs"),
        include_str!("../order.rs"),
        include_str!("../rules.rs"),
        include_str!("../schema.rs"),
        include_str!("../vocabulary.rs"),
        include_str!("../../catalogue/reasons.rs"),
        include_str!("../../catalogue/check/form.rs"),
    ]
    .iter()
    .flat_map(|source| source.split('"'))
    .filter(|text| {
        ["forms-re", "forms-ob", "forms-cl", "catalogue-reason-"].iter().any(|begin| text.starts_with(begin))
    })
    .collect();
    assert_eq!(keys, used);
}

#[test]
fn an_object_that_may_be_missing_unseen_is_odd() {
    let group = json!({"type": "object", "properties": {"x": {"type": "string", "x-soft": true}}});
    let mut soft = group.clone();
    soft["x-soft"] = json!(true);
    let schema = json!({"type": "object", "$defs": {"soft": soft}, "properties": {"a": {"$ref": "#/$defs/soft"}, "b": group,
        "l": {"type": "array", "x-soft": true, "items": group}, "m": {"type": "array", "items": soft}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let slips = slips(&schema, None, Some(&form));
    let places: Vec<&str> = slips.iter().map(|slip| slip.pointer.as_str()).collect();
    assert_eq!(places, ["/properties/a/x-soft", "/properties/m/items/x-soft"]);
}
