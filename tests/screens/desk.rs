//! A clerk's desk without a runtime: the model, virtual time, answers from [`Backstage`], and a terminal to look at.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use onewindow::app::intake::{Intake, PartId};
use onewindow::app::{BuiltInForms, Effect, Model, Msg, Screen, Shared};
use onewindow::documents::Paper;
use onewindow::keymap::{Key, KeyCode, Keymap};
use onewindow::locale::{Language, Locale};
use onewindow::runtime;
use onewindow::sync::{LinkState, SyncEvent};
use onewindow::ui::theme::Theme;
use onewindow::vault::{Draft, Reason};
use uuid::Uuid;

use crate::backstage::Backstage;
use crate::terminal::{Cost, Terminal};

thread_local! {
    static IDS: Cell<u128> = const { Cell::new(0) };
    static SPOKEN: [(Arc<Locale>, Arc<BuiltInForms>); 2] = Language::ALL.map(|language| {
        let locale = Locale::of(language);
        let built_in = runtime::built_in(&locale).unwrap();
        (locale, Arc::new(built_in))
    });
}

/// Ids of drafts count from 1 on every desk.
fn next_id(_: Timestamp) -> Uuid {
    IDS.set(IDS.get() + 1);
    Uuid::from_u128(IDS.get())
}

/// How many random cases to try: more of them, as many times as `TEST_LONG` says, for the long proof.
pub fn cases(usual: u32) -> u32 {
    let times = std::env::var("TEST_LONG").ok().and_then(|times| times.parse().ok());
    usual.saturating_mul(times.unwrap_or(1))
}

/// How a desk looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub language: Language,
    /// Borders and QR codes in ASCII, and no colours.
    pub ascii: bool,
}

impl Look {
    pub const CHINESE: Self = Self { language: Language::Chinese, ascii: false };
}

pub struct Desk {
    pub model: Model,
    pub now: Timestamp,
    pub backstage: Backstage,
    pub terminal: Terminal,
    pub theme: Theme,
    /// Answers wait in [`Self::held`] until they are released.
    pub holding: bool,
    pub held: VecDeque<Msg>,
    /// What the last frame cost.
    pub cost: Cost,
}

impl Desk {
    /// A program just started, at 10:30 of 23 November 2026 in Beijing.
    pub fn signed_out(look: Look) -> Self {
        IDS.set(0);
        let now: Timestamp = "2026-11-23T02:30:00Z".parse().unwrap();
        let spoken =
            |spoken: &[(Arc<Locale>, _); 2]| spoken.iter().find(|it| it.0.language() == look.language).cloned();
        let (locale, built_in) = SPOKEN.with(spoken).unwrap();
        let paper = Paper { width: 72, ascii: look.ascii };
        let keymap = Arc::new(Keymap::built_in());
        let mut shared = Shared::new(now, locale, keymap, built_in, paper, next_id);
        shared.desk.practice = true;
        let mut desk = Self {
            model: Model::starting(shared, None, false),
            now,
            backstage: Backstage::default(),
            terminal: Terminal::new(80, 24),
            theme: Theme::new(!look.ascii, look.ascii),
            holding: false,
            held: VecDeque::new(),
            cost: Cost::default(),
        };
        desk.send(Msg::Resize { columns: 80, rows: 24 });
        desk
    }

    /// A clerk who has signed in and looks at the catalogue.
    pub fn new(look: Look) -> Self {
        let mut desk = Self::signed_out(look);
        desk.type_text("practice");
        desk.press("enter");
        desk.type_text("practice");
        desk.press("enter");
        assert!(matches!(desk.model.screen(), Some(Screen::Catalogue(_))));
        desk
    }

    /// A message, everything that follows from it, and the frame after it.
    pub fn send(&mut self, msg: Msg) {
        let mut open = VecDeque::from([msg]);
        while let Some(msg) = open.pop_front() {
            for effect in self.model.update(msg, self.now) {
                let answer = self.backstage.perform(effect, self.now);
                if self.holding {
                    self.held.extend(answer);
                } else {
                    open.extend(answer);
                }
            }
        }
        self.draw();
    }

    pub fn draw(&mut self) {
        self.cost = self.terminal.draw(&self.model, &self.theme);
    }

    /// Presses keys by their names in the keymap, blanks between them.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.send(Msg::Key(key.parse().unwrap()));
        }
    }

    /// Types text, one character a message.
    pub fn type_text(&mut self, text: &str) {
        for character in text.chars() {
            self.send(Msg::Key(Key::plain(KeyCode::Char(character))));
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.send(Msg::Paste(text.to_owned()));
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.resize(columns, rows);
        self.send(Msg::Resize { columns, rows });
    }

    /// Lets time pass; the model is woken at its deadlines, as the loop does.
    pub fn advance(&mut self, milliseconds: i64) {
        let until = self.now + SignedDuration::from_millis(milliseconds);
        while let Some(deadline) = self.model.deadline().filter(|deadline| *deadline <= until) {
            self.now = self.now.max(deadline);
            self.send(Msg::Wake);
            assert!(self.model.deadline().is_none_or(|next| next > self.now), "a wake-up leaves nothing due behind");
        }
        self.now = until;
    }

    /// Gives the answers that were held back.
    pub fn release(&mut self) {
        self.holding = false;
        while let Some(msg) = self.held.pop_front() {
            self.send(msg);
        }
    }

    /// The backend takes what waits.
    pub fn accept(&mut self) {
        for event in self.backstage.accept() {
            self.send(Msg::Sync(event));
        }
    }

    /// The backend refuses what waits.
    pub fn refuse(&mut self, reason: &Reason) {
        for event in self.backstage.refuse(reason) {
            self.send(Msg::Sync(event));
        }
    }

    /// The line goes down.
    pub fn go_offline(&mut self) {
        self.backstage.offline = true;
        self.send(Msg::Sync(SyncEvent::Link(LinkState::Offline { since: self.now })));
    }

    pub fn intake(&self) -> &Intake {
        match self.model.screen() {
            Some(Screen::Intake(intake)) => intake,
            other => panic!("no intake but {}", other.map_or("nothing", |screen| screen.state().title())),
        }
    }

    /// The value of a field of the open intake.
    pub fn value(&self, part: PartId, pointer: &str) -> Option<String> {
        let value = self.intake().part(part)?.value(pointer)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// The drafts that were handed to the vault, oldest first.
    pub fn saves(&self) -> Vec<&Draft> {
        let log = self.backstage.log.iter();
        log.filter_map(|effect| match effect {
            Effect::SaveDraft(draft) => Some(draft.as_ref()),
            _ => None,
        })
        .collect()
    }

    pub fn submissions(&self) -> usize {
        self.backstage.log.iter().filter(|effect| matches!(effect, Effect::Submit(_))).count()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.terminal.rows().iter().any(|row| row.contains(text))
    }

    /// The whole picture as text.
    pub fn picture(&self) -> String {
        self.terminal.picture()
    }
}
