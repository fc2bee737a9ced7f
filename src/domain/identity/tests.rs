use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// GB 11643's own examples and numbers of people who would be over 115.
const GOOD: [&str; 14] = [
    "11010519491231002X",
    "440524188001010014",
    "429006190001010011",
    "42900619000101002X",
    "429006190001010185",
    "420106190001010027",
    "420106190001010297",
    "420106190106150042",
    "429006190208010051",
    "422801190312200061",
    "429006190402290077",
    "420106190505050081",
    "429006190609090099",
    "420106190711110102",
];

/// Codes of public bodies, and synthetic ones.
const GOOD_CODES: [&str; 11] = [
    "11511301008778298W",
    "91350100M000100Y43",
    "11440100007482575H",
    "11511301008778183N",
    "11511301MB163323XU",
    "1251130145226113XA",
    "115113010833722043",
    "11429006MB999999X6",
    "91429006MAC0TE5T4C",
    "92420106MA00000153",
    "52420106MJH000019D",
];

fn id(text: &str) -> IdNumber {
    text.parse().unwrap()
}

#[test]
fn good_numbers_are_read() {
    for number in GOOD {
        assert_eq!(id(number).as_str(), number);
    }
}

#[test]
fn a_number_tells_who() {
    let cases = [
        ("429006190001010011", date(1900, 1, 1), Sex::Male, "429006"),
        ("42900619000101002X", date(1900, 1, 1), Sex::Female, "429006"),
        ("420106190106150042", date(1901, 6, 15), Sex::Female, "420106"),
        ("429006190402290077", date(1904, 2, 29), Sex::Male, "429006"),
    ];
    for (number, birth, sex, area) in cases {
        let id = id(number);
        assert_eq!((id.birth_date(), id.sex(), id.area()), (birth, sex, area), "{number}");
    }
}

#[test]
fn dirty_numbers_are_cleaned() {
    for dirty in [
        "42900619000101002x",
        "４２９００６１９０００１０１００２Ｘ",
        " 429006 19000101 002ｘ\u{3000}",
        "\u{feff}42900619000101002X\r\n",
    ] {
        assert_eq!(id(dirty).as_str(), "42900619000101002X", "{dirty:?}");
    }
}

#[test]
fn bad_numbers_say_why() {
    use IdNumberError::{BirthDate, Characters, CheckDigit, Empty, Length, OldForm};
    let cases = [
        ("", Empty),
        (" \u{3000}", Empty),
        ("429006000101001", OldForm),
        ("42900600010100X", Length { found: 15 }),
        ("42900619000101001", Length { found: 17 }),
        ("4290061900010100111", Length { found: 19 }),
        ("42900619000101OO11", Characters),
        ("42900619000101001Y", Characters),
        ("4290061900010100X1", Characters),
        ("张三张三张三张三张三张三张三张三张三", Characters),
        ("429006190002290037", BirthDate),
        ("429006190013010011", BirthDate),
        ("429006190001000011", BirthDate),
        ("429006190001010012", CheckDigit { expected: '1' }),
        ("429006190001010021", CheckDigit { expected: 'X' }),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<IdNumber>(), Err(error), "{text:?}");
    }
}

#[test]
fn residents_of_hong_kong_macao_and_taiwan() {
    for area in ["810000", "820000", "830000"] {
        let digits = format!("{area}19000101001");
        let check = check_digit(digits.as_bytes().try_into().unwrap());
        assert_eq!(id(&format!("{digits}{check}")).area(), area);
    }
}

#[test]
fn age_counts_birthdays() {
    let leap = id("429006190402290077");
    let cases = [
        (date(1904, 2, 28), None),
        (date(1904, 2, 29), Some(0)),
        (date(1905, 2, 28), Some(0)),
        (date(1905, 3, 1), Some(1)),
        (date(1908, 2, 29), Some(4)),
        (date(2026, 2, 28), Some(121)),
        (date(2026, 3, 1), Some(122)),
    ];
    for (day, age) in cases {
        assert_eq!(leap.age_on(day), age, "{day}");
        assert_eq!(leap.born_after(day), age.is_none(), "{day}");
    }
}

#[test]
fn debug_and_json_forms() {
    let id = id("42900619000101002X");
    assert_eq!(format!("{id:?}"), "IdNumber(\"429006********002X\")");
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"42900619000101002X\"");
    assert!(serde_json::from_str::<IdNumber>("\"429006190001010012\"").is_err());
}

