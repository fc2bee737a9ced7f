//! Breaking a text into lines: Han anywhere but for the forbidden places (kinsoku), Latin words and numbers whole.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::width::{grapheme_width, truncate};

/// Marks that may not begin a line (行首禁则).
const CLOSING: &str = "，。、；：？！）》」』】”’〉〕〗｝］％．‰℃々,.;:?!)]}%";
/// Marks that may not end a line (行尾禁则).
const OPENING: &str = "（《「『【“‘〈〔〖｛［￥＄([{$¥";
/// Marks of two characters that may not be torn apart: dash and ellipsis.
const PAIRED: &str = "—…";

/// Breaks a text into lines of at most `cols` columns.
///
/// Line breaks in the text are kept. Blanks at the end of a line that no longer fit are cut; no other grapheme is ever lost. A word
/// longer than a line is broken anywhere, and a grapheme wider than a line stands alone in it. The empty text is one empty line.
pub fn wrap(text: &str, cols: usize) -> Vec<String> {
    rows(text, cols)
        .into_iter()
        .map(|row| {
            let row = text.get(row).unwrap_or_default();
            let solid = row.trim_end_matches(' ');
            if super::width(solid) > cols { solid.to_owned() } else { truncate(row, cols, "").into_owned() }
        })
        .collect()
}

/// The lines of [`wrap`] as byte ranges, with their hanging blanks, without the line feeds.
pub(super) fn rows(text: &str, cols: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        paragraph(line, start, cols, &mut rows);
        start += line.len() + 1;
    }
    rows
}

/// Breaks one paragraph, which begins at byte `offset` of the whole text.
fn paragraph(line: &str, offset: usize, cols: usize, rows: &mut Vec<Range<usize>>) {
    let mut start = 0;
    let mut used = 0;
    // Where the row may end, and the columns up to there.
    let mut chance: Option<(usize, usize)> = None;
    let mut previous = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let columns = grapheme_width(grapheme);
        if at > start && previous.is_some_and(|previous| may_break(previous, grapheme)) {
            chance = Some((at, used));
        }
        let overflows = |used: usize| used + columns > cols && !is_blank(grapheme);
        if at > start && overflows(used) {
            let (end, before) = chance.take().unwrap_or((at, used));
            rows.push(offset + start..offset + end);
            (start, used) = (end, used - before);
            if at > start && overflows(used) {
                rows.push(offset + start..offset + at);
                (start, used) = (at, 0);
            }
        }
        used += columns;
        previous = Some(grapheme);
    }
    rows.push(offset + start..offset + line.len());
}

/// Whether a line may end between two graphemes.
fn may_break(before: &str, after: &str) -> bool {
    if is_blank(after) || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    if before == after && PAIRED.contains(before) {
        return false;
    }
    is_blank(before) || grapheme_width(before) > 1 || grapheme_width(after) > 1
}

fn is_blank(grapheme: &str) -> bool {
    grapheme == " "
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::width;
    use super::*;

    #[test]
    fn lines_break_where_a_reader_expects() {
        let cases: &[(&str, usize, &[&str])] = &[
            ("", 10, &[""]),
            ("一\n\n二\n", 10, &["一", "", "二", ""]),
            ("高龄津贴申领", 8, &["高龄津贴", "申领"]),
            ("高龄津贴申领", 7, &["高龄津", "贴申领"]),
            // 。 takes 贴 along, （ goes with what it opens
            ("高龄津贴。申领", 8, &["高龄津", "贴。申领"]),
            ("高龄津（补）贴", 8, &["高龄津", "（补）贴"]),
            ("他说“好”。", 6, &["他说", "“好”。"]),
            ("一二——三四", 6, &["一二——", "三四"]),
            ("一二三——四", 7, &["一二三", "——四"]),
            ("hello world", 5, &["hello", "world"]),
            ("hello world", 6, &["hello ", "world"]),
            ("hello   world", 6, &["hello ", "world"]),
            ("电话0728-1234567转", 12, &["电话", "0728-1234567", "转"]),
            ("1,000元", 4, &["1,00", "0元"]),
            ("internationalisation", 8, &["internat", "ionalisa", "tion"]),
            ("葛\u{e0100}城市", 4, &["葛\u{e0100}城", "市"]),
            ("一二", 1, &["一", "二"]),
            ("一a二", 0, &["一", "a", "二"]),
        ];
        for (text, cols, expected) in cases {
            assert_eq!(wrap(text, *cols), *expected, "{text:?} in {cols}");
        }
    }

    /// Han with single marks between, so that every unit that must hold together has at most six columns.
    fn prose() -> impl Strategy<Value = String> {
        let unit = prop_oneof![
            4 => "[\u{4e00}-\u{9fff}]",
            1 => "[\u{4e00}-\u{9fff}][，。、；：？！）》」』】”’]",
            1 => "[（《「『【“‘][\u{4e00}-\u{9fff}]",
            1 => "[\u{4e00}-\u{9fff}][a-z]{1,4} ",
        ];
        prop::collection::vec(unit, 0..40).prop_map(|units| units.concat())
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost(text in ".{0,60}", cols in 0usize..20) {
            let solid = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
            let lines = wrap(&text, cols);
            prop_assert_eq!(solid(&lines.concat()), solid(&text));
            for line in lines {
                prop_assert!(width(&line) <= cols || line.graphemes(true).filter(|g| grapheme_width(g) > 0).count() == 1);
            }
        }

        #[test]
        fn no_line_begins_or_ends_with_a_forbidden_mark(text in prose(), cols in 8usize..30) {
            let lines = wrap(&text, cols);
            for line in lines.iter().skip(1) {
                prop_assert!(!line.starts_with(|c| CLOSING.contains(c)), "{:?}", lines);
            }
            for line in lines.iter().rev().skip(1) {
                prop_assert!(!line.ends_with(|c| OPENING.contains(c)), "{:?}", lines);
            }
        }
    }
}
