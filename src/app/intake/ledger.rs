//! The material ledger (材料台账) as a form: one group a material, so that the engine draws, checks and reviews it like any other page.

use serde_json::{Map, Value, json};

use crate::domain::item::{Item, Material, Necessity, SituationAnswers};
use crate::domain::request::{Received, ReceivedMaterial, is_digest};
use crate::forms::{Form, LoadError, NoCodeLists, pointer};
use crate::locale::Locale;

/// Id of the situation that the applicant page asks: who handles it.
pub const HANDLER: &str = "handler";

/// A file that can be chosen for a material, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChoice {
    /// What stands in the data.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// Builds the form for the materials that these situation answers call for. The other situations stand at its top.
///
/// # Errors
/// When the item's own texts make no valid form.
pub fn form(
    item: &Item,
    situations: &SituationAnswers,
    files: &[FileChoice],
    locale: &Locale,
) -> Result<Form, LoadError> {
    let (mut questions, mut question_controls) = (Map::new(), Vec::new());
    for situation in item.situations.iter().filter(|situation| situation.id != HANDLER) {
        let options: Vec<Value> =
            situation.options.iter().map(|option| json!({"const": option.id, "title": option.label})).collect();
        questions.insert(situation.id.clone(), json!({"title": situation.question, "oneOf": options}));
        question_controls.push(control(&["situations", &situation.id]));
    }
    let (mut ledger, mut groups, mut checks) = (Map::new(), Vec::new(), Vec::new());
    for (number, material) in item.materials_for(situations).enumerate() {
        ledger.insert(material.code.clone(), line_schema(material, files, locale));
        groups.push(line_layout(number + 1, material, !files.is_empty(), locale));
        checks.push(promise_check(material, locale));
    }
    let schema = json!({
        "title": locale.text("intake-part-materials"),
        "type": "object",
        "required": if ledger.is_empty() { json!([]) } else { json!(["materials"]) },
        "properties": {
            "situations": {"type": "object", "properties": questions},
            "materials": {"type": "object", "required": ledger.keys().collect::<Vec<_>>(), "properties": ledger},
        },
        "x-check": checks,
    });
    let mut elements = Vec::new();
    if !question_controls.is_empty() {
        elements.push(
            json!({"type": "Group", "label": locale.text("materials-situations"), "elements": question_controls}),
        );
    }
    elements.extend(groups);
    Form::load(&schema, Some(&json!({"type": "VerticalLayout", "elements": elements})), &NoCodeLists)
}

/// The data of a fresh ledger under these answers, keeping what was typed before.
pub fn data(item: &Item, situations: &SituationAnswers, typed: Option<&Value>) -> Value {
    let mut data = typed.cloned().unwrap_or_else(|| json!({}));
    for (situation, option) in situations.iter().filter(|(situation, _)| *situation != HANDLER) {
        pointer::set(&mut data, &path(&["situations", situation]), json!(option));
    }
    for material in item.materials_for(situations) {
        let at = path(&["materials", &material.code]);
        if pointer::get(&data, &at).is_none() {
            pointer::set(&mut data, &at, first_line(material));
        }
    }
    data
}

/// The situation answers that stand in the ledger's data.
pub fn answers(data: &Value) -> impl Iterator<Item = (String, String)> {
    data.get("situations")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(situation, option)| Some((situation.clone(), option.as_str()?.to_owned())))
}

/// The ledger of a request, from the relevant data.
pub fn received(item: &Item, situations: &SituationAnswers, relevant: &Value) -> Vec<ReceivedMaterial> {
    item.materials_for(situations)
        .filter_map(|material| {
            let line = pointer::get(relevant, &path(&["materials", &material.code]))?;
            Some(ReceivedMaterial {
                code: material.code.clone(),
                received: serde_json::from_value(line.get("received")?.clone()).ok()?,
                copies: line
                    .get("copies")
                    .and_then(Value::as_u64)
                    .and_then(|copies| copies.try_into().ok())
                    .unwrap_or(0),
                original_checked: line.get("originalChecked").and_then(Value::as_bool).unwrap_or(false),
                owed_until: line.get("owedUntil").and_then(Value::as_str).and_then(|date| date.parse().ok()),
                owed_reason: line.get("owedReason").and_then(Value::as_str).map(str::to_owned),
                uploads: uploads(line),
            })
        })
        .collect()
}

/// The digests of a line's files.
fn uploads(line: &Value) -> Vec<String> {
    let values = line.get("uploads").and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).filter(|text| is_digest(text)).map(str::to_owned).collect()
}

fn ways(material: &Material) -> Vec<Received> {
    let mut ways = vec![Received::Paper, Received::Scan];
    if material.exempt.is_some() {
        ways.insert(0, Received::Shared);
    }
    if material.deferrable {
        ways.push(Received::Owed);
    }
    if material.necessity == Necessity::Optional {
        ways.push(Received::None);
    }
    ways
}

