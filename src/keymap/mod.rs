//! Keys and actions as data.
//!
//! `config/keymap.toml` binds keys to [`Action`]s by [`Context`]. The hint bar, the help page, the menu and the README's table are
//! written from the same list.

mod action;
mod key;

use std::collections::BTreeMap;

pub use action::Action;
pub use key::{Key, KeyCode};
use serde::{Deserialize, Serialize};

/// Where a binding holds. A screen names the contexts that hold for it, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// Everywhere.
    Global,
    /// Lists and pages of text.
    List,
    /// Forms: rows are fields.
    Form,
    /// Inside a text field.
    Edit,
    /// Inside a text field of several lines, before [`Self::Edit`].
    MultiLine,
}

impl Context {
    /// Every context, in the order of the tables of keys.
    pub const ALL: [Self; 5] = [Self::Global, Self::List, Self::Form, Self::Edit, Self::MultiLine];
}

/// Why a keymap file is refused.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// Not TOML, an unknown context, an unknown action, or a key that stands twice.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A key that cannot be read.
    #[error("no such key: {0}")]
    Key(String),
}

/// Key bindings by context.
#[derive(Debug, Clone)]
pub struct Keymap {
    bindings: BTreeMap<Context, BTreeMap<Key, Action>>,
}

/// The compiled-in bindings, as text.
pub const BUILT_IN: &str = include_str!("../../config/keymap.toml");

impl Keymap {
    /// Reads bindings from TOML.
    ///
    /// # Errors
    /// When the text is not TOML, or names an unknown context, key or action, or a key stands twice in a context.
    pub fn from_toml(text: &str) -> Result<Self, KeymapError> {
        let raw: BTreeMap<Context, BTreeMap<String, Action>> = toml::from_str(text)?;
        let mut bindings: BTreeMap<Context, BTreeMap<Key, Action>> = BTreeMap::new();
        for (context, keys) in raw {
            for (name, action) in keys {
                let key = name.parse().map_err(|_| KeymapError::Key(name.clone()))?;
                if bindings.entry(context).or_default().insert(key, action).is_some() {
                    return Err(KeymapError::Key(name));
                }
            }
        }
        Ok(Self { bindings })
    }

    /// The compiled-in bindings. A test holds them readable.
    pub fn built_in() -> Self {
        Self::from_toml(BUILT_IN).unwrap_or_else(|_| Self { bindings: BTreeMap::new() })
    }

    /// What a key does where these contexts hold, the first that binds it deciding.
    pub fn action(&self, contexts: &[Context], key: Key) -> Option<Action> {
        contexts.iter().find_map(|context| self.bindings.get(context)?.get(&key).copied())
    }

    /// The key that stands for an action where these contexts hold, the shortest name first.
    pub fn key_for(&self, contexts: &[Context], action: Action) -> Option<Key> {
        contexts.iter().find_map(|context| {
            self.bindings
                .get(context)?
                .iter()
                .filter(|(_, bound)| **bound == action)
                .map(|(key, _)| *key)
                .min_by_key(|key| key.to_string().len())
        })
    }

    /// Every binding of a context, by key.
    pub fn bindings(&self, context: Context) -> impl Iterator<Item = (Key, Action)> {
        self.bindings.get(&context).into_iter().flatten().map(|(key, action)| (*key, *action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_keymap_is_readable_and_binds_the_designs_keys() {
        let keymap = Keymap::from_toml(BUILT_IN).unwrap();
        let everywhere = [Context::Global];
        for (key, action) in [
            ("f1", Action::Help),
            ("f2", Action::Catalogue),
            ("f3", Action::Drafts),
            ("f4", Action::Outbox),
            ("f5", Action::Cases),
            ("f6", Action::ReadDevice),
            ("f7", Action::NextError),
            ("f8", Action::Park),
            ("f9", Action::Proceed),
            ("f10", Action::Menu),
            ("f12", Action::Lock),
            ("esc", Action::Back),
        ] {
            assert_eq!(keymap.action(&everywhere, key.parse().unwrap()), Some(action), "{key}");
        }
    }

    #[test]
    fn no_bare_letter_is_a_command_in_a_text_field() {
        let keymap = Keymap::built_in();
        for context in [Context::MultiLine, Context::Edit, Context::Form, Context::Global] {
            for (key, action) in keymap.bindings(context) {
                let bare = matches!(key.code, KeyCode::Char(c) if c != ' ') && !key.ctrl && !key.alt;
                assert!(!bare, "{key} is {action:?} in {context:?}");
            }
        }
    }

    #[test]
    fn keys_that_terminals_cannot_tell_apart_and_multiplexer_prefixes_are_unbound() {
        let keymap = Keymap::built_in();
        for context in Context::ALL {
            for key in ["ctrl-i", "ctrl-m", "ctrl-h", "ctrl-[", "ctrl-a", "ctrl-b"] {
                assert_eq!(keymap.action(&[context], key.parse().unwrap()), None, "{key}");
            }
        }
    }

    #[test]
    fn a_broken_keymap_is_refused() {
        for text in [
            "[global]\nf1 = \"no-such-action\"",
            "[nowhere]\nf1 = \"help\"",
            "[global]\nf99 = \"help\"",
            "[global]\nf1 = \"help\"\nf1 = \"menu\"",
            "[global]\nF1 = \"help\"\nf1 = \"menu\"",
            "[global",
        ] {
            assert!(Keymap::from_toml(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_nearest_context_decides() {
        let keymap = Keymap::built_in();
        let enter: Key = "enter".parse().unwrap();
        assert_eq!(keymap.action(&[Context::Form, Context::Global], enter), Some(Action::Next));
        assert_eq!(keymap.action(&[Context::List, Context::Global], enter), Some(Action::Open));
        assert_eq!(keymap.key_for(&[Context::List, Context::Global], Action::Proceed), "f9".parse().ok());
    }
}
