//! Forms from their documents: the built-in pages, and those that the backend serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use serde_json::Value;

use crate::app::BuiltInForms;
use crate::forms::{CodeList, CodeLists, Form, LoadError, NoCodeLists};
use crate::locale::Locale;

static FORMS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/forms");

/// Why a built-in page cannot be used. A test holds them all usable.
#[derive(Debug, thiserror::Error)]
pub enum BuiltInError {
    /// Not there, or not JSON.
    #[error("built-in form {0} cannot be read")]
    Unreadable(String),
    /// Refused by the form engine.
    #[error("built-in form: {0}")]
    Refused(#[from] LoadError),
}

/// The built-in pages of every intake. Their titles and labels are keys of sentences, so that they stand in the clerk's language.
///
/// # Errors
/// When one of `config/forms` is broken.
pub fn built_in(locale: &Locale) -> Result<BuiltInForms, BuiltInError> {
    let document = |name: String| -> Result<Value, BuiltInError> {
        let mut document = FORMS
            .get_file(&name)
            .and_then(|file| serde_json::from_slice(file.contents()).ok())
            .ok_or(BuiltInError::Unreadable(name))?;
        put_into_words(&mut document, locale);
        Ok(document)
    };
    let form = |name: &str| -> Result<Arc<Form>, BuiltInError> {
        let (schema, ui) = (document(format!("{name}.schema.json"))?, document(format!("{name}.ui.json"))?);
        Ok(Arc::new(Form::load(&schema, Some(&ui), &NoCodeLists)?))
    };
    Ok(BuiltInForms { applicant: form("applicant")?, agent: form("agent")?, delivery: form("delivery")? })
}

fn put_into_words(document: &mut Value, locale: &Locale) {
    match document {
        Value::Object(object) => {
            for (name, value) in object {
                match value {
                    Value::String(key) if matches!(name.as_str(), "title" | "label") => *key = locale.text(key),
                    value => put_into_words(value, locale),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| put_into_words(value, locale)),
        _ => {}
    }
}

/// Code lists at hand for loading a form.
#[derive(Debug, Default)]
pub struct ListsAtHand(pub BTreeMap<(String, u32), Arc<CodeList>>);

impl CodeLists for ListsAtHand {
    fn get(&self, id: &str, version: u32) -> Option<Arc<CodeList>> {
        self.0.get(&(id.to_owned(), version)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Language;

    #[test]
    fn the_built_in_pages_are_usable_and_without_warnings() {
        for language in Language::ALL {
            let forms = built_in(&Locale::of(language)).unwrap();
            for form in [&forms.applicant, &forms.agent, &forms.delivery] {
                assert!(form.warnings().is_empty(), "{}: {:?}", form.title(), form.warnings());
                for label in form.controls().iter().map(|control| &control.label) {
                    assert!(!label.starts_with("page-"), "{language}: {label}");
                }
            }
        }
    }
}
