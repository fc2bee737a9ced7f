//! Sign in; the same screen covers the desk when it is locked, and asks for whatever else has to do with passwords.

use std::fmt;

use super::effect::{Effect, Reply, Secret};
use super::intake::edit_for;
use super::shared::{Desk, Shared};
use super::{Answered, Go, Input, Screen, ScreenState, Step};
use crate::keymap::{Action, Context};
use crate::text::Editor;
use crate::vault::LEAST_PASSWORD;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Name and password.
    #[default]
    SignIn,
    /// The password of the clerk whose desk is locked.
    Unlock,
    /// The password that the local store still has, when the backend has another one already.
    OldPassword,
    /// The administrator's recovery key and a new password, when the old one is forgotten.
    Recover,
    /// The old password and a new one.
    Change,
}

/// One field.
#[derive(Default)]
pub struct Field {
    /// Key of its label among the sentences.
    pub label: &'static str,
    /// What was typed.
    pub editor: Editor,
    /// Never drawn.
    pub secret: bool,
}

impl Field {
    fn secret(label: &'static str) -> Self {
        Self { label, editor: Editor::default(), secret: true }
    }

    fn plain(label: &'static str, text: &str) -> Self {
        Self { label, editor: Editor::new(text), secret: false }
    }

    fn text(&self) -> String {
        self.editor.text().to_owned()
    }
}

