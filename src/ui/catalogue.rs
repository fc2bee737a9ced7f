//! The catalogue: search line, hits, filters.

use unicode_segmentation::UnicodeSegmentation;

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::catalogue::{CatalogueScreen, FilterRow, Filtering, Listed, list_rows};
use crate::app::scroll;
use crate::app::shortcuts::Why;
use crate::catalogue::{Hit, Matched, Row};
use crate::documents::out_of_force;
use crate::domain::bundle::Bundle;
use crate::domain::item::{Limit, LimitUnit, ProjectType};

const ROLE_COLUMNS: u16 = 10;
const LIMIT_COLUMNS: u16 = 10;
/// A quick code and a blank.
const DIGIT_COLUMNS: u16 = 2;

/// Draws the catalogue.
pub fn draw(screen: &CatalogueScreen, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    search_line(screen, shared, canvas);
    heads(shared, canvas);
    if screen.listed.is_empty() {
        let text = match (&shared.catalogue, &shared.catalogue_trouble) {
            (None, Some(trouble)) => shared.locale.format("catalogue-missing", &[("reason", trouble.as_str().into())]),
            (None, None) => shared.locale.text("catalogue-loading"),
            (Some(_), _) => shared.locale.text("catalogue-nothing"),
        };
        let plain = canvas.theme.plain();
        for (y, line) in (3_u16..).zip(crate::text::wrap(&text, usize::from(canvas.width().saturating_sub(6)))) {
            canvas.text(3, y, &line, plain);
        }
    }
    let rows = list_rows(shared);
    let first = scroll::first_of_window(screen.selected, rows);
    for (index, listed) in screen.listed.iter().enumerate().skip(first).take(rows) {
        let y = u16::try_from(index - first).unwrap_or(u16::MAX).saturating_add(2);
        let mut canvas = canvas.part(0, y, canvas.width(), 1);
        if index == screen.selected {
            let style = canvas.theme.selected();
            canvas.text(0, 0, ">> ", style);
        }
        match listed {
            Listed::Item(hit) => {
                let item = shared.catalogue.as_ref().and_then(|catalogue| catalogue.row(hit.entry));
                if let Some(item) = item {
                    row(hit, &item, &own(screen, listed, &item, shared), shared, &mut canvas);
                }
            }
            Listed::Bundle { index, marks } => {
                if let Some(matter) = shared.bundles.get(*index) {
                    bundle(matter, marks, shared, &mut canvas);
                }
            }
        }
    }
    if let Some(filtering) = &screen.filtering {
        filters(screen, filtering, shared, canvas);
    }
}

/// What a row says for this clerk: the quick code where codes are shown, and why the item is at hand.
struct Own {
    digits: bool,
    digit: Option<char>,
    why: String,
}

fn own(screen: &CatalogueScreen, listed: &Listed, item: &Row, shared: &Shared) -> Own {
    let shortcut = screen.shortcut(listed);
    let is_home = screen.query.is_empty();
    let why = if shared.marked.as_ref() == Some(&item.code) {
        "at-hand-marked"
    } else if shared.shortcuts.is_favourite(&item.code) {
        "at-hand-favourite"
    } else {
        match shortcut.map(|shortcut| shortcut.why) {
            Some(Why::Frequent) if is_home => "at-hand-frequent",
            Some(Why::Recent) if is_home => "at-hand-recent",
            _ => "",
        }
    };
    let why = if why.is_empty() { String::new() } else { shared.locale.text(why) };
    Own { digits: screen.shows_digits(), digit: shortcut.and_then(|shortcut| shortcut.digit), why }
}

/// A linked matter: its name in the items' place, what it is and who leads it in that of the other columns.
fn bundle(matter: &Bundle, marks: &[usize], shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let columns = name_columns(canvas.width());
    marked(canvas.part(3, 0, columns.saturating_sub(1), 1), &matter.name, marks, true);
    let x = 3 + columns;
    let room = canvas.width().saturating_sub(x + 1);
    let count = shared.locale.format("catalogue-bundle", &[("n", matter.items.len().into())]);
    let strong = canvas.theme.strong();
    canvas.text_in(x, 0, room, &count, strong);
}

