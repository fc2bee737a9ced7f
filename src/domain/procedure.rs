//! The way of a case through the department (办件流程): which action is legal when, whose it is, and what comes of it.
//!
//! ```text
//! 收件 ⇄ 补正
//!   ├─ 不予受理
//!   └─ 受理 · 容缺受理 ─ 审批中 ⇄ 挂起
//!                           └─ 准予 · 不予 ─ 待出件 ─ 已送达 ─ 已评价
//! ```
//! Besides, 撤回 by the applicant, 退件 and 异常终止 by the department, while nothing is decided.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::case::CaseStatus;

/// What is done to a case (办理动作).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseAction {
    /// 收件: opens the case.
    #[default]
    Receive,
    /// 补正、补齐: the applicant brought what was missing or owed.
    Supplement,
    /// 更正: what was entered wrongly is put right, before anything is accepted.
    Correct,
    /// 撤回: the applicant does not want it any more.
    Withdraw,
    /// 受理 or 容缺受理
    Accept,
    /// 不予受理
    Refuse,
    /// 一次性告知补正: all that is missing, told at once.
    AskSupplement,
    /// 视为受理: five working days passed and nothing was asked for.
    DeemAccepted,
    /// 审查
    Review,
    /// 挂起、特别程序: the clock stops.
    Suspend,
    /// 恢复: the clock goes on.
    Resume,
    /// 决定: 准予 or 不予.
    Decide,
    /// 退件
    Return,
    /// 异常终止
    Terminate,
    /// 出件: the result has come to the window.
    Issue,
    /// 送达: the applicant has it.
    Deliver,
    /// 邀请评价
    InviteEvaluation,
    /// 评价, by the citizen alone.
    Evaluate,
}

/// Whose an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// 窗口
    Counter,
    /// 审批部门
    Department,
    /// 群众
    Citizen,
    /// The backend itself.
    Backend,
}

/// What the department decided (办结结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// 准予
    Granted,
    /// 不予
    Refused,
}

/// What is said with an action.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActionDetails {
    /// Opinion (办理意见). Needed wherever the applicant must be told a reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What is missing (ask-supplement), or what was brought (supplement), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// The decision (decide).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Whether materials are still owed afterwards (accept, supplement). Without it accept leaves things as they are, and a supplement
    /// brings everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owing: Option<bool>,
    /// What was entered wrongly, by its place in the request, with what is right (correct).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corrections: BTreeMap<String, Value>,
}

impl CaseAction {
    /// Every action, in the order of the way.
    pub const ALL: [Self; 18] = [
        Self::Receive,
        Self::Supplement,
        Self::Correct,
        Self::Withdraw,
        Self::Accept,
        Self::Refuse,
        Self::AskSupplement,
        Self::DeemAccepted,
        Self::Review,
        Self::Suspend,
        Self::Resume,
        Self::Decide,
        Self::Return,
        Self::Terminate,
        Self::Issue,
        Self::Deliver,
        Self::InviteEvaluation,
        Self::Evaluate,
    ];

    /// The stable name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Supplement => "supplement",
            Self::Correct => "correct",
            Self::Withdraw => "withdraw",
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::AskSupplement => "ask-supplement",
            Self::DeemAccepted => "deem-accepted",
            Self::Review => "review",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Decide => "decide",
            Self::Return => "return",
            Self::Terminate => "terminate",
            Self::Issue => "issue",
            Self::Deliver => "deliver",
            Self::InviteEvaluation => "invite-evaluation",
            Self::Evaluate => "evaluate",
        }
    }

    /// The action of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// Whose it is.
    pub const fn party(self) -> Party {
        match self {
            Self::Supplement
            | Self::Correct
            | Self::Withdraw
            | Self::Issue
            | Self::Deliver
            | Self::InviteEvaluation => Party::Counter,
            Self::Accept
            | Self::Refuse
            | Self::AskSupplement
            | Self::Review
            | Self::Suspend
            | Self::Resume
            | Self::Decide
            | Self::Return
            | Self::Terminate => Party::Department,
            Self::Evaluate => Party::Citizen,
            Self::Receive | Self::DeemAccepted => Party::Backend,
        }
    }

    /// The table: what comes of the action, or `None` where it is not legal.
    pub(super) const fn at(self, status: CaseStatus) -> Option<Becomes> {
        use CaseStatus as S;
        Some(match (self, status) {
            (Self::Supplement, S::SupplementNeeded) => Becomes::Status(S::Received),
            (Self::Supplement, S::AcceptedOwing) => Becomes::Accepted,
            (Self::Supplement, S::InReview) | (Self::Correct, S::Received | S::SupplementNeeded) => Becomes::Same,
            (
                Self::Withdraw,
                S::Received | S::SupplementNeeded | S::Accepted | S::AcceptedOwing | S::InReview | S::Suspended,
            ) => Becomes::Status(S::Withdrawn),
            (Self::Accept | Self::DeemAccepted, S::Received) => Becomes::Accepted,
            (Self::Refuse, S::Received) => Becomes::Status(S::NotAccepted),
            (Self::AskSupplement, S::Received) => Becomes::Status(S::SupplementNeeded),
            (Self::Review, S::Accepted | S::AcceptedOwing) | (Self::Resume, S::Suspended) => {
                Becomes::Status(S::InReview)
            }
            (Self::Suspend, S::Accepted | S::AcceptedOwing | S::InReview) => Becomes::Status(S::Suspended),
            (Self::Decide, S::Accepted | S::AcceptedOwing | S::InReview) => Becomes::Decided,
            (Self::Return, S::Received | S::SupplementNeeded | S::Accepted | S::AcceptedOwing | S::InReview) => {
                Becomes::Status(S::Returned)
            }
            (
                Self::Terminate,
                S::Received | S::SupplementNeeded | S::Accepted | S::AcceptedOwing | S::InReview | S::Suspended,
            ) => Becomes::Status(S::Terminated),
            (Self::Issue, S::Granted | S::Refused) => Becomes::Status(S::ReadyForIssue),
            (Self::Deliver, S::ReadyForIssue) => Becomes::Status(S::Delivered),
            (Self::InviteEvaluation, S::Delivered) => Becomes::Same,
            (Self::Evaluate, S::Delivered) => Becomes::Status(S::Evaluated),
            _ => return None,
        })
    }

    /// The actions that are legal at a status, whoever's they are.
    pub fn legal(status: CaseStatus) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |action| action.at(status).is_some())
    }

    /// What must be said with it and is not: name of the member of [`ActionDetails`].
    pub fn missing(self, details: &ActionDetails) -> Option<&'static str> {
        let note = match self {
            Self::Refuse | Self::Suspend | Self::Return | Self::Terminate => true,
            Self::Decide => details.outcome == Some(Outcome::Refused),
            _ => false,
        };
        match self {
            Self::AskSupplement if details.materials.iter().all(|material| material.trim().is_empty()) => {
                Some("materials")
            }
            Self::Correct if details.corrections.is_empty() => Some("corrections"),
            Self::Decide if details.outcome.is_none() => Some("outcome"),
            _ if note && details.note.trim().is_empty() => Some("note"),
            _ => None,
        }
    }
}

