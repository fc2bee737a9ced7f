//! The resources of the contract, a method each.

use jiff::Timestamp;
use reqwest::{Method, StatusCode, header};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::answer::Answer;
use super::client::{Client, json};
use super::error::ApiError;
use super::wire::{
    Accepted, CaseDetail, CaseEvents, CaseFilter, CasePage, CataloguePage, Domain, FormDocument, Manifest, REPLAYED,
};
use crate::catalogue::CatalogueEntry;
use crate::domain::case::CaseEvent;
use crate::domain::item::FormRef;
use crate::domain::procedure::{ActionDetails, CaseAction};
use crate::domain::receipt::Receipt;
use crate::domain::request::Request;
use crate::forms::CodeList;

/// How often a catalogue that changes between two pages is begun again.
const CATALOGUE_RESTARTS: usize = 3;

/// Answer to [`Client::put_request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOutcome {
    /// The backend had it already: this repeats the first answer.
    pub replayed: bool,
    /// The answer.
    pub body: Accepted,
}

/// Answer to [`Client::catalogue`].
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogueAnswer {
    /// The copy at hand is current.
    NotModified,
    /// The whole catalogue.
    Full {
        /// What to ask with next time.
        etag: String,
        /// Items, by code.
        items: Vec<CatalogueEntry>,
        /// Domains (领域).
        domains: Vec<Domain>,
    },
}

/// The answer, unless it is not what its digest says.
fn whole(answer: Answer) -> Result<Answer, ApiError> {
    match answer.header("repr-digest") {
        Some(field) if answer.status == StatusCode::OK && !answer.is_of_digest(field) => {
            Err(ApiError::CutOff("damaged on the way".to_owned()))
        }
        _ => Ok(answer),
    }
}

impl Client {
    /// The whole catalogue of the clerk's site, page by page, unless the copy with this `etag` is current.
    ///
    /// # Errors
    /// As every call; [`ApiError::Retry`] when the catalogue keeps changing meanwhile.
    pub async fn catalogue(&self, etag: Option<&str>) -> Result<CatalogueAnswer, ApiError> {
        for _ in 0..CATALOGUE_RESTARTS {
            if let Some(answer) = self.catalogue_once(etag).await? {
                return Ok(answer);
            }
        }
        Err(ApiError::Retry { status: None, after: None, problem: None })
    }

