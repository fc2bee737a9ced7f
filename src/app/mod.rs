//! What the program knows and how that changes: [`Model`], [`Msg`], [`Model::update`], [`Effect`].
//!
//! Pure: no clock, no disk, no network, no terminal. The time comes with each message; whatever has to be done outside is returned as
//! an [`Effect`], and its answer comes back as a [`Msg`] with the generation of the question, so that a stale one is dropped.
//! One module a screen; what screens share is in [`Shared`].

mod answers;
pub mod bundle;
pub mod case;
pub mod cases;
pub mod catalogue;
pub mod compare;
pub mod drafts;
mod effect;
pub mod guide;
pub mod help;
pub mod intake;
mod locking;
pub mod notice;
mod opening;
pub mod outbox;
pub mod popup;
pub mod receipt;
pub mod resting;
mod screen;
pub mod scroll;
mod shared;
pub mod shortcuts;
pub mod sign_in;
pub mod whither;

use jiff::{SignedDuration, Timestamp};

pub use effect::{
    Act, CatalogueData, DraftForm, Effect, Files, Generation, Msg, Opened, OpenedCase, OpenedDraft, Reply, Secret,
    Submission, Trouble,
};
pub use screen::{Answered, Go, Input, Screen, ScreenState, Step, word_for};
pub use shared::{Allowance, BuiltInForms, Desk, Note, OfflineLimits, Shared, Size, Tone, local};

use crate::keymap::{Action, Context, Key, KeyCode};
use popup::Popup;

/// How long Esc waits for the digit that makes it an F-key.
const ESCAPE_WAIT: SignedDuration = SignedDuration::from_millis(500);

/// Everything that the screen shows follows from this.
#[derive(Debug)]
pub struct Model {
    /// What all screens share.
    pub shared: Shared,
    /// The screens, the visible one last. Never empty.
    screens: Vec<Screen>,
    /// What lies over the screen.
    pub popup: Option<Popup>,
    /// Esc was pressed and may yet become an F-key.
    escape_until: Option<Timestamp>,
    /// The last key or paste.
    active_at: Timestamp,
    /// Intakes that were left before the disk had everything: kept until it has, and opened again when it refuses.
    leaving: Vec<intake::Intake>,
    /// The desk was covered, and its key is to be forgotten as soon as everything is on the disk.
    locking: bool,
}

impl Model {
    /// A program just started: the sign-in screen, nothing known yet but perhaps the clerk's name. `signing_in`: credentials were given
    /// and are being tried.
    pub fn starting(shared: Shared, user: Option<&str>, signing_in: bool) -> Self {
        let screen = sign_in::SignIn::of(user.unwrap_or_default(), signing_in);
        let active_at = shared.now;
        Self {
            shared,
            screens: vec![Screen::SignIn(screen)],
            popup: None,
            escape_until: None,
            active_at,
            leaving: Vec::new(),
            locking: false,
        }
    }

    /// The screens, the visible one last.
    pub fn screens(&self) -> &[Screen] {
        &self.screens
    }

    /// The visible screen.
    pub fn screen(&self) -> Option<&Screen> {
        self.screens.last()
    }

    /// The contexts whose keys hold now, the nearest first.
    pub fn contexts(&self) -> Vec<Context> {
        let mut contexts = match (&self.popup, self.screen()) {
            (Some(_), _) => vec![Context::List],
            (None, Some(screen)) => screen.state().contexts().to_vec(),
            (None, None) => Vec::new(),
        };
        contexts.push(Context::Global);
        contexts
    }

    /// Actions that make sense now: those of the screen, those on what the cursor is on, then those that hold everywhere.
    pub fn actions(&self) -> Vec<Action> {
        let here = self.screen().and_then(|screen| screen.state().actions_here()).unwrap_or_default();
        let mut actions = self.screen().map(|screen| screen.state().actions(&self.shared)).unwrap_or_default();
        actions.extend(here);
        for action in self.actions_anywhere() {
            if !actions.contains(action) {
                actions.push(*action);
            }
        }
        actions
    }

