//! Uploads of scanned materials (附件), by tus 1.0.
//!
//! The bytes of each `PATCH` become an object of their own, and the database says which of them make up the upload: any replica may go
//! on with it, and of two that write the same place one is refused. What is whole is kept by site and SHA-256. A request names digests;
//! what none names in time is removed again.

pub(super) mod objects;
pub mod s3;
pub(super) mod tus;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::App;
use super::problem::{Answer, Fault, field_error};
use super::store::{NewAttachment, Submission, UploadRow, UploadState};
use crate::api::wire::{Clerk, ProblemCode};
use crate::domain::request::Request;
use objects::{ObjectError, Objects};
use tus::{Checksum, Digests, Metadata};

/// How long an unfinished upload, and an attachment that no request names, is kept after it was last touched: a desk may be without a
/// network for days.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long the end of an upload is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Between two rounds of tidying.
const TIDYING: SignedDuration = SignedDuration::from_mins(1);

/// How long a sender may be silent within a `PATCH`.
const SILENCE: Duration = Duration::from_secs(30);

/// Unfinished uploads of one clerk.
const MOST_OPEN: u64 = 1000;

/// The attachments' bytes, and when they were last tidied.
#[derive(Debug)]
pub(super) struct Uploads {
    objects: Objects,
    /// In milliseconds.
    tidied_at: AtomicI64,
}

impl Uploads {
    pub(super) fn new(objects: Objects) -> Self {
        Self { objects, tidied_at: AtomicI64::new(0) }
    }

    /// Whether the place of the attachments answers.
    pub(super) async fn ping(&self) -> Answer<()> {
        Ok(self.objects.ping().await?)
    }
}

impl From<ObjectError> for Fault {
    fn from(error: ObjectError) -> Self {
        tracing::error!(%error, "attachments");
        Self { retry_after: Some(1), ..Self::new(ProblemCode::Unavailable) }
    }
}

/// Begins an upload. What the site has already is whole at once.
pub(super) async fn create(
    app: &App,
    clerk: &Clerk,
    length: u64,
    field: &str,
    metadata: Metadata,
) -> Answer<UploadRow> {
    if !clerk.role.takes_applications() {
        return Err(ProblemCode::RoleForbids.into());
    }
    if length > app.limits.upload_bytes {
        return Err(ProblemCode::TooLarge.into());
    }
    let media_type = metadata.media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    if !field_is_accepted(&app.limits.upload_types, &media_type) {
        return Err(ProblemCode::UnsupportedMediaType.into());
    }
    tidy_now_and_then(app).await?;
    if app.store.open_uploads(&clerk.name).await? >= MOST_OPEN {
        return Err(Fault { retry_after: Some(60), ..Fault::new(ProblemCode::RateLimited) });
    }
    let now = app.now();
    let mut upload = UploadRow {
        id: Uuid::now_v7().to_string(),
        clerk: clerk.name.clone(),
        site: clerk.site.id.clone(),
        length,
        received: 0,
        digest: metadata.digest.unwrap_or_default(),
        media_type,
        metadata: field.to_owned(),
        state: UploadState::Open,
        expires_at: after(now, KEPT),
    };
    let known = app.store.attachment(&upload.site, &upload.digest).await?;
    if known.is_some_and(|(_, known)| known == length)
        && app.store.refresh_attachment(&upload.site, &upload.digest, now).await?
    {
        upload.received = length;
        upload.state = UploadState::Done;
    }
    app.store.add_upload(&upload).await?;
    if length == 0 && upload.state == UploadState::Open {
        return complete(app, upload, None).await;
    }
    Ok(upload)
}

fn field_is_accepted(accepted: &[String], media_type: &str) -> bool {
    accepted.iter().any(|kind| kind == media_type)
}

/// An upload of the clerk's own. Anybody else's is not there; one that is over is gone.
pub(super) async fn find(app: &App, clerk: &Clerk, id: Uuid) -> Answer<UploadRow> {
    let upload = app.store.upload(&id.to_string()).await?.filter(|upload| upload.clerk == clerk.name);
    let upload = upload.ok_or(ProblemCode::NotFound)?;
    let over = match upload.state {
        UploadState::Open => upload.expires_at <= app.now(),
        UploadState::Done => false,
        UploadState::Gone => true,
    };
    if over { Err(ProblemCode::UploadGone.into()) } else { Ok(upload) }
}

