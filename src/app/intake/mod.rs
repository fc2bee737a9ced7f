//! The intake (收件登记): one flow of pages for any item, from the applicant to the delivery, and the review at its end.
//!
//! Every page is drawn and judged by the form engine, the built-in ones too. What the clerk types is in [`Part::data`]; nothing is ever
//! dropped from there because a field is hidden.

mod attachments;
pub mod calendar;
pub(super) mod changes;
pub mod document;
mod entries;
mod field;
mod history;
pub mod ledger;
mod over;
pub mod owed;
mod part;
pub mod picker;
mod remarks;
mod request;
pub mod review;
mod saving;
mod screen;
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

use super::effect::{Effect, Files};
use super::popup::Popup;
use super::shared::Shared;
use super::{Go, Step};
use crate::domain::away::CompetentPlace;
use crate::domain::item::{Audience, FormRef, Item, SituationAnswers};
use crate::domain::site::Role;
use crate::forms::{FieldError, Form, LoadError, pointer};
use crate::text::{Editor, mask};
use crate::vault::{Draft, DraftBody};

/// A keystroke is on the disk within a second; saving starts this long after it.
const SAVE_AFTER: SignedDuration = SignedDuration::from_millis(600);
/// What the disk refused is handed to it again after so long.
const SAVE_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// Where an intake stands with the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveState {
    /// Everything typed is on the disk (已保存).
    Saved,
    /// Not yet.
    Unsaved,
    /// The disk refused; it is tried again by itself, and with the next change.
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
    /// Opened on an empty form, not from a draft.
    fresh: bool,
    /// Its values were carried over to another version of the form, and nothing was changed since: the disk has the draft as it was.
    carried_over: bool,
    supersedes: Option<Uuid>,
    /// What the backend objected to in the request that this one corrects.
    remarks: Vec<remarks::Remark>,
    /// What can be attached, and what is.
    files: Files,
    /// The backend said that the applicant has the same item open here, and the clerk goes on.
    pub acknowledge_duplicate: bool,
    /// The competent place that it is taken for, where that is not the desk's own (属地).
    pub competent: Option<CompetentPlace>,
    /// The item is no longer offered: what was typed stays, but will not be taken.
    pub withdrawn: bool,
    /// What the desk's site does for the item.
    role: Option<Role>,
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
    /// What this site does for it; not for a competent place elsewhere, which is said by itself.
    pub fn role(&self) -> Option<Role> {
        self.role.filter(|_| self.competent.is_none())
    }

    /// Looks up what this site does for it in the catalogue that is there now.
    fn look_up_role(&mut self, shared: &Shared) {
        self.role = shared.row_of(&self.item.code).and_then(|row| row.role);
    }

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
                acknowledge_duplicate: false,
                refused: Vec::new(),
                document: None,
                competent: None,
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
        intake.fresh = true;
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
        let materials_form = Arc::new(ledger::form(&item, &body.situations, &[], &shared.locale)?);
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
            fresh: false,
            carried_over: false,
            supersedes: body.supersedes,
            remarks: Vec::new(),
            files: Files::default(),
            acknowledge_duplicate: body.acknowledge_duplicate,
            competent: body.competent,
            withdrawn: false,
            role: None,
        };
        intake.look_up_role(shared);
        intake.list_owed(shared);
        intake.focus_first();
        if let Some(focus) = body.focus
            && let Some(part) = PartId::from_name(&focus.part)
        {
            intake.jump(PageRef { part, page: focus.page }, &focus.pointer);
            if intake.focus.is_none() {
                intake.focus_first();
            } else if let (Some(editor), Some(caret)) = (&mut intake.editor, focus.caret) {
                editor.place_caret(caret);
            }
        }
        intake.rebuild_ledger(shared);
        let is_fresh = body.revision == 0;
        intake.remark(body.refused);
        if is_fresh {
            intake.go_to_remark();
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
        self.part(part)?.error(at).filter(|_| shown).or_else(|| self.remark_at(part, at))
    }

    /// Whether an error shows somewhere below an entry's pointer.
    pub fn has_shown_error_within(&self, part: PartId, entry: &str) -> bool {
        let is_within = |error: &&FieldError| pointer::is_within(&error.pointer, entry);
        let errors = self.part(part).into_iter().flat_map(|part| &part.view.errors);
        errors.filter(is_within).any(|error| self.shown_error(part, &error.pointer).is_some())
    }

    /// The catalogue is complete and of today: says once when it does not have the item any more. The review page goes on saying it.
    pub(super) fn catalogue_synced(&mut self, shared: &mut Shared) {
        let is_gone = shared.catalogue.as_ref().is_some_and(|catalogue| catalogue.find(&self.item.code).is_none());
        if is_gone && !std::mem::replace(&mut self.withdrawn, is_gone) {
            shared.bad("intake-item-withdrawn");
        }
    }

    fn park(&mut self, shared: &mut Shared) -> Step {
        self.leave_field();
        // Of a form in which nothing was typed there is no draft.
        shared.good(if self.is_untouched() { "intake-nothing-parked" } else { "intake-parked" });
        Step::go(Go::Back).and(self.save(shared))
    }

    fn ask_discard(&self, shared: &Shared) -> Step {
        let question = shared.locale.format("intake-discard-question", &[("item", self.item.name.as_str().into())]);
        Step { popup: Some(Popup::confirm(question, Effect::DeleteDraft(self.id))), ..Step::none() }
    }
}
