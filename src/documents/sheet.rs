//! Laying out: titles, aligned fields, lists, each wrapped with its indent.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::offset;

use crate::domain::item::Item;
use crate::locale::Locale;
use crate::text::{Lines, pad, sanitize, width, wrap};

use super::{Line, Paper, Style};

/// Narrower than this no paper is; a smaller width is taken for it.
const NARROWEST: usize = 16;

/// A document in the making.
pub(super) struct Sheet<'a> {
    pub(super) locale: &'a Locale,
    pub(super) paper: Paper,
    lines: Vec<Line>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(locale: &'a Locale, paper: Paper) -> Self {
        let paper = Paper { width: paper.width.max(NARROWEST), ..paper };
        Self { locale, paper, lines: Vec::new() }
    }

    pub(super) fn finish(self) -> Vec<Line> {
        self.lines
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.locale.text(key)
    }

    pub(super) fn blank(&mut self) {
        self.raw(String::new(), Style::Plain);
    }

    /// A line as it is.
    pub(super) fn raw(&mut self, text: String, style: Style) {
        self.lines.push(Line { text, style });
    }

    /// A centred line.
    pub(super) fn centred(&mut self, text: &str, style: Style) {
        for line in wrap(&sanitize(text, Lines::Keep), self.paper.width) {
            let indent = self.paper.width.saturating_sub(width(&line)) / 2;
            self.raw(format!("{}{line}", " ".repeat(indent)), style);
        }
    }

    /// A line across, to cut or to separate.
    pub(super) fn rule(&mut self) {
        let dash = if self.paper.ascii { "-" } else { "─" };
        self.raw(dash.repeat(self.paper.width), Style::Faint);
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.hanging("", text, Style::Heading);
    }

    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        self.hanging("", text, style);
    }

    /// Text behind a mark; its further lines stand under its first.
    pub(super) fn hanging(&mut self, mark: &str, text: &str, style: Style) {
        let indent = width(mark);
        let columns = self.paper.width.saturating_sub(indent).max(1);
        for (number, line) in wrap(&sanitize(text, Lines::Keep), columns).into_iter().enumerate() {
            let before = if number == 0 { mark.to_owned() } else { " ".repeat(indent) };
            self.raw(format!("{before}{line}"), style);
        }
    }

    /// A bulleted list, indented; `none` when it is empty.
    pub(super) fn list<S: AsRef<str>>(&mut self, entries: impl IntoIterator<Item = S>) {
        let bullet = if self.paper.ascii { "  - " } else { "  • " };
        let before = self.lines.len();
        for entry in entries {
            self.hanging(bullet, entry.as_ref(), Style::Plain);
        }
        if self.lines.len() == before {
            let none = self.text("doc-none");
            self.hanging("  ", &none, Style::Faint);
        }
    }

    /// Fields one under the other, the values aligned. Empty values are left out.
    pub(super) fn fields(&mut self, indent: usize, fields: &[(String, String, Style)]) {
        let labels: Vec<(String, &str, Style)> = fields
            .iter()
            .filter(|(_, value, _)| !value.is_empty())
            .map(|(label, value, style)| {
                let label = self.locale.format("doc-field", &[("label", label.as_str().into())]);
                (format!("{}{label} ", " ".repeat(indent)), value.as_str(), *style)
            })
            .collect();
        let column = labels.iter().map(|(label, ..)| width(label)).max().unwrap_or_default();
        let aligned = column <= self.paper.width / 2;
        for (label, value, style) in labels {
            if aligned {
                self.hanging(&pad(&label, column), value, style);
            } else {
                self.hanging("", &label, style);
                self.hanging(&" ".repeat(indent + 2), value, style);
            }
        }
    }

    /// Cells side by side, each wrapped in a column of its own, a blank between the last two.
    pub(super) fn row(&mut self, cells: &[(usize, &str)], style: Style) {
        let wrapped: Vec<Vec<String>> =
            cells.iter().map(|(columns, text)| wrap(&sanitize(text, Lines::Keep), (*columns).max(1))).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or_default();
        for number in 0..height {
            let cell = |((columns, _), lines): (&(usize, &str), &Vec<String>)| {
                pad(lines.get(number).map(String::as_str).unwrap_or_default(), *columns)
            };
            let mut line: Vec<String> = cells.iter().zip(&wrapped).map(cell).collect();
            let last = line.pop().unwrap_or_default();
            self.raw(format!("{} {}", line.concat(), last.trim_end()).trim_end().to_owned(), style);
        }
    }

    /// The label of an element, with the mark when the element is sample data.
    pub(super) fn label(&self, item: &Item, key: &str, element: &str) -> String {
        let mut label = self.text(key);
        if item.sample.iter().any(|sample| sample == element) {
            label.push_str(&self.text("doc-sample-mark"));
        }
        label
    }

    pub(super) fn date(&self, date: Date) -> String {
        self.locale.format(
            "doc-date",
            &[
                ("year", format!("{:04}", date.year()).into()),
                ("month", format!("{:02}", date.month()).into()),
                ("day", format!("{:02}", date.day()).into()),
            ],
        )
    }

    pub(super) fn time(&self, time: Timestamp) -> String {
        let time = offset(8).to_datetime(time);
        self.locale.format(
            "doc-time",
            &[
                ("year", format!("{:04}", time.year()).into()),
                ("month", format!("{:02}", time.month()).into()),
                ("day", format!("{:02}", time.day()).into()),
                ("hour", format!("{:02}", time.hour()).into()),
                ("minute", format!("{:02}", time.minute()).into()),
            ],
        )
    }
}
