//! The catalogue folder: what a county edits, the backend serves and `onewindow catalogue check` reads.
//!
//! ```text
//! catalogue.toml                        id, version, title, note; [[domains]] id, name, name_en
//! sites/<id>.toml                       domain::site::Site
//! items/<domain-id>/<id>.toml           domain::item::Item
//! bundles/<id>.toml                     domain::bundle::Bundle
//! forms/<id>@<version>.schema.json      JSON Schema of a form (see the module `forms`)
//! forms/<id>@<version>.ui.json          its UI schema; may be missing
//! codelists/<id>@<version>.json         forms::CodeList
//! clerks.toml                           the practice clerks; only the backend reads it
//! README.md                             for whoever edits the folder; not read
//! ```
//!
//! A file's stem is the id of what it holds. Reading the disk is the shell's business: here a folder is a map from path to text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::admission::Admissions;
use super::findings::{Finding, Severity};
use super::search::CatalogueEntry;
use crate::domain::bundle::Bundle;
use crate::domain::item::{FormRef, Item};
use crate::domain::site::Site;
use crate::forms::{CodeList, CodeLists};

/// Path of the manifest.
pub const MANIFEST: &str = "catalogue.toml";
/// Path of the practice clerks.
pub const CLERKS: &str = "clerks.toml";

/// The text of a file, shared by whatever is made of it.
pub type Text = Arc<str>;

/// A catalogue folder as text: path inside the folder, with `/` between its parts → content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folder {
    /// The files.
    pub files: BTreeMap<String, Text>,
    /// Files that are there and cannot be read as text: path → key of the sentence that says why.
    pub refused: BTreeMap<String, &'static str>,
}

impl Folder {
    /// Adds a file.
    pub fn insert(&mut self, path: String, text: Text) {
        self.files.insert(path, text);
    }

    /// Notes a file that is no text of a catalogue.
    pub fn refuse(&mut self, path: String, why: &'static str) {
        self.refused.insert(path, why);
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len() + self.refused.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(AsRef::as_ref)
    }
}

impl<P: Into<String>, T: Into<Text>> FromIterator<(P, T)> for Folder {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self { files, refused: BTreeMap::new() }
    }
}

/// The manifest `catalogue.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Id of the catalogue.
    pub id: String,
    /// Counts up with every published change.
    pub version: u32,
    /// Title.
    pub title: String,
    /// What the reader must know about it: that it is a sample, for instance.
    #[serde(default)]
    pub note: String,
    /// The domains (领域) in the order of the lists.
    #[serde(default)]
    pub domains: Vec<Domain>,
}

/// A domain (领域): the first division of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Id, the folder's name under `items`.
    pub id: String,
    /// Chinese name. That it is missing is for the check to say, as is that of the next.
    #[serde(default)]
    pub name: String,
    /// English name.
    #[serde(default)]
    pub name_en: String,
}

/// Something with the file that it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// Path inside the folder.
    pub file: String,
    /// What the file holds.
    pub value: T,
}

/// The two documents of a form, as text: parsed they take ten times the memory, and of most forms nobody asks on a given day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSource {
    /// Id and version.
    pub reference: FormRef,
    schema: Text,
    ui: Option<Text>,
}

impl FormSource {
    /// A form of these texts.
    pub const fn new(reference: FormRef, schema: Text, ui: Option<Text>) -> Self {
        Self { reference, schema, ui }
    }

    /// The two documents as they are written.
    pub fn texts(&self) -> (&str, Option<&str>) {
        (&self.schema, self.ui.as_deref())
    }

    /// JSON Schema, and UI schema; a layout is generated where there is none.
    ///
    /// # Errors
    /// When they are no JSON. Those of a loaded folder are.
    pub fn documents(&self) -> Result<(Value, Option<Value>), serde_json::Error> {
        Ok((serde_json::from_str(&self.schema)?, self.ui.as_deref().map(serde_json::from_str).transpose()?))
    }
}

