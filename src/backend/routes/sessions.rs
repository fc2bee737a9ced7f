//! `/v1/sessions`

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

use super::App;
use crate::api::wire::{ProblemCode, Refresh, SignIn};
use crate::backend::around::Caller;
use crate::backend::auth::{self, SignedIn};
use crate::backend::extract::{Body, json};
use crate::backend::problem::Answer;

pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    body: Body,
) -> Answer {
    app.pace.sign_in(caller)?;
    let SignIn { name, password } = body.parse()?;
    // No clerk's name has it, and PostgreSQL could not look for it.
    if name.contains('\0') {
        return Err(ProblemCode::WrongPassword.into());
    }
    json(StatusCode::CREATED, &auth::sign_in(&app, &name, password).await?)
}

pub(super) async fn refresh(State(app): State<Arc<App>>, body: Body) -> Answer {
    let Refresh { refresh_token } = body.parse()?;
    json(StatusCode::OK, &auth::refresh(&app, &refresh_token).await?)
}

pub(super) async fn sign_out(State(app): State<Arc<App>>, signed_in: SignedIn) -> Answer<StatusCode> {
    auth::sign_out(&app, &signed_in).await?;
    Ok(StatusCode::NO_CONTENT)
}
