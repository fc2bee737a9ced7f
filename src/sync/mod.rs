//! The outbox at work: a pure [`planner`] says what to do next, the [`worker`] does it. And [`catalogue`], which keeps the desk's copy of the
//! catalogue up to date.

mod carry;
pub mod catalogue;
mod link;
pub mod planner;
pub mod words;
pub mod worker;

use std::future::Future;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::vault::{Acceptance, Attachment, Left, Reason};

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
    /// The backend took it, or some of its items.
    Accepted {
        /// The request.
        id: Uuid,
        /// What the backend certifies, and what it did not take.
        acceptance: Box<Acceptance>,
    },
    /// The backend's final no.
    Refused {
        /// The request.
        id: Uuid,
        /// Why.
        reason: Reason,
    },
    /// Its files are on their way.
    Uploading {
        /// The request.
        id: Uuid,
        /// Bytes that the backend has of all its files.
        sent: u64,
        /// Bytes in all.
        size: u64,
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
    /// Nothing can be sent by this version of the program.
    TooOld,
    /// How far the backend's clock is ahead of this machine's; told when it becomes worth saying, and when it no longer is.
    Skew(SignedDuration),
    /// Nothing is done before this time; `None`: until something changes.
    Resting(Option<Timestamp>),
    /// The vault failed: the worker rests a while, or until it is nudged. What was sent stays in the outbox and is asked about again.
    Fault(crate::vault::VaultError),
}

/// The way to the backend, as narrow as the worker needs it.
pub trait Transport: Send + Sync + 'static {
    /// `PUT /v1/requests/{id}` with the frozen bytes. A refused access token has been refreshed once before [`SendError::SignIn`] comes back.
    fn put_request(&self, id: Uuid, document: &[u8]) -> impl Future<Output = Result<Acceptance, SendError>> + Send;

    /// Begins to bring a file to the backend; gives its place there.
    fn begin_upload(&self, file: &Attachment) -> impl Future<Output = Result<String, SendError>> + Send;

    /// How much of a file the backend has at a place; `None`: the place is gone.
    fn upload_offset(&self, place: &str) -> impl Future<Output = Result<Option<u64>, SendError>> + Send;

    /// Brings the bytes that come at an offset; gives the next offset.
    fn upload_part(&self, place: &str, at: u64, bytes: Vec<u8>) -> impl Future<Output = Result<u64, SendError>> + Send;

    /// Tells what still sits at this desk. Nothing depends on it.
    fn report(&self, _left: &[Left]) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// `GET /v1/meta`: is the backend there, is it the backend, and does it serve this program? Gives the time by its clock, if it tells.
    fn probe(&self) -> impl Future<Output = Result<Option<Timestamp>, ProbeError>> + Send;
}

/// The time of day, and waiting for it.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Waits so long.
    fn sleep(&self, span: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(span)
    }
}

impl<F: Fn() -> Timestamp + Send + Sync + 'static> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// Why a request was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// No connection: surely it did not arrive.
    Unreachable,
    /// The connection brought no answer. It may have arrived before it broke.
    CutOff,
    /// A gateway or the backend failed over it (500, 502, 504). It may have arrived.
    Lost {
        /// What was seen.
        reason: Reason,
        /// `Retry-After`.
        after: Option<Duration>,
    },
    /// The backend put this one request off (408, 409 in progress, 425, a body damaged on the way).
    Later {
        /// What it said.
        reason: Reason,
        /// `Retry-After`.
        after: Option<Duration>,
        /// It may have arrived nevertheless.
        in_doubt: bool,
    },
    /// The backend wants to be left alone for a while (429, 503).
    Busy {
        /// What it said.
        reason: Reason,
        /// `Retry-After`.
        after: Option<Duration>,
        /// It may have arrived nevertheless.
        in_doubt: bool,
    },
    /// The answer is not the backend's.
    CaptivePortal,
    /// The session is over.
    SignIn,
    /// This version of the program is no longer served.
    TooOld,
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
    /// This version of the program is no longer served.
    TooOld,
}
