//! Papers for the citizen: one record, laid out as styled lines, from which screen, text file and printer are fed.
//!
//! Everything here is pure. Widths are in columns; a wide character takes two. Times are China's.

mod bundle;
mod comparison;
mod figures;
mod notice;
mod qr;
mod receipt;
mod refusal;
mod sheet;
#[cfg(test)]
mod tests;
mod whither;
mod words;

pub use bundle::{BundleNotice, BundlePart, bundle_notice};
pub use comparison::{Comparison, Side, comparison};
pub use notice::{Notice, notice};
pub use qr::qr_lines;
pub use receipt::{Provisional, provisional, qr_content, receipt};
pub use refusal::refusal;
pub use whither::{Whither, whither};
pub use words::{mode, out_of_force};

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Text, within the width, without control characters.
    pub text: String,
    /// How the screen shows it; text files ignore it.
    pub style: Style,
}

/// Style of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Style {
    /// Running text.
    #[default]
    Plain,
    /// The document's title.
    Title,
    /// Heading of a section.
    Heading,
    /// What must not be overlooked.
    Strong,
    /// Secondary.
    Faint,
    /// Part of a QR code: black on white whatever the theme, or no scanner reads it.
    Code,
}

/// What a document is laid out on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// Columns.
    pub width: usize,
    /// Draw with ASCII only, for terminals and printers without block characters.
    pub ascii: bool,
}

/// The document as a text file: a line feed after each line, no trailing spaces.
pub fn to_text(lines: &[Line]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        text.push_str(line.text.trim_end());
        text.push('\n');
        text
    })
}
