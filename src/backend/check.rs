//! What is wrong with a request: the clerk's right to it, the forms, the materials. The same engine as at the desk.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::catalogue::{Catalogue, CatalogueError, Particulars};
use super::problem::{Answer, Fault, field_error};
use super::{language, numbers};
use crate::api::wire::{Clerk, FieldError, ProblemCode};
use crate::domain::item::{Item, Necessity, Validity};
use crate::domain::request::{Mode, Received, Request, RequestItem};
use crate::domain::site::{Role, Site};
use crate::forms::{Form, pointer};

/// What may be kept of a request.
pub(super) struct Checked {
    /// The items to open cases for, each with its place in the request.
    pub taken: Vec<(usize, Arc<Item>)>,
    /// The items that are refused while others are taken, and why. Empty unless the request lets each item stand alone.
    pub refused: Vec<(usize, Fault)>,
}

/// Checks a request of a clerk.
///
/// What is wrong with the people or the whole refuses it all. So does what is wrong with one item, unless each stands alone and others
/// are right.
pub(super) fn check(catalogue: &Catalogue, clerk: &Clerk, request: &Request, now: Timestamp) -> Answer<Checked> {
    if !clerk.role.takes_applications() {
        return Err(ProblemCode::RoleForbids.into());
    }
    let site = catalogue.site(&request.site).filter(|site| site.id == clerk.site.id).ok_or(ProblemCode::OtherSite)?;
    // Judged as of the day on which the citizen saw it: a week in the queue must not spoil a computed age or a promised date.
    let day = numbers::day(request.submitted_at.min(now));
    let mut of_all = Vec::new();
    if request.items.is_empty() {
        of_all.push(field_error("/items".to_owned(), "no-items", &[]));
    }
    particulars(catalogue, Particulars::Applicant, Some(&request.applicant), day, &mut of_all)?;
    particulars(catalogue, Particulars::Agent, request.agent.as_ref(), day, &mut of_all)?;
    particulars(catalogue, Particulars::Delivery, Some(&request.delivery), day, &mut of_all)?;
    if request.agent.is_none() && request.applicant.get("handler").is_some_and(|handler| handler == "agent") {
        of_all.push(field_error("/agent".to_owned(), "no-agent", &[]));
    }
    let mut checked = Checked { taken: Vec::new(), refused: Vec::new() };
    let mut seen = BTreeSet::new();
    for (index, wanted) in request.items.iter().enumerate() {
        if !seen.insert(&wanted.code) {
            of_all.push(field_error(format!("/items/{index}/code"), "item-twice", &[]));
        }
        match one(catalogue, site, wanted, index, day) {
            Ok(item) => checked.taken.push((index, item)),
            Err(fault) if fault.code == ProblemCode::Internal => return Err(fault),
            Err(fault) => checked.refused.push((index, fault)),
        }
    }
    let alone = request.mode == Mode::Each && !checked.taken.is_empty();
    if of_all.is_empty() && (alone || checked.refused.is_empty()) {
        return Ok(checked);
    }
    // Rights and editions come before content.
    if let Some(place) = checked.refused.iter().position(|(_, fault)| fault.code != ProblemCode::Invalid) {
        return Err(checked.refused.swap_remove(place).1);
    }
    of_all.extend(checked.refused.into_iter().flat_map(|(_, fault)| fault.errors));
    Err(Fault::invalid(of_all))
}

/// Checks one item: the site takes applications for it, this is one of its forms, and what is filled in is right.
fn one(catalogue: &Catalogue, site: &Site, wanted: &RequestItem, index: usize, day: Date) -> Answer<Arc<Item>> {
    let item =
        catalogue.item(&wanted.code).ok_or_else(|| Fault::withdrawn(catalogue.withdrawn(&wanted.code).flatten()))?;
    match item.validity(day) {
        Validity::InForce => {}
        Validity::Over(_) => return Err(Fault::withdrawn(catalogue.successor(item))),
        Validity::NotYet(_) => return Err(ProblemCode::NotAdmitted.into()),
    }
    if !site.role_for(&item.id).is_some_and(Role::takes_applications) {
        return Err(ProblemCode::NotAdmitted.into());
    }
    let retired = || Fault { successor: Some(item.form.to_string()), ..Fault::new(ProblemCode::FormRetired) };
    if !item.takes_form(&wanted.form) {
        return Err(retired());
    }
    let form = catalogue.compiled(&wanted.form).map_err(|error| match error {
        CatalogueError::NoForm(_) => retired(),
        error => unusable(error),
    })?;
    let base = format!("/items/{index}");
    let mut errors = Vec::new();
    let owed = answers(&form, &wanted.answers, &format!("{base}/answers"), day, &mut errors);
    promises(&owed, wanted, &base, day, &mut errors);
    situations(item, wanted, &base, &mut errors);
    if let Some(place) = &wanted.competent_area
        && !site.area.parse().is_ok_and(|counter| item.away(&counter, place).may_take())
    {
        errors.push(field_error(format!("{base}/competentArea"), "not-reached", &[]));
    }
    materials(item, wanted, &base, day, &mut errors);
    if errors.is_empty() { Ok(Arc::clone(item)) } else { Err(Fault::invalid(errors)) }
}

