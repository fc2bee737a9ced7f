//! The catalogue that a backend serves: one edition in memory, replaced as a whole when the next is published.
//!
//! | part | what it is |
//! |---|---|
//! | `folder` | folders as text |
//! | `content` | what a catalogue consists of |
//! | `edition` | what a newly published one changes |
//! | `publish` | publishing into the database, and reading from it |

mod content;
mod edition;
mod folder;
mod publish;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::config::CatalogueSource;
use crate::api::briefs::Briefs;
use crate::api::digest;
use crate::api::wire::{CataloguePage, ClerkRole, Domain, FormDocument};
use crate::catalogue::files::FormSource;
use crate::catalogue::{Admissions, Brief, CatalogueEntry, Folder};
use crate::domain::bundle::Bundle;
use crate::domain::item::{FormRef, Item};
use crate::domain::site::{Role, Site};
use crate::forms::{CodeList, CodeLists, Form, LoadError};

use content::Content;
pub use content::Kept;
pub(in crate::backend) use content::Particulars;
pub use edition::{Changes, Shelf, ShelvedItem};
pub use folder::{built_in, built_in_clerks, clerks_of, read};
pub use publish::{Published, publish};

/// Most full items on a page.
pub const PAGE_SIZE: usize = 200;
/// Most items in brief on a page.
pub const BRIEFS_ON_PAGE: usize = 5_000;

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
    /// A form or code list that differs from what was published under the same version.
    #[error("{0} was published with another content; a change is a new version")]
    Rewritten(String),
    /// Older than what is published.
    #[error("version {found} of the catalogue is older than the published {published}")]
    Older {
        /// Version in the folder.
        found: u32,
        /// Version that is published.
        published: u32,
    },
    /// Something in the database that this program did not write.
    #[error("the database holds a {0} that cannot be read")]
    Stored(&'static str),
    /// The database.
    #[error("database: {0}")]
    Store(#[from] super::store::StoreError),
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

/// Where the editions stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Edition {
    /// What tells the editions of one database from those of another.
    lineage: String,
    /// Number of the last.
    seq: u64,
    /// For each item that did not come with the first: the edition of its last change.
    changed: HashMap<String, u64>,
    /// Withdrawn items: when, and what takes their place.
    withdrawn: BTreeMap<String, (u64, Option<String>)>,
    /// Bundles: the edition of their last change.
    bundles: HashMap<String, u64>,
    /// Bundles that are gone: when.
    unbundled: BTreeMap<String, u64>,
}

/// The catalogue.
pub struct Catalogue {
    edition: Edition,
    domains: Vec<Domain>,
    sites: BTreeMap<String, Arc<Site>>,
    admissions: Admissions,
    /// By implementation code.
    items: HashMap<String, Arc<Item>>,
    /// In the order of pages: by catalogue code, then by implementation code.
    order: Vec<Arc<Item>>,
    by_id: HashMap<String, Vec<Arc<Item>>>,
    bundles: BTreeMap<String, Arc<Bundle>>,
    forms: BTreeMap<FormRef, FormSource>,
    lists: BTreeMap<(String, u32), Arc<CodeList>>,
    clerks: Vec<PracticeClerk>,
    /// Forms never change, so all editions share what was compiled of them.
    compiled: Arc<Mutex<HashMap<FormRef, Arc<Form>>>>,
}

/// What a client asks of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Only what changed after this edition; 0: everything.
    pub since: u64,
    /// In brief instead of whole.
    pub brief: bool,
    /// The place after which the page begins.
    pub after: Option<Place>,
    /// Most entries on the page; `None`: as many as fit.
    pub limit: Option<usize>,
}

/// A place in the order of pages: what the site takes comes first, then the order of catalogue codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    not_admitted: bool,
    catalog_code: String,
    code: String,
}

impl Place {
    fn of(item: &Item, not_admitted: bool) -> Self {
        Self { not_admitted, catalog_code: item.catalog_code.clone(), code: item.code.clone() }
    }

    /// A place as a page's link names it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let not_admitted = match parts.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self { not_admitted, catalog_code: parts.next()?.to_owned(), code: parts.next()?.to_owned() })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", u8::from(self.not_admitted), self.catalog_code, self.code)
    }
}

impl Catalogue {
    /// Reads a catalogue that no database knows of.
    ///
    /// # Errors
    /// When a file cannot be read or understood, or a form is missing.
    pub fn load(source: &CatalogueSource) -> Result<Self, CatalogueError> {
        Self::new(&text_of(source)?)
    }

