use super::*;
use crate::forms::{Form, NoCodeLists};
use serde_json::json;

/// The control of a choice of three, once or several times.
fn control(multiple: bool) -> Control {
    let options = json!([
        {"const": "self", "title": "申请人本人"},
        {"const": "spouse", "title": "配偶"},
        {"const": "child", "title": "子女"},
    ]);
    let property = if multiple {
        json!({"title": "关系", "type": "array", "uniqueItems": true, "items": {"oneOf": options}})
    } else {
        json!({"title": "关系", "type": "string", "oneOf": options})
    };
    let schema = json!({"title": "表", "type": "object", "properties": {"relation": property}});
    let form = Form::load(&schema, None, &NoCodeLists).unwrap();
    form.control(form.pages()[0].controls[0]).unwrap().clone()
}

fn labels(picker: &Picker) -> Vec<&str> {
    picker.matching().map(|option| option.label.as_str()).collect()
}

#[test]
fn the_chosen_value_has_the_cursor() {
    let picker = Picker::of(&control(false), Some(&json!("spouse"))).unwrap();
    assert_eq!(picker.selected, 1);
    assert_eq!(labels(&picker), ["申请人本人", "配偶", "子女"]);
}

#[test]
fn typing_filters_by_characters_pinyin_initials_and_code() {
    for (typed, first) in [("配", "配偶"), ("zinv", "子女"), ("zn", "子女"), ("sqrbr", "申请人本人"), ("child", "子女")]
    {
        let mut picker = Picker::of(&control(false), None).unwrap();
        picker.typed(typed);
        assert_eq!(labels(&picker).first(), Some(&first), "{typed}");
        assert_eq!(picker.selected, 0);
    }
}

#[test]
fn what_matches_nothing_cannot_be_picked() {
    let mut picker = Picker::of(&control(false), None).unwrap();
    picker.typed("没有这个");
    assert_eq!(picker.action(Action::Open), Picked::Open);
    picker.action(Action::DeleteBack);
    picker.action(Action::DeleteBack);
    picker.action(Action::DeleteBack);
    picker.action(Action::DeleteBack);
    assert_eq!(picker.action(Action::Open), Picked::Value(Some(json!("self"))));
}

#[test]
fn escape_changes_nothing() {
    let mut picker = Picker::of(&control(true), Some(&json!(["self"]))).unwrap();
    picker.action(Action::Toggle);
    assert_eq!(picker.action(Action::Back), Picked::Closed);
}

#[test]
fn several_are_ticked_and_taken_in_their_order() {
    let mut picker = Picker::of(&control(true), None).unwrap();
    picker.action(Action::Last);
    picker.action(Action::Toggle);
    picker.action(Action::First);
    picker.action(Action::Toggle);
    assert_eq!(picker.action(Action::Open), Picked::Value(Some(json!(["self", "child"]))));
    picker.action(Action::Toggle);
    picker.action(Action::Last);
    picker.action(Action::Toggle);
    assert_eq!(picker.action(Action::Open), Picked::Value(None), "nothing ticked empties the field");
}

#[test]
fn the_cursor_stays_in_the_list() {
    let mut picker = Picker::of(&control(false), None).unwrap();
    for (action, selected) in [
        (Action::Up, 0),
        (Action::PageDown, 2),
        (Action::Down, 2),
        (Action::PageUp, 0),
        (Action::Last, 2),
        (Action::First, 0),
    ] {
        picker.action(action);
        assert_eq!(picker.selected, selected, "{action:?}");
    }
}
