//! Editions (目录版次): what a newly published catalogue changes against the one before, so that clients need only that.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::CatalogueError;
use super::content::{CODE_LIST, Content, FORM, Kept, kept_form};
use crate::domain::item::FormRef;
use crate::domain::site::Site;

/// What the database has of the editions so far, without the bodies of items and documents.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Number of the last edition; 0 before the first.
    pub seq: u64,
    /// The last edition's head, as JSON.
    pub head: String,
    /// The items by code, withdrawn ones too.
    pub items: HashMap<String, ShelvedItem>,
    /// The sites by id: their JSON.
    pub sites: HashMap<String, String>,
    /// The bundles in force by code: digest.
    pub bundles: HashMap<String, String>,
    /// Forms and code lists by kind and `id@version`: digest.
    pub documents: HashMap<(String, String), String>,
}

/// An item as the database lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelvedItem {
    /// Its short name.
    pub id: String,
    /// SHA-256 of its JSON.
    pub digest: String,
    /// It was withdrawn.
    pub removed: bool,
}

/// What an edition changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Items that are new or changed, with their ids.
    pub items: Vec<(Kept, String)>,
    /// Codes of items that are the same but done by other sites, or otherwise.
    pub moved: BTreeSet<String>,
    /// Withdrawn items: code, and code of what takes the place.
    pub withdrawn: Vec<(String, Option<String>)>,
    /// Sites that are new or changed.
    pub sites: Vec<Kept>,
    /// Ids of sites that are gone.
    pub closed: Vec<String>,
    /// Bundles that are new or changed.
    pub bundles: Vec<Kept>,
    /// Codes of bundles that are gone.
    pub unbundled: Vec<String>,
    /// New forms and code lists, by kind.
    pub documents: Vec<(&'static str, Kept)>,
    /// The new head, as JSON, when it differs.
    pub head: Option<String>,
}

impl Changes {
    /// Nothing that a client sees.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What a content changes.
    ///
    /// # Errors
    /// When a form or a code list differs from what was published under the same version, or a body cannot be read.
    pub(super) fn between(shelf: &Shelf, content: &Content) -> Result<Self, CatalogueError> {
        let head = serde_json::to_string(&content.head).unwrap_or_default();
        let mut changes = Self { head: (head != shelf.head).then_some(head), ..Self::default() };
        changes.documents(shelf, content)?;
        let mut codes: HashSet<&str> = HashSet::with_capacity(content.items.len());
        for item in &content.items {
            codes.insert(&item.code);
            let kept = Kept::of(&item.code, item.as_ref());
            let same = shelf.items.get(&item.code).is_some_and(|old| old.digest == kept.digest && !old.removed);
            if !same {
                changes.items.push((kept, item.id.clone()));
            }
        }
        let mut takes_place: HashMap<&str, &str> = HashMap::new();
        for item in &content.items {
            takes_place.extend(item.replaces.iter().map(|replaced| (replaced.as_str(), item.code.as_str())));
        }
        for (code, old) in &shelf.items {
            if !old.removed && !codes.contains(code.as_str()) {
                let successor = takes_place.get(code.as_str()).or_else(|| takes_place.get(old.id.as_str()));
                changes.withdrawn.push((code.clone(), successor.map(|code| (*code).to_owned())));
            }
        }
        changes.withdrawn.sort();
        changes.bundles(shelf, content);
        changes.sites(shelf, content)?;
        Ok(changes)
    }

    fn documents(&mut self, shelf: &Shelf, content: &Content) -> Result<(), CatalogueError> {
        let forms = content.forms.iter().map(|form| (FORM, kept_form(form)));
        let lists =
            content.lists.iter().map(|list| (CODE_LIST, Kept::of(&format!("{}@{}", list.id, list.version), list)));
        for (kind, kept) in forms.chain(lists) {
            match shelf.documents.get(&(kind.to_owned(), kept.key.clone())) {
                None => self.documents.push((kind, kept)),
                Some(digest) if *digest == kept.digest => {}
                Some(_) => return Err(CatalogueError::Rewritten(kept.key)),
            }
        }
        Ok(())
    }

    fn bundles(&mut self, shelf: &Shelf, content: &Content) {
        for bundle in &content.bundles {
            let kept = Kept::of(&bundle.code, bundle.as_ref());
            if shelf.bundles.get(&bundle.code) != Some(&kept.digest) {
                self.bundles.push(kept);
            }
        }
        let offered: HashSet<&str> = content.bundles.iter().map(|bundle| bundle.code.as_str()).collect();
        self.unbundled = shelf.bundles.keys().filter(|code| !offered.contains(code.as_str())).cloned().collect();
        self.unbundled.sort();
    }

    fn sites(&mut self, shelf: &Shelf, content: &Content) -> Result<(), CatalogueError> {
        let mut moved: HashSet<String> = HashSet::new();
        let stored = |body: &str| serde_json::from_str::<Site>(body).map_err(|_| CatalogueError::Stored("site"));
        for site in &content.sites {
            let kept = Kept::of(&site.id, site.as_ref());
            match shelf.sites.get(&site.id) {
                Some(body) if *body == kept.body => continue,
                Some(body) => moved.extend(differently_done(&stored(body)?, site)),
                None => moved.extend(all_of(site)),
            }
            self.sites.push(kept);
        }
        let open: HashSet<&str> = content.sites.iter().map(|site| site.id.as_str()).collect();
        for (id, body) in &shelf.sites {
            if !open.contains(id.as_str()) {
                moved.extend(all_of(&stored(body)?));
                self.closed.push(id.clone());
            }
        }
        self.closed.sort();
        let fresh: HashSet<&str> = self.items.iter().map(|(kept, _)| kept.key.as_str()).collect();
        let same = content.items.iter().filter(|item| moved.contains(&item.id) && !fresh.contains(item.code.as_str()));
        self.moved = same.map(|item| item.code.clone()).collect();
        Ok(())
    }
}

fn all_of(site: &Site) -> impl Iterator<Item = String> {
    site.admitted().map(|(item, _)| item.to_owned())
}

/// Ids of the items of which a changed site says something else than before: all of both, when what is said of the site itself changed.
fn differently_done(old: &Site, new: &Site) -> Vec<String> {
    let facts = |site: &Site| {
        let Site { name, level, area, address, hours, phone, position, .. } = site.clone();
        (name, level, area, address, hours, phone, position)
    };
    if facts(old) != facts(new) {
        return all_of(old).chain(all_of(new)).collect();
    }
    let lists = |site: &Site| site.admitted().map(|(item, role)| (item.to_owned(), role)).collect::<HashSet<_>>();
    let (before, after) = (lists(old), lists(new));
    before.symmetric_difference(&after).map(|(item, _)| item.clone()).collect()
}

/// The reference in a document's key.
pub(super) fn reference(key: &str) -> Result<FormRef, CatalogueError> {
    key.parse().map_err(|_| CatalogueError::Stored("document"))
}

/// What is kept, as the type that it was.
pub(super) fn read<T: serde::de::DeserializeOwned>(body: &str, what: &'static str) -> Result<Arc<T>, CatalogueError> {
    serde_json::from_str(body).map(Arc::new).map_err(|_| CatalogueError::Stored(what))
}
