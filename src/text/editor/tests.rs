use proptest::prelude::*;

use super::*;
use crate::text::width::width;

const ALL: [Edit; 17] = [
    Edit::Left,
    Edit::Right,
    Edit::WordLeft,
    Edit::WordRight,
    Edit::Home,
    Edit::End,
    Edit::Up,
    Edit::Down,
    Edit::Backspace,
    Edit::Delete,
    Edit::DeleteWordLeft,
    Edit::DeleteToStart,
    Edit::DeleteToEnd,
    Edit::SelectAll,
    Edit::Undo,
    Edit::Redo,
    Edit::Clear,
];

/// An editor of the text with the caret at a grapheme.
fn at(text: &str, caret: usize) -> Editor {
    let mut editor = Editor::multi_line(text);
    while editor.caret() > caret {
        editor.apply(Edit::Left);
    }
    editor
}

fn type_each(editor: &mut Editor, text: &str) {
    for grapheme in text.graphemes(true) {
        editor.insert(grapheme);
    }
}

#[test]
fn edits_change_text_and_caret() {
    use Edit::*;
    let cases = [
        ("张三", 1, Left, "张三", 0),
        ("张三", 0, Left, "张三", 0),
        ("张三", 1, Right, "张三", 2),
        ("张三", 2, Right, "张三", 2),
        ("葛\u{e0100}城", 1, Backspace, "城", 0),
        ("葛\u{e0100}城", 0, Delete, "城", 0),
        ("👨‍👩‍👧x", 1, Backspace, "x", 0),
        ("🇨🇳🇨🇳", 2, Backspace, "🇨🇳", 1),
        ("张三", 0, Backspace, "张三", 0),
        ("张三", 2, Delete, "张三", 2),
        ("Wuhan city", 10, WordLeft, "Wuhan city", 6),
        ("Wuhan city", 6, WordLeft, "Wuhan city", 0),
        ("Wuhan city", 0, WordRight, "Wuhan city", 5),
        ("Wuhan city", 5, WordRight, "Wuhan city", 10),
        ("天门 123.5 元", 6, WordLeft, "天门 123.5 元", 3),
        ("天门市", 2, WordLeft, "天门市", 0),
        ("岳口镇健康路18号，二栋", 11, WordLeft, "岳口镇健康路18号，二栋", 10),
        ("岳口镇健康路18号，二栋", 8, WordLeft, "岳口镇健康路18号，二栋", 6),
        ("岳口镇健康路18号，二栋", 0, WordRight, "岳口镇健康路18号，二栋", 6),
        ("岳口镇健康路18号，二栋", 9, WordRight, "岳口镇健康路18号，二栋", 10),
        ("葛\u{e0100}城𠮷野 x", 4, WordLeft, "葛\u{e0100}城𠮷野 x", 0),
        ("葛\u{e0100}城𠮷野 x", 1, WordRight, "葛\u{e0100}城𠮷野 x", 4),
        ("岳口镇健康路", 6, DeleteWordLeft, "", 0),
        ("Wuhan city", 8, DeleteWordLeft, "Wuhan ty", 6),
        ("a b  ", 5, DeleteWordLeft, "a ", 2),
        ("一二三", 1, DeleteToStart, "二三", 0),
        ("一二三", 1, DeleteToEnd, "一", 1),
        ("一二\n三四\n五", 4, Home, "一二\n三四\n五", 3),
        ("一二\n三四\n五", 3, End, "一二\n三四\n五", 5),
        ("一二\n三四\n五", 4, DeleteToStart, "一二\n四\n五", 3),
        ("一二\n三四\n五", 4, DeleteToEnd, "一二\n三\n五", 4),
        ("一\n二", 2, Backspace, "一二", 1),
        ("一\n二", 3, Clear, "", 0),
    ];
    for (text, caret, edit, expected, expected_caret) in cases {
        let mut editor = at(text, caret);
        assert_eq!(editor.apply(edit), text != expected, "{edit:?} on {text:?}");
        assert_eq!((editor.text(), editor.caret()), (expected, expected_caret), "{edit:?} on {text:?} at {caret}");
    }
}

