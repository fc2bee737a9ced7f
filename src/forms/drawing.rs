//! Drawing: the rows of the pages, and where in them a pointer is found.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::Value;

use super::failures::{Failure, is_empty, told, too_many_digits};
use super::layout::Repeat;
use super::relevance::rounded;
use super::rules::find;
use super::walk::{Met, Place, Visit};
use super::{Control, ControlKind, FieldView, Form, PageView, Row, values};
use crate::locale::Phrase;
use crate::text::mask;

/// Draws the visible rows.
pub(super) struct Drawing<'f> {
    form: &'f Form,
    pub pages: Vec<PageView>,
    /// For each open group, how many rows its page had with the heading; `None` for one without a heading.
    opened: Vec<Option<usize>>,
    pub owed: Vec<String>,
    /// What is wrong that no schema says: amounts with more than cents, numbers with more digits than are sure.
    pub failures: Vec<Failure>,
}

impl<'f> Drawing<'f> {
    pub(super) fn new(form: &'f Form) -> Self {
        Self { form, pages: Vec::new(), opened: Vec::new(), owed: Vec::new(), failures: Vec::new() }
    }

    fn push(&mut self, row: Row) {
        if let Some(page) = self.pages.last_mut() {
            page.rows.push(row);
        }
    }

    fn rows(&self) -> usize {
        self.pages.last().map_or(0, |page| page.rows.len())
    }
}

impl Drawing<'_> {
    /// The screen shows two decimals: more would be sent unseen.
    fn check_money(&mut self, met: &Met<'_>, control: &Control) {
        let says_the_schema = || self.form.shape.at(met.pointer)?.decimals.filter(|decimals| *decimals <= 2);
        let is_told = || says_the_schema().is_some();
        let amount = met.value.filter(|_| matches!(control.kind, ControlKind::Money) && !is_told());
        if let Some(amount) = amount.filter(|amount| amount.is_f64() && rounded((*amount).clone(), 2) != **amount) {
            let actual = told(amount, control.sensitive);
            self.failures.push(Failure {
                pointer: met.pointer.to_owned(),
                keyword: "multipleOf".to_owned(),
                phrase: Phrase::of("forms-error-decimals").with("limit", 2_u64).with("actual", actual),
            });
        }
    }
}

impl Drawing<'_> {
    /// A number that another program made may have lost digits on its way.
    fn check_digits(&mut self, met: &Met<'_>) {
        if let Some(digits) = met.value.and_then(Value::as_number).and_then(values::digits_beyond) {
            let (pointer, keyword) = (met.pointer.to_owned(), "type".to_owned());
            self.failures.push(Failure { pointer, keyword, phrase: too_many_digits(digits) });
        }
    }
}

impl Visit for Drawing<'_> {
    fn page(&mut self, visible: bool) {
        self.pages.push(PageView { visible, rows: Vec::new() });
    }

    fn label(&mut self, text: &str, place: Place) {
        if place.visible {
            self.push(Row::Heading { text: text.to_owned(), depth: place.depth });
        }
    }

    fn open(&mut self, text: &str, place: Place) {
        let has_heading = place.visible && !text.is_empty();
        if has_heading {
            self.push(Row::Heading { text: text.to_owned(), depth: place.depth });
        }
        self.opened.push(has_heading.then(|| self.rows()));
    }

    fn close(&mut self, _: &str, _: Place) {
        // A heading over nothing goes.
        if let Some(Some(rows)) = self.opened.pop()
            && rows == self.rows()
            && let Some(page) = self.pages.last_mut()
        {
            page.rows.pop();
        }
    }

    fn field(&mut self, met: &Met<'_>, place: Place) {
        if !place.visible {
            return;
        }
        let form = self.form;
        let Some(control) = form.control(met.control) else { return };
        if control.soft && met.value.is_none_or(is_empty) {
            self.owed.push(met.pointer.to_owned());
        }
        self.check_money(met, control);
        self.check_digits(met);
        self.push(Row::Field(FieldView {
            pointer: met.pointer.to_owned(),
            control: met.control,
            enabled: place.enabled && !control.calculated,
            required: met.required,
            depth: place.depth,
            column: place.column,
        }));
    }

    fn entry(&mut self, pointer: &str, repeat: &Repeat, entry: &Value, index: usize, of: usize, place: Place) {
        if !place.visible {
            return;
        }
        let name = repeat.entry_label.as_ref().and_then(|label| {
            let name = values::name(&label.kind, find(Some(entry), &label.path)?)?;
            Some(if label.sensitive { mask::any(&name) } else { name })
        });
        self.push(Row::Entry {
            pointer: pointer.to_owned(),
            label: repeat.label.clone(),
            name: name.unwrap_or_default(),
            listed: repeat.listed,
            index,
            of,
            enabled: place.enabled,
            removable: place.enabled && of > repeat.min,
            depth: place.depth,
        });
    }

    fn end(&mut self, pointer: &str, repeat: &Repeat, count: usize, place: Place) {
        if place.visible {
            if repeat.soft && count == 0 {
                self.owed.push(pointer.to_owned());
            }
            self.push(Row::Add {
                pointer: pointer.to_owned(),
                label: repeat.label.clone(),
                count,
                max: repeat.max,
                enabled: place.enabled && repeat.max.is_none_or(|max| count < max),
                depth: place.depth,
            });
        }
    }
}

/// Where an error is shown: page, then row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub page: usize,
    row: usize,
}

/// The rows by pointer.
pub(super) struct Places<'p>(BTreeMap<&'p str, (Spot, bool)>);

impl<'p> Places<'p> {
    pub(super) fn new(pages: &'p [PageView]) -> Self {
        let mut places = BTreeMap::new();
        for (page, view) in pages.iter().enumerate() {
            for (row, content) in view.rows.iter().enumerate() {
                let (pointer, is_field) = match content {
                    Row::Heading { .. } => continue,
                    Row::Field(field) => (field.pointer.as_str(), true),
                    Row::Entry { pointer, .. } | Row::Add { pointer, .. } => (pointer.as_str(), false),
                };
                places.entry(pointer).or_insert((Spot { page, row }, is_field));
            }
        }
        Self(places)
    }

    /// The row of a pointer; of what is below it, with its pointer when it is a field; of what is round it; else the first.
    pub(super) fn find(&self, pointer: &str) -> (Spot, Option<&'p str>) {
        let Self(places) = self;
        if let Some((spot, _)) = places.get(pointer) {
            return (*spot, None);
        }
        let below = format!("{pointer}/");
        let inside = places
            .range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded))
            .take_while(|(at, _)| at.starts_with(&below));
        if let Some((at, (spot, is_field))) = inside.min_by_key(|(_, (spot, _))| *spot) {
            return (*spot, is_field.then_some(*at));
        }
        let mut round = pointer;
        while let Some((above, _)) = round.rsplit_once('/') {
            if let Some((spot, _)) = places.get(above) {
                return (*spot, None);
            }
            round = above;
        }
        (Spot { page: 0, row: 0 }, None)
    }
}
