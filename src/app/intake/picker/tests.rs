use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::forms::{CodeEntry, CodeList, CodeLists, Form, NoCodeLists};

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

fn labels(picker: &Picker) -> Vec<String> {
    picker.matching_from(0).map(|option| option.label.into_owned()).collect()
}

/// One list for every field that asks for it.
struct One(Arc<CodeList>);

impl CodeLists for One {
    fn get(&self, _: &str, _: u32) -> Option<Arc<CodeList>> {
        Some(Arc::clone(&self.0))
    }
}

/// The control of a code of a list: code, name, code above it.
fn coded(entries: &[(&str, &str, &str)], is_area: bool) -> Control {
    let entry = |(code, name, parent): &(&str, &str, &str)| CodeEntry {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        parent: (!parent.is_empty()).then(|| (*parent).to_owned()),
    };
    let entries = entries.iter().map(entry).collect();
    let list = Arc::new(CodeList { id: "list".to_owned(), version: 1, name: "名单".to_owned(), entries });
    let mut property = json!({"title": "户籍地", "type": "string", "x-options": {"list": "list", "version": 1}});
    if is_area {
        property["format"] = json!("area-cn");
    }
    let schema = json!({"type": "object", "properties": {"place": property}});
    let form = Form::load(&schema, None, &One(list)).unwrap();
    form.controls()[0].clone()
}

fn areas() -> Control {
    let entries = [
        ("420000000000", "湖北省", ""),
        ("429006000000", "天门市", "420000000000"),
        ("420100000000", "武汉市", "420000000000"),
        ("429006107000", "岳口镇", "429006000000"),
        ("429006100000", "多宝镇", "429006000000"),
        ("429006107200", "柳堤村", "429006107000"),
        ("429006107201", "荷塘村", "429006107000"),
    ];
    coded(&entries, true)
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
        assert_eq!(labels(&picker).first().map(String::as_str), Some(first), "{typed}");
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
    assert_eq!(picker.action(Action::Open), Picked::Value(json!("self")));
}

#[test]
fn escape_takes_nothing_and_loses_no_tick() {
    let mut picker = Picker::of(&control(false), Some(&json!("self"))).unwrap();
    picker.action(Action::Down);
    assert_eq!(picker.action(Action::Back), Picked::Closed);
    let mut picker = Picker::of(&control(true), Some(&json!(["self"]))).unwrap();
    picker.action(Action::Down);
    assert_eq!(picker.action(Action::Toggle), Picked::Ticked(Some(json!(["self", "spouse"]))));
    assert_eq!(picker.action(Action::Back), Picked::Closed);
}

#[test]
fn several_are_ticked_and_taken_in_their_order() {
    let mut picker = Picker::of(&control(true), None).unwrap();
    picker.action(Action::Last);
    picker.action(Action::Toggle);
    picker.action(Action::First);
    assert_eq!(picker.action(Action::Toggle), Picked::Ticked(Some(json!(["self", "child"]))));
    assert_eq!(picker.chosen(), 2);
    picker.action(Action::Toggle);
    picker.action(Action::Last);
    assert_eq!(picker.action(Action::Toggle), Picked::Ticked(None), "nothing ticked empties the field");
    assert_eq!(picker.action(Action::Open), Picked::Closed);
}

#[test]
fn what_is_no_choice_any_more_is_shown_and_can_be_taken_out() {
    let mut picker = Picker::of(&control(true), Some(&json!(["spouse", "cousin"]))).unwrap();
    assert_eq!(labels(&picker), ["申请人本人", "配偶", "子女", "cousin"]);
    picker.action(Action::First);
    assert_eq!(picker.action(Action::Toggle), Picked::Ticked(Some(json!(["self", "spouse", "cousin"]))));
    picker.action(Action::Last);
    assert_eq!(picker.action(Action::Toggle), Picked::Ticked(Some(json!(["self", "spouse"]))));
}

#[test]
fn an_area_is_walked_level_by_level() {
    let mut picker = Picker::of(&areas(), None).unwrap();
    assert_eq!((picker.path().as_str(), labels(&picker)), ("湖北省", vec!["天门市".to_owned(), "武汉市".to_owned()]));
    let inside: Vec<bool> = picker.matching_from(0).map(|option| option.has_inside).collect();
    assert_eq!(inside, [true, false]);
    picker.action(Action::Right);
    assert_eq!(
        (picker.path().as_str(), labels(&picker)),
        ("湖北省天门市", vec!["岳口镇".to_owned(), "多宝镇".to_owned()])
    );
    picker.action(Action::Right);
    picker.action(Action::Right);
    assert_eq!(labels(&picker), ["柳堤村", "荷塘村"], "there is nothing inside a village");
    picker.action(Action::Down);
    assert_eq!(picker.action(Action::Open), Picked::Value(json!("429006107201")));
    picker.action(Action::Left);
    picker.action(Action::DeleteBack);
    assert_eq!(picker.path(), "湖北省");
    assert_eq!(picker.action(Action::Open), Picked::Value(json!("429006000000")), "a level above can be taken too");
    picker.action(Action::Left);
    picker.action(Action::Left);
    assert_eq!((picker.path().as_str(), labels(&picker)), ("", vec!["湖北省".to_owned()]));
}

