//! `onewindow drafts import`: request documents, one a line, become drafts.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::api::digest;
use crate::app::BuiltInForms;
use crate::app::intake::document::{Document, Finding};
use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::kept::Kept;
use crate::cli::{output, store};
use crate::devices::scans;
use crate::forms::values;
use crate::locale::Locale;
use crate::sync::words;
use crate::text::{Lines, sanitize};
use crate::vault::{Draft, Imported, NewAttachment, OutboxState, Vault};

/// Longest line that is read, in bytes: no backend takes a longer document.
const LONGEST_LINE: u64 = 2 * 1024 * 1024;

/// Drafts that go to the disk together.
const BATCH: usize = 200;

/// What became of a line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LineResult {
    /// Counted from 1.
    line: u64,
    id: Option<Uuid>,
    result: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Imported,
    Unchanged,
    Refused,
}

/// Something wrong inside a document.
#[derive(Debug, Serialize)]
struct Place {
    pointer: String,
    message: String,
}

impl LineResult {
    fn refused(line: u64, id: Option<Uuid>, reason: String, errors: Vec<Place>) -> Self {
        Self { line, id, result: Outcome::Refused, reason: Some(reason), errors }
    }
}

/// Imports every good line of a file, or of standard input (`-`).
pub(super) async fn run(file: &Path, as_is: bool, context: &Context) -> Result<(), Failure> {
    let lines: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let opened = File::open(file).map_err(|error| {
            let (path, detail) = (file.display().to_string(), error.to_string());
            context.fail(Exit::Usage, "cli-file-unreadable", &[("path", &path), ("detail", &detail)])
        })?;
        Box::new(BufReader::new(opened))
    };
    let built_in =
        crate::runtime::built_in(&context.locale).map_err(|error| Failure::said(Exit::Refused, error.to_string()))?;
    let vault = store::open(context).await?;
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    let kept = Kept::of(context).await;
    let import = Import { vault: &vault, kept, built_in, locale: &context.locale, folder, as_is };
    let results = import.all(lines, context).await;
    let closed = vault.close().await;
    let results = results?;
    closed.map_err(|error| store::failure(&error, context))?;
    report(&results, context)
}

struct Import<'a> {
    vault: &'a Vault,
    kept: Kept,
    built_in: BuiltInForms,
    locale: &'a Locale,
    /// Where files that documents name are looked for.
    folder: PathBuf,
    /// Only the shape of a document is checked; the rest is left to the backend.
    as_is: bool,
}

