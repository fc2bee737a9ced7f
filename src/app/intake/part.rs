//! The parts of an intake, each a form of its own: applicant, agent, the item's form, materials, delivery, what is owed.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::shown;
use crate::forms::{Control, Evaluation, FieldError, FieldView, Form, Row, pointer};
use crate::locale::Locale;

/// Which part of an intake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartId {
    /// 申请人
    Applicant,
    /// 代办人
    Agent,
    /// 表单: what the item itself asks.
    Form,
    /// 材料
    Materials,
    /// 送达
    Delivery,
    /// 容缺: what is filled later, and until when.
    Owed,
}

impl PartId {
    /// Every part, in the order of the intake.
    pub const ALL: [Self; 6] = [Self::Applicant, Self::Agent, Self::Form, Self::Materials, Self::Delivery, Self::Owed];

    /// The name under which a draft keeps it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Agent => "agent",
            Self::Form => "form",
            Self::Materials => "materials",
            Self::Delivery => "delivery",
            Self::Owed => "owed",
        }
    }

    /// The part of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A part: its form, what was typed, and what the form makes of it.
#[derive(Debug)]
pub struct Part {
    /// Which.
    pub id: PartId,
    /// Its form.
    pub form: Arc<Form>,
    /// What was typed, values of hidden fields included.
    pub data: Value,
    /// What the form makes of it now.
    pub view: Evaluation,
}

/// What can have the focus on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A field, by its pointer.
    Field(String),
    /// The row that adds an entry to a repeat group, by the group's pointer.
    Add(String),
}

impl Target {
    /// The JSON pointer.
    pub fn pointer(&self) -> &str {
        match self {
            Self::Field(pointer) | Self::Add(pointer) => pointer,
        }
    }
}

impl Part {
    /// A part with data; values that the form gives by default fill what is missing.
    pub fn new(id: PartId, form: Arc<Form>, data: Option<Value>, today: Date) -> Self {
        let data = data.unwrap_or_else(|| form.initial());
        let view = form.evaluate(&data, today);
        Self { id, form, data, view }
    }

    /// Judges the data anew.
    pub fn evaluate(&mut self, today: Date) {
        self.view = self.form.evaluate(&self.data, today);
    }

    /// The value of a field, calculated ones included.
    pub fn value(&self, at: &str) -> Option<&Value> {
        pointer::get(&self.view.data, at)
    }

    /// The fields of a page in drawing order.
    pub fn fields(&self, page: usize) -> impl Iterator<Item = &FieldView> {
        self.rows(page).iter().filter_map(|row| match row {
            Row::Field(field) => Some(field),
            _ => None,
        })
    }

    /// The rows of a page in drawing order.
    pub fn rows(&self, page: usize) -> &[Row] {
        self.view.pages.get(page).map(|page| page.rows.as_slice()).unwrap_or_default()
    }

    /// What can have the focus on a page, in drawing order.
    pub fn targets(&self, page: usize) -> Vec<Target> {
        self.rows(page)
            .iter()
            .filter_map(|row| match row {
                Row::Field(field) if field.enabled && !self.control(field).is_some_and(|control| control.read_only) => {
                    Some(Target::Field(field.pointer.clone()))
                }
                Row::Add { pointer, enabled: true, .. } => Some(Target::Add(pointer.clone())),
                _ => None,
            })
            .collect()
    }

    /// The values of an entry of a repeat group in one line, for where the entry is not open: without its name and what is empty.
    pub fn summary(&self, page: usize, entry: &str, locale: &Locale) -> String {
        let rows =
            self.rows(page).iter().skip_while(|row| !matches!(row, Row::Entry { pointer, .. } if pointer == entry));
        let name = match rows.clone().next() {
            Some(Row::Entry { name, .. }) => name.as_str(),
            _ => "",
        };
        // Up to the first entry of a group inside the entry, or to whatever comes after it.
        let fields = rows.skip(1).map_while(|row| match row {
            Row::Field(field) if pointer::is_within(&field.pointer, entry) => Some(Some(field)),
            Row::Heading { .. } => Some(None),
            _ => None,
        });
        let values = fields
            .flatten()
            .filter_map(|field| Some(shown::in_summary(self.control(field)?, self.value(&field.pointer), locale)));
        values.filter(|value| !value.is_empty() && value != name).collect::<Vec<_>>().join("  ")
    }

    /// The entries of a repeat group on a page: pointer, name.
    pub fn entries<'p>(&'p self, page: usize, array: &str) -> impl Iterator<Item = (&'p str, &'p str)> {
        let base = format!("{array}/");
        self.rows(page).iter().filter_map(move |row| match row {
            Row::Entry { pointer, name, .. } if pointer.strip_prefix(&base).is_some_and(|rest| !rest.contains('/')) => {
                Some((pointer.as_str(), name.as_str()))
            }
            _ => None,
        })
    }

    /// The control of a field.
    pub fn control(&self, field: &FieldView) -> Option<&Control> {
        self.form.control(field.control)
    }

    /// A field and its control by pointer, wherever it stands.
    pub fn field(&self, at: &str) -> Option<(&FieldView, &Control)> {
        let field = (0..self.view.pages.len()).flat_map(|page| self.fields(page)).find(|field| field.pointer == at)?;
        Some((field, self.control(field)?))
    }

    /// What is wrong with a field.
    pub fn error(&self, at: &str) -> Option<&FieldError> {
        self.view.errors.iter().find(|error| error.pointer == at)
    }
}
