//! Help: the keys of the screen from which it was opened, written from the keymap.

use super::shared::Shared;
use super::{Go, Input, Model, ScreenState, Step, scroll, word_for};
use crate::keymap::{Action, Context};
use crate::text;

/// The help screen.
#[derive(Debug)]
pub struct Help {
    /// Title key of the screen that it is about.
    pub about: &'static str,
    /// What lay over it or had its cursor.
    here: Option<&'static str>,
    /// Keys and what they do there: the key's name, the action.
    pub keys: Vec<(String, Action)>,
    /// First line shown.
    pub first: usize,
}

impl Help {
    /// Help for the model's visible screen.
    pub fn of(model: &Model) -> Self {
        let contexts = model.contexts();
        let offered = model.actions();
        let mut keys: Vec<(String, Action)> = Vec::new();
        let mut add = |action: Action| {
            if let Some(key) = model.shared.keymap.key_for(&contexts, action)
                && !keys.iter().any(|(_, known)| *known == action)
            {
                keys.push((key.to_string(), action));
            }
        };
        offered.into_iter().for_each(&mut add);
        for context in &contexts {
            // What holds only while moving or editing comes after what the screen offers.
            if *context != Context::Global {
                model.shared.keymap.bindings(*context).for_each(|(_, action)| add(action));
            }
        }
        let about = model.screen().map_or("title-catalogue", |screen| screen.state().title());
        let here = model.screen().and_then(|screen| screen.state().here());
        Self { about, here, keys, first: 0 }
    }

    /// Lines of key and what it does; what has no key is a sentence.
    pub fn lines(&self, shared: &Shared) -> Vec<(String, String)> {
        let locale = &shared.locale;
        let mut lines =
            vec![(String::new(), locale.format("help-about", &[("screen", locale.text(self.about).into())]))];
        for (key, action) in &self.keys {
            lines.push((key.clone(), word_for(*action, self.here, self.about, locale)));
        }
        lines.push((String::new(), String::new()));
        let width = usize::from(shared.size.columns.saturating_sub(3));
        for note in Self::NOTES {
            lines.extend(text::wrap(&locale.text(note), width).into_iter().map(|line| (String::new(), line)));
        }
        lines
    }

    /// The lines below the keys: what every clerk should know.
    pub const NOTES: [&'static str; 5] = ["help-enter", "help-escape", "help-escape-digit", "help-saved", "help-menu"];
}

impl ScreenState for Help {
    fn title(&self) -> &'static str {
        "title-help"
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn actions(&self, _: &Shared) -> Vec<Action> {
        vec![Action::PageDown, Action::PageUp]
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        match input {
            Input::Action(Action::Back | Action::Proceed) => Step::go(Go::Back),
            Input::Action(action) => {
                self.first = scroll::line(self.first, self.lines(shared).len(), action, shared);
                Step::none()
            }
            _ => Step::none(),
        }
    }
}
