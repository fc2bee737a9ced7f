//! `onewindow outbox push`: the outbox worker without a screen, until nothing waits or patience is at an end.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use uuid::Uuid;

use super::Entry;
use crate::api::{ApiError, Client};
use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::server::{self, Account};
use crate::cli::{output, store};
use crate::sync::{Command, LinkState, SyncEvent, Worker, words};
use crate::vault::{OutboxState, Reason, Rescue, Vault};

/// Waiting time between two tries to reach the backend at the start.
const KNOCK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(in crate::cli) struct Push {
    /// Go on until nothing waits.
    #[arg(long)]
    until_empty: bool,
    /// Give up after so many seconds in which nothing came to its end.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u32,
}

/// What a push came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pushed {
    /// Why it ended.
    ended: End,
    /// Accepted in this run.
    accepted: usize,
    /// Refused in this run, or accepted without some of their items.
    refused: usize,
    /// Still queued.
    waiting: u64,
    /// Those that came to their end in this run, in that order.
    requests: Vec<Entry>,
    /// What was rescued when the store was damaged, until somebody was told on the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    rescue: Option<Rescue>,
}

/// Why a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum End {
    /// Nothing waits any more.
    Empty,
    /// Everything was tried once.
    Tried,
    /// The backend did not answer.
    Unreachable,
    /// Something else answered.
    CaptivePortal,
    /// The backend answers, but puts off what is left.
    PutOff,
    /// The backend does not serve this version of the program.
    ClientTooOld,
    /// Name or password is wrong.
    SignIn,
    /// The vault cannot be written.
    Vault,
}

pub(super) async fn run(push: &Push, context: &Context) -> Result<(), Failure> {
    let vault = store::open(context).await?;
    let patience = Duration::from_secs(push.patience.into());
    let mut run =
        Run { context, vault: &vault, done: Vec::new(), progress: Instant::now(), fault: None, told_of_portal: false };
    let waiting = run.waiting().await?;
    let end = match waiting {
        0 => End::Empty,
        _ => match sign_in(push, patience, context).await {
            Ok((client, account)) => run.push(push, patience, client, &account).await?,
            Err(Refusal::End(end)) => end,
            Err(Refusal::Failure(failure)) => return Err(failure),
        },
    };
    let exit = run.report(end).await;
    // What is in the vault is safe either way.
    let _ = vault.close().await;
    exit
}

