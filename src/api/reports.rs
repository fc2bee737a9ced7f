//! What is prepared before a request and told after it: prefills, what desks report, statistics.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::domain::item::SituationAnswers;

/// `POST /v1/prefills`: what a citizen prepared elsewhere: the beginning of an intake, as far as it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prefill {
    /// Implementation code of the item.
    pub item: String,
    /// Situation answers (情形).
    #[serde(default)]
    pub situations: SituationAnswers,
    /// Data of the form `applicant`.
    #[serde(default)]
    pub applicant: Map<String, Value>,
    /// Data of the item's form.
    #[serde(default)]
    pub answers: Map<String, Value>,
}

/// Answer to `POST /v1/prefills`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrefillCode {
    /// Pick-up code (取件码), for the citizen to say at the window.
    pub code: String,
    /// Until when it is kept.
    pub valid_until: Timestamp,
}

/// `PUT /v1/stations/{id}/manifest`: what still sits at a desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// One entry a request that is not final.
    pub entries: Vec<ManifestEntry>,
}

/// A request that still sits at a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManifestEntry {
    /// Id of the request.
    pub id: Uuid,
    /// SHA-256 of its canonical JSON, 64 lower-case hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// Seconds since it was submitted.
    pub age_seconds: u64,
    /// Its state at the desk.
    pub state: ManifestState,
}

/// State of a request at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ManifestState {
    /// 待发
    Queued,
    /// 发送中: it may have arrived.
    Sending,
    /// 被拒: the clerk has to do something.
    Refused,
}

/// `GET /v1/stations/{id}/manifest`: what a desk reported last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManifestReport {
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Sign-in name of the clerk.
    pub clerk: String,
    /// The entries.
    pub entries: Vec<ManifestEntry>,
}

/// Query of `GET /v1/statistics`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct StatisticsFilter {
    /// Received on this day of Beijing or later. None: 30 days are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Received on this day of Beijing or before. None: today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Only this site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(pattern = r"^[^\x00]*$")]
    pub site: Option<String>,
    /// What the rows are told apart by: names of [`StatisticsBy`] with commas between. None: one row in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(pattern = r"^(site|item|clerk|day)(,(site|item|clerk|day))*$")]
    pub by: Option<String>,
}

/// What rows of statistics are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatisticsBy {
    /// 站点
    Site,
    /// 事项
    Item,
    /// 经办人
    Clerk,
    /// Day of receipt.
    Day,
}

impl StatisticsBy {
    /// What a name stands for.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "site" => Self::Site,
            "item" => Self::Item,
            "clerk" => Self::Clerk,
            "day" => Self::Day,
            _ => return None,
        })
    }
}

/// `GET /v1/statistics`: what was received between two days, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The rows.
    pub rows: Vec<StatisticsRow>,
}

/// One row of statistics (办件统计).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsRow {
    /// Site id, when told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Implementation code, when told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Sign-in name of the clerk who took the cases, when told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clerk: Option<String>,
    /// Day of receipt, when told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
    /// Cases received (收件).
    pub received: u64,
    /// Of these, accepted (受理).
    pub accepted: u64,
    /// Of these, concluded in whatever way (办结).
    pub concluded: u64,
    /// Granted (准予).
    pub granted: u64,
    /// Not accepted, or not granted (不予受理、不予).
    pub refused: u64,
    /// Withdrawn by the applicant (撤回).
    pub withdrawn: u64,
    /// Handed over (送达).
    pub delivered: u64,
    /// Not concluded, and the promised day is over (超期).
    pub overdue: u64,
    /// Share of the concluded ones with a promised day that kept it, 0 to 1 (按时办结率). None: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time_share: Option<f64>,
    /// Mean hours from receipt to conclusion. None: nothing is concluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_hours: Option<f64>,
    /// 减环节: steps of handling, summed.
    pub steps: u64,
    /// 减材料: materials on the lists, summed.
    pub materials_listed: u64,
    /// 减材料: materials that citizens really brought or owe, summed.
    pub materials_taken: u64,
    /// 减时间: legal limits in working days, summed over the cases that have both limits in working days.
    pub legal_days: u64,
    /// 减时间: promised limits of the same cases.
    pub promised_days: u64,
    /// 减跑动: how often the citizens must come, summed.
    pub trips: u64,
}
