//! [`Catalogue`]: the items at hand, found by Chinese, pinyin, initials or code.
//!
//! A query is words between blanks; an entry must match every one of them, each anywhere in its name, its everyday words, its department or its
//! codes. The search is generous by degrees: only while few entries are found does it forgive gaps, homophones, and at last slips.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::image;
use super::index::{Builder, Index, Kind};
use super::letters::{self, ones};
use super::line::Place;
use super::pattern::Pattern;
use super::probe::{Generosity, Judgement, Probe, SLIP_COST, Where};
use super::question::{Answer, Class, Filter, Hit, Matched, Question, Row};
use super::synonyms::Synonyms;
use super::top::{Merits, Rank, Top};
use crate::domain::item::Item;
use crate::domain::site::Admission;

/// An item and what the clerk's site does for it, as the backend serves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// The item.
    pub item: Arc<Item>,
    /// Whether and how it is done here, and where else.
    pub admission: Admission,
}

/// The items at hand, indexed. Items themselves are not kept: some sixty bytes of each are.
#[derive(Clone, Default)]
pub struct Catalogue {
    index: Index,
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({} items)", self.len())
    }
}

/// A catalogue in the making, of items that come one by one; none is kept.
#[derive(Debug)]
pub struct Indexing<'a>(Builder<'a>);

impl<'a> Indexing<'a> {
    /// Nothing yet; with these everyday words.
    pub fn new(synonyms: &'a Synonyms) -> Self {
        Self(Builder::new(synonyms))
    }

    /// Adds an item. Their order is the order of lists and of equal hits.
    pub fn add(&mut self, item: &Brief) {
        self.0.push(item);
    }

    /// The catalogue of what was added.
    pub fn finish(self) -> Catalogue {
        Catalogue { index: self.0.finish() }
    }
}

/// While fewer entries than this are found, the search grows more generous.
const FEW: usize = 5;

/// What is used as often as this counts as frequent.
const OFTEN: u64 = 3;

/// Digits of a code that may be typed in groups, and characters of a whole implementation code.
const SHORTEST_GROUPED_CODE: usize = 8;
const CODE: usize = 31;

impl Catalogue {
    /// Indexes items, see [`Indexing`].
    pub fn new(items: impl IntoIterator<Item = impl Borrow<Brief>>, synonyms: &Synonyms) -> Self {
        let mut indexing = Indexing::new(synonyms);
        items.into_iter().for_each(|item| indexing.add(item.borrow()));
        indexing.finish()
    }

    /// The catalogue as bytes, for [`Self::from_image`] of the same version of the program.
    pub fn image(&self) -> Vec<u8> {
        image::write(&self.index)
    }

    /// The catalogue of these bytes; `None` when they are none.
    pub fn from_image(image: &[u8]) -> Option<Self> {
        image::read(image).map(|index| Self { index })
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.index.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a list shows of an entry.
    pub fn row(&self, entry: usize) -> Option<Row> {
        let kind = self.index.kind(entry)?;
        Some(Row {
            code: self.index.codes.get(entry),
            name: self.index.glyphs.spell(self.index.names.get(entry)),
            department: self.department(kind),
            domain: Arc::clone(&kind.domain),
            role: kind.role,
            elsewhere: kind.elsewhere.clone(),
            project_type: kind.project_type,
            promised_limit: kind.promised_limit,
        })
    }

    fn department(&self, kind: &Kind) -> String {
        self.index.glyphs.spell(self.index.departments.get(kind.department))
    }

    /// The entry with an implementation code (实施编码) or catalogue code (基本编码). Letters may be small; blanks around are dropped. When
    /// several have it (one catalogue code with several bodies), the first.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.index.codes.find(code.trim()).filter(|_| !code.trim().is_empty())
    }

    /// The departments present, by name, in the order of the items.
    pub fn departments(&self) -> Vec<String> {
        self.index.departments.iter().map(|name| self.index.glyphs.spell(name)).collect()
    }

    /// The best `limit` entries that pass the filter and match every one of the query's words; all that pass when there is no word.
    pub fn search(&self, query: &str, filter: &Filter, limit: usize) -> Vec<Hit> {
        let habits = Arc::default();
        self.answer(&Question { query: query.to_owned(), filter: filter.clone(), limit, habits }, usize::MAX).hits
    }

