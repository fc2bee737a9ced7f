//! Judging a form for its author, and for tests: what JSON Forms and plain JSON Schema make of some data, beside what we make of it.

use jiff::civil::Date;
use jsonschema::Validator;
use serde_json::Value;

use super::layout::Judged;
use super::walk::{Place, Visit, walk};
use super::{CodeLists, Document, FieldError, Form, LoadError, formats, schema, vocabulary};

/// A form with what its author wants to see beside it.
pub struct Judge {
    form: Form,
    /// The JSON Schema with the standard formats exactly as the standard has them.
    plain: Validator,
}

/// What a form makes of some data.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Every `Control` of the UI schema in order, as JSON Forms judges it on the data given; those inside a `detail` are not listed.
    pub controls: Vec<JudgedControl>,
    /// The data after relevance.
    pub relevant: Value,
    /// Of the data as given, by the JSON Schema alone. Formats are asserted: the standard ones, without normalisation, and ours.
    pub valid: bool,
    /// After relevance, checks and code lists included.
    pub relevant_valid: bool,
    /// What is wrong after relevance. Each stands where the schema finds it: a missing object at its own place, not at the field that would
    /// mend it.
    pub errors: Vec<FieldError>,
}

/// A control of the UI schema, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedControl {
    /// Its scope, as written.
    pub scope: String,
    /// Whether it, and everything round it, is visible.
    pub visible: bool,
    /// Whether it takes input, by its rule, its options, the schema or what is round it.
    pub enabled: bool,
}

/// Data nested deeper than any form asks: it is not looked at, since every walk over it could end the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the data is nested deeper than {} levels", schema::MAX_DEPTH)]
pub struct TooDeep;

impl Judge {
    /// Checks and compiles a form. Without a UI schema one is generated.
    ///
    /// # Errors
    /// [`LoadError`] for whatever the dialect does not allow.
    pub fn load(schema: &Value, uischema: Option<&Value>, lists: &dyn CodeLists) -> Result<Self, LoadError> {
        let form = Form::load(schema, uischema, lists)?;
        let referred = vocabulary::with_data_elements(schema)?;
        Ok(Self { form, plain: formats::plain_validator(referred.as_ref().unwrap_or(schema), Document::Schema, "")? })
    }

    /// The form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Judges some data as of a day.
    ///
    /// # Errors
    /// [`TooDeep`] for data that the engine does not look at.
    pub fn judge(&self, data: &Value, today: Date) -> Result<Judgement, TooDeep> {
        struct Controls(Vec<JudgedControl>);
        impl Visit for Controls {
            fn control(&mut self, judged: &Judged, place: &dyn Fn() -> Place) {
                let Self(controls) = self;
                let Place { visible, enabled, .. } = place();
                controls.push(JudgedControl { scope: judged.scope.clone(), visible, enabled });
            }
        }
        if schema::too_deep(data) {
            return Err(TooDeep);
        }
        let mut controls = Controls(Vec::new());
        walk(&self.form.layout, data, &mut controls);
        let Controls(controls) = controls;
        let (relevant, errors) = self.form.relevant_errors(data, today);
        Ok(Judgement {
            controls,
            relevant,
            valid: self.plain.is_valid(data),
            relevant_valid: errors.is_empty(),
            errors,
        })
    }
}
