//! Bringing the files of a request to the backend before the request itself: they share one fate.

use std::collections::VecDeque;

use jiff::SignedDuration;
use tokio::sync::mpsc::UnboundedReceiver;

use super::worker::{Command, Interrupted, Stopped, Worker, listen};
use super::{Clock, SendError, SyncEvent, Transport};
use crate::vault::{Attachment, Pending, Reason};

/// Bytes of a part on a slow line: at 64 kbit/s it takes eight seconds, less than the client waits.
pub(super) const LEAST_PART: usize = 64 * 1024;
/// Bytes of a part on a fast line.
const MOST_PART: usize = 1024 * 1024;
/// A part that took no longer lets the next be larger.
const QUICK: SignedDuration = SignedDuration::from_secs(2);
/// How often an upload that the backend knows no more is begun again before the request waits.
const BEGINNINGS: usize = 3;
/// How often a request is repeated whose files the backend says it lacks.
const REPEATS: u32 = 5;
/// The keyword of a digest that was not uploaded.
const UPLOAD: &str = "upload";

/// Why a file is not there whole yet.
enum Unfinished {
    /// Something was queued meanwhile: when it has no files, it goes first. The upload goes on where it was.
    GaveWay,
    /// What stopped it, and whether it had got on before.
    Broken { error: SendError, got_on: bool },
}

impl<T: Transport, C: Clock> Worker<T, C> {
    /// Brings the files of a request to the backend. True when all are there; else the request was put off or refused, or gave way.
    pub(super) async fn files_are_there(
        &mut self,
        request: &Pending,
        commands: &mut UnboundedReceiver<Command>,
        waiting: &mut VecDeque<Command>,
    ) -> Result<bool, Interrupted> {
        let files = match self.vault.attachments(request.id).await {
            Err(error) if error.is_damage() => {
                self.put_aside(request.id, &error).await?;
                return Ok(false);
            }
            files => files?,
        };
        let size = files.iter().map(|file| file.size).sum();
        let mut before = 0;
        for file in files {
            if !file.uploaded {
                let progress = |sent| SyncEvent::Uploading { id: request.id, sent: before + sent, size };
                match self.upload(&file, progress, commands, waiting).await {
                    Ok(Ok(())) => {}
                    Ok(Err(Unfinished::GaveWay)) => return Ok(false),
                    Ok(Err(Unfinished::Broken { error, got_on })) => {
                        // A line on which files get on is no bad line.
                        let attempts = if got_on { 0 } else { request.attempts };
                        self.failed(error, &Pending { attempts, ..*request }, false).await?;
                        return Ok(false);
                    }
                    Err(Interrupted::Vault(error)) if error.is_damage() => {
                        self.put_aside(request.id, &error).await?;
                        return Ok(false);
                    }
                    Err(interrupted) => return Err(interrupted),
                }
            }
            before += file.size;
        }
        Ok(true)
    }

    async fn upload(
        &mut self,
        file: &Attachment,
        progress: impl Fn(u64) -> SyncEvent,
        commands: &mut UnboundedReceiver<Command>,
        waiting: &mut VecDeque<Command>,
    ) -> Result<Result<(), Unfinished>, Interrupted> {
        let digest = file.digest.as_str();
        let mut got_on = false;
        macro_rules! ask {
            ($question:expr) => {
                match listen($question, commands, waiting).await {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(error)) => return Ok(Err(Unfinished::Broken { error, got_on })),
                    Err(Stopped) => return Err(Interrupted::Stopped),
                }
            };
        }
        let mut place = file.upload.clone();
        for _ in 0..BEGINNINGS {
            let here = match place.take() {
                Some(here) => here,
                None => {
                    let here = ask!(self.transport.begin_upload(file));
                    self.vault.set_upload(digest, Some(&here), false).await?;
                    here
                }
            };
            let Some(mut offset) = ask!(self.transport.upload_offset(&here)) else {
                self.vault.set_upload(digest, None, false).await?;
                continue;
            };
            self.tell(progress(offset));
            while offset < file.size {
                let bytes = self.vault.attachment_bytes(digest, offset, self.part).await?;
                let begun = self.clock.now();
                let next = match listen(self.transport.upload_part(&here, offset, bytes), commands, waiting).await {
                    Ok(Ok(next)) => next,
                    Ok(Err(error)) => {
                        self.part = LEAST_PART;
                        return Ok(Err(Unfinished::Broken { error, got_on }));
                    }
                    Err(Stopped) => return Err(Interrupted::Stopped),
                };
                if next <= offset {
                    let error =
                        SendError::Later { reason: Reason::of(Reason::ANSWER_LOST), after: None, in_doubt: false };
                    return Ok(Err(Unfinished::Broken { error, got_on }));
                }
                if self.clock.now().duration_since(begun) <= QUICK {
                    self.part = (self.part * 2).min(MOST_PART);
                }
                (offset, got_on) = (next, true);
                self.tell(progress(offset));
                if offset < file.size && waiting.contains(&Command::Queued) {
                    return Ok(Err(Unfinished::GaveWay));
                }
            }
            self.vault.set_upload(digest, Some(&here), true).await?;
            return Ok(Ok(()));
        }
        let error = SendError::Later { reason: Reason::of(Reason::UPLOAD_GONE), after: None, in_doubt: false };
        Ok(Err(Unfinished::Broken { error, got_on }))
    }

    /// Whether the backend refuses a request for want of files that are here: they are then brought again.
    pub(super) async fn lacks_files(&self, request: &Pending, reason: &Reason) -> Result<bool, Interrupted> {
        let named = reason.fields.iter().any(|field| field.keyword == UPLOAD);
        if !named || request.attempts >= REPEATS {
            return Ok(false);
        }
        let files = self.vault.attachments(request.id).await?;
        for file in &files {
            self.vault.set_upload(&file.digest, None, false).await?;
        }
        Ok(!files.is_empty())
    }
}
