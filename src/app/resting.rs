//! What a screen leaves behind while the desk is locked: where it was, and nothing of what it showed. Unlocked, it is read again.

use uuid::Uuid;

use super::effect::{Effect, Reply};
use super::receipt::ReceiptScreen;
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, case, drafts};
use crate::keymap::{Action, Context};

/// Where a screen was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An intake, by its draft, in its field.
    Intake(Uuid),
    /// A slip or receipt.
    Receipt(Uuid),
    /// A case.
    Case(String),
}

/// A screen at rest.
#[derive(Debug)]
pub struct Resting {
    place: Place,
}

impl Resting {
    /// At this place.
    pub const fn at(place: Place) -> Self {
        Self { place }
    }

    /// What brings the screen back.
    pub fn wake_up(&self, shared: &mut Shared) -> Effect {
        let generation = shared.ask();
        match &self.place {
            Place::Intake(draft) => Effect::OpenDraft(generation, *draft),
            Place::Receipt(id) => Effect::OpenReceipt(generation, *id),
            Place::Case(case_no) => Effect::OpenCase(generation, case_no.clone()),
        }
    }
}

impl ScreenState for Resting {
    fn title(&self) -> &'static str {
        match self.place {
            Place::Intake(_) => "title-intake",
            Place::Receipt(_) => "title-receipt",
            Place::Case(_) => "title-case",
        }
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        Vec::new()
    }

    fn input(&mut self, input: Input<'_>, _: &mut Shared) -> Step {
        if matches!(input, Input::Action(Action::Back)) { Step::go(Go::Back) } else { Step::none() }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match (&self.place, reply) {
            (Place::Intake(draft), Reply::Draft(Ok(opened))) if opened.draft.id == *draft => {
                drafts::resume(*opened, shared)
            }
            (Place::Receipt(id), Reply::Receipt(Ok(opened))) if opened.id() == *id => {
                Ok(Step::go(Go::Replace(Screen::Receipt(ReceiptScreen::of(*opened, shared)))))
            }
            // It was kept for long enough.
            (Place::Receipt(_), Reply::Receipt(Err(_))) => Ok(Step::go(Go::Back)),
            (Place::Case(case_no), Reply::Case(Ok(opened))) if opened.case.case_no == *case_no => {
                Ok(Step::go(Go::Replace(Screen::Case(case::CaseScreen::of(*opened)))))
            }
            (_, other) => Err(Box::new(other)),
        }
    }
}