fn search_line(screen: &CatalogueScreen, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (strong, field, faint) = (canvas.theme.strong(), canvas.theme.field(), canvas.theme.faint());
    let x = canvas.text(1, 0, &shared.locale.text("catalogue-search"), strong);
    let columns = (canvas.width() / 2).max(20).min(canvas.width().saturating_sub(x + 2));
    canvas.style(x, 0, columns, field);
    let view = screen.query.view(usize::from(columns));
    if screen.query.is_empty() {
        let hint = if screen.shows_digits() { "catalogue-hint-digits" } else { "catalogue-hint" };
        canvas.text_in(x, 0, columns, &shared.locale.text(hint), faint);
    } else {
        canvas.text_in(x, 0, columns, &view.text, field);
    }
    let place = shared.locale.format(
        "catalogue-count",
        &[("n", screen.listed.len().into()), ("at", (screen.selected + 1).min(screen.listed.len()).into())],
    );
    let mut right = Vec::new();
    let set: Vec<String> = FilterRow::ALL
        .into_iter()
        .filter_map(|row| {
            let value = screen.filter_value(row, shared);
            let label = shared.locale.text(row.key());
            (!value.is_empty()).then(|| if value == shared.locale.text("filter-must") { label } else { value })
        })
        .collect();
    if !set.is_empty() {
        right.push(shared.locale.format("catalogue-filtered", &[("filters", set.join(" ").into())]));
    }
    if shared.catalogue_cached {
        right.insert(0, shared.locale.text("catalogue-cached"));
    }
    if let Some((done, total)) = shared.catalogue_progress {
        let args = [("done", done.to_string().into()), ("total", total.to_string().into())];
        right.insert(0, shared.locale.format("catalogue-progress", &args));
    }
    let start = x + columns + 1;
    let room = canvas.width().saturating_sub(start + 1);
    let left = canvas.part(start, 0, room, 1).text_right(0, room, &place, faint);
    let room = left.saturating_sub(2);
    canvas.part(start, 0, room, 1).text_right(0, room, &right.join("  "), faint);
    if screen.filtering.is_none() {
        canvas.cursor(x + u16::try_from(view.caret).unwrap_or(0), 0);
    }
}

/// Columns of the name; the rest of the row is at fixed places.
fn name_columns(width: u16) -> u16 {
    width.saturating_sub(4 + ROLE_COLUMNS + LIMIT_COLUMNS + department_columns(width))
}

/// Columns of the department, which only wide screens have.
const fn department_columns(width: u16) -> u16 {
    match width {
        0..78 => 0,
        78..96 => 18,
        96.. => 28,
    }
}

fn heads(shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (locale, style) = (&shared.locale, canvas.theme.faint());
    let name = name_columns(canvas.width());
    canvas.text(3, 1, &locale.text("catalogue-head-item"), style);
    let mut x = 3 + name;
    let department = department_columns(canvas.width());
    if department > 0 {
        canvas.text(x, 1, &locale.text("catalogue-head-department"), style);
        x += department;
    }
    canvas.text(x, 1, &locale.text("catalogue-head-role"), style);
    canvas.text(x + ROLE_COLUMNS, 1, &locale.text("catalogue-head-limit"), style);
}

fn row(hit: &Hit, item: &Row, own: &Own, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (plain, faint, strong) = (canvas.theme.plain(), canvas.theme.faint(), canvas.theme.strong());
    let columns = name_columns(canvas.width());
    let closed = out_of_force(item.offered.validity(shared.today()));
    let start = if own.digits { 3 + DIGIT_COLUMNS } else { 3 };
    if let Some(digit) = own.digit.filter(|_| own.digits) {
        canvas.text(3, 0, digit.encode_utf8(&mut [0; 4]), strong);
    }
    let end = 3 + columns.saturating_sub(1);
    // Why the item is at hand is short, and worth the end of a long name.
    let why = u16::try_from(crate::text::width(&own.why)).unwrap_or(0);
    let room = end.saturating_sub(start + if why > 0 { why + 1 } else { 0 });
    marked(canvas.part(start, 0, room, 1), &item.name, &hit.marks, item.role.is_some() && closed.is_none());
    let x = start + u16::try_from(crate::text::width(&item.name)).unwrap_or(room).min(room) + 1;
    if why > 0 {
        canvas.text_in(x, 0, why, &own.why, faint);
    } else {
        let shows_department = department_columns(canvas.width()) > 0 && (item.role.is_some() || closed.is_some());
        explained(&hit.matched, item, shows_department, canvas.part(x, 0, end.saturating_sub(x), 1));
    }
    let mut x = 3 + columns;
    let department = department_columns(canvas.width());
    if let Some((word, day)) = closed {
        // Neither here nor elsewhere, nor within any limit.
        if department > 0 {
            canvas.text_in(x, 0, department - 1, &item.department, faint);
            x += department;
        }
        canvas.text_in(x, 0, ROLE_COLUMNS - 1, &shared.locale.text(word), strong);
        canvas.text_in(x + ROLE_COLUMNS, 0, LIMIT_COLUMNS, &day.to_string(), strong);
        return;
    }
    let Some(role) = item.role else {
        // Not admitted here: where it can be done takes the place of the columns.
        let place = item.elsewhere.as_deref().map_or_else(
            || shared.locale.text("catalogue-nowhere"),
            |site| shared.locale.format("catalogue-elsewhere", &[("site", site.into())]),
        );
        canvas.text(x, 0, &place, faint);
        return;
    };
    if department > 0 {
        canvas.text_in(x, 0, department - 1, &item.department, plain);
        x += department;
    }
    canvas.text_in(x, 0, ROLE_COLUMNS - 1, &shared.locale.text(&format!("role-{}", super::kebab(&role))), plain);
    canvas.text_in(x + ROLE_COLUMNS, 0, LIMIT_COLUMNS, &limit(item.project_type, item.promised_limit, shared), plain);
}

