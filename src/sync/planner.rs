//! What to do next, decided without clock, disk or network: time and chance are passed in.
//!
//! | the link is | what happens while something is queued |
//! |---|---|
//! | online, heard of lately | the first request that is due is sent |
//! | unknown, or long not heard of | one probe; a request is not risked on a link that may be gone |
//! | offline, captive portal | one probe at a time, ever less often; no request is sent, so none pays an attempt |
//!
//! With nothing queued, with nobody signed in, or with a program that is no longer served, there is nothing to do and no deadline: the process sleeps.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::vault::{Pending, Reason, Retry};

use super::{LinkState, ProbeError, SendError};

/// After this long without an answer a link is probed before a request is risked on it.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// First waiting time; doubles with every failure.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest waiting time between the attempts of one request.
const LONGEST_RETRY: Duration = Duration::from_secs(300);
/// Longest waiting time between probes.
const LONGEST_PROBE: Duration = Duration::from_secs(60);
/// Longest `Retry-After` that is believed. A time further ahead than this was set by a clock that has since been put back.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send this request.
    Send(Uuid),
    /// Ask whether the backend is there.
    Probe,
    /// Nothing before this time; `None`: nothing until something changes.
    Wait(Option<Timestamp>),
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not final: queue it again.
    Retry(Retry),
    /// The backend's final no.
    Refused(Reason),
}

/// The planner's memory: nothing that would have to survive the process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Planner {
    link: LinkState,
    failed_probes: u32,
    /// Nothing at all goes out before this time.
    quiet_until: Option<Timestamp>,
    /// Nothing goes out whatever the link is like.
    held: Option<Held>,
    /// How often in a row the line broke, or somebody else answered, over a request.
    broken: BTreeMap<Uuid, u32>,
}

/// What keeps everything back, and only a person can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    SignedOut,
    TooOld,
}

impl Planner {
    /// What is known of the link.
    pub const fn link(&self) -> LinkState {
        self.link
    }

    /// What to do next. Of `pending` only the one that is to be tried first counts, whatever the order: of those that need not wait, one
    /// without files goes before one whose files may take minutes.
    pub fn next(&self, pending: &[Pending], now: Timestamp) -> Step {
        let ready = |one: &Pending| still_ahead(one.next_at, now);
        let Some(first) = pending.iter().min_by_key(|one| (ready(one), one.has_files, one.id)) else {
            return Step::Wait(None);
        };
        if self.held.is_some() {
            return Step::Wait(None);
        }
        match ready(first).max(still_ahead(self.quiet_until, now)) {
            Some(later) => Step::Wait(Some(later)),
            None if self.is_fresh(now) => Step::Send(first.id),
            None => Step::Probe,
        }
    }

    /// Takes in the answer to a probe. `chance` is uniform in `[0, 1)`.
    pub fn probed(&mut self, answer: Result<(), ProbeError>, now: Timestamp, chance: f64) {
        match answer {
            Ok(()) => self.heard(now),
            Err(ProbeError::Unreachable) => self.lost(now, chance),
            Err(ProbeError::CaptivePortal) => self.captured(now, chance),
            Err(ProbeError::TooOld) => self.hold(Held::TooOld, now),
        }
    }

    /// Takes in that the backend accepted a request.
    pub fn accepted(&mut self, id: Uuid, now: Timestamp) {
        self.broken.remove(&id);
        self.heard(now);
    }

