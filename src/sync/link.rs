//! The real way to the backend: the API's client, in the planner's words.

use std::sync::Arc;

use uuid::Uuid;

use crate::api::wire::Problem;
use crate::api::{ApiError, Client};
use crate::domain::receipt::Receipt;
use crate::vault::{FieldFault, Reason};

use super::{ProbeError, SendError, Transport};

impl Transport for Arc<Client> {
    async fn put_request(&self, id: Uuid, document: &[u8]) -> Result<Receipt, SendError> {
        self.put_document(id, document.to_vec()).await.map(|outcome| outcome.body.receipt).map_err(SendError::from)
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        match self.meta().await {
            Ok(_) => Ok(()),
            Err(ApiError::CaptivePortal | ApiError::OtherWorld { .. }) => Err(ProbeError::CaptivePortal),
            Err(ApiError::Offline(_) | ApiError::Retry { .. }) => Err(ProbeError::Unreachable),
            // Whatever it objects to, it is there, and will say so of each request.
            Err(ApiError::Unauthorised(_) | ApiError::Refused(_) | ApiError::Unsendable(_)) => Ok(()),
        }
    }
}

impl From<ApiError> for SendError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Offline(_) => Self::Unreachable,
            ApiError::CaptivePortal | ApiError::OtherWorld { .. } => Self::CaptivePortal,
            ApiError::Unauthorised(_) => Self::SignIn,
            ApiError::Refused(problem) => Self::Refused(Reason::from(*problem)),
            ApiError::Unsendable(detail) => unsendable(detail),
            ApiError::Retry { after, problem } => {
                let status = problem.as_ref().map(|problem| problem.status);
                let reason = problem.map_or_else(|| Reason::of(Reason::ANSWER_LOST), |problem| Reason::from(*problem));
                match status {
                    Some(429 | 503) => Self::Busy { reason, after },
                    None | Some(500..) => Self::Lost { reason, after },
                    Some(_) => Self::Later { reason, after },
                }
            }
        }
    }
}

fn unsendable(detail: String) -> SendError {
    SendError::Refused(Reason { detail, ..Reason::of(Reason::UNSENDABLE) })
}

impl From<Problem> for Reason {
    fn from(problem: Problem) -> Self {
        let detail = if problem.detail.is_empty() { problem.title } else { problem.detail };
        let fields = problem.errors.into_iter().map(|error| FieldFault {
            pointer: error.pointer,
            keyword: error.keyword,
            code: error.code,
            message: error.message,
        });
        Self {
            code: problem.code.name().to_owned(),
            status: Some(problem.status),
            detail,
            fields: fields.collect(),
            successor: problem.successor,
            case_no: problem.case_no,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn problem(status: u16, code: &str) -> Box<Problem> {
        Box::new(serde_json::from_value(json!({"title": "标题", "status": status, "code": code})).unwrap())
    }

    #[test]
    fn every_answer_has_its_consequence() {
        let after = Some(Duration::from_secs(7));
        let retry = |status, code| SendError::from(ApiError::Retry { after, problem: Some(problem(status, code)) });
        assert!(matches!(retry(503, "unavailable"), SendError::Busy { after: Some(_), .. }));
        assert!(matches!(retry(429, "locked-out"), SendError::Busy { .. }));
        assert!(matches!(retry(500, "internal"), SendError::Lost { .. }));
        assert!(matches!(retry(504, "other"), SendError::Lost { .. }));
        assert!(matches!(retry(408, "timeout"), SendError::Later { .. }));
        assert!(matches!(retry(400, "digest-mismatch"), SendError::Later { .. }));
        assert!(matches!(ApiError::Retry { after, problem: None }.into(), SendError::Lost { .. }));
        assert_eq!(SendError::from(ApiError::Offline("cut off".to_owned())), SendError::Unreachable);
        assert_eq!(SendError::from(ApiError::CaptivePortal), SendError::CaptivePortal);
        assert_eq!(SendError::from(ApiError::OtherWorld { backend_practice: true }), SendError::CaptivePortal);
        assert_eq!(SendError::from(ApiError::Unauthorised(None)), SendError::SignIn);
    }

    #[test]
    fn a_refusal_keeps_what_the_clerk_needs() {
        let problem: Problem = serde_json::from_value(json!({
            "title": "内容不符合要求", "status": 422, "code": "invalid", "detail": "有 1 处需要修改",
            "errors": [{"pointer": "/items/0/answers/age", "keyword": "minimum", "code": "too-small", "message": "年龄未满80周岁"}],
        }))
        .unwrap();
        let SendError::Refused(reason) = SendError::from(ApiError::Refused(Box::new(problem))) else { panic!() };
        assert_eq!(
            (reason.code.as_str(), reason.status, reason.detail.as_str()),
            ("invalid", Some(422), "有 1 处需要修改")
        );
        assert_eq!(reason.fields.first().map(|field| field.pointer.as_str()), Some("/items/0/answers/age"));
    }
}
