//! Between what a clerk types and JSON values.

use jiff::civil::{Date, Time};
use serde_json::{Number, Value};
use unicode_normalization::UnicodeNormalization;

use super::formats::{self, fold};
use super::logic::EXACT;
use super::{Choice, Codes, Control, ControlKind};
use crate::domain::identity::clean;
use crate::locale::Locale;

/// The largest whole number up to which all of them are doubles.
const WHOLE: i64 = 1 << 53;
/// The offset of all of China.
const OFFSET: &str = "+08:00";
/// Between the values of a multiple choice, as they are edited.
const SEPARATORS: [char; 6] = [',', '，', '、', ';', '；', '\n'];

/// Reads what was typed. `None` is empty: the property is removed. Never fails: what cannot be read stays as the typed string, and
/// validation says so.
///
/// Text is composed (NFC), its full-width letters and digits made half-width; numbers, dates and identity numbers are folded to half-width
/// and rid of blanks. Dates may be typed as `20240301`, `2024-3-1`, `2024.3.1`, `2024/3/1`, `2024 3 1` or `2024年3月1日`.
pub fn parse(control: &Control, text: &str) -> Option<Value> {
    let typed = match control.kind {
        // A blank line may be meant.
        ControlKind::MultiLine => text.nfc().collect::<String>(),
        _ => text.trim().nfc().collect(),
    };
    if typed.trim().is_empty() {
        return None;
    }
    let as_typed = || Value::from(typed.as_str());
    Some(match &control.kind {
        ControlKind::Text | ControlKind::MultiLine => Value::from(half_width(&typed)),
        ControlKind::Number | ControlKind::Integer | ControlKind::Money => number(&typed).unwrap_or_else(as_typed),
        ControlKind::Boolean => boolean(&typed).map_or_else(as_typed, Value::from),
        ControlKind::Date => date(&typed).map_or_else(as_typed, |date| Value::from(date.to_string())),
        ControlKind::DateTime => date_time(&typed).map_or_else(as_typed, Value::from),
        ControlKind::Time => time(&typed).map_or_else(as_typed, |time| Value::from(clock(time))),
        ControlKind::Choice(choices) => choice(choices, &typed).map_or_else(as_typed, |choice| choice.value.clone()),
        ControlKind::MultiChoice(choices) => {
            // A label may hold a separator.
            if let Some(choice) = choice(choices, &typed) {
                return Some(Value::Array(vec![choice.value.clone()]));
            }
            let parts = typed.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
            let read =
                |part: &str| choice(choices, part).map_or_else(|| Value::from(part), |choice| choice.value.clone());
            let values: Vec<Value> = parts.map(read).collect();
            if values.is_empty() {
                return None;
            }
            Value::Array(values)
        }
        ControlKind::CodeList(list) | ControlKind::Area(list) => code(list, &typed).map_or_else(as_typed, Value::from),
        ControlKind::IdNumber | ControlKind::CreditCode => Value::from(clean(&typed).to_ascii_uppercase()),
        ControlKind::Mobile | ControlKind::Postcode | ControlKind::BankCard => {
            let digits = clean(&typed).replace('-', "");
            if digits.is_empty() { as_typed() } else { Value::from(digits) }
        }
    })
}

/// A text with its full-width letters and digits made half-width; punctuation stays, which in Chinese is full-width.
pub fn half_width(text: &str) -> String {
    let fold = |c: char| match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c)
        }
        c => c,
    };
    text.chars().map(fold).collect()
}

/// What the editor shows; [`parse`] reads it back to the same value.
pub fn edit_text(control: &Control, value: Option<&Value>) -> String {
    let Some(value) = value.filter(|value| !value.is_null()) else { return String::new() };
    match (&control.kind, value) {
        (ControlKind::DateTime | ControlKind::Time, Value::String(text)) => {
            let shown = plain_time(text);
            // What would be read back as something else is shown as it is.
            if parse(control, &shown).as_ref() == Some(value) { shown } else { text.clone() }
        }
        (ControlKind::Boolean, Value::Bool(value)) => if *value { "y" } else { "n" }.to_owned(),
        (ControlKind::MultiChoice(_), Value::Array(values)) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        (_, value) => plain(value),
    }
}