    /// Takes in a failed attempt at a request and judges what becomes of it. `chance` is uniform in `[0, 1)`.
    pub fn failed(&mut self, error: SendError, request: &Pending, now: Timestamp, chance: f64) -> Verdict {
        let attempts = request.attempts;
        let later = |after: Option<Duration>| {
            now + after.map_or(backoff(attempts, LONGEST_RETRY, chance), |after| asked(after, chance))
        };
        if !matches!(error, SendError::Unreachable | SendError::CutOff | SendError::CaptivePortal) {
            self.broken.remove(&request.id);
        }
        let waiting = |code, in_doubt| Retry { reason: Reason::of(code), next_at: None, counts: false, in_doubt };
        Verdict::Retry(match error {
            SendError::Refused(reason) => {
                self.heard(now);
                return Verdict::Refused(reason);
            }
            SendError::Unreachable => {
                self.lost(now, chance);
                Retry { next_at: self.behind(request.id, now, chance), ..waiting(Reason::UNREACHABLE, false) }
            }
            SendError::CutOff => {
                self.lost(now, chance);
                let next_at = self.behind(request.id, now, chance);
                Retry { next_at, counts: true, ..waiting(Reason::ANSWER_LOST, true) }
            }
            SendError::CaptivePortal => {
                self.captured(now, chance);
                Retry { next_at: self.behind(request.id, now, chance), ..waiting(Reason::CAPTIVE_PORTAL, true) }
            }
            SendError::SignIn => {
                self.hold(Held::SignedOut, now);
                waiting(Reason::SIGN_IN, false)
            }
            SendError::TooOld => {
                self.hold(Held::TooOld, now);
                waiting(Reason::TOO_OLD, false)
            }
            SendError::Lost { reason, after } => {
                self.heard(now);
                // Only a named time binds the others: the failure may be this one request's own.
                self.quiet_until = after.map(|after| now + asked(after, chance));
                Retry { reason, next_at: Some(later(after)), counts: true, in_doubt: true }
            }
            SendError::Later { reason, after, in_doubt } => {
                self.heard(now);
                Retry { reason, next_at: Some(later(after)), counts: true, in_doubt }
            }
            SendError::Busy { reason, after, in_doubt } => {
                self.heard(now);
                self.quiet_until = Some(later(after));
                Retry { reason, next_at: Some(later(after)), counts: true, in_doubt }
            }
        })
    }

    /// The clerk signed in.
    pub fn signed_in(&mut self) {
        if self.held == Some(Held::SignedOut) {
            self.held = None;
        }
    }

    /// Whether this version of the program is no longer served.
    pub fn is_too_old(&self) -> bool {
        self.held == Some(Held::TooOld)
    }

    /// The clerk wants it tried now: whatever the link was like, the next step is a probe.
    pub fn try_now(&mut self) {
        if self.is_too_old() {
            self.held = None;
        }
        self.quiet_until = None;
        self.failed_probes = 0;
        if matches!(self.link, LinkState::Online { .. }) {
            self.link = LinkState::Unknown;
        }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        matches!(self.link, LinkState::Online { at } if (SignedDuration::ZERO..=FRESH).contains(&now.duration_since(at)))
    }

    const fn heard(&mut self, now: Timestamp) {
        self.link = LinkState::Online { at: now };
        self.failed_probes = 0;
        self.quiet_until = None;
    }

    /// Behind the others from now on; when it is this request that breaks the line, it must not stop them.
    fn behind(&mut self, id: Uuid, now: Timestamp, chance: f64) -> Option<Timestamp> {
        let before = self.broken.entry(id).or_default();
        let wait = before.checked_sub(1).map_or(Duration::ZERO, |again| backoff(again, LONGEST_RETRY, chance));
        *before = before.saturating_add(1);
        Some(now + wait)
    }

    fn hold(&mut self, held: Held, now: Timestamp) {
        self.heard(now);
        self.held = Some(held);
    }

    fn lost(&mut self, now: Timestamp, chance: f64) {
        if !matches!(self.link, LinkState::Offline { .. }) {
            self.link = LinkState::Offline { since: now };
        }
        self.rest(now, chance);
    }

    fn captured(&mut self, now: Timestamp, chance: f64) {
        self.link = LinkState::CaptivePortal;
        self.rest(now, chance);
    }

    fn rest(&mut self, now: Timestamp, chance: f64) {
        self.quiet_until = Some(now + backoff(self.failed_probes, LONGEST_PROBE, chance));
        self.failed_probes = self.failed_probes.saturating_add(1);
    }
}

/// A time that has not come yet. One that no plan of ours can have set is none.
fn still_ahead(time: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    time.filter(|time| *time > now && *time <= now + LONGEST_WAIT)
}

/// What `Retry-After` asks for, at least; half as much again is left to chance, because the others were told the same.
fn asked(after: Duration, chance: f64) -> Duration {
    let after = after.max(backoff(0, LONGEST_RETRY, chance));
    after.saturating_add(after.min(LONGEST_RETRY).mul_f64(0.5 * chance.clamp(0.0, 1.0))).min(LONGEST_WAIT)
}

/// Doubles from [`FIRST_WAIT`] up to `longest`; the upper half of it is left to chance, so that the desks of a province do not come back
/// all at once.
fn backoff(failures: u32, longest: Duration, chance: f64) -> Duration {
    let full = FIRST_WAIT.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(longest);
    full.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests;
