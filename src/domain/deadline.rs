//! A case's clock (办理时限): from when it runs, and what is added back for the time it stood still.

use jiff::civil::Date;

use super::calendar::WorkCalendar;
use super::item::{Limit, LimitUnit};

/// A limit that runs from a day and can stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The limit. None: none is set.
    pub limit: Option<Limit>,
    /// The day from which it runs; that day itself is not counted.
    pub from: Date,
    /// Since when the clock stands still.
    pub paused_since: Option<Date>,
    /// Days of the limit's unit for which it stood still before.
    pub paused_days: u16,
}

impl Deadline {
    /// A clock that runs from a day.
    pub const fn new(limit: Option<Limit>, from: Date) -> Self {
        Self { limit, from, paused_since: None, paused_days: 0 }
    }

    /// Runs anew from a day; what was before does not count.
    pub const fn begin(&mut self, day: Date) {
        *self = Self::new(self.limit, day);
    }

    /// Stands still from a day on.
    pub fn pause(&mut self, day: Date) {
        self.paused_since.get_or_insert(day);
    }

    /// Goes on from a day. Days of a year whose working days are not known are not given back: none can be counted.
    pub fn resume(&mut self, day: Date, calendar: &WorkCalendar) {
        if let Some(since) = self.paused_since.take() {
            let unit = self.limit.map_or(LimitUnit::Working, |limit| limit.unit);
            self.paused_days = self.paused_days.saturating_add(calendar.days_between(since, day, unit).unwrap_or(0));
        }
    }

    /// Whether it stands still.
    pub const fn is_paused(&self) -> bool {
        self.paused_since.is_some()
    }

    /// The last day of the limit, what stood still added back. None: no limit is set, or the working days are not known.
    pub fn due(&self, calendar: &WorkCalendar) -> Option<Date> {
        let limit = self.limit?;
        let days = limit.days.checked_add(self.paused_days)?;
        calendar.due(self.from, Limit { days, ..limit }).ok()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn natural_days_are_given_back_as_natural_days() {
        let calendar = WorkCalendar::built_in();
        let mut deadline = Deadline::new(Some(Limit { days: 15, unit: LimitUnit::Natural }), date(2026, 9, 18));
        assert_eq!(deadline.due(&calendar), Some(date(2026, 10, 3)));
        deadline.pause(date(2026, 9, 25));
        assert!(deadline.is_paused());
        deadline.resume(date(2026, 10, 2), &calendar);
        assert_eq!(deadline.due(&calendar), Some(date(2026, 10, 10)));
        assert_eq!(Deadline::new(None, date(2026, 9, 18)).due(&calendar), None);
    }

    proptest! {
        /// However the time that stood still is cut up, the days left to work on are those of the limit.
        #[test]
        fn as_many_days_are_left_to_work_on(limit in 1u16..15, cuts in proptest::collection::vec(0i32..6, 0..6)) {
            let calendar = WorkCalendar::built_in();
            let begin = date(2026, 3, 2);
            let mut deadline = Deadline::new(Some(Limit { days: limit, unit: LimitUnit::Working }), begin);
            let mut day = begin;
            let mut worked = 0;
            for (index, days) in cuts.iter().enumerate() {
                let next = day.checked_add(days.days()).unwrap();
                if index % 2 == 0 {
                    deadline.pause(day);
                    deadline.resume(next, &calendar);
                } else {
                    worked += calendar.days_between(day, next, LimitUnit::Working).unwrap();
                }
                day = next;
            }
            let due = deadline.due(&calendar).unwrap();
            if due >= day {
                prop_assert_eq!(worked + calendar.days_between(day, due, LimitUnit::Working).unwrap(), limit);
            }
        }
    }
}
