//! What keys do: saving, submitting, going back, standing for F-keys, locking.

use onewindow::app::intake::PartId;
use onewindow::app::{Effect, Msg, Reply, Screen};

use crate::desk::{Desk, Look};

/// An intake with one keystroke in its name field that is not saved yet.
fn typed() -> Desk {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    desk.go_to("/name");
    desk.type_text("陈");
    assert!(desk.saves().is_empty());
    assert!(desk.shows("未保存"));
    desk
}

fn saved_name(desk: &Desk) -> Option<String> {
    let draft = desk.saves().pop()?;
    Some(draft.body.parts["applicant"]["name"].as_str()?.to_owned())
}

#[test]
fn a_keystroke_is_saved_within_a_second() {
    let mut desk = typed();
    desk.advance(1_000);
    assert_eq!(saved_name(&desk).as_deref(), Some("陈"));
    assert!(desk.shows("已保存"));
}

#[test]
fn a_clerk_who_never_stops_typing_is_saved_every_second() {
    let mut desk = typed();
    for _ in 0..100 {
        desk.advance(100);
        desk.type_text("桂");
        let newest = desk.saves().last().map(|draft| draft.updated_at);
        let since_start =
            desk.now.as_millisecond() - "2026-11-23T02:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let age = newest.map_or(since_start, |at| desk.now.as_millisecond() - at.as_millisecond());
        assert!(age <= 1_000, "{age} ms");
    }
}

#[test]
fn what_was_typed_is_saved_at_once_when_the_clerk_goes_on() {
    for keys in [
        "tab",
        "enter",
        "up",
        "down",
        "backtab",
        "page-down",
        "f7",
        "f8",
        "f9",
        "f2",
        "f3",
        "f4",
        "f5",
        "f12",
        "ctrl-q",
    ] {
        let mut desk = typed();
        desk.press(keys);
        assert_eq!(saved_name(&desk).as_deref(), Some("陈"), "{keys}");
    }
}

#[test]
fn what_was_typed_is_saved_at_once_when_the_terminal_hangs_up() {
    let mut desk = typed();
    desk.send(Msg::Terminate);
    assert_eq!(saved_name(&desk).as_deref(), Some("陈"));
    assert!(matches!(desk.backstage.log.last(), Some(Effect::Quit)), "the program leaves after the save");
}

#[test]
fn a_full_disk_is_said_and_tried_again() {
    let mut desk = typed();
    desk.backstage.disk_full = true;
    desk.press("tab");
    assert!(desk.shows("保存失败"));
    desk.backstage.disk_full = false;
    desk.press("tab");
    assert!(desk.shows("已保存"));
    assert_eq!(desk.backstage.drafts.len(), 1);
}

#[test]
fn what_the_disk_refused_is_not_let_go_of() {
    for leaving in ["f8", "esc esc"] {
        let mut desk = typed();
        desk.backstage.disk_full = true;
        desk.press(leaving);
        desk.advance(1_000);
        assert!(desk.shows("收件登记") && desk.shows("保存失败"), "{leaving}: {}", desk.picture());
        assert_eq!(desk.value(PartId::Applicant, "/name").as_deref(), Some("陈"));
        desk.backstage.disk_full = false;
        desk.press("f8");
        assert!(!desk.shows("收件登记"), "{leaving}: {}", desk.picture());
        assert_eq!(desk.backstage.drafts.len(), 1);
    }
}

#[test]
fn f9_submits_the_frozen_snapshot_and_only_once() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    let frozen = desk.intake().review.as_ref().unwrap().outcome.clone().unwrap();
    desk.holding = true;
    desk.press("f9 f9 f9 enter f9");
    let submitted: Vec<_> = desk
        .backstage
        .log
        .iter()
        .filter_map(|effect| match effect {
            Effect::Submit(submission) => Some(submission.as_ref().clone()),
            _ => None,
        })
        .collect();
    assert_eq!(submitted.len(), 1);
    let mut expected = frozen;
    expected.request.submitted_at = submitted[0].request.submitted_at;
    assert_eq!(submitted[0], expected);
    desk.release();
    assert!(desk.shows("L-1123-01"));
    desk.press("f9 f9");
    assert_eq!(desk.submissions(), 1);
}

