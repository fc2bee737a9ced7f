//! Where a case stands on its way (办件进程), and how its clocks run on it.

use jiff::civil::Date;

use super::calendar::WorkCalendar;
use super::case::CaseStatus;
use super::deadline::Deadline;
use super::item::{Limit, LimitUnit};
use super::procedure::{ActionDetails, Becomes, CaseAction, Outcome};

/// Where a case stands on its way (办件进程).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its status.
    pub status: CaseStatus,
    /// Materials are owed (容缺).
    pub owing: bool,
    /// Its clock.
    pub deadline: Deadline,
    /// Last day on which the department may ask for a supplement; the next day the case is deemed accepted. None: nothing is waited for,
    /// or the working days are not known.
    pub tell_by: Option<Date>,
}

/// Working days within which all that is missing must be told (行政许可法 art. 32).
const DAYS_TO_TELL: u16 = 5;

impl Course {
    /// The way's beginning: received on a day, with a limit.
    pub fn received(day: Date, deadline: Deadline, owing: bool, calendar: &WorkCalendar) -> Self {
        Self { status: CaseStatus::Received, owing, deadline, tell_by: tell_by(day, calendar) }
    }

    /// Where the case stands after an action on a day; `None` where the action is not legal.
    pub fn after(
        &self,
        action: CaseAction,
        details: &ActionDetails,
        today: Date,
        calendar: &WorkCalendar,
    ) -> Option<Self> {
        let becomes = action.at(self.status)?;
        let mut next = self.clone();
        match action {
            CaseAction::Supplement => next.owing = details.owing.unwrap_or(false),
            CaseAction::Accept => next.owing = details.owing.unwrap_or(self.owing),
            _ => {}
        }
        next.status = match becomes {
            Becomes::Same => self.status,
            Becomes::Status(status) => status,
            Becomes::Accepted if next.owing => CaseStatus::AcceptedOwing,
            Becomes::Accepted => CaseStatus::Accepted,
            Becomes::Decided if details.outcome == Some(Outcome::Granted) => CaseStatus::Granted,
            Becomes::Decided => CaseStatus::Refused,
        };
        match action {
            // The limit runs from the day of acceptance.
            CaseAction::Accept => next.deadline.begin(today),
            CaseAction::AskSupplement | CaseAction::Suspend => next.deadline.pause(today),
            CaseAction::Resume => next.deadline.resume(today, calendar),
            CaseAction::Supplement if self.status == CaseStatus::SupplementNeeded => {
                next.deadline.resume(today, calendar);
            }
            _ => {}
        }
        next.tell_by = match (self.status, next.status) {
            (CaseStatus::Received, CaseStatus::Received) => self.tell_by,
            (_, CaseStatus::Received) => tell_by(today, calendar),
            _ => None,
        };
        Some(next)
    }

    /// Whether so much time has passed on a day that the case counts as accepted.
    pub fn is_deemed_accepted(&self, today: Date) -> bool {
        self.status == CaseStatus::Received && self.tell_by.is_some_and(|last| today > last)
    }
}

