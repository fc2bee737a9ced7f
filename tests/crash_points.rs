//! A session that types, parks, submits and changes its password is cut off at every single point at which it touches the disk, by `kill -9` and by
//! a power cut that loses whatever was not synced. Opened again, the vault keeps every promise that it made.
//!
//! Needs `strace` and takes minutes: `TEST_LONG=1 cargo test --test crash_points -- --nocapture`.
#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

#[cfg(test)]
#[path = "crash_points/power.rs"]
mod power;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use onewindow::domain::receipt::Receipt;
use onewindow::domain::request::{Channel, Mode, Request};
use onewindow::vault::{
    Acceptance, Door, Draft, DraftBody, Focus, OutboxState, Policy, Reason, Retention, Retry, Saved, Seal, Suite,
    Vault, VaultError,
};
use serde_json::{Map, json};
use uuid::Uuid;

const FOLDER: &str = "CRASH_POINTS_FOLDER";
const CLERK: &str = "li";
const OLD: &str = "the old password";
const NEW: &str = "the new password";
/// What must stand readable in no file.
const CITIZEN: &str = "钱白露四二九〇〇六";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_363_200 + second).unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn draft(id: Uuid, revision: u32) -> Draft {
    let typed: String = CITIZEN.chars().cycle().take(usize::try_from(revision).unwrap() * 40).collect();
    Draft {
        id,
        item_code: "11429006MB1C00000052008001001".to_owned(),
        item_name: "高龄津贴申领".to_owned(),
        applicant: "钱*露".to_owned(),
        updated_at: at(revision.into()),
        body: DraftBody {
            item_code: "11429006MB1C00000052008001001".to_owned(),
            item_version: 3,
            form: "elderly-allowance@1".parse().unwrap(),
            opened_at: at(0),
            situations: BTreeMap::new(),
            parts: [("applicant".to_owned(), json!({"name": CITIZEN, "address": typed}))].into(),
            for_agent: false,
            focus: Some(Focus {
                part: "applicant".to_owned(),
                page: 0,
                pointer: "/address".to_owned(),
                caret: Some(usize::try_from(revision).unwrap()),
            }),
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
    let mut applicant = Map::new();
    applicant.insert("name".to_owned(), CITIZEN.into());
    let text = json!({
        "id": id, "mode": Mode::Each, "channel": Channel::Window, "site": "taohu-village", "window": "1",
        "openedAt": at(0), "submittedAt": at(30), "applicant": applicant, "delivery": {}, "items": [],
    });
    serde_json::from_value(text).unwrap()
}

fn receipt(id: Uuid) -> Receipt {
    serde_json::from_value(json!({
        "requestId": id, "requestNo": "SL4290062026112300017", "queryCode": "7K3M9Q", "practice": false,
        "site": "桃湖村便民服务站", "window": "1", "clerk": "李文", "applicant": "钱*露", "receivedAt": at(60), "cases": [],
    }))
    .unwrap()
}

fn door(folder: &Path) -> Door {
    Door::new(folder, CLERK, Policy::practice(Suite::Sm4Gcm))
}

/// What the session tells once the vault has said that it is so.
fn told(what: &str, id: Uuid) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ACK {what} {id}").unwrap();
    out.flush().unwrap();
}

/// The session, as the screen and the worker would have it.
async fn session(folder: &Path) -> Result<(), VaultError> {
    let door = door(folder);
    let seal = if door.has_keys() { door.unlock(OLD, at(0))? } else { door.make(OLD)? };
    let vault = Vault::open(folder, CLERK, seal).await?;
    told("opened", id(0));
    // Typed, parked, submitted, accepted.
    for revision in 1..=5 {
        assert_eq!(vault.save_draft(&draft(id(1), revision)).await?, Saved::Written);
        told(&format!("saved-{revision}"), id(1));
    }
    vault.freeze(id(1), &request(id(1))).await?;
    told("queued", id(1));
    vault.begin_sending(id(1)).await?;
    told("sending", id(1));
    vault.record_accepted(id(1), &Acceptance::whole(receipt(id(1)))).await?;
    told("accepted", id(1));
    // Submitted, unanswered, refused, opened again.
    vault.save_draft(&draft(id(2), 1)).await?;
    told("saved-1", id(2));
    vault.freeze(id(2), &request(id(2))).await?;
    told("queued", id(2));
    vault.begin_sending(id(2)).await?;
    let reason = Reason::of(Reason::ANSWER_LOST);
    vault.record_attempt(id(2), &Retry { reason, next_at: None, counts: true, in_doubt: true }).await?;
    told("in-doubt", id(2));
    vault.begin_sending(id(2)).await?;
    vault.record_refused(id(2), &Reason::of("invalid")).await?;
    told("refused", id(2));
    let again = vault.reopen(id(2), at(70)).await?.remove(0);
    told("reopened", again.id);
    door.set_password(NEW, &door.unlock(OLD, at(80))?)?;
    told("password", id(0));
    // Submitted and withdrawn; parked and deleted; parked and left.
    vault.save_draft(&draft(id(3), 1)).await?;
    vault.freeze(id(3), &request(id(3))).await?;
    vault.withdraw(id(3)).await?;
    told("withdrawn", id(3));
    vault.save_draft(&draft(id(4), 1)).await?;
    vault.delete_draft(id(4)).await?;
    told("deleted", id(4));
    vault.save_draft(&draft(id(5), 1)).await?;
    told("saved-1", id(5));
    vault.put_cached("form", "a@1", None, b"{}", at(90)).await?;
    vault.retire(Retention::days(30, Some(90)), at(90)).await?;
    vault.close().await?;
    told("closed", id(0));
    Ok(())
}

#[test]
#[ignore = "is run by the tests below, and killed"]
fn session_to_be_cut_off() {
    let folder = std::env::var_os(FOLDER).expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(session(Path::new(&folder))).unwrap();
}

/// What was told before the cut, by what it is about.
#[derive(Debug, Default, Clone)]
struct Told(Vec<(String, Uuid)>);

impl Told {
    fn of(text: &str) -> Self {
        let line = |line: &str| {
            let (what, id) = line.split_once("ACK ")?.1.trim().split_once(' ')?;
            Some((what.to_owned(), id.parse().ok()?))
        };
        Self(text.lines().filter_map(line).collect())
    }

    fn has(&self, what: &str, id: Uuid) -> bool {
        self.0.iter().any(|(told, about)| told == what && *about == id)
    }

    fn any(&self, what: &str) -> Option<Uuid> {
        self.0.iter().find(|(told, _)| told == what).map(|(_, id)| *id)
    }

    fn revision(&self, id: Uuid) -> u32 {
        let saved = self.0.iter().filter(|(_, about)| *about == id);
        saved.filter_map(|(what, _)| what.strip_prefix("saved-")?.parse().ok()).max().unwrap_or(0)
    }
}

/// Opens the vault that the cut left behind and holds it to everything that was told.
fn holds(folder: &Path, told: &Told, point: &str) {
    let readable = fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    for file in readable.filter(|path| path.is_file()) {
        let bytes = fs::read(&file).unwrap();
        let holds = bytes.windows(CITIZEN.len()).any(|window| window == CITIZEN.as_bytes());
        assert!(!holds, "{point}: {} can be read", file.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let door = door(folder);
        if !door.has_keys() {
            assert!(told.any("opened").is_none(), "{point}: the keys are gone");
            door.make(OLD).unwrap_or_else(|error| panic!("{point}: {error}"));
        }
        let seal = unlocked(&door, told, point);
        let vault = Vault::open(folder, CLERK, seal).await.unwrap_or_else(|error| panic!("{point}: {error}"));
        assert_eq!(vault.rescue(), None, "{point}: damaged");
        vault.check().await.unwrap_or_else(|error| panic!("{point}: {error}"));
        for number in 1..=5 {
            one_request(&vault, told, id(number), point).await;
        }
        if let Some(again) = told.any("reopened") {
            assert_eq!(vault.draft(again).await.unwrap().unwrap().body.supersedes, Some(id(2)), "{point}");
        }
        let mut numbers: Vec<_> = vault.outbox(9).await.unwrap().into_iter().map(|entry| entry.local_no).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), vault.outbox(9).await.unwrap().len(), "{point}: two requests have one number");
        // And the work goes on.
        vault.save_draft(&draft(id(99), 1)).await.unwrap_or_else(|error| panic!("{point}: {error}"));
        vault.close().await.unwrap();
    });
}

