//! Sentences of the forms that one of the languages lacks.

use serde_json::Value;

use super::super::files::{CatalogueFolder, Sourced};
use super::super::findings::{Finding, Severity};
use super::Report;
use crate::forms::pointer;
use crate::locale::Language;

pub(super) fn check(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    for Sourced { file, value: form } in &loaded.forms {
        // What is no JSON was found when the folder was read.
        if let Ok((schema, _)) = form.documents() {
            untranslated(&schema, form.texts().0, file, report);
        }
    }
}

/// Sentences of a form that one of the languages lacks.
fn untranslated(schema: &Value, text: &str, file: &str, report: &mut Report<'_>) {
    for (at, value) in pointer::nodes(schema) {
        let Some(members) = value.as_object() else { continue };
        // `x-message` has a sentence a keyword, `x-check` one a rule.
        let by_keyword = members.get("x-message").and_then(Value::as_object).into_iter().flatten();
        let sentences = by_keyword.map(|(key, one)| (format!("{at}/x-message/{key}"), one));
        let checks = members.get("x-check").and_then(Value::as_array).into_iter().flatten().enumerate();
        let checks = checks.filter_map(|(n, check)| Some((format!("{at}/x-check/{n}/message"), check.get("message")?)));
        for (pointer, sentence) in sentences.chain(checks) {
            for language in Language::ALL {
                if sentence.is_object()
                    && sentence.get(language.tag()).and_then(Value::as_str).is_none_or(str::is_empty)
                {
                    report.push(
                        Finding::new(Severity::Warning, file, "catalogue-check-untranslated")
                            .with("language", language.tag())
                            .in_json(text, &pointer),
                    );
                }
            }
        }
    }
}
