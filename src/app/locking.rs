//! The desk opens, locks and unlocks. Locked, it is covered at once, and emptied of what it showed as soon as the disk has everything.

use jiff::Timestamp;

use super::effect::{Effect, Opened};
use super::resting::{Place, Resting};
use super::{Input, Model, Screen, cases, catalogue, drafts, notice, outbox, receipt, sign_in};
use crate::keymap::Action;

impl Model {
    /// The clerk sits down.
    pub(super) fn signed_in(&mut self, opened: Opened) -> Vec<Effect> {
        let Opened { desk, shortcuts, recovery_key, mut notices } = opened;
        self.shared.desk = desk;
        self.shared.shortcuts = shortcuts;
        self.screens = vec![Screen::Catalogue(Box::new(catalogue::CatalogueScreen::new(&self.shared)))];
        if let Some(key) = recovery_key {
            notices.insert(0, self.shared.locale.format("notice-recovery-key", &[("key", key.0.as_str().into())]));
        }
        if !notices.is_empty() {
            self.screens.push(Screen::Notice(notice::Notice::of(notices)));
        }
        vec![Effect::LoadCatalogue, Effect::CountQueued, Effect::PushOutbox]
    }

    /// Whether an input would change an intake, which nothing could save.
    pub(super) fn would_change(&self, input: Input<'_>) -> bool {
        use Action::{Back, Down, Next, NextError, Open, PageDown, PageUp, Park, Previous, Proceed, Reveal, Up};
        let moves = [Back, Down, Next, NextError, Open, PageDown, PageUp, Park, Previous, Proceed, Reveal, Up];
        let is_move = matches!(input, Input::Action(action) if moves.contains(&action));
        matches!(self.screen(), Some(Screen::Intake(_))) && !is_move
    }

    /// Nobody has signed in, or the desk is locked: nothing of what lies below may be seen or reached, whatever screen is on top.
    pub fn is_locked(&self) -> bool {
        self.screens.iter().any(|screen| matches!(screen, Screen::SignIn(sign_in) if sign_in.covers()))
    }

    /// When the screen locks by itself.
    pub(super) fn lock_at(&self) -> Option<Timestamp> {
        self.shared.lock_after.filter(|_| !self.is_locked()).and_then(|after| self.active_at.checked_add(after).ok())
    }

    /// Covers the desk. The rest follows when everything is saved: see [`Self::settle`].
    pub(super) fn lock(&mut self) -> Vec<Effect> {
        let effects = self.save_everything();
        self.popup = None;
        self.shared.note = None;
        // What was half typed about a password goes with it.
        self.screens.retain(|screen| !matches!(screen, Screen::SignIn(_)));
        self.screens.push(Screen::SignIn(sign_in::SignIn::locked(&self.shared.desk)));
        self.locking = true;
        effects
    }

    /// On a locked desk, lets every screen forget what it showed; once nothing is left that the disk does not have, the key may go as well.
    /// An answer that arrives late is forgotten in the same way.
    pub(super) fn settle(&mut self) -> Option<Effect> {
        if !self.is_locked() || self.shared.desk.clerk.is_empty() {
            return None;
        }
        let mut settled = self.leaving.is_empty();
        for screen in &mut self.screens {
            match screen {
                Screen::Intake(intake) if intake.is_busy() => settled = false,
                // No draft to come back to, and nothing to hide.
                Screen::Intake(intake) if intake.is_untouched() => {}
                Screen::Intake(intake) => *screen = Screen::Resting(Resting::at(Place::Intake(intake.id))),
                Screen::Receipt(slip) => *screen = Screen::Resting(Resting::at(Place::Receipt(slip.id()))),
                Screen::Case(case) => *screen = Screen::Resting(Resting::at(Place::Case(case.case.case_no.clone()))),
                Screen::Drafts(drafts) => *drafts = drafts::Drafts { selected: drafts.selected, ..Default::default() },
                Screen::Outbox(outbox) => *outbox = outbox::Outbox { selected: outbox.selected, ..Default::default() },
                Screen::Cases(cases) => *cases = cases::Cases { selected: cases.selected, ..Default::default() },
                _ => {}
            }
        }
        (settled && std::mem::take(&mut self.locking)).then_some(Effect::Lock)
    }

    /// The password was right: the cover goes, and every screen reads again what it showed.
    pub(super) fn unlocked(&mut self) -> Vec<Effect> {
        self.locking = false;
        self.screens.retain(|screen| !matches!(screen, Screen::SignIn(_)));
        let mut effects = vec![Effect::CountQueued];
        for screen in &self.screens {
            effects.extend(match screen {
                Screen::Resting(resting) => Some(resting.wake_up(&mut self.shared)),
                Screen::Drafts(_) => Some(Effect::ListDrafts(self.shared.ask())),
                Screen::Outbox(outbox) => Some(Effect::ListOutbox(self.shared.ask(), outbox.filter)),
                Screen::Cases(_) => Some(Effect::ListCases(self.shared.ask())),
                _ => None,
            });
        }
        effects
    }
}

impl receipt::ReceiptScreen {
    /// The request that the slip is for.
    fn id(&self) -> uuid::Uuid {
        match &self.slip {
            receipt::Slip::Official(taken) => taken.receipt.request_id,
            receipt::Slip::Provisional(entry, _) | receipt::Slip::Refused(entry, _) => entry.id,
        }
    }
}
