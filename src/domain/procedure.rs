//! The way of a case through the department (办件流程): which action is legal when, whose it is, and what comes of it.
//!
//! ```text
//! 收件 ⇄ 补正
//!   ├─ 不予受理
//!   └─ 受理 · 容缺受理 ─ 审批中 ⇄ 挂起
//!                           └─ 准予 · 不予 ─ 待出件 ─ 已送达 ─ 已评价
//! ```
//! Besides, 撤回 by the applicant, 退件 and 异常终止 by the department, while nothing is decided.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::calendar::WorkCalendar;
use super::case::CaseStatus;
use super::deadline::Deadline;

/// What is done to a case (办理动作).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseAction {
    /// 收件: opens the case.
    #[default]
    Receive,
    /// 补正、补齐: the applicant brought what was missing or owed.
    Supplement,
    /// 更正: what was entered wrongly is put right, before anything is accepted.
    Correct,
    /// 撤回: the applicant does not want it any more.
    Withdraw,
    /// 受理 or 容缺受理
    Accept,
    /// 不予受理
    Refuse,
    /// 一次性告知补正: all that is missing, told at once.
    AskSupplement,
    /// 视为受理: five working days passed and nothing was asked for.
    DeemAccepted,
    /// 审查
    Review,
    /// 挂起、特别程序: the clock stops.
    Suspend,
    /// 恢复: the clock goes on.
    Resume,
    /// 决定: 准予 or 不予.
    Decide,
    /// 退件
    Return,
    /// 异常终止
    Terminate,
    /// 出件: the result has come to the window.
    Issue,
    /// 送达: the applicant has it.
    Deliver,
    /// 邀请评价
    InviteEvaluation,
    /// 评价, by the citizen alone.
    Evaluate,
}

/// Whose an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// 窗口
    Counter,
    /// 审批部门
    Department,
    /// 群众
    Citizen,
    /// The backend itself.
    Backend,
}

/// What the department decided (办结结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// 准予
    Granted,
    /// 不予
    Refused,
}

/// What is said with an action.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActionDetails {
    /// Opinion (办理意见). Needed wherever the applicant must be told a reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What is missing (ask-supplement), or what was brought (supplement), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// The decision (decide).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Whether materials are still owed afterwards (accept, supplement). Without it accept leaves things as they are, and a supplement
    /// brings everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owing: Option<bool>,
    /// What was entered wrongly, by its place in the request, with what is right (correct).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corrections: BTreeMap<String, Value>,
}

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

impl CaseAction {
    /// Every action, in the order of the way.
    pub const ALL: [Self; 18] = [
        Self::Receive,
        Self::Supplement,
        Self::Correct,
        Self::Withdraw,
        Self::Accept,
        Self::Refuse,
        Self::AskSupplement,
        Self::DeemAccepted,
        Self::Review,
        Self::Suspend,
        Self::Resume,
        Self::Decide,
        Self::Return,
        Self::Terminate,
        Self::Issue,
        Self::Deliver,
        Self::InviteEvaluation,
        Self::Evaluate,
    ];

    /// The stable name, as on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Supplement => "supplement",
            Self::Correct => "correct",
            Self::Withdraw => "withdraw",
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::AskSupplement => "ask-supplement",
            Self::DeemAccepted => "deem-accepted",
            Self::Review => "review",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Decide => "decide",
            Self::Return => "return",
            Self::Terminate => "terminate",
            Self::Issue => "issue",
            Self::Deliver => "deliver",
            Self::InviteEvaluation => "invite-evaluation",
            Self::Evaluate => "evaluate",
        }
    }

    /// The action of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// Whose it is.
    pub const fn party(self) -> Party {
        match self {
            Self::Supplement
            | Self::Correct
            | Self::Withdraw
            | Self::Issue
            | Self::Deliver
            | Self::InviteEvaluation => Party::Counter,
            Self::Accept
            | Self::Refuse
            | Self::AskSupplement
            | Self::Review
            | Self::Suspend
            | Self::Resume
            | Self::Decide
            | Self::Return
            | Self::Terminate => Party::Department,
            Self::Evaluate => Party::Citizen,
            Self::Receive | Self::DeemAccepted => Party::Backend,
        }
    }

    /// The table: what comes of the action, or `None` where it is not legal.
    const fn at(self, status: CaseStatus) -> Option<Becomes> {
        use CaseStatus as S;
        Some(match (self, status) {
            (Self::Supplement, S::SupplementNeeded) => Becomes::Status(S::Received),
            (Self::Supplement, S::AcceptedOwing) => Becomes::Accepted,
            (Self::Supplement, S::InReview) | (Self::Correct, S::Received | S::SupplementNeeded) => Becomes::Same,
            (
                Self::Withdraw,
                S::Received | S::SupplementNeeded | S::Accepted | S::AcceptedOwing | S::InReview | S::Suspended,
            ) => Becomes::Status(S::Withdrawn),
            (Self::Accept | Self::DeemAccepted, S::Received) => Becomes::Accepted,
            (Self::Refuse, S::Received) => Becomes::Status(S::NotAccepted),
            (Self::AskSupplement, S::Received) => Becomes::Status(S::SupplementNeeded),
            (Self::Review, S::Accepted | S::AcceptedOwing) | (Self::Resume, S::Suspended) => {
                Becomes::Status(S::InReview)
            }
            (Self::Suspend, S::Accepted | S::AcceptedOwing | S::InReview) => Becomes::Status(S::Suspended),
            (Self::Decide, S::Accepted | S::AcceptedOwing | S::InReview) => Becomes::Decided,
            (Self::Return, S::Received | S::SupplementNeeded | S::Accepted | S::AcceptedOwing | S::InReview) => {
                Becomes::Status(S::Returned)
            }
            (
                Self::Terminate,
                S::Received | S::SupplementNeeded | S::Accepted | S::AcceptedOwing | S::InReview | S::Suspended,
            ) => Becomes::Status(S::Terminated),
            (Self::Issue, S::Granted | S::Refused) => Becomes::Status(S::ReadyForIssue),
            (Self::Deliver, S::ReadyForIssue) => Becomes::Status(S::Delivered),
            (Self::InviteEvaluation, S::Delivered) => Becomes::Same,
            (Self::Evaluate, S::Delivered) => Becomes::Status(S::Evaluated),
            _ => return None,
        })
    }

    /// The actions that are legal at a status, whoever's they are.
    pub fn legal(status: CaseStatus) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |action| action.at(status).is_some())
    }

    /// What must be said with it and is not: name of the member of [`ActionDetails`].
    pub fn missing(self, details: &ActionDetails) -> Option<&'static str> {
        let note = match self {
            Self::Refuse | Self::Suspend | Self::Return | Self::Terminate => true,
            Self::Decide => details.outcome == Some(Outcome::Refused),
            _ => false,
        };
        match self {
            Self::AskSupplement if details.materials.iter().all(|material| material.trim().is_empty()) => {
                Some("materials")
            }
            Self::Correct if details.corrections.is_empty() => Some("corrections"),
            Self::Decide if details.outcome.is_none() => Some("outcome"),
            _ if note && details.note.trim().is_empty() => Some("note"),
            _ => None,
        }
    }
}

