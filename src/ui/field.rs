//! One field of a form page: label, value or editor, what is wrong or what helps.

use super::canvas::Canvas;
use super::form::{MULTI_LINES, Page};
use crate::app::intake::shown;
use crate::forms::{Capture, Control, ControlKind, FieldView, values};
use crate::keymap::{Action, Context};
use crate::text::{self, Editor};

/// Columns below which nothing is said beside a field.
const LEAST_REMARK: u16 = 8;

/// How a field stands on its page.
pub(super) struct Focus {
    pub focused: bool,
    /// It shares its row with others.
    pub beside_others: bool,
    /// Columns of its label.
    pub label: usize,
}

/// Draws a field.
pub(super) fn draw_field(
    page: &Page<'_>,
    field: &FieldView,
    control: &Control,
    focus: Focus,
    canvas: &mut Canvas<'_, '_>,
) {
    let x = draw_label(field, control, &focus, canvas);
    let available = canvas.width().saturating_sub(x + 1);
    let columns = if focus.beside_others { available } else { field_columns(control).min(available) };
    let editable = field.enabled && !control.read_only;
    let style = if editable { canvas.theme.field() } else { canvas.theme.plain() };
    if editable && !matches!(control.kind, ControlKind::Boolean) {
        for y in 0..if is_multi_line(Some(control)) { MULTI_LINES } else { 1 } {
            canvas.style(x, y, columns, style);
        }
    }
    let mut value = canvas.part(x, 0, columns, MULTI_LINES);
    match &page.intake.editor {
        Some(editor) if focus.focused => draw_editor(editor, control, &mut value),
        _ => {
            let shown = shown::in_field(control, page.part.value(&field.pointer), focus.focused, &page.shared.locale);
            if is_multi_line(Some(control)) {
                for (y, line) in (0..MULTI_LINES).zip(text::wrap(&shown, usize::from(columns.saturating_sub(1)))) {
                    value.text(0, y, &line, style);
                }
            } else if matches!(control.kind, ControlKind::Area(_)) {
                // Of a long way down the end tells more than the beginning.
                let shown = text::truncate_start(&shown, usize::from(columns), value.theme.symbols.ellipsis);
                value.text(0, 0, &shown, style);
            } else {
                value.text(0, 0, &shown, style);
            }
            if focus.focused {
                value.cursor(0, 0);
            }
        }
    }
    draw_remark(page, field, control, &focus, x + columns + 1, canvas);
}

/// The column after the label.
fn draw_label(field: &FieldView, control: &Control, focus: &Focus, canvas: &mut Canvas<'_, '_>) -> u16 {
    let (plain, selected, error) = (canvas.theme.plain(), canvas.theme.selected(), canvas.theme.error());
    if field.required && !control.read_only {
        canvas.text(1, 0, "*", error);
    }
    let room = u16::try_from(focus.label).unwrap_or(u16::MAX);
    canvas.text_in(2, 0, room, &control.label, if focus.focused { selected } else { plain });
    2 + room + 1
}

/// Draws the text under the caret. Where the field hides some of it, its edges say so.
fn draw_editor(editor: &Editor, control: &Control, canvas: &mut Canvas<'_, '_>) {
    let style = if editor.is_all_selected() { canvas.theme.selected() } else { canvas.theme.field() };
    let columns = canvas.width();
    if editor.is_multi_line() {
        let view = editor.view_lines(usize::from(columns), usize::from(MULTI_LINES));
        for (y, line) in (0..MULTI_LINES).zip(&view.lines) {
            canvas.text(0, y, line, style);
        }
        let (column, line) = view.caret;
        canvas.cursor(u16::try_from(column).unwrap_or(0), u16::try_from(line).unwrap_or(0));
        return;
    }
    let (shown, caret) = match control.kind {
        ControlKind::BankCard => in_groups(editor, &values::CARD_GROUPS, usize::from(columns)),
        _ => None,
    }
    .unwrap_or_else(|| {
        let view = editor.view(usize::from(columns));
        (view.text, view.caret)
    });
    canvas.text(0, 0, &shown, style);
    canvas.cursor(u16::try_from(caret).unwrap_or(0), 0);
}