/// What a page for reading shows: the labels of choices, yes and no, long numbers in groups, an area with those above it.
pub fn display(control: &Control, value: Option<&Value>, locale: &Locale) -> String {
    let Some(value) = value.filter(|value| !value.is_null()) else { return String::new() };
    match (&control.kind, value) {
        (_, Value::Bool(value)) => locale.text(if *value { "forms-yes" } else { "forms-no" }),
        (ControlKind::Choice(choices), value) => label(choices, value),
        (ControlKind::MultiChoice(choices), Value::Array(values)) => {
            let labels: Vec<String> = values.iter().map(|value| label(choices, value)).collect();
            labels.join(&locale.text("forms-list-separator"))
        }
        (ControlKind::CodeList(list), Value::String(code)) => {
            list.entry(code).map_or(code, |entry| &entry.name).to_owned()
        }
        (ControlKind::Area(list), Value::String(code)) => list.full_name(code),
        (ControlKind::Money, Value::Number(amount)) => money(amount),
        (ControlKind::IdNumber, Value::String(number)) => grouped(number, &[6, 8, 4]),
        (ControlKind::Mobile, Value::String(number)) => grouped(number, &[3, 4, 4]),
        (ControlKind::BankCard, Value::String(number)) => grouped(number, &CARD_GROUPS),
        (ControlKind::DateTime | ControlKind::Time, Value::String(text)) => plain_time(text),
        (_, value) => plain(value),
    }
}

/// A moment or a time of day as the counter's clock shows it: `2024-03-01 09:30`, without seconds that are none.
fn plain_time(text: &str) -> String {
    let local = text.strip_suffix(OFFSET).unwrap_or(text).replacen('T', " ", 1);
    let minutes = local.strip_suffix(":00").filter(|minutes| minutes.matches(':').count() == 1);
    minutes.map_or_else(|| local.clone(), str::to_owned)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The number in a text such as `1,200.5`; whole numbers stay whole. None for one that a number of JSON does not hold digit by digit.
fn number(text: &str) -> Option<Value> {
    exact(&decimal(text)?).map(Value::Number)
}

/// How many digits a text has that is a number, but has more of them than a number of JSON is sure to hold.
pub(super) fn too_many_digits(text: &str) -> Option<usize> {
    let decimal = decimal(text)?;
    exact(&decimal).is_none().then(|| significant_digits(&decimal))
}

/// How many digits a number beyond what is exact has.
pub(super) fn digits_beyond(number: &Number) -> Option<usize> {
    let plain = || number.as_f64().filter(|_| number.is_f64()).map_or_else(|| number.to_string(), |n| n.to_string());
    is_beyond(number).then(|| significant_digits(&plain()))
}

/// How many digits a number has, without the zeros before the first.
fn significant_digits(decimal: &str) -> usize {
    decimal.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count()
}

/// A plain decimal number as a number of JSON, which every program reads as a double: `None` where one would read other digits.
fn exact(decimal: &str) -> Option<Number> {
    let value: f64 = decimal.parse().ok()?;
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let point = if fraction.is_empty() { "" } else { "." };
    let plain = format!("{sign}{}{point}{fraction}", if whole.is_empty() { "0" } else { whole });
    // A double is written with as many digits as tell it from every other.
    if plain != value.to_string() {
        return None;
    }
    let number = decimal.parse::<i64>().map_or_else(|_| Number::from_f64(value), |whole| Some(whole.into()))?;
    (!is_beyond(&number)).then_some(number)
}

/// Whether a number is so big that two whole numbers may be one double.
fn is_beyond(number: &Number) -> bool {
    let is_exact = |whole: i64| (-WHOLE..=WHOLE).contains(&whole);
    number.as_i64().map_or_else(|| number.as_f64().is_none_or(|value| value.abs() > EXACT), |whole| !is_exact(whole))
}

/// The plain decimal number in a text such as `+1,200.5元`: `1200.5`.
fn decimal(text: &str) -> Option<String> {
    // An input method types 。 for the point.
    let text = clean(text).replace('，', ",").replace('。', ".");
    let text = text.strip_suffix('元').unwrap_or(&text);
    let text = without_commas(text)?;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    if !digits.starts_with(|c: char| c.is_ascii_digit())
        || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    (digits.matches('.').count() < 2).then(|| text.strip_prefix('+').unwrap_or(&text).to_owned())
}

/// The first number in a JSON text that is not read digit by digit as it is written.
pub fn inexact_number(json: &str) -> Option<&str> {
    let mut rest = json;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (_, begun) = rest.split_at_checked(start)?;
        if let Some(text) = begun.strip_prefix('"') {
            let mut is_escaped = false;
            let end = text.find(|c| {
                let ends = c == '"' && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                ends
            })?;
            (_, rest) = text.split_at_checked(end + 1)?;
            continue;
        }
        let end = begun.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(begun.len());
        let (number, after) = begun.split_at_checked(end)?;
        // What has an exponent is no number that anybody counted out.
        if !number.contains(['e', 'E']) && exact(number).is_none() {
            return Some(number);
        }
        rest = after;
    }
    None
}

