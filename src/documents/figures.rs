//! What an item saves the citizen in a few figures: the four ways (四办), the four cuts (四减), the fee.

use crate::domain::item::{Item, Limit, Material, ProjectType, SituationAnswers};
use crate::locale::Locale;

use super::sheet::Sheet;
use super::{Style, words};

/// The ways that hold, each as a badge; a word when none does.
pub(super) fn badges(item: &Item, locale: &Locale) -> String {
    let ways = [
        (item.four_ways.at_once, "doc-way-at-once"),
        (item.four_ways.online, "doc-way-online"),
        (item.four_ways.nearby, "doc-way-nearby"),
        (item.four_ways.once, "doc-way-once"),
    ];
    let badges: Vec<String> =
        ways.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| format!("[{}]", locale.text(key))).collect();
    if badges.is_empty() { locale.text("doc-none") } else { badges.join(" ") }
}

/// The promised limit; what is done on the spot has none.
pub(super) fn promised(item: &Item, locale: &Locale) -> String {
    match (item.project_type, item.promised_limit) {
        (ProjectType::Instant, None) => locale.text("doc-limit-at-once"),
        (_, limit) => words::limit(locale, limit),
    }
}

/// The promised limit beside the legal one, and how much shorter it is.
fn time(item: &Item, locale: &Locale) -> String {
    let promised_days = match (item.project_type, item.promised_limit) {
        (ProjectType::Instant, None) => Some((0, None)),
        (_, limit) => limit.map(|limit| (limit.days, Some(limit.unit))),
    };
    let (legal, promised) = (words::limit(locale, item.legal_limit), promised(item, locale));
    let cut = match (item.legal_limit, promised_days) {
        (Some(Limit { days: legal, unit }), Some((promised, its_unit)))
            if legal > promised && its_unit.is_none_or(|its| its == unit) =>
        {
            Some(u32::from(legal - promised) * 100 / u32::from(legal))
        }
        _ => None,
    };
    let args = [("legal", legal.into()), ("promised", promised.into())];
    match cut {
        Some(percent) => {
            let [legal, promised] = args;
            locale.format("doc-figure-time-cut", &[legal, promised, ("percent", percent.into())])
        }
        None => locale.format("doc-figure-time-plain", &args),
    }
}

/// How many materials these answers ask for, and how many of them need not be handed in.
pub(super) fn materials(item: &Item, answers: &SituationAnswers, locale: &Locale) -> String {
    let asked: Vec<&Material> = item.materials_for(answers).collect();
    let exempt = asked.iter().filter(|material| material.exempt.is_some()).count();
    let args = [("asked", asked.len().into()), ("exempt", exempt.into()), ("left", (asked.len() - exempt).into())];
    locale.format(if exempt > 0 { "doc-figure-materials-cut" } else { "doc-figure-materials-plain" }, &args)
}

/// How often the citizen must come.
pub(super) fn trips(item: &Item, locale: &Locale) -> String {
    match item.trips {
        0 => locale.text("doc-figure-trips-none"),
        count => locale.format("doc-notice-trips-count", &[("count", count.into())]),
    }
}

/// All of it as fields, each label with the mark of sample data where it is one.
pub(super) fn figures(sheet: &mut Sheet<'_>, item: &Item, answers: &SituationAnswers, known: Option<(usize, usize)>) {
    let locale = sheet.locale;
    let flow = match item.flow.len() {
        0 => String::new(),
        steps => locale.format("doc-figure-steps-count", &[("count", steps.into())]),
    };
    let fee = item.fee.as_ref().map_or_else(|| locale.text("doc-notice-fee-none"), |fee| fee.standard.clone());
    let known = known
        .map(|(known, all)| locale.format("doc-figure-known-count", &[("known", known.into()), ("all", all.into())]));
    let fields = [
        ("doc-notice-four-ways", "four-ways", badges(item, locale)),
        ("doc-figure-time", "promised-limit", time(item, locale)),
        ("doc-figure-materials", "materials", materials(item, answers, locale)),
        ("doc-figure-trips", "trips", trips(item, locale)),
        ("doc-figure-steps", "flow", flow),
        ("doc-notice-fee", "fee", fee),
        ("doc-figure-known", "", known.unwrap_or_default()),
    ]
    .map(|(key, element, value)| (sheet.label(item, key, element), value, Style::Plain));
    sheet.fields(0, &fields);
}
