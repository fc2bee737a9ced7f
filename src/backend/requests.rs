//! Keeping a request: at most once, with all that belongs to it, or not at all.

use std::ops::ControlFlow;

use jiff::Timestamp;
use uuid::Uuid;

use super::audit::{Act, Action};
use super::check::Checked;
use super::extract::Body;
use super::problem::{Answer, Fault, field_error};
use super::store::{Claim, NewCase, NewRequest, RequestRow, Submission};
use super::{App, check, language, numbers, receipts, uploads};
use crate::api::digest;
use crate::api::wire::{Clerk, ProblemCode};
use crate::domain::request::Request;

/// The answer to a submission: JSON, given again unchanged whenever the same submission comes again.
pub(super) struct Kept {
    pub replayed: bool,
    pub answer: String,
}

/// Takes a submission in.
pub(super) async fn keep(app: &App, clerk: &Clerk, id: Uuid, body: &Body) -> Answer<Kept> {
    let document = canonical(body)?;
    let digest = digest::sha256_hex(document.as_bytes());
    let key = id.to_string();
    // Before anything is judged: what was accepted once stays accepted, whatever has become of items and clerks since.
    if let Some(row) = app.store.request(&key).await? {
        return replay(row, &digest);
    }
    let now = app.now();
    let request = parse(body)?;
    if request.id != id {
        return Err(Fault::invalid(vec![field_error("/id".to_owned(), "other-id", &[])]));
    }
    let (request, checked) = judge(app, clerk, request, now).await?;
    uploads::check(app, &request).await?;
    let day = numbers::day(now);
    let stem = app.numbers.stem(&clerk.site.area, day);
    // Before the transaction: it must not wait for another connection.
    let number = app.store.next_number(&stem).await?;
    let applicant_key = receipts::applicant_key(&request.applicant);
    let begun = begin(app, &request, &checked, &applicant_key, &digest, now).await;
    if !matches!(begun, Ok(ControlFlow::Continue(_))) {
        app.store.return_number(&stem, number).await;
    }
    let mut submission = match begun? {
        ControlFlow::Continue(submission) => submission,
        ControlFlow::Break(kept) => return Ok(kept),
    };
    let request_no = app.numbers.request_no(&stem, number);
    let taken = checked.taken.clone();
    let accepted = receipts::issue(
        &request,
        checked,
        receipts::Issue {
            request_no: &request_no,
            query_code: numbers::query_code().map_err(|_| ProblemCode::Internal)?,
            practice: app.practice,
            clerk,
            received_at: now,
            calendar: &app.calendar,
            catalogue: &app.catalogue(),
        },
    );
    let answer = serde_json::to_string(&accepted).map_err(|_| ProblemCode::Internal)?;
    submission
        .insert_request(&NewRequest {
            id: &key,
            request_no: &request_no,
            site: &request.site,
            clerk: &clerk.name,
            received_at: now,
            document: &document,
            answer: &answer,
        })
        .await?;
    uploads::bind(&mut submission, &request).await?;
    for (case, (index, item)) in accepted.cases.iter().zip(&taken) {
        let Some(wanted) = request.items.get(*index) else { continue };
        let new = NewCase {
            case,
            course: receipts::course(item, wanted, day, &app.calendar),
            site: &clerk.site.id,
            clerk: &clerk.name,
            actor: &clerk.display,
            department: &item.department,
            applicant_key: &applicant_key,
            day,
            figures: receipts::figures(item, wanted),
        };
        submission.insert_case(&new).await?;
    }
    let act = Act { at: now, actor: &clerk.name, action: Action::RequestAccepted, subject: &request_no };
    submission.audit(&act).await?;
    submission.commit().await?;
    app.bell.ring();
    app.changes.tell();
    tracing::info!(request = %id, number = request_no, "accepted");
    Ok(Kept { replayed: false, answer })
}

/// Claims the submission's id and makes sure that its matters are not under way already, or finds what was kept under that id meanwhile.
async fn begin(
    app: &App,
    request: &Request,
    checked: &Checked,
    applicant_key: &str,
    digest: &str,
    now: Timestamp,
) -> Answer<ControlFlow<Kept, Submission>> {
    let key = request.id.to_string();
    let mut submission = match app.store.claim(&key, digest, now).await? {
        Claim::Ours(submission) => submission,
        Claim::Taken => {
            let row = app.store.request(&key).await?.ok_or(ProblemCode::Unavailable)?;
            return replay(row, digest).map(ControlFlow::Break);
        }
        Claim::UnderWay => return Err(Fault { retry_after: Some(1), ..Fault::new(ProblemCode::InProgress) }),
    };
    if !applicant_key.is_empty() {
        // Of two same matters at once the second sees the first.
        submission.take_turn(applicant_key).await?;
        if !request.acknowledge_duplicate {
            for (_, item) in &checked.taken {
                if let Some(case_no) = submission.open_case(applicant_key, &item.code, &request.site).await? {
                    return Err(Fault { case_no: Some(case_no), ..Fault::new(ProblemCode::DuplicateCase) });
                }
            }
        }
    }
    Ok(ControlFlow::Continue(submission))
}

/// Checks a submission and keeps nothing.
pub(super) async fn validate(app: &App, clerk: &Clerk, body: &Body) -> Answer<()> {
    let (request, _) = judge(app, clerk, parse(body)?, app.now()).await?;
    uploads::check(app, &request).await
}

/// Checks a request against its forms. That takes a core for a while; the other requests go on meanwhile.
async fn judge(app: &App, clerk: &Clerk, request: Request, now: Timestamp) -> Answer<(Request, Checked)> {
    let (catalogue, clerk) = (app.catalogue(), clerk.clone());
    language::blocking(move || {
        let checked = check::check(&catalogue, &clerk, &request, now)?;
        Ok((request, checked))
    })
    .await?
}

fn canonical(body: &Body) -> Answer<String> {
    let value: serde_json::Value = body.parse()?;
    let bytes = digest::canonical(&value).map_err(|_| ProblemCode::Malformed)?;
    String::from_utf8(bytes).map_err(|_| ProblemCode::Malformed.into())
}

fn parse(body: &Body) -> Answer<Request> {
    let request: Request = body.parse()?;
    let mut errors = Vec::new();
    check::control_characters(&body.parse()?, &mut errors);
    if errors.is_empty() { Ok(request) } else { Err(Fault::invalid(errors)) }
}

fn replay(row: RequestRow, digest: &str) -> Answer<Kept> {
    if row.digest == digest {
        Ok(Kept { replayed: true, answer: row.answer })
    } else {
        Err(ProblemCode::ContentConflict.into())
    }
}
