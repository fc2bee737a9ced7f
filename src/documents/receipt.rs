//! The receipt (收件凭证), and the provisional slip (临时收件单) that stands in for it while there is no network.

use jiff::Timestamp;

use crate::domain::receipt::{OwedMaterial, Receipt, ReceiptCase};
use crate::locale::Locale;
use crate::sync::words;
use crate::text::width;
use crate::vault::RefusedItem;

use super::refusal::objection;
use super::sheet::Sheet;
use super::{Line, Paper, Style, qr_lines};

/// What a window's scanner reads: `OW1*number*code`, `OWP1*…` in practice. Capital letters, digits and `*` make the smallest code.
pub fn qr_content(receipt: &Receipt) -> String {
    let mark = if receipt.practice { "OWP1" } else { "OW1" };
    format!("{mark}*{}*{}", receipt.request_no, receipt.query_code)
}

/// The receipt, and which items were not taken; `mode_of`: in which way this site takes an item. On paper too narrow for the QR code it has
/// none.
pub fn receipt(
    receipt: &Receipt,
    refused: &[RefusedItem],
    mode_of: impl Fn(&ReceiptCase) -> Option<String>,
    locale: &Locale,
    paper: Paper,
) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    let title = sheet.text("doc-receipt-title");
    sheet.centred(&title, Style::Title);
    if receipt.practice {
        let practice = sheet.text("doc-practice");
        sheet.paragraph(&practice, Style::Strong);
    }
    sheet.rule();
    let received_at = sheet.time(receipt.received_at);
    let fields = [
        ("doc-request-no", receipt.request_no.clone(), Style::Strong),
        ("doc-query-code", receipt.query_code.clone(), Style::Strong),
        ("doc-applicant", receipt.applicant.clone(), Style::Plain),
        ("doc-agent", receipt.agent.clone().unwrap_or_default(), Style::Plain),
        ("doc-received-at", received_at, Style::Plain),
        ("doc-site", receipt.site.clone(), Style::Plain),
        ("doc-window", receipt.window.clone(), Style::Plain),
        ("doc-clerk", receipt.clerk.clone(), Style::Plain),
    ]
    .map(|(key, value, style)| (sheet.text(key), value, style));
    sheet.fields(0, &fields);
    for (number, case) in (1_u32..).zip(&receipt.cases) {
        one_case(&mut sheet, number, case, mode_of(case).unwrap_or_default());
    }
    not_taken(&mut sheet, refused);
    let heading = sheet.text("doc-next-heading");
    sheet.heading(&heading);
    let owes = receipt.cases.iter().any(|case| !case.owed.is_empty());
    let steps = ["doc-next-query", "doc-next-owed", "doc-next-result", "doc-next-keep"];
    let steps: Vec<String> =
        steps.into_iter().filter(|key| owes || *key != "doc-next-owed").map(|key| sheet.text(key)).collect();
    sheet.list(steps);
    draw_code(&mut sheet, &qr_content(receipt));
    sheet.finish()
}

fn one_case(sheet: &mut Sheet<'_>, number: u32, case: &ReceiptCase, mode: String) {
    let heading =
        sheet.locale.format("doc-case", &[("number", number.into()), ("name", case.item_name.as_str().into())]);
    sheet.heading(&heading);
    let due = case.due.map_or_else(
        || sheet.text("doc-due-none"),
        |due| sheet.locale.format("doc-due-before", &[("date", sheet.date(due).into())]),
    );
    let fields = [
        ("doc-case-no", case.case_no.clone()),
        ("doc-department", case.department.clone()),
        ("doc-mode", mode),
        ("doc-due", due),
    ]
    .map(|(key, value)| (sheet.text(key), value, Style::Plain));
    sheet.fields(2, &fields);
    materials(sheet, &case.received, &case.owed);
}

fn not_taken(sheet: &mut Sheet<'_>, refused: &[RefusedItem]) {
    if refused.is_empty() {
        return;
    }
    let heading = sheet.text("doc-not-taken");
    sheet.heading(&heading);
    for item in refused {
        sheet.hanging("  ", &words::refused_item(item, sheet.locale), Style::Strong);
        let objections: Vec<&str> = item.reason.fields.iter().map(objection).collect();
        if !objections.is_empty() {
            sheet.list(objections);
        }
    }
    let next = sheet.text("doc-not-taken-next");
    sheet.hanging("  ", &next, Style::Plain);
}

