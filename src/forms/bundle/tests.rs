use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::forms::NoCodeLists;

const TODAY: Date = date(2026, 11, 23);

fn member(item: &str, schema: &Value, uischema: Option<&Value>) -> Member {
    let form = Form::load(schema, uischema, &NoCodeLists).unwrap();
    Member { item: item.to_owned(), form: Arc::new(form) }
}

fn birth() -> Member {
    member(
        "birth",
        &json!({"type": "object", "required": ["mother", "name", "id"], "properties": {
            "mother": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 10, "x-term": "mother.name"}}},
            "id": {"type": "string", "format": "idcard-cn", "x-term": "mother.idNumber"},
            "name": {"type": "string", "x-term": "newborn.name"},
            "sex": {"type": "string", "enum": ["male", "female", "unknown"], "x-term": "newborn.sex"},
            "mothersBirth": {"type": "string", "x-term": "mother.birthDate", "x-calc": {"birthDateOfId": [{"var": "id"}]}}}}),
        None,
    )
}

fn insurance(sex: &Value) -> Member {
    let sex_rule = json!({"effect": "SHOW", "condition": {"scope": "#/properties/kind", "schema": {"const": "1"}}});
    member(
        "insurance",
        &json!({"type": "object", "required": ["parentName", "sex", "number"], "properties": {
            "parentName": {"type": "string", "maxLength": 4, "x-term": "mother.name", "x-sensitive": true},
            "born": {"type": "string", "x-term": "mother.birthDate"},
            "kind": {"type": "string"},
            "sex": sex,
            "number": {"type": "string", "x-term": "household.number"}}}),
        Some(&json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/parentName"}, {"type": "Control", "scope": "#/properties/born"},
            {"type": "Control", "scope": "#/properties/kind"},
            {"type": "Control", "scope": "#/properties/sex", "rule": sex_rule},
            {"type": "Control", "scope": "#/properties/number"}]})),
    )
}

fn choice(values: &Value) -> Value {
    json!({"type": "string", "enum": values, "x-term": "newborn.sex"})
}

fn bundle(sex: &Value) -> Bundle {
    let link = |from: &str| BundleLink {
        from: from.to_owned(),
        output: "户口簿".to_owned(),
        to: "insurance".to_owned(),
        term: Some("household.number".to_owned()),
        material: None,
    };
    assert!(Bundle::new(vec![insurance(sex)], &[link("birth")]).awaited().is_empty(), "nobody brings it");
    Bundle::new(vec![birth(), insurance(sex)], &[link("birth")])
}

fn data(facts: &Value, birth: &Value, insurance: &Value) -> BundleData {
    let facts = facts.as_object().unwrap().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let items = [("birth", birth), ("insurance", insurance)];
    BundleData { facts, items: items.map(|(item, data)| (item.to_owned(), data.clone())).into() }
}

#[test]
fn one_fact_is_asked_once_and_goes_to_every_item() {
    let bundle = bundle(&choice(&json!(["male", "female"])));
    let keys: Vec<&str> = bundle.facts().iter().map(|fact| fact.key.as_str()).collect();
    assert_eq!(keys, ["mother.name", "newborn.sex", "mother.birthDate"]);
    let name = &bundle.facts()[0];
    assert_eq!((name.control.max_length, name.control.sensitive), (Some(4), true));
    let ControlKind::Choice(choices) = &bundle.facts()[1].control.kind else { panic!("{:?}", bundle.facts()[1]) };
    assert_eq!(choices.len(), 2, "what both take");
    assert_eq!(bundle.needed_by(&name.fields[0]), ["birth", "insurance"]);
    assert_eq!(bundle.needed_by(&Field { member: 0, pointer: "/name".to_owned() }), ["birth"]);

    let filled = data(
        &json!({"mother.name": "张三", "newborn.sex": "male"}),
        &json!({"id": "42900619000101002X", "name": "李四"}),
        &json!({"kind": "2"}),
    );
    let evaluation = bundle.evaluate(&filled, TODAY);
    assert_eq!(
        evaluation.parts[0].relevant,
        json!({"id": "42900619000101002X", "name": "李四", "mother": {"name": "张三"}, "sex": "male", "mothersBirth": "1900-01-01"})
    );
    // Computed there, hidden there: here it is as the item's own form has it.
    assert_eq!(evaluation.parts[1].relevant, json!({"kind": "2", "born": "1900-01-01", "parentName": "张三"}));
    assert!(evaluation.is_valid(), "{evaluation:?}");
    assert!(!evaluation.facts[2].visible && evaluation.facts[0].visible && evaluation.facts[0].required);
    let rows = |part: usize| {
        let rows = evaluation.parts[part].pages.iter().flat_map(|page| &page.rows);
        rows.filter_map(|row| if let Row::Field(field) = row { Some(field.pointer.as_str()) } else { None })
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(0), ["/id", "/name", "/mothersBirth"]);
    assert_eq!(rows(1), ["/kind"], "neither facts nor what birth registration will bring");
}

#[test]
fn each_complaint_about_a_fact_is_said_once() {
    let bundle = bundle(&choice(&json!(["male", "female"])));
    let evaluation = bundle.evaluate(&data(&json!({}), &json!({}), &json!({"kind": "1"})), TODAY);
    let errors: Vec<_> = evaluation.facts[0].errors.iter().map(|error| error.keyword.as_str()).collect();
    assert_eq!(errors, ["required"]);
    assert!(evaluation.parts.iter().flat_map(|part| &part.errors).all(|error| error.pointer != "/parentName"));
    assert!(!evaluation.is_valid());
    assert_eq!(bundle.awaited().len(), 1);
}

