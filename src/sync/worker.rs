//! The task that carries the outbox to the backend, one request at a time.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use uuid::Uuid;

use crate::vault::{Left, Pending, Reason, Retry, Vault, VaultError};

use super::carry::LEAST_PART;
use super::planner::{Planner, Step, Verdict};
use super::words::is_worth_saying;
use super::{Clock, LinkState, SendError, SyncEvent, Transport};

/// Most requests that are reported as sitting here.
const MOST_LEFT: u32 = 10_000;
/// How long a vault that failed is left alone: a full disk may have room again.
const FAULT_REST: SignedDuration = SignedDuration::from_secs(30);
/// How long a record that cannot be read is left alone.
const PUT_ASIDE: SignedDuration = SignedDuration::from_hours(1);

/// What the rest of the program tells the worker. Dropping the sender stops it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Something was queued.
    Queued,
    /// The clerk wants everything tried now, waiting times or not.
    TryNow,
    /// The clerk signed in.
    SignedIn,
    /// Stop. An attempt under way is broken off, and its request queued again, in doubt.
    Stop,
}

/// Carries the outbox to the backend. It wakes only for a command, an answer, or the time of a request that waits.
#[derive(Debug)]
pub struct Worker<T, C> {
    pub(super) vault: Vault,
    pub(super) transport: T,
    pub(super) clock: C,
    planner: Planner,
    events: UnboundedSender<SyncEvent>,
    reported: LinkState,
    /// How far the backend's clock was ahead, last.
    skew: SignedDuration,
    /// What the backend was last told sits here.
    told: Vec<Left>,
    /// The vault failed, or the clerk wants everything tried: what is marked as being sent or waiting is queued anew first.
    unsettled: bool,
    chance: fastrand::Rng,
    /// Bytes of a file that go out at once: more on a fast line.
    pub(super) part: usize,
}

/// The worker was told to stop.
pub(super) struct Stopped;

impl<T: Transport, C: Clock> Worker<T, C> {
    /// A worker over an open vault. Events go to `events`.
    pub fn new(vault: Vault, transport: T, clock: C, events: UnboundedSender<SyncEvent>) -> Self {
        Self {
            vault,
            transport,
            clock,
            planner: Planner::default(),
            events,
            reported: LinkState::default(),
            skew: SignedDuration::ZERO,
            told: Vec::new(),
            unsettled: false,
            chance: fastrand::Rng::new(),
            part: LEAST_PART,
        }
    }

