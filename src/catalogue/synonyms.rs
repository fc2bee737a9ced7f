//! Everyday words for official ones: a citizen says 老年卡, the item says 老年人优待证.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;

/// The table of everyday words. An item whose name holds one of a word's phrases is found by the word as by an alias.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Synonyms {
    words: BTreeMap<String, Vec<String>>,
}

impl Synonyms {
    /// No words.
    pub fn none() -> Self {
        Self::default()
    }

    /// The words of `config/synonyms.toml`, compiled in. A test holds the file to its format.
    pub fn built_in() -> Self {
        Self::parse(include_str!("../../config/synonyms.toml")).unwrap_or_default()
    }

    /// Reads a table `word = ["phrase", …]`. In a phrase a blank means that both parts must stand in the name.
    ///
    /// # Errors
    /// What TOML says of a text that is no such table.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Another number for another table: what was indexed with one is not to be used with the other.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.words.hash(&mut hasher);
        hasher.finish()
    }

    /// Each word with its phrases, in the order of the words.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.words.iter().map(|(word, phrases)| (word.as_str(), phrases.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_whole() {
        let table = Synonyms::parse(include_str!("../../config/synonyms.toml")).unwrap();
        assert_eq!(Synonyms::built_in(), table);
        assert!(table.iter().count() > 80);
        for (word, phrases) in table.iter() {
            assert!(!word.trim().is_empty() && !phrases.is_empty(), "{word}");
            for phrase in phrases {
                assert!(phrase.split(' ').all(|part| !part.is_empty()), "{word}: {phrase:?}");
            }
        }
    }

    #[test]
    fn a_table_of_another_shape_is_refused() {
        for text in ["a = 1", "a = \"b\"", "[a]\nb = [1]", "a ="] {
            assert!(Synonyms::parse(text).is_err(), "{text}");
        }
    }
}
