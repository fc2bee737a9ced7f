//! The request that an intake amounts to: the snapshot that the citizen sees on the review page and that is sent, unchanged.

use serde_json::{Map, Value};

use super::{Intake, PartId, ledger, owed};
use crate::app::effect::Submission;
use crate::app::shared::Shared;
use crate::domain::request::{Channel, Mode, Request, RequestItem};

impl Intake {
    /// The submission as the intake stands, or how many errors stand in its way.
    ///
    /// # Errors
    /// The number of fields with an error.
    pub fn submission(&self, shared: &Shared) -> Result<Submission, usize> {
        match self.errors().count() {
            0 => {}
            errors => return Err(errors),
        }
        // A file that is chosen and not kept yet would be left out.
        if self.has_chosen() {
            return Err(1);
        }
        let relevant = |id: PartId| self.part(id).map(|part| part.view.relevant.clone()).unwrap_or_default();
        let object = |id: PartId| match relevant(id) {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        Ok(Submission {
            request: Request {
                id: self.id,
                mode: Mode::Each,
                channel: Channel::Window,
                site: shared.desk.site.clone(),
                window: shared.desk.window.clone(),
                opened_at: self.opened_at,
                submitted_at: shared.now,
                applicant: object(PartId::Applicant),
                agent: self.has_agent().then(|| object(PartId::Agent)),
                delivery: object(PartId::Delivery),
                items: vec![RequestItem {
                    code: self.item.code.clone(),
                    version: self.item.version,
                    form: self.form.clone(),
                    situations: self.situations.clone(),
                    answers: relevant(PartId::Form),
                    materials: ledger::received(&self.item, &self.situations, &relevant(PartId::Materials)),
                    owed: owed::promises(&self.owed, &relevant(PartId::Owed)),
                    competent_area: self.competent.as_ref().map(|place| place.area.clone()),
                }],
                bundle: None,
                supersedes: self.supersedes,
                acknowledge_duplicate: self.acknowledge_duplicate,
            },
            item_name: self.item.name.clone(),
            applicant: self.applicant(),
        })
    }
}
