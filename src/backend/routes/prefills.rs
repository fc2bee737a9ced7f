//! `/v1/prefills` and `/v1/prefills/{code}`: what a citizen prepared elsewhere, fetched once by its pick-up code (取件码).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use jiff::SignedDuration;

use super::App;
use crate::api::wire::{Prefill, PrefillCode, ProblemCode};
use crate::backend::auth::SignedIn;
use crate::backend::check;
use crate::backend::extract::{At, Body, json, json_bytes};
use crate::backend::problem::{Answer, Fault};

/// Characters of a pick-up code: none that is mistaken for another when it is read out.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_LENGTH: usize = 8;

/// How long a citizen has time to come.
const VALID: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long the clerk who fetched it may do so again: the answer may have been lost on a bad line.
const GRACE: SignedDuration = SignedDuration::from_mins(10);

pub(super) async fn keep(State(app): State<Arc<App>>, signed_in: SignedIn, body: Body) -> Answer {
    if !signed_in.clerk.role.takes_applications() {
        return Err(ProblemCode::RoleForbids.into());
    }
    let prefill: Prefill = body.parse()?;
    let content = serde_json::to_value(&prefill).map_err(|_| ProblemCode::Internal)?;
    let mut errors = Vec::new();
    check::control_characters(&content, &mut errors);
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    app.catalogue().item(&prefill.item).ok_or(ProblemCode::ItemWithdrawn)?;
    let code = code()?;
    let now = app.now();
    if !app.store.add_prefill(&code, &content.to_string(), now, VALID).await? {
        return Err(ProblemCode::Unavailable.into());
    }
    let valid_until = now.saturating_add(VALID).unwrap_or(now);
    let mut response = json(StatusCode::CREATED, &PrefillCode { code: code.clone(), valid_until })?;
    if let Ok(location) = format!("/v1/prefills/{code}").parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) async fn fetch(State(app): State<Arc<App>>, signed_in: SignedIn, At(code): At<String>) -> Answer {
    let clerk = &signed_in.clerk;
    if !clerk.role.takes_applications() {
        return Err(ProblemCode::RoleForbids.into());
    }
    let now = app.now();
    // As citizens write it: in small letters, with blanks.
    let code: String = code.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let row = app.store.fetch_prefill(&code, &clerk.name, now).await?.ok_or(ProblemCode::NotFound)?;
    let again = row.fetched_by == clerk.name && now.duration_since(row.fetched_at) <= GRACE;
    if again { Ok(json_bytes(StatusCode::OK, row.content)) } else { Err(ProblemCode::PrefillGone.into()) }
}

/// A random pick-up code.
fn code() -> Answer<String> {
    let mut random = [0_u8; CODE_LENGTH];
    getrandom::fill(&mut random).map_err(|_| ProblemCode::Internal)?;
    Ok(random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).map(|c| char::from(*c)).collect())
}
