//! The intake: what for, the tabs of its pages, the open page, choices over a field.

use super::canvas::Canvas;
use super::form;
use crate::app::Shared;
use crate::app::intake::Intake;
use crate::app::intake::picker::Picker;
use crate::app::scroll;
use crate::text;

/// Draws the intake.
pub fn draw(intake: &Intake, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let strong = canvas.theme.strong();
    canvas.text(1, 0, &intake.item.name, strong);
    tabs(intake, shared, &mut canvas.part(0, 1, canvas.width(), 1));
    let (width, height) = (canvas.width(), canvas.height());
    if let Some(page) = intake.page_ref() {
        form::draw(intake, page, shared, &mut canvas.part(0, 2, width, height.saturating_sub(2)));
    }
    if let Some(picker) = &intake.picker {
        choices(picker, shared, canvas);
    }
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

/// The list to choose from, over the page.
fn choices(picker: &Picker, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let columns = canvas.width().saturating_sub(4).min(60);
    // The filter line, at least one row to say that nothing matches, and the borders.
    let rows = u16::try_from(picker.count().max(1) + 3).unwrap_or(u16::MAX).min(16);
    let mut list = canvas.boxed(columns, rows, &picker.title);
    let (plain, selected, field, faint) =
        (list.theme.plain(), list.theme.selected(), list.theme.field(), list.theme.faint());
    let x = list.text(1, 0, &shared.locale.text("picker-filter"), faint);
    let room = list.width().saturating_sub(x + 1);
    list.style(x, 0, room, field);
    let view = picker.query.view(usize::from(room));
    list.text_in(x, 0, room, &view.text, field);
    list.cursor(x + u16::try_from(view.caret).unwrap_or(0), 0);
    let window = usize::from(list.height().saturating_sub(1)).max(1);
    let first = scroll::first_of_window(picker.selected, window);
    for (y, (index, option)) in (1..list.height()).zip(picker.matching().enumerate().skip(first)) {
        let mark = match (picker.is_multiple(), option.chosen) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            (false, true) => "* ",
            (false, false) => "  ",
        };
        let style = if index == picker.selected { selected } else { plain };
        list.text(1, y, &format!("{mark}{}", option.label), style);
    }
    if picker.matching().next().is_none() {
        list.text(1, 1, &shared.locale.text("picker-nothing"), plain);
    }
}
