//! What the backend objected to in the request that this intake corrects, on the fields that it is about, until each is changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::ANSWERS;
use super::{Intake, PageRef, PartId, ledger};
use crate::forms::{ErrorDetail, FieldError, Messages};
use crate::locale::Phrase;
use crate::vault::FieldFault;

/// An objection of the backend's.
#[derive(Debug, Clone)]
pub struct Remark {
    part: PartId,
    error: FieldError,
    /// As it came, for the draft.
    fault: FieldFault,
}

impl Intake {
    /// Puts the backend's objections on their fields. What is about no field of this intake is left to the refusal itself.
    pub(super) fn remark(&mut self, faults: Vec<FieldFault>) {
        self.remarks = faults
            .into_iter()
            .filter_map(|fault| {
                let (part, pointer) = self.field_of(&fault.pointer)?;
                let page = self.page_of(part, &pointer)?;
                let sentence = [("zh-CN".to_owned(), fault.message.clone())];
                let custom = Some(Arc::new(Messages(BTreeMap::from(sentence))));
                let detail = ErrorDetail { phrase: Phrase::of("sync-reason-invalid"), custom };
                let error = FieldError { pointer, keyword: fault.keyword.clone(), page, detail };
                Some(Remark { part, error, fault })
            })
            .collect();
    }

    /// The objections that still stand, with their pages.
    pub(super) fn remarked(&self) -> impl Iterator<Item = (PageRef, &FieldError)> {
        self.remarks.iter().map(|remark| (PageRef { part: remark.part, page: remark.error.page }, &remark.error))
    }

    /// The objection to a field.
    pub(super) fn remark_at(&self, part: PartId, at: &str) -> Option<&FieldError> {
        self.remarks.iter().find(|remark| remark.part == part && remark.error.pointer == at).map(|remark| &remark.error)
    }

    /// The field was changed: whether the objection still holds is for the backend to say.
    pub(super) fn mend(&mut self, part: PartId, at: &str) {
        self.remarks.retain(|remark| remark.part != part || remark.error.pointer != at);
    }

    /// The objections as the draft keeps them.
    pub(super) fn faults(&self) -> Vec<FieldFault> {
        self.remarks.iter().map(|remark| remark.fault.clone()).collect()
    }

    /// Goes to the first field with an objection.
    pub(super) fn go_to_remark(&mut self) {
        let first = self.remarked().next().map(|(page, error)| (page, error.pointer.clone()));
        if let Some((page, pointer)) = first {
            self.jump(page, &pointer);
        }
    }

    /// The field of a place in the request.
    fn field_of(&self, pointer: &str) -> Option<(PartId, String)> {
        let inside =
            |prefix: &str| pointer.strip_prefix(prefix).filter(|rest| rest.starts_with('/')).map(str::to_owned);
        for (prefix, part) in [
            ("/applicant", PartId::Applicant),
            ("/agent", PartId::Agent),
            ("/delivery", PartId::Delivery),
            (ANSWERS, PartId::Form),
        ] {
            if let Some(rest) = inside(prefix) {
                return Some((part, rest));
            }
        }
        if let Some(rest) = inside("/items/0/situations") {
            return Some((PartId::Materials, format!("/situations{rest}")));
        }
        let rest = inside("/items/0/materials")?;
        let mut segments = rest.split('/').skip(1);
        let index: usize = segments.next()?.parse().ok()?;
        let relevant = &self.part(PartId::Materials)?.view.relevant;
        let lines = ledger::received(&self.item, &self.situations, relevant);
        let line = lines.get(index)?;
        Some((PartId::Materials, format!("/materials/{}/{}", line.code, segments.next()?)))
    }

    fn page_of(&self, part: PartId, pointer: &str) -> Option<usize> {
        let part = self.part(part)?;
        (0..part.view.pages.len()).find(|page| part.fields(*page).any(|field| field.pointer == pointer))
    }
}
