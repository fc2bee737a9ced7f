//! Checks of the items.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::files::{CatalogueFolder, Sourced};
use super::super::findings::Severity;
use super::super::reasons;
use super::{Report, repeated, unknown_elements};
use crate::domain::identity::CreditCode;
use crate::domain::item::{FormRef, HandleArea, Item, Limit, LimitUnit, ProjectType};

pub(super) fn check(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    let forms: HashSet<&FormRef> = loaded.forms.iter().map(|form| &form.value.reference).collect();
    let ids: HashSet<&str> = loaded.items().flat_map(|item| [item.id.as_str(), item.code.as_str()]).collect();
    for Sourced { file, value: item } in &loaded.items {
        obligatory(report, file, item);
        dates(report, file, item);
        across(report, file, item);
        for replaced in item.replaces.iter().filter(|replaced| ids.contains(replaced.as_str())) {
            report.push(
                report
                    .at_text(Severity::Error, file, replaced, "catalogue-check-replaces-present")
                    .with("item", replaced),
            );
        }
        catalog_code(report, file, item);
        code(report, file, item);
        domain(loaded, report, file, item);
        limits(report, file, item);
        situations(report, file, item);
        materials(report, file, item);
        if !forms.contains(&item.form) {
            report.push(
                report.at_key(Severity::Error, file, "form", "catalogue-check-form-missing").with("form", &item.form),
            );
        }
        for form in item.accepted_forms.iter().filter(|form| !forms.contains(form)) {
            // An older version may be published already and not be here any more.
            let sentence = "catalogue-check-accepted-form-missing";
            let finding = report.at_text(Severity::Warning, file, &form.to_string(), sentence);
            report.push(finding.with("form", form));
        }
        for alias in repeated(item.aliases.iter().chain([&item.name])) {
            report.push(
                report.at_key(Severity::Warning, file, "aliases", "catalogue-check-alias-twice").with("alias", alias),
            );
        }
        unknown_elements(report, file, item.as_ref(), &item.sample);
    }
    twice(loaded, report, "id", Severity::Error, "catalogue-check-id-twice", |item| &item.id);
    twice(loaded, report, "code", Severity::Error, "catalogue-check-code-twice", |item| &item.code);
    twice(loaded, report, "name", Severity::Warning, "catalogue-check-name-twice", |item| &item.name);
    names_of_materials(loaded, report);
}

fn obligatory(report: &mut Report<'_>, file: &str, item: &Item) {
    let blank = |text: &str| text.trim().is_empty();
    let blanks = |texts: &[String]| texts.iter().all(|text| blank(text));
    for (key, missing) in [
        ("name", blank(&item.name)),
        ("department", blank(&item.department)),
        ("conditions", blanks(&item.conditions)),
        ("basis", blanks(&item.basis)),
        ("place", blank(&item.place)),
        ("hours", blank(&item.hours)),
        ("audience", item.audience.is_empty()),
        ("version", item.version == 0),
    ] {
        if missing {
            report.push(report.at_key(Severity::Error, file, key, "catalogue-check-missing").with("element", key));
        }
    }
}

/// 基本编码: 12 digits, of which the third and fourth are the item type.
fn catalog_code(report: &mut Report<'_>, file: &str, item: &Item) {
    let code = &item.catalog_code;
    if code.len() != 12 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        report.push(
            report.at_key(Severity::Error, file, "catalog-code", "catalogue-check-catalog-code").with("code", code),
        );
    } else if let Some(digits) = code.get(2..4)
        && digits != item.item_type.code()
    {
        report.push(
            report
                .at_key(Severity::Error, file, "catalog-code", "catalogue-check-type-digits")
                .with("digits", digits)
                .with("type", item.item_type.code()),
        );
    }
}

/// 实施编码: the body's credit code, the level, the catalogue code.
fn code(report: &mut Report<'_>, file: &str, item: &Item) {
    let parts = item.code.split_at_checked(18).and_then(|(body, rest)| Some((body, rest.split_at_checked(1)?)));
    let Some((body, (level, catalog_code))) = parts.filter(|_| item.code.len() == 31) else {
        report.push(
            report
                .at_key(Severity::Error, file, "code", "catalogue-check-code-length")
                .with("found", item.code.chars().count()),
        );
        return;
    };
    if let Err(error) = body.parse::<CreditCode>() {
        report.push(
            report
                .at_key(Severity::Error, file, "code", "catalogue-check-code-body")
                .with("body", body)
                .because(reasons::credit_code(error)),
        );
    } else if body.bytes().any(|byte| byte.is_ascii_lowercase()) {
        report.push(
            report
                .at_key(Severity::Error, file, "code", "catalogue-check-code-body")
                .with("body", body)
                .with("reason", body.to_ascii_uppercase()),
        );
    }
    if level != item.use_level.code().to_string() {
        report.push(
            report
                .at_key(Severity::Error, file, "code", "catalogue-check-code-level")
                .with("found", level)
                .with("level", item.use_level.code()),
        );
    }
    if catalog_code != item.catalog_code {
        report.push(
            report
                .at_key(Severity::Error, file, "code", "catalogue-check-code-tail")
                .with("found", catalog_code)
                .with("code", &item.catalog_code),
        );
    }
}

fn domain(loaded: &CatalogueFolder, report: &mut Report<'_>, file: &str, item: &Item) {
    if !loaded.manifest.domains.iter().any(|domain| domain.id == item.domain) {
        report.push(
            report
                .at_key(Severity::Error, file, "domain", "catalogue-check-domain-unknown")
                .with("domain", &item.domain),
        );
    }
    if let Some(folder) = file.split('/').nth(1).filter(|folder| *folder != item.domain) {
        report.push(
            report
                .at_key(Severity::Error, file, "domain", "catalogue-check-domain-folder")
                .with("domain", &item.domain)
                .with("folder", folder),
        );
    }
}

