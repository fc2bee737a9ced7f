//! What is asked of the catalogue, and the words of its answer.

use std::sync::Arc;

use jiff::civil::Date;

use super::habits::Habits;
use super::index::{Kind, Shared};
use crate::domain::item::{Audience, FourWays, Limit, Offered, ProjectType};
use crate::domain::site::Role;

/// Which items a list is about. The default lets everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this domain (领域), by id.
    pub domain: Option<String>,
    /// Only what serves this audience (服务对象).
    pub audience: Option<Audience>,
    /// Only this department (实施主体), by name.
    pub department: Option<String>,
    /// Each way (四办) that is set here must be set on the item.
    pub four_ways: FourWays,
    /// Only what is admitted at the clerk's site (准入).
    pub admitted_only: bool,
}

/// How well an entry matches, the best first. With several search words, how well the worst of them matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The whole name or the whole code.
    Exact,
    /// The beginning of the name.
    Prefix,
    /// A whole everyday word (别名).
    WholeAlias,
    /// The beginning of a part of the name: after a bracket, a stroke, a number.
    Word,
    /// Somewhere in the name.
    Substring,
    /// Somewhere in an everyday word.
    Alias,
    /// Part of a code.
    Code,
    /// By sounds that are easily confused: zh and z, n and l, in and ing.
    Sound,
    /// With other characters between, by characters of the same sound, or the same words in another order.
    Scattered,
    /// In the department's name.
    Department,
    /// One slip of the finger away.
    Typo,
    /// In parts: enough of its characters, some of them together.
    Parts,
    /// Two slips away.
    Typos,
}

impl Class {
    pub(super) const ALL: [Self; 13] = [
        Self::Exact,
        Self::Prefix,
        Self::WholeAlias,
        Self::Word,
        Self::Substring,
        Self::Alias,
        Self::Code,
        Self::Sound,
        Self::Scattered,
        Self::Department,
        Self::Typo,
        Self::Parts,
        Self::Typos,
    ];

    /// Whether matches of it do not differ by where they stand or how much is missing.
    pub(super) const fn is_even(self) -> bool {
        matches!(
            self,
            Self::Exact | Self::Prefix | Self::Word | Self::Substring | Self::Code | Self::Department | Self::Typo
        )
    }

    /// Its share in a score; better classes have more.
    pub const fn score(self) -> u32 {
        100 * (Self::ALL.len() as u32 - self as u32)
    }
}

/// Where the search words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    /// There were none: the whole list.
    All,
    /// In the name.
    Name,
    /// In an everyday word (别名).
    Alias {
        /// The word.
        text: String,
        /// Indices of its characters that matched.
        marks: Vec<usize>,
    },
    /// In the department's name.
    Department,
    /// In a code.
    Code,
}

/// One entry found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Number of the entry, for [`super::Catalogue::row`].
    pub entry: usize,
    /// The higher the better: the class, then whether it is in force, how often this desk uses it, whether it is admitted here.
    pub score: u32,
    /// How well it matches; `None` for an empty query.
    pub class: Option<Class>,
    /// Indices of the characters of the item's name that matched, ascending.
    pub marks: Vec<usize>,
    /// Where the words were found; with several words, where the worst of them was.
    pub matched: Matched,
}

/// What a list shows of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Implementation code (实施编码).
    pub code: String,
    /// Name (事项名称).
    pub name: String,
    /// Name of the implementing department (实施主体).
    pub department: String,
    /// Id of the domain (领域).
    pub domain: Arc<str>,
    /// The days on which it is offered.
    pub offered: Offered,
    /// What the clerk's site does for it. None: not admitted here.
    pub role: Option<Role>,
    /// Name of the nearest other site that takes it.
    pub elsewhere: Option<Arc<str>>,
    /// Decided at once, or within a promised time (办件类型).
    pub project_type: ProjectType,
    /// Promised limit (承诺办结时限).
    pub promised_limit: Option<Limit>,
}

/// What is asked of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// What the clerk typed.
    pub query: String,
    /// Which items it is about.
    pub filter: Filter,
    /// The most hits wanted.
    pub limit: usize,
    /// What this desk often needs.
    pub habits: Arc<Habits>,
    /// The day: what is not offered on it ranks below what is. None: every item counts as offered.
    pub day: Option<Date>,
}

/// What a catalogue has to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The best entries, in order.
    pub hits: Vec<Hit>,
    /// Nothing was left out for want of effort. Otherwise an answer with more effort has these hits first, or, when there are none, others.
    pub complete: bool,
}

impl Filter {
    /// Whether items of a kind pass.
    pub(super) fn passes(&self, kind: &Kind, shared: &Shared, department: &str) -> bool {
        let wanted = self.four_ways;
        self.domain.as_deref().is_none_or(|domain| *domain == *shared.domain(kind))
            && self.department.as_deref().is_none_or(|wanted| wanted == department)
            && self.audience.is_none_or(|audience| shared.audience(kind).contains(&audience))
            && (!wanted.at_once || kind.four_ways.at_once)
            && (!wanted.online || kind.four_ways.online)
            && (!wanted.nearby || kind.four_ways.nearby)
            && (!wanted.once || kind.four_ways.once)
            && (!self.admitted_only || kind.role.is_some())
    }
}
