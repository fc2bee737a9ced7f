//! What the clerk has to read before the work begins.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::notice::Notice;

/// Draws the page.
pub fn draw(notice: &Notice, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let plain = canvas.theme.plain();
    let (lines, height) = (notice.lines(shared), canvas.height());
    for (y, line) in (0..height).zip(lines.iter().skip(notice.first)) {
        canvas.text(2, y, line, plain);
    }
    let shown = notice.first + usize::from(height);
    if lines.len() > shown {
        let more = shared.locale.format("document-more", &[("n", (lines.len() - shown).into())]);
        let style = canvas.theme.faint();
        canvas.remark(height.saturating_sub(1), 20, &more, style);
    }
    canvas.cursor(0, 0);
}