/// Control characters have no place in what people read; one that slipped past the desk could move a terminal's cursor.
pub(super) fn control_characters(value: &Value, errors: &mut Vec<FieldError>) {
    let places = pointer::control_characters(value, "").into_iter();
    errors.extend(places.map(|place| field_error(place, "control-character", &[])));
}

/// A form of the backend's own that does not work.
fn unusable(error: CatalogueError) -> Fault {
    tracing::error!(%error, "catalogue");
    ProblemCode::Internal.into()
}

fn particulars(
    catalogue: &Catalogue,
    which: Particulars,
    data: Option<&Map<String, Value>>,
    day: Date,
    errors: &mut Vec<FieldError>,
) -> Answer<()> {
    let Some(data) = data else { return Ok(()) };
    let form = catalogue.particulars(which).map_err(unusable)?;
    answers(&form, &Value::Object(data.clone()), &format!("/{}", which.name()), day, errors);
    Ok(())
}

/// A form's data must be valid, and be what relevance makes of itself: nothing hidden, everything computed. Gives the pointers of what is
/// owed.
fn answers(form: &Form, data: &Value, base: &str, day: Date, errors: &mut Vec<FieldError>) -> Vec<String> {
    let evaluation = form.evaluate(data, day);
    let locale = language::locale();
    errors.extend(evaluation.errors.iter().map(|error| FieldError {
        pointer: format!("{base}{}", error.pointer),
        keyword: error.keyword.clone(),
        code: error.detail.phrase.key.to_owned(),
        message: error.sentence(&locale),
    }));
    let places = pointer::differences(data, &evaluation.relevant, base);
    errors.extend(places.into_iter().map(|place| field_error(place, "not-relevant", &[])));
    evaluation.owed
}

/// A promise is about something that is owed, gives its reason and a day that has not passed.
fn promises(owed: &[String], wanted: &RequestItem, base: &str, day: Date, errors: &mut Vec<FieldError>) {
    for (index, promise) in wanted.owed.iter().enumerate() {
        let at = format!("{base}/owed/{index}");
        let args = [("name", promise.name.as_str().into())];
        if !owed.contains(&promise.pointer) {
            errors.push(field_error(format!("{at}/pointer"), "owed-nothing", &args));
        }
        if promise.until < day {
            errors.push(field_error(format!("{at}/until"), "owed-until", &args));
        }
        if promise.reason.trim().is_empty() {
            errors.push(field_error(format!("{at}/reason"), "owed-reason", &args));
        }
    }
}

fn situations(item: &Item, wanted: &RequestItem, base: &str, errors: &mut Vec<FieldError>) {
    let at = |id: &str| pointer::join(&format!("{base}/situations"), id);
    for situation in &item.situations {
        let known = wanted
            .situations
            .get(&situation.id)
            .is_some_and(|chosen| situation.options.iter().any(|option| option.id == *chosen));
        if !known {
            let args = [("question", situation.question.as_str().into())];
            errors.push(field_error(at(&situation.id), "situation-open", &args));
        }
    }
    for id in wanted.situations.keys().filter(|id| item.situations.iter().all(|situation| situation.id != **id)) {
        errors.push(field_error(at(id), "situation-unknown", &[]));
    }
}

fn materials(item: &Item, wanted: &RequestItem, base: &str, day: Date, errors: &mut Vec<FieldError>) {
    let mut seen = BTreeSet::new();
    for (index, line) in wanted.materials.iter().enumerate() {
        let at = format!("{base}/materials/{index}");
        let Some(material) = item.materials_for(&wanted.situations).find(|material| material.code == line.code) else {
            errors.push(field_error(format!("{at}/code"), "material-unknown", &[]));
            continue;
        };
        let args = [("material", material.name.as_str().into())];
        if !seen.insert(line.code.as_str()) {
            errors.push(field_error(format!("{at}/code"), "material-twice", &args));
        }
        match line.received {
            Received::Owed if !material.deferrable => {
                errors.push(field_error(format!("{at}/received"), "material-not-deferrable", &args));
            }
            Received::Owed if line.owed_until.is_none_or(|until| until < day) => {
                errors.push(field_error(format!("{at}/owedUntil"), "material-owed-until", &args));
            }
            Received::None if is_needed(material) => {
                errors.push(field_error(format!("{at}/received"), "material-missing", &args));
            }
            _ => {}
        }
    }
    for material in item.materials_for(&wanted.situations).filter(|material| is_needed(material)) {
        if !seen.contains(material.code.as_str()) {
            let args = [("material", material.name.as_str().into())];
            errors.push(field_error(format!("{base}/materials"), "material-missing", &args));
        }
    }
}

/// Whether a material must be handed in: required, and no shared data stands in for it.
fn is_needed(material: &crate::domain::item::Material) -> bool {
    material.necessity == Necessity::Required && material.exempt.is_none()
}
