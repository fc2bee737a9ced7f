//! Where an item is done (去哪办): here, at which other sites, and for a place elsewhere in which way.

use jiff::civil::Date;

use super::notice::{one_site, out_of_force};
use super::sheet::Sheet;
use super::{Line, Paper, Style, words};
use crate::domain::away::Away;
use crate::domain::item::{CrossMode, Item, Validity};
use crate::domain::site::Admission;
use crate::locale::Locale;

/// What the page tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whither<'a> {
    /// The item.
    pub item: &'a Item,
    /// What the clerk's site does for it, and which other sites take it.
    pub admission: &'a Admission,
    /// The competent place that was picked, in words, and what it is to this counter, if that is known.
    pub place: Option<(&'a str, Option<Away<'a>>)>,
    /// Given in the practice room.
    pub practice: bool,
    /// The day.
    pub day: Date,
}

/// The page.
pub fn whither(page: &Whither<'_>, locale: &Locale, paper: Paper) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    let Whither { item, admission, place, practice, day } = *page;
    sheet.centred(&item.name, Style::Title);
    for (key, holds) in [("doc-practice", practice), ("doc-sample", !item.sample.is_empty())] {
        if holds {
            let warning = sheet.text(key);
            sheet.paragraph(&warning, Style::Strong);
        }
    }
    out_of_force(&mut sheet, item, day);
    let fields = [
        ("doc-notice-admission", "", locale.text(words::admitted(admission.role))),
        ("doc-notice-level", "use-level", locale.text(words::level(item.use_level))),
        ("doc-notice-handle-area", "handle-area", locale.text(words::handle_area(item.handle_area))),
    ]
    .map(|(key, element, value)| (sheet.label(item, key, element), value, Style::Plain));
    sheet.fields(0, &fields);
    let heading = sheet.text("doc-whither-place");
    sheet.heading(&heading);
    match place {
        None => {
            let prompt = sheet.text("doc-whither-pick");
            sheet.paragraph(&prompt, Style::Plain);
        }
        Some((name, away)) => {
            sheet.paragraph(name, Style::Heading);
            // Nobody takes what is not in force.
            let answer = |takes| if item.validity(day) == Validity::InForce { answer(takes, away) } else { Vec::new() };
            for key in answer(admission.takes_applications()) {
                sheet.paragraph(&locale.format(key, &[("place", name.into())]), Style::Plain);
            }
        }
    }
    if !item.cross_modes.is_empty() {
        let heading = sheet.label(item, "doc-whither-modes", "cross-modes");
        sheet.heading(&heading);
        let modes: Vec<String> = item.cross_modes.iter().map(|mode| sheet.text(words::cross_mode(*mode))).collect();
        sheet.list(modes);
    }
    let heading = sheet.text("doc-notice-elsewhere");
    sheet.heading(&heading);
    if admission.elsewhere.is_empty() {
        sheet.list::<&str>([]);
    }
    admission.elsewhere.iter().for_each(|site| one_site(&mut sheet, site));
    sheet.finish()
}

/// What this desk does for the place, as keys of sentences about it.
fn answer(takes: bool, away: Option<Away<'_>>) -> Vec<&'static str> {
    let Some(away) = away else { return vec!["doc-away-unknown"] };
    match (away, takes) {
        (Away::Own, true) => vec!["doc-away-own"],
        (Away::Own, false) => vec!["doc-away-own-not-here"],
        (Away::Beyond, _) => vec!["doc-away-beyond"],
        (Away::Reached([]), true) => vec!["doc-away-within"],
        (Away::Reached(modes), true) => modes.iter().map(|mode| by_mode(*mode)).collect(),
        // On the net everybody can be helped, even where nothing is taken.
        (Away::Reached(modes), false) if modes.contains(&CrossMode::Online) => vec!["doc-away-online"],
        (Away::Reached(_), false) => vec!["doc-away-not-here"],
    }
}

const fn by_mode(mode: CrossMode) -> &'static str {
    match mode {
        CrossMode::Online => "doc-away-online",
        CrossMode::Collect => "doc-away-collect",
        CrossMode::Joint => "doc-away-joint",
    }
}