/// What could be read of a catalogue folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CatalogueFolder {
    /// The manifest; empty when it could not be read.
    pub manifest: Manifest,
    /// The sites, by path.
    pub sites: Vec<Sourced<Arc<Site>>>,
    /// The items, by domain in the manifest's order, then by catalogue code.
    pub items: Vec<Sourced<Arc<Item>>>,
    /// The bundles, by path.
    pub bundles: Vec<Sourced<Arc<Bundle>>>,
    /// The forms, by path of the schema.
    pub forms: Vec<Sourced<FormSource>>,
    /// The code lists, by path.
    pub code_lists: Vec<Sourced<Arc<CodeList>>>,
    /// Text of the practice clerks' file.
    pub clerks: Option<String>,
}

impl CatalogueFolder {
    /// Reads a folder: keeps what is readable and says what is not. Whether what was read makes sense is [`super::check`]'s question.
    pub fn load(folder: &Folder) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut loaded = Self::default();
        match folder.get(MANIFEST) {
            Some(text) => loaded.manifest = read_toml(MANIFEST, text, &mut findings).unwrap_or_default(),
            None if folder.refused.contains_key(MANIFEST) => {}
            None => findings.push(Finding::new(Severity::Error, MANIFEST, "catalogue-check-no-manifest")),
        }
        loaded.clerks = folder.get(CLERKS).map(str::to_owned);
        for (path, why) in &folder.refused {
            findings.push(Finding::new(Severity::Error, path, why));
        }
        for (path, text) in &folder.files {
            loaded.read(path, text, folder, &mut findings);
        }
        let order: BTreeMap<String, usize> =
            loaded.manifest.domains.iter().enumerate().map(|(index, domain)| (domain.id.clone(), index)).collect();
        let rank = |item: &Item| order.get(&item.domain).copied().unwrap_or(usize::MAX);
        loaded.items.sort_by(|a, b| {
            (rank(&a.value), &a.value.catalog_code, &a.file).cmp(&(rank(&b.value), &b.value.catalog_code, &b.file))
        });
        (loaded, findings)
    }

    fn read(&mut self, path: &str, text: &Text, folder: &Folder, findings: &mut Vec<Finding>) {
        let parts: Vec<&str> = path.split('/').collect();
        match *parts.as_slice() {
            [MANIFEST | CLERKS | "README.md"] => {}
            ["sites", file] if file.ends_with(".toml") => {
                let stem = file.strip_suffix(".toml").unwrap_or(file);
                if let Some(mut site) = read_toml::<Site>(path, text, findings) {
                    keep_stem(path, text, stem, &mut site.id, findings);
                    self.sites.push(Sourced { file: path.to_owned(), value: Arc::new(site) });
                }
            }
            ["items", _, file] if file.ends_with(".toml") => {
                let stem = file.strip_suffix(".toml").unwrap_or(file);
                if let Some(mut item) = read_toml::<Item>(path, text, findings) {
                    keep_stem(path, text, stem, &mut item.id, findings);
                    self.items.push(Sourced { file: path.to_owned(), value: Arc::new(item) });
                }
            }
            ["bundles", file] if file.ends_with(".toml") => {
                let stem = file.strip_suffix(".toml").unwrap_or(file);
                if let Some(mut bundle) = read_toml::<Bundle>(path, text, findings) {
                    keep_stem(path, text, stem, &mut bundle.id, findings);
                    self.bundles.push(Sourced { file: path.to_owned(), value: Arc::new(bundle) });
                }
            }
            ["forms", file] if file.ends_with(".schema.json") => {
                let stem = file.strip_suffix(".schema.json").unwrap_or(file);
                let Ok(reference) = stem.parse::<FormRef>() else {
                    findings.push(Finding::new(Severity::Error, path, "catalogue-check-file-name"));
                    return;
                };
                let ui_path = format!("forms/{stem}.ui.json");
                let ui = folder.files.get(&ui_path);
                let mut is_json = |path: &str, text: &str| read_json::<IgnoredAny>(path, text, findings).is_some();
                // A form whose layout is broken must not come out with a generated one.
                if is_json(path, text) && ui.is_none_or(|text| is_json(&ui_path, text)) {
                    let value = FormSource::new(reference, text.clone(), ui.cloned());
                    self.forms.push(Sourced { file: path.to_owned(), value });
                }
            }
            ["forms", file] if file.ends_with(".ui.json") => {
                let stem = file.strip_suffix(".ui.json").unwrap_or(file);
                if !folder.files.contains_key(&format!("forms/{stem}.schema.json")) {
                    findings.push(Finding::new(Severity::Error, path, "catalogue-check-ui-without-schema"));
                }
            }
            ["codelists", file] if file.ends_with(".json") => {
                let stem = file.strip_suffix(".json").unwrap_or(file);
                if let Some(list) = read_json::<CodeList>(path, text, findings) {
                    if stem == format!("{}@{}", list.id, list.version) {
                        self.code_lists.push(Sourced { file: path.to_owned(), value: Arc::new(list) });
                    } else {
                        findings.push(
                            Finding::new(Severity::Error, path, "catalogue-check-id-not-stem")
                                .with("id", format_args!("{}@{}", list.id, list.version))
                                .in_json(text, "/id"),
                        );
                    }
                }
            }
            _ => findings.push(Finding::new(Severity::Warning, path, "catalogue-check-stray-file")),
        }
    }

    /// The items in order.
    pub fn items(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.items.iter().map(|sourced| &sourced.value)
    }

    /// The sites in order.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().map(|sourced| sourced.value.as_ref())
    }

    /// The bundles in order.
    pub fn bundles(&self) -> impl Iterator<Item = &Arc<Bundle>> {
        self.bundles.iter().map(|sourced| &sourced.value)
    }

    /// A site by id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites().find(|site| site.id == id)
    }

    /// A form by reference.
    pub fn form(&self, reference: &FormRef) -> Option<&FormSource> {
        self.forms.iter().map(|sourced| &sourced.value).find(|form| form.reference == *reference)
    }

    /// Every item with its admission at a site, in catalogue order.
    pub fn entries_for(&self, site: &Site) -> Vec<CatalogueEntry> {
        let admissions = Admissions::new(self.sites.iter().map(|sourced| Arc::clone(&sourced.value)));
        self.items()
            .map(|item| CatalogueEntry { item: Arc::clone(item), admission: admissions.of(&item.id, site) })
            .collect()
    }
}

