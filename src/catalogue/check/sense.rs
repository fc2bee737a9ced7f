//! What an item can hardly mean: limits of years, a once-only matter of several trips, a paper of which nothing is wanted.

use super::super::files::{CatalogueFolder, Sourced};
use super::super::findings::Severity;
use super::Report;
use crate::domain::item::{Item, MaterialForm, ProjectType};

/// The longest limit that is believed, in days.
const LONGEST_LIMIT: u16 = 1_000;
/// The most trips that are believed.
const MOST_TRIPS: u8 = 10;

pub(super) fn check(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    for Sourced { file, value: item } in &loaded.items {
        figures(report, file, item);
        words(report, file, item);
        papers(report, file, item);
    }
}

fn figures(report: &mut Report<'_>, file: &str, item: &Item) {
    for (key, limit) in [("legal-limit", item.legal_limit), ("promised-limit", item.promised_limit)] {
        if let Some(limit) = limit.filter(|limit| limit.days > LONGEST_LIMIT) {
            let finding = report.at_key(Severity::Error, file, key, "catalogue-check-limit-long");
            report.push(finding.with("days", limit.days).with("most", LONGEST_LIMIT));
        }
    }
    if item.trips > MOST_TRIPS || (item.four_ways.once && item.trips > 1) {
        let finding = report.at_key(Severity::Warning, file, "trips", "catalogue-check-trips");
        report.push(finding.with("trips", item.trips));
    }
}

/// What is shown must say something.
fn words(report: &mut Report<'_>, file: &str, item: &Item) {
    if item.fee.as_ref().is_some_and(|fee| fee.standard.trim().is_empty()) {
        let finding = report.at_key(Severity::Error, file, "fee", "catalogue-check-missing");
        report.push(finding.with("element", "fee.standard"));
    }
    for situation in &item.situations {
        let labels = situation.options.iter().map(|option| &option.label);
        if labels.chain([&situation.question]).any(|text| text.trim().is_empty()) {
            let finding = report.at_text(Severity::Error, file, &situation.id, "catalogue-check-situation-blank");
            report.push(finding.with("situation", &situation.id));
        }
    }
    for replaced in item.replaces.iter().filter(|code| code.is_empty() || code.contains(char::is_whitespace)) {
        let finding = report.at_text(Severity::Error, file, replaced, "catalogue-check-replaces-code");
        report.push(finding.with("item", replaced));
    }
}

fn papers(report: &mut Report<'_>, file: &str, item: &Item) {
    for material in &item.materials {
        let slips = [
            (
                Severity::Warning,
                "catalogue-check-material-none",
                material.form == MaterialForm::Paper && material.originals == 0 && material.copies == 0,
            ),
            (
                Severity::Error,
                "catalogue-check-material-deferrable",
                material.deferrable && item.project_type == ProjectType::Instant,
            ),
        ];
        for (severity, sentence, _) in slips.into_iter().filter(|(.., holds)| *holds) {
            let finding = report.at_text(severity, file, &material.code, sentence);
            report.push(finding.with("material", &material.code));
        }
    }
}
