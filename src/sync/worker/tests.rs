use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::sync::ProbeError;
use crate::vault::tests::{at, draft, receipt, request, with_queued};
use crate::vault::{Acceptance, Attachment, FieldFault, NewAttachment, OutboxState};

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
    /// What came of each file, by its place.
    uploads: Mutex<BTreeMap<String, Vec<u8>>>,
    /// What goes wrong with the next parts.
    parts: Mutex<VecDeque<SendError>>,
    /// What each part needs a permit of, if anything.
    gate: Mutex<Option<Arc<Semaphore>>>,
}

impl Transport for Arc<Backend> {
    async fn put_request(&self, id: Uuid, document: &[u8]) -> Result<Acceptance, SendError> {
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
            Act::Accept => Ok(Acceptance::whole(receipt(id))),
            Act::AcceptSilently => Err(SendError::CutOff),
            Act::Fail(error) => Err(error),
            Act::Hang => unreachable!(),
        }
    }

    async fn begin_upload(&self, file: &Attachment) -> Result<String, SendError> {
        let mut uploads = self.uploads.lock().unwrap();
        let place = format!("/{}/{}", uploads.len(), file.name);
        uploads.insert(place.clone(), Vec::new());
        Ok(place)
    }

    async fn upload_offset(&self, place: &str) -> Result<Option<u64>, SendError> {
        Ok(self.uploads.lock().unwrap().get(place).map(|bytes| bytes.len() as u64))
    }

    async fn upload_part(&self, place: &str, at: u64, bytes: Vec<u8>) -> Result<u64, SendError> {
        if let Some(error) = self.parts.lock().unwrap().pop_front() {
            return Err(error);
        }
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        let mut uploads = self.uploads.lock().unwrap();
        let so_far = uploads.get_mut(place).unwrap();
        assert_eq!(so_far.len() as u64, at, "not where the backend stands");
        so_far.extend(bytes);
        Ok(so_far.len() as u64)
    }

    async fn probe(&self) -> Result<Option<Timestamp>, ProbeError> {
        *self.probed.lock().unwrap() += 1;
        self.probes.lock().unwrap().pop_front().unwrap_or(Ok(())).map(|()| None)
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
                SyncEvent::Link(_) | SyncEvent::Resting(_) | SyncEvent::Skew(_) => {}
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
    let SyncEvent::Queued { reason, .. } = desk.event().await else { panic!() };
    assert_eq!(reason.code, Reason::ANSWER_LOST);
    assert!(matches!(desk.event().await, SyncEvent::Sending(sent) if sent == id));
    let SyncEvent::Accepted { acceptance: answer, .. } = desk.event().await else { panic!() };
    assert_eq!(answer.receipt, receipt(id));
    assert_eq!(desk.backend.kept.lock().unwrap().len(), 1);
    assert_eq!(desk.backend.puts.lock().unwrap().len(), 2);
    let entry = desk.vault.outbox_entry(id).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.attempts), (OutboxState::Accepted, 2), "what may have arrived was an attempt");
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

fn file(length: usize) -> NewAttachment {
    let content = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
    NewAttachment { name: "scan.jpg".to_owned(), media_type: "image/jpeg".to_owned(), content }
}

#[tokio::test(start_paused = true)]
async fn files_go_first_and_go_on_where_they_were() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    let kept = vault.attach(ids[0], &file(700_000)).await.unwrap();
    drop(vault);
    let mut desk = desk(dir.path(), 0, vec![], vec![]).await;
    let lost = SendError::Lost { reason: Reason::of("internal"), after: None };
    *desk.backend.parts.lock().unwrap() = [SendError::CutOff, lost].into();
    let mut progress = Vec::new();
    loop {
        match desk.event().await {
            SyncEvent::Uploading { sent, size, .. } => {
                assert_eq!(size, 700_000);
                progress.push(sent);
            }
            SyncEvent::Queued { .. } => {
                let entry = desk.vault.outbox_entry(ids[0]).await.unwrap().unwrap();
                assert!(!entry.in_doubt, "the request itself did not go out");
            }
            SyncEvent::Sending(_) => assert_eq!(progress.last(), Some(&700_000)),
            SyncEvent::Accepted { .. } => break,
            event => panic!("{event:?}"),
        }
    }
    assert!(progress.windows(2).all(|pair| pair[0] <= pair[1]), "{progress:?}");
    let uploads = desk.backend.uploads.lock().unwrap().clone();
    assert_eq!(uploads.into_values().collect::<Vec<_>>(), [file(700_000).content], "begun once, whole");
    assert!(desk.vault.attachment_bytes(&kept.digest, 0, 1).await.is_err(), "the backend has it; it stays no longer");
}

