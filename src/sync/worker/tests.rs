use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::domain::receipt::Receipt;
use crate::sync::ProbeError;
use crate::vault::OutboxState;
use crate::vault::tests::{at, receipt, with_queued};

/// What the fake backend does with an attempt.
#[derive(Debug, Clone)]
enum Act {
    Accept,
    /// Takes the request, but the answer gets lost.
    AcceptSilently,
    Fail(SendError),
    Hang,
}

/// A backend that follows a script, then accepts everything; it keeps one request for an id.
#[derive(Default)]
struct Backend {
    script: Mutex<VecDeque<Act>>,
    probes: Mutex<VecDeque<Result<(), ProbeError>>>,
    kept: Mutex<Vec<(Uuid, Vec<u8>)>>,
    puts: Mutex<Vec<Uuid>>,
    probed: Mutex<u32>,
    busy: AtomicBool,
}

impl Transport for Arc<Backend> {
    async fn put_request(&self, id: Uuid, document: &[u8]) -> Result<Receipt, SendError> {
        assert!(!self.busy.swap(true, Ordering::SeqCst), "two attempts at once");
        self.puts.lock().unwrap().push(id);
        let act = self.script.lock().unwrap().pop_front().unwrap_or(Act::Accept);
        tokio::time::sleep(Duration::from_millis(300)).await;
        if matches!(act, Act::Hang) {
            std::future::pending::<()>().await;
        }
        self.busy.store(false, Ordering::SeqCst);
        if matches!(act, Act::Accept | Act::AcceptSilently) {
            let mut kept = self.kept.lock().unwrap();
            if let Some((_, known)) = kept.iter().find(|(known, _)| *known == id) {
                assert_eq!(known, document, "other bytes the second time");
            } else {
                kept.push((id, document.to_vec()));
            }
        }
        match act {
            Act::Accept => Ok(receipt(id)),
            Act::AcceptSilently => Err(SendError::Unreachable),
            Act::Fail(error) => Err(error),
            Act::Hang => unreachable!(),
        }
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        *self.probed.lock().unwrap() += 1;
        self.probes.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }
}

struct Desk {
    vault: Vault,
    ids: Vec<Uuid>,
    backend: Arc<Backend>,
    commands: UnboundedSender<Command>,
    events: UnboundedReceiver<SyncEvent>,
    task: JoinHandle<()>,
}

/// A desk with queued requests and a worker, in paused time.
async fn desk(dir: &Path, count: usize, script: Vec<Act>, probes: Vec<Result<(), ProbeError>>) -> Desk {
    let (vault, ids) = with_queued(dir, count).await;
    let backend = Arc::new(Backend {
        script: Mutex::new(script.into()),
        probes: Mutex::new(probes.into()),
        ..Backend::default()
    });
    let (sender, events) = unbounded_channel();
    let (commands, receiver) = unbounded_channel();
    let start = Instant::now();
    let clock = move || at(100) + SignedDuration::try_from(start.elapsed()).unwrap();
    let task = tokio::spawn(Worker::new(vault.clone(), backend.clone(), clock, sender).run(receiver));
    Desk { vault, ids, backend, commands, events, task }
}

impl Desk {
    /// The next event that is not about the link.
    async fn event(&mut self) -> SyncEvent {
        loop {
            match self.events.recv().await.expect("the worker is gone") {
                SyncEvent::Link(_) => {}
                event => return event,
            }
        }
    }

    async fn state(&self, number: usize) -> OutboxState {
        self.vault.outbox_entry(self.ids[number]).await.unwrap().unwrap().state
    }

