//! Taking the queue elsewhere when there is no network at all: an encrypted file that a supervisor carries to a desk that has one.
//!
//! The first line holds the file's own key, wrapped by a passphrase as a vault's is. Every further line is a record, sealed and in base64: a
//! request, then the pieces of its files; the last says how many there were, so that a file that was cut is known for one. What was taken
//! elsewhere stays queued here as well: the id lets the backend take it once, whoever brings it first.

use std::io::{self, BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Connection as _;
use uuid::Uuid;

use super::attachments::is_whole;
use super::drafts::{Summary, end_draft};
use super::keys::WrappedKeys;
use super::outbox::Queued;
use super::store::digest;
use super::{
    Attachment, Cost, DraftBody, Imported, NewAttachment, OutboxState, RecordName, Seal, Suite, Vault, VaultError,
};

/// Whom the keys of a file are wrapped for, in place of a clerk.
const CARRIER: &str = "outbox";
/// Bytes of a piece of a file.
const PIECE: usize = 256 * 1024;
/// Longest line, in bytes: a document of 2 MiB and what is typed into its draft.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Why a queue cannot be carried.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file cannot be written or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no exported queue, or was cut or changed.
    #[error("not a whole exported outbox")]
    Damaged,
    /// It is not the passphrase.
    #[error("not the passphrase of this file")]
    Passphrase,
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// What went into a file.
#[derive(Debug, Default)]
pub struct Exported {
    /// How many requests.
    pub requests: usize,
    /// Requests that cannot be read whole, and stay behind.
    pub damaged: Vec<(Uuid, VaultError)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// `outbox@1`
    onewindow: String,
    keys: Value,
}

const FORMAT: &str = "outbox@1";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Carried {
    id: Uuid,
    submitted_at: Timestamp,
    summary: Summary,
    /// The frozen bytes, which are JSON.
    document: String,
    draft: DraftBody,
    supersedes: Option<Uuid>,
    files: Vec<CarriedFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CarriedFile {
    name: String,
    media_type: String,
    pieces: u64,
}

/// Numbers the records, so that none can be left out, repeated or exchanged.
struct Lines {
    seal: Seal,
    number: u64,
}

impl Lines {
    fn write(&mut self, place: &'static str, body: &[u8], out: &mut dyn Write) -> Result<(), TransferError> {
        let id = self.number.to_be_bytes();
        let sealed = self.seal.seal(RecordName { place, id: &id, version: 1 }, body).map_err(VaultError::from)?;
        writeln!(out, "{}", STANDARD.encode(sealed))?;
        self.number += 1;
        Ok(())
    }

    /// The next record: of the first of these places that it is from.
    fn read(&mut self, places: &[&'static str], lines: &mut dyn BufRead) -> Result<(usize, Vec<u8>), TransferError> {
        let line = next_line(lines)?.ok_or(TransferError::Damaged)?;
        let sealed = STANDARD.decode(line.trim_end()).map_err(|_| TransferError::Damaged)?;
        let id = self.number.to_be_bytes();
        self.number += 1;
        let opened = places.iter().enumerate().find_map(|(which, place)| {
            let name = RecordName { place, id: &id, version: 1 };
            self.seal.open(name, &sealed).ok().map(|body| (which, body))
        });
        opened.ok_or(TransferError::Damaged)
    }
}

/// Pieces of a file of so many bytes.
const fn pieces(size: u64) -> u64 {
    size.div_ceil(PIECE as u64)
}

fn next_line(lines: &mut dyn BufRead) -> Result<Option<String>, TransferError> {
    let mut bytes = Vec::new();
    let read = io::Read::take(lines, LONGEST_LINE).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    String::from_utf8(bytes).map(Some).map_err(|_| TransferError::Damaged)
}

const REQUEST: &str = "export.request";
const FILE: &str = "export.piece";
const END: &str = "export.end";

impl Vault {
    /// Writes everything that waits into a file that the passphrase opens. A request that is damaged stops no other: it stays behind.
    ///
    /// # Errors
    /// When the vault cannot be read or the file not be written.
    pub async fn export_outbox(
        &self,
        passphrase: &str,
        suite: Suite,
        cost: Cost,
        out: &mut dyn Write,
    ) -> Result<Exported, TransferError> {
        let (keys, seal) = WrappedKeys::fresh(CARRIER, passphrase, suite, cost, None)?;
        let keys = serde_json::from_slice(&keys.text()?).map_err(VaultError::from)?;
        let head = serde_json::to_string(&Head { onewindow: FORMAT.to_owned(), keys }).map_err(VaultError::from)?;
        writeln!(out, "{head}")?;
        let mut lines = Lines { seal, number: 0 };
        let mut exported = Exported::default();
        for state in [OutboxState::Queued, OutboxState::Sending] {
            // The oldest first: they are sent in the order in which they come in.
            for entry in self.outbox_in(Some(state), u32::MAX).await?.into_iter().rev() {
                match self.gathered(entry.id).await {
                    Ok((carried, attachments)) => {
                        self.export_one(&carried, attachments, &mut lines, out).await?;
                        exported.requests += 1;
                    }
                    Err(error) if error.is_damage() => exported.damaged.push((entry.id, error)),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        lines.write(END, &[], out)?;
        Ok(exported)
    }

    /// A request as it is carried, once it is known that it and its files can be read.
    async fn gathered(&self, id: Uuid) -> Result<(Carried, Vec<Attachment>), VaultError> {
        let (entry, draft, supersedes) = self.frozen_draft(id).await?;
        let document = String::from_utf8(self.document(id).await?);
        let attachments = self.attachments(id).await?;
        let seal = self.current_seal()?;
        for file in &attachments {
            if !is_whole(&mut *self.reader().await, &seal, &file.digest).await? {
                return Err(VaultError::Damaged(format!("attachment {}", file.digest)));
            }
        }
        let files = attachments.iter().map(|file| CarriedFile {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            pieces: pieces(file.size),
        });
        let carried = Carried {
            id,
            submitted_at: entry.submitted_at,
            summary: Summary { item_code: entry.item_code, item_name: entry.item_name, applicant: entry.applicant },
            document: document.map_err(|error| VaultError::Damaged(error.to_string()))?,
            draft,
            supersedes,
            files: files.collect(),
        };
        Ok((carried, attachments))
    }

    async fn export_one(
        &self,
        carried: &Carried,
        attachments: Vec<Attachment>,
        lines: &mut Lines,
        out: &mut dyn Write,
    ) -> Result<(), TransferError> {
        lines.write(REQUEST, &serde_json::to_vec(carried).map_err(VaultError::from)?, out)?;
        for file in attachments {
            for piece in 0..pieces(file.size) {
                let mut bytes = Vec::with_capacity(PIECE);
                // A piece here may span two pieces of the vault.
                while bytes.len() < PIECE && piece * PIECE as u64 + (bytes.len() as u64) < file.size {
                    let at = piece * PIECE as u64 + bytes.len() as u64;
                    bytes.extend(self.attachment_bytes(&file.digest, at, PIECE - bytes.len()).await?);
                }
                lines.write(FILE, &bytes, out)?;
            }
        }
        Ok(())
    }

    /// Queues what another desk exported. The same again changes nothing. What is queued here is in doubt: the other desk may have sent it.
    ///
    /// # Errors
    /// [`TransferError::Passphrase`], [`TransferError::Damaged`]; requests that came before the damage are queued.
    pub async fn import_outbox(
        &self,
        passphrase: &str,
        lines: &mut dyn BufRead,
    ) -> Result<Vec<(Uuid, Imported)>, TransferError> {
        let head = next_line(lines)?.ok_or(TransferError::Damaged)?;
        let head: Head = serde_json::from_str(&head).map_err(|_| TransferError::Damaged)?;
        let keys = serde_json::to_vec(&head.keys).map_err(|_| TransferError::Damaged)?;
        let keys = WrappedKeys::parse(&keys).map_err(|_| TransferError::Damaged)?;
        if head.onewindow != FORMAT {
            return Err(TransferError::Damaged);
        }
        let seal = keys.open(CARRIER, passphrase, Suite::default())?.ok_or(TransferError::Passphrase)?;
        let mut records = Lines { seal, number: 0 };
        let mut outcomes = Vec::new();
        loop {
            let (which, body) = records.read(&[REQUEST, END], lines)?;
            if which == 1 {
                return Ok(outcomes);
            }
            let carried: Carried = serde_json::from_slice(&body).map_err(|_| TransferError::Damaged)?;
            let mut files = Vec::new();
            for file in &carried.files {
                let mut content = Vec::new();
                for _ in 0..file.pieces {
                    content.extend(records.read(&[FILE], lines)?.1);
                }
                let (name, media_type) = (file.name.clone(), file.media_type.clone());
                files.push(NewAttachment { name, media_type, content });
            }
            outcomes.push((carried.id, self.queue_carried(&carried, &files).await?));
        }
    }

    /// Request and files in one transaction: they share one fate.
    async fn queue_carried(&self, carried: &Carried, files: &[NewAttachment]) -> Result<Imported, VaultError> {
        let digest = digest(carried.document.as_bytes());
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        if let Some(known) = self.read_entry(&mut transaction, carried.id).await? {
            return Ok(if known.digest == digest { Imported::Unchanged } else { Imported::Conflict });
        }
        // A copy of the vault may have it as a draft still. What was typed there since is not thrown away.
        let draft = match self.read_draft(&mut transaction, carried.id).await {
            Err(error) if error.is_damage() => return Ok(Imported::Conflict),
            draft => draft?,
        };
        if draft.is_some_and(|draft| draft.body.revision > carried.draft.revision) {
            return Ok(Imported::Conflict);
        }
        end_draft(&mut transaction, carried.id).await?;
        let queued = Queued {
            id: carried.id,
            submitted_at: carried.submitted_at,
            in_doubt: true,
            supersedes: carried.supersedes,
            summary: &carried.summary,
            document: carried.document.as_bytes(),
            draft: &carried.draft,
        };
        self.write_queued(&mut transaction, queued).await?;
        sqlx::query("INSERT OR IGNORE INTO ended (id) VALUES (?)")
            .bind(carried.id.as_bytes().as_slice())
            .execute(&mut *transaction)
            .await?;
        for file in files {
            self.write_attachment(&mut transaction, carried.id, file).await?;
        }
        self.write_audit(&mut transaction, "take-over", &carried.id.to_string()).await?;
        transaction.commit().await?;
        Ok(Imported::Stored)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::vault::Acceptance;
    use crate::vault::tests::{draft, open, receipt, with_queued};

    async fn exported(dir: &std::path::Path) -> (Vec<Uuid>, Vec<u8>) {
        let (vault, ids) = with_queued(dir, 3).await;
        let content = (0..700_000_u32).flat_map(u32::to_le_bytes).take(700_000).collect();
        let file = NewAttachment { name: "扫描.pdf".to_owned(), media_type: "application/pdf".to_owned(), content };
        vault.attach(ids[1], &file).await.unwrap();
        vault.begin_sending(ids[2]).await.unwrap();
        let mut bytes = Vec::new();
        let exported = vault.export_outbox("carry on", Suite::Sm4Gcm, Cost::PRACTICE, &mut bytes).await.unwrap();
        assert_eq!((exported.requests, exported.damaged.len()), (3, 0));
        (ids, bytes)
    }

    #[tokio::test]
    async fn a_queue_goes_elsewhere_whole_and_only_once() {
        let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (ids, bytes) = exported(here.path()).await;
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains("张") && !text.contains("applicant"), "nothing personal in plain sight");
        let other = open(there.path()).await;
        let outcomes = other.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        assert!(outcomes.iter().all(|(_, outcome)| *outcome == Imported::Stored));
        assert_eq!(outcomes.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
        let origin = open(here.path()).await;
        for id in &ids {
            let (mine, theirs) =
                (origin.outbox_entry(*id).await.unwrap().unwrap(), other.outbox_entry(*id).await.unwrap().unwrap());
            assert_eq!(
                (mine.digest, mine.submitted_at, mine.applicant),
                (theirs.digest, theirs.submitted_at, theirs.applicant)
            );
            assert!(theirs.in_doubt, "the other desk may have sent it");
            assert_eq!(origin.document(*id).await.unwrap(), other.document(*id).await.unwrap());
            assert_eq!(origin.attachments(*id).await.unwrap(), other.attachments(*id).await.unwrap());
        }
        let again = other.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        assert!(again.iter().all(|(_, outcome)| *outcome == Imported::Unchanged));
        other.check().await.unwrap();
    }

    #[tokio::test]
    async fn a_damaged_request_stays_behind_and_stops_no_other() {
        let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (ids, _) = exported(here.path()).await;
        let vault = open(here.path()).await;
        vault.run_sql("UPDATE outbox SET draft = zeroblob(40) WHERE seq = 1").await;
        vault.run_sql("UPDATE pieces SET body = zeroblob(40)").await;
        let mut bytes = Vec::new();
        let exported = vault.export_outbox("carry on", Suite::Sm4Gcm, Cost::PRACTICE, &mut bytes).await.unwrap();
        let damaged: Vec<Uuid> = exported.damaged.iter().map(|(id, _)| *id).collect();
        assert_eq!((exported.requests, damaged), (1, vec![ids[0], ids[1]]));
        let outcomes = open(there.path()).await.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        assert_eq!(outcomes, [(ids[2], Imported::Stored)]);
        assert_eq!(vault.outbox_in(Some(OutboxState::Queued), 9).await.unwrap().len(), 3, "here they stay");
    }

    #[tokio::test]
    async fn what_is_a_draft_still_in_a_copy_of_the_vault_is_so_no_more() {
        let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (ids, bytes) = exported(here.path()).await;
        let other = open(there.path()).await;
        let typed_since = 7;
        other.save_draft(&draft(ids[0], 1)).await.unwrap();
        other.save_draft(&draft(ids[1], typed_since)).await.unwrap();
        let outcomes = other.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
        assert_eq!(outcomes, [Imported::Stored, Imported::Conflict, Imported::Stored]);
        assert_eq!(other.draft(ids[0]).await.unwrap(), None, "draft and request at once");
        // One that cannot be read stops no other.
        let third = TempDir::new().unwrap();
        let spoilt = open(third.path()).await;
        spoilt.save_draft(&draft(ids[0], 1)).await.unwrap();
        spoilt.run_sql("UPDATE drafts SET body = zeroblob(40)").await;
        let outcomes = spoilt.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
        assert_eq!(outcomes, [Imported::Conflict, Imported::Stored, Imported::Stored]);
        assert_eq!(other.draft(ids[1]).await.unwrap(), Some(draft(ids[1], typed_since)));
        assert_eq!(other.outbox_entry(ids[1]).await.unwrap(), None);
    }

    #[tokio::test]
    async fn files_of_what_was_sent_already_do_not_come_back() {
        let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (ids, bytes) = exported(here.path()).await;
        let other = open(there.path()).await;
        other.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        other.begin_sending(ids[1]).await.unwrap();
        other.record_accepted(ids[1], &Acceptance::whole(receipt(ids[1]))).await.unwrap();
        other.import_outbox("carry on", &mut bytes.as_slice()).await.unwrap();
        assert_eq!(other.attachments(ids[1]).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_file_that_was_cut_changed_or_is_locked_is_known() {
        let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (_, bytes) = exported(here.path()).await;
        let other = open(there.path()).await;
        let wrong = other.import_outbox("something else", &mut bytes.as_slice()).await;
        assert!(matches!(wrong, Err(TransferError::Passphrase)));
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let mut exchanged = lines.clone();
        exchanged.swap(1, 2);
        for damaged in
            [lines[..lines.len() - 1].concat(), lines[..2].concat(), exchanged.concat(), b"{}\n".to_vec(), Vec::new()]
        {
            let read = other.import_outbox("carry on", &mut damaged.as_slice()).await;
            assert!(matches!(read, Err(TransferError::Damaged)), "{read:?}");
        }
    }
}
