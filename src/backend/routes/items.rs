//! `/v1/items/{code}`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::App;
use crate::api::digest;
use crate::api::wire::ProblemCode;
use crate::backend::auth::SignedIn;
use crate::backend::extract::{At, json_bytes, not_modified, tagged, unchanged};
use crate::backend::problem::Answer;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(code): At<String>,
    headers: HeaderMap,
) -> Answer {
    let catalogue = app.catalogue();
    let site = catalogue.site(&signed_in.clerk.site.id).ok_or(ProblemCode::OtherSite)?;
    let item = catalogue.item(&code).ok_or(ProblemCode::NotFound)?;
    let bytes = serde_json::to_vec(&catalogue.entry(item, site)).map_err(|_| ProblemCode::Internal)?;
    let etag = format!("\"{}\"", digest::sha256_hex(&bytes));
    if unchanged(&headers, &etag) {
        return Ok(not_modified(&etag));
    }
    Ok(tagged(json_bytes(StatusCode::OK, bytes), &etag))
}
