//! The intake (收件登记): one flow of pages for any item, from the applicant to the delivery, and the review at its end.
//!
//! Every page is drawn and judged by the form engine, the built-in ones too. What the clerk types is in [`Part::data`]; nothing is ever
//! dropped from there because a field is hidden.

pub mod calendar;
mod entries;
mod field;
mod history;
pub mod ledger;
mod over;
pub mod owed;
mod part;
pub mod picker;
mod request;
pub mod review;
mod saving;
pub mod shown;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use entries::Removed;
pub use entries::entry_heading;
pub(super) use field::edit_for;
use history::{History, Place};
pub use over::Over;
use owed::Owed;
pub use part::{Part, PartId, Target};
use review::Review;

use super::effect::{Effect, Reply};
use super::popup::Popup;
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, receipt};
use crate::domain::item::{Audience, FormRef, Item, SituationAnswers};
use crate::forms::{Control, ControlKind, FieldError, FieldView, Form, LoadError};
use crate::keymap::{Action, Context};
use crate::text::{Editor, mask};
use crate::vault::{Draft, DraftBody};

/// A keystroke is on the disk within a second; saving starts this long after it.
const SAVE_AFTER: SignedDuration = SignedDuration::from_millis(600);

/// Where an intake stands with the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveState {
    /// Everything typed is on the disk (已保存).
    Saved,
    /// Not yet.
    Unsaved,
    /// The disk refused; it is tried again with the next change.
    Failed,
}

/// An intake in progress.
#[derive(Debug)]
pub struct Intake {
    /// Id of the draft, later of the request.
    pub id: Uuid,
    /// The item applied for.
    pub item: Arc<Item>,
    /// The form being filled: the version that the intake was opened with.
    pub form: FormRef,
    opened_at: Timestamp,
    /// Answers to the item's situations.
    pub situations: SituationAnswers,
    parts: Vec<Part>,
    /// Which of [`Self::pages`] is open.
    pub page: usize,
    /// What has the focus on it.
    pub focus: Option<Target>,
    /// The text under the caret, when the focus is on a text field.
    pub editor: Option<Editor>,
    /// The field whose text that is.
    editing: Option<Place>,
    /// What can be undone elsewhere.
    history: History,
    /// What is open over the field.
    pub over: Option<Over>,
    /// The review page is open.
    pub review: Option<Review>,
    /// Fields that the clerk has left once: their errors are shown.
    touched: BTreeSet<(PartId, String)>,
    all_touched: bool,
    revision: u32,
    saved_revision: u32,
    saved_focus: (usize, Option<Target>),
    save_at: Option<Timestamp>,
    /// Where it stands with the disk.
    pub save_state: SaveState,
    /// Entries that were just removed and can be brought back, the last one last.
    removed: Vec<Removed>,
    /// What is owed of the form.
    owed: Vec<Owed>,
    submitting: bool,
    supersedes: Option<Uuid>,
    /// The backend said that the applicant has the same item open here, and the clerk goes on.
    pub acknowledge_duplicate: bool,
}

/// A page of the intake: a page of one of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRef {
    /// The part.
    pub part: PartId,
    /// The page within the part.
    pub page: usize,
}

impl Intake {
    /// A new intake of an item.
    ///
    /// # Errors
    /// When the item's materials make no valid page.
    pub fn start(
        item: Arc<Item>,
        form: Arc<Form>,
        situations: SituationAnswers,
        shared: &Shared,
    ) -> Result<Self, LoadError> {
        let draft = Draft {
            id: (shared.fresh_ids)(shared.now),
            item_code: item.code.clone(),
            item_name: item.name.clone(),
            applicant: String::new(),
            updated_at: shared.now,
            body: DraftBody {
                item_code: item.code.clone(),
                item_version: item.version,
                form: item.form.clone(),
                opened_at: shared.now,
                situations,
                parts: BTreeMap::new(),
                for_agent: false,
                focus: None,
                revision: 0,
                supersedes: None,
            },
        };
        let mut intake = Self::resume(draft, item, form, shared)?;
        if !intake.item.audience.contains(&Audience::Person) {
            intake.set_value(PartId::Applicant, "/kind", Some("organisation".into()), shared);
            intake.focus_first();
        }
        if intake.situations.get(ledger::HANDLER).is_some_and(|handler| handler == "agent") {
            intake.set_value(PartId::Applicant, "/handler", Some("agent".into()), shared);
        }
        // Nothing was typed yet.
        intake.revision = 0;
        intake.save_at = None;
        intake.save_state = SaveState::Saved;
        Ok(intake)
    }

