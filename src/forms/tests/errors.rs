//! Where errors stand, which there are, and which are excused.

use super::*;

#[test]
fn what_may_be_owed_is_excused_empty_as_it_is_missing() {
    let soft = [
        json!({"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"x": {"type": "string"}}}}),
        json!({"type": "array", "minItems": 2, "uniqueItems": true, "items": {"enum": ["a", "b"]}}),
        json!({"type": "array", "contains": {"const": "a"}, "items": {"type": "string"}}),
        json!({"type": "string", "minLength": 1}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "string", "pattern": "^a", "enum": ["a"]}),
        json!({"type": "string", "x-options": {"list": "areas", "version": 1}}),
    ];
    for mut property in soft {
        let empty = if property["type"] == "array" { json!([]) } else { json!("") };
        let wrong_with = |property: &Value, data: Value| {
            let schema = json!({"type": "object", "required": ["p"], "properties": {"p": property}});
            let evaluation = evaluate(&Form::load(&schema, None, &Lists).unwrap(), &data);
            (evaluation.errors.len(), evaluation.owed)
        };
        assert!(wrong_with(&property, json!({"p": empty})).0 > 0, "{property}");
        property["x-soft"] = json!(true);
        for data in [json!({}), json!({"p": empty}), json!({"p": null})] {
            assert_eq!(wrong_with(&property, data.clone()), (0, vec!["/p".to_owned()]), "{property} {data}");
        }
    }
}

#[test]
fn an_entry_is_named_as_its_choice_is() {
    let kinds = json!({"oneOf": [{"const": "roof", "title": "屋面"}, {"const": "wall", "title": "墙体"}]});
    let code = json!({"type": "string", "x-options": {"list": "areas", "version": 1}});
    let property = |named: Value| {
        let schema = json!({"type": "object", "properties": {"l": {"type": "array", "items": {"type": "object",
            "properties": {"x": named}}}}});
        vertical(
            &schema,
            &json!([{"type": "Control", "scope": "#/properties/l", "options": {"elementLabelProp": "x"}}]),
        )
    };
    let names = |named: Value, values: Value| -> Vec<String> {
        let entries: Vec<Value> = values.as_array().unwrap().iter().map(|value| json!({"x": value})).collect();
        let pages = evaluate(&property(named), &json!({"l": entries})).pages;
        let rows = pages.into_iter().flat_map(|page| page.rows);
        rows.filter_map(|row| if let Row::Entry { name, .. } = row { Some(name) } else { None }).collect()
    };
    assert_eq!(names(kinds, json!(["roof", "wall", "none", null])), ["屋面", "墙体", "none", ""]);
    assert_eq!(names(json!({"type": "integer"}), json!([3])), ["3"]);
    assert_eq!(names(code, json!(["429006000000", "x"])), ["天门市", "x"]);
}

#[test]
fn a_list_that_may_be_owed_begins_empty_and_can_be_emptied() {
    let mut schema = json!({"type": "object", "properties": {"l": {"type": "array", "minItems": 1, "items": {
        "type": "object", "properties": {"x": {"type": "string"}}}}}});
    let removable = |schema: &Value| {
        let form = Form::load(schema, None, &NoCodeLists).unwrap();
        let pages = evaluate(&form, &json!({"l": [{}]})).pages;
        let entry = pages[0].rows.iter().find_map(|row| match row {
            Row::Entry { removable, .. } => Some(*removable),
            _ => None,
        });
        (form.initial(), entry.unwrap())
    };
    assert_eq!(removable(&schema), (json!({"l": [{}]}), false));
    schema["properties"]["l"]["x-soft"] = json!(true);
    assert_eq!(removable(&schema), (json!({}), true));
}

#[test]
fn an_error_stands_at_what_is_too_much() {
    let errors = |property: Value, value: Value| {
        let schema = json!({"type": "object", "properties": {"a/b": property}});
        let form = vertical(&schema, &json!([{"type": "Control", "scope": "#/properties/a~1b"}]));
        let evaluation = evaluate(&form, &json!({"a/b": value}));
        evaluation.errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>()
    };
    let open = json!({"prefixItems": [{}], "contains": {"type": "string"}, "unevaluatedItems": false});
    assert_eq!(errors(open, json!([1, "x", 1, 2, "y", 1])), ["/a~1b/2", "/a~1b/3", "/a~1b/5"]);
    assert_eq!(errors(json!({"unevaluatedItems": {"minimum": 2}}), json!([1, 2, 1])), ["/a~1b/0", "/a~1b/2"]);
    assert_eq!(
        errors(json!({"propertyNames": {"pattern": "^x"}}), json!({"x": 1, "y": 1, "z/": 1})),
        ["/a~1b/y", "/a~1b/z~1"]
    );
}

#[test]
fn formats_are_judged_after_normalisation() {
    let table = [
        (
            "idcard-cn",
            vec![
                "11010519491231002X",
                "440524188001010014",
                "42900619000101002X",
                "42900619000101002x",
                "４２９００６１９０００１０１００２Ｘ",
                "429006 19000101 002X",
            ],
        ),
        (
            "uscc",
            vec![
                "11511301008778298W",
                "91350100M000100Y43",
                "11440100007482575H",
                "11440100007482575h",
                "11429006MB999999X6",
                "91429006MAC0TE5T4C",
                "52420106MJH000019D",
            ],
        ),
        ("mobile-cn", vec!["13900000000", "139 0000 0000"]),
        ("postcode-cn", vec!["431700", "４３１７００"]),
        ("area-cn", vec!["429006000000"]),
        ("date", vec!["2024-02-29", "２０２４-０２-２９"]),
        ("date-time", vec!["2024-02-29T09:30:00+08:00", "2024-02-29T09:30:00.5Z"]),
        ("time", vec!["09:30:00", "09:30:00Z", "23:59:60+08:00"]),
        ("email", vec!["zhang.san@example.cn", "张三@例子.中国"]),
    ];
    for (format, good) in table {
        let form = vertical(
            &json!({"type": "object", "properties": {"p": {"type": "string", "format": format}}}),
            &json!([{"type": "Control", "scope": "#/properties/p"}]),
        );
        for text in good {
            assert_eq!(wrong(&evaluate(&form, &json!({"p": text}))), [], "{format} {text}");
        }
        for text in ["", "x", "2024-2-9", "2024-02-29T9:30", "09:30:00+8", "a@b..cn", "42900619000101003X"] {
            assert_eq!(wrong(&evaluate(&form, &json!({"p": text}))), [("/p", "format")], "{format} {text}");
        }
    }
    let bad = [
        // the wrong check digit, a day that does not exist, a letter within, a zero lost
        ("idcard-cn", vec!["110105194912310021", "110105194902310026", "11010519491231002Y", "1101051949123100X"]),
        // the wrong check character, letters that the alphabet has not, a real code that lost a zero
        ("uscc", vec!["11511301008778298A", "115113010087782I8W", "91350100M00O100Y43", "1151130108778239R"]),
        ("mobile-cn", vec!["1390000000", "139000000000", "02700000000", "1390000000a"]),
        ("postcode-cn", vec!["43170", "4317000", "43170a"]),
        ("area-cn", vec!["42900600000", "4290060000000", "42900600000a"]),
        ("date", vec!["2023-02-29", "2024-13-01", "2024-04-31", "20240401"]),
    ];
    for (format, texts) in bad {
        let form = vertical(
            &json!({"type": "object", "properties": {"p": {"type": "string", "format": format}}}),
            &json!([{"type": "Control", "scope": "#/properties/p"}]),
        );
        for text in texts {
            assert_eq!(wrong(&evaluate(&form, &json!({"p": text}))), [("/p", "format")], "{format} {text}");
        }
    }
}

#[test]
fn errors_come_in_page_order_with_their_page() {
    let control = |name: &str| json!({"type": "Control", "scope": format!("#/properties/{name}")});
    let schema = json!({"type": "object", "required": ["a", "b", "c", "many"], "properties": {
        "a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}, "many": {"type": "array", "items": {
            "type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}}}}});
    let page = |elements: Value| json!({"type": "Category", "label": "页", "elements": elements});
    let form = form(
        &schema,
        &json!({"type": "Categorization", "elements": [page(json!([control("c"), control("many")])), page(json!([control("b"), control("a")]))]}),
    );
    let evaluation = evaluate(&form, &json!({"many": [{}]}));
    let placed: Vec<_> = evaluation.errors.iter().map(|error| (error.page, error.pointer.as_str())).collect();
    assert_eq!(placed, [(0, "/c"), (0, "/many/0/x"), (1, "/b"), (1, "/a")]);
}

#[test]
fn a_check_is_silent_where_something_else_is_wrong() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}},
        "x-check": [{"rule": {"!!": {"var": "a"}}, "message": {"en": "x"}, "at": "/a"}]});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    assert_eq!(wrong(&evaluate(&form, &json!({}))), [("/a", "required")]);
    assert_eq!(wrong(&evaluate(&form, &json!({"a": ""}))), [("/a", "x-check")]);
}

