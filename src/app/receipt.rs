//! After F9: the receipt (收件凭证) with the official number, or the provisional slip while there is none, or the refusal.

use std::sync::Arc;

use uuid::Uuid;

use super::effect::{Effect, Reply};
use super::popup::Popup;
use super::shared::Shared;
use super::{Answered, Go, Input, ScreenState, Step, scroll};
use crate::documents::{self, Line, Paper, Provisional};
use crate::domain::item::Item;
use crate::domain::receipt::{OwedMaterial, ReceiptCase};
use crate::domain::request::{Received, Request};
use crate::keymap::{Action, Context};
use crate::sync::SyncEvent;
use crate::vault::{Acceptance, OutboxEntry, OutboxState, Reason};

/// What the screen shows.
#[derive(Debug)]
pub enum Slip {
    /// In the outbox, no number yet.
    Provisional(Box<OutboxEntry>, Box<Provisional>),
    /// The backend's receipt, and what it did not take.
    Official(Box<Acceptance>),
    /// The backend's final no, or what the clerk took back: both can be opened again.
    Refused(Box<OutboxEntry>, Reason),
}

/// A request of the outbox as it is opened.
#[derive(Debug)]
pub enum Opened {
    /// It was accepted.
    Official(Box<Acceptance>),
    /// It was not, or not yet.
    Other {
        /// How it stands.
        entry: Box<OutboxEntry>,
        /// What was submitted, when it can be read.
        request: Option<Box<Request>>,
        /// The item applied for, when this desk has it.
        item: Option<Arc<Item>>,
    },
}

impl Opened {
    /// Id of the request.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Official(acceptance) => acceptance.receipt.request_id,
            Self::Other { entry, .. } => entry.id,
        }
    }
}

/// The receipt screen.
#[derive(Debug)]
pub struct ReceiptScreen {
    /// What it shows.
    pub slip: Slip,
    /// First line shown.
    pub first: usize,
}

impl ReceiptScreen {
    /// The provisional slip of a queued request; with what was submitted it lists the materials too, by their codes where the item is not
    /// known.
    pub fn waiting(entry: OutboxEntry, item: Option<&Item>, request: Option<&Request>, shared: &Shared) -> Self {
        let desk = &shared.desk;
        let items = || request.into_iter().flat_map(|request| &request.items);
        let name = |code: &str| {
            let known = item.and_then(|item| item.materials.iter().find(|material| material.code == code));
            known.map_or_else(|| code.to_owned(), |material| material.name.clone())
        };
        let lines = || items().flat_map(|one| &one.materials).map(|line| (name(&line.code), line));
        let answers = items().flat_map(|one| &one.owed);
        let slip = Provisional {
            local_no: entry.local_no.clone(),
            practice: desk.practice,
            items: vec![entry.item_name.clone()],
            mode: match items().any(|one| one.competent_area.is_some()) {
                // Neither this site nor its own body: the competent place.
                true => String::new(),
                false => shared.mode_on_paper(&entry.item_code).unwrap_or_default(),
            },
            applicant: entry.applicant.clone(),
            submitted_at: entry.submitted_at,
            site: desk.site_name.clone(),
            window: desk.window.clone(),
            clerk: desk.clerk_name.clone(),
            received: lines()
                .filter(|(_, line)| matches!(line.received, Received::Paper | Received::Scan))
                .map(|(name, _)| name)
                .collect(),
            owed: lines()
                .filter(|(_, line)| line.received == Received::Owed)
                .map(|(name, line)| OwedMaterial { name, until: line.owed_until })
                .chain(answers.map(|answer| OwedMaterial { name: answer.name.clone(), until: Some(answer.until) }))
                .collect(),
        };
        Self { slip: Slip::Provisional(Box::new(entry), Box::new(slip)), first: 0 }
    }

    /// A receipt.
    pub const fn official(acceptance: Box<Acceptance>) -> Self {
        Self { slip: Slip::Official(acceptance), first: 0 }
    }

    /// Whatever a request of the outbox amounts to.
    pub fn of(opened: Opened, shared: &Shared) -> Self {
        match opened {
            Opened::Official(acceptance) => Self::official(acceptance),
            Opened::Other { entry, .. } if matches!(entry.state, OutboxState::Refused | OutboxState::Withdrawn) => {
                let reason = entry.reason.clone().unwrap_or_default();
                Self { slip: Slip::Refused(entry, reason), first: 0 }
            }
            Opened::Other { entry, request, item } => {
                Self::waiting(*entry, item.as_deref(), request.as_deref(), shared)
            }
        }
    }

