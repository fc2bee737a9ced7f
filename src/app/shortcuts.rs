//! What a clerk needs most (收藏、常用、最近): the top of the catalogue while nothing is searched, and the quick codes of its first ten items.

use jiff::Timestamp;

use crate::catalogue::{Catalogue, Habits};
use crate::vault::{KeptShortcuts, Usage};

/// Items that have a quick code: a digit.
const QUICK: usize = 10;
/// Items that are listed because they were used lately.
const RECENT: usize = 5;

/// Why an item stands at the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// 收藏: the clerk marked it.
    Favourite,
    /// 常用: of those used most.
    Frequent,
    /// 最近: used lately.
    Recent,
}

/// An item at the top of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    /// Its entry in the catalogue.
    pub entry: usize,
    /// Why it stands there.
    pub why: Why,
    /// The digit that opens it.
    pub digit: Option<char>,
}

/// What a clerk marked and used. Quick codes stay with their items as long as these belong to the ten.
#[derive(Debug, Clone, Default)]
pub struct Shortcuts {
    kept: KeptShortcuts,
    /// By code.
    used: Vec<Usage>,
}

impl Shortcuts {
    /// What the vault kept.
    pub fn new(kept: KeptShortcuts, used: Vec<Usage>) -> Self {
        let mut shortcuts = Self { kept, used };
        shortcuts.settle();
        shortcuts
    }

    /// What the vault is to keep of it; how often items were used it counts itself.
    pub const fn kept(&self) -> &KeptShortcuts {
        &self.kept
    }

    /// Whether an item is marked.
    pub fn is_favourite(&self, code: &str) -> bool {
        self.kept.favourites.iter().any(|favourite| favourite == code)
    }

    /// Marks an item, or takes its mark away.
    pub fn toggle(&mut self, code: &str) {
        if self.is_favourite(code) {
            self.kept.favourites.retain(|favourite| favourite != code);
        } else {
            self.kept.favourites.push(code.to_owned());
        }
        self.settle();
    }

    /// An item was used: an intake was opened, which counts nothing yet, or a request submitted.
    pub fn note_use(&mut self, code: &str, at: Timestamp, times: u64) {
        match self.used.iter_mut().find(|usage| usage.item_code == code) {
            Some(usage) => {
                usage.count += times;
                usage.last_at = usage.last_at.max(at);
            }
            None => self.used.push(Usage { item_code: code.to_owned(), count: times, last_at: at }),
        }
        self.settle();
    }

    /// Forgets what the whole catalogue does not have any more.
    pub fn forget_unknown(&mut self, catalogue: &Catalogue) {
        let is_known = |code: &str| catalogue.find(code).is_some();
        self.kept.favourites.retain(|code| is_known(code));
        self.used.retain(|usage| is_known(&usage.item_code));
        self.settle();
    }

    /// Finds out which items have a quick code: favourites first, then what is used most. Who stays keeps the code, who comes takes that of
    /// one who goes: the fingers learn them.
    fn settle(&mut self) {
        let has_code = |code: &String| self.kept.quick.contains(code);
        let mut most: Vec<&Usage> =
            self.used.iter().filter(|usage| usage.count > 0 && !self.is_favourite(&usage.item_code)).collect();
        most.sort_by_key(|usage| {
            std::cmp::Reverse((usage.count, has_code(&usage.item_code), usage.last_at.as_millisecond()))
        });
        let most = most.into_iter().map(|usage| &usage.item_code);
        let wanted: Vec<&String> = self.kept.favourites.iter().chain(most).take(QUICK).collect();
        let mut quick = self.kept.quick.clone();
        quick.iter_mut().filter(|code| !wanted.contains(&&**code)).for_each(String::clear);
        for code in wanted.into_iter().filter(|code| !has_code(code)) {
            match quick.iter_mut().find(|free| free.is_empty()) {
                Some(free) => free.clone_from(code),
                None => quick.push(code.clone()),
            }
        }
        quick.truncate(quick.iter().rposition(|code| !code.is_empty()).map_or(0, |last| last + 1));
        self.kept.quick = quick;
    }

