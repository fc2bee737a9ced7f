//! The main job by keys: find an item, read its guide, take an application, submit it.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::pty::Session;

pub const TAB: &str = "\t";
pub const BACK_TAB: &str = "\x1b[Z";
pub const ENTER: &str = "\r";
pub const DOWN: &str = "\x1b[B";
const RIGHT: &str = "\x1b[C";
pub const PAGE_DOWN: &str = "\x1b[6~";
pub const BACKSPACE: &str = "\x7f";
/// Deletes to the start of a field.
const CLEAR: &str = "\x15";
pub const F2: &str = "\x1bOQ";
pub const F9: &str = "\x1b[20~";

/// An item that shows on the catalogue's first page.
pub const ON_THE_FIRST_PAGE: &str = "困难残疾人生活补贴";

/// Goes from the catalogue to the first page of an application.
pub fn open_application(session: &mut Session) -> Result<()> {
    session.expect("法律援助咨询", "法律援助咨询服务")?;
    session.expect(ENTER, "一次性告知单")?;
    session.expect(F9, "1申请人")?;
    session.expect(TAB, "姓名")
}

/// Fills the first page of the application that is open, from the name on, and stays in its last field but one.
pub fn fill_first_page(session: &mut Session) -> Result<()> {
    press(session, &[CLEAR, "王练习", TAB, TAB, "420106190001010027", TAB, "13800000000", TAB, TAB, "岳口镇练习路一号"])
}

/// Fills and submits the application that is open, and waits for its number.
pub fn submit_application(session: &mut Session) -> Result<()> {
    fill_first_page(session)?;
    press(session, &[PAGE_DOWN, "邻里纠纷咨询", TAB, "想了解可以怎样处理", TAB, TAB, TAB, RIGHT])?;
    press(session, &[PAGE_DOWN, RIGHT, TAB, "1", TAB, TAB, " ", PAGE_DOWN, PAGE_DOWN])?;
    session.expect(F9, "请与申请人核对")?;
    session.expect(F9, "受理编号")?;
    // The slip of a request on its way shows first; the number comes with the backend's answer.
    thread::sleep(Duration::from_secs(1));
    session.rest(Duration::from_millis(300));
    session.expect(F2, "查找")
}

fn press(session: &mut Session, keys: &[&str]) -> Result<()> {
    for key in keys {
        session.send(key)?;
        session.rest(Duration::from_millis(60));
    }
    Ok(())
}
