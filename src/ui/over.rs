//! What opens over a field: the list to choose from, the calendar.

use super::canvas::Canvas;
use crate::app::intake::calendar::Calendar;
use crate::app::intake::picker::Picker;
use crate::app::{Shared, scroll};
use crate::text::{self, Editor};

/// Columns of one day of the calendar.
const DAY: u16 = 4;
/// Rows of the calendar above its weeks.
const HEAD: u16 = 2;

/// Draws the list to choose from.
pub fn choices(picker: &Picker, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let columns = canvas.width().saturating_sub(4).min(60);
    // The filter line, at least one row to say that nothing matches, and the borders.
    let rows = u16::try_from(picker.count().max(1) + 3).unwrap_or(u16::MAX).min(16);
    let title = title(picker, shared);
    let mut list = canvas.boxed(columns, rows, &title);
    let (plain, selected, faint) = (list.theme.plain(), list.theme.selected(), list.theme.faint());
    typing_line(&picker.query, &shared.locale.text("picker-filter"), 0, &mut list);
    let room = list.width().saturating_sub(2);
    let window = usize::from(list.height().saturating_sub(1)).max(1);
    let first = scroll::first_of_window(picker.selected, window);
    for (y, (index, option)) in (1..list.height()).zip((first..).zip(picker.matching_from(first))) {
        let mark = match (picker.is_multiple(), option.chosen) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            (false, true) => "* ",
            (false, false) => "  ",
        };
        let style = if index == picker.selected { selected } else { plain };
        let inside = if option.has_inside { 2 } else { 0 };
        let x = list.text(1, y, mark, style);
        let room = room.saturating_sub(x - 1 + inside);
        // Of a long way down the end tells more than the beginning.
        let shown = match picker.is_tree() {
            true => text::truncate_start(&option.label, usize::from(room), list.theme.symbols.ellipsis),
            false => text::truncate(&option.label, usize::from(room), list.theme.symbols.ellipsis),
        };
        let end = list.text(x, y, &shown, style);
        if option.has_inside {
            list.text(end + 1, y, ">", faint);
        }
    }
    if picker.found() == 0 {
        list.text(1, 1, &shared.locale.text("picker-nothing"), plain);
    }
}

/// What the list is about, how many of it are chosen, or where in a tree it stands.
fn title(picker: &Picker, shared: &Shared) -> String {
    let title = picker.title.as_str();
    let path = picker.path();
    if picker.is_multiple() {
        shared.locale.format("picker-chosen", &[("title", title.into()), ("n", picker.chosen().into())])
    } else if path.is_empty() || !picker.query.is_empty() {
        title.to_owned()
    } else {
        shared.locale.format("picker-level", &[("title", title.into()), ("path", path.into())])
    }
}

/// Draws the calendar: what was typed and the month, the weekdays, the weeks; of these, where there is no room, those round the cursor.
pub fn calendar(calendar: &Calendar, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let weeks = calendar.weeks();
    let mut month = canvas.boxed(7 * DAY + 4, HEAD + 6 + 2, &calendar.title);
    let (plain, selected, strong) = (month.theme.plain(), month.theme.selected(), month.theme.strong());
    let args = [("year", calendar.day.year().to_string().into()), ("month", calendar.day.month().to_string().into())];
    let name = shared.locale.format("calendar-month", &args);
    let columns = month.width().saturating_sub(1);
    let start = month.part(0, 0, columns, 1).text_right(0, columns, &name, strong);
    typing_line(&calendar.text, &shared.locale.text("calendar-typed"), 0, &mut month.part(0, 0, start, 1));
    for (x, weekday) in (0u16..).zip(shared.locale.text("calendar-weekdays").split(' ')) {
        let pad = DAY.saturating_sub(u16::try_from(text::width(weekday)).unwrap_or(0));
        month.text(x * DAY + pad, 1, weekday, plain);
    }
    let room = usize::from(month.height().saturating_sub(HEAD)).max(1);
    let at = weeks.iter().position(|week| week.contains(&Some(calendar.day))).unwrap_or(0);
    let first = (at + 1).saturating_sub(room);
    for (y, week) in (HEAD..).zip(weeks.iter().skip(first)) {
        for (x, day) in (0u16..).zip(week) {
            let Some(day) = *day else { continue };
            let style = match day {
                day if day == calendar.day => selected,
                day if day == calendar.today => strong,
                _ => plain,
            };
            let end = month.text(x * DAY + 2, y, &format!("{:>2}", day.day()), style);
            if day == calendar.today {
                month.text(end, y, "*", strong);
            }
            // While a date is typed the cursor is where it is typed.
            if day == calendar.day && calendar.text.is_empty() {
                month.cursor(x * DAY + 2, y);
            }
        }
    }
}

/// The line that shows what is typed over a list or a calendar, with the cursor on it.
fn typing_line(editor: &Editor, words: &str, y: u16, canvas: &mut Canvas<'_, '_>) {
    let (field, faint) = (canvas.theme.field(), canvas.theme.faint());
    let x = canvas.text(1, y, words, faint);
    let room = canvas.width().saturating_sub(x + 1);
    canvas.style(x, y, room, field);
    let view = editor.view(usize::from(room));
    canvas.text_in(x, y, room, &view.text, field);
    canvas.cursor(x + u16::try_from(view.caret).unwrap_or(0), y);
}
