//! The frame round every screen: header, practice banner, status line, keys.

use super::canvas::Canvas;
use crate::app::intake::SaveState;
use crate::app::{Model, Screen, Tone};
use crate::keymap::{Action, KeyCode};
use crate::sync::{LinkState, words};

/// Title and desk, and in a practice room the banner in words.
pub fn header(model: &Model, screen: &Screen, canvas: &mut Canvas<'_, '_>) {
    let shared = &model.shared;
    let desk = &shared.desk;
    let who = [desk.site_name.as_str(), desk.window.as_str(), desk.clerk_name.as_str()];
    let who: Vec<&str> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let strong = canvas.theme.strong();
    let title = format!(" {} {}", shared.locale.text("app-name"), shared.locale.text(screen.state().title()));
    let end = canvas.text(0, 0, &title, strong);
    let plain = canvas.theme.plain();
    let room = canvas.width().saturating_sub(end + 3);
    canvas.part(0, 0, canvas.width().saturating_sub(1), 1).text_right(0, room, &who.join(" "), plain);
    if desk.practice {
        let style = canvas.theme.practice();
        let words = shared.locale.text("practice-banner");
        let width = canvas.width();
        canvas.style(0, 1, width, style);
        canvas.text(1, 1, &words, style);
    } else {
        let line = canvas.theme.symbols.horizontal.repeat(usize::from(canvas.width()));
        canvas.text(0, 1, &line, plain);
    }
}

/// What just happened or the link; what waits; for whom; whether it is saved.
pub fn status_line(model: &Model, screen: &Screen, canvas: &mut Canvas<'_, '_>) {
    let shared = &model.shared;
    let locale = &shared.locale;
    let mut right = Vec::new();
    if !model.is_locked() {
        if let Some(name) = model.for_whom() {
            right.push(locale.format("status-for", &[("name", name.into())]));
        }
        right.push(locale.format("status-queued", &[("n", shared.desk.queued.into())]));
    }
    if let Screen::Intake(intake) = screen {
        right.push(locale.text(match intake.save_state {
            SaveState::Saved => "status-saved",
            SaveState::Unsaved => "status-unsaved",
            SaveState::Failed => "status-save-failed",
        }));
    }
    let right = right.join("  ");
    let plain = canvas.theme.plain();
    let half = canvas.width() / 2;
    let end = canvas.width().saturating_sub(1);
    let start = canvas.part(0, 0, end, 1).text_right(0, half, &right, plain);
    let room = start.saturating_sub(2);
    if let Some(note) = &shared.note {
        let style = match note.tone {
            Tone::Good => canvas.theme.good(),
            Tone::Error => canvas.theme.error(),
        };
        canvas.text_in(1, 0, room, &note.text, style);
        return;
    }
    if let Some(sentence) = focused_error(screen, model) {
        let style = canvas.theme.error();
        canvas.text_in(1, 0, room, &sentence, style);
        return;
    }
    let link = words::link(shared.desk.link, locale);
    let style = if matches!(shared.desk.link, LinkState::Online { .. } | LinkState::Unknown) {
        plain
    } else {
        canvas.theme.error()
    };
    canvas.text_in(1, 0, room, &link, style);
}

fn focused_error(screen: &Screen, model: &Model) -> Option<String> {
    let Screen::Intake(intake) = screen else { return None };
    if intake.review.is_some() {
        return None;
    }
    let error = intake.shown_error(intake.page_ref()?.part, intake.focus.as_ref()?.pointer())?;
    Some(error.sentence(&model.shared.locale))
}

/// The label of an action on a screen: the screen's own word for it where it has one.
pub fn label(action: Action, screen: &Screen, model: &Model) -> String {
    let locale = &model.shared.locale;
    let general = format!("action-{}", action.name());
    let place = screen.state().title().trim_start_matches("title-");
    let special = format!("{general}-{place}");
    locale.text(if locale.has(&special) { &special } else { &general })
}

/// The keys that make sense now, as many as fit.
pub fn hints(model: &Model, screen: &Screen, canvas: &mut Canvas<'_, '_>) {
    let contexts = model.contexts();
    let (key_style, plain) = (canvas.theme.selected(), canvas.theme.plain());
    let mut x = 1;
    for action in model.actions() {
        let Some(key) = model.shared.keymap.key_for(&contexts, action) else { continue };
        // Everybody knows the arrows; the room is for the rest.
        if matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right) {
            continue;
        }
        let (key, label) = (key.to_string(), label(action, screen, model));
        let needed = crate::text::width(&key) + crate::text::width(&label) + 3;
        if usize::from(x) + needed > usize::from(canvas.width()) {
            break;
        }
        x = canvas.text(x, 0, &key, key_style);
        x = canvas.text(x, 0, &label, plain) + 2;
    }
}
