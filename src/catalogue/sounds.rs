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

/// The syllables that speakers in Hubei confuse with this one: zh/z, ch/c, sh/s, n/l, r/l at the beginning; in/ing, en/eng, an/ang, ui/ei,
/// un/en at the end; hua/fa and the like; zhu/ju and the like; and u typed for ü, or v for u.
pub(super) fn confused_with(syllable: &str) -> Vec<String> {
    let whole = WHOLE.iter().find_map(|[a, b]| other_of(syllable, a, b));
    let palatal = PALATAL.iter().find_map(|(a, b)| other_beginning(syllable, a, b));
    let mut found: Vec<String> = Vec::new();
    for spelt in [Some(syllable.to_owned()), whole, palatal].into_iter().flatten() {
        let onsets = ONSETS.iter().filter_map(|(a, b)| other_onset(&spelt, a, b)).collect::<Vec<_>>();
        for other in std::iter::once(spelt.clone()).chain(onsets) {
            let rimes = RIMES.iter().filter_map(|(a, b)| other_rime(&other, a, b)).collect::<Vec<_>>();
            found.extend(std::iter::once(other).chain(rimes));
        }
    }
    for at in 0..found.len() {
        let Some(spelt) = found.get(at) else { continue };
        let umlaut = match spelt.as_bytes() {
            [b'j' | b'q' | b'x' | b'y', b'u', ..] => spelt.replacen('u', "v", 1),
            _ => spelt.replace('v', "u"),
        };
        found.push(umlaut);
    }
    found.sort_unstable();
    found.dedup();
    found.retain(|other| other != syllable);
    found
}

/// Beginnings that are confused, each way.
const ONSETS: [(&str, &str); 5] = [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l")];
/// Endings that are confused, each way.
const RIMES: [(&str, &str); 5] = [("ing", "in"), ("eng", "en"), ("ang", "an"), ("ui", "ei"), ("un", "en")];
/// 湖 and 福.
const WHOLE: [[&str; 2]; 7] =
    [["hua", "fa"], ["huan", "fan"], ["huang", "fang"], ["hui", "fei"], ["hun", "fen"], ["hong", "feng"], ["hu", "fu"]];
/// 书 as xu.
const PALATAL: [(&str, &str); 4] = [("zhu", "ju"), ("chu", "qu"), ("shu", "xu"), ("ru", "yu")];

fn other_of(syllable: &str, a: &str, b: &str) -> Option<String> {
    [(a, b), (b, a)].into_iter().find(|(own, _)| *own == syllable).map(|(_, other)| other.to_owned())
}

fn other_beginning(syllable: &str, a: &str, b: &str) -> Option<String> {
    let ways = [(a, b), (b, a)].into_iter();
    ways.filter_map(|(own, other)| Some((other, syllable.strip_prefix(own)?)))
        .find(|(_, rest)| matches!(*rest, "" | "an" | "n"))
        .map(|(other, rest)| format!("{other}{rest}"))
}

fn other_onset(syllable: &str, a: &str, b: &str) -> Option<String> {
    let ways = [(a, b), (b, a)].into_iter();
    let (other, rest) = ways.filter_map(|(own, other)| Some((other, syllable.strip_prefix(own)?))).next()?;
    // Syllabic n and ng have no rime; there is no ri- but ri.
    let is_rime = rest.starts_with(['a', 'e', 'o', 'u']) || (rest.starts_with(['i', 'v']) && (a, b) != ("r", "l"));
    is_rime.then(|| format!("{other}{rest}"))
}

fn other_rime(syllable: &str, a: &str, b: &str) -> Option<String> {
    let ways = [(a, b), (b, a)].into_iter();
    let (head, other) = ways.filter_map(|(own, other)| Some((syllable.strip_suffix(own)?, other))).next()?;
    // After d, t, n, l, z, c, s: 对 as dei, 顿 as den.
    let dental = head.ends_with(['d', 't', 'n', 'l', 'z', 'c', 's', 'h']);
    (!matches!(a, "ui" | "un") || dental).then(|| format!("{head}{other}"))
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
            ("ling", vec!["lin", "nin", "ning"]),
            ("nv", vec!["lu", "lv", "nu"]),
            ("hui", vec!["fei", "hei"]),
            ("fu", vec!["hu"]),
            ("fang", vec!["fan", "huan", "huang"]),
            ("chu", vec!["cu", "qu", "qv"]),
            ("yuan", vec!["luan", "luang", "ruan", "ruang", "yuang", "yvan", "yvang"]),
            ("ren", vec!["len", "leng", "lun", "reng"]),
            ("gao", vec![]),
            ("n", vec![]),
            ("en", vec!["eng"]),
        ] {
            assert_eq!(confused_with(syllable), others, "{syllable}");
        }
    }
}
