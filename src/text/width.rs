//! Columns: how many terminal cells a text takes, and cutting by them.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that a text takes on the screen, grapheme by grapheme, exactly as ratatui lays it out.
///
/// Control characters take none: they are never drawn.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// Columns of one grapheme.
///
/// Half-width voiced sound marks extend a grapheme in Unicode but take a cell of their own on terminals, hence in ratatui.
pub(super) fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) {
        return 0;
    }
    grapheme.width() + grapheme.chars().filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}')).count()
}

/// The text itself when it fits into `cols` columns, otherwise its beginning with `ellipsis` at the end, in at most `cols` columns.
///
/// An ellipsis that is itself too wide is left out.
pub fn truncate<'a>(text: &'a str, cols: usize, ellipsis: &str) -> Cow<'a, str> {
    let (fitting, whole) = prefix(text, cols);
    if whole {
        return Cow::Borrowed(text);
    }
    match cols.checked_sub(width(ellipsis)) {
        Some(room) if !ellipsis.is_empty() => Cow::Owned(format!("{}{ellipsis}", prefix(text, room).0)),
        _ => Cow::Borrowed(fitting),
    }
}

/// The text itself when it fits into `cols` columns, otherwise its end with `ellipsis` before it, in at most `cols` columns.
pub fn truncate_start<'a>(text: &'a str, cols: usize, ellipsis: &str) -> Cow<'a, str> {
    let total = width(text);
    if total <= cols {
        return Cow::Borrowed(text);
    }
    let ellipsis = if width(ellipsis) <= cols { ellipsis } else { "" };
    let mut hidden = total - (cols - width(ellipsis));
    let mut rest = text.grapheme_indices(true);
    while hidden > 0
        && let Some((_, grapheme)) = rest.next()
    {
        hidden = hidden.saturating_sub(grapheme_width(grapheme));
    }
    Cow::Owned(format!("{ellipsis}{}", rest.as_str()))
}

/// The text in exactly `cols` columns: cut or filled with blanks on the right. Half a wide character becomes a blank.
pub fn pad(text: &str, cols: usize) -> String {
    let mut out = prefix(text, cols).0.to_owned();
    let blanks = cols.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', blanks));
    out
}

/// What is visible of a text in the columns `start..start + cols`. A wide character that an edge cuts in half becomes a blank.
///
/// Nothing is filled in after the end of the text.
pub fn slice_columns(text: &str, start: usize, cols: usize) -> String {
    let end = start.saturating_add(cols);
    let mut out = String::new();
    let mut at = 0;
    for grapheme in text.graphemes(true) {
        let (from, to) = (at, at + grapheme_width(grapheme));
        at = to;
        if from >= end {
            break;
        }
        if from >= start && to <= end {
            out.push_str(grapheme);
        } else {
            let visible = to.min(end).saturating_sub(from.max(start));
            out.extend(std::iter::repeat_n(' ', visible));
        }
    }
    out
}

