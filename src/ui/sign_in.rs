//! Sign in, the cover over a locked desk, and the other pages with passwords.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::sign_in::SignIn;
use crate::text::wrap;

/// Columns of the box.
const COLUMNS: u16 = 56;
/// Columns of a label, and where the fields begin.
const LABEL: u16 = 18;
const FIELD: u16 = 21;

/// Draws the screen.
pub fn draw(screen: &SignIn, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let locale = &shared.locale;
    let title = locale.text(crate::app::ScreenState::title(screen));
    let said = match (&screen.error, screen.hint) {
        _ if screen.waiting => Some((locale.text("sign-in-waiting"), false)),
        (Some(error), _) => Some((error.clone(), true)),
        (None, Some(hint)) => Some((locale.text(hint), false)),
        (None, None) => None,
    };
    let columns = COLUMNS.min(canvas.width());
    let lines = said.as_ref().map(|(text, _)| wrap(text, usize::from(columns.saturating_sub(4)))).unwrap_or_default();
    let count = u16::try_from(screen.fields.len()).unwrap_or(1);
    // Room for two lines at least, so that the box stays where it is when something is said.
    let rows = 2 * count + 3 + u16::try_from(lines.len()).unwrap_or(2).max(2);
    // A small window has no room for blank rows.
    let step = if rows > canvas.height() { 1 } else { 2 };
    let mut form = canvas.boxed(columns, rows, &title);
    let (plain, field, selected, wrong) =
        (form.theme.plain(), form.theme.field(), form.theme.selected(), form.theme.error());
    let width = form.width().saturating_sub(FIELD + 2);
    let mut y = 1;
    for (index, one) in screen.fields.iter().enumerate() {
        let focused = index == screen.focus;
        form.text_in(2, y, LABEL, &locale.text(one.label), if focused { selected } else { plain });
        form.style(FIELD, y, width, field);
        let view = one.editor.view(usize::from(width));
        let shown = if one.secret { "*".repeat(view.text.trim_end().chars().count()) } else { view.text };
        form.text_in(FIELD, y, width, &shown, field);
        if focused {
            let caret = if one.secret { one.editor.caret() } else { view.caret };
            form.cursor(FIELD + u16::try_from(caret).unwrap_or(0).min(width.saturating_sub(1)), y);
        }
        y += step;
    }
    let style = if said.is_some_and(|(_, is_wrong)| is_wrong) { wrong } else { plain };
    for (row, line) in (y..).zip(lines) {
        form.text(2, row, &line, style);
    }
}
