//! What the vault keeps, as the rest of the program sees it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::away::CompetentPlace;
use crate::domain::item::{FormRef, SituationAnswers};
use crate::domain::receipt::Receipt;
use crate::domain::request::Request;

/// An intake that the clerk has not submitted yet (暂存件).
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// UUIDv7; becomes the request's id.
    pub id: Uuid,
    /// Implementation code of the item.
    pub item_code: String,
    /// Name of the item.
    pub item_name: String,
    /// Applicant, masked.
    pub applicant: String,
    /// When the clerk last changed it.
    pub updated_at: Timestamp,
    /// What was typed, and where the clerk was.
    pub body: DraftBody,
}

impl Draft {
    /// The draft as lists show it.
    pub fn summary(&self) -> DraftSummary {
        DraftSummary {
            id: self.id,
            item_code: self.item_code.clone(),
            item_name: self.item_name.clone(),
            applicant: self.applicant.clone(),
            updated_at: self.updated_at,
            expiring: false,
        }
    }
}

/// A draft as lists show it: nothing that identifies the citizen beyond a masked name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftSummary {
    /// Id of the draft.
    pub id: Uuid,
    /// Implementation code of the item.
    pub item_code: String,
    /// Name of the item.
    pub item_name: String,
    /// Applicant, masked.
    pub applicant: String,
    /// When the clerk last changed it.
    pub updated_at: Timestamp,
    /// The clerk was told that it will be deleted for its age, and has not changed it since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expiring: bool,
}

/// The whole state of an intake: opened again, it looks as it was left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DraftBody {
    /// Implementation code of the item.
    pub item_code: String,
    /// Version of the item when the intake was opened.
    pub item_version: u32,
    /// The form being filled.
    pub form: FormRef,
    /// When the clerk opened the intake.
    pub opened_at: Timestamp,
    /// Situation answers.
    #[serde(default)]
    pub situations: SituationAnswers,
    /// Data of each part (`applicant`, `agent`, `form`, `materials`, `delivery`), as typed, with the values of fields now hidden.
    #[serde(default)]
    pub parts: BTreeMap<String, Value>,
    /// Somebody acts for the applicant.
    #[serde(default)]
    pub for_agent: bool,
    /// Where the cursor was.
    #[serde(default)]
    pub focus: Option<Focus>,
    /// Counts up with every change; a save with a lower one than the stored is stale.
    #[serde(default)]
    pub revision: u32,
    /// The refused request that this draft corrects.
    #[serde(default)]
    pub supersedes: Option<Uuid>,
    /// The clerk knows that the applicant has the same item open, and goes on (仍然提交).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub acknowledge_duplicate: bool,
    /// What the backend objected to in it, by place in the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<FieldFault>,
    /// The request document that was imported, whole: what is submitted as long as nothing is changed at the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
    /// The competent place that it is taken for, where that is not the desk's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competent: Option<CompetentPlace>,
}

/// Where the clerk was in an intake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Focus {
    /// The part: a key of [`DraftBody::parts`].
    pub part: String,
    /// Page within the part, from 0.
    pub page: usize,
    /// JSON pointer of the field within the part.
    pub pointer: String,
    /// Caret within the field, in graphemes from its start.
    #[serde(default)]
    pub caret: Option<usize>,
}

/// A request document as it goes into the outbox: these bytes are what is sent, for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Id of the request.
    pub id: Uuid,
    /// Canonical JSON (RFC 8785).
    pub document: Vec<u8>,
    /// When the clerk submitted it.
    pub submitted_at: Timestamp,
    /// The request that must be final before this one is sent.
    pub supersedes: Option<Uuid>,
    /// Digests of the files that it names.
    pub uploads: Vec<String>,
}

impl Frozen {
    /// A request made at this desk.
    ///
    /// # Errors
    /// When it has no canonical form.
    pub fn new(request: &Request) -> serde_json::Result<Self> {
        Self::keeping(request, request)
    }

