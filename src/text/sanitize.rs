//! Cleaning what comes from outside: no control character, no escape sequence, no invisible trick; one form of each letter.

use std::iter::Peekable;
use std::str::Chars;

use unicode_normalization::UnicodeNormalization;

/// What becomes of line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Kept, each as one line feed.
    Keep,
    /// Joined: nothing remains between Han, one blank elsewhere.
    Join,
}

/// Makes a text from outside fit to be stored and drawn.
///
/// - control characters (C0, C1), whole escape sequences (ECMA-48), bidirectional controls and invisible spaces go;
/// - CR LF, CR, NEL and the Unicode separators become line feeds, which `lines` keeps or joins; a tab becomes one blank;
/// - the rest is in normalisation form C, except that CJK compatibility ideographs stay as they are, because the form would exchange
///   them for other characters and a name must stay as its bearer writes it. Variation sequences and private-use characters stay too.
///
/// Cleaning a clean text changes nothing.
pub fn sanitize(text: &str, lines: Lines) -> String {
    let clean = compose(&strip(text));
    match lines {
        Lines::Keep => clean,
        Lines::Join => join(&clean),
    }
}

/// Full-width ASCII (全角) to ASCII: digits, letters, punctuation, the ideographic space; the minus sign to a hyphen.
pub fn fold_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
            '\u{3000}' => ' ',
            '\u{2212}' => '-',
            c => c,
        })
        .collect()
}

/// Normalisation form C around the CJK compatibility ideographs.
pub(super) fn compose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_compatibility_ideograph) {
        let ideograph = piece.chars().next_back().filter(|c| is_compatibility_ideograph(*c));
        let rest = ideograph.and_then(|c| piece.strip_suffix(c)).unwrap_or(piece);
        out.extend(rest.nfc());
        out.extend(ideograph);
    }
    out
}

const fn is_compatibility_ideograph(c: char) -> bool {
    matches!(c, '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_control_sequence(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_control_string(&mut chars),
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(' '),
            c if c.is_control() || is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Bidirectional controls, and spaces that take no room. The joiners stay: emoji and some scripts need them.
/// Whether a character shows nothing and does not stay in a text: a control character but line breaks and tabs, a bidirectional control, an
/// invisible space.
pub fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || is_invisible(c)
}

const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Skips what follows an ESC.
fn skip_escape(chars: &mut Peekable<Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_control_sequence(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_control_string(chars);
        }
        // Single shifts, with the character they shift: what keys send.
        Some('N' | 'O') => {
            chars.next();
            chars.next_if(|c| matches!(c, ' '..='~'));
        }
        _ => {
            while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
            chars.next_if(|c| matches!(c, '0'..='~'));
        }
    }
}

/// Skips parameters, intermediates and the final character of a control sequence (CSI).
fn skip_control_sequence(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| matches!(c, '0'..='?')).is_some() {}
    while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
    chars.next_if(|c| matches!(c, '@'..='~'));
}

/// Skips a control string (OSC, DCS, SOS, PM, APC) with its end. One without an end takes no more than its line.
fn skip_control_string(chars: &mut Peekable<Chars<'_>>) {
    while let Some(c) = chars.next_if(|c| !matches!(c, '\n' | '\r')) {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                chars.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

fn join(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index == 0 {
            out.push_str(line);
            continue;
        }
        let line = line.trim_start_matches(' ');
        let Some(after) = line.chars().next() else { continue };
        out.truncate(out.trim_end_matches(' ').len());
        if let Some(before) = out.chars().next_back()
            && !(is_han(before) && is_han(after))
        {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// A Han character itself.
pub(super) const fn is_ideograph(c: char) -> bool {
    matches!(c,
        '々' | '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Han characters, and the punctuation and full-width forms set among them.
const fn is_han(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{303f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_belong_goes() {
        let cases = [
            ("张三", "张三"),
            ("a\u{0}b\u{7f}c\u{9a}d", "abcd"),
            ("\u{1b}[31m红\u{1b}[0m", "红"),
            ("\u{9b}1;31m红", "红"),
            ("\u{1b}]0;title\u{7}张", "张"),
            ("\u{1b}]8;;http://x\u{1b}\\张\u{1b}]8;;\u{1b}\\", "张"),
            ("\u{9d}0;title\u{9c}张", "张"),
            ("\u{1b}Pq#0\u{1b}\\张", "张"),
            ("\u{1b}]0;no end\n张", "\n张"),
            ("\u{1b}OA张", "张"),
            ("\u{1b}(B张", "张"),
            ("\u{1b}c张\u{1b}", "张"),
            ("\u{1b}[张", "张"),
            ("a\u{202e}b\u{2066}c\u{200f}", "abc"),
            ("\u{feff}4290\u{200b}06", "429006"),
            ("a\tb", "a b"),
            ("a\r\nb\rc\u{85}d\u{2028}e", "a\nb\nc\nd\ne"),
            ("e\u{301}", "é"),
            ("\u{1100}\u{1161}", "가"),
        ];
        for (dirty, clean) in cases {
            assert_eq!(sanitize(dirty, Lines::Keep), clean, "{dirty:?}");
        }
    }

    #[test]
    fn names_stay_as_they_are_written() {
        for name in
            ["葛\u{e0100}", "𠮷野", "㛃", "\u{fa11}", "\u{f9b8}", "\u{2f800}", "\u{e863}", "阿卜杜拉·买买提", "👨‍👩‍👧"]
        {
            assert_eq!(sanitize(name, Lines::Keep), name);
            assert_eq!(sanitize(name, Lines::Join), name);
        }
    }

    #[test]
    fn joining_lines() {
        let cases = [
            ("天门市\n岳口镇", "天门市岳口镇"),
            ("岳口镇，\r\n（旧）", "岳口镇，（旧）"),
            ("Wuhan\nHubei", "Wuhan Hubei"),
            ("李敏\n13800000000", "李敏 13800000000"),
            ("a  \n\n  b", "a b"),
            ("\n天门\n", "天门"),
            (" a ", " a "),
            ("\n", ""),
        ];
        for (text, joined) in cases {
            assert_eq!(sanitize(text, Lines::Join), joined, "{text:?}");
        }
    }

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(fold_width("４２９００６Ｘｘ，．－（）\u{3000}−。张"), "429006Xx,.-() -。张");
    }

    proptest! {
        #[test]
        fn clean_text_stays_and_has_no_controls(
            text in prop::collection::vec(prop_oneof![any::<char>(), Just('\u{1b}'), Just('['), Just('\n'), Just(' '), Just('张')], 0..40)
        ) {
            let text: String = text.into_iter().collect();
            for lines in [Lines::Keep, Lines::Join] {
                let clean = sanitize(&text, lines);
                prop_assert!(!clean.contains(|c: char| (c.is_control() && c != '\n') || is_invisible(c)));
                prop_assert!(lines == Lines::Keep || !clean.contains('\n'));
                prop_assert_eq!(sanitize(&clean, lines), clean);
            }
        }
    }
}
