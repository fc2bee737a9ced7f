//! Catalogue, forms and code lists: from the desk's copy, which is brought up to date behind the clerk's back.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::effects::{Inner, trouble};
use super::forms::ListsAtHand;
use super::index;
use crate::api::ApiError;
use crate::api::wire::{Domain, FormDocument};
use crate::app::{CatalogueData, DraftForm, Msg, OpenedDraft, Reply, Trouble};
use crate::catalogue::CatalogueEntry;
use crate::domain::item::{FormRef, Item};
use crate::forms::{CodeList, Codes, Form};
use crate::sync::catalogue::{CODE_LIST, FORM, SyncError, lists_named, sync};
use crate::vault::Draft;
use crate::vault::library::{Library, LibraryError};

/// About how long after it was brought up to date the copy is brought up to date again.
const REFRESH: Duration = Duration::from_mins(15);

/// About how long after a failure; doubles with every failure, so many times.
const FIRST_RETRY: Duration = Duration::from_secs(60);
const LONGEST_RETRY: u32 = 4;

/// When the copy is brought up to date again.
pub(super) struct Later {
    /// How often that failed in a row.
    failures: u32,
    timer: AbortHandle,
}

impl Inner {
    /// Shows the catalogue as it was last seen, then brings it up to date, and shows it again whenever there is more of it.
    pub(super) async fn load_catalogue(&self) {
        let library = match self.library().await {
            Ok(library) => library,
            Err(trouble) => return self.tell(None, Reply::Catalogue(Err(trouble))),
        };
        self.show(library).await;
        // Another run that is under way tells of what it brings.
        let Ok(_running) = self.syncing.try_lock() else { return };
        let (news, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let session = match self.session() {
            Ok(session) => session,
            Err(trouble) => return self.tell(None, Reply::Catalogue(Err(trouble))),
        };
        let running = sync(&session.client, library, move |progress| {
            // Whoever listened is gone with the screen.
            let _ = news.send(progress);
        });
        let showing = async {
            while let Some(progress) = heard.recv().await {
                self.tell(None, Reply::CatalogueProgress(Some((progress.done, progress.total))));
                // The first page is shown at once; a hundred thousand items are not indexed again for each that follows.
                let worth_it = self.shown.borrow().is_empty() || progress.done >= progress.total;
                if progress.fresh && worth_it {
                    self.show(library).await;
                }
            }
        };
        let (outcome, ()) = futures_util::future::join(running, showing).await;
        self.tell(None, Reply::CatalogueProgress(None));
        match outcome {
            Ok(()) => {
                self.sync_later(false);
                self.show(library).await;
                self.tell(None, Reply::CatalogueSynced);
                self.heard(&Ok::<(), ApiError>(()));
            }
            Err(SyncError::Api(error)) => {
                self.sync_later(error.is_retryable() || matches!(error, ApiError::CaptivePortal));
                let answer = Err::<(), ApiError>(error);
                self.heard(&answer);
                let Err(error) = answer else { return };
                // What came before the line broke.
                self.show(library).await;
                let has_items = !self.shown.borrow().is_empty();
                let is_passing = error.is_retryable() || matches!(error, ApiError::Unauthorised(_));
                let reply = match has_items && is_passing {
                    true => Reply::CatalogueBehind,
                    false => Reply::Catalogue(Err(trouble(&error))),
                };
                self.tell(None, reply);
            }
            Err(SyncError::Library(error)) => self.tell(None, Reply::Catalogue(Err(unusable(&error)))),
        }
    }

    /// Hands the copy to the screen, indexed, unless there is nothing in it or the screen has it already.
    async fn show(&self, library: &Library) {
        let stamp = library.stamp().await.unwrap_or_default();
        if stamp.is_empty() || self.shown.replace(stamp.clone()) == stamp {
            return;
        }
        let catalogue = self.catalogue_of(library).await;
        if catalogue.is_err() {
            self.shown.replace(String::new());
        }
        self.tell(None, Reply::Catalogue(catalogue));
    }

    /// Has the copy brought up to date again later, after failures ever less often; not when every other desk does it.
    fn sync_later(&self, failed: bool) {
        let before = self.later.take();
        if let Some(before) = &before {
            before.timer.abort();
        }
        let failures = if failed { before.map_or(0, |before| before.failures) + 1 } else { 0 };
        let wait = match failures.checked_sub(1) {
            Some(doubled) => FIRST_RETRY.saturating_mul(1 << doubled.min(LONGEST_RETRY)),
            None => REFRESH,
        };
        let wait = wait.mul_f64(0.5 + fastrand::f64());
        let messages = self.messages.clone();
        let timer = tokio::task::spawn_local(async move {
            tokio::time::sleep(wait).await;
            // The loop may be over already.
            let _ = messages.send(Msg::Reply(None, Box::new(Reply::CatalogueDue)));
        });
        self.later.replace(Some(Later { failures, timer: timer.abort_handle() }));
    }

    /// The copy, indexed.
    async fn catalogue_of(&self, library: &Library) -> Result<Box<CatalogueData>, Trouble> {
        let catalogue = index::of(library).await.map_err(|error| unusable(&error))?;
        let domains: Vec<Domain> = library.domains().await.map_err(|error| unusable(&error))?;
        let bundles = library.bundles().await.map_err(|error| unusable(&error))?;
        Ok(Box::new(CatalogueData { catalogue, domains, bundles }))
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
            ApiError::Offline(_) | ApiError::CutOff(_) => Trouble::of("trouble-item-offline"),
            error => trouble(&error),
        })?;
        // What cannot be kept is fetched again next time.
        let _ = library.keep_entry(&entry).await;
        Ok(Box::new(entry))
    }

    /// A whole item, if this desk has it.
    pub(super) async fn kept_item(&self, code: &str) -> Option<Arc<Item>> {
        Some(self.library().await.ok()?.entry(code).await.ok()??.item)
    }

    /// Several whole items.
    pub(super) async fn load_items(&self, codes: &[String]) -> Result<Vec<CatalogueEntry>, Trouble> {
        let mut items = Vec::with_capacity(codes.len());
        for code in codes {
            match self.load_item(code).await {
                Ok(entry) => items.push(*entry),
                // One that is gone does not keep the others back.
                Err(trouble) if trouble.key == "trouble-refused" => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(items)
    }

    /// A draft with its item, the form that it was begun on, and the one that the item has now.
    pub(super) async fn open_draft(&self, draft: Draft) -> Result<OpenedDraft, Trouble> {
        let entry = self.load_item(&draft.item_code).await.map_err(|trouble| match trouble.key {
            "trouble-refused" => Trouble::of("trouble-item-gone"),
            _ => trouble,
        })?;
        let entry = self.renewed(&draft, entry).await?;
        let form = self.form_of(&draft.body.form, &entry.item.form).await?;
        let library = self.library().await?;
        let mut withdrawn = library.withdrawn(&draft.item_code).await.map_err(|error| unusable(&error))?;
        if let Some(Some(code)) = &mut withdrawn
            && let Ok(Some(brief)) = library.brief(code).await
        {
            *code = brief.name;
        }
        Ok(OpenedDraft { draft, item: Arc::clone(&entry.item), form, withdrawn })
    }

    /// The areas from which the competent place of an item is picked.
    pub(super) async fn load_areas(&self) -> Result<Arc<Codes>, Trouble> {
        let name = &self.settings.area_list;
        let unknown = || Trouble::with("trouble-areas", name);
        let (id, version) = name.split_once('@').ok_or_else(unknown)?;
        let version = version.parse().map_err(|_| unknown())?;
        let list = self.code_list(id, version).await?;
        Ok(Arc::new(Codes::new(list)))
    }

    /// The item anew, when a refusal said that its form was retired and the copy does not know that yet.
    async fn renewed(&self, draft: &Draft, entry: Box<CatalogueEntry>) -> Result<Box<CatalogueEntry>, Trouble> {
        let (session, library) = (self.session()?, self.library().await?);
        let Some(refused) = draft.body.supersedes else { return Ok(entry) };
        let request = session.vault.outbox_entry(refused).await.ok().flatten();
        let successor = request.and_then(|request| request.reason).and_then(|reason| reason.successor);
        let known = entry.item.form.to_string();
        let is_behind =
            draft.body.form == entry.item.form && successor.is_some_and(|form| form.contains('@') && form != known);
        if !is_behind {
            return Ok(entry);
        }
        let answer = session.client.item(&draft.item_code).await;
        self.heard(&answer);
        // Out of reach, the draft opens as it was.
        let Ok(fresh) = answer else { return Ok(entry) };
        let _ = library.keep_entry(&fresh).await;
        Ok(Box::new(fresh))
    }

    /// What a draft that was begun on one version of a form is filled on when its item has this version now.
    async fn form_of(&self, begun: &FormRef, now: &FormRef) -> Result<DraftForm, Trouble> {
        let old = self.load_form(begun).await;
        if begun == now {
            return old.map(DraftForm::Same);
        }
        match (self.load_form(now).await, old) {
            (Ok(new), old) => Ok(DraftForm::Newer { old: old.ok(), new }),
            (Err(_), Ok(old)) => Ok(DraftForm::NewerAway(old)),
            (Err(trouble), Err(_)) => Err(trouble),
        }
    }

    pub(super) async fn load_form(&self, form: &FormRef) -> Result<Arc<Form>, Trouble> {
        let (document, lists) = self.form_document(form).await?;
        Form::load(&document.schema, document.uischema.as_ref(), &lists)
            .map(Arc::new)
            .map_err(|error| Trouble::because("trouble-form", error.phrase()))
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
            let list = self.code_list(&id, version).await?;
            lists.0.insert((id, version), list);
        }
        Ok((document, lists))
    }

    /// A code list. It stays in memory: one of every village of a province takes longer to read than a form to compile.
    async fn code_list(&self, id: &str, version: u32) -> Result<Arc<CodeList>, Trouble> {
        let key = format!("{id}@{version}");
        if let Some(known) = self.lists.borrow().get(&key) {
            return Ok(Arc::clone(known));
        }
        let (session, library) = (self.session()?, self.library().await?);
        let list = match library.document::<CodeList>(CODE_LIST, &key).await {
            Ok(Some(list)) => list,
            _ => {
                let answer = session.client.codelist(id, version).await;
                self.heard(&answer);
                let list = answer.map_err(|error| trouble(&error))?;
                let _ = library.keep_document(CODE_LIST, &key, &list).await;
                list
            }
        };
        let list = Arc::new(list);
        self.lists.borrow_mut().insert(key, Arc::clone(&list));
        Ok(list)
    }
}

