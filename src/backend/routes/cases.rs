//! `/v1/cases`, `/v1/cases/{case_no}` and its actions

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use super::App;
use crate::api::wire::{CaseDetail, CaseFilter, CasePage, Clerk, ClerkRole, ProblemCode};
use crate::backend::auth::SignedIn;
use crate::backend::cases;
use crate::backend::extract::{Asked, At, Body, Precondition, json, not_modified, tagged, unchanged, version_tag};
use crate::backend::problem::Answer;
use crate::backend::store::{CaseQuery, CaseRow};
use crate::domain::case::Case;
use crate::domain::procedure::{CaseAction, Party};

/// Most cases on a page.
pub(super) const PAGE_LIMIT: u32 = 200;

/// Whether a clerk may see what a site does.
pub(super) fn may_see(clerk: &Clerk, site: &str) -> bool {
    match clerk.role {
        ClerkRole::Clerk | ClerkRole::Supervisor => clerk.site.id == site,
        ClerkRole::BackOffice | ClerkRole::Administrator => true,
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, signed_in: SignedIn, Asked(filter): Asked<CaseFilter>) -> Answer {
    cases::settle(&app).await?;
    if filter.limit == Some(0) {
        return Err(ProblemCode::Malformed.into());
    }
    let limit = filter.limit.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT);
    let clerk = signed_in.clerk;
    let everywhere = may_see(&clerk, "");
    let query = CaseQuery {
        site: (!everywhere).then_some(clerk.site.id),
        status: filter.status,
        item: filter.item,
        number: filter.number,
        updated_since: filter.updated_since,
        after: filter.after.as_deref().map(parse_cursor).transpose()?,
        limit: limit.saturating_add(1),
    };
    let mut cases: Vec<Case> = app.store.cases(&query).await?.into_iter().map(|row| row.case).collect();
    let more = cases.len() > limit as usize;
    cases.truncate(limit as usize);
    let next = cases.last().filter(|_| more).map(cursor);
    json(StatusCode::OK, &CasePage { cases, next })
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(case_no): At<String>,
    headers: HeaderMap,
) -> Answer {
    let row = visible(&app, &signed_in.clerk, &case_no).await?;
    let etag = version_tag(row.case.version);
    if unchanged(&headers, &etag) {
        return Ok(not_modified(&etag));
    }
    detail(&signed_in.clerk, row)
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At((case_no, action)): At<(String, String)>,
    precondition: Precondition,
    body: Body,
) -> Answer {
    let row = visible(&app, &signed_in.clerk, &case_no).await?;
    let action = CaseAction::from_name(&action)
        .filter(|action| matches!(action.party(), Party::Counter | Party::Department))
        .ok_or(ProblemCode::NotFound)?;
    let details = body.parse()?;
    detail(&signed_in.clerk, cases::act(&app, &signed_in.clerk, row, action, precondition, &details).await?)
}

/// A case as this clerk sees it, with its version.
fn detail(clerk: &Clerk, row: CaseRow) -> Answer {
    let actions = cases::open_to(clerk, &row);
    let etag = version_tag(row.case.version);
    let CaseRow { case, department, course, .. } = row;
    Ok(tagged(json(StatusCode::OK, &CaseDetail { case, department, owing: course.owing, actions })?, &etag))
}

/// A case that the clerk may see; any other is not there.
pub(super) async fn visible(app: &App, clerk: &Clerk, case_no: &str) -> Answer<CaseRow> {
    cases::settle(app).await?;
    app.store.case(case_no).await?.filter(|row| may_see(clerk, &row.site)).ok_or_else(|| ProblemCode::NotFound.into())
}

/// The place after a case in the list.
fn cursor(case: &Case) -> String {
    format!("{}.{}", case.updated_at.as_millisecond(), case.case_no)
}

fn parse_cursor(cursor: &str) -> Answer<(Timestamp, String)> {
    cursor
        .split_once('.')
        .and_then(|(at, case_no)| Some((Timestamp::from_millisecond(at.parse().ok()?).ok()?, case_no.to_owned())))
        .ok_or_else(|| ProblemCode::Malformed.into())
}