fn unlocked(door: &Door, told: &Told, point: &str) -> Seal {
    let changed = told.any("password").is_some();
    match (door.unlock(NEW, at(100)), door.unlock(OLD, at(100))) {
        (Ok(seal), _) => seal,
        (_, Ok(seal)) if !changed => seal,
        (new, _) => panic!("{point}: no password opens it: {new:?}; changed: {changed}"),
    }
}

async fn one_request(vault: &Vault, told: &Told, id: Uuid, point: &str) {
    let (kept, entry) = (vault.draft(id).await.unwrap(), vault.outbox_entry(id).await.unwrap());
    let point = format!("{point}, request {id}");
    assert!(kept.is_none() || entry.is_none(), "{point}: draft and request at once");
    let deleted = told.has("deleted", id);
    if let Some(kept) = &kept {
        assert!(!deleted, "{point}: deleted, and there again");
        assert_eq!(*kept, draft(id, kept.body.revision), "{point}");
        assert!(kept.body.revision >= told.revision(id), "{point}: saved was not saved");
    } else if entry.is_none() {
        let was_saved = told.revision(id) > 0;
        assert!(!was_saved || deleted, "{point}: gone");
    }
    assert!(entry.is_some() || !told.has("queued", id), "{point}: submitted and gone");
    let Some(entry) = entry else { return };
    assert_eq!(vault.document(id).await.unwrap(), serde_json_canonicalizer::to_vec(&request(id)).unwrap(), "{point}");
    let state = |what: &str, state: OutboxState| {
        assert!(!told.has(what, id) || entry.state == state, "{point}: {what}, but {:?}", entry.state);
    };
    state("accepted", OutboxState::Accepted);
    state("refused", OutboxState::Refused);
    state("withdrawn", OutboxState::Withdrawn);
    if told.has("sending", id) || told.has("in-doubt", id) {
        assert!(entry.state.is_final() || entry.in_doubt, "{point}: it may have arrived, and nobody knows");
    }
    let receipt_kept = vault.receipt(id).await.unwrap();
    assert_eq!(receipt_kept.is_some(), entry.state == OutboxState::Accepted, "{point}: receipt and state are one");
    if let Some(kept) = receipt_kept {
        assert_eq!(kept, receipt(id), "{point}");
    }
}

