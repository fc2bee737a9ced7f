//! Every error has a sentence, in both languages, and its place.

use super::*;

/// A property with the schema, a value for it, and the keyword that fails.
fn failing() -> Vec<(Value, Value, &'static str)> {
    vec![
        (json!({"minLength": 2}), json!("张"), "minLength"),
        (json!({"maxLength": 2}), json!("𠮷野家"), "maxLength"),
        (json!({"minimum": 2}), json!(1), "minimum"),
        (json!({"maximum": 2}), json!(3), "maximum"),
        (json!({"exclusiveMinimum": 2}), json!(2), "exclusiveMinimum"),
        (json!({"exclusiveMaximum": 2}), json!(2), "exclusiveMaximum"),
        (json!({"multipleOf": 1}), json!(1.5), "multipleOf"),
        (json!({"multipleOf": 0.01}), json!(1.555), "multipleOf"),
        (json!({"multipleOf": 3}), json!(4), "multipleOf"),
        (json!({"pattern": "^a+$"}), json!("b"), "pattern"),
        (json!({"enum": ["a"]}), json!("b"), "enum"),
        (json!({"oneOf": [{"const": "a"}, {"const": "b"}]}), json!("c"), "oneOf"),
        (json!({"oneOf": [{"type": "array"}, {"type": "null"}]}), json!({}), "oneOf"),
        (json!({"oneOf": [{"minimum": 1}, {"minimum": 2}]}), json!(3), "oneOf"),
        (json!({"anyOf": [{"const": "a"}, {"const": "b"}]}), json!("c"), "anyOf"),
        (json!({"not": {"const": "a"}}), json!("a"), "not"),
        (json!({"const": true}), json!(false), "const"),
        (json!({"const": false}), json!(true), "const"),
        (json!({"const": "a"}), json!("b"), "const"),
        (json!({"const": 1}), json!(2), "const"),
        (json!({"type": "number"}), json!("一"), "type"),
        (json!({"type": "integer"}), json!(1.5), "type"),
        (json!({"type": "boolean"}), json!("也许"), "type"),
        (json!({"type": "string"}), json!(1), "type"),
        (json!({"type": "array"}), json!(1), "type"),
        (json!({"type": "object"}), json!(1), "type"),
        (json!({"type": "null"}), json!(1), "type"),
        (json!({"type": ["null", "integer"]}), json!("x"), "type"),
        (json!({"minItems": 2}), json!([1]), "minItems"),
        (json!({"maxItems": 1}), json!([1, 2]), "maxItems"),
        (json!({"prefixItems": [{}], "items": false}), json!([1, 2]), "items"),
        (json!({"uniqueItems": true}), json!([1, 1]), "uniqueItems"),
        (json!({"contains": {"const": 1}}), json!([2]), "contains"),
        (json!({"contains": {"const": 1}, "maxContains": 1}), json!([1, 1]), "contains"),
        (json!({"contains": {"const": 1}, "minContains": 2}), json!([1]), "contains"),
        (json!({"minProperties": 1}), json!({}), "minProperties"),
        (json!({"maxProperties": 0}), json!({"x": 1}), "maxProperties"),
        (json!({"additionalProperties": false}), json!({"x": 1}), "additionalProperties"),
        (json!({"unevaluatedProperties": false}), json!({"x": 1}), "unevaluatedProperties"),
        (json!({"unevaluatedItems": false}), json!([1]), "unevaluatedItems"),
        (json!({"propertyNames": {"maxLength": 1}}), json!({"xx": 1}), "propertyNames"),
        (json!({"properties": {"x": false}}), json!({"x": 1}), "false schema"),
        (json!({"required": ["x"]}), json!({}), "required"),
        (
            json!({"required": ["x"], "properties": {"x": {"type": "array", "items": {"type": "string"}}}}),
            json!({}),
            "required",
        ),
        (
            json!({"required": ["x"], "properties": {"x": {"type": "integer", "x-calc": {"age": {"var": "p.birth"}}}}}),
            json!({}),
            "required",
        ),
        (json!({"dependentRequired": {"y": ["x"]}}), json!({"y": 1}), "dependentRequired"),
        (json!({"format": "idcard-cn"}), json!("429006190001010020"), "format"),
        (json!({"format": "idcard-cn"}), json!("429006000101001"), "format"),
        (json!({"format": "idcard-cn"}), json!("4290061900010100"), "format"),
        (json!({"format": "uscc"}), json!("91420000000000000X"), "format"),
        (json!({"format": "mobile-cn"}), json!("02345678901"), "format"),
        (json!({"format": "postcode-cn"}), json!("12345x"), "format"),
        (json!({"format": "bankcard-cn"}), json!("6222000000000000"), "format"),
        (json!({"format": "area-cn"}), json!("42900600000x"), "format"),
        (json!({"format": "date"}), json!("2024-02-30"), "format"),
        (json!({"format": "date-time"}), json!("2024-02-03"), "format"),
        (json!({"format": "time"}), json!("24:30"), "format"),
        (json!({"format": "email"}), json!("a@b"), "format"),
        (json!({"format": "ipv4"}), json!("x"), "format"),
        (json!({"type": "string", "x-options": {"list": "areas", "version": 1}}), json!("000000000000"), "x-options"),
    ]
}

