//! What goes wrong, as `application/problem+json` (RFC 9457) in the caller's language.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::language::say;
use super::store::StoreError;
use crate::api::wire::{FieldError, Problem, ProblemCode};
use crate::domain::procedure::CaseAction;
use crate::locale::Arg;

/// Result of a route.
pub(super) type Answer<T = Response> = Result<T, Fault>;

/// What went wrong. Becomes a [`Problem`] inside the request's language scope.
#[derive(Debug)]
pub(super) struct Fault {
    pub code: ProblemCode,
    pub errors: Vec<FieldError>,
    pub successor: Option<String>,
    pub case_no: Option<String>,
    /// What is legal instead.
    pub actions: Vec<CaseAction>,
    /// In seconds.
    pub retry_after: Option<u64>,
}

impl Fault {
    pub(super) const fn new(code: ProblemCode) -> Self {
        Self { code, errors: Vec::new(), successor: None, case_no: None, actions: Vec::new(), retry_after: None }
    }

    /// The item or bundle is no longer offered; `successor` is the code of what takes its place.
    pub(super) fn withdrawn(successor: Option<&str>) -> Self {
        Self { successor: successor.map(str::to_owned), ..Self::new(ProblemCode::ItemWithdrawn) }
    }

    pub(super) fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(ProblemCode::Invalid) }
    }

    /// The body, in the language of the request under way.
    pub(super) fn problem(self) -> Problem {
        let name = self.code.name();
        Problem {
            kind: format!("urn:onewindow:problem:{name}"),
            title: say(&format!("backend-problem-{name}"), &[]),
            status: self.code.status(),
            detail: say(&format!("backend-advice-{name}"), &[]),
            instance: self.case_no.as_ref().map(|case_no| format!("/v1/cases/{case_no}")),
            code: self.code,
            errors: self.errors,
            retryable: self.code.retryable(),
            successor: self.successor,
            case_no: self.case_no,
            actions: self.actions,
        }
    }
}

impl From<ProblemCode> for Fault {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "database");
        match error {
            StoreError::Corrupt(_) | StoreError::OtherWorld { .. } | StoreError::Migration(_) => {
                Self::new(ProblemCode::Internal)
            }
            StoreError::Database(_) => Self { retry_after: Some(1), ..Self::new(ProblemCode::Unavailable) },
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after;
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(link) = problem.instance.and_then(|path| format!("<{path}>; rel=\"related\"").parse().ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// A field error with one of the backend's own sentences, `backend-field-<rule>`.
pub(super) fn field_error(pointer: String, rule: &'static str, args: &[(&str, Arg<'_>)]) -> FieldError {
    FieldError {
        pointer,
        keyword: rule.to_owned(),
        code: format!("backend-{rule}"),
        message: say(&format!("backend-field-{rule}"), args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::language::locale;

    #[test]
    fn every_problem_says_what_it_is_and_the_way_out() {
        for code in ProblemCode::ALL {
            let name = code.name();
            assert!(locale().has(&format!("backend-problem-{name}")), "{name}");
            assert!(locale().has(&format!("backend-advice-{name}")), "{name}");
        }
    }

    #[test]
    fn an_open_case_is_linked() {
        let fault = Fault { case_no: Some("LX1-01".into()), ..Fault::new(ProblemCode::DuplicateCase) };
        let response = fault.into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.headers()[header::LINK], "</v1/cases/LX1-01>; rel=\"related\"");
    }
}
