//! Faults on the wire, between the real client and the real backend: none is lost, none is taken twice, each comes to its end.
//!
//! The suite runs a few hundred submissions. `TEST_LONG=1 cargo test --test wire -- --nocapture` runs more than 10,000 over
//! many seeds and prints its figures. Waiting times pass faster than on the clock; nothing else is different.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

#[path = "wire/proxy.rs"]
mod proxy;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onewindow::api::wire::CaseFilter;
use onewindow::api::{ApiError, Client, digest};
use onewindow::app::intake::document::Document;
use onewindow::backend::Backend;
use onewindow::backend::config::Config;
use onewindow::domain::request::Request;
use onewindow::sync::{Clock, Command, SyncEvent, Worker};
use onewindow::training::sample;
use onewindow::vault::{Door, Frozen, NewAttachment, OutboxState, Policy, Suite, Vault};
use proxy::{Fault, Line};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;
use uuid::Uuid;

/// How many times faster than the clock waiting times pass.
const HASTE: u32 = 400;

/// How long a desk may be busy with its requests before something is wrong.
const PATIENCE: Duration = Duration::from_secs(600);

fn is_long() -> bool {
    std::env::var_os("TEST_LONG").is_some()
}

/// A clock that runs [`HASTE`] times as fast.
#[derive(Clone, Copy)]
struct Hasty {
    start: Timestamp,
    since: Instant,
}

impl Hasty {
    fn new() -> Self {
        Self { start: Timestamp::now(), since: Instant::now() }
    }
}

impl Clock for Hasty {
    fn now(&self) -> Timestamp {
        self.start + SignedDuration::try_from(self.since.elapsed() * HASTE).unwrap()
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span / HASTE).await;
    }
}

/// A scanned paper, another for each request, of a few parts.
fn scan(request: Uuid) -> NewAttachment {
    let content = request.as_bytes().iter().copied().cycle().take(150_000).collect();
    NewAttachment { name: "scan.jpg".to_owned(), media_type: "image/jpeg".to_owned(), content }
}

/// Requests of invented citizens; every tenth has an answer that the backend must refuse, every fifth brings a file.
fn requests(seed: u64, count: usize) -> Vec<(Request, bool)> {
    let since = Timestamp::now() - SignedDuration::from_hours(24);
    let all = sample::requests(seed, count, None, since).unwrap();
    all.zip(0..)
        .map(|(mut request, number)| {
            let bad = number % 10 == 9;
            if bad {
                request.items[0].answers["truthful"] = json!(false);
            }
            let material = request.items[0].materials.first_mut();
            if let (true, Some(material)) = (number % 5 == 1, material) {
                material.uploads.push(digest::sha256_hex(&scan(request.id).content));
            }
            (request, bad)
        })
        .collect()
}

/// The vault of a desk, as the program itself would open it with the practice clerk's password.
async fn open(folder: &Path) -> Vault {
    let door = Door::new(folder, "practice", Policy::practice(Suite::Sm4Gcm));
    let seal = if door.has_keys() { door.unlock("practice", Timestamp::now()) } else { door.make("practice") };
    Vault::open(folder, "practice", seal.unwrap()).await.unwrap()
}

