//! What the status line and the list of drafts say of the line, of what is saved, and of what is about to go.

use jiff::SignedDuration;
use onewindow::app::{Msg, OfflineLimits, Reply, Trouble};
use onewindow::sync::{LinkState, SyncEvent};
use onewindow::vault::Waiting;

use crate::desk::{Desk, Look};

#[test]
fn of_a_form_in_which_nothing_was_typed_nothing_is_said_to_be_saved() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    assert!(!desk.shows("已保存"), "{}", desk.picture());
    desk.press("f9 esc f8");
    assert!(desk.saves().is_empty() && !desk.shows("已暂存") && desk.shows("没有存草稿"), "{}", desk.picture());
    desk.open_intake("gljt");
    desk.fill("/name", "陈");
    desk.press("f8");
    assert!(desk.shows("已暂存"), "{}", desk.picture());
    desk.press("f3");
    assert!(desk.shows("高龄津贴"), "{}", desk.picture());
}

#[test]
fn that_the_desk_is_cut_off_shows_whatever_else_there_is_to_say() {
    let mut desk = Desk::new(Look::CHINESE);
    let heard = desk.now;
    desk.send(Msg::Sync(SyncEvent::Link(LinkState::Online { at: heard })));
    desk.send(Msg::Sync(SyncEvent::Link(LinkState::Offline { since: desk.now })));
    desk.send(Msg::Sync(SyncEvent::Skew(SignedDuration::from_mins(12))));
    assert!(desk.shows("离线（末次联系") && desk.shows("本机时钟慢 12 分钟"), "{}", desk.picture());
    desk.model.shared.offline_limits = OfflineLimits { days: None, records: Some(10) };
    let waiting = Waiting { count: 10, since: Some(desk.now) };
    desk.send(Msg::Reply(None, Box::new(Reply::Queued(waiting))));
    assert!(desk.shows("离线（末次联系") && desk.shows("待发已满"), "{}", desk.picture());
    desk.send(Msg::Reply(None, Box::new(Reply::Noted(Trouble::of("trouble-offline")))));
    assert!(desk.shows("离线"), "{}", desk.picture());
    desk.send(Msg::Sync(SyncEvent::Link(LinkState::CaptivePortal)));
    assert!(desk.shows("网络被拦截"), "{}", desk.picture());
}

#[test]
fn a_draft_that_is_about_to_go_is_marked() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    desk.fill("/name", "陈");
    desk.press("f8 f3");
    assert!(desk.shows("高龄津贴") && !desk.shows("将删除"), "{}", desk.picture());
    desk.backstage.expiring = true;
    desk.press("ctrl-r");
    assert!(desk.shows("【将删除】80周岁"), "{}", desk.picture());
}
