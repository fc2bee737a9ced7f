//! Every key is safe: no sequence of inputs and answers panics the core or the drawing, loses what was typed, or opens a locked desk.

use std::collections::BTreeMap;

use onewindow::app::intake::Intake;
use onewindow::app::{Effect, Screen};
use onewindow::forms::{pointer, values};
use onewindow::keymap::Context;
use onewindow::vault::Reason;
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::desk::{Desk, Look, cases};
use crate::terminal::Terminal;

/// Something that happens at a desk.
#[derive(Debug, Clone)]
enum Event {
    Key(String),
    Type(String),
    Paste(String),
    Resize(u16, u16),
    Wait(i64),
    /// Answers wait from now on.
    Hold,
    /// The waiting answers come, the last first if set.
    Answer(bool),
    Accept,
    Refuse,
    Offline(bool),
    DiskFull(bool),
    HangUp,
}

fn event() -> impl Strategy<Value = Event> {
    let keymap = onewindow::keymap::Keymap::built_in();
    let mut keys: Vec<String> =
        Context::ALL.iter().flat_map(|context| keymap.bindings(*context)).map(|(key, _)| spelled(key)).collect();
    keys.extend(["alt-9", "ctrl-x", "f11", "insert", "alt-1", "alt-7"].map(str::to_owned));
    prop_oneof![
        12 => prop::sample::select(keys).prop_map(Event::Key),
        // What brings the story forward.
        6 => prop::sample::select(vec!["enter", "tab", "f9", "down", "space", "esc", "right"]).prop_map(|key| Event::Key(key.to_owned())),
        6 => "[0-9a-z陈桂芳岳口镇 ]{1,6}".prop_map(Event::Type),
        2 => prop::sample::select(vec!["42900619000101002X", "13900000000", "😀👩‍👩‍👧", "葛\u{e0100}", "a\r\nb\x1b[31m\0\t", "", "陈".repeat(300).leak()])
            .prop_map(|text| Event::Paste(text.to_owned())),
        2 => prop::sample::select(vec![(0, 0), (1, 1), (20, 5), (40, 10), (41, 11), (60, 20), (80, 24), (200, 60), (39, 100), (300, 9)])
            .prop_map(|(columns, rows)| Event::Resize(columns, rows)),
        3 => (0i64..2_000).prop_map(Event::Wait),
        1 => Just(Event::Hold),
        2 => any::<bool>().prop_map(Event::Answer),
        1 => Just(Event::Accept),
        1 => Just(Event::Refuse),
        1 => any::<bool>().prop_map(Event::Offline),
        1 => any::<bool>().prop_map(Event::DiskFull),
        1 => Just(Event::HangUp),
    ]
}

/// A key's name as the keymap file spells it.
fn spelled(key: onewindow::keymap::Key) -> String {
    let shown = key.to_string();
    [("PgUp", "page-up"), ("PgDn", "page-down"), ("Ins", "insert"), ("Del", "delete"), ("Shift-Tab", "backtab")]
        .iter()
        .find_map(|(name, spelling)| (shown == *name).then(|| (*spelling).to_owned()))
        .unwrap_or(shown)
}

const STORIES: [fn(&mut Desk); 11] = [
    |_| {},
    |desk| desk.open_guide("gljt"),
    |desk| {
        desk.open_intake("gljt");
        desk.go_to("/name");
    },
    |desk| {
        desk.open_intake("dbsq");
        desk.go_to("/members");
        desk.press("ctrl-n");
    },
    |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.go_to("/registeredArea");
        desk.press("space");
    },
    |desk| {
        desk.open_controls();
        desk.go_to("/members/0/name");
        desk.add_members(&["甲一", "乙二", "丙三", "丁四"]);
    },
    |desk| {
        desk.open_controls();
        desk.go_to("/local");
        desk.press("space tab space");
    },
    |desk| {
        desk.open_controls();
        desk.go_to("/story");
    },
    Desk::review_allowance,
    |desk| {
        desk.go_offline();
        desk.review_allowance();
        desk.press("f9");
    },
    |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.press("f8 f3");
    },
];

fn happen(desk: &mut Desk, event: &Event) {
    match event {
        Event::Key(key) => desk.press(key),
        Event::Type(text) => desk.type_text(text),
        Event::Paste(text) => desk.paste(text),
        Event::Resize(columns, rows) => desk.resize(*columns, *rows),
        Event::Wait(milliseconds) => desk.advance(*milliseconds),
        Event::Hold => desk.holding = true,
        Event::Answer(backwards) => {
            if *backwards {
                desk.held.make_contiguous().reverse();
            }
            desk.release();
        }
        Event::Accept => desk.accept(),
        Event::Refuse => desk.refuse(&Reason::of("form-retired")),
        Event::Offline(true) => desk.go_offline(),
        Event::Offline(false) => desk.backstage.offline = false,
        Event::DiskFull(full) => desk.backstage.disk_full = *full,
        Event::HangUp => desk.send(onewindow::app::Msg::Terminate),
    }
}