#[test]
fn nothing_but_f9_submits() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    for _ in 0..60 {
        desk.press("enter");
    }
    desk.press("f2 f2");
    desk.review_allowance();
    desk.press("enter space ctrl-s ctrl-p ctrl-n tab page-down end home up down left right f1 esc");
    desk.advance(1_000);
    assert_eq!(desk.submissions(), 0);
}

#[test]
fn an_item_for_organisations_asks_for_the_organisation() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("公墓审批");
    assert_eq!(desk.value(PartId::Applicant, "/kind").as_deref(), Some("organisation"));
    assert!(desk.shows("统一社会信用代码"), "{}", desk.picture());
    assert_eq!(desk.saves().len(), 0, "nothing was typed, so there is no draft");
}

#[test]
fn errors_are_not_submitted() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    desk.press("f9 f9 f9");
    assert_eq!(desk.submissions(), 0);
    assert!(desk.shows("还有错误，不能提交"));
}

#[test]
fn an_answer_for_a_screen_that_is_gone_changes_nothing() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.holding = true;
    desk.press("f9 esc");
    desk.advance(600);
    assert!(matches!(desk.model.screen(), Some(Screen::Catalogue(_))));
    desk.release();
    assert!(matches!(desk.model.screen(), Some(Screen::Catalogue(_))));
}

#[test]
fn an_older_answer_never_replaces_a_newer_one() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    desk.press("f9");
    desk.press("f5");
    desk.holding = true;
    desk.press("ctrl-r");
    desk.accept();
    desk.press("ctrl-r");
    let is_cases = |msg: &Msg| matches!(msg, Msg::Reply(_, reply) if matches!(**reply, Reply::Cases(_)));
    let answers: Vec<Msg> = desk.held.drain(..).filter(is_cases).collect();
    desk.holding = false;
    assert_eq!(answers.len(), 2, "before and after the backend took the request");
    for answer in answers.into_iter().rev() {
        desk.send(answer);
    }
    assert!(desk.shows("LX429006261123000001-01"), "{}", desk.picture());
}

#[test]
fn an_answer_counts_once() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.holding = true;
    desk.press("f9");
    let Some(Msg::Reply(generation, reply)) = desk.held.pop_front() else { panic!("a form is loaded") };
    let Reply::Form(reference, Ok(form)) = *reply else { panic!("a form is loaded") };
    for _ in 0..2 {
        let again = Reply::Form(reference.clone(), Ok(form.clone()));
        desk.send(Msg::Reply(generation, Box::new(again)));
    }
    let id = desk.intake().id;
    desk.press("esc");
    desk.advance(600);
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))), "only one intake was opened: {id}");
}

#[test]
fn escape_and_a_digit_stand_for_an_f_key() {
    for (digit, title) in [("1", "帮助"), ("2", "事项目录"), ("3", "草稿"), ("4", "待发"), ("5", "办件")] {
        for keys in [format!("esc {digit}"), format!("alt-{digit}")] {
            let mut desk = Desk::new(Look::CHINESE);
            desk.open_guide("gljt");
            desk.press(&keys);
            assert!(desk.terminal.rows()[0].contains(title), "{keys}: {}", desk.terminal.rows()[0]);
        }
    }
    let mut desk = Desk::new(Look::CHINESE);
    desk.press("esc 0");
    assert!(desk.model.popup.is_some());
}

#[test]
fn escape_and_a_digit_type_no_digit_into_a_field() {
    let mut desk = typed();
    desk.press("esc 7");
    assert_eq!(desk.value(PartId::Applicant, "/name").as_deref(), Some("陈"));
}

#[test]
fn escape_alone_goes_back_after_the_wait() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.press("esc");
    desk.advance(400);
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))));
    desk.advance(200);
    assert!(matches!(desk.model.screen(), Some(Screen::Catalogue(_))));
}

