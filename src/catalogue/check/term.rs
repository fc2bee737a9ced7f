//! Checks of the data elements that are not published: forms that name the same one have to mean the same by it.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::files::CatalogueFolder;
use super::super::findings::Severity;
use super::Report;
use crate::domain::item::FormRef;
use crate::forms::bundle::{Bundle, Field, Member};
use crate::forms::{Form, data_element};

pub(super) fn check(loaded: &CatalogueFolder, compiled: &HashMap<FormRef, Arc<Form>>, report: &mut Report<'_>) {
    // In the order of the files, so that the later one is told.
    let forms = loaded.forms.iter().filter_map(|form| {
        let reference = &form.value.reference;
        Some((&form.file, Member { item: reference.to_string(), form: Arc::clone(compiled.get(reference)?) }))
    });
    let (files, members): (Vec<&String>, Vec<Member>) = forms.unzip();
    let all = Bundle::new(members, &[]);
    // A published one is held to what is published.
    for conflict in all.conflicts().iter().filter(|conflict| data_element(&conflict.term).is_none()) {
        let name = |field: &Field| all.members().get(field.member).map_or("", |member| member.item.as_str());
        let Some(file) = files.get(conflict.second.member) else { continue };
        let finding = report.at_text(Severity::Warning, file, &conflict.term, "catalogue-check-term-conflict");
        let finding = finding.with("term", &conflict.term).because(conflict.clash.phrase());
        report.push(finding.with("first", name(&conflict.first)).with("second", name(&conflict.second)));
    }
}