#[test]
fn typing_combines_with_what_is_there() {
    let mut editor = Editor::new("");
    type_each(&mut editor, "e葛");
    editor.insert("\u{e0100}");
    assert_eq!((editor.text(), editor.caret()), ("e葛\u{e0100}", 2));
    let mut editor = at("e", 1);
    editor.insert("\u{301}");
    assert_eq!((editor.text(), editor.caret()), ("é", 1));
    let mut editor = Editor::new("");
    for part in ["👨", "\u{200d}", "👩"] {
        editor.insert(part);
    }
    assert_eq!((editor.text(), editor.caret()), ("👨‍👩", 1));
}

#[test]
fn what_goes_in_is_clean() {
    let mut editor = Editor::new("天门市\n岳口镇");
    assert_eq!(editor.text(), "天门市岳口镇");
    assert!(!editor.insert("\u{1b}[2J\u{7}"));
    assert!(!editor.insert("\n"));
    assert!(editor.insert("健康路\r\n\u{202e}一号"));
    assert_eq!(editor.text(), "天门市岳口镇健康路一号");
    let mut editor = Editor::multi_line("");
    editor.insert("a\r\nb\tc");
    assert_eq!(editor.text(), "a\nb c");
    editor.set_text("\u{feff}x");
    assert_eq!((editor.text(), editor.caret()), ("x", 1));
}

#[test]
fn a_selection_is_replaced_deleted_or_left() {
    let mut editor = at("一二三", 1);
    editor.apply(Edit::SelectAll);
    assert!(editor.is_all_selected());
    editor.insert("四");
    assert_eq!((editor.text(), editor.is_all_selected()), ("四", false));
    editor.apply(Edit::SelectAll);
    assert!(editor.apply(Edit::Backspace));
    assert!(editor.is_empty());
    editor.apply(Edit::SelectAll);
    assert!(!editor.is_all_selected(), "nothing to select");

    for (edit, caret) in [(Edit::Left, 0), (Edit::Right, 3), (Edit::Home, 0), (Edit::End, 3)] {
        let mut editor = at("一二三", 1);
        editor.apply(Edit::SelectAll);
        assert!(!editor.apply(edit));
        assert_eq!((editor.caret(), editor.is_all_selected(), editor.text()), (caret, false, "一二三"), "{edit:?}");
    }
}

#[test]
fn undo_takes_back_runs_of_one_kind() {
    let mut editor = Editor::new("张");
    type_each(&mut editor, "三丰");
    editor.apply(Edit::Backspace);
    editor.insert("四五六");
    let mut seen = vec![editor.text().to_owned()];
    while editor.apply(Edit::Undo) {
        seen.push(editor.text().to_owned());
    }
    assert_eq!(seen, ["张三四五六", "张三", "张三丰", "张"]);
    assert_eq!(editor.caret(), 1);
    while editor.apply(Edit::Redo) {}
    assert_eq!(editor.text(), "张三四五六");
    editor.apply(Edit::Undo);
    editor.insert("x");
    assert!(!editor.apply(Edit::Redo), "a new step ends redoing");
}

#[test]
fn a_text_is_exchanged_as_one_step() {
    let mut editor = Editor::new("2024年3月1日");
    assert!(editor.exchange("2024-03-01"));
    assert_eq!((editor.text(), editor.caret()), ("2024-03-01", 10));
    assert!(!editor.exchange("2024-03-01"));
    editor.apply(Edit::Undo);
    assert_eq!(editor.text(), "2024年3月1日");
    editor.place_caret(4);
    assert_eq!(editor.caret(), 4);
    editor.place_caret(99);
    assert_eq!(editor.caret(), 9);
}

#[test]
fn a_motion_ends_a_run_and_an_idle_step_begins_none() {
    let mut editor = Editor::new("");
    type_each(&mut editor, "ab");
    editor.apply(Edit::Left);
    type_each(&mut editor, "cd");
    editor.apply(Edit::Undo);
    assert_eq!((editor.text(), editor.caret()), ("ab", 1));

    let mut editor = Editor::new("a");
    editor.apply(Edit::SelectAll);
    assert!(!editor.insert("a"), "the same text again");
    editor.insert("b");
    editor.apply(Edit::Undo);
    assert_eq!(editor.text(), "a");
}