    /// A catalogue out of the text of its files, that no database knows of.
    ///
    /// # Errors
    /// When a file cannot be understood, or a form is missing.
    pub fn new(folder: &Folder) -> Result<Self, CatalogueError> {
        Self::assemble(Content::of(folder)?, Edition { seq: 1, ..Edition::default() }, Arc::default())
    }

    fn assemble(
        mut content: Content,
        edition: Edition,
        compiled: Arc<Mutex<HashMap<FormRef, Arc<Form>>>>,
    ) -> Result<Self, CatalogueError> {
        // These belong to the program, not to a catalogue, and win over forms that happen to be called the same.
        for particulars in Particulars::ALL {
            content.forms.push(particulars.source()?);
        }
        let mut order = content.items;
        order.sort_by(|a, b| (&a.catalog_code, &a.code).cmp(&(&b.catalog_code, &b.code)));
        let mut by_id: HashMap<String, Vec<Arc<Item>>> = HashMap::new();
        for item in &order {
            by_id.entry(item.id.clone()).or_default().push(Arc::clone(item));
        }
        Ok(Self {
            edition,
            domains: content.head.domains,
            admissions: Admissions::new(content.sites.iter().map(Arc::clone)),
            sites: content.sites.into_iter().map(|site| (site.id.clone(), site)).collect(),
            items: order.iter().map(|item| (item.code.clone(), Arc::clone(item))).collect(),
            order,
            by_id,
            bundles: content.bundles.into_iter().map(|bundle| (bundle.code.clone(), bundle)).collect(),
            forms: content.forms.into_iter().map(|form| (form.reference.clone(), form)).collect(),
            lists: content.lists.into_iter().map(|list| ((list.id.clone(), list.version), list)).collect(),
            clerks: content.clerks,
            compiled,
        })
    }

