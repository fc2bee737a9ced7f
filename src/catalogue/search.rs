//! [`Catalogue`]: the items at hand, found by Chinese, pinyin, initials or code.
//!
//! A query is words between blanks; an entry must match every one of them, each anywhere in its name, its everyday words, its department or its
//! codes. The search is generous by degrees: only while few entries are found does it forgive gaps, homophones, and at last slips.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::image;
use super::index::{Builder, Index, Kind};
use super::letters::{clear, is_set, ones, set};
use super::line::Place;
use super::pattern::Pattern;
use super::probe::{Generosity, Judgement, Probe, SLIP_COST, Where};
use super::question::{Answer, Class, Filter, Hit, Matched, Question, Row};
use super::synonyms::Synonyms;
use super::top::{Merits, Rank, Top};
use crate::domain::item::{Item, Validity};
use crate::domain::site::Admission;

/// An item and what the clerk's site does for it, as the backend serves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// The item.
    pub item: Arc<Item>,
    /// Whether and how it is done here, and where else.
    pub admission: Admission,
}

/// The items at hand, indexed. Items themselves are not kept: some seventy bytes of each are.
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

/// How many blocks of 64 entries are looked at before it is asked whether that was enough.
const STRIDE: usize = 64;

/// The most hits when slips are forgiven.
const MOST_SLIPS: usize = 100;

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
            domain: self.index.shared.domain(kind),
            offered: self.index.offered(entry),
            role: kind.role,
            elsewhere: self.index.shared.elsewhere(kind),
            project_type: kind.project_type,
            promised_limit: kind.promised_limit,
        })
    }

    fn department(&self, kind: &Kind) -> String {
        self.index.glyphs.spell(self.index.departments.get(kind.department as usize))
    }

    /// The entry with an implementation code (实施编码) or catalogue code (基本编码). Letters may be small; blanks around are dropped. When
    /// several have it (one catalogue code with several bodies), the first in the order of lists.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.index.codes.find(code.trim(), self.index.listed.iter()).filter(|_| !code.trim().is_empty())
    }

    /// The entries with any of these implementation codes, in order, each with its code's place among them.
    pub(super) fn find_all(&self, codes: &[&str]) -> Vec<(usize, usize)> {
        self.index.codes.find_all(codes)
    }

    /// The departments present, by name, in the order of the items.
    pub fn departments(&self) -> Vec<String> {
        self.index.departments.iter().map(|name| self.index.glyphs.spell(name)).collect()
    }

    /// The best `limit` entries that pass the filter and match every one of the query's words; all that pass when there is no word.
    pub fn search(&self, query: &str, filter: &Filter, limit: usize) -> Vec<Hit> {
        let (query, filter) = (query.to_owned(), filter.clone());
        self.answer(&Question { query, filter, limit, ..Question::default() }, usize::MAX).hits
    }

    /// Answers a question. What matches as it was typed is found whatever it takes once there is any; to find none, and what is forgiven, takes
    /// at most this much effort, about one for each entry that has to be looked at; `usize::MAX` for a whole answer.
    pub fn answer(&self, question: &Question, effort: usize) -> Answer {
        let passing = self.passing(&question.filter);
        let words = words(&question.query);
        if words.is_empty() {
            return Answer { hits: self.list(question, passing.as_deref()), complete: true };
        }
        let mut effort = effort;
        let mut probes: Vec<Probe<'_>> = words.into_iter().map(|word| Probe::new(&self.index, word)).collect();
        let (mut ranks, mut complete) = (Vec::new(), true);
        for generosity in [Generosity::Exact, Generosity::Plain, Generosity::Wide, Generosity::Slip] {
            if generosity == Generosity::Wide && probes.iter().all(|probe| !probe.has_homophones()) {
                continue;
            }
            // With slips forgiven, names and everyday words of most entries are read.
            let reading = if generosity == Generosity::Slip { probes.len() * self.len() * SLIP_COST } else { 0 };
            let left = effort.checked_sub(reading);
            let found = left.and_then(|left| {
                effort = left;
                probes.iter_mut().for_each(|probe| probe.be(generosity));
                self.rank(&probes, generosity, question, passing.as_deref(), &mut effort)
            });
            complete = found.is_some();
            let Some(found) = found else { break };
            ranks = found;
            // What is found more generously ranks lower.
            let enough = if generosity == Generosity::Exact { question.limit } else { FEW.min(question.limit) };
            if ranks.len() >= enough {
                break;
            }
        }
        Answer { hits: ranks.into_iter().filter_map(|rank| self.hit(rank, &probes)).collect(), complete }
    }

    /// A bit for each kind: whether its entries pass; `None`: all do.
    fn passing(&self, filter: &Filter) -> Option<Vec<u64>> {
        if *filter == Filter::default() {
            return None;
        }
        let shared = &self.index.shared;
        let mut passing = vec![0; shared.kinds.len().div_ceil(64)];
        let kinds = shared.kinds.iter().enumerate();
        let passes = kinds.filter(|(_, kind)| filter.passes(kind, shared, &self.department(kind)));
        passes.for_each(|(kind, _)| set(&mut passing, kind));
        Some(passing)
    }

    fn list(&self, question: &Question, passing: Option<&[u64]>) -> Vec<Hit> {
        let mut used: Vec<Rank> = Vec::new();
        for (entry, uses) in question.habits.iter().filter(|(entry, _)| self.passes(*entry, passing)) {
            used.push(self.rank_of(entry, None, uses, question.day));
        }
        used.sort_unstable();
        let is_used = |entry: &usize| used.iter().any(|rank| rank.entry() == *entry);
        let unused = self.index.listed.iter().filter(|entry| self.passes(*entry, passing) && !is_used(entry));
        let unused = unused.map(|entry| self.rank_of(entry, None, 0, question.day));
        let (mut ranks, mut closed) = (Vec::new(), Vec::new());
        for rank in used.iter().copied().chain(unused) {
            let part = if rank.is_closed() { &mut closed } else { &mut ranks };
            if part.len() < question.limit {
                part.push(rank);
            } else if !rank.is_closed() {
                break;
            }
        }
        ranks.append(&mut closed);
        let hit = |rank: Rank| {
            let (entry, score) = (rank.entry(), rank.score());
            Hit { entry, score, class: None, marks: Vec::new(), matched: Matched::All }
        };
        ranks.into_iter().take(question.limit).map(hit).collect()
    }

    #[inline]
    fn passes(&self, entry: usize, passing: Option<&[u64]>) -> bool {
        let Some(passing) = passing else { return true };
        self.index.kind_of.get(entry).is_some_and(|kind| is_set(passing, kind))
    }

    #[inline]
    fn rank_of(&self, entry: usize, judgement: Option<Judgement>, uses: u64, day: Option<Date>) -> Rank {
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
                closed: day.is_some_and(|day| self.index.offered(entry).validity(day) != Validity::InForce),
            },
        )
    }

    /// The ranks of the best entries that match every word, in order; `None` when the effort does not suffice.
    fn rank(
        &self,
        probes: &[Probe<'_>],
        generosity: Generosity,
        question: &Question,
        passing: Option<&[u64]>,
        effort: &mut usize,
    ) -> Option<Vec<Rank>> {
        // What is forgiven so much is shown for want of better.
        let limit = if generosity == Generosity::Slip { question.limit.min(MOST_SLIPS) } else { question.limit };
        let mut top = Top::new(limit);
        // What is used often may rank higher than its place in the index.
        for (entry, uses) in question.habits.iter().filter(|(entry, _)| self.passes(*entry, passing)) {
            if let Some(judgement) = judge(probes, entry, None) {
                top.push(self.rank_of(entry, Some(judgement), uses, question.day));
            }
        }
        let all = self.index.names.columns().blocks();
        // Between, it is known before how much is to be looked at; it is done as a whole or not at all.
        let stride = match generosity {
            Generosity::Exact | Generosity::Slip => STRIDE,
            Generosity::Plain | Generosity::Wide => all.max(1),
        };
        // What is typed right is often found often: the search stops when nothing further on can be better.
        for start in (0..all).step_by(stride) {
            if top.bound() == Some(Class::Exact) {
                break;
            }
            let blocks = start..all.min(start + stride);
            let entries = self.candidates(probes, question, passing, &blocks, top.bound());
            let has_to_pay = match generosity {
                // What is found is worth it.
                Generosity::Exact => top.is_empty(),
                Generosity::Plain | Generosity::Wide => true,
                Generosity::Slip => false,
            };
            if has_to_pay {
                let count: u32 = entries.iter().map(|block| block.count_ones()).sum();
                *effort = effort.checked_sub(count as usize * probes.len())?;
            }
            for entry in ones(&entries).map(|at| start * 64 + at) {
                if let Some(judgement) = judge(probes, entry, top.bound()) {
                    top.push(self.rank_of(entry, Some(judgement), 0, question.day));
                }
            }
        }
        Some(top.into_sorted())
    }

    /// In some blocks, a bit for each entry that may match every word, better than a class, passes, and is not looked at already.
    fn candidates(
        &self,
        probes: &[Probe<'_>],
        question: &Question,
        passing: Option<&[u64]>,
        blocks: &Range<usize>,
        bound: Option<Class>,
    ) -> Vec<u64> {
        let mut sifted = probes.iter().map(|probe| probe.sift(blocks, bound));
        let mut entries = sifted.next().unwrap_or_default();
        for more in sifted {
            entries.iter_mut().zip(&more).for_each(|(all, more)| *all &= more);
        }
        for (entry, _) in question.habits.within(blocks.start * 64..blocks.end * 64) {
            clear(&mut entries, entry - blocks.start * 64);
        }
        if passing.is_some() {
            let failing: Vec<usize> =
                ones(&entries).filter(|at| !self.passes(blocks.start * 64 + at, passing)).collect();
            failing.into_iter().for_each(|at| clear(&mut entries, at));
        }
        entries
    }

    /// Works out where the words were found.
    fn hit(&self, rank: Rank, probes: &[Probe<'_>]) -> Option<Hit> {
        let entry = rank.entry();
        let (name, words) = (self.index.names.get(entry), self.index.words(entry));
        let mut marks = Vec::new();
        let mut worst: Option<(&Probe<'_>, Judgement)> = None;
        for probe in probes {
            let judgement = probe.judge(entry, None)?;
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
fn judge(probes: &[Probe<'_>], entry: usize, bound: Option<Class>) -> Option<Judgement> {
    let mut all: Option<Judgement> = None;
    for probe in probes {
        let judgement = probe.judge(entry, bound)?;
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
