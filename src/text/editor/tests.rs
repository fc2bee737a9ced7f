use proptest::prelude::*;

use super::*;

#[test]
fn typing_and_deleting() {
    let mut editor = Editor::new("");
    assert!(editor.insert("张"));
    assert!(editor.insert("三"));
    assert!(!editor.apply(Edit::Left));
    assert!(editor.insert("小"));
    assert_eq!((editor.text(), editor.caret()), ("张小三", 2));
    assert!(editor.apply(Edit::Backspace));
    assert!(editor.apply(Edit::Delete));
    assert!(!editor.apply(Edit::Delete));
    assert_eq!((editor.text(), editor.caret()), ("张", 1));
    assert!(editor.apply(Edit::Clear));
    assert!(!editor.apply(Edit::Clear));
    assert!(editor.is_empty());
}
