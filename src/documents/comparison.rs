//! Two items side by side: a row for every element that a citizen chooses by, marked where the two differ.

use jiff::civil::Date;

use super::sheet::Sheet;
use super::{Line, Paper, Style, figures, words};
use crate::domain::item::{Item, Material, SituationAnswers};
use crate::domain::site::Admission;
use crate::locale::Locale;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison<'a> {
    /// The item at the left.
    pub left: Side<'a>,
    /// The item at the right.
    pub right: Side<'a>,
    /// Made in the practice room.
    pub practice: bool,
    /// The day.
    pub day: Date,
}

/// An item in a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side<'a> {
    /// The item.
    pub item: &'a Item,
    /// What the clerk's site does for it.
    pub admission: &'a Admission,
}

/// Columns of the mark of a difference, and of the label.
const MARK: usize = 3;
const LABEL: usize = 12;
/// Narrower than this the two stand below each other.
const SIDE_BY_SIDE: usize = 48;
/// In front of a row whose two sides differ.
const DIFFERS: &str = "<>";

/// The comparison, each item with the materials of its first situations.
pub fn comparison(pair: &Comparison<'_>, locale: &Locale, paper: Paper) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    let title = sheet.text("doc-compare-title");
    sheet.centred(&title, Style::Title);
    let sampled = [pair.left, pair.right].iter().any(|side| !side.item.sample.is_empty());
    for (key, holds) in [("doc-practice", pair.practice), ("doc-compare-sample", sampled)] {
        if holds {
            let warning = sheet.text(key);
            sheet.paragraph(&warning, Style::Strong);
        }
    }
    let legend = sheet.text("doc-compare-legend");
    sheet.paragraph(&legend, Style::Faint);
    sheet.rule();
    let answers = [pair.left.item.first_answers(), pair.right.item.first_answers()];
    let [left_answers, right_answers] = &answers;
    let (left, right) = (elements(pair.left, left_answers, locale), elements(pair.right, right_answers, locale));
    for ((key, left), (_, right)) in left.iter().zip(&right) {
        let label = sheet.text(key);
        compared(&mut sheet, &label, left, right);
    }
    sheet.rule();
    let heading = sheet.text("doc-compare-materials");
    sheet.paragraph(&heading, Style::Heading);
    materials(&mut sheet, (pair.left.item, left_answers), (pair.right.item, right_answers));
    sheet.finish()
}

/// The elements of an item in few words.
fn elements(side: Side<'_>, answers: &SituationAnswers, locale: &Locale) -> [(&'static str, String); 10] {
    let Side { item, admission } = side;
    let fee = item.fee.as_ref().map_or_else(|| locale.text("doc-notice-fee-none"), |fee| fee.standard.clone());
    [
        ("doc-notice-item", item.name.clone()),
        ("doc-notice-department", item.department.clone()),
        ("doc-compare-here", locale.text(words::admitted(admission.role))),
        ("doc-notice-project-type", locale.text(words::project_type(item.project_type))),
        ("doc-notice-legal-limit", words::limit(locale, item.legal_limit)),
        ("doc-notice-promised-limit", figures::promised(item, locale)),
        ("doc-notice-fee", fee),
        ("doc-figure-trips", figures::trips(item, locale)),
        ("doc-notice-four-ways", figures::badges(item, locale)),
        ("doc-figure-materials", figures::materials(item, answers, locale)),
    ]
}

/// Every material that one of the two asks for, the same paper in one row.
fn materials(sheet: &mut Sheet<'_>, left: (&Item, &SituationAnswers), right: (&Item, &SituationAnswers)) {
    let asked = |(item, answers): (&Item, &SituationAnswers)| -> Vec<Material> {
        item.materials_for(answers).cloned().collect()
    };
    let (left, right) = (asked(left), asked(right));
    let not_asked = sheet.text("doc-compare-not-asked");
    let told = |material: Option<&Material>, locale: &Locale| {
        material.map_or_else(|| not_asked.clone(), |material| told(material, locale))
    };
    let find = |materials: &[Material], code: &str| materials.iter().find(|material| material.code == code).cloned();
    for material in &left {
        let other = find(&right, &material.code);
        let (one, two) = (told(Some(material), sheet.locale), told(other.as_ref(), sheet.locale));
        compared(sheet, "", &one, &two);
    }
    for material in right.iter().filter(|material| find(&left, &material.code).is_none()) {
        let (one, two) = (told(None, sheet.locale), told(Some(material), sheet.locale));
        compared(sheet, "", &one, &two);
    }
}

/// A material in few words.
fn told(material: &Material, locale: &Locale) -> String {
    let counted = |key, count: u8| (count > 0).then(|| locale.format(key, &[("count", count.into())]));
    let facts: Vec<String> = match material.exempt {
        Some(_) => vec![locale.text("doc-compare-exempt")],
        None => [
            counted("doc-notice-originals", material.originals),
            counted("doc-notice-copies", material.copies),
            material.deferrable.then(|| locale.text("doc-notice-deferrable")),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let facts = facts.join(&locale.text("doc-list-comma"));
    locale.format("doc-compare-material", &[("name", material.name.as_str().into()), ("facts", facts.into())])
}

fn compared(sheet: &mut Sheet<'_>, label: &str, left: &str, right: &str) {
    let differs = left != right;
    let (mark, style) = if differs { (DIFFERS, Style::Heading) } else { ("", Style::Plain) };
    let width = sheet.paper.width;
    if width < SIDE_BY_SIDE {
        let mark = format!("{mark:<MARK$}");
        if !label.is_empty() {
            sheet.hanging(&mark, label, Style::Faint);
        }
        for side in [left, right] {
            sheet.hanging(if label.is_empty() { &mark } else { "     " }, side, style);
        }
        return;
    }
    let column = (width - MARK - LABEL - 2) / 2;
    sheet.row(&[(MARK, mark), (LABEL + 1, label), (column, left), (column, right)], style);
}
