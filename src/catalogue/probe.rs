//! One word of a query against the entries: which are worth a look, how well each matches, where, and by which characters.

use super::codes::Wanted;
use super::index::{Index, Kind};
use super::letters::{self, Need, ones};
use super::line::{Found, Place};
use super::pattern::{Degree, Pattern};
use super::question::Class;
use super::table::Table;
use super::texts::{Texts, fields};

/// The shortest word of letters, and of Chinese, whose characters may stand apart.
const SHORTEST_SCATTERED: (usize, usize) = (4, 3);

/// The same within the name of a department, where short names come about so: 残联 for 残疾人联合会.
const SHORTEST_SHORT_NAME: (usize, usize) = (3, 2);

/// What looking at an entry for a word with slips forgiven costs, in looks for the plainest word.
pub(super) const SLIP_COST: usize = 4;
/// The shortest word of letters, and of Chinese, in which one slip is forgiven, and two.
const SHORTEST_SLIPPED: [(usize, usize); 2] = [(4, 4), (9, 6)];

/// The shortest word of Chinese of which parts suffice, and how much of it, in 255ths.
const SHORTEST_IN_PARTS: usize = 3;
const ENOUGH: u8 = 102;

/// The shortest part of a code that is looked up.
const SHORTEST_CODE: usize = 4;

/// How much is forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generosity {
    /// Nothing.
    Exact,
    /// Confused sounds.
    Plain,
    /// Homophones.
    Wide,
    /// Gaps, slips, parts of a word.
    Slip,
}

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Name,
    /// In the everyday words of the entry.
    Words,
    Department,
    Code,
}

/// What a word makes of an entry, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    /// How well it matches.
    pub(super) class: Class,
    /// Where in the field.
    pub(super) place: Place,
    /// How much of the word is missing, in 255ths.
    pub(super) missing: u8,
    /// In which field.
    pub(super) field: Where,
}

impl Judgement {
    const fn new(class: Class, place: Place, field: Where) -> Self {
        Self { class, place, missing: 0, field }
    }

    /// What both together are: as good as the worse.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            class: self.class.max(other.class),
            place: self.place.max(other.place),
            missing: self.missing.max(other.missing),
            field: self.field,
        }
    }

    /// The better of two.
    fn or(self, other: Option<Self>) -> Self {
        let rank = |judgement: &Self| (judgement.class, judgement.place, judgement.missing);
        other.filter(|other| rank(other) < rank(&self)).unwrap_or(self)
    }
}

/// One word, made ready for the index.
pub(super) struct Probe<'a> {
    index: &'a Index,
    word: Pattern,
    generosity: Generosity,
    exact: Table<'a>,
    sound: Option<Table<'a>>,
    homophone: Option<Table<'a>>,
    slips: Option<Table<'a>>,
    /// How many slips are forgiven.
    forgiven: usize,
    code: Option<Wanted>,
    /// For each set of everyday words what the word makes of it; empty until asked for.
    words: Vec<Option<Judgement>>,
    /// For each kind whether the word is in its department's name; empty until asked for.
    departments: Vec<bool>,
}

impl<'a> Probe<'a> {
    /// A word that nothing is forgiven.
    pub(super) fn new(index: &'a Index, word: Pattern) -> Self {
        Self {
            index,
            generosity: Generosity::Exact,
            exact: Table::new(&index.glyphs, &word, Degree::Exact, 0),
            sound: None,
            homophone: None,
            slips: None,
            forgiven: 0,
            code: word.as_code().filter(|code| code.len() >= SHORTEST_CODE).map(|code| index.codes.wanted(&code)),
            words: Vec::new(),
            departments: Vec::new(),
            word,
        }
    }

