//! The rows of a table, cell by cell (RFC 4180). A quotation mark that nobody closed costs its own row, never those behind it.

use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::str::CharIndices;

/// The most lines in a cell.
const MOST_LINES: usize = 500;

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// Its line, from 1, and its cells.
    Cells(u32, Vec<String>),
    /// The line, from 1, of a quotation mark that is not closed where it must be; the row ends with that line.
    Unclosed(u32),
}

/// The rows of a text, one by one.
#[derive(Debug)]
pub(super) struct Rows<'t> {
    rest: &'t str,
    line: u32,
    delimiter: char,
    /// How many cells a whole row has, at least and at most.
    pub(super) whole: RangeInclusive<usize>,
}

/// What comes after a cell.
enum End {
    Cell,
    /// Another row; where the text of this one ends.
    Row(usize),
}

impl<'t> Rows<'t> {
    pub(super) const fn new(text: &'t str, delimiter: char) -> Self {
        Self { rest: text, line: 1, delimiter, whole: usize::MAX..=usize::MAX }
    }

    /// The cells of the next row and where its text ends, or where the quotation mark stands that is not closed.
    fn row(&self) -> Result<(Vec<String>, usize), usize> {
        let mut cells = Vec::new();
        let mut over_lines = None;
        let mut chars = self.rest.char_indices().peekable();
        loop {
            let mut text = String::new();
            if let Some((opened, _)) = chars.next_if(|(_, c)| *c == '"') {
                text = self.quoted(&mut chars).ok_or(opened)?;
                over_lines = over_lines.or_else(|| text.contains('\n').then_some(opened));
            }
            let end = self.plain(&mut chars, &mut text);
            cells.push(text);
            if let End::Row(end) = end {
                return match over_lines.filter(|_| !self.whole.contains(&cells.len())) {
                    Some(opened) => Err(opened),
                    None => Ok((cells, end)),
                };
            }
        }
    }

    /// The text of a cell up to its closing quotation mark, if that is where it must be.
    fn quoted(&self, chars: &mut Peekable<CharIndices<'_>>) -> Option<String> {
        let mut text = String::new();
        let (mut lines, mut delimiters) = (0_usize, 0_usize);
        // A line of half as many cells is a row that was swallowed.
        let row = (self.whole.start() / 2).max(2);
        loop {
            // The rest of the line on which the cell begins is its own row's.
            let is_row = lines > 0 && delimiters >= row;
            match chars.next()?.1 {
                '"' if chars.next_if(|(_, c)| *c == '"').is_some() => text.push('"'),
                '"' if is_row => return None,
                '"' => match chars.peek() {
                    Some((_, c)) if *c != self.delimiter && !is_break(*c) => {
                        // Somebody quoted a word; behind other cells this one opens another.
                        return (lines == 0 && delimiters == 0).then(|| format!("\"{text}\""));
                    }
                    _ => return Some(text),
                },
                c if is_break(c) => {
                    if c == '\r' {
                        chars.next_if(|(_, c)| *c == '\n');
                    }
                    if is_row || lines == MOST_LINES {
                        return None;
                    }
                    (lines, delimiters) = (lines + 1, 0);
                    text.push('\n');
                }
                c => {
                    delimiters += usize::from(c == self.delimiter);
                    text.push(c);
                }
            }
        }
    }

    /// Adds what follows up to the end of the cell.
    fn plain(&self, chars: &mut Peekable<CharIndices<'_>>, text: &mut String) -> End {
        for (at, c) in chars.by_ref() {
            if c == self.delimiter {
                return End::Cell;
            }
            if is_break(c) {
                let end = at + 1;
                let is_pair = c == '\r' && self.rest.get(end..).is_some_and(|rest| rest.starts_with('\n'));
                return End::Row(end + usize::from(is_pair));
            }
            text.push(c);
        }
        End::Row(self.rest.len())
    }

