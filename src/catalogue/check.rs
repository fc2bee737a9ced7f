//! The linter of a catalogue folder (`onewindow catalogue check`): what cannot be right, and what is probably a slip.

mod bundle;
mod form;
mod item;
mod sense;
mod site;
mod term;
mod translation;
mod twice;
mod unseen;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use serde::Serialize;
use serde_json::Value;

use super::files::{CatalogueFolder, Folder, MANIFEST, Sourced};
use super::findings::{Finding, Severity};
use crate::locale::Word;

/// Loads a folder and checks it. The findings are in the order of files and lines.
pub fn check(folder: &Folder) -> (CatalogueFolder, Vec<Finding>) {
    let (loaded, mut findings) = CatalogueFolder::load(folder);
    let mut report = Report { folder, findings: Vec::new(), counts: HashMap::new(), looked: RefCell::default() };
    domains(&loaded, &mut report);
    item::check(&loaded, &mut report);
    sense::check(&loaded, &mut report);
    site::check(&loaded, &mut report);
    form::check(&loaded, &mut report);
    bundle::check(&loaded, &mut report);
    translation::check(&loaded, &mut report);
    code_lists(&loaded, &mut report);
    unseen::check(&mut report);
    report.finish();
    let unread = Unread::of(&findings);
    report.findings.retain(|finding| !unread.explains(finding));
    findings.append(&mut report.findings);
    findings.sort_by(|a, b| (&a.file, a.line, a.severity).cmp(&(&b.file, b.line, b.severity)));
    (loaded, findings)
}

/// The files that are not there as far as the check can see: what is said of others may follow from that alone.
struct Unread<'a>(HashSet<&'a str>);

impl<'a> Unread<'a> {
    fn of(findings: &'a [Finding]) -> Self {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        Self(errors.map(|finding| finding.file.as_str()).collect())
    }

    /// Whether a finding may be true only because of them: it is told once, where it comes from.
    fn explains(&self, finding: &Finding) -> bool {
        let arg = |wanted: &str| match finding.args.iter().find(|(name, _)| *name == wanted) {
            Some((_, Word::Text(text))) => text.as_str(),
            _ => "",
        };
        let has = |path: &str| self.0.contains(path);
        let any_in = |folder: &str| self.0.iter().any(|path| path.starts_with(folder));
        match finding.key {
            "catalogue-check-admitted-unknown" | "catalogue-check-bundle-item-unknown" => {
                let name = format!("/{}.toml", arg("item"));
                self.0.iter().any(|path| path.starts_with("items/") && path.ends_with(&name))
            }
            "catalogue-check-domain-empty" => has(MANIFEST) || any_in("items/"),
            "catalogue-check-form-unused" => any_in("items/"),
            "catalogue-check-domain-unknown" => has(MANIFEST),
            "catalogue-check-admitted-nowhere" => any_in("sites/"),
            "catalogue-check-form-missing" | "catalogue-check-accepted-form-missing" => {
                ["schema", "ui"].iter().any(|document| has(&format!("forms/{}.{document}.json", arg("form"))))
            }
            "catalogue-check-list-missing" => has(&format!("codelists/{}.json", arg("list"))),
            _ => false,
        }
    }
}

/// Collects findings and looks up their lines.
struct Report<'a> {
    folder: &'a Folder,
    findings: Vec<Finding>,
    /// Findings by file.
    counts: HashMap<String, usize>,
    /// Lines looked up, by file.
    looked: RefCell<HashMap<String, usize>>,
}

/// Most findings about one file: whoever mends these will run the check again, and a file may be made to have millions.
const MOST_IN_A_FILE: usize = 100;