#[test]
fn escape_and_another_key_goes_back_first() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.press("esc");
    desk.type_text("x");
    let Some(Screen::Catalogue(catalogue)) = desk.model.screen() else { panic!("back in the catalogue") };
    assert_eq!(catalogue.query.text(), "gljtx");
}

#[test]
fn escape_keeps_the_draft() {
    let mut desk = typed();
    desk.press("esc");
    desk.advance(600);
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))));
    assert_eq!(saved_name(&desk).as_deref(), Some("陈"));
    desk.press("f3 enter");
    assert_eq!(desk.value(PartId::Applicant, "/name").as_deref(), Some("陈"));
    assert!(desk.intake().focus.as_ref().is_some_and(|focus| focus.pointer() == "/name"), "at the same field");
}

fn locked() -> Desk {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    desk.fill("/name", "陈桂芳");
    desk.press("f12");
    desk
}

fn is_covered(desk: &Desk) -> bool {
    matches!(desk.model.screen(), Some(Screen::SignIn(_) | Screen::Help(_))) && !desk.shows("陈")
}

/// A locked desk whose model still knows what was typed would show it in a core dump.
#[test]
fn a_locked_desk_forgets_what_it_showed_and_unlocked_is_where_it_was() {
    let mut desk = locked();
    assert!(matches!(desk.backstage.log.last(), Some(Effect::Lock)), "the key goes after the save");
    let known = format!("{:?}", desk.model);
    assert!(!known.contains("陈桂芳") && !known.contains("陈*芳"), "{known}");
    desk.type_text("practice");
    desk.press("enter");
    assert_eq!(desk.value(PartId::Applicant, "/name").as_deref(), Some("陈桂芳"));
    assert!(desk.intake().focus.as_ref().is_some_and(|focus| focus.pointer() == "/name"), "at the same field");
    desk.type_text("兰");
    desk.advance(1_000);
    assert_eq!(saved_name(&desk).as_deref(), Some("陈桂芳兰"));
}

#[test]
fn the_cover_comes_over_a_question_and_a_menu_too() {
    for over in ["ctrl-d", "f10"] {
        let mut desk = Desk::new(Look::CHINESE);
        desk.open_intake("gljt");
        desk.fill("/name", "陈桂芳");
        desk.press(over);
        assert!(desk.model.popup.is_some(), "{over}");
        desk.press("f12");
        assert!(desk.model.is_locked() && desk.model.popup.is_none(), "{over}:\n{}", desk.picture());
    }
}

