//! Catalogue, forms and code lists: from the desk's copy, which is brought up to date behind the clerk's back.

use std::fs;
use std::sync::Arc;

use super::effects::{Inner, trouble};
use super::forms::ListsAtHand;
use crate::api::ApiError;
use crate::api::wire::{Domain, FormDocument};
use crate::app::{CatalogueData, Generation, Msg, OpenedDraft, Reply, Trouble};
use crate::catalogue::{Catalogue, CatalogueEntry, Habits, Indexing, Synonyms};
use crate::domain::item::FormRef;
use crate::forms::{CodeList, Form};
use crate::sync::catalogue::{CODE_LIST, FORM, SyncError, lists_named, sync};
use crate::vault::Draft;
use crate::vault::library::{Library, LibraryError};

/// Most items that a desk is known to use.
const MOST_HABITS: u32 = 500;

impl Inner {
    /// Shows the catalogue as it was last seen, then brings it up to date, and shows it again whenever there is more of it.
    pub(super) async fn load_catalogue(&self, generation: Generation) {
        let tell = |generation, reply| {
            // The loop may be over already.
            let _ = self.messages.send(Msg::Reply(generation, Box::new(reply)));
        };
        let library = match self.library().await {
            Ok(library) => library,
            Err(trouble) => return tell(Some(generation), Reply::Catalogue(Err(trouble))),
        };
        // Another run is under way: it tells of what it brings.
        let Ok(_running) = self.syncing.try_lock() else {
            return tell(Some(generation), Reply::Catalogue(self.catalogue_of(library, false).await));
        };
        let mut shown = library.stamp().await.unwrap_or_default();
        let had_items = !shown.is_empty();
        if had_items {
            tell(Some(generation), Reply::Catalogue(self.catalogue_of(library, false).await));
        }
        let (news, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let session = match self.session() {
            Ok(session) => session,
            Err(trouble) => return tell(None, Reply::Catalogue(Err(trouble))),
        };
        let running = sync(&session.client, library, move |progress| {
            // Whoever listened is gone with the screen.
            let _ = news.send(progress);
        });
        let showing = async {
            while let Some(progress) = heard.recv().await {
                tell(None, Reply::CatalogueProgress(Some((progress.done, progress.total))));
                let stamp = library.stamp().await.unwrap_or_default();
                // The first page is shown at once; a hundred thousand items are not indexed again for each that follows.
                let worth_it = shown.is_empty() || progress.done >= progress.total;
                if progress.fresh && worth_it && stamp != shown {
                    shown = stamp;
                    tell(None, Reply::Catalogue(self.catalogue_of(library, false).await));
                }
            }
        };
        let (outcome, ()) = futures_util::future::join(running, showing).await;
        tell(None, Reply::CatalogueProgress(None));
        match outcome {
            Ok(()) => {
                self.heard(&Ok::<(), ApiError>(()));
                tell(None, Reply::CatalogueSynced);
            }
            Err(SyncError::Api(error)) => {
                let answer = Err::<(), ApiError>(error);
                self.heard(&answer);
                let Err(error) = answer else { return };
                let has_items = library.stock().await.is_ok_and(|stock| stock.items > 0);
                let reply = if has_items && (error.is_retryable() || matches!(error, ApiError::Unauthorised(_))) {
                    self.catalogue_of(library, true).await
                } else {
                    Err(trouble(&error))
                };
                tell(None, Reply::Catalogue(reply));
            }
            Err(SyncError::Library(error)) => tell(None, Reply::Catalogue(Err(unusable(&error)))),
        }
    }

    /// The copy, indexed.
    async fn catalogue_of(&self, library: &Library, cached: bool) -> Result<Box<CatalogueData>, Trouble> {
        let catalogue = self.indexed(library).await.map_err(|error| unusable(&error))?;
        let domains: Vec<Domain> = library.domains().await.map_err(|error| unusable(&error))?;
        let bundles = library.bundles().await.map_err(|error| unusable(&error))?;
        // A desk without habits is no trouble.
        let used = self.session()?.vault.used(MOST_HABITS).await.unwrap_or_default();
        let habits = Habits::new(&catalogue, used.iter().map(|usage| (usage.item_code.as_str(), usage.count)));
        Ok(Box::new(CatalogueData { catalogue, habits, domains, bundles, cached }))
    }

    /// The index of the copy: the one that was kept, while the copy is still the same, else a new one, which is kept.
    async fn indexed(&self, library: &Library) -> Result<Catalogue, LibraryError> {
        let synonyms = Synonyms::built_in();
        let key = format!("{} {} {:x}\n", library.stamp().await?, env!("CARGO_PKG_VERSION"), synonyms.fingerprint());
        let path = library.path().with_extension("index");
        let kept = {
            let (key, path) = (key.clone(), path.clone());
            tokio::task::spawn_blocking(move || {
                Catalogue::from_image(fs::read(path).ok()?.strip_prefix(key.as_bytes())?)
            })
        };
        if let Ok(Some(catalogue)) = kept.await {
            return Ok(catalogue);
        }
        let mut indexing = Indexing::new(&synonyms);
        library.visit(|brief| indexing.add(&brief)).await?;
        let catalogue = indexing.finish();
        let image = [key.into_bytes(), catalogue.image()].concat();
        // What cannot be kept is made again next time.
        let _ = tokio::task::spawn_blocking(move || {
            let fresh = path.with_extension("index-new");
            fs::write(&fresh, image).and_then(|()| fs::rename(&fresh, &path))
        })
        .await;
        Ok(catalogue)
    }

    /// The desk's copy of the catalogue of the clerk's site.
    async fn library(&self) -> Result<&Library, Trouble> {
        let session = self.session()?;
        self.library
            .get_or_try_init(|| Library::open(&self.data_dir, session.desk.practice, &session.desk.site))
            .await
            .map_err(|error| unusable(&error))
    }

    /// A whole item: from the copy, else from the backend.
    pub(super) async fn load_item(&self, code: &str) -> Result<Box<CatalogueEntry>, Trouble> {
        let library = self.library().await?;
        if let Some(entry) = library.entry(code).await.map_err(|error| unusable(&error))? {
            return Ok(Box::new(entry));
        }
        let answer = self.session()?.client.item(code).await;
        self.heard(&answer);
        let entry = answer.map_err(|error| match error {
            ApiError::Offline(_) => Trouble::of("trouble-item-offline"),
            error => trouble(&error),
        })?;
        // What cannot be kept is fetched again next time.
        let _ = library.keep_entry(&entry).await;
        Ok(Box::new(entry))
    }

    /// A draft with its item and the form that it was begun on.
    pub(super) async fn open_draft(&self, draft: Draft) -> Result<OpenedDraft, Trouble> {
        let entry = self.load_item(&draft.item_code).await.map_err(|trouble| match trouble.key {
            "trouble-refused" => Trouble::of("trouble-item-gone"),
            _ => trouble,
        })?;
        let form = self.load_form(&draft.body.form).await?;
        let library = self.library().await?;
        let mut withdrawn = library.withdrawn(&draft.item_code).await.map_err(|error| unusable(&error))?;
        if let Some(Some(code)) = &mut withdrawn
            && let Ok(Some(brief)) = library.brief(code).await
        {
            *code = brief.name;
        }
        Ok(OpenedDraft { draft, item: Arc::clone(&entry.item), form, withdrawn })
    }

    pub(super) async fn load_form(&self, form: &FormRef) -> Result<Arc<Form>, Trouble> {
        let (document, lists) = self.form_document(form).await?;
        Form::load(&document.schema, document.uischema.as_ref(), &lists)
            .map(Arc::new)
            .map_err(|error| Trouble::with("trouble-form", error))
    }

    /// A form and the code lists that it names, kept ones first: a version never changes.
    async fn form_document(&self, form: &FormRef) -> Result<(FormDocument, ListsAtHand), Trouble> {
        let (session, library) = (self.session()?, self.library().await?);
        let key = form.to_string();
        let document: FormDocument = match library.document(FORM, &key).await {
            Ok(Some(document)) => document,
            _ => {
                let answer = session.client.form(form).await;
                self.heard(&answer);
                let document = answer.map_err(|error| trouble(&error))?;
                let _ = library.keep_document(FORM, &key, &document).await;
                document
            }
        };
        let mut lists = ListsAtHand::default();
        for (id, version) in lists_named(&document.schema) {
            let key = format!("{id}@{version}");
            let list: CodeList = match library.document(CODE_LIST, &key).await {
                Ok(Some(list)) => list,
                _ => {
                    let answer = session.client.codelist(&id, version).await;
                    self.heard(&answer);
                    let list = answer.map_err(|error| trouble(&error))?;
                    let _ = library.keep_document(CODE_LIST, &key, &list).await;
                    list
                }
            };
            lists.0.insert((id, version), Arc::new(list));
        }
        Ok((document, lists))
    }
}

fn unusable(error: &LibraryError) -> Trouble {
    Trouble::with("trouble-library", error)
}
