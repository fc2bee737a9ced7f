//! The notice (一次性告知单): everything that the citizen has to know about an item, told once.

use jiff::civil::Date;

use crate::domain::item::{Item, Material, SituationAnswers, Validity};
use crate::domain::site::{Admission, Elsewhere, Role};
use crate::locale::Locale;

use super::figures::figures;
use super::sheet::Sheet;
use super::{Line, Paper, Style, words};

/// What the notice tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notice<'a> {
    /// The item.
    pub item: &'a Item,
    /// Situation answers; a situation left open shows the materials of all its answers, each with its condition.
    pub answers: &'a SituationAnswers,
    /// What the clerk's site does for the item.
    pub admission: &'a Admission,
    /// Given in the practice room.
    pub practice: bool,
    /// Name of the site that gives it.
    pub site: &'a str,
    /// The day.
    pub day: Date,
    /// Of the fields of its form, how many are known already, and how many there are; on the screen only.
    pub known: Option<(usize, usize)>,
    /// The questions and their answers stand above it on the screen.
    pub under_questions: bool,
}

/// The notice. Elements that are sample data carry a mark, which is explained at the top.
pub fn notice(notice: &Notice<'_>, locale: &Locale, paper: Paper) -> Vec<Line> {
    let mut sheet = Sheet::new(locale, paper);
    let item = notice.item;
    let title = sheet.text("doc-notice-title");
    sheet.centred(&title, Style::Title);
    sheet.centred(&item.name, Style::Title);
    let warnings = [("doc-practice", notice.practice), ("doc-sample", !item.sample.is_empty())];
    for (key, _) in warnings.into_iter().filter(|(_, holds)| *holds) {
        let warning = sheet.text(key);
        sheet.paragraph(&warning, Style::Strong);
    }
    out_of_force(&mut sheet, item, notice.day);
    part_of_this_site(&mut sheet, notice);
    sheet.rule();
    figures(&mut sheet, item, notice.answers, notice.known);
    sheet.rule();
    if !notice.under_questions {
        situations(&mut sheet, notice);
    }
    materials(&mut sheet, notice);
    examples(&mut sheet, notice);
    elements(&mut sheet, notice);
    listed(&mut sheet, item, "doc-notice-conditions", "conditions", &item.conditions);
    listed(&mut sheet, item, "doc-notice-flow", "flow", &item.flow);
    listed(&mut sheet, item, "doc-notice-basis", "basis", &item.basis);
    elsewhere(&mut sheet, notice.admission);
    sheet.rule();
    let closing = sheet.text("doc-notice-closing");
    sheet.paragraph(&closing, Style::Plain);
    let day = sheet.date(notice.day);
    let given = locale.format("doc-notice-given", &[("site", notice.site.into()), ("date", day.into())]);
    sheet.paragraph(&given, Style::Faint);
    sheet.finish()
}

fn elements(sheet: &mut Sheet<'_>, notice: &Notice<'_>) {
    let (item, locale) = (notice.item, sheet.locale);
    let comma = locale.text("doc-list-comma");
    let joined = |keys: &mut dyn Iterator<Item = &'static str>| {
        keys.map(|key| locale.text(key)).collect::<Vec<_>>().join(&comma)
    };
    let from_to = |day: Option<Date>| day.map(|day| sheet.date(day)).unwrap_or_default();
    let fields = [
        ("doc-notice-item", "name", item.name.clone()),
        ("doc-notice-code", "code", item.code.clone()),
        ("doc-notice-type", "item-type", locale.text(&format!("doc-type-{}", item.item_type.code()))),
        ("doc-notice-department", "department", item.department.clone()),
        ("doc-notice-audience", "audience", joined(&mut item.audience.iter().map(|one| words::audience(*one)))),
        ("doc-notice-level", "use-level", locale.text(words::level(item.use_level))),
        ("doc-notice-project-type", "project-type", locale.text(words::project_type(item.project_type))),
        ("doc-notice-fee-basis", "fee", item.fee.as_ref().map(|fee| fee.basis.clone()).unwrap_or_default()),
        ("doc-notice-handle-area", "handle-area", locale.text(words::handle_area(item.handle_area))),
        ("doc-notice-effective", "effective-date", from_to(item.effective_date)),
        ("doc-notice-cancelled", "cancel-date", from_to(item.cancel_date)),
        ("doc-notice-result", "result", item.result.clone()),
        ("doc-notice-place", "place", item.place.clone()),
        ("doc-notice-hours", "hours", item.hours.clone()),
        ("doc-notice-enquiries", "enquiries", item.enquiries.clone()),
        ("doc-notice-complaints", "complaints", item.complaints.clone()),
        ("doc-notice-admission", "", locale.text(words::admitted(notice.admission.role))),
    ]
    .map(|(key, element, value)| (sheet.label(item, key, element), value, Style::Plain));
    sheet.fields(0, &fields);
}

