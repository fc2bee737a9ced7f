//! A page of a form: labels, fields, errors, repeat groups.
//!
//! The rows are cut into windows that turn like pages, so that moving to the next field costs a few bytes on the line and not a
//! scrolled screen.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::intake::{Intake, PageRef, Part, Target};
use crate::forms::{Control, ControlKind, FieldView, Row, values};
use crate::text::{self, mask};

/// Lines of a multi-line field.
const MULTI_LINES: u16 = 3;
/// The widest label.
const WIDEST_LABEL: usize = 24;
/// Columns that a field gets beside others in one row, unless it needs fewer.
const LEAST_FIELD: u16 = 20;

/// One line or block of lines of the page.
struct Block<'a> {
    /// What stands beside each other in it.
    cells: Vec<&'a Row>,
    /// Columns of its labels.
    label: usize,
    height: u16,
}

impl<'a> Block<'a> {
    fn of(cells: Vec<&'a Row>, label: usize, part: &Part) -> Self {
        let is_high = |row: &&Row| matches!(row, Row::Field(field) if is_multi_line(part.control(field)));
        let height = if cells.iter().any(is_high) { MULTI_LINES } else { 1 };
        Self { cells, label, height }
    }
}

/// Draws the page with its window on the focused field.
pub fn draw(intake: &Intake, page: PageRef, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let Some(part) = intake.part(page.part) else { return };
    let rows = part.rows(page.page);
    let blocks = blocks(rows, part, canvas.width());
    let focused = blocks.iter().position(|block| block.cells.iter().any(|row| is_focused(row, intake))).unwrap_or(0);
    let windows = windows(&blocks, canvas.height());
    let at = windows.iter().rposition(|first| *first <= focused).unwrap_or(0);
    let first = windows.get(at).copied().unwrap_or(0);
    let end = windows.get(at + 1).copied().unwrap_or(blocks.len());
    let mut y = 0;
    for block in blocks.iter().take(end).skip(first) {
        let columns = u16::try_from(block.cells.len()).unwrap_or(1).max(1);
        let cell_width = canvas.width() / columns;
        for (x, row) in (0u16..).zip(&block.cells) {
            let mut cell = canvas.part(x * cell_width, y, cell_width, block.height);
            draw_row(row, columns > 1, block.label, intake, part, page, shared, &mut cell);
        }
        y += block.height;
    }
    if windows.len() > 1 {
        let (at, of) = (at + 1, windows.len());
        let place = shared.locale.format("form-window", &[("at", at.into()), ("of", of.into())]);
        let style = canvas.theme.faint();
        canvas.remark(0, 16, &place, style);
    }
}

/// The first block of each window. A block is never cut, and a heading goes with what it is the heading of.
fn windows(blocks: &[Block<'_>], height: u16) -> Vec<usize> {
    let mut starts = vec![0];
    let mut used = 0;
    let mut headings = 0;
    for (index, block) in blocks.iter().enumerate() {
        let is_heading = matches!(block.cells.first(), Some(Row::Heading { .. } | Row::Entry { .. }));
        if used + block.height > height {
            // Nothing but headings in the window so far: they cannot be helped.
            let start = if index - headings > starts.last().copied().unwrap_or(0) { index - headings } else { index };
            used = blocks.iter().take(index).skip(start).map(|block| block.height).sum();
            starts.push(start);
        }
        used += block.height;
        headings = if is_heading { headings + 1 } else { 0 };
    }
    starts
}

/// The rows as blocks: fields of one row of the layout beside each other where the screen has room for them, else one below the other.
fn blocks<'a>(rows: &'a [Row], part: &Part, width: u16) -> Vec<Block<'a>> {
    let all = label_columns(rows.iter(), part);
    // Labels as wide as those of the whole page keep the columns in line; where that leaves no room, as wide as their own.
    let own = label_columns(rows.iter().filter(|row| matches!(row, Row::Field(field) if field.column.1 > 1)), part);
    let mut blocks = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let Some((group, after)) = rest.split_at_checked(beside(rest)) else { break };
        let share = width / u16::try_from(group.len()).unwrap_or(1).max(1);
        let label = [all, own].into_iter().find(|label| group.iter().all(|row| fits(row, part, *label, share)));
        match label {
            Some(label) if group.len() > 1 => blocks.push(Block::of(group.iter().collect(), label, part)),
            _ => blocks.extend(group.iter().map(|row| Block::of(vec![row], all, part))),
        }
        rest = after;
    }
    blocks
}

