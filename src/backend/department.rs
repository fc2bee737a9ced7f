//! The practice department (练习后台): a scripted back office, so that a clerk who practises sees everything that can happen to a case.
//!
//! A working day lasts as long as the backend is told. What happens to a case, and when, follows from the seed, the case's place among
//! the day's and how often it has changed: the same seed plays the same script. Between two steps nobody wakes up; where nothing is to
//! happen, nobody ever does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::language::say;
use super::store::CaseRow;
use super::{App, cases};
use crate::domain::case::CaseStatus;
use crate::domain::procedure::{ActionDetails, CaseAction, Outcome};

/// How the department works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Department {
    /// How long a working day lasts.
    pub day: Duration,
    /// What the script follows from.
    pub seed: u64,
}

/// Most cases that are looked at when it starts.
const MOST_CASES: u32 = 10_000;

/// A case is seen so much later, at most, than it says that it changed: it is written down before it is kept.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// What the department does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// Tenths of a working day after the last change.
    after: u32,
    action: CaseAction,
    /// Granted, or not; only of a decision.
    granted: bool,
}

/// What a case's script is rolled with: the same for the whole case.
#[derive(Debug, Clone, Copy)]
struct Fate([u8; 32]);

impl Fate {
    fn of(seed: u64, case_no: &str) -> Self {
        // Its place among the day's, not the day: a script does not change overnight.
        let place: String = case_no.chars().rev().take(9).collect();
        Self(Sha256::digest(format!("{seed} {place}").as_bytes()).into())
    }

    /// True in so many of a hundred cases.
    fn rolls(self, die: usize, percent: u8) -> bool {
        self.0.get(die).is_some_and(|byte| u16::from(*byte) * 100 < u16::from(percent) * 256)
    }

    /// From 4 to 10 tenths of a day.
    fn tenths(self, version: u64) -> u32 {
        let index = usize::try_from(version % 24).unwrap_or(0).saturating_add(8);
        self.0.get(index).map_or(5, |byte| 4 + u32::from(byte % 7))
    }
}

/// The next thing that happens to a case; `None` while it waits for the window, and when it is over.
fn plan(fate: Fate, status: CaseStatus, version: u64, was_paused: bool) -> Option<Plan> {
    let first = version == 1;
    let action = match status {
        CaseStatus::Received if first && fate.rolls(0, 30) => CaseAction::AskSupplement,
        CaseStatus::Received if first && fate.rolls(1, 8) => CaseAction::Refuse,
        CaseStatus::Received => CaseAction::Accept,
        CaseStatus::Accepted | CaseStatus::AcceptedOwing => CaseAction::Review,
        CaseStatus::InReview if !was_paused && fate.rolls(2, 30) => CaseAction::Suspend,
        CaseStatus::InReview => CaseAction::Decide,
        CaseStatus::Suspended => CaseAction::Resume,
        CaseStatus::Delivered => CaseAction::Evaluate,
        _ => return None,
    };
    Some(Plan { after: fate.tenths(version), action, granted: !fate.rolls(3, 12) })
}

/// What is said with an action.
fn details(plan: Plan) -> ActionDetails {
    let note = match plan.action {
        CaseAction::Decide if plan.granted => say("department-granted", &[]),
        CaseAction::Decide => say("department-refused", &[]),
        action => say(&format!("department-{}", action.name()), &[]),
    };
    let asks = plan.action == CaseAction::AskSupplement;
    ActionDetails {
        note,
        materials: if asks { vec![say("department-material", &[])] } else { Vec::new() },
        outcome: (plan.action == CaseAction::Decide).then_some(if plan.granted {
            Outcome::Granted
        } else {
            Outcome::Refused
        }),
        ..ActionDetails::default()
    }
}

/// What is to be done, and when, soonest first.
type Agenda = BTreeSet<(Timestamp, String)>;

