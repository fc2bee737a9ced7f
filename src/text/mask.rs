//! Masking (脱敏) of personal data in lists, on receipts and in logs, after the practice that GB/T 35273 asks for.
//!
//! Counted in graphemes. At least four characters of a number stay hidden; of one too short for that, more.

use unicode_segmentation::UnicodeSegmentation;

const STAR: &str = "*";

/// A person's name: `张*`, `李*敏`, `欧**敏`. A name of one character is hidden whole.
pub fn name(text: &str) -> String {
    let tail = usize::from(text.graphemes(true).count() > 2);
    let head = usize::from(text.graphemes(true).count() > 1);
    keep(text, head, tail)
}

/// An identity number: first six and last four.
pub fn id_number(text: &str) -> String {
    number(text, 6, 4)
}

/// A telephone number: first three and last four.
pub fn phone(text: &str) -> String {
    number(text, 3, 4)
}

/// A bank card or account: last four.
pub fn bank_card(text: &str) -> String {
    number(text, 0, 4)
}

/// Anything else that is sensitive: nothing shows, not even how long it is beyond eight characters.
pub fn any(text: &str) -> String {
    STAR.repeat(text.graphemes(true).count().min(8))
}

fn number(text: &str, head: usize, tail: usize) -> String {
    const HIDDEN: usize = 4;
    let length = text.graphemes(true).count();
    let (head, tail) = if length >= head + HIDDEN + tail {
        (head, tail)
    } else if length >= HIDDEN + tail {
        (0, tail)
    } else {
        (0, 0)
    };
    keep(text, head, tail)
}

/// Stars for all graphemes but the first `head` and the last `tail`.
fn keep(text: &str, head: usize, tail: usize) -> String {
    let length = text.graphemes(true).count();
    let hidden = head..length.saturating_sub(tail);
    text.graphemes(true).enumerate().map(|(at, grapheme)| if hidden.contains(&at) { STAR } else { grapheme }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Mask = fn(&str) -> String;

    #[test]
    fn masks_show_what_the_practice_shows() {
        let cases: [(Mask, &str, &str); 18] = [
            (name, "", ""),
            (name, "张", "*"),
            (name, "张三", "张*"),
            (name, "李小敏", "李*敏"),
            (name, "欧阳小敏", "欧**敏"),
            (name, "葛\u{e0100}𠮷", "葛\u{e0100}*"),
            (id_number, "429006190001010011", "429006********0011"),
            (id_number, "42900619000101", "429006****0101"),
            (id_number, "4290061900010", "*********0010"),
            (id_number, "4290", "****"),
            (phone, "13800003210", "138****3210"),
            (phone, "52341234", "****1234"),
            (phone, "110", "***"),
            (bank_card, "6200000000000000123", "***************0123"),
            (bank_card, "1234567", "*******"),
            (any, "肢体二级", "****"),
            (any, "天门市岳口镇健康路一号", "********"),
            (any, "", ""),
        ];
        for (mask, text, expected) in cases {
            assert_eq!(mask(text), expected, "{text:?}");
        }
    }
}