#[test]
fn every_failure_has_a_sentence_in_both_languages() {
    let locales = Language::ALL.map(Locale::of);
    let mut keys = BTreeSet::new();
    for (property, value, keyword) in failing() {
        let form = vertical(
            &json!({"type": "object", "properties": {"p": property}}),
            &json!([{"type": "Control", "scope": "#/properties/p"}]),
        );
        let evaluation = evaluate(&form, &json!({"p": value}));
        let error = evaluation.errors.iter().find(|error| error.keyword == keyword);
        let error = error.unwrap_or_else(|| panic!("{property}: {:?}", evaluation.errors));
        keys.insert(error.detail.key);
        for locale in &locales {
            assert!(locale.has(error.detail.key), "{}", error.detail.key);
            let sentence = error.sentence(locale);
            assert!(!sentence.contains("{ $") && !sentence.contains("forms-error"), "{sentence}");
        }
    }
    // Every sentence of the file is reached, but for those that no form of the dialect can bring about.
    let unreachable =
        ["forms-error-additional-items", "forms-error-content", "forms-error-invalid", "forms-error-too-deep"];
    let source = include_str!("../../../config/locales/zh-CN/forms.ftl");
    let defined = source.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
    let unused: Vec<&str> = defined
        .filter(|key| key.starts_with("forms-error-") && !keys.contains(key) && !unreachable.contains(key))
        .collect();
    assert_eq!(unused, Vec::<&str>::new());
}

#[test]
fn sentences_count_and_name() {
    let cases = [
        (json!({"maxLength": 2}), json!("𠮷野家"), "最多 2 个字，现在 3 个字"),
        (json!({"minLength": 5}), json!("张三"), "至少 5 个字，现在 2 个字"),
        (json!({"minimum": 1000}), json!(1), "不能小于 1000，现在是 1"),
        (json!({"exclusiveMaximum": 3}), json!(3), "必须小于 3，现在是 3"),
        (json!({"multipleOf": 0.01}), json!(0.005), "最多保留 2 位小数，现在是 0.005"),
        (json!({"maxItems": 1}), json!(["a", "b"]), "最多 1 项，现在 2 项"),
        (json!({"format": "idcard-cn"}), json!("4290061900010100"), "应为 18 位，现在 16 位，请核对"),
        (json!({"format": "uscc"}), json!("91429006MAC0TE5T4"), "应为 18 位，现在 17 位，请核对"),
        (json!({"format": "idcard-cn"}), json!("429006000101001"), "这是 15 位旧号码，请填新证上的 18 位号码"),
    ];
    for (property, value, expected) in cases {
        let form = vertical(
            &json!({"type": "object", "properties": {"p": property}}),
            &json!([{"type": "Control", "scope": "#/properties/p"}]),
        );
        let evaluation = evaluate(&form, &json!({"p": value}));
        assert_eq!(evaluation.errors[0].sentence(&Locale::of(Language::Chinese)), expected);
    }
}

#[test]
fn a_form_may_have_its_own_sentences() {
    let schema = json!({"type": "object", "required": ["p"], "properties": {"p": {"type": "string", "maxLength": 1,
        "x-message": {"required": {"zh-CN": "请问清姓名", "en": "Ask for the name"}, "maxLength": {"zh-CN": "太长"}}}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let english = Locale::of(Language::English);
    assert_eq!(evaluate(&form, &json!({})).errors[0].sentence(&english), "Ask for the name");
    assert_eq!(evaluate(&form, &json!({"p": "ab"})).errors[0].sentence(&english), "太长");
    let mut dependent = schema.clone();
    dependent["required"] = json!([]);
    dependent["dependentRequired"] = json!({"q": ["p"]});
    let form = Form::load(&dependent, None, &NoCodeLists).unwrap();
    let error = &evaluate(&form, &json!({"q": 1})).errors[0];
    assert_eq!((error.keyword.as_str(), error.sentence(&english).as_str()), ("dependentRequired", "Ask for the name"));
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
fn no_sentence_is_the_validators_own() {
    for (property, value, _) in failing() {
        let form = vertical(
            &json!({"type": "object", "properties": {"p": property}}),
            &json!([{"type": "Control", "scope": "#/properties/p"}]),
        );
        for error in evaluate(&form, &json!({"p": value})).errors {
            let sentence = error.sentence(&Locale::of(Language::Chinese));
            assert!(!sentence.contains("is not") && !sentence.contains("does not"), "{sentence}");
        }
    }
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