enum Refusal {
    End(End),
    Failure(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Finds the backend and signs in, as patiently as it sends.
async fn sign_in(push: &Push, patience: Duration, context: &Context) -> Result<(Arc<Client>, Account), Refusal> {
    let until = Instant::now() + patience;
    let mut account = None;
    loop {
        let error = match server::reach_now(context).await? {
            Ok(client) => {
                let account = match account.take() {
                    Some(account) => account,
                    None => server::account(&client, context)?,
                };
                match client.sign_in(&account.user, &account.password).await {
                    Ok(_) => return Ok((Arc::new(client), account)),
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        let (end, pause) = match &error {
            ApiError::Offline(_) | ApiError::CutOff(_) => (End::Unreachable, KNOCK_EVERY),
            ApiError::CaptivePortal => (End::CaptivePortal, KNOCK_EVERY),
            ApiError::Retry { after, .. } => (End::PutOff, after.unwrap_or(KNOCK_EVERY)),
            ApiError::TooOld(_) => return Err(Refusal::End(End::ClientTooOld)),
            _ => return Err(server::failure(error, context).into()),
        };
        if !push.until_empty || Instant::now() + pause > until {
            output::note(&server::failure(error, context).sentence());
            return Err(Refusal::End(end));
        }
        tokio::time::sleep(pause).await;
    }
}

struct Run<'a> {
    context: &'a Context,
    vault: &'a Vault,
    /// Final in this run.
    done: Vec<Uuid>,
    /// When something last came to its end or got on.
    progress: Instant,
    fault: Option<Failure>,
    /// That something else answers was said.
    told_of_portal: bool,
}

impl Run<'_> {
    async fn waiting(&self) -> Result<u64, Failure> {
        self.vault.waiting().await.map(|waiting| waiting.count).map_err(|error| store::failure(&error, self.context))
    }

    async fn push(
        &mut self,
        push: &Push,
        patience: Duration,
        client: Arc<Client>,
        account: &Account,
    ) -> Result<End, Failure> {
        let (events, mut reports) = unbounded_channel();
        let (commands, orders) = unbounded_channel();
        let worker = Worker::new(self.vault.clone(), Arc::clone(&client), Timestamp::now, events).run(orders);
        let mut worker = std::pin::pin!(worker);
        let end = {
            let watch = self.watch(push, patience, &client, account, &commands, &mut reports);
            tokio::select! {
                end = watch => end,
                () = &mut worker => Ok(End::Vault),
            }
        };
        // Ends what is under way in doubt; the next run asks again.
        let _ = commands.send(Command::Stop);
        worker.await;
        let _ = client.sign_out().await;
        end
    }

    /// Follows the worker until there is no point in going on.
    async fn watch(
        &mut self,
        push: &Push,
        patience: Duration,
        client: &Client,
        account: &Account,
        commands: &UnboundedSender<Command>,
        reports: &mut UnboundedReceiver<SyncEvent>,
    ) -> Result<End, Failure> {
        let mut link = LinkState::Unknown;
        self.progress = Instant::now();
        let mut tried = 0;
        loop {
            let event = tokio::select! {
                event = reports.recv() => event,
                () = tokio::time::sleep_until(self.progress + patience) => return Ok(silence(link)),
            };
            match event {
                None => return Ok(End::Vault),
                Some(SyncEvent::Accepted { id, acceptance }) => {
                    if let Some(reason) = acceptance.reason() {
                        self.objected(id, &reason);
                    }
                    self.finished(id);
                }
                Some(SyncEvent::Refused { id, reason }) => {
                    self.objected(id, &reason);
                    self.finished(id);
                }
                Some(SyncEvent::Queued { .. }) => tried += 1,
                Some(SyncEvent::Link(new)) => {
                    if new == LinkState::CaptivePortal && !self.told_of_portal {
                        self.told_of_portal = true;
                        output::note(&words::link(new, None, &self.context.locale));
                    }
                    link = new;
                }
                Some(SyncEvent::Skew(skew)) => output::note(&words::skew(skew, &self.context.locale)),
                Some(SyncEvent::TooOld) => return Ok(End::ClientTooOld),
                Some(SyncEvent::NeedSignIn) => match client.sign_in(&account.user, &account.password).await {
                    Err(ApiError::Unauthorised(_) | ApiError::Refused(_)) => return Ok(End::SignIn),
                    answer => {
                        if answer.is_err() {
                            tokio::time::sleep(KNOCK_EVERY).await;
                        }
                        // Not signed in after all: the worker says so again.
                        let _ = commands.send(Command::SignedIn);
                    }
                },
                Some(SyncEvent::Fault(error)) => {
                    self.fault = Some(store::failure(&error, self.context));
                    return Ok(End::Vault);
                }
                Some(SyncEvent::Resting(until)) => {
                    if self.waiting().await? == 0 {
                        return Ok(End::Empty);
                    }
                    if !push.until_empty && (tried > 0 || !matches!(link, LinkState::Online { .. })) {
                        return Ok(if tried > 0 { End::Tried } else { silence(link) });
                    }
                    let left = until.map(|until| until.duration_since(Timestamp::now()));
                    let left = left.and_then(|left| Duration::try_from(left).ok()).unwrap_or_default();
                    if Instant::now() + left > self.progress + patience {
                        return Ok(silence(link));
                    }
                }
                // Files that get on are progress.
                Some(SyncEvent::Uploading { .. }) => self.progress = Instant::now(),
                Some(SyncEvent::Sending(_)) => {}
            }
        }
    }

    fn objected(&self, id: Uuid, reason: &Reason) {
        output::note(&format!("{id}  {}", words::reason(reason, &self.context.locale)));
    }

    fn finished(&mut self, id: Uuid) {
        self.progress = Instant::now();
        self.done.push(id);
    }

    async fn report(mut self, end: End) -> Result<(), Failure> {
        let context = self.context;
        let mut pushed = Pushed {
            ended: end,
            accepted: 0,
            refused: 0,
            waiting: self.waiting().await?,
            requests: Vec::new(),
            rescue: self.vault.rescue().cloned(),
        };
        for id in &self.done {
            let entry = self.vault.outbox_entry(*id).await.map_err(|error| store::failure(&error, context))?;
            let Some(entry) = entry else { continue };
            match (entry.state, &entry.reason) {
                (OutboxState::Accepted, None) => pushed.accepted += 1,
                _ => pushed.refused += 1,
            }
            pushed.requests.push(Entry::of(entry, context));
        }
        if context.globals.json {
            output::print_json(&pushed)?;
        } else {
            let numbers = [pushed.accepted.to_string(), pushed.refused.to_string(), pushed.waiting.to_string()];
            let [accepted, refused, waiting] = &numbers;
            let args = [("accepted", accepted.as_str()), ("refused", refused), ("waiting", waiting)];
            output::print(&format!("{}\n", context.format("cli-push-done", &args)))?;
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let exit = match end {
            End::SignIn => return Err(context.fail(Exit::Locked, "cli-api-unauthorised", &[])),
            End::ClientTooOld => return Err(context.fail(Exit::Refused, "sync-reason-client-too-old", &[])),
            End::Vault => Exit::Refused,
            _ if pushed.refused > 0 => Exit::Refused,
            _ if pushed.waiting > 0 => Exit::Unreachable,
            _ => return Ok(()),
        };
        Err(Failure::Silent(exit))
    }
}

/// What it means that nothing gets on.
const fn silence(link: LinkState) -> End {
    match link {
        LinkState::Online { .. } => End::PutOff,
        LinkState::CaptivePortal => End::CaptivePortal,
        LinkState::Unknown | LinkState::Offline { .. } => End::Unreachable,
    }
}
