//! A case (办件): one item of an accepted request on its way through the department.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::procedure::CaseAction;

/// A case as lists show it: nothing that identifies the citizen beyond a masked name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// Official case number (办件编号).
    pub case_no: String,
    /// Official request number (申报号).
    pub request_no: String,
    /// Implementation code of the item.
    pub item_code: String,
    /// Name of the item.
    pub item_name: String,
    /// Applicant, masked.
    pub applicant: String,
    /// Where the case stands.
    pub status: CaseStatus,
    /// Counts up with every change; the resource's ETag.
    pub version: u64,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Promised day.
    #[serde(default, rename = "dueAt", skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// Status of a case (办件状态), the common set that maps onto the vocabularies in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseStatus {
    /// 已收件
    Received,
    /// 待补正
    SupplementNeeded,
    /// 已受理
    Accepted,
    /// 容缺受理
    AcceptedOwing,
    /// 不予受理
    NotAccepted,
    /// 审批中
    InReview,
    /// 挂起
    Suspended,
    /// 准予
    Granted,
    /// 不予
    Refused,
    /// 待出件
    ReadyForIssue,
    /// 已送达
    Delivered,
    /// 已评价
    Evaluated,
    /// 撤回
    Withdrawn,
    /// 退件
    Returned,
    /// 异常终止
    Terminated,
}

impl CaseStatus {
    /// Every status.
    pub const ALL: [Self; 15] = [
        Self::Received,
        Self::SupplementNeeded,
        Self::Accepted,
        Self::AcceptedOwing,
        Self::NotAccepted,
        Self::InReview,
        Self::Suspended,
        Self::Granted,
        Self::Refused,
        Self::ReadyForIssue,
        Self::Delivered,
        Self::Evaluated,
        Self::Withdrawn,
        Self::Returned,
        Self::Terminated,
    ];

    /// The stable name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::SupplementNeeded => "supplement-needed",
            Self::Accepted => "accepted",
            Self::AcceptedOwing => "accepted-owing",
            Self::NotAccepted => "not-accepted",
            Self::InReview => "in-review",
            Self::Suspended => "suspended",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::ReadyForIssue => "ready-for-issue",
            Self::Delivered => "delivered",
            Self::Evaluated => "evaluated",
            Self::Withdrawn => "withdrawn",
            Self::Returned => "returned",
            Self::Terminated => "terminated",
        }
    }

    /// Whether nothing more will happen to the case.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::NotAccepted | Self::Evaluated | Self::Withdrawn | Self::Returned | Self::Terminated)
    }

    /// Whether the matter itself is settled (办结): what may follow is handing the result out.
    pub const fn is_decided(self) -> bool {
        self.is_final() || matches!(self, Self::Granted | Self::Refused | Self::ReadyForIssue | Self::Delivered)
    }
}

/// One entry of a case's append-only log (办件过程).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseEvent {
    /// Counts from 1 within the case; the case's version after it.
    pub seq: u64,
    /// What was done.
    #[serde(default)]
    pub action: CaseAction,
    /// Where the case stood after it.
    pub status: CaseStatus,
    /// When.
    pub at: Timestamp,
    /// Who did it: name of a clerk or a department.
    pub actor: String,
    /// Opinion (办理意见).
    #[serde(default)]
    pub note: String,
    /// What was missing, or was brought (补正材料), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
}
