//! In which order what was found is shown.

use jiff::civil::date;

use super::*;
use crate::catalogue::Habits;

#[test]
fn classes_are_ranked() {
    for (query, name, class, matched) in [
        ("失业登记", "失业登记", Class::Exact, Matched::Name),
        ("sydj", "生育登记", Class::Exact, Matched::Name),
        ("失业", "失业登记", Class::Prefix, Matched::Name),
        ("学前、义务教育入学", "学前、义务教育入学办理", Class::Prefix, Matched::Name),
        ("周岁", ALLOWANCE, Class::Word, Matched::Name),
        ("激活", "社会保障卡启用(激活)", Class::Word, Matched::Name),
        ("津贴发放", ALLOWANCE, Class::Substring, Matched::Name),
        (
            "低保户",
            "最低生活保障对象认定",
            Class::WholeAlias,
            Matched::Alias { text: "低保户".into(), marks: vec![0, 1, 2] },
        ),
        ("优待", "老年人优待证申领", Class::Substring, Matched::Name),
        (
            "两项",
            "困难残疾人生活补贴",
            Class::Alias,
            Matched::Alias { text: "残疾人两项补贴".into(), marks: vec![3, 4] },
        ),
        ("残疾认证", "残疾人证新办", Class::Scattered, Matched::Name),
        ("420511008001", ALLOWANCE, Class::Exact, Matched::Code),
        ("0511008", ALLOWANCE, Class::Code, Matched::Code),
        ("gaonin", ALLOWANCE, Class::Sound, Matched::Alias { text: "高龄津贴".into(), marks: vec![0, 1] }),
        ("高领津贴", ALLOWANCE, Class::Scattered, Matched::Alias { text: "高龄津贴".into(), marks: vec![0, 1, 2, 3] }),
        ("公安局", "居住证办理", Class::Department, Matched::Department),
        ("gaolong", ALLOWANCE, Class::Typo, Matched::Alias { text: "高龄津贴".into(), marks: vec![0, 1] }),
    ] {
        let (found, hit) = first(query);
        assert_eq!((found, hit.class, &hit.matched), (name, Some(class), &matched), "{query}");
    }
}

#[test]
fn better_classes_come_first_whatever_the_order_of_the_items() {
    let names = ["老人补助#", "静铁路", "生活费|老津贴款", "生活费|津贴", "高龄津贴", "第2津贴", "津贴发放", "津贴"];
    let catalogue = small(&names);
    assert_eq!(order(&catalogue, "jintie"), [7, 6, 3, 5, 4, 2, 1, 0]);
    assert_eq!(order(&catalogue, "津贴"), [7, 6, 3, 5, 4, 2, 0]);
    let hits = catalogue.search("jintie", &Filter::default(), usize::MAX);
    assert!(hits.is_sorted_by(|a, b| a.score > b.score), "{hits:?}");
}

#[test]
fn admitted_items_come_first_within_a_class_and_ties_keep_the_order() {
    let catalogue = small(&["津贴一", "津贴二", "!津贴三", "!津贴四", "老津贴", "!大津贴"]);
    assert_eq!(order(&catalogue, "津贴"), [2, 3, 0, 1, 5, 4]);
    assert_eq!(order(&catalogue, ""), [2, 3, 5, 0, 1, 4]);
    for limit in 0..8 {
        let all = catalogue.search("津贴", &Filter::default(), usize::MAX);
        let some = catalogue.search("津贴", &Filter::default(), limit);
        assert_eq!(some, all.into_iter().take(limit).collect::<Vec<_>>(), "{limit}");
    }
}

#[test]
fn an_empty_query_lists_what_passes() {
    for query in ["", "  ", "　", "、", "-- "] {
        let hits = CATALOGUE.search(query, &Filter::default(), usize::MAX);
        assert_eq!(hits.len(), ITEMS.len(), "{query:?}");
        assert!(hits.iter().all(|hit| hit.matched == Matched::All && hit.class.is_none() && hit.marks.is_empty()));
        let order: Vec<(bool, usize)> = hits
            .iter()
            .map(|hit| place(&CATALOGUE, hit.entry))
            .map(|item| (ITEMS[item].role.is_none(), item))
            .collect();
        assert!(order.is_sorted(), "{query:?}");
    }
}

#[test]
fn what_is_not_in_force_comes_last_of_its_class() {
    let today = date(2026, 11, 29);
    let over = Offered { from: None, until: Some(date(2026, 11, 28)) };
    let not_yet = Offered { from: Some(date(2026, 11, 30)), until: None };
    let last_day = Offered { from: None, until: Some(today) };
    let mut items = Vec::new();
    let names = ["!津贴", "!津贴一", "津贴二", "!津贴三", "!津贴四", "!老津贴", "!新津贴", "补助"];
    for (number, (name, offered)) in names
        .iter()
        .zip([over, not_yet, Offered::default(), last_day, over, not_yet, Offered::default(), over])
        .enumerate()
    {
        let item = item(name.trim_start_matches('!'), &("d", "局", "9001", &[]), number);
        items.push(Brief { role: name.starts_with('!').then_some(Role::Agency), offered, ..item });
    }
    let catalogue = Catalogue::new(&items, &Synonyms::none());
    let uses = |codes: &[(usize, u64)]| {
        Habits::new(&catalogue, codes.iter().map(|(item, uses)| (items[*item].code.as_str(), *uses)))
    };
    let order = |query: &str, day: Option<Date>, habits: Habits, limit: usize| -> Vec<usize> {
        let (query, habits) = (query.to_owned(), habits.into());
        let hits = catalogue.answer(&Question { query, limit, habits, day, ..Question::default() }, usize::MAX).hits;
        hits.into_iter().map(|hit| place(&catalogue, hit.entry)).collect()
    };
    let none = || uses(&[]);
    assert_eq!(order("津贴", None, none(), 9), [0, 1, 3, 4, 2, 5, 6], "no day: nobody asked");
    let expected = [0, 3, 2, 1, 4, 6, 5];
    for limit in 0..9 {
        let found = order("津贴", Some(today), none(), limit);
        assert_eq!(found, expected[..limit.min(7)], "a better class stays better, whatever the limit: {limit}");
    }
    assert_eq!(order("", Some(today), none(), 9), [3, 6, 2, 0, 1, 4, 5, 7]);
    assert_eq!(order("津贴", Some(today), uses(&[(4, 9)]), 9), [0, 3, 2, 4, 1, 6, 5], "however often it was used");
    assert_eq!(order("", Some(today), uses(&[(4, 9), (6, 1)]), 9), [6, 3, 2, 4, 0, 1, 5, 7]);
}

#[test]
fn the_same_words_in_another_order_are_better_than_a_slip() {
    let catalogue = small(&["登记失物招领", "失业登记"]);
    for query in ["登记失业", "登记 失业", "登记失页"] {
        assert_eq!(order(&catalogue, query)[0], 1, "{query}");
    }
    let hit = catalogue.search("登记失业", &Filter::default(), 9).swap_remove(0);
    assert_eq!((hit.class, hit.marks), (Some(Class::Scattered), vec![0, 1, 2, 3]));
    let catalogue = small(&["高龄补贴发放津贴", "老年人高龄津贴发放", "发放津贴高铃"]);
    assert_eq!(order(&catalogue, "发放津贴高龄"), [2, 0, 1], "one sound, then more that stands together");
    // A character that stands alone says nothing of order.
    let hits = small(&["失业登记"]).search("登失业记", &Filter::default(), 9);
    assert!(hits.iter().all(|hit| hit.class > Some(Class::Scattered)), "{hits:?}");
}
