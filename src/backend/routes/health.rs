//! `/health/live`, `/health/ready`

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::App;
use crate::backend::extract;
use crate::backend::problem::Answer;

pub(super) async fn live() -> Answer {
    extract::json(StatusCode::OK, &json!({"status": "live"}))
}

pub(super) async fn ready(State(app): State<Arc<App>>) -> Answer {
    app.store.ping().await?;
    app.uploads.ping().await?;
    extract::json(StatusCode::OK, &json!({"status": "ready"}))
}