const fn name(received: Received) -> &'static str {
    match received {
        Received::Paper => "paper",
        Received::Scan => "scan",
        Received::Shared => "shared",
        Received::Owed => "owed",
        Received::None => "none",
    }
}

/// What is most likely: shared data where it serves, the asked number of papers otherwise.
fn first_line(material: &Material) -> Value {
    if material.exempt.is_some() {
        json!({"received": "shared"})
    } else if material.necessity == Necessity::Optional {
        json!({"received": "none"})
    } else {
        json!({"received": "paper", "copies": material.copies.max(1)})
    }
}

fn line_schema(material: &Material, files: &[FileChoice], locale: &Locale) -> Value {
    let ways: Vec<Value> = ways(material)
        .into_iter()
        .map(|way| json!({"const": name(way), "title": locale.text(&format!("received-{}", name(way)))}))
        .collect();
    let choices: Vec<Value> = files.iter().map(|file| json!({"const": file.value, "title": file.label})).collect();
    let uploads = json!({
        "title": locale.text("materials-files"), "type": "array", "uniqueItems": true, "items": {"oneOf": choices},
    });
    let mut schema = json!({
        "title": material.name,
        "type": "object",
        "properties": {
            "received": {"title": locale.text("materials-received"), "oneOf": ways},
            "copies": {"title": locale.text("materials-copies"), "type": "integer", "minimum": 1, "maximum": 99},
            "originalChecked": {"title": locale.text("materials-original-checked"), "type": "boolean"},
            "owedUntil": {"title": locale.text("materials-owed-until"), "type": "string", "format": "date"},
            "owedReason": {"title": locale.text("materials-owed-reason"), "type": "string", "minLength": 2, "maxLength": 50},
        },
        "required": ["received", "copies", "owedUntil", "owedReason"],
    });
    if !files.is_empty() {
        pointer::set(&mut schema, "/properties/uploads", uploads);
    }
    schema
}

fn line_layout(number: usize, material: &Material, has_files: bool, locale: &Locale) -> Value {
    let field = |name: &str| control(&["materials", &material.code, name]);
    let received = scope(&["materials", &material.code, "received"]);
    let show = |ways: Value| json!({"effect": "SHOW", "condition": {"scope": received, "schema": {"enum": ways}, "failWhenUndefined": true}});
    let with_rule = |mut element: Value, rule: Value| {
        if let Some(object) = element.as_object_mut() {
            object.insert("rule".to_owned(), rule);
        }
        element
    };
    let handed_in = || show(json!(["paper", "scan"]));
    let mut layout = json!({
        "type": "Group",
        "label": format!("{number}. {}", heading(material, locale)),
        "elements": [
            {
                "type": "HorizontalLayout",
                "elements": [
                    field("received"),
                    with_rule(field("copies"), handed_in()),
                    with_rule(field("originalChecked"), handed_in()),
                ],
            },
            {
                "type": "HorizontalLayout",
                "rule": show(json!(["owed"])),
                "elements": [field("owedUntil"), field("owedReason")],
            },
        ],
    });
    if let Some(elements) = layout.get_mut("elements").and_then(Value::as_array_mut).filter(|_| has_files) {
        elements.insert(1, with_rule(field("uploads"), handed_in()));
    }
    layout
}

/// Name and what is asked: `居民身份证（原件1 复印件1）`.
pub fn heading(material: &Material, locale: &Locale) -> String {
    let mut asked = Vec::new();
    if material.originals > 0 {
        asked.push(locale.format("materials-originals", &[("n", material.originals.into())]));
    }
    if material.copies > 0 {
        asked.push(locale.format("materials-photocopies", &[("n", material.copies.into())]));
    }
    if material.necessity == Necessity::Optional {
        asked.push(locale.text("materials-optional"));
    }
    if asked.is_empty() {
        material.name.clone()
    } else {
        locale
            .format("materials-heading", &[("name", material.name.as_str().into()), ("asked", asked.join(" ").into())])
    }
}

/// A promise lies in the future (domain rule of 容缺受理).
fn promise_check(material: &Material, locale: &Locale) -> Value {
    let var = |name: &str| json!({"var": format!("materials.{}.{name}", material.code)});
    json!({
        "rule": {"or": [
            {"!=": [var("received"), "owed"]},
            {"!": [var("owedUntil")]},
            {">": [var("owedUntil"), {"var": "$today"}]},
        ]},
        "message": {(locale.language().tag()): locale.text("materials-promise-must-be-later")},
        "at": path(&["materials", &material.code, "owedUntil"]),
    })
}

fn control(path: &[&str]) -> Value {
    json!({"type": "Control", "scope": scope(path)})
}

fn scope(path: &[&str]) -> String {
    path.iter().fold("#".to_owned(), |scope, segment| format!("{scope}/properties/{segment}"))
}

fn path(segments: &[&str]) -> String {
    segments.iter().fold(String::new(), |path, segment| pointer::join(&path, segment))
}
