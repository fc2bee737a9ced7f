//! Keys of the sentences for the trade's code lists.

use jiff::civil::Date;

use crate::domain::item::{
    Audience, CrossMode, HandleArea, Level, Limit, LimitUnit, MaterialForm, Necessity, ProjectType, Source, Validity,
};
use crate::domain::site::Role;
use crate::locale::Locale;

pub(super) const fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Person => "doc-audience-person",
        Audience::Organisation => "doc-audience-organisation",
    }
}

pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Nation => "doc-level-nation",
        Level::Province => "doc-level-province",
        Level::City => "doc-level-city",
        Level::County => "doc-level-county",
        Level::Town => "doc-level-town",
        Level::Village => "doc-level-village",
    }
}

pub(super) const fn project_type(kind: ProjectType) -> &'static str {
    match kind {
        ProjectType::Instant => "doc-project-instant",
        ProjectType::Promised => "doc-project-promised",
    }
}

pub(super) const fn handle_area(area: HandleArea) -> &'static str {
    match area {
        HandleArea::Nation => "doc-area-nation",
        HandleArea::Province => "doc-area-province",
        HandleArea::City => "doc-area-city",
        HandleArea::County => "doc-area-county",
        HandleArea::Town => "doc-area-town",
        HandleArea::Villages => "doc-area-villages",
    }
}

pub(super) const fn cross_mode(mode: CrossMode) -> &'static str {
    match mode {
        CrossMode::Online => "doc-mode-online",
        CrossMode::Collect => "doc-mode-collect",
        CrossMode::Joint => "doc-mode-joint",
    }
}

/// A word for an item that is not in force, and the day from which or until which it is.
pub const fn out_of_force(validity: Validity) -> Option<(&'static str, Date)> {
    match validity {
        Validity::InForce => None,
        Validity::NotYet(from) => Some(("validity-not-yet", from)),
        Validity::Over(until) => Some(("validity-over", until)),
    }
}

/// In which way an item is taken at this site (直办、代办、协办), and who concludes it. None where nothing is taken.
pub fn mode(role: Option<Role>, department: &str, locale: &Locale) -> Option<String> {
    let key = match role? {
        Role::Direct => "mode-direct",
        Role::Agency => "mode-agency",
        Role::Assist => "mode-assist",
        Role::Inform => return None,
    };
    Some(locale.format(key, &[("department", department.into())]))
}

pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Direct => "doc-role-direct",
        Role::Agency => "doc-role-agency",
        Role::Assist => "doc-role-assist",
        Role::Inform => "doc-role-inform",
    }
}

pub(super) const fn admitted(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Direct) => "doc-admitted-direct",
        Some(Role::Agency) => "doc-admitted-agency",
        Some(Role::Assist) => "doc-admitted-assist",
        Some(Role::Inform) => "doc-admitted-inform",
        None => "doc-admitted-no",
    }
}

pub(super) const fn necessity(necessity: Necessity) -> &'static str {
    match necessity {
        Necessity::Required => "doc-necessity-required",
        Necessity::Optional => "doc-necessity-optional",
    }
}

pub(super) const fn material_form(form: MaterialForm) -> &'static str {
    match form {
        MaterialForm::Paper => "doc-form-paper",
        MaterialForm::Electronic => "doc-form-electronic",
        MaterialForm::Either => "doc-form-either",
    }
}

pub(super) const fn source(source: Source) -> &'static str {
    match source {
        Source::Applicant => "doc-source-applicant",
        Source::Government => "doc-source-government",
        Source::Other => "doc-source-other",
    }
}

/// How far a place is, as the crow flies: in metres below a kilometre, else in kilometres.
pub(super) fn distance(locale: &Locale, metres: u32) -> String {
    match metres {
        0..1_000 => locale.format("doc-distance-metres", &[("n", (metres / 10 * 10).into())]),
        _ => locale.format("doc-distance-kilometres", &[("n", format!("{:.1}", f64::from(metres) / 1_000.0).into())]),
    }
}

/// A time limit in words.
pub(super) fn limit(locale: &Locale, limit: Option<Limit>) -> String {
    match limit {
        None => locale.text("doc-limit-none"),
        Some(Limit { days: 0, .. }) => locale.text("doc-limit-at-once"),
        Some(Limit { days, unit }) => {
            let key = match unit {
                LimitUnit::Working => "doc-limit-working",
                LimitUnit::Natural => "doc-limit-natural",
            };
            locale.format(key, &[("days", days.into())])
        }
    }
}