#[test]
fn what_no_value_satisfies_is_asked_twice_and_named() {
    let bundle = bundle(&choice(&json!(["M", "F"])));
    let conflict = &bundle.conflicts()[0];
    assert_eq!((bundle.conflicts().len(), conflict.term.as_str(), conflict.clash), (1, "newborn.sex", Clash::Choices));
    assert_eq!((conflict.first.member, conflict.second.member), (0, 1));
    assert!(bundle.facts().iter().all(|fact| fact.key != "newborn.sex"));
    let evaluation =
        bundle.evaluate(&data(&json!({}), &json!({"sex": "male"}), &json!({"kind": "1", "sex": "M"})), TODAY);
    assert_eq!(evaluation.parts[0].relevant["sex"], "male");
    assert_eq!(evaluation.parts[1].relevant["sex"], "M");
}

/// A form of a few fields, some of them facts, some under a rule that looks at `kind`.
fn random_form() -> impl Strategy<Value = (Value, Value)> {
    let definitions = prop::sample::select(vec![
        json!({"type": "string"}),
        json!({"type": "string", "maxLength": 2}),
        json!({"type": "integer", "minimum": 1}),
        json!({"type": "string", "enum": ["1", "22"]}),
    ]);
    let field = (definitions, any::<bool>(), any::<bool>(), any::<bool>());
    prop::collection::btree_map("[a-d]", field, 1..5).prop_map(|fields| {
        let mut properties = serde_json::Map::from_iter([("kind".to_owned(), json!({"type": "string"}))]);
        let mut elements = vec![json!({"type": "Control", "scope": "#/properties/kind"})];
        let mut required = Vec::new();
        for (name, (mut schema, has_term, is_required, has_rule)) in fields {
            if has_term {
                schema["x-term"] = json!(format!("t.{name}"));
            }
            properties.insert(name.clone(), schema);
            let mut control = json!({"type": "Control", "scope": format!("#/properties/{name}")});
            if has_rule {
                control["rule"] =
                    json!({"effect": "SHOW", "condition": {"scope": "#/properties/kind", "schema": {"const": "1"}}});
            }
            elements.push(control);
            if is_required {
                required.push(name);
            }
        }
        let schema = json!({"type": "object", "properties": properties, "required": required});
        (schema, json!({"type": "VerticalLayout", "elements": elements}))
    })
}

fn random_data() -> impl Strategy<Value = Value> {
    let value = prop_oneof![Just(json!("1")), Just(json!("22")), Just(json!("333")), Just(json!(1)), Just(json!(0))];
    (prop::collection::btree_map("[a-d]", value, 0..5), prop::sample::select(vec!["1", "2"])).prop_map(
        |(data, kind)| {
            let mut data = json!(data);
            data["kind"] = json!(kind);
            data
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::forms::tests::cases(256)))]

    /// The parts are what the items' own forms make of the same answers, filled one by one.
    #[test]
    fn splitting_is_the_inverse_of_merging(forms in prop::collection::vec((random_form(), random_data()), 2..4), facts in random_data()) {
        let members: Vec<Member> = forms
            .iter()
            .enumerate()
            .map(|(index, ((schema, uischema), _))| member(&format!("item{index}"), schema, Some(uischema)))
            .collect();
        let bundle = Bundle::new(members.clone(), &[]);
        let mut typed = BundleData::default();
        for fact in bundle.facts() {
            let name = fact.key.trim_start_matches("t.").chars().next().unwrap();
            if let Some(value) = facts.get(name.to_string()) {
                typed.facts.insert(fact.key.clone(), value.clone());
            }
        }
        for (member, (_, data)) in members.iter().zip(&forms) {
            typed.items.insert(member.item.clone(), data.clone());
        }
        let evaluation = bundle.evaluate(&typed, TODAY);
        let mut all_valid = true;
        for (index, (member, (_, data))) in members.iter().zip(&forms).enumerate() {
            let mut alone = data.clone();
            for fact in bundle.facts() {
                for field in fact.fields.iter().filter(|field| field.member == index) {
                    let name = field.pointer.trim_start_matches('/');
                    match typed.facts.get(&fact.key) {
                        Some(value) => alone[name] = value.clone(),
                        None => {
                            alone.as_object_mut().unwrap().remove(name);
                        }
                    }
                }
            }
            let expected = member.form.evaluate(&alone, TODAY);
            prop_assert_eq!(&evaluation.parts[index].relevant, &expected.relevant);
            all_valid &= expected.errors.is_empty();
            // Nobody's complaint is lost.
            for error in &expected.errors {
                let kept = evaluation.parts[index].errors.contains(error);
                let told = evaluation.facts.iter().flat_map(|fact| &fact.errors).any(|other| other.keyword == error.keyword && other.detail == error.detail);
                prop_assert!(kept || told, "{:?}", error);
            }
        }
        prop_assert_eq!(evaluation.is_valid(), all_valid);
        // Asked once: no two items share a field that is not a fact, unless they cannot.
        let needed: usize = bundle.facts().iter().map(|fact| bundle.needed_by(&fact.fields[0]).len()).sum();
        prop_assert!(needed >= 2 * bundle.facts().len());
    }
}
