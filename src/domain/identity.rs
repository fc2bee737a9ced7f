//! Identity numbers: GB 11643 (公民身份号码), GB 32100 (统一社会信用代码), bank cards (ISO/IEC 7812), mobile numbers.
//!
//! The two coded numbers are read from text as people type it. The plain checks ([`luhn`], [`mobile`]) want it [`clean`] already.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::text;

/// A number as people type it, made plain: full-width folded to ASCII, blanks and invisible characters dropped.
pub fn clean(number: &str) -> String {
    text::fold_width(&text::sanitize(number, text::Lines::Join)).chars().filter(|c| !c.is_whitespace()).collect()
}

/// A citizen identity number (公民身份号码, GB 11643): area 6, birth date 8, sequence 3, check digit.
///
/// Well formed, which does not mean issued: whether the area ever existed is not checked, since codes of abolished areas live on in
/// numbers. Its `Debug` form is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdNumber {
    number: String,
    birth: Date,
}

/// Sex as the sequence number codes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// 男: odd.
    Male,
    /// 女: even.
    Female,
}

/// Why a text is no identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Nothing there.
    #[error("no identity number")]
    Empty,
    /// The first generation's form of 15 digits, no longer valid.
    #[error("an identity number of the old form with 15 digits")]
    OldForm,
    /// Wrong number of characters.
    #[error("an identity number has 18 characters, not {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Something else than 17 digits and a digit or X.
    #[error("an identity number has 17 digits, then a digit or X")]
    Characters,
    /// The birth date does not exist.
    #[error("the birth date in the identity number does not exist")]
    BirthDate,
    /// The last character does not fit the others.
    #[error("the check digit of the identity number should be {expected}")]
    CheckDigit {
        /// What it should be.
        expected: char,
    },
}

const ID_LENGTH: usize = 18;

/// The check digit (GB 11643, by ISO 7064 MOD 11-2) for 17 ASCII digits.
pub fn check_digit(digits: &[u8; 17]) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    CHECKS.into_iter().cycle().nth(sum as usize % CHECKS.len()).unwrap_or_default()
}

/// Full years (周岁) from a birth date to a day; who was born on 29 February turns a year older on 1 March of other years. `None` before the
/// birth.
pub fn full_years(birth: Date, on: Date) -> Option<i16> {
    let birthday_to_come = (on.month(), on.day()) < (birth.month(), birth.day());
    (birth <= on).then(|| on.year() - birth.year() - i16::from(birthday_to_come))
}

impl IdNumber {
    /// The 18 characters, X upper-case.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// Birth date.
    pub const fn birth_date(&self) -> Date {
        self.birth
    }

    /// Sex.
    pub fn sex(&self) -> Sex {
        match self.number.as_bytes().get(16) {
            Some(digit) if digit % 2 == 1 => Sex::Male,
            _ => Sex::Female,
        }
    }

    /// The six digits of the area where the number was first registered (GB/T 2260). 81, 82 and 83 stand for residents of Hong Kong,
    /// Macao and Taiwan who hold a residence permit.
    pub fn area(&self) -> &str {
        self.number.get(..6).unwrap_or_default()
    }

    /// Age in full years (周岁) on a day, counted up on the birthday; who was born on 29 February has it on 1 March of other years.
    /// `None` before the birth.
    pub fn age_on(&self, date: Date) -> Option<i16> {
        full_years(self.birth, date)
    }

    /// Whether the birth date lies after a day. True for today means that the number is wrong.
    pub fn born_after(&self, date: Date) -> bool {
        self.birth > date
    }
}

impl FromStr for IdNumber {
    type Err = IdNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = clean(text).to_ascii_uppercase();
        let found = number.chars().count();
        let all_digits = number.bytes().all(|byte| byte.is_ascii_digit());
        match found {
            0 => return Err(IdNumberError::Empty),
            15 if all_digits => return Err(IdNumberError::OldForm),
            ID_LENGTH => {}
            _ => return Err(IdNumberError::Length { found }),
        }
        let (digits, check) = number.as_bytes().split_first_chunk().ok_or(IdNumberError::Characters)?;
        let is_check = |check: &[u8]| matches!(check, [b'0'..=b'9' | b'X']);
        if !digits.iter().all(u8::is_ascii_digit) || !is_check(check) {
            return Err(IdNumberError::Characters);
        }
        let birth = birth_date(&number).ok_or(IdNumberError::BirthDate)?;
        let expected = check_digit(digits);
        if !number.ends_with(expected) {
            return Err(IdNumberError::CheckDigit { expected });
        }
        Ok(Self { number, birth })
    }
}