impl CodeLists for CatalogueFolder {
    fn get(&self, id: &str, version: u32) -> Option<Arc<CodeList>> {
        self.code_lists
            .iter()
            .map(|sourced| &sourced.value)
            .find(|list| list.id == id && list.version == version)
            .map(Arc::clone)
    }
}

/// Sets an id from the file's stem; one that is written out and differs is a finding.
fn keep_stem(path: &str, text: &str, stem: &str, id: &mut String, findings: &mut Vec<Finding>) {
    if !id.is_empty() && id != stem {
        let line = text.lines().position(|line| line.split('=').next().is_some_and(|key| key.trim() == "id"));
        let finding = Finding::new(Severity::Error, path, "catalogue-check-id-not-stem").with("id", &*id).at("id");
        findings.push(finding.at_line(line.and_then(|at| u32::try_from(at + 1).ok())));
    }
    stem.clone_into(id);
}

fn read_toml<T: DeserializeOwned>(path: &str, text: &str, findings: &mut Vec<Finding>) -> Option<T> {
    toml::from_str(text)
        .map_err(|error| {
            let line = error.span().and_then(|Range { start, .. }| line_at(text, start));
            findings.push(
                Finding::new(Severity::Error, path, "catalogue-check-unreadable")
                    .with("reason", error.message())
                    .at_line(line),
            );
        })
        .ok()
}

pub(super) fn read_json<T: DeserializeOwned>(path: &str, text: &str, findings: &mut Vec<Finding>) -> Option<T> {
    serde_json::from_str(text)
        .map_err(|error| {
            findings.push(
                Finding::new(Severity::Error, path, "catalogue-check-unreadable")
                    .with("reason", &error)
                    .at_line(u32::try_from(error.line()).ok().filter(|line| *line > 0)),
            );
        })
        .ok()
}

/// The line, from 1, of a byte offset.
fn line_at(text: &str, offset: usize) -> Option<u32> {
    let before = text.as_bytes().get(..offset)?;
    u32::try_from(before.split(|byte| *byte == b'\n').count()).ok()
}
