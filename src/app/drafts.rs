//! Drafts (草稿): everything not submitted yet; opening one resumes at the same field.

use super::effect::{DraftForm, Effect, OpenedDraft, Reply, Trouble};
use super::intake::{Intake, changes};
use super::opening::closed;
use super::popup::Popup;
use super::shared::{Note, Shared, Tone};
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::keymap::{Action, Context};
use crate::vault::DraftSummary;

/// The drafts screen.
#[derive(Debug, Default)]
pub struct Drafts {
    /// The drafts, last changed first; `None` until they are read.
    pub drafts: Option<Vec<DraftSummary>>,
    /// The draft with the cursor.
    pub selected: usize,
}

impl Drafts {
    /// The screen, and what reads the drafts.
    pub fn open(shared: &mut Shared) -> (Self, Effect) {
        (Self::default(), Effect::ListDrafts(shared.ask()))
    }

    fn current(&self) -> Option<&DraftSummary> {
        self.drafts.as_ref()?.get(self.selected)
    }
}

/// Opens a draft's intake in place of the screen that asked for it.
pub(super) fn resume(opened: OpenedDraft, shared: &mut Shared) -> Answered {
    let OpenedDraft { mut draft, item, form, withdrawn } = opened;
    if draft.body.document.as_ref().and_then(|it| it.get("items")?.as_array()).is_some_and(|items| items.len() > 1) {
        return Err(Box::new(Reply::Draft(Err(Trouble::of("trouble-several-items")))));
    }
    let is_withdrawn = withdrawn.is_some();
    let (form, changes) = match form {
        DraftForm::Same(form) => (form, None),
        DraftForm::Newer { old, new } => {
            let changes = changes::carry_over(&mut draft, &item.form, old.as_deref(), &new, &shared.locale);
            (new, Some(changes))
        }
        DraftForm::NewerAway(form) => {
            shared.bad("draft-form-newer-away");
            (form, None)
        }
    };
    let closed = match withdrawn {
        Some(Some(successor)) => Some(shared.locale.format("draft-item-replaced", &[("item", successor.into())])),
        Some(None) => Some(shared.locale.text("draft-item-withdrawn")),
        None => closed(&item, shared),
    };
    if let Some(text) = closed {
        shared.note = Some(Note { text, tone: Tone::Error });
    }
    match Intake::resume(draft, item, form, shared).map_err(|error| Trouble::because("trouble-form", error.phrase())) {
        Ok(mut intake) => {
            intake.withdrawn = is_withdrawn;
            if let Some(changes) = changes {
                intake.show_changes(changes);
            }
            let look = intake.look_for_files(shared);
            Ok(Step::go(Go::Replace(Screen::Intake(Box::new(intake)))).and(look))
        }
        Err(trouble) => Err(Box::new(Reply::Draft(Err(trouble)))),
    }
}

impl ScreenState for Drafts {
    fn title(&self) -> &'static str {
        "title-drafts"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::Open, Action::Discard, Action::Refresh]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        match action {
            Action::Back => Step::go(Go::Back),
            Action::Refresh => Step::effect(Effect::ListDrafts(shared.ask())),
            Action::Open | Action::Proceed => match self.current().map(|draft| draft.id) {
                Some(id) => Step::effect(Effect::OpenDraft(shared.ask(), id)),
                None => Step::none(),
            },
            Action::Discard => match self.current() {
                Some(draft) => {
                    let question =
                        shared.locale.format("intake-discard-question", &[("item", draft.item_name.as_str().into())]);
                    Step { popup: Some(Popup::confirm(question, Effect::DeleteDraft(draft.id))), ..Step::none() }
                }
                None => Step::none(),
            },
            action => {
                let count = self.drafts.as_ref().map_or(0, Vec::len);
                self.selected = scroll::select_in(self.selected, count, action, scroll::list_window(shared));
                Step::none()
            }
        }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        Ok(match reply {
            Reply::Drafts(Ok(drafts)) => {
                self.selected = self.selected.min(drafts.len().saturating_sub(1));
                self.drafts = Some(drafts);
                Step::none()
            }
            Reply::DraftDeleted(_, Ok(())) => Step::effect(Effect::ListDrafts(shared.ask())),
            Reply::Draft(Ok(opened)) => return resume(*opened, shared),
            other => return Err(Box::new(other)),
        })
    }
}
