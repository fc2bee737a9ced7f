//! What comes back from outside: answers to effects, and what the outbox worker tells.

use super::{Effect, Model, Note, Reply, Screen, Tone, intake};
use crate::sync::{LinkState, SyncEvent, words};

impl Model {
    pub(super) fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        let reply = match reply {
            Reply::SignedIn(Ok(opened)) => return self.signed_in(*opened),
            Reply::Unlocked(Ok(())) => return self.unlocked(),
            Reply::Noted(trouble) => {
                self.shared.note = Some(Note { text: trouble.sentence(&self.shared.locale), tone: Tone::Error });
                return Vec::new();
            }
            Reply::Catalogue(Ok(data)) => {
                self.shared.set_catalogue(*data);
                let mut effects = Vec::new();
                for screen in &mut self.screens {
                    // Screens that show no items hand it back.
                    if let Ok(step) = screen.state_mut().reply(Reply::CatalogueReady, &mut self.shared) {
                        effects.extend(step.effects);
                    }
                }
                return effects;
            }
            Reply::Catalogue(Err(trouble)) if self.shared.catalogue.is_none() => {
                self.shared.catalogue_trouble = Some(trouble.sentence(&self.shared.locale));
                return Vec::new();
            }
            Reply::CatalogueProgress(progress) => {
                self.shared.catalogue_progress = progress;
                return Vec::new();
            }
            Reply::CatalogueBehind => {
                self.shared.catalogue_cached = self.shared.catalogue.is_some();
                return Vec::new();
            }
            Reply::CatalogueSynced => {
                self.shared.catalogue_cached = false;
                let Some(catalogue) = self.shared.catalogue.clone() else { return Vec::new() };
                for screen in &mut self.screens {
                    if let Screen::Intake(intake) = screen {
                        intake.catalogue_synced(&mut self.shared);
                    }
                }
                return self.shared.with_shortcuts(|it| it.forget_unknown(&catalogue)).into_iter().collect();
            }
            // Unlocked, the desk looks for a newer one anyway.
            Reply::CatalogueDue if self.is_locked() => return Vec::new(),
            Reply::CatalogueDue => return vec![Effect::LoadCatalogue],
            Reply::DraftSaved { id, revision, result } if self.leaving.iter().any(|intake| intake.id == id) => {
                let settled =
                    |intake: &mut intake::Intake| intake.id == id && (result.is_err() || intake.revision() == revision);
                let left = self.leaving.extract_if(.., settled).next();
                let (Some(mut intake), Err(trouble)) = (left, result) else { return Vec::new() };
                // What the disk does not have stays on the screen.
                intake.save_state = intake::SaveState::Failed;
                self.shared.note = Some(Note { text: trouble.sentence(&self.shared.locale), tone: Tone::Error });
                return self.push(Screen::Intake(Box::new(intake)));
            }
            Reply::DraftDeleted(id, Ok(())) => {
                // Its intake may lie open below the list from which it was deleted.
                self.screens.retain(|screen| !matches!(screen, Screen::Intake(intake) if intake.id == id));
                self.shared.good("draft-deleted");
                Reply::DraftDeleted(id, Ok(()))
            }
            Reply::TextSaved(Ok(path)) => {
                let text = self.shared.locale.format("text-saved", &[("path", path.into())]);
                self.shared.note = Some(Note { text, tone: Tone::Good });
                return Vec::new();
            }
            Reply::Printed(Ok(())) => {
                self.shared.good("printed");
                return Vec::new();
            }
            Reply::Queued(waiting) => {
                self.shared.desk.waiting = waiting;
                return Vec::new();
            }
            reply => reply,
        };
        let mut effects = Vec::new();
        if let Reply::Submitted(_, Ok(entry)) = &reply {
            // The vault counts it by itself.
            let (code, now) = (entry.item_code.clone(), self.shared.now);
            effects.extend(self.shared.with_shortcuts(|it| it.note_use(&code, now, 1)));
        }
        // The screen that asked may lie under another one by now.
        let mut reply = reply;
        for at in (0..self.screens.len()).rev() {
            let Some(screen) = self.screens.get_mut(at) else { continue };
            match screen.state_mut().reply(reply, &mut self.shared) {
                Ok(step) => {
                    effects.extend(self.take(at, step));
                    return effects;
                }
                Err(handed_on) => reply = *handed_on,
            }
        }
        if let Some(trouble) = reply.into_trouble() {
            self.shared.note = Some(Note { text: trouble.sentence(&self.shared.locale), tone: Tone::Error });
        }
        effects
    }

    pub(super) fn sync(&mut self, event: SyncEvent) -> Vec<Effect> {
        let mut effects = Vec::new();
        match &event {
            SyncEvent::Link(link) => {
                let is_away = |link| matches!(link, LinkState::Offline { .. } | LinkState::CaptivePortal);
                if is_away(*link) {
                    self.shared.catalogue_cached = self.shared.catalogue.is_some();
                } else if is_away(self.shared.desk.link)
                    && (self.shared.catalogue_cached || self.shared.catalogue.is_none())
                {
                    // What changed meanwhile is fetched behind the clerk's back.
                    effects.push(Effect::LoadCatalogue);
                }
                self.shared.desk.link = *link;
                if let LinkState::Online { at } = link {
                    self.shared.desk.last_contact = Some(*at);
                }
            }
            SyncEvent::Skew(skew) => self.shared.desk.skew = Some(*skew),
            SyncEvent::Resting(until) => self.shared.desk.resting_until = *until,
            SyncEvent::NeedSignIn => self.shared.bad("sync-reason-sign-in"),
            SyncEvent::TooOld => self.shared.bad("sync-reason-client-too-old"),
            SyncEvent::Fault(error) => {
                self.shared.note = Some(Note { text: words::fault(error, &self.shared.locale), tone: Tone::Error });
            }
            _ => {}
        }
        let counts = !matches!(event, SyncEvent::Link(_) | SyncEvent::Skew(_) | SyncEvent::Uploading { .. });
        effects.extend(counts.then_some(Effect::CountQueued));
        for at in (0..self.screens.len()).rev() {
            effects.extend(self.with_screen_at(at, |screen, shared| screen.outbox_changed(&event, shared)));
        }
        effects
    }
}
