//! A request (申请): what the clerk submits, exactly as the citizen saw it on the review page.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::area::AreaCode;
use super::item::{FormRef, SituationAnswers};

/// The submission document of `PUT /v1/requests/{uuid}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// UUIDv7 minted when the draft was created; never changes.
    pub id: Uuid,
    /// One bad item refuses itself only, or all.
    pub mode: Mode,
    /// Channel the application came in by (申请渠道).
    pub channel: Channel,
    /// Site id.
    pub site: String,
    /// Window at the site.
    pub window: String,
    /// When the clerk opened the intake.
    pub opened_at: Timestamp,
    /// When the clerk submitted it (收件时间).
    pub submitted_at: Timestamp,
    /// Whose request it is (申请人): an object valid against the built-in form `applicant`.
    pub applicant: Map<String, Value>,
    /// Who acts for the applicant (代办人), when somebody does: valid against the built-in form `agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Map<String, Value>>,
    /// How the result reaches the citizen (送达): valid against the built-in form `delivery`.
    pub delivery: Map<String, Value>,
    /// The items applied for; more than one in a bundle.
    pub items: Vec<RequestItem>,
    /// The linked matter (一件事) that the items are done as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<BundleRef>,
    /// The refused or withdrawn request that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Uuid>,
    /// The clerk saw that the same person has the same item open, and goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acknowledge_duplicate: bool,
}

/// A version of a bundle (一件事).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleRef {
    /// Code of the bundle.
    pub code: String,
    /// Version that the clerk had on screen.
    pub version: u32,
}

/// What happens to the other items when one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Each item stands alone.
    #[default]
    Each,
    /// One refused refuses all.
    AllOrNothing,
}

/// Channel of a request (申请渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// 窗口
    #[default]
    Window,
    /// 网上
    Online,
    /// 自助终端
    SelfService,
}

/// One item of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestItem {
    /// Implementation code (实施编码).
    pub code: String,
    /// Version of the item that the clerk had on screen.
    pub version: u32,
    /// The form filled.
    pub form: FormRef,
    /// Situation answers (情形).
    #[serde(default)]
    pub situations: SituationAnswers,
    /// The form's data after relevance.
    pub answers: Value,
    /// How each material was received.
    #[serde(default)]
    pub materials: Vec<ReceivedMaterial>,
    /// What of the answers is owed (容缺后补).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedAnswer>,
    /// The competent place, where it is not the counter's own (异地受理、属地办理): one that the item can be taken for here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{12}$", example = "420106000000")]
    pub competent_area: Option<AreaCode>,
}

/// An answer that may follow later (`x-soft`), with the promise of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwedAnswer {
    /// JSON pointer into [`RequestItem::answers`] to what is missing.
    pub pointer: String,
    /// What it is called on the screen that the citizen saw.
    pub name: String,
    /// Promised date (承诺补正时间).
    pub until: Date,
    /// Why it is missing.
    pub reason: String,
}

/// One line of the material ledger (材料台账).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceivedMaterial {
    /// Material code.
    pub code: String,
    /// How it was received (收取方式).
    pub received: Received,
    /// Photocopies and originals handed in (收取数量).
    #[serde(default)]
    #[schema(maximum = 65535)]
    pub copies: u16,
    /// The clerk compared it with the original (核验原件).
    #[serde(default)]
    pub original_checked: bool,
    /// Promised date of a deferred material (承诺补正时间).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed_until: Option<Date>,
    /// Why it is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed_reason: Option<String>,
    /// Digests of the uploaded files: SHA-256, 64 lower-case hex digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<String>,
}

/// Whether a text is the digest of an uploaded file: SHA-256, 64 lower-case hex digits.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// How a material was received (收取方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Received {
    /// 纸质收取
    Paper,
    /// 附件上传或扫描
    Scan,
    /// 证照库、数据共享: nothing was handed in
    Shared,
    /// 容缺后补
    Owed,
    /// An optional material that was not handed in.
    None,
}