fn listed(sheet: &mut Sheet<'_>, item: &Item, key: &str, element: &str, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    let heading = sheet.label(item, key, element);
    sheet.heading(&heading);
    sheet.list(entries);
}

fn situations(sheet: &mut Sheet<'_>, notice: &Notice<'_>) {
    if notice.item.situations.is_empty() {
        return;
    }
    let heading = sheet.label(notice.item, "doc-notice-situations", "situations");
    sheet.heading(&heading);
    let open = sheet.text("doc-notice-situation-open");
    let lines: Vec<String> = notice
        .item
        .situations
        .iter()
        .map(|situation| {
            let chosen = notice.answers.get(&situation.id);
            let answer = situation.options.iter().find(|option| Some(&option.id) == chosen);
            let answer = answer.map_or(open.as_str(), |option| option.label.as_str());
            sheet.locale.format(
                "doc-notice-material-condition",
                &[("question", situation.question.as_str().into()), ("answer", answer.into())],
            )
        })
        .collect();
    sheet.list(lines);
}

fn materials(sheet: &mut Sheet<'_>, notice: &Notice<'_>) {
    let needed: Vec<(&Material, Option<String>)> = notice
        .item
        .materials
        .iter()
        .filter_map(|material| {
            if material.applies(notice.answers) {
                Some((material, None))
            } else {
                Some((material, Some(condition(sheet.locale, notice, material)?)))
            }
        })
        .collect();
    let heading = sheet.locale.format("doc-notice-materials", &[("count", needed.len().into())]);
    let sampled = notice.item.sample.iter().any(|sample| sample == "materials");
    let mark = if sampled { sheet.text("doc-sample-mark") } else { String::new() };
    sheet.heading(&format!("{heading}{mark}"));
    if needed.is_empty() {
        let none = sheet.text("doc-notice-materials-none");
        sheet.paragraph(&none, Style::Plain);
    }
    for (number, (material, condition)) in (1_u32..).zip(needed) {
        one_material(sheet, number, material, condition.as_deref());
    }
}

/// When a material that the answers so far do not call for may still be needed: its conditions on situations left open.
fn condition(locale: &Locale, notice: &Notice<'_>, material: &Material) -> Option<String> {
    let open: Vec<String> = material
        .when
        .iter()
        .filter_map(|condition| condition.split_once('='))
        .filter(|(situation, _)| !notice.answers.contains_key(*situation))
        .filter_map(|(id, option)| {
            let situation = notice.item.situations.iter().find(|situation| situation.id == id)?;
            let option = situation.options.iter().find(|candidate| candidate.id == option)?;
            Some(locale.format(
                "doc-notice-material-condition",
                &[("question", situation.question.as_str().into()), ("answer", option.label.as_str().into())],
            ))
        })
        .collect();
    if open.is_empty() {
        return None;
    }
    let conditions = open.join(&locale.text("doc-notice-material-or"));
    Some(locale.format("doc-notice-material-only", &[("conditions", conditions.into())]))
}

