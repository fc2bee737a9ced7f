//! Working days (工作日) and due dates.
//!
//! Which days are off, and which weekends are worked (调休), the State Council's notice says year by year; it is data, one file a year
//! under `config/calendar`:
//!
//! ```json
//! { "year": 2026, "source": "which notice", "off": ["2026-01-01"], "work": ["2026-01-04"] }
//! ```
//!
//! `off` has the days off that the notice names, weekends inside a holiday included; `work` the weekend days that are worked.

use std::collections::BTreeSet;

use include_dir::{Dir, include_dir};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::item::{Limit, LimitUnit};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/calendar");

/// The working days of the years that are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkCalendar {
    years: BTreeSet<i16>,
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

/// Why a calendar file is refused.
#[derive(Debug, thiserror::Error)]
pub enum CalendarDataError {
    /// Not the format above.
    #[error("not a calendar file: {0}")]
    Format(#[from] serde_json::Error),
    /// Two files for one year.
    #[error("the year {0} comes twice")]
    YearTwice(i16),
    /// A day of another year.
    #[error("{day} is not in {year}")]
    OtherYear {
        /// The file's year.
        year: i16,
        /// The day.
        day: Date,
    },
    /// A day that is listed as worked although it is no weekend day, or as off as well.
    #[error("{0} cannot be a worked weekend day")]
    NotAWeekend(Date),
}

/// Why there is no due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The working days of this year are not known (yet).
    #[error("the working days of {0} are not known")]
    UnknownYear(i16),
    /// Beyond the last day that can be counted.
    #[error("the date lies too far away")]
    OutOfRange,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    #[serde(rename = "source")]
    _source: String,
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

impl WorkCalendar {
    /// A calendar from the contents of year files.
    pub fn from_json(files: &[&str]) -> Result<Self, CalendarDataError> {
        let mut calendar = Self::default();
        for file in files {
            let Year { year, off, work, .. } = serde_json::from_str(file)?;
            if !calendar.years.insert(year) {
                return Err(CalendarDataError::YearTwice(year));
            }
            if let Some(&day) = off.iter().chain(&work).find(|day| day.year() != year) {
                return Err(CalendarDataError::OtherYear { year, day });
            }
            if let Some(&day) = work.iter().find(|day| !is_weekend(**day) || off.contains(day)) {
                return Err(CalendarDataError::NotAWeekend(day));
            }
            calendar.off.extend(off);
            calendar.work.extend(work);
        }
        Ok(calendar)
    }

    /// The years compiled in. A test holds the files to the format.
    pub fn built_in() -> Self {
        let files: Vec<&str> = FILES.files().filter_map(|file| file.contents_utf8()).collect();
        Self::from_json(&files).unwrap_or_default()
    }

    /// The years that are known.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.iter().copied()
    }

    /// Whether offices work on a day; `None` when its year is not known.
    pub fn is_working_day(&self, day: Date) -> Option<bool> {
        self.years
            .contains(&day.year())
            .then(|| self.work.contains(&day) || !(is_weekend(day) || self.off.contains(&day)))
    }

    /// The last day of a limit. The day of acceptance is not counted; a limit of no days ends on it.
    ///
    /// # Errors
    ///
    /// When the count in working days comes into a year that is not known; the error names it.
    pub fn due(&self, accepted: Date, limit: Limit) -> Result<Date, CalendarError> {
        match limit.unit {
            LimitUnit::Natural => {
                accepted.checked_add(i32::from(limit.days).days()).map_err(|_| CalendarError::OutOfRange)
            }
            LimitUnit::Working => (0..limit.days).try_fold(accepted, |day, _| self.next_working_day(day)),
        }
    }

    /// How many days of a unit lie after a day, up to and with another; 0 when that is not later.
    ///
    /// # Errors
    ///
    /// When working days of a year that is not known would have to be counted.
    pub fn days_between(&self, after: Date, until: Date, unit: LimitUnit) -> Result<u16, CalendarError> {
        let natural = (until - after).get_days().max(0);
        if unit == LimitUnit::Natural {
            return u16::try_from(natural).map_err(|_| CalendarError::OutOfRange);
        }
        let (mut day, mut count) = (after, 0_u16);
        while day < until {
            day = day.tomorrow().map_err(|_| CalendarError::OutOfRange)?;
            if self.is_working_day(day).ok_or(CalendarError::UnknownYear(day.year()))? {
                count = count.checked_add(1).ok_or(CalendarError::OutOfRange)?;
            }
        }
        Ok(count)
    }