/// Fills a vault with queued requests, as a clerk without a network would.
async fn fill(folder: &Path, requests: &[(Request, bool)]) {
    let vault = open(folder).await;
    let documents: Vec<Document> =
        requests.iter().map(|(request, _)| Document::new(serde_json::to_value(request).unwrap()).unwrap()).collect();
    let frozen: Vec<Frozen> =
        documents.iter().map(|document| Frozen::keeping(&document.request, &document.value).unwrap()).collect();
    let drafts: Vec<_> =
        documents.into_iter().map(|document| document.into_draft(None, Timestamp::now()).unwrap()).collect();
    vault.import_drafts(&drafts).await.unwrap();
    for (request, _) in requests {
        for digest in request.items.iter().flat_map(|item| &item.materials).flat_map(|line| &line.uploads) {
            let kept = vault.attach(request.id, &scan(request.id)).await.unwrap();
            assert_eq!(kept.digest, *digest);
        }
    }
    for entry in vault.freeze_all(&frozen).await.unwrap() {
        entry.unwrap();
    }
    vault.close().await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

async fn signed_in(addr: SocketAddr) -> Arc<Client> {
    let client = Client::practice(addr).unwrap();
    while client.sign_in("practice", "practice").await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Arc::new(client)
}

/// Works until nothing waits in a vault. Gives the number of attempts that were put off.
async fn carry(folder: &Path, line: SocketAddr) -> usize {
    let vault = open(folder).await;
    let client = signed_in(line).await;
    let (events, mut reports) = unbounded_channel();
    let (commands, orders) = unbounded_channel();
    let worker = tokio::spawn(Worker::new(vault.clone(), Arc::clone(&client), Hasty::new(), events).run(orders));
    let mut put_off = 0;
    let watch = async {
        loop {
            match reports.recv().await.unwrap() {
                SyncEvent::Resting(_) if vault.waiting().await.unwrap().count == 0 => break,
                SyncEvent::Queued { .. } => put_off += 1,
                SyncEvent::Fault(error) => panic!("{error}"),
                SyncEvent::NeedSignIn => {
                    match client.sign_in("practice", "practice").await {
                        Err(error @ (ApiError::Unauthorised(_) | ApiError::OtherWorld { .. })) => panic!("{error}"),
                        _ => commands.send(Command::SignedIn).unwrap(),
                    };
                }
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, watch).await.expect("it does not come to an end");
    commands.send(Command::Stop).unwrap();
    worker.await.unwrap();
    vault.close().await.unwrap();
    put_off
}

/// The backend's cases by request number, asked without any fault on the line.
async fn cases(backend: SocketAddr) -> BTreeMap<String, usize> {
    let client = signed_in(backend).await;
    let mut found = BTreeMap::new();
    let mut filter = CaseFilter { limit: Some(100), ..CaseFilter::default() };
    loop {
        let page = client.cases(&filter).await.unwrap();
        for case in page.cases {
            *found.entry(case.request_no).or_default() += 1;
        }
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return found,
        }
    }
}

/// What a vault says of its requests must be what the backend has.
async fn compare(folder: &Path, backend: SocketAddr, requests: &[(Request, bool)]) -> BTreeSet<String> {
    let vault = open(folder).await;
    let client = signed_in(backend).await;
    let mut numbers = BTreeSet::new();
    for (request, bad) in requests {
        let entry = vault.outbox_entry(request.id).await.unwrap().expect("lost from the vault");
        if *bad {
            assert_eq!((entry.state, entry.reason.unwrap().status), (OutboxState::Refused, Some(422)));
            assert!(client.get_request(request.id).await.is_err(), "the backend kept what it refused");
            continue;
        }
        assert_eq!(entry.state, OutboxState::Accepted, "{:?}", entry.reason);
        let theirs = client.get_request(request.id).await.expect("lost at the backend");
        let ours = vault.receipt(request.id).await.unwrap().expect("no receipt");
        assert_eq!((ours, entry.request_no.as_ref()), (theirs.receipt, Some(&theirs.request_no)));
        assert!(numbers.insert(theirs.request_no), "two requests with one number");
    }
    numbers
}

/// One county: a backend, a faulty line, a few desks, one of them with a twin that has a copy of its vault.
async fn county(seed: u64, desks: usize, each: usize, rate: f64) -> (usize, usize, BTreeMap<Fault, usize>) {
    let folder = TempDir::new().unwrap();
    let running = Backend::start(Config::practice(folder.path())).await.unwrap();
    let line = Line::lay(running.addr(), seed, rate).await;
    let mut work = Vec::new();
    for desk in 0..desks {
        let requests = requests(seed * 1000 + desk as u64, each);
        let own = folder.path().join(format!("desk-{desk}"));
        fill(&own, &requests).await;
        if desk == 0 {
            let twin = folder.path().join("twin");
            copy(&own, &twin);
            work.push((twin, requests.clone()));
        }
        work.push((own, requests));
    }
    let carried: Vec<_> = work
        .iter()
        .map(|(vault, _)| {
            let (vault, line) = (vault.clone(), line.addr);
            tokio::spawn(async move { carry(&vault, line).await })
        })
        .collect();
    let mut put_off = 0;
    for one in carried {
        put_off += one.await.unwrap();
    }
    // Whatever was held back on the way has arrived by now, too.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let mut numbers = BTreeSet::new();
    for (vault, requests) in &work {
        numbers.extend(compare(vault, running.addr(), requests).await);
    }
    let cases = cases(running.addr()).await;
    assert!(cases.values().all(|count| *count == 1), "a request with two cases");
    assert_eq!(
        cases.into_keys().collect::<BTreeSet<_>>(),
        numbers,
        "the backend has what no vault knows, or the reverse"
    );
    running.shutdown().await;
    (work.iter().map(|(_, requests)| requests.len()).sum(), put_off, line.faults())
}

/// What came of a number of counties.
#[derive(Default)]
struct Figures {
    submissions: usize,
    put_off: usize,
    faults: BTreeMap<Fault, usize>,
}

/// Takes seeds until there are none left, each a county of its own.
fn some_counties(seeds: &AtomicU64, last: u64, desks: usize, each: usize) -> Figures {
    let mut figures = Figures::default();
    loop {
        let seed = seeds.fetch_add(1, Ordering::Relaxed);
        if seed > last {
            return figures;
        }
        let started = Instant::now();
        // From a bad line to one that hardly works.
        let rate = [0.2, 0.5, 0.35][usize::try_from(seed % 3).unwrap()];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (done, late, seen) = runtime.block_on(county(seed, desks, each, rate));
        figures.submissions += done;
        figures.put_off += late;
        for (fault, count) in seen {
            *figures.faults.entry(fault).or_default() += count;
        }
        if is_long() {
            let seconds = started.elapsed().as_secs();
            println!("seed {seed}: {done} submissions at {:.0} % faults, {late} put off, {seconds} s", rate * 100.0);
        }
    }
}

#[test]
fn whatever_the_line_does_each_request_arrives_once() {
    let (last, desks, each, at_a_time) = if is_long() { (24, 5, 80, 6) } else { (2, 2, 40, 2) };
    let seeds = AtomicU64::new(1);
    // A county waits more than it works: some share the processor.
    let parts: Vec<Figures> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..at_a_time).map(|_| scope.spawn(|| some_counties(&seeds, last, desks, each))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a county without a finding")).collect()
    });
    let (mut submissions, mut put_off, mut faults) = (0, 0, BTreeMap::<Fault, usize>::new());
    for part in parts {
        submissions += part.submissions;
        put_off += part.put_off;
        for (fault, count) in part.faults {
            *faults.entry(fault).or_default() += count;
        }
    }
    println!("{submissions} submissions, {put_off} attempts put off, 0 lost, 0 doubled; faults: {faults:?}");
    assert_eq!(faults.len(), 14, "every fault occurred: {faults:?}");
    assert!(!is_long() || submissions >= 10_000);
}

