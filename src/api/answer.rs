//! What an HTTP answer means: the backend's word, a gateway's, or a captive portal's.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde::de::DeserializeOwned;

use super::digest;
use super::error::ApiError;
use super::problem::Problem;

/// What came back, before anybody judged it.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The body as it came, when it came packed.
    pub packed: Option<Vec<u8>>,
}

impl Answer {
    pub(super) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether a digest field does not contradict the answer. It speaks of the bytes that were sent; a proxy that packed them may have left
    /// that of the bytes before.
    pub(super) fn is_of_digest(&self, field: &str) -> bool {
        digest::field_agrees(field, &self.body)
            || self.packed.as_ref().is_some_and(|packed| digest::field_agrees(field, packed))
    }

    /// The body of the wanted status; a body that is not ours is a captive portal's.
    pub(super) fn expect<T: DeserializeOwned>(self, wanted: StatusCode) -> Result<T, ApiError> {
        if self.status != wanted {
            return Err(self.into_error());
        }
        if !self.is_json() {
            return Err(ApiError::CaptivePortal);
        }
        serde_json::from_slice(&self.body).map_err(|_| ApiError::CaptivePortal)
    }

    fn is_json(&self) -> bool {
        self.header(&header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("application/json") || kind.starts_with("application/problem+json"))
    }

    /// What the answer means for the caller.
    pub(super) fn into_error(self) -> ApiError {
        let problem: Option<Box<Problem>> =
            if self.is_json() { serde_json::from_slice(&self.body).ok().map(Box::new) } else { None };
        let after =
            self.header(&header::RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        match (self.status.as_u16(), problem) {
            // A gateway in between may say these in its own words.
            (408 | 425 | 429 | 500 | 502..=504, problem) => ApiError::Retry { after, problem },
            (_, None) => ApiError::CaptivePortal,
            (401, problem) => ApiError::Unauthorised(problem),
            (_, Some(problem)) if problem.retryable => ApiError::Retry { after, problem: Some(problem) },
            (_, Some(problem)) => ApiError::Refused(problem),
        }
    }
}

/// The chain of causes without the URL, which may hold numbers of a case.
pub(super) fn offline(error: &reqwest::Error) -> ApiError {
    let mut reason = if error.is_timeout() { "timed out" } else { "no connection" }.to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        reason.push_str(": ");
        reason.push_str(&cause.to_string());
        source = cause.source();
    }
    ApiError::Offline(reason)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn answers_are_sorted_by_what_to_do() {
        let answer = |status: u16, kind: &'static str, body: &str| {
            Answer {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::from_iter([
                    (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                    (header::RETRY_AFTER, HeaderValue::from_static("7")),
                ]),
                body: body.as_bytes().to_vec(),
                packed: None,
            }
            .into_error()
        };
        let ours = r#"{"type":"x","title":"t","status":409,"code":"content-conflict"}"#;
        let problem = "application/problem+json";
        assert!(answer(409, problem, ours).is_final());
        assert!(matches!(answer(401, problem, ours), ApiError::Unauthorised(Some(_))));
        assert_eq!(answer(403, "text/html", "<html>"), ApiError::CaptivePortal);
        assert_eq!(answer(302, "text/html", ""), ApiError::CaptivePortal);
        assert_eq!(answer(401, "text/html", "<html>"), ApiError::CaptivePortal);
        let gateway = answer(502, "text/html", "<html>");
        assert_eq!(gateway, ApiError::Retry { after: Some(Duration::from_secs(7)), problem: None });
        assert!(gateway.is_retryable() && !gateway.is_final());
        assert!(answer(409, problem, &ours.replace('}', r#","retryable":true}"#)).is_retryable());
        assert!(!ApiError::CaptivePortal.is_retryable() && !ApiError::CaptivePortal.is_final());
    }
}