    /// The slip as a document.
    pub fn text(&self, paper: Paper, shared: &Shared) -> Vec<Line> {
        match &self.slip {
            Slip::Provisional(_, slip) => documents::provisional(slip, &shared.locale, paper),
            Slip::Official(taken) => {
                let mode_of = |case: &ReceiptCase| shared.mode_on_paper(&case.item_code);
                documents::receipt(&taken.receipt, &taken.refused, mode_of, &shared.locale, paper)
            }
            Slip::Refused(entry, reason) => documents::refusal(entry, reason, &shared.locale, paper),
        }
    }

    fn name(&self, shared: &Shared) -> String {
        let number = match &self.slip {
            Slip::Official(taken) => &taken.receipt.request_no,
            Slip::Provisional(entry, _) | Slip::Refused(entry, _) => &entry.local_no,
        };
        shared.locale.format("file-receipt", &[("number", number.as_str().into())])
    }
}

impl ScreenState for ReceiptScreen {
    fn title(&self) -> &'static str {
        match self.slip {
            Slip::Provisional(..) => "title-provisional",
            Slip::Official(_) => "title-receipt",
            Slip::Refused(ref entry, _) if entry.state == OutboxState::Withdrawn => "title-withdrawn",
            Slip::Refused(..) => "title-refused",
        }
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        let mut actions = vec![Action::Proceed, Action::Print, Action::SaveText, Action::PageDown];
        match self.slip {
            Slip::Refused(..) => actions.insert(0, Action::Open),
            Slip::Provisional(..) => actions.extend([Action::Discard, Action::Refresh]),
            Slip::Official(ref taken) if !taken.refused.is_empty() => actions.insert(0, Action::Open),
            Slip::Official(_) => {}
        }
        actions
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        match (action, &self.slip) {
            (Action::Back, _) => return Step::go(Go::Back),
            (Action::Proceed, _) => return Step::go(Go::Catalogue),
            (Action::Print, _) => {
                let text = documents::to_text(&self.text(shared.paper, shared));
                return Step::effect(Effect::Print { text, act: None });
            }
            (Action::SaveText, _) => {
                let text = documents::to_text(&self.text(shared.paper, shared));
                return Step::effect(Effect::SaveText { name: self.name(shared), text, act: None });
            }
            (Action::Open, Slip::Refused(entry, _)) => return Step::effect(Effect::Reopen(entry.id)),
            (Action::Open, Slip::Official(taken)) if !taken.refused.is_empty() => {
                return Step::effect(Effect::Reopen(taken.receipt.request_id));
            }
            (Action::Refresh, Slip::Provisional(..)) => return Step::effect(Effect::PushOutbox),
            (Action::Discard, Slip::Provisional(entry, _)) => {
                let question =
                    shared.locale.format("outbox-withdraw-question", &[("item", entry.item_name.as_str().into())]);
                return Step { popup: Some(Popup::confirm(question, Effect::Withdraw(entry.id))), ..Step::none() };
            }
            _ => {
                let lines =
                    self.text(shared.screen_paper(usize::from(shared.size.columns.saturating_sub(2))), shared).len();
                self.first = scroll::line(self.first, lines, action, shared);
            }
        }
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        Ok(match reply {
            Reply::Withdrawn(id, Ok(())) if matches!(&self.slip, Slip::Provisional(entry, _) if entry.id == id) => {
                shared.good("outbox-withdrawn");
                Step::go(Go::Catalogue).and(Effect::CountQueued)
            }
            Reply::Reopened(Ok(draft)) => Step::effect(Effect::OpenDraft(shared.ask(), draft)),
            Reply::Draft(Ok(opened)) => {
                return super::drafts::resume(*opened, shared);
            }
            other => return Err(Box::new(other)),
        })
    }

    fn outbox_changed(&mut self, event: &SyncEvent, _: &mut Shared) -> Step {
        let Slip::Provisional(entry, _) = &mut self.slip else { return Step::none() };
        match event {
            SyncEvent::Accepted { id, acceptance } if *id == entry.id => *self = Self::official(acceptance.clone()),
            SyncEvent::Refused { id, reason } if *id == entry.id => {
                *self = Self { slip: Slip::Refused(entry.clone(), reason.clone()), first: 0 };
            }
            SyncEvent::Queued { id, reason, .. } if *id == entry.id => entry.reason = Some(reason.clone()),
            _ => {}
        }
        Step::none()
    }
}
