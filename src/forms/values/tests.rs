use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::forms::{CodeEntry, CodeList, ControlId};
use crate::locale::Language;

fn control(kind: ControlKind) -> Control {
    Control {
        id: ControlId(0),
        label: String::new(),
        hint: String::new(),
        kind,
        read_only: false,
        calculated: false,
        sensitive: false,
        soft: false,
        term: None,
        capture: None,
        max_length: None,
    }
}

fn choices() -> Arc<[Choice]> {
    [("1", "农村"), ("2", "城镇")]
        .map(|(value, label)| Choice { value: json!(value), label: label.to_owned() })
        .into_iter()
        .collect()
}

fn areas() -> Arc<Codes> {
    let entry = |code: &str, name: &str, parent: Option<&str>| CodeEntry {
        code: code.to_owned(),
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
    };
    let entries = vec![
        entry("420000000000", "湖北省", None),
        entry("429006000000", "天门市", Some("420000000000")),
        entry("429006100000", "多宝镇", Some("429006000000")),
        entry("a", "同名", None),
        entry("b", "同名", None),
        entry("c", "甲", Some("d")),
        entry("d", "乙", Some("c")),
    ];
    Arc::new(Codes::new(Arc::new(CodeList { id: "areas".to_owned(), version: 1, name: "区划".to_owned(), entries })))
}

#[test]
fn what_is_typed_is_read() {
    let date = [
        "20240301",
        "2024-03-01",
        "2024-3-1",
        "2024.3.1",
        "2024/3/1",
        "2024年3月1日",
        "２０２４－０３－０１",
        " 2024 03 01 ",
        "2024 3 1",
        "２０２４　３　１",
        "2024年3月1号",
        "2024。3。1",
    ];
    let table: Vec<(ControlKind, &[&str], Value)> = vec![
        (ControlKind::Date, &date, json!("2024-03-01")),
        (ControlKind::Date, &["2024-02-30"], json!("2024-02-30")),
        (ControlKind::Date, &["2024"], json!("2024")),
        (ControlKind::Number, &["1,200.5", "1200.50", "１２００．５", "1 200.5", "+1200.5"], json!(1200.5)),
        (ControlKind::Money, &["1,200.5元", "１，２００．５", "1200。5"], json!(1200.5)),
        (ControlKind::Number, &["1,5"], json!("1,5")),
        (ControlKind::Number, &["1200,5"], json!("1200,5")),
        (ControlKind::Number, &["1.200,5"], json!("1.200,5")),
        (ControlKind::Integer, &["-1,234,567", "－1234567"], json!(-1_234_567)),
        (ControlKind::Integer, &["12", "０12", "1 2"], json!(12)),
        (ControlKind::Integer, &["-3"], json!(-3)),
        (ControlKind::Integer, &["十二"], json!("十二")),
        (ControlKind::Integer, &["1e5"], json!("1e5")),
        (ControlKind::Integer, &["123456789012345678901234"], json!("123456789012345678901234")),
        (ControlKind::Boolean, &["是", "y", "Y", "true", "１"], json!(true)),
        (ControlKind::Boolean, &["否", "n", "无"], json!(false)),
        (ControlKind::Boolean, &["也许"], json!("也许")),
        (ControlKind::Time, &["9:30", "0930", "09:30:00", "9时30分", "９：３０"], json!("09:30:00")),
        (ControlKind::Time, &["25:00"], json!("25:00")),
        (
            ControlKind::DateTime,
            &["2024-3-1 9:30", "20240301 0930", "2024年3月1日9时30分", "2024-03-01T09:30:00+08:00"],
            json!("2024-03-01T09:30:00+08:00"),
        ),
        (ControlKind::Choice(choices()), &["1", "农村"], json!("1")),
        (ControlKind::Choice(choices()), &["山区"], json!("山区")),
        (ControlKind::MultiChoice(choices()), &["1,2", "农村、城镇", " 1 ； 2 ；"], json!(["1", "2"])),
        (
            ControlKind::CodeList(areas()),
            &["429006000000", "４２９００６００００００", "天门市"],
            json!("429006000000"),
        ),
        (ControlKind::CodeList(areas()), &["同名"], json!("同名")),
        (
            ControlKind::IdNumber,
            &["42900619000101002x", "429006 19000101 002X", "４２９００６１９０００１０１００２ｘ"],
            json!("42900619000101002X"),
        ),
        (ControlKind::Mobile, &["139 0000 0000", "139-0000-0000"], json!("13900000000")),
        (ControlKind::Text, &[" 王五 "], json!("王五")),
        (ControlKind::Text, &["阿依古丽·买买提"], json!("阿依古丽·买买提")),
        (ControlKind::Text, &["𠮷田"], json!("𠮷田")),
    ];
    for (kind, texts, expected) in table {
        let control = control(kind);
        for text in texts {
            assert_eq!(parse(&control, text), Some(expected.clone()), "{:?} {text}", control.kind);
        }
    }
}

