//! The real way to the backend: the API's client, in the planner's words.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::api::wire::{Accepted, Manifest, ManifestEntry, ManifestState, Problem, ProblemCode};
use crate::api::{ApiError, Client, UploadStart};
use crate::vault::{Acceptance, Attachment, FieldFault, Left, OutboxState, Reason, RefusedItem};

use super::{ProbeError, SendError, Transport};

impl Transport for Arc<Client> {
    async fn put_request(&self, id: Uuid, document: &[u8]) -> Result<Acceptance, SendError> {
        Ok(self.put_document(id, document.to_vec()).await?.body.into())
    }

    async fn begin_upload(&self, file: &Attachment) -> Result<String, SendError> {
        let start =
            UploadStart { digest: &file.digest, size: file.size, name: &file.name, media_type: &file.media_type };
        Ok(Client::begin_upload(self, start).await?)
    }

    async fn upload_offset(&self, place: &str) -> Result<Option<u64>, SendError> {
        Ok(Client::upload_offset(self, place).await?)
    }

    async fn upload_part(&self, place: &str, at: u64, bytes: Vec<u8>) -> Result<u64, SendError> {
        Ok(Client::upload_part(self, place, at, bytes).await?)
    }

    async fn report(&self, left: &[Left]) {
        let now = Timestamp::now();
        let entries = left.iter().filter_map(|one| {
            let state = match one.state {
                OutboxState::Queued => ManifestState::Queued,
                OutboxState::Sending => ManifestState::Sending,
                OutboxState::Refused => ManifestState::Refused,
                OutboxState::Accepted | OutboxState::Withdrawn => return None,
            };
            let age = now.duration_since(one.submitted_at).as_secs().max(0).unsigned_abs();
            Some(ManifestEntry { id: one.id, digest: one.digest.clone(), age_seconds: age, state })
        });
        // A backend that does not want to know, or a line that broke: the next report says the same.
        let _ = self.put_manifest(&Manifest { entries: entries.collect() }).await;
    }

    async fn probe(&self) -> Result<Option<Timestamp>, ProbeError> {
        match self.meta().await {
            Ok(meta) if is_older(env!("CARGO_PKG_VERSION"), &meta.min_client) => Err(ProbeError::TooOld),
            Ok(meta) => Ok(Some(meta.server_time)),
            Err(ApiError::CaptivePortal | ApiError::OtherWorld { .. }) => Err(ProbeError::CaptivePortal),
            Err(ApiError::Offline(_) | ApiError::CutOff(_) | ApiError::Retry { .. }) => Err(ProbeError::Unreachable),
            Err(ApiError::TooOld(_)) => Err(ProbeError::TooOld),
            // Whatever it objects to, it is there, and will say so of each request.
            Err(ApiError::Unauthorised(_) | ApiError::Refused(_) | ApiError::Unsendable(_)) => Ok(None),
        }
    }
}

/// Whether a version comes before another. What is no number counts as 0.
fn is_older(version: &str, least: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let release = text.split(['-', '+']).next().unwrap_or_default();
        release.split('.').map(|part| part.trim().parse().unwrap_or_default()).collect()
    };
    numbers(version) < numbers(least)
}

impl From<ApiError> for SendError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Offline(_) => Self::Unreachable,
            ApiError::CutOff(_) => Self::CutOff,
            ApiError::CaptivePortal | ApiError::OtherWorld { .. } => Self::CaptivePortal,
            ApiError::Unauthorised(_) => Self::SignIn,
            ApiError::TooOld(_) => Self::TooOld,
            ApiError::Refused(problem) if problem.is_bare() => {
                Self::Refused(Reason { code: Reason::GATEWAY.to_owned(), ..Reason::from(*problem) })
            }
            ApiError::Refused(problem) => Self::Refused(Reason::from(*problem)),
            ApiError::Unsendable(detail) => unsendable(detail),
            ApiError::Retry { status, after, problem } => {
                let reason = problem.map_or_else(|| unexplained(status), |problem| Reason::from(*problem));
                match status {
                    // Turned away at the door: it was not taken, whoever says so.
                    Some(429) => Self::Busy { reason, after, in_doubt: false },
                    // Refused before it was read, or while it was written: nobody can tell from here.
                    Some(503) => Self::Busy { reason, after, in_doubt: true },
                    None | Some(500..) => Self::Lost { reason, after },
                    Some(status) => Self::Later { reason, after, in_doubt: matches!(status, 408 | 409) },
                }
            }
        }
    }
}

/// Why a request waits when a gateway gave only a status.
fn unexplained(status: Option<u16>) -> Reason {
    let code = match status {
        Some(408) => ProblemCode::Timeout.name(),
        Some(409) => ProblemCode::InProgress.name(),
        Some(425) => ProblemCode::Other.name(),
        Some(429) => ProblemCode::RateLimited.name(),
        Some(503) => ProblemCode::Unavailable.name(),
        _ => Reason::ANSWER_LOST,
    };
    Reason { status, ..Reason::of(code) }
}

fn unsendable(detail: String) -> SendError {
    SendError::Refused(Reason { detail, ..Reason::of(Reason::UNSENDABLE) })
}

