//! Taking a case further: legal actions only, by whose turn it is, on the version that they saw.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::extract::Precondition;
use super::problem::{Answer, Fault, field_error};
use super::store::{CaseRow, CaseStep};
use super::{App, check, numbers};
use crate::api::wire::{Clerk, ClerkRole, ProblemCode};
use crate::domain::case::CaseEvent;
use crate::domain::procedure::{ActionDetails, CaseAction, Party};

/// Tells those who wait for entries of logs that there may be new ones.
pub(super) struct Changes {
    sender: watch::Sender<()>,
    /// The day up to which every case was settled, as days since 1970.
    settled: AtomicI64,
}

impl Changes {
    pub(super) fn new() -> Self {
        Self { sender: watch::Sender::new(()), settled: AtomicI64::new(i64::MIN) }
    }

    /// Tells.
    pub(super) fn tell(&self) {
        self.sender.send_replace(());
    }

    /// Waits with this.
    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.sender.subscribe()
    }
}

/// Whether a role may do what is a party's to do.
pub(super) const fn may_do(role: ClerkRole, action: CaseAction) -> bool {
    match action.party() {
        Party::Counter => role.takes_applications(),
        Party::Department => matches!(role, ClerkRole::BackOffice),
        Party::Citizen | Party::Backend => false,
    }
}

/// What a clerk may do with a case now.
pub(super) fn open_to(clerk: &Clerk, row: &CaseRow) -> Vec<CaseAction> {
    CaseAction::legal(row.case.status).filter(|action| may_do(clerk.role, *action)).collect()
}

/// A clerk's action on a case that the clerk may see.
pub(super) async fn act(
    app: &App,
    clerk: &Clerk,
    row: CaseRow,
    action: CaseAction,
    precondition: Precondition,
    details: &ActionDetails,
) -> Answer<CaseRow> {
    if !may_do(clerk.role, action) {
        return Err(ProblemCode::RoleForbids.into());
    }
    precondition.check(row.case.version)?;
    if !CaseAction::legal(row.case.status).any(|legal| legal == action) {
        return Err(Fault { actions: open_to(clerk, &row), ..Fault::new(ProblemCode::IllegalAction) });
    }
    let mut errors = Vec::new();
    let said = serde_json::to_value(details).map_err(|_| ProblemCode::Internal)?;
    check::control_characters(&said, &mut errors);
    if let Some(member) = action.missing(details) {
        errors.push(field_error(format!("/{member}"), "action-wants", &[]));
    }
    errors.extend(
        details
            .corrections
            .keys()
            .filter(|pointer| !is_correctable(pointer))
            .map(|pointer| field_error(crate::forms::pointer::join("/corrections", pointer), "not-correctable", &[])),
    );
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    step(app, &row, action, details, (&clerk.name, &clerk.display))
        .await?
        .ok_or_else(|| ProblemCode::PreconditionFailed.into())
}

/// The parts of a request in which a clerk may have mistyped.
fn is_correctable(pointer: &str) -> bool {
    ["/applicant/", "/agent/", "/delivery/", "/items/"].iter().any(|part| pointer.starts_with(part))
}

/// Takes a case a step further; `by` is the sign-in name of who does it, empty for the backend itself, and the name shown. `None`: somebody else did meanwhile, or the step is not legal.
pub(super) async fn step(
    app: &App,
    row: &CaseRow,
    action: CaseAction,
    details: &ActionDetails,
    (by, actor): (&str, &str),
) -> Answer<Option<CaseRow>> {
    let at = app.now().max(row.case.updated_at);
    let day = numbers::day(at);
    let Some(course) = row.course.after(action, details, day, &app.calendar) else { return Ok(None) };
    // A clock that stands still keeps the day last promised.
    let due = if course.deadline.is_paused() { row.case.due } else { course.deadline.due(&app.calendar) };
    let step = CaseStep { before: row, course: &course, due, action, details, by, actor, at, day };
    if !app.store.step(&step).await? {
        return Ok(None);
    }
    app.bell.ring();
    app.changes.tell();
    let mut after = row.clone();
    after.case.status = course.status;
    after.case.version = row.case.version.saturating_add(1);
    after.case.updated_at = at;
    after.case.due = due;
    after.course = course;
    tracing::info!(case = after.case.case_no, action = action.name(), version = after.case.version, "case");
    Ok(Some(after))
}

/// Accepts the cases about which nothing was asked in time, once a day and before anybody looks: nobody has to wake up for it.
pub(super) async fn settle(app: &App) -> Answer<()> {
    let today = numbers::day(app.now());
    let number = i64::from(days_since_epoch(today));
    if app.changes.settled.load(Ordering::Relaxed) >= number {
        return Ok(());
    }
    loop {
        let untold = app.store.untold_cases(today).await?;
        if untold.is_empty() {
            break;
        }
        for row in untold.iter().filter(|row| row.course.is_deemed_accepted(today)) {
            // Another replica may have been faster.
            let _ = step(app, row, CaseAction::DeemAccepted, &ActionDetails::default(), ("", "")).await?;
        }
    }
    app.changes.settled.fetch_max(number, Ordering::Relaxed);
    Ok(())
}

fn days_since_epoch(day: Date) -> i32 {
    (day - jiff::civil::date(1970, 1, 1)).get_days()
}

/// How often somebody who waits for entries looks into the database.
const LOOK: Duration = Duration::from_secs(2);

/// The log of a case after an entry; waits for one until a deadline when there is none.
pub(super) async fn wait_for_events(
    app: &Arc<App>,
    case_no: &str,
    after: u64,
    deadline: Instant,
) -> Answer<Vec<CaseEvent>> {
    let mut changes = app.changes.listen();
    loop {
        let events = app.store.events(case_no, after).await?;
        if !events.is_empty() || Instant::now() >= deadline || app.stopping.is_cancelled() {
            return Ok(events);
        }
        // Other replicas cannot tell; a look now and then finds what they wrote.
        let look = deadline.min(Instant::now() + LOOK);
        tokio::select! {
            _ = changes.changed() => {}
            () = sleep_until(look) => {}
            () = app.stopping.cancelled() => {}
        }
    }
}
