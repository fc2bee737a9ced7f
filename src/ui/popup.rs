//! What lies over a screen: the menu, a question.

use super::canvas::Canvas;
use super::status;
use crate::app::Model;
use crate::app::popup::Popup;
use crate::text;

/// Draws the popup.
pub fn draw(popup: &Popup, model: &Model, canvas: &mut Canvas<'_, '_>) {
    let locale = &model.shared.locale;
    match popup {
        Popup::Menu { actions, selected } => {
            let Some(screen) = model.screen() else { return };
            let rows = u16::try_from(actions.len() + 2).unwrap_or(u16::MAX);
            let mut menu = canvas.boxed(44, rows, &locale.text("action-menu"));
            let (plain, chosen) = (menu.theme.plain(), menu.theme.selected());
            let mut contexts = screen.state().contexts().to_vec();
            contexts.push(crate::keymap::Context::Global);
            let window = usize::from(menu.height()).max(1);
            let first = crate::app::scroll::first_of_window(*selected, window);
            for (y, (index, action)) in (0..menu.height()).zip(actions.iter().enumerate().skip(first)) {
                let key =
                    model.shared.keymap.key_for(&contexts, *action).map(|key| key.to_string()).unwrap_or_default();
                let style = if index == *selected { chosen } else { plain };
                menu.text(1, y, &text::pad(&status::label(*action, screen, model), 28), style);
                menu.text(30, y, &key, plain);
                if index == *selected {
                    menu.cursor(1, y);
                }
            }
        }
        Popup::Confirm { question, yes, .. } => {
            let lines = text::wrap(question, 50);
            let rows = u16::try_from(lines.len() + 4).unwrap_or(u16::MAX);
            let mut question = canvas.boxed(56, rows, "");
            let (plain, chosen) = (question.theme.plain(), question.theme.selected());
            for (y, line) in (0u16..).zip(&lines) {
                question.text(2, y, line, plain);
            }
            let y = u16::try_from(lines.len() + 1).unwrap_or(0);
            let end =
                question.text(4, y, &format!(" {} ", locale.text("answer-no")), if *yes { plain } else { chosen });
            question.text(end + 4, y, &format!(" {} ", locale.text("answer-yes")), if *yes { chosen } else { plain });
            question.cursor(if *yes { end + 4 } else { 4 }, y);
        }
    }
}
