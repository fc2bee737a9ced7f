//! What a clerk may do with a case is done after a yes, and only then.

use onewindow::app::Effect;
use onewindow::domain::procedure::CaseAction;

use crate::desk::{Desk, Look};

/// The case of a submission that was just accepted.
fn case() -> Desk {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    desk.press("f9");
    desk.accept();
    desk.press("f5 enter");
    assert!(desk.shows("可以办理"), "{}", desk.picture());
    desk
}

fn done(desk: &Desk) -> Vec<CaseAction> {
    let log = desk.backstage.log.iter();
    log.filter_map(|effect| match effect {
        Effect::ActOnCase { action, .. } => Some(*action),
        _ => None,
    })
    .collect()
}

#[test]
fn nothing_is_done_to_a_case_before_a_yes() {
    let mut desk = case();
    desk.press("right enter");
    assert!(desk.shows("确定对本办件办理“撤回”？"), "{}", desk.picture());
    // No is chosen at first.
    desk.press("enter");
    assert!(!desk.shows("确定对本办件"), "{}", desk.picture());
    desk.press("enter right right enter");
    desk.press("enter right esc");
    assert_eq!(done(&desk), []);
    assert!(desk.shows("可以办理"));
}

#[test]
fn a_yes_does_it_and_shows_the_case_as_it_is_then() {
    let mut desk = case();
    desk.press("right enter right enter");
    assert_eq!(done(&desk), [CaseAction::Withdraw]);
    assert!(!desk.shows("可以办理"), "{}", desk.picture());
    let status = desk.terminal.rows().into_iter().find(|row| row.contains("状态")).unwrap();
    assert!(status.contains("撤回"), "{status}");
    // Nothing is left to do with it.
    desk.press("enter");
    assert_eq!(done(&desk).len(), 1);
}