    /// Answers a question with at most this much effort, about one for each entry that has to be looked at; `usize::MAX` for a whole answer.
    pub fn answer(&self, question: &Question, effort: usize) -> Answer {
        let passing: Vec<bool> =
            self.index.kinds.iter().map(|kind| question.filter.passes(kind, &self.department(kind))).collect();
        let words = words(&question.query);
        if words.is_empty() {
            return Answer { hits: self.list(question, &passing), complete: true };
        }
        let mut effort = effort;
        let mut answer = Answer::default();
        let mut probes: Vec<Probe<'_>> = words.into_iter().map(|word| Probe::new(&self.index, word)).collect();
        for generosity in [Generosity::Exact, Generosity::Plain, Generosity::Wide, Generosity::Slip] {
            if generosity == Generosity::Wide && probes.iter().all(|probe| !probe.has_homophones()) {
                continue;
            }
            if generosity == Generosity::Slip {
                // Whatever it finds, it reads names and everyday words of most entries.
                let Some(left) = effort.checked_sub(probes.len() * self.len() * SLIP_COST) else { return answer };
                effort = left;
            }
            probes.iter_mut().for_each(|probe| probe.be(generosity));
            let Some(ranks) = self.rank(&mut probes, question, &passing, &mut effort) else { return answer };
            // What is found more generously ranks lower.
            let enough = if generosity == Generosity::Exact { question.limit } else { FEW.min(question.limit) };
            let found = ranks.len();
            if generosity > Generosity::Exact || found >= enough {
                answer.hits = ranks.into_iter().filter_map(|rank| self.hit(rank, &probes)).collect();
            }
            if found >= enough {
                break;
            }
        }
        answer.complete = true;
        answer
    }

    fn list(&self, question: &Question, passing: &[bool]) -> Vec<Hit> {
        let mut top = Top::new(question.limit);
        let mut entries = vec![u64::MAX; self.len().div_ceil(64)];
        for (entry, uses) in question.habits.iter() {
            if self.passes(entry, passing) {
                top.push(self.rank_of(entry, None, uses));
            }
            letters::clear(&mut entries, entry);
        }
        for entry in ones(&entries).take_while(|entry| *entry < self.len()) {
            if self.passes(entry, passing) {
                top.push(self.rank_of(entry, None, 0));
            }
        }
        let hit = |rank: Rank| {
            let (entry, score) = (rank.entry(), rank.score());
            Hit { entry, score, class: None, marks: Vec::new(), matched: Matched::All }
        };
        top.into_sorted().into_iter().map(hit).collect()
    }

    #[inline]
    fn passes(&self, entry: usize, passing: &[bool]) -> bool {
        self.index.kind_of.get(entry).and_then(|kind| passing.get(*kind as usize)).is_some_and(|passes| *passes)
    }

    #[inline]
    fn rank_of(&self, entry: usize, judgement: Option<Judgement>, uses: u64) -> Rank {
        let class = judgement.map(|judgement| {
            let lifted = uses >= OFTEN && judgement.class <= Class::Alias;
            if lifted { judgement.class.min(Class::Prefix) } else { judgement.class }
        });
        Rank::new(
            entry,
            Merits {
                class,
                place: judgement.map_or(Place::Whole, |judgement| judgement.place),
                missing: judgement.map_or(0, |judgement| judgement.missing),
                uses,
                admitted: self.index.kind(entry).is_some_and(|kind| kind.role.is_some()),
                length: judgement.map_or(0, |_| self.index.names.get(entry).len()),
            },
        )
    }

