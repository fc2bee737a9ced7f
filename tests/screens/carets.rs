//! The terminal's cursor stands at the caret, where an input method looks, whatever the text is made of.

use onewindow::app::Screen;
use onewindow::text::{Editor, slice_columns, width};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use crate::desk::{Desk, Look, cases};

/// ASCII, Han, emoji with joiners, combining marks, an ideograph with a variation selector, and a long mixture.
const TEXTS: [&str; 6] = [
    "tianmen 18",
    "岳口镇健康路",
    "👩‍👩‍👧家👍🏽",
    "e\u{301}a\u{308}o\u{302}",
    "葛\u{e0100}城\u{e0101}市",
    "天门市岳口镇健康路十八号a栋b单元c室，天门市岳口镇健康路十八号d栋e单元f室，天门市岳口镇健康路十八号",
];

type Way = (&'static str, fn(&mut Desk), fn(&Desk) -> Editor);

/// Every kind of text field, and its editor.
const FIELDS: [Way; 5] = [
    (
        "search",
        |_| {},
        |desk| match desk.model.screen() {
            Some(Screen::Catalogue(catalogue)) => catalogue.query.clone(),
            _ => panic!("the catalogue"),
        },
    ),
    (
        "name",
        |desk| {
            desk.open_intake("gljt");
            desk.go_to("/name");
        },
        |desk| desk.intake().editor.clone().unwrap(),
    ),
    (
        "address",
        |desk| {
            desk.open_intake("gljt");
            desk.go_to("/address");
        },
        |desk| desk.intake().editor.clone().unwrap(),
    ),
    (
        "half a row",
        |desk| {
            desk.open_intake("gljt");
            desk.go_to("/accountHolder");
        },
        |desk| desk.intake().editor.clone().unwrap(),
    ),
    (
        "choices",
        |desk| {
            desk.open_intake("gljt");
            desk.go_to("/registeredArea");
            desk.press("space");
        },
        |desk| desk.intake().picker().unwrap().query.clone(),
    ),
];

/// The text before the caret.
fn head(editor: &Editor) -> String {
    editor.text().graphemes(true).take(editor.caret()).collect()
}

#[test]
fn the_cursor_stands_at_the_caret_in_every_text_field() {
    for (name, go, editor) in FIELDS {
        for text in TEXTS {
            let mut desk = Desk::new(Look::CHINESE);
            go(&mut desk);
            let start = desk.terminal.cursor();
            desk.paste(text);
            let long = width(text) > 12;
            let mut keys = vec!["end"; 1];
            keys.extend(vec!["left"; 60]);
            keys.extend(vec!["right"; 60]);
            for key in keys {
                // In the list of choices the arrows belong to the list.
                if name != "choices" {
                    desk.press(key);
                }
                let editor = editor(&desk);
                let (column, row) = desk.terminal.cursor();
                assert!(desk.terminal.shows_cursor());
                assert_eq!(row, start.1, "{name} {text}");
                if !long {
                    assert_eq!(usize::from(column - start.0), width(&head(&editor)), "{name} {text:?} after {key}");
                } else if let Some(last) = head(&editor).graphemes(true).next_back()
                    // A wide glyph that the field's edge cuts is a blank.
                    && column > start.0 + 1
                {
                    let shown = desk.terminal.text(start.0, row, column);
                    assert!(
                        shown.ends_with(last.trim_end()),
                        "{name}: {shown:?} before the cursor, {last:?} before the caret"
                    );
                }
            }
        }
    }
}

#[test]
fn the_cursor_stands_at_the_caret_in_a_field_of_several_lines() {
    for text in TEXTS {
        let mut desk = Desk::new(Look::CHINESE);
        desk.open_intake("flyz");
        let is_multi = |desk: &Desk| desk.intake().editor.as_ref().is_some_and(Editor::is_multi_line);
        for _ in 0..60 {
            if is_multi(&desk) {
                break;
            }
            desk.press("tab");
        }
        assert!(is_multi(&desk), "{}", desk.picture());
        let start = desk.terminal.cursor();
        desk.paste(text);
        for key in std::iter::once("end").chain(std::iter::repeat_n("left", 60)) {
            desk.press(key);
            let head = head(desk.intake().editor.as_ref().unwrap());
            let (column, row) = desk.terminal.cursor();
            assert!((start.1..start.1 + 3).contains(&row), "{text}: row {row}");
            if row == start.1 {
                assert_eq!(usize::from(column - start.0), width(&head), "{text:?} after {key}");
            }
        }
    }
}

#[test]
fn the_cursor_stands_at_the_caret_of_the_name_and_the_password() {
    for text in TEXTS.into_iter().take(5) {
        let mut desk = Desk::signed_out(Look::CHINESE);
        let start = desk.terminal.cursor();
        desk.paste(text);
        assert_eq!(usize::from(desk.terminal.cursor().0 - start.0), width(text), "{text:?}");
        desk.press("enter");
        let start = desk.terminal.cursor();
        desk.paste(text);
        assert_eq!(usize::from(desk.terminal.cursor().0 - start.0), text.graphemes(true).count(), "{text:?}");
        desk.press("left");
        assert_eq!(usize::from(desk.terminal.cursor().0 - start.0), text.graphemes(true).count() - 1, "{text:?}");
        assert!(!desk.terminal.rows().iter().skip(desk.terminal.cursor().1.into()).any(|row| row.contains(text)));
    }
}

/// Keys and pastes of a text field.
fn edit() -> impl Strategy<Value = Result<&'static str, String>> {
    let keys = vec![
        "left",
        "right",
        "home",
        "end",
        "backspace",
        "delete",
        "ctrl-left",
        "ctrl-right",
        "ctrl-w",
        "ctrl-u",
        "ctrl-k",
        "alt-a",
        "ctrl-z",
        "ctrl-y",
    ];
    let text = prop_oneof![
        4 => "[a-z0-9 ,.-]{1,6}",
        4 => "[\u{4e00}-\u{9fff}，。（）]{1,6}",
        2 => prop::sample::select(vec![
            "葛\u{e0100}", "\u{e0100}", "𠮷", "e\u{301}", "\u{301}", "👨‍👩‍👧", "\u{200d}", "👍🏽", "❤\u{fe0f}", "🇨🇳", "🇨", "ｶﾞ",
            "ＡＢ１", "한글", "a\r\nb\t\u{1b}[31mc\0", "天\n门",
        ])
        .prop_map(str::to_owned),
    ];
    prop_oneof![3 => prop::sample::select(keys).prop_map(Ok), 2 => text.prop_map(Err)]
}

