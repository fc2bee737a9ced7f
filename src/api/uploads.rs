//! Uploads by tus 1.0: begun with the digest of the whole, gone on with from wherever the backend stands, each part with its checksum.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{self, HeaderName};
use reqwest::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::client::Client;
use super::error::ApiError;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// What an upload is begun with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadStart<'a> {
    /// SHA-256 of the content, 64 lower-case hex digits.
    pub digest: &'a str,
    /// In bytes.
    pub size: u64,
    /// Name of the file.
    pub name: &'a str,
    /// Media type.
    pub media_type: &'a str,
}

impl Client {
    /// Begins an upload; gives its path. The backend may have the content already: then its offset is the size at once.
    ///
    /// # Errors
    /// [`ApiError::Refused`] for what is too large or of a kind that is not taken.
    pub async fn begin_upload(&self, start: UploadStart<'_>) -> Result<String, ApiError> {
        let pair = |key: &str, value: &str| format!("{key} {}", STANDARD.encode(value));
        let metadata =
            [pair("sha256", start.digest), pair("filename", start.name), pair("filetype", start.media_type)].join(",");
        let headers = [(RESUMABLE, version()), (LENGTH, start.size.to_string()), (METADATA, metadata)];
        let answer = self.call(Method::POST, self.url("v1/uploads")?, None, &headers).await?;
        if answer.status != StatusCode::CREATED {
            return Err(answer.into_error());
        }
        let place = answer.header(header::LOCATION).ok_or(ApiError::CaptivePortal)?;
        // A place on another host would be given the citizen's papers.
        self.url(place)?;
        Ok(place.to_owned())
    }

    /// How much of an upload the backend has; `None`: it knows nothing of it any more.
    ///
    /// # Errors
    /// As every call.
    pub async fn upload_offset(&self, place: &str) -> Result<Option<u64>, ApiError> {
        let answer = self.call(Method::HEAD, self.url(place)?, None, &[(RESUMABLE, version())]).await?;
        match (answer.status, is_tus(&answer)) {
            (StatusCode::OK | StatusCode::NO_CONTENT, true) => offset(&answer).map(Some),
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => Ok(None),
            (StatusCode::OK | StatusCode::NO_CONTENT, false) => Err(ApiError::CaptivePortal),
            // An answer to HEAD cannot explain itself.
            (status, true) if status.is_server_error() => {
                Err(ApiError::Retry { status: Some(status.as_u16()), after: None, problem: None })
            }
            _ => Err(answer.into_error()),
        }
    }

    /// Sends the bytes that come at an offset; gives the next offset.
    ///
    /// # Errors
    /// As every call; [`ApiError::Retry`] also when the backend stands elsewhere than at this offset.
    pub async fn upload_part(&self, place: &str, at: u64, bytes: Vec<u8>) -> Result<u64, ApiError> {
        let checksum = format!("sha256 {}", STANDARD.encode(Sha256::digest(&bytes)));
        let headers = [
            (RESUMABLE, version()),
            (OFFSET, at.to_string()),
            (CHECKSUM, checksum),
            (header::CONTENT_TYPE, "application/offset+octet-stream".to_owned()),
        ];
        let answer = self.call(Method::PATCH, self.url(place)?, Some(bytes), &headers).await?;
        if answer.status == StatusCode::NO_CONTENT && is_tus(&answer) {
            offset(&answer)
        } else {
            Err(answer.into_error())
        }
    }
}

fn version() -> String {
    "1.0.0".to_owned()
}

fn is_tus(answer: &Answer) -> bool {
    answer.header(RESUMABLE).is_some()
}

fn offset(answer: &Answer) -> Result<u64, ApiError> {
    answer.header(OFFSET).and_then(|offset| offset.parse().ok()).ok_or(ApiError::CaptivePortal)
}
