//! Moving in lists and pages of text.
//!
//! A list shows one windowful at a time and turns it like a page: a step within the window costs a few bytes, not a redrawn list.

use super::shared::Shared;
use crate::keymap::Action;

/// Rows that header, banner, status and hints take from a screen.
pub const FRAME_ROWS: u16 = 4;

/// Rows of a list at this terminal size.
pub fn window(shared: &Shared) -> usize {
    usize::from(shared.size.rows.saturating_sub(FRAME_ROWS)).max(1)
}

/// Rows of a list under column heads.
pub fn list_window(shared: &Shared) -> usize {
    window(shared).saturating_sub(1).max(1)
}

/// The selected row after an action.
pub fn select(selected: usize, count: usize, action: Action, shared: &Shared) -> usize {
    select_in(selected, count, action, window(shared))
}

/// The selected row after an action, in a list that shows `rows` at a time.
pub fn select_in(selected: usize, count: usize, action: Action, rows: usize) -> usize {
    let last = count.saturating_sub(1);
    match action {
        Action::Up | Action::Previous => selected.saturating_sub(1),
        Action::Down | Action::Next => (selected + 1).min(last),
        Action::PageUp => selected.saturating_sub(rows),
        Action::PageDown => (selected + rows).min(last),
        Action::First => 0,
        Action::Last => last,
        _ => selected,
    }
    .min(last)
}

/// The first row of the window that shows the selected one, when a window has `rows` rows.
pub const fn first_of_window(selected: usize, rows: usize) -> usize {
    match selected.checked_rem(rows) {
        Some(within) => selected - within,
        None => selected,
    }
}

/// The first line of a page of text after an action.
pub fn line(first: usize, lines: usize, action: Action, shared: &Shared) -> usize {
    line_in(first, lines, action, window(shared))
}

/// The first line of a page of text after an action, when `rows` lines are shown.
pub fn line_in(first: usize, lines: usize, action: Action, rows: usize) -> usize {
    let page = rows.saturating_sub(1).max(1);
    let last = lines.saturating_sub(rows);
    match action {
        Action::Up | Action::Previous => first.saturating_sub(1),
        Action::Down | Action::Next => first + 1,
        Action::PageUp => first.saturating_sub(page),
        Action::PageDown | Action::Toggle => first + page,
        Action::First => 0,
        Action::Last => last,
        _ => first,
    }
    .min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_turns_like_a_page() {
        assert_eq!(first_of_window(0, 10), 0);
        assert_eq!(first_of_window(9, 10), 0);
        assert_eq!(first_of_window(10, 10), 10);
        assert_eq!(first_of_window(25, 10), 20);
        assert_eq!(first_of_window(3, 0), 3);
    }
}
