//! The vault as a whole, on a real disk.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::domain::receipt::Receipt;
use crate::domain::request::{Channel, Mode, Request};

pub(crate) fn at(second: i64) -> Timestamp {
    // 2026-11-23 00:00 in China
    Timestamp::from_second(1_795_363_200 + second).unwrap()
}

pub(crate) fn draft(id: Uuid, revision: u32) -> Draft {
    Draft {
        id,
        item_code: "11429006MB1C00000052008001001".to_owned(),
        item_name: "高龄津贴申领".to_owned(),
        applicant: "张*".to_owned(),
        updated_at: at(revision.into()),
        body: DraftBody {
            item_code: "11429006MB1C00000052008001001".to_owned(),
            item_version: 3,
            form: "elderly-allowance@1".parse().unwrap(),
            opened_at: at(0),
            situations: [("way".to_owned(), "self".to_owned())].into(),
            parts: [("form".to_owned(), json!({"bank": "农商行", "hidden": revision}))].into(),
            for_agent: false,
            focus: Some(Focus { part: "form".to_owned(), page: 1, pointer: "/bank".to_owned(), caret: Some(2) }),
            revision,
            supersedes: None,
            acknowledge_duplicate: false,
            refused: Vec::new(),
            document: None,
            competent: None,
        },
    }
}

pub(crate) fn request(id: Uuid, submitted_at: Timestamp) -> Request {
    let mut applicant = Map::new();
    applicant.insert("name".to_owned(), Value::from("张秀兰"));
    Request {
        id,
        mode: Mode::Each,
        channel: Channel::Window,
        site: "taohu-village".to_owned(),
        window: "1".to_owned(),
        opened_at: at(0),
        submitted_at,
        applicant,
        agent: None,
        delivery: Map::new(),
        items: Vec::new(),
        bundle: None,
        supersedes: None,
        acknowledge_duplicate: false,
    }
}

pub(crate) fn receipt(id: Uuid) -> Receipt {
    Receipt {
        request_id: id,
        request_no: "SL4290062026112300017".to_owned(),
        query_code: "7K3M9Q".to_owned(),
        practice: false,
        site: "桃湖村便民服务站".to_owned(),
        window: "1".to_owned(),
        clerk: "李文".to_owned(),
        applicant: "张*".to_owned(),
        agent: None,
        received_at: at(60),
        cases: Vec::new(),
    }
}

/// Opens a vault and submits as many drafts.
pub(crate) async fn with_queued(dir: &Path, count: usize) -> (Vault, Vec<Uuid>) {
    let vault = open(dir).await;
    let mut ids = Vec::new();
    for _ in 0..count {
        let id = Uuid::now_v7();
        vault.save_draft(&draft(id, 1)).await.unwrap();
        vault.freeze(id, &request(id, at(30))).await.unwrap();
        ids.push(id);
    }
    (vault, ids)
}

impl Vault {
    /// Lets a test spoil the database.
    pub(crate) async fn run_sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut *self.writer().await.unwrap()).await.unwrap();
    }
}

/// The seal of every test's vault: one key, so that a copy of its files opens as well.
pub(crate) fn seal() -> Seal {
    Seal::new(zeroize::Zeroizing::new([7; 32]), Suite::Sm4Gcm)
}

pub(crate) async fn open(dir: &Path) -> Vault {
    Vault::open(dir, "li", seal()).await.unwrap()
}

fn retry(next_at: Option<Timestamp>, in_doubt: bool) -> Retry {
    Retry { reason: Reason::of("unavailable"), next_at, counts: true, in_doubt }
}

#[tokio::test]
async fn a_draft_comes_back_as_it_was_left() {
    let dir = TempDir::new().unwrap();
    let id = Uuid::now_v7();
    let vault = open(dir.path()).await;
    assert_eq!(vault.save_draft(&draft(id, 4)).await.unwrap(), Saved::Written);
    vault.close().await.unwrap();
    let vault = open(dir.path()).await;
    assert_eq!(vault.draft(id).await.unwrap(), Some(draft(id, 4)));
    assert_eq!(vault.drafts(10).await.unwrap(), [draft(id, 4).summary()]);
    assert_eq!(vault.draft(Uuid::now_v7()).await.unwrap(), None);
}

