//! Receipt, provisional slip or refusal.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::receipt::ReceiptScreen;

/// Draws the slip.
pub fn draw(screen: &ReceiptScreen, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let lines = screen.text(shared.screen_paper(usize::from(width.saturating_sub(2))), shared);
    let first = screen.first.min(lines.len().saturating_sub(1));
    canvas.part(0, 0, width, height).document(&lines, first);
    let shown = first + usize::from(height);
    if lines.len() > shown {
        let more = shared.locale.format("document-more", &[("n", (lines.len() - shown).into())]);
        let style = canvas.theme.faint();
        canvas.remark(height.saturating_sub(1), 20, &more, style);
    }
}
