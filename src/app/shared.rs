//! What all screens share: the desk, the catalogue, the language, the keys.

use std::collections::{BTreeSet, HashMap};
use std::mem::Discriminant;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::effect::{CatalogueData, Effect, Generation, Reply};
use super::shortcuts::Shortcuts;
use crate::api::wire::Domain;
use crate::catalogue::{Catalogue, Habits, Row};
use crate::documents::{self, Paper};
use crate::domain::bundle::Bundle;
use crate::domain::site::Role;
use crate::forms::Form;
use crate::keymap::Keymap;
use crate::locale::Locale;
use crate::sync::LinkState;
use crate::vault::Waiting;

/// What all screens share.
#[derive(Debug)]
pub struct Shared {
    /// The time of the message being handled.
    pub now: Timestamp,
    /// Size of the terminal.
    pub size: Size,
    /// The language.
    pub locale: Arc<Locale>,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// The built-in pages of every intake.
    pub built_in: Arc<BuiltInForms>,
    /// Who works where, and how the link is.
    pub desk: Desk,
    /// The items at hand, once loaded.
    pub catalogue: Option<Arc<Catalogue>>,
    /// What this desk often needs of them.
    pub habits: Arc<Habits>,
    /// What the clerk has at hand of them.
    pub shortcuts: Shortcuts,
    /// Implementation code of the item that is marked to be compared with another.
    pub marked: Option<String>,
    /// The domains to filter by.
    pub domains: Vec<Domain>,
    /// The bundles (一件事).
    pub bundles: Vec<Bundle>,
    /// The catalogue comes from the cache.
    pub catalogue_cached: bool,
    /// Entries of the catalogue that are here, and all there are, while it is brought up to date.
    pub catalogue_progress: Option<(u64, u64)>,
    /// Why there is no catalogue, when there is none.
    pub catalogue_trouble: Option<String>,
    /// What the status line says until the next key.
    pub note: Option<Note>,
    /// The screen locks after this long without a key; `None`: never.
    pub lock_after: Option<SignedDuration>,
    /// How long, and how much, a desk may work without the backend.
    pub offline_limits: OfflineLimits,
    /// What documents are printed on.
    pub paper: Paper,
    /// Ids for new drafts, minted outside: the core has no randomness.
    pub fresh_ids: fn(Timestamp) -> uuid::Uuid,
    generation: u64,
    wanted: BTreeSet<u64>,
    /// The last question that was answered, by the kind of answer.
    answered: HashMap<Discriminant<Reply>, u64>,
}

/// Columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Who works where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desk {
    /// A practice room: nothing here is real.
    pub practice: bool,
    /// Another session has the vault: the clerk may look, not change.
    pub read_only: bool,
    /// Site id.
    pub site: String,
    /// Name of the site.
    pub site_name: String,
    /// Area code of the site; empty while unknown.
    pub area: String,
    /// The window.
    pub window: String,
    /// Sign-in name of the clerk.
    pub clerk: String,
    /// Name of the clerk on receipts.
    pub clerk_name: String,
    /// The way to the backend.
    pub link: LinkState,
    /// When the backend was last heard.
    pub last_contact: Option<Timestamp>,
    /// How far the backend's clock is ahead of this machine's, when that is worth a word.
    pub skew: Option<SignedDuration>,
    /// Nothing is sent before this time.
    pub resting_until: Option<Timestamp>,
    /// Requests that wait to be sent.
    pub waiting: Waiting,
}

/// How long, and how much, a desk may work without the backend; `None`: without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfflineLimits {
    /// Days that the oldest request may wait.
    pub days: Option<u16>,
    /// Requests that may wait.
    pub records: Option<u32>,
}

/// How a desk stands with its [`OfflineLimits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Far from them.
    Ample,
    /// A fifth, or a day, is left.
    Short,
    /// Nothing more may be submitted before something is sent.
    Over,
}

impl OfflineLimits {
    /// How a desk stands with what waits.
    pub fn allowance(self, waiting: Waiting, now: Timestamp) -> Allowance {
        let days = waiting.since.map_or(0, |since| now.duration_since(since).as_hours() / 24);
        let (most, limit) = (u64::from(self.records.unwrap_or(u32::MAX)), i64::from(self.days.unwrap_or(u16::MAX)));
        if waiting.count == 0 {
            Allowance::Ample
        } else if waiting.count >= most || days >= limit {
            Allowance::Over
        } else if waiting.count >= most - most / 5 || days + 1 >= limit {
            Allowance::Short
        } else {
            Allowance::Ample
        }
    }
}

/// A sentence in the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// How a note is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It did not.
    Error,
}

/// The built-in pages of every intake (`config/forms`).
#[derive(Debug)]
pub struct BuiltInForms {
    /// 申请人
    pub applicant: Arc<Form>,
    /// 代办人
    pub agent: Arc<Form>,
    /// 送达
    pub delivery: Arc<Form>,
}

