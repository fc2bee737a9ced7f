//! The intake as a draft, and when it goes to the disk.

use super::{Intake, SAVE_AFTER, SAVE_AGAIN_AFTER, SaveState};
use crate::app::effect::Effect;
use crate::app::shared::Shared;
use crate::text::Editor;
use crate::vault::{Draft, DraftBody, Focus};

impl Intake {
    /// Notes a change: it has to be saved.
    pub(super) fn changed(&mut self, shared: &Shared) {
        self.revision += 1;
        self.carried_over = false;
        self.save_state = SaveState::Unsaved;
        if self.save_at.is_none() {
            self.save_at = shared.now.checked_add(SAVE_AFTER).ok();
        }
    }

    /// Writes the draft if anything changed since it was last handed over: what was typed, or where the focus is, so that it resumes
    /// there. An intake in which nothing was typed leaves no draft.
    pub(super) fn save(&mut self, shared: &Shared) -> Option<Effect> {
        let changed = self.save_at.take().is_some() || self.save_state == SaveState::Failed;
        let moved = self.revision > 0 && !self.carried_over && self.saved_focus != (self.page, self.focus.clone());
        if !changed && !moved {
            return None;
        }
        if moved {
            self.revision += 1;
            self.saved_focus = (self.page, self.focus.clone());
        }
        Some(Effect::SaveDraft(Box::new(self.draft(shared))))
    }

    /// The disk refused. It may have room again soon.
    pub(super) fn save_failed(&mut self, shared: &Shared) {
        self.save_state = SaveState::Failed;
        self.save_at = shared.now.checked_add(SAVE_AGAIN_AFTER).ok();
    }

    /// Whether something of it is not on the disk yet, or on its way there.
    pub fn is_busy(&self) -> bool {
        self.submitting || self.save_state != SaveState::Saved
    }

    /// Whether nothing was typed since it was opened on an empty form: there is no draft of it.
    pub const fn is_untouched(&self) -> bool {
        self.fresh && self.revision == 0
    }

    /// Counts up with every change.
    pub const fn revision(&self) -> u32 {
        self.revision
    }

    /// The intake as a draft.
    pub fn draft(&self, shared: &Shared) -> Draft {
        let focus = self.page_ref().map(|page| Focus {
            part: page.part.name().to_owned(),
            page: page.page,
            pointer: self.focus.as_ref().map(|target| target.pointer().to_owned()).unwrap_or_default(),
            caret: self.editor.as_ref().map(Editor::caret),
        });
        Draft {
            id: self.id,
            item_code: self.item.code.clone(),
            item_name: self.item.name.clone(),
            applicant: self.applicant(),
            updated_at: shared.now,
            body: DraftBody {
                item_code: self.item.code.clone(),
                item_version: self.item.version,
                form: self.form.clone(),
                opened_at: self.opened_at,
                situations: self.situations.clone(),
                parts: self.parts.iter().map(|part| (part.id.name().to_owned(), part.data.clone())).collect(),
                for_agent: self.has_agent(),
                focus,
                revision: self.revision,
                supersedes: self.supersedes,
                acknowledge_duplicate: self.acknowledge_duplicate,
                refused: self.faults(),
                document: None,
                competent: self.competent.clone(),
            },
        }
    }
}
