//! What an HTTP answer means: the backend's word, a gateway's, or a captive portal's.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::digest;
use super::error::ApiError;
use super::problem::{Problem, ProblemCode};

const PROBLEM_JSON: &str = "application/problem+json";

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
            .is_some_and(|kind| kind.starts_with("application/json") || kind.starts_with(PROBLEM_JSON))
    }

    /// What the answer means for the caller.
    ///
    /// The way to the backend may lead over gateways that answer in words of their own. What they say counts by its status:
    ///
    /// | status, without a problem of ours | means |
    /// |---|---|
    /// | 2xx, 3xx | a captive portal: a good answer that is not ours, or a way elsewhere |
    /// | 401, 407, 511 | the same: somebody on the way wants a sign-in of their own. Only the backend itself may end a session |
    /// | 408, 409, 425, 429, 5xx | not final: nobody has judged the content |
    /// | 426 | this program is not served |
    /// | any other 4xx | a refusal of this very content: a body that is too large (413), a word that a filter forbids (403), a path that a gateway does not pass on (404, 405) |
    ///
    /// A wrong server address makes no 404 of a request: `GET /v1/meta` is asked first, and whoever does not answer it is not the backend
    /// ([`Self::whose`]).
    pub(super) fn into_error(self) -> ApiError {
        let problem = self.problem().map(Box::new);
        let (status, after) = (self.status.as_u16(), self.retry_after());
        let later = |problem| ApiError::Retry { status: Some(status), after, problem };
        match (status, problem) {
            // An answer to HEAD has no body: that it would be a problem of ours is all that it can say.
            (401, None) if self.is_problem() => ApiError::Unauthorised(None),
            (401 | 407 | 511, None) => ApiError::CaptivePortal,
            // A conflict that nobody explains is no final word.
            (409, None) => later(None),
            (408 | 425 | 429 | 500..=599, problem) => later(problem),
            (401, problem) => ApiError::Unauthorised(problem),
            (426, problem) => ApiError::TooOld(problem),
            (400..=499, None) => ApiError::Refused(Box::new(Problem::bare(status))),
            (_, None) => ApiError::CaptivePortal,
            (_, Some(problem)) if problem.retryable || problem.code == ProblemCode::InProgress => later(Some(problem)),
            (_, Some(problem)) => ApiError::Refused(problem),
        }
    }

    /// The answer of whoever is asked first of all whether it is the backend; one that refuses in words of its own is not.
    pub(super) fn whose<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        match self.expect(StatusCode::OK) {
            Err(ApiError::Refused(problem)) if problem.code == ProblemCode::Other => Err(ApiError::CaptivePortal),
            answer => answer,
        }
    }

    fn is_problem(&self) -> bool {
        self.header(&header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with(PROBLEM_JSON))
    }

    /// The problem document, if the answer is one: by its type, or by a code of ours. Whatever else it lacks is made good, so that another
    /// server's words for the same thing are understood.
    fn problem(&self) -> Option<Problem> {
        if !self.is_json() {
            return None;
        }
        let mut value: Value = serde_json::from_slice(&self.body).ok()?;
        let members = value.as_object_mut()?;
        if !members.get("code").is_some_and(Value::is_string) {
            if !self.is_problem() {
                return None;
            }
            let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
            let code = kind.rsplit([':', '/', '#']).next().unwrap_or_default().to_owned();
            // Of a conflict nothing more is known than that it is one.
            if code.is_empty() && self.status == StatusCode::CONFLICT {
                return None;
            }
            members.insert("code".to_owned(), code.into());
        }
        members.insert("status".to_owned(), self.status.as_u16().into());
        members.entry("title").or_insert_with(|| "".into());
        serde_json::from_value(value).ok()
    }

    /// `Retry-After`, in seconds or as a date; a date is measured from the answer's own, so that no clock of this machine spoils it.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.header(&header::RETRY_AFTER)?.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let date = |text: &str| DateTimeParser::new().parse_timestamp(text).ok();
        let sent = self.header(&header::DATE).and_then(date).unwrap_or_else(Timestamp::now);
        Some(Duration::try_from(date(value)?.duration_since(sent)).unwrap_or(Duration::ZERO))
    }
}

