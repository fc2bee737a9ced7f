//! Standard output and standard error.

use std::io::{self, Write as _};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serialize;

use super::failure::Failure;
use crate::text;

/// Blanks between two columns.
const GAP: &str = "  ";

/// Prints text as it is.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}

/// Prints a value as JSON.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut json = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
    json.push('\n');
    print(&json)
}

/// Prints rows in columns, each as wide as its widest cell.
pub(super) fn print_table<const N: usize>(rows: &[[String; N]]) -> Result<(), Failure> {
    print(&table(rows))
}

fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = text::width(cell).max(*width);
        }
    }
    rows.iter().fold(String::new(), |mut lines, row| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| text::pad(cell, width)).collect();
        lines.push_str(cells.join(GAP).trim_end());
        lines.push('\n');
        lines
    })
}

/// China's time, which holds at every counter.
pub(super) fn local(at: Timestamp) -> DateTime {
    Offset::constant(8).to_datetime(at)
}

/// Says something on standard error. Nobody may be listening; that changes nothing.
pub(super) fn note(sentence: &str) {
    let _ = writeln!(io::stderr().lock(), "{sentence}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_the_terminal_does() {
        let rows = [["直办", "高龄津贴", "1"], ["-", "ab", "22"]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "直办  高龄津贴  1\n-     ab        22\n");
        assert_eq!(table::<2>(&[]), "");
    }
}
