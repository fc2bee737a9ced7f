//! What goes over the wire and is no word of the trade. JSON, camelCase, times RFC 3339 in UTC.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::briefs::Briefs;
pub use super::problem::{FieldError, Problem, ProblemCode};
pub use super::reports::{
    Manifest, ManifestEntry, ManifestReport, ManifestState, Prefill, PrefillCode, Statistics, StatisticsBy,
    StatisticsFilter, StatisticsRow,
};
use crate::catalogue::CatalogueEntry;
use crate::domain::bundle::Bundle;
use crate::domain::case::{Case, CaseEvent, CaseStatus};
use crate::domain::item::Level;
use crate::domain::procedure::CaseAction;
use crate::domain::receipt::Receipt;

/// URI of the form dialect that this program understands.
pub use crate::forms::DIALECT;

/// Field that marks an answer given before: the request was already there.
pub const REPLAYED: &str = "idempotency-replayed";

/// `GET /v1/meta`: what a client must know before it signs in. Also the probe that tells the backend from a captive portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// The backend's clock.
    pub server_time: Timestamp,
    /// True: a practice backend, whose numbers are worth nothing.
    pub practice: bool,
    /// Least version of the client that is served.
    pub min_client: String,
    /// URI of the form dialect.
    pub dialect: String,
    /// What signatures of receipts are checked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_key: Option<ReceiptKey>,
    /// Limits.
    pub limits: Limits,
}

/// Limits of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Largest body, in bytes.
    pub body_bytes: u64,
    /// Most entries on one page of a list.
    pub page_size: u32,
    /// Largest uploaded file, in bytes.
    #[serde(default)]
    pub upload_bytes: u64,
}

/// `POST /v1/sessions`: sign in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Sign-in name of the clerk.
    pub name: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// `POST /v1/sessions/refresh`: trade a refresh token for a new pair.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refresh {
    /// The refresh token of the last answer.
    pub refresh_token: String,
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}

/// A signed-in session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Short-lived bearer token.
    pub access_token: String,
    /// Used once, for the next pair.
    pub refresh_token: String,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// Who signed in.
    pub clerk: Clerk,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("expires_at", &self.expires_at)
            .field("clerk", &self.clerk)
            .finish_non_exhaustive()
    }
}

/// A clerk as the session shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Clerk {
    /// Sign-in name.
    pub name: String,
    /// Name on receipts (经办人).
    pub display: String,
    /// Where the clerk works.
    pub site: ClerkSite,
    /// Window at the site.
    pub window: String,
    /// What the clerk may do.
    pub role: ClerkRole,
}

/// The site of a clerk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClerkSite {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: Level,
    /// Area code, 12 digits.
    pub area: String,
}

/// Role of a clerk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClerkRole {
    /// 窗口人员: takes applications at one site.
    #[default]
    Clerk,
    /// 值班长: sees what the whole site does.
    Supervisor,
    /// 后台审批人员
    BackOffice,
    /// 管理员
    Administrator,
}

impl ClerkRole {
    /// The stable name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Supervisor => "supervisor",
            Self::BackOffice => "back-office",
            Self::Administrator => "administrator",
        }
    }

    /// Whether the role takes applications at a window.
    pub const fn takes_applications(self) -> bool {
        matches!(self, Self::Clerk | Self::Supervisor)
    }
}

/// Text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no role of a clerk: {0}")]
pub struct ClerkRoleError(String);

impl std::str::FromStr for ClerkRole {
    type Err = ClerkRoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Clerk, Self::Supervisor, Self::BackOffice, Self::Administrator]
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| ClerkRoleError(text.to_owned()))
    }
}

/// `GET /v1/catalogue`: one page of everything that the clerk's site may see, or of what changed since a cursor.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CataloguePage {
    /// Version of the whole catalogue as this site sees it; the same on every page.
    pub version: String,
    /// What to ask with for the changes after this page. The first page's is the one that holds for a whole pass.
    #[serde(default)]
    pub cursor: String,
    /// Items: those that the site has on its admission list first, each part by catalogue code.
    #[serde(default)]
    pub items: Vec<CatalogueEntry>,
    /// The same in brief, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub briefs: Option<Briefs>,
    /// How many entries all pages have together; on the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Codes of items withdrawn since the cursor; on the first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// What takes the place of the removed items, where something does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub successors: BTreeMap<String, String>,
    /// Bundles (一件事); on the first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<Bundle>,
    /// Codes of bundles withdrawn since the cursor; on the first page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_bundles: Vec<String>,
    /// All domains (领域), on every page.
    pub domains: Vec<Domain>,
    /// Path and query of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A domain (领域) of the catalogue: what clerks filter by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Domain {
    /// Id, as in [`crate::domain::item::Item::domain`].
    pub id: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
}

