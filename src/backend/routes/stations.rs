//! `/v1/stations/{id}/manifest`: what still sits at a desk, so that somebody notices when it does not come. Never content.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::App;
use crate::api::wire::{Manifest, ManifestEntry, ManifestReport, ProblemCode};
use crate::backend::auth::SignedIn;
use crate::backend::extract::{At, Body, json};
use crate::backend::problem::{Answer, Fault, field_error};
use crate::backend::store::ManifestRow;

/// Longest name of a desk.
const LONGEST_ID: usize = 64;

pub(super) async fn report(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(id): At<String>,
    body: Body,
) -> Answer<StatusCode> {
    if !signed_in.clerk.role.takes_applications() {
        return Err(ProblemCode::RoleForbids.into());
    }
    let manifest: Manifest = body.parse()?;
    if !is_name(&id) {
        return Err(ProblemCode::NotFound.into());
    }
    let errors: Vec<_> = manifest
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| !is_digest(entry))
        .map(|(index, _)| field_error(format!("/entries/{index}/digest"), "digest", &[]))
        .collect();
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    let content = serde_json::to_string(&manifest.entries).map_err(|_| ProblemCode::Internal)?;
    let row = ManifestRow { reported_at: app.now(), clerk: signed_in.clerk.name, content };
    app.store.put_manifest(&signed_in.clerk.site.id, &id, &row).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn show(State(app): State<Arc<App>>, signed_in: SignedIn, At(id): At<String>) -> Answer {
    if !is_name(&id) {
        return Err(ProblemCode::NotFound.into());
    }
    let row = app.store.manifest(&signed_in.clerk.site.id, &id).await?.ok_or(ProblemCode::NotFound)?;
    let entries: Vec<ManifestEntry> = serde_json::from_str(&row.content).map_err(|_| ProblemCode::Internal)?;
    json(StatusCode::OK, &ManifestReport { reported_at: row.reported_at, clerk: row.clerk, entries })
}

/// Letters, digits, `.`, `_` and `-`.
fn is_name(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(fits)
}

/// SHA-256 in 64 lower-case hex digits.
fn is_digest(entry: &ManifestEntry) -> bool {
    entry.digest.len() == 64 && entry.digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
