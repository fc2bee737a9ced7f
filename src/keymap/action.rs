//! What a key can do.

use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What a key can do. The name in the keymap file is the variant in kebab case; its label is the sentence `action-<name>`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name in the keymap file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

actions! {
    /// Help for this screen.
    Help = "help",
    /// To the catalogue.
    Catalogue = "catalogue",
    /// To the drafts (草稿).
    Drafts = "drafts",
    /// To the outbox (待发).
    Outbox = "outbox",
    /// To the cases (办件).
    Cases = "cases",
    /// Read a device into this field.
    ReadDevice = "read-device",
    /// To the next error.
    NextError = "next-error",
    /// Park the draft (暂存) and leave.
    Park = "park",
    /// The screen's next step: guide → intake → review → submit.
    Proceed = "proceed",
    /// Menu of every action of this screen.
    Menu = "menu",
    /// Lock the screen.
    Lock = "lock",
    /// Set another password for the local store.
    ChangePassword = "change-password",
    /// Open the local store by the recovery key.
    Recover = "recover",
    /// Back, never losing anything.
    Back = "back",
    /// Leave the program, everything kept.
    Quit = "quit",
    /// Print.
    Print = "print",
    /// Write a text file.
    SaveText = "save-text",
    /// Choose filters.
    Filter = "filter",
    /// Mark an item as a favourite (收藏), or take the mark away.
    Favourite = "favourite",
    /// Mark an item to compare it with another (对比).
    Compare = "compare",
    /// Where an item is done (去哪办).
    Whither = "whither",
    /// Discard a draft or withdraw a queued request, after a question.
    Discard = "discard",
    /// Show what is masked, or mask it again.
    Reveal = "reveal",
    /// Fetch again.
    Refresh = "refresh",
    /// One row up.
    Up = "up",
    /// One row down.
    Down = "down",
    /// One page up or to the previous page.
    PageUp = "page-up",
    /// One page down or to the next page.
    PageDown = "page-down",
    /// To the first row.
    First = "first",
    /// To the last row.
    Last = "last",
    /// Open the selected row.
    Open = "open",
    /// Next field.
    Next = "next",
    /// Previous field.
    Previous = "previous",
    /// Left, or the previous choice.
    Left = "left",
    /// Right, or the next choice.
    Right = "right",
    /// Open the choices, or turn on and off.
    Toggle = "toggle",
    /// Add an entry to a repeat group.
    AddEntry = "add-entry",
    /// Remove this entry of a repeat group.
    RemoveEntry = "remove-entry",
    /// Move this entry of a repeat group before the one above it.
    MoveEntryUp = "move-entry-up",
    /// Move this entry of a repeat group after the one below it.
    MoveEntryDown = "move-entry-down",
    /// To one of the entries of a repeat group.
    GoToEntry = "go-to-entry",
    /// Caret one grapheme left.
    CursorLeft = "cursor-left",
    /// Caret one grapheme right.
    CursorRight = "cursor-right",
    /// Caret one word left.
    CursorWordLeft = "cursor-word-left",
    /// Caret one word right.
    CursorWordRight = "cursor-word-right",
    /// Caret one row up in a text of several lines.
    CursorUp = "cursor-up",
    /// Caret one row down in a text of several lines.
    CursorDown = "cursor-down",
    /// A line break in a text of several lines.
    NewLine = "new-line",
    /// Caret to the start.
    CursorStart = "cursor-start",
    /// Caret to the end.
    CursorEnd = "cursor-end",
    /// Delete the grapheme before the caret.
    DeleteBack = "delete-back",
    /// Delete the grapheme after the caret.
    DeleteForward = "delete-forward",
    /// Delete the word before the caret.
    DeleteWord = "delete-word",
    /// Delete everything before the caret.
    DeleteToStart = "delete-to-start",
    /// Delete everything after the caret.
    DeleteToEnd = "delete-to-end",
    /// Undo the last edit of this field.
    Undo = "undo",
    /// Redo.
    Redo = "redo",
    /// Select the whole field; the next character replaces it.
    SelectAll = "select-all",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{Language, Locale};

    #[test]
    fn every_action_has_its_name_and_a_label_in_both_languages() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.name());
            for language in Language::ALL {
                assert!(Locale::of(language).has(&format!("action-{}", action.name())), "{language}: {action:?}");
            }
        }
    }
}