/// Says what else than the name a hit was found by, where there is room.
fn explained(matched: &Matched, item: &Row, shows_department: bool, mut canvas: Canvas<'_, '_>) {
    let (text, marks) = match matched {
        Matched::Alias { text, marks } => (text.as_str(), marks.as_slice()),
        Matched::Department if !shows_department => (item.department.as_str(), &[][..]),
        Matched::Code => (item.code.as_str(), &[][..]),
        Matched::All | Matched::Name | Matched::Department => return,
    };
    let (width, faint) = (canvas.width(), canvas.theme.faint());
    if width > 6 {
        canvas.text(0, 0, "(", faint);
        let end = marked(canvas.part(1, 0, width - 2, 1), text, marks, false);
        canvas.text(1 + end, 0, ")", faint);
    }
}

/// Draws a name with its marks; gives the column after it.
fn marked(mut canvas: Canvas<'_, '_>, name: &str, marks: &[usize], admitted: bool) -> u16 {
    let base = if admitted { canvas.theme.plain() } else { canvas.theme.faint() };
    let style = canvas.theme.matched();
    let width = canvas.width();
    let cut = crate::text::truncate(name, usize::from(width), canvas.theme.symbols.ellipsis).into_owned();
    let mut x = 0;
    let mut at = 0;
    for grapheme in cut.graphemes(true) {
        let characters = grapheme.chars().count();
        let is_marked = (at..at + characters).any(|index| marks.contains(&index));
        x = canvas.text(x, 0, grapheme, if is_marked { style } else { base });
        at += characters;
    }
    x
}

/// The promised limit in few words.
pub fn limit(project_type: ProjectType, limit: Option<Limit>, shared: &Shared) -> String {
    match (project_type, limit) {
        (ProjectType::Instant, _) => shared.locale.text("limit-instant"),
        (_, None) => shared.locale.text("limit-none"),
        (_, Some(Limit { days, unit: LimitUnit::Working })) => {
            shared.locale.format("limit-working", &[("n", days.into())])
        }
        (_, Some(Limit { days, unit: LimitUnit::Natural })) => {
            shared.locale.format("limit-natural", &[("n", days.into())])
        }
    }
}

fn filters(screen: &CatalogueScreen, filtering: &Filtering, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let rows = u16::try_from(FilterRow::ALL.len()).unwrap_or(u16::MAX);
    let mut panel = canvas.boxed(50, rows + 2, &shared.locale.text("filter-title"));
    let (plain, selected) = (panel.theme.plain(), panel.theme.selected());
    for (y, row) in (0u16..).zip(FilterRow::ALL) {
        let has_focus = usize::from(y) == filtering.at;
        panel.text(1, y, &shared.locale.text(row.key()), if has_focus { selected } else { plain });
        let value = screen.filter_value(row, shared);
        let value = if value.is_empty() { shared.locale.text("filter-any") } else { value };
        panel.text(20, y, &format!("< {value} >"), plain);
        if has_focus {
            panel.cursor(20, y);
        }
    }
    if let Some(picker) = &filtering.picker {
        super::over::choices(picker, shared, canvas);
    }
}