    /// A request that came as a document, kept as it came.
    ///
    /// # Errors
    /// When it has no canonical form.
    pub fn keeping(request: &Request, document: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            id: request.id,
            document: serde_json_canonicalizer::to_vec(document)?,
            submitted_at: request.submitted_at,
            supersedes: request.supersedes,
            uploads: request
                .items
                .iter()
                .flat_map(|item| &item.materials)
                .flat_map(|line| line.uploads.iter().cloned())
                .collect(),
        })
    }
}

/// A file to be attached.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// Name of the file.
    pub name: String,
    /// Media type, such as `image/jpeg`.
    pub media_type: String,
    /// The bytes.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAttachment").field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

/// A file that the vault keeps until the backend has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// SHA-256 of the content, 64 lower-case hex digits: what the request names.
    pub digest: String,
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// In bytes.
    pub size: u64,
    /// Where the backend takes it in, once begun.
    pub upload: Option<String>,
    /// The backend has it whole.
    pub uploaded: bool,
}

/// What became of a draft from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It is on the disk now.
    Stored,
    /// The very same is here already, as a draft or in the outbox.
    Unchanged,
    /// Its id stands for another content here.
    Conflict,
    /// A draft of its id was deleted here.
    Deleted,
}

/// What became of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The bytes are on the disk.
    Written,
    /// A later revision is stored, or the draft was submitted or deleted; nothing was written.
    Stale,
}

/// State of a submitted request (待发件状态). Exactly one holds at every moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutboxState {
    /// 待发送
    Queued,
    /// 发送中
    Sending,
    /// 已收件: the backend gave its number
    Accepted,
    /// 被退回: the backend's final no, with the reason
    Refused,
    /// 已撤回: taken back by the clerk before it was sent, or after it was refused
    Withdrawn,
}

impl OutboxState {
    /// The stable name, as stored and in `--json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Queued, Self::Sending, Self::Accepted, Self::Refused, Self::Withdrawn]
            .into_iter()
            .find(|state| state.name() == name)
    }

    /// Whether nothing more will be sent.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Refused | Self::Withdrawn)
    }
}

/// A submitted request as the outbox (待发箱) shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxEntry {
    /// Id of the request.
    pub id: Uuid,
    /// Where it stands.
    pub state: OutboxState,
    /// Implementation code of the item.
    pub item_code: String,
    /// Name of the item.
    pub item_name: String,
    /// Applicant, masked.
    pub applicant: String,
    /// When the clerk submitted it.
    pub submitted_at: Timestamp,
    /// Attempts that may have reached the backend. Being offline costs none.
    pub attempts: u32,
    /// An attempt got no certain answer: the backend may have the request. Such a one cannot be withdrawn here.
    pub in_doubt: bool,
    /// Why it was refused, why it still waits, or which of its items were not taken.
    pub reason: Option<Reason>,
    /// Official number, from the backend only.
    pub request_no: Option<String>,
    /// Not before this time is it sent again.
    pub next_at: Option<Timestamp>,
    /// Provisional number of this desk, `L-1123-07`: month and day, then a count. Never official, and shaped so that none takes it for one.
    pub local_no: String,
    /// SHA-256 of the frozen document, lower-case hex.
    pub digest: String,
    /// The draft or request that corrects this one.
    pub superseded_by: Option<Uuid>,
}

impl OutboxEntry {
    /// The items that were not taken while others were.
    pub fn refused_items(&self) -> &[RefusedItem] {
        self.reason.as_ref().map(|reason| reason.items.as_slice()).unwrap_or_default()
    }
}

/// Why a request waits or was refused. Made from the backend's problem document; the texts are the backend's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Stable code: the backend's (`content-conflict`, `form-retired`), or one of [`Reason::UNREACHABLE`] and its like.
    pub code: String,
    /// HTTP status, when the backend answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The backend's explanation; empty when it gave none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Errors by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldFault>,
    /// What takes the place of a retired form: `id@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Number of the open case that this one would duplicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_no: Option<String>,
    /// Items that were refused while others of the same request were taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<RefusedItem>,
}

