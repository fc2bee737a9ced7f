//! Characters that nobody sees: a name that has one is not found by who types it, and reads as another than it is.

use serde_json::Value;

use super::super::findings::{Finding, Severity};
use super::super::lines::line_of;
use super::Report;
use crate::forms::pointer;
use crate::text::is_unseen;

pub(super) fn check(report: &mut Report<'_>) {
    for (file, text) in &report.folder.files {
        // Only an escape can hide one from a look at the text itself.
        if !text.contains('\\') && !text.chars().any(is_wrong) {
            continue;
        }
        let is_toml = file.ends_with(".toml");
        // What cannot be read was told.
        let value = match is_toml {
            true => toml::from_str::<toml::Table>(text).ok().and_then(|table| serde_json::to_value(table).ok()),
            false if file.ends_with(".json") => serde_json::from_str(text).ok(),
            false => None,
        };
        let mut found: Vec<(String, char)> = Vec::new();
        for (at, value) in value.iter().flat_map(pointer::nodes) {
            match value {
                Value::String(text) => found.extend(text.chars().find(|c| is_wrong(*c)).map(|c| (at, c))),
                Value::Object(members) => {
                    let names = members.keys().filter_map(|name| name.chars().find(|c| is_wrong(*c)));
                    found.extend(names.map(|c| (at.clone(), c)));
                }
                _ => {}
            }
        }
        for (at, c) in found {
            let line = if is_toml { line_with(report, file, c) } else { line_of(text, &at) };
            let severity = if is_unseen(c) { Severity::Error } else { Severity::Warning };
            report.push(
                Finding::new(severity, file, "catalogue-check-unseen")
                    .with("character", format_args!("U+{:04X}", u32::from(c)))
                    .at(at)
                    .at_line(line),
            );
        }
    }
}

/// Whether a character shows nothing. The joiners mean something in scripts that are not the catalogue's.
fn is_wrong(c: char) -> bool {
    is_unseen(c) || matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}')
}

/// The first line that has the character, as it is or as an escape.
fn line_with(report: &Report<'_>, file: &str, c: char) -> Option<u32> {
    let code = u32::from(c);
    let escapes = [format!("\\u{code:04x}"), format!("\\u{code:08x}"), format!("\\x{code:02x}")];
    let short = match c {
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\u{1b}' => "\\e",
        _ => "\n",
    };
    report.line(file, |line| {
        let small = line.to_ascii_lowercase();
        line.contains(c) || line.contains(short) || escapes.iter().any(|escape| small.contains(escape))
    })
}