type Typed = BTreeMap<String, Value>;

/// What is typed into the open intake, visible or below another screen.
fn typed(desk: &Desk) -> Option<(Uuid, u32, Typed)> {
    let intake = desk.model.screens().iter().find_map(|screen| match screen {
        Screen::Intake(intake) => Some(intake),
        _ => None,
    })?;
    let body = intake.draft(&desk.model.shared).body;
    Some((intake.id, body.revision, body.parts))
}

/// The draft that was last handed to the vault.
fn last_save(desk: &Desk, id: Uuid) -> Option<Typed> {
    desk.saves().into_iter().rfind(|draft| draft.id == id).map(|draft| draft.body.parts.clone())
}

/// The clerk said so, or the request is on its way.
fn is_let_go(desk: &Desk, id: Uuid) -> bool {
    desk.backstage.log.iter().any(|effect| match effect {
        Effect::DeleteDraft(deleted) => *deleted == id,
        Effect::Submit(submission) => submission.request.id == id,
        _ => false,
    })
}

/// What stands in the editor stands in the data.
fn is_in_step(intake: &Intake) -> bool {
    let (Some(editor), Some((field, control)), Some(page)) =
        (&intake.editor, intake.focused_field(), intake.page_ref())
    else {
        return true;
    };
    let data = &intake.part(page.part).unwrap().data;
    values::parse(control, editor.text()).as_ref() == pointer::get(data, &field.pointer)
}

fn unlocks(desk: &Desk) -> usize {
    desk.backstage.log.iter().filter(|effect| matches!(effect, Effect::Unlock(_))).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(60)) })]

    #[test]
    fn whatever_happens_nothing_is_lost(story in 0..STORIES.len(), events in prop::collection::vec(event(), 1..60)) {
        let mut desk = Desk::new(Look::CHINESE);
        STORIES[story](&mut desk);
        for event in &events {
            let before = typed(&desk);
            let (locked, unlocked) = (desk.model.is_locked(), unlocks(&desk));
            let let_go = desk.backstage.log.len();
            happen(&mut desk, event);

            if locked && unlocks(&desk) == unlocked && !matches!(event, Event::Answer(_)) {
                prop_assert!(desk.model.is_locked(), "{event:?} opened a locked desk");
            }
            if let Some((id, revision, typed_before)) = before
                && typed(&desk).is_none_or(|(now, ..)| now != id)
                && revision > 0
                && !is_let_go(&desk, id)
            {
                prop_assert_eq!(last_save(&desk, id), Some(typed_before), "{:?} lost what was typed", event);
            }
            if let Some(Screen::Intake(intake)) = desk.model.screen() {
                prop_assert!(is_in_step(intake), "{event:?}: the editor and the data differ");
            }
            if matches!(event, Event::Key(key) if key.eq_ignore_ascii_case("esc")) {
                let destroyed = desk.backstage.log[let_go..].iter().any(|effect| matches!(effect, Effect::DeleteDraft(_) | Effect::Withdraw(_)));
                prop_assert!(!destroyed, "Esc destroyed something");
            }
        }
        // What the terminal shows after all these differences is what it would show had it been drawn at once.
        let size = desk.terminal.size();
        let mut fresh = Terminal::new(size.width, size.height);
        fresh.draw(&desk.model, &desk.theme);
        let look = |terminal: &Terminal| (0..size.height).map(|row| terminal.styles(row)).collect::<Vec<_>>();
        // Of the width of joined emoji and of selectors terminals have their own minds.
        let is_disputed = |event: &Event| matches!(event, Event::Paste(text) if text.contains(['\u{200d}', '\u{e0100}']));
        if !events.iter().any(is_disputed) {
            prop_assert_eq!(desk.terminal.rows(), fresh.rows());
            prop_assert_eq!(look(&desk.terminal), look(&fresh));
        }
        if size.width > 0 && size.height > 0 {
            prop_assert!(desk.terminal.shows_cursor(), "a screen reader finds no cursor:\n{}", desk.picture());
            prop_assert_eq!(desk.terminal.cursor(), fresh.cursor());
        }
        // A second later everything typed is on its way to the disk; what a full disk refused is tried again after five.
        let was_full = events.iter().any(|event| matches!(event, Event::DiskFull(true)));
        desk.backstage.disk_full = false;
        desk.advance(if was_full { 6_000 } else { 1_000 });
        if let Some((id, revision, now)) = typed(&desk)
            && revision > 0
            && !is_let_go(&desk, id)
        {
            prop_assert_eq!(last_save(&desk, id), Some(now));
        }
    }
}