fn limits(report: &mut Report<'_>, file: &str, item: &Item) {
    if let (Some(promised), Some(legal)) = (item.promised_limit, item.legal_limit)
        && compare(promised, legal) == Ordering::Greater
    {
        report.push(
            report
                .at_key(Severity::Error, file, "promised-limit", "catalogue-check-promised-over-legal")
                .with("promised", promised.days)
                .with("legal", legal.days),
        );
    }
    match (item.project_type, item.promised_limit) {
        (ProjectType::Promised, None) => {
            report.push(report.at_key(Severity::Warning, file, "project-type", "catalogue-check-no-promised-limit"));
        }
        (ProjectType::Instant, Some(limit)) if limit.days > 0 => report.push(
            report
                .at_key(Severity::Warning, file, "promised-limit", "catalogue-check-instant-with-limit")
                .with("days", limit.days),
        ),
        _ => {}
    }
}

/// The days on which it is offered.
fn dates(report: &mut Report<'_>, file: &str, item: &Item) {
    if let (Some(from), Some(until)) = (item.effective_date, item.cancel_date)
        && until < from
    {
        report.push(
            report
                .at_key(Severity::Error, file, "cancel-date", "catalogue-check-dates-reversed")
                .with("from", from)
                .with("until", until),
        );
    }
}

/// 通办: an area beyond the county needs a way of doing it, and the other way round.
fn across(report: &mut Report<'_>, file: &str, item: &Item) {
    let far = matches!(item.handle_area, HandleArea::Nation | HandleArea::Province);
    if far && item.cross_modes.is_empty() {
        report.push(report.at_key(Severity::Warning, file, "handle-area", "catalogue-check-no-cross-mode"));
    }
    if !far && !item.cross_modes.is_empty() {
        report.push(report.at_key(Severity::Warning, file, "cross-modes", "catalogue-check-cross-without-area"));
    }
}

/// Compares limits of any unit, taking five working days for seven natural ones.
fn compare(a: Limit, b: Limit) -> Ordering {
    let weight = |limit: Limit| {
        u32::from(limit.days)
            * match limit.unit {
                LimitUnit::Working => 7,
                LimitUnit::Natural => 5,
            }
    };
    weight(a).cmp(&weight(b))
}

fn situations(report: &mut Report<'_>, file: &str, item: &Item) {
    for id in repeated(item.situations.iter().map(|situation| &situation.id)) {
        report.push(
            report.at_last_text(Severity::Error, file, id, "catalogue-check-situation-twice").with("situation", id),
        );
    }
    for situation in &item.situations {
        let id = &situation.id;
        if situation.options.is_empty() {
            report.push(report.at_text(Severity::Error, file, id, "catalogue-check-no-options").with("situation", id));
            continue;
        }
        for option in repeated(situation.options.iter().map(|option| &option.id)) {
            report.push(
                report
                    .at_last_text(Severity::Error, file, option, "catalogue-check-option-twice")
                    .with("situation", id)
                    .with("option", option),
            );
        }
        let used = item
            .materials
            .iter()
            .flat_map(|material| &material.when)
            .any(|condition| condition.split_once('=').is_some_and(|(situation, _)| situation == id));
        if !used {
            report.push(
                report.at_text(Severity::Warning, file, id, "catalogue-check-situation-unused").with("situation", id),
            );
        }
    }
}

fn materials(report: &mut Report<'_>, file: &str, item: &Item) {
    let answers: HashSet<String> = item
        .situations
        .iter()
        .flat_map(|situation| situation.options.iter().map(|option| format!("{}={}", situation.id, option.id)))
        .collect();
    for code in repeated(item.materials.iter().map(|material| &material.code)) {
        report.push(
            report.at_last_text(Severity::Error, file, code, "catalogue-check-material-twice").with("material", code),
        );
    }
    for material in &item.materials {
        if material.name.trim().is_empty() {
            report.push(
                report
                    .at_text(Severity::Error, file, &material.code, "catalogue-check-material-nameless")
                    .with("material", &material.code),
            );
        }
        for condition in material.when.iter().filter(|condition| !answers.contains(*condition)) {
            report.push(
                report
                    .at_text_of(Severity::Error, file, &material.code, condition, "catalogue-check-when-unknown")
                    .with("when", condition)
                    .with("material", &material.code),
            );
        }
    }
}

/// An element that must differ from item to item.
fn twice(
    loaded: &CatalogueFolder,
    report: &mut Report<'_>,
    key: &str,
    severity: Severity,
    sentence: &'static str,
    element: impl Fn(&Item) -> &String,
) {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for Sourced { file, value: item } in &loaded.items {
        let value = element(item);
        match first.get(value) {
            Some(other) => {
                let other = report.place_of(other, key);
                report.push(report.at_key(severity, file, key, sentence).with("value", value).with("other", other));
            }
            None => {
                first.insert(value.clone(), file);
            }
        }
    }
}

/// One paper must have one name everywhere: papers of a bundle are merged by code.
fn names_of_materials(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    let mut names: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for Sourced { file, value: item } in &loaded.items {
        let item: &Arc<Item> = item;
        for material in &item.materials {
            let (name, other) = *names.entry(&material.code).or_insert((&material.name, file));
            if name != material.name {
                report.push(
                    report
                        .at_text(Severity::Warning, file, &material.name, "catalogue-check-material-two-names")
                        .with("material", &material.code)
                        .with("name", &material.name)
                        .with("other-name", name)
                        .with("other", other),
                );
            }
        }
    }
}