#[test]
fn a_check_is_silent_where_anything_that_it_reads_is_wrong_by_itself() {
    let date = json!({"type": "string", "format": "date"});
    let schema = json!({"type": "object", "properties": {"birth": date, "death": date, "other": date},
        "x-check": [{"rule": {">=": [{"var": "death"}, {"var": "birth"}]}, "message": {"en": "x"}, "at": "/death"}]});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let found = |birth: &str, other: &str| {
        let evaluation = evaluate(&form, &json!({"birth": birth, "death": "2024-01-01", "other": other}));
        evaluation.errors.into_iter().map(|error| error.pointer + " " + &error.keyword).collect::<Vec<_>>()
    };
    assert_eq!(found("zzz", "2024-01-01"), ["/birth format"]);
    assert_eq!(found("2024-01-02", "zzz"), ["/death x-check", "/other format"]);
}

#[test]
fn what_comes_in_as_json_is_normalised_before_anything_looks_at_it() {
    let id = json!({"type": "string", "format": "idcard-cn", "maxLength": 18});
    let date = json!({"type": "string", "format": "date"});
    let schema = json!({"type": "object", "properties": {"a": id, "b": id, "day": date,
        "birth": {"type": "string", "x-calc": {"birthDateOfId": [{"var": "a"}]}},
        "age": {"type": "integer", "x-calc": {"age": [{"var": "day"}, "2026-01-01"]}},
        "many": {"type": "array", "items": {"type": "object", "properties": {"at": date}}}},
        "x-check": [{"rule": {"==": [{"var": "a"}, {"var": "b"}]}, "message": {"en": "x"}}]});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let data = json!({"a": "429006 19000101 002x", "b": "４２９００６19000101002X", "day": "２０００-01-01",
        "many": [{"at": " ２０００-01-02 "}, {"at": 3}]});
    let evaluation = evaluate(&form, &data);
    assert_eq!(wrong(&evaluation), [("/many/1/at", "type")]);
    assert_eq!(
        evaluation.relevant,
        json!({"a": "42900619000101002X", "b": "42900619000101002X", "day": "2000-01-01", "birth": "1900-01-01", "age": 26,
            "many": [{"at": "2000-01-02"}, {"at": 3}]})
    );
}

