//! Lists: drafts, outbox, cases. One table draws them all.

use super::canvas::Canvas;
use crate::app::{Shared, cases, drafts, local, outbox, scroll};
use crate::sync::words;
use crate::text;
use crate::vault::{OutboxEntry, OutboxState};

/// A column: key of its head, and its width; 0 takes what is left.
type Column = (&'static str, u16);

struct Table<'a> {
    columns: &'a [Column],
    selected: usize,
    count: Option<usize>,
    /// Rows shown at a time.
    rows: usize,
    empty: &'static str,
}

impl Table<'_> {
    fn draw(&self, shared: &Shared, canvas: &mut Canvas<'_, '_>, cells: impl Fn(usize) -> Vec<String>) {
        let (plain, faint, selected) = (canvas.theme.plain(), canvas.theme.faint(), canvas.theme.selected());
        let Some(count) = self.count else {
            loading(shared, canvas);
            return;
        };
        let fixed: u16 = self.columns.iter().map(|(_, width)| width).sum();
        let rest = canvas.width().saturating_sub(3 + fixed);
        let width_of = |width: u16| if width == 0 { rest } else { width };
        let mut x = 3;
        for (head, width) in self.columns {
            canvas.text_in(x, 0, width_of(*width).saturating_sub(1), &shared.locale.text(head), faint);
            x += width_of(*width);
        }
        if count == 0 {
            canvas.text(3, 2, &shared.locale.text(self.empty), plain);
            canvas.cursor(3, 2);
        }
        let rows = self.rows;
        let first = scroll::first_of_window(self.selected, rows);
        for (y, index) in (1u16..).zip((first..count).take(rows)) {
            if index == self.selected {
                canvas.text(0, y, ">> ", selected);
                canvas.cursor(0, y);
            }
            let mut x = 3;
            for (cell, (_, width)) in cells(index).iter().zip(self.columns) {
                canvas.text_in(x, y, width_of(*width).saturating_sub(1), cell, plain);
                x += width_of(*width);
            }
        }
    }
}

/// What stands where something is still being read.
pub fn loading(shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let plain = canvas.theme.plain();
    canvas.text(3, 1, &shared.locale.text("list-loading"), plain);
    canvas.cursor(3, 1);
}

/// Drafts.
pub fn drafts(screen: &drafts::Drafts, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let table = Table {
        columns: &[("head-updated", 13), ("head-applicant", 14), ("head-item", 0)],
        selected: screen.selected,
        count: screen.drafts.as_ref().map(Vec::len),
        rows: scroll::list_window(shared),
        empty: "drafts-none",
    };
    table.draw(shared, canvas, |index| {
        let Some(draft) = screen.drafts.as_ref().and_then(|drafts| drafts.get(index)) else { return Vec::new() };
        let applicant =
            if draft.applicant.is_empty() { shared.locale.text("no-name-yet") } else { draft.applicant.clone() };
        let item = draft.item_name.as_str();
        let marked = || shared.locale.format("drafts-expiring", &[("item", item.into())]);
        vec![moment(draft.updated_at), applicant, if draft.expiring { marked() } else { item.to_owned() }]
    });
}

