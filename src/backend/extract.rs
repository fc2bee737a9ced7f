//! What routes take in: JSON bodies, the signed-in clerk; and what they give out.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::App;
use super::auth::{self, SignedIn};
use super::problem::{Answer, Fault, field_error};
use crate::api::wire::ProblemCode;
use crate::api::{digest, packing};

/// A JSON body: its bytes, whole and of the digest that came with them.
pub(super) struct Body(pub Bytes);

impl FromRequest<Arc<App>> for Body {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &Arc<App>) -> Result<Self, Fault> {
        let headers = request.headers();
        let json = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
        if !json {
            return Err(ProblemCode::UnsupportedMediaType.into());
        }
        let claimed: Vec<HeaderValue> = headers.get_all("content-digest").iter().cloned().collect();
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
            Fault::new(if too_large { ProblemCode::TooLarge } else { ProblemCode::Malformed })
        })?;
        if claimed.iter().any(|value| value.to_str().is_ok_and(|value| !digest::field_agrees(value, &bytes))) {
            return Err(ProblemCode::DigestMismatch.into());
        }
        Ok(Self(bytes))
    }
}

impl Body {
    /// The body as a type. What is wrong is told by line and column only: the content may be personal.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Answer<T> {
        serde_json::from_slice(&self.0).map_err(|error| {
            if error.is_data() {
                let args = [("line", error.line().into()), ("column", error.column().into())];
                Fault::invalid(vec![field_error(String::new(), "shape", &args)])
            } else {
                Fault::new(ProblemCode::Malformed)
            }
        })
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(ProblemCode::Unauthorised)?;
        let signed_in = auth::authenticate(app, token).await?;
        app.look_for_editions().await;
        Ok(signed_in)
    }
}

/// Path parameters; a path that does not fit names nothing.
pub(super) struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for At<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        if has_nul(parts.uri.path()) {
            return Err(ProblemCode::NotFound.into());
        }
        let Path(value) = Path::from_request_parts(parts, app).await.map_err(|_| ProblemCode::NotFound)?;
        Ok(Self(value))
    }
}

/// Whether a part of an address has the character that no text in PostgreSQL can have.
fn has_nul(encoded: &str) -> bool {
    encoded.contains("%00")
}

/// Query parameters.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        if parts.uri.query().is_some_and(has_nul) {
            return Err(ProblemCode::Malformed.into());
        }
        let Query(value) = Query::from_request_parts(parts, app).await.map_err(|_| ProblemCode::Malformed)?;
        Ok(Self(value))
    }
}

/// A JSON answer.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Answer {
    let bytes = serde_json::to_vec(body).map_err(|_| ProblemCode::Internal)?;
    Ok(json_bytes(status, bytes))
}

/// A JSON answer made before.
pub(super) fn json_bytes(status: StatusCode, bytes: impl Into<Bytes>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes.into()).into_response()
}

/// The version that the caller saw (`If-Match`), before something is done to it.
pub(super) struct Precondition(Option<Vec<String>>);

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let tags = parts.headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok());
        let tags: Vec<String> = tags.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned()).collect();
        Ok(Self((!tags.is_empty()).then_some(tags)))
    }
}

impl Precondition {
    /// Whether the caller saw this version.
    pub(super) fn check(&self, version: u64) -> Answer<()> {
        let Some(tags) = &self.0 else { return Err(ProblemCode::PreconditionRequired.into()) };
        let current = version_tag(version);
        if tags.iter().any(|tag| tag == "*" || *tag == current) {
            Ok(())
        } else {
            Err(ProblemCode::PreconditionFailed.into())
        }
    }
}

/// The entity tag of a version.
pub(super) fn version_tag(version: u64) -> String {
    format!("\"{version}\"")
}

/// Whether the caller's copy is the one with this entity tag.
pub(super) fn unchanged(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag || tag == packed_tag(etag))
}

/// The tag of the same content packed: other bytes, so another tag.
fn packed_tag(etag: &str) -> String {
    format!("{}-gz\"", etag.trim_end_matches('"'))
}

/// A JSON answer with its entity tag and the digest of the bytes sent (RFC 9530), packed for callers that take it so.
pub(super) fn document(headers: &HeaderMap, bytes: Vec<u8>, etag: &str) -> Response {
    let small = packed(headers, &bytes);
    let digest = digest::field(small.as_deref().unwrap_or(&bytes));
    let mut response = match small {
        Some(small) => tagged(gzipped(json_bytes(StatusCode::OK, small)), &packed_tag(etag)),
        None => tagged(json_bytes(StatusCode::OK, bytes), etag),
    };
    if let Ok(value) = digest.parse() {
        response.headers_mut().insert("repr-digest", value);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn packed(headers: &HeaderMap, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut fields = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    if fields.any(packing::accepts) { packing::pack(bytes) } else { None }
}

fn gzipped(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(packing::GZIP));
    response
}

/// The answer with its entity tag, to be asked for again each time.
pub(super) fn tagged(mut response: Response, etag: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(value) = etag.parse() {
        headers.insert(header::ETAG, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// `304 Not Modified`.
pub(super) fn not_modified(etag: &str) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), etag)
}

/// An immutable document, as [`document`].
pub(super) fn immutable(headers: &HeaderMap, bytes: Vec<u8>) -> Response {
    let etag = format!("\"{}\"", digest::sha256_hex(&bytes));
    if unchanged(headers, &etag) {
        return lasting(not_modified(&etag));
    }
    lasting(document(headers, bytes, &etag))
}

fn lasting(mut response: Response) -> Response {
    let value = HeaderValue::from_static("private, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}