/// The chain of causes without the URL, which may hold numbers of a case.
pub(super) fn unanswered(error: &reqwest::Error) -> ApiError {
    let how = if error.is_connect() { "no connection" } else { "cut off" };
    let mut reason = if error.is_timeout() { "timed out" } else { how }.to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        reason.push_str(": ");
        reason.push_str(&cause.to_string());
        source = cause.source();
    }
    if error.is_connect() { ApiError::Offline(reason) } else { ApiError::CutOff(reason) }
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
        assert_eq!(answer(302, "text/html", ""), ApiError::CaptivePortal);
        assert_eq!(answer(401, "text/html", "<html>"), ApiError::CaptivePortal);
        let gateway = answer(502, "text/html", "<html>");
        assert_eq!(gateway, ApiError::Retry { status: Some(502), after: Some(Duration::from_secs(7)), problem: None });
        assert!(gateway.is_retryable() && !gateway.is_final());
        assert!(answer(409, problem, &ours.replace('}', r#","retryable":true}"#)).is_retryable());
        assert!(!ApiError::CaptivePortal.is_retryable() && !ApiError::CaptivePortal.is_final());
        // A gateway's own words, by their status.
        for (kind, body) in
            [("text/html", "<html>"), ("application/json", r#"{"error":"blocked"}"#), ("text/plain", "")]
        {
            for status in [400, 403, 404, 405, 410, 413, 414, 415, 422, 431, 451] {
                let refused = answer(status, kind, body);
                assert!(refused.is_final(), "{status}");
                assert_eq!(
                    refused.problem().map(|problem| (problem.status, problem.code)),
                    Some((status, ProblemCode::Other))
                );
            }
            for status in [200, 204, 302, 307, 401, 407, 511] {
                assert_eq!(answer(status, kind, body), ApiError::CaptivePortal, "{status}");
            }
            for status in [408, 409, 425, 429, 500, 501, 502, 503, 504, 520] {
                assert!(
                    matches!(answer(status, kind, body), ApiError::Retry { status: Some(told), .. } if told == status)
                );
            }
            assert_eq!(answer(426, kind, body), ApiError::TooOld(None));
        }
        assert_eq!(answer(401, problem, ""), ApiError::Unauthorised(None), "to HEAD the backend says no more");
        assert!(matches!(answer(426, problem, r#"{"code":"client-too-old"}"#), ApiError::TooOld(Some(_))));
        assert!(answer(423, problem, r#"{"title":"claimed"}"#).is_final());
    }

    #[test]
    fn a_conflict_is_final_only_when_it_says_what_it_is() {
        let conflict = |kind: &'static str, body: &str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
            Answer { status: StatusCode::CONFLICT, headers, body: body.as_bytes().to_vec(), packed: None }.into_error()
        };
        let problem = "application/problem+json";
        assert!(conflict(problem, r#"{"type":"urn:onewindow:problem:in-progress","title":"t"}"#).is_retryable());
        assert!(conflict(problem, r#"{"type":"https://a.example/problems/content-conflict"}"#).is_final());
        assert!(conflict("application/json", r#"{"code":"duplicate-case"}"#).is_final());
        for bare in ["", "{}", "<html>"] {
            assert!(conflict(problem, bare).is_retryable() && conflict("text/html", bare).is_retryable(), "{bare}");
        }
    }

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let after = |value: &str| {
            Answer {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headers: HeaderMap::from_iter([
                    (header::RETRY_AFTER, HeaderValue::from_str(value).unwrap()),
                    (header::DATE, HeaderValue::from_static("Mon, 23 Nov 2026 02:30:00 GMT")),
                ]),
                body: Vec::new(),
                packed: None,
            }
            .retry_after()
        };
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        assert_eq!(after("Mon, 23 Nov 2026 02:31:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(after("Mon, 23 Nov 2026 02:29:00 GMT"), Some(Duration::ZERO), "it is over");
        assert_eq!(after("99999999999999999999999"), Some(Duration::from_secs(u64::MAX)));
        assert_eq!((after("soon"), after("-1"), after("")), (None, None, None));
    }
}