/// What an action makes of a status.
enum Becomes {
    Same,
    Status(CaseStatus),
    /// 受理, or 容缺受理 while materials are owed.
    Accepted,
    /// 准予 or 不予, as the details say.
    Decided,
}

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
    let limit = super::item::Limit { days: DAYS_TO_TELL, unit: super::item::LimitUnit::Working };
    calendar.due(received, limit).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::item::{Limit, LimitUnit};

    const STATUSES: [CaseStatus; 15] = [
        CaseStatus::Received,
        CaseStatus::SupplementNeeded,
        CaseStatus::Accepted,
        CaseStatus::AcceptedOwing,
        CaseStatus::NotAccepted,
        CaseStatus::InReview,
        CaseStatus::Suspended,
        CaseStatus::Granted,
        CaseStatus::Refused,
        CaseStatus::ReadyForIssue,
        CaseStatus::Delivered,
        CaseStatus::Evaluated,
        CaseStatus::Withdrawn,
        CaseStatus::Returned,
        CaseStatus::Terminated,
    ];

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
    fn names_are_those_of_the_wire() {
        for action in CaseAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.name());
            assert_eq!(CaseAction::from_name(action.name()), Some(action));
        }
        assert_eq!(CaseAction::from_name("nonsense"), None);
    }

    #[test]
    fn the_table_by_status() {
        use CaseAction as A;
        let legal = |status| CaseAction::legal(status).collect::<Vec<_>>();
        let table: [(CaseStatus, &[CaseAction]); 15] = [
            (
                CaseStatus::Received,
                &[
                    A::Correct,
                    A::Withdraw,
                    A::Accept,
                    A::Refuse,
                    A::AskSupplement,
                    A::DeemAccepted,
                    A::Return,
                    A::Terminate,
                ],
            ),
            (CaseStatus::SupplementNeeded, &[A::Supplement, A::Correct, A::Withdraw, A::Return, A::Terminate]),
            (CaseStatus::Accepted, &[A::Withdraw, A::Review, A::Suspend, A::Decide, A::Return, A::Terminate]),
            (
                CaseStatus::AcceptedOwing,
                &[A::Supplement, A::Withdraw, A::Review, A::Suspend, A::Decide, A::Return, A::Terminate],
            ),
            (CaseStatus::NotAccepted, &[]),
            (CaseStatus::InReview, &[A::Supplement, A::Withdraw, A::Suspend, A::Decide, A::Return, A::Terminate]),
            (CaseStatus::Suspended, &[A::Withdraw, A::Resume, A::Terminate]),
            (CaseStatus::Granted, &[A::Issue]),
            (CaseStatus::Refused, &[A::Issue]),
            (CaseStatus::ReadyForIssue, &[A::Deliver]),
            (CaseStatus::Delivered, &[A::InviteEvaluation, A::Evaluate]),
            (CaseStatus::Evaluated, &[]),
            (CaseStatus::Withdrawn, &[]),
            (CaseStatus::Returned, &[]),
            (CaseStatus::Terminated, &[]),
        ];
        for (status, actions) in table {
            assert_eq!(legal(status), actions, "{status:?}");
        }
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

    #[test]
    fn reasons_must_be_given() {
        let missing = |action: CaseAction, details: ActionDetails| action.missing(&details);
        let nothing = ActionDetails::default;
        assert_eq!(missing(CaseAction::Refuse, nothing()), Some("note"));
        assert_eq!(missing(CaseAction::AskSupplement, nothing()), Some("materials"));
        assert_eq!(missing(CaseAction::Decide, nothing()), Some("outcome"));
        let refused = ActionDetails { outcome: Some(Outcome::Refused), ..nothing() };
        assert_eq!(missing(CaseAction::Decide, refused), Some("note"));
        let granted = ActionDetails { outcome: Some(Outcome::Granted), ..nothing() };
        assert_eq!(missing(CaseAction::Decide, granted), None);
        assert_eq!(missing(CaseAction::Withdraw, nothing()), None);
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
            for status in STATUSES {
                prop_assert_eq!(status.is_final(), CaseAction::legal(status).next().is_none(), "{:?}", status);
            }
        }
    }
}
