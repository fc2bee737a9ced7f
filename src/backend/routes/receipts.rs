//! `/v1/receipts/{request_no}`

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::App;
use super::cases::may_see;
use crate::api::wire::{Accepted, ProblemCode, SignedReceipt};
use crate::backend::auth::SignedIn;
use crate::backend::extract::{At, json};
use crate::backend::problem::Answer;

pub(super) async fn show(State(app): State<Arc<App>>, signed_in: SignedIn, At(request_no): At<String>) -> Answer {
    let row = app.store.request_by_number(&request_no).await?.filter(|row| may_see(&signed_in.clerk, &row.site));
    let answer = row.ok_or(ProblemCode::NotFound)?.answer;
    let accepted: Accepted = serde_json::from_str(&answer).map_err(|_| ProblemCode::Internal)?;
    let signature = app.signer.sign(&accepted.receipt).ok_or(ProblemCode::Internal)?;
    json(StatusCode::OK, &SignedReceipt { receipt: accepted.receipt, signature })
}
