//! `/v1/items/{code}` and `/v1/bundles/{code}`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::App;
use crate::api::digest;
use crate::api::wire::ProblemCode;
use crate::backend::auth::SignedIn;
use crate::backend::extract::{At, document, not_modified, unchanged};
use crate::backend::problem::{Answer, Fault};

pub(super) async fn show(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(code): At<String>,
    headers: HeaderMap,
) -> Answer {
    let catalogue = app.catalogue();
    let site = catalogue.site(&signed_in.clerk.site.id).ok_or(ProblemCode::OtherSite)?;
    match (catalogue.item(&code), catalogue.withdrawn(&code)) {
        (Some(item), _) => answer(&headers, &catalogue.entry(item, site)),
        (None, Some(successor)) => Err(Fault::withdrawn(successor)),
        (None, None) => Err(ProblemCode::NotFound.into()),
    }
}

pub(super) async fn bundle(
    State(app): State<Arc<App>>,
    _: SignedIn,
    At(code): At<String>,
    headers: HeaderMap,
) -> Answer {
    let catalogue = app.catalogue();
    match catalogue.bundle(&code) {
        Some(bundle) => answer(&headers, bundle.as_ref()),
        None if catalogue.was_bundle(&code) => Err(Fault::withdrawn(None)),
        None => Err(ProblemCode::NotFound.into()),
    }
}

fn answer(headers: &HeaderMap, thing: &impl Serialize) -> Answer<Response> {
    let bytes = serde_json::to_vec(thing).map_err(|_| ProblemCode::Internal)?;
    let etag = format!("\"{}\"", digest::sha256_hex(&bytes));
    Ok(if unchanged(headers, &etag) { not_modified(&etag) } else { document(headers, bytes, &etag) })
}