#[test]
fn a_full_field_takes_no_more() {
    let mut editor = Editor::new("").max_graphemes(3);
    assert!(editor.insert("一二三四"));
    assert_eq!(editor.text(), "一二三");
    assert!(!editor.insert("五"));
    assert!(editor.insert("\u{e0100}"), "a variation selector takes no room");
    editor.apply(Edit::SelectAll);
    assert!(editor.insert("四五六七"));
    assert_eq!(editor.text(), "四五六");
    let mut longer = Editor::new("一二三四").max_graphemes(3);
    assert!(!longer.insert("五"));
    assert_eq!(longer.text(), "一二三四", "what is there stays");
}

#[test]
fn the_window_moves_only_when_the_caret_leaves_it() {
    let mut editor = Editor::new("一二三四五六");
    let view = editor.view(7);
    assert_eq!(view, View { text: "四五六".into(), caret: 6, before: true, after: false });
    for expected in [4, 2, 0] {
        editor.apply(Edit::Left);
        assert_eq!(editor.view(7).caret, expected);
        assert_eq!(editor.view(7).text, "四五六");
    }
    editor.apply(Edit::Left);
    assert_eq!(editor.view(7), View { text: "三四五 ".into(), caret: 0, before: true, after: true });
    for expected in [2, 4, 6] {
        editor.apply(Edit::Right);
        assert_eq!(editor.view(7), View { text: "三四五 ".into(), caret: expected, before: true, after: true });
    }
    editor.apply(Edit::Home);
    assert_eq!(editor.view(7), View { text: "一二三 ".into(), caret: 0, before: false, after: true });
    assert_eq!(editor.view(40), View { text: "一二三四五六".into(), caret: 0, before: false, after: false });
    assert_eq!(editor.view(0), View { text: String::new(), caret: 0, before: false, after: true });
}

#[test]
fn a_window_that_grows_shows_more() {
    let editor = Editor::new("一二三四五六");
    editor.view(5);
    assert_eq!(editor.view(13), View { text: "一二三四五六".into(), caret: 12, before: false, after: false });
}

#[test]
fn a_secret_shows_stars() {
    let mut editor = Editor::new("").secret();
    editor.insert("密码1");
    assert_eq!(editor.view(10), View { text: "***".into(), caret: 3, before: false, after: false });
    assert_eq!(editor.text(), "密码1");
    assert!(!format!("{editor:?}").contains("密码"));
}

#[test]
fn rows_wrap_and_scroll() {
    let mut editor = Editor::multi_line("高龄津贴申领\n二");
    let view = editor.view_lines(9, 2);
    assert_eq!(
        view,
        LinesView { lines: vec!["申领".into(), "二".into()], caret: (2, 1), first_line: 1, total_lines: 3 }
    );
    editor.apply(Edit::Up);
    assert_eq!(editor.view_lines(9, 2).caret, (2, 0));
    editor.apply(Edit::Up);
    let view = editor.view_lines(9, 2);
    assert_eq!((view.caret, view.first_line), ((2, 0), 0));
    assert_eq!(view.lines, ["高龄津贴", "申领"]);
    editor.apply(Edit::Up);
    assert_eq!(editor.caret(), 0, "up from the first row goes to the beginning");
    editor.apply(Edit::Down);
    editor.apply(Edit::Down);
    editor.apply(Edit::Down);
    assert_eq!(editor.caret(), 8, "down from the last row goes to the end");
}

#[test]
fn moving_over_rows_keeps_the_column() {
    let mut editor = at("高龄津贴申领\n二\n老年人优待证", 3);
    editor.view_lines(9, 9);
    let mut carets = Vec::new();
    for edit in [Edit::Down, Edit::Down, Edit::Down, Edit::Up, Edit::Up, Edit::Up] {
        editor.apply(edit);
        carets.push(editor.view_lines(9, 9).caret);
    }
    assert_eq!(carets, [(4, 1), (2, 2), (6, 3), (2, 2), (4, 1), (6, 0)]);
    // Up from column 8, where the wrapped row above would end: its last character, not the row below again.
    let mut editor = at("高龄津贴申领\n老年优待", 11);
    editor.view_lines(9, 9);
    editor.apply(Edit::Up);
    assert_eq!(editor.view_lines(9, 9).caret, (4, 1));
    editor.apply(Edit::Up);
    assert_eq!(editor.view_lines(9, 9).caret, (6, 0));
}