fn is_wanted() -> bool {
    let wanted = std::env::var_os("TEST_LONG").is_some();
    if !wanted {
        eprintln!("left out: set TEST_LONG=1 to run it");
    }
    wanted
}

/// The session under `strace` with these arguments; what it told, and whether it came to its end.
fn traced(folder: &Path, arguments: &[String]) -> (Told, bool) {
    let output = Command::new("strace")
        .args(["-f", "-qq"])
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "session_to_be_cut_off", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    (Told::of(&String::from_utf8_lossy(&output.stdout)), output.status.success())
}

/// Whatever changes a file or its name.
const TOUCHES: &str =
    "write,pwrite64,pwritev,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,fallocate,mkdir";

#[test]
fn killed_at_every_touch_of_the_disk() {
    if !is_wanted() {
        return;
    }
    // Counted by thread, so each group of files, which one thread writes, has a count of its own.
    let groups: [&[&str]; 2] = [
        &["vault", "vault-wal", "vault-journal"],
        &["keys", "keys.new", "keys-spare", "keys-spare.new", "lock", "tries"],
    ];
    let mut points = 0;
    for group in groups {
        for number in 1.. {
            let folder = tempfile::tempdir().unwrap();
            let mut arguments = vec!["-o".to_owned(), "/dev/null".to_owned()];
            for name in group {
                arguments
                    .extend(["-P".to_owned(), folder.path().join(format!("{CLERK}.{name}")).display().to_string()]);
            }
            arguments.extend(["-e".to_owned(), format!("trace={TOUCHES}")]);
            arguments.extend(["-e".to_owned(), format!("inject={TOUCHES}:signal=KILL:when={number}")]);
            let (told, ended) = traced(folder.path(), &arguments);
            holds(folder.path(), &told, &format!("{group:?} touch {number}"));
            if ended {
                assert!(told.any("closed").is_some());
                break;
            }
            points += 1;
        }
    }
    println!("killed at {points} points");
    assert!(points > 100, "the session touches the disk more often than {points} times");
}

#[test]
fn the_power_fails_at_every_touch_of_the_disk() {
    if !is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("trace");
    let vaults = folder.path().join("vaults");
    let arguments = [
        "-xx",
        "-s",
        "1000000",
        "-e",
        "trace=openat,close,write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink",
        "-o",
        log.to_str().unwrap(),
    ];
    let (_, ended) = traced(&vaults, &arguments.map(str::to_owned));
    assert!(ended);
    let history = power::History::read(&fs::read_to_string(&log).unwrap(), &vaults);
    let mut cuts = 0;
    for cut in history.cuts() {
        let after = tempfile::tempdir().unwrap();
        cut.write(after.path());
        holds(after.path(), &Told::of(&cut.told), &cut.name);
        cuts += 1;
    }
    println!("the power failed in {cuts} ways");
    assert!(cuts > 300, "more ways than {cuts}");
}