/// How many rows from the first on stand beside each other in the layout, hidden ones left out.
fn beside(rows: &[Row]) -> usize {
    let mut last = None;
    let group = rows.iter().take_while(|row| {
        let Row::Field(field) = row else { return false };
        let follows = last.is_none_or(|last| field.column.0 > last);
        last = Some(field.column.0);
        follows
    });
    group.count().max(1)
}

/// Whether a field has room in a share of the width: most of what it asks for, a long text some of it.
fn fits(row: &Row, part: &Part, label: usize, share: u16) -> bool {
    let Row::Field(field) = row else { return false };
    let wanted = part.control(field).map_or(LEAST_FIELD, |control| match &control.kind {
        ControlKind::Choice(choices) => {
            let longest = choices.iter().map(|choice| text::width(&choice.label)).max().unwrap_or(0);
            u16::try_from(longest + 1).unwrap_or(LEAST_FIELD)
        }
        _ => field_columns(control),
    });
    usize::from(share) >= label + usize::from(wanted.min(LEAST_FIELD)) + 4
}

fn is_multi_line(control: Option<&Control>) -> bool {
    control.is_some_and(|control| matches!(control.kind, ControlKind::MultiLine))
}

fn label_columns<'a>(rows: impl Iterator<Item = &'a Row>, part: &Part) -> usize {
    rows.filter_map(|row| match row {
        Row::Field(field) => part.control(field),
        _ => None,
    })
    .map(|control| text::width(&control.label))
    .max()
    .unwrap_or(0)
    .min(WIDEST_LABEL)
}

fn is_focused(row: &Row, intake: &Intake) -> bool {
    match (row, &intake.focus) {
        (Row::Field(field), Some(Target::Field(pointer))) => field.pointer == *pointer,
        (Row::Add { pointer: add, .. }, Some(Target::Add(pointer))) => add == pointer,
        _ => false,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "what a row needs to be drawn; a struct for one call would only rename it"
)]
fn draw_row(
    row: &Row,
    narrow: bool,
    label_columns: usize,
    intake: &Intake,
    part: &Part,
    page: PageRef,
    shared: &Shared,
    canvas: &mut Canvas<'_, '_>,
) {
    let (strong, selected, faint) = (canvas.theme.strong(), canvas.theme.selected(), canvas.theme.faint());
    let focused = is_focused(row, intake);
    match row {
        Row::Heading { text, .. } => {
            canvas.text(1, 0, text, strong);
        }
        Row::Entry { label, index, of, .. } => {
            let place = format!("{label} ({}/{of})", index + 1);
            canvas.text(1, 0, &place, strong);
        }
        Row::Add { label, count, enabled, .. } => {
            let words = shared.locale.format("form-add", &[("label", label.as_str().into()), ("n", (*count).into())]);
            canvas.text(
                3,
                0,
                &words,
                if focused {
                    selected
                } else if *enabled {
                    canvas.theme.plain()
                } else {
                    faint
                },
            );
            if focused {
                canvas.cursor(3, 0);
            }
        }
        Row::Field(field) => {
            let Some(control) = part.control(field) else { return };
            let x = draw_label(field, control, focused, label_columns, canvas);
            draw_value(field, control, focused, narrow, x, intake, part, page, shared, canvas);
        }
    }
}

fn draw_label(field: &FieldView, control: &Control, focused: bool, columns: usize, canvas: &mut Canvas<'_, '_>) -> u16 {
    let (plain, selected, error) = (canvas.theme.plain(), canvas.theme.selected(), canvas.theme.error());
    if field.required && !control.read_only {
        canvas.text(1, 0, "*", error);
    }
    let room = u16::try_from(columns).unwrap_or(u16::MAX);
    canvas.text_in(2, 0, room, &control.label, if focused { selected } else { plain });
    2 + room + 1
}