    /// What stands at the top, in order: what has a quick code, more favourites, what was used lately. What this catalogue does not have is
    /// left out, and its digit with it.
    pub fn list(&self, catalogue: &Catalogue) -> Vec<Shortcut> {
        let is_above = |code: &String| self.kept.quick.contains(code) || self.is_favourite(code);
        let quick = self.kept.quick.iter().zip("1234567890".chars()).map(|(code, digit)| (code, Some(digit)));
        let more = self.kept.favourites.iter().filter(|code| !self.kept.quick.contains(code));
        let mut recent: Vec<&Usage> = self.used.iter().filter(|usage| !is_above(&usage.item_code)).collect();
        recent.sort_by_key(|usage| std::cmp::Reverse(usage.last_at));
        let recent = recent.into_iter().take(RECENT).map(|usage| &usage.item_code);
        let listed = quick.chain(more.chain(recent).map(|code| (code, None)));
        let why = |code: &str, digit: Option<char>| match (self.is_favourite(code), digit) {
            (true, _) => Why::Favourite,
            (false, Some(_)) => Why::Frequent,
            (false, None) => Why::Recent,
        };
        listed
            .filter_map(|(code, digit)| Some(Shortcut { entry: catalogue.find(code)?, why: why(code, digit), digit }))
            .collect()
    }

    /// How often this desk uses the items of a catalogue.
    pub fn habits(&self, catalogue: &Catalogue) -> Habits {
        Habits::new(catalogue, self.used.iter().map(|usage| (usage.item_code.as_str(), usage.count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn used(uses: &[(&str, u64)]) -> Shortcuts {
        let usage = |(minute, (code, count)): (i64, &(&str, u64))| Usage {
            item_code: (*code).to_owned(),
            count: *count,
            last_at: at(minute),
        };
        Shortcuts::new(KeptShortcuts::default(), (0..).zip(uses).map(usage).collect())
    }

    #[test]
    fn what_is_used_most_comes_first_and_keeps_its_place() {
        let mut shortcuts = used(&[("a", 2), ("b", 9), ("c", 0), ("d", 5)]);
        assert_eq!(shortcuts.kept().quick, ["b", "d", "a"]);
        for minute in 10..30 {
            shortcuts.note_use("a", at(minute), 1);
        }
        assert_eq!(shortcuts.kept().quick, ["b", "d", "a"], "the fingers know where they are");
        // After the next start too: what the vault kept decides.
        assert_eq!(Shortcuts::new(shortcuts.kept.clone(), shortcuts.used.clone()).kept(), shortcuts.kept());
    }

    #[test]
    fn who_comes_takes_the_place_of_who_goes() {
        let many: Vec<String> = (0..10).map(|number| format!("i{number}")).collect();
        let uses: Vec<(&str, u64)> = many.iter().map(|code| (code.as_str(), 3)).collect();
        let mut shortcuts = used(&uses);
        let before = shortcuts.kept().quick.clone();
        assert_eq!(before.len(), QUICK);
        shortcuts.note_use("new", at(100), 3);
        assert_eq!(shortcuts.kept().quick, before, "as often is not more often");
        shortcuts.note_use("i4", at(101), 5);
        shortcuts.note_use("new", at(102), 1);
        let changed: Vec<usize> = (0..QUICK).filter(|place| shortcuts.kept().quick[*place] != before[*place]).collect();
        assert_eq!(changed.len(), 1, "one place changes hands: {:?}", shortcuts.kept());
        assert_eq!(shortcuts.kept().quick[changed[0]], "new");
    }

    #[test]
    fn a_favourite_comes_in_and_goes_without_moving_the_others() {
        let mut shortcuts = used(&[("a", 9), ("b", 8)]);
        shortcuts.toggle("z");
        shortcuts.toggle("b");
        assert_eq!(shortcuts.kept().quick, ["a", "b", "z"]);
        shortcuts.toggle("z");
        assert_eq!(shortcuts.kept().quick, ["a", "b"]);
        shortcuts.toggle("y");
        shortcuts.toggle("x");
        shortcuts.toggle("y");
        assert_eq!(shortcuts.kept().quick, ["a", "b", "", "x"], "its digit is free");
        shortcuts.toggle("w");
        assert_eq!(shortcuts.kept().quick, ["a", "b", "w", "x"]);
        shortcuts.toggle("b");
        assert_eq!(shortcuts.kept().quick, ["a", "b", "w", "x"], "used often enough without a mark");
    }

    #[test]
    fn favourites_come_before_what_is_used_most() {
        let mut shortcuts = used(&[("a", 9), ("b", 8)]);
        (0..12).for_each(|number| shortcuts.toggle(&format!("f{number}")));
        let kept = shortcuts.kept();
        assert!(!kept.quick.iter().any(|code| code == "a" || code == "b"), "twelve favourites leave no room: {kept:?}");
        assert_eq!(kept.quick.len(), QUICK);
    }

    #[test]
    fn what_the_catalogue_does_not_have_any_more_keeps_no_digit() {
        let mut shortcuts = used(&[("a", 9), ("b", 8)]);
        shortcuts.toggle("z");
        shortcuts.forget_unknown(&Catalogue::default());
        assert_eq!(*shortcuts.kept(), KeptShortcuts::default());
    }
}