#[tokio::test(start_paused = true)]
async fn a_request_without_files_does_not_wait_for_the_files_of_another() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 2).await;
    vault.attach(ids[0], &file(700_000)).await.unwrap();
    drop(vault);
    let mut desk = desk(dir.path(), 0, vec![], vec![]).await;
    let gate = Arc::new(Semaphore::new(2));
    *desk.backend.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let later = Uuid::now_v7();
    let (mut order, mut parts) = (Vec::new(), 0);
    while order.len() < 3 {
        match desk.event().await {
            SyncEvent::Uploading { sent, .. } if sent > 0 => {
                parts += 1;
                if parts == 2 {
                    desk.vault.save_draft(&draft(later, 1)).await.unwrap();
                    desk.vault.freeze(later, &request(later, at(40))).await.unwrap();
                    desk.commands.send(Command::Queued).unwrap();
                    gate.add_permits(100);
                }
            }
            SyncEvent::Accepted { id, .. } => order.push((id, parts)),
            _ => {}
        }
    }
    let of = |id| order.iter().find(|(accepted, _)| *accepted == id).unwrap().1;
    assert_eq!(of(ids[1]), 0, "what only has to be sent goes before files: {order:?}");
    assert_eq!(of(later), 3, "and what is queued meanwhile after the part under way: {order:?}");
    assert_eq!(order.last().unwrap().0, ids[0], "{order:?}");
    let uploads = desk.backend.uploads.lock().unwrap().clone();
    assert_eq!(uploads.into_values().collect::<Vec<_>>(), [file(700_000).content], "begun once, whole");
}

#[tokio::test(start_paused = true)]
async fn files_that_the_backend_lost_are_brought_again() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    vault.attach(ids[0], &file(10)).await.unwrap();
    drop(vault);
    let field =
        FieldFault { pointer: "/x".into(), keyword: "upload".into(), code: String::new(), message: String::new() };
    let reason = Reason { status: Some(422), fields: vec![field], ..Reason::of("invalid") };
    let refusals = |count| vec![Act::Fail(SendError::Refused(reason.clone())); count];
    let mut desk = desk(dir.path(), 0, refusals(2), vec![]).await;
    desk.until_final(1).await;
    assert_eq!(desk.backend.uploads.lock().unwrap().len(), 3);
    assert_eq!(desk.vault.outbox_entry(ids[0]).await.unwrap().unwrap().state, OutboxState::Accepted);
    // one whose files are not here is refused at once
    let mut desk = self::desk(&dir.path().join("other"), 1, refusals(1), vec![]).await;
    desk.until_final(1).await;
    assert_eq!(desk.state(0).await, OutboxState::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_taken_refuses_its_request_and_no_other() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 2).await;
    vault.attach(ids[0], &file(10)).await.unwrap();
    drop(vault);
    let mut desk = desk(dir.path(), 0, vec![], vec![]).await;
    let reason = Reason { status: Some(415), ..Reason::of("unsupported-media-type") };
    *desk.backend.parts.lock().unwrap() = [SendError::Refused(reason)].into();
    desk.until_final(2).await;
    assert_eq!(desk.vault.outbox_entry(ids[0]).await.unwrap().unwrap().state, OutboxState::Refused);
    assert_eq!(*desk.backend.puts.lock().unwrap(), [ids[1]]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_stays_to_be_seen_and_stops_no_other() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 2).await;
    // Ids count up with time, so the first is the lowest.
    vault.run_sql("UPDATE outbox SET document = x'ff00' WHERE seq = 1").await;
    drop(vault);
    let mut desk = desk(dir.path(), 0, vec![], vec![]).await;
    let SyncEvent::Queued { id, reason, .. } = desk.event().await else { panic!() };
    assert_eq!((id, reason.code.as_str()), (ids[0], Reason::DAMAGED));
    desk.until_final(1).await;
    assert_eq!(*desk.backend.puts.lock().unwrap(), [ids[1]]);
    assert_eq!(desk.vault.outbox_entry(ids[0]).await.unwrap().unwrap().state, OutboxState::Queued);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_breaks_the_line_stops_no_other() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 3, vec![Act::Fail(SendError::CutOff)], vec![]).await;
    desk.until_final(3).await;
    let puts = desk.backend.puts.lock().unwrap().clone();
    assert_eq!(puts, [desk.ids[0], desk.ids[1], desk.ids[2], desk.ids[0]]);
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
async fn a_gateways_no_does_not_settle_whether_it_arrived_before() {
    for (code, in_doubt) in [(Reason::GATEWAY, true), ("invalid", false)] {
        let dir = TempDir::new().unwrap();
        let refusal = SendError::Refused(Reason { status: Some(413), ..Reason::of(code) });
        let mut desk = desk(dir.path(), 1, vec![Act::Fail(SendError::CutOff), Act::Fail(refusal)], vec![]).await;
        while !matches!(desk.event().await, SyncEvent::Refused { .. }) {}
        let entry = desk.vault.outbox_entry(desk.ids[0]).await.unwrap().unwrap();
        assert_eq!((entry.state, entry.in_doubt), (OutboxState::Refused, in_doubt), "{code}");
        desk.vault.reopen(desk.ids[0], at(90)).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_met_no_connection_can_be_withdrawn() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 1, vec![Act::Fail(SendError::Unreachable)], vec![]).await;
    while !matches!(desk.event().await, SyncEvent::Queued { .. }) {}
    desk.vault.withdraw(desk.ids[0]).await.unwrap();
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
async fn a_disk_that_was_full_for_a_while_stops_the_outbox_for_a_while() {
    let dir = TempDir::new().unwrap();
    let mut desk = desk(dir.path(), 2, vec![], vec![]).await;
    desk.vault
        .run_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.state = 'accepted'
             BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
        )
        .await;
    let mut faults = 0;
    while faults < 3 {
        faults += usize::from(matches!(desk.event().await, SyncEvent::Fault(_)));
    }
    desk.vault.run_sql("DROP TRIGGER full").await;
    // Nobody presses a key.
    desk.until_final(2).await;
    assert_eq!(desk.backend.kept.lock().unwrap().len(), 2);
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
