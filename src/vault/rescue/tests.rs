//! Files with damage of every kind, on a real disk.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::domain::item::FormRef;
use crate::domain::request::Request;
use crate::vault::tests::{at, draft, receipt, request, seal, with_queued};
use crate::vault::{Acceptance, NewAttachment, OutboxState};

async fn filled(dir: &Path, count: usize) -> (Vec<Uuid>, Vec<Uuid>) {
    let (vault, queued) = with_queued(dir, count).await;
    let mut drafts = Vec::new();
    for _ in 0..count {
        let id = Uuid::now_v7();
        vault.save_draft(&draft(id, 1)).await.unwrap();
        drafts.push(id);
    }
    vault.close().await.unwrap();
    (drafts, queued)
}

async fn reopened(dir: &Path) -> Vault {
    Vault::open(dir, "li", seal()).await.unwrap()
}

/// Whatever opens is what was written.
async fn nothing_is_wrong(vault: &Vault, drafts: &[Uuid], queued: &[Uuid]) -> (usize, usize) {
    vault.check().await.unwrap();
    let mut found = (0, 0);
    for id in drafts {
        if let Some(kept) = vault.draft(*id).await.unwrap() {
            assert_eq!(kept, draft(*id, 1));
            found.0 += 1;
        }
    }
    for id in queued {
        if vault.outbox_entry(*id).await.unwrap().is_some() {
            let document = serde_json_canonicalizer::to_vec(&request(*id, at(30))).unwrap();
            assert_eq!(vault.document(*id).await.unwrap(), document);
            found.1 += 1;
        }
    }
    found
}

fn overwrite(path: &Path, from: u64, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(bytes).unwrap();
}

#[tokio::test]
async fn what_is_no_database_any_more_is_kept_aside_and_the_work_goes_on() {
    let dir = TempDir::new().unwrap();
    let (drafts, queued) = filled(dir.path(), 2).await;
    overwrite(&dir.path().join("li.vault"), 0, &[0xa5; 4096]);
    let vault = reopened(dir.path()).await;
    let rescue = vault.rescue().unwrap().clone();
    assert_eq!((rescue.rescued, nothing_is_wrong(&vault, &drafts, &queued).await), (0, (0, 0)));
    let mut kept = Vec::new();
    std::fs::File::open(&rescue.kept).unwrap().read_to_end(&mut kept).unwrap();
    assert_eq!(kept[..4096], [0xa5; 4096]);
    let id = Uuid::now_v7();
    vault.save_draft(&draft(id, 1)).await.unwrap();
    vault.close().await.unwrap();
    let vault = reopened(dir.path()).await;
    assert_eq!(vault.rescue(), Some(&rescue), "nobody has told the clerk yet");
    let reader = Vault::open_read_only(dir.path(), "li", seal()).await.unwrap();
    assert_eq!(reader.rescue(), Some(&rescue));
    vault.rescue_is_told().await.unwrap();
    vault.close().await.unwrap();
    let vault = reopened(dir.path()).await;
    assert_eq!((vault.rescue(), vault.draft(id).await.unwrap()), (None, Some(draft(id, 1))));
}

