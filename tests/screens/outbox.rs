//! The outbox on the screen: what it says of a request, what ten thousand of them cost, and how a refusal and files come to an intake.

use jiff::{SignedDuration, Timestamp};
use onewindow::app::intake::{PartId, Target};
use onewindow::app::{Effect, Files, Msg, OfflineLimits, Reply};
use onewindow::devices::scans::Scan;
use onewindow::sync::{LinkState, SyncEvent};
use onewindow::vault::{FieldFault, OutboxEntry, OutboxState, Reason, RefusedItem, Waiting};
use uuid::Uuid;

use crate::desk::{Desk, Look};

fn entry(number: u32, now: Timestamp) -> OutboxEntry {
    OutboxEntry {
        id: Uuid::from_u128(number.into()),
        state: OutboxState::Queued,
        item_code: "X".to_owned(),
        item_name: "高龄津贴申领".to_owned(),
        applicant: "张*".to_owned(),
        submitted_at: now - SignedDuration::from_hours(50),
        attempts: 3,
        in_doubt: false,
        reason: Some(Reason { status: Some(503), ..Reason::of("unavailable") }),
        request_no: None,
        next_at: Some(now + SignedDuration::from_secs(90)),
        local_no: format!("L-1121-{number:02}"),
        digest: "0".repeat(64),
        superseded_by: None,
    }
}

/// The outbox open with as many entries.
fn outbox(count: u32) -> Desk {
    let mut desk = Desk::new(Look::CHINESE);
    desk.press("f4");
    let now = desk.now;
    desk.backstage.listed = Some((0..count).map(|number| entry(number, now)).collect());
    desk.press("ctrl-r");
    desk
}

#[test]
fn an_entry_says_how_it_stands_and_what_comes_next() {
    let mut desk = outbox(3);
    for fact in ["2 天前提交", "已试 3 次", "10:31:30 再试", "受理平台繁忙"] {
        assert!(desk.shows(fact), "{fact}:\n{}", desk.picture());
    }
    let id = Uuid::from_u128(0);
    desk.send(Msg::Sync(SyncEvent::Uploading { id, sent: 655_360, size: 2_621_440 }));
    assert!(desk.shows("已传 25%（640 KB / 2.5 MB）"), "{}", desk.picture());
    desk.resize(60, 20);
    for fact in ["张*", "高龄津贴申领", "临-1121-00"] {
        assert!(desk.shows(fact), "{fact}:\n{}", desk.picture());
    }
    desk.resize(80, 24);
    for state in ["待发送", "被退回", "发送中", "已收件", "已撤回"] {
        desk.press("ctrl-f");
        assert!(desk.shows(&format!("只看：{state}")), "{}", desk.picture());
    }
    desk.press("ctrl-f ctrl-f ctrl-f");
    assert!(desk.shows("只看：被退回"), "{}", desk.picture());
    desk.resize(60, 20);
    assert!(desk.shows("已试 3 次") || desk.shows("没有这种状态"), "{}", desk.picture());
}

#[test]
fn what_was_not_taken_with_the_rest_is_said_in_the_list_and_on_the_receipt() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    desk.press("f9");
    let Some(SyncEvent::Accepted { id, mut acceptance }) = desk.backstage.accept().pop() else { panic!() };
    let reason = Reason { status: Some(410), ..Reason::of("item-withdrawn") };
    acceptance.refused = vec![RefusedItem {
        item_code: "X".to_owned(),
        item_name: "老年人优待证办理".to_owned(),
        reason,
        reopened_as: None,
    }];
    let listed = OutboxEntry {
        id,
        state: OutboxState::Accepted,
        reason: acceptance.reason(),
        request_no: Some(acceptance.receipt.request_no.clone()),
        ..entry(1, desk.now)
    };
    desk.send(Msg::Sync(SyncEvent::Accepted { id, acceptance }));
    for _ in 0..20 {
        if desk.shows("老年人优待证办理") {
            break;
        }
        desk.press("down");
    }
    assert!(desk.shows("老年人优待证办理：事项已停办"), "{}", desk.picture());
    desk.press("enter");
    let reopened = |effect: &Effect| matches!(effect, Effect::Reopen(request) if *request == id);
    assert!(desk.shows("重新打开未收的") && desk.backstage.log.iter().any(reopened), "{}", desk.picture());
    desk.backstage.listed = Some(vec![listed]);
    desk.press("f4");
    for said in ["部分收件", "部分事项未收：老年人优待证办理"] {
        assert!(desk.shows(said), "{said}:\n{}", desk.picture());
    }
}

