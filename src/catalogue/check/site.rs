//! Checks of the sites and their admission lists.

use std::collections::HashSet;

use super::super::files::{CatalogueFolder, Sourced};
use super::super::findings::{Finding, Severity};
use super::super::reasons;
use super::{Report, repeated, unknown_elements};
use crate::domain::area::AreaCode;
use crate::domain::site::Site;

pub(super) fn check(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    let known: HashSet<&str> = loaded.items().map(|item| item.id.as_str()).collect();
    for Sourced { file, value: site } in &loaded.sites {
        for (key, empty) in [
            ("name", site.name.trim().is_empty()),
            ("address", site.address.trim().is_empty()),
            ("hours", site.hours.trim().is_empty()),
            ("windows", site.windows.is_empty()),
        ] {
            if empty {
                report.push(report.at_key(Severity::Error, file, key, "catalogue-check-missing").with("element", key));
            }
        }
        if let Err(error) = site.area.parse::<AreaCode>() {
            report.push(
                report
                    .at_key(Severity::Error, file, "area", "catalogue-check-area")
                    .with("code", &site.area)
                    .because(reasons::area_code(error)),
            );
        }
        let admitted: Vec<&String> = lists(site).into_iter().flatten().collect();
        for item in repeated(admitted.iter().copied()) {
            report
                .push(report.at_text(Severity::Error, file, item, "catalogue-check-admitted-twice").with("item", item));
        }
        for item in admitted.into_iter().filter(|item| !known.contains(item.as_str())) {
            report.push(
                report.at_text(Severity::Error, file, item, "catalogue-check-admitted-unknown").with("item", item),
            );
        }
        unknown_elements(report, file, site, &site.sample);
    }
    let admitted: HashSet<&str> = loaded.sites().flat_map(lists).flatten().map(String::as_str).collect();
    for Sourced { file, value: item } in &loaded.items {
        if !admitted.contains(item.id.as_str()) {
            report.push(Finding::new(Severity::Warning, file, "catalogue-check-admitted-nowhere"));
        }
    }
}

fn lists(site: &Site) -> [&Vec<String>; 4] {
    [&site.direct, &site.agency, &site.assist, &site.inform]
}
