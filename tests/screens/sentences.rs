//! Every key of a sentence that the code names exists in both languages.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use onewindow::app::Screen;
use onewindow::app::catalogue::FilterRow;
use onewindow::app::help::Help;
use onewindow::app::intake::PartId;
use onewindow::domain::case::CaseStatus;
use onewindow::domain::request::Received;
use onewindow::domain::site::Role;
use onewindow::keymap::Action;
use onewindow::locale::{Language, Locale};
use onewindow::vault::OutboxState;

use crate::desk::{Desk, Look};

/// Calls whose first literal is the key of a sentence.
const CALLS: [&str; 8] =
    [".text(", ".format(", ".good(", ".bad(", "Trouble::of(", "Trouble::with(", "Finding::new(", "Trouble { key: "];

/// Literals of the same shape in the screens' own code that are no keys.
const OTHER_WORDS: [&str; 4] = ["duplicate-case", "notice-printed", "notice-saved", "bundle-notice-printed"];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path)?;
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            found.push((path.display().to_string(), code.join("\n")));
        }
    }
    Ok(())
}

fn is_key(literal: &str) -> bool {
    let parts: Vec<&str> = literal.split('-').collect();
    parts.len() > 1
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
        && literal.starts_with(|first: char| first.is_ascii_lowercase())
        // Words of the form dialect.
        && !literal.starts_with("x-")
}

fn missing(keys: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let locales = Language::ALL.map(Locale::of);
    let keys = keys.into_iter();
    keys.filter(|key| locales.iter().any(|locale| !locale.has(key))).collect()
}

#[test]
fn every_key_that_a_call_names_exists() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files).unwrap();
    let mut keys = BTreeSet::new();
    for (_, code) in &files {
        for call in CALLS {
            for after in code.split(call).skip(1) {
                let literal = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                keys.extend(literal.filter(|literal| is_key(literal)).map(str::to_owned));
            }
        }
    }
    assert!(keys.len() > 100, "only {} keys were found", keys.len());
    assert_eq!(missing(keys), BTreeSet::new());
}

#[test]
fn every_key_that_the_screens_name_exists() {
    let mut files = Vec::new();
    for folder in ["src/app", "src/ui"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files).unwrap();
    }
    let literals = files.iter().flat_map(|(_, code)| code.split('"').skip(1).step_by(2));
    let keys = literals.filter(|literal| is_key(literal) && !OTHER_WORDS.contains(literal)).map(str::to_owned);
    assert_eq!(missing(keys), BTreeSet::new());
}

#[test]
fn every_composed_key_exists() {
    let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let states = [
        OutboxState::Queued,
        OutboxState::Sending,
        OutboxState::Accepted,
        OutboxState::Refused,
        OutboxState::Withdrawn,
    ];
    let received = [Received::Paper, Received::Scan, Received::Shared, Received::Owed, Received::None];
    let roles = [Role::Direct, Role::Agency, Role::Assist, Role::Inform];
    let keys = Action::ALL
        .iter()
        .map(|action| format!("action-{}", action.name()))
        .chain(CaseStatus::ALL.map(|status| format!("status-{}", status.name())))
        .chain(states.map(|state| format!("sync-state-{}", state.name())))
        .chain(received.map(|way| format!("received-{}", word(serde_json::to_value(way).unwrap()))))
        .chain(roles.map(|role| format!("role-{}", word(serde_json::to_value(role).unwrap()))))
        .chain(PartId::ALL.map(|part| format!("intake-part-{}", part.name())))
        .chain(FilterRow::ALL.map(|row| row.key().to_owned()))
        .chain(Help::NOTES.map(str::to_owned));
    assert_eq!(missing(keys), BTreeSet::new());
}

/// No screen shows the key of a sentence in the sentence's place.
#[test]
fn a_screens_own_label_of_an_action_belongs_to_a_screen() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))));
    for row in desk.terminal.rows() {
        for word in row.split_whitespace() {
            assert!(!["title-", "action-", "status-", "guide-"].iter().any(|prefix| word.contains(prefix)), "{word}");
        }
    }
}
