//! The intake: what for, the tabs of its pages, the open page, choices over a field.

use super::canvas::Canvas;
use super::{form, notice, over};
use crate::app::Shared;
use crate::app::intake::{Intake, Over};
use crate::documents;
use crate::text;

/// Draws the intake.
pub fn draw(intake: &Intake, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    if let Some(Over::Changes(changes)) = &intake.over {
        return notice::draw(changes, shared, canvas);
    }
    heading(intake, shared, &mut canvas.part(0, 0, canvas.width(), 1));
    tabs(intake, shared, &mut canvas.part(0, 1, canvas.width(), 1));
    let (width, height) = (canvas.width(), canvas.height());
    if let Some(page) = intake.page_ref() {
        form::draw(intake, page, shared, &mut canvas.part(0, 2, width, height.saturating_sub(2)));
    }
    match &intake.over {
        Some(Over::Choices(picker) | Over::Entries { picker, .. }) => over::choices(picker, shared, canvas),
        Some(Over::Calendar(calendar)) => over::calendar(calendar, shared, canvas),
        Some(Over::Changes(_)) | None => {}
    }
}

/// The item, and in which way it is taken here: in a sentence where there is room, else in a word.
fn heading(intake: &Intake, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (strong, faint) = (canvas.theme.strong(), canvas.theme.faint());
    let role = intake.role();
    let mut mode = documents::mode(role, &intake.item.department, &shared.locale).unwrap_or_default();
    let (width, name) = (usize::from(canvas.width()), text::width(&intake.item.name));
    if let Some(role) = role.filter(|_| name + text::width(&mode) + 4 > width && !mode.is_empty()) {
        mode = shared.locale.text(&format!("role-{}", super::kebab(&role)));
    }
    let right = canvas.width().saturating_sub(1);
    let start = canvas.part(0, 0, right, 1).text_right(0, right, &mode, faint);
    canvas.text_in(1, 0, start.saturating_sub(2), &intake.item.name, strong);
}

/// The pages by name; where they do not fit, those round the open one.
fn tabs(intake: &Intake, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (plain, selected, wrong) = (canvas.theme.plain(), canvas.theme.selected(), canvas.theme.error());
    let pages = intake.pages();
    let labels: Vec<String> = pages.iter().map(|page| intake.page_label(*page, shared)).collect();
    let width_of = |index: usize| labels.get(index).map_or(0, |label| text::width(label) + 6);
    let mut first = 0;
    while first < intake.page && (first..=intake.page).map(width_of).sum::<usize>() > usize::from(canvas.width()) {
        first += 1;
    }
    let mut x = 1;
    for (index, (page, label)) in pages.iter().zip(&labels).enumerate().skip(first) {
        if x + 1 >= canvas.width() {
            break;
        }
        let style = if index == intake.page { selected } else { plain };
        // Where both are of Latin letters a blank must tell them apart.
        let blank = if label.starts_with(|first: char| first.is_ascii()) { " " } else { "" };
        x = canvas.text(x, 0, &format!("{}{blank}{label}", index + 1), style);
        let has_error =
            intake.errors().any(|(at, error)| at == *page && intake.shown_error(at.part, &error.pointer).is_some());
        if has_error {
            canvas.text(x, 0, "!", wrong);
        }
        x += 2;
    }
}
