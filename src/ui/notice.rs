//! What the clerk has to read before the work begins.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::notice::Notice;

/// Draws the page.
pub fn draw(notice: &Notice, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let plain = canvas.theme.plain();
    for (y, line) in (0..canvas.height()).zip(notice.lines(shared).iter().skip(notice.first)) {
        canvas.text(2, y, line, plain);
    }
    canvas.cursor(0, 0);
}
