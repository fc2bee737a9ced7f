//! The search against a naive one: every entry is looked at, by the comparison that lists use and without an index.

use std::sync::LazyLock;

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::super::pinyin::Matcher;
use super::super::super::sounds::{fold, is_mark, readings};
use super::super::*;
use crate::domain::item::{Audience, FourWays, HandleArea, Offered, ProjectType};
use crate::domain::site::Role;

const PLACES: [&str; 8] = ["", "", "岳口镇", "天门市（城区）", "武昌区", "长阳县", "重阳 ", "郧阳区"];
const PEOPLE: [&str; 8] = ["老年人", "残疾人", "退役军人", "", "80周岁以上老人", "女职工", "孤儿", "企业"];
const MATTERS: [&str; 10] =
    ["高龄津贴", "养老保险", "居住证", "银行账户", "社会保障卡", "生育登记", "音乐行业", "失业金", "ETC卡", "低保"];
const ACTS: [&str; 8] = ["申领", "办理", "", "查询(网上)", "注销", "变更", "补办", "重新申领"];

/// The day on which it is searched.
const DAY: Date = date(2026, 11, 29);

/// More than are looked at in one stride, so that the search has where to stop.
const COUNT: usize = 64 * STRIDE + 900;

static ITEMS: LazyLock<Vec<Brief>> = LazyLock::new(|| {
    let mut chance = 1_u64;
    let mut pick = |words: &[&'static str]| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words[usize::try_from(chance >> 33).unwrap() % words.len()]
    };
    let item = |number: usize| {
        let (place, people, matter, act) = (pick(&PLACES), pick(&PEOPLE), pick(&MATTERS), pick(&ACTS));
        let catalog_code = format!("4205{number:08}");
        Brief {
            code: format!("11429006MB999999X{}6{catalog_code}", number % 7),
            catalog_code,
            id: String::new(),
            name: format!("{place}{people}{matter}{act}"),
            aliases: if number.is_multiple_of(3) {
                vec![format!("{matter}{people}"), matter.to_owned()]
            } else {
                Vec::new()
            },
            department: "民政局".to_owned(),
            domain: "civil-affairs".to_owned(),
            audience: vec![Audience::Person],
            four_ways: FourWays::default(),
            project_type: ProjectType::Instant,
            promised_limit: None,
            handle_area: HandleArea::County,
            offered: match number % 9 {
                0 => Offered { from: None, until: Some(DAY.yesterday().unwrap()) },
                1 => Offered { from: Some(DAY.tomorrow().unwrap()), until: None },
                2 => Offered { from: Some(DAY), until: Some(DAY) },
                _ => Offered::default(),
            },
            role: number.is_multiple_of(11).then_some(Role::Direct),
            elsewhere: None,
        }
    };
    (0..COUNT).map(item).collect()
});

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(ITEMS.iter(), &Synonyms::none()));

/// How one word matches one item as it was typed; `matcher` is of the word.
fn class_of(item: &Brief, word: &str, matcher: &mut Matcher) -> Option<(Class, Place)> {
    let mut stands = |text: &str| {
        let score = matcher.matches(text)?.score;
        match Class::ALL.into_iter().find(|class| class.score() == score)? {
            Class::Exact => Some(Place::Whole),
            Class::Prefix => Some(Place::Beginning),
            Class::Word => Some(Place::Word),
            Class::Substring => Some(Place::Inside),
            _ => None,
        }
    };
    let in_name = stands(&item.name).map(|place| match place {
        Place::Whole => (Class::Exact, place),
        Place::Beginning => (Class::Prefix, place),
        Place::Word => (Class::Word, place),
        Place::Inside => (Class::Substring, place),
    });
    let in_words = item.aliases.iter().filter_map(|alias| stands(alias));
    let in_words = in_words.map(|place| (if place == Place::Whole { Class::WholeAlias } else { Class::Alias }, place));
    let in_words = in_words.min();
    let code = word.to_uppercase();
    let may_be_code = code.len() >= 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let in_code = if !may_be_code || !code.bytes().any(|byte| byte.is_ascii_digit()) {
        None
    } else if item.code == code || item.catalog_code == code {
        Some((Class::Exact, Place::Whole))
    } else {
        (item.code.starts_with(&code) || item.catalog_code.contains(&code)).then_some((Class::Code, Place::Inside))
    };
    [in_words, in_name, in_code].into_iter().flatten().min()
}

