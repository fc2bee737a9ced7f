//! Outbox (待发): every submitted request and where it stands.

use super::effect::{Effect, Reply};
use super::popup::Popup;
use super::receipt::ReceiptScreen;
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::keymap::{Action, Context};
use crate::sync::SyncEvent;
use crate::vault::{OutboxEntry, OutboxState};

/// The outbox screen.
#[derive(Debug, Default)]
pub struct Outbox {
    /// The entries, last submitted first; `None` until they are read.
    pub entries: Option<Vec<OutboxEntry>>,
    /// The entry with the cursor.
    pub selected: usize,
}

impl Outbox {
    /// The screen, and what reads the entries.
    pub fn open(shared: &mut Shared) -> (Self, Effect) {
        (Self::default(), Effect::ListOutbox(shared.ask()))
    }

    fn current(&self) -> Option<&OutboxEntry> {
        self.entries.as_ref()?.get(self.selected)
    }
}

impl ScreenState for Outbox {
    fn title(&self) -> &'static str {
        "title-outbox"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::Open, Action::Refresh, Action::Discard]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        match (action, self.current()) {
            (Action::Back, _) => Step::go(Go::Back),
            (Action::Refresh, _) => Step::effect(Effect::PushOutbox).and(Effect::ListOutbox(shared.ask())),
            (Action::Open | Action::Proceed, Some(entry)) if entry.state == OutboxState::Accepted => {
                Step::effect(Effect::OpenReceipt(shared.ask(), entry.id))
            }
            (Action::Open | Action::Proceed, Some(entry)) => {
                Step::go(Go::Push(Screen::Receipt(ReceiptScreen::of(entry.clone(), &shared.desk))))
            }
            (Action::Discard, Some(entry))
                if !matches!(entry.state, OutboxState::Accepted | OutboxState::Withdrawn) =>
            {
                let question =
                    shared.locale.format("outbox-withdraw-question", &[("item", entry.item_name.as_str().into())]);
                Step { popup: Some(Popup::confirm(question, Effect::Withdraw(entry.id))), ..Step::none() }
            }
            (action, _) => {
                let count = self.entries.as_ref().map_or(0, Vec::len);
                self.selected = scroll::select_in(self.selected, count, action, scroll::list_window(shared));
                Step::none()
            }
        }
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        Ok(match reply {
            Reply::Outbox(Ok(entries)) => {
                self.selected = self.selected.min(entries.len().saturating_sub(1));
                self.entries = Some(entries);
                Step::none()
            }
            Reply::Withdrawn(_, Ok(())) => {
                shared.good("outbox-withdrawn");
                Step::effect(Effect::ListOutbox(shared.ask()))
            }
            Reply::Receipt(Ok(receipt)) => Step::go(Go::Push(Screen::Receipt(ReceiptScreen::official(*receipt)))),
            other => return Err(Box::new(other)),
        })
    }

    fn outbox_changed(&mut self, event: &SyncEvent, shared: &mut Shared) -> Step {
        match event {
            SyncEvent::Link(_) | SyncEvent::NeedSignIn | SyncEvent::Fault(_) => Step::none(),
            _ => Step::effect(Effect::ListOutbox(shared.ask())),
        }
    }
}