#[test]
fn credit_codes() {
    for code in GOOD_CODES.into_iter().chain(["93429006MA4TE5T134"]) {
        assert_eq!(code.parse::<CreditCode>().unwrap().as_str(), code);
    }
    let code: CreditCode = " 11429006mb999999ｘ6".parse().unwrap();
    assert_eq!((code.as_str(), code.area(), code.organisation()), ("11429006MB999999X6", "429006", "MB999999X"));
}

#[test]
fn bad_credit_codes_say_why() {
    use CreditCodeError::{Characters, Check, Empty, Length, OrganisationCheck};
    let cases = [
        ("", Empty),
        ("1151130108778239R", Length { found: 17 }),
        ("11429006MB999999O6", Characters),
        ("1142900AMB999999X6", Characters),
        ("统一社会信用代码统一社会信用代码统一", Characters),
        ("11429006MB99999906", OrganisationCheck { expected: 'X' }),
        ("11429006MB999999X7", Check { expected: '6' }),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<CreditCode>(), Err(error), "{text:?}");
    }
}

#[test]
fn bank_cards_and_mobiles() {
    for good in ["6200000000000000003", "4111111111111111", "79927398713000"] {
        let bare = good.get(..good.len() - 1).unwrap();
        let checked = ('0'..='9').filter(|check| luhn(&format!("{bare}{check}"))).count();
        assert_eq!(checked, 1, "one check digit fits {bare}");
    }
    assert!(luhn("4111111111111111"));
    for bad in [
        "",
        "0",
        "4111111111111112",
        "41111111111",
        "4111 1111 1111 1111",
        "４１１１１１１１１１１１１１１１",
        "411111111111111a",
    ] {
        assert!(!luhn(bad), "{bad}");
    }
    for good in ["13800000000", "19912345678"] {
        assert!(mobile(good), "{good}");
    }
    for bad in
        ["", "12800000000", "1380000000", "138000000000", "23800000000", "1380000000a", "138 0000 0000", "张三张1"]
    {
        assert!(!mobile(bad), "{bad}");
    }
    assert!(mobile(&clean(" １３８ 0000 0000")));
}

/// The text with one character exchanged.
fn with(text: &str, at: usize, c: char) -> String {
    text.chars().enumerate().map(|(index, own)| if index == at { c } else { own }).collect()
}

/// The text with two neighbours swapped.
fn swapped(text: &str, at: usize) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    chars.swap(at, at + 1);
    chars.into_iter().collect()
}

proptest! {
    #[test]
    fn one_wrong_character_is_found(number in prop::sample::select(&GOOD[..]), at in 0usize..18, c in "[0-9X]") {
        let wrong = with(number, at, c.chars().next().unwrap());
        prop_assert_eq!(wrong.parse::<IdNumber>().is_ok(), wrong == number);
    }

    #[test]
    fn swapped_neighbours_are_found(number in prop::sample::select(&GOOD[..]), at in 0usize..17) {
        let wrong = swapped(number, at);
        prop_assert_eq!(wrong.parse::<IdNumber>().is_ok(), wrong == number);
    }

    #[test]
    fn one_wrong_character_or_swap_in_a_credit_code_is_found(
        code in prop::sample::select(&GOOD_CODES[..]), at in 0usize..18, c in "[0-9A-Z]"
    ) {
        let wrong = with(code, at, c.chars().next().unwrap());
        prop_assert_eq!(wrong.parse::<CreditCode>().is_ok(), wrong == code);
        let wrong = swapped(code, at.min(16));
        prop_assert_eq!(wrong.parse::<CreditCode>().is_ok(), wrong == code);
    }

    #[test]
    fn one_wrong_digit_of_a_card_is_found(bare in "[0-9]{11,18}", at in 0usize..11, c in "[0-9]") {
        let check = ('0'..='9').find(|check| luhn(&format!("{bare}{check}"))).unwrap();
        let card = format!("{bare}{check}");
        let wrong = with(&card, at, c.chars().next().unwrap());
        prop_assert_eq!(luhn(&wrong), wrong == card);
    }

    #[test]
    fn no_text_panics(text in ".{0,40}") {
        let _ = text.parse::<IdNumber>();
        let _ = text.parse::<CreditCode>();
        let _ = (luhn(&text), mobile(&text));
    }
}
