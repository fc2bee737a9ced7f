//! No schema, layout or data panics.

use proptest::prelude::*;

use super::*;
use crate::forms::logic::{Expression, Means, OPERATORS, unpaid};
use crate::forms::relevance::{settle, settle_from};

pub(super) fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(1e308)),
        Just(json!(u64::MAX)),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(word(), inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Words of the dialect, so that what is made of them gets far.
fn word() -> impl Strategy<Value = String> {
    let words = [
        "a",
        "b",
        "type",
        "properties",
        "items",
        "enum",
        "const",
        "oneOf",
        "allOf",
        "required",
        "if",
        "then",
        "$ref",
        "x-calc",
        "x-check",
        "x-soft",
        "x-options",
        "x-message",
        "rule",
        "condition",
        "scope",
        "schema",
        "elements",
        "effect",
        "var",
        "options",
        "detail",
        "format",
        "minItems",
        "maxItems",
        "default",
        "*",
        "",
    ];
    prop::sample::select(words.map(str::to_owned).to_vec())
}

/// A schema that mostly loads.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "number", "multipleOf": 0.01, "minimum": -1})),
        Just(json!({"type": "boolean", "default": true})),
        Just(json!({"type": "string", "format": "idcard-cn"})),
        Just(json!({"type": "string", "x-calc": {"cat": [{"var": "a"}, {"var": "b.0"}]}})),
        Just(json!({"type": "number", "x-calc": {"sum": [{"var": "b"}, "a"]}})),
        Just(json!({"enum": ["x", 1, null]})),
        Just(json!({"type": "array", "uniqueItems": true, "items": {"enum": ["x", "y"]}})),
        Just(json!({"type": "string", "x-soft": true, "x-options": {"list": "areas", "version": 1}})),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let object = prop::collection::hash_map("[abc]", inner.clone(), 0..4).prop_map(|properties| {
            let properties: serde_json::Map<String, Value> = properties.into_iter().collect();
            json!({"type": "object", "required": ["a"], "properties": properties})
        });
        prop_oneof![object, inner.prop_map(|items| json!({"type": "array", "minItems": 1, "items": items}))]
    })
}

fn rule() -> impl Strategy<Value = Value> {
    let condition = (
        prop::sample::select(vec!["#", "#/properties/a", "#/properties/b"]),
        prop::sample::select(vec![
            json!({"schema": {"const": "x"}}),
            json!({"schema": {"required": ["a"]}, "failWhenUndefined": true}),
            json!({"type": "LEAF", "expectedValue": 1}),
        ]),
    )
        .prop_map(|(scope, mut condition)| {
            condition["scope"] = json!(scope);
            condition
        });
    (prop::sample::select(vec!["SHOW", "HIDE", "ENABLE", "DISABLE"]), condition)
        .prop_map(|(effect, condition)| json!({"effect": effect, "condition": condition}))
}

/// An expression of known operators with any arguments.
fn logic() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        json_value(),
        Just(json!({"var": "a"})),
        Just(json!({"var": "b.0"})),
        Just(json!({"var": ""})),
        Just(json!({"var": ["c", 1]})),
        Just(json!({"var": "$today"})),
        Just(json!("42900619000101002X")),
        Just(json!("2024-02-29")),
        Just(json!(i64::MIN)),
        Just(json!(-1)),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        (prop::sample::select(OPERATORS.to_vec()), prop::collection::vec(inner, 0..4))
            .prop_map(|(operator, arguments)| json!({operator: arguments}))
    })
}

