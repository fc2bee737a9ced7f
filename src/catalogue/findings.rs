//! What is wrong with a catalogue folder, and what its author can do about it.

use super::lines::line_of;
use crate::locale::{Arg, Locale, Phrase, Word};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The folder must not be published so.
    Error,
    /// Probably a slip; the folder works.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Path inside the folder.
    pub file: String,
    /// Line in the file, from 1, where it can be told.
    pub line: Option<u32>,
    /// Place inside the document: a JSON pointer in a form, a key in a TOML file.
    pub pointer: Option<String>,
    /// Key of its sentence in `catalogue-check.ftl`, and its name for programs.
    pub key: &'static str,
    /// Values in the sentence, by name.
    pub args: Vec<(&'static str, Word)>,
}

impl Finding {
    /// A finding about a file as a whole.
    pub fn new(severity: Severity, file: impl Into<String>, key: &'static str) -> Self {
        Self { severity, file: file.into(), line: None, pointer: None, key, args: Vec::new() }
    }

    /// The same with a value for its sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, Word::Text(value.to_string())));
        self
    }

    /// The same with a reason, which is a sentence of its own.
    #[must_use]
    pub fn because(mut self, reason: Phrase) -> Self {
        self.args.push(("reason", Word::Phrase(reason)));
        self
    }

    /// The same at a line.
    #[must_use]
    pub fn at_line(mut self, line: Option<u32>) -> Self {
        self.line = line;
        self
    }

    /// The same at a place inside the document.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same at a place inside a JSON document, on its line in the text.
    #[must_use]
    pub(super) fn in_json(self, text: &str, pointer: &str) -> Self {
        self.at(pointer).at_line(line_of(text, pointer))
    }

    /// What is wrong and what to do, in the reader's language; without file and line.
    pub fn sentence(&self, locale: &Locale) -> String {
        let args: Vec<(&str, Arg<'_>)> = self.args.iter().map(|(name, word)| (*name, word.arg(locale))).collect();
        locale.format(self.key, &args)
    }
}