    /// The first working day after a day.
    fn next_working_day(&self, mut day: Date) -> Result<Date, CalendarError> {
        loop {
            day = day.tomorrow().map_err(|_| CalendarError::OutOfRange)?;
            if self.is_working_day(day).ok_or(CalendarError::UnknownYear(day.year()))? {
                return Ok(day);
            }
        }
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const fn working(days: u16) -> Limit {
        Limit { days, unit: LimitUnit::Working }
    }

    const fn natural(days: u16) -> Limit {
        Limit { days, unit: LimitUnit::Natural }
    }

    #[test]
    fn built_in_files_are_well_formed() {
        let files: Vec<&str> = FILES.files().map(|file| file.contents_utf8().unwrap()).collect();
        let calendar = WorkCalendar::from_json(&files).unwrap();
        assert_eq!(calendar.years().collect::<Vec<_>>(), [2025, 2026]);
        assert_eq!(calendar, WorkCalendar::built_in());
    }

    #[test]
    fn kinds_of_days() {
        let calendar = WorkCalendar::built_in();
        let cases = [
            (date(2026, 1, 1), Some(false)),
            (date(2026, 1, 4), Some(true)),
            (date(2026, 1, 5), Some(true)),
            (date(2026, 1, 10), Some(false)),
            (date(2026, 2, 14), Some(true)),
            (date(2026, 2, 23), Some(false)),
            (date(2026, 9, 20), Some(true)),
            (date(2026, 10, 7), Some(false)),
            (date(2026, 10, 8), Some(true)),
            (date(2025, 2, 4), Some(false)),
            (date(2025, 6, 2), Some(false)),
            (date(2025, 10, 11), Some(true)),
            (date(2024, 12, 31), None),
            (date(2027, 1, 4), None),
        ];
        for (day, expected) in cases {
            assert_eq!(calendar.is_working_day(day), expected, "{day}");
        }
    }

    #[test]
    fn due_dates() {
        let calendar = WorkCalendar::built_in();
        let cases = [
            (date(2026, 9, 18), working(5), Ok(date(2026, 9, 24))),
            (date(2026, 9, 18), working(10), Ok(date(2026, 10, 9))),
            (date(2026, 9, 18), working(20), Ok(date(2026, 10, 22))),
            (date(2026, 2, 13), working(5), Ok(date(2026, 2, 27))),
            (date(2026, 4, 30), working(3), Ok(date(2026, 5, 8))),
            (date(2026, 1, 2), working(1), Ok(date(2026, 1, 4))),
            (date(2025, 9, 26), working(5), Ok(date(2025, 10, 10))),
            (date(2026, 9, 18), natural(15), Ok(date(2026, 10, 3))),
            // at once, on a day off too
            (date(2026, 10, 1), working(0), Ok(date(2026, 10, 1))),
            (date(2026, 10, 1), natural(0), Ok(date(2026, 10, 1))),
            // over the end of the year: 31 December, 4 and 5 January
            (date(2025, 12, 30), working(3), Ok(date(2026, 1, 5))),
            (date(2026, 12, 30), working(1), Ok(date(2026, 12, 31))),
            (date(2026, 12, 30), working(2), Err(CalendarError::UnknownYear(2027))),
            (date(2024, 12, 1), working(1), Err(CalendarError::UnknownYear(2024))),
            (date(2026, 12, 30), natural(20), Ok(date(2027, 1, 19))),
            (Date::MAX, natural(1), Err(CalendarError::OutOfRange)),
        ];
        for (accepted, limit, due) in cases {
            assert_eq!(calendar.due(accepted, limit), due, "{accepted} and {limit:?}");
        }
    }

    #[test]
    fn faulty_files_are_refused() {
        let refused = |files: &[&str]| WorkCalendar::from_json(files).unwrap_err().to_string();
        let year = |off: &str, work: &str| format!(r#"{{"year":2026,"source":"","off":[{off}],"work":[{work}]}}"#);
        assert!(refused(&["{}"]).starts_with("not a calendar file"));
        assert!(refused(&[&year("\"2026-02-30\"", "")]).starts_with("not a calendar file"));
        assert_eq!(refused(&[&year("", ""), &year("", "")]), "the year 2026 comes twice");
        assert_eq!(refused(&[&year("\"2025-12-31\"", "")]), "2025-12-31 is not in 2026");
        assert_eq!(refused(&[&year("", "\"2026-01-05\"")]), "2026-01-05 cannot be a worked weekend day");
        assert_eq!(refused(&[&year("\"2026-01-04\"", "\"2026-01-04\"")]), "2026-01-04 cannot be a worked weekend day");
    }

    proptest! {
        #[test]
        fn a_due_date_is_a_working_day_and_grows_with_the_limit(day in 0i32..700, days in 1u16..40) {
            let calendar = WorkCalendar::built_in();
            let accepted = date(2025, 1, 1).checked_add(day.days()).unwrap();
            if let Ok(due) = calendar.due(accepted, working(days)) {
                prop_assert_eq!(calendar.is_working_day(due), Some(true));
                prop_assert!(calendar.due(accepted, working(days - 1)).unwrap() < due);
                let mut counted = 0;
                let mut day = accepted;
                while day < due {
                    day = day.tomorrow().unwrap();
                    counted += u16::from(calendar.is_working_day(day).unwrap());
                }
                prop_assert_eq!(counted, days);
            }
        }
    }
}
