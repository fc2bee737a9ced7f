//! Evaluating data with a form.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::drawing::{Drawing, Places};
use super::failures::{self, Excuses, Failure};
use super::load::PlacedCheck;
use super::logic::Means;
use super::relevance::{self, ENTRY, Settled};
use super::walk::walk;
use super::{ErrorDetail, Evaluation, FieldError, Form, PageView, Row, formats, pointer, schema};
use crate::locale::Phrase;

impl Form {
    /// What the form makes of some data on a day.
    pub fn evaluate(&self, data: &Value, today: Date) -> Evaluation {
        if schema::too_deep(data) {
            return self.refuse_depth();
        }
        let means = Means::new(today);
        let Found { settled, mut pages, owed, failures } = self.settle(data, &means);
        let errors = self.place(failures, &settled, &means, &pages, Mend::FirstField);
        mark_required(&mut pages, &errors);
        let mut data = data.clone();
        for (pointer, value) in settled.calculated {
            match value {
                Some(value) => {
                    pointer::set(&mut data, &pointer, value);
                }
                None => relevance::drop_value(&mut data, &pointer),
            }
        }
        Evaluation { data, relevant: settled.relevant, pages, errors, owed }
    }

    /// The data after relevance and what is wrong with it, each where the schema finds it. `data` is known not to be too deep.
    pub(super) fn relevant_errors(&self, data: &Value, today: Date) -> (Value, Vec<FieldError>) {
        let means = Means::new(today);
        let Found { settled, pages, failures, .. } = self.settle(data, &means);
        let errors = self.place(failures, &settled, &means, &pages, Mend::InPlace);
        (settled.relevant, errors)
    }

    /// Settles what is relevant, draws it and validates it.
    fn settle(&self, data: &Value, means: &Means) -> Found {
        let settled = relevance::settle(self, &self.normal(data), means);
        let mut drawing = Drawing::new(self);
        walk(&self.layout, &settled.relevant, &mut drawing);
        let Drawing { pages, owed, mut failures, .. } = drawing;
        self.validate(&settled, &mut failures);
        self.check_codes(&settled.relevant, &mut failures);
        Found { settled, pages, owed, failures }
    }

