//! The review page: everything as it will be sent.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::intake::Intake;
use crate::app::intake::review::{Review, ReviewLine};
use crate::app::scroll;
use crate::text;

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
        Ok(_) if intake.acknowledge_duplicate => {
            canvas.text(end + 2, 0, &shared.locale.text("review-duplicate"), wrong)
        }
        Ok(_) => canvas.text(end + 2, 0, &shared.locale.text("review-ready"), good),
        Err(errors) => {
            canvas.text(end + 2, 0, &shared.locale.format("review-errors", &[("n", (*errors).into())]), wrong)
        }
    };
    let label_columns = review
        .lines
        .iter()
        .filter_map(|line| match line {
            ReviewLine::Field { label, .. } => Some(text::width(label)),
            _ => None,
        })
        .max()
        .unwrap_or(0)
        .min(usize::from(canvas.width() / 3));
    let label_columns = u16::try_from(label_columns).unwrap_or(0);
    let rows = scroll::window(shared).saturating_sub(1).max(1);
    let first = scroll::first_of_window(review.selected, rows);
    for (y, (index, line)) in (1u16..).zip(review.lines.iter().enumerate().skip(first).take(rows)) {
        let mut row = canvas.part(0, y, canvas.width(), 1);
        if index == review.selected {
            row.text(0, 0, ">>", selected);
            row.cursor(0, 0);
        }
        match line {
            ReviewLine::Page(name) => {
                row.text(3, 0, &format!("== {name} =="), strong);
            }
            ReviewLine::Heading(name) => {
                row.text(3, 0, name, strong);
            }
            ReviewLine::Field { label, value, error, .. } => {
                row.text_in(5, 0, label_columns, label, plain);
                let x = row.text(5 + label_columns + 1, 0, value, plain);
                if let Some(error) = error {
                    row.text(x + 1, 0, &format!("! {error}"), wrong);
                }
            }
            ReviewLine::Error { sentence, .. } => {
                row.text(5, 0, &format!("! {sentence}"), wrong);
            }
        }
    }
}
