//! `/v1/catalogue`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::App;
use crate::api::wire::ProblemCode;
use crate::backend::auth::SignedIn;
use crate::backend::catalogue::PAGE_SIZE;
use crate::backend::extract::{Asked, json, not_modified, tagged, unchanged};
use crate::backend::problem::Answer;

#[derive(Deserialize)]
pub(super) struct Place {
    after: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Asked(Place { after, limit }): Asked<Place>,
    headers: HeaderMap,
) -> Answer {
    let catalogue = app.catalogue();
    let site = catalogue.site(&signed_in.clerk.site.id).ok_or(ProblemCode::OtherSite)?;
    let etag = format!("\"{}\"", catalogue.version(site));
    if unchanged(&headers, &etag) {
        return Ok(not_modified(&etag));
    }
    let limit = limit.unwrap_or(PAGE_SIZE).clamp(1, PAGE_SIZE);
    let page = catalogue.page(site, after.as_deref(), limit);
    let link = page.next.as_ref().and_then(|next| format!("<{next}>; rel=\"next\"").parse().ok());
    let mut response = tagged(json(StatusCode::OK, &page)?, &etag);
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}
