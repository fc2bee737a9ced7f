//! `/v1/forms/{id}/versions/{version}`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;

use super::App;
use crate::api::wire::ProblemCode;
use crate::backend::auth::SignedIn;
use crate::backend::catalogue::CatalogueError;
use crate::backend::extract::{At, immutable};
use crate::backend::problem::Answer;
use crate::domain::item::FormRef;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: SignedIn,
    At((id, version)): At<(String, u32)>,
    headers: HeaderMap,
) -> Answer {
    let form = app.catalogue().form(&FormRef { id, version }).map_err(|error| match error {
        CatalogueError::NoForm(_) => ProblemCode::NotFound,
        _ => ProblemCode::Internal,
    })?;
    // As it was written: the order of properties is that of a layout that is generated.
    Ok(immutable(&headers, serde_json::to_vec(&form).map_err(|_| ProblemCode::Internal)?))
}