#[test]
fn one_line_has_no_rows() {
    let mut editor = Editor::new("一二");
    editor.apply(Edit::Up);
    assert_eq!(editor.caret(), 2);
    assert!(!editor.is_multi_line());
}

#[derive(Debug, Clone)]
enum Act {
    Apply(Edit),
    Insert(String),
    Look(usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let piece = prop_oneof![
        "[a-z ]",
        "[\u{4e00}-\u{9fff}]{1,3}",
        Just("\n".to_owned()),
        Just("\u{301}".to_owned()),
        Just("\u{e0100}".to_owned()),
        Just("\u{200d}".to_owned()),
        Just("👩".to_owned()),
        Just("🇨".to_owned()),
        Just("\u{600}".to_owned()),
        Just("\u{fa0c}".to_owned()),
        ".{0,6}",
    ];
    prop_oneof![
        3 => prop::sample::select(&ALL[..]).prop_map(Act::Apply),
        3 => piece.prop_map(Act::Insert),
        1 => (0usize..12, 0usize..5).prop_map(|(cols, rows)| Act::Look(cols, rows)),
    ]
}

fn perform(editor: &mut Editor, act: &Act) -> bool {
    match act {
        Act::Apply(edit) => editor.apply(*edit),
        Act::Insert(text) => editor.insert(text),
        Act::Look(cols, rows) => {
            editor.view(*cols);
            editor.view_lines(*cols, *rows);
            false
        }
    }
}

fn editor() -> impl Strategy<Value = Editor> {
    (any::<bool>(), ".{0,8}", prop::option::of(0usize..12)).prop_map(|(multi, text, max)| {
        let editor = if multi { Editor::multi_line(&text) } else { Editor::new(&text) };
        match max {
            Some(max) => editor.max_graphemes(max),
            None => editor,
        }
    })
}

proptest! {
    #[test]
    fn any_edits_keep_the_text_whole(
        mut editor in editor(), acts in prop::collection::vec(act(), 0..40), cols in 0usize..14, height in 0usize..5
    ) {
        for act in &acts {
            let before = editor.text().to_owned();
            prop_assert_eq!(perform(&mut editor, act), before != editor.text());
            prop_assert_eq!(sanitize(editor.text(), editor.lines), editor.text());
            let boundary = editor.boundaries().chain([editor.text().len()]).any(|at| at == editor.caret);
            prop_assert!(boundary, "caret inside a grapheme");

            let view = editor.view(cols);
            prop_assert!(view.caret < cols.max(1));
            prop_assert!(width(&view.text) <= cols);
            prop_assert_eq!(editor.view(cols), view, "a second look shows the same");

            let view = editor.view_lines(cols, height);
            prop_assert!(view.caret.0 < cols.max(1) && view.caret.1 < height.max(1));
            prop_assert!(view.lines.len() <= height);
            prop_assert!(view.lines.iter().all(|line| width(line) <= cols));
        }
    }

    #[test]
    fn undo_returns_to_the_beginning_and_redo_to_the_end(mut editor in editor(), acts in prop::collection::vec(act(), 0..40)) {
        let first = editor.text().to_owned();
        for act in acts.iter().filter(|act| !matches!(act, Act::Apply(Edit::Undo | Edit::Redo))) {
            perform(&mut editor, act);
        }
        let last = editor.text().to_owned();
        let mut steps = 0;
        while editor.apply(Edit::Undo) {
            steps += 1;
        }
        prop_assert_eq!(editor.text(), first);
        for _ in 0..steps {
            prop_assert!(editor.apply(Edit::Redo));
        }
        prop_assert_eq!(editor.text(), last);
    }

    #[test]
    fn typing_never_passes_the_limit(max in 0usize..8, acts in prop::collection::vec(act(), 0..30)) {
        let mut editor = Editor::multi_line("").max_graphemes(max);
        for act in &acts {
            perform(&mut editor, act);
            prop_assert!(editor.text().graphemes(true).count() <= max);
        }
    }
}
