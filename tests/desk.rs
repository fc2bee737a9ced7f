//! The door of the desk, on the real program: who gets in with and without a backend, who has to wait, who may only look, and what covers
//! the screen. In `disk`, what happens when the disk gives out; in `forms`, when a form has another version.
#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

#[path = "desk/disk.rs"]
mod disk;
#[path = "desk/forms.rs"]
mod forms;
mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use support::backend::{Backend, CLERK, PASSWORD};
use support::{Key, Session, Terminal};
use tempfile::TempDir;

const ANY_PORT: &str = "127.0.0.1:0";

/// A desk beside a backend for real work; each has a folder of its own.
struct Desk {
    office: TempDir,
    home: TempDir,
    data: PathBuf,
    url: String,
}

impl Desk {
    fn new() -> (Self, Backend) {
        let office = TempDir::new().unwrap();
        let backend = Backend::live_at(office.path(), ANY_PORT);
        (Self::beside(office, &backend), backend)
    }

    fn beside(office: TempDir, backend: &Backend) -> Self {
        let home = TempDir::new().unwrap();
        let (data, url) = (home.path().join("data"), backend.url.clone());
        Self { office, home, data, url }
    }

    /// The sign-in screen, with the clerk's name on it.
    fn open(&self) -> Session {
        self.open_at(&self.data)
    }

    fn open_at(&self, data: &Path) -> Session {
        let arguments = ["--server", &self.url, "--user", CLERK, "--data-dir", data.to_str().unwrap()];
        let session = Terminal::new(self.home.path(), &arguments).open();
        session.wait_for("密码");
        session
    }

    /// A desk at which the clerk has worked before: the recovery key was shown, the catalogue is here.
    fn settled() -> (Self, Backend) {
        let (desk, backend) = Self::new();
        let mut session = desk.open();
        says_the_password(&mut session, PASSWORD);
        session.wait_for("恢复密钥");
        session.press(&[Key::F(9)]);
        session.open_allowance();
        leave(session);
        (desk, backend)
    }
}

fn says_the_password(session: &mut Session, password: &str) {
    session.type_text(password);
    session.press(&[Key::Enter]);
}

fn leave(session: Session) {
    session.signal("TERM");
    session.exit();
}

/// The notice that is open goes with F9 to the catalogue, and does not come again at the next start.
fn is_told_once(desk: &Desk, mut session: Session, notice: &str) {
    session.press(&[Key::F(9)]);
    session.wait_for(">>");
    leave(session);
    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.wait_until("the catalogue, and no notice", |rows| {
        assert!(!rows.iter().any(|row| row.contains(notice)), "shown again: {rows:?}");
        rows.iter().any(|row| row.contains(">>"))
    });
}

#[test]
fn the_recovery_key_of_a_new_desk_is_shown_once_and_f9_goes_on() {
    let (desk, _backend) = Desk::new();
    let mut session = desk.open();
    says_the_password(&mut session, "not this one");
    session.wait_for("用户名或密码不对");
    says_the_password(&mut session, PASSWORD);
    let notice = session.wait_for("请先阅读");
    assert!(notice.contains("恢复密钥只显示这一次"), "{notice}");
    is_told_once(&desk, session, "恢复密钥");
}

#[test]
fn without_a_backend_the_vaults_password_opens_the_desk_and_what_is_taken_is_sent_later() {
    let (desk, backend) = Desk::settled();
    let address = backend.address().to_owned();
    drop(backend);
    let mut session = desk.open();
    says_the_password(&mut session, "not this one");
    session.wait_for("密码不对");
    says_the_password(&mut session, PASSWORD);
    session.wait_for("离线");
    session.open_allowance();
    session.take_applicant();
    session.take_form();
    session.submit();
    session.wait_for("临时收件单");
    session.wait_for("待发 1");
    let _backend = Backend::live_at(desk.office.path(), &address);
    // Nobody is asked for the password once more.
    session.press(&[Key::Control('r')]);
    let receipt = session.wait_for("申报号：");
    assert!(receipt.contains("赵*雨"), "{receipt}");
    session.wait_for("待发 0");
}

