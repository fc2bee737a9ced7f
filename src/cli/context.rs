//! What every command works with: the settings, the language, the flags.

use std::cell::OnceCell;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::Globals;
use super::failure::{Exit, Failure};
use crate::locale::{Arg, Language, Locale};
use crate::settings::{Borders, Settings};

/// What every command works with.
pub(super) struct Context {
    pub(super) settings: Settings,
    pub(super) globals: Globals,
    pub(super) locale: Arc<Locale>,
    /// The clerk's password as typed, so that it is asked for once.
    pub(super) typed: OnceCell<Zeroizing<String>>,
}

impl Context {
    pub(super) fn new(settings: Settings, globals: Globals) -> Self {
        let locale = Locale::of(language(settings.lang));
        Self { settings, globals, locale, typed: OnceCell::new() }
    }

    /// A sentence.
    pub(super) fn text(&self, key: &str) -> String {
        self.locale.text(key)
    }

    /// A sentence with values.
    pub(super) fn format(&self, key: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<(&str, Arg<'_>)> = args.iter().map(|(name, value)| (*name, Arg::from(*value))).collect();
        self.locale.format(key, &args)
    }

    /// A failure with its sentence.
    pub(super) fn fail(&self, exit: Exit, key: &str, args: &[(&str, &str)]) -> Failure {
        Failure::said(exit, self.format(key, args))
    }

    /// Whether lines are drawn with ASCII only.
    pub(super) fn ascii(&self) -> bool {
        match self.settings.borders {
            Borders::Ascii => true,
            Borders::Unicode => false,
            Borders::Auto => super::terminal::draws_ascii_only(&super::terminal::variable),
        }
    }

    /// The most entries of a list.
    pub(super) fn limit(&self, usual: u32) -> u32 {
        self.globals.limit.unwrap_or(usual)
    }
}

/// The language: what was set, else what the locale says.
pub(super) fn language(set: Option<Language>) -> Language {
    set.unwrap_or_else(|| sys_locale::get_locale().map_or(Language::default(), |tag| Language::from_tag(&tag)))
}
