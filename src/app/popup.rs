//! What lies over a screen: the menu of its actions, or a question.

use super::Input;
use super::effect::Effect;
use crate::keymap::Action;

/// Something over the screen.
#[derive(Debug)]
pub enum Popup {
    /// Every action of the screen (F10).
    Menu {
        /// The actions.
        actions: Vec<Action>,
        /// The one with the cursor.
        selected: usize,
    },
    /// A question before something that cannot be taken back.
    Confirm {
        /// The question.
        question: String,
        /// What is done upon yes.
        effect: Box<Effect>,
        /// Yes has the cursor. No has it at first.
        yes: bool,
    },
}

/// What came of an input.
#[derive(Debug)]
pub enum Outcome {
    /// Still open.
    Stay(Popup),
    /// Closed.
    Close,
    /// Closed with an action to do.
    Chosen(Action),
    /// Closed with yes.
    Confirmed(Box<Effect>),
}

impl Popup {
    /// The menu of these actions.
    pub fn menu(mut actions: Vec<Action>) -> Self {
        actions.retain(|action| *action != Action::Menu);
        Self::Menu { actions, selected: 0 }
    }

    /// A question.
    pub fn confirm(question: String, effect: Effect) -> Self {
        Self::Confirm { question, effect: Box::new(effect), yes: false }
    }

    /// Takes an input.
    pub fn input(self, input: Input<'_>) -> Outcome {
        let Input::Action(action) = input else { return Outcome::Stay(self) };
        match self {
            _ if matches!(action, Action::Back | Action::Menu) => Outcome::Close,
            Self::Menu { actions, selected } => {
                let last = actions.len().saturating_sub(1);
                let selected = match action {
                    Action::Up | Action::Previous => selected.checked_sub(1).unwrap_or(last),
                    Action::Down | Action::Next if selected < last => selected + 1,
                    Action::First | Action::PageUp | Action::Down | Action::Next => 0,
                    Action::Last | Action::PageDown => last,
                    Action::Open | Action::Toggle => {
                        return actions.get(selected).map_or(Outcome::Close, |action| Outcome::Chosen(*action));
                    }
                    // Any key that is on the menu works while it is open.
                    other if actions.contains(&other) => return Outcome::Chosen(other),
                    _ => selected,
                };
                Outcome::Stay(Self::Menu { actions, selected })
            }
            Self::Confirm { question, effect, yes } => match action {
                Action::Left | Action::Right | Action::Up | Action::Down | Action::Next | Action::Previous => {
                    Outcome::Stay(Self::Confirm { question, effect, yes: !yes })
                }
                Action::Open | Action::Toggle if yes => Outcome::Confirmed(effect),
                Action::Open | Action::Toggle => Outcome::Close,
                _ => Outcome::Stay(Self::Confirm { question, effect, yes }),
            },
        }
    }
}

#[cfg(test)]
mod tests;