/// Works until the backend stops.
pub(super) async fn work(app: Arc<App>, department: Department) {
    let mut changes = app.changes.listen();
    let mut agenda = Agenda::new();
    let mut since = Timestamp::UNIX_EPOCH;
    loop {
        since = note_changes(&app, department, since, &mut agenda).await;
        let next = agenda.first().map(|(at, _)| *at);
        let wait = async {
            match next {
                None => std::future::pending().await,
                Some(at) => tokio::time::sleep_until(Instant::now() + until(app.now(), at)).await,
            }
        };
        tokio::select! {
            () = app.stopping.cancelled() => return,
            // The backend is gone when nobody can tell any more.
            changed = changes.changed() => if changed.is_err() { return },
            () = wait => {
                // The two clocks may differ by a little: what is not due after all stays where it is.
                let now = app.now();
                while let Some((at, case_no)) = agenda.pop_first() {
                    if at > now {
                        agenda.insert((at, case_no));
                        break;
                    }
                    do_next(&app, department, &case_no, at).await;
                }
            }
        }
    }
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

/// Puts what changed since an instant on the agenda.
async fn note_changes(app: &App, department: Department, since: Timestamp, agenda: &mut Agenda) -> Timestamp {
    // What is noted twice is on the agenda once.
    let from = since.saturating_sub(LATE).unwrap_or(since);
    let rows = match app.store.unfinished_cases(from, MOST_CASES).await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::warn!(%error, "the practice department does not see the cases");
            return since;
        }
    };
    let mut last = since;
    for row in rows {
        last = last.max(row.case.updated_at);
        if let Some((at, _)) = due(department, &row) {
            agenda.insert((at, row.case.case_no));
        }
    }
    last
}

/// What is to happen to a case, and when.
fn due(department: Department, row: &CaseRow) -> Option<(Timestamp, Plan)> {
    let fate = Fate::of(department.seed, &row.case.case_no);
    // A case that was suspended has days given back, or has changed more often than without.
    let was_paused = row.course.deadline.paused_days > 0 || row.case.version > 4;
    let plan = plan(fate, row.case.status, row.case.version, was_paused)?;
    let at = row.case.updated_at.checked_add(department.day.checked_mul(plan.after)? / 10).ok()?;
    Some((at, plan))
}

/// Does what is due to a case at an instant. A case that has changed meanwhile is on the agenda with another instant.
async fn do_next(app: &App, department: Department, case_no: &str, at: Timestamp) {
    let Ok(Some(row)) = app.store.case(case_no).await else { return };
    let Some((due_at, plan)) = due(department, &row) else { return };
    if due_at != at {
        return;
    }
    let actor =
        if plan.action == CaseAction::Evaluate { say("department-citizen", &[]) } else { row.department.clone() };
    if let Err(fault) = cases::step(app, &row, plan.action, &details(plan), ("", &actor)).await {
        tracing::warn!(code = fault.code.name(), "the practice department");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script of one case, the window doing its part.
    fn script(seed: u64, case_no: &str) -> Vec<CaseAction> {
        let fate = Fate::of(seed, case_no);
        let (mut status, mut version, mut paused) = (CaseStatus::Received, 1, false);
        let mut done = Vec::new();
        while !status.is_final() {
            let next = plan(fate, status, version, paused);
            let (action, granted) = next.map_or_else(
                || match status {
                    CaseStatus::SupplementNeeded => (CaseAction::Supplement, true),
                    CaseStatus::ReadyForIssue => (CaseAction::Deliver, true),
                    _ => (CaseAction::Issue, true),
                },
                |plan| (plan.action, plan.granted),
            );
            status = match action {
                CaseAction::AskSupplement => CaseStatus::SupplementNeeded,
                CaseAction::Supplement => CaseStatus::Received,
                CaseAction::Refuse => CaseStatus::NotAccepted,
                CaseAction::Accept => CaseStatus::Accepted,
                CaseAction::Review | CaseAction::Resume => CaseStatus::InReview,
                CaseAction::Suspend => CaseStatus::Suspended,
                CaseAction::Decide if granted => CaseStatus::Granted,
                CaseAction::Decide => CaseStatus::Refused,
                CaseAction::Issue => CaseStatus::ReadyForIssue,
                CaseAction::Deliver => CaseStatus::Delivered,
                CaseAction::Evaluate => CaseStatus::Evaluated,
                other => panic!("{other:?}"),
            };
            paused |= action == CaseAction::Suspend;
            version += 1;
            done.push(action);
            assert!(done.len() < 20, "{done:?}");
        }
        done
    }

    #[test]
    fn a_seed_plays_the_same_script_and_a_day_shows_everything() {
        let day = |seed| (1..=40).map(move |n| script(seed, &format!("LX429006261124{n:06}-01"))).collect::<Vec<_>>();
        assert_eq!(day(7), day(7));
        assert_ne!(day(7), day(8));
        assert_eq!(
            script(7, "LX429006261124000003-01"),
            script(7, "LX429006261125000003-01"),
            "not a matter of the date"
        );
        let seen: BTreeSet<CaseAction> = day(7).into_iter().flatten().collect();
        for action in [
            CaseAction::AskSupplement,
            CaseAction::Refuse,
            CaseAction::Accept,
            CaseAction::Review,
            CaseAction::Suspend,
            CaseAction::Resume,
            CaseAction::Decide,
            CaseAction::Evaluate,
        ] {
            assert!(seen.contains(&action), "{action:?}");
        }
    }
}