/// Takes in the bytes that come next. When the line breaks, what came is kept; with a checksum it is all or nothing.
pub(super) async fn receive(
    app: Arc<App>,
    upload: UploadRow,
    body: Body,
    checksum: Option<Checksum>,
) -> Answer<UploadRow> {
    let object = Objects::part_name(&upload.id);
    let taken =
        take_in(&app, &object, upload.length.saturating_sub(upload.received), body.into_data_stream(), checksum).await;
    let Taken { bytes, digest, broken } = match taken {
        Ok(taken) => taken,
        Err(fault) => {
            app.uploads.objects.forsake(&object).await;
            return Err(fault);
        }
    };
    let went_on = if bytes == 0 {
        Ok(upload)
    } else if upload.received.saturating_add(bytes) == upload.length {
        let whole = complete(&app, upload, Some(Last { object: object.clone(), digest })).await;
        // Its bytes are in the whole now, or came to nothing.
        app.uploads.objects.forsake(&object).await;
        whole
    } else {
        let added = add(&app, upload, bytes, &object).await;
        if added.is_err() {
            app.uploads.objects.forsake(&object).await;
        }
        added
    };
    match broken {
        Some(code) => went_on.and(Err(code.into())),
        None => went_on,
    }
}

/// What one `PATCH` brought.
struct Taken {
    bytes: u64,
    /// SHA-256 of them.
    digest: String,
    /// Why no more came.
    broken: Option<ProblemCode>,
}

async fn take_in(
    app: &App,
    object: &str,
    room: u64,
    mut body: BodyDataStream,
    checksum: Option<Checksum>,
) -> Answer<Taken> {
    let mut digests = Digests::expecting(checksum.as_ref());
    let mut writer = app.uploads.objects.writer(object);
    let mut bytes: u64 = 0;
    let mut broken = None;
    let refused = loop {
        match tokio::time::timeout(SILENCE, body.next()).await {
            Ok(None) => break None,
            Ok(Some(Ok(chunk))) => {
                bytes = bytes.saturating_add(chunk.len() as u64);
                if bytes > room {
                    break Some(ProblemCode::TooLarge);
                }
                digests.update(&chunk);
                writer.put(chunk).await?;
            }
            Ok(Some(Err(_))) | Err(_) => {
                broken = Some(ProblemCode::Timeout);
                break checksum.as_ref().map(|_| ProblemCode::Timeout);
            }
        }
    };
    let (digest, agrees) = digests.finish(checksum.as_ref());
    let refused = refused.or_else(|| (!agrees).then_some(ProblemCode::ChecksumMismatch));
    if refused.is_some() || bytes == 0 {
        writer.abort().await?;
        return refused.map_or(Ok(Taken { bytes: 0, digest, broken }), |code| Err(code.into()));
    }
    writer.shutdown().await.map_err(|error| ObjectError::Generic { store: "attachments", source: error.into() })?;
    Ok(Taken { bytes, digest, broken })
}

async fn add(app: &App, mut upload: UploadRow, bytes: u64, object: &str) -> Answer<UploadRow> {
    let received = upload.received.saturating_add(bytes);
    let expires_at = after(app.now(), KEPT);
    if !app.store.add_part(&upload, received, object, expires_at).await? {
        return Err(ProblemCode::OffsetConflict.into());
    }
    upload.received = received;
    upload.expires_at = expires_at;
    Ok(upload)
}

/// The part that makes an upload whole, and the SHA-256 of its bytes.
struct Last {
    object: String,
    digest: String,
}

/// Puts the parts together and keeps the whole by its digest. Only then the last of its bytes counts as received.
async fn complete(app: &App, mut upload: UploadRow, last: Option<Last>) -> Answer<UploadRow> {
    let objects = &app.uploads.objects;
    let (whole, digest) = match last {
        Some(Last { object, digest }) if upload.received == 0 => (object, digest),
        last => {
            let whole = Objects::part_name(&upload.id);
            match join(app, &upload, last.map(|last| last.object), &whole).await {
                Ok(digest) => (whole, digest),
                Err(fault) => {
                    objects.forsake(&whole).await;
                    let overtaken = !is_as_before(app, &upload).await?;
                    return Err(if overtaken { ProblemCode::OffsetConflict.into() } else { fault });
                }
            }
        }
    };
    if !upload.digest.is_empty() && upload.digest != digest {
        objects.forsake(&whole).await;
        let ended = app.store.end_upload(&upload).await?;
        remove_discarded(app).await?;
        return Err(if ended { ProblemCode::ChecksumMismatch } else { ProblemCode::OffsetConflict }.into());
    }
    let content = Objects::content_name(&digest);
    objects.rename(&whole, &content).await?;
    let attachment = NewAttachment { digest: &digest, object: &content, received_at: app.now() };
    if !app.store.finish_upload(&upload, &attachment).await? {
        objects.forsake(&content).await;
        return Err(ProblemCode::OffsetConflict.into());
    }
    tracing::info!(upload = upload.id, bytes = upload.length, "uploaded");
    // Not needed for the answer, but due.
    if let Err(error) = remove_discarded(app).await {
        tracing::warn!(?error, "parts stay for now");
    }
    upload.received = upload.length;
    upload.digest = digest;
    upload.state = UploadState::Done;
    Ok(upload)
}

