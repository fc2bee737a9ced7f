//! One word of a query against the entries: which are worth a look, how well each matches, where, and by which characters.

use std::cell::Cell;
use std::ops::Range;

use super::codes::Wanted;
use super::index::Index;
use super::letters::{self, Need, Sieve, is_set, ones};
use super::line::{Found, Place};
use super::narrow::Narrow;
use super::pattern::{Degree, Pattern};
use super::question::Class;
use super::spans::{LONGEST_SLIP, Spans};
use super::table::{Parts, Table};
use super::texts::fields;

/// The shortest word of letters, and of Chinese, whose characters may stand apart.
const SHORTEST_SCATTERED: (usize, usize) = (4, 3);

/// The same within the name of a department, where short names come about so: 残联 for 残疾人联合会.
const SHORTEST_SHORT_NAME: (usize, usize) = (3, 2);

/// What looking at an entry for a word with slips forgiven costs, in looks for the plainest word.
pub(super) const SLIP_COST: usize = 4;
/// The shortest word of letters, and of Chinese, in which one slip is forgiven, and two.
const SHORTEST_SLIPPED: [(usize, usize); 2] = [(4, 4), (9, 6)];

/// The shortest word of Chinese whose own words may stand in another order.
const SHORTEST_REORDERED: usize = 4;

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
    /// Names that may match, and names that may begin with the word.
    names: Sieve,
    begin: Sieve,
    /// Names that may match without a slip and whole.
    faultless: Sieve,
    /// How much of the word a text must hold; only while more than that costs more.
    spans: Option<Spans>,
    /// For each set of everyday words what the word makes of it, once that was asked for: many entries have the same.
    words: Vec<Cell<Option<Option<Judgement>>>>,
    word_sets: WordSets,
    /// A bit for each kind: whether the word is in its department's name.
    kinds: Vec<u64>,
}

/// For each set of everyday words a bit.
#[derive(Default)]
struct WordSets {
    /// Whether the word may be in it.
    any: Vec<u64>,
    /// Whether it is without a slip.
    faultless: Vec<u64>,
    /// Whether it is one of them.
    whole: Vec<u64>,
}

