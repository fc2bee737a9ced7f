//! What can go wrong between client and backend, sorted by what the caller does about it.

use std::time::Duration;

use super::wire::Problem;

/// An address that this kind of client may not be made for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an absolute `http` or `https` URL.
    #[error("not a server address: {0}")]
    NotAUrl(String),
    /// Personal data would cross the network in the clear.
    #[error("a server on another machine must be addressed with https: {0}")]
    NotEncrypted(String),
    /// Practice happens inside this machine only.
    #[error("a practice client speaks to this machine only, not to {0}")]
    NotLoopback(std::net::SocketAddr),
    /// The HTTP client could not be made, for example for want of root certificates.
    #[error("no HTTP client: {0}")]
    Unavailable(String),
}

/// Why a call brought no answer of the wanted kind.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// No connection: no route, no name, refused. Surely nothing arrived. Costs no attempt; the same request may go again.
    #[error("no connection to the backend: {0}")]
    Offline(String),
    /// A connection that brought no whole answer: cut off, timed out, garbled. What was sent may have arrived; the same request may go again.
    #[error("no answer from the backend: {0}")]
    CutOff(String),
    /// Something that is not the backend answered: a captive portal, a proxy's page. Stop everything and say so.
    #[error("what answered is not the backend")]
    CaptivePortal,
    /// The session is over, or never was. The clerk must sign in.
    #[error("not signed in")]
    Unauthorised(Option<Box<Problem>>),
    /// The backend's final answer to this very content.
    #[error("refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// The backend cannot answer now.
    #[error("the backend asks to try again later")]
    Retry {
        /// HTTP status; `None` when the answer had the right one and yet was none.
        status: Option<u16>,
        /// Not before this time has passed.
        after: Option<Duration>,
        /// What it said about it.
        problem: Option<Box<Problem>>,
    },
    /// This version of the program is no longer served. Nothing was kept; a later version may send the same.
    #[error("this version of the program is no longer served")]
    TooOld(Option<Box<Problem>>),
    /// A practice client met a live backend, or the reverse. Nothing was sent.
    #[error("practice and live must not meet: the backend says practice = {backend_practice}")]
    OtherWorld {
        /// What the backend says of itself.
        backend_practice: bool,
    },
    /// The content has no canonical form; it cannot be sent at all.
    #[error("content that cannot be sent: {0}")]
    Unsendable(String),
}

impl ApiError {
    /// Whether the same request, with the same id, may succeed later without anybody doing anything.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Offline(_) | Self::CutOff(_) | Self::Retry { .. })
    }

    /// Whether this is the last word about this content: it goes to the clerk with its reason.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unsendable(_))
    }

    /// What the backend said, when it spoke.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Unauthorised(problem) | Self::TooOld(problem) | Self::Retry { problem, .. } => problem.as_deref(),
            Self::Offline(_)
            | Self::CutOff(_)
            | Self::CaptivePortal
            | Self::OtherWorld { .. }
            | Self::Unsendable(_) => None,
        }
    }

    /// What went wrong before the call itself went out: nothing of the call can have arrived.
    pub(super) fn before_the_call(self) -> Self {
        match self {
            Self::CutOff(reason) => Self::Offline(reason),
            error => error,
        }
    }
}
