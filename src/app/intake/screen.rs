//! The intake as a screen: its keys, what they lead to, the answers that it takes.

use jiff::Timestamp;

use super::over::Over;
use super::{Intake, PartId, SaveState, Target};
use crate::app::effect::{Effect, Reply};
use crate::app::shared::Shared;
use crate::app::{Answered, Go, Input, Screen, ScreenState, Step, receipt};
use crate::forms::{Control, ControlKind, FieldView};
use crate::keymap::{Action, Context};
use crate::text::Editor;

impl ScreenState for Intake {
    fn title(&self) -> &'static str {
        match &self.over {
            _ if self.review.is_some() => "title-review",
            Some(Over::Changes(_)) => "title-changes",
            _ => "title-intake",
        }
    }

    fn contexts(&self) -> &'static [Context] {
        if self.review.is_some() || matches!(self.over, Some(Over::Changes(_))) {
            &[Context::List]
        } else if self.over.is_some() {
            // Typing filters, so nothing but the list's own keys and the field's deletions are commands.
            &[Context::List, Context::Edit]
        } else {
            match &self.editor {
                Some(editor) if editor.is_multi_line() => &[Context::MultiLine, Context::Edit, Context::Form],
                Some(_) => &[Context::Edit, Context::Form],
                None => &[Context::Form],
            }
        }
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        if let Some(review) = &self.review {
            let mut actions = vec![Action::Proceed, Action::Open];
            actions.extend(review.has_masks().then_some(Action::Reveal));
            actions.extend([Action::NextError, Action::Park, Action::Discard]);
            return actions;
        }
        match &self.over {
            Some(over) => over.actions(),
            None => vec![
                Action::Proceed,
                Action::Park,
                Action::NextError,
                Action::PageDown,
                Action::PageUp,
                Action::Discard,
            ],
        }
    }

    fn actions_here(&self) -> Option<Vec<Action>> {
        if self.review.is_some() || self.over.is_some() {
            return None;
        }
        let mut actions = Vec::new();
        if let Some((_, control)) = self.focused_field() {
            match control.kind {
                ControlKind::Choice(_)
                | ControlKind::MultiChoice(_)
                | ControlKind::CodeList(_)
                | ControlKind::Area(_)
                | ControlKind::Date
                | ControlKind::Boolean => actions.push(Action::Toggle),
                ControlKind::DateTime if self.editor.as_ref().is_some_and(Editor::is_empty) => {
                    actions.push(Action::Toggle);
                }
                ControlKind::MultiLine => actions.push(Action::NewLine),
                _ => {}
            }
            if control.capture.is_some() {
                actions.push(Action::ReadDevice);
            }
        }
        if self.entry_around().is_some() {
            actions.extend([
                Action::AddEntry,
                Action::RemoveEntry,
                Action::GoToEntry,
                Action::MoveEntryUp,
                Action::MoveEntryDown,
            ]);
        } else if matches!(self.focus, Some(Target::Add(_))) {
            actions.push(Action::AddEntry);
        }
        Some(actions)
    }

    fn here(&self) -> Option<&'static str> {
        if self.review.is_some() {
            return None;
        }
        let is_date = |(_, control): (&FieldView, &Control)| {
            matches!(control.kind, ControlKind::Date | ControlKind::DateTime).then_some("date")
        };
        self.over.as_ref().map(Over::name).or_else(|| self.focused_field().and_then(is_date))
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        if self.submitting {
            return Step::none();
        }
        if self.review.is_some() {
            return self.review_input(input, shared);
        }
        if self.over.is_some() {
            return self.over_input(input, shared);
        }
        match input {
            Input::Action(Action::Proceed) => self.open_review(shared),
            Input::Action(Action::Park) => self.park(shared),
            Input::Action(Action::Back) => {
                self.leave_field();
                Step::go(Go::Back).and(self.save(shared))
            }
            Input::Action(Action::NextError) => self.next_error(shared),
            Input::Action(Action::Next) if matches!(self.focus, Some(Target::Add(_))) => self.add_or_move_on(shared),
            Input::Action(Action::Next) => self.move_focus(true, shared),
            Input::Action(Action::Previous) => self.move_focus(false, shared),
            Input::Action(Action::PageDown) => self.turn_page(true, shared),
            Input::Action(Action::PageUp) => self.turn_page(false, shared),
            Input::Action(Action::AddEntry) => self.add_entry(shared),
            Input::Action(Action::RemoveEntry) => self.remove_entry(shared),
            Input::Action(Action::MoveEntryUp) => self.move_entry(false, shared),
            Input::Action(Action::MoveEntryDown) => self.move_entry(true, shared),
            Input::Action(Action::GoToEntry) => self.list_entries(shared),
            Input::Action(Action::Discard) => self.ask_discard(shared),
            Input::Action(Action::Undo) if self.bring_back_removed(shared) => Step::none(),
            Input::Action(Action::ReadDevice) if self.page_ref().is_some_and(|page| page.part == PartId::Materials) => {
                Step::effect(self.look_for_files(shared))
            }
            Input::Action(Action::ReadDevice) => Step::effect(Effect::ReadDevice(shared.ask())),
            input => self.field_input(input, shared),
        }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        Ok(match reply {
            Reply::CatalogueReady => {
                self.look_up_role(shared);
                Step::none()
            }
            Reply::DraftSaved { id, revision, result: Ok(()) } if id == self.id => {
                self.saved_revision = self.saved_revision.max(revision);
                if self.saved_revision == self.revision {
                    self.save_state = SaveState::Saved;
                }
                Step::none()
            }
            Reply::Submitted(id, Ok(entry)) if id == self.id => {
                let submission = self.review.as_ref().and_then(|review| review.outcome.as_ref().ok());
                let request = submission.map(|submission| &submission.request);
                let slip = receipt::ReceiptScreen::waiting(*entry, Some(self.item.as_ref()), request, shared);
                Step::go(Go::Replace(Screen::Receipt(slip))).and(Effect::CountQueued)
            }
            Reply::Files(draft, Ok(files)) if draft == self.id => {
                self.take_files(files, shared);
                Step::none()
            }
            Reply::Attached { draft, name, result } if draft == self.id => match result {
                Ok(attachment) => {
                    self.kept(&name, Some(attachment), shared);
                    Step::none().and(self.save(shared))
                }
                Err(trouble) => {
                    self.kept(&name, None, shared);
                    return Err(Box::new(Reply::Attached { draft, name, result: Err(trouble) }));
                }
            },
            Reply::DeviceRead(Ok(terms)) => {
                self.fill_by_term(&terms, shared);
                Step::none()
            }
            // The trouble itself is told in the status line.
            other => {
                match &other {
                    Reply::DraftSaved { id, .. } if *id == self.id => self.save_failed(shared),
                    Reply::Submitted(id, _) if *id == self.id => self.submitting = false,
                    _ => {}
                }
                return Err(Box::new(other));
            }
        })
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.save_at
    }

    fn wake(&mut self, shared: &mut Shared) -> Step {
        Step::none().and(self.save(shared))
    }

    fn for_whom(&self) -> Option<String> {
        Some(self.applicant()).filter(|name| !name.is_empty())
    }
}
