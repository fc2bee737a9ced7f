//! Type-to-filter of any list, by Chinese or pinyin: the comparison of the catalogue's search without its index.

use std::collections::HashMap;

use super::line::{Found, Line, Place, locate};
use super::pattern::{Degree, Moves, Pattern};
use super::question::Class;
use super::sounds::{fold, is_mark};

/// How a text matches what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The higher the better; 0 when nothing was typed.
    pub score: u32,
    /// Indices of the characters that matched, ascending.
    pub marks: Vec<usize>,
}

/// Whether a text matches what was typed: Chinese, pinyin, initials, or a mixture; several words must all match. Nothing typed matches
/// everything. For more than a few texts keep a [`Matcher`].
pub fn matches(text: &str, query: &str) -> Option<Match> {
    Matcher::new(query).matches(text)
}

/// What was typed, made ready to be tried on many texts. It remembers the characters that it met.
#[derive(Debug, Clone)]
pub struct Matcher {
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    pattern: Pattern,
    /// The exact moves and those by confused sounds of each character met.
    known: HashMap<char, (Moves, Moves)>,
}

impl Matcher {
    /// Makes a query ready.
    pub fn new(query: &str) -> Self {
        let words = Pattern::words(query).into_iter();
        Self { words: words.map(|pattern| Word { pattern, known: HashMap::new() }).collect() }
    }

    /// How a text matches.
    pub fn matches(&mut self, text: &str) -> Option<Match> {
        let folded: Vec<char> = text.chars().map(fold).collect();
        let mut worst: Option<Class> = None;
        let mut marks = Vec::new();
        for Word { pattern, known } in &mut self.words {
            let end = pattern.end();
            let (exact, sound): (Vec<Moves>, Vec<Moves>) = folded
                .iter()
                .map(|c| {
                    *known
                        .entry(*c)
                        .or_insert_with(|| (pattern.moves(*c, Degree::Exact), pattern.moves(*c, Degree::Sound)))
                })
                .unzip();
            let (class, found) = locate(&Plain { chars: &folded, moves: &exact }, end)
                .map(|found| (class_of(found.place), found))
                .or_else(|| Some((Class::Sound, locate(&Plain { chars: &folded, moves: &sound }, end)?)))?;
            worst = worst.max(Some(class));
            let Found { start, end, .. } = found;
            marks.extend((start..end).filter(|at| folded.get(*at).is_some_and(|c| !is_mark(*c))));
        }
        marks.sort_unstable();
        marks.dedup();
        Some(Match { score: worst.map_or(0, Class::score), marks })
    }
}

const fn class_of(place: Place) -> Class {
    match place {
        Place::Whole => Class::Exact,
        Place::Beginning => Class::Prefix,
        Place::Word => Class::Word,
        Place::Inside => Class::Substring,
    }
}

/// A text with the moves of its characters.
struct Plain<'a> {
    chars: &'a [char],
    moves: &'a [Moves],
}

impl Line for Plain<'_> {
    fn len(&self) -> usize {
        self.chars.len()
    }

    fn moves(&self, at: usize) -> Moves {
        self.moves.get(at).copied().unwrap_or_default()
    }

    fn is_mark(&self, at: usize) -> bool {
        self.chars.get(at).is_some_and(|c| is_mark(*c))
    }

    fn begins_word(&self, at: usize) -> bool {
        let narrow = |at: usize| self.chars.get(at).is_some_and(char::is_ascii_alphanumeric);
        at.checked_sub(1).is_none_or(|before| self.is_mark(before) || narrow(before) != narrow(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_narrows_by_chinese_and_pinyin() {
        let villages = ["竟陵街道", "侯口街道", "黄潭镇", "横林镇", "岳口镇", "乐山村（试点）", "NO.1 Lane"];
        for (query, left) in [
            ("", vec![0, 1, 2, 3, 4, 5, 6]),
            ("镇", vec![2, 3, 4]),
            ("hlz", vec![3]),
            ("hengl", vec![3]),
            ("henl", vec![3]),
            ("yuekou", vec![4]),
            ("yueshan", vec![5]),
            ("leshan", vec![5]),
            ("sd", vec![5]),
            ("ＮＯ1", vec![6]),
            ("jie kou", vec![1]),
            ("xyz", vec![]),
        ] {
            let mut matcher = Matcher::new(query);
            let found: Vec<usize> = (0..villages.len()).filter(|at| matcher.matches(villages[*at]).is_some()).collect();
            assert_eq!(found, left, "{query}");
        }
    }

    #[test]
    fn the_better_match_scores_more_and_marks_its_characters() {
        let score = |text: &str, query: &str| matches(text, query).unwrap().score;
        assert!(score("汪场镇", "汪场镇") > score("汪场镇", "wc"));
        assert!(score("汪场镇", "wc") > score("蒋场镇", "cz"));
        assert!(score("蒋场镇", "cz") > score("长寿镇", "zang"));
        assert_eq!(matches("乐山（试点）村", "dc").unwrap().marks, [4, 6]);
    }
}