#[tokio::test]
async fn a_request_that_can_be_sent_is_rescued_whatever_else_of_it_is_damaged() {
    for damage in [
        "UPDATE outbox SET summary = zeroblob(40)",
        "UPDATE outbox SET standing = zeroblob(40)",
        "UPDATE outbox SET draft = zeroblob(40)",
        "UPDATE outbox SET summary = zeroblob(40), standing = zeroblob(40), draft = zeroblob(40)",
        "UPDATE drafts SET summary = zeroblob(40)",
    ] {
        let dir = TempDir::new().unwrap();
        let (drafts, queued) = filled(dir.path(), 3).await;
        let vault = reopened(dir.path()).await;
        vault.begin_sending(queued[2]).await.unwrap();
        vault.record_accepted(queued[2], &Acceptance::whole(receipt(queued[2]))).await.unwrap();
        vault.run_sql(damage).await;
        spoil(vault, dir.path()).await;
        let vault = reopened(dir.path()).await;
        let rescue = vault.rescue().unwrap();
        assert_eq!((rescue.rescued, rescue.lost), (6, 0), "{damage}");
        assert_eq!(vault.drafts(9).await.unwrap().len() + vault.outbox(9).await.unwrap().len(), 6, "{damage}");
        assert_eq!(vault.draft(drafts[0]).await.unwrap().unwrap().body, draft(drafts[0], 1).body);
        let document = serde_json_canonicalizer::to_vec(&request(queued[0], at(30))).unwrap();
        assert_eq!(vault.begin_sending(queued[0]).await.unwrap(), document, "{damage}");
        let accepted = vault.outbox_entry(queued[2]).await.unwrap().unwrap();
        assert_eq!(
            (accepted.state, vault.receipt(queued[2]).await.unwrap()),
            (OutboxState::Accepted, Some(receipt(queued[2])))
        );
    }
    // What is not what was frozen is never sent.
    let dir = TempDir::new().unwrap();
    filled(dir.path(), 1).await;
    let vault = reopened(dir.path()).await;
    vault.run_sql("UPDATE outbox SET digest = 'of something else'").await;
    spoil(vault, dir.path()).await;
    let vault = reopened(dir.path()).await;
    assert_eq!((vault.rescue().unwrap().rescued, vault.rescue().unwrap().lost), (1, 1));
}

#[tokio::test]
async fn of_many_records_only_those_on_the_damaged_page_are_lost() {
    let dir = TempDir::new().unwrap();
    let (drafts, queued) = filled(dir.path(), 40).await;
    let path = dir.path().join("li.vault");
    let pages = std::fs::metadata(&path).unwrap().len() / 4096;
    let mut rescued_somewhere = false;
    for page in 1..pages {
        let copy = TempDir::new().unwrap();
        for name in ["li.vault", "li.lock"] {
            std::fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
        }
        overwrite(&copy.path().join("li.vault"), page * 4096, &[0x5a; 4096]);
        let vault = reopened(copy.path()).await;
        let Some(rescue) = vault.rescue().cloned() else { panic!("page {page} is damaged") };
        let (kept_drafts, kept_queued) = nothing_is_wrong(&vault, &drafts, &queued).await;
        assert_eq!(rescue.rescued, (kept_drafts + kept_queued) as u64, "page {page}");
        // The root of a table is its way to every row; any other page costs its own few.
        rescued_somewhere |= kept_drafts + kept_queued >= 70;
    }
    assert!(rescued_somewhere);
}

#[tokio::test]
async fn one_record_that_does_not_open_stops_no_other() {
    let dir = TempDir::new().unwrap();
    let (drafts, queued) = filled(dir.path(), 3).await;
    let vault = reopened(dir.path()).await;
    for sql in [
        "UPDATE drafts SET summary = zeroblob(40), body = zeroblob(40) WHERE rowid = 1",
        "UPDATE outbox SET summary = zeroblob(40), document = zeroblob(99) WHERE seq = 1",
    ] {
        vault.run_sql(sql).await;
    }
    assert_eq!(vault.drafts(10).await.unwrap().len(), 3, "all are listed");
    assert!(vault.draft(drafts[0]).await.is_err());
    assert_eq!(vault.draft(drafts[1]).await.unwrap(), Some(draft(drafts[1], 1)));
    let entries = vault.outbox(10).await.unwrap();
    assert_eq!(entries.len(), 3);
    assert!(matches!(vault.begin_sending(queued[0]).await, Err(VaultError::Seal(_))));
    vault.begin_sending(queued[1]).await.unwrap();
}

