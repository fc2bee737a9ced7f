//! The catalogue that a backend serves: loaded once, immutable while it runs.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{fs, io};

use include_dir::{Dir, DirEntry, include_dir};
use serde::Deserialize;

use super::config::CatalogueSource;
use super::language;
use crate::api::digest;
use crate::api::wire::{CataloguePage, ClerkRole, Domain, FormDocument};
use crate::catalogue::files::{CLERKS, FormSource, Text};
use crate::catalogue::{CatalogueEntry, CatalogueFolder, Folder, Severity};
use crate::domain::item::{FormRef, Item};
use crate::domain::site::Site;
use crate::forms::{CodeList, CodeLists, Form, LoadError};

/// The sample catalogue.
static DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/demo");

/// The forms of applicant, agent and delivery, which every request fills beside its items' own.
static PARTICULARS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/forms");

/// Most items on a page.
pub const PAGE_SIZE: usize = 200;

/// Why a catalogue cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file that is not what it should be.
    #[error("{file}{}: {reason}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
    Unreadable {
        /// Path inside the folder.
        file: String,
        /// Line, where it can be told.
        line: Option<u32>,
        /// What is wrong with it.
        reason: String,
    },
    /// The clerks' file is not what it should be.
    #[error("clerks.toml: {0}")]
    Clerks(#[from] toml::de::Error),
    /// No counter to work at.
    #[error("the catalogue has no site")]
    NoSites,
    /// A site that the catalogue has not.
    #[error("the catalogue has no site {0}")]
    NoSite(String),
    /// A form that the dialect does not allow.
    #[error("form {form}: {reason}")]
    Form {
        /// Which.
        form: FormRef,
        /// Why.
        reason: LoadError,
    },
    /// A form that is referred to and not there.
    #[error("there is no form {0}")]
    NoForm(FormRef),
}

/// A clerk of the practice room, as in `clerks.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PracticeClerk {
    /// Sign-in name.
    pub name: String,
    /// Name on receipts.
    pub display: String,
    /// Site id.
    pub site: String,
    /// Window at the site; empty: the site's first.
    #[serde(default)]
    pub window: String,
    /// Role.
    #[serde(default)]
    pub role: ClerkRole,
    /// Argon2id of the password, as a PHC string: hashed beforehand and cheaply, so that the practice room opens at once. The password is
    /// public.
    pub password_hash: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClerksFile {
    #[serde(default)]
    clerks: Vec<PracticeClerk>,
}

/// The catalogue.
pub struct Catalogue {
    folder: CatalogueFolder,
    /// By implementation code.
    items: BTreeMap<String, Arc<Item>>,
    forms: BTreeMap<FormRef, FormSource>,
    clerks: Vec<PracticeClerk>,
    compiled: Mutex<HashMap<FormRef, Arc<Form>>>,
    digest: OnceLock<String>,
}

/// Which of the forms that every request fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Particulars {
    Applicant,
    Agent,
    Delivery,
}

