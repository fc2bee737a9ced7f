//! What of a value a screen shows.
//!
//! Who stands at the counter must not read the data of who stood there before, nor of another family member. So what is sensitive
//! (`x-sensitive`) shows only in the field with the focus; elsewhere on a form page, in the summary of an entry, in a list that opens over
//! the page, it is masked. So it is on the review page, until the clerk asks for it there, for the applicant to confirm; it is masked again
//! once another screen, or the cover of the locked desk, lies over the page.

use serde_json::Value;

use crate::forms::{Control, ControlKind, values};
use crate::locale::Locale;
use crate::text::mask;

/// A field's value on a form page. `open`: it has the focus.
pub fn in_field(control: &Control, value: Option<&Value>, open: bool, locale: &Locale) -> String {
    match (&control.kind, value) {
        (ControlKind::Boolean, None | Some(Value::Null)) => "[ ]".to_owned(),
        (_, value) if control.sensitive && !open => masked(control, value, locale),
        (ControlKind::Boolean, Some(Value::Bool(true))) => format!("[x] {}", locale.text("forms-yes")),
        (ControlKind::Boolean, Some(Value::Bool(false))) => format!("[ ] {}", locale.text("forms-no")),
        (_, value) => values::display(control, value, locale),
    }
}

/// A value in one line among others, where nothing says what it is of.
pub fn in_summary(control: &Control, value: Option<&Value>, locale: &Locale) -> String {
    match value {
        // A yes says what it says yes to, a no goes without saying.
        Some(Value::Bool(yes)) if !control.sensitive => {
            if *yes {
                control.label.clone()
            } else {
                String::new()
            }
        }
        value => in_words(control, value, locale),
    }
}

/// A value behind its label.
pub fn in_words(control: &Control, value: Option<&Value>, locale: &Locale) -> String {
    if control.sensitive { masked(control, value, locale) } else { values::display(control, value, locale) }
}

fn masked(control: &Control, value: Option<&Value>, locale: &Locale) -> String {
    let typed = values::edit_text(control, value);
    match control.kind {
        ControlKind::IdNumber => mask::id_number(&typed),
        ControlKind::Mobile => mask::phone(&typed),
        ControlKind::BankCard => mask::bank_card(&typed),
        _ => mask::any(&values::display(control, value, locale)),
    }
}