/// The files as a `kill -9` leaves them: copied while the vault is open.
#[tokio::test]
async fn what_was_saved_survives_a_kill() {
    let (dir, after) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (vault, sent) = with_queued(dir.path(), 2).await;
    let id = Uuid::now_v7();
    vault.save_draft(&draft(id, 1)).await.unwrap();
    vault.begin_sending(sent[0]).await.unwrap();
    for file in fs::read_dir(dir.path()).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), after.path().join(file.file_name())).unwrap();
    }
    let survivor = open(after.path()).await;
    assert_eq!(survivor.draft(id).await.unwrap(), Some(draft(id, 1)));
    let entry = survivor.outbox_entry(sent[0]).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.in_doubt, entry.attempts), (OutboxState::Queued, true, 1));
    assert_eq!(entry.reason, Some(Reason::of(Reason::ANSWER_LOST)));
    assert_eq!(survivor.outbox_entry(sent[1]).await.unwrap(), vault.outbox_entry(sent[1]).await.unwrap());
    survivor.check().await.unwrap();
}

#[tokio::test]
async fn dropping_without_closing_loses_nothing_and_lets_go() {
    let dir = TempDir::new().unwrap();
    let id = Uuid::now_v7();
    for revision in 0..5 {
        let vault = open(dir.path()).await;
        vault.save_draft(&draft(id, revision)).await.unwrap();
        drop(vault);
    }
    assert_eq!(open(dir.path()).await.draft(id).await.unwrap(), Some(draft(id, 4)));
}

#[tokio::test]
async fn a_second_opener_learns_who_holds_it_and_may_look() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    let Err(VaultError::Held { by }) = Vault::open(dir.path(), "li", seal()).await else { panic!("opened twice") };
    assert_eq!(by.pid, std::process::id());
    assert!(by.since.is_some());
    let reader = Vault::open_read_only(dir.path(), "li", seal()).await.unwrap();
    assert_eq!(reader.outbox(10).await.unwrap(), vault.outbox(10).await.unwrap());
    assert!(matches!(reader.withdraw(ids[0]).await, Err(VaultError::ReadOnly)));
    assert!(matches!(reader.save_draft(&draft(ids[0], 1)).await, Err(VaultError::ReadOnly)));
    // another clerk has a vault of their own
    Vault::open(dir.path(), "wang", seal()).await.unwrap();
    drop(vault);
    let alone = Vault::open_read_only(dir.path(), "li", seal()).await.unwrap();
    assert_eq!(alone.outbox(10).await.unwrap().len(), 1);
    let missing = Vault::open_read_only(dir.path(), "zhao", seal()).await;
    assert!(matches!(missing, Err(VaultError::Missing(_))));
}

#[tokio::test]
async fn nobody_else_may_read_the_files() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("vaults");
    let (vault, _) = with_queued(&folder, 1).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 3, "vault, write-ahead log and lock: {files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600), "{files:?}");
    assert_eq!(vault.warnings(), []);
    drop(vault);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    drop(open(&folder).await);
    assert_eq!(mode(&folder), 0o700, "what others could see they cannot any more");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(folder.join("li.vault"), fs::Permissions::from_mode(0o644)).unwrap();
    drop(Vault::open_read_only(&folder, "li", seal()).await.unwrap());
    assert_eq!((mode(&folder), mode(&folder.join("li.vault"))), (0o700, 0o600), "nor beside a session that only looks");
}

#[tokio::test]
async fn a_vault_of_a_later_program_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let vault = open(dir.path()).await;
    vault.run_sql("PRAGMA user_version = 99").await;
    vault.close().await.unwrap();
    let opened = Vault::open(dir.path(), "li", seal()).await;
    assert!(matches!(opened, Err(VaultError::TooNew { found: 99, .. })));
}

