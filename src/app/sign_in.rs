//! Sign in; the same screen covers the desk when it is locked.

use std::fmt;

use super::effect::{Effect, Reply, Secret};
use super::intake::edit_for;
use super::shared::{Desk, Shared};
use super::{Answered, Input, ScreenState, Step};
use crate::keymap::{Action, Context};
use crate::text::Editor;

/// The sign-in screen.
#[derive(Default)]
pub struct SignIn {
    /// Name of the clerk.
    pub name: Editor,
    /// The password, never drawn.
    pub password: Editor,
    /// The password has the focus, not the name.
    pub on_password: bool,
    /// An answer is awaited.
    pub waiting: bool,
    /// The clerk's own desk is locked: the name is given.
    pub locked: bool,
    /// What went wrong with the last try.
    pub error: Option<String>,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("waiting", &self.waiting).field("locked", &self.locked).finish_non_exhaustive()
    }
}

impl SignIn {
    /// The screen over a locked desk.
    pub fn locked(desk: &Desk) -> Self {
        Self { name: Editor::new(&desk.clerk), on_password: true, locked: true, ..Self::default() }
    }

    /// The screen at start; `waiting`: a sign-in with given credentials is under way.
    pub fn of(name: &str, waiting: bool) -> Self {
        Self { name: Editor::new(name), on_password: !name.is_empty(), waiting, ..Self::default() }
    }

    fn editor(&mut self) -> &mut Editor {
        if self.on_password { &mut self.password } else { &mut self.name }
    }

    fn send(&mut self) -> Step {
        if self.waiting || self.name.is_empty() || self.password.is_empty() {
            return Step::none();
        }
        self.waiting = true;
        self.error = None;
        let password = Secret(std::mem::take(&mut self.password).text().to_owned());
        Step::effect(if self.locked {
            Effect::Unlock(password)
        } else {
            Effect::SignIn { name: self.name.text().to_owned(), password }
        })
    }
}

impl ScreenState for SignIn {
    fn title(&self) -> &'static str {
        if self.locked { "title-locked" } else { "title-sign-in" }
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::Edit, Context::Form]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        if self.locked { vec![Action::Proceed] } else { vec![Action::Next, Action::Proceed] }
    }

    fn input(&mut self, input: Input<'_>, _: &mut Shared) -> Step {
        match input {
            Input::Action(Action::Next) if self.on_password && !self.password.is_empty() => return self.send(),
            Input::Action(Action::Proceed | Action::Open) => return self.send(),
            Input::Action(Action::Next | Action::Previous) if !self.locked => self.on_password = !self.on_password,
            Input::Action(action) => {
                if let Some(edit) = edit_for(action) {
                    self.editor().apply(edit);
                }
            }
            Input::Typed(typed) => {
                self.editor().insert(typed.encode_utf8(&mut [0; 4]));
            }
            Input::Pasted(text) => {
                self.editor().insert(text);
            }
        }
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        let (Reply::SignedIn(Err(trouble)) | Reply::Unlocked(Err(trouble))) = reply else {
            return Err(Box::new(reply));
        };
        self.waiting = false;
        self.on_password = !self.name.is_empty();
        self.error = Some(trouble.sentence(&shared.locale));
        Ok(Step::none())
    }
}