    /// An intake as a draft left it, at the same field.
    ///
    /// # Errors
    /// When the item's materials make no valid page.
    pub fn resume(draft: Draft, item: Arc<Item>, form: Arc<Form>, shared: &Shared) -> Result<Self, LoadError> {
        let today = shared.today();
        let mut body = draft.body;
        let mut take = |part: PartId| body.parts.remove(part.name());
        let built_in = &shared.built_in;
        let (applicant, agent, own, delivery) =
            (take(PartId::Applicant), take(PartId::Agent), take(PartId::Form), take(PartId::Delivery));
        let promises = take(PartId::Owed);
        let materials = ledger::data(&item, &body.situations, take(PartId::Materials).as_ref());
        let materials_form = Arc::new(ledger::form(&item, &body.situations, &shared.locale)?);
        let parts = vec![
            Part::new(PartId::Applicant, Arc::clone(&built_in.applicant), applicant, today),
            Part::new(PartId::Agent, Arc::clone(&built_in.agent), agent, today),
            Part::new(PartId::Form, form, own, today),
            Part::new(PartId::Materials, materials_form, Some(materials), today),
            Part::new(PartId::Delivery, Arc::clone(&built_in.delivery), delivery, today),
            Part::new(PartId::Owed, Arc::new(owed::form(&[], &shared.locale)?), promises, today),
        ];
        let mut intake = Self {
            id: draft.id,
            item,
            form: body.form,
            opened_at: body.opened_at,
            situations: body.situations,
            parts,
            page: 0,
            focus: None,
            editor: None,
            editing: None,
            history: History::default(),
            over: None,
            review: None,
            touched: BTreeSet::new(),
            all_touched: false,
            revision: body.revision,
            saved_revision: body.revision,
            saved_focus: (0, None),
            save_at: None,
            save_state: SaveState::Saved,
            removed: Vec::new(),
            owed: Vec::new(),
            submitting: false,
            supersedes: body.supersedes,
            acknowledge_duplicate: false,
        };
        intake.list_owed(shared);
        intake.focus_first();
        if let Some(focus) = body.focus
            && let Some(part) = PartId::from_name(&focus.part)
        {
            intake.jump(PageRef { part, page: focus.page }, &focus.pointer);
            if let (Some(editor), Some(caret)) = (&mut intake.editor, focus.caret) {
                editor.place_caret(caret);
            }
        }
        intake.saved_focus = (intake.page, intake.focus.clone());
        Ok(intake)
    }

    /// The pages that are there now, in order.
    pub fn pages(&self) -> Vec<PageRef> {
        self.parts
            .iter()
            .filter(|part| self.is_active(part.id))
            .flat_map(|part| {
                let pages =
                    part.view.pages.iter().enumerate().filter(|(_, page)| page.visible && !page.rows.is_empty());
                pages.map(|(page, _)| PageRef { part: part.id, page })
            })
            .collect()
    }

    /// The open page.
    pub fn page_ref(&self) -> Option<PageRef> {
        self.pages().get(self.page).copied()
    }

    /// Name of a page, for its tab.
    pub fn page_label(&self, page: PageRef, shared: &Shared) -> String {
        let own =
            self.part(page.part).and_then(|part| part.form.pages().get(page.page)).map(|page| page.label.as_str());
        match (page.part, own) {
            (PartId::Form, Some(label)) if !label.is_empty() => label.to_owned(),
            (part, _) => shared.locale.text(&format!("intake-part-{}", part.name())),
        }
    }

