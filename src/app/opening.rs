//! The way from an item to its intake, from whichever screen the clerk takes it.

use std::sync::Arc;

use super::effect::{Effect, Reply, Trouble};
use super::intake::{Intake, Part, PartId};
use super::shared::{Note, Shared, Tone};
use super::{Answered, Go, Screen, Step};
use crate::domain::away::CompetentPlace;
use crate::domain::item::{FormRef, Item, SituationAnswers, Validity};
use crate::domain::site::Admission;
use crate::forms::Form;

/// An intake that is about to open.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// The form was asked for.
    asked: bool,
    /// The competent place that the intake is for, where that is not the desk's own.
    pub(super) competent: Option<CompetentPlace>,
}

/// Why an item is not taken today, if it is not.
pub(super) fn closed(item: &Item, shared: &Shared) -> Option<String> {
    let (key, date) = match item.validity(shared.today()) {
        Validity::InForce => return None,
        Validity::NotYet(from) => ("guide-not-yet", from),
        Validity::Over(until) => ("guide-over", until),
    };
    let args = [("day", date.to_string().into()), ("department", item.department.as_str().into())];
    Some(shared.locale.format(key, &args))
}

/// Whether an intake may be opened here today.
pub(super) fn takes(item: &Item, admission: &Admission, shared: &Shared) -> bool {
    admission.takes_applications() && item.validity(shared.today()) == Validity::InForce
}

impl Opening {
    /// Asks for the form, unless the item is not taken here, or not now.
    pub(super) fn ask(&mut self, item: &Item, admission: &Admission, shared: &mut Shared) -> Step {
        if !admission.takes_applications() {
            shared.bad(if admission.role.is_some() { "guide-inform-only" } else { "guide-not-admitted" });
        } else if let Some(text) = closed(item, shared) {
            shared.note = Some(Note { text, tone: Tone::Error });
        } else if !self.asked {
            self.asked = true;
            return Step::effect(Effect::LoadForm(shared.ask(), item.form.clone()));
        }
        Step::none()
    }

    /// The form came: the intake opens if the clerk wants it. Nobody is told that a form cannot be had that is not wanted yet.
    pub(super) fn opened(
        &mut self,
        item: &Arc<Item>,
        answers: &SituationAnswers,
        form: FormRef,
        result: Result<Arc<Form>, Trouble>,
        shared: &mut Shared,
    ) -> Answered {
        if !std::mem::take(&mut self.asked) {
            return Ok(Step::none());
        }
        let opened = result.and_then(|form| {
            Intake::start(Arc::clone(item), form, answers.clone(), shared)
                .map_err(|error| Trouble::because("trouble-form", error.phrase()))
        });
        match opened {
            Ok(mut intake) => {
                intake.competent = self.competent.take();
                let look = intake.look_for_files(shared);
                let (code, now) = (item.code.clone(), shared.now);
                let kept = shared.with_shortcuts(|it| it.note_use(&code, now, 0));
                let noted = (!shared.desk.read_only).then_some(Effect::NoteOpened(code));
                Ok(Step::go(Go::Push(Screen::Intake(Box::new(intake)))).and(look).and(noted).and(kept))
            }
            Err(trouble) => Err(Box::new(Reply::Form(form, Err(trouble)))),
        }
    }
}

/// Of the fields that an intake on this form asks at first, how many are filled by themselves, and how many there are.
pub(super) fn fields_known(form: &Arc<Form>, shared: &Shared) -> (usize, usize) {
    let built_in = &shared.built_in;
    let parts = [
        (PartId::Applicant, Arc::clone(&built_in.applicant)),
        (PartId::Form, Arc::clone(form)),
        (PartId::Delivery, Arc::clone(&built_in.delivery)),
    ];
    let mut count = (0, 0);
    for (id, form) in parts {
        let part = Part::new(id, form, None, shared.today());
        let pages = part.view.pages.iter().enumerate().filter(|(_, page)| page.visible);
        for field in pages.flat_map(|(page, _)| part.fields(page)) {
            let is_known = part.value(&field.pointer).is_some_and(|value| match value {
                serde_json::Value::Null => false,
                serde_json::Value::String(text) => !text.is_empty(),
                serde_json::Value::Array(values) => !values.is_empty(),
                _ => true,
            });
            count = (count.0 + usize::from(is_known), count.1 + 1);
        }
    }
    count
}