/// `GET /v1/forms/{id}/versions/{v}`: one immutable version of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FormDocument {
    /// Id.
    pub id: String,
    /// Version.
    pub version: u32,
    /// JSON Schema (2020-12) with our keywords.
    pub schema: Value,
    /// JSON Forms UI schema. None: one is generated.
    #[serde(default)]
    pub uischema: Option<Value>,
}

/// Answer to `PUT /v1/requests/{uuid}` (201, or 200 when replayed) and to `GET` of the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// Official number (申报号).
    pub request_no: String,
    /// One case an item that was taken.
    pub cases: Vec<Case>,
    /// The items that were refused while others were taken: where each stands alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedItem>,
    /// The receipt.
    pub receipt: Receipt,
}

/// An item that was refused while others of its request were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedItem {
    /// Implementation code.
    pub item_code: String,
    /// Name of the item; empty when there is no such item any more.
    #[serde(default)]
    pub item_name: String,
    /// Why, and the way out.
    pub problem: Problem,
}

/// The public half of the key that receipts are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptKey {
    /// `Ed25519` (RFC 8032).
    pub algorithm: String,
    /// Name of the key: the first 16 hex digits of the SHA-256 of the public key.
    pub key: String,
    /// The 32 bytes of the public key, base64.
    pub public_key: String,
}

/// `GET /v1/receipts/{requestNo}`: the canonical record of a request with the backend's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedReceipt {
    /// The record.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// Its signature: over the canonical JSON (RFC 8785) of this object without this member.
    pub signature: ReceiptSignature,
}

/// A signature of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptSignature {
    /// `Ed25519` (RFC 8032).
    pub algorithm: String,
    /// Name of the key, as in `/v1/meta`.
    pub key: String,
    /// The 64 bytes of the signature, base64.
    pub value: String,
}

/// Query of `GET /v1/cases`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CaseFilter {
    /// Only this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CaseStatus>,
    /// Only this item, by implementation code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(pattern = r"^[^\x00]*$")]
    pub item: Option<String>,
    /// Only this case number, or the cases of this request number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(pattern = r"^[^\x00]*$")]
    pub number: Option<String>,
    /// Only what changed at or after this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_since: Option<Timestamp>,
    /// Cursor: [`CasePage::next`] of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(pattern = r"^[0-9]{1,13}\.[A-Z0-9-]{1,48}$")]
    pub after: Option<String>,
    /// At most so many. None: the backend's own page size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1)]
    pub limit: Option<u32>,
}

/// `GET /v1/cases`: one page, last changed first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<Case>,
    /// Cursor of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `GET /v1/cases/{no}`: a case, and what the clerk who asks may do with it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseDetail {
    /// The case.
    #[serde(flatten)]
    pub case: Case,
    /// Department that decides.
    #[serde(default)]
    pub department: String,
    /// Materials are owed (容缺).
    #[serde(default)]
    pub owing: bool,
    /// The legal actions that are this clerk's.
    #[serde(default)]
    pub actions: Vec<CaseAction>,
}

/// `GET /v1/cases/{no}/events`: the log of a case, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseEvents {
    /// The entries after the one asked for.
    pub events: Vec<CloudEvent>,
}

/// An entry of a case's log as a CloudEvent (version 1.0, JSON).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloudEvent {
    /// `1.0`.
    pub specversion: String,
    /// The entry's number within the case.
    pub id: String,
    /// Path of the case.
    pub source: String,
    /// `onewindow.case.` and the name of the action.
    #[serde(rename = "type")]
    pub kind: String,
    /// Number of the case.
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// `application/json`.
    pub datacontenttype: String,
    /// The entry.
    pub data: CaseEvent,
}

impl CloudEvent {
    /// An entry of the log of a case.
    pub fn new(case_no: &str, event: CaseEvent) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id: event.seq.to_string(),
            source: format!("/v1/cases/{case_no}"),
            kind: format!("onewindow.case.{}", event.action.name()),
            subject: case_no.to_owned(),
            time: event.at,
            datacontenttype: "application/json".to_owned(),
            data: event,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for role in [ClerkRole::Clerk, ClerkRole::Supervisor, ClerkRole::BackOffice, ClerkRole::Administrator] {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(role.name().parse(), Ok(role));
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let sign_in = SignIn { name: "practice".into(), password: "hush-hush".into() };
        let refresh = Refresh { refresh_token: "hush-hush".into() };
        assert!(!format!("{sign_in:?} {refresh:?}").contains("hush"));
    }
}
