//! Official numbers: easy to read out and to type, unmistakable in practice.
//!
//! A pattern says how a request's number is made: `{prefix}{area}{day}{sequence:6}` unless the backend is told otherwise. It begins with
//! `{prefix}`, ends with `{sequence:N}` (N digits at least), and between them has letters, digits, `-` and
//!
//! | part | becomes |
//! |---|---|
//! | `{area}` | first six digits of the site's area code |
//! | `{day}` | day of receipt in Beijing, `yyMMdd` |
//! | `{date}` | the same, `yyyyMMdd` |
//! | `{year}` | the same, `yyyy` |
//!
//! The sequence counts what is the same before it. Case: request number, `-`, place of the item in the request:
//! `HB429006261123000042-01`.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz;

use super::StartError;

const PRACTICE: &str = "LX";
const LIVE: &str = "HB";

/// The prefix of a backend's numbers: never the practice one for a live backend, nor the reverse.
pub(super) fn prefix(wanted: Option<&str>, practice: bool) -> Result<String, StartError> {
    let prefix = wanted.unwrap_or(if practice { PRACTICE } else { LIVE });
    let letters = (1..=8).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
    if letters && prefix.starts_with(PRACTICE) == practice {
        Ok(prefix.to_owned())
    } else {
        Err(StartError::Prefix(prefix.to_owned()))
    }
}

/// The day in Beijing, where every counter is.
pub(super) fn day(instant: Timestamp) -> Date {
    tz::offset(8).to_datetime(instant).date()
}

/// How numbers are made unless the backend is told otherwise.
const PATTERN: &str = "{prefix}{area}{day}{sequence:6}";

/// How a backend's numbers are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    parts: Vec<Part>,
    digits: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Area,
    Day(&'static str),
}

impl Numbers {
    /// The numbers of a pattern.
    pub(super) fn new(prefix: &str, pattern: Option<&str>) -> Result<Self, StartError> {
        let pattern = pattern.unwrap_or(PATTERN);
        Self::parse(prefix, pattern).ok_or_else(|| StartError::NumberPattern(pattern.to_owned()))
    }

    fn parse(prefix: &str, pattern: &str) -> Option<Self> {
        let mut parts = vec![Part::Text(prefix.to_owned())];
        let mut rest = pattern.strip_prefix("{prefix}")?;
        loop {
            let (text, after) = rest.split_once('{')?;
            if !text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-') {
                return None;
            }
            parts.push(Part::Text(text.to_owned()));
            let (name, after) = after.split_once('}')?;
            rest = after;
            parts.push(match name {
                "area" => Part::Area,
                "day" => Part::Day("%y%m%d"),
                "date" => Part::Day("%Y%m%d"),
                "year" => Part::Day("%Y"),
                _ => {
                    let digits =
                        name.strip_prefix("sequence:")?.parse().ok().filter(|digits| (1..=12).contains(digits))?;
                    return rest.is_empty().then_some(Self { parts, digits });
                }
            });
        }
    }

    /// What requests are counted under, and how their numbers begin.
    pub(super) fn stem(&self, area: &str, day: Date) -> String {
        let area: String = area.chars().take(6).collect();
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Area => format!("{area:0<6}"),
                Part::Day(format) => day.strftime(format).to_string(),
            })
            .collect()
    }

    /// The number of a request.
    pub(super) fn request_no(&self, stem: &str, sequence: u64) -> String {
        format!("{stem}{sequence:0digits$}", digits = self.digits)
    }
}

/// The number of a request's case, by the item's index.
pub(super) fn case_no(request_no: &str, index: usize) -> String {
    format!("{request_no}-{:02}", index.saturating_add(1))
}

/// A random query code (查询密码) of six digits.
pub(super) fn query_code() -> Result<String, getrandom::Error> {
    Ok(format!("{:06}", getrandom::u64()? % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_name_area_and_day_of_beijing() {
        let numbers = Numbers::new("LX", None).unwrap();
        let late: Timestamp = "2026-11-23T16:30:00Z".parse().unwrap();
        let stem = numbers.stem("429006103000", day(late));
        assert_eq!(stem, "LX429006261124");
        assert_eq!(numbers.request_no(&stem, 42), "LX429006261124000042");
        assert_eq!(numbers.request_no(&stem, 1_234_567), "LX4290062611241234567");
        assert_eq!(case_no(&numbers.request_no(&stem, 42), 0), "LX429006261124000042-01");
    }

    #[test]
    fn other_patterns() {
        let made = |pattern: &str| {
            let numbers = Numbers::new("EZ", Some(pattern)).unwrap();
            let stem = numbers.stem("420704001000", jiff::civil::date(2026, 11, 24));
            numbers.request_no(&stem, 7)
        };
        assert_eq!(made("{prefix}-{date}-XK{sequence:5}"), "EZ-20261124-XK00007");
        assert_eq!(made("{prefix}{year}{area}{sequence:8}"), "EZ202642070400000007");
        for refused in [
            "",
            "{sequence:6}",
            "{prefix}{area}",
            "{prefix}{sequence:6}X",
            "{prefix}{sequence:0}",
            "{prefix}{sequence:x}",
            "{prefix}{clerk}{sequence:6}",
            "{prefix}号{sequence:6}",
            "{prefix}/{sequence:6}",
            "X{prefix}{sequence:6}",
            "{prefix}{sequence:6",
        ] {
            assert!(Numbers::new("EZ", Some(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn prefixes_keep_to_their_world() {
        assert_eq!(prefix(None, true).unwrap(), "LX");
        assert_eq!(prefix(Some("EZ"), false).unwrap(), "EZ");
        for (wanted, practice) in
            [("LX", false), ("LXA", false), ("HB", true), ("", false), ("hb", false), ("练习", true)]
        {
            assert!(prefix(Some(wanted), practice).is_err(), "{wanted} {practice}");
        }
    }

    #[test]
    fn query_codes_have_six_digits() {
        let code = query_code().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
