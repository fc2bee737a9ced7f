//! After F9: the receipt (收件凭证) with the official number, or the provisional slip while there is none, or the refusal.

use super::effect::{Effect, Reply};
use super::popup::Popup;
use super::shared::Shared;
use super::{Go, Input, Screen, ScreenState, Step, scroll};
use crate::documents::{self, Line};
use crate::domain::receipt::Receipt;
use crate::keymap::{Action, Context};
use crate::sync::SyncEvent;
use crate::vault::{OutboxEntry, OutboxState, Reason};

/// What the screen shows.
#[derive(Debug)]
pub enum Slip {
    /// In the outbox, no number yet.
    Provisional(Box<OutboxEntry>),
    /// The backend's receipt.
    Official(Box<Receipt>),
    /// The backend's final no.
    Refused(Box<OutboxEntry>, Reason),
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
    /// The provisional slip of a request that was just queued.
    pub fn waiting(entry: OutboxEntry) -> Self {
        Self { slip: Slip::Provisional(Box::new(entry)), first: 0 }
    }

    /// A receipt.
    pub fn official(receipt: Receipt) -> Self {
        Self { slip: Slip::Official(Box::new(receipt)), first: 0 }
    }

    /// Whatever an outbox entry without a receipt amounts to.
    pub fn of(entry: OutboxEntry) -> Self {
        match (entry.state, entry.reason.clone()) {
            (OutboxState::Refused, reason) => {
                Self { slip: Slip::Refused(Box::new(entry), reason.unwrap_or_default()), first: 0 }
            }
            _ => Self::waiting(entry),
        }
    }

    /// The slip laid out at a width.
    pub fn text(&self, columns: usize, shared: &Shared) -> Vec<Line> {
        match &self.slip {
            Slip::Provisional(entry) => documents::provisional(entry, &shared.desk.site_name, shared.desk.practice, columns, &shared.locale),
            Slip::Official(receipt) => documents::receipt(receipt, columns, &shared.locale),
            Slip::Refused(entry, reason) => documents::refusal(entry, reason, columns, &shared.locale),
        }
    }

    fn name(&self, shared: &Shared) -> String {
        let number = match &self.slip {
            Slip::Official(receipt) => &receipt.request_no,
            Slip::Provisional(entry) | Slip::Refused(entry, _) => &entry.local_no,
        };
        shared.locale.format("file-receipt", &[("number", number.as_str().into())])
    }
}

impl ScreenState for ReceiptScreen {
    fn title(&self) -> &'static str {
        match self.slip {
            Slip::Provisional(_) => "title-provisional",
            Slip::Official(_) => "title-receipt",
            Slip::Refused(..) => "title-refused",
        }
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        let mut actions = vec![Action::Proceed, Action::Print, Action::SaveText, Action::Down, Action::PageDown];
        match self.slip {
            Slip::Refused(..) => actions.insert(0, Action::Open),
            Slip::Provisional(_) => actions.extend([Action::Discard, Action::Refresh]),
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
                let text = documents::to_text(&self.text(documents::PAPER_COLUMNS, shared));
                return Step::effect(Effect::Print(text));
            }
            (Action::SaveText, _) => {
                let text = documents::to_text(&self.text(documents::PAPER_COLUMNS, shared));
                return Step::effect(shared.save_text(&self.name(shared), text));
            }
            (Action::Open, Slip::Refused(entry, _)) => return Step::effect(Effect::Reopen(entry.id)),
            (Action::Refresh, Slip::Provisional(_)) => return Step::effect(Effect::PushOutbox),
            (Action::Discard, Slip::Provisional(entry)) => {
                let question = shared.locale.format("outbox-withdraw-question", &[("item", entry.item_name.as_str().into())]);
                return Step { popup: Some(Popup::confirm(question, Effect::Withdraw(entry.id))), ..Step::none() };
            }
            _ => {
                let lines = self.text(usize::from(shared.size.columns.saturating_sub(2)), shared).len();
                self.first = scroll::line(self.first, lines, action, shared);
            }
        }
        Step::none()
    }

    fn reply(&mut self, reply: &mut Option<Reply>, shared: &mut Shared) -> Step {
        match reply.take() {
            Some(Reply::Withdrawn(id, Ok(()))) if matches!(&self.slip, Slip::Provisional(entry) if entry.id == id) => {
                shared.good("outbox-withdrawn");
                Step::go(Go::Catalogue)
            }
            Some(Reply::Reopened(Ok(draft))) => Step::effect(Effect::OpenDraft(shared.ask(), draft)),
            Some(Reply::Draft(Ok(opened))) => super::drafts::resume(*opened, reply, shared),
            other => {
                *reply = other;
                Step::none()
            }
        }
    }

    fn outbox_changed(&mut self, event: &SyncEvent, _: &mut Shared) -> Step {
        let Slip::Provisional(entry) = &mut self.slip else { return Step::none() };
        match event {
            SyncEvent::Accepted { id, receipt } if *id == entry.id => {
                *self = Self::official(receipt.as_ref().clone());
            }
            SyncEvent::Refused { id, reason } if *id == entry.id => {
                *self = Self { slip: Slip::Refused(entry.clone(), reason.clone()), first: 0 };
            }
            SyncEvent::Queued { id, reason, .. } if *id == entry.id => entry.reason = Some(reason.clone()),
            _ => {}
        }
        Step::none()
    }
}

/// The screen for a stored receipt or a waiting entry.
pub fn screen(receipt: Receipt) -> Screen {
    Screen::Receipt(ReceiptScreen::official(receipt))
}