/// The codes of everything that matches as it was typed, best first.
fn naive(query: &str, day: Option<Date>) -> Vec<&'static str> {
    let mut matchers: Vec<(&str, Matcher)> = query.split_whitespace().map(|word| (word, Matcher::new(word))).collect();
    let mut found: Vec<_> = ITEMS
        .iter()
        .enumerate()
        .filter_map(|(at, item)| {
            let words: Option<Vec<(Class, Place)>> =
                matchers.iter_mut().map(|(word, matcher)| class_of(item, word, matcher)).collect();
            let words = words?;
            let closed = day.is_some_and(|day| item.offered.validity(day) != Validity::InForce);
            let worst = (words.iter().map(|word| word.0).max()?, closed, words.iter().map(|word| word.1).max()?);
            Some((worst, item.role.is_none(), item.name.chars().count(), at))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(.., at)| ITEMS[at].code.as_str()).collect()
}

/// What a clerk may type for part of a name or for a code: Chinese, readings, initials, and at times a slip.
fn word() -> impl Strategy<Value = String> {
    let of_name = (any::<Index>(), any::<Index>(), 1..7_usize, prop::collection::vec((any::<Index>(), 0..4), 7));
    let of_name = of_name.prop_map(|(item, start, length, ways)| {
        let name: Vec<char> = item.get(&ITEMS).name.chars().collect();
        let part = name.iter().skip(start.index(name.len().max(1))).take(length).zip(ways);
        let typed = part.map(|(c, (reading, way))| match (readings(*c).as_slice(), way) {
            ([], _) | (_, 0) => c.to_string(),
            (readings, 1) => reading.get(readings).chars().take(1).collect(),
            (readings, _) => (*reading.get(readings)).to_owned(),
        });
        typed.collect::<String>()
    });
    let of_code = (any::<Index>(), 0..20_usize, 4..31_usize)
        .prop_map(|(item, skip, length)| item.get(&ITEMS).code.chars().skip(skip).take(length).collect());
    let slipped =
        (of_name.clone(), any::<Index>(), select(vec!['a', 'i', 'g', 'z', '领'])).prop_map(|(word, at, c)| {
            let mut typed: Vec<char> = word.chars().collect();
            if !typed.is_empty() {
                let at = at.index(typed.len());
                typed[at] = c;
            }
            typed.into_iter().collect()
        });
    prop_oneof![4 => of_name, 1 => of_code, 2 => slipped]
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![3 => word(), 1 => (word(), word()).prop_map(|(a, b)| format!("{a} {b}"))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_was_typed_finds_what_a_look_at_everything_finds(
        query in query(),
        limit in 1..700_usize,
        day in prop::option::of(Just(DAY)),
    ) {
        let typed = query.split_whitespace();
        prop_assume!(typed.clone().count() > 0 && typed.clone().all(|word| word.chars().any(|c| !is_mark(fold(c)))));
        let mut expected = naive(&query, day);
        expected.truncate(limit);
        let every_entry = CATALOGUE.len() * words(&query).len();
        let question = Question { query, limit, day, ..Question::default() };
        for effort in [0, every_entry, usize::MAX] {
            let Answer { hits: found, complete } = CATALOGUE.answer(&question, effort);
            if effort == 0 && found.is_empty() && !complete {
                continue;
            }
            let found: Vec<String> = found.iter().map(|hit| CATALOGUE.row(hit.entry).unwrap().code).collect();
            let exact: Vec<&str> = found.iter().take(expected.len()).map(String::as_str).collect();
            prop_assert_eq!(&exact, &expected, "{}", question.query);
        }
    }

    #[test]
    fn nothing_is_ruled_out_that_a_closer_look_would_find(
        query in query(),
        limit in 1..200_usize,
        day in prop::option::of(Just(DAY)),
    ) {
        let words = words(&query);
        prop_assume!(!words.is_empty());
        let question = Question { limit, day, ..Question::default() };
        for generosity in [Generosity::Exact, Generosity::Plain, Generosity::Wide, Generosity::Slip] {
            let probes = |sifted: bool| {
                let probes = words.iter().cloned().map(|word| {
                    let mut probe = Probe::new(&CATALOGUE.index, word);
                    probe.be(generosity);
                    if sifted { probe } else { probe.unsifted() }
                });
                probes.collect::<Vec<_>>()
            };
            let limit = if generosity == Generosity::Slip { limit.min(MOST_SLIPS) } else { limit };
            let everything = probes(false);
            let mut expected: Vec<Rank> = (0..CATALOGUE.len())
                .filter_map(|entry| Some(CATALOGUE.rank_of(entry, Some(judge(&everything, entry, None)?), 0, day)))
                .collect();
            expected.sort_unstable();
            expected.truncate(limit);
            let found = CATALOGUE.rank(&probes(true), generosity, &question, None, &mut usize::MAX.clone());
            prop_assert_eq!(found, Some(expected), "{} {:?}", query, generosity);
        }
    }
}
