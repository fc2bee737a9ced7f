//! Importing items (事项导入) from a table as departments keep it: CSV in UTF-8 or GB18030, Chinese column headings, dirty rows among clean ones.
//!
//! A row becomes an item file, or it is told with its line what is wrong with it; one bad row never keeps the others out.

mod columns;
mod materials;
mod row;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::files::{CatalogueFolder, Folder, MANIFEST};
use super::findings::{Finding, Severity};
use columns::Columns;
use rows::{Row, Rows};

/// What an import makes of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Files to write: path inside the folder → text.
    pub files: BTreeMap<String, String>,
    /// How many rows became items.
    pub items: usize,
    /// How many rows did not.
    pub rejected: usize,
    /// What was wrong with rows, and what was mended in them.
    pub findings: Vec<Finding>,
}

/// The text of a file: in the encoding that its byte order mark says, else UTF-8, unless hardly any of it is, then GB18030. What cannot be
/// read becomes [`char::REPLACEMENT_CHARACTER`], and its row is told.
pub fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    let utf8 = String::from_utf8_lossy(bytes);
    let lost = utf8.matches(char::REPLACEMENT_CHARACTER).count();
    let foreign = utf8.chars().filter(|c| !c.is_ascii()).count();
    if 2 * lost <= foreign { utf8.into_owned() } else { encoding_rs::GB18030.decode(bytes).0.into_owned() }
}

/// Reads a table into items for a folder. `name` is the table's own, for findings; `form` is the form of items whose row names none.
pub fn import(name: &str, text: &str, folder: &Folder, form: &str) -> Imported {
    let (known, _) = CatalogueFolder::load(folder);
    let mut imported = Imported::default();
    let mut rows = Rows::new(text, delimiter(text));
    let columns = match rows.find(|row| !matches!(row, Row::Cells(_, cells) if is_blank(cells))) {
        Some(Row::Cells(_, head)) => Columns::of(&head),
        Some(Row::Unclosed(line)) => {
            imported.findings.push(unclosed(name, line));
            return imported;
        }
        None => Columns::default(),
    };
    if let Some(missing) = columns.missing() {
        imported.findings.push(
            Finding::new(Severity::Error, name, "catalogue-import-no-column").with("column", missing).at_line(Some(1)),
        );
        return imported;
    }
    for heading in &columns.unknown {
        imported.findings.push(
            Finding::new(Severity::Warning, name, "catalogue-import-unknown-column")
                .with("column", heading)
                .at_line(Some(1)),
        );
    }
    for (heading, first) in &columns.twice {
        imported.findings.push(
            Finding::new(Severity::Warning, name, "catalogue-import-column-twice")
                .with("column", heading)
                .with("first", first)
                .at_line(Some(1)),
        );
    }
    let mut codes: BTreeMap<String, String> =
        known.items.iter().map(|item| (item.value.code.clone(), item.file.clone())).collect();
    let mut ids: BTreeMap<String, String> =
        known.items.iter().map(|item| (item.value.id.clone(), item.file.clone())).collect();
    let mut material_codes = materials::MaterialCodes::of(&known);
    let mut new_domains = BTreeSet::new();
    rows.whole = columns.needed()..=columns.count;
    for row in rows {
        let (line, outcome) = match row {
            Row::Cells(_, cells) if is_blank(&cells) => continue,
            Row::Cells(line, cells) => (line, row::item(&columns, &cells, &known, &mut material_codes, form)),
            Row::Unclosed(line) => {
                imported.rejected += 1;
                imported.findings.push(unclosed(name, line));
                continue;
            }
        };
        let say = |fault: row::Fault, severity| {
            let finding = Finding { severity, file: name.to_owned(), line: Some(line), ..fault.finding };
            // What is wrong with the row as a whole has no column.
            if fault.column.is_empty() { finding } else { finding.at(fault.column) }
        };
        match outcome {
            Err(faults) => {
                imported.rejected += 1;
                imported.findings.extend(faults.into_iter().map(|fault| say(fault, Severity::Error)));
            }
            Ok((item, mended)) => {
                let path = format!("items/{}/{}.toml", item.domain, item.id);
                let twice = |key, value: &str, other| row::Fault::new(key).with("code", value).with("other", other);
                // A file that holds no item yet is somebody's as well.
                let file = folder.files.contains_key(&path).then_some(&path);
                let fault = match (codes.get(&item.code), ids.get(&item.id).or(file)) {
                    (Some(other), _) => Some(twice("catalogue-import-code-twice", &item.code, other)),
                    (None, Some(other)) => Some(twice("catalogue-import-id-twice", &item.id, other)),
                    (None, None) => None,
                };
                if let Some(fault) = fault {
                    imported.rejected += 1;
                    imported.findings.push(say(fault, Severity::Error));
                    continue;
                }
                let here = format!("{name}:{line}");
                codes.insert(item.code.clone(), here.clone());
                ids.insert(item.id.clone(), here);
                if !known.manifest.domains.iter().any(|domain| domain.id == item.domain) {
                    new_domains.insert(item.domain.clone());
                }
                imported.findings.extend(mended.into_iter().map(|fault| say(fault, Severity::Warning)));
                imported.files.insert(path, row::written(&item));
                imported.items += 1;
            }
        }
    }
    if !folder.files.contains_key(MANIFEST) && imported.items > 0 {
        imported.files.insert(MANIFEST.to_owned(), manifest(&new_domains));
    }
    imported
}

/// A quotation mark that opens a cell and is not closed.
fn unclosed(name: &str, line: u32) -> Finding {
    Finding::new(Severity::Error, name, "catalogue-import-quote").at_line(Some(line))
}

/// Whether a row says nothing.
fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// The manifest of a folder that had none.
fn manifest(domains: &BTreeSet<String>) -> String {
    let mut text = "id = \"imported\"\nversion = 1\ntitle = \"导入的事项目录\"\n".to_owned();
    for domain in domains {
        let (name, name_en) = columns::DOMAINS
            .iter()
            .find(|(id, ..)| id == domain)
            .map_or((domain.as_str(), domain.as_str()), |(_, name, name_en)| (*name, *name_en));
        text.push_str(&format!("\n[[domains]]\nid = \"{domain}\"\nname = \"{name}\"\nname_en = \"{name_en}\"\n"));
    }
    text
}

/// What stands between the cells: whichever the head has most of.
fn delimiter(text: &str) -> char {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: char| head.matches(delimiter).count();
    ['\t', ';'].into_iter().fold(',', |best, one| if count(one) > count(best) { one } else { best })
}