fn materials(sheet: &mut Sheet<'_>, received: &[String], owed: &[OwedMaterial]) {
    let label = |sheet: &Sheet<'_>, key| {
        let label = sheet.text(key);
        sheet.locale.format("doc-field", &[("label", label.into())])
    };
    let heading = label(sheet, "doc-materials-received");
    sheet.hanging("  ", &heading, Style::Plain);
    sheet.list(received);
    if owed.is_empty() {
        return;
    }
    let heading = label(sheet, "doc-materials-owed");
    sheet.hanging("  ", &heading, Style::Strong);
    let owed: Vec<String> = owed
        .iter()
        .map(|material| {
            let name = ("name", material.name.as_str().into());
            material.until.map_or_else(
                || sheet.locale.format("doc-owed", std::slice::from_ref(&name)),
                |until| sheet.locale.format("doc-owed-until", &[name.clone(), ("date", sheet.date(until).into())]),
            )
        })
        .collect();
    sheet.list(owed);
}

fn draw_code(sheet: &mut Sheet<'_>, content: &str) {
    let lines = qr_lines(content, sheet.paper.ascii);
    if lines.is_empty() || lines.iter().any(|line| width(line) > sheet.paper.width) {
        return;
    }
    sheet.blank();
    for line in lines {
        sheet.raw(line, Style::Code);
    }
    let hint = sheet.text("doc-qr-hint");
    sheet.paragraph(&hint, Style::Faint);
}

/// What the provisional slip says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisional {
    /// Provisional number of this desk.
    pub local_no: String,
    /// Taken in the practice room.
    pub practice: bool,
    /// Names of the items applied for.
    pub items: Vec<String>,
    /// In which way they are taken here; may be empty.
    pub mode: String,
    /// Applicant, masked.
    pub applicant: String,
    /// When the clerk submitted it.
    pub submitted_at: Timestamp,
    /// Site name.
    pub site: String,
    /// Window.
    pub window: String,
    /// Clerk.
    pub clerk: String,
    /// Names of the materials received.
    pub received: Vec<String>,
    /// Materials owed.
    pub owed: Vec<OwedMaterial>,
}

/// The provisional slip: ruled top and bottom and without a code, so that nobody takes it for the receipt.
pub fn provisional(slip: &Provisional, locale: &Locale, paper: Paper) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    sheet.rule();
    let title = sheet.text("doc-provisional-title");
    sheet.centred(&title, Style::Title);
    let warning = sheet.text("doc-provisional-warning");
    sheet.paragraph(&warning, Style::Strong);
    if slip.practice {
        let practice = sheet.text("doc-practice");
        sheet.paragraph(&practice, Style::Strong);
    }
    sheet.rule();
    let submitted_at = sheet.time(slip.submitted_at);
    let items = slip.items.join(&sheet.text("doc-list-comma"));
    let fields = [
        ("doc-provisional-no", slip.local_no.clone()),
        ("doc-provisional-item", items),
        ("doc-mode", slip.mode.clone()),
        ("doc-applicant", slip.applicant.clone()),
        ("doc-provisional-taken-at", submitted_at),
        ("doc-site", slip.site.clone()),
        ("doc-window", slip.window.clone()),
        ("doc-clerk", slip.clerk.clone()),
    ]
    .map(|(key, value)| (sheet.text(key), value, Style::Plain));
    sheet.fields(0, &fields);
    // Opened again, a slip does not know them: that is not to say that there were none.
    if !slip.received.is_empty() || !slip.owed.is_empty() {
        materials(&mut sheet, &slip.received, &slip.owed);
    }
    let heading = sheet.text("doc-next-heading");
    sheet.heading(&heading);
    let steps = ["doc-provisional-why", "doc-provisional-next", "doc-provisional-due"].map(|key| sheet.text(key));
    sheet.list(steps);
    sheet.rule();
    sheet.finish()
}