/// The longest beginning of a text that fits, and whether that is all of it.
fn prefix(text: &str, cols: usize) -> (&str, bool) {
    let mut room = cols;
    for (at, grapheme) in text.grapheme_indices(true) {
        match room.checked_sub(grapheme_width(grapheme)) {
            Some(rest) => room = rest,
            None => return (text.get(..at).unwrap_or_default(), false),
        }
    }
    (text, true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    /// Columns that ratatui moves on by when it draws the text.
    fn drawn(text: &str) -> usize {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 500, 1));
        let (end, _) = buffer.set_stringn(0, 0, text, 500, Style::new());
        usize::from(end)
    }

    /// Text of the kinds that lay out differently.
    pub(crate) fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z0-9 ,.()-]{1,4}",
            "[\u{4e00}-\u{9fff}]{1,3}",
            "[，。、（）《》“”！]",
            Just("葛\u{e0100}".to_owned()),
            Just("𠮷".to_owned()),
            Just("e\u{301}".to_owned()),
            Just("👨‍👩‍👧".to_owned()),
            Just("❤\u{fe0f}".to_owned()),
            Just("🇨🇳".to_owned()),
            Just("ｶﾞ".to_owned()),
            Just("ＡＢ１".to_owned()),
            Just("한글".to_owned()),
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn widths_of_every_kind() {
        let cases = [
            ("", 0),
            ("abc", 3),
            ("张三", 4),
            ("葛\u{e0100}城", 4),
            ("𠮷野", 4),
            ("e\u{301}", 1),
            ("👨‍👩‍👧", 2),
            ("❤\u{fe0f}", 2),
            ("🇨🇳", 2),
            ("“引”", 4),
            ("买买提·艾力", 11),
            ("１２", 4),
            ("\u{200b}", 0),
            ("a\nb", 2),
        ];
        for (text, expected) in cases {
            assert_eq!(width(text), expected, "{text:?}");
            assert_eq!(drawn(text), expected, "ratatui draws {text:?}");
        }
        assert_eq!(width("ｶﾞﾊﾟ"), drawn("ｶﾞﾊﾟ"));
    }

    #[test]
    fn truncation_keeps_what_fits() {
        let cases = [
            ("高龄津贴", 8, "…", "高龄津贴"),
            ("高龄津贴申领", 8, "…", "高龄津…"),
            ("高龄津贴申领", 7, "…", "高龄津…"),
            ("高龄津贴申领", 7, "...", "高龄..."),
            ("高龄津贴", 1, "…", "…"),
            ("高龄津贴", 1, "...", ""),
            ("高龄津贴", 0, "…", ""),
            ("", 0, "…", ""),
            ("葛\u{e0100}城", 2, "", "葛\u{e0100}"),
        ];
        for (text, cols, ellipsis, expected) in cases {
            assert_eq!(truncate(text, cols, ellipsis), expected, "{text:?} in {cols}");
        }
    }

    #[test]
    fn truncation_at_the_start_keeps_the_end() {
        let cases = [
            ("湖北省天门市岳口镇", 18, "…", "湖北省天门市岳口镇"),
            ("湖北省天门市岳口镇", 10, "…", "…市岳口镇"),
            ("湖北省天门市岳口镇", 9, "…", "…市岳口镇"),
            ("湖北省天门市岳口镇", 8, "...", "...口镇"),
            ("湖北省", 0, "…", ""),
            ("", 3, "…", ""),
            ("城葛\u{e0100}", 3, "…", "…葛\u{e0100}"),
        ];
        for (text, cols, ellipsis, expected) in cases {
            assert_eq!(truncate_start(text, cols, ellipsis), expected, "{text:?} in {cols}");
        }
    }

    #[test]
    fn padding_and_slicing_cut_wide_characters_to_blanks() {
        assert_eq!(pad("张三", 6), "张三  ");
        assert_eq!(pad("张三", 3), "张 ");
        assert_eq!(pad("张三", 0), "");
        assert_eq!(slice_columns("一二三四", 0, 4), "一二");
        assert_eq!(slice_columns("一二三四", 1, 4), " 二 ");
        assert_eq!(slice_columns("一二三四", 6, 9), "四");
        assert_eq!(slice_columns("一二三四", 9, 4), "");
        assert_eq!(slice_columns("一二", 1, 0), "");
    }

    proptest! {
        #[test]
        fn width_agrees_with_ratatui(text in any_text()) {
            prop_assert_eq!(width(&text), drawn(&text));
        }

        #[test]
        fn cutting_obeys_the_columns(text in any_text(), start in 0usize..30, cols in 0usize..30) {
            prop_assert!(width(&truncate(&text, cols, "…")) <= cols);
            prop_assert!(width(&truncate_start(&text, cols, "…")) <= cols);
            prop_assert_eq!(width(&pad(&text, cols)), cols);
            let expected = width(&text).saturating_sub(start).min(cols);
            prop_assert_eq!(width(&slice_columns(&text, start, cols)), expected);
        }
    }
}