    /// Goes past so many bytes.
    fn advance(&mut self, bytes: usize) {
        let (gone, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        let count = |what: &str| gone.matches(what).count();
        let lines = (count("\n") + count("\r")).saturating_sub(count("\r\n"));
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.rest = rest;
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        Some(match self.row() {
            Ok((cells, end)) => {
                self.advance(end);
                Row::Cells(line, cells)
            }
            Err(opened) => {
                self.advance(opened);
                let line = self.line;
                let rest = self.rest.find(is_break).and_then(|at| Some((at, self.rest.get(at..)?)));
                let end = rest.map_or(self.rest.len(), |(at, rest)| at + if rest.starts_with("\r\n") { 2 } else { 1 });
                self.advance(end);
                Row::Unclosed(line)
            }
        })
    }
}

const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str, whole: RangeInclusive<usize>) -> Vec<(u32, Option<Vec<String>>)> {
        let rows = Rows { whole, ..Rows::new(text, ',') };
        rows.map(|row| match row {
            Row::Cells(line, cells) => (line, Some(cells)),
            Row::Unclosed(line) => (line, None),
        })
        .collect()
    }

    fn cells(line: u32, cells: &[&str]) -> (u32, Option<Vec<String>>) {
        (line, Some(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    const WHOLE: RangeInclusive<usize> = 3..=3;

    #[test]
    fn cells_are_what_was_written() {
        assert_eq!(rows("", WHOLE), []);
        assert_eq!(rows("a,b\nc,d", WHOLE), [cells(1, &["a", "b"]), cells(2, &["c", "d"])]);
        assert_eq!(rows("a,\r\n\r\nb\r", WHOLE), [cells(1, &["a", ""]), cells(2, &[""]), cells(3, &["b"])]);
        assert_eq!(
            rows("\"a,\"\"b\"\"\nc\",d,f\ne", WHOLE),
            [cells(1, &["a,\"b\"\nc", "d", "f"]), cells(3, &["e"])],
            "over two lines"
        );
        assert_eq!(rows("\"国家\"规定,x", WHOLE), [cells(1, &["\"国家\"规定", "x"])], "a quoted word");
    }

    #[test]
    fn a_quotation_mark_that_nobody_closed_costs_its_own_row_only() {
        let (b, c) = (cells(2, &["b", "2", "3"]), cells(3, &["c", "2", "3"]));
        assert_eq!(rows("a,\"2,3\nb,2,3\nc,2,3", WHOLE), [(1, None), b.clone(), c.clone()], "to the end of the file");
        assert_eq!(rows("a,\"2,3\r\nb,2,3\r\nc,2,3\r\n", WHOLE), [(1, None), b.clone(), c.clone()]);
        assert_eq!(
            rows("a,\"2,3\nb,\"2\",3\nc,2,3", WHOLE),
            [(1, None), b.clone(), c.clone()],
            "the next row's opens, it does not close"
        );
        assert_eq!(rows("a,\"2,3\nb,2,3\nc,2\",3", WHOLE), [(1, None), b, cells(3, &["c", "2\"", "3"])]);
        let long = format!("a,\"{}\nb", "\n".repeat(MOST_LINES + 1));
        assert_eq!(rows(&long, WHOLE).first(), Some(&(1, None)));
        assert_eq!(rows("a,\"x\ny\",\"z\nb,2,3", WHOLE), [(2, None), cells(3, &["b", "2", "3"])], "the second of two");
    }

    proptest! {
        /// However it was quoted: what was written comes out, and every line is somebody's.
        #[test]
        fn what_was_written_comes_out(table in prop::collection::vec(prop::collection::vec("[a\"\n;甲]{0,4}", 3), 0..6)) {
            let line = |row: &Vec<String>| {
                let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
                cells.join(",") + "\n"
            };
            let text: String = table.iter().map(line).collect();
            let found: Vec<Vec<String>> = rows(&text, 3..=3).into_iter().filter_map(|(_, cells)| cells).collect();
            prop_assert_eq!(found, table);
        }

        #[test]
        fn no_table_is_too_strange(text in "[a,\"\n\r甲]{0,60}", whole in 1..4_usize) {
            let found = rows(&text, whole..=3);
            prop_assert!(found.is_sorted_by(|a, b| a.0 < b.0), "{:?}", found);
        }
    }
}