/// Of the width of these terminals have their own minds: the cursor is right behind them all the same, what they look like is not ours.
fn is_disputed(text: &str) -> bool {
    text.contains(|c| matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{e0100}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{ff9e}' | '\u{ff9f}' | '\u{300}'..='\u{36f}'))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(12)) })]

    #[test]
    fn the_cursor_and_the_text_are_right_after_any_edits(edits in prop::collection::vec(edit(), 1..50)) {
        const COLUMNS: u16 = 40;
        let mut desk = Desk::new(Look::CHINESE);
        desk.open_intake("gljt");
        desk.go_to("/address");
        let start = desk.terminal.cursor();
        for edit in &edits {
            match edit {
                Ok(key) => desk.press(key),
                Err(text) => desk.paste(text),
            }
            let editor = desk.intake().editor.clone().unwrap();
            let (column, row) = desk.terminal.cursor();
            prop_assert_eq!(row, start.1);
            prop_assert!((start.0..start.0 + COLUMNS).contains(&column), "{:?}: the cursor left the field", edit);
            let before = width(&head(&editor));
            let within = usize::from(column - start.0);
            if width(editor.text()) < usize::from(COLUMNS) {
                prop_assert_eq!(within, before, "{:?} in {:?}", edit, editor.text());
            }
            prop_assert!(within <= before);
            if !is_disputed(editor.text()) {
                let shown = desk.terminal.text(start.0, row, start.0 + COLUMNS);
                let expected = slice_columns(editor.text(), before - within, COLUMNS.into());
                prop_assert_eq!(shown.trim_end(), expected.trim_end(), "{:?}", edit);
            }
        }
    }
}