#[test]
fn a_code_must_be_on_its_list_whether_it_is_asked_for_or_not() {
    let code = json!({"type": "string", "x-options": {"list": "areas", "version": 1}});
    let schema = json!({"type": "object", "properties": {"shown": {"type": "string"}, "code": code,
        "codes": {"type": "array", "items": code}, "o": {"type": "object", "properties": {"code": code}},
        "many": {"type": "array", "items": {"type": "object", "properties": {"code": code}}}}});
    let control = json!({"type": "Control", "scope": "#/properties/shown"});
    let form = vertical(&schema, &json!([control]));
    let (on, off) = ("429006000000", "429006");
    let good = json!({"code": on, "codes": [on], "o": {"code": on}, "many": [{"code": on}]});
    assert_eq!(wrong(&evaluate(&form, &good)), []);
    let bad = json!({"code": off, "codes": [on, off], "o": {"code": off}, "many": [{"code": on}, {"code": off}]});
    let mut found =
        wrong(&evaluate(&form, &bad)).into_iter().map(|(at, keyword)| format!("{at} {keyword}")).collect::<Vec<_>>();
    found.sort();
    assert_eq!(found, ["/code x-options", "/codes x-options", "/many/1/code x-options", "/o/code x-options"]);
    assert_eq!(wrong(&evaluate(&form, &json!({"code": 3}))), [("/code", "type")], "once is enough");
    // What is hidden is not there.
    let mut hidden = json!({"type": "Control", "scope": "#/properties/code"});
    hidden["rule"] = json!({"effect": "HIDE", "condition": {"scope": "#/properties/shown", "schema": {"const": "1"}}});
    let form = vertical(&schema, &json!([control, hidden]));
    assert_eq!(wrong(&evaluate(&form, &json!({"shown": "1", "code": off}))), []);
}