    /// The sites, by id.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.values().map(Arc::as_ref)
    }

    /// The site of an id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.get(id).map(Arc::as_ref)
    }

    /// Clerks of the practice room.
    pub fn clerks(&self) -> &[PracticeClerk] {
        &self.clerks
    }

    /// The item of an implementation code.
    pub fn item(&self, code: &str) -> Option<&Arc<Item>> {
        self.items.get(code)
    }

    /// Every item, by implementation code.
    pub fn items(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.items.values()
    }

    /// Whether an item of this code was offered once, and the code of what takes its place.
    pub fn withdrawn(&self, code: &str) -> Option<Option<&str>> {
        self.edition.withdrawn.get(code).map(|(_, successor)| successor.as_deref())
    }

    /// Code of the item that takes the place of another that is still listed.
    pub fn successor(&self, item: &Item) -> Option<&str> {
        let replaces = |other: &&Arc<Item>| other.replaces.iter().any(|one| *one == item.id || *one == item.code);
        self.order.iter().find(replaces).map(|other| other.code.as_str())
    }

    /// The bundle of a code.
    pub fn bundle(&self, code: &str) -> Option<&Arc<Bundle>> {
        self.bundles.get(code)
    }

    /// Whether a bundle of this code was offered once.
    pub fn was_bundle(&self, code: &str) -> bool {
        self.edition.unbundled.contains_key(code)
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
        self.get(id, version)
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
        let ready = Form::load(&document.schema, document.uischema.as_ref(), self)
            .map_err(|reason| CatalogueError::Form { form: form.clone(), reason })?;
        let ready = Arc::new(ready);
        compiled.insert(form.clone(), Arc::clone(&ready));
        Ok(ready)
    }

    /// An item with its admission at a site.
    pub fn entry(&self, item: &Arc<Item>, site: &Site) -> CatalogueEntry {
        CatalogueEntry { item: Arc::clone(item), admission: self.admissions.of(&item.id, site) }
    }

    /// A page of a site's catalogue.
    pub fn page(&self, site: &Site, wanted: &Wanted) -> CataloguePage {
        let Wanted { since, brief, after, limit } = wanted;
        let most = if *brief { BRIEFS_ON_PAGE } else { PAGE_SIZE };
        let limit = limit.unwrap_or(most).clamp(1, most);
        let roles: HashMap<&str, Role> = site.admitted().collect();
        let is_wanted = |item: &&Arc<Item>| *since == 0 || self.changed(&item.code) > *since;
        let mut admitted: Vec<&Arc<Item>> =
            roles.keys().filter_map(|id| self.by_id.get(*id)).flatten().filter(is_wanted).collect();
        admitted.sort_by(|a, b| (&a.catalog_code, &a.code).cmp(&(&b.catalog_code, &b.code)));
        let begin = |list: &[&Arc<Item>], not_admitted: bool| {
            after.as_ref().map_or(0, |after| list.partition_point(|item| Place::of(item, not_admitted) <= *after))
        };
        let first = admitted.get(begin(&admitted, false)..).unwrap_or_default().iter().copied();
        let rest_at = match after {
            Some(after) if after.not_admitted => self
                .order
                .partition_point(|item| (&item.catalog_code, &item.code) <= (&after.catalog_code, &after.code)),
            _ => 0,
        };
        let rest = self.order.get(rest_at..).unwrap_or_default().iter();
        let rest = rest.filter(|item| !roles.contains_key(item.id.as_str())).filter(is_wanted);
        let mut all = first.chain(rest);
        let taken: Vec<&Arc<Item>> = all.by_ref().take(limit).collect();
        let next = all.next().and(taken.last()).map(|last| {
            let place = Place::of(last, !roles.contains_key(last.id.as_str()));
            let since = if *since == 0 { String::new() } else { format!("&since={}", self.cursor_of(*since)) };
            let view = if *brief { "&view=brief" } else { "" };
            format!("/v1/catalogue?after={place}&limit={limit}{view}{since}")
        });
        let entries = taken.into_iter().map(|item| self.entry(item, site));
        let (items, briefs) = if *brief {
            (Vec::new(), Some(Briefs::of(entries.map(|entry| Brief::of(&entry)))))
        } else {
            (entries.collect(), None)
        };
        let mut page = CataloguePage {
            version: self.version(site),
            cursor: self.cursor(),
            items,
            briefs,
            domains: self.domains.clone(),
            next,
            ..CataloguePage::default()
        };
        if after.is_none() {
            self.whole(*since, &mut page);
        }
        page
    }

    /// What stands on the first page only.
    fn whole(&self, since: u64, page: &mut CataloguePage) {
        let total = if since == 0 {
            self.order.len()
        } else {
            self.order.iter().filter(|item| self.changed(&item.code) > since).count()
        };
        page.total = Some(u64::try_from(total).unwrap_or(u64::MAX));
        let changed = |code: &String| self.edition.bundles.get(code).copied().unwrap_or(1);
        page.bundles = self
            .bundles
            .values()
            .filter(|bundle| since == 0 || changed(&bundle.code) > since)
            .map(|bundle| bundle.as_ref().clone())
            .collect();
        if since > 0 {
            let later = |seq: &u64| *seq > since;
            let withdrawn = self.edition.withdrawn.iter();
            for (code, (_, successor)) in withdrawn.filter(|(_, (seq, _))| later(seq)) {
                page.removed.push(code.clone());
                if let Some(successor) = successor {
                    page.successors.insert(code.clone(), successor.clone());
                }
            }
            let unbundled = self.edition.unbundled.iter().filter(|(_, seq)| later(seq));
            page.removed_bundles = unbundled.map(|(code, _)| code.clone()).collect();
        }
    }

    /// Whether this edition was published before another of the same database.
    pub(in crate::backend) fn is_before(&self, other: &Self) -> bool {
        self.edition.lineage == other.edition.lineage && self.edition.seq < other.edition.seq
    }

    fn changed(&self, code: &str) -> u64 {
        self.edition.changed.get(code).copied().unwrap_or(1)
    }

    /// What a client asks with for the changes after this edition.
    pub fn cursor(&self) -> String {
        self.cursor_of(self.edition.seq)
    }

    fn cursor_of(&self, seq: u64) -> String {
        format!("{}-{seq}", self.edition.lineage)
    }

    /// The edition of a cursor. `None`: not one of ours.
    pub fn edition_of(&self, cursor: &str) -> Option<u64> {
        let (lineage, seq) = cursor.rsplit_once('-')?;
        let seq = seq.parse().ok()?;
        (lineage == self.edition.lineage && (1..=self.edition.seq).contains(&seq)).then_some(seq)
    }

    /// What identifies the whole catalogue as a site sees it.
    pub fn version(&self, site: &Site) -> String {
        digest::sha256_hex(format!("{} {}", self.cursor(), site.id).as_bytes())
    }

    /// The compiled form of the applicant, the agent or the delivery.
    pub(super) fn particulars(&self, which: Particulars) -> Result<Arc<Form>, CatalogueError> {
        self.compiled(&which.form())
    }
}

impl CodeLists for Catalogue {
    fn get(&self, id: &str, version: u32) -> Option<Arc<CodeList>> {
        self.lists.get(&(id.to_owned(), version)).map(Arc::clone)
    }
}

/// The text of a source.
fn text_of(source: &CatalogueSource) -> Result<Folder, CatalogueError> {
    match source {
        CatalogueSource::BuiltIn => Ok(built_in()),
        CatalogueSource::Folder(root) => read(root),
    }
}
