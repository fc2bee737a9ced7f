//! The task that carries the outbox to the backend.

/// What the rest of the program tells the worker. Dropping the sender stops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Something was queued.
    Queued,
    /// The clerk wants everything tried now: waiting times and a doubtful link are set aside.
    TryNow,
    /// The clerk signed in.
    SignedIn,
    /// Stop; an attempt under way is broken off, and asked about again in the next session.
    Stop,
}

/// Carries the outbox to the backend.
#[derive(Debug)]
pub struct Worker;