/// Damages a page that holds no record of a citizen, so that the file as a whole counts as damaged.
async fn spoil(vault: Vault, dir: &Path) {
    let page: i64 = sqlx::query("SELECT rootpage FROM sqlite_schema WHERE name = 'cache'")
        .fetch_one(&mut *vault.reader().await)
        .await
        .unwrap()
        .get(0);
    vault.close().await.unwrap();
    overwrite(&dir.join("li.vault"), (page.unsigned_abs() - 1) * 4096, &[0x5a; 4096]);
}

async fn count(vault: &Vault, table: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query(query).fetch_one(&mut *vault.reader().await).await.unwrap().get(0)
}

fn scan(request: Uuid) -> NewAttachment {
    let content: Vec<u8> = request.as_bytes().iter().copied().cycle().take(1_500_000).collect();
    NewAttachment { name: "户口簿.jpg".to_owned(), media_type: "image/jpeg".to_owned(), content }
}

/// A request that names its file, queued, and a draft that names its own.
async fn with_files(dir: &Path) -> [Uuid; 2] {
    let vault = reopened(dir).await;
    let [queued, parked] = [Uuid::now_v7(), Uuid::now_v7()];
    let mut files = Vec::new();
    for id in [queued, parked] {
        files.push(vault.attach(id, &scan(id)).await.unwrap().digest);
    }
    let mut parted = draft(parked, 1);
    parted.body.parts.insert("materials".to_owned(), json!({"materials": {"01": {"uploads": [files[1]]}}}));
    vault.save_draft(&draft(queued, 1)).await.unwrap();
    vault.save_draft(&parted).await.unwrap();
    let form: FormRef = "elderly-allowance@1".parse().unwrap();
    let mut document = serde_json::to_value(request(queued, at(30))).unwrap();
    document["items"] = json!([{
        "code": "X", "version": 1, "form": form, "situations": {}, "answers": {}, "owed": [],
        "materials": [{"code": "01", "received": "scan", "copies": 1, "originalChecked": true, "uploads": [files[0]]}],
    }]);
    let wanted: Request = serde_json::from_value(document).unwrap();
    vault.freeze(queued, &wanted).await.unwrap();
    vault.close().await.unwrap();
    [queued, parked]
}

#[tokio::test]
async fn files_come_along_though_the_list_of_who_needs_them_is_lost() {
    let dir = TempDir::new().unwrap();
    let ids = with_files(dir.path()).await;
    let vault = reopened(dir.path()).await;
    vault.run_sql("DROP TRIGGER attached_to_none; DELETE FROM attached").await;
    spoil(vault, dir.path()).await;
    let vault = reopened(dir.path()).await;
    let rescue = vault.rescue().unwrap();
    assert_eq!((rescue.rescued, rescue.lost, rescue.files_lost), (2, 0, 0));
    for id in ids {
        let files = vault.attachments(id).await.unwrap();
        assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["户口簿.jpg"]);
        let mut bytes = vault.attachment_bytes(&files[0].digest, 0, usize::MAX).await.unwrap();
        bytes.extend(vault.attachment_bytes(&files[0].digest, bytes.len() as u64, usize::MAX).await.unwrap());
        assert_eq!(bytes, scan(id).content);
    }
    assert_eq!(vault.audit_trail(9).await.unwrap().last().unwrap().seq, 1);
    vault.check().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_said_to_be_lacking_and_can_be_attached_again() {
    for damage in [
        "UPDATE pieces SET body = zeroblob(50) WHERE number = 1",
        "DELETE FROM pieces WHERE number = 0",
        "UPDATE attachments SET name = zeroblob(40)",
        "DELETE FROM attachments",
    ] {
        let dir = TempDir::new().unwrap();
        let ids = with_files(dir.path()).await;
        let vault = reopened(dir.path()).await;
        vault.run_sql(damage).await;
        spoil(vault, dir.path()).await;
        let vault = reopened(dir.path()).await;
        let rescue = vault.rescue().unwrap();
        assert_eq!((rescue.rescued, rescue.files_lost), (2, 2), "{damage}");
        for table in ["attached", "attachments", "pieces"] {
            assert_eq!(count(&vault, table).await, 0, "{damage}: of a lost file nothing lies about in {table}");
        }
        vault.attach(ids[0], &scan(ids[0])).await.unwrap();
        assert_eq!(vault.attachments(ids[0]).await.unwrap().len(), 1, "{damage}");
    }
}