    /// The data as the formats want it: what comes in as JSON was typed into another program.
    fn normal<'d>(&self, data: &'d Value) -> Cow<'d, Value> {
        let mut data = Cow::Borrowed(data);
        for (path, format) in &self.formats {
            for pointer in relevance::instances(&data, path) {
                let text = data.pointer(&pointer).and_then(Value::as_str);
                if let Some(normal) = text.and_then(|text| formats::normal(format, text)) {
                    pointer::set(data.to_mut(), &pointer, Value::from(normal));
                }
            }
        }
        data
    }

    /// A code must be on its list, whether the layout asks for it or not. A multiple choice is one field, however many of its codes are off.
    fn check_codes(&self, relevant: &Value, failures: &mut Vec<Failure>) {
        for (path, codes) in &self.lists {
            let is_off = |value: &Value| match value {
                Value::Null => false,
                Value::String(code) => !codes.contains(code),
                _ => true,
            };
            let (field, is_chosen) = match path.split_last() {
                Some((step, array)) if step == ENTRY => (array, true),
                _ => (path.as_slice(), false),
            };
            for pointer in relevance::instances(relevant, field) {
                let wrong = match relevant.pointer(&pointer) {
                    Some(Value::Array(chosen)) if is_chosen => chosen.iter().any(is_off),
                    Some(value) => !is_chosen && is_off(value),
                    None => false,
                };
                let is_owed = || {
                    relevant.pointer(&pointer).is_none_or(failures::is_empty)
                        && self.shape.at(&pointer).is_some_and(|shape| shape.soft)
                };
                // What is no text at all is told so already.
                if wrong && !is_owed() && failures.iter().all(|failure| failure.pointer != pointer) {
                    let (keyword, phrase) = ("x-options".to_owned(), Phrase::of("forms-error-choice"));
                    failures.push(Failure { pointer, keyword, phrase });
                }
            }
        }
    }

    fn validate(&self, settled: &Settled, failures: &mut Vec<Failure>) {
        if self.validator.is_valid(&settled.relevant) {
            return;
        }
        let excuses = Excuses { dropped: &settled.dropped, shape: &self.shape, unsaid: &self.unsaid };
        for error in self.validator.iter_errors(&settled.relevant) {
            failures.extend(failures::read(&error, &excuses));
        }
    }

    /// Gives every failure its page, adds the failed checks, and sorts by place.
    fn place(
        &self,
        failures: Vec<Failure>,
        settled: &Settled,
        means: &Means,
        pages: &[PageView],
        mend: Mend,
    ) -> Vec<FieldError> {
        let failed = self.failed_checks(settled, means);
        if failures.is_empty() && failed.is_empty() {
            return Vec::new();
        }
        let places = Places::new(pages);
        let errors = failures.into_iter().map(|mut failure| {
            let (place, field) = places.find(&failure.pointer);
            // A missing object is mended by filling its first field.
            if let Some(field) = field.filter(|_| mend == Mend::FirstField && failure.is_missing()) {
                failure.pointer = field.to_owned();
            }
            (place, failure.into_error(&self.shape, place.page))
        });
        let mut errors: Vec<_> = errors.collect();
        let (missing, wrong): (Vec<_>, Vec<_>) =
            errors.iter().map(|(_, error)| error).partition(|error| failures::is_missing(&error.keyword));
        let pointers = |errors: Vec<&FieldError>| errors.into_iter().map(|error| error.pointer.clone()).collect();
        let (missing, wrong): (BTreeSet<String>, BTreeSet<String>) = (pointers(missing), pointers(wrong));
        let is_wrong = |read: &String| {
            let below = format!("{read}/");
            wrong.contains(read) || wrong.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
        };
        for (mut error, reads) in failed {
            // What is wrong by itself is not compared.
            let is_told = missing.contains(&error.pointer) || wrong.contains(&error.pointer);
            if !is_told && !reads.iter().any(is_wrong) {
                let (place, _) = places.find(&error.pointer);
                error.page = place.page;
                errors.push((place, error));
            }
        }
        errors.sort_by_key(|(place, _)| *place);
        errors.dedup_by(|(_, a), (_, b)| a == b);
        errors.into_iter().map(|(_, error)| error).collect()
    }

    /// The errors of the checks that fail, each with the pointers of what it reads.
    fn failed_checks(&self, settled: &Settled, means: &Means) -> Vec<(FieldError, Vec<String>)> {
        let mut failed = Vec::new();
        for PlacedCheck { path, check } in &self.checks {
            for base in relevance::instances(&settled.relevant, path) {
                let object = settled.relevant.pointer(&base).filter(|value| value.is_object());
                if object.is_none_or(|object| check.rule.holds(object, means)) {
                    continue;
                }
                let read = |path: &Vec<String>| path.iter().fold(base.clone(), |at, step| pointer::join(&at, step));
                let reads = check.rule.reads.iter().map(read).collect();
                let at = format!("{base}{}", check.at);
                let pointer = if settled.dropped.contains(&at) { base } else { at };
                let detail = ErrorDetail {
                    phrase: Phrase::of("forms-error-invalid"),
                    custom: Some(std::sync::Arc::clone(&check.message)),
                };
                failed.push((FieldError { pointer, keyword: "x-check".to_owned(), page: 0, detail }, reads));
            }
        }
        failed
    }

    /// Data nested deeper than any form asks is not looked at: every walk over it could end the program.
    fn refuse_depth(&self) -> Evaluation {
        let detail = ErrorDetail { phrase: Phrase::of("forms-error-too-deep"), custom: None };
        let error = FieldError { pointer: String::new(), keyword: "type".to_owned(), page: 0, detail };
        let pages = self.pages.iter().map(|_| PageView { visible: true, rows: Vec::new() }).collect();
        let empty = || Value::Object(Map::new());
        Evaluation { data: empty(), relevant: empty(), pages, errors: vec![error], owed: Vec::new() }
    }
}

/// Settled data, drawn and validated.
struct Found {
    settled: Settled,
    pages: Vec<PageView>,
    owed: Vec<String>,
    failures: Vec<Failure>,
}

/// Where a missing object is reported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mend {
    /// Where it should be.
    InPlace,
    /// At its first field, which mends it.
    FirstField,
}

/// A field that a condition requires is marked as long as it is missing.
fn mark_required(pages: &mut [PageView], errors: &[FieldError]) {
    let missing: BTreeSet<&str> = errors
        .iter()
        .filter(|error| failures::is_missing(&error.keyword))
        .map(|error| error.pointer.as_str())
        .collect();
    if missing.is_empty() {
        return;
    }
    for row in pages.iter_mut().flat_map(|page| &mut page.rows) {
        if let Row::Field(field) = row {
            field.required |= missing.contains(&field.pointer.as_str());
        }
    }
}
