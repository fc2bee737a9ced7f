//! What the backend refused, why, and the way out: for the clerk, not for the citizen.

use super::sheet::Sheet;
use super::{Line, Paper, Style};
use crate::locale::Locale;
use crate::sync::words;
use crate::vault::{FieldFault, OutboxEntry, OutboxState, Reason};

/// What the backend has against a field: its sentence, or else the place.
pub(super) fn objection(field: &FieldFault) -> &str {
    if field.message.is_empty() { &field.pointer } else { &field.message }
}

/// The refusal of a request, or that it was taken back.
pub fn refusal(entry: &OutboxEntry, reason: &Reason, locale: &Locale, paper: Paper) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    let withdrawn = entry.state == OutboxState::Withdrawn;
    let title = sheet.text(if withdrawn { "doc-withdrawn-title" } else { "doc-refusal-title" });
    sheet.centred(&title, Style::Title);
    sheet.rule();
    let sentence = if withdrawn { sheet.text("doc-withdrawn") } else { words::reason(reason, locale) };
    sheet.paragraph(&sentence, Style::Strong);
    if entry.in_doubt && !withdrawn {
        let doubt = sheet.text("doc-refusal-in-doubt");
        sheet.paragraph(&doubt, Style::Strong);
    }
    for field in &reason.fields {
        sheet.paragraph(&format!("- {}", objection(field)), Style::Plain);
    }
    sheet.blank();
    let fields = [
        ("doc-provisional-no", entry.local_no.clone()),
        ("doc-provisional-item", entry.item_name.clone()),
        ("doc-applicant", entry.applicant.clone()),
        ("doc-refusal-open-case", reason.case_no.clone().unwrap_or_default()),
    ]
    .map(|(key, value)| (sheet.text(key), value, Style::Plain));
    sheet.fields(0, &fields);
    let next = sheet.text("doc-refusal-next");
    sheet.paragraph(&next, Style::Plain);
    sheet.finish()
}
