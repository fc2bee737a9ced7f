//! The guides: situation questions on top, every element below; where an item is done; two items side by side; a linked matter.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::bundle::BundleGuide;
use crate::app::compare::Compare;
use crate::app::guide::{Guide, question_rows};
use crate::app::scroll;
use crate::app::whither::WhitherScreen;
use crate::documents::{Line, out_of_force};
use crate::domain::item::{Situation, SituationAnswers};
use crate::text;

/// Columns of what a site does and of the limit, in the list of a linked matter's items.
const ROLE_COLUMNS: u16 = 10;
const LIMIT_COLUMNS: u16 = 10;

/// Draws the guide.
pub fn draw(guide: &Guide, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let (width, height) = (canvas.width(), canvas.height());
    let y = u16::try_from(guide.question_rows(shared)).unwrap_or(u16::MAX).min(height);
    let cursor =
        questions(&guide.item.situations, &guide.answers, guide.selected, shared, &mut canvas.part(0, 0, width, y));
    let lines = guide.text(width.saturating_sub(2), shared);
    scrolled(&lines, guide.first, shared, &mut canvas.part(0, y, width, height.saturating_sub(y)));
    if let Some((x, y)) = cursor {
        canvas.cursor(x, y);
    }
}

/// Draws a comparison.
pub fn compare(screen: &Compare, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    scrolled(&screen.lines(shared), screen.first, shared, canvas);
}

/// Draws where an item is done.
pub fn whither(screen: &WhitherScreen, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    scrolled(&screen.lines(shared), screen.first, shared, canvas);
    if let Some(picker) = &screen.picker {
        super::over::choices(picker, shared, canvas);
    }
}

/// Draws the guide of a linked matter: questions, items, the text.
pub fn bundle(guide: &BundleGuide, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let asked = u16::try_from(question_rows(&guide.bundle.situations, shared)).unwrap_or(u16::MAX).min(canvas.height());
    let width = canvas.width();
    questions(&guide.bundle.situations, &guide.answers, guide.situation, shared, &mut canvas.part(0, 0, width, asked));
    let Some(parts) = guide.parts() else {
        super::lists::loading(shared, canvas);
        return;
    };
    let (strong, plain, faint) = (canvas.theme.strong(), canvas.theme.plain(), canvas.theme.faint());
    let (width, height) = (canvas.width(), canvas.height());
    let above = u16::try_from(guide.rows_above(shared)).unwrap_or(u16::MAX);
    let rows = guide.part_rows(shared);
    let first = above.saturating_sub(u16::try_from(rows).unwrap_or(0));
    canvas.text(1, first.saturating_sub(1), &shared.locale.text("bundle-items"), strong);
    let mut cursor = (0, first);
    let turned = scroll::first_of_window(guide.selected, rows);
    for (y, (index, part)) in (first..).zip(parts.iter().enumerate().skip(turned).take(rows)) {
        if index == guide.selected {
            let style = canvas.theme.selected();
            canvas.text(0, y, ">> ", style);
            cursor = (0, y);
        }
        let role = match (out_of_force(part.item.validity(shared.today())), part.admission.role) {
            (Some((word, _)), _) => shared.locale.text(word),
            (None, Some(role)) => shared.locale.text(&format!("role-{}", super::kebab(&role))),
            (None, None) => shared.locale.text("catalogue-nowhere"),
        };
        let optional = if part.place.optional { shared.locale.text("bundle-optional") } else { String::new() };
        let name = format!("{}. {}{optional}", index + 1, part.item.name);
        let columns = width.saturating_sub(3 + ROLE_COLUMNS + LIMIT_COLUMNS);
        canvas.text_in(3, y, columns.saturating_sub(1), &name, plain);
        canvas.text_in(
            3 + columns,
            y,
            ROLE_COLUMNS - 1,
            &role,
            if part.admission.role.is_some() { plain } else { faint },
        );
        let limit = super::catalogue::limit(part.item.project_type, part.item.promised_limit, shared);
        canvas.text_in(3 + columns + ROLE_COLUMNS, y, LIMIT_COLUMNS, &limit, plain);
    }
    let lines = guide.lines(shared);
    scrolled(&lines, guide.first, shared, &mut canvas.part(0, above, width, height.saturating_sub(above)));
    canvas.cursor(cursor.0, cursor.1);
}

/// Draws situation questions with their answers; gives the place of the one with the cursor.
fn questions(
    situations: &[Situation],
    answers: &SituationAnswers,
    selected: usize,
    shared: &Shared,
    canvas: &mut Canvas<'_, '_>,
) -> Option<(u16, u16)> {
    if situations.is_empty() {
        return None;
    }
    let (strong, plain, chosen) = (canvas.theme.strong(), canvas.theme.plain(), canvas.theme.selected());
    let heading = canvas.text(1, 0, &shared.locale.text("guide-situations"), strong);
    let rows = usize::from(canvas.height().saturating_sub(1));
    if rows < situations.len() {
        canvas.text(heading + 1, 0, &format!("{}/{}", selected + 1, situations.len()), plain);
    }
    let mut cursor = None;
    let first = scroll::first_of_window(selected, rows);
    for (y, (index, situation)) in (1..).zip(situations.iter().enumerate().skip(first).take(rows)) {
        let focused = index == selected;
        let answer = answers
            .get(&situation.id)
            .and_then(|answer| situation.options.iter().find(|option| option.id == *answer))
            .map_or("", |option| option.label.as_str());
        let answer = format!("< {answer} >");
        // The answer is what changes: a long question makes room for it.
        let room = canvas.width().saturating_sub(u16::try_from(text::width(&answer)).unwrap_or(u16::MAX) + 3);
        let x = canvas.text_in(1, y, room.max(10), &situation.question, if focused { chosen } else { plain });
        canvas.text(x + 1, y, &answer, strong);
        if focused {
            cursor = Some((x + 1, y));
        }
    }
    cursor
}

/// Draws a document from a line on, and says how much of it is below.
fn scrolled(lines: &[Line], first: usize, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let first = first.min(lines.len().saturating_sub(1));
    canvas.document(lines, first);
    let shown = first + usize::from(canvas.height());
    if lines.len() > shown {
        let more = shared.locale.format("document-more", &[("n", (lines.len() - shown).into())]);
        let style = canvas.theme.faint();
        let bottom = canvas.height().saturating_sub(1);
        canvas.remark(bottom, 20, &more, style);
    }
}
