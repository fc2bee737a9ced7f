//! Errors as `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::procedure::CaseAction;

/// An error, RFC 9457 (`application/problem+json`), with our extension members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// URI of the kind of problem.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// What kind of problem it is, in the language asked for.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong this time, and the way out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What it happened to: a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What programs go by.
    pub code: ProblemCode,
    /// What is wrong with the content, by place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Whether the same request may succeed later.
    #[serde(default)]
    pub retryable: bool,
    /// What takes the place of a retired form (`id@version`) or of a withdrawn item (its code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Number of the open case that a new one would duplicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_no: Option<String>,
    /// What the caller may do with the case instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<CaseAction>,
}

impl Problem {
    /// What is known of a refusal of which nothing was said but the status.
    pub fn bare(status: u16) -> Self {
        Self {
            kind: String::new(),
            title: format!("HTTP {status}"),
            status,
            detail: String::new(),
            instance: None,
            code: ProblemCode::Other,
            errors: Vec::new(),
            retryable: false,
            successor: None,
            case_no: None,
            actions: Vec::new(),
        }
    }

    /// Whether it is [`Self::bare`]: no word of the backend's.
    pub fn is_bare(&self) -> bool {
        *self == Self::bare(self.status)
    }
}

/// One thing that is wrong with the content sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// Where in the body: JSON Pointer (RFC 6901), like `/items/0/answers/birthDate`.
    pub pointer: String,
    /// Keyword of the schema that failed, or the name of the backend's own rule.
    pub keyword: String,
    /// What programs go by.
    pub code: String,
    /// What to do, in the language asked for.
    pub message: String,
}

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// 400: not our language.
    Malformed,
    /// 400: the body is not what its digest field says; damaged on the way.
    DigestMismatch,
    /// 401: no token, or one that is over.
    Unauthorised,
    /// 401: name or password is wrong.
    WrongPassword,
    /// 401: a practice token at a live backend, or the reverse.
    OtherWorld,
    /// 403: the clerk's role may not do this.
    RoleForbids,
    /// 403: in the name of a site that is not the clerk's.
    OtherSite,
    /// 403: the site takes no applications for the item.
    NotAdmitted,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408
    Timeout,
    /// 409: the id is taken by another content.
    ContentConflict,
    /// 409: the upload does not go on from there.
    OffsetConflict,
    /// 409: another attempt with the same id is under way.
    InProgress,
    /// 409: the same person has the same item open here.
    DuplicateCase,
    /// 409: the case is not where this may be done to it.
    IllegalAction,
    /// 410: the form is no longer in force.
    FormRetired,
    /// 410: the item is no longer offered.
    ItemWithdrawn,
    /// 410: the upload is over.
    UploadGone,
    /// 412: a version of the upload protocol that is not spoken here.
    UnsupportedVersion,
    /// 410: what was prepared has been fetched already, or its time is over.
    PrefillGone,
    /// 412: it has changed since it was read.
    PreconditionFailed,
    /// 410: the changes since this cursor are not known; begin anew without one.
    CursorGone,
    /// 413
    TooLarge,
    /// 415
    UnsupportedMediaType,
    /// 422: see the errors.
    Invalid,
    /// 426: this version of the client is no longer served.
    ClientTooOld,
    /// 428: the version that was seen must be named.
    PreconditionRequired,
    /// 429: too many failed tries.
    LockedOut,
    /// 429: too much at once.
    RateLimited,
    /// 460: the bytes do not have their checksum.
    ChecksumMismatch,
    /// 500
    Internal,
    /// 503: try again soon.
    Unavailable,
    /// One that this program does not know.
    #[serde(other)]
    Other,
}

impl ProblemCode {
    /// Every code.
    pub const ALL: [Self; 34] = [
        Self::Malformed,
        Self::DigestMismatch,
        Self::Unauthorised,
        Self::WrongPassword,
        Self::OtherWorld,
        Self::RoleForbids,
        Self::OtherSite,
        Self::NotAdmitted,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::ContentConflict,
        Self::OffsetConflict,
        Self::InProgress,
        Self::DuplicateCase,
        Self::IllegalAction,
        Self::FormRetired,
        Self::ItemWithdrawn,
        Self::UploadGone,
        Self::UnsupportedVersion,
        Self::PrefillGone,
        Self::PreconditionFailed,
        Self::CursorGone,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::ClientTooOld,
        Self::PreconditionRequired,
        Self::LockedOut,
        Self::RateLimited,
        Self::ChecksumMismatch,
        Self::Internal,
        Self::Unavailable,
        Self::Other,
    ];

    /// The stable name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::DigestMismatch => "digest-mismatch",
            Self::Unauthorised => "unauthorised",
            Self::WrongPassword => "wrong-password",
            Self::OtherWorld => "other-world",
            Self::RoleForbids => "role-forbids",
            Self::OtherSite => "other-site",
            Self::NotAdmitted => "not-admitted",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Timeout => "timeout",
            Self::ContentConflict => "content-conflict",
            Self::OffsetConflict => "offset-conflict",
            Self::InProgress => "in-progress",
            Self::DuplicateCase => "duplicate-case",
            Self::IllegalAction => "illegal-action",
            Self::FormRetired => "form-retired",
            Self::ItemWithdrawn => "item-withdrawn",
            Self::UploadGone => "upload-gone",
            Self::UnsupportedVersion => "unsupported-version",
            Self::PrefillGone => "prefill-gone",
            Self::PreconditionFailed => "precondition-failed",
            Self::CursorGone => "cursor-gone",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Invalid => "invalid",
            Self::ClientTooOld => "client-too-old",
            Self::PreconditionRequired => "precondition-required",
            Self::LockedOut => "locked-out",
            Self::RateLimited => "rate-limited",
            Self::ChecksumMismatch => "checksum-mismatch",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::Other => "other",
        }
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::DigestMismatch | Self::Other => 400,
            Self::Unauthorised | Self::WrongPassword | Self::OtherWorld => 401,
            Self::RoleForbids | Self::OtherSite | Self::NotAdmitted => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Timeout => 408,
            Self::ContentConflict
            | Self::OffsetConflict
            | Self::InProgress
            | Self::DuplicateCase
            | Self::IllegalAction => 409,
            Self::FormRetired | Self::ItemWithdrawn | Self::UploadGone | Self::PrefillGone | Self::CursorGone => 410,
            Self::UnsupportedVersion | Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid => 422,
            Self::ClientTooOld => 426,
            Self::PreconditionRequired => 428,
            Self::LockedOut | Self::RateLimited => 429,
            Self::ChecksumMismatch => 460,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// Whether the same request may succeed later.
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::DigestMismatch
                | Self::ChecksumMismatch
                | Self::OffsetConflict
                | Self::Timeout
                | Self::InProgress
                | Self::LockedOut
                | Self::RateLimited
                | Self::Internal
                | Self::Unavailable
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
        assert_eq!(serde_json::from_str::<ProblemCode>("\"of-tomorrow\"").unwrap(), ProblemCode::Other);
    }
}