impl Particulars {
    /// The member of the request, and the form's id.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Agent => "agent",
            Self::Delivery => "delivery",
        }
    }

    fn form(self) -> FormRef {
        FormRef { id: self.name().to_owned(), version: 1 }
    }

    fn source(self) -> Result<FormSource, CatalogueError> {
        let read = |suffix: &str| -> Option<Text> {
            let file = PARTICULARS.get_file(format!("{}.{suffix}.json", self.name()))?;
            file.contents_utf8().map(Text::Borrowed)
        };
        let schema = read("schema").ok_or_else(|| CatalogueError::NoForm(self.form()))?;
        Ok(FormSource::new(self.form(), schema, read("ui")))
    }
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// When a file cannot be read or understood, or a form is missing.
    pub fn load(source: &CatalogueSource) -> Result<Self, CatalogueError> {
        match source {
            CatalogueSource::BuiltIn => Self::new(&built_in()),
            CatalogueSource::Folder(root) => Self::new(&read(root)?),
        }
    }

    /// A catalogue out of the text of its files.
    ///
    /// # Errors
    /// When a file cannot be understood, or a form is missing.
    pub fn new(folder: &Folder) -> Result<Self, CatalogueError> {
        let (mut folder, findings) = CatalogueFolder::load(folder);
        if let Some(error) = findings.into_iter().find(|finding| finding.severity == Severity::Error) {
            let reason = language::with_locale(|locale| error.sentence(locale));
            return Err(CatalogueError::Unreadable { file: error.file, line: error.line, reason });
        }
        let mut forms: BTreeMap<FormRef, FormSource> =
            folder.forms.drain(..).map(|form| (form.value.reference.clone(), form.value)).collect();
        for particulars in [Particulars::Applicant, Particulars::Agent, Particulars::Delivery] {
            forms.insert(particulars.form(), particulars.source()?);
        }
        if let Some(item) = folder.items().find(|item| !forms.contains_key(&item.form)) {
            return Err(CatalogueError::NoForm(item.form.clone()));
        }
        let clerks = folder.clerks.as_deref().map_or_else(|| Ok(ClerksFile::default()), toml::from_str)?.clerks;
        Ok(Self {
            items: folder.items().map(|item| (item.code.clone(), Arc::clone(item))).collect(),
            forms,
            clerks,
            folder,
            compiled: Mutex::default(),
            digest: OnceLock::new(),
        })
    }

    /// The sites, by id.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.folder.sites()
    }

    /// The site of an id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.folder.site(id)
    }

    /// Clerks of the practice room.
    pub fn clerks(&self) -> &[PracticeClerk] {
        &self.clerks
    }

    /// The item of an implementation code.
    pub fn item(&self, code: &str) -> Option<&Arc<Item>> {
        self.items.get(code)
    }

    /// One version of a form.
    ///
    /// # Errors
    /// When there is none, or it is no JSON.
    pub fn form(&self, form: &FormRef) -> Result<FormDocument, CatalogueError> {
        let source = self.forms.get(form).ok_or_else(|| CatalogueError::NoForm(form.clone()))?;
        let (schema, uischema) = source.documents().map_err(|error| CatalogueError::Unreadable {
            file: form.to_string(),
            line: None,
            reason: error.to_string(),
        })?;
        let FormRef { id, version } = form.clone();
        Ok(FormDocument { id, version, schema, uischema })
    }

    /// One version of a code list.
    pub fn codelist(&self, id: &str, version: u32) -> Option<Arc<CodeList>> {
        self.folder.get(id, version)
    }

    /// A form, compiled; each is compiled once.
    ///
    /// # Errors
    /// When there is none, or the dialect does not allow it.
    pub fn compiled(&self, form: &FormRef) -> Result<Arc<Form>, CatalogueError> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = compiled.get(form) {
            return Ok(Arc::clone(ready));
        }
        let document = self.form(form)?;
        let ready = Form::load(&document.schema, document.uischema.as_ref(), &self.folder)
            .map_err(|reason| CatalogueError::Form { form: form.clone(), reason })?;
        let ready = Arc::new(ready);
        compiled.insert(form.clone(), Arc::clone(&ready));
        Ok(ready)
    }

    /// An item with its admission at a site.
    pub fn entry(&self, item: &Arc<Item>, site: &Site) -> CatalogueEntry {
        CatalogueEntry { item: Arc::clone(item), admission: self.folder.admission(&item.id, site) }
    }

    /// The page of a site's catalogue after an item code.
    pub fn page(&self, site: &Site, after: Option<&str>, limit: usize) -> CataloguePage {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = self.items.range::<str, _>((start, Bound::Unbounded));
        let items: Vec<CatalogueEntry> =
            rest.by_ref().take(limit.clamp(1, PAGE_SIZE)).map(|(_, item)| self.entry(item, site)).collect();
        let next =
            rest.next().and(items.last()).map(|last| format!("/v1/catalogue?after={}&limit={limit}", last.item.code));
        CataloguePage { version: self.version(site), items, domains: self.domains(), next }
    }

    /// What identifies the whole catalogue as a site sees it.
    pub fn version(&self, site: &Site) -> String {
        let whole = self.digest.get_or_init(|| {
            let items: Vec<&Item> = self.items.values().map(Arc::as_ref).collect();
            let sites: Vec<&Site> = self.sites().collect();
            // Plain data: it always has a canonical form.
            digest::of(&(items, sites, self.domains())).unwrap_or_default()
        });
        digest::sha256_hex(format!("{whole} {}", site.id).as_bytes())
    }

    /// The compiled form of the applicant, the agent or the delivery.
    pub(super) fn particulars(&self, which: Particulars) -> Result<Arc<Form>, CatalogueError> {
        self.compiled(&which.form())
    }

    fn domains(&self) -> Vec<Domain> {
        let domain = |domain: &crate::catalogue::files::Domain| Domain {
            id: domain.id.clone(),
            name: domain.name.clone(),
            name_en: domain.name_en.clone(),
        };
        self.folder.manifest.domains.iter().map(domain).collect()
    }
}

/// The practice clerks of the sample catalogue.
///
/// # Errors
/// When their file is not what it should be; a test keeps it so.
pub fn built_in_clerks() -> Result<Vec<PracticeClerk>, CatalogueError> {
    let text = DEMO.get_file(CLERKS).and_then(|file| file.contents_utf8()).unwrap_or_default();
    Ok(toml::from_str::<ClerksFile>(text)?.clerks)
}

/// The sample catalogue, as text.
pub fn built_in() -> Folder {
    let mut files = Vec::new();
    compiled_in(&DEMO, &mut files);
    files.into_iter().collect()
}

/// A catalogue folder on disk, as text.
///
/// # Errors
/// When a file or folder cannot be read.
pub fn read(root: &Path) -> Result<Folder, CatalogueError> {
    let mut files = Vec::new();
    on_disk(root, root, &mut files)?;
    Ok(files.into_iter().collect())
}

/// The files of a compiled-in folder. What is no text is no file of a catalogue.
fn compiled_in(dir: &Dir<'static>, files: &mut Vec<(String, &'static str)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => compiled_in(dir, files),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (slashed(file.path()), file.contents_utf8()) {
                    files.push((path, text));
                }
            }
        }
    }
}

/// The files of a folder on disk, hidden ones left out.
fn on_disk(root: &Path, dir: &Path, files: &mut Vec<(String, String)>) -> Result<(), CatalogueError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| CatalogueError::Io { path, error }
    };
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let path = entry.map_err(failed(dir))?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            on_disk(root, &path, files)?;
        } else if let Some(inside) = path.strip_prefix(root).ok().and_then(slashed) {
            files.push((inside, fs::read_to_string(&path).map_err(failed(&path))?));
        }
    }
    Ok(())
}

/// A path with `/` between its parts on every system.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
