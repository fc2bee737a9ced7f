//! Catalogue, forms and code lists: from the backend when it is there, else as they were last seen. A version never changes, so what is
//! kept once is not fetched again.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::effects::{Inner, trouble};
use super::forms::{ListsAtHand, lists_named};
use crate::api::CatalogueAnswer;
use crate::api::wire::{Domain, FormDocument};
use crate::app::{CatalogueData, Trouble};
use crate::catalogue::{Catalogue, CatalogueEntry, Synonyms};
use crate::domain::item::FormRef;
use crate::forms::{CodeList, Form};
use crate::vault::Cached;

/// Kinds of what the vault keeps.
const CATALOGUE: &str = "catalogue";
const FORM: &str = "form";
const CODE_LIST: &str = "codelist";

/// What a fresh catalogue leaves to be kept, once the clerk sees it.
#[derive(Default)]
pub(super) struct ToKeep {
    /// Its ETag and content.
    catalogue: Option<(String, Vec<u8>)>,
    /// The forms of the items that this site takes.
    forms: BTreeSet<FormRef>,
}

impl Inner {
    /// The catalogue from the backend when it is there, else as it was last seen; and what is to be kept of it.
    pub(super) async fn load_catalogue(&self) -> Result<(CatalogueData, ToKeep), Trouble> {
        let session = self.session()?;
        let kept = session.vault.cached(CATALOGUE, &session.desk.site).await.ok().flatten();
        let etag = kept.as_ref().and_then(|kept| kept.etag.clone());
        let answer = session.client.catalogue(etag.as_deref()).await;
        self.heard(&answer);
        let stored = |kept: Option<Cached>| {
            kept.and_then(|kept| serde_json::from_slice::<(Vec<CatalogueEntry>, Vec<Domain>)>(&kept.body).ok())
        };
        let mut to_keep = ToKeep::default();
        let (mut entries, domains, cached) = match answer {
            Ok(CatalogueAnswer::Full { etag, items, domains }) => {
                let content = (items, domains);
                to_keep.catalogue = serde_json::to_vec(&content).ok().map(|body| (etag, body));
                (content.0, content.1, false)
            }
            Ok(CatalogueAnswer::NotModified) => {
                let (items, domains) = stored(kept).ok_or(Trouble::of("trouble-cache"))?;
                (items, domains, false)
            }
            Err(error) if error.is_retryable() => match stored(kept) {
                Some((items, domains)) => (items, domains, true),
                None => return Err(trouble(&error)),
            },
            Err(error) => return Err(trouble(&error)),
        };
        let taken = entries.iter().filter(|entry| entry.admission.takes_applications());
        to_keep.forms = taken.map(|entry| entry.item.form.clone()).collect();
        // As the hall thinks of them: by domain.
        entries.sort_by_key(|entry| domains.iter().position(|domain| domain.id == entry.item.domain));
        Ok((CatalogueData { catalogue: Catalogue::new(entries, &Synonyms::built_in()), domains, cached }, to_keep))
    }

    /// Keeps the catalogue, and every form of it that is not kept yet, so that an application can be taken when the line is down.
    pub(super) async fn keep_catalogue(&self, ToKeep { catalogue, forms }: ToKeep) {
        let Ok(session) = self.session() else { return };
        if let Some((etag, body)) = catalogue {
            // What cannot be kept is fetched again next time.
            let _ = session.vault.put_cached(CATALOGUE, &session.desk.site, Some(&etag), &body, Timestamp::now()).await;
        }
        for form in forms {
            if self.form_document(&form).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(super) async fn load_form(&self, form: &FormRef) -> Result<Arc<Form>, Trouble> {
        let (document, lists) = self.form_document(form).await?;
        Form::load(&document.schema, document.uischema.as_ref(), &lists)
            .map(Arc::new)
            .map_err(|error| Trouble::with("trouble-form", error))
    }

    /// A form and the code lists that it names, kept ones first: a version never changes.
    async fn form_document(&self, form: &FormRef) -> Result<(FormDocument, ListsAtHand), Trouble> {
        let session = self.session()?;
        let key = form.to_string();
        let document: FormDocument = match self.kept(FORM, &key).await {
            Some(document) => document,
            None => {
                let answer = session.client.form(form).await;
                self.heard(&answer);
                let document = answer.map_err(|error| trouble(&error))?;
                self.keep(FORM, &key, &document).await;
                document
            }
        };
        let mut lists = ListsAtHand::default();
        for (id, version) in lists_named(&document.schema) {
            let key = format!("{id}@{version}");
            let list: CodeList = match self.kept(CODE_LIST, &key).await {
                Some(list) => list,
                None => {
                    let answer = session.client.codelist(&id, version).await;
                    self.heard(&answer);
                    let list = answer.map_err(|error| trouble(&error))?;
                    self.keep(CODE_LIST, &key, &list).await;
                    list
                }
            };
            lists.0.insert((id, version), Arc::new(list));
        }
        Ok((document, lists))
    }

    async fn kept<T: serde::de::DeserializeOwned>(&self, kind: &str, key: &str) -> Option<T> {
        let kept = self.session.get()?.vault.cached(kind, key).await.ok()??;
        serde_json::from_slice(&kept.body).ok()
    }

    async fn keep(&self, kind: &str, key: &str, document: &impl serde::Serialize) {
        if let (Some(session), Ok(body)) = (self.session.get(), serde_json::to_vec(document)) {
            // What cannot be kept is fetched again next time.
            let _ = session.vault.put_cached(kind, key, None, &body, Timestamp::now()).await;
        }
    }
}