#[tokio::test]
async fn files_of_a_lost_request_go_with_it_and_the_trail_stays() {
    let dir = TempDir::new().unwrap();
    let [queued, parked] = with_files(dir.path()).await;
    let vault = reopened(dir.path()).await;
    let trail = vault.audit_trail(9).await.unwrap();
    assert!(!trail.is_empty());
    vault.run_sql("UPDATE outbox SET document = zeroblob(60)").await;
    spoil(vault, dir.path()).await;
    let vault = reopened(dir.path()).await;
    let rescue = vault.rescue().unwrap();
    assert_eq!((rescue.rescued, rescue.lost, rescue.files_lost), (1, 1, 0));
    assert_eq!(
        (vault.attachments(queued).await.unwrap().len(), vault.attachments(parked).await.unwrap().len()),
        (0, 1)
    );
    assert_eq!(count(&vault, "attachments").await, 1);
    let after = vault.audit_trail(9).await.unwrap();
    assert_eq!((after[0].action.as_str(), &after[1..]), ("rescue", trail.as_slice()));
    vault.check().await.unwrap();
    // A trail that cannot be vouched for stays with the damaged file.
    vault.run_sql("UPDATE audit_head SET body = zeroblob(60)").await;
    spoil(vault, dir.path()).await;
    let vault = reopened(dir.path()).await;
    assert_eq!(vault.audit_trail(9).await.unwrap().len(), 1);
    vault.check().await.unwrap();
}

#[tokio::test]
async fn a_rescue_that_was_cut_off_is_ended_at_the_next_opening() {
    let dir = TempDir::new().unwrap();
    let (drafts, queued) = filled(dir.path(), 2).await;
    let files = Files::of(dir.path(), "li");
    // Between the two moves.
    std::fs::rename(files.vault(), files.rescue()).unwrap();
    std::fs::write(beside(&files.vault(), "-wal"), b"of the damaged one").unwrap();
    let vault = reopened(dir.path()).await;
    assert_eq!(nothing_is_wrong(&vault, &drafts, &queued).await, (2, 2));
    vault.close().await.unwrap();
    // Before the first.
    std::fs::write(files.rescue(), b"half").unwrap();
    let vault = reopened(dir.path()).await;
    assert_eq!(nothing_is_wrong(&vault, &drafts, &queued).await, (2, 2));
    assert!(!files.rescue().exists());
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 40, ..ProptestConfig::with_cases(12) })]

    /// Bytes changed anywhere, or the end cut off: what opens is what was written, and the vault can be worked with.
    #[test]
    fn no_damage_passes_for_a_record(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<[u8; 8]>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = TempDir::new().unwrap();
            let (drafts, queued) = filled(dir.path(), 6).await;
            let path = dir.path().join("li.vault");
            let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
            for (index, bytes) in changes {
                overwrite(&path, index.index(length - 8) as u64, &bytes);
            }
            if let Some(cut) = cut {
                std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(cut.index(length) as u64).unwrap();
            }
            // A version from the future, or a file that the system calls unreadable, is refused and left as it is.
            let Ok(vault) = Vault::open(dir.path(), "li", seal()).await else { return };
            for id in drafts {
                // Times stand in the clear: nothing vouches for them.
                if let Ok(Some(kept)) = vault.draft(id).await {
                    assert_eq!(kept.body, draft(id, 1).body);
                }
            }
            for id in queued {
                if let Ok(document) = vault.document(id).await {
                    assert_eq!(document, serde_json_canonicalizer::to_vec(&request(id, at(30))).unwrap());
                }
            }
        });
    }
}