#[test]
fn an_area_opens_where_its_value_is() {
    let picker = Picker::of(&areas(), Some(&json!("429006107201"))).unwrap();
    assert_eq!((picker.path().as_str(), picker.selected), ("湖北省天门市岳口镇", 1));
    let picker = Picker::of(&areas(), Some(&json!("没有"))).unwrap();
    assert_eq!(picker.path(), "湖北省");
}

#[test]
fn an_area_is_found_by_its_whole_way() {
    for (typed, first) in [
        ("yk", "湖北省天门市岳口镇"),
        ("tmsyk", "湖北省天门市岳口镇"),
        ("tianmen ht", "湖北省天门市岳口镇荷塘村"),
        ("荷", "湖北省天门市岳口镇荷塘村"),
        ("429006107200", "湖北省天门市岳口镇柳堤村"),
    ] {
        let mut picker = Picker::of(&areas(), None).unwrap();
        picker.typed(typed);
        assert_eq!(labels(&picker).first().map(String::as_str), Some(first), "{typed}");
    }
    let mut picker = Picker::of(&areas(), None).unwrap();
    picker.typed("岳口");
    picker.action(Action::Right);
    assert_eq!(
        (picker.query.text(), picker.path().as_str()),
        ("", "湖北省天门市岳口镇"),
        "from what was found inside it"
    );
    picker.typed("荷塘");
    picker.action(Action::Left);
    assert_eq!((picker.path().as_str(), picker.selected), ("湖北省天门市岳口镇", 1), "or to what stands beside it");
}

#[test]
fn a_flat_list_has_no_levels() {
    let control = coded(&[("102", "工商银行", ""), ("103", "农业银行", "")], false);
    let mut picker = Picker::of(&control, Some(&json!("103"))).unwrap();
    assert!(!picker.is_tree());
    assert_eq!(picker.selected, 1);
    picker.action(Action::Right);
    picker.action(Action::Left);
    assert_eq!(labels(&picker), ["工商银行", "农业银行"]);
}

proptest! {
    /// Looking again only at what matched before finds what looking at everything finds.
    #[test]
    fn narrowing_leaves_out_nothing(query in "[a-z天门岳口武汉 4290]{1,8}") {
        let mut slowly = Picker::of(&areas(), None).unwrap();
        for typed in query.chars() {
            slowly.typed(&typed.to_string());
        }
        let mut at_once = Picker::of(&areas(), None).unwrap();
        at_once.typed(&query);
        prop_assert_eq!(labels(&slowly), labels(&at_once));
    }

    #[test]
    fn the_cursor_is_always_on_an_option(acts in prop::collection::vec((0..Action::ALL.len(), "[a-z岳口 ]{0,2}"), 0..40), kind in 0..3) {
        let control = match kind {
            0 => control(false),
            1 => control(true),
            _ => areas(),
        };
        let mut picker = Picker::of(&control, None).unwrap();
        for (action, text) in acts {
            if !text.is_empty() {
                picker.typed(&text);
            }
            picker.action(Action::ALL[action]);
            prop_assert!(picker.selected < picker.found().max(1));
            prop_assert_eq!(labels(&picker).len(), picker.found());
        }
    }
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

#[test]
fn what_begins_with_it_goes_before_what_has_it_across_two_levels() {
    let entries = [
        ("420000000000", "湖北省", ""),
        ("420100000000", "大悟县", "420000000000"),
        ("420101000000", "阳平镇", "420100000000"),
        ("420600000000", "襄阳市", "420000000000"),
    ];
    let mut picker = Picker::of(&coded(&entries, true), None).unwrap();
    // 县阳 too.
    picker.typed("xy");
    assert_eq!(labels(&picker).first().map(String::as_str), Some("湖北省襄阳市"));
    assert_eq!(picker.found(), 2);
}

#[test]
fn a_blank_chooses_unless_it_stands_between_words() {
    let typed = |multiple: bool| {
        let mut picker = Picker::of(&control(multiple), None).unwrap();
        picker.typed("配");
        (picker.input(Input::Typed(' ')), picker.query.text().to_owned())
    };
    assert_eq!(typed(false), (Picked::Open, "配 ".to_owned()));
    let (ticked, query) = typed(true);
    assert!(matches!(ticked, Picked::Ticked(Some(_))), "among several it always ticks: {ticked:?}");
    assert_eq!(query, "配");
    let mut picker = Picker::of(&control(false), None).unwrap();
    assert_eq!(picker.input(Input::Typed(' ')), Picked::Value(json!("self")), "before any text it chooses");
}