/// A full disk makes SQLite roll back by itself, as this trigger does.
#[tokio::test]
async fn what_is_saved_after_the_disk_broke_a_save_off_is_on_the_disk() {
    let dir = TempDir::new().unwrap();
    let (vault, _) = with_queued(dir.path(), 1).await;
    let id = Uuid::now_v7();
    for _ in 0..2 {
        vault
            .run_sql("CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END")
            .await;
        vault.save_draft(&draft(id, 1)).await.unwrap_err();
        vault.save_draft(&draft(id, 1)).await.unwrap_err();
        vault.run_sql("DROP TRIGGER full").await;
        // And an act that is refused in the middle.
        assert!(matches!(vault.withdraw(id).await, Err(VaultError::NotFound(_))));
    }
    assert_eq!(vault.save_draft(&draft(id, 2)).await.unwrap(), Saved::Written);
    let beside = Vault::open_read_only(dir.path(), "li", seal()).await.unwrap();
    assert_eq!(beside.draft(id).await.unwrap(), Some(draft(id, 2)), "saved, and not on the disk");
}

#[tokio::test]
async fn a_late_save_brings_no_draft_back() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    assert_eq!(vault.save_draft(&draft(ids[0], 9)).await.unwrap(), Saved::Stale);
    let id = Uuid::now_v7();
    vault.save_draft(&draft(id, 1)).await.unwrap();
    assert!(vault.delete_draft(id).await.unwrap());
    assert!(!vault.delete_draft(id).await.unwrap());
    assert_eq!(vault.save_draft(&draft(id, 2)).await.unwrap(), Saved::Stale);
    assert!(vault.drafts(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn freezing_moves_the_draft_and_keeps_the_bytes() {
    let dir = TempDir::new().unwrap();
    let vault = open(dir.path()).await;
    let id = Uuid::now_v7();
    let mut frozen = request(id, at(30));
    assert!(matches!(vault.freeze(id, &frozen).await, Err(VaultError::NotFound(_))));
    vault.save_draft(&draft(id, 1)).await.unwrap();
    assert!(matches!(vault.freeze(id, &request(Uuid::now_v7(), at(1))).await, Err(VaultError::WrongDocument { .. })));
    let entry = vault.freeze(id, &frozen).await.unwrap();
    assert_eq!((entry.state, entry.local_no.as_str(), entry.attempts), (OutboxState::Queued, "L-1123-01", 0));
    assert_eq!(vault.draft(id).await.unwrap(), None);
    assert_eq!(vault.document(id).await.unwrap(), serde_json_canonicalizer::to_vec(&frozen).unwrap());
    // pressed twice
    assert_eq!(vault.freeze(id, &frozen).await.unwrap(), entry);
    // edited after submission
    frozen.window = "2".to_owned();
    assert!(matches!(vault.freeze(id, &frozen).await, Err(VaultError::State { .. })));
    assert_eq!(vault.used(5).await.unwrap()[0].count, 1);
    assert_eq!(vault.waiting().await.unwrap().count, 1);
}

#[tokio::test]
async fn provisional_numbers_count_by_the_day_in_china() {
    let dir = TempDir::new().unwrap();
    let vault = open(dir.path()).await;
    let mut numbers = Vec::new();
    // the last second of the 23rd, then the first of the 24th, which is still the 23rd in London
    for second in [0, 86_399, 86_400] {
        let id = Uuid::now_v7();
        vault.save_draft(&draft(id, 1)).await.unwrap();
        numbers.push(vault.freeze(id, &request(id, at(second))).await.unwrap().local_no);
    }
    assert_eq!(numbers, ["L-1123-01", "L-1123-02", "L-1124-01"]);
}

#[tokio::test]
async fn acceptance_and_receipt_are_one() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    let id = ids[0];
    assert!(matches!(vault.record_accepted(id, &Acceptance::whole(receipt(id))).await, Err(VaultError::State { .. })));
    vault.begin_sending(id).await.unwrap();
    assert!(matches!(vault.begin_sending(id).await, Err(VaultError::State { state: OutboxState::Sending, .. })));
    vault.record_accepted(id, &Acceptance::whole(receipt(id))).await.unwrap();
    let entry = vault.outbox_entry(id).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.request_no.as_deref()), (OutboxState::Accepted, Some("SL4290062026112300017")));
    assert_eq!(vault.receipt(id).await.unwrap(), Some(receipt(id)));
    assert_eq!(vault.acceptance(id).await.unwrap(), Some(Acceptance::whole(receipt(id))));
    assert_eq!(vault.receipts(5).await.unwrap(), [receipt(id)]);
    assert!(matches!(vault.withdraw(id).await, Err(VaultError::State { .. })));
    assert!(matches!(vault.reopen(id, at(70)).await, Err(VaultError::State { .. })));
}