impl Report<'_> {
    fn push(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.file.clone()).or_default();
        *count += 1;
        if *count <= MOST_IN_A_FILE {
            self.findings.push(finding);
        }
    }

    /// Says of which files there would be more to say.
    fn finish(&mut self) {
        let more = self.counts.iter().filter(|(_, count)| **count > MOST_IN_A_FILE);
        self.findings.extend(more.map(|(file, count)| {
            Finding::new(Severity::Warning, file, "catalogue-check-and-more").with("count", count - MOST_IN_A_FILE)
        }));
    }

    /// A finding at a top-level key of a TOML file: its line, if it is written out.
    fn at_key(&self, severity: Severity, file: &str, key: &str, sentence: &'static str) -> Finding {
        Finding::new(severity, file, sentence).at(key).at_line(self.key_line(file, key))
    }

    /// The line of a top-level key of a TOML file.
    fn key_line(&self, file: &str, key: &str) -> Option<u32> {
        let is_table = |line: &str| line.starts_with('[');
        let is_key = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        let table = self.line(file, is_table);
        self.line(file, is_key).filter(|line| table.is_none_or(|table| *line < table))
    }

    /// A file, with the line of a top-level key if it is written out: where to look for what is there twice.
    fn place_of(&self, file: &str, key: &str) -> String {
        self.key_line(file, key).map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
    }

    /// A finding at the first line that has a quoted text.
    fn at_text(&self, severity: Severity, file: &str, text: &str, sentence: &'static str) -> Finding {
        let quoted = format!("\"{text}\"");
        let line = self.line(file, |line| line.contains(&quoted));
        Finding::new(severity, file, sentence).at_line(line)
    }

    /// A finding at the last line that has a quoted text: where it stands again.
    fn at_last_text(&self, severity: Severity, file: &str, text: &str, sentence: &'static str) -> Finding {
        let quoted = format!("\"{text}\"");
        let lines = self.look(file).map(str::lines).into_iter().flatten();
        let last = lines.enumerate().filter(|(_, line)| line.contains(&quoted)).last();
        Finding::new(severity, file, sentence).at_line(last.and_then(|(at, _)| u32::try_from(at + 1).ok()))
    }

    /// A finding at the first line that has a quoted text, from the line on that says `code = "owner"`.
    fn at_text_of(&self, severity: Severity, file: &str, owner: &str, text: &str, sentence: &'static str) -> Finding {
        let (begin, quoted) = (format!("code = \"{owner}\""), format!("\"{text}\""));
        let mut begun = false;
        let line = self.line(file, |line| {
            begun |= line.contains(&begin);
            begun && line.contains(&quoted)
        });
        Finding::new(severity, file, sentence).at_line(line)
    }

    /// The first line, from 1, that is wanted; indentation apart.
    fn line(&self, file: &str, mut wanted: impl FnMut(&str) -> bool) -> Option<u32> {
        let at = self.look(file)?.lines().position(|line| wanted(line.trim_start()))?;
        u32::try_from(at.saturating_add(1)).ok()
    }

    /// The text of a file, unless it was looked through often enough.
    fn look(&self, file: &str) -> Option<&str> {
        let mut looked = self.looked.borrow_mut();
        let looks = looked.entry(file.to_owned()).or_default();
        *looks += 1;
        self.folder.get(file).filter(|_| *looks <= MOST_IN_A_FILE * 3)
    }
}

/// The members that occurred before, in order.
fn repeated<T: Eq + Hash>(members: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    members
        .into_iter()
        .filter_map(|member| {
            if seen.contains(&member) {
                Some(member)
            } else {
                seen.insert(member);
                None
            }
        })
        .collect()
}

/// Names in `sample` that are no elements of the thing: its own field names are the list.
fn unknown_elements(report: &mut Report<'_>, file: &str, thing: &impl Serialize, sample: &[String]) {
    let Ok(Value::Object(elements)) = serde_json::to_value(thing) else { return };
    for name in sample.iter().filter(|name| !elements.contains_key(*name)) {
        report
            .push(report.at_text(Severity::Error, file, name, "catalogue-check-sample-unknown").with("element", name));
    }
}

fn domains(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    let domains = &loaded.manifest.domains;
    for id in repeated(domains.iter().map(|domain| &domain.id)) {
        report.push(report.at_text(Severity::Error, MANIFEST, id, "catalogue-check-domain-twice").with("id", id));
    }
    let used: HashSet<&str> = loaded.items().map(|item| item.domain.as_str()).collect();
    for domain in domains {
        if domain.name.trim().is_empty() || domain.name_en.trim().is_empty() {
            // The desk lists domains by their Chinese names.
            let severity = if domain.name.trim().is_empty() { Severity::Error } else { Severity::Warning };
            let finding = report.at_text(severity, MANIFEST, &domain.id, "catalogue-check-domain-untranslated");
            report.push(finding.with("id", &domain.id));
        }
        if !used.contains(domain.id.as_str()) {
            let finding = report.at_text(Severity::Warning, MANIFEST, &domain.id, "catalogue-check-domain-empty");
            report.push(finding.with("id", &domain.id));
        }
    }
}

fn code_lists(loaded: &CatalogueFolder, report: &mut Report<'_>) {
    for Sourced { file, value: list } in &loaded.code_lists {
        if list.entries.is_empty() {
            let text = report.folder.get(file).unwrap_or_default();
            let finding = Finding::new(Severity::Error, file, "catalogue-check-code-list-empty");
            report.push(finding.in_json(text, "/entries"));
        }
        let codes: HashSet<&str> = list.entries.iter().map(|entry| entry.code.as_str()).collect();
        for code in repeated(list.entries.iter().map(|entry| &entry.code)) {
            report.push(
                report.at_text(Severity::Error, file, code, "catalogue-check-code-list-twice").with("code", code),
            );
        }
        for parent in list.entries.iter().filter_map(|entry| entry.parent.as_deref()) {
            if !codes.contains(parent) {
                report.push(
                    report
                        .at_text(Severity::Error, file, parent, "catalogue-check-code-list-parent")
                        .with("code", parent),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
