//! Help: keys and what they do, written from the keymap.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::help::Help;

/// Draws the help page.
pub fn draw(help: &Help, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (plain, strong) = (canvas.theme.plain(), canvas.theme.strong());
    for (y, (key, what)) in (0..canvas.height()).zip(help.lines(shared).iter().skip(help.first)) {
        if key.is_empty() {
            canvas.text(1, y, what, plain);
        } else {
            canvas.text(3, y, key, strong);
            canvas.text(16, y, what, plain);
        }
    }
    canvas.cursor(0, 0);
}