/// A number as it is read, in groups, and the column of the caret among them; `None` for what is no plain number or has no room.
fn in_groups(editor: &Editor, groups: &[usize], columns: usize) -> Option<(String, usize)> {
    let number = editor.text();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let shown = values::grouped(number, groups);
    let before: String = number.chars().take(editor.caret()).collect();
    let caret = values::grouped(&before, groups).len();
    (shown.len() < columns).then_some((shown, caret))
}

/// What is wrong with the field, else what helps to fill it.
fn draw_remark(
    page: &Page<'_>,
    field: &FieldView,
    control: &Control,
    focus: &Focus,
    x: u16,
    canvas: &mut Canvas<'_, '_>,
) {
    let (faint, wrong) = (canvas.theme.faint(), canvas.theme.error());
    let room = canvas.width().saturating_sub(x);
    match page.intake.shown_error(page.at.part, &field.pointer) {
        Some(error) => {
            canvas.text(0, 0, "!", wrong);
            if room >= LEAST_REMARK {
                canvas.text_in(x, 0, room, &error.sentence(&page.shared.locale), wrong);
            }
        }
        None if room >= LEAST_REMARK => {
            canvas.text_in(x, 0, room, &help(page, field, control, focus), faint);
        }
        None => {}
    }
}

/// What helps to fill a field: the form's own words, that it may be owed, the device that reads it.
fn help(page: &Page<'_>, field: &FieldView, control: &Control, focus: &Focus) -> String {
    let locale = &page.shared.locale;
    let mut words = Vec::new();
    if !control.hint.is_empty() {
        words.push(control.hint.clone());
    }
    if control.soft && field.required {
        words.push(locale.text("form-soft"));
    }
    if let (Some(capture), true) = (control.capture, field.enabled && !control.read_only && !focus.beside_others)
        && let Some(key) = page.shared.keymap.key_for(&[Context::Global], Action::ReadDevice)
    {
        let sentence = match capture {
            Capture::IdCard => "form-capture-id-card",
            Capture::Code => "form-capture-code",
            Capture::Scan => "form-capture-scan",
        };
        words.push(locale.format(sentence, &[("key", key.to_string().into())]));
    }
    words.join("  ")
}

/// Columns that a field of a kind asks for; the rest of the line is for what is wrong with it.
pub(super) fn field_columns(control: &Control) -> u16 {
    match control.kind {
        ControlKind::MultiLine => 60,
        ControlKind::IdNumber | ControlKind::CreditCode => 20,
        // In its groups.
        ControlKind::Mobile => 13,
        ControlKind::Date | ControlKind::Time | ControlKind::Postcode => 12,
        ControlKind::Number | ControlKind::Integer | ControlKind::Money => 14,
        ControlKind::Boolean => 8,
        ControlKind::BankCard | ControlKind::DateTime => 24,
        ControlKind::Choice(_) | ControlKind::CodeList(_) => 30,
        ControlKind::Text | ControlKind::MultiChoice(_) | ControlKind::Area(_) => {
            // A short text needs no long field: two columns a character and one for the caret.
            control.max_length.and_then(|most| u16::try_from(most * 2 + 1).ok()).unwrap_or(40).clamp(14, 40)
        }
    }
}

pub(super) fn is_multi_line(control: Option<&Control>) -> bool {
    control.is_some_and(|control| matches!(control.kind, ControlKind::MultiLine))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forms::{Form, NoCodeLists};
    use crate::locale::{Language, Locale};

    #[test]
    fn a_number_in_groups_has_room_for_them() {
        let numbers = [
            ("mobile-cn", "13900000000"),
            ("idcard-cn", "42900619000101002X"),
            ("bankcard-cn", "6222000000000000004"),
            ("uscc", "91429006MAC0TE5T4C"),
        ];
        for (format, number) in numbers {
            let schema = json!({"type": "object", "properties": {"n": {"type": "string", "format": format}}});
            let form = Form::load(&schema, None, &NoCodeLists).unwrap();
            let [control] = form.controls() else { panic!("one control") };
            let shown = values::display(control, Some(&json!(number)), &Locale::of(Language::Chinese));
            assert!(usize::from(field_columns(control)) >= text::width(&shown), "{shown}");
        }
    }
}
