//! `/v1/meta`

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::cases::PAGE_LIMIT;
use super::{App, BODY_LIMIT};
use crate::api::wire::{DIALECT, Limits, Meta};
use crate::backend::extract::json;
use crate::backend::problem::Answer;

/// Least client that understands what this backend serves.
const MIN_CLIENT: &str = "0.1.0";

pub(super) async fn show(State(app): State<Arc<App>>) -> Answer {
    let meta = Meta {
        server_time: app.now(),
        practice: app.practice,
        min_client: MIN_CLIENT.to_owned(),
        dialect: DIALECT.to_owned(),
        receipt_key: Some(app.signer.public()),
        limits: Limits { body_bytes: BODY_LIMIT as u64, page_size: PAGE_LIMIT, upload_bytes: app.limits.upload_bytes },
    };
    json(StatusCode::OK, &meta)
}
