//! What is found in forms.

use super::*;

#[test]
fn every_slip_of_a_form_has_its_line_and_pointer() {
    let schema = "{\n\"type\": \"object\",\n\"properties\": {\n\"bank\": {\"type\": \"string\",\n\"x-colour\": 1},\n\"other\": {\n\"x-soft\": 1}}}";
    let mut folder = sound();
    folder.files.insert(SCHEMA_PATH.to_owned(), schema.to_owned().into());
    let (_, findings) = check(&folder);
    let places: Vec<_> = findings
        .iter()
        .filter(|finding| finding.key == "catalogue-check-form-refused")
        .map(|finding| (finding.line, finding.pointer.as_deref().unwrap()))
        .collect();
    assert_eq!(places, [(Some(5), "/properties/bank/x-colour"), (Some(7), "/properties/other/x-soft")], "{findings:?}");
}

#[test]
fn a_form_that_is_nested_too_deep_to_be_read_is_found() {
    let deep = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    for path in [SCHEMA_PATH, UI_PATH] {
        let (_, findings) = check(&with(path, &deep));
        let found: Vec<_> = findings.iter().map(|finding| (finding.file.as_str(), finding.key)).collect();
        assert_eq!(found, [(path, "catalogue-check-unreadable")]);
    }
}

#[test]
fn slips_of_the_pen_in_a_form_are_found_in_their_place() {
    let schema = r#"{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "title": "x", "required": ["zz", "hidden"],
"properties": {
"a": {"type": "string", "maxlength": 3, "x-message": {"maxLenght": {"zh-CN": "x", "en": "x"}}},
"b": {"type": "number", "x-calc": {"+": [{"var": "typo"}, {"var": "l.0.n"}, {"var": "open.any"}]}},
"l": {"type": "array", "items": {"type": "object", "required": ["m"], "properties": {"n": {"type": "number"}, "m": {"type": "number", "default": 1}}}},
"open": {"type": "object"},
"hidden": {"type": "string"},
"optional": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}},
"hidden": {"type": "string"}},
"x-check": [{"rule": true, "message": {"zh-CN": "m", "en": "m"}, "at": "/a"},
{"rule": {"<": [{"var": "nope"}, {"var": "$today"}]}, "message": {"zh-CN": "m", "en": "m"}, "at": "/l/0/zz"}]}"#;
    let ui = r##"{"type": "VerticalLayout", "elements": [
{"type": "Control", "scope": "#/properties/a", "label": 3, "rules": {}},
{"type": "Control", "scope": "#/properties/b", "rule": {"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {}, "failwhen": 1}}},
{"type": "Control", "scope": "#/properties/l", "label": false},
{"type": "Label", "txt": "x"}]}"##;
    let mut folder = with(SCHEMA_PATH, schema);
    folder.files.insert(UI_PATH.to_owned(), ui.into());
    let (_, findings) = check(&folder);
    let place = |finding: &Finding| {
        assert_eq!((finding.severity, finding.key), (Severity::Warning, "catalogue-check-form-warning"), "{finding:?}");
        let file = if finding.file == UI_PATH { "ui" } else { "schema" };
        format!("{file}:{}{}", finding.line.unwrap(), finding.pointer.as_deref().unwrap())
    };
    let mut found: Vec<String> = findings.iter().map(place).collect();
    found.sort();
    let mut expected = [
        "schema:1/$schema",
        "schema:1/required",
        "schema:1/required",
        "schema:11/x-check/1/at",
        "schema:11/x-check/1/rule",
        "schema:3/properties/a/maxlength",
        "schema:3/properties/a/x-message/maxLenght",
        "schema:4/properties/b/x-calc",
        "schema:7/properties/hidden",
        "ui:2/elements/0/label",
        "ui:2/elements/0/rules",
        "ui:3/elements/1/rule/condition/failwhen",
        "ui:5/elements/3",
        "ui:5/elements/3/txt",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
}
