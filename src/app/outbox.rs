//! Outbox (待发): every submitted request and where it stands.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::effect::{Effect, Reply};
use super::popup::Popup;
use super::receipt::ReceiptScreen;
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::keymap::{Action, Context};
use crate::sync::{LinkState, SyncEvent};
use crate::vault::{OutboxEntry, OutboxState, Reason};

/// Lines under the list that say more of the selected entry.
pub const DETAIL_ROWS: usize = 4;

/// The outbox screen.
#[derive(Debug, Default)]
pub struct Outbox {
    /// The entries that the filter lets through, last submitted first; `None` until they are read.
    pub entries: Option<Vec<OutboxEntry>>,
    /// The entry with the cursor.
    pub selected: usize,
    /// Only those in this state.
    pub filter: Option<OutboxState>,
    /// Bytes that the backend has of a request's files, and bytes in all.
    pub progress: BTreeMap<Uuid, (u64, u64)>,
}

impl Outbox {
    /// The screen, and what reads the entries.
    pub fn open(shared: &mut Shared) -> (Self, Effect) {
        (Self::default(), Effect::ListOutbox(shared.ask(), None))
    }

    /// The entry with the cursor.
    pub fn current(&self) -> Option<&OutboxEntry> {
        self.entries.as_ref()?.get(self.selected)
    }

    /// When an entry is tried next: not before its own time, nor before the link is tried again. `None`: at once, or when the link allows.
    pub fn next_try(entry: &OutboxEntry, shared: &Shared) -> Option<Timestamp> {
        let waits = matches!(entry.state, OutboxState::Queued);
        entry.next_at.max(shared.desk.resting_until).filter(|next| waits && *next > shared.now)
    }

    /// Why an entry stands as it does. One that was not tried yet waits for the link.
    pub fn why<'a>(entry: &'a OutboxEntry, shared: &Shared) -> Option<Cow<'a, Reason>> {
        let link = match shared.desk.link {
            LinkState::Offline { .. } => Some(Reason::UNREACHABLE),
            LinkState::CaptivePortal => Some(Reason::CAPTIVE_PORTAL),
            LinkState::Unknown | LinkState::Online { .. } => None,
        };
        let waits = entry.state == OutboxState::Queued;
        let of_link = || link.filter(|_| waits).map(|code| Cow::Owned(Reason::of(code)));
        entry.reason.as_ref().map(Cow::Borrowed).or_else(of_link)
    }

    /// Rows of the list at this terminal size.
    pub fn rows(shared: &Shared) -> usize {
        scroll::list_window(shared).saturating_sub(DETAIL_ROWS).max(1)
    }

    fn list(&self, shared: &mut Shared) -> Effect {
        Effect::ListOutbox(shared.ask(), self.filter)
    }

    /// A changed entry takes its place; one that is new here makes the list be read again.
    fn put(&mut self, changed: OutboxEntry, shared: &mut Shared) -> Step {
        let Some(entries) = &mut self.entries else { return Step::none() };
        match entries.iter_mut().find(|entry| entry.id == changed.id) {
            Some(entry) => {
                *entry = changed;
                Step::none()
            }
            None if self.filter.is_none() => Step::effect(self.list(shared)),
            None => Step::none(),
        }
    }
}

/// The next of the filters: all, then one state after the other, those that need the clerk first.
const fn next_filter(filter: Option<OutboxState>) -> Option<OutboxState> {
    match filter {
        None => Some(OutboxState::Queued),
        Some(OutboxState::Queued) => Some(OutboxState::Refused),
        Some(OutboxState::Refused) => Some(OutboxState::Sending),
        Some(OutboxState::Sending) => Some(OutboxState::Accepted),
        Some(OutboxState::Accepted) => Some(OutboxState::Withdrawn),
        Some(OutboxState::Withdrawn) => None,
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
        vec![Action::Open, Action::Refresh, Action::Discard, Action::Filter]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let Input::Action(action) = input else { return Step::none() };
        match (action, self.current()) {
            (Action::Back, _) => Step::go(Go::Back),
            (Action::Refresh, _) => Step::effect(Effect::PushOutbox).and(self.list(shared)),
            (Action::Filter, _) => {
                self.filter = next_filter(self.filter);
                self.selected = 0;
                Step::effect(self.list(shared))
            }
            (Action::Open | Action::Proceed, Some(entry)) => Step::effect(Effect::OpenReceipt(shared.ask(), entry.id)),
            (Action::Discard, Some(entry))
                if !matches!(entry.state, OutboxState::Accepted | OutboxState::Withdrawn) =>
            {
                let question =
                    shared.locale.format("outbox-withdraw-question", &[("item", entry.item_name.as_str().into())]);
                Step { popup: Some(Popup::confirm(question, Effect::Withdraw(entry.id))), ..Step::none() }
            }
            (action, _) => {
                let count = self.entries.as_ref().map_or(0, Vec::len);
                self.selected = scroll::select_in(self.selected, count, action, Self::rows(shared));
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
            Reply::OutboxEntry(Ok(entry)) => self.put(*entry, shared),
            Reply::Withdrawn(_, Ok(())) => {
                shared.good("outbox-withdrawn");
                Step::effect(self.list(shared)).and(Effect::CountQueued)
            }
            Reply::Receipt(Ok(opened)) => Step::go(Go::Push(Screen::Receipt(ReceiptScreen::of(*opened, shared)))),
            other => return Err(Box::new(other)),
        })
    }

    fn outbox_changed(&mut self, event: &SyncEvent, _: &mut Shared) -> Step {
        match event {
            SyncEvent::Uploading { id, sent, size } => {
                self.progress.insert(*id, (*sent, *size));
                Step::none()
            }
            // One row is read anew, not ten thousand.
            SyncEvent::Queued { id, .. }
            | SyncEvent::Sending(id)
            | SyncEvent::Accepted { id, .. }
            | SyncEvent::Refused { id, .. } => {
                if matches!(event, SyncEvent::Accepted { .. } | SyncEvent::Refused { .. }) {
                    self.progress.remove(id);
                }
                Step::effect(Effect::ReadOutboxEntry(*id))
            }
            SyncEvent::Link(_)
            | SyncEvent::NeedSignIn
            | SyncEvent::TooOld
            | SyncEvent::Skew(_)
            | SyncEvent::Resting(_)
            | SyncEvent::Fault(_) => Step::none(),
        }
    }
}