fn unusable(error: &LibraryError) -> Trouble {
    Trouble::with("trouble-library", error)
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::super::effects::Shell;
    use crate::app::{Effect, Msg, Reply, Secret};
    use crate::locale::{Language, Locale};
    use crate::settings::{Inputs, Settings};
    use crate::training::{Options, PASSWORD, PracticeRoom};

    /// Waits for an answer; gives how many catalogues came before it.
    async fn catalogues_until(heard: &mut UnboundedReceiver<Msg>, is_it: fn(&Reply) -> bool) -> usize {
        let mut count = 0;
        while let Some(message) = heard.recv().await {
            let Msg::Reply(_, reply) = message else { continue };
            if is_it(&reply) {
                break;
            }
            match *reply {
                Reply::Catalogue(Ok(_)) => count += 1,
                Reply::Catalogue(Err(trouble)) => panic!("{trouble:?}"),
                _ => {}
            }
        }
        count
    }

    #[test]
    fn a_look_for_a_newer_catalogue_that_finds_none_sends_none() {
        let options = Options { data_dir: None, seed: Some(1), site: None, day: None, catalogue: None };
        let mut room = PracticeRoom::start(options).unwrap();
        let client = room.client();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let (messages, mut heard) = unbounded_channel();
            let client = Box::pin(async move { Ok(client.await?) });
            let settings = Settings::load(&Inputs::default()).unwrap();
            let (folder, locale) = (room.folder().to_owned(), Locale::of(Language::Chinese));
            let shell = Shell::new(client, folder, settings.into(), locale, messages);
            let password = Secret(PASSWORD.to_owned());
            shell.perform(Effect::SignIn { name: room.clerk().to_owned(), password });
            assert_eq!(catalogues_until(&mut heard, |reply| matches!(reply, Reply::SignedIn(Ok(_)))).await, 0);
            let is_synced: fn(&Reply) -> bool = |reply| matches!(reply, Reply::CatalogueSynced);
            shell.perform(Effect::LoadCatalogue);
            assert!(catalogues_until(&mut heard, is_synced).await > 0, "there was none");
            for _ in 0..2 {
                shell.perform(Effect::LoadCatalogue);
                assert_eq!(catalogues_until(&mut heard, is_synced).await, 0, "it is the same");
            }
            shell.finish().await;
        });
    }
}