impl Reason {
    /// No connection to the backend.
    pub const UNREACHABLE: &str = "unreachable";
    /// Sent, but the answer did not come back.
    pub const ANSWER_LOST: &str = "answer-lost";
    /// Something between here and the backend answered in its place.
    pub const CAPTIVE_PORTAL: &str = "captive-portal";
    /// Something between here and the backend refused it, and said no more than a status.
    pub const GATEWAY: &str = "gateway-refused";
    /// The same person has the same item open there: the backend's.
    pub const DUPLICATE_CASE: &str = "duplicate-case";
    /// The clerk has to sign in.
    pub const SIGN_IN: &str = "sign-in";
    /// This version of the program is no longer served.
    pub const TOO_OLD: &str = "client-too-old";
    /// The backend keeps forgetting a file while it is brought.
    pub const UPLOAD_GONE: &str = "upload-gone";
    /// The record cannot be read here.
    pub const DAMAGED: &str = "damaged";
    /// The document cannot be sent at all.
    pub const UNSENDABLE: &str = "unsendable";
    /// Of several items some were taken, others not.
    pub const PARTLY_REFUSED: &str = "partly-refused";

    /// A reason that is only a code.
    pub fn of(code: &str) -> Self {
        Self { code: code.to_owned(), ..Self::default() }
    }
}

/// An item that was refused while others of its request were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedItem {
    /// Implementation code.
    pub item_code: String,
    /// Name of the item; its code when the backend does not know it any more.
    pub item_name: String,
    /// Why.
    pub reason: Reason,
    /// The draft or request that it was opened again as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened_as: Option<Uuid>,
}

/// What the backend took of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What it certifies.
    pub receipt: Receipt,
    /// The items that it did not take.
    pub refused: Vec<RefusedItem>,
}

impl Acceptance {
    /// Everything was taken.
    pub const fn whole(receipt: Receipt) -> Self {
        Self { receipt, refused: Vec::new() }
    }

    /// What the outbox says of it; nothing when everything was taken.
    pub fn reason(&self) -> Option<Reason> {
        let items = self.refused.clone();
        (!items.is_empty()).then(|| Reason { items, ..Reason::of(Reason::PARTLY_REFUSED) })
    }
}

/// One field that the backend objects to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldFault {
    /// JSON pointer into the request.
    pub pointer: String,
    /// Keyword of the form dialect that failed.
    #[serde(default)]
    pub keyword: String,
    /// Stable code.
    #[serde(default)]
    pub code: String,
    /// The backend's sentence.
    #[serde(default)]
    pub message: String,
}

/// A request that still sits at this desk: that waits, or was refused and not corrected yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Id of the request.
    pub id: Uuid,
    /// SHA-256 of the frozen document, lower-case hex.
    pub digest: String,
    /// Where it stands.
    pub state: OutboxState,
    /// When the clerk submitted it.
    pub submitted_at: Timestamp,
}

/// What waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many requests.
    pub count: u64,
    /// When the oldest of them was submitted.
    pub since: Option<Timestamp>,
}

/// The least that the planner needs of a queued request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Id of the request.
    pub id: Uuid,
    /// Attempts so far.
    pub attempts: u32,
    /// Not before this time.
    pub next_at: Option<Timestamp>,
    /// Whether files of it have to be brought first.
    pub has_files: bool,
}

/// Why an attempt brought no final answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// In words of the outbox.
    pub reason: Reason,
    /// Not before this time again; `None`: as soon as the link allows.
    pub next_at: Option<Timestamp>,
    /// Whether it counts as an attempt.
    pub counts: bool,
    /// Whether the backend may have the request.
    pub in_doubt: bool,
}

/// A document kept from the backend: a catalogue page, a form, a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// Its ETag, when it came with one.
    pub etag: Option<String>,
    /// When it was stored.
    pub stored_at: Timestamp,
    /// The bytes as they came.
    pub body: Vec<u8>,
}

/// How often a clerk took an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Implementation code of the item.
    pub item_code: String,
    /// How often.
    pub count: u64,
    /// The last time.
    pub last_at: Timestamp,
}

/// What a clerk has at hand, by implementation code, in order (收藏、常用).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptShortcuts {
    /// The items that the clerk marked.
    pub favourites: Vec<String>,
    /// The items that have a quick code, in the order of the codes. Empty: one that is free.
    pub quick: Vec<String>,
}
