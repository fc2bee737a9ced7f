//! The frame round every screen: header, practice banner, status line, keys.

use super::canvas::Canvas;
use crate::app::intake::SaveState;
use crate::app::{Allowance, Model, Screen, Tone, word_for};
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

/// The link, and what just happened or is to be watched; what waits; for whom; whether it is saved.
pub fn status_line(model: &Model, screen: &Screen, canvas: &mut Canvas<'_, '_>) {
    let shared = &model.shared;
    let locale = &shared.locale;
    let mut right = Vec::new();
    if !model.is_locked() {
        if shared.desk.read_only {
            right.push(locale.text("status-read-only"));
        }
        if let Some(name) = model.for_whom() {
            right.push(locale.format("status-for", &[("name", name.into())]));
        }
        right.push(locale.format("status-queued", &[("n", shared.desk.waiting.count.into())]));
    }
    if let Screen::Intake(intake) = screen {
        right.push(locale.text(match intake.save_state {
            SaveState::Saved if intake.is_untouched() => "status-untouched",
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
    let error = canvas.theme.error();
    let note = shared.note.as_ref().map(|note| match note.tone {
        Tone::Good => (note.text.clone(), canvas.theme.good()),
        Tone::Error => (note.text.clone(), error),
    });
    let said = note.or_else(|| focused_error(screen, model).map(|sentence| (sentence, error)));
    let link = shared.desk.link;
    let is_away = matches!(link, LinkState::Offline { .. } | LinkState::CaptivePortal);
    if let Some((sentence, style)) = said {
        // What was just said comes first, but that the desk is cut off shows all the same.
        let start =
            if is_away { canvas.text_in(1, 0, room, &words::link_in_short(link, locale), error) + 2 } else { 1 };
        canvas.text_in(start, 0, (room + 1).saturating_sub(start), &sentence, style);
        return;
    }
    let link = words::link(link, shared.desk.last_contact, locale);
    let start = canvas.text_in(1, 0, room, &link, if is_away { error } else { plain }) + 2;
    let warning = match shared.offline_limits.allowance(shared.desk.waiting, shared.now) {
        Allowance::Ample => {
            shared.desk.skew.filter(|skew| words::is_worth_saying(*skew)).map(|skew| words::skew(skew, locale))
        }
        Allowance::Short => Some(locale.text("status-offline-short")),
        Allowance::Over => Some(locale.text("status-offline-over")),
    };
    if let Some(warning) = warning {
        canvas.text_in(start, 0, (room + 1).saturating_sub(start), &warning, error);
    }
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
    let state = screen.state();
    word_for(action, state.here(), state.title(), &model.shared.locale)
}

/// The keys that make sense now, as many as fit. Those for what the cursor is on stand at the right, in room that is kept free for them.
pub fn hints(model: &Model, screen: &Screen, canvas: &mut Canvas<'_, '_>) {
    let here = screen.state().actions_here();
    let width = canvas.width();
    let room = if here.is_some() { width - width * 2 / 5 } else { width };
    let mut general = screen.state().actions(&model.shared);
    general.extend(
        model.actions_anywhere().iter().filter(|action| !general.contains(action)).copied().collect::<Vec<_>>(),
    );
    let mut x = 1;
    for hint in general.into_iter().filter_map(|action| Hint::of(action, screen, model)) {
        if x + hint.columns() >= room {
            break;
        }
        x = hint.draw(x, canvas) + 2;
    }
    let mut left = width.saturating_sub(room);
    let here = here.unwrap_or_default().into_iter().filter_map(|action| Hint::of(action, screen, model));
    let here: Vec<Hint> = here
        .take_while(|hint| {
            let needed = hint.columns() + 2;
            let fits = needed <= left;
            left = left.saturating_sub(needed);
            fits
        })
        .collect();
    let taken: u16 = here.iter().map(|hint| hint.columns() + 2).sum();
    let mut x = (width + 1).saturating_sub(taken);
    for hint in here {
        x = hint.draw(x, canvas) + 2;
    }
}

/// A key and what it does.
struct Hint {
    key: String,
    label: String,
}

impl Hint {
    /// `None` for an action without a key, and for the arrows where they mean what they always do: the room is for the rest.
    fn of(action: Action, screen: &Screen, model: &Model) -> Option<Self> {
        let key = model.shared.keymap.key_for(&model.contexts(), action)?;
        let is_arrow = matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right);
        let is_own = |here| model.shared.locale.has(&format!("action-{}-{here}", action.name()));
        if is_arrow && !key.ctrl && !screen.state().here().is_some_and(is_own) {
            return None;
        }
        let label = label(action, screen, model);
        // Where both are of Latin letters a blank must tell them apart.
        let blank = if label.starts_with(|first: char| first.is_ascii()) { " " } else { "" };
        Some(Self { key: key.to_string(), label: format!("{blank}{label}") })
    }

    fn columns(&self) -> u16 {
        u16::try_from(crate::text::width(&self.key) + crate::text::width(&self.label)).unwrap_or(u16::MAX)
    }

    /// The column after it.
    fn draw(&self, x: u16, canvas: &mut Canvas<'_, '_>) -> u16 {
        let (key_style, plain) = (canvas.theme.selected(), canvas.theme.plain());
        let x = canvas.text(x, 0, &self.key, key_style);
        canvas.text(x, 0, &self.label, plain)
    }
}
