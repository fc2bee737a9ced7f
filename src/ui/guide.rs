//! The guide: situation questions on top, every element below.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::guide::Guide;

/// Draws the guide.
pub fn draw(guide: &Guide, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (strong, plain, selected) = (canvas.theme.strong(), canvas.theme.plain(), canvas.theme.selected());
    let mut y = 0;
    let mut cursor = None;
    if !guide.item.situations.is_empty() {
        canvas.text(1, 0, &shared.locale.text("guide-situations"), strong);
        y = 1;
        for (index, situation) in guide.item.situations.iter().enumerate() {
            let focused = index == guide.selected;
            let x = canvas.text(1, y, &situation.question, if focused { selected } else { plain });
            let answer = guide
                .answers
                .get(&situation.id)
                .and_then(|answer| situation.options.iter().find(|option| option.id == *answer))
                .map_or("", |option| option.label.as_str());
            canvas.text(x + 1, y, &format!("< {answer} >"), strong);
            if focused {
                cursor = Some((x + 1, y));
            }
            y += 1;
        }
    }
    let (width, height) = (canvas.width(), canvas.height());
    let lines = guide.text(width.saturating_sub(2), shared);
    let mut text = canvas.part(0, y, width, height.saturating_sub(y));
    let first = guide.first.min(lines.len().saturating_sub(1));
    text.document(&lines, first);
    let shown = first + usize::from(text.height());
    if lines.len() > shown {
        let more = shared.locale.format("document-more", &[("n", (lines.len() - shown).into())]);
        let style = text.theme.faint();
        let bottom = text.height().saturating_sub(1);
        text.remark(bottom, 20, &more, style);
    }
    if let Some((x, y)) = cursor {
        canvas.cursor(x, y);
    }
}