#[tokio::test]
async fn a_refused_request_becomes_one_new_draft() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    let id = ids[0];
    vault.begin_sending(id).await.unwrap();
    let reason = Reason { status: Some(422), detail: "年龄未满80周岁".to_owned(), ..Reason::of("invalid") };
    vault.record_refused(id, &reason).await.unwrap();
    let again = vault.reopen(id, at(70)).await.unwrap().remove(0);
    assert_ne!(again.id, id);
    assert_eq!(again.body.supersedes, Some(id));
    assert_eq!(again.body.parts, draft(id, 1).body.parts);
    assert_eq!(vault.reopen(id, at(80)).await.unwrap(), std::slice::from_ref(&again), "pressed twice");
    let entry = vault.outbox_entry(id).await.unwrap().unwrap();
    assert_eq!((entry.state, entry.reason, entry.superseded_by), (OutboxState::Refused, Some(reason), Some(again.id)));
    vault.freeze(again.id, &request(again.id, at(90))).await.unwrap();
    assert!(matches!(vault.reopen(id, at(99)).await, Err(VaultError::Superseded { by, .. }) if by == again.id));
}

#[tokio::test]
async fn only_what_surely_did_not_arrive_can_be_withdrawn() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 3).await;
    vault.withdraw(ids[0]).await.unwrap();
    for (id, in_doubt) in [(ids[1], false), (ids[2], true)] {
        vault.begin_sending(id).await.unwrap();
        assert!(matches!(vault.withdraw(id).await, Err(VaultError::State { .. })), "while sending");
        vault.record_attempt(id, &retry(Some(at(90)), in_doubt)).await.unwrap();
    }
    vault.withdraw(ids[1]).await.unwrap();
    assert!(matches!(vault.withdraw(ids[2]).await, Err(VaultError::InDoubt(_))));
    // doubt stays until the backend says
    vault.begin_sending(ids[2]).await.unwrap();
    vault.record_attempt(ids[2], &retry(None, false)).await.unwrap();
    assert!(matches!(vault.withdraw(ids[2]).await, Err(VaultError::InDoubt(_))));
    let actions: Vec<_> = vault.audit_trail(20).await.unwrap().into_iter().map(|line| line.action).collect();
    assert_eq!(actions.iter().filter(|action| *action == "withdraw").count(), 2);
}

#[tokio::test]
async fn those_that_need_not_wait_come_first() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 4).await;
    for (id, second) in [(ids[0], 500), (ids[1], 400)] {
        vault.begin_sending(id).await.unwrap();
        vault.record_attempt(id, &retry(Some(at(second)), false)).await.unwrap();
    }
    let order: Vec<_> = vault.pending(10).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(order, [ids[2], ids[3], ids[1], ids[0]]);
    assert_eq!(vault.pending(1).await.unwrap()[0].id, ids[2]);
}

#[tokio::test]
async fn the_audit_trail_only_grows() {
    let dir = TempDir::new().unwrap();
    let vault = open(dir.path()).await;
    vault.audit("sign-in", "li").await.unwrap();
    for sql in ["DELETE FROM audit", "UPDATE audit SET actor = 'x'"] {
        assert!(sqlx::raw_sql(sql).execute(&mut *vault.writer().await.unwrap()).await.is_err());
    }
    let trail = vault.audit_trail(5).await.unwrap();
    assert_eq!((trail.len(), trail[0].actor.as_str(), trail[0].action.as_str()), (1, "li", "sign-in"));
}

