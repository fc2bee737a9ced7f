//! The task that carries the outbox to the backend, one request at a time.

use std::collections::VecDeque;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use uuid::Uuid;

use crate::vault::{Reason, Retry, Vault, VaultError};

use super::planner::{Planner, Step, Verdict};
use super::{LinkState, SendError, SyncEvent, Transport};

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
    vault: Vault,
    transport: T,
    clock: C,
    planner: Planner,
    events: UnboundedSender<SyncEvent>,
    reported: LinkState,
    /// The vault failed: what was being sent may still be marked so.
    faulty: bool,
    chance: fastrand::Rng,
}

/// The worker was told to stop.
struct Stopped;

impl<T: Transport, C: Fn() -> Timestamp + Send> Worker<T, C> {
    /// A worker over an open vault. `clock` tells the time of day; events go to `events`.
    pub fn new(vault: Vault, transport: T, clock: C, events: UnboundedSender<SyncEvent>) -> Self {
        Self {
            vault,
            transport,
            clock,
            planner: Planner::default(),
            events,
            reported: LinkState::default(),
            faulty: false,
            chance: fastrand::Rng::new(),
        }
    }

    /// Works until told to stop.
    pub async fn run(mut self, mut commands: UnboundedReceiver<Command>) {
        // Commands that came while an attempt was under way.
        let mut waiting = VecDeque::new();
        loop {
            while let Some(command) = waiting.pop_front() {
                if self.obey(command).await.is_err() {
                    return;
                }
            }
            let deadline = match self.step(&mut commands, &mut waiting).await {
                Ok(Some(deadline)) => deadline,
                Ok(None) => continue,
                Err(Interrupted::Stopped) => return,
                Err(Interrupted::Vault(error)) => {
                    self.tell(SyncEvent::Fault(error));
                    self.faulty = true;
                    None
                }
            };
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
        let pending = self.vault.pending(1).await?;
        match self.planner.next(&pending, (self.clock)()) {
            Step::Wait(deadline) => return Ok(Some(deadline)),
            Step::Probe => {
                let answer =
                    listen(self.transport.probe(), commands, waiting).await.map_err(|Stopped| Interrupted::Stopped)?;
                self.planner.probed(answer, (self.clock)(), self.chance.f64());
                self.report_link();
            }
            Step::Send(id) => {
                let attempts = pending.iter().find(|one| one.id == id).map_or(0, |one| one.attempts);
                self.send(id, attempts, commands, waiting).await?;
            }
        }
        Ok(None)
    }

    async fn send(
        &mut self,
        id: Uuid,
        attempts: u32,
        commands: &mut UnboundedReceiver<Command>,
        waiting: &mut VecDeque<Command>,
    ) -> Result<(), Interrupted> {
        let document = match self.vault.begin_sending(id).await {
            // The clerk withdrew it a moment ago.
            Err(VaultError::State { .. }) => return Ok(()),
            document => document?,
        };
        self.tell(SyncEvent::Sending(id));
        let Ok(answer) = listen(self.transport.put_request(id, &document), commands, waiting).await else {
            let reason = Reason::of(Reason::ANSWER_LOST);
            self.vault.record_attempt(id, &Retry { reason, next_at: None, counts: true, in_doubt: true }).await?;
            return Err(Interrupted::Stopped);
        };
        let now = (self.clock)();
        match answer {
            Ok(receipt) => {
                self.planner.accepted(now);
                self.vault.record_accepted(id, &receipt).await?;
                self.tell(SyncEvent::Accepted { id, receipt: Box::new(receipt) });
            }
            Err(error) => {
                let sign_in = error == SendError::SignIn;
                match self.planner.failed(error, attempts, now, self.chance.f64()) {
                    Verdict::Refused(reason) => {
                        self.vault.record_refused(id, &reason).await?;
                        self.tell(SyncEvent::Refused { id, reason });
                    }
                    Verdict::Retry(retry) => {
                        self.vault.record_attempt(id, &retry).await?;
                        self.tell(SyncEvent::Queued { id, reason: retry.reason, next_at: retry.next_at });
                    }
                }
                if sign_in {
                    self.tell(SyncEvent::NeedSignIn);
                }
            }
        }
        self.report_link();
        Ok(())
    }

    async fn obey(&mut self, command: Command) -> Result<(), Stopped> {
        match command {
            Command::Stop => return Err(Stopped),
            Command::Queued => {}
            Command::SignedIn => self.planner.signed_in(),
            Command::TryNow => self.planner.try_now(),
        }
        if self.faulty || command == Command::TryNow {
            match self.vault.requeue().await {
                Ok(_) => self.faulty = false,
                Err(error) => self.tell(SyncEvent::Fault(error)),
            }
        }
        Ok(())
    }

    async fn sleep_until(&self, deadline: Option<Timestamp>) {
        match deadline {
            Some(deadline) => {
                let left = deadline.duration_since((self.clock)());
                tokio::time::sleep(left.try_into().unwrap_or_default()).await;
            }
            None => std::future::pending().await,
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
    fn tell(&self, event: SyncEvent) {
        let _ = self.events.send(event);
    }
}

/// Why a step was not finished.
enum Interrupted {
    Stopped,
    Vault(VaultError),
}

impl From<VaultError> for Interrupted {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

/// Waits for an answer while commands come in; they are kept for later, but for the one to stop.
async fn listen<A>(
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