    /// `None`: the catalogue changed between two pages.
    async fn catalogue_once(&self, etag: Option<&str>) -> Result<Option<CatalogueAnswer>, ApiError> {
        let conditional: Vec<(header::HeaderName, String)> =
            etag.map(|etag| (header::IF_NONE_MATCH, etag.to_owned())).into_iter().collect();
        let answer = self.call(Method::GET, self.url("v1/catalogue")?, None, &conditional).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(Some(CatalogueAnswer::NotModified));
        }
        let etag = answer.header(&header::ETAG).unwrap_or_default().to_owned();
        let CataloguePage { version, mut items, domains, mut next, .. } = answer.expect(StatusCode::OK)?;
        while let Some(path) = next {
            let answer = self.call(Method::GET, self.url(&path)?, None, &[]).await?;
            let page: CataloguePage = answer.expect(StatusCode::OK)?;
            if page.version != version {
                return Ok(None);
            }
            items.extend(page.items);
            next = page.next;
        }
        Ok(Some(CatalogueAnswer::Full { etag, items, domains }))
    }

    /// A page of the catalogue, checked against its digest: `/v1/catalogue?…`, or the path that a page gave as the next.
    ///
    /// # Errors
    /// As every call; [`ApiError::Refused`] with 410 when the cursor is not the backend's.
    pub async fn catalogue_page(&self, path: &str) -> Result<CataloguePage, ApiError> {
        whole(self.call(Method::GET, self.url(path)?, None, &[]).await?)?.expect(StatusCode::OK)
    }

    /// One item with its admission at the clerk's site.
    ///
    /// # Errors
    /// As every call; [`ApiError::Refused`] with 410 when it was withdrawn.
    pub async fn item(&self, code: &str) -> Result<CatalogueEntry, ApiError> {
        self.get(&["v1", "items", code]).await?.expect(StatusCode::OK)
    }

    /// One version of a form, checked against its digest.
    ///
    /// # Errors
    /// As every call.
    pub async fn form(&self, form: &FormRef) -> Result<FormDocument, ApiError> {
        self.immutable("forms", &form.id, form.version).await
    }

    /// One version of a code list, checked against its digest.
    ///
    /// # Errors
    /// As every call.
    pub async fn codelist(&self, id: &str, version: u32) -> Result<CodeList, ApiError> {
        self.immutable("codelists", id, version).await
    }

    async fn immutable<T: DeserializeOwned>(&self, kind: &str, id: &str, version: u32) -> Result<T, ApiError> {
        let url = self.url_of(&["v1", kind, id, "versions", &version.to_string()])?;
        whole(self.call(Method::GET, url, None, &[]).await?)?.expect(StatusCode::OK)
    }

    /// Submits a request. Repeating it is safe: the backend keeps one request for an id.
    ///
    /// # Errors
    /// [`ApiError::Refused`] is the final answer for this content; everything retryable may be sent again as it is.
    pub async fn put_request(&self, request: &Request) -> Result<PutOutcome, ApiError> {
        self.put_document(request.id, json(request)?).await
    }

    /// Submits a request that was frozen as canonical JSON: exactly these bytes are sent, whatever this version of the program would
    /// write today.
    ///
    /// # Errors
    /// As [`Self::put_request`].
    pub async fn put_document(&self, id: Uuid, document: Vec<u8>) -> Result<PutOutcome, ApiError> {
        let url = self.url_of(&["v1", "requests", &id.to_string()])?;
        let answer = self.call(Method::PUT, url, Some(document), &[]).await?;
        let replayed = answer.header(REPLAYED) == Some("true");
        let wanted = if answer.status == StatusCode::OK { StatusCode::OK } else { StatusCode::CREATED };
        let body = self.ours(answer.expect(wanted)?, id)?;
        Ok(PutOutcome { replayed, body })
    }

    /// Checks a request like [`Self::put_request`], and keeps nothing.
    ///
    /// # Errors
    /// As [`Self::put_request`].
    pub async fn validate_request(&self, request: &Request) -> Result<(), ApiError> {
        let answer = self.call(Method::POST, self.url("v1/requests:validate")?, Some(json(request)?), &[]).await?;
        if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { Err(answer.into_error()) }
    }

    /// What the backend answered to a request that it accepted: for a lost answer.
    ///
    /// # Errors
    /// [`ApiError::Refused`] with 404 when it has none of this id.
    pub async fn get_request(&self, id: Uuid) -> Result<Accepted, ApiError> {
        let answer = self.get(&["v1", "requests", &id.to_string()]).await?;
        self.ours(answer.expect(StatusCode::OK)?, id)
    }

    /// An answer about another request, or of the other world, is not the backend's.
    fn ours(&self, body: Accepted, id: Uuid) -> Result<Accepted, ApiError> {
        if body.receipt.practice != self.is_practice() {
            return Err(ApiError::OtherWorld { backend_practice: body.receipt.practice });
        }
        if body.receipt.request_id != id || body.receipt.request_no != body.request_no {
            return Err(ApiError::CaptivePortal);
        }
        Ok(body)
    }

    /// One page of the cases that the clerk may see.
    ///
    /// # Errors
    /// As every call.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<CasePage, ApiError> {
        let mut url = self.url("v1/cases")?;
        {
            let mut query = url.query_pairs_mut();
            let mut add = |name: &str, value: Option<String>| {
                if let Some(value) = value {
                    query.append_pair(name, &value);
                }
            };
            add("status", filter.status.map(|status| status.name().to_owned()));
            add("item", filter.item.clone());
            add("number", filter.number.clone());
            add("updatedSince", filter.updated_since.map(|instant: Timestamp| instant.to_string()));
            add("after", filter.after.clone());
            add("limit", filter.limit.map(|limit| limit.to_string()));
        }
        self.call(Method::GET, url, None, &[]).await?.expect(StatusCode::OK)
    }

    /// One case, with what the clerk may do with it.
    ///
    /// # Errors
    /// As every call.
    pub async fn case(&self, case_no: &str) -> Result<CaseDetail, ApiError> {
        self.get(&["v1", "cases", case_no]).await?.expect(StatusCode::OK)
    }

    /// The log of a case after entry `after` (0: all of it), oldest first.
    ///
    /// # Errors
    /// As every call.
    pub async fn events(&self, case_no: &str, after: u64) -> Result<Vec<CaseEvent>, ApiError> {
        let mut url = self.url_of(&["v1", "cases", case_no, "events"])?;
        url.query_pairs_mut().append_pair("after", &after.to_string());
        let events: CaseEvents = self.call(Method::GET, url, None, &[]).await?.expect(StatusCode::OK)?;
        Ok(events.events.into_iter().map(|event| event.data).collect())
    }

    /// Takes a case further, on the version that the clerk saw.
    ///
    /// # Errors
    /// As every call; [`ApiError::Refused`] when the case has changed meanwhile (412), the action is not legal there (409, with those that
    /// are), or something is missing (422).
    pub async fn act(
        &self,
        case_no: &str,
        version: u64,
        action: CaseAction,
        details: &ActionDetails,
    ) -> Result<CaseDetail, ApiError> {
        let url = self.url_of(&["v1", "cases", case_no, "actions", action.name()])?;
        let seen = [(header::IF_MATCH, format!("\"{version}\""))];
        self.call(Method::POST, url, Some(json(details)?), &seen).await?.expect(StatusCode::OK)
    }

    /// Reports what still sits at this desk, which is named by its site and window.
    ///
    /// # Errors
    /// As every call.
    pub async fn put_manifest(&self, manifest: &Manifest) -> Result<(), ApiError> {
        let clerk = self.session().ok_or(ApiError::Unauthorised(None))?.clerk;
        let station: String = format!("{}-{}", clerk.site.id, clerk.window).chars().take(64).collect();
        let url = self.url_of(&["v1", "stations", &station, "manifest"])?;
        let answer = self.call(Method::PUT, url, Some(json(manifest)?), &[]).await?;
        if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { Err(answer.into_error()) }
    }

    /// The receipt of a request, by its official number.
    ///
    /// # Errors
    /// As every call.
    pub async fn receipt(&self, request_no: &str) -> Result<Receipt, ApiError> {
        self.get(&["v1", "receipts", request_no]).await?.expect(StatusCode::OK)
    }

    async fn get(&self, segments: &[&str]) -> Result<Answer, ApiError> {
        self.call(Method::GET, self.url_of(segments)?, None, &[]).await
    }
}