/// The text without the commas between thousands. `None` where a comma may be meant as a point: `1,5` must not become 15.
fn without_commas(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let groups = whole.strip_prefix(['-', '+']).unwrap_or(whole).split(',');
    let is_apart = groups.enumerate().all(|(place, group)| {
        let length = group.len();
        place == 0 && (1..=3).contains(&length) || place > 0 && length == 3
    });
    (!text.contains(',') || is_apart && !fraction.contains(',')).then(|| text.replace(',', ""))
}

fn boolean(text: &str) -> Option<bool> {
    match fold(text).to_lowercase().as_str() {
        "y" | "yes" | "true" | "t" | "1" | "是" | "有" | "√" => Some(true),
        "n" | "no" | "false" | "f" | "0" | "否" | "无" | "×" => Some(false),
        _ => None,
    }
}

/// A date in any of the usual ways of writing.
pub fn date(text: &str) -> Option<Date> {
    let apart = fold(text);
    let mut parts = apart.split_whitespace();
    // Blanks stand between the parts: without them 2024 3 1 would be 202431.
    if let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        && [year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        && year.len() == 4
    {
        return ymd(year, month, day);
    }
    let text = clean(text);
    if formats::is_digits(&text, 8) {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        return ymd(year, month, day);
    }
    let text = text.strip_suffix(['日', '号']).unwrap_or(&text);
    let parts: Vec<&str> = text.split(['-', '.', '/', '年', '月', '。']).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    ymd(year, month, day)
}

/// The date that a text writes; of a year or a month alone, the first day.
pub fn date_begun(text: &str) -> Option<Date> {
    const FIRST: [&str; 3] = ["-01", "-01-01", "01"];
    let begun = text.trim().trim_end_matches(['-', '.', '/', '年', '月']);
    date(text).or_else(|| FIRST.iter().find_map(|rest| date(&format!("{begun}{rest}"))))
}

/// Four digits of a year, and one or two each of month and day.
fn ymd(year: &str, month: &str, day: &str) -> Option<Date> {
    let is_number =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !formats::is_digits(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `9:30`, `930`, `0930` or `9时30分`, with or without seconds.
fn time(text: &str) -> Option<Time> {
    let text = clean(text);
    let text = if formats::is_digits(&text, 3) { format!("0{text}") } else { text };
    let (hour, minute, second) = if formats::is_digits(&text, 4) {
        let (hour, minute) = text.split_at_checked(2)?;
        (hour, minute, "0")
    } else {
        let text = text.trim_end_matches(['分', '秒']);
        let mut parts = text.split([':', '时', '点', '分']);
        let found =
            (parts.next()?, parts.next().filter(|part| !part.is_empty()).unwrap_or("0"), parts.next().unwrap_or("0"));
        if parts.next().is_some() || !text.contains([':', '时', '点']) {
            return None;
        }
        found
    };
    let number = |text: &str| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i8>().ok())?
    };
    Time::new(number(hour)?, number(minute)?, number(second)?, 0).ok()
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// A date and a time, made RFC 3339; without an offset, that of China.
fn date_time(text: &str) -> Option<String> {
    let text = fold(text);
    let at = text.find(['T', 't', ' ']).or_else(|| text.find('日').map(|at| at + '日'.len_utf8()))?;
    let (day, rest) = text.split_at_checked(at)?;
    let day = date(day)?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    if let Some(local) = time(rest) {
        return Some(format!("{day}T{}{OFFSET}", clock(local)));
    }
    let moment = format!("{day}T{rest}");
    moment.parse::<jiff::Timestamp>().is_ok().then_some(moment)
}

/// The choice that a text names: by its value, else by its label.
fn choice<'c>(choices: &'c [Choice], text: &str) -> Option<&'c Choice> {
    let by_value = choices.iter().find(|choice| plain(&choice.value) == text);
    by_value.or_else(|| choices.iter().find(|choice| choice.label == text))
}

