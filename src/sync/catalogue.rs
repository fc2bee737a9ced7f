//! The catalogue syncer (目录同步): brings the desk's copy up to date, page by page.
//!
//! A first run fetches every item in brief, what the site takes first, so that the clerk can begin after one page; then the whole items
//! with the forms of those that the site takes; then what changed meanwhile. Later runs fetch the changes only. Each page is kept as soon as
//! it is here, with the place of the next: a run that breaks off at any byte goes on with that page.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;

use crate::api::wire::CataloguePage;
use crate::api::{ApiError, Client};
use crate::catalogue::CatalogueEntry;
use crate::domain::item::FormRef;
use crate::forms::list_named;
use crate::vault::library::{Aside, Library, LibraryError, Pass, Stage};

/// Kind of a form among the documents of a [`Library`].
pub const FORM: &str = "form";
/// Kind of a code list.
pub const CODE_LIST: &str = "codelist";

/// Whole items on a page: little enough that a submission need not wait long behind it on a village's line.
const ENTRIES: usize = 100;
/// Items in brief on a page.
const BRIEFS: usize = 5_000;
/// A page that did not come is asked for again with a part of its entries; never with fewer than these.
const FEWEST: usize = 10;
/// How often a page is asked for before the run gives up, until something calls for another.
const TRIES: u32 = 4;
/// How long the second try waits; each later one waits twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// Forms asked for at once: their answers overlap on a line with long ways.
const AT_ONCE: usize = 4;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being fetched.
    pub stage: Stage,
    /// Entries here.
    pub done: u64,
    /// Entries in all.
    pub total: u64,
    /// The items in the copy changed, and can be shown.
    pub fresh: bool,
}

/// Why a run ended before its time. What it brought is kept.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The backend.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The copy.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Brings the copy up to date; `tell` hears of every page.
///
/// # Errors
/// When the backend gives no answer or the copy cannot be written; the next run goes on from there.
pub async fn sync(client: &Client, library: &Library, mut tell: impl FnMut(Progress)) -> Result<(), SyncError> {
    let mut run = Run { client, library, limit: usize::MAX };
    loop {
        let pass = library.pass().await?;
        let stage = match &pass {
            Some(pass) => pass.stage,
            None if library.cursor().await?.is_some() => Stage::Changes,
            None => Stage::Briefs,
        };
        let outcome = match stage {
            Stage::Briefs => run.briefs(pass, &mut tell).await,
            Stage::Entries => run.entries(pass, &mut tell).await,
            Stage::Changes => match run.changes(pass, &mut tell).await {
                Ok(true) => return Ok(()),
                Ok(false) => Ok(()),
                Err(error) => Err(error),
            },
        };
        match outcome {
            // Another backend, or one that was set up anew.
            Err(SyncError::Api(error)) if is_gone(&error) => library.start_over().await?,
            outcome => outcome?,
        }
    }
}

fn is_gone(error: &ApiError) -> bool {
    error.problem().is_some_and(|problem| problem.status == 410)
}

struct Run<'a> {
    client: &'a Client,
    library: &'a Library,
    /// Most entries on a page; less after pages that did not come.
    limit: usize,
}

