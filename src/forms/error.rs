//! What is wrong with the data, and the sentence that says what to do about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::locale::{Locale, Phrase};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// JSON pointer into the data; for a missing value, where it should be.
    pub pointer: String,
    /// The keyword that failed: `required`, `maxLength`, `x-check`, …
    pub keyword: String,
    /// The page where it can be mended.
    pub page: usize,
    /// What the sentence needs.
    pub detail: ErrorDetail,
}

/// What the sentence of an error needs.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorDetail {
    /// Our sentence.
    pub phrase: Phrase,
    /// The form's own sentence (`x-message`, `x-check`), which goes first.
    pub custom: Option<Arc<Messages>>,
}

/// A sentence by language tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Messages(pub BTreeMap<String, String>);

impl Messages {
    /// The sentence in the locale's language, else in Chinese, else in any.
    pub fn text(&self, locale: &Locale) -> Option<&str> {
        let Self(by_language) = self;
        by_language
            .get(locale.language().tag())
            .or_else(|| by_language.get("zh-CN"))
            .or_else(|| by_language.values().next())
            .map(String::as_str)
    }
}

impl FieldError {
    /// What to do about it, in the clerk's language.
    pub fn sentence(&self, locale: &Locale) -> String {
        if let Some(custom) = self.detail.custom.as_ref().and_then(|messages| messages.text(locale)) {
            return custom.to_owned();
        }
        self.detail.phrase.text(locale)
    }
}
