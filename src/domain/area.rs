//! Area codes (行政区划代码), GB/T 2260 and GB/T 10114, 12 digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::item::Level;

/// A statistical area code of 12 digits: province 2, city 2, county 2 (GB/T 2260), town 3 (GB/T 10114), village 3.
///
/// A level that the code does not name is zeros: `429006107000` is a town. A city without counties may have towns directly under it
/// (`441900003000`). Whether a well-formed code names a place that exists is not known here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

/// Why a text is no area code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AreaCodeError {
    /// Wrong number of characters.
    #[error("an area code has 12 digits, not {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Something that is no digit.
    #[error("an area code has digits only")]
    Characters,
    /// A lower level is named although the one above it is not.
    #[error("an area code cannot name a place below an unnamed one")]
    Hierarchy,
}

/// Digits that name each level, from its beginning.
const LEVELS: [(Level, usize); 5] =
    [(Level::Province, 2), (Level::City, 4), (Level::County, 6), (Level::Town, 9), (Level::Village, 12)];
const LENGTH: usize = 12;

impl AreaCode {
    /// Reads a code that may lack its last zeros: 6 digits (GB/T 2260), 9 (with the town) or 12.
    pub fn parse_padded(text: &str) -> Result<Self, AreaCodeError> {
        match text.chars().count() {
            6 | 9 => format!("{text:0<LENGTH$}").parse(),
            _ => text.parse(),
        }
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lowest level that the code names: province to village.
    pub fn level(&self) -> Level {
        self.lowest().0
    }

    /// The area above by the code's own order; `None` for a province.
    ///
    /// Counties directly under a province have a nominal city above them: `429006000000` has `429000000000`.
    pub fn parent(&self) -> Option<Self> {
        let (_, own) = self.lowest();
        LEVELS.iter().rev().find(|(_, digits)| *digits < own).map(|(_, digits)| self.cut(*digits))
    }

    /// The province.
    pub fn province(&self) -> Self {
        self.cut(2)
    }

    /// The city, when the code names one.
    pub fn city(&self) -> Option<Self> {
        self.at(Level::City)
    }

    /// The county, when the code names one.
    pub fn county(&self) -> Option<Self> {
        self.at(Level::County)
    }

    /// The town, when the code names one.
    pub fn town(&self) -> Option<Self> {
        self.at(Level::Town)
    }

    /// Whether this area lies in the other or is the same.
    pub fn is_within(&self, other: &Self) -> bool {
        self.cut(other.lowest().1) == *other
    }

    fn lowest(&self) -> (Level, usize) {
        let named = self.0.trim_end_matches('0').len();
        LEVELS.into_iter().find(|(_, digits)| named <= *digits).unwrap_or((Level::Village, LENGTH))
    }

    /// The area of this level that holds this one, if both the code and the code cut there name it.
    fn at(&self, level: Level) -> Option<Self> {
        let (_, digits) = LEVELS.into_iter().find(|(own, _)| *own == level)?;
        Some(self.cut(digits)).filter(|area| area.level() == level)
    }

    /// The first digits, the rest zeros.
    fn cut(&self, digits: usize) -> Self {
        Self(format!("{:0<LENGTH$}", self.0.get(..digits).unwrap_or(&self.0)))
    }
}

impl FromStr for AreaCode {
    type Err = AreaCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.chars().all(|c| c.is_ascii_digit()) {
            return Err(AreaCodeError::Characters);
        }
        if text.len() != LENGTH {
            return Err(AreaCodeError::Length { found: text.len() });
        }
        let named =
            |from: usize, to: usize| text.get(from..to).is_some_and(|part| part.bytes().any(|digit| digit != b'0'));
        let (province, city, county, town, village) =
            (named(0, 2), named(2, 4), named(4, 6), named(6, 9), named(9, LENGTH));
        if !province || (county && !city) || (town && !city) || (village && !town) {
            return Err(AreaCodeError::Hierarchy);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AreaCode {
    type Error = AreaCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(area: AreaCode) -> Self {
        area.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn area(text: &str) -> AreaCode {
        text.parse().unwrap()
    }

    #[test]
    fn levels_and_parents() {
        let cases = [
            ("420106012001", Level::Village, Some("420106012000")),
            ("420106012000", Level::Town, Some("420106000000")),
            ("429006450000", Level::Town, Some("429006000000")),
            ("420110000000", Level::County, Some("420100000000")),
            ("429006000000", Level::County, Some("429000000000")),
            ("421000000000", Level::City, Some("420000000000")),
            ("441900003000", Level::Town, Some("441900000000")),
            ("420000000000", Level::Province, None),
            ("500000000000", Level::Province, None),
        ];
        for (code, level, parent) in cases {
            assert_eq!(area(code).level(), level, "{code}");
            assert_eq!(area(code).parent(), parent.map(area), "{code}");
        }
    }

    #[test]
    fn the_areas_around_a_village() {
        let village = area("420106012001");
        assert_eq!(village.province(), area("420000000000"));
        assert_eq!(village.city(), Some(area("420100000000")));
        assert_eq!(village.county(), Some(area("420106000000")));
        assert_eq!(village.town(), Some(area("420106012000")));
        assert_eq!(area("420100000000").county(), None);
        assert_eq!(area("441900003000").county(), None);
    }

    #[test]
    fn malformed_codes_say_why() {
        use AreaCodeError::{Characters, Hierarchy, Length};
        let cases = [
            ("", Length { found: 0 }),
            ("420106", Length { found: 6 }),
            ("4290061070000", Length { found: 13 }),
            ("42010601200x", Characters),
            ("４２０１０６０１２０００", Characters),
            ("000000000000", Hierarchy),
            ("420006000000", Hierarchy),
            ("420000001000", Hierarchy),
            ("420106000001", Hierarchy),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<AreaCode>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn short_forms_only_when_asked_for() {
        assert_eq!(AreaCode::parse_padded("429006"), Ok(area("429006000000")));
        assert_eq!(AreaCode::parse_padded("429006107"), Ok(area("429006107000")));
        assert_eq!(AreaCode::parse_padded("429006107000"), Ok(area("429006107000")));
        assert_eq!(AreaCode::parse_padded("4290061"), Err(AreaCodeError::Length { found: 7 }));
        assert_eq!(AreaCode::parse_padded("42900x"), Err(AreaCodeError::Characters));
    }

    #[test]
    fn containment() {
        assert!(area("429006107000").is_within(&area("429006000000")));
        assert!(area("429006107000").is_within(&area("429006107000")));
        assert!(area("441900003000").is_within(&area("441900000000")));
        assert!(!area("429006000000").is_within(&area("429006107000")));
        assert!(!area("420106012000").is_within(&area("429006000000")));
    }

    #[test]
    fn json_form_is_the_digits() {
        assert_eq!(serde_json::to_string(&area("429006107000")).unwrap(), "\"429006107000\"");
        assert!(serde_json::from_str::<AreaCode>("\"429006\"").is_err());
    }

    proptest! {
        #[test]
        fn parents_hold_their_children(
            text in "[1-9][0-9](0{10}|[0-9][1-9](0{8}|(00|[0-9][1-9])(0{6}|[0-9]{2}[1-9](000|[0-9]{2}[1-9]))))"
        ) {
            let mut at: AreaCode = text.parse().unwrap();
            while let Some(parent) = at.parent() {
                prop_assert!(at.is_within(&parent) && !parent.is_within(&at));
                prop_assert!(parent.level() < at.level());
                at = parent;
            }
            prop_assert_eq!(at.level(), Level::Province);
        }
    }
}
