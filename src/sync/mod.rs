//! The outbox at work: a pure [`planner`] says what to do next, the [`worker`] does it. And [`catalogue`], which keeps the desk's copy of the
//! catalogue up to date.

pub mod catalogue;
mod link;
pub mod planner;
pub mod words;
pub mod worker;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::receipt::Receipt;
use crate::vault::Reason;

pub use worker::{Command, Worker};

/// What is known of the way to the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkState {
    /// Nothing was tried yet.
    #[default]
    Unknown,
    /// The backend answered.
    Online {
        /// The last time.
        at: Timestamp,
    },
    /// No connection.
    Offline {
        /// Since when.
        since: Timestamp,
    },
    /// Something on the way answers in the backend's place: nothing is sent until it is gone.
    CaptivePortal,
}

/// What the worker tells the screen.
#[derive(Debug)]
pub enum SyncEvent {
    /// A request is on its way.
    Sending(Uuid),
    /// The backend took it.
    Accepted {
        /// The request.
        id: Uuid,
        /// What the backend certifies.
        receipt: Box<Receipt>,
    },
    /// The backend's final no.
    Refused {
        /// The request.
        id: Uuid,
        /// Why.
        reason: Reason,
    },
    /// It waits for another attempt.
    Queued {
        /// The request.
        id: Uuid,
        /// Why.
        reason: Reason,
        /// Not before this time.
        next_at: Option<Timestamp>,
    },
    /// The link changed.
    Link(LinkState),
    /// Nothing can be sent until the clerk signs in.
    NeedSignIn,
    /// The vault failed: the worker rests until it is nudged. What was sent stays in the outbox and is asked about again.
    Fault(crate::vault::VaultError),
}

/// The way to the backend, as narrow as the worker needs it.
pub trait Transport: Send + Sync + 'static {
    /// `PUT /v1/requests/{id}` with the frozen bytes. A refused access token has been refreshed once before [`SendError::SignIn`] comes back.
    fn put_request(&self, id: Uuid, document: &[u8]) -> impl Future<Output = Result<Receipt, SendError>> + Send;

    /// `GET /v1/meta`: is the backend there, and is it the backend?
    fn probe(&self) -> impl Future<Output = Result<(), ProbeError>> + Send;
}

/// Why a request brought no receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// No answer. It may have arrived before the connection broke.
    Unreachable,
    /// A gateway or the backend failed over it (500, 502, 504). It may have arrived.
    Lost {
        /// What was seen.
        reason: Reason,
        /// `Retry-After`.
        after: Option<Duration>,
    },
    /// The backend put this one request off (408, 425, a body damaged on the way).
    Later {
        /// What it said.
        reason: Reason,
        /// `Retry-After`.
        after: Option<Duration>,
    },
    /// The backend wants to be left alone for a while (429, 503).
    Busy {
        /// What it said.
        reason: Reason,
        /// `Retry-After`.
        after: Option<Duration>,
    },
    /// The answer is not the backend's.
    CaptivePortal,
    /// The session is over.
    SignIn,
    /// A final no.
    Refused(Reason),
}

/// Why a probe found no backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeError {
    /// Nobody answered, or the backend is not ready.
    Unreachable,
    /// Somebody else answered.
    CaptivePortal,
}