impl Shared {
    /// The state at start.
    pub fn new(
        now: Timestamp,
        locale: Arc<Locale>,
        keymap: Arc<Keymap>,
        built_in: Arc<BuiltInForms>,
        paper: Paper,
        fresh_ids: fn(Timestamp) -> uuid::Uuid,
    ) -> Self {
        Self {
            now,
            size: Size { columns: 80, rows: 24 },
            locale,
            keymap,
            built_in,
            desk: Desk::default(),
            catalogue: None,
            habits: Arc::default(),
            shortcuts: Shortcuts::default(),
            marked: None,
            domains: Vec::new(),
            bundles: Vec::new(),
            catalogue_cached: false,
            catalogue_progress: None,
            catalogue_trouble: None,
            note: None,
            lock_after: None,
            offline_limits: OfflineLimits::default(),
            paper,
            fresh_ids,
            generation: 0,
            wanted: BTreeSet::new(),
            answered: HashMap::new(),
        }
    }

    /// The day at the counter: Beijing time.
    pub fn today(&self) -> Date {
        local(self.now).date()
    }

    /// Number of a new question.
    pub fn ask(&mut self) -> Generation {
        self.generation += 1;
        self.wanted.insert(self.generation);
        Generation(self.generation)
    }

    /// Whether somebody wants this answer; asked once. An answer that comes after one to a later question of its kind is stale.
    pub(super) fn is_wanted(&mut self, generation: Generation, kind: Discriminant<Reply>) -> bool {
        let answered = self.answered.entry(kind).or_default();
        let newest = *answered < generation.0;
        *answered = (*answered).max(generation.0);
        self.wanted.remove(&generation.0) && newest
    }

    /// Notes a success in the status line.
    pub fn good(&mut self, key: &str) {
        self.note = Some(Note { text: self.locale.text(key), tone: Tone::Good });
    }

    /// Notes a failure in the status line.
    pub fn bad(&mut self, key: &str) {
        self.note = Some(Note { text: self.locale.text(key), tone: Tone::Error });
    }

    /// The screen as a paper of this many columns.
    pub const fn screen_paper(&self, width: usize) -> Paper {
        Paper { width, ascii: self.paper.ascii }
    }

    /// Changes what the clerk has at hand; gives what keeps it, when there is something to keep.
    pub(super) fn with_shortcuts(&mut self, change: impl FnOnce(&mut Shortcuts)) -> Option<Effect> {
        let before = self.shortcuts.kept().clone();
        change(&mut self.shortcuts);
        self.habits = self.catalogue.as_ref().map_or_else(Arc::default, |it| Arc::new(self.shortcuts.habits(it)));
        let kept = self.shortcuts.kept();
        (*kept != before && !self.desk.read_only).then(|| Effect::KeepShortcuts(kept.clone()))
    }

    /// Marks an item as a favourite, or takes the mark away, and says so.
    pub(super) fn toggle_favourite(&mut self, code: &str) -> Option<Effect> {
        if self.desk.read_only {
            self.bad("trouble-read-only");
            return None;
        }
        let kept = self.with_shortcuts(|shortcuts| shortcuts.toggle(code));
        self.good(if self.shortcuts.is_favourite(code) { "favourite-marked" } else { "favourite-unmarked" });
        kept
    }

    /// An item as the catalogue that the desk has now lists it. Looks through all of it: nothing to be done for every frame.
    pub(super) fn row_of(&self, code: &str) -> Option<Row> {
        let catalogue = self.catalogue.as_ref()?;
        catalogue.row(catalogue.find(code)?)
    }

    /// In which way this site takes an item, as a sentence on paper: where another body concludes it.
    pub(super) fn mode_on_paper(&self, code: &str) -> Option<String> {
        let row = self.row_of(code)?;
        let role = row.role.filter(|role| *role != Role::Direct);
        documents::mode(role, &row.department, &self.locale)
    }

    pub(super) fn set_catalogue(&mut self, data: CatalogueData) {
        self.habits = Arc::new(self.shortcuts.habits(&data.catalogue));
        self.catalogue = Some(Arc::new(data.catalogue));
        self.domains = data.domains;
        self.bundles = data.bundles;
        self.catalogue_trouble = None;
    }
}

/// A moment as the counter's clock shows it. China has one time zone, UTC+8, without summer time.
pub fn local(at: Timestamp) -> jiff::civil::DateTime {
    Offset::constant(8).to_datetime(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_is_warned_before_its_limits() {
        let now: Timestamp = "2026-11-23T02:30:00Z".parse().unwrap();
        let limits = OfflineLimits { days: Some(7), records: Some(100) };
        let stands = |count, hours| {
            let since = Some(now - SignedDuration::from_hours(hours));
            limits.allowance(Waiting { count, since }, now)
        };
        assert_eq!(
            (stands(79, 1), stands(80, 1), stands(100, 1)),
            (Allowance::Ample, Allowance::Short, Allowance::Over)
        );
        assert_eq!(
            (stands(1, 143), stands(1, 144), stands(1, 168)),
            (Allowance::Ample, Allowance::Short, Allowance::Over)
        );
        assert_eq!(limits.allowance(Waiting { count: 0, since: None }, now), Allowance::Ample);
        let none = OfflineLimits::default();
        assert_eq!(
            none.allowance(Waiting { count: 1_000_000, since: Some(now - SignedDuration::from_hours(99_999)) }, now),
            Allowance::Ample
        );
    }
}
