//! What the clerk's local store costs: a save, opening with many requests, listing them, and the memory that stays.
//!
//! Prints one figure a row, with its target. `VAULT_REQUESTS` sets how many requests are queued: 10,000.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to measure")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use onewindow::domain::request::{Channel, Mode, Request};
use onewindow::vault::{Cost, Door, Draft, DraftBody, Policy, RecordName, Seal, Suite, Vault};
use serde_json::{Map, Value, json};
use uuid::Uuid;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let quick = std::env::args().any(|argument| argument == "--test");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure(if quick { 10 } else { requests() }));
}

fn requests() -> usize {
    std::env::var("VAULT_REQUESTS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

/// Thirty fields of text, as a form of average length has them.
fn answers() -> Value {
    let fields = (0..30).map(|field| (format!("field{field}"), Value::from("天门市岳口镇健康路一号二单元三〇二室")));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn draft(id: Uuid, revision: u32) -> Draft {
    Draft {
        id,
        item_code: "11429006MB1C00000052008001001".to_owned(),
        item_name: "80周岁以上老年人高龄津贴发放".to_owned(),
        applicant: "赵*雨".to_owned(),
        updated_at: Timestamp::now(),
        body: DraftBody {
            item_code: "11429006MB1C00000052008001001".to_owned(),
            item_version: 1,
            form: "elderly-allowance@1".parse().unwrap(),
            opened_at: Timestamp::now(),
            situations: BTreeMap::new(),
            parts: [("form".to_owned(), answers())].into(),
            for_agent: false,
            focus: None,
            revision,
            supersedes: None,
            acknowledge_duplicate: false,
            refused: Vec::new(),
            document: None,
            competent: None,
        },
    }
}

fn request(id: Uuid) -> Request {
    let now = Timestamp::now();
    serde_json::from_value(json!({
        "id": id, "mode": Mode::Each, "channel": Channel::Window, "site": "yuekou-town", "window": "1",
        "openedAt": now, "submittedAt": now, "applicant": answers(), "delivery": {}, "items": [],
    }))
    .unwrap()
}

fn row(what: &str, found: &[Duration], target: &str) {
    let mut sorted = found.to_vec();
    sorted.sort();
    let at = |share: usize| sorted.get(sorted.len() * share / 100).or(sorted.last()).copied().unwrap_or_default();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{what:<46} median {:>8.3} ms, 95 % {:>8.3} ms   target {target}", millis(at(50)), millis(at(95)));
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed(), done)
}

async fn measure(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    // The price of a password is measured by itself.
    let live =
        Door::new(&folder.path().join("live"), "li", Policy { cost: Cost::LIVE, ..Policy::practice(Suite::Sm4Gcm) });
    live.make("password").unwrap();
    let unlocking: Vec<_> = (0..5).map(|_| timed(|| live.unlock("password", Timestamp::now()).unwrap()).0).collect();
    row("unlocking by the password (Argon2id, 64 MiB)", &unlocking, "under 1 s");
    sealing();
    let seal = Seal::throw_away(Suite::Sm4Gcm).unwrap();
    saving(folder.path(), &seal).await;
    queue(folder.path(), &seal, count).await;
    opening(folder.path(), &seal, count).await;
}

fn sealing() {
    let body = serde_json::to_vec(&draft(Uuid::nil(), 1).body).unwrap();
    let name = RecordName { place: "drafts.body", id: &[1], version: 1 };
    for suite in Suite::ALL {
        let seal = Seal::throw_away(suite).unwrap();
        let found: Vec<_> = (0..200).map(|_| timed(|| seal.seal(name, &body).unwrap()).0).collect();
        row(&format!("sealing a draft of {} bytes, {}", body.len(), suite.name()), &found, "-");
    }
}

/// With the sync, and without: a file system in memory syncs for nothing.
async fn saving(folder: &Path, seal: &Seal) {
    let memory = tempfile::tempdir_in("/dev/shm").ok();
    let places = [
        Some(("on this disk, sync included", folder)),
        memory.as_ref().map(|dir| ("in memory, sync apart", dir.path())),
    ];
    for (place, folder) in places.into_iter().flatten() {
        let vault = Vault::open(&folder.join("saving"), "li", seal.clone()).await.unwrap();
        let id = Uuid::now_v7();
        let mut found = Vec::new();
        for revision in 1..=200 {
            let draft = draft(id, revision);
            let start = Instant::now();
            vault.save_draft(&draft).await.unwrap();
            found.push(start.elapsed());
        }
        row(&format!("saving a batch of keystrokes, {place}"), &found, "5 ms, sync apart");
    }
}

async fn queue(folder: &Path, seal: &Seal, count: usize) {
    let vault = Vault::open(folder, "li", seal.clone()).await.unwrap();
    let start = Instant::now();
    for _ in 0..count {
        let id = Uuid::now_v7();
        vault.save_draft(&draft(id, 1)).await.unwrap();
        vault.freeze(id, &request(id)).await.unwrap();
    }
    println!("{count} requests queued in {:.1} s", start.elapsed().as_secs_f64());
    vault.close().await.unwrap();
    let size = std::fs::metadata(folder.join("li.vault")).unwrap().len();
    println!("the file has {:.1} MB", size as f64 / 1e6);
}

/// Resident memory of this process in MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0.0) / 1024.0
}

/// How often the vault is opened and listed.
const ROUNDS: usize = 60;

async fn opening(folder: &Path, seal: &Seal, count: usize) {
    let (mut opening, mut listing, mut page) = (Vec::new(), Vec::new(), Vec::new());
    let before = resident();
    let mut memory = Vec::new();
    for round in 1..=ROUNDS {
        let start = Instant::now();
        let vault = Vault::open(folder, "li", seal.clone()).await.unwrap();
        assert_eq!(vault.waiting().await.unwrap().count, count as u64);
        opening.push(start.elapsed());
        for (limit, found) in [(10_000, &mut listing), (20, &mut page)] {
            let start = Instant::now();
            let entries = vault.outbox(limit).await.unwrap();
            found.push(start.elapsed());
            drop(entries);
        }
        vault.close().await.unwrap();
        if round == 1 || round % (ROUNDS / 4) == 0 {
            memory.push(format!("{:.1} after {round}", resident()));
        }
    }
    row(&format!("opening with {count} queued"), &opening, "300 ms");
    row(&format!("listing all {count}"), &listing, "-");
    row("listing a screenful", &page, "16 ms");
    println!("resident memory in MiB: {before:.1} before, {} openings and listings", memory.join(", "));
}