/// What names an entry of a repeat group: a text, a number, or what the choice of it is called.
pub(super) fn name(kind: &ControlKind, value: &Value) -> Option<String> {
    match (kind, value) {
        (ControlKind::Choice(choices), value) => Some(label(choices, value)).filter(|_| !value.is_null()),
        (ControlKind::CodeList(codes) | ControlKind::Area(codes), Value::String(code)) => {
            Some(codes.entry(code).map_or(code, |entry| &entry.name).to_owned())
        }
        (_, Value::String(_) | Value::Number(_)) => Some(plain(value)),
        _ => None,
    }
}

fn label(choices: &[Choice], value: &Value) -> String {
    choices.iter().find(|choice| choice.value == *value).map_or_else(|| plain(value), |choice| choice.label.clone())
}

/// The code that a text names: a code of the list, else the only entry of that name.
fn code<'l>(list: &'l Codes, text: &str) -> Option<&'l str> {
    if let Some(entry) = list.entry(text).or_else(|| list.entry(&clean(text))) {
        return Some(&entry.code);
    }
    let mut named = list.entries().iter().filter(|entry| entry.name == text);
    let first = named.next()?;
    named.next().is_none().then_some(first.code.as_str())
}

/// Two decimals and a comma between thousands.
fn money(amount: &Number) -> String {
    let Some(value) = amount.as_f64() else { return amount.to_string() };
    let fixed = format!("{:.2}", value.abs());
    let (whole, cents) = fixed.split_once('.').unwrap_or((&fixed, "00"));
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text}.{cents}")
}

/// The groups in which a kind of number is read, for one that is edited in them too: those of a bank card, four by four.
pub const CARD_GROUPS: [usize; 5] = [4, 4, 4, 4, 3];

/// A number in groups, `429006 19000101 0011`; what is longer goes to the last group.
pub fn grouped(number: &str, sizes: &[usize]) -> String {
    let mut sizes = sizes.iter().copied();
    let mut left = sizes.next();
    let mut text = String::with_capacity(number.len() + 4);
    for c in number.chars() {
        if left == Some(0) {
            left = sizes.next();
            if left.is_some() {
                text.push(' ');
            }
        }
        text.push(c);
        left = left.map(|left| left - 1);
    }
    text
}

#[cfg(test)]
mod tests;
