//! Invented citizens, repeatable by seed.
//!
//! None can be taken for a real person: the identity numbers are of people born from 1900 to 1907, of whom nobody is alive; given names are the
//! twenty-four solar terms (节气); telephone numbers have the subscriber number 0000.

use std::iter;

use fastrand::Rng;
use jiff::civil::Date;

use crate::domain::identity::{IdNumber, IdNumberError};

/// Years of birth with no living holder of a number.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=1907;

/// Areas of first registration: 天门, 武昌, 恩施.
const AREAS: [&str; 3] = ["429006", "420106", "422801"];

const SURNAMES: [&str; 20] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨", "欧阳", "上官",
    "司马", "诸葛",
];

const SOLAR_TERMS: [&str; 24] = [
    "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑", "立秋", "处暑",
    "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒",
];

const VILLAGES: [&str; 6] = ["柳堤村", "荷塘村", "稻香村", "桃源村", "长桥村", "新河社区"];

/// An invented citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citizen {
    /// Name.
    pub name: String,
    /// Identity number, with a correct check digit.
    pub id_number: IdNumber,
    /// Mobile number.
    pub mobile: String,
    /// Address.
    pub address: String,
}

/// Citizens without end, the same for the same seed.
pub fn citizens(seed: u64) -> impl Iterator<Item = Citizen> {
    let mut random = Rng::with_seed(seed);
    iter::repeat_with(move || citizen(&mut random)).flatten()
}

fn citizen(random: &mut Rng) -> Option<Citizen> {
    Some(Citizen {
        name: format!("{}{}", random.choice(SURNAMES)?, random.choice(SOLAR_TERMS)?),
        id_number: id_number(random)?,
        mobile: format!("13{}{:04}0000", random.u8(0..10), random.u16(0..10_000)),
        address: format!("天门市岳口镇{}{}组{}号", random.choice(VILLAGES)?, random.u8(1..9), random.u8(1..100)),
    })
}

/// `None` when the date drawn does not exist.
fn id_number(random: &mut Rng) -> Option<IdNumber> {
    let area = random.choice(AREAS)?;
    let birth = Date::new(random.i16(YEARS), random.i8(1..=12), random.i8(1..=31)).ok()?;
    let first = format!("{area}{}{:03}", birth.strftime("%Y%m%d"), random.u16(1..1000));
    // The parser knows the check digit of what precedes it.
    match format!("{first}0").parse() {
        Err(IdNumberError::CheckDigit { expected }) => format!("{first}{expected}").parse().ok(),
        parsed => parsed.ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::identity::{Sex, mobile};

    #[test]
    fn a_seed_gives_the_same_people_every_time() {
        let first: Vec<_> = citizens(42).take(50).collect();
        assert_eq!(citizens(42).take(50).collect::<Vec<_>>(), first);
        assert_ne!(citizens(43).take(50).collect::<Vec<_>>(), first);
    }

    #[test]
    fn everybody_is_well_formed_and_nobody_is_real() {
        let people: Vec<_> = citizens(1).take(2000).collect();
        for person in &people {
            assert!(YEARS.contains(&person.id_number.birth_date().year()), "{person:?}");
            assert!(mobile(&person.mobile) && person.mobile.ends_with("0000"), "{person:?}");
            assert!((3..=4).contains(&person.name.chars().count()), "{person:?}");
        }
        let numbers: BTreeSet<_> = people.iter().map(|person| &person.id_number).collect();
        assert!(numbers.len() > 1990, "numbers hardly ever repeat");
        let sexes: BTreeSet<_> = people.iter().map(|person| person.id_number.sex() == Sex::Male).collect();
        assert_eq!(sexes.len(), 2);
    }
}
