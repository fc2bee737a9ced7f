//! What a desk often needs.

use std::ops::Range;

use super::search::Catalogue;

/// How often the items of a catalogue were used at this desk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Habits {
    /// The entries that were used at all, ascending, and how often.
    uses: Vec<(usize, u64)>,
}

impl Habits {
    /// Of counts by implementation code; what the catalogue does not have is left out.
    pub fn new<'a>(catalogue: &Catalogue, counts: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let (codes, counts): (Vec<&str>, Vec<u64>) = counts.into_iter().unzip();
        let found = catalogue.find_all(&codes).into_iter();
        Self { uses: found.filter_map(|(entry, place)| Some((entry, *counts.get(place)?))).collect() }
    }

    /// Of the entries in a range those that were used, ascending, and how often.
    pub(super) fn within(&self, range: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
        let start = self.uses.partition_point(|(entry, _)| *entry < range.start);
        self.uses.get(start..).unwrap_or_default().iter().copied().take_while(move |(entry, _)| *entry < range.end)
    }

    /// The entries that were used, ascending, and how often.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u64)> {
        self.uses.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalogue::{Brief, Question, Synonyms};
    use crate::domain::item::{Audience, FourWays, HandleArea, Offered, ProjectType};

    fn catalogue(names: &[&str]) -> Catalogue {
        let item = |(number, name): (usize, &&str)| Brief {
            code: code(number),
            catalog_code: format!("4205110080{number:02}"),
            id: String::new(),
            name: (*name).to_owned(),
            aliases: Vec::new(),
            department: "民政局".to_owned(),
            domain: "civil-affairs".to_owned(),
            audience: vec![Audience::Person],
            four_ways: FourWays::default(),
            project_type: ProjectType::Instant,
            promised_limit: None,
            handle_area: HandleArea::County,
            offered: Offered::default(),
            role: None,
            elsewhere: None,
        };
        Catalogue::new(names.iter().enumerate().map(item), &Synonyms::default())
    }

    fn code(number: usize) -> String {
        format!("11429006MB999999X654205110080{number:02}")
    }

    /// The names found, when the items were used so often.
    fn found(names: &[&str], query: &str, uses: &[u64]) -> Vec<String> {
        let catalogue = catalogue(names);
        let codes: Vec<String> = (0..uses.len()).map(code).collect();
        let habits = Habits::new(&catalogue, codes.iter().map(String::as_str).zip(uses.iter().copied()));
        let question = Question { query: query.to_owned(), limit: 10, habits: Arc::new(habits), ..Question::default() };
        let hits = catalogue.answer(&question, usize::MAX).hits;
        hits.iter().filter_map(|hit| Some(catalogue.row(hit.entry)?.name)).collect()
    }

    #[test]
    fn what_the_catalogue_does_not_have_is_left_out() {
        let catalogue = catalogue(&["临时救助", "高龄津贴"]);
        let unknown = code(7);
        let habits = Habits::new(&catalogue, [(code(1).as_str(), 4), (unknown.as_str(), 9), (code(0).as_str(), 2)]);
        assert_eq!(habits.iter().collect::<Vec<_>>(), [(0, 2), (1, 4)]);
    }

    #[test]
    fn what_is_used_more_comes_first_among_equals_and_while_nothing_is_typed() {
        let names = ["社保卡挂失", "社保卡申领", "社保卡注销"];
        assert_eq!(found(&names, "sbk", &[]), names);
        assert_eq!(found(&names, "sbk", &[0, 0, 1]), ["社保卡注销", "社保卡挂失", "社保卡申领"]);
        assert_eq!(found(&names, "", &[0, 2, 1]), ["社保卡申领", "社保卡注销", "社保卡挂失"]);
    }

    #[test]
    fn what_is_used_often_counts_as_if_the_words_began_its_name() {
        let names = ["换领身份证", "残疾人证换领"];
        assert_eq!(found(&names, "换领", &[0, 2]), names, "twice is not often");
        assert_eq!(found(&names, "换领", &[0, 3]), ["残疾人证换领", "换领身份证"]);
        assert_eq!(
            found(&["换领", "残疾人证换领"], "换领", &[0, 60]),
            ["换领", "残疾人证换领"],
            "the whole name is better"
        );
    }
}
