//! Checks of the forms, and of the bundles as forms that are filled as one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::files::{CatalogueFolder, Sourced, read_json};
use super::super::findings::{Finding, Severity};
use super::Report;
use super::twice::twice;
use crate::domain::item::FormRef;
use crate::forms::bundle::{Bundle, Field, Member};
use crate::forms::pointer::{self, is_within};
use crate::forms::{CodeLists, Document, Form, MetaSchema, list_named, slips};
use crate::locale::Phrase;

pub(super) fn check(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    let used: HashSet<&FormRef> = loaded.items().map(|item| &item.form).collect();
    let meta_schema = MetaSchema::new().ok();
    let mut compiled: HashMap<FormRef, Arc<Form>> = HashMap::new();
    for Sourced { file, value: form } in &loaded.forms {
        let place = |document: Document| match document {
            Document::Schema => file.clone(),
            Document::UiSchema => format!("forms/{}.ui.json", form.reference),
        };
        let texts = form.texts();
        let (schema, ui) = texts;
        let mut unreadable = Vec::new();
        // What is no JSON at all was left out when the folder was read; it was not looked into how deep the rest is.
        let schema: Option<Value> = read_json(file, schema, &mut unreadable);
        let ui: Option<Value> = ui.and_then(|ui| read_json(&place(Document::UiSchema), ui, &mut unreadable));
        let Some(schema) = schema.filter(|_| unreadable.is_empty()) else {
            unreadable.into_iter().for_each(|finding| report.push(finding));
            continue;
        };
        let mut findings = Vec::new();
        let mut find = |severity, document, pointer: &str, reason: Phrase| {
            let key = match severity {
                Severity::Error => "catalogue-check-form-refused",
                Severity::Warning => "catalogue-check-form-warning",
            };
            let file = place(document);
            // Without a layout of its own a form has no file of one.
            let finding = Finding::new(severity, &file, key).because(reason);
            findings.push(match report.folder.get(&file) {
                Some(text) => finding.in_json(text, pointer),
                None => finding.at(pointer),
            });
        };
        for (document, text) in [(Document::Schema, Some(texts.0)), (Document::UiSchema, texts.1)] {
            for pointer in text.map(twice).unwrap_or_default() {
                find(Severity::Warning, document, &pointer, Phrase::of("forms-reason-twice"));
            }
        }
        let lists = lists_missing(&schema, loaded);
        let objections = meta_schema.iter().flat_map(|meta| meta.objections(&schema));
        match Form::load(&schema, ui.as_ref(), loaded) {
            Ok(form_loaded) => {
                // A list that is missing is told below.
                let is_told = |pointer: &str| lists.iter().any(|(list, _)| list == pointer);
                for warning in form_loaded.warnings().iter().filter(|warning| !is_told(&warning.pointer)) {
                    find(Severity::Warning, warning.document, &warning.pointer, warning.reason.clone());
                }
                for objection in objections {
                    find(Severity::Warning, Document::Schema, &objection.pointer, objection.reason);
                }
                for slip in slips(&schema, ui.as_ref(), Some(&form_loaded)) {
                    find(Severity::Warning, slip.document, &slip.pointer, slip.reason);
                }
                for (pointer, term, clash) in form_loaded.clashes_with_published() {
                    let reason = Phrase::of("forms-reason-published").with("term", term).with("why", clash.phrase());
                    find(Severity::Warning, Document::Schema, &pointer, reason);
                }
                compiled.insert(form.reference.clone(), Arc::new(form_loaded));
            }
            Err(_) => {
                let faults = Form::faults(&schema, ui.as_ref(), loaded);
                for fault in &faults {
                    find(Severity::Error, fault.document, &fault.pointer, fault.reason.clone());
                }
                for slip in slips(&schema, ui.as_ref(), None) {
                    find(Severity::Warning, slip.document, &slip.pointer, slip.reason);
                }
                // The meta-schema names others.
                let is_another = |pointer: &str| {
                    faults
                        .iter()
                        .filter(|fault| fault.document == Document::Schema)
                        .all(|fault| !(is_within(pointer, &fault.pointer) || is_within(&fault.pointer, pointer)))
                };
                for objection in objections.filter(|objection| is_another(&objection.pointer)) {
                    find(Severity::Error, Document::Schema, &objection.pointer, objection.reason);
                }
            }
        }
        for (pointer, list) in &lists {
            let finding = Finding::new(Severity::Error, file, "catalogue-check-list-missing").with("list", list);
            findings.push(finding.in_json(texts.0, pointer));
        }
        findings.into_iter().for_each(|finding| report.push(finding));
        if !used.contains(&form.reference) {
            report.push(Finding::new(Severity::Warning, file, "catalogue-check-form-unused"));
        }
    }
    bundles(loaded, &compiled, report);
    super::term::check(loaded, &compiled, report);
}

/// The code lists (`x-options`) that a schema names and the folder does not have, each with its place. A desk opens no form whose lists it
/// cannot get.
fn lists_missing(schema: &Value, lists: &impl CodeLists) -> Vec<(String, String)> {
    let mut missing = Vec::new();
    for (at, node) in pointer::nodes(schema) {
        if let Some((id, version)) = node.get("x-options").and_then(list_named)
            && lists.get(id, version).is_none()
        {
            missing.push((pointer::join(&at, "x-options"), format!("{id}@{version}")));
        }
    }
    missing
}

/// Where the items of a bundle define a data element so that it has to be asked twice.
fn bundles(loaded: &CatalogueFolder, compiled: &HashMap<FormRef, Arc<Form>>, report: &mut Report<'_>) {
    for Sourced { file, value: bundle } in &loaded.bundles {
        let member = |id: &String| {
            let item = loaded.items().find(|item| item.id == *id)?;
            Some(Member { item: id.clone(), form: Arc::clone(compiled.get(&item.form)?) })
        };
        let members: Vec<Member> = bundle.items.iter().filter_map(|item| member(&item.item)).collect();
        let merged = Bundle::new(members, &bundle.links);
        for conflict in merged.conflicts() {
            let item = |field: &Field| merged.members().get(field.member).map_or("", |member| member.item.as_str());
            report.push(
                report
                    .at_text(Severity::Warning, file, item(&conflict.first), "catalogue-check-bundle-conflict")
                    .with("term", &conflict.term)
                    .with("first", item(&conflict.first))
                    .with("second", item(&conflict.second))
                    .because(conflict.clash.phrase()),
            );
        }
    }
}
