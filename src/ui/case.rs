//! One case with its log.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::case::CaseScreen;

/// Draws the case.
pub fn draw(screen: &CaseScreen, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (plain, strong) = (canvas.theme.plain(), canvas.theme.strong());
    for (y, (label, value)) in (0..canvas.height()).zip(screen.lines(shared).iter().skip(screen.first)) {
        canvas.text_in(1, y, 18, label, strong);
        canvas.text(if label.is_empty() { 1 } else { 20 }, y, value, plain);
    }
    canvas.cursor(0, 0);
}