impl From<Accepted> for Acceptance {
    fn from(accepted: Accepted) -> Self {
        let refused = accepted.refused.into_iter().map(|item| RefusedItem {
            item_name: if item.item_name.is_empty() { item.item_code.clone() } else { item.item_name },
            item_code: item.item_code,
            reason: Reason::from(item.problem),
            reopened_as: None,
        });
        Self { receipt: accepted.receipt, refused: refused.collect() }
    }
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
            items: Vec::new(),
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
        let retry = |status, code| {
            SendError::from(ApiError::Retry { status: Some(status), after, problem: Some(problem(status, code)) })
        };
        assert!(matches!(retry(503, "unavailable"), SendError::Busy { after: Some(_), in_doubt: true, .. }));
        assert!(matches!(retry(429, "locked-out"), SendError::Busy { in_doubt: false, .. }));
        assert!(matches!(retry(500, "internal"), SendError::Lost { .. }));
        assert!(matches!(retry(504, "other"), SendError::Lost { .. }));
        assert!(matches!(retry(408, "timeout"), SendError::Later { in_doubt: true, .. }));
        assert!(matches!(retry(409, "in-progress"), SendError::Later { in_doubt: true, .. }));
        assert!(matches!(retry(425, "other"), SendError::Later { in_doubt: false, .. }));
        assert!(matches!(retry(400, "digest-mismatch"), SendError::Later { .. }));
        assert_eq!(SendError::from(ApiError::Offline("refused".to_owned())), SendError::Unreachable);
        assert_eq!(SendError::from(ApiError::CutOff("cut off".to_owned())), SendError::CutOff);
        assert_eq!(SendError::from(ApiError::CaptivePortal), SendError::CaptivePortal);
        assert_eq!(SendError::from(ApiError::OtherWorld { backend_practice: true }), SendError::CaptivePortal);
        assert_eq!(SendError::from(ApiError::Unauthorised(None)), SendError::SignIn);
    }

    #[test]
    fn a_bare_status_says_whether_it_may_have_arrived_and_what_comes_next() {
        let locale = crate::locale::Locale::of(crate::locale::Language::Chinese);
        let bare = |status| SendError::from(ApiError::Retry { status: Some(status), after: None, problem: None });
        for (status, doubt) in [
            (408, true),
            (409, true),
            (425, false),
            (429, false),
            (500, true),
            (501, true),
            (502, true),
            (503, true),
            (504, true),
        ] {
            let (reason, in_doubt) = match bare(status) {
                SendError::Busy { reason, in_doubt, .. } | SendError::Later { reason, in_doubt, .. } => {
                    (reason, in_doubt)
                }
                SendError::Lost { reason, .. } => (reason, true),
                other => panic!("{status}: {other:?}"),
            };
            assert_eq!(in_doubt, doubt, "{status}");
            let said = crate::sync::words::reason(&reason, &locale);
            assert!(said.contains("自动") && !said.contains("退回"), "{status}: {said}");
        }
        assert!(matches!(bare(429), SendError::Busy { .. }) && matches!(bare(503), SendError::Busy { .. }));
        for (status, sentence) in [(413, "内容过大"), (404, "核对服务器地址"), (418, "没有说明原因")] {
            let refused = SendError::from(ApiError::Refused(Box::new(Problem::bare(status))));
            let SendError::Refused(reason) = refused else { panic!("{status}") };
            let said = crate::sync::words::reason(&reason, &locale);
            assert!(reason.code == Reason::GATEWAY && said.contains(sentence), "{status}: {said}");
            assert!(said.contains(&format!("HTTP {status}")), "{said}");
        }
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_older("0.9.0", "0.10.0") && is_older("1.2.3", "2") && is_older("0.1.0", "0.1.1"));
        assert!(!is_older("0.10.0", "0.9.9") && !is_older("1.0.0", "1.0.0") && !is_older("1.0.0-rc.1", "1.0.0"));
    }

    #[test]
    fn what_was_not_taken_with_the_rest_keeps_its_name_and_reason() {
        let problem = json!({"title": "已停办", "status": 410, "code": "item-withdrawn", "successor": "优待证"});
        let receipt = crate::vault::tests::receipt(Uuid::nil());
        let accepted = |name: &str| {
            let refused = json!([{"itemCode": "X", "itemName": name, "problem": problem}]);
            let answer = json!({"requestNo": "1", "cases": [], "refused": refused, "receipt": receipt});
            Acceptance::from(serde_json::from_value::<Accepted>(answer).unwrap())
        };
        let reason = accepted("高龄津贴").reason().unwrap();
        assert_eq!((reason.code.as_str(), reason.items.len()), (Reason::PARTLY_REFUSED, 1));
        let item = &reason.items[0];
        assert_eq!((item.item_name.as_str(), item.reason.code.as_str()), ("高龄津贴", "item-withdrawn"));
        assert_eq!(item.reason.successor.as_deref(), Some("优待证"));
        assert_eq!(accepted("").refused[0].item_name, "X", "a code, where there is no name any more");
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