/// Received on a day: until when a supplement may be asked for.
fn tell_by(received: Date, calendar: &WorkCalendar) -> Option<Date> {
    let limit = Limit { days: DAYS_TO_TELL, unit: LimitUnit::Working };
    calendar.due(received, limit).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn received(limit: u16) -> Course {
        let limit = Limit { days: limit, unit: LimitUnit::Working };
        let day = date(2026, 9, 18);
        Course::received(day, Deadline::new(Some(limit), day), false, &WorkCalendar::built_in())
    }

    fn walk(course: &Course, steps: &[(CaseAction, Date)]) -> Course {
        let calendar = WorkCalendar::built_in();
        steps.iter().fold(course.clone(), |course, (action, day)| {
            let details = ActionDetails { outcome: Some(Outcome::Granted), ..ActionDetails::default() };
            course.after(*action, &details, *day, &calendar).unwrap_or_else(|| panic!("{action:?} at {course:?}"))
        })
    }

    #[test]
    fn the_whole_way() {
        let day = date(2026, 9, 21);
        let course = walk(
            &received(5),
            &[
                (CaseAction::AskSupplement, day),
                (CaseAction::Supplement, day),
                (CaseAction::Accept, day),
                (CaseAction::Review, day),
                (CaseAction::Suspend, day),
                (CaseAction::Resume, day),
                (CaseAction::Decide, day),
                (CaseAction::Issue, day),
                (CaseAction::Deliver, day),
                (CaseAction::InviteEvaluation, day),
                (CaseAction::Evaluate, day),
            ],
        );
        assert_eq!(course.status, CaseStatus::Evaluated);
    }

    #[test]
    fn owed_materials_are_remembered_until_they_come() {
        let calendar = WorkCalendar::built_in();
        let day = date(2026, 9, 18);
        let owing = Course { owing: true, ..received(5) };
        let accepted = walk(&owing, &[(CaseAction::Accept, day)]);
        assert_eq!((accepted.status, accepted.owing), (CaseStatus::AcceptedOwing, true));
        let part = ActionDetails { owing: Some(true), ..ActionDetails::default() };
        let still = accepted.after(CaseAction::Supplement, &part, day, &calendar).unwrap();
        assert_eq!(still.status, CaseStatus::AcceptedOwing);
        let all = walk(&still, &[(CaseAction::Supplement, day)]);
        assert_eq!((all.status, all.owing), (CaseStatus::Accepted, false));
    }

    #[test]
    fn a_limit_runs_from_acceptance_and_stands_still_while_suspended() {
        let calendar = WorkCalendar::built_in();
        let due = |course: &Course| course.deadline.due(&calendar);
        // Accepted on Monday: the days of the supplement do not count.
        let course = walk(
            &received(5),
            &[
                (CaseAction::AskSupplement, date(2026, 9, 18)),
                (CaseAction::Supplement, date(2026, 9, 21)),
                (CaseAction::Accept, date(2026, 9, 21)),
            ],
        );
        assert_eq!(due(&course), Some(date(2026, 9, 29)), "22, 23, 24, 28 and 29 September; 25 to 27 are off");
        // Suspended from Tuesday over the holiday to Monday: 23, 24 and 28 September are given back.
        let course =
            walk(&course, &[(CaseAction::Suspend, date(2026, 9, 22)), (CaseAction::Resume, date(2026, 9, 28))]);
        assert_eq!(due(&course), Some(date(2026, 10, 9)), "29 and 30 September, 8 and 9 October");
    }

    #[test]
    fn a_supplement_must_be_asked_for_within_five_working_days() {
        let course = received(20);
        assert_eq!(course.tell_by, Some(date(2026, 9, 24)));
        assert!(!course.is_deemed_accepted(date(2026, 9, 24)));
        assert!(course.is_deemed_accepted(date(2026, 9, 25)), "the next day, off or not");
        let calendar = WorkCalendar::built_in();
        let deemed = walk(&course, &[(CaseAction::DeemAccepted, date(2026, 9, 25))]);
        assert_eq!(deemed.deadline.due(&calendar), Some(date(2026, 10, 22)), "from the day of receipt");
        assert_eq!((deemed.status, deemed.tell_by), (CaseStatus::Accepted, None));
        // What came back is received anew.
        let again = walk(
            &course,
            &[(CaseAction::AskSupplement, date(2026, 9, 24)), (CaseAction::Supplement, date(2026, 10, 9))],
        );
        assert_eq!(again.tell_by, Some(date(2026, 10, 15)), "10, 12, 13, 14 and 15 October");
    }

    proptest! {
        /// Whatever is done in whatever order: nothing but legal actions changes a case, a concluded one stays so, and what is paused is
        /// a case that waits.
        #[test]
        fn no_order_of_actions_leads_astray(steps in proptest::collection::vec((0usize..18, 0i32..4, any::<bool>()), 1..40)) {
            let calendar = WorkCalendar::built_in();
            let mut course = received(10);
            let mut day = date(2026, 9, 18);
            for (index, days, granted) in steps {
                day = day.checked_add(jiff::ToSpan::days(days)).unwrap();
                let action = CaseAction::ALL[index];
                let details = ActionDetails {
                    outcome: Some(if granted { Outcome::Granted } else { Outcome::Refused }),
                    ..ActionDetails::default()
                };
                let legal = CaseAction::legal(course.status).any(|legal| legal == action);
                match course.after(action, &details, day, &calendar) {
                    Some(next) => {
                        prop_assert!(legal && !course.status.is_final());
                        if course.status.is_decided() {
                            prop_assert!(next.status.is_decided());
                        }
                        let waits = matches!(next.status, CaseStatus::Suspended | CaseStatus::SupplementNeeded);
                        if !next.status.is_decided() {
                            prop_assert_eq!(next.deadline.is_paused(), waits, "{:?}", next);
                        }
                        prop_assert_eq!(next.tell_by.is_some(), next.status == CaseStatus::Received);
                        course = next;
                    }
                    None => prop_assert!(!legal),
                }
            }
            for status in CaseStatus::ALL {
                prop_assert_eq!(status.is_final(), CaseAction::legal(status).next().is_none(), "{:?}", status);
            }
        }
    }
}