#[tokio::test]
async fn kept_documents_are_found_by_kind_and_key() {
    let dir = TempDir::new().unwrap();
    let vault = open(dir.path()).await;
    vault.put_cached("form", "a@1", Some("\"e\""), b"{}", at(1)).await.unwrap();
    vault.put_cached("form", "a@1", None, b"[]", at(2)).await.unwrap();
    vault.put_cached("codelist", "a@1", None, b"1", at(3)).await.unwrap();
    let kept = vault.cached("form", "a@1").await.unwrap().unwrap();
    assert_eq!(kept, Cached { etag: None, stored_at: at(2), body: b"[]".to_vec() });
    assert_eq!(vault.cached_keys("form").await.unwrap(), ["a@1"]);
    assert!(vault.drop_cached("form", "a@1").await.unwrap());
    assert_eq!(vault.cached("form", "a@1").await.unwrap(), None);
    assert!(vault.cached("codelist", "a@1").await.unwrap().is_some());
}

#[tokio::test]
async fn damage_is_found() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 2).await;
    vault.check().await.unwrap();
    let forged = vault.seal("outbox.document", ids[1].as_bytes(), 1, b"{}").unwrap();
    sqlx::query("UPDATE outbox SET document = ? WHERE id = ?")
        .bind(forged)
        .bind(ids[1].as_bytes().as_slice())
        .execute(&mut *vault.writer().await.unwrap())
        .await
        .unwrap();
    assert!(matches!(vault.check().await, Err(VaultError::Damaged(what)) if what.contains(&ids[1].to_string())));
}

#[tokio::test]
async fn what_was_deleted_does_not_linger() {
    let dir = TempDir::new().unwrap();
    let vault = open(dir.path()).await;
    let id = Uuid::now_v7();
    vault.save_draft(&draft(id, 1)).await.unwrap();
    vault.delete_draft(id).await.unwrap();
    let path = vault.path().to_owned();
    vault.close().await.unwrap();
    let bytes = fs::read(path).unwrap();
    let needle = "农商行".as_bytes();
    assert!(!bytes.windows(needle.len()).any(|window| window == needle));
}

/// Whether any file of a folder holds these bytes.
pub(crate) fn any_file_holds(dir: &Path, needle: &[u8]) -> bool {
    fs::read_dir(dir)
        .unwrap()
        .any(|file| fs::read(file.unwrap().path()).unwrap().windows(needle.len()).any(|window| window == needle))
}

/// A vault as the program before this one wrote it: bodies behind a nought, not encrypted.
async fn unsealed_vault(dir: &Path, draft: &Draft, frozen: &Request) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("li.vault")).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(schema::made_by(1))).execute(&mut connection).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 1").execute(&mut connection).await.unwrap();
    let plain = |value: Value| [b"\0".as_slice(), &serde_json::to_vec(&value).unwrap()].concat();
    let summary =
        || plain(json!({"item_code": draft.item_code, "item_name": draft.item_name, "applicant": draft.applicant}));
    let body = || plain(serde_json::to_value(&draft.body).unwrap());
    sqlx::query("INSERT INTO drafts VALUES (?, ?, ?, ?, ?)")
        .bind(draft.id.as_bytes().as_slice())
        .bind(draft.body.revision)
        .bind(draft.updated_at.as_millisecond())
        .bind(summary())
        .bind(body())
        .execute(&mut connection)
        .await
        .unwrap();
    let document = serde_json_canonicalizer::to_vec(frozen).unwrap();
    sqlx::query(
        "INSERT INTO outbox (id, state, submitted_at, local_no, digest, summary, document, draft)
         VALUES (?, 'refused', ?, 'L-1123-01', ?, ?, ?, ?)",
    )
    .bind(frozen.id.as_bytes().as_slice())
    .bind(frozen.submitted_at.as_millisecond())
    .bind(store::digest(&document))
    .bind(summary())
    .bind([b"\0".as_slice(), &document].concat())
    .bind(body())
    .execute(&mut connection)
    .await
    .unwrap();
    for sql in [
        "INSERT INTO cache VALUES ('form', 'a@1', NULL, 1, X'007B7D')",
        "INSERT INTO audit (at, actor, action, subject) VALUES (1, 'li', 'submit', 'x')",
    ] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_unsealed_vault_is_sealed_and_leaves_nothing_readable_behind() {
    let dir = TempDir::new().unwrap();
    let (kept, frozen) = (draft(Uuid::now_v7(), 3), request(Uuid::now_v7(), at(30)));
    unsealed_vault(dir.path(), &kept, &frozen).await;
    assert!(any_file_holds(dir.path(), "张秀兰".as_bytes()) && any_file_holds(dir.path(), "农商行".as_bytes()));
    let vault = open(dir.path()).await;
    for known in ["张秀兰", "农商行", "张*"] {
        assert!(!any_file_holds(dir.path(), known.as_bytes()), "{known}");
    }
    assert_eq!(vault.draft(kept.id).await.unwrap(), Some(kept.clone()));
    assert_eq!(vault.document(frozen.id).await.unwrap(), serde_json_canonicalizer::to_vec(&frozen).unwrap());
    assert_eq!(vault.cached("form", "a@1").await.unwrap().unwrap().body, b"{}");
    vault.audit("sign-in", "li").await.unwrap();
    vault.check().await.unwrap();
    vault.close().await.unwrap();
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("schema")), "{names:?}");
    open(dir.path()).await.check().await.unwrap();
}