/// `kill -9`, of the client and of the backend, again and again while requests are on their way.
#[tokio::test]
async fn what_is_killed_goes_on_where_it_was() {
    let count = if is_long() { 400 } else { 30 };
    let folder = TempDir::new().unwrap();
    let requests = requests(77, count);
    let desk = folder.path().join("desk");
    fill(&desk, &requests).await;
    let password = folder.path().join("password");
    fs::write(&password, "practice\n").unwrap();
    let mut backend = support::backend::Backend::start(folder.path());
    let address = backend.address().to_owned();
    let line = Line::lay(address.parse().unwrap(), 5, 0.1).await;
    let url = format!("http://{}", line.addr);
    let push = || {
        let mut push = Process::new(support::PROGRAM);
        push.args(["outbox", "push", "--until-empty", "--user", "practice", "--server", &url])
            .arg("--passphrase-file")
            .arg(&password)
            .arg("--data-dir")
            .arg(&desk)
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        push
    };
    let mut chance = fastrand::Rng::with_seed(9);
    let mut kills = 0;
    let code = loop {
        let mut process = push().spawn().unwrap();
        let until = Instant::now() + Duration::from_millis(if kills > count { 600_000 } else { chance.u64(100..1500) });
        let ended = loop {
            if let Some(status) = process.try_wait().unwrap() {
                break Some(status);
            }
            if Instant::now() > until {
                break None;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        match ended {
            Some(status) => break status.code(),
            None => {
                process.kill().unwrap();
                process.wait().unwrap();
                kills += 1;
                if kills % 3 == 0 {
                    drop(backend);
                    backend = support::backend::Backend::start_at(folder.path(), &address);
                }
            }
        }
    };
    println!("{count} submissions, client killed {kills} times, backend {} times", kills / 3);
    assert!(kills > 0, "nothing was killed");
    // Some of the refusals may have come in a run that was killed.
    assert!(matches!(code, Some(0 | 1)), "{code:?}");
    let numbers = compare(&desk, address.parse().unwrap(), &requests).await;
    assert_eq!(cases(address.parse().unwrap()).await.into_keys().collect::<BTreeSet<_>>(), numbers);
}

#[test]
fn ids_are_of_time() {
    assert!(requests(1, 3).iter().all(|(request, _)| Uuid::get_version_num(&request.id) == 7));
}
