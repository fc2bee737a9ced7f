//! What every screen is and does: its state, the inputs it takes, the steps it asks for.

use jiff::Timestamp;

use super::effect::{Effect, Reply};
use super::popup::Popup;
use super::shared::Shared;
use super::{
    bundle, case, cases, catalogue, compare, drafts, guide, help, intake, notice, outbox, receipt, resting, sign_in,
    whither,
};
use crate::keymap::{Action, Context};
use crate::locale::Locale;
use crate::sync::SyncEvent;

/// One screen with its state.
#[derive(Debug)]
pub enum Screen {
    /// Sign in.
    SignIn(sign_in::SignIn),
    /// Catalogue (事项目录).
    Catalogue(Box<catalogue::CatalogueScreen>),
    /// Guide (办事指南).
    Guide(guide::Guide),
    /// Guide of a linked matter (一件事).
    Bundle(Box<bundle::BundleGuide>),
    /// Two items side by side (对比).
    Compare(Box<compare::Compare>),
    /// Where an item is done (去哪办).
    Whither(Box<whither::WhitherScreen>),
    /// Intake (收件登记), its review page (核对) included.
    Intake(Box<intake::Intake>),
    /// Receipt (收件凭证).
    Receipt(receipt::ReceiptScreen),
    /// Drafts (草稿).
    Drafts(drafts::Drafts),
    /// Outbox (待发).
    Outbox(outbox::Outbox),
    /// Cases (办件).
    Cases(cases::Cases),
    /// One case.
    Case(case::CaseScreen),
    /// Help.
    Help(help::Help),
    /// What has to be read first.
    Notice(notice::Notice),
    /// A screen of a locked desk.
    Resting(resting::Resting),
}

/// What a screen makes of an input.
#[derive(Debug, Default)]
pub struct Step {
    /// To be done outside.
    pub effects: Vec<Effect>,
    /// Where to go.
    pub go: Option<Go>,
    /// What to lay over the screen.
    pub popup: Option<Popup>,
}

/// What a screen makes of an answer: a step, or the answer handed on.
pub type Answered = Result<Step, Box<Reply>>;

/// A move between screens.
#[derive(Debug)]
pub enum Go {
    /// To the screen below.
    Back,
    /// Onto a new screen.
    Push(Screen),
    /// From this screen to another in its place.
    Replace(Screen),
    /// To the catalogue, leaving everything above it.
    Catalogue,
}

impl Step {
    /// Nothing to do.
    pub fn none() -> Self {
        Self::default()
    }

    /// An effect.
    pub fn effect(effect: Effect) -> Self {
        Self { effects: vec![effect], ..Self::default() }
    }

    /// A move.
    pub fn go(go: Go) -> Self {
        Self { go: Some(go), ..Self::default() }
    }

    /// The same with one more effect.
    #[must_use]
    pub fn and(mut self, effect: impl Into<Option<Effect>>) -> Self {
        self.effects.extend(effect.into());
        self
    }
}

/// A key as a screen gets it.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// What the keymap makes of it.
    Action(Action),
    /// A character typed into text.
    Typed(char),
    /// Text pasted.
    Pasted(&'a str),
}

/// What every screen does.
pub trait ScreenState {
    /// Key of its title among the sentences.
    fn title(&self) -> &'static str;

    /// The contexts whose keys hold now, the nearest first; `Global` comes after them by itself.
    fn contexts(&self) -> &'static [Context];

    /// The actions that make sense now, the most useful first: the hint bar, the menu and the help page show these.
    fn actions(&self, shared: &Shared) -> Vec<Action>;

    /// The actions on what the cursor is on, for a screen where that changes with every step. They have a place of their own at the right
    /// of the hint bar, so that moving on does not draw all of it anew.
    fn actions_here(&self) -> Option<Vec<Action>> {
        None
    }

    /// What lies over the screen or what the cursor is on, as the last part of the key of an action's own word for it.
    fn here(&self) -> Option<&'static str> {
        None
    }

    /// Takes an input.
    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step;

    /// Takes an answer that is still wanted, or hands it on.
    ///
    /// # Errors
    /// The answer, when it is not for this screen or brings a trouble to tell.
    fn reply(&mut self, reply: Reply, _shared: &mut Shared) -> Answered {
        Err(Box::new(reply))
    }

    /// When it wants to be called by itself, and [`Self::wake`] what it does then.
    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The deadline has come, or whatever is unsaved must be saved now.
    fn wake(&mut self, _shared: &mut Shared) -> Step {
        Step::none()
    }

    /// The state of the outbox changed.
    fn outbox_changed(&mut self, _event: &SyncEvent, _shared: &mut Shared) -> Step {
        Step::none()
    }

    /// For whom the clerk is working, masked.
    fn for_whom(&self) -> Option<String> {
        None
    }
}

/// The word for an action: that of what the cursor is on, else that of the screen with this title, else the general one.
pub fn word_for(action: Action, here: Option<&str>, title: &str, locale: &Locale) -> String {
    let general = format!("action-{}", action.name());
    let places = here.into_iter().chain([title.trim_start_matches("title-")]);
    let special = places.map(|place| format!("{general}-{place}")).find(|key| locale.has(key));
    locale.text(&special.unwrap_or(general))
}

impl Screen {
    /// The screen's state by its common trait.
    pub fn state(&self) -> &dyn ScreenState {
        match self {
            Self::SignIn(screen) => screen,
            Self::Catalogue(screen) => screen.as_ref(),
            Self::Guide(screen) => screen,
            Self::Bundle(screen) => screen.as_ref(),
            Self::Compare(screen) => screen.as_ref(),
            Self::Whither(screen) => screen.as_ref(),
            Self::Intake(screen) => screen.as_ref(),
            Self::Receipt(screen) => screen,
            Self::Drafts(screen) => screen,
            Self::Outbox(screen) => screen,
            Self::Cases(screen) => screen,
            Self::Case(screen) => screen,
            Self::Help(screen) => screen,
            Self::Notice(screen) => screen,
            Self::Resting(screen) => screen,
        }
    }

    pub(super) fn state_mut(&mut self) -> &mut dyn ScreenState {
        match self {
            Self::SignIn(screen) => screen,
            Self::Catalogue(screen) => screen.as_mut(),
            Self::Guide(screen) => screen,
            Self::Bundle(screen) => screen.as_mut(),
            Self::Compare(screen) => screen.as_mut(),
            Self::Whither(screen) => screen.as_mut(),
            Self::Intake(screen) => screen.as_mut(),
            Self::Receipt(screen) => screen,
            Self::Drafts(screen) => screen,
            Self::Outbox(screen) => screen,
            Self::Cases(screen) => screen,
            Self::Case(screen) => screen,
            Self::Help(screen) => screen,
            Self::Notice(screen) => screen,
            Self::Resting(screen) => screen,
        }
    }
}