#[test]
fn what_was_not_tried_yet_says_that_the_line_is_down() {
    let mut desk = outbox(1);
    let waits = OutboxEntry { reason: None, next_at: None, attempts: 0, ..entry(0, desk.now) };
    desk.backstage.listed = Some(vec![waits]);
    desk.send(Msg::Sync(SyncEvent::Link(LinkState::Offline { since: desk.now })));
    desk.press("ctrl-r");
    assert!(desk.shows("网络恢复后自动发送"), "{}", desk.picture());
}

#[test]
fn what_was_taken_back_says_so_when_it_is_opened_and_can_be_opened_again() {
    let mut desk = outbox(1);
    let withdrawn = OutboxEntry { state: OutboxState::Withdrawn, reason: None, ..entry(0, desk.now) };
    desk.backstage.listed = Some(vec![withdrawn]);
    desk.press("ctrl-r enter");
    assert!(desk.shows("此申请已撤回") && !desk.shows("临时收件单"), "{}", desk.picture());
    desk.press("enter");
    assert!(desk.backstage.log.iter().any(|effect| matches!(effect, Effect::Reopen(id) if id.is_nil())));
}

#[test]
fn the_slip_opened_from_the_outbox_says_what_was_received() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    desk.press("f9");
    assert!(desk.shows("临时收件单") && desk.shows("已收材料") && desk.shows("银行存折"), "{}", desk.picture());
    desk.press("f4 enter");
    assert!(desk.shows("临时收件单") && desk.shows("已收材料") && desk.shows("银行存折"), "{}", desk.picture());
}

#[test]
fn a_refusal_of_what_may_have_arrived_before_says_so() {
    let mut desk = outbox(1);
    for in_doubt in [false, true] {
        let reason = Some(Reason { status: Some(413), ..Reason::of(Reason::GATEWAY) });
        let refused = OutboxEntry { state: OutboxState::Refused, in_doubt, reason, ..entry(0, desk.now) };
        desk.backstage.listed = Some(vec![refused]);
        desk.press("ctrl-r enter");
        assert!(desk.shows("内容过大"), "{}", desk.picture());
        assert_eq!(desk.shows("可能已经送达"), in_doubt, "{}", desk.picture());
        desk.press("esc");
        desk.advance(600);
    }
}

#[test]
fn what_was_taken_back_is_counted_no_more() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    desk.press("f9");
    assert!(desk.shows("待发 1"), "{}", desk.picture());
    desk.press("f4 ctrl-d right enter");
    assert!(desk.shows("待发 0"), "{}", desk.picture());
}

#[test]
fn ten_thousand_entries_cost_no_more_than_ten() {
    let bytes = |count| {
        let mut desk = outbox(count);
        desk.press("down");
        let step = desk.cost.bytes;
        let before = desk.backstage.log.len();
        desk.send(Msg::Sync(SyncEvent::Sending(Uuid::from_u128(0))));
        let asked: Vec<String> = desk.backstage.log[before..].iter().map(|effect| format!("{effect:?}")).collect();
        assert!(asked.iter().all(|effect| !effect.contains("ListOutbox")), "{asked:?}");
        assert!(asked.iter().any(|effect| effect.contains("ReadOutboxEntry")), "{asked:?}");
        step
    };
    assert_eq!(bytes(10_000), bytes(19));
}

