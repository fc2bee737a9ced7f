//! `/v1/requests/{id}` and `/v1/requests:validate`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::App;
use super::cases::may_see;
use crate::api::wire::{ProblemCode, REPLAYED};
use crate::backend::auth::SignedIn;
use crate::backend::extract::{At, Body, json_bytes};
use crate::backend::problem::Answer;
use crate::backend::requests;

pub(super) async fn keep(State(app): State<Arc<App>>, signed_in: SignedIn, At(id): At<Uuid>, body: Body) -> Answer {
    let kept = requests::keep(&app, &signed_in.clerk, id, &body).await?;
    let status = if kept.replayed { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = json_bytes(status, kept.answer);
    let headers = response.headers_mut();
    if kept.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if let Ok(location) = format!("/v1/requests/{id}").parse() {
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) async fn show(State(app): State<Arc<App>>, signed_in: SignedIn, At(id): At<Uuid>) -> Answer {
    let row = app.store.request(&id.to_string()).await?.filter(|row| may_see(&signed_in.clerk, &row.site));
    Ok(json_bytes(StatusCode::OK, row.ok_or(ProblemCode::NotFound)?.answer))
}

pub(super) async fn validate(State(app): State<Arc<App>>, signed_in: SignedIn, body: Body) -> Answer<StatusCode> {
    requests::validate(&app, &signed_in.clerk, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}
