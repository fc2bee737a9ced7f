//! A linked matter (一件事) as a page: whom it is for, its items in the order in which they are done, one list of materials for all.

use jiff::civil::Date;

use super::sheet::Sheet;
use super::{Line, Paper, Style, figures, words};
use crate::domain::bundle::{Bundle, BundleItem, BundleLink, materials};
use crate::domain::item::{Item, Material, Necessity, SituationAnswers};
use crate::domain::site::Admission;
use crate::locale::Locale;

/// What the page tells.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleNotice<'a> {
    /// The linked matter.
    pub bundle: &'a Bundle,
    /// Its items as the answers bring them in, in the order in which they are done.
    pub parts: &'a [BundlePart<'a>],
    /// Answers to its own situations.
    pub answers: &'a SituationAnswers,
    /// The items stand on the page; on the screen they are a list above it.
    pub lists_items: bool,
    /// Given in the practice room.
    pub practice: bool,
    /// Name of the site that gives it.
    pub site: &'a str,
    /// The day.
    pub day: Date,
}

/// An item of a linked matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BundlePart<'a> {
    /// Its place in the matter.
    pub place: &'a BundleItem,
    /// The item.
    pub item: &'a Item,
    /// What the clerk's site does for it.
    pub admission: &'a Admission,
}

/// The page. Of each item the materials of its first situations.
pub fn bundle_notice(notice: &BundleNotice<'_>, locale: &Locale, paper: Paper) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    let bundle = notice.bundle;
    if notice.lists_items {
        let title = sheet.text("doc-bundle-title");
        sheet.centred(&title, Style::Title);
    }
    sheet.centred(&bundle.name, Style::Title);
    for (key, holds) in [("doc-practice", notice.practice), ("doc-bundle-sample", !bundle.sample.is_empty())] {
        if holds {
            let warning = sheet.text(key);
            sheet.paragraph(&warning, Style::Strong);
        }
    }
    let lead = (sheet.text("doc-bundle-lead"), bundle.department.clone(), Style::Plain);
    sheet.fields(0, &[lead]);
    if notice.lists_items {
        sheet.rule();
        answers(&mut sheet, notice);
        items(&mut sheet, notice);
    }
    let heading = sheet.text("doc-notice-conditions");
    sheet.heading(&heading);
    sheet.list(&bundle.conditions);
    shared_materials(&mut sheet, notice);
    sheet.rule();
    let day = sheet.date(notice.day);
    let given = locale.format("doc-notice-given", &[("site", notice.site.into()), ("date", day.into())]);
    sheet.paragraph(&given, Style::Faint);
    sheet.finish()
}

fn answers(sheet: &mut Sheet<'_>, notice: &BundleNotice<'_>) {
    for situation in &notice.bundle.situations {
        let chosen = notice.answers.get(&situation.id);
        let answer = situation.options.iter().find(|option| Some(&option.id) == chosen);
        let args = [
            ("question", situation.question.as_str().into()),
            ("answer", answer.map_or("", |option| option.label.as_str()).into()),
        ];
        let line = sheet.locale.format("doc-notice-material-condition", &args);
        sheet.paragraph(&line, Style::Plain);
    }
}

fn items(sheet: &mut Sheet<'_>, notice: &BundleNotice<'_>) {
    let locale = sheet.locale;
    let heading = locale.format("doc-bundle-items", &[("count", notice.parts.len().into())]);
    sheet.heading(&heading);
    for (number, part) in (1_u32..).zip(notice.parts) {
        let name = locale
            .format("doc-notice-material", &[("number", number.into()), ("name", part.item.name.as_str().into())]);
        sheet.hanging("  ", &name, Style::Strong);
        let mut facts = vec![
            part.item.department.clone(),
            figures::promised(part.item, locale),
            locale.text(words::admitted(part.admission.role)),
        ];
        facts.extend(words::out_of_force(part.item.validity(notice.day)).map(|(key, _)| locale.text(key)));
        if part.place.optional {
            facts.push(locale.text("doc-bundle-optional"));
        }
        sheet.hanging("     ", &facts.join(&locale.text("doc-list-comma")), Style::Plain);
    }
}

/// The links that bring a material of an item, from an item that is there.
fn brought<'a>(notice: &BundleNotice<'a>, item: &Item, material: &Material) -> Option<&'a BundleLink> {
    let is_there = |id: &str| notice.parts.iter().any(|part| part.item.id == id);
    notice.bundle.links.iter().find(|link| {
        link.to == item.id && link.material.as_deref() == Some(material.code.as_str()) && is_there(&link.from)
    })
}

fn shared_materials(sheet: &mut Sheet<'_>, notice: &BundleNotice<'_>) {
    let locale = sheet.locale;
    let firsts: Vec<SituationAnswers> = notice.parts.iter().map(|part| part.item.first_answers()).collect();
    let asked = notice.parts.iter().zip(&firsts).map(|(part, answers)| {
        let asked = part.item.materials_for(answers).filter(|it| brought(notice, part.item, it).is_none());
        (part.item.name.as_str(), asked.collect::<Vec<_>>())
    });
    let merged = materials::merge(asked);
    let each: usize =
        notice.parts.iter().zip(&firsts).map(|(part, answers)| part.item.materials_for(answers).count()).sum();
    let heading = locale.format("doc-bundle-materials", &[("count", merged.len().into()), ("each", each.into())]);
    sheet.heading(&heading);
    for (number, shared) in (1_u32..).zip(&merged) {
        let name = locale.format(
            "doc-notice-material",
            &[("number", number.into()), ("name", shared.material.name.as_str().into())],
        );
        sheet.hanging("  ", &name, Style::Strong);
        let counted = |key, count: u32| (count > 0).then(|| locale.format(key, &[("count", count.into())]));
        let facts: Vec<String> = [
            (shared.necessity == Necessity::Optional).then(|| locale.text("doc-necessity-optional")),
            counted("doc-notice-originals", shared.originals.into()),
            counted("doc-notice-copies", shared.copies),
            shared.deferrable.then(|| locale.text("doc-notice-deferrable")),
            shared.material.exempt.as_ref().map(|by| locale.format("doc-notice-exempt", &[("by", by.as_str().into())])),
            (shared.items.len() > 1)
                .then(|| locale.format("doc-bundle-serves", &[("count", shared.items.len().into())])),
        ]
        .into_iter()
        .flatten()
        .collect();
        sheet.hanging("     ", &facts.join(&locale.text("doc-list-comma")), Style::Plain);
    }
    let mut passed_on: Vec<String> = Vec::new();
    for (part, answers) in notice.parts.iter().zip(&firsts) {
        for link in part.item.materials_for(answers).filter_map(|it| brought(notice, part.item, it)) {
            let args = [("output", link.output.as_str().into()), ("item", part.item.name.as_str().into())];
            passed_on.push(locale.format("doc-bundle-passed-on", &args));
        }
    }
    if !passed_on.is_empty() {
        let heading = sheet.text("doc-bundle-passed-on-heading");
        sheet.heading(&heading);
        sheet.list(passed_on);
    }
}
