//! Publishing a catalogue into the database, and reading the edition in force out of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::content::{CODE_LIST, Content, FORM, Head, form_of};
use super::edition::{Changes, read, reference};
use super::{Catalogue, CatalogueError, Edition, text_of};
use crate::backend::config::CatalogueSource;
use crate::backend::store::Store;
use crate::catalogue::Folder;
use crate::catalogue::files::FormSource;
use crate::domain::item::{FormRef, Item};
use crate::forms::{CodeList, Form};

/// What a publication did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Published {
    /// Number of the edition in force now.
    pub edition: u64,
    /// Items new or changed.
    pub items: usize,
    /// Items withdrawn.
    pub withdrawn: usize,
    /// Forms and code lists that are new.
    pub documents: usize,
}

/// Publishes a folder. One that changes nothing makes no edition.
///
/// # Errors
/// When it cannot be understood, is older than what is published, or changes a published form; nothing is published then.
pub async fn publish(store: &Store, folder: &Folder, at: Timestamp) -> Result<Published, CatalogueError> {
    write(store, &Content::of(folder)?, at).await
}

async fn write(store: &Store, content: &Content, at: Timestamp) -> Result<Published, CatalogueError> {
    let (publishing, shelf) = store.begin_publishing().await?;
    if shelf.seq > 0 {
        let published: Head = serde_json::from_str(&shelf.head).map_err(|_| CatalogueError::Stored("head"))?;
        if published.id == content.head.id && published.version > content.head.version {
            return Err(CatalogueError::Older { found: content.head.version, published: published.version });
        }
    }
    let changes = Changes::between(&shelf, content)?;
    if changes.is_empty() {
        return Ok(Published { edition: shelf.seq, ..Published::default() });
    }
    let edition = shelf.seq.saturating_add(1);
    let head = changes.head.as_deref().unwrap_or(&shelf.head);
    publishing.write(edition, &changes, head, at).await?;
    let Changes { items, withdrawn, documents, .. } = &changes;
    Ok(Published { edition, items: items.len(), withdrawn: withdrawn.len(), documents: documents.len() })
}

impl Catalogue {
    /// Publishes a source where the database has not got it yet, and gives the edition in force. The built-in sample gives way to whatever
    /// else was published.
    ///
    /// # Errors
    /// When the source cannot be understood, changes a published form, or the database gives no answer.
    pub async fn start(
        source: &CatalogueSource,
        store: &Store,
        practice: bool,
        at: Timestamp,
    ) -> Result<Self, CatalogueError> {
        let content = Content::of(&text_of(source)?)?;
        if *source == CatalogueSource::BuiltIn
            && let Some(edition) = store.edition().await?
            && serde_json::from_str::<Head>(&edition.head).is_ok_and(|head| head.id != content.head.id)
        {
            return Self::published(store, None, Content::default()).await;
        }
        match write(store, &content, at).await {
            Ok(_) => {}
            // A replica that starts late must not take the catalogue back.
            Err(error @ CatalogueError::Older { .. }) => {
                tracing::warn!(%error, "the published catalogue stays in force");
                return Self::published(store, None, Content { clerks: content.clerks, ..Content::default() }).await;
            }
            // The sample belongs to the program, and practice is worth nothing: a new program's sample begins anew.
            Err(CatalogueError::Rewritten(_)) if *source == CatalogueSource::BuiltIn && practice => {
                store.forget_catalogue().await?;
                write(store, &content, at).await?;
            }
            Err(error) => return Err(error),
        }
        Self::published(store, None, content).await
    }

    /// The edition after this one, when another has been published; by whomever.
    ///
    /// # Errors
    /// When the database gives no answer or holds what cannot be read.
    pub async fn newer(&self, store: &Store) -> Result<Option<Self>, CatalogueError> {
        let Some(edition) = store.edition().await? else { return Ok(None) };
        if (edition.seq, &edition.lineage) == (self.edition.seq, &self.edition.lineage) {
            return Ok(None);
        }
        Self::published(store, Some(self), Content::default()).await.map(Some)
    }