/// The screen.
#[derive(Default)]
pub struct SignIn {
    /// What is asked for.
    pub purpose: Purpose,
    /// The fields, top to bottom.
    pub fields: Vec<Field>,
    /// The field with the focus.
    pub focus: usize,
    /// An answer is awaited.
    pub waiting: bool,
    /// What went wrong with the last try.
    pub error: Option<String>,
    /// Key of what there is to say before anything is typed.
    pub hint: Option<&'static str>,
    clerk: String,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("purpose", &self.purpose).field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl SignIn {
    fn asking(purpose: Purpose, clerk: &str) -> Self {
        let fields = match purpose {
            Purpose::SignIn => vec![Field::plain("sign-in-name", clerk), Field::secret("sign-in-password")],
            Purpose::Unlock => vec![Field::secret("sign-in-password")],
            Purpose::OldPassword => vec![Field::secret("sign-in-old-password")],
            Purpose::Recover => vec![
                Field::plain("sign-in-name", clerk),
                Field::plain("sign-in-recovery-key", ""),
                Field::secret("sign-in-new-password"),
                Field::secret("sign-in-again"),
            ],
            Purpose::Change => vec![
                Field::secret("sign-in-old-password"),
                Field::secret("sign-in-new-password"),
                Field::secret("sign-in-again"),
            ],
        };
        let hint = match purpose {
            Purpose::SignIn => None,
            Purpose::Unlock => Some("sign-in-locked-hint"),
            Purpose::OldPassword => Some("sign-in-old-hint"),
            Purpose::Recover => Some("sign-in-recover-hint"),
            Purpose::Change => Some("sign-in-change-hint"),
        };
        let focus = fields.iter().position(|field| field.editor.is_empty()).unwrap_or(0);
        Self { purpose, fields, focus, hint, clerk: clerk.to_owned(), ..Self::default() }
    }

    /// The screen over a locked desk.
    pub fn locked(desk: &Desk) -> Self {
        Self::asking(Purpose::Unlock, &desk.clerk)
    }

    /// The screen at start; `waiting`: a sign-in with given credentials is under way.
    pub fn of(name: &str, waiting: bool) -> Self {
        Self { waiting, ..Self::asking(Purpose::SignIn, name) }
    }

    /// The screen for another password of the local store.
    pub fn change(desk: &Desk) -> Self {
        Self::asking(Purpose::Change, &desk.clerk)
    }

    /// Whether what lies below must not be seen.
    pub fn covers(&self) -> bool {
        self.purpose != Purpose::Change
    }

    /// The name that was typed, or whose desk it is.
    pub fn clerk(&self) -> &str {
        self.fields.iter().find(|field| field.label == "sign-in-name").map_or(&self.clerk, |name| name.editor.text())
    }

    fn text(&self, label: &str) -> String {
        self.fields.iter().find(|field| field.label == label).map(Field::text).unwrap_or_default()
    }

    fn ask(&mut self, purpose: Purpose) {
        *self = Self::asking(purpose, self.clerk());
    }

    fn next(&mut self, shared: &Shared) -> Step {
        if self.focus + 1 < self.fields.len() {
            self.focus += 1;
            return Step::none();
        }
        self.send(shared)
    }

    fn send(&mut self, shared: &Shared) -> Step {
        if self.waiting {
            return Step::none();
        }
        if let Some(empty) = self.fields.iter().position(|field| field.editor.is_empty()) {
            self.focus = empty;
            return Step::none();
        }
        let asks_twice = self.fields.iter().any(|field| field.label == "sign-in-again");
        if asks_twice && self.text("sign-in-new-password").chars().count() < LEAST_PASSWORD {
            let args = [("least", LEAST_PASSWORD.to_string().into())];
            self.error = Some(shared.locale.format("trouble-password-short", &args));
            self.forget(&["sign-in-new-password", "sign-in-again"]);
            return Step::none();
        }
        if asks_twice && self.text("sign-in-again") != self.text("sign-in-new-password") {
            self.error = Some(shared.locale.text("trouble-passwords-differ"));
            self.forget(&["sign-in-new-password", "sign-in-again"]);
            return Step::none();
        }
        self.waiting = true;
        self.error = None;
        let secret = |label: &str| Secret(self.text(label));
        let effect = match self.purpose {
            Purpose::SignIn => Effect::SignIn { name: self.text("sign-in-name"), password: secret("sign-in-password") },
            Purpose::Unlock => Effect::Unlock(secret("sign-in-password")),
            Purpose::OldPassword => Effect::SignInOver(secret("sign-in-old-password")),
            Purpose::Recover => Effect::Recover {
                name: self.text("sign-in-name"),
                key: secret("sign-in-recovery-key"),
                password: secret("sign-in-new-password"),
            },
            Purpose::Change => {
                Effect::ChangePassword { old: secret("sign-in-old-password"), new: secret("sign-in-new-password") }
            }
        };
        for field in self.fields.iter_mut().filter(|field| field.secret) {
            field.editor = Editor::default();
        }
        Step::effect(effect)
    }

    /// Empties fields and goes to the first of them.
    fn forget(&mut self, labels: &[&str]) {
        for field in self.fields.iter_mut().filter(|field| labels.contains(&field.label)) {
            field.editor = Editor::default();
        }
        self.focus = self.fields.iter().position(|field| field.editor.is_empty()).unwrap_or(0);
    }

    fn failed(&mut self, sentence: String) {
        self.waiting = false;
        self.error = Some(sentence);
        self.forget(&[]);
    }
}

impl ScreenState for SignIn {
    fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::SignIn => "title-sign-in",
            Purpose::Unlock => "title-locked",
            Purpose::OldPassword => "title-old-password",
            Purpose::Recover => "title-recover",
            Purpose::Change => "title-change-password",
        }
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::Edit, Context::Form]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        match self.purpose {
            Purpose::SignIn => vec![Action::Next, Action::Proceed, Action::Recover],
            Purpose::OldPassword => vec![Action::Proceed, Action::Recover],
            Purpose::Unlock => vec![Action::Proceed],
            Purpose::Recover | Purpose::Change => vec![Action::Next, Action::Proceed, Action::Back],
        }
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        let count = self.fields.len();
        match input {
            Input::Action(Action::Recover) if matches!(self.purpose, Purpose::SignIn | Purpose::OldPassword) => {
                self.ask(Purpose::Recover);
            }
            Input::Action(Action::Back) if self.purpose == Purpose::Change => return Step::go(Go::Back),
            Input::Action(Action::Back) if matches!(self.purpose, Purpose::Recover | Purpose::OldPassword) => {
                self.ask(Purpose::SignIn);
            }
            Input::Action(Action::Next) => return self.next(shared),
            Input::Action(Action::Proceed | Action::Open) => return self.send(shared),
            Input::Action(Action::Previous) => self.focus = (self.focus + count - 1) % count.max(1),
            Input::Action(action) => {
                if let Some(edit) = edit_for(action)
                    && let Some(field) = self.fields.get_mut(self.focus)
                {
                    field.editor.apply(edit);
                }
            }
            Input::Typed(typed) => {
                if let Some(field) = self.fields.get_mut(self.focus) {
                    field.editor.insert(typed.encode_utf8(&mut [0; 4]));
                }
            }
            Input::Pasted(text) => {
                if let Some(field) = self.fields.get_mut(self.focus) {
                    field.editor.insert(text);
                }
            }
        }
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::OtherPassword if self.purpose == Purpose::SignIn => self.ask(Purpose::OldPassword),
            Reply::Recovered(Ok(())) if self.purpose == Purpose::Recover => {
                self.ask(Purpose::SignIn);
                self.hint = Some("sign-in-recovered");
            }
            Reply::PasswordChanged(Ok(())) if self.purpose == Purpose::Change => {
                shared.good("password-changed");
                return Ok(Step::go(Go::Back));
            }
            Reply::SignedIn(Err(trouble))
            | Reply::Unlocked(Err(trouble))
            | Reply::Recovered(Err(trouble))
            | Reply::PasswordChanged(Err(trouble)) => self.failed(trouble.sentence(&shared.locale)),
            other => return Err(Box::new(other)),
        }
        Ok(Step::none())
    }
}

/// The screen for another password, laid over whatever is open.
pub(super) fn change(shared: &Shared) -> Screen {
    Screen::SignIn(SignIn::change(&shared.desk))
}