#[tokio::test]
async fn a_locked_vault_gives_and_takes_nothing() {
    let dir = TempDir::new().unwrap();
    let (vault, ids) = with_queued(dir.path(), 1).await;
    let id = Uuid::now_v7();
    vault.save_draft(&draft(id, 1)).await.unwrap();
    vault.lock();
    assert!(vault.is_locked());
    assert!(matches!(vault.draft(id).await, Err(VaultError::Locked)));
    assert!(matches!(vault.outbox(5).await, Err(VaultError::Locked)));
    assert!(matches!(vault.save_draft(&draft(id, 2)).await, Err(VaultError::Locked)));
    assert!(matches!(vault.withdraw(ids[0]).await, Err(VaultError::Locked)));
    assert!(matches!(Vault::open(dir.path(), "li", seal()).await, Err(VaultError::Held { .. })), "still held");
    assert_eq!(vault.waiting().await.unwrap().count, 1, "what is in the clear can be counted");
    vault.unlock(seal());
    assert_eq!(vault.draft(id).await.unwrap(), Some(draft(id, 1)));
}

#[tokio::test]
async fn a_forged_audit_trail_is_found() {
    let forgeries = [
        "DROP TRIGGER audit_keeps_words; UPDATE audit SET actor = 'wang' WHERE seq = 2",
        "DROP TRIGGER audit_keeps_lines; DELETE FROM audit WHERE seq = 2",
        "DROP TRIGGER audit_keeps_lines; DELETE FROM audit WHERE seq = 3",
        "INSERT INTO audit (at, actor, action, subject, chain) VALUES (1, 'li', 'withdraw', 'x', zeroblob(32))",
        "DROP TRIGGER audit_keeps_lines; DELETE FROM audit; DELETE FROM audit_head;
         INSERT INTO audit (at, actor, action, subject, chain) VALUES (1, 'li', 'withdraw', 'x', zeroblob(32))",
    ];
    for forgery in forgeries {
        let dir = TempDir::new().unwrap();
        let vault = open(dir.path()).await;
        for action in ["submit", "withdraw", "reopen"] {
            vault.audit(action, "x").await.unwrap();
        }
        vault.check().await.unwrap();
        vault.run_sql(forgery).await;
        assert!(matches!(vault.check().await, Err(VaultError::Damaged(what)) if what.contains("audit")), "{forgery}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_latest_revision_wins_in_whatever_order_saves_arrive(revisions in prop::collection::vec(0u32..20, 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = TempDir::new().unwrap();
            let vault = open(dir.path()).await;
            let id = Uuid::now_v7();
            let mut latest = None;
            for revision in &revisions {
                let saved = vault.save_draft(&draft(id, *revision)).await.unwrap();
                assert_eq!(saved == Saved::Stale, latest > Some(*revision));
                latest = latest.max(Some(*revision));
            }
            assert_eq!(vault.draft(id).await.unwrap().map(|draft| draft.body.revision), latest);
        });
    }
}
