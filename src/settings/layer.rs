//! One layer: names and values read from TOML text or from single words, checked, each with its place.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use toml::Spanned;

use super::{At, SettingsError, Source};

/// A value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    Text(String),
    Number(u16),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// What a setting can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Any text.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Number {
        /// Least.
        least: u16,
        /// Most.
        most: u16,
    },
}

/// A setting: its name and what it can be.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    values: Values,
}

static KINDS: [Kind; 22] = [
    Kind { name: "server", values: Values::Text },
    Kind { name: "lang", values: Values::OneOf(&["auto", "zh-CN", "en"]) },
    Kind { name: "data-dir", values: Values::Text },
    Kind { name: "user", values: Values::Text },
    Kind { name: "site", values: Values::Text },
    Kind { name: "window", values: Values::Text },
    Kind { name: "borders", values: Values::OneOf(&["auto", "unicode", "ascii"]) },
    Kind { name: "colour", values: Values::OneOf(&["auto", "always", "never"]) },
    Kind { name: "lock-after", values: Values::Number { least: 0, most: 1440 } },
    Kind { name: "offline-days", values: Values::Number { least: 0, most: 365 } },
    Kind { name: "offline-records", values: Values::Number { least: 0, most: 60_000 } },
    Kind { name: "scan-folder", values: Values::Text },
    Kind { name: "cipher", values: Values::OneOf(&["sm4-gcm", "aes-256-gcm"]) },
    Kind { name: "recovery-key", values: Values::Text },
    Kind { name: "keep-sent", values: Values::Number { least: 1, most: 3650 } },
    Kind { name: "keep-drafts", values: Values::Number { least: 0, most: 3650 } },
    Kind { name: "print-command", values: Values::Text },
    Kind { name: "reader-command", values: Values::Text },
    Kind { name: "print-width", values: Values::Number { least: 32, most: 200 } },
    Kind { name: "documents-dir", values: Values::Text },
    Kind { name: "area-list", values: Values::Text },
    Kind { name: "practice-day", values: Values::Number { least: 0, most: 3600 } },
];

impl Kind {
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    fn text(&self, text: &str) -> Option<Entry> {
        let fits = match self.values {
            Values::Text => true,
            Values::OneOf(words) => words.contains(&text),
            Values::Number { .. } => false,
        };
        fits.then(|| Entry::Text(text.to_owned()))
    }

    fn number(&self, number: i64) -> Option<Entry> {
        let Values::Number { least, most } = self.values else { return None };
        u16::try_from(number).ok().filter(|number| (least..=most).contains(number)).map(Entry::Number)
    }
}

/// The names of all settings.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.name)
}

/// Settings by name, each with its layer.
pub(super) type Entries = BTreeMap<&'static str, (Entry, Source)>;

/// Reads a settings file over what is there; a missing file changes nothing.
pub(super) fn parse_file(path: &Path, entries: &mut Entries) -> Result<(), SettingsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse_text(&text, &Source::File(path.to_owned()), entries),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(SettingsError::Unreadable { path: path.to_owned(), error }),
    }
}

/// Reads settings in TOML over what is there.
pub(super) fn parse_text(text: &str, source: &Source, entries: &mut Entries) -> Result<(), SettingsError> {
    let at = |offset: usize| {
        let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        At { source: source.clone(), line: Some(line) }
    };
    let table: BTreeMap<Spanned<String>, Spanned<toml::Value>> =
        toml::from_str(text).map_err(|error| SettingsError::Syntax {
            at: at(error.span().map_or(0, |span| span.start)),
            message: error.message().trim().replace('\n', ", "),
        })?;
    for (name, value) in table {
        let Some(kind) = Kind::of(name.get_ref()) else {
            let suggestion = suggestion(name.get_ref()).map(str::to_owned);
            return Err(SettingsError::Unknown { at: at(name.span().start), name: name.into_inner(), suggestion });
        };
        let entry = match value.get_ref() {
            toml::Value::String(text) => kind.text(text),
            toml::Value::Integer(number) => kind.number(*number),
            _ => None,
        };
        let entry = entry.ok_or_else(|| SettingsError::Value {
            at: at(value.span().start),
            name: kind.name,
            found: value.get_ref().to_string(),
            expected: kind.values,
        })?;
        entries.insert(kind.name, (entry, source.clone()));
    }
    Ok(())
}

/// Reads the value of a variable or flag.
pub(super) fn parse_word(kind: &'static Kind, word: &str, source: &Source) -> Result<Entry, SettingsError> {
    kind.text(word).or_else(|| kind.number(word.trim().parse().ok()?)).ok_or_else(|| SettingsError::Value {
        at: At { source: source.clone(), line: None },
        name: kind.name,
        found: format!("\"{word}\""),
        expected: kind.values,
    })
}

/// The setting whose name is nearest, when one is near at all.
pub(super) fn suggestion(name: &str) -> Option<&'static str> {
    KINDS
        .iter()
        .map(|kind| (distance(name, kind.name), kind.name))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .map(|(_, known)| known)
}

/// Levenshtein distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, left) in one.chars().enumerate() {
        let mut next = vec![number + 1];
        for ((right, above), diagonal) in other.iter().zip(row.iter().skip(1)).zip(&row) {
            let before = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(left != *right)).min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
