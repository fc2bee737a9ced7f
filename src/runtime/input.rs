//! Terminal events as the program's own messages. The terminal library ends here.

use crossterm::event::{Event, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::Msg;
use crate::keymap::{Key, KeyCode};

/// The message of an event; `None` for what the program does not listen to.
pub fn message(event: Event) -> Option<Msg> {
    match event {
        // Some terminals report the release of a key too.
        Event::Key(key) if key.kind != KeyEventKind::Release => self::key(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize { columns, rows }),
        _ => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        Code::F(n) => KeyCode::F(n),
        Code::Char(c) => KeyCode::Char(c),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => KeyCode::BackTab,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Insert => KeyCode::Insert,
        Code::Delete => KeyCode::Delete,
        Code::Backspace => KeyCode::Backspace,
        _ => return None,
    };
    let held = |modifier| event.modifiers.contains(modifier);
    let (ctrl, alt) = (held(KeyModifiers::CONTROL), held(KeyModifiers::ALT));
    let code = match code {
        KeyCode::Char(c) if ctrl || alt => KeyCode::Char(c.to_ascii_lowercase()),
        code => code,
    };
    let has_shift_in_it = matches!(code, KeyCode::Char(_) | KeyCode::BackTab);
    Some(Key { code, ctrl, alt, shift: held(KeyModifiers::SHIFT) && !has_shift_in_it })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: Code, modifiers: KeyModifiers) -> Option<String> {
        match message(Event::Key(KeyEvent::new(code, modifiers))) {
            Some(Msg::Key(key)) => Some(key.to_string()),
            _ => None,
        }
    }

    #[test]
    fn keys_are_read_with_their_modifiers() {
        assert_eq!(press(Code::F(9), KeyModifiers::NONE).as_deref(), Some("F9"));
        assert_eq!(press(Code::Char('P'), KeyModifiers::CONTROL).as_deref(), Some("Ctrl-P"));
        assert_eq!(press(Code::Char('高'), KeyModifiers::NONE).as_deref(), Some("高"));
        assert_eq!(press(Code::BackTab, KeyModifiers::SHIFT).as_deref(), Some("Shift-Tab"));
        assert_eq!(press(Code::CapsLock, KeyModifiers::NONE), None);
    }

    #[test]
    fn the_release_of_a_key_is_nothing() {
        let mut event = KeyEvent::new(Code::Enter, KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert!(message(Event::Key(event)).is_none());
    }
}
