//! Sign in, or the cover over a locked desk.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::sign_in::SignIn;

/// Draws the sign-in screen.
pub fn draw(screen: &SignIn, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let locale = &shared.locale;
    let title = locale.text(if screen.locked { "title-locked" } else { "title-sign-in" });
    let mut form = canvas.boxed(56, 9, &title);
    let (plain, field, selected, wrong) =
        (form.theme.plain(), form.theme.field(), form.theme.selected(), form.theme.error());
    let width = 28;
    for (y, key, editor, focused) in [
        (1, "sign-in-name", &screen.name, !screen.on_password),
        (3, "sign-in-password", &screen.password, screen.on_password),
    ] {
        form.text_in(2, y, 18, &locale.text(key), if focused { selected } else { plain });
        form.style(21, y, width, field);
        let view = editor.view(usize::from(width));
        let shown =
            if key == "sign-in-password" { "*".repeat(view.text.trim_end().chars().count()) } else { view.text };
        form.text_in(21, y, width, &shown, field);
        if focused {
            let caret = if key == "sign-in-password" { editor.caret() } else { view.caret };
            form.cursor(21 + u16::try_from(caret).unwrap_or(0).min(width - 1), y);
        }
    }
    if screen.waiting {
        form.text(2, 5, &locale.text("sign-in-waiting"), plain);
    } else if let Some(error) = &screen.error {
        for (y, line) in (5..7).zip(crate::text::wrap(error, 50)) {
            form.text(2, y, &line, wrong);
        }
    }
}
