//! `/v1/catalogue`: read by every clerk, published by administrators.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::App;
use crate::api::wire::{ClerkRole, FieldError, ProblemCode};
use crate::backend::audit::{Act, Action};
use crate::backend::auth::SignedIn;
use crate::backend::catalogue::{CatalogueError, Place, Wanted, publish};
use crate::backend::extract::{Asked, Body, document, json, not_modified, unchanged};
use crate::backend::language;
use crate::backend::problem::{Answer, Fault, field_error};
use crate::catalogue::{Folder, Severity, check};

#[derive(Deserialize)]
pub(super) struct Query {
    since: Option<String>,
    view: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Answer {
    let catalogue = app.catalogue();
    let site = catalogue.site(&signed_in.clerk.site.id).ok_or(ProblemCode::OtherSite)?;
    let since = match query.since {
        None => 0,
        Some(cursor) => catalogue.edition_of(&cursor).ok_or(ProblemCode::CursorGone)?,
    };
    let brief = match query.view.as_deref() {
        None | Some("items") => false,
        Some("brief") => true,
        Some(_) => return Err(ProblemCode::Malformed.into()),
    };
    let after = match query.after {
        None => None,
        Some(place) => Some(Place::parse(&place).ok_or(ProblemCode::Malformed)?),
    };
    let etag = format!("\"{}\"", catalogue.version(site));
    if unchanged(&headers, &etag) {
        return Ok(not_modified(&etag));
    }
    let page = catalogue.page(site, &Wanted { since, brief, after, limit: query.limit });
    let bytes = serde_json::to_vec(&page).map_err(|_| ProblemCode::Internal)?;
    let mut response = document(&headers, bytes, &etag);
    if let Some(link) = page.next.and_then(|next| format!("<{next}>; rel=\"next\"").parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// A catalogue folder: path inside the folder → text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pushed {
    files: BTreeMap<String, String>,
}

pub(super) async fn push(State(app): State<Arc<App>>, signed_in: SignedIn, body: Body) -> Answer {
    if signed_in.clerk.role != ClerkRole::Administrator {
        return Err(ProblemCode::RoleForbids.into());
    }
    let Pushed { files } = body.parse()?;
    let folder: Folder = files.into_iter().collect();
    // A province's folder takes a while to look through; others are served meanwhile.
    let (folder, findings) = tokio::task::spawn_blocking(move || {
        let findings = check::check(&folder).1;
        (folder, findings)
    })
    .await
    .map_err(|_| ProblemCode::Internal)?;
    let locale = language::locale();
    let wrong = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<FieldError> =
        wrong.map(|finding| objection(&finding.file, finding.line, finding.key, finding.sentence(&locale))).collect();
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    let published = publish(&app.store, &folder, app.now()).await.map_err(|error| match error {
        CatalogueError::Store(error) => error.into(),
        CatalogueError::Rewritten(document) => {
            Fault::invalid(vec![field_error("/files".to_owned(), "rewritten", &[("document", document.into())])])
        }
        CatalogueError::Older { found, published } => {
            let args = [("found", found.into()), ("published", published.into())];
            Fault::invalid(vec![field_error("/files/catalogue.toml".to_owned(), "older", &args)])
        }
        error => {
            tracing::error!(%error, "catalogue");
            ProblemCode::Internal.into()
        }
    })?;
    let edition = published.edition.to_string();
    let act = Act { at: app.now(), actor: &signed_in.clerk.name, action: Action::CataloguePushed, subject: &edition };
    app.store.audit(&act).await?;
    app.bell.ring();
    tracing::info!(edition, "catalogue published");
    app.renew_catalogue().await;
    json(StatusCode::OK, &published)
}

fn objection(file: &str, line: Option<u32>, key: &str, message: String) -> FieldError {
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    FieldError {
        pointer: format!("/files/{}", file.replace('~', "~0").replace('/', "~1")),
        keyword: key.to_owned(),
        code: key.to_owned(),
        message: format!("{file}{line}: {message}"),
    }
}