    /// Actions that hold on every screen.
    pub fn actions_anywhere(&self) -> &'static [Action] {
        match self.screen() {
            Some(Screen::SignIn(screen)) if screen.covers() => &[Action::Help, Action::Menu, Action::Quit],
            _ if self.is_locked() => &[Action::Help, Action::Menu, Action::Back, Action::Quit],
            _ => &[
                Action::Catalogue,
                Action::Drafts,
                Action::Outbox,
                Action::Cases,
                Action::Help,
                Action::Menu,
                Action::Back,
                Action::Lock,
                Action::ChangePassword,
                Action::Quit,
            ],
        }
    }

    /// When the model wants a [`Msg::Wake`].
    pub fn deadline(&self) -> Option<Timestamp> {
        let screens = self.screens.iter().filter_map(|screen| screen.state().deadline());
        screens.chain(self.escape_until).chain(self.lock_at()).min()
    }

    /// For whom the clerk is working, masked: the open intake's applicant, on whatever screen.
    pub fn for_whom(&self) -> Option<String> {
        if self.is_locked() {
            return None;
        }
        self.screens.iter().rev().find_map(|screen| screen.state().for_whom())
    }

    /// The only place where state changes.
    pub fn update(&mut self, msg: Msg, now: Timestamp) -> Vec<Effect> {
        self.shared.now = now;
        let mut effects = self.take_in(msg, now);
        if let Some((_, below)) = self.screens.split_last_mut() {
            for screen in below {
                if let Screen::Intake(intake) = screen {
                    intake.covered();
                }
            }
        }
        effects.extend(self.settle());
        effects
    }

    fn take_in(&mut self, msg: Msg, now: Timestamp) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => {
                self.active_at = now;
                self.shared.note = None;
                self.key(key)
            }
            Msg::Paste(text) => {
                self.active_at = now;
                self.shared.note = None;
                self.input(Input::Pasted(&text))
            }
            Msg::Resize { columns, rows } => {
                self.shared.size = Size { columns, rows };
                Vec::new()
            }
            Msg::Wake => self.wake(),
            Msg::Terminate => {
                let mut effects = self.save_everything();
                effects.push(Effect::Quit);
                effects
            }
            Msg::Sync(event) => self.sync(event),
            Msg::Reply(generation, reply) => {
                if let Some(generation) = generation
                    && !self.shared.is_wanted(generation, std::mem::discriminant(reply.as_ref()))
                {
                    return Vec::new();
                }
                self.reply(*reply)
            }
        }
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.escape_until.take().is_some() {
            if let Some(function) = key.function_for_digit() {
                return self.resolved(function);
            }
            effects.extend(self.input(Input::Action(Action::Back)));
            if key.code == KeyCode::Esc {
                return effects;
            }
        }
        // A terminal that sends Esc and the digit together is read as Alt and the digit.
        if key.alt
            && let Some(function) = Key::plain(key.code).function_for_digit()
        {
            effects.extend(self.resolved(function));
        } else if key == Key::plain(KeyCode::Esc) {
            self.escape_until = self.shared.now.checked_add(ESCAPE_WAIT).ok();
        } else {
            effects.extend(self.resolved(key));
        }
        effects
    }

    fn resolved(&mut self, key: Key) -> Vec<Effect> {
        let types_text = self.contexts().contains(&Context::Edit);
        match (self.shared.keymap.action(&self.contexts(), key), key.typed()) {
            // In a text field a blank is a blank.
            (_, Some(typed)) if types_text => self.input(Input::Typed(typed)),
            (Some(action), _) => self.input(Input::Action(action)),
            (None, Some(typed)) => self.input(Input::Typed(typed)),
            (None, None) => Vec::new(),
        }
    }

    fn input(&mut self, input: Input<'_>) -> Vec<Effect> {
        let signed_in = !self.is_locked();
        // Whatever lies over the screen: the cover comes at once.
        if signed_in && matches!(input, Input::Action(Action::Lock)) {
            return self.lock();
        }
        if let Some(popup) = self.popup.take() {
            return self.popup_input(popup, input);
        }
        if let Input::Action(action) = input {
            match action {
                Action::Quit => return self.quit(),
                Action::Help => return self.push(Screen::Help(help::Help::of(self))),
                Action::Menu => {
                    self.popup = Some(Popup::menu(self.actions()));
                    return Vec::new();
                }
                Action::ChangePassword if signed_in => return self.push(sign_in::change(&self.shared)),
                Action::Catalogue if signed_in => return self.switch(Destination::Catalogue),
                Action::Drafts if signed_in => return self.switch(Destination::Drafts),
                Action::Outbox if signed_in => return self.switch(Destination::Outbox),
                Action::Cases if signed_in => return self.switch(Destination::Cases),
                _ => {}
            }
        }
        if self.shared.desk.read_only && self.would_change(input) {
            self.shared.bad("trouble-read-only");
            return Vec::new();
        }
        self.with_screen(|screen, shared| screen.input(input, shared))
    }

    fn popup_input(&mut self, popup: Popup, input: Input<'_>) -> Vec<Effect> {
        match popup.input(input) {
            popup::Outcome::Stay(popup) => {
                self.popup = Some(popup);
                Vec::new()
            }
            popup::Outcome::Close => Vec::new(),
            popup::Outcome::Chosen(action) => self.input(Input::Action(action)),
            popup::Outcome::Confirmed(effect) => vec![*effect],
        }
    }

    fn with_screen(&mut self, act: impl FnOnce(&mut dyn ScreenState, &mut Shared) -> Step) -> Vec<Effect> {
        let Some(top) = self.screens.len().checked_sub(1) else { return Vec::new() };
        self.with_screen_at(top, act)
    }

    fn with_screen_at(
        &mut self,
        at: usize,
        act: impl FnOnce(&mut dyn ScreenState, &mut Shared) -> Step,
    ) -> Vec<Effect> {
        let Some(screen) = self.screens.get_mut(at) else { return Vec::new() };
        let step = act(screen.state_mut(), &mut self.shared);
        self.take(at, step)
    }

    /// Does what the screen at this place wants. Screens above it stay where they are: it may have been answered while help or the lock
    /// lay over it.
    fn take(&mut self, at: usize, step: Step) -> Vec<Effect> {
        let mut effects = step.effects;
        if step.popup.is_some() {
            self.popup = step.popup;
        }
        match step.go {
            None => {}
            Some(Go::Back) => {
                if self.screens.len() > 1
                    && let Some(screen) = self.screens.get_mut(at)
                {
                    effects.extend(screen.state_mut().wake(&mut self.shared).effects);
                    let left = self.screens.remove(at);
                    self.leave(left);
                }
            }
            Some(Go::Push(screen)) => effects.extend(self.place(at + 1, screen)),
            Some(Go::Replace(screen)) => {
                self.screens.remove(at);
                effects.extend(self.place(at, screen));
            }
            Some(Go::Catalogue) => {
                effects.extend(self.save_everything());
                let above = self.screens.split_off((at + 1).min(self.screens.len()));
                self.screens = vec![Screen::Catalogue(Box::new(catalogue::CatalogueScreen::new(&self.shared)))];
                self.screens.extend(above);
            }
        }
        effects
    }

    /// Lets go of a screen; of an intake only once the disk has everything.
    fn leave(&mut self, screen: Screen) {
        if let Screen::Intake(intake) = screen
            && intake.save_state != intake::SaveState::Saved
        {
            self.leaving.push(*intake);
        }
    }

    fn push(&mut self, screen: Screen) -> Vec<Effect> {
        self.place(self.screens.len(), screen)
    }

    /// A new screen at a place. Opening an intake closes the one that was open: it is a draft already.
    fn place(&mut self, at: usize, screen: Screen) -> Vec<Effect> {
        let opens_intake = matches!(screen, Screen::Intake(_));
        let effects = if opens_intake { self.save_everything() } else { Vec::new() };
        let mut above = self.screens.split_off(at.min(self.screens.len()));
        if opens_intake {
            let is_intake = |screen: &mut Screen| matches!(screen, Screen::Intake(_));
            let left: Vec<Screen> =
                self.screens.extract_if(.., is_intake).chain(above.extract_if(.., is_intake)).collect();
            left.into_iter().for_each(|screen| self.leave(screen));
        }
        self.screens.push(screen);
        self.screens.extend(above);
        effects
    }

    fn switch(&mut self, to: Destination) -> Vec<Effect> {
        let mut effects = self.save_everything();
        // The open intake stays below: Esc leads back to it.
        self.screens.retain(|screen| matches!(screen, Screen::Intake(_)));
        let (screen, effect) = match to {
            Destination::Catalogue => {
                (Screen::Catalogue(Box::new(catalogue::CatalogueScreen::new(&self.shared))), None)
            }
            Destination::Drafts => {
                let (screen, effect) = drafts::Drafts::open(&mut self.shared);
                (Screen::Drafts(screen), Some(effect))
            }
            Destination::Outbox => {
                let (screen, effect) = outbox::Outbox::open(&mut self.shared);
                (Screen::Outbox(screen), Some(effect))
            }
            Destination::Cases => {
                let (screen, effect) = cases::Cases::open(&mut self.shared);
                (Screen::Cases(screen), Some(effect))
            }
        };
        if self.screens.is_empty() && to != Destination::Catalogue {
            self.screens.push(Screen::Catalogue(Box::new(catalogue::CatalogueScreen::new(&self.shared))));
        }
        self.screens.push(screen);
        effects.extend(effect);
        effects
    }

    fn wake(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.escape_until.is_some_and(|until| until <= self.shared.now) {
            self.escape_until = None;
            effects.extend(self.input(Input::Action(Action::Back)));
        }
        if self.lock_at().is_some_and(|at| at <= self.shared.now) {
            effects.extend(self.lock());
        }
        for screen in &mut self.screens {
            if screen.state().deadline().is_some_and(|deadline| deadline <= self.shared.now) {
                effects.extend(screen.state_mut().wake(&mut self.shared).effects);
            }
        }
        effects
    }

    fn save_everything(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for screen in &mut self.screens {
            effects.extend(screen.state_mut().wake(&mut self.shared).effects);
        }
        effects
    }

    fn quit(&mut self) -> Vec<Effect> {
        let mut effects = self.save_everything();
        effects.push(Effect::Quit);
        effects
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Catalogue,
    Drafts,
    Outbox,
    Cases,
}
