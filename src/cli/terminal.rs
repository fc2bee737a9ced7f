//! What the terminal can do, as far as the environment tells. Asking the terminal itself would cost a bad line a round trip.

use std::io::{self, IsTerminal as _};

use super::context::Context;
use super::failure::{Exit, Failure};
use crate::settings::Colour;

/// A variable of the environment that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The locale's character set, as POSIX finds it.
pub(super) fn locale_name(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable)
}

/// Whether the locale's characters are UTF-8.
pub(super) fn is_utf8(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    locale_name(variable).is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("utf-8") || name.contains("utf8")
    })
}

/// Whether the terminal is one whose font has no box-drawing characters that could be relied on.
pub(super) fn draws_ascii_only(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_none_or(|term| matches!(term.as_str(), "dumb" | "linux" | "vt100" | "vt220" | "ansi"))
}

/// Whether colours are used.
pub(super) fn uses_colour(set: Colour, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    match set {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            variable("NO_COLOR").is_none()
                && variable("TERM").is_some_and(|term| !matches!(term.as_str(), "dumb" | "vt100" | "vt220"))
        }
    }
}

/// Whether a screen can be drawn here; if not, what to do about it.
pub(super) fn check(context: &Context) -> Result<(), Failure> {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Err(context.fail(Exit::Usage, "cli-no-terminal", &[]));
    }
    if !is_utf8(&variable) {
        // Chinese could not be read on such a terminal.
        let name = locale_name(&variable).unwrap_or_else(|| "C".to_owned());
        let english = crate::locale::Locale::of(crate::locale::Language::English);
        let sentence = english.format("cli-not-utf8", &[("locale", name.into())]);
        return Err(Failure::said(Exit::Usage, sentence));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_character_set_is_that_of_the_strongest_variable() {
        assert!(is_utf8(&variables(&[("LANG", "zh_CN.UTF-8")])));
        assert!(is_utf8(&variables(&[("LC_CTYPE", "C.utf8"), ("LANG", "zh_CN.GBK")])));
        assert!(!is_utf8(&variables(&[("LC_ALL", "zh_CN.GBK"), ("LANG", "C.UTF-8")])));
        assert!(!is_utf8(&variables(&[])));
    }

    #[test]
    fn what_the_terminal_can_do_follows_from_its_name() {
        assert!(draws_ascii_only(&variables(&[("TERM", "linux")])));
        assert!(!draws_ascii_only(&variables(&[("TERM", "xterm-256color")])));
        assert!(uses_colour(Colour::Auto, &variables(&[("TERM", "linux")])));
        assert!(!uses_colour(Colour::Auto, &variables(&[("TERM", "linux"), ("NO_COLOR", "1")])));
        assert!(uses_colour(Colour::Always, &variables(&[("NO_COLOR", "1")])));
        assert!(!uses_colour(Colour::Auto, &variables(&[("TERM", "vt100")])));
    }
}
