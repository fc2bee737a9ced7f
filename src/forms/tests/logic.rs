//! Expressions are bounded: what takes too much is refused, or has no value.

use super::*;

fn calculated(rule: &Value) -> Result<Form, LoadError> {
    let schema = json!({"type": "object", "properties": {"l": {"type": "array"}, "p": {"x-calc": rule}}});
    Form::load(&schema, None, &NoCodeLists)
}

/// Loops in one another, each over a list.
fn nested(loops: usize, list: &Value) -> Value {
    (0..loops).fold(json!(true), |body, _| json!({"all": [list, body]}))
}

/// Two loops over constants in one over data.
fn looped() -> Value {
    json!({"all": [{"var": "l"}, nested(2, &json!(vec![1; 50]))]})
}

#[test]
fn what_always_takes_too_much_is_refused_with_its_place() {
    let literal = |count: usize| json!((0..count).collect::<Vec<_>>());
    let many = (0..1_001).map(|_| json!({"!": [1]})).collect::<Vec<_>>();
    for (rule, reason) in [
        (nested(6, &literal(100)), "more than 3 loops in one another"),
        (nested(3, &literal(200)), "takes more computing than a form may"),
        (json!({"+": many}), "more than 1000 operations"),
    ] {
        let error = calculated(&rule).unwrap_err();
        assert_eq!((error.pointer.as_str(), error.reason.to_string()), ("/properties/p/x-calc", reason.to_owned()));
    }
    calculated(&nested(3, &literal(20))).unwrap();
}

#[test]
fn what_takes_too_much_on_some_data_has_no_value_there() {
    let doubled = |operator: &str| {
        let twice = json!([{"var": "accumulator"}, {"var": "accumulator"}]);
        json!({"reduce": [{"var": "l"}, {operator: twice}, ["x"]]})
    };
    for rule in [doubled("cat"), doubled("merge"), looped()] {
        let form = calculated(&rule).unwrap();
        let of = |count: usize| evaluate(&form, &json!({"l": vec![1; count]})).data.get("p").cloned();
        assert!(of(3).is_some(), "{rule}");
        assert_eq!(of(400), None, "{rule}");
    }
}

#[test]
fn a_check_that_cannot_be_finished_fails() {
    let check = json!([{"rule": looped(), "message": {"en": "m"}}]);
    let schema = json!({"type": "object", "properties": {"l": {"type": "array"}}, "x-check": check});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    assert_eq!(wrong(&evaluate(&form, &json!({"l": vec![1; 10]}))), []);
    assert_eq!(wrong(&evaluate(&form, &json!({"l": vec![1; 400]}))), [("", "x-check")]);
}

#[test]
fn what_a_form_asks_for_in_earnest_is_computed() {
    let schema = json!({"type": "object", "properties": {
        "members": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string"}, "income": {"type": "number"}, "months": {"type": "integer"},
            "year": {"type": "number", "x-calc": {"*": [{"var": "income"}, {"var": "months"}]}}}}},
        "total": {"type": "number", "x-calc": {"reduce": [{"var": "members"},
            {"+": [{"var": "accumulator"}, {"or": [{"var": "current.year"}, 0]}]}, 0]}}}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    let member = json!({"name": "张秀兰".repeat(20), "income": 100, "months": 12});
    let evaluation = evaluate(&form, &json!({"members": vec![member; 1_000]}));
    assert_eq!(evaluation.relevant["total"], json!(1_200_000));
}