    /// The same, more generous.
    pub(super) fn be(&mut self, generosity: Generosity) {
        let (glyphs, word) = (&self.index.glyphs, &self.word);
        self.generosity = generosity;
        if generosity >= Generosity::Plain && self.sound.is_none() {
            self.sound = Some(Table::new(glyphs, word, Degree::Sound, 0));
        }
        if generosity >= Generosity::Wide && self.has_homophones() && self.homophone.is_none() {
            self.homophone = Some(Table::new(glyphs, word, Degree::Homophone, 0));
        }
        if generosity >= Generosity::Slip {
            // A slip in a code is another code.
            let is_code = self.code.is_some() && word.is_mostly_digits();
            let lengths = SHORTEST_SLIPPED.iter().filter(|_| !is_code);
            self.forgiven = lengths.filter(|shortest| has_length(word, **shortest)).count();
            self.slips = (self.forgiven > 0).then(|| Table::new(glyphs, word, Degree::Sound, self.forgiven));
        }
        self.words = Vec::new();
        self.departments = Vec::new();
    }

    /// How much looking at one entry costs, in looks for the plainest word.
    pub(super) fn cost(&self) -> usize {
        if self.slips.is_some() { SLIP_COST } else { 1 }
    }

    /// The most generous table in use: nothing matches that it does not reach, but for gaps, slips and parts.
    fn widest(&self) -> &Table<'a> {
        self.homophone.as_ref().or(self.sound.as_ref()).unwrap_or(&self.exact)
    }

    fn is_scattered(&self) -> bool {
        self.generosity >= Generosity::Slip && has_length(&self.word, SHORTEST_SCATTERED)
    }

    fn is_in_parts(&self) -> bool {
        self.generosity >= Generosity::Slip && self.word.is_chinese() && self.word.len() >= SHORTEST_IN_PARTS
    }

    /// A bit for each text that may match.
    fn worth_reading(&self, texts: &Texts) -> Vec<u64> {
        let columns = texts.columns();
        match &self.slips {
            _ if self.is_in_parts() => columns.with_all(&[]),
            Some(slips) => columns.with_most(slips.needs(), self.forgiven),
            None if self.is_scattered() => columns.with_all(&apart(self.widest().needs())),
            None => columns.with_all(self.widest().needs()),
        }
    }

    /// A bit for each entry whose name may match.
    pub(super) fn names(&self) -> Vec<u64> {
        self.worth_reading(&self.index.names)
    }

    /// Whether characters of the same sound stand for some of its own.
    pub(super) fn has_homophones(&self) -> bool {
        self.word.len() > 1 && !self.word.is_letters()
    }

    /// Whether nothing is forgiven.
    pub(super) fn is_exact(&self) -> bool {
        self.generosity == Generosity::Exact
    }

    /// Whether it may be a code.
    pub(super) const fn has_code(&self) -> bool {
        self.code.is_some()
    }

    /// A bit for each entry that may match, by its name or otherwise.
    pub(super) fn entries(&mut self) -> Vec<u64> {
        let index = self.index;
        let mut words = vec![None; index.words.len()];
        let mut sets = vec![0; index.words.len().div_ceil(64)];
        for set in ones(&self.worth_reading(&index.words)) {
            let judgement = self.judge_words(index.words.get(set));
            if let (Some(place), Some(_)) = (words.get_mut(set), judgement) {
                *place = judgement;
                letters::set(&mut sets, set);
            }
        }
        self.words = words;
        if let Some(sound) = &self.sound {
            let short = has_length(&self.word, SHORTEST_SHORT_NAME);
            let mut in_name = vec![false; index.departments.len()];
            for department in ones(&index.departments.columns().with_all(&apart(sound.needs()))) {
                let name = index.departments.get(department);
                if let Some(found) = in_name.get_mut(department) {
                    *found = sound.reaches(name) || (short && self.exact.scatters(name));
                }
            }
            let found = |kind: &Kind| in_name.get(kind.department).is_some_and(|found| *found);
            self.departments = index.kinds.iter().map(found).collect();
        }
        let mut entries = self.names();
        if sets.iter().any(|block| *block != 0) {
            mark(&mut entries, &index.words_of, &sets);
        }
        if self.departments.contains(&true) {
            let mut kinds = vec![0; index.kinds.len().div_ceil(64)];
            let found = self.departments.iter().enumerate().filter(|(_, found)| **found);
            found.for_each(|(kind, _)| letters::set(&mut kinds, kind));
            mark(&mut entries, &index.kind_of, &kinds);
        }
        if let Some(code) = &self.code {
            index.codes.matching(code).for_each(|(entry, _)| letters::set(&mut entries, entry));
        }
        entries
    }

    /// How well the word matches an entry, and where; the best way counts. What is worse than `worst` need not be found.
    #[inline]
    pub(super) fn judge(&self, entry: usize, worst: Class) -> Option<Judgement> {
        let best = self.judge_name(entry, worst);
        // Nothing else is better than the beginning of a name, but a whole code.
        if self.code.is_none() && (worst <= Class::Prefix || best.is_some_and(|best| best.class <= Class::Prefix)) {
            return best;
        }
        let code = self.code.as_ref().and_then(|code| self.index.codes.class(code, entry));
        let code = code.map(|class| Judgement::new(class, Place::Whole, Where::Code));
        [code, self.by_words(entry), self.by_department(entry)]
            .into_iter()
            .flatten()
            .fold(best, |best, other| Some(other.or(best)))
    }

    /// By everyday words, which are no better than the beginning of a name.
    #[inline]
    fn by_words(&self, entry: usize) -> Option<Judgement> {
        let set = *self.index.words_of.get(entry)? as usize;
        match self.words.as_slice() {
            [] => self.judge_words(self.index.words.get(set)),
            words => *words.get(set)?,
        }
    }

    /// The best that an entry can be by what is not read yet, when it does not begin with the word.
    #[inline]
    pub(super) fn at_best(&self, entry: usize) -> Class {
        let words = self.by_words(entry).map_or(Class::Typos, |words| words.class);
        let broken = self.code.is_some() || self.index.names.columns().has_break(entry);
        words.min(if broken { Class::Word } else { Class::Substring })
    }

    fn by_department(&self, entry: usize) -> Option<Judgement> {
        let kind = *self.index.kind_of.get(entry)? as usize;
        let found = self.departments.get(kind).is_some_and(|found| *found);
        found.then(|| Judgement::new(Class::Department, Place::Inside, Where::Department))
    }

    #[inline]
    fn judge_name(&self, entry: usize, worst: Class) -> Option<Judgement> {
        let name = self.index.names.get(entry);
        match self.exact.begins(name) {
            Some(Place::Whole) => Some(Judgement::new(Class::Exact, Place::Whole, Where::Name)),
            Some(place) => Some(Judgement::new(Class::Prefix, place, Where::Name)),
            None if worst <= Class::Prefix => None,
            None => self.judge_inside(entry, name),
        }
    }

    fn judge_inside(&self, entry: usize, name: &[u16]) -> Option<Judgement> {
        if self.widest().reaches(name) {
            if self.exact.reaches(name) {
                let broken = self.index.names.columns().has_break(entry);
                let word = broken && self.exact.locate(name).is_some_and(|found| found.place == Place::Word);
                let (class, place) = if word { (Class::Word, Place::Word) } else { (Class::Substring, Place::Inside) };
                return Some(Judgement::new(class, place, Where::Name));
            }
            return self.judge_sounds(name, Where::Name);
        }
        self.judge_loosely(name, Where::Name)
    }

    /// A set of everyday words.
    fn judge_words(&self, words: &[u16]) -> Option<Judgement> {
        if words.is_empty() {
            return None;
        }
        if self.widest().reaches(words) {
            let best = fields(words).filter_map(|field| self.exact.locate(field)).map(|found| found.place).min();
            return match best {
                Some(Place::Whole) => Some(Judgement::new(Class::WholeAlias, Place::Whole, Where::Words)),
                Some(place) => Some(Judgement::new(Class::Alias, place, Where::Words)),
                None => self.judge_sounds(words, Where::Words),
            };
        }
        self.judge_loosely(words, Where::Words)
    }

    /// By sounds: confused ones, then homophones.
    fn judge_sounds(&self, text: &[u16], at: Where) -> Option<Judgement> {
        let best =
            |table: &Table<'_>| fields(text).filter_map(|field| table.locate(field)).map(|found| found.place).min();
        let sound = self.sound.as_ref().and_then(best).map(|place| Judgement::new(Class::Sound, place, at));
        sound
            .or_else(|| self.homophone.as_ref().and_then(best).map(|place| Judgement::new(Class::Scattered, place, at)))
    }

    /// With gaps, slips, in parts.
    fn judge_loosely(&self, text: &[u16], at: Where) -> Option<Judgement> {
        if self.is_scattered() && at == Where::Name && self.exact.scatters(text) {
            return Some(Judgement::new(Class::Scattered, Place::Inside, at));
        }
        let slips = self.slips.as_ref().and_then(|slips| slips.slips_to(text));
        let slipped =
            slips.map(|slips| Judgement::new(if slips > 1 { Class::Typos } else { Class::Typo }, Place::Inside, at));
        if !self.is_in_parts() || slips == Some(1) {
            return slipped;
        }
        let mut parts = self.widest().parts(text);
        if at == Where::Words && fields(text).any(|field| self.exact.holds(field)) {
            // What the clerk typed holds an everyday word: as good as half of it.
            parts = parts.max(ENOUGH);
        }
        let in_parts = (parts >= ENOUGH)
            .then(|| Judgement { missing: u8::MAX - parts, ..Judgement::new(Class::Parts, Place::Inside, at) });
        in_parts.map(|parts| parts.or(slipped)).or(slipped)
    }

    /// The characters of a field that matched.
    pub(super) fn marks(&self, field: &[u16], class: Class) -> Vec<usize> {
        let found: Option<Found> = match class {
            Class::Sound => self.sound.as_ref().and_then(|sound| sound.locate(field)),
            Class::Scattered => {
                let homophone = self.homophone.as_ref().and_then(|homophone| homophone.locate(field));
                if homophone.is_none() {
                    return self.exact.scatter(field).unwrap_or_default();
                }
                homophone
            }
            Class::Typo | Class::Typos => self.slips.as_ref().and_then(|slips| slips.locate_slip(field)),
            Class::Parts => return self.widest().shared(field),
            _ => self.exact.locate(field),
        };
        let marked = found.map_or(0..0, |Found { start, end, .. }| start..end);
        marked.filter(|at| field.get(*at).is_some_and(|number| !self.index.is_mark(*number))).collect()
    }

    /// The field of a set of everyday words in which a word of this class stands.
    pub(super) fn field<'t>(&self, words: &'t [u16], judgement: Judgement) -> &'t [u16] {
        let table = match judgement.class {
            Class::WholeAlias | Class::Alias => &self.exact,
            Class::Sound => self.sound.as_ref().unwrap_or(&self.exact),
            _ => self.widest(),
        };
        let loosely = |field: &&[u16]| match judgement.class {
            Class::Typo | Class::Typos => self.slips.as_ref().is_some_and(|slips| slips.slips_to(field).is_some()),
            _ => false,
        };
        fields(words)
            .find(|field| table.locate(field).is_some_and(|found| found.place == judgement.place))
            .or_else(|| fields(words).find(loosely))
            .or_else(|| fields(words).max_by_key(|field| table.parts(field)))
            .unwrap_or_default()
    }
}

/// Sets the bit of each entry whose number, in `of`, has its bit set in `wanted`.
fn mark(entries: &mut [u64], of: &[u32], wanted: &[u64]) {
    for (block, numbers) in entries.iter_mut().zip(of.chunks(64)) {
        for (bit, number) in numbers.iter().enumerate() {
            let bits = wanted.get((number / 64) as usize).copied().unwrap_or(0);
            *block |= (bits >> (number % 64) & 1) << bit;
        }
    }
}

/// What a text must have even when the characters may stand apart.
fn apart(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !matches!(need, Need::Pair(_))).collect()
}

fn has_length(word: &Pattern, (letters, chinese): (usize, usize)) -> bool {
    word.len() >= if word.is_letters() { letters } else { chinese }
}
