//! The receipt (收件凭证): the canonical record from which screen, text file and QR code are rendered.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What the backend certifies about an accepted request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Id of the request.
    pub request_id: Uuid,
    /// Official number (申报号), from the backend only.
    pub request_no: String,
    /// Code with which the citizen looks the case up (查询密码).
    pub query_code: String,
    /// True for numbers of a practice backend.
    pub practice: bool,
    /// Site name.
    pub site: String,
    /// Window.
    pub window: String,
    /// Clerk who took it (经办人).
    pub clerk: String,
    /// Applicant, masked.
    pub applicant: String,
    /// Agent, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// When the backend received it (收件时间).
    pub received_at: Timestamp,
    /// One case an item.
    pub cases: Vec<ReceiptCase>,
}

/// One case (办件) on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptCase {
    /// Official case number (办件编号).
    pub case_no: String,
    /// Implementation code of the item.
    pub item_code: String,
    /// Name of the item.
    pub item_name: String,
    /// Department that decides.
    pub department: String,
    /// Promised day by the working-day calendar (承诺办结时间). None: no limit is set, or the calendar of that year is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Names of the materials received (已收材料).
    pub received: Vec<String>,
    /// Materials and answers owed (容缺后补), each with its date.
    pub owed: Vec<OwedMaterial>,
}

/// A material or an answer that the citizen promised to bring later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwedMaterial {
    /// What it is called.
    pub name: String,
    /// Promised day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}
