//! Entries that are one field each, and objects that may be missing: the sample catalogue has neither.

use std::sync::Arc;

use onewindow::app::intake::PartId;
use onewindow::forms::{Form, NoCodeLists};
use serde_json::{Value, json};

use crate::desk::{Desk, Look};

/// An intake whose own part has these properties, at the first of them.
fn open(properties: &Value) -> Desk {
    let schema = json!({"type": "object", "required": ["name"], "properties": properties});
    let mut desk = Desk::new(Look::CHINESE);
    desk.backstage.form = Some(Arc::new(Form::load(&schema, None, &NoCodeLists).unwrap()));
    desk.open_controls();
    desk.go_to("/name");
    desk.type_text("张三");
    desk
}

fn data(desk: &Desk) -> &Value {
    &desk.intake().part(PartId::Form).unwrap().data
}

fn focus(desk: &Desk) -> &str {
    desk.intake().focus.as_ref().map(|focus| focus.pointer()).unwrap_or_default()
}

#[test]
fn an_entry_that_is_one_field_gets_what_is_typed() {
    let mut desk = open(&json!({"name": {"type": "string"},
        "words": {"type": "array", "items": {"type": "string", "minLength": 2}}, "other": {"type": "string"}}));
    desk.go_to("/words");
    desk.press("ctrl-n");
    desk.type_text("甲");
    desk.press("ctrl-n");
    desk.type_text("乙乙");
    assert_eq!(*data(&desk), json!({"name": "张三", "words": ["甲", "乙乙"]}));
    assert!(desk.intake().shown_error(PartId::Form, "/words/0").is_some(), "it has been left");

    // What is known of an entry goes with it.
    desk.press("ctrl-e");
    assert_eq!((data(&desk)["words"].clone(), focus(&desk)), (json!(["乙乙", "甲"]), "/words/0"));
    assert!(desk.intake().shown_error(PartId::Form, "/words/1").is_some());
    desk.press("ctrl-t");
    assert_eq!((data(&desk)["words"].clone(), focus(&desk)), (json!(["甲"]), "/words/0"));
    assert!(desk.intake().shown_error(PartId::Form, "/words/0").is_some());
    desk.press("ctrl-z");
    assert_eq!((data(&desk)["words"].clone(), focus(&desk)), (json!(["乙乙", "甲"]), "/words/0"));

    // Emptied, it is there still, and what is typed next does not go to its neighbour.
    desk.press("end backspace backspace");
    assert_eq!((data(&desk)["words"].clone(), focus(&desk)), (json!([null, "甲"]), "/words/0"));
    desk.type_text("丙丙");
    assert_eq!(*data(&desk), json!({"name": "张三", "words": ["丙丙", "甲"]}));
}

#[test]
fn what_is_nowhere_on_the_page_lends_nobody_its_focus() {
    let mut desk =
        open(&json!({"name": {"type": "string"}, "sum": {"type": "number", "x-calc": {"+": [1, 1]}, "maximum": 1}}));
    desk.press("f7");
    desk.type_text("x");
    assert_eq!(*data(&desk), json!({"name": "张三"}));
}

#[test]
fn an_object_that_may_be_missing_may_be_so_again_once_it_is_emptied() {
    let held =
        json!({"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}, "y": {"type": "string"}}});
    let mut desk = open(&json!({"name": {"type": "string"}, "o": held}));
    let required = |desk: &Desk| desk.intake().part(PartId::Form).unwrap().field("/o/x").unwrap().0.required;
    let errors = |desk: &Desk| desk.intake().part(PartId::Form).unwrap().view.errors.len();
    desk.go_to("/o/y");
    assert!(!required(&desk));
    desk.type_text("a");
    assert!(required(&desk) && errors(&desk) == 1);
    desk.press("backspace");
    assert_eq!(*data(&desk), json!({"name": "张三"}));
    assert!(!required(&desk) && errors(&desk) == 0);
}

#[test]
fn a_heading_in_a_group_stands_further_in() {
    let inner = json!({"type": "object", "title": "内层", "properties": {"x": {"type": "string"}}});
    let outer = json!({"type": "object", "title": "外层", "properties": {"i": inner, "y": {"type": "string"}}});
    let desk = open(&json!({"name": {"type": "string"}, "o": outer}));
    let column = |text: &str| desk.terminal.rows().iter().find_map(|row| row.find(text)).unwrap();
    assert_eq!(column("内层"), column("外层") + 2);
}