    /// The ranks of the best entries that match every word, in order; `None` when the effort does not suffice.
    fn rank(
        &self,
        probes: &mut [Probe<'_>],
        question: &Question,
        passing: &[bool],
        effort: &mut usize,
    ) -> Option<Vec<Rank>> {
        if let [probe] = probes
            && probe.is_exact()
            && !probe.has_code()
        {
            // Nothing but the whole of a name can be better than its beginning: when enough names begin so, no more is looked at.
            let mut top = Top::new(question.limit);
            let names = probe.names();
            self.look(probes, names, Class::Prefix, (question, passing), &mut top, effort)?;
            if top.worst().is_some_and(|worst| worst.is_within(Class::Prefix)) {
                return Some(top.into_sorted());
            }
        }
        let mut entries: Option<Vec<u64>> = None;
        for probe in &mut *probes {
            let more = probe.entries();
            match &mut entries {
                Some(entries) => entries.iter_mut().zip(&more).for_each(|(all, more)| *all &= more),
                None => entries = Some(more),
            }
        }
        let mut top = Top::new(question.limit);
        self.look(probes, entries.unwrap_or_default(), Class::Typos, (question, passing), &mut top, effort)?;
        Some(top.into_sorted())
    }

    /// Looks at entries, for what is no worse than a class.
    fn look(
        &self,
        probes: &[Probe<'_>],
        mut entries: Vec<u64>,
        worst: Class,
        (question, passing): (&Question, &[bool]),
        top: &mut Top,
        effort: &mut usize,
    ) -> Option<()> {
        // What is used often may rank higher than its class.
        for (entry, uses) in question.habits.iter().filter(|(entry, _)| self.passes(*entry, passing)) {
            if let Some(judgement) = judge(probes, entry, Class::Typos) {
                top.push(self.rank_of(entry, Some(judgement), uses));
            }
            letters::clear(&mut entries, entry);
        }
        let cost: usize = probes.iter().map(Probe::cost).sum();
        let all_pass = passing.iter().all(|passes| *passes);
        for entry in ones(&entries) {
            if !(all_pass || self.passes(entry, passing)) {
                continue;
            }
            *effort = effort.checked_sub(cost)?;
            let worst = if self.is_hopeless(entry, probes, top) { Class::Prefix } else { worst };
            if let Some(judgement) = judge(probes, entry, worst) {
                top.push(self.rank_of(entry, Some(judgement), 0));
            }
        }
        Some(())
    }

    /// Whether an entry can only be among the best by the beginning of its name.
    #[inline]
    fn is_hopeless(&self, entry: usize, probes: &[Probe<'_>], top: &Top) -> bool {
        let Some(worst) = top.worst() else { return false };
        if worst.is_within(Class::Prefix) {
            return true;
        }
        let [probe] = probes else { return false };
        if !worst.is_within(Class::Substring) {
            return false;
        }
        let class = probe.at_best(entry);
        let place = if class == Class::Substring { Place::Inside } else { Place::Whole };
        let at_best = Judgement { class, place, missing: 0, field: Where::Name };
        self.rank_of(entry, Some(at_best), 0) >= worst
    }

    /// Works out where the words were found.
    fn hit(&self, rank: Rank, probes: &[Probe<'_>]) -> Option<Hit> {
        let entry = rank.entry();
        let (name, words) = (self.index.names.get(entry), self.index.words(entry));
        let mut marks = Vec::new();
        let mut worst: Option<(&Probe<'_>, Judgement)> = None;
        for probe in probes {
            let judgement = probe.judge(entry, Class::Typos)?;
            // What an everyday word was found by may stand in the name as well.
            if matches!(judgement.field, Where::Name | Where::Words) {
                marks.extend(probe.marks(name, judgement.class));
            }
            if worst.is_none_or(|(_, other)| other.class < judgement.class) {
                worst = Some((probe, judgement));
            }
        }
        marks.sort_unstable();
        marks.dedup();
        let (probe, judgement) = worst?;
        let matched = match judgement.field {
            Where::Name => Matched::Name,
            Where::Words => {
                let field = probe.field(words, judgement);
                Matched::Alias { text: self.index.glyphs.spell(field), marks: probe.marks(field, judgement.class) }
            }
            Where::Department => Matched::Department,
            Where::Code => Matched::Code,
        };
        Some(Hit { entry, score: rank.score(), class: Some(judgement.class), marks, matched })
    }
}

/// How well an entry matches every word: as well as the worst of them.
#[inline]
fn judge(probes: &[Probe<'_>], entry: usize, worst: Class) -> Option<Judgement> {
    let mut all: Option<Judgement> = None;
    for probe in probes {
        let judgement = probe.judge(entry, worst)?;
        all = Some(all.map_or(judgement, |all| all.and(judgement)));
    }
    all
}

/// The words of a query; of a code that is typed in groups, one.
fn words(query: &str) -> Vec<Pattern> {
    let joined: String = query.split_whitespace().collect();
    let is_code = joined.len() >= SHORTEST_GROUPED_CODE && joined.bytes().all(|byte| byte.is_ascii_digit());
    if is_code || (joined.len() == CODE && joined.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return Pattern::words(&joined);
    }
    Pattern::words(query)
}

#[cfg(test)]
mod tests;