#[test]
fn blanks_are_no_value() {
    for kind in [ControlKind::Text, ControlKind::MultiLine, ControlKind::Number, ControlKind::MultiChoice(choices())] {
        let control = control(kind);
        assert_eq!(parse(&control, ""), None);
        assert_eq!(parse(&control, " \u{3000} "), None);
        assert_eq!(edit_text(&control, None), "");
    }
}

#[test]
fn values_are_shown_in_words() {
    let locale = Locale::of(Language::Chinese);
    let table = [
        (ControlKind::Boolean, json!(true), "是"),
        (ControlKind::Choice(choices()), json!("2"), "城镇"),
        (ControlKind::Choice(choices()), json!("9"), "9"),
        (ControlKind::MultiChoice(choices()), json!(["1", "2"]), "农村、城镇"),
        (ControlKind::Area(areas()), json!("429006100000"), "湖北省天门市多宝镇"),
        (ControlKind::Area(areas()), json!("000000000000"), "000000000000"),
        (ControlKind::CodeList(areas()), json!("429006000000"), "天门市"),
        (ControlKind::IdNumber, json!("42900619000101002X"), "429006 19000101 002X"),
        (ControlKind::Mobile, json!("13900000000"), "139 0000 0000"),
        (ControlKind::Money, json!(1_234_567.5), "1,234,567.50"),
        (ControlKind::Money, json!(-12), "-12.00"),
        (ControlKind::DateTime, json!("2024-03-01T09:30:00+08:00"), "2024-03-01 09:30"),
        (ControlKind::DateTime, json!("2024-03-01T09:30:15+08:00"), "2024-03-01 09:30:15"),
        (ControlKind::Time, json!("09:00:00"), "09:00"),
        (ControlKind::Text, json!(null), ""),
    ];
    for (kind, value, expected) in table {
        assert_eq!(display(&control(kind), Some(&value), &locale), expected);
    }
    assert!(!display(&control(ControlKind::Area(areas())), Some(&json!("c")), &locale).is_empty(), "ends in a circle");
}

#[test]
fn hyphens_alone_stay_as_they_were_typed() {
    for kind in [ControlKind::Mobile, ControlKind::Postcode, ControlKind::BankCard] {
        assert_eq!(parse(&control(kind.clone()), "--"), Some(json!("--")), "a text of nothing would be no answer");
        assert_eq!(parse(&control(kind), "139-0000-0000"), Some(json!("13900000000")));
    }
}