#[expect(
    clippy::too_many_arguments,
    reason = "what a field needs to be drawn; a struct for one call would only rename it"
)]
fn draw_value(
    field: &FieldView,
    control: &Control,
    focused: bool,
    narrow: bool,
    x: u16,
    intake: &Intake,
    part: &Part,
    page: PageRef,
    shared: &Shared,
    canvas: &mut Canvas<'_, '_>,
) {
    let (plain, faint, under, wrong) =
        (canvas.theme.plain(), canvas.theme.faint(), canvas.theme.field(), canvas.theme.error());
    let available = canvas.width().saturating_sub(x + 1);
    let columns = if narrow { available } else { field_columns(control).min(available) };
    let value = part.value(&field.pointer);
    let editable = field.enabled && !control.read_only;
    if editable && !matches!(control.kind, ControlKind::Boolean) {
        for y in 0..if is_multi_line(Some(control)) { MULTI_LINES } else { 1 } {
            canvas.style(x, y, columns, under);
        }
    }
    let style = if editable { under } else { plain };
    match (&intake.editor, focused) {
        (Some(editor), true) if editor.is_multi_line() => {
            let view = editor.view_lines(usize::from(columns), usize::from(MULTI_LINES));
            for (y, line) in (0..MULTI_LINES).zip(&view.lines) {
                canvas.text_in(x, y, columns, line, style);
            }
            let (column, line) = view.caret;
            canvas.cursor(x + u16::try_from(column).unwrap_or(0), u16::try_from(line).unwrap_or(0));
        }
        (Some(editor), true) => {
            let view = editor.view(usize::from(columns));
            canvas.text_in(x, 0, columns, &view.text, style);
            canvas.cursor(x + u16::try_from(view.caret).unwrap_or(0), 0);
        }
        _ => {
            let shown = shown_value(control, value, focused, shared);
            if is_multi_line(Some(control)) {
                for (y, line) in (0..MULTI_LINES).zip(text::wrap(&shown, usize::from(columns.saturating_sub(1)))) {
                    canvas.text_in(x, y, columns, &line, style);
                }
            } else {
                canvas.text_in(x, 0, columns, &shown, style);
            }
            if focused {
                canvas.cursor(x, 0);
            }
        }
    }
    let error = intake.shown_error(page.part, &field.pointer);
    let beside = x + columns + 1;
    let room = canvas.width().saturating_sub(beside);
    match error {
        Some(_) if room < 8 => {
            canvas.text(0, 0, "!", wrong);
        }
        Some(error) => {
            canvas.text(0, 0, "!", wrong);
            canvas.text_in(beside, 0, room, &error.sentence(&shared.locale), wrong);
        }
        None if room >= 8 && !control.hint.is_empty() => {
            canvas.text_in(beside, 0, room, &control.hint, faint);
        }
        None => {}
    }
}

/// Columns that a field of a kind asks for; the rest of the line is for what is wrong with it.
fn field_columns(control: &Control) -> u16 {
    match control.kind {
        ControlKind::MultiLine => 60,
        ControlKind::IdNumber | ControlKind::CreditCode => 20,
        ControlKind::Mobile | ControlKind::Date | ControlKind::Time | ControlKind::Postcode => 12,
        ControlKind::Number | ControlKind::Integer | ControlKind::Money => 14,
        ControlKind::Boolean => 8,
        ControlKind::BankCard | ControlKind::DateTime => 24,
        ControlKind::Choice(_) | ControlKind::CodeList(_) => 30,
        ControlKind::Text | ControlKind::MultiChoice(_) | ControlKind::Area(_) => {
            // A short text needs no long field: two columns a character and one for the caret.
            control.max_length.and_then(|most| u16::try_from(most * 2 + 1).ok()).unwrap_or(40).clamp(14, 40)
        }
    }
}

fn shown_value(control: &Control, value: Option<&serde_json::Value>, focused: bool, shared: &Shared) -> String {
    if matches!(control.kind, ControlKind::Boolean) {
        let on = value.and_then(serde_json::Value::as_bool).unwrap_or(false);
        return if on { "[x]" } else { "[ ]" }.to_owned();
    }
    let shown = values::display(control, value, &shared.locale);
    if !control.sensitive || focused {
        return shown;
    }
    let typed = values::edit_text(control, value);
    match control.kind {
        ControlKind::IdNumber => mask::id_number(&typed),
        ControlKind::Mobile => mask::phone(&typed),
        ControlKind::BankCard => mask::bank_card(&typed),
        _ => mask::any(&shown),
    }
}
