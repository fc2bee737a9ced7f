//! `/v1/uploads` and `/v1/uploads/{id}`: tus 1.0.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::App;
use crate::api::wire::ProblemCode;
use crate::backend::auth::SignedIn;
use crate::backend::extract::At;
use crate::backend::problem::{Answer, Fault};
use crate::backend::store::{UploadRow, UploadState};
use crate::backend::uploads;
use crate::backend::uploads::tus::{self, Checksum, Metadata};

const CONTENT: &str = "application/offset+octet-stream";

/// Around every upload route: the version of the protocol, asked and told.
pub(super) async fn speak_tus(request: Request, next: Next) -> Response {
    let version = request.headers().get("tus-resumable");
    let understood = request.method() == Method::OPTIONS || version.is_some_and(|version| version == tus::VERSION);
    let mut response = if understood {
        next.run(request).await
    } else {
        let mut refused = Fault::new(ProblemCode::UnsupportedVersion).into_response();
        refused.headers_mut().insert("tus-version", HeaderValue::from_static(tus::VERSION));
        refused
    };
    response.headers_mut().insert("tus-resumable", HeaderValue::from_static(tus::VERSION));
    response
}

pub(super) async fn abilities(State(app): State<Arc<App>>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert("tus-version", HeaderValue::from_static(tus::VERSION));
    headers.insert("tus-extension", HeaderValue::from_static(tus::EXTENSIONS));
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static(tus::ALGORITHMS));
    headers.insert("tus-max-size", HeaderValue::from(app.limits.upload_bytes));
    response
}

pub(super) async fn create(State(app): State<Arc<App>>, signed_in: SignedIn, headers: HeaderMap) -> Answer {
    let length = number(&headers, "upload-length")?.ok_or(ProblemCode::Malformed)?;
    let field = text(&headers, "upload-metadata")?.unwrap_or_default();
    let metadata = Metadata::parse(field).map_err(|_| ProblemCode::Malformed)?;
    let upload = uploads::create(&app, &signed_in.clerk, length, field, metadata).await?;
    let mut response = progress(StatusCode::CREATED, &upload);
    if let Ok(location) = format!("/v1/uploads/{}", upload.id).parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) async fn offset(State(app): State<Arc<App>>, signed_in: SignedIn, At(id): At<Uuid>) -> Answer {
    let upload = uploads::find(&app, &signed_in.clerk, id).await?;
    let mut response = progress(StatusCode::OK, &upload);
    let headers = response.headers_mut();
    headers.insert("upload-length", HeaderValue::from(upload.length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(metadata) = upload.metadata.parse().ok().filter(|_| !upload.metadata.is_empty()) {
        headers.insert("upload-metadata", metadata);
    }
    Ok(response)
}

pub(super) async fn receive(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(id): At<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    if text(&headers, "content-type")? != Some(CONTENT) {
        return Err(ProblemCode::UnsupportedMediaType.into());
    }
    let offset = number(&headers, "upload-offset")?.ok_or(ProblemCode::Malformed)?;
    let checksum = text(&headers, "upload-checksum")?.map(Checksum::parse).transpose();
    let checksum = checksum.map_err(|_| ProblemCode::Malformed)?;
    let upload = uploads::find(&app, &signed_in.clerk, id).await?;
    if offset != upload.received {
        return Err(ProblemCode::OffsetConflict.into());
    }
    let sent = number(&headers, "content-length")?.unwrap_or(0);
    if sent > upload.length.saturating_sub(upload.received) {
        return Err(ProblemCode::TooLarge.into());
    }
    // On a task of its own: when the line breaks this one ends with it, and what came is kept all the same.
    let received = tokio::spawn(uploads::receive(app, upload, body, checksum));
    Ok(progress(StatusCode::NO_CONTENT, &received.await.map_err(|_| ProblemCode::Internal)??))
}

pub(super) async fn terminate(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(id): At<Uuid>,
) -> Answer<StatusCode> {
    let upload = uploads::find(&app, &signed_in.clerk, id).await?;
    uploads::terminate(&app, &upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For clients whose network lets only `POST` through: the method is in a field.
pub(super) async fn overridden(
    app: State<Arc<App>>,
    signed_in: SignedIn,
    id: At<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    match text(&headers, "x-http-method-override")? {
        Some("PATCH") => receive(app, signed_in, id, headers, body).await,
        Some("DELETE") => terminate(app, signed_in, id).await.map(IntoResponse::into_response),
        Some("HEAD") => offset(app, signed_in, id).await,
        _ => Err(ProblemCode::MethodNotAllowed.into()),
    }
}

/// How far the upload is, and when it ends unless more comes.
fn progress(status: StatusCode, upload: &UploadRow) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert("upload-offset", HeaderValue::from(upload.received));
    if let (UploadState::Open, Ok(expires)) = (upload.state, tus::http_date(upload.expires_at).parse()) {
        headers.insert("upload-expires", expires);
    }
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Answer<Option<&'a str>> {
    headers.get(name).map(HeaderValue::to_str).transpose().map_err(|_| ProblemCode::Malformed.into())
}

fn number(headers: &HeaderMap, name: &str) -> Answer<Option<u64>> {
    text(headers, name)?.map(str::parse).transpose().map_err(|_| ProblemCode::Malformed.into())
}
