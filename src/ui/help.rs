//! Help: keys and what they do, written from the keymap.

use super::canvas::Canvas;
use crate::app::Shared;
use crate::app::help::Help;
use crate::text;

/// Draws the help page.
pub fn draw(help: &Help, shared: &Shared, canvas: &mut Canvas<'_, '_>) {
    let locale = &shared.locale;
    let place = help.about.trim_start_matches("title-");
    let mut lines = vec![(String::new(), locale.format("help-about", &[("screen", locale.text(help.about).into())]))];
    for (key, action) in &help.keys {
        let general = format!("action-{}", action.name());
        let special = format!("{general}-{place}");
        lines.push((key.clone(), locale.text(if locale.has(&special) { &special } else { &general })));
    }
    lines.push((String::new(), String::new()));
    let width = usize::from(canvas.width().saturating_sub(3));
    for note in Help::NOTES {
        lines.extend(text::wrap(&locale.text(note), width).into_iter().map(|line| (String::new(), line)));
    }
    let (plain, strong) = (canvas.theme.plain(), canvas.theme.strong());
    for (y, (key, what)) in (0..canvas.height()).zip(lines.iter().skip(help.first)) {
        if key.is_empty() {
            canvas.text(1, y, what, plain);
        } else {
            canvas.text(3, y, key, strong);
            canvas.text(16, y, what, plain);
        }
    }
    canvas.cursor(0, 0);
}