impl WordSets {
    /// Those that may be better than a class.
    fn better_than(&self, bound: Option<Class>) -> &[u64] {
        match bound {
            Some(bound) if bound <= Class::Alias => &self.whole,
            Some(bound) if bound <= Class::Typo => &self.faultless,
            _ => &self.any,
        }
    }
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
            names: Sieve::default(),
            begin: Sieve::default(),
            faultless: Sieve::default(),
            spans: None,
            words: Vec::new(),
            word_sets: WordSets::default(),
            kinds: Vec::new(),
            word,
        }
    }

    /// The same, so generous.
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
            self.spans = Some(self.spans());
        }
        self.names = self.needs();
        self.begin = Sieve::new([self.exact.begin()], 0);
        self.faultless = match generosity {
            Generosity::Slip => Sieve::new(&apart(self.widest().needs()), 0),
            _ => Sieve::new(self.widest().needs(), 0),
        };
        self.find_words();
        self.find_departments();
    }

    fn spans(&self) -> Spans {
        let word = &self.word;
        let length = u32::try_from(word.len()).unwrap_or(u32::MAX);
        // `parts` counts characters once and neighbours twice.
        let fewest = (1..=length).find(|count| (3 * count - 2) * 255 / (3 * length - 2).max(1) >= u32::from(ENOUGH));
        Spans {
            of: self.widest().spans(),
            all: word.end() - 1,
            slip: if word.has_letters() { LONGEST_SLIP } else { 1 },
            forgiven: self.forgiven,
            parts: fewest.filter(|_| self.is_in_parts()),
        }
    }

    /// The same with nothing ruled out before it is looked at.
    #[cfg(test)]
    pub(super) fn unsifted(mut self) -> Self {
        let all = || vec![u64::MAX; self.index.words.columns().blocks()];
        self.word_sets = WordSets { any: all(), faultless: all(), whole: all() };
        let parts = self.is_in_parts().then_some(0);
        self.spans = self.spans.map(|spans| Spans { all: 0, parts, ..spans });
        self
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

    /// What a text must have to match.
    fn needs(&self) -> Sieve {
        match &self.slips {
            _ if self.is_in_parts() => Sieve::default(),
            Some(slips) => Sieve::new(slips.needs(), self.forgiven),
            None if self.is_scattered() => Sieve::new(&apart(self.widest().needs()), 0),
            None => Sieve::new(self.widest().needs(), 0),
        }
    }

    /// Whether characters of the same sound stand for some of its own.
    pub(super) fn has_homophones(&self) -> bool {
        self.word.len() > 1 && !self.word.is_letters()
    }

    /// Looks the word up in the sets of everyday words.
    fn find_words(&mut self) {
        let texts = &self.index.words;
        let columns = texts.columns();
        let mut faultless = columns.sift(&self.faultless, &columns.all());
        let mut whole = vec![0; columns.blocks()];
        for set in ones(&faultless.clone()) {
            let words = texts.get(set);
            if !self.widest().reaches(words) {
                letters::clear(&mut faultless, set);
            } else if fields(words).any(|field| self.exact.begins(field) == Some(Place::Whole)) {
                letters::set(&mut whole, set);
            }
        }
        let loose = self.generosity == Generosity::Slip;
        let any = if loose { columns.sift(&self.names, &columns.all()) } else { faultless.clone() };
        self.word_sets = WordSets { any: either(any, &faultless), faultless, whole };
        self.words = vec![Cell::default(); texts.len()];
    }

    /// Looks the word up in the names of the departments, unless nothing is forgiven.
    fn find_departments(&mut self) {
        let Some(sound) = &self.sound else { return };
        let (index, short) = (self.index, has_length(&self.word, SHORTEST_SHORT_NAME));
        let columns = index.departments.columns();
        let mut found = vec![0; columns.blocks()];
        for department in ones(&columns.sift(&Sieve::new(&apart(sound.needs()), 0), &columns.all())) {
            let name = index.departments.get(department);
            if sound.reaches(name) || (short && self.exact.scatters(name)) {
                letters::set(&mut found, department);
            }
        }
        let kinds = &index.shared.kinds;
        self.kinds = vec![0; kinds.len().div_ceil(64)];
        let kinds = kinds.iter().enumerate().filter(|(_, kind)| is_set(&found, kind.department as usize));
        kinds.for_each(|(kind, _)| letters::set(&mut self.kinds, kind));
    }

    /// Some blocks of a bit for each entry: whether it may match, better than a class.
    pub(super) fn sift(&self, blocks: &Range<usize>, bound: Option<Class>) -> Vec<u64> {
        let index = self.index;
        let is_wanted = |class: Class| bound.is_none_or(|bound| class < bound);
        let columns = index.names.columns();
        let names = if is_wanted(Class::Typo) { &self.names } else { &self.faultless };
        let mut entries = columns.sift(names, blocks);
        if !is_wanted(Class::Substring) {
            let mut begun = columns.sift(&self.begin, blocks);
            if is_wanted(Class::Word) {
                begun = either(begun, columns.with_break(blocks));
            }
            entries.iter_mut().zip(&begun).for_each(|(entries, begun)| *entries &= begun);
        }
        if !is_wanted(Class::Prefix) && index.names.shortest(blocks) > self.word.len() {
            // A longer name is not all of it, but for its marks.
            entries.iter_mut().zip(columns.with_break(blocks)).for_each(|(entries, broken)| *entries &= broken);
        }
        if is_wanted(Class::WholeAlias) {
            mark(&mut entries, &index.words_of, self.word_sets.better_than(bound), blocks);
        }
        if is_wanted(Class::Department) {
            mark(&mut entries, &index.kind_of, &self.kinds, blocks);
        }
        match &self.code {
            Some(code) => either(entries, &index.codes.sift(code, !is_wanted(Class::Code), blocks)),
            None => entries,
        }
    }

    /// How well the word matches an entry, and where; the best way counts. What is no better than a class need not be found.
    #[inline]
    pub(super) fn judge(&self, entry: usize, bound: Option<Class>) -> Option<Judgement> {
        let best = self.judge_name(entry, bound);
        // Nothing else is better than the beginning of a name, but a whole code.
        let beginning = |class: Class| class <= Class::Prefix;
        if self.code.is_none()
            && (bound.is_some_and(|bound| bound <= Class::WholeAlias) || best.is_some_and(|best| beginning(best.class)))
        {
            return best;
        }
        let code = self.code.as_ref().and_then(|code| self.index.codes.class(code, entry));
        let place = |class| if class == Class::Exact { Place::Whole } else { Place::Inside };
        let code = code.map(|class| Judgement::new(class, place(class), Where::Code));
        [code, self.by_words(entry, bound), self.by_department(entry)]
            .into_iter()
            .flatten()
            .fold(best, |best, other| Some(other.or(best)))
    }

    /// By everyday words, which are no better than the beginning of a name.
    fn by_words(&self, entry: usize, bound: Option<Class>) -> Option<Judgement> {
        let set = self.index.words_of.get(entry)?;
        if !is_set(self.word_sets.better_than(bound), set) {
            return None;
        }
        let known = self.words.get(set)?;
        known.get().unwrap_or_else(|| {
            let judgement = self.judge_words(self.index.words.get(set));
            known.set(Some(judgement));
            judgement
        })
    }

    fn by_department(&self, entry: usize) -> Option<Judgement> {
        let found = is_set(&self.kinds, self.index.kind_of.get(entry)?);
        found.then(|| Judgement::new(Class::Department, Place::Inside, Where::Department))
    }

    #[inline]
    fn judge_name(&self, entry: usize, bound: Option<Class>) -> Option<Judgement> {
        let name = self.index.names.get(entry);
        let missing = self.spans.as_ref().map_or(0, |spans| spans.missing(name));
        if missing != 0 {
            let slips = bound.is_none_or(|bound| bound > Class::Typo);
            return if slips { self.judge_loosely(name, Where::Name, missing) } else { None };
        }
        match self.exact.begins(name) {
            Some(Place::Whole) => Some(Judgement::new(Class::Exact, Place::Whole, Where::Name)),
            Some(place) => Some(Judgement::new(Class::Prefix, place, Where::Name)),
            None if bound.is_some_and(|bound| bound <= Class::Word) => None,
            None => self.judge_inside(entry, name, bound),
        }
    }

    fn judge_inside(&self, entry: usize, name: &[u16], bound: Option<Class>) -> Option<Judgement> {
        if self.index.names.columns().has_break(entry) && self.exact.begins_word(name) {
            return Some(Judgement::new(Class::Word, Place::Word, Where::Name));
        }
        if bound.is_some_and(|bound| bound <= Class::Substring) {
            return None;
        }
        if self.exact.reaches(name) {
            return Some(Judgement::new(Class::Substring, Place::Inside, Where::Name));
        }
        if self.generosity > Generosity::Exact && self.widest().reaches(name) {
            let broken = self.index.names.columns().has_break(entry);
            return self.judge_sounds(|table| table.place(name, broken), Where::Name);
        }
        self.judge_loosely(name, Where::Name, 0)
    }

    /// A set of everyday words.
    fn judge_words(&self, words: &[u16]) -> Option<Judgement> {
        if words.is_empty() {
            return None;
        }
        let missing = self.spans.as_ref().map_or(0, |spans| spans.missing(words));
        if missing == 0 && self.widest().reaches(words) {
            let best = fields(words).filter_map(|field| self.exact.locate(field)).map(|found| found.place).min();
            return match best {
                Some(Place::Whole) => Some(Judgement::new(Class::WholeAlias, Place::Whole, Where::Words)),
                Some(place) => Some(Judgement::new(Class::Alias, place, Where::Words)),
                None => {
                    let best = |table: &Table<'_>| {
                        fields(words).filter_map(|field| table.locate(field)).map(|found| found.place).min()
                    };
                    self.judge_sounds(best, Where::Words)
                }
            };
        }
        self.judge_loosely(words, Where::Words, missing)
    }

    /// By sounds: confused ones, then homophones.
    fn judge_sounds(&self, best: impl Fn(&Table<'_>) -> Option<Place>, at: Where) -> Option<Judgement> {
        let sound = self.sound.as_ref().and_then(&best).map(|place| Judgement::new(Class::Sound, place, at));
        sound.or_else(|| {
            self.homophone.as_ref().and_then(&best).map(|place| Judgement::new(Class::Scattered, place, at))
        })
    }

    /// With gaps, slips, in parts; `missing` are the positions that the text lacks.
    fn judge_loosely(&self, text: &[u16], at: Where, missing: u64) -> Option<Judgement> {
        let spans = self.spans.as_ref()?;
        if missing == 0 && self.is_scattered() && at == Where::Name && self.exact.scatters(text) {
            return Some(Judgement::new(Class::Scattered, Place::Inside, at));
        }
        let slips = self.slips.as_ref().filter(|_| spans.can_slip(missing)).and_then(|slips| slips.slips_to(text));
        let slipped =
            slips.map(|slips| Judgement::new(if slips > 1 { Class::Typos } else { Class::Typo }, Place::Inside, at));
        if (slips == Some(1) && missing != 0) || !spans.can_part(missing, at) {
            return slipped;
        }
        let Parts { share: mut parts, in_company } = self.widest().parts(text);
        if in_company && at == Where::Name && self.word.len() >= SHORTEST_REORDERED {
            return Some(Judgement { missing: u8::MAX - parts, ..Judgement::new(Class::Scattered, Place::Inside, at) });
        }
        if slips == Some(1) {
            return slipped;
        }
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
                    return self.exact.scatter(field).unwrap_or_else(|| self.widest().shared(field));
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
            .or_else(|| fields(words).max_by_key(|field| table.parts(field).share))
            .unwrap_or_default()
    }
}

/// In some blocks, sets the bit of each entry whose number, in `of`, has its bit set in `wanted`.
fn mark(entries: &mut [u64], of: &Narrow, wanted: &[u64], blocks: &Range<usize>) {
    if wanted.iter().all(|block| *block == 0) {
        return;
    }
    let first = blocks.start * 64;
    for (block, start) in entries.iter_mut().zip((first..).step_by(64)) {
        of.each(start..start + 64, |at, number| *block |= u64::from(is_set(wanted, number)) << (at % 64));
    }
}

/// The bits that are set in either.
fn either(mut bits: Vec<u64>, more: &[u64]) -> Vec<u64> {
    bits.iter_mut().zip(more).for_each(|(bits, more)| *bits |= more);
    bits
}

/// What a text must have even when the characters may stand apart.
fn apart(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !matches!(need, Need::Pair(_))).collect()
}

fn has_length(word: &Pattern, (letters, chinese): (usize, usize)) -> bool {
    word.len() >= if word.is_letters() { letters } else { chinese }
}