fn one_material(sheet: &mut Sheet<'_>, number: u32, material: &Material, condition: Option<&str>) {
    let locale = sheet.locale;
    let name =
        locale.format("doc-notice-material", &[("number", number.into()), ("name", material.name.as_str().into())]);
    let counted = |key, count: u8| (count > 0).then(|| locale.format(key, &[("count", count.into())]));
    let facts: Vec<String> = [
        Some(locale.text(words::necessity(material.necessity))),
        Some(locale.text(words::material_form(material.form))),
        counted("doc-notice-originals", material.originals),
        counted("doc-notice-copies", material.copies),
        Some(locale.text(words::source(material.source))),
        material.deferrable.then(|| locale.text("doc-notice-deferrable")),
        material.exempt.as_ref().map(|by| locale.format("doc-notice-exempt", &[("by", by.as_str().into())])),
    ]
    .into_iter()
    .flatten()
    .collect();
    sheet.hanging("  ", &name, Style::Strong);
    for (text, style) in [
        (condition.unwrap_or_default(), Style::Plain),
        (facts.join(&locale.text("doc-list-comma")).as_str(), Style::Plain),
        (material.note.as_str(), Style::Faint),
    ] {
        if !text.is_empty() {
            sheet.hanging("     ", text, style);
        }
    }
}

/// The papers as they look when they are filled (示例样表).
fn examples(sheet: &mut Sheet<'_>, notice: &Notice<'_>) {
    let mut shown = notice.item.materials_for(notice.answers).filter(|it| !it.example.is_empty()).peekable();
    if shown.peek().is_none() {
        return;
    }
    let heading = sheet.text("doc-notice-examples");
    sheet.heading(&heading);
    for material in shown {
        sheet.hanging("  ", &material.name, Style::Strong);
        for line in &material.example {
            sheet.hanging("  | ", line, Style::Plain);
        }
    }
}

fn elsewhere(sheet: &mut Sheet<'_>, admission: &Admission) {
    if admission.elsewhere.is_empty() {
        return;
    }
    let heading = sheet.text("doc-notice-elsewhere");
    sheet.heading(&heading);
    admission.elsewhere.iter().for_each(|site| one_site(sheet, site));
}

/// What this site does where another body concludes the item, and where that is.
fn part_of_this_site(sheet: &mut Sheet<'_>, notice: &Notice<'_>) {
    let key = match notice.admission.role {
        Some(Role::Agency) => "doc-notice-agency",
        Some(Role::Assist) => "doc-notice-assist",
        _ => return,
    };
    let item = notice.item;
    let args = [("department", item.department.as_str().into()), ("place", item.place.as_str().into())];
    sheet.paragraph(&sheet.locale.format(key, &args), Style::Plain);
}

/// Says that an item is not taken on a day, when it is not.
pub(super) fn out_of_force(sheet: &mut Sheet<'_>, item: &Item, day: Date) {
    let (key, day) = match item.validity(day) {
        Validity::InForce => return,
        Validity::NotYet(from) => ("doc-notice-not-yet", from),
        Validity::Over(until) => ("doc-notice-over", until),
    };
    let day = sheet.date(day);
    sheet.paragraph(&sheet.locale.format(key, &[("day", day.into())]), Style::Strong);
}

/// Another site: what it does, how far it is, where, when.
pub(super) fn one_site(sheet: &mut Sheet<'_>, site: &Elsewhere) {
    let role = sheet.text(words::role(site.role));
    let mut name =
        sheet.locale.format("doc-notice-elsewhere-site", &[("name", site.name.as_str().into()), ("role", role.into())]);
    if let Some(metres) = site.metres {
        name.push_str(&words::distance(sheet.locale, metres));
    }
    sheet.list([name]);
    for detail in [&site.address, &site.hours, &site.phone] {
        if !detail.is_empty() {
            sheet.hanging("    ", detail, Style::Faint);
        }
    }
}
