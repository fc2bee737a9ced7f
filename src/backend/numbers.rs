//! Official numbers: easy to read out and to type, unmistakable in practice.
//!
//! Request: prefix, first six digits of the site's area code, day (`yyMMdd`, Beijing time), six-digit sequence of that area and day:
//! `HB429006261123000042`. Case: request number, `-`, place of the item in the request: `HB429006261123000042-01`.

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

/// What a day's requests of an area are counted under, and how their numbers begin.
pub(super) fn stem(prefix: &str, area: &str, day: Date) -> String {
    let area: String = area.chars().take(6).collect();
    format!("{prefix}{area:0<6}{}", day.strftime("%y%m%d"))
}

/// The number of a request.
pub(super) fn request_no(stem: &str, sequence: u64) -> String {
    format!("{stem}{sequence:06}")
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
        let late: Timestamp = "2026-11-23T16:30:00Z".parse().unwrap();
        let stem = stem("LX", "429006103000", day(late));
        assert_eq!(stem, "LX429006261124");
        assert_eq!(request_no(&stem, 42), "LX429006261124000042");
        assert_eq!(request_no(&stem, 1_234_567), "LX4290062611241234567");
        assert_eq!(case_no(&request_no(&stem, 42), 0), "LX429006261124000042-01");
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