/// What an action makes of a status.
pub(super) enum Becomes {
    Same,
    Status(CaseStatus),
    /// 受理, or 容缺受理 while materials are owed.
    Accepted,
    /// 准予 or 不予, as the details say.
    Decided,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for action in CaseAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.name());
            assert_eq!(CaseAction::from_name(action.name()), Some(action));
        }
        assert_eq!(CaseAction::from_name("nonsense"), None);
    }

    #[test]
    fn the_table_by_status() {
        use CaseAction as A;
        let legal = |status| CaseAction::legal(status).collect::<Vec<_>>();
        let table: [(CaseStatus, &[CaseAction]); 15] = [
            (
                CaseStatus::Received,
                &[
                    A::Correct,
                    A::Withdraw,
                    A::Accept,
                    A::Refuse,
                    A::AskSupplement,
                    A::DeemAccepted,
                    A::Return,
                    A::Terminate,
                ],
            ),
            (CaseStatus::SupplementNeeded, &[A::Supplement, A::Correct, A::Withdraw, A::Return, A::Terminate]),
            (CaseStatus::Accepted, &[A::Withdraw, A::Review, A::Suspend, A::Decide, A::Return, A::Terminate]),
            (
                CaseStatus::AcceptedOwing,
                &[A::Supplement, A::Withdraw, A::Review, A::Suspend, A::Decide, A::Return, A::Terminate],
            ),
            (CaseStatus::NotAccepted, &[]),
            (CaseStatus::InReview, &[A::Supplement, A::Withdraw, A::Suspend, A::Decide, A::Return, A::Terminate]),
            (CaseStatus::Suspended, &[A::Withdraw, A::Resume, A::Terminate]),
            (CaseStatus::Granted, &[A::Issue]),
            (CaseStatus::Refused, &[A::Issue]),
            (CaseStatus::ReadyForIssue, &[A::Deliver]),
            (CaseStatus::Delivered, &[A::InviteEvaluation, A::Evaluate]),
            (CaseStatus::Evaluated, &[]),
            (CaseStatus::Withdrawn, &[]),
            (CaseStatus::Returned, &[]),
            (CaseStatus::Terminated, &[]),
        ];
        for (status, actions) in table {
            assert_eq!(legal(status), actions, "{status:?}");
        }
    }

    #[test]
    fn reasons_must_be_given() {
        let missing = |action: CaseAction, details: ActionDetails| action.missing(&details);
        let nothing = ActionDetails::default;
        assert_eq!(missing(CaseAction::Refuse, nothing()), Some("note"));
        assert_eq!(missing(CaseAction::AskSupplement, nothing()), Some("materials"));
        assert_eq!(missing(CaseAction::Decide, nothing()), Some("outcome"));
        let refused = ActionDetails { outcome: Some(Outcome::Refused), ..nothing() };
        assert_eq!(missing(CaseAction::Decide, refused), Some("note"));
        let granted = ActionDetails { outcome: Some(Outcome::Granted), ..nothing() };
        assert_eq!(missing(CaseAction::Decide, granted), None);
        assert_eq!(missing(CaseAction::Withdraw, nothing()), None);
    }
}
