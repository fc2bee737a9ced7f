//! How well the search finds what clerks mean, over the sample catalogue: queries with the item that each means.
//!
//! `tuned.tsv` was at hand while the search was made, `held-out.tsv` was written afterwards; four of its queries are everyday words of
//! `config/synonyms.toml` by now. The floors lie just under what is reached. Prints the figures: `cargo test --test relevance -- --nocapture`.

use std::collections::BTreeMap;

use onewindow::backend::catalogue as folders;
use onewindow::catalogue::{Brief, Catalogue, CatalogueFolder, Filter, Synonyms};
use onewindow::training::DEFAULT_SITE;

struct Expected {
    kind: &'static str,
    query: &'static str,
    names: Vec<&'static str>,
}

fn expected(table: &'static str) -> Vec<Expected> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|row| {
        let fields: Vec<&str> = row.split('\t').collect();
        let [kind, query, names] = fields.as_slice() else { panic!("three fields: {row}") };
        Expected { kind, query, names: names.split('|').collect() }
    })
    .collect()
}

#[derive(Default)]
struct Tally {
    queries: f64,
    first: f64,
    among_five: f64,
    reciprocal_ranks: f64,
}

impl Tally {
    fn count(&mut self, rank: Option<usize>) {
        self.queries += 1.0;
        self.first += f64::from(u8::from(rank == Some(0)));
        self.among_five += f64::from(u8::from(rank.is_some_and(|rank| rank < 5)));
        self.reciprocal_ranks += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
    }

    /// Mean reciprocal rank, success at 1 and at 5.
    fn figures(&self) -> [f64; 3] {
        [self.reciprocal_ranks, self.first, self.among_five].map(|sum| sum / self.queries)
    }
}

/// Mean reciprocal rank, success at 1, success at 5.
fn measure(set: &str, table: &'static str) -> [f64; 3] {
    let (folder, _) = CatalogueFolder::load(&folders::built_in());
    let site = folder.site(DEFAULT_SITE);
    let items: Vec<Brief> =
        site.into_iter().flat_map(|site| folder.entries_for(site)).map(|entry| Brief::of(&entry)).collect();
    assert!(!items.is_empty(), "the built-in sample has the practice site");
    let catalogue = Catalogue::new(items.iter(), &Synonyms::built_in());
    let mut all = Tally::default();
    let mut kinds: BTreeMap<&str, Tally> = BTreeMap::new();
    for Expected { kind, query, names } in expected(table) {
        for name in &names {
            assert!(items.iter().any(|item| item.name == *name), "{query}: there is no item {name}");
        }
        let hits = catalogue.search(query, &Filter::default(), 20);
        let found: Vec<String> = hits.iter().filter_map(|hit| catalogue.row(hit.entry)).map(|row| row.name).collect();
        let rank = found.iter().position(|name| names.contains(&name.as_str()));
        if rank != Some(0) {
            println!(
                "{set} {kind:<11} {query:<20} rank {:<5} {:?}",
                rank.map_or("-".into(), |rank| (rank + 1).to_string()),
                found.iter().take(3).collect::<Vec<_>>()
            );
        }
        kinds.entry(kind).or_default().count(rank);
        all.count(rank);
    }
    let figures = all.figures();
    for (kind, tally) in kinds.iter().chain([(&"all", &all)]) {
        let [rank, first, five] = tally.figures();
        println!("{set} {kind:<11} {:>4} queries  MRR {rank:.3}  @1 {first:.3}  @5 {five:.3}", tally.queries);
    }
    figures
}

fn hold(figures: [f64; 3], floors: [f64; 3]) {
    for ((figure, floor), what) in figures.into_iter().zip(floors).zip(["MRR", "success at 1", "success at 5"]) {
        assert!(figure >= floor, "{what} fell to {figure:.3}, below {floor}");
    }
}

#[test]
fn what_the_search_was_tuned_on_is_found() {
    hold(measure("tuned", include_str!("relevance/tuned.tsv")), [0.97, 0.95, 0.99]);
}

#[test]
fn what_the_search_was_not_tuned_on_is_found() {
    hold(measure("held-out", include_str!("relevance/held-out.tsv")), [0.92, 0.9, 0.94]);
}
