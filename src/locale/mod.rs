//! The program's sentences, by key, in the clerk's language.
//!
//! Every user-visible text lives in `config/locales/<language>/*.ftl` (Project Fluent). A test holds both languages to the same keys and
//! every key used in the code to exist.

mod phrase;

use std::fmt;
use std::sync::{Arc, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use unic_langid::LanguageIdentifier;

pub use phrase::{Phrase, Word};

static LOCALES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/locales");

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// 简体中文
    #[default]
    Chinese,
    /// English
    English,
}

impl Language {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// BCP 47 tag, also the folder's name.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Chinese unless the tag names English.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("en") { Self::English } else { Self::Chinese }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The sentences of one language.
pub struct Locale {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locale").field(&self.language).finish()
    }
}

/// A value inside a sentence.
pub type Arg<'a> = FluentValue<'a>;

impl Locale {
    /// The sentences of a language, read once in a process: they take most of a megabyte.
    pub fn of(language: Language) -> Arc<Self> {
        static CHINESE: OnceLock<Arc<Locale>> = OnceLock::new();
        static ENGLISH: OnceLock<Arc<Locale>> = OnceLock::new();
        let read = match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        };
        Arc::clone(read.get_or_init(|| Arc::new(Self::read(language))))
    }

    /// Loads the compiled-in sentences of a language. A resource that does not parse contributes what does; a test keeps them whole.
    fn read(language: Language) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Isolation marks would take a column each on some terminals.
        bundle.set_use_isolating(false);
        for source in resources(language) {
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// The language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Whether there is a sentence of this key.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// The sentence of a key; the key itself when there is none.
    pub fn text(&self, key: &str) -> String {
        self.format(key, &[])
    }

    /// The sentence of a key with values put in; the key itself when there is none.
    pub fn format(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }
}

fn resources(language: Language) -> impl Iterator<Item = &'static str> {
    LOCALES
        .get_dir(language.tag())
        .into_iter()
        .flat_map(|dir| dir.files())
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "ftl"))
        .filter_map(|file| file.contents_utf8())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Keys of a language; fails on a resource that does not parse or defines a key twice.
    fn keys(language: Language) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for source in resources(language) {
            if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                panic!("{language}: {errors:?}");
            }
            for line in source.lines() {
                if let Some((key, _)) = line.split_once(" =")
                    && line.starts_with(|c: char| c.is_ascii_lowercase())
                {
                    assert!(keys.insert(key.to_owned()), "{language}: {key} twice");
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (chinese, english) = (keys(Language::Chinese), keys(Language::English));
        assert_eq!(chinese.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
        assert_eq!(english.difference(&chinese).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in Chinese");
    }

    #[test]
    fn both_languages_use_the_same_arguments() {
        let arguments = |language: Language| -> BTreeSet<(String, String)> {
            let mut found = BTreeSet::new();
            let mut key = String::new();
            for line in resources(language).flat_map(str::lines) {
                if let Some((name, _)) = line.split_once(" =")
                    && line.starts_with(|c: char| c.is_ascii_lowercase())
                {
                    key = name.to_owned();
                }
                for part in line.split("{ $").skip(1) {
                    let name: String =
                        part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
                    found.insert((key.clone(), name));
                }
            }
            found
        };
        assert_eq!(arguments(Language::Chinese), arguments(Language::English));
    }

    #[test]
    fn an_unknown_key_shows_itself() {
        assert_eq!(Locale::of(Language::English).text("no-such-key"), "no-such-key");
    }
}