impl Run<'_> {
    /// One page of items in brief.
    async fn briefs(&mut self, pass: Option<Pass>, tell: &mut impl FnMut(Progress)) -> Result<(), SyncError> {
        let first = pass.is_none();
        let path = pass.as_ref().and_then(|pass| pass.next.clone());
        let path = path.unwrap_or_else(|| format!("/v1/catalogue?view=brief&limit={BRIEFS}"));
        let page = self.page(&path).await?;
        let next = page.next.clone();
        let briefs = page.briefs.clone().unwrap_or_default();
        let briefs = briefs.into_list().map_err(|_| ApiError::CutOff("damaged on the way".to_owned()))?;
        let mut pass = pass.unwrap_or_else(|| begun(Stage::Briefs, page));
        pass.done = pass.done.saturating_add(count(briefs.len()));
        pass.next = next;
        let progress =
            Progress { stage: Stage::Briefs, done: pass.done, total: pass.total.max(pass.done), fresh: true };
        if pass.next.is_none() {
            (pass.stage, pass.done) = (Stage::Entries, 0);
        }
        self.library.keep_briefs(&briefs, first, &pass).await?;
        tell(progress);
        Ok(())
    }

    /// One page of whole items, with the forms of those that the site takes.
    async fn entries(&mut self, pass: Option<Pass>, tell: &mut impl FnMut(Progress)) -> Result<(), SyncError> {
        let Some(mut pass) = pass else { return Ok(()) };
        let path = pass.next.clone().unwrap_or_else(|| format!("/v1/catalogue?limit={ENTRIES}"));
        let page = self.page(&path).await?;
        self.documents(&page.items).await?;
        pass.done = pass.done.saturating_add(count(page.items.len()));
        pass.next = page.next;
        let after = if pass.next.is_none() { Err(pass.cursor.as_str()) } else { Ok(&pass) };
        self.library.keep_entries(&page.items, &pass.aside.domains, after).await?;
        tell(Progress { stage: Stage::Entries, done: pass.done, total: pass.total.max(pass.done), fresh: false });
        Ok(())
    }

    /// One page of changes, kept aside until all are here. True: they are, and in effect.
    async fn changes(&mut self, pass: Option<Pass>, tell: &mut impl FnMut(Progress)) -> Result<bool, SyncError> {
        let cursor = self.library.cursor().await?.unwrap_or_default();
        let path = pass.as_ref().and_then(|pass| pass.next.clone());
        let path = path.unwrap_or_else(|| format!("/v1/catalogue?since={cursor}&limit={ENTRIES}"));
        let page = self.page(&path).await?;
        let (items, next) = (page.items.clone(), page.next.clone());
        // The forms come first: an item in effect has its form.
        self.documents(&items).await?;
        let mut pass = pass.unwrap_or_else(|| begun(Stage::Changes, page));
        pass.done = pass.done.saturating_add(count(items.len()));
        pass.next = next;
        self.library.stage(&items, &pass).await?;
        let mut progress =
            Progress { stage: Stage::Changes, done: pass.done, total: pass.total.max(pass.done), fresh: false };
        if pass.next.is_some() {
            tell(progress);
            return Ok(false);
        }
        progress.fresh = self.library.swap(&pass).await?;
        tell(progress);
        Ok(true)
    }

    /// A page; what does not come is asked for again, in smaller pieces.
    async fn page(&mut self, path: &str) -> Result<CataloguePage, SyncError> {
        let mut tries = 0;
        loop {
            let error = match self.client.catalogue_page(&limited(path, self.limit)).await {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            tries += 1;
            if tries >= TRIES || !error.is_retryable() {
                return Err(error.into());
            }
            let asked = self.limit.min(limit_of(path).unwrap_or(ENTRIES));
            self.limit = (asked / 4).max(FEWEST);
            tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
        }
    }

    /// The forms of the items that the site takes, and their code lists, as far as they are not here.
    async fn documents(&self, entries: &[CatalogueEntry]) -> Result<(), SyncError> {
        let taken = entries.iter().filter(|entry| entry.admission.takes_applications());
        let forms: BTreeSet<&FormRef> = taken.map(|entry| &entry.item.form).collect();
        let mut missing = Vec::new();
        for form in forms {
            if !self.library.has_document(FORM, &form.to_string()).await? {
                missing.push(form.clone());
            }
        }
        let mut coming = stream::iter(missing).map(|form| self.form(form)).buffer_unordered(AT_ONCE);
        while let Some(outcome) = coming.next().await {
            outcome?;
        }
        Ok(())
    }

    async fn form(&self, form: FormRef) -> Result<(), SyncError> {
        let document = match self.client.form(&form).await {
            // One form that is not there must not keep the catalogue from coming; whoever opens it is told.
            Err(ApiError::Refused(_)) => return Ok(()),
            document => document?,
        };
        for (id, version) in lists_named(&document.schema) {
            let name = format!("{id}@{version}");
            if !self.library.has_document(CODE_LIST, &name).await? {
                match self.client.codelist(&id, version).await {
                    Err(ApiError::Refused(_)) => {}
                    list => self.library.keep_document(CODE_LIST, &name, &list?).await?,
                }
            }
        }
        // Last: a form that is here has its lists.
        Ok(self.library.keep_document(FORM, &form.to_string(), &document).await?)
    }
}

fn begun(stage: Stage, page: CataloguePage) -> Pass {
    let domains_text = serde_json::to_string(&page.domains).unwrap_or_default();
    Pass {
        stage,
        cursor: page.cursor,
        next: None,
        total: page.total.unwrap_or_default(),
        done: 0,
        aside: Aside {
            removed: page.removed,
            successors: page.successors,
            bundles: page.bundles,
            removed_bundles: page.removed_bundles,
            domains: page.domains.into_iter().map(|domain| domain.id).collect(),
            domains_text,
        },
    }
}

fn count(entries: usize) -> u64 {
    u64::try_from(entries).unwrap_or(u64::MAX)
}

fn limit_of(path: &str) -> Option<usize> {
    path.split(['?', '&']).find_map(|part| part.strip_prefix("limit=")?.parse().ok())
}

/// The path with at most this limit.
fn limited(path: &str, limit: usize) -> String {
    match limit_of(path) {
        Some(asked) if asked > limit => path.replacen(&format!("limit={asked}"), &format!("limit={limit}"), 1),
        _ => path.to_owned(),
    }
}

/// The code lists that a schema names (`x-options`).
pub fn lists_named(schema: &Value) -> Vec<(String, u32)> {
    let mut named = Vec::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                if let Some((list, version)) = object.get("x-options").and_then(list_named) {
                    named.push((list.to_owned(), version));
                }
                open.extend(object.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    named.sort();
    named.dedup();
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_does_not_come_is_asked_for_in_pieces() {
        let path = "/v1/catalogue?after=0.4.1&limit=5000&view=brief";
        assert_eq!(limited(path, usize::MAX), path);
        assert_eq!(limited(path, 1250), "/v1/catalogue?after=0.4.1&limit=1250&view=brief");
        assert_eq!(limited("/v1/catalogue?limit=100", 1250), "/v1/catalogue?limit=100");
        assert_eq!((limit_of(path), limit_of("/v1/catalogue")), (Some(5000), None));
    }

    #[test]
    fn the_lists_that_a_schema_names_are_found_wherever_they_stand() {
        let schema = serde_json::json!({
            "properties": {
                "home": {"x-options": {"list": "area-hubei", "version": 1}},
                "members": {"items": {"properties": {"bank": {"x-options": {"list": "bank", "version": 2}}}}},
                "again": {"x-options": {"list": "area-hubei", "version": 1}},
            }
        });
        assert_eq!(lists_named(&schema), [("area-hubei".to_owned(), 1), ("bank".to_owned(), 2)]);
    }
}