    /// A part.
    pub fn part(&self, id: PartId) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }

    fn part_mut(&mut self, id: PartId) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.id == id)
    }

    /// Whether a part belongs to the request as it stands: the agent only when somebody acts for the applicant.
    pub fn is_active(&self, part: PartId) -> bool {
        part != PartId::Agent || self.has_agent()
    }

    /// Whether somebody acts for the applicant (代办).
    pub fn has_agent(&self) -> bool {
        self.text_of(PartId::Applicant, "/handler").is_some_and(|handler| handler == "agent")
    }

    /// Applicant's name, masked; empty when there is none yet.
    pub fn applicant(&self) -> String {
        let name = if self.text_of(PartId::Applicant, "/kind").as_deref() == Some("organisation") {
            // An organisation's name is public.
            return self.text_of(PartId::Applicant, "/organisation").unwrap_or_default();
        } else {
            self.text_of(PartId::Applicant, "/name")
        };
        name.map(|name| mask::name(&name)).unwrap_or_default()
    }

    fn text_of(&self, part: PartId, at: &str) -> Option<String> {
        self.part(part)?.value(at)?.as_str().map(str::to_owned)
    }

    /// Every error of the request as it stands, in page order.
    pub fn errors(&self) -> impl Iterator<Item = (PageRef, &FieldError)> {
        self.parts
            .iter()
            .filter(|part| self.is_active(part.id))
            .flat_map(|part| part.view.errors.iter().map(|error| (PageRef { part: part.id, page: error.page }, error)))
    }

    /// The error to show at a field: once the clerk has been there.
    pub fn shown_error(&self, part: PartId, at: &str) -> Option<&FieldError> {
        let shown = self.all_touched || self.touched.contains(&(part, at.to_owned()));
        self.part(part)?.error(at).filter(|_| shown)
    }

    /// Whether an error shows somewhere below an entry's pointer.
    pub fn has_shown_error_within(&self, part: PartId, entry: &str) -> bool {
        let is_within = |error: &&FieldError| error.pointer.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/'));
        let errors = self.part(part).into_iter().flat_map(|part| &part.view.errors);
        errors.filter(is_within).any(|error| self.shown_error(part, &error.pointer).is_some())
    }

    fn open_review(&mut self, shared: &mut Shared) -> Step {
        self.leave_field();
        self.all_touched = true;
        self.review = Some(Review::of(self, shared));
        Step::none().and(self.save(shared))
    }

    fn review_input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Some(review) = &mut self.review else { return Step::none() };
        match input {
            Input::Action(Action::Back) => {
                self.review = None;
                Step::none()
            }
            Input::Action(Action::Proceed) => self.submit(shared),
            Input::Action(Action::Open) => {
                if let Some((page, pointer)) = review.target() {
                    self.review = None;
                    self.jump(page, &pointer);
                }
                Step::none()
            }
            Input::Action(Action::NextError) => {
                if !review.next_error() {
                    shared.good("intake-no-errors");
                }
                Step::none()
            }
            Input::Action(Action::Park) => self.park(shared),
            Input::Action(Action::Discard) => self.ask_discard(shared),
            Input::Action(action) => {
                review.scroll(action, shared);
                Step::none()
            }
            Input::Typed(_) | Input::Pasted(_) => Step::none(),
        }
    }

    fn submit(&mut self, shared: &mut Shared) -> Step {
        if self.submitting {
            return Step::none();
        }
        match self.review.as_ref().map(|review| review.outcome.clone()) {
            Some(Ok(mut submission)) => {
                self.submitting = true;
                submission.request.submitted_at = shared.now;
                Step::none().and(self.save(shared)).and(Effect::Submit(Box::new(submission)))
            }
            Some(Err(_)) => {
                shared.bad("review-has-errors");
                Step::none()
            }
            None => Step::none(),
        }
    }

    fn park(&mut self, shared: &mut Shared) -> Step {
        self.leave_field();
        shared.good("intake-parked");
        Step::go(Go::Back).and(self.save(shared))
    }

    fn ask_discard(&self, shared: &Shared) -> Step {
        let question = shared.locale.format("intake-discard-question", &[("item", self.item.name.as_str().into())]);
        Step { popup: Some(Popup::confirm(question, Effect::DeleteDraft(self.id))), ..Step::none() }
    }
}

impl ScreenState for Intake {
    fn title(&self) -> &'static str {
        if self.review.is_some() { "title-review" } else { "title-intake" }
    }

    fn contexts(&self) -> &'static [Context] {
        if self.review.is_some() {
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
        if self.review.is_some() {
            return vec![Action::Proceed, Action::Open, Action::NextError, Action::Park, Action::Discard];
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
            actions.extend([Action::AddEntry, Action::RemoveEntry, Action::GoToEntry]);
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
            Input::Action(Action::ReadDevice) => Step::effect(Effect::ReadDevice(shared.ask())),
            input => self.field_input(input, shared),
        }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        Ok(match reply {
            Reply::DraftSaved { id, revision, result: Ok(()) } if id == self.id => {
                self.saved_revision = self.saved_revision.max(revision);
                if self.saved_revision == self.revision {
                    self.save_state = SaveState::Saved;
                }
                Step::none()
            }
            Reply::Submitted(id, Ok(entry)) if id == self.id => {
                let submission = self.review.as_ref().and_then(|review| review.outcome.as_ref().ok());
                let ledger = submission.map(|submission| (self.item.as_ref(), submission));
                let slip = receipt::ReceiptScreen::waiting(*entry, ledger, &shared.desk);
                Step::go(Go::Replace(Screen::Receipt(slip))).and(Effect::CountQueued)
            }
            Reply::DeviceRead(Ok(terms)) => {
                self.fill_by_term(&terms, shared);
                Step::none()
            }
            // The trouble itself is told in the status line.
            other => {
                match &other {
                    Reply::DraftSaved { id, .. } if *id == self.id => self.save_state = SaveState::Failed,
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