    async fn until_final(&mut self, mut count: usize) {
        while count > 0 {
            if matches!(self.event().await, SyncEvent::Accepted { .. } | SyncEvent::Refused { .. }) {
                count -= 1;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_recovered_and_accepted_once() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 1, vec![Act::AcceptSilently], vec![]).await;
    let id = desk.ids[0];
    assert!(matches!(desk.event().await, SyncEvent::Sending(sent) if sent == id));
    let SyncEvent::Queued { reason, next_at, .. } = desk.event().await else { panic!() };
    assert_eq!((reason.code.as_str(), next_at), (Reason::UNREACHABLE, None));
    assert!(matches!(desk.event().await, SyncEvent::Sending(sent) if sent == id));
    let SyncEvent::Accepted { receipt: answer, .. } = desk.event().await else { panic!() };
    assert_eq!(*answer, receipt(id));
    assert_eq!(desk.backend.kept.lock().unwrap().len(), 1);
    assert_eq!(desk.backend.puts.lock().unwrap().len(), 2);
    let entry = desk.vault.outbox_entry(id).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.attempts), (OutboxState::Accepted, 1), "being offline cost no attempt");
    assert_eq!(desk.vault.receipt(id).await.unwrap(), Some(receipt(id)));
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_keeps_its_reason_and_hinders_none() {
    let dir = TempDir::new().unwrap();
    let reason = Reason { status: Some(422), detail: "年龄未满80周岁".to_owned(), ..Reason::of("invalid") };
    let mut desk = desk(dir.path(), 3, vec![Act::Fail(SendError::Refused(reason.clone()))], vec![]).await;
    desk.until_final(3).await;
    assert_eq!(desk.state(0).await, OutboxState::Refused);
    assert_eq!(desk.vault.outbox_entry(desk.ids[0]).await.unwrap().unwrap().reason, Some(reason));
    assert_eq!((desk.state(1).await, desk.state(2).await), (OutboxState::Accepted, OutboxState::Accepted));
    assert_eq!(*desk.backend.puts.lock().unwrap(), desk.ids, "in the order of submission, each once");
}

#[tokio::test(start_paused = true)]
async fn a_bad_record_does_not_stop_the_rest() {
    let dir = TempDir::new().unwrap();
    let lost = || Act::Fail(SendError::Lost { reason: Reason::of("internal"), after: None });
    let mut desk = desk(dir.path(), 3, vec![lost()], vec![]).await;
    desk.until_final(3).await;
    let puts = desk.backend.puts.lock().unwrap().clone();
    assert_eq!(puts, [desk.ids[0], desk.ids[1], desk.ids[2], desk.ids[0]]);
    assert_eq!(desk.vault.outbox_entry(desk.ids[0]).await.unwrap().unwrap().attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_captive_portal_stops_everything_until_it_is_gone() {
    let dir = TempDir::new().unwrap();
    let portal = Err(ProbeError::CaptivePortal);
    let mut desk =
        desk(dir.path(), 3, vec![Act::Fail(SendError::CaptivePortal)], vec![Ok(()), portal, portal, portal]).await;
    let mut links = Vec::new();
    let mut sent = 0;
    while sent < 2 {
        match desk.events.recv().await.unwrap() {
            SyncEvent::Link(link) => links.push(std::mem::discriminant(&link)),
            SyncEvent::Sending(_) => sent += 1,
            _ => {}
        }
    }
    // one attempt met the portal; the second came only after four more probes, of which three met it too
    assert_eq!(*desk.backend.probed.lock().unwrap(), 5);
    let online = std::mem::discriminant(&LinkState::Online { at: at(0) });
    assert_eq!(links, [online, std::mem::discriminant(&LinkState::CaptivePortal), online]);
    desk.until_final(3).await;
}

#[tokio::test(start_paused = true)]
async fn offline_requests_wait_without_attempts() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 2, vec![], vec![Err(ProbeError::Unreachable); 20]).await;
    desk.until_final(2).await;
    assert_eq!(*desk.backend.probed.lock().unwrap(), 21);
    assert_eq!(desk.vault.outbox_entry(desk.ids[0]).await.unwrap().unwrap().attempts, 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_over_waits_for_the_clerk_and_then_goes_on() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 2, vec![Act::Fail(SendError::SignIn)], vec![]).await;
    assert!(matches!(desk.event().await, SyncEvent::Sending(_)));
    assert!(matches!(desk.event().await, SyncEvent::Queued { .. }));
    assert!(matches!(desk.event().await, SyncEvent::NeedSignIn));
    desk.commands.send(Command::Queued).unwrap();
    desk.commands.send(Command::SignedIn).unwrap();
    desk.until_final(2).await;
    assert_eq!(desk.backend.puts.lock().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_nudge_starts_what_was_queued_later() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 0, vec![], vec![]).await;
    let id = Uuid::now_v7();
    desk.vault.save_draft(&crate::vault::tests::draft(id, 1)).await.unwrap();
    desk.vault.freeze(id, &crate::vault::tests::request(id, at(50))).await.unwrap();
    desk.commands.send(Command::Queued).unwrap();
    desk.until_final(1).await;
}

#[tokio::test(start_paused = true)]
async fn stopping_breaks_off_and_leaves_the_request_in_doubt() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 1, vec![Act::Hang], vec![]).await;
    assert!(matches!(desk.event().await, SyncEvent::Sending(_)));
    desk.commands.send(Command::TryNow).unwrap();
    desk.commands.send(Command::Stop).unwrap();
    desk.task.await.unwrap();
    let entry = desk.vault.outbox_entry(desk.ids[0]).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.in_doubt), (OutboxState::Queued, true));
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_fails_is_reported_and_the_answer_asked_for_again() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 1, vec![], vec![]).await;
    // The acceptance cannot be written: the disk, as it were, is full.
    let fault = "CREATE TRIGGER full BEFORE INSERT ON receipts BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    desk.vault.run_sql(fault).await;
    assert!(matches!(desk.event().await, SyncEvent::Sending(_)));
    assert!(matches!(desk.event().await, SyncEvent::Fault(_)));
    desk.vault.run_sql("DROP TRIGGER full").await;
    desk.commands.send(Command::Queued).unwrap();
    desk.until_final(1).await;
    assert_eq!(desk.backend.kept.lock().unwrap().len(), 1);
    assert_eq!(desk.state(0).await, OutboxState::Accepted);
}

#[tokio::test]
async fn a_request_withdrawn_at_the_last_moment_is_not_sent_and_disturbs_nobody() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 2).await;
    let backend = Arc::new(Backend::default());
    let (sender, mut events) = unbounded_channel();
    let (_commands, receiver) = unbounded_channel();
    let (other, first) = (vault.clone(), ids[0]);
    let looks = AtomicUsize::new(0);
    let probed = backend.clone();
    // The worker looks at the clock when it has chosen what to send: that is the moment.
    let clock = move || {
        let looks = if *probed.probed.lock().unwrap() > 0 { looks.fetch_add(1, Ordering::SeqCst) } else { 0 };
        // first when the probe was answered, then when the request was chosen
        if looks == 1 {
            let other = other.clone();
            let act = async move { other.withdraw(first).await.unwrap() };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            std::thread::spawn(move || runtime.block_on(act)).join().unwrap();
        }
        at(100)
    };
    tokio::spawn(Worker::new(vault.clone(), backend.clone(), clock, sender).run(receiver));
    loop {
        match events.recv().await.unwrap() {
            SyncEvent::Accepted { id, .. } => break assert_eq!(id, ids[1]),
            SyncEvent::Fault(error) => panic!("{error}"),
            _ => {}
        }
    }
    assert_eq!(*backend.puts.lock().unwrap(), [ids[1]]);
    assert_eq!(vault.outbox_entry(ids[0]).await.unwrap().unwrap().state, OutboxState::Withdrawn);
}
