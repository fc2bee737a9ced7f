//! How characters are read and which sounds are confused.

use pinyin::ToPinyinMulti;

/// A character as it is compared: half-width, lower-case, ü as v (as input methods have it).
pub(super) fn fold(c: char) -> char {
    let half = match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    };
    match half {
        'ü' | 'Ü' => 'v',
        _ => half.to_lowercase().next().unwrap_or(half),
    }
}

/// Blanks, brackets, strokes: what a search passes over, in the names as in the query.
pub(super) fn is_mark(folded: char) -> bool {
    folded.is_whitespace()
        || folded.is_control()
        || folded.is_ascii_punctuation()
        || matches!(folded, '\u{b7}' | '\u{2000}'..='\u{206f}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301f}' | '\u{30fb}')
}

/// Every reading of a character, without tone, each once: 重 is `zhong`, `chong`, `tong`. ASCII letters only, ü as v.
pub(super) fn readings(c: char) -> Vec<&'static str> {
    let mut readings = Vec::new();
    for reading in c.to_pinyin_multi().into_iter().flatten().filter_map(|reading| in_ascii(reading.plain())) {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// A reading as it is typed; `None` for the few interjections (ê, ḿ) that cannot be.
fn in_ascii(reading: &'static str) -> Option<&'static str> {
    match reading {
        "nü" => Some("nv"),
        "lü" => Some("lv"),
        "nüe" => Some("nve"),
        "lüe" => Some("lve"),
        _ => reading.is_ascii().then_some(reading),
    }
}

/// The syllables that speakers in Hubei confuse with this one: zh/z, ch/c, sh/s, n/l at the beginning; in/ing, en/eng at the end; and
/// u typed for ü.
pub(super) fn confused_with(syllable: &str) -> Vec<String> {
    let onsets = other_onset(syllable);
    let mut found = Vec::new();
    for (onset, rest) in std::iter::once(("", syllable)).chain(onsets) {
        for rime in [Some(rest.to_owned()), other_rime(rest)].into_iter().flatten() {
            found.push(format!("{onset}{rime}"));
            if rime.contains('v') {
                found.push(format!("{onset}{}", rime.replace('v', "u")));
            }
        }
    }
    found.retain(|other| other != syllable);
    found
}

/// The other onset and what follows it.
fn other_onset(syllable: &str) -> Option<(&'static str, &str)> {
    const PAIRS: [(&str, &str); 8] =
        [("zh", "z"), ("ch", "c"), ("sh", "s"), ("z", "zh"), ("c", "ch"), ("s", "sh"), ("n", "l"), ("l", "n")];
    // Syllabic n and ng have no rime.
    PAIRS
        .iter()
        .find_map(|(onset, other)| Some((*other, syllable.strip_prefix(onset)?)))
        .filter(|(_, rest)| rest.starts_with(['a', 'e', 'i', 'o', 'u', 'v']))
}

/// The same with the other rime.
fn other_rime(syllable: &str) -> Option<String> {
    const PAIRS: [(&str, &str); 4] = [("ing", "in"), ("eng", "en"), ("in", "ing"), ("en", "eng")];
    PAIRS.iter().find_map(|(rime, other)| Some(format!("{}{other}", syllable.strip_suffix(rime)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_folded() {
        for (given, folded) in
            [('Ａ', 'a'), ('８', '8'), ('　', ' '), ('Z', 'z'), ('ü', 'v'), ('老', '老'), ('（', '('), ('İ', 'i')]
        {
            assert_eq!(fold(given), folded, "{given}");
        }
    }

    #[test]
    fn marks_are_no_words() {
        for mark in [' ', '(', '《', '》', '、', '·', '“', '-', '/', '\u{0}'] {
            assert!(is_mark(fold(mark)), "{mark}");
        }
        for word in ['老', '〇', '々', '8', 'a', '😀', '𠮷'] {
            assert!(!is_mark(fold(word)), "{word}");
        }
    }

    #[test]
    fn every_reading_counts_once() {
        assert_eq!(readings('重'), ["zhong", "chong", "tong"]);
        assert_eq!(readings('长'), ["zhang", "chang"]);
        assert_eq!(readings('乐'), ["le", "yue"]);
        assert!(readings('行').contains(&"hang") && readings('行').contains(&"xing"));
        assert_eq!(readings('女').first(), Some(&"nv"));
        assert_eq!(readings('a'), [""; 0]);
        for c in '\u{4e00}'..='\u{9fa5}' {
            assert!(readings(c).iter().all(|reading| reading.bytes().all(|b| b.is_ascii_lowercase())), "{c}");
        }
    }

    #[test]
    fn sounds_are_confused_both_ways() {
        for (syllable, others) in [
            ("zhong", vec!["zong"]),
            ("zong", vec!["zhong"]),
            ("sheng", vec!["shen", "seng", "sen"]),
            ("ling", vec!["lin", "ning", "nin"]),
            ("nv", vec!["nu", "lv", "lu"]),
            ("gao", vec![]),
            ("n", vec![]),
            ("en", vec!["eng"]),
        ] {
            assert_eq!(confused_with(syllable), others, "{syllable}");
        }
    }
}
