//! Files with damage of every kind, on a real disk.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::vault::tests::{at, draft, request, seal, with_queued};

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
    assert_eq!((vault.rescue(), vault.draft(id).await.unwrap()), (None, Some(draft(id, 1))));
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
