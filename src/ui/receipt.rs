//! Receipt, provisional slip or refusal; the receipt with its QR code where there is room.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::receipt::{ReceiptScreen, Slip};

/// Draws the slip.
pub fn draw(screen: &ReceiptScreen, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let lines = screen.text(usize::from(width.saturating_sub(2)), shared);
    let first = screen.first.min(lines.len().saturating_sub(1));
    let mut room = width;
    if matches!(screen.slip, Slip::Provisional(_)) {
        // A frame of its own words on both sides keeps it from being taken for a receipt.
        let style = canvas.theme.provisional();
        for y in 0..height {
            canvas.text(0, y, "!", style);
        }
        room = width;
    }
    canvas.part(0, 0, room, height).document(&lines, first);
    let shown = first + usize::from(height);
    if lines.len() > shown {
        let more = shared.locale.format("document-more", &[("n", (lines.len() - shown).into())]);
        let style = canvas.theme.faint();
        canvas.text_right(height.saturating_sub(1), 20, &more, style);
    }
}
