//! What the clerk sees: [`view`] draws the model. Pure drawing: nothing is decided here.
//!
//! Every screen has the same frame: a header with title and desk, the practice banner, the body, the status line, the keys.

pub mod canvas;
mod case;
mod catalogue;
mod field;
mod form;
mod guide;
mod help;
mod intake;
mod lists;
mod notice;
mod over;
mod popup;
mod receipt;
mod review;
mod sign_in;
mod status;
pub mod theme;

use ratatui::Frame;

use crate::app::{Model, Screen, scroll};
use canvas::Canvas;
use theme::Theme;

/// The least size at which a clerk can work.
const LEAST: (u16, u16) = (40, 10);

/// Draws the model.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let mut canvas = Canvas::new(frame, theme);
    if canvas.area.is_empty() {
        return;
    }
    let (columns, rows) = (canvas.width(), canvas.height());
    if columns < LEAST.0 || rows < LEAST.1 {
        let sentence = model.shared.locale.text("frame-too-small");
        canvas.text(0, 0, &sentence, theme.plain());
        canvas.cursor(0, 0);
        return;
    }
    let Some(screen) = model.screen() else { return };
    status::header(model, screen, &mut canvas.part(0, 0, columns, 2));
    status::status_line(model, screen, &mut canvas.part(0, rows - 2, columns, 1));
    status::hints(model, screen, &mut canvas.part(0, rows - 1, columns, 1));
    let mut body = canvas.part(0, 2, columns, rows - scroll::FRAME_ROWS);
    let shared = &model.shared;
    match screen {
        Screen::SignIn(screen) => sign_in::draw(screen, shared, &mut body),
        Screen::Catalogue(screen) => catalogue::draw(screen, shared, &mut body),
        Screen::Guide(screen) => guide::draw(screen, shared, &mut body),
        Screen::Bundle(screen) => guide::bundle(screen, shared, &mut body),
        Screen::Compare(screen) => guide::compare(screen, shared, &mut body),
        Screen::Whither(screen) => guide::whither(screen, shared, &mut body),
        Screen::Intake(screen) => match &screen.review {
            Some(review) => review::draw(review, screen, shared, &mut body),
            None => intake::draw(screen, shared, &mut body),
        },
        Screen::Receipt(screen) => receipt::draw(screen, shared, &mut body),
        Screen::Drafts(screen) => lists::drafts(screen, shared, &mut body),
        Screen::Outbox(screen) => lists::outbox(screen, shared, &mut body),
        Screen::Cases(screen) => lists::cases(screen, shared, &mut body),
        Screen::Case(screen) => case::draw(screen, shared, &mut body),
        Screen::Help(screen) => help::draw(screen, shared, &mut body),
        Screen::Notice(screen) => notice::draw(screen, shared, &mut body),
        Screen::Resting(_) => lists::loading(shared, &mut body),
    }
    if let Some(over) = &model.popup {
        popup::draw(over, model, &mut canvas.part(0, 2, columns, rows - scroll::FRAME_ROWS));
    }
}

/// The name under which a word of the trade is stored, as the last part of a sentence's key.
fn kebab(word: &impl serde::Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
