//! A page of a form: which rows stand where.
//!
//! The rows are cut into windows that turn like pages, so that moving to the next field costs a few bytes on the line and not a
//! scrolled screen. Where a page does not fit into one window, only that entry of a repeat group is open in which the focus is; the
//! others are one line each.

use super::canvas::Canvas;
use super::field::{Focus, draw_field, field_columns, is_multi_line};
use crate::app::Shared;
use crate::app::intake::{Intake, PageRef, Part, Target, entry_heading};
use crate::forms::pointer::is_within;
use crate::forms::{ControlKind, Row};
use crate::text;

/// Lines of a multi-line field.
pub(super) const MULTI_LINES: u16 = 3;
/// How deep headings are moved in.
const DEEPEST: u16 = 4;
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
    /// The values of an entry that is not open.
    summary: Option<String>,
}

impl<'a> Block<'a> {
    fn of(cells: Vec<&'a Row>, label: usize, part: &Part) -> Self {
        let is_high = |row: &&Row| matches!(row, Row::Field(field) if is_multi_line(part.control(field)));
        let height = if cells.iter().any(is_high) { MULTI_LINES } else { 1 };
        Self { cells, label, height, summary: None }
    }

    /// Whether it is the heading of what follows.
    fn is_heading(&self) -> bool {
        self.summary.is_none() && matches!(self.cells.first(), Some(Row::Heading { .. } | Row::Entry { .. }))
    }
}

/// A page being drawn.
pub(super) struct Page<'a> {
    pub intake: &'a Intake,
    pub part: &'a Part,
    pub at: PageRef,
    pub shared: &'a Shared,
}

/// Draws the page with its window on the focused field.
pub fn draw(intake: &Intake, page: PageRef, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let Some(part) = intake.part(page.part) else { return };
    let page = Page { intake, part, at: page, shared };
    let blocks = page.blocks(canvas.width(), canvas.height());
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
            page.draw_row(row, block, &mut cell);
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
        if used + block.height > height {
            // Nothing but headings in the window so far: they cannot be helped.
            let start = if index - headings > starts.last().copied().unwrap_or(0) { index - headings } else { index };
            used = blocks.iter().take(index).skip(start).map(|block| block.height).sum();
            starts.push(start);
        }
        used += block.height;
        headings = if block.is_heading() { headings + 1 } else { 0 };
    }
    starts
}

fn pointer(row: &Row) -> Option<&str> {
    match row {
        Row::Heading { .. } => None,
        Row::Field(field) => Some(&field.pointer),
        Row::Entry { pointer, .. } | Row::Add { pointer, .. } => Some(pointer),
    }
}

impl Page<'_> {
    /// The blocks of the page, with those entries closed that a `ListWithDetail` or want of room closes.
    fn blocks(&self, width: u16, height: u16) -> Vec<Block<'_>> {
        let rows = self.part.rows(self.at.page);
        let open = self.laid_out(rows, width, |_| false);
        let has_room = open.iter().map(|block| block.height).sum::<u16>() <= height;
        let focus = self.intake.focus.as_ref().map(Target::pointer).unwrap_or_default();
        let closes = |row: &Row| match row {
            Row::Entry { pointer, listed, of, .. } => !is_within(focus, pointer) && (*listed || (!has_room && *of > 1)),
            _ => false,
        };
        if rows.iter().any(closes) { self.laid_out(rows, width, closes) } else { open }
    }

    /// The rows as blocks: fields of one row of the layout beside each other where the screen has room for them, else one below the
    /// other.
    fn laid_out<'r>(&self, rows: &'r [Row], width: u16, closes: impl Fn(&Row) -> bool) -> Vec<Block<'r>> {
        let part = self.part;
        let all = label_columns(rows.iter(), part);
        // Labels as wide as those of the whole page keep the columns in line; where that leaves no room, as wide as their own.
        let own = label_columns(rows.iter().filter(|row| matches!(row, Row::Field(field) if field.column.1 > 1)), part);
        let mut blocks = Vec::new();
        let mut rest = rows;
        while let Some(first) = rest.first() {
            let Some((group, mut after)) = rest.split_at_checked(beside(rest)) else { break };
            if let (true, Row::Entry { pointer: entry, .. }) = (closes(first), first) {
                let summary = part.summary(self.at.page, entry, &self.shared.locale);
                blocks.push(Block { summary: Some(summary), ..Block::of(vec![first], all, part) });
                // What is in the entry, up to the next one or to the end of the group.
                let array = entry.rsplit_once('/').map_or("", |(array, _)| array);
                let ends = |row: &Row| match row {
                    Row::Entry { pointer, .. } | Row::Add { pointer, .. } => !is_within(pointer, entry),
                    _ => false,
                };
                let inside = after.iter().position(ends).unwrap_or_else(|| {
                    after
                        .iter()
                        .position(|row| pointer(row).is_some_and(|at| !is_within(at, array)))
                        .unwrap_or(after.len())
                });
                after = after.get(inside..).unwrap_or_default();
                rest = after;
                continue;
            }
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

    fn draw_row(&self, row: &Row, block: &Block<'_>, canvas: &mut Canvas<'_, '_>) {
        let (strong, selected, faint) = (canvas.theme.strong(), canvas.theme.selected(), canvas.theme.faint());
        let locale = &self.shared.locale;
        let focused = is_focused(row, self.intake);
        match row {
            Row::Heading { text, depth } => {
                // What is in what.
                canvas.text(1 + 2 * (*depth).min(DEEPEST), 0, text, strong);
            }
            Row::Entry { pointer, label, name, index, of, .. } => {
                let heading = entry_heading(label, name, *index, *of, locale);
                let end = canvas.text(1, 0, &heading, strong);
                if let Some(summary) = &block.summary {
                    canvas.text(end + 2, 0, summary, faint);
                    if self.intake.has_shown_error_within(self.at.part, pointer) {
                        let wrong = canvas.theme.error();
                        canvas.text(0, 0, "!", wrong);
                    }
                }
            }
            Row::Add { label, count, enabled, .. } => {
                let words = locale.format("form-add", &[("label", label.as_str().into()), ("n", (*count).into())]);
                let style = match (focused, enabled) {
                    (true, _) => selected,
                    (false, true) => canvas.theme.plain(),
                    (false, false) => faint,
                };
                canvas.text(3, 0, &words, style);
                if focused {
                    canvas.cursor(3, 0);
                }
            }
            Row::Field(field) => {
                let Some(control) = self.part.control(field) else { return };
                let focus = Focus { focused, beside_others: block.cells.len() > 1, label: block.label };
                draw_field(self, field, control, focus, canvas);
            }
        }
    }
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
            let longest = choices.iter().take(LEAST_FIELD.into()).map(|choice| text::width(&choice.label)).max();
            u16::try_from(longest.unwrap_or(0) + 1).unwrap_or(LEAST_FIELD)
        }
        _ => field_columns(control),
    });
    usize::from(share) >= label + usize::from(wanted.min(LEAST_FIELD)) + 4
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
