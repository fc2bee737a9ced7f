//! What can be undone in the fields that have lost the focus: coming back to a field, its last steps can still be taken back.

use std::collections::VecDeque;

use serde_json::Value;

use super::part::PartId;
use crate::text::Editor;

/// Fields whose text is remembered with its steps.
const FIELDS: usize = 32;
/// Steps of choices that are remembered.
const STEPS: usize = 256;

/// Where a field is: its part and its pointer.
pub type Place = (PartId, String);

/// The fields' pasts. Their values are personal data, which the `Debug` form does not show.
#[derive(Default)]
pub struct History {
    /// Texts that were left, the last one last.
    texts: VecDeque<(Place, Editor)>,
    /// What choices were before.
    before: VecDeque<(Place, Option<Value>)>,
    /// What choices were before they were taken back.
    after: Vec<(Place, Option<Value>)>,
}

impl History {
    /// Remembers the text of a field that loses the focus, if anything in it can be undone.
    pub fn leave(&mut self, place: Place, editor: Editor) {
        if editor.has_past() {
            self.texts.retain(|(known, _)| *known != place);
            self.texts.push_back((place, editor));
            if self.texts.len() > FIELDS {
                self.texts.pop_front();
            }
        }
    }

    /// The editor of a field that gets the focus again.
    pub fn come_back(&mut self, place: &Place) -> Option<Editor> {
        let at = self.texts.iter().position(|(known, _)| known == place)?;
        self.texts.remove(at).map(|(_, editor)| editor)
    }

    /// Remembers what a choice was before it changed.
    pub fn chosen(&mut self, place: Place, before: Option<Value>) {
        self.after.retain(|(known, _)| *known != place);
        self.before.push_back((place, before));
        if self.before.len() > STEPS {
            self.before.pop_front();
        }
    }

    /// What a choice was before its last change; `None` when nothing is remembered.
    pub fn undo(&mut self, place: &Place, now: Option<Value>) -> Option<Option<Value>> {
        let at = self.before.iter().rposition(|(known, _)| known == place)?;
        let (place, before) = self.before.remove(at)?;
        self.after.push((place, now));
        Some(before)
    }

    /// What a choice was before it was taken back.
    pub fn redo(&mut self, place: &Place, now: Option<Value>) -> Option<Option<Value>> {
        let at = self.after.iter().rposition(|(known, _)| known == place)?;
        let (place, after) = self.after.remove(at);
        self.before.push_back((place, now));
        Some(after)
    }

    /// Forgets everything below a pointer: its entries are no longer where they were.
    pub fn forget(&mut self, part: PartId, below: &str) {
        let stays = |(known, pointer): &Place| *known != part || !pointer.starts_with(&format!("{below}/"));
        self.texts.retain(|(place, _)| stays(place));
        self.before.retain(|(place, _)| stays(place));
        self.after.retain(|(place, _)| stays(place));
    }
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("History").field("texts", &self.texts.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::text::Edit;

    fn place(pointer: &str) -> Place {
        (PartId::Form, pointer.to_owned())
    }

    #[test]
    fn a_text_comes_back_with_its_steps() {
        let mut history = History::default();
        let mut editor = Editor::new("");
        history.leave(place("/untouched"), editor.clone());
        assert!(history.come_back(&place("/untouched")).is_none());
        editor.insert("张三");
        history.leave(place("/name"), editor);
        let mut back = history.come_back(&place("/name")).unwrap();
        back.apply(Edit::Undo);
        assert_eq!(back.text(), "");
    }

    #[test]
    fn choices_are_taken_back_field_by_field() {
        let mut history = History::default();
        history.chosen(place("/a"), None);
        history.chosen(place("/b"), Some(json!(1)));
        history.chosen(place("/a"), Some(json!("x")));
        assert_eq!(history.undo(&place("/a"), Some(json!("y"))), Some(Some(json!("x"))));
        assert_eq!(history.undo(&place("/a"), Some(json!("x"))), Some(None));
        assert_eq!(history.undo(&place("/a"), None), None);
        assert_eq!(history.redo(&place("/a"), None), Some(Some(json!("x"))));
        history.chosen(place("/a"), Some(json!("x")));
        assert_eq!(history.redo(&place("/a"), None), None, "a new choice ends redoing");
        assert_eq!(history.undo(&place("/b"), None), Some(Some(json!(1))));
    }

    #[test]
    fn what_moved_is_forgotten_and_the_oldest_too() {
        let mut history = History::default();
        let mut editor = Editor::new("");
        editor.insert("x");
        history.leave(place("/m/0/name"), editor.clone());
        history.leave(place("/me"), editor.clone());
        history.chosen(place("/m/1/sex"), None);
        history.forget(PartId::Form, "/m");
        assert!(history.come_back(&place("/m/0/name")).is_none());
        assert!(history.come_back(&place("/me")).is_some());
        assert_eq!(history.undo(&place("/m/1/sex"), None), None);
        for number in 0..=FIELDS {
            history.leave(place(&format!("/{number}")), editor.clone());
        }
        assert!(history.come_back(&place("/0")).is_none());
        assert!(history.come_back(&place("/1")).is_some());
    }
}