#[test]
fn every_screen_comes_back_after_the_lock() {
    type Way = (&'static str, fn(&mut Desk));
    let ways: [Way; 6] = [
        ("title-drafts", |desk| desk.press("f3")),
        ("title-outbox", |desk| desk.press("f4")),
        ("title-cases", |desk| desk.press("f5")),
        ("title-case", |desk| desk.press("f5 enter")),
        ("title-receipt", |desk| desk.press("f4 enter")),
        ("title-guide", |desk| {
            desk.press("f2");
            desk.open_guide("gljt");
        }),
    ];
    for (title, go) in ways {
        let mut desk = Desk::new(Look::CHINESE);
        desk.review_allowance();
        desk.press("f9");
        desk.accept();
        go(&mut desk);
        assert_eq!(desk.model.screen().unwrap().state().title(), title);
        let before = desk.picture();
        desk.press("f12");
        assert!(!format!("{:?}", desk.model).contains("陈*芳"), "{title}");
        desk.type_text("practice");
        desk.press("enter");
        assert_eq!(desk.picture(), before, "{title}");
    }
}

#[test]
fn what_the_disk_refuses_keeps_the_key_until_the_disk_has_it() {
    let mut desk = typed();
    desk.backstage.disk_full = true;
    desk.press("f12");
    assert!(desk.shows("已锁屏") && !desk.shows("陈"), "covered at once:\n{}", desk.picture());
    assert!(!desk.backstage.log.iter().any(|effect| matches!(effect, Effect::Lock)), "nothing may be lost");
    desk.backstage.disk_full = false;
    desk.advance(6_000);
    assert_eq!(saved_name(&desk).as_deref(), Some("陈"));
    assert!(matches!(desk.backstage.log.last(), Some(Effect::Lock)), "saved by itself, then locked");
    assert!(!format!("{:?}", desk.model).contains('陈'));
}

#[test]
fn a_failed_save_is_tried_again_by_itself() {
    let mut desk = typed();
    desk.backstage.disk_full = true;
    desk.advance(1_000);
    assert!(desk.shows("保存失败"));
    desk.backstage.disk_full = false;
    desk.advance(6_000);
    assert!(desk.shows("已保存"));
}

#[test]
fn a_store_with_an_older_password_is_led_over_to_the_new_one() {
    let mut desk = Desk::signed_out(Look::CHINESE);
    desk.backstage.store_password = Some("older".to_owned());
    for text in ["practice", "practice"] {
        desk.type_text(text);
        desk.press("enter");
    }
    assert!(desk.shows("旧密码"), "{}", desk.picture());
    desk.type_text("wrong");
    desk.press("enter");
    assert!(desk.shows("密码不对") || desk.shows("密码"), "{}", desk.picture());
    assert!(desk.model.is_locked());
    desk.type_text("older");
    desk.press("enter");
    assert!(!desk.model.is_locked(), "{}", desk.picture());
}

#[test]
fn a_forgotten_password_is_replaced_by_the_recovery_key() {
    let mut desk = Desk::signed_out(Look::CHINESE);
    desk.type_text("practice");
    desk.press("alt-r");
    let answer = |desk: &mut Desk, texts: &[&str]| {
        for text in texts {
            desk.press("ctrl-u");
            desk.type_text(text);
            desk.press("enter");
        }
    };
    answer(&mut desk, &["WRONG", "new password", "new password"]);
    assert!(desk.shows("这不是恢复密钥"), "{}", desk.picture());
    // The passwords are asked for again; the key stays to be compared.
    desk.press("backtab");
    answer(&mut desk, &["RIGHT", "new password", "other password"]);
    assert!(desk.shows("两次输入的新密码不同"), "{}", desk.picture());
    answer(&mut desk, &["short", "short"]);
    assert!(desk.shows("密码太短"), "{}", desk.picture());
    answer(&mut desk, &["new password", "new password"]);
    assert_eq!(desk.model.screen().unwrap().state().title(), "title-sign-in");
    assert!(desk.model.is_locked());
}

#[test]
fn another_password_is_set_without_leaving_the_form() {
    let mut desk = typed();
    desk.press("alt-p");
    for text in ["practice", "new password", "new password"] {
        desk.type_text(text);
        desk.press("enter");
    }
    assert!(desk.shows("密码已更改"), "{}", desk.picture());
    assert_eq!(desk.value(PartId::Applicant, "/name").as_deref(), Some("陈"));
    desk.press("alt-p");
    desk.type_text("half");
    desk.press("esc");
    desk.advance(600);
    assert!(matches!(desk.model.screen(), Some(Screen::Intake(_))));
}

#[test]
fn a_desk_that_may_only_look_types_nothing() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.model.shared.desk.read_only = true;
    desk.open_intake("gljt");
    desk.press("tab");
    desk.type_text("陈");
    assert!(desk.shows("只读"), "{}", desk.picture());
    assert!(desk.shows("只能查看"), "{}", desk.picture());
    desk.press("f8");
    assert!(desk.saves().is_empty());
    assert!(!matches!(desk.model.screen(), Some(Screen::Intake(_))), "it is left all the same");
}