/// The outbox, and more of the entry with the cursor.
pub fn outbox(screen: &outbox::Outbox, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let is_wide = canvas.width() >= 78;
    let wide: &[Column] =
        &[("head-submitted", 13), ("head-state", 11), ("head-number", 24), ("head-applicant", 10), ("head-item", 0)];
    let narrow: &[Column] = &[("head-submitted", 13), ("head-state", 11), ("head-number", 24), ("head-applicant", 0)];
    let table = Table {
        columns: if is_wide { wide } else { narrow },
        selected: screen.selected,
        count: screen.entries.as_ref().map(Vec::len),
        rows: outbox::Outbox::rows(shared),
        empty: if screen.filter.is_some() { "outbox-none-of-these" } else { "outbox-none" },
    };
    table.draw(shared, canvas, |index| {
        let Some(entry) = screen.entries.as_ref().and_then(|entries| entries.get(index)) else { return Vec::new() };
        let number = entry
            .request_no
            .clone()
            .unwrap_or_else(|| words::local_no(&entry.local_no, &shared.locale, shared.paper.ascii));
        let state = match screen.progress.get(&entry.id) {
            Some(progress) if entry.state == OutboxState::Queued => words::percent(*progress),
            _ => words::entry_state(entry.state, entry.refused_items(), &shared.locale),
        };
        vec![moment(entry.submitted_at), state, number, entry.applicant.clone(), entry.item_name.clone()]
    });
    let height = canvas.height();
    let top = height.saturating_sub(u16::try_from(outbox::DETAIL_ROWS).unwrap_or(0));
    let (plain, faint) = (canvas.theme.plain(), canvas.theme.faint());
    let columns = canvas.width().saturating_sub(2);
    if let Some(state) = screen.filter {
        let text = shared.locale.format("outbox-filtered", &[("state", words::state(state, &shared.locale).into())]);
        canvas.text_in(1, top, columns, &text, faint);
    }
    let Some(entry) = screen.current() else { return };
    if !is_wide && screen.filter.is_none() {
        canvas.text_in(1, top, columns, &entry.item_name, faint);
    }
    let lines = detail(screen, entry, shared, usize::from(columns));
    for (y, line) in (top + 1..height).zip(&lines) {
        canvas.text_in(1, y, columns, line, plain);
    }
}

/// How an entry stands: age, attempts, next try and progress; then why, with the way out.
fn detail(screen: &outbox::Outbox, entry: &OutboxEntry, shared: &Shared, columns: usize) -> Vec<String> {
    let locale = &shared.locale;
    let mut facts = vec![
        words::entry_state(entry.state, entry.refused_items(), locale),
        words::age(shared.now.duration_since(entry.submitted_at), locale),
        locale.format("outbox-attempts", &[("n", entry.attempts.into())]),
    ];
    if let Some(next) = outbox::Outbox::next_try(entry, shared) {
        facts.push(locale.format("outbox-next-try", &[("time", clock(next).into())]));
    }
    if let Some(progress) = screen.progress.get(&entry.id) {
        facts.push(words::progress(*progress, locale));
    }
    let mut lines = vec![facts.join("  ")];
    if let Some(reason) = outbox::Outbox::why(entry, shared).as_deref() {
        lines.extend(text::wrap(&words::reason(reason, locale), columns));
    }
    lines
}

/// Cases.
pub fn cases(screen: &cases::Cases, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    if let Some(trouble) = &screen.trouble {
        // Those that were fetched before stay on screen.
        let style = canvas.theme.error();
        let y = if screen.cases.is_some() { canvas.height().saturating_sub(1) } else { 2 };
        canvas.text(3, y, trouble, style);
        canvas.cursor(3, y);
        if screen.cases.is_none() {
            return;
        }
    }
    let wide: &[Column] =
        &[("head-number", 25), ("head-status", 13), ("head-due", 12), ("head-applicant", 10), ("head-item", 0)];
    let narrow: &[Column] = &[("head-number", 25), ("head-status", 13), ("head-due", 0)];
    let table = Table {
        columns: if canvas.width() >= 78 { wide } else { narrow },
        selected: screen.selected,
        count: screen.cases.as_ref().map(Vec::len),
        rows: scroll::list_window(shared),
        empty: "cases-none",
    };
    table.draw(shared, canvas, |index| {
        let Some(case) = screen.cases.as_ref().and_then(|cases| cases.get(index)) else { return Vec::new() };
        let due = case.due.map(|due| due.to_string()).unwrap_or_default();
        let status = shared.locale.text(&format!("status-{}", case.status.name()));
        vec![case.case_no.clone(), status, due, case.applicant.clone(), case.item_name.clone()]
    });
}

fn clock(at: jiff::Timestamp) -> String {
    local(at).strftime("%H:%M:%S").to_string()
}

fn moment(at: jiff::Timestamp) -> String {
    local(at).strftime("%m-%d %H:%M").to_string()
}
