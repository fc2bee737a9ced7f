//! A sentence before anybody asks for it in a language.

use std::fmt;

use super::{Arg, Language, Locale};

/// A sentence by its key, with what is put into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its key.
    pub key: &'static str,
    /// What is put in, by name.
    pub args: Vec<(&'static str, Word)>,
}

/// What is put into a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A text as it stands.
    Text(String),
    /// How many: the sentence may ask whether it is one.
    Count(u64),
    /// Another sentence.
    Phrase(Phrase),
}

impl Phrase {
    /// A sentence with nothing put in yet.
    pub const fn of(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// The same with a value put in.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Word>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The sentence in a language.
    pub fn text(&self, locale: &Locale) -> String {
        let args: Vec<(&str, Arg<'_>)> = self.args.iter().map(|(name, word)| (*name, word.arg(locale))).collect();
        locale.format(self.key, &args)
    }
}

/// In English, for logs.
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&Locale::of(Language::English)))
    }
}

impl Word {
    /// The value as the sentences take it.
    pub fn arg(&self, locale: &Locale) -> Arg<'_> {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Count(count) => (*count).into(),
            Self::Phrase(phrase) => phrase.text(locale).into(),
        }
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Word {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Word {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<u32> for Word {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<usize> for Word {
    fn from(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

impl From<Phrase> for Word {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}