#[test]
fn a_number_is_read_digit_by_digit_or_not_at_all() {
    let number = control(ControlKind::Number);
    for (text, value) in [
        ("9007199254740992", json!(9_007_199_254_740_992_i64)),
        ("-9007199254740992", json!(-9_007_199_254_740_992_i64)),
        ("00012", json!(12)),
        ("0.10", json!(0.1)),
        ("00.5", json!(0.5)),
        ("5.0", json!(5.0)),
        ("123456789012.345", json!(123_456_789_012.345)),
        ("0.00000000000000000001", json!(1e-20)),
    ] {
        assert_eq!(parse(&number, text), Some(value), "{text}");
        assert_eq!(too_many_digits(text), None, "{text}");
    }
    for (text, digits) in [
        ("9007199254740993", 16),
        ("-9007199254740993", 16),
        ("622200000000000000４", 19),
        ("12345678901234567890", 20),
        ("0.12345678901234567890", 20),
        ("9007199254740993.0", 17),
        ("1,234,567,890,123,456.78元", 18),
    ] {
        let kept = parse(&number, text).unwrap();
        assert!(kept.is_string(), "{text}: {kept}");
        assert_eq!(too_many_digits(text), Some(digits), "{text}");
    }
    for text in ["1.2.3", "1e5", "x", "-", "."] {
        assert_eq!((parse(&number, text), too_many_digits(text)), (Some(json!(text)), None), "{text}");
    }
}

#[test]
fn a_number_that_a_file_would_lose_digits_of_is_found() {
    for (text, found) in [
        (r#"{"a": [1, -2.50, 9007199254740992, 1e30], "b": "9007199254740993 \" 9007199254740993", "c": 0}"#, None),
        (r#"{"a": 9007199254740993}"#, Some("9007199254740993")),
        (r#"["\\", -0.12345678901234567890, 9007199254740993]"#, Some("-0.12345678901234567890")),
        ("12345678901234567890", Some("12345678901234567890")),
        (r#"{"a": "never closed"#, None),
        (r#"{"a": ""}"#, None),
        ("-", Some("-")),
        ("", None),
    ] {
        assert_eq!(inexact_number(text), found, "{text}");
    }
}

proptest! {
    /// What is read of a number is what was typed, or the text as it was typed.
    #[test]
    fn no_digit_of_a_number_is_lost(text in "-?[0-9]{1,20}(\\.[0-9]{1,20})?") {
        let value = parse(&control(ControlKind::Number), &text).unwrap();
        if let Some(number) = value.as_f64() {
            let plain = |text: &str| {
                let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
                (whole.trim_start_matches(['-', '0']).to_owned(), fraction.trim_end_matches('0').to_owned())
            };
            prop_assert_eq!(plain(&number.to_string()), plain(&text));
        } else {
            prop_assert_eq!(value, json!(text));
        }
    }

    /// What the editor shows is read back to the value that it showed.
    #[test]
    fn editing_without_change_keeps_the_value(text in "\\PC{0,30}", kind in 0_usize..16) {
        let kind = [
            ControlKind::Text, ControlKind::MultiLine, ControlKind::Number, ControlKind::Integer, ControlKind::Money,
            ControlKind::Boolean, ControlKind::Date, ControlKind::DateTime, ControlKind::Time, ControlKind::Choice(choices()),
            ControlKind::MultiChoice(choices()), ControlKind::CodeList(areas()), ControlKind::IdNumber, ControlKind::Mobile,
            ControlKind::BankCard, ControlKind::Area(areas()),
        ].into_iter().nth(kind).unwrap();
        let control = control(kind);
        let value = parse(&control, &text);
        prop_assert_eq!(parse(&control, &edit_text(&control, value.as_ref())), value);
    }

    #[test]
    fn numbers_keep_their_value(value in prop_oneof![any::<i32>().prop_map(|n| json!(n)), (-1e9_f64..1e9).prop_map(|n| json!(n))]) {
        let control = control(ControlKind::Number);
        prop_assert_eq!(parse(&control, &edit_text(&control, Some(&value))), Some(value));
    }

    #[test]
    fn days_keep_their_value(days in 0_i32..60_000) {
        let day = Date::constant(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
        let control = control(ControlKind::Date);
        for text in [day.to_string(), day.strftime("%Y%m%d").to_string(), day.strftime("%Y年%-m月%-d日").to_string()] {
            prop_assert_eq!(parse(&control, &text), Some(json!(day.to_string())));
        }
    }
}
