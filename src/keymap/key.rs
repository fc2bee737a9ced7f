//! One key press, as the program's own type: the terminal library stays behind `runtime`.

use std::fmt;
use std::str::FromStr;

/// A key without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCode {
    /// F1 to F12.
    F(u8),
    /// A character; a blank is `Char(' ')`.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Arrow.
    Up,
    /// Arrow.
    Down,
    /// Arrow.
    Left,
    /// Arrow.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// Backspace.
    Backspace,
}

/// A key press with its modifiers. Shift is part of a character and set only for keys that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Ctrl held.
    pub ctrl: bool,
    /// Alt held.
    pub alt: bool,
    /// Shift held, for keys other than characters.
    pub shift: bool,
}

impl Key {
    /// The key alone.
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// The character that the key types into a text field, if it does.
    pub const fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The F-key that a digit after Esc stands for: `2` is F2, `0` is F10.
    pub const fn function_for_digit(self) -> Option<Self> {
        match self.code {
            KeyCode::Char('0') => Some(Self::plain(KeyCode::F(10))),
            KeyCode::Char(digit @ '1'..='9') => Some(Self::plain(KeyCode::F(digit as u8 - b'0'))),
            _ => None,
        }
    }
}

const NAMES: [(&str, KeyCode); 16] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("page-up", KeyCode::PageUp),
    ("page-down", KeyCode::PageDown),
    ("insert", KeyCode::Insert),
    ("delete", KeyCode::Delete),
    ("backspace", KeyCode::Backspace),
    ("space", KeyCode::Char(' ')),
];

/// Text that names no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such key")]
pub struct KeyError;

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_lowercase();
        let mut rest = lower.as_str();
        let mut key = Self::plain(KeyCode::Esc);
        loop {
            if let Some(tail) = rest.strip_prefix("ctrl-") {
                (key.ctrl, rest) = (true, tail);
            } else if let Some(tail) = rest.strip_prefix("alt-") {
                (key.alt, rest) = (true, tail);
            } else if let Some(tail) = rest.strip_prefix("shift-") {
                (key.shift, rest) = (true, tail);
            } else {
                break;
            }
        }
        let function = || rest.strip_prefix('f')?.parse().ok().filter(|n| (1..=12).contains(n)).map(KeyCode::F);
        let character = || {
            let mut characters = rest.chars();
            characters.next().filter(|_| characters.next().is_none()).map(KeyCode::Char)
        };
        key.code = NAMES
            .iter()
            .find_map(|(name, code)| (*name == rest).then_some(*code))
            .or_else(function)
            .or_else(character)
            .ok_or(KeyError)?;
        Ok(key)
    }
}

impl fmt::Display for Key {
    /// The name as a keyboard shows it: `F9`, `Ctrl-P`, `PgUp`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::F(n) => write!(f, "F{n}"),
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) => write!(f, "{}", c.to_uppercase()),
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::Tab => f.write_str("Tab"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            KeyCode::Up => f.write_str("Up"),
            KeyCode::Down => f.write_str("Down"),
            KeyCode::Left => f.write_str("Left"),
            KeyCode::Right => f.write_str("Right"),
            KeyCode::Home => f.write_str("Home"),
            KeyCode::End => f.write_str("End"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::Insert => f.write_str("Ins"),
            KeyCode::Delete => f.write_str("Del"),
            KeyCode::Backspace => f.write_str("Backspace"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_their_modifiers() {
        assert_eq!("F9".parse(), Ok(Key::plain(KeyCode::F(9))));
        assert_eq!("ctrl-p".parse(), Ok(Key { ctrl: true, ..Key::plain(KeyCode::Char('p')) }));
        assert_eq!("shift-up".parse(), Ok(Key { shift: true, ..Key::plain(KeyCode::Up) }));
        assert_eq!("space".parse(), Ok(Key::plain(KeyCode::Char(' '))));
        assert_eq!("f".parse(), Ok(Key::plain(KeyCode::Char('f'))));
        assert_eq!("f13".parse::<Key>(), Err(KeyError));
        assert_eq!("".parse::<Key>(), Err(KeyError));
    }

    #[test]
    fn a_digit_after_esc_stands_for_an_f_key() {
        let digit = |c| Key::plain(KeyCode::Char(c)).function_for_digit().map(|key| key.to_string());
        assert_eq!(digit('1').as_deref(), Some("F1"));
        assert_eq!(digit('9').as_deref(), Some("F9"));
        assert_eq!(digit('0').as_deref(), Some("F10"));
        assert_eq!(digit('x'), None);
    }
}