#[test]
fn an_amount_of_money_has_no_more_than_cents() {
    let schema = json!({"type": "object", "properties": {"n": {"type": "number"}}});
    let form = vertical(&schema, &json!([{"type": "Control", "scope": "#/properties/n", "options": {"money": true}}]));
    for amount in [json!(1), json!(0.1), json!(1234567.89), json!(-0.07)] {
        assert_eq!(wrong(&evaluate(&form, &json!({"n": amount}))), []);
    }
    for amount in [json!(1.005), json!(99999.999)] {
        let evaluation = evaluate(&form, &json!({"n": amount}));
        assert_eq!(wrong(&evaluation), [("/n", "multipleOf")]);
        let sentence = evaluation.errors[0].sentence(&Locale::of(Language::Chinese));
        assert_eq!(sentence, format!("最多保留 2 位小数，现在是 {amount}"));
    }
}

#[test]
fn a_moment_has_an_offset() {
    let schema = json!({"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    for at in ["2024-03-01T09:30:00+08:00", "2024-03-01t09:30:00z"] {
        assert_eq!(wrong(&evaluate(&form, &json!({"at": at}))), [], "{at}");
    }
    assert_eq!(wrong(&evaluate(&form, &json!({"at": "2024-03-01T09:30:00"}))), [("/at", "format")]);
}

#[test]
fn the_decimals_of_an_amount_are_told_once_and_calculated_as_the_schema_has_them() {
    let schema = json!({"type": "object", "properties": {
        "cents": {"type": "number", "multipleOf": 0.01}, "tenths": {"type": "number", "multipleOf": 0.1},
        "mills": {"type": "number", "multipleOf": 0.001}, "a": {"type": "number"},
        "yuan": {"type": "number", "multipleOf": 1, "x-calc": {"/": [{"var": "a"}, 3]}},
        "jiao": {"type": "number", "multipleOf": 0.1, "x-calc": {"/": [{"var": "a"}, 3]}},
        "exact": {"type": "number", "multipleOf": 0.0001, "x-calc": {"/": [{"var": "a"}, 3]}}}});
    let money =
        |name: &str| json!({"type": "Control", "scope": format!("#/properties/{name}"), "options": {"money": true}});
    let form = vertical(&schema, &json!(["cents", "tenths", "mills", "yuan", "jiao", "exact"].map(money)));
    let evaluation = evaluate(&form, &json!({"cents": 1.005, "tenths": 1.05, "mills": 1.005}));
    assert_eq!(wrong(&evaluation), [("/cents", "multipleOf"), ("/tenths", "multipleOf"), ("/mills", "multipleOf")]);
    let data = evaluate(&form, &json!({"a": 10})).data;
    assert_eq!((&data["yuan"], &data["jiao"], &data["exact"]), (&json!(3), &json!(3.3), &json!(3.33)));
}