    /// Works until told to stop.
    pub async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        // Commands that came while an attempt was under way.
        let mut waiting = VecDeque::new();
        loop {
            while let Some(command) = waiting.pop_front() {
                if self.obey(command).is_err() {
                    return;
                }
            }
            let deadline = match self.step(&mut commands, &mut waiting).await {
                Ok(Some(deadline)) => deadline,
                Ok(None) => continue,
                Err(Interrupted::Stopped) => return,
                Err(Interrupted::Vault(error)) => {
                    self.tell(SyncEvent::Fault(error));
                    self.unsettled = true;
                    Some(self.clock.now() + FAULT_REST)
                }
            };
            self.report_left(&mut commands, &mut waiting).await;
            if !waiting.is_empty() {
                continue;
            }
            self.tell(SyncEvent::Resting(deadline));
            let command = tokio::select! {
                biased;
                command = commands.recv() => command.unwrap_or(Command::Stop),
                () = self.sleep_until(deadline) => continue,
            };
            waiting.push_back(command);
        }
    }

    /// Does the next thing, and gives the deadline when there is none to do now.
    async fn step(
        &mut self,
        commands: &mut UnboundedReceiver<Command>,
        waiting: &mut VecDeque<Command>,
    ) -> Result<Option<Option<Timestamp>>, Interrupted> {
        if self.unsettled {
            self.vault.requeue().await?;
            self.unsettled = false;
        }
        let pending = self.vault.pending(1).await?;
        match self.planner.next(&pending, self.clock.now()) {
            Step::Wait(deadline) => return Ok(Some(deadline)),
            Step::Probe => {
                let answer =
                    listen(self.transport.probe(), commands, waiting).await.map_err(|Stopped| Interrupted::Stopped)?;
                let now = self.clock.now();
                if let Ok(Some(theirs)) = answer {
                    self.report_skew(theirs.duration_since(now));
                }
                self.planner.probed(answer.map(drop), now, self.chance.f64());
                self.report_link();
                if self.planner.is_too_old() {
                    self.tell(SyncEvent::TooOld);
                }
            }
            Step::Send(id) => {
                if let Some(request) = pending.into_iter().find(|one| one.id == id) {
                    self.send(request, commands, waiting).await?;
                }
            }
        }
        Ok(None)
    }

    async fn send(
        &mut self,
        request: Pending,
        commands: &mut UnboundedReceiver<Command>,
        waiting: &mut VecDeque<Command>,
    ) -> Result<(), Interrupted> {
        let id = request.id;
        if !self.files_are_there(&request, commands, waiting).await? {
            return Ok(());
        }
        let document = match self.vault.begin_sending(id).await {
            // The clerk withdrew it a moment ago.
            Err(VaultError::State { .. }) => return Ok(()),
            Err(error) if error.is_damage() => {
                return self.put_aside(id, &error).await;
            }
            document => document?,
        };
        self.tell(SyncEvent::Sending(id));
        let Ok(answer) = listen(self.transport.put_request(id, &document), commands, waiting).await else {
            let reason = Reason::of(Reason::ANSWER_LOST);
            self.vault.record_attempt(id, &Retry { reason, next_at: None, counts: true, in_doubt: true }).await?;
            return Err(Interrupted::Stopped);
        };
        match answer {
            Ok(acceptance) => {
                self.planner.accepted(id, self.clock.now());
                self.vault.record_accepted(id, &acceptance).await?;
                self.tell(SyncEvent::Accepted { id, acceptance: Box::new(acceptance) });
                self.report_link();
                Ok(())
            }
            Err(SendError::Refused(reason)) if self.lacks_files(&request, &reason).await? => {
                let later = SendError::Later { reason, after: None, in_doubt: false };
                self.failed(later, &request, true).await
            }
            Err(error) => self.failed(error, &request, true).await,
        }
    }

    /// Takes in a failed attempt at a request or, when it was not `sent`, at its files.
    pub(super) async fn failed(&mut self, error: SendError, request: &Pending, sent: bool) -> Result<(), Interrupted> {
        let id = request.id;
        let sign_in = error == SendError::SignIn;
        // The request itself stayed here, whatever became of its file.
        let error = if !sent && error == SendError::CutOff { SendError::Unreachable } else { error };
        match self.planner.failed(error, request, self.clock.now(), self.chance.f64()) {
            Verdict::Refused(reason) => {
                self.vault.record_refused(id, &reason).await?;
                self.tell(SyncEvent::Refused { id, reason });
            }
            Verdict::Retry(retry) => {
                let retry = Retry { in_doubt: retry.in_doubt && sent, ..retry };
                self.vault.record_attempt(id, &retry).await?;
                self.tell(SyncEvent::Queued { id, reason: retry.reason, next_at: retry.next_at });
            }
        }
        if sign_in {
            self.tell(SyncEvent::NeedSignIn);
        }
        if self.planner.is_too_old() {
            self.tell(SyncEvent::TooOld);
        }
        self.report_link();
        Ok(())
    }

    /// A record that cannot be read stays queued, to be seen, and stops no other.
    pub(super) async fn put_aside(&mut self, id: Uuid, error: &VaultError) -> Result<(), Interrupted> {
        let reason = Reason { detail: error.to_string(), ..Reason::of(Reason::DAMAGED) };
        let next_at = Some(self.clock.now() + PUT_ASIDE);
        self.vault
            .record_attempt(id, &Retry { reason: reason.clone(), next_at, counts: false, in_doubt: false })
            .await?;
        self.tell(SyncEvent::Queued { id, reason, next_at });
        Ok(())
    }

    fn obey(&mut self, command: Command) -> Result<(), Stopped> {
        match command {
            Command::Stop => return Err(Stopped),
            Command::Queued => {}
            Command::SignedIn => self.planner.signed_in(),
            Command::TryNow => self.planner.try_now(),
        }
        // Whatever was set under a clock or link that may be others now is tried at once.
        self.unsettled |= command == Command::TryNow;
        Ok(())
    }

    async fn sleep_until(&self, deadline: Option<Timestamp>) {
        match deadline {
            Some(deadline) => {
                let left = deadline.duration_since(self.clock.now());
                self.clock.sleep(left.try_into().unwrap_or_default()).await;
            }
            None => std::future::pending().await,
        }
    }

    /// Tells the backend what still sits here, when that is another thing than it was told last. A desk at which nothing sits has nothing
    /// to say.
    async fn report_left(&mut self, commands: &mut UnboundedReceiver<Command>, waiting: &mut VecDeque<Command>) {
        if !matches!(self.planner.link(), LinkState::Online { .. }) || self.unsettled {
            return;
        }
        let Ok(left) = self.vault.left(MOST_LEFT).await else { return };
        if left == self.told {
            return;
        }
        if listen(self.transport.report(&left), commands, waiting).await.is_ok() {
            self.told = left;
        } else {
            waiting.push_front(Command::Stop);
        }
    }

    fn report_skew(&mut self, skew: SignedDuration) {
        let before = std::mem::replace(&mut self.skew, skew);
        if is_worth_saying(skew) || is_worth_saying(before) {
            self.tell(SyncEvent::Skew(skew));
        }
    }

    fn report_link(&mut self) {
        let link = self.planner.link();
        if link != self.reported {
            self.reported = link;
            self.tell(SyncEvent::Link(link));
        }
    }

    /// Nobody listening is no reason to stop: what matters is in the vault.
    pub(super) fn tell(&self, event: SyncEvent) {
        let _ = self.events.send(event);
    }
}

/// Why a step was not finished.
pub(super) enum Interrupted {
    Stopped,
    Vault(VaultError),
}

impl From<VaultError> for Interrupted {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

/// Waits for an answer while commands come in; they are kept for later, but for the one to stop.
pub(super) async fn listen<A>(
    answer: impl Future<Output = A>,
    commands: &mut UnboundedReceiver<Command>,
    waiting: &mut VecDeque<Command>,
) -> Result<A, Stopped> {
    let mut answer = std::pin::pin!(answer);
    loop {
        tokio::select! {
            biased;
            command = commands.recv() => match command {
                Some(Command::Stop) | None => return Err(Stopped),
                Some(command) => waiting.push_back(command),
            },
            answer = &mut answer => return Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests;
