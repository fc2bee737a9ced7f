//! Whatever is typed: parts of names, slips, and what nobody would type.

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::super::sounds::{fold, is_mark, readings};
use super::*;

/// An entry, and the characters of its name from one place to another.
fn part_of_a_name() -> impl Strategy<Value = (usize, usize, Vec<char>)> {
    (any::<Index>(), any::<Index>(), any::<Index>()).prop_map(|(entry, a, b)| {
        let entry = entry.index(ITEMS.len());
        let name: Vec<char> = ITEMS[entry].name.chars().collect();
        let (a, b) = (a.index(name.len()), b.index(name.len()));
        (entry, a.min(b), name[a.min(b)..=a.max(b)].to_vec())
    })
}

fn class_in_name(entry: usize, query: &str) -> Option<Class> {
    let hits = CATALOGUE.search(query, &Filter::default(), usize::MAX);
    let hit = hits.into_iter().find(|hit| place(&CATALOGUE, hit.entry) == entry)?;
    assert!(hit.marks.is_sorted_by(|a, b| a < b));
    assert!(hit.marks.iter().all(|at| *at < ITEMS[entry].name.chars().count()));
    hit.class
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_part_of_a_name_finds_it((entry, start, part) in part_of_a_name()) {
        let words = part.iter().any(|c| !is_mark(fold(*c)));
        let query: String = part.iter().collect();
        let class = class_in_name(entry, &query);
        if words {
            prop_assert!(class.is_some_and(|class| class <= Class::Substring), "{} {:?}", query, class);
        }
        if words && start == 0 {
            prop_assert!(class.is_some_and(|class| class <= Class::Prefix), "{} {:?}", query, class);
        }
    }

    #[test]
    fn every_reading_and_mixture_finds_it(
        (entry, _, part) in part_of_a_name(),
        choices in prop::collection::vec((any::<Index>(), 0..4), 40),
    ) {
        let mut query = String::new();
        for (c, (reading, way)) in part.into_iter().filter(|c| !is_mark(fold(*c))).zip(choices) {
            let readings = readings(c);
            if readings.is_empty() || way == 0 {
                query.push(c);
            } else if way == 1 {
                query.extend(reading.get(readings.as_slice()).chars().take(1));
            } else {
                query.push_str(readings[reading.index(readings.len())]);
            }
        }
        // What is longer than the longest word is not compared, and a word cut short may end inside a reading.
        let class = class_in_name(entry, &query);
        prop_assert!(query.is_empty() || class.is_some_and(|class| class <= Class::Substring), "{} {:?}", query, class);
    }

    #[test]
    fn a_word_broken_off_finds_it((entry, _, part) in part_of_a_name(), cut in any::<Index>()) {
        let full: String =
            part.into_iter().filter_map(|c| readings(c).first().copied().map(str::to_owned).or_else(|| (!is_mark(fold(c))).then(|| c.to_string()))).collect();
        let ends: Vec<usize> = full.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        if !ends.is_empty() {
            let query = full.get(..*cut.get(&ends)).unwrap();
            let class = class_in_name(entry, query);
            prop_assert!(class.is_some_and(|class| class <= Class::Substring), "{} {:?}", query, class);
        }
    }

    #[test]
    fn one_letter_off_still_finds_it((entry, _, part) in part_of_a_name(), at in any::<Index>(), letter in prop::char::range('a', 'z'), way in 0..3) {
        let full: Vec<char> = part.into_iter().filter(|c| !is_mark(fold(*c))).flat_map(|c| {
            readings(c).first().map_or_else(|| vec![c], |reading| reading.chars().collect())
        }).collect();
        prop_assume!((5..=40).contains(&full.len()));
        let mut typed = full.clone();
        let at = at.index(typed.len());
        match way {
            0 => typed[at] = letter,
            1 => typed.insert(at, letter),
            _ => { typed.remove(at); }
        }
        let typed: String = typed.into_iter().collect();
        let hits = CATALOGUE.search(&typed, &Filter::default(), usize::MAX);
        // With enough better hits the search stops before it forgives.
        prop_assert!(hits.len() >= FEW || hits.iter().any(|hit| place(&CATALOGUE, hit.entry) == entry), "{}", typed);
    }

    #[test]
    fn words_in_another_order_find_it((entry, _, part) in part_of_a_name(), at in any::<Index>()) {
        let part: Vec<char> = part.into_iter().filter(|c| !is_mark(*c) && !c.is_ascii()).collect();
        prop_assume!(part.len() >= 4);
        let (first, second) = part.split_at(2 + at.index(part.len() - 3));
        let typed: String = second.iter().chain(first).collect();
        let hits = CATALOGUE.search(&typed, &Filter::default(), usize::MAX);
        let found = hits.iter().any(|hit| place(&CATALOGUE, hit.entry) == entry);
        prop_assert!(found || hits.len() >= FEW, "{}", typed);
    }

    #[test]
    fn no_input_is_too_strange(query in any::<String>(), name in any::<String>()) {
        let catalogue = small(&[&name, "津贴"]);
        for hit in catalogue.search(&query, &Filter::default(), 10) {
            let name = catalogue.row(hit.entry).unwrap().name;
            prop_assert!(hit.marks.iter().all(|at| *at < name.chars().count()));
        }
        CATALOGUE.search(&query, &Filter::default(), 10);
        super::super::super::pinyin::matches(&name, &query);
    }

    #[test]
    fn a_long_query_is_bounded(c in any::<char>(), times in 0_usize..5_000) {
        CATALOGUE.search(&c.to_string().repeat(times), &Filter::default(), 10);
        CATALOGUE.search(&format!("{c} ").repeat(times), &Filter::default(), 10);
    }

    #[test]
    fn a_list_and_the_index_agree((entry, _, part) in part_of_a_name(), (_, _, other) in part_of_a_name()) {
        let query: String = part.into_iter().map(|c| readings(c).first().map_or(c, |reading| reading.chars().next().unwrap_or(c))).collect();
        for query in [query, other.into_iter().collect()] {
            let direct = super::super::super::pinyin::matches(&ITEMS[entry].name, &query);
            let hits = CATALOGUE.search(&query, &Filter::default(), usize::MAX);
            let hit = hits.into_iter().find(|hit| place(&CATALOGUE, hit.entry) == entry);
            if let Some(direct) = direct.filter(|direct| direct.score > 0 && direct.score != Class::Sound.score()) {
                prop_assert_eq!(Some(direct.marks), hit.map(|hit| hit.marks), "{}", query);
            }
        }
    }
}