    /// The edition in force. What is `at_hand` because it was just published, or did not change since `before`, is not read again.
    async fn published(store: &Store, before: Option<&Self>, at_hand: Content) -> Result<Self, CatalogueError> {
        let row = store.edition().await?.ok_or(CatalogueError::Stored("catalogue without an edition"))?;
        let before = before.filter(|before| before.edition.lineage == row.lineage);
        let head: Head = serde_json::from_str(&row.head).map_err(|_| CatalogueError::Stored("head"))?;
        let mut edition = Edition { lineage: row.lineage, seq: row.seq, ..Edition::default() };
        let rows = store.items_since(0).await?;
        let read_from = match before {
            Some(before) => before.edition.seq,
            None if at_hand.items.is_empty() => 0,
            None => row.seq,
        };
        let mut known: HashMap<String, Arc<Item>> =
            at_hand.items.into_iter().map(|item| (item.code.clone(), item)).collect();
        for body in store.item_bodies_since(read_from).await? {
            let item = read::<Item>(&body, "item")?;
            known.insert(item.code.clone(), item);
        }
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            if row.removed {
                let successor = Some(row.successor).filter(|code| !code.is_empty());
                edition.withdrawn.insert(row.code, (row.changed, successor));
                continue;
            }
            let known = known.remove(&row.code);
            let kept = || before.and_then(|before| before.items.get(&row.code)).map(Arc::clone);
            items.push(known.or_else(kept).ok_or(CatalogueError::Stored("item without a body"))?);
            if row.changed > 1 {
                edition.changed.insert(row.code, row.changed);
            }
        }
        let clerks = before.map_or(at_hand.clerks, |before| before.clerks.clone());
        let mut content = Content { head, items, clerks, ..Content::default() };
        for body in store.site_bodies().await? {
            content.sites.push(read(&body, "site")?);
        }
        for (changed, code, body) in store.bundle_bodies().await? {
            match body {
                Some(body) => {
                    content.bundles.push(read(&body, "bundle")?);
                    edition.bundles.insert(code, changed);
                }
                None => {
                    edition.unbundled.insert(code, changed);
                }
            }
        }
        documents(store, before, (at_hand.forms, at_hand.lists), &mut content).await?;
        let compiled = before.map_or_else(Arc::default, |before| Arc::clone(&before.compiled));
        Self::assemble(content, edition, compiled)
    }

    /// Whether every form of the catalogue can be used.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn try_forms(&self) -> Result<(), CatalogueError> {
        let used: HashSet<&FormRef> = self.items.values().map(|item| &item.form).collect();
        used.into_iter().try_for_each(|form| self.compiled(form).map(|_: Arc<Form>| ()))
    }
}

/// Every form and code list that was ever published: somebody may hold a draft on it.
async fn documents(
    store: &Store,
    before: Option<&Catalogue>,
    at_hand: (Vec<FormSource>, Vec<Arc<CodeList>>),
    content: &mut Content,
) -> Result<(), CatalogueError> {
    let mut forms: BTreeMap<FormRef, FormSource> =
        at_hand.0.into_iter().map(|form| (form.reference.clone(), form)).collect();
    let mut lists: BTreeMap<FormRef, Arc<CodeList>> =
        at_hand.1.into_iter().map(|list| (FormRef { id: list.id.clone(), version: list.version }, list)).collect();
    for (kind, name) in store.document_names().await? {
        let form = reference(&name)?;
        let known_form = forms.remove(&form).or_else(|| before?.forms.get(&form).cloned());
        let known_list = lists.remove(&form).or_else(|| before?.lists.get(&(form.id.clone(), form.version)).cloned());
        match (kind.as_str(), known_form, known_list) {
            (FORM, Some(known), _) => content.forms.push(known),
            (CODE_LIST, _, Some(known)) => content.lists.push(known),
            (kind, ..) => {
                let body = store.document(kind, &name).await?.ok_or(CatalogueError::Stored("document"))?;
                if kind == CODE_LIST {
                    content.lists.push(read::<CodeList>(&body, "code list")?);
                } else {
                    content.forms.push(form_of(form, &body).map_err(|_| CatalogueError::Stored("form"))?);
                }
            }
        }
    }
    Ok(())
}
