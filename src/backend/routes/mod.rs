//! The resources. Each route takes in, asks the part that knows, gives out.

mod cases;
mod catalogue;
mod codelists;
mod events;
mod forms;
mod health;
mod items;
mod meta;
mod prefills;
mod receipts;
mod requests;
mod sessions;
mod stations;
mod statistics;
mod uploads;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post, put};

use super::problem::Fault;
use super::{App, language};
use crate::api::wire::ProblemCode;

/// Largest body, in bytes.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Largest catalogue that can be pushed, in bytes.
const CATALOGUE_LIMIT: usize = 64 * 1024 * 1024;

/// How long one request may take, its body's arrival included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);

/// One upload. A part of it takes the time it takes; only silence ends it.
const UPLOAD: &str = "/v1/uploads/{id}";

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
    Router::new()
        .merge(uploads)
        .route("/v1/meta", get(meta::show))
        .route("/v1/sessions", post(sessions::sign_in).delete(sessions::sign_out))
        .route("/v1/sessions/refresh", post(sessions::refresh))
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
        .fallback(async || Fault::new(ProblemCode::NotFound))
        .method_not_allowed_fallback(async || Fault::new(ProblemCode::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(around))
        .with_state(app)
}

/// Around every request: its language, its time limit, one line of log without personal data.
async fn around(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let wanted =
        request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let response = language::scope(wanted.as_deref(), async {
        if route == UPLOAD {
            return next.run(request).await;
        }
        tokio::time::timeout(REQUEST_TIMEOUT, next.run(request))
            .await
            .unwrap_or_else(|_| Fault::new(ProblemCode::Timeout).into_response())
    })
    .await;
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status = response.status().as_u16(), milliseconds, "request");
    response
}
