//! Where in the text of a JSON file a pointer leads.

use crate::forms::pointer;

/// The line, from 1, on which the value at a JSON pointer stands; of the nearest value round it where the text has none. `text` is JSON.
pub(super) fn line_of(text: &str, pointer: &str) -> Option<u32> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.skip_blanks();
    for segment in pointer::segments(pointer) {
        let Some(member) = scan.clone().member(&segment) else { break };
        scan = member;
    }
    let before = text.as_bytes().get(..scan.at)?;
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).ok()
}

/// A place in the text: at the start of a value once blanks are skipped.
#[derive(Clone)]
struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn step(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)?;
        self.skip_blanks();
        Some(())
    }

    /// The place of a member of the object or array that starts here.
    fn member(mut self, segment: &str) -> Option<Self> {
        if self.step(b'{').is_some() {
            while self.peek()? == b'"' {
                let start = self.at;
                self.skip_value()?;
                let name: String = serde_json::from_slice(self.bytes.get(start..self.at)?).ok()?;
                self.skip_blanks();
                self.step(b':')?;
                if name == segment {
                    return Some(self);
                }
                self.skip_value()?;
                self.skip_blanks();
                self.step(b',')?;
            }
            None
        } else {
            self.step(b'[')?;
            for _ in 0..segment.parse::<usize>().ok()? {
                self.skip_value()?;
                self.skip_blanks();
                self.step(b',')?;
            }
            (self.peek()? != b']').then_some(self)
        }
    }

    /// Goes past the value that starts here.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_text()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                _ => {
                    let is_plain = |byte: u8| !byte.is_ascii_whitespace() && !b"{}[]\",:".contains(&byte);
                    let start = self.at;
                    while self.peek().is_some_and(is_plain) {
                        self.at += 1;
                    }
                    if start == self.at {
                        self.at += 1;
                        continue;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_text(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_pointer_leads_to_its_line() {
        let text = "{\n  \"type\": \"object\",\n  \"a/b\": [\n    1,\n    {\"x\": {\n      \"é\\n\\\"\": null }}\n  ],\n  \"z\": [\"},]\", []]\n}";
        assert!(serde_json::from_str::<Value>(text).is_ok());
        for (pointer, line) in [
            ("", 1),
            ("/type", 2),
            ("/a~1b", 3),
            ("/a~1b/0", 4),
            ("/a~1b/1", 5),
            ("/a~1b/1/x/é\n\"", 6),
            ("/z", 8),
            ("/z/1", 8),
            // What is not there: the nearest round it.
            ("/a~1b/1/y", 5),
            ("/a~1b/7", 3),
            ("/nothing", 1),
        ] {
            assert_eq!(line_of(text, pointer), Some(line), "{pointer}");
        }
        for broken in ["", "{", "[[[", "{\"a\"", "\"\\", "{\"a\":}"] {
            line_of(broken, "/a/0");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(json!(null)), any::<i32>().prop_map(Value::from), "\\PC{0,5}".prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c\"\\\\{\\[]{1,3}", inner, 0..4).prop_map(|members| json!(members)),
            ]
        })
    }

    proptest! {
        /// Pretty printing puts every member on a line of its own, in order of the walk.
        #[test]
        fn every_member_has_its_line(value in value()) {
            let text = serde_json::to_string_pretty(&value).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            for (at, value) in pointer::nodes(&value) {
                let line = line_of(&text, &at).unwrap() as usize;
                let start = serde_json::to_string_pretty(value).unwrap();
                let first = start.lines().next().unwrap();
                prop_assert!(lines[line - 1].contains(first.trim_end_matches(',')), "{} {} {}", at, line, text);
            }
        }
    }
}