/// Writes the parts and the last one after each other into one object. Gives its SHA-256.
async fn join(app: &App, upload: &UploadRow, last: Option<String>, whole: &str) -> Answer<String> {
    let objects = &app.uploads.objects;
    let mut digests = Digests::expecting(None);
    let mut writer = objects.writer(whole);
    let parts = app.store.upload_parts(&upload.id).await?.into_iter().map(|part| part.object);
    for part in parts.chain(last) {
        let mut bytes = objects.read(&part).await?;
        while let Some(chunk) = bytes.next().await.transpose()? {
            digests.update(&chunk);
            writer.put(chunk).await?;
        }
    }
    writer.shutdown().await.map_err(|error| ObjectError::Generic { store: "attachments", source: error.into() })?;
    Ok(digests.finish(None).0)
}

/// Whether nobody else took an upload further.
async fn is_as_before(app: &App, upload: &UploadRow) -> Answer<bool> {
    let now = app.store.upload(&upload.id).await?;
    Ok(now.is_some_and(|now| (now.received, now.state) == (upload.received, upload.state)))
}

/// Ends an upload that the clerk does not want any more.
pub(super) async fn terminate(app: &App, upload: &UploadRow) -> Answer<()> {
    if !app.store.end_upload(upload).await? {
        return Err(ProblemCode::OffsetConflict.into());
    }
    remove_discarded(app).await
}

/// The digests that a request names, each with its place in the request.
pub(super) fn named(request: &Request) -> impl Iterator<Item = (String, &str)> {
    request.items.iter().enumerate().flat_map(|(item, wanted)| {
        wanted.materials.iter().enumerate().flat_map(move |(material, line)| {
            let at = format!("/items/{item}/materials/{material}/uploads");
            line.uploads.iter().enumerate().map(move |(place, digest)| (format!("{at}/{place}"), digest.as_str()))
        })
    })
}

/// Refuses a request that names what its site has not got. The client uploads it and repeats the request.
pub(super) async fn check(app: &App, request: &Request) -> Answer<()> {
    let mut errors = Vec::new();
    for (place, digest) in named(request) {
        if app.store.attachment(&request.site, digest).await?.is_none() {
            errors.push(field_error(place, "upload", &[]));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
}

/// Binds the attachments to a request under way, so that they are kept.
pub(super) async fn bind(submission: &mut Submission, request: &Request) -> Answer<()> {
    let mut errors = Vec::new();
    for (place, digest) in named(request) {
        // Gone since it was checked.
        if !submission.name_attachment(&request.site, digest).await? {
            errors.push(field_error(place, "upload", &[]));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
}

/// Removes what a crash left lying about, and what is over.
pub(super) async fn tidy_at_start(app: &App) -> Answer<()> {
    let day = SignedDuration::from_hours(24);
    app.uploads.objects.remove_parts_before(before(before(app.now(), KEPT), day)).await?;
    tidy_now_and_then(app).await
}

/// Ends what is over, when that was not done lately. New uploads bring it about: an idle backend wakes for nothing.
async fn tidy_now_and_then(app: &App) -> Answer<()> {
    let now = app.now();
    let due = before(now, TIDYING).as_millisecond();
    let claim = app.uploads.tidied_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tidied_at| {
        (tidied_at <= due).then_some(now.as_millisecond())
    });
    if claim.is_err() {
        return Ok(());
    }
    loop {
        let expired = app.store.expired_uploads(now).await?;
        if expired.is_empty() {
            break;
        }
        for upload in expired {
            app.store.end_upload(&upload).await?;
        }
    }
    app.store.drop_unnamed_attachments(before(now, KEPT)).await?;
    app.store.forget_uploads(before(now, REMEMBERED)).await?;
    remove_discarded(app).await
}

async fn remove_discarded(app: &App) -> Answer<()> {
    for object in app.store.discarded_objects().await? {
        app.uploads.objects.remove(&object).await?;
        app.store.forget_object(&object).await?;
    }
    Ok(())
}

fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.saturating_add(span).unwrap_or(instant)
}

fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.saturating_sub(span).unwrap_or(instant)
}
