//! The resources. Each route takes in, asks the part that knows, gives out.

mod cases;
mod catalogue;
mod codelists;
mod events;
mod forms;
mod health;
mod items;
mod meta;
mod metrics;
mod prefills;
mod receipts;
mod requests;
mod sessions;
mod stations;
mod statistics;
mod uploads;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, head, post, put};

use super::App;
use super::around::{UPLOAD, around};
use super::problem::Fault;
use crate::api::wire::ProblemCode;
pub(super) use metrics::CasesCounted;

/// Largest body, in bytes.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Largest catalogue that can be pushed, in bytes.
const CATALOGUE_LIMIT: usize = 64 * 1024 * 1024;

/// Largest body of a request that needs no token, in bytes.
const STRANGERS_LIMIT: usize = 16 * 1024;

/// Every resource.
pub(super) fn router(app: Arc<App>) -> Router {
    let uploads = Router::new()
        .route("/v1/uploads", post(uploads::create).options(uploads::abilities))
        .route(
            UPLOAD,
            head(uploads::offset)
                .patch(uploads::receive)
                .delete(uploads::terminate)
                .post(uploads::overridden)
                .options(uploads::abilities),
        )
        .layer(middleware::from_fn(uploads::speak_tus));
    let sessions = Router::new()
        .route("/v1/sessions", post(sessions::sign_in).delete(sessions::sign_out))
        .route("/v1/sessions/refresh", post(sessions::refresh))
        .layer(DefaultBodyLimit::max(STRANGERS_LIMIT));
    Router::new()
        .merge(uploads)
        .merge(sessions)
        .route("/v1/meta", get(meta::show))
        .route("/v1/catalogue", get(catalogue::page).put(catalogue::push).layer(DefaultBodyLimit::max(CATALOGUE_LIMIT)))
        .route("/v1/items/{code}", get(items::show))
        .route("/v1/bundles/{code}", get(items::bundle))
        .route("/v1/forms/{id}/versions/{version}", get(forms::show))
        .route("/v1/codelists/{id}/versions/{version}", get(codelists::show))
        .route("/v1/requests/{id}", put(requests::keep).get(requests::show))
        .route("/v1/requests:validate", post(requests::validate))
        .route("/v1/cases", get(cases::list))
        .route("/v1/cases/{case_no}", get(cases::show))
        .route("/v1/cases/{case_no}/events", get(events::list))
        .route("/v1/cases/{case_no}/actions/{action}", post(cases::act))
        .route("/v1/receipts/{request_no}", get(receipts::show))
        .route("/v1/prefills", post(prefills::keep))
        .route("/v1/prefills/{code}", get(prefills::fetch))
        .route("/v1/stations/{id}/manifest", put(stations::report).get(stations::show))
        .route("/v1/statistics", get(statistics::show))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::show))
        .fallback(async || Fault::new(ProblemCode::NotFound))
        .method_not_allowed_fallback(async || Fault::new(ProblemCode::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), around))
        .with_state(app)
}