fn birth_date(number: &str) -> Option<Date> {
    let year = number.get(6..10)?.parse().ok()?;
    let month = number.get(10..12)?.parse().ok()?;
    let day = number.get(12..14)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdNumber").field(&text::mask::id_number(&self.number)).finish()
    }
}

impl TryFrom<String> for IdNumber {
    type Error = IdNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<IdNumber> for String {
    fn from(id: IdNumber) -> Self {
        id.number
    }
}

/// A unified social credit code (统一社会信用代码, GB 32100): registering body 1, kind 1, area 6, organisation code 9 (GB 11714, with
/// its own check character), check character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

/// Why a text is no unified social credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Nothing there.
    #[error("no credit code")]
    Empty,
    /// Wrong number of characters.
    #[error("a credit code has 18 characters, not {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character outside the code's alphabet (no I, O, S, V, Z), or a letter in the area.
    #[error("a character that a credit code cannot have there")]
    Characters,
    /// The check character of the organisation code (the 17th) does not fit.
    #[error("the check character of the organisation code should be {expected}")]
    OrganisationCheck {
        /// What it should be.
        expected: char,
    },
    /// The last character does not fit the others.
    #[error("the check character of the credit code should be {expected}")]
    Check {
        /// What it should be.
        expected: char,
    },
}

/// The characters of GB 32100; each stands for its position.
const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// The 18 characters, upper-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The six digits of the registering body's area (GB/T 2260).
    pub fn area(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }

    /// The organisation code (组织机构代码, GB 11714), 9 characters.
    pub fn organisation(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = clean(text).to_ascii_uppercase();
        let found = code.chars().count();
        match found {
            0 => return Err(CreditCodeError::Empty),
            18 => {}
            _ => return Err(CreditCodeError::Length { found }),
        }
        let is_area = |area: &str| area.bytes().all(|byte| byte.is_ascii_digit());
        if !code.chars().all(|c| CREDIT_ALPHABET.contains(c)) || !code.get(2..8).is_some_and(is_area) {
            return Err(CreditCodeError::Characters);
        }
        let expected = organisation_check(code.get(8..16).unwrap_or_default());
        if code.chars().nth(16) != Some(expected) {
            return Err(CreditCodeError::OrganisationCheck { expected });
        }
        let expected = credit_check(code.get(..17).unwrap_or_default());
        if !code.ends_with(expected) {
            return Err(CreditCodeError::Check { expected });
        }
        Ok(Self(code))
    }
}

/// The check character of GB 11714 for eight characters.
fn organisation_check(code: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = code.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(36).unwrap_or_default() * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        value => char::from_digit(value, 10).unwrap_or_default(),
    }
}

/// The check character of GB 32100 for 17 characters: weights are the powers of 3 modulo 31.
fn credit_check(code: &str) -> char {
    let (sum, _) = code.chars().fold((0, 1), |(sum, weight), c| {
        let value = CREDIT_ALPHABET.chars().position(|own| own == c).unwrap_or_default();
        (sum + value * weight, weight * 3 % 31)
    });
    CREDIT_ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or_default()
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CreditCode {
    type Error = CreditCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.0
    }
}

/// Whether a [`clean`] text can be a bank card number: 12 to 19 digits with the check digit of ISO/IEC 7812 (Luhn).
pub fn luhn(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(at, digit)| match (at % 2, digit * 2) {
                (0, _) => *digit,
                (_, double) => double / 10 + double % 10,
            })
            .sum();
        (12..=19).contains(&digits.len()) && sum.is_multiple_of(10)
    })
}

/// Whether a [`clean`] text is a mobile number of the mainland: 11 digits, of which the first are 13 to 19.
pub fn mobile(number: &str) -> bool {
    let mut bytes = number.bytes();
    number.len() == 11
        && bytes.next() == Some(b'1')
        && matches!(bytes.next(), Some(b'3'..=b'9'))
        && bytes.all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