impl Import<'_> {
    async fn all(mut self, mut lines: Box<dyn BufRead>, context: &Context) -> Result<Vec<LineResult>, Failure> {
        let (mut results, mut batch) = (Vec::new(), Vec::new());
        let mut number = 0;
        while let Some(line) = next_line(&mut lines)? {
            number += 1;
            match self.read(number, line).await {
                Ok(Some(draft)) => batch.push((number, draft)),
                Ok(None) => {}
                Err(refused) => results.push(refused),
            }
            if batch.len() == BATCH {
                self.store(&mut batch, &mut results, context).await?;
            }
        }
        self.store(&mut batch, &mut results, context).await?;
        results.sort_by_key(|result| result.line);
        Ok(results)
    }

    /// The draft of a line; none of an empty one.
    async fn read(&mut self, number: u64, line: Line) -> Result<Option<Draft>, LineResult> {
        let refuse = |id, reason, errors| Err(LineResult::refused(number, id, reason, errors));
        let text = match line {
            Line::Text(text) => text,
            Line::NotUtf8 => return refuse(None, self.locale.text("document-not-utf8"), Vec::new()),
            Line::TooLong => return refuse(None, self.locale.text("document-too-long"), Vec::new()),
        };
        let text = text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        if text.is_empty() {
            return Ok(None);
        }
        if let Some(digits) = values::inexact_number(text) {
            let digits = sanitize(digits, Lines::Join);
            return refuse(None, self.locale.format("document-digits", &[("number", digits.into())]), Vec::new());
        }
        let document = match Document::parse(text) {
            Ok(document) => document,
            // What the parser quotes is the file's own.
            Err(error) => return refuse(None, sanitize(&error.sentence(self.locale), Lines::Join), Vec::new()),
        };
        let id = Some(document.request.id);
        if !self.as_is {
            for item in &document.request.items {
                self.kept.load(&item.form).await;
            }
            let findings = document.check(&self.built_in, |form| self.kept.form(form), Timestamp::now());
            if !findings.is_empty() {
                let place = |finding: &Finding| Place {
                    pointer: finding.pointer.clone(),
                    message: finding.sentence(self.locale),
                };
                let count = findings.len();
                let reason = self.locale.format("document-findings", &[("n", count.into())]);
                return refuse(id, reason, findings.iter().map(place).collect());
            }
        }
        let document = match self.attach(document).await {
            Ok(document) => document,
            Err((pointer, message)) => {
                let reason = self.locale.text("document-file");
                return refuse(id, reason, vec![Place { pointer, message }]);
            }
        };
        let name = match document.request.items.first() {
            Some(item) => self.kept.name(&item.code).await,
            None => None,
        };
        Ok(document.into_draft(name, Timestamp::now()))
    }

    /// Keeps the files that a document names, before the document itself: they share one fate.
    async fn attach(&self, document: Document) -> Result<Document, (String, String)> {
        let files = document.files();
        if files.is_empty() {
            return Ok(document);
        }
        let mut digests = Vec::with_capacity(files.len());
        let entry = self.vault.outbox_entry(document.request.id).await;
        // What the backend has accepted needs its files no more.
        let is_over = entry.is_ok_and(|entry| entry.is_some_and(|entry| entry.state == OutboxState::Accepted));
        for (pointer, path) in files {
            let full = self.folder.join(&path);
            let read = scans::read(&full).map_err(|error| (pointer.clone(), error.to_string()))?;
            let name = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let file = NewAttachment { name, media_type: read.1.to_owned(), content: read.0 };
            let digest = if is_over {
                digest::sha256_hex(&file.content)
            } else {
                let kept = self.vault.attach(document.request.id, &file).await;
                kept.map_err(|error| (pointer.clone(), words::fault(&error, self.locale)))?.digest
            };
            digests.push((pointer, digest));
        }
        document.with_digests(digests).map_err(|error| (String::new(), error.sentence(self.locale)))
    }

    async fn store(
        &self,
        batch: &mut Vec<(u64, Draft)>,
        results: &mut Vec<LineResult>,
        context: &Context,
    ) -> Result<(), Failure> {
        let (numbers, drafts): (Vec<u64>, Vec<Draft>) = batch.drain(..).unzip();
        let outcomes = self.vault.import_drafts(&drafts).await.map_err(|error| store::failure(&error, context))?;
        for ((line, draft), outcome) in numbers.into_iter().zip(&drafts).zip(outcomes) {
            let id = Some(draft.id);
            let (result, reason) = match outcome {
                Imported::Stored => (Outcome::Imported, None),
                Imported::Unchanged => (Outcome::Unchanged, None),
                Imported::Conflict => (Outcome::Refused, Some("document-conflict")),
                Imported::Deleted => (Outcome::Refused, Some("document-deleted")),
            };
            let reason = reason.map(|key| self.locale.text(key));
            results.push(LineResult { line, id, result, reason, errors: Vec::new() });
        }
        Ok(())
    }
}

fn report(results: &[LineResult], context: &Context) -> Result<(), Failure> {
    let count = |outcome| results.iter().filter(|line| line.result == outcome).count();
    let refused = count(Outcome::Refused);
    if context.globals.json {
        output::print_json(&results)?;
    } else {
        for line in results.iter().filter(|line| line.result == Outcome::Refused) {
            let reason = line.reason.clone().unwrap_or_default();
            let number = line.line.to_string();
            output::note(&context.format("cli-import-line", &[("line", &number), ("reason", &reason)]));
            for place in &line.errors {
                output::note(&format!("    {}  {}", place.pointer, place.message));
            }
        }
        let numbers = [count(Outcome::Imported), count(Outcome::Unchanged), refused].map(|count| count.to_string());
        let [imported, unchanged, refused] = &numbers;
        let args = [("imported", imported.as_str()), ("unchanged", unchanged), ("refused", refused)];
        output::print(&format!("{}\n", context.format("cli-import-done", &args)))?;
    }
    if refused == 0 { Ok(()) } else { Err(Failure::Silent(Exit::Refused)) }
}

/// A line of a file that may hold anything.
enum Line {
    Text(String),
    NotUtf8,
    TooLong,
}

fn next_line(lines: &mut dyn BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if lines.take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 > LONGEST_LINE && bytes.last() != Some(&b'\n') {
        skip_line(lines)?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(String::from_utf8(bytes).map_or(Line::NotUtf8, Line::Text)))
}

/// Reads on to the next line, keeping nothing.
fn skip_line(lines: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = lines.fill_buf()?;
        let (length, found) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), false),
        };
        lines.consume(length);
        if found || length == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_hold_anything() {
        let long = "x".repeat(usize::try_from(LONGEST_LINE).unwrap() + 10);
        let bytes = [b"first\n\n", long.as_bytes(), b"\n\xff\xfe\nlast"].concat();
        let mut lines = io::Cursor::new(bytes);
        let mut found = Vec::new();
        while let Some(line) = next_line(&mut lines).unwrap() {
            found.push(match line {
                Line::Text(text) => text,
                Line::NotUtf8 => "not utf-8".to_owned(),
                Line::TooLong => "too long".to_owned(),
            });
        }
        assert_eq!(found, ["first\n", "\n", "too long", "not utf-8", "last"]);
    }
}