#[test]
fn a_refusal_stands_on_its_field_until_that_is_changed() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    let mut draft = (*desk.saves().last().unwrap()).clone();
    desk.press("esc esc");
    draft.id = Uuid::from_u128(77);
    draft.body.revision = 0;
    draft.body.supersedes = Some(Uuid::from_u128(7));
    let fault = |pointer: &str, message: &str| FieldFault {
        pointer: pointer.to_owned(),
        keyword: "x".to_owned(),
        code: "x".to_owned(),
        message: message.to_owned(),
    };
    draft.body.refused = vec![fault("/items/0/answers/accountHolder", "户名与账号不符"), fault("/items", "与字段无关")];
    desk.backstage.drafts.clear();
    desk.backstage.drafts.insert(draft.id, draft);
    desk.press("f3 enter");
    assert_eq!(desk.intake().focus, Some(Target::Field("/accountHolder".to_owned())));
    assert!(desk.shows("户名与账号不符"), "{}", desk.picture());
    desk.press("f2 f3 enter f7");
    assert_eq!(desk.intake().focus, Some(Target::Field("/accountHolder".to_owned())), "F7 finds it");
    desk.type_text("儿");
    assert!(!desk.shows("户名与账号不符"), "{}", desk.picture());
    assert!(desk.saves().last().unwrap().body.refused.is_empty() || desk.saves().is_empty());
}

#[test]
fn a_duplicate_that_the_clerk_goes_on_with_is_still_one_after_it_was_parked() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    assert!(!desk.shows("仍然提交"), "{}", desk.picture());
    let mut draft = (*desk.saves().last().unwrap()).clone();
    desk.press("esc esc");
    draft.id = Uuid::from_u128(78);
    draft.body.acknowledge_duplicate = true;
    desk.backstage.drafts.clear();
    desk.backstage.drafts.insert(draft.id, draft);
    desk.press("f3 enter f8 f3 enter f9");
    assert!(desk.shows("仍然提交"), "{}", desk.picture());
    desk.press("f9");
    let acknowledged = |effect: &Effect| matches!(effect, Effect::Submit(it) if it.request.acknowledge_duplicate);
    assert!(desk.backstage.log.iter().any(acknowledged), "{}", desk.picture());
}

#[test]
fn a_scanned_file_is_attached_and_named_in_the_request() {
    let mut desk = Desk::new(Look::CHINESE);
    let scan = |name: &str| Scan { path: name.into(), name: name.to_owned(), size: 2048, written_at: None };
    desk.backstage.files = Files { scans: vec![scan("户口簿.jpg"), scan("身份证.pdf")], attached: Vec::new() };
    desk.open_intake("gljt");
    desk.fill_allowance();
    let materials = desk.intake().pages().iter().position(|page| page.part == PartId::Materials).unwrap();
    while desk.intake().page != materials {
        desk.press("page-down");
    }
    for _ in 0..20 {
        if desk.intake().focus.as_ref().is_some_and(|focus| focus.pointer().ends_with("/uploads")) {
            break;
        }
        desk.press("tab");
    }
    desk.press("space");
    desk.type_text("身份证");
    desk.press("space");
    assert!(
        desk.backstage.log.iter().any(|effect| matches!(effect, Effect::Attach { name, .. } if name == "身份证.pdf")),
        "{}",
        desk.picture()
    );
    desk.press("enter");
    assert!(desk.shows("身份证.pdf  2 KB"), "{}", desk.picture());
    desk.press("f9 f9");
    let request = desk.backstage.log.iter().rev().find_map(|effect| match effect {
        Effect::Submit(submission) => Some(submission.request.clone()),
        _ => None,
    });
    let uploads: Vec<String> =
        request.unwrap().items.iter().flat_map(|item| &item.materials).flat_map(|line| line.uploads.clone()).collect();
    assert_eq!(uploads.len(), 1, "{}", desk.picture());
}

#[test]
fn a_full_desk_warns_and_then_takes_nothing_more() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.model.shared.offline_limits = OfflineLimits { days: None, records: Some(10) };
    let waits = |desk: &mut Desk, count| {
        let waiting = Waiting { count, since: Some(desk.now) };
        desk.send(Msg::Reply(None, Box::new(Reply::Queued(waiting))));
    };
    waits(&mut desk, 8);
    assert!(desk.shows("待发将满"), "{}", desk.picture());
    desk.review_allowance();
    waits(&mut desk, 10);
    desk.press("f9");
    assert_eq!(desk.submissions(), 0);
    assert!(desk.shows("待发已满"), "{}", desk.picture());
    waits(&mut desk, 0);
    desk.press("f9");
    assert_eq!(desk.submissions(), 1);
}
