//! The review page: everything as it will be sent.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::intake::Intake;
use crate::app::intake::review::{FIELDS, Review, ReviewLine};
use crate::app::scroll;

/// Draws the review page.
pub fn draw(review: &Review, intake: &Intake, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (strong, plain, wrong, good, selected) = (
        canvas.theme.strong(),
        canvas.theme.plain(),
        canvas.theme.error(),
        canvas.theme.good(),
        canvas.theme.selected(),
    );
    let end = canvas.text(1, 0, &intake.item.name, strong);
    match &review.outcome {
        _ if intake.withdrawn => canvas.text(end + 2, 0, &shared.locale.text("review-withdrawn"), wrong),
        Ok(_) if intake.acknowledge_duplicate => {
            canvas.text(end + 2, 0, &shared.locale.text("review-duplicate"), wrong)
        }
        Ok(_) => canvas.text(end + 2, 0, &shared.locale.text("review-ready"), good),
        Err(errors) => {
            canvas.text(end + 2, 0, &shared.locale.format("review-errors", &[("n", (*errors).into())]), wrong)
        }
    };
    let labels = review.label_columns(canvas.width());
    let window = scroll::window(shared).saturating_sub(1).max(1);
    let rows = review.rows(canvas.width());
    let cursor = review.cursor(&rows);
    let first = scroll::first_of_window(cursor, window);
    for (y, (at, piece)) in (1u16..).zip(rows.iter().enumerate().skip(first).take(window)) {
        let mut row = canvas.part(0, y, canvas.width(), 1);
        if at == cursor {
            row.text(0, 0, ">>", selected);
            row.cursor(0, 0);
        }
        match piece.line {
            ReviewLine::Page(name) => {
                row.text(3, 0, &format!("== {name} =="), strong);
            }
            ReviewLine::Heading(name) => {
                row.text(3, 0, name, strong);
            }
            ReviewLine::Field { label, error, .. } => {
                if piece.row == 0 {
                    row.text_in(FIELDS, 0, labels, label, plain);
                }
                let x = row.text(FIELDS + labels + 1, 0, &piece.text, plain);
                let is_last = rows.get(at + 1).is_none_or(|next| next.index != piece.index);
                if let Some(error) = error.as_ref().filter(|_| is_last) {
                    row.text(x + 1, 0, &format!("! {error}"), wrong);
                }
            }
            ReviewLine::Error { sentence, .. } => {
                row.text(FIELDS, 0, &format!("! {sentence}"), wrong);
            }
        }
    }
}
