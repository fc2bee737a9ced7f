//! Every error has a sentence, in both languages, with the limit and the value's own measure.

use super::*;

/// What fails, and how: a property's schema, a value for it, the keyword, and the sentence in Chinese and in English where it names a limit,
/// the value's own measure, or something else of the schema.
struct Case(Value, Value, &'static str, &'static str, &'static str);

fn failing() -> Vec<Case> {
    vec![
        Case(
            json!({"minLength": 2}),
            json!("张"),
            "minLength",
            "至少 2 个字，现在 1 个字",
            "At least 2 characters; now 1",
        ),
        Case(
            json!({"minLength": 1}),
            json!(""),
            "minLength",
            "至少 1 个字，现在 0 个字",
            "At least 1 character; now 0",
        ),
        Case(
            json!({"maxLength": 2}),
            json!("𠮷野家"),
            "maxLength",
            "最多 2 个字，现在 3 个字",
            "At most 2 characters; now 3",
        ),
        Case(
            json!({"maxLength": 1}),
            json!("张三"),
            "maxLength",
            "最多 1 个字，现在 2 个字",
            "At most 1 character; now 2",
        ),
        Case(
            json!({"minimum": 1000}),
            json!(1),
            "minimum",
            "不能小于 1000，现在是 1",
            "Must not be less than 1000; now 1",
        ),
        Case(
            json!({"maximum": 2.5}),
            json!(3),
            "maximum",
            "不能大于 2.5，现在是 3",
            "Must not be more than 2.5; now 3",
        ),
        Case(
            json!({"exclusiveMinimum": 2}),
            json!(2),
            "exclusiveMinimum",
            "必须大于 2，现在是 2",
            "Must be more than 2; now 2",
        ),
        Case(
            json!({"exclusiveMaximum": 2}),
            json!(2),
            "exclusiveMaximum",
            "必须小于 2，现在是 2",
            "Must be less than 2; now 2",
        ),
        Case(
            json!({"multipleOf": 1}),
            json!(1.5),
            "multipleOf",
            "请填整数，现在是 1.5",
            "Enter a whole number; now 1.5",
        ),
        Case(
            json!({"multipleOf": 0.01}),
            json!(1.555),
            "multipleOf",
            "最多保留 2 位小数，现在是 1.555",
            "At most 2 decimal places; now 1.555",
        ),
        Case(
            json!({"multipleOf": 0.1}),
            json!(1.55),
            "multipleOf",
            "最多保留 1 位小数，现在是 1.55",
            "At most 1 decimal place; now 1.55",
        ),
        Case(
            json!({"multipleOf": 3}),
            json!(4),
            "multipleOf",
            "必须是 3 的整数倍，现在是 4",
            "Must be a multiple of 3; now 4",
        ),
        Case(json!({"pattern": "^a+$"}), json!("b"), "pattern", "", ""),
        Case(json!({"enum": ["a"]}), json!("b"), "enum", "", ""),
        Case(json!({"oneOf": [{"const": "a"}, {"const": "b"}]}), json!("c"), "oneOf", "", ""),
        Case(json!({"oneOf": [{"type": "array"}, {"type": "null"}]}), json!({}), "oneOf", "", ""),
        Case(json!({"oneOf": [{"minimum": 1}, {"minimum": 2}]}), json!(3), "oneOf", "", ""),
        Case(json!({"anyOf": [{"const": "a"}, {"const": "b"}]}), json!("c"), "anyOf", "", ""),
        Case(json!({"not": {"const": "a"}}), json!("a"), "not", "", ""),
        Case(json!({"const": true}), json!(false), "const", "", ""),
        Case(json!({"const": false}), json!(true), "const", "", ""),
        Case(json!({"const": "a"}), json!("b"), "const", "这里只能填“a”", "Only “a” is possible here"),
        Case(json!({"const": 1}), json!(2), "const", "这里只能填“1”", "Only “1” is possible here"),
        Case(json!({"type": "number"}), json!("一"), "type", "", ""),
        Case(json!({"type": "integer"}), json!(1.5), "type", "", ""),
        Case(
            json!({"type": "integer"}),
            json!("12345678901234567"),
            "type",
            "数字最多 15 位，现在 17 位，多的会丢失；编号、代码请填在文字栏",
            "A number has at most 15 digits, now 17: the rest would be lost; a code belongs in a text",
        ),
        Case(json!({"type": "boolean"}), json!("也许"), "type", "", ""),
        Case(json!({"type": "string"}), json!(1), "type", "", ""),
        Case(json!({"type": "array"}), json!(1), "type", "", ""),
        Case(json!({"type": "object"}), json!(1), "type", "", ""),
        Case(json!({"type": "null"}), json!(1), "type", "", ""),
        Case(json!({"type": ["null", "integer"]}), json!("x"), "type", "", ""),
        Case(json!({"minItems": 2}), json!([1]), "minItems", "至少 2 项，现在 1 项", "At least 2 entries; now 1"),
        Case(json!({"minItems": 1}), json!([]), "minItems", "至少 1 项，现在 0 项", "At least 1 entry; now 0"),
        Case(json!({"maxItems": 1}), json!([1, 2]), "maxItems", "最多 1 项，现在 2 项", "At most 1 entry; now 2"),
        Case(json!({"prefixItems": [{}], "items": false}), json!([1, 2]), "items", "", ""),
        Case(json!({"uniqueItems": true}), json!([1, 1]), "uniqueItems", "", ""),
        Case(
            json!({"contains": {"const": 1}}),
            json!([2]),
            "contains",
            "符合要求的至少要有 1 项，现在 0 项",
            "At least 1 entry has to be of the kind that is wanted; now 0",
        ),
        Case(
            json!({"contains": {"const": 1}, "minContains": 3}),
            json!([1, 2, 1.0]),
            "contains",
            "符合要求的至少要有 3 项，现在 2 项",
            "At least 3 entries have to be of the kind that is wanted; now 2",
        ),
        Case(
            json!({"contains": {"const": 1}, "maxContains": 1}),
            json!([1, 2, 1]),
            "contains",
            "这样的最多 1 项，现在 2 项",
            "At most 1 entry of this kind; now 2",
        ),
        Case(
            json!({"contains": {"const": 1}, "maxContains": 2}),
            json!([2]),
            "contains",
            "符合要求的至少要有 1 项，现在 0 项",
            "At least 1 entry has to be of the kind that is wanted; now 0",
        ),
        Case(
            json!({"contains": {"const": 1}, "minContains": 2, "maxContains": 3}),
            json!([1]),
            "contains",
            "符合要求的至少要有 2 项，现在 1 项",
            "At least 2 entries have to be of the kind that is wanted; now 1",
        ),
        Case(
            json!({"minProperties": 1}),
            json!({}),
            "minProperties",
            "至少填 1 栏，现在 0 栏",
            "Fill in at least 1 field; now 0",
        ),
        Case(
            json!({"minProperties": 2}),
            json!({"x": 1}),
            "minProperties",
            "至少填 2 栏，现在 1 栏",
            "Fill in at least 2 fields; now 1",
        ),
        Case(
            json!({"maxProperties": 0}),
            json!({"x": 1}),
            "maxProperties",
            "最多填 0 栏，现在 1 栏",
            "Fill in at most 0 fields; now 1",
        ),
        Case(
            json!({"maxProperties": 1}),
            json!({"x": 1, "y": 2}),
            "maxProperties",
            "最多填 1 栏，现在 2 栏",
            "Fill in at most 1 field; now 2",
        ),
        Case(json!({"additionalProperties": false}), json!({"x": 1}), "additionalProperties", "", ""),
        Case(json!({"unevaluatedProperties": false}), json!({"x": 1}), "unevaluatedProperties", "", ""),
        Case(json!({"unevaluatedItems": false}), json!([1]), "unevaluatedItems", "", ""),
        Case(
            json!({"propertyNames": {"maxLength": 1}}),
            json!({"xx": 1}),
            "propertyNames",
            "“xx”不能用作这里的名称：最多 1 个字，现在 2 个字",
            "“xx” cannot be a name here: At most 1 character; now 2",
        ),
        Case(json!({"properties": {"x": false}}), json!({"x": 1}), "false schema", "", ""),
        Case(json!({"required": ["x"]}), json!({}), "required", "", ""),
        Case(
            json!({"required": ["x"], "properties": {"x": {"type": "array", "items": {"type": "string"}}}}),
            json!({}),
            "required",
            "",
            "",
        ),
        Case(
            json!({"required": ["x"], "properties": {"x": {"type": "integer", "x-calc": {"age": {"var": "p.birth"}}}}}),
            json!({}),
            "required",
            "",
            "",
        ),
        Case(
            json!({"dependentRequired": {"y": ["x"]}, "properties": {"y": {"title": "配偶姓名"}}}),
            json!({"y": 1}),
            "dependentRequired",
            "填了“配偶姓名”，这一栏也要填",
            "Required because “配偶姓名” is filled in",
        ),
        Case(
            json!({"dependentRequired": {"y/~": ["x"]}}),
            json!({"y/~": 1}),
            "dependentRequired",
            "填了“y/~”，这一栏也要填",
            "Required because “y/~” is filled in",
        ),
        Case(json!({"format": "idcard-cn"}), json!("429006190001010020"), "format", "", ""),
        Case(
            json!({"format": "idcard-cn"}),
            json!("429006000101001"),
            "format",
            "这是 15 位旧号码，请填新证上的 18 位号码",
            "",
        ),
        Case(json!({"format": "idcard-cn"}), json!("4290061900010100"), "format", "应为 18 位，现在 16 位，请核对", ""),
        Case(json!({"format": "uscc"}), json!("91420000000000000X"), "format", "", ""),
        Case(json!({"format": "uscc"}), json!("91429006MAC0TE5T4"), "format", "应为 18 位，现在 17 位，请核对", ""),
        Case(json!({"format": "mobile-cn"}), json!("02345678901"), "format", "", ""),
        Case(json!({"format": "mobile-cn"}), json!("1390000000"), "format", "应为 11 位，现在 10 位，请核对", ""),
        Case(json!({"format": "postcode-cn"}), json!("12345x"), "format", "", ""),
        Case(json!({"format": "bankcard-cn"}), json!("6222000000000000"), "format", "", ""),
        Case(json!({"format": "area-cn"}), json!("42900600000x"), "format", "", ""),
        Case(json!({"format": "date"}), json!("2024-02-30"), "format", "", ""),
        Case(json!({"format": "date-time"}), json!("2024-02-03"), "format", "", ""),
        Case(json!({"format": "time"}), json!("24:30"), "format", "", ""),
        Case(json!({"format": "email"}), json!("a@b"), "format", "", ""),
        Case(json!({"format": "ipv4"}), json!("x"), "format", "", ""),
        Case(
            json!({"type": "string", "x-options": {"list": "areas", "version": 1}}),
            json!("000000000000"),
            "x-options",
            "",
            "",
        ),
    ]
}

/// The keywords of JSON Schema 2020-12 that can fail by themselves, but for those that only apply schemas to parts of a value, and those whose
/// failure is told by the keywords in them (`if`, `allOf`, `dependentSchemas`, …).
const ASSERTIONS: [&str; 28] = [
    "additionalProperties",
    "anyOf",
    "const",
    "contains",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "false schema",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "propertyNames",
    "required",
    "type",
    "unevaluatedItems",
    "uniqueItems",
];

/// The keywords whose sentence says the limit and how much there is.
const MEASURED: [&str; 13] = [
    "contains",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "propertyNames",
];

#[test]
fn every_failure_has_a_sentence_in_both_languages() {
    let locales = Language::ALL.map(Locale::of);
    let [chinese, english] = &locales;
    let (mut keys, mut keywords) = (BTreeSet::new(), BTreeSet::new());
    for Case(property, value, keyword, in_chinese, in_english) in failing() {
        let form = vertical(
            &json!({"type": "object", "properties": {"p": property}}),
            &json!([{"type": "Control", "scope": "#/properties/p"}]),
        );
        let evaluation = evaluate(&form, &json!({"p": value}));
        let error = evaluation.errors.iter().find(|error| error.keyword == keyword);
        let error = error.unwrap_or_else(|| panic!("{property}: {:?}", evaluation.errors));
        keys.insert(error.detail.phrase.key);
        keywords.insert(keyword);
        for locale in &locales {
            assert!(locale.has(error.detail.phrase.key), "{}", error.detail.phrase.key);
            let sentence = error.sentence(locale);
            assert!(!sentence.contains(['{', '$']) && !sentence.contains("forms-error"), "{sentence}");
            assert!(!sentence.contains("is not") && !sentence.contains("does not"), "the validator's own: {sentence}");
        }
        assert!(!MEASURED.contains(&keyword) || !in_chinese.is_empty() && !in_english.is_empty(), "{property}");
        for (locale, expected) in [(chinese, in_chinese), (english, in_english)] {
            assert!(expected.is_empty() || error.sentence(locale) == expected, "{}", error.sentence(locale));
        }
        assert!(!MEASURED.contains(&keyword) || in_chinese.contains("现在"), "{in_chinese}");
    }
    let untold: Vec<_> = ASSERTIONS.iter().filter(|keyword| !keywords.contains(*keyword)).collect();
    assert_eq!(untold, [&""; 0]);
    // Every sentence of the file is reached, but for those that no form of the dialect can bring about.
    let unreachable = ["forms-error-content", "forms-error-invalid", "forms-error-too-deep"];
    let source = include_str!("../../../config/locales/zh-CN/forms.ftl");
    let defined = source.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
    let unused: Vec<&str> = defined
        .filter(|key| key.starts_with("forms-error-") && !keys.contains(key) && !unreachable.contains(key))
        .collect();
    assert_eq!(unused, Vec::<&str>::new());
}

#[test]
fn a_number_with_more_digits_than_it_holds_is_told_so() {
    let schema = json!({"type": "object", "properties": {"n": {"type": "number"}, "i": {"type": "integer"},
        "sum": {"type": "number", "x-calc": {"*": [{"var": "n"}, 10]}}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let chinese = Locale::of(Language::Chinese);
    let sentences = |data: Value| -> Vec<String> {
        evaluate(&form, &data)
            .errors
            .iter()
            .map(|error| format!("{} {}", error.pointer, error.sentence(&chinese)))
            .collect()
    };
    let told =
        |at: &str, digits: u32| format!("{at} 数字最多 15 位，现在 {digits} 位，多的会丢失；编号、代码请填在文字栏");
    // What was typed is a text still; what another program wrote is a number.
    assert_eq!(sentences(json!({"i": "9007199254740993"})), [told("/i", 16)]);
    assert_eq!(sentences(json!({"i": 9_007_199_254_740_993_i64})), [told("/i", 16)]);
    assert_eq!(sentences(json!({"n": "0.1234567890123456789"})), [told("/n", 19)]);
    assert_eq!(sentences(json!({"n": 9_000_000_000_000_000_i64})), [told("/sum", 17)], "what is calculated too");
    assert_eq!(sentences(json!({"n": "12", "i": "１２"})), ["/n 请填数字", "/i 请填整数"]);
    assert_eq!(sentences(json!({"n": 0.25, "i": 9_007_199_254_740_992_i64})), [""; 0]);
}

#[test]
fn what_is_contained_is_counted_wherever_the_schema_says_so() {
    let adult = json!({"type": "object", "required": ["age"], "properties": {"age": {"$ref": "#/$defs/age"}}});
    let list = json!({"type": "array", "items": {"type": "object", "properties": {"age": {"type": "integer"}}},
        "contains": {"$ref": "#/$defs/%E6%88%90%E5%B9%B4"}, "minContains": 2});
    let schema = json!({"$schema": DIALECT, "$id": "urn:x:1", "type": "object", "$defs": {"age": {"minimum": 18}, "成年": adult, "list%": list},
        "properties": {"home": {"type": "object", "properties": {"list": {"$ref": "#/$defs/list%25"}}}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let evaluation = evaluate(&form, &json!({"home": {"list": [{"age": 17}, {"age": 18}, {}]}}));
    let [error] = evaluation.errors.as_slice() else { panic!("{:?}", evaluation.errors) };
    assert_eq!(error.pointer, "/home/list");
    assert_eq!(error.sentence(&Locale::of(Language::Chinese)), "符合要求的至少要有 2 项，现在 1 项");
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
fn a_sentence_tells_nothing_of_a_sensitive_value_but_how_much_there_is() {
    let schema = json!({"type": "object", "properties": {
        "income": {"type": "number", "maximum": 100, "multipleOf": 0.5, "x-sensitive": true},
        "money": {"type": "number", "x-sensitive": true},
        "note": {"type": "string", "maxLength": 3, "x-sensitive": true},
        "open": {"type": "number", "maximum": 100}}});
    let control = |name: &str| json!({"type": "Control", "scope": format!("#/properties/{name}"), "options": {"money": name == "money"}});
    let form = vertical(&schema, &json!(["income", "money", "note", "open"].map(control)));
    let evaluation = evaluate(&form, &json!({"income": 7654.3, "money": 7654.321, "note": "7654.3", "open": 7654.3}));
    for language in [Language::Chinese, Language::English] {
        for error in &evaluation.errors {
            let sentence = error.sentence(&Locale::of(language));
            assert_eq!(sentence.contains("7654"), error.pointer == "/open", "{sentence}");
        }
    }
    assert_eq!(evaluation.errors.len(), 5, "{:?}", evaluation.errors);
    assert!(
        evaluation.errors.iter().any(|error| error.sentence(&Locale::of(Language::Chinese)).contains("现在 6 个字"))
    );
}

#[test]
fn what_is_contained_is_counted_in_as_many_lists_as_a_form_may_have() {
    let list =
        json!({"type": "array", "items": {"type": "string"}, "contains": {"$ref": "#/$defs/wanted"}, "minContains": 2});
    let lists = (0..3_000).map(|number| (format!("list{number}"), list.clone()));
    let schema =
        json!({"type": "object", "$defs": {"wanted": {"const": "x"}}, "properties": serde_json::Map::from_iter(lists)});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let evaluation = evaluate(&form, &json!({"list7": ["x", "y"], "list2999": ["x", "x"]}));
    assert_eq!(wrong(&evaluation), [("/list7", "contains")]);
    let sentence = evaluation.errors[0].sentence(&Locale::of(Language::Chinese));
    assert!(sentence.contains('2') && sentence.contains('1'), "{sentence}");
}