/// Two documents of words of the dialect, with a scope that leads somewhere here and there.
fn uischema() -> impl Strategy<Value = Value> {
    let control = (prop::sample::select(vec!["a", "b", "c"]), prop::option::of(rule()), prop::option::of(json_value()));
    let leaf = control.prop_map(|(name, rule, options)| {
        let mut control = json!({"type": "Control", "scope": format!("#/properties/{name}")});
        if let Some(rule) = rule {
            control["rule"] = rule;
        }
        if let Some(options) = options {
            control["options"] = options;
        }
        control
    });
    let kinds = vec!["VerticalLayout", "HorizontalLayout", "Group", "Category", "Categorization", "Label"];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        (prop::sample::select(kinds.clone()), prop::collection::vec(inner, 0..4), prop::option::of(rule())).prop_map(
            |(kind, elements, rule)| {
                let mut layout = json!({"type": kind, "elements": elements});
                if let Some(rule) = rule {
                    layout["rule"] = rule;
                }
                layout
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(256)))]

    #[test]
    fn nothing_that_is_loaded_panics(schema in json_value(), uischema in prop::option::of(json_value()), data in json_value()) {
        if let Ok(form) = Form::load(&schema, uischema.as_ref(), &Lists) {
            form.evaluate(&data, TODAY);
        }
    }

    #[test]
    fn evaluating_is_sound(
        properties in prop::collection::hash_map("[abc]", schema(), 1..4),
        rules in prop::collection::vec(prop::option::of(rule()), 3),
        data in json_value(),
    ) {
        let mut elements: Vec<Value> = properties.keys().map(|name| json!({"type": "Control", "scope": format!("#/properties/{name}")})).collect();
        for (element, rule) in elements.iter_mut().zip(rules) {
            if let Some(rule) = rule {
                element["rule"] = rule;
            }
        }
        let properties: serde_json::Map<String, Value> = properties.into_iter().collect();
        let schema = json!({"type": "object", "properties": properties, "required": ["a", "b"]});
        let uischema = json!({"type": "VerticalLayout", "elements": elements});
        if let Ok(form) = Form::load(&schema, Some(&uischema), &Lists) {
            for data in [&data, &form.initial()] {
                // The guess saves rounds and changes nothing.
                let guessed = settle(&form, data, &Means::new(TODAY));
                let slowly = settle_from(BTreeSet::new(), &form, data, &Means::new(TODAY));
                prop_assert_eq!((&guessed.relevant, &guessed.dropped), (&slowly.relevant, &slowly.dropped));
                prop_assert_eq!(&guessed.calculated, &slowly.calculated);
                let evaluation = form.evaluate(data, TODAY);
                prop_assert_eq!(evaluation.pages.len(), form.pages().len());
                // Settled: what is sent is judged the same by the other side.
                let again = form.evaluate(&evaluation.relevant, TODAY);
                prop_assert_eq!(&again.relevant, &evaluation.relevant);
                prop_assert_eq!(again.errors, evaluation.errors);
                prop_assert_eq!(again.pages, evaluation.pages);
                // And the draft with its calculated values too.
                let kept = form.evaluate(&evaluation.data, TODAY);
                prop_assert_eq!(&kept.relevant, &evaluation.relevant);
            }
        }
    }

    #[test]
    fn expressions_are_computed_or_not_but_never_panic(rule in logic(), data in json_value()) {
        if let Ok(expression) = Expression::compile(&rule) {
            let value = expression.value(&data, &Means::new(TODAY));
            prop_assume!(!adds_up_a_choice(&rule));
            // Paying changes nothing, but for the last digits of what no double holds.
            let unpaid = unpaid(&rule, &data, TODAY);
            let beyond = |value: &Option<Value>| value.as_ref()?.as_f64().filter(|number| number.abs() >= 2_f64.powi(53));
            match (beyond(&value), beyond(&unpaid)) {
                (Some(value), Some(unpaid)) => prop_assert_eq!(value.to_bits(), unpaid.to_bits()),
                _ => prop_assert_eq!(&value, &unpaid),
            }
            prop_assert!(value.as_ref().and_then(Value::as_f64).is_none_or(f64::is_finite));
            expression.holds(&data, &Means::new(TODAY));
        }
    }

    #[test]
    fn judging_and_evaluating_agree(
        properties in prop::collection::hash_map("[abc]", schema(), 1..4),
        uischema in prop::option::of(uischema()),
        data in json_value(),
    ) {
        let properties: serde_json::Map<String, Value> = properties.into_iter().collect();
        let schema = json!({"type": "object", "properties": properties, "required": ["a"]});
        if let Ok(judge) = Judge::load(&schema, uischema.as_ref(), &Lists) {
            let judgement = judge.judge(&data, TODAY).unwrap();
            let evaluation = judge.form().evaluate(&data, TODAY);
            prop_assert_eq!(&judgement.relevant, &evaluation.relevant);
            prop_assert_eq!(judgement.relevant_valid, evaluation.errors.is_empty());
            prop_assert!(judgement.controls.len() <= 64);
        }
    }
}

/// Whether a list that is chosen is to be added up or multiplied. The engine, by itself, does so only with a choice that needs the data: one
/// between constants it makes beforehand, and refuses to add up a constant list. What is paid for is never made beforehand.
fn adds_up_a_choice(rule: &Value) -> bool {
    let is_choice = |rule: &Value| ["if", "?:", "and", "or"].iter().any(|name| rule.get(name).is_some());
    match rule {
        Value::Array(items) => items.iter().any(adds_up_a_choice),
        Value::Object(operation) => operation.iter().any(|(name, arguments)| {
            let alone = match arguments {
                Value::Array(arguments) if arguments.len() == 1 => arguments.first(),
                Value::Array(_) => None,
                argument => Some(argument),
            };
            (matches!(name.as_str(), "+" | "*") && alone.is_some_and(is_choice)) || adds_up_a_choice(arguments)
        }),
        _ => false,
    }
}
