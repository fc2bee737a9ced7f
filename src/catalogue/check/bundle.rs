//! Checks of the bundles (一件事): their items, their order, and what they pass on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::files::{CatalogueFolder, Sourced};
use super::super::findings::Severity;
use super::{Report, repeated, unknown_elements};
use crate::domain::bundle::Bundle;
use crate::domain::item::{FormRef, Item};

pub(super) fn check(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    let items: HashMap<&str, &Arc<Item>> = loaded.items().map(|item| (item.id.as_str(), item)).collect();
    let mut codes: HashMap<&str, &str> = HashMap::new();
    for Sourced { file, value: bundle } in &loaded.bundles {
        obligatory(report, file, bundle);
        if let Some(other) = codes.insert(&bundle.code, file) {
            let other = report.place_of(other, "code");
            report.push(
                report
                    .at_key(Severity::Error, file, "code", "catalogue-check-bundle-code-twice")
                    .with("value", &bundle.code)
                    .with("other", other),
            );
        }
        members(report, file, bundle, &items);
        if let Some(item) = ring(bundle) {
            report.push(report.at_text(Severity::Error, file, item, "catalogue-check-bundle-ring").with("item", item));
        }
        let terms = terms_of(loaded, bundle, &items);
        links(report, file, bundle, &items, &terms);
        unknown_elements(report, file, bundle.as_ref(), &bundle.sample);
    }
}

fn obligatory(report: &mut Report<'_>, file: &str, bundle: &Bundle) {
    for (key, missing) in [
        ("name", bundle.name.trim().is_empty()),
        ("department", bundle.department.trim().is_empty()),
        ("conditions", bundle.conditions.iter().all(|condition| condition.trim().is_empty())),
        ("items", bundle.items.len() < 2),
        ("version", bundle.version == 0),
    ] {
        if missing {
            report.push(report.at_key(Severity::Error, file, key, "catalogue-check-missing").with("element", key));
        }
    }
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if bundle.code.is_empty() || !bundle.code.bytes().all(plain) {
        report.push(
            report.at_key(Severity::Error, file, "code", "catalogue-check-bundle-code").with("code", &bundle.code),
        );
    }
}

fn members(report: &mut Report<'_>, file: &str, bundle: &Bundle, items: &HashMap<&str, &Arc<Item>>) {
    let inside: HashSet<&str> = bundle.items.iter().map(|member| member.item.as_str()).collect();
    for item in repeated(bundle.items.iter().map(|member| &member.item)) {
        report
            .push(report.at_text(Severity::Error, file, item, "catalogue-check-bundle-item-twice").with("item", item));
    }
    let answers: HashSet<String> = bundle
        .situations
        .iter()
        .flat_map(|situation| situation.options.iter().map(|option| format!("{}={}", situation.id, option.id)))
        .collect();
    for member in &bundle.items {
        let id = &member.item;
        if !items.contains_key(id.as_str()) {
            report.push(
                report.at_text(Severity::Error, file, id, "catalogue-check-bundle-item-unknown").with("item", id),
            );
        }
        for when in member.when.iter().filter(|when| !answers.contains(*when)) {
            report.push(
                report
                    .at_text(Severity::Error, file, when, "catalogue-check-bundle-when-unknown")
                    .with("when", when)
                    .with("item", id),
            );
        }
        for before in member.after.iter().filter(|before| !inside.contains(before.as_str())) {
            report.push(
                report
                    .at_text(Severity::Error, file, before, "catalogue-check-bundle-after-unknown")
                    .with("before", before)
                    .with("item", id),
            );
        }
    }
}

/// An item that waits for itself by way of others.
fn ring(bundle: &Bundle) -> Option<&str> {
    let mut open: HashMap<&str, HashSet<&str>> = bundle
        .items
        .iter()
        .map(|member| (member.item.as_str(), member.after.iter().map(String::as_str).collect()))
        .collect();
    loop {
        let free: Vec<&str> = open
            .iter()
            .filter(|(_, after)| !after.iter().any(|before| open.contains_key(before)))
            .map(|(item, _)| *item)
            .collect();
        if free.is_empty() {
            return open.into_keys().min();
        }
        for item in free {
            open.remove(item);
        }
    }
}

/// The terms of each form in the bundle.
type Terms<'a> = BTreeMap<&'a FormRef, HashSet<String>>;

fn terms_of<'a>(loaded: &CatalogueFolder, bundle: &'a Bundle, items: &HashMap<&str, &'a Arc<Item>>) -> Terms<'a> {
    let mut terms = Terms::new();
    for member in &bundle.items {
        let Some(item) = items.get(member.item.as_str()) else { continue };
        if terms.contains_key(&item.form) {
            continue;
        }
        let Some(Ok((schema, _))) = loaded.form(&item.form).map(|form| form.documents()) else { continue };
        let mut found = HashSet::new();
        collect(&schema, &mut found);
        terms.insert(&item.form, found);
    }
    terms
}

fn collect(schema: &Value, found: &mut HashSet<String>) {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                if let Some(term) = object.get("x-term").and_then(Value::as_str) {
                    found.insert(term.to_owned());
                }
                open.extend(object.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
}

fn links(report: &mut Report<'_>, file: &str, bundle: &Bundle, items: &HashMap<&str, &Arc<Item>>, terms: &Terms<'_>) {
    let inside = |id: &str| bundle.items.iter().any(|member| member.item == id);
    for link in &bundle.links {
        for id in [&link.from, &link.to] {
            if !inside(id) {
                report.push(report.at_text(Severity::Error, file, id, "catalogue-check-link-item").with("item", id));
            }
        }
        if link.term.is_none() && link.material.is_none() {
            report.push(
                report
                    .at_text(Severity::Error, file, &link.output, "catalogue-check-link-nowhere")
                    .with("output", &link.output),
            );
        }
        let Some(target) = items.get(link.to.as_str()) else { continue };
        if let Some(code) = &link.material
            && !target.materials.iter().any(|material| material.code == *code)
        {
            report.push(
                report
                    .at_text(Severity::Error, file, code, "catalogue-check-link-material")
                    .with("material", code)
                    .with("item", &link.to),
            );
        }
        if let Some(term) = &link.term
            && !terms.get(&target.form).is_some_and(|found| found.contains(term))
        {
            report.push(
                report
                    .at_text(Severity::Error, file, term, "catalogue-check-link-term")
                    .with("term", term)
                    .with("form", &target.form),
            );
        }
    }
}