#[test]
fn guessing_at_a_locked_screen_closes_the_vault_for_a_while_and_a_restart_opens_it_no_sooner() {
    let (desk, _backend) = Desk::settled();
    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.wait_for(">>");
    session.press(&[Key::F(12)]);
    session.wait_for("已锁屏");
    // Nine wrong ones an hour ago; the tenth locks for a quarter of an hour.
    let earlier = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    std::fs::write(desk.data.join("li.tries"), format!("{{\"wrong\":9,\"last\":\"{earlier}\"}}")).unwrap();
    says_the_password(&mut session, "not this one");
    session.wait_for("密码错误次数过多");
    says_the_password(&mut session, PASSWORD);
    session.wait_at_rest();
    session.wait_for("密码错误次数过多");
    session.kill_9();
    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.wait_for("密码错误次数过多");
    std::fs::write(desk.data.join("li.tries"), format!("{{\"wrong\":10,\"last\":\"{earlier}\"}}")).unwrap();
    says_the_password(&mut session, PASSWORD);
    session.wait_for(">>");
}

#[test]
fn a_second_session_is_told_who_is_at_work_and_may_only_look() {
    let (desk, _backend) = Desk::settled();
    let mut first = desk.open();
    says_the_password(&mut first, PASSWORD);
    first.open_allowance();
    first.fill("*姓名", "钱白露");
    first.wait_for("已保存");
    let mut second = desk.open();
    says_the_password(&mut second, PASSWORD);
    let notice = second.wait_for("请先阅读");
    assert!(notice.contains(&format!("进程 {}", first.process())), "{notice}");
    second.press(&[Key::F(9)]);
    second.wait_for("只读");
    second.press(&[Key::F(3)]);
    second.wait_for("钱*露");
    second.press(&[Key::Enter]);
    second.wait_for("钱白露");
    second.type_text("x");
    second.wait_for("只能查看");
    // What it may not change it does not change: the third session comes in with the password that it always had.
    second.type_text("\u{1b}p");
    second.wait_for("更改密码");
    for text in [PASSWORD, "another password", "another password"] {
        says_the_password(&mut second, text);
    }
    second.wait_for("只能查看");
    // The first one's work goes on.
    first.fill("*通讯地址", "天门市岳口镇健康路7号");
    first.wait_for("已保存");
    leave(second);
    leave(first);
    let mut third = desk.open();
    says_the_password(&mut third, PASSWORD);
    third.wait_for(">>");
    assert!(!third.screen().contains("只读"));
}

#[test]
fn a_rescue_that_a_command_made_is_told_on_the_screen_once() {
    let (desk, _backend) = Desk::settled();
    let vault = desk.data.join("li.vault");
    let mut bytes = std::fs::read(&vault).unwrap();
    bytes[..4096].fill(0xa5);
    std::fs::write(&vault, bytes).unwrap();
    // What it holds would mend the damage.
    let _ = std::fs::remove_file(desk.data.join("li.vault-wal"));
    let password = desk.home.path().join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    let check = std::process::Command::new(support::PROGRAM)
        .args(["vault", "check", "--user", CLERK, "--lang", "zh-CN", "--data-dir"])
        .arg(&desk.data)
        .arg("--passphrase-file")
        .arg(&password)
        .output()
        .unwrap();
    assert!(check.status.code() == Some(1) && String::from_utf8_lossy(&check.stderr).contains("曾受损"), "{check:?}");
    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.wait_for("曾受损");
    is_told_once(&desk, session, "曾受损");
}

/// Takes a minute: `TEST_LONG=1`.
#[test]
fn a_desk_that_nobody_touches_covers_itself_and_unlocked_is_in_the_same_field() {
    if std::env::var_os("TEST_LONG").is_none() {
        eprintln!("left out: set TEST_LONG=1 to run it");
        return;
    }
    let (desk, _backend) = Desk::settled();
    std::fs::create_dir_all(desk.home.path().join(".config/onewindow")).unwrap();
    std::fs::write(desk.home.path().join(".config/onewindow/settings.toml"), "lock-after = 1\n").unwrap();
    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.open_allowance();
    session.fill("*姓名", "钱白露");
    session.fill("*通讯地址", "天门市岳口镇健康路8号");
    session.wait_for("已保存");
    std::thread::sleep(Duration::from_secs(58));
    let covered = session.wait_for("已锁屏");
    assert!(!covered.contains("钱") && !covered.contains("健康路"), "{covered}");
    says_the_password(&mut session, PASSWORD);
    session.wait_for("天门市岳口镇健康路8号");
    session.wait_at_rest();
    assert!(session.before_cursor().contains("*通讯地址"), "{}", session.screen());
}
