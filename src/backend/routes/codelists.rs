//! `/v1/codelists/{id}/versions/{version}`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;

use super::App;
use crate::api::digest;
use crate::api::wire::ProblemCode;
use crate::backend::auth::SignedIn;
use crate::backend::extract::{At, immutable};
use crate::backend::problem::Answer;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: SignedIn,
    At((id, version)): At<(String, u32)>,
    headers: HeaderMap,
) -> Answer {
    let list = app.catalogue().codelist(&id, version).ok_or(ProblemCode::NotFound)?;
    Ok(immutable(&headers, digest::canonical(list.as_ref()).map_err(|_| ProblemCode::Internal)?))
}