#[test]
fn no_key_opens_a_locked_screen() {
    for key in [
        "f1",
        "f2",
        "f3",
        "f4",
        "f5",
        "f9",
        "f10",
        "esc",
        "enter",
        "ctrl-r",
        "f1 f2",
        "f1 f3",
        "f1 f5 enter",
        "f1 esc 3",
        "f10 f2",
        "f12",
    ] {
        let mut desk = locked();
        desk.press(key);
        desk.advance(1_000);
        assert!(is_covered(&desk), "{key}:\n{}", desk.picture());
    }
}

#[test]
fn no_answer_opens_a_locked_screen() {
    type Way = (&'static str, fn(&mut Desk));
    let ways: [Way; 4] = [
        ("submitted", |desk| {
            desk.review_allowance();
            desk.holding = true;
            desk.press("f9");
        }),
        ("draft opened", |desk| {
            desk.open_intake("gljt");
            desk.fill("/name", "陈桂芳");
            desk.press("f8 f3");
            desk.holding = true;
            desk.press("enter");
        }),
        ("form loaded", |desk| {
            desk.open_guide("gljt");
            desk.holding = true;
            desk.press("f9");
        }),
        ("draft deleted", |desk| {
            desk.open_intake("gljt");
            desk.fill("/name", "陈桂芳");
            desk.holding = true;
            desk.press("ctrl-d right enter");
        }),
    ];
    for (way, story) in ways {
        let mut desk = Desk::new(Look::CHINESE);
        story(&mut desk);
        desk.press("f12");
        desk.release();
        assert!(is_covered(&desk), "{way}:\n{}", desk.picture());
        desk.type_text("practice");
        desk.press("enter");
        assert!(!matches!(desk.model.screen(), Some(Screen::SignIn(_))), "{way}: the password opens it");
    }
}

#[test]
fn an_answer_takes_the_place_of_the_screen_that_asked() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    desk.holding = true;
    desk.press("f9 f1");
    desk.release();
    assert!(matches!(desk.model.screen(), Some(Screen::Help(_))), "help stays open");
    desk.press("esc");
    desk.advance(600);
    assert!(matches!(desk.model.screen(), Some(Screen::Receipt(_))), "the slip lies where the intake was");
}

#[test]
fn a_password_tried_while_help_is_open_unlocks() {
    let mut desk = locked();
    desk.type_text("practice");
    desk.holding = true;
    desk.press("enter f1");
    desk.release();
    desk.press("esc");
    desk.advance(600);
    assert_eq!(desk.value(PartId::Applicant, "/name").as_deref(), Some("陈桂芳"));
}

#[test]
fn a_catalogue_that_arrives_under_another_screen_is_searched() {
    let mut desk = Desk::signed_out(Look::CHINESE);
    desk.type_text("practice");
    desk.press("enter");
    desk.type_text("practice");
    desk.holding = true;
    desk.press("enter");
    let signed_in = desk.held.pop_front().unwrap();
    desk.send(signed_in);
    assert!(desk.shows("正在读取事项目录"));
    desk.press("f1");
    desk.release();
    desk.press("esc");
    desk.advance(600);
    assert!(desk.shows("1/100"), "{}", desk.picture());
}

#[test]
fn undo_brings_a_removed_entry_back_until_text_is_typed() {
    let members = |desk: &Desk| desk.intake().part(PartId::Form).unwrap().data["members"].as_array().unwrap().len();
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("dbsq");
    desk.go_to("/members");
    desk.press("ctrl-n");
    desk.type_text("陈小明");
    desk.press("ctrl-n");
    desk.type_text("李");
    desk.press("ctrl-t");
    assert!(desk.shows("Ctrl-Z"));
    assert_eq!(members(&desk), 1);
    desk.press("ctrl-z");
    assert_eq!(members(&desk), 2);
    assert_eq!(desk.value(PartId::Form, "/members/1/name").as_deref(), Some("李"));

    desk.press("ctrl-t page-up page-down");
    desk.go_to("/members/0/name");
    desk.type_text("亮");
    desk.press("ctrl-z");
    assert_eq!(desk.value(PartId::Form, "/members/0/name").as_deref(), Some("陈小明"));
    assert_eq!(members(&desk), 1);
}
