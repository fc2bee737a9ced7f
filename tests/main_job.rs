//! The clerk's main job, in Chinese, by keys, on the real program: find, read, take, submit, hand out; and what happens when it is cut off.
#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::backend::Backend;
use support::{Key, Session, Terminal};

fn practice(home: &Path) -> Session {
    Terminal::new(home, &["demo", "--seed", "1"]).open()
}

#[test]
fn an_application_is_taken_and_ends_in_a_receipt() {
    let home = tempfile::tempdir().unwrap();
    let mut session = practice(home.path());
    session.open_allowance();
    session.take_applicant();
    session.take_form();
    session.submit();
    // First the provisional slip; the receipt takes its place as soon as the backend has answered. LX begins a practice number.
    let receipt = session.wait_for("LX");
    assert!(receipt.contains("赵*雨"), "{receipt}");
    session.press(&[Key::F(5)]);
    let cases = session.wait_for("高龄津贴");
    assert!(cases.contains("赵*雨"), "{cases}");
}

/// Starts an application in a kept practice room and stops in the middle of a field.
fn begin(home: &Path, typed: &str) -> Session {
    begin_in(kept(home), typed)
}

fn begin_in(mut session: Session, typed: &str) -> Session {
    session.open_allowance();
    session.fill("*姓名", "钱白露");
    session.fill("*通讯地址", typed);
    session
}

fn kept(home: &Path) -> Session {
    Terminal::new(home, &["demo", "--seed", "1", "--data-dir", &room(home)]).open()
}

fn room(home: &Path) -> String {
    home.join("room").display().to_string()
}

/// The same below a shell that a hang-up does not end: nobody tells the program.
fn kept_below_a_shell(home: &Path) -> Session {
    let script = format!("trap '' HUP; '{}' demo --seed 1 --data-dir '{}'; exit", support::PROGRAM, room(home));
    Terminal::new(home, &["-c", &script]).program(Path::new("/bin/sh")).open()
}

/// Opens the only draft and expects it as it was left: in the same field, with what was typed.
fn resumes(home: &Path, typed: &str) {
    let mut session = kept(home);
    session.wait_for(">>");
    session.press(&[Key::F(3)]);
    session.wait_for("钱*露");
    session.press(&[Key::Enter]);
    session.wait_for("*申请人类型");
    let screen = session.wait_for(typed);
    assert!(screen.contains("钱白露"), "{screen}");
    session.wait_at_rest();
    assert!(session.before_cursor().contains("*通讯地址"), "the cursor is elsewhere:\n{screen}");
    session.type_text("室");
    session.wait_for(&format!("{typed}室"));
}

#[test]
fn what_was_typed_survives_a_kill_and_is_resumed_in_the_same_field() {
    let home = tempfile::tempdir().unwrap();
    let session = begin(home.path(), "天门市岳口镇健康路2号");
    session.wait_for("天门市岳口镇健康路2号");
    // The promise is one second.
    std::thread::sleep(Duration::from_secs(1));
    session.wait_for("已保存");
    session.kill_9();
    let room = room(home.path());
    let password = home.path().join("password");
    std::fs::write(&password, "practice\n").unwrap();
    let password = password.to_str().unwrap();
    let list = ["drafts", "list", "--json", "--user", "practice", "--data-dir", &room, "--passphrase-file", password];
    let listed = Command::new(support::PROGRAM).args(list).output().unwrap();
    let drafts: serde_json::Value =
        serde_json::from_slice(&listed.stdout).unwrap_or_else(|error| panic!("{error}: {listed:?}"));
    assert_eq!((&drafts[0]["applicant"], drafts.as_array().unwrap().len()), (&"钱*露".into(), 1));
    let id = drafts[0]["id"].as_str().unwrap();
    let show = ["drafts", "show", id, "--user", "practice", "--data-dir", &room, "--passphrase-file", password];
    let shown = Command::new(support::PROGRAM).args(show).output().unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains("天门市岳口镇健康路2号"), "{shown:?}");
    resumes(home.path(), "天门市岳口镇健康路2号");
}

#[test]
fn what_was_typed_survives_a_hang_up_at_once() {
    for below_a_shell in [false, true] {
        let home = tempfile::tempdir().unwrap();
        // A terminal hangs up when nobody holds it any more; this process could not let go of it while it reads it.
        let mut holder = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "holds_a_terminal", "--nocapture"])
            .env(HELD_HOME, home.path())
            .envs(below_a_shell.then_some((HELD_BELOW_A_SHELL, "1")))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(holder.stdout.take().unwrap()).lines();
        let program =
            told.find_map(|line| Some(line.unwrap().rsplit_once("program=")?.1.to_owned())).expect("a program");
        holder.kill().unwrap();
        holder.wait().unwrap();
        let deadline = Instant::now() + support::patience();
        while Command::new("kill").args(["-0", &program]).stderr(Stdio::null()).status().unwrap().success() {
            assert!(
                Instant::now() < deadline,
                "the program goes on without a terminal; below a shell: {below_a_shell}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        resumes(home.path(), "天门市岳口镇健康路3号");
    }
}

const HELD_BELOW_A_SHELL: &str = "PTY_HELD_BELOW_A_SHELL";
const HELD_HOME: &str = "PTY_HELD_HOME";

#[test]
#[ignore = "is run by the test above, and killed"]
fn holds_a_terminal() {
    let home = std::env::var_os(HELD_HOME).expect("a home");
    let home = Path::new(&home);
    let session = if std::env::var_os(HELD_BELOW_A_SHELL).is_some() { kept_below_a_shell(home) } else { kept(home) };
    let session = begin_in(session, "天门市岳口镇健康路3号");
    session.wait_for("天门市岳口镇健康路3号");
    if std::env::var_os(HELD_BELOW_A_SHELL).is_some() {
        // With nothing left to save there is nothing left to draw, which would fail and tell.
        session.wait_for("已保存");
        std::thread::sleep(Duration::from_secs(1));
    }
    println!("program={}", session.process());
    std::thread::sleep(support::patience());
}

#[test]
fn what_was_typed_survives_the_order_to_stop_and_the_throw_away_room_is_thrown_away() {
    let home = tempfile::tempdir().unwrap();
    let session = begin(home.path(), "天门市岳口镇健康路4号");
    session.wait_for("天门市岳口镇健康路4号");
    session.signal("TERM");
    let (_, screen) = session.exit();
    assert!(!screen.contains("健康路"), "the citizen's data is gone from the screen:\n{screen}");
    resumes(home.path(), "天门市岳口镇健康路4号");

    let session = practice(home.path());
    session.wait_for(">>");
    let rooms = || {
        let entries = std::fs::read_dir(home.path()).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("practice")).count()
    };
    assert_eq!(rooms(), 1);
    session.signal("TERM");
    session.exit();
    assert_eq!(rooms(), 0);
}

/// What the citizen said and the clerk typed in the main job, and in the draft that is parked after it.
const SAID: [&str; 7] = [
    "赵谷雨",
    "42900619000101002",
    "13800000000",
    "天门市岳口镇健康路1号",
    "6200000000000000000",
    "钱白露",
    "天门市岳口镇健康路5号",
];

/// A clerk at a backend of their own, whose files do not lie in the clerk's folder.
fn at_the_desk(backend: &Backend, desk: &Path) -> Session {
    std::fs::write(desk.join("password"), "practice\n").unwrap();
    let (password, data) = (desk.join("password"), desk.join("data"));
    let arguments = [
        "--server",
        &backend.url,
        "--user",
        "practice",
        "--passphrase-file",
        password.to_str().unwrap(),
        "--data-dir",
        data.to_str().unwrap(),
    ];
    Terminal::new(desk, &arguments).open()
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| files_below(folder))).collect()
}

fn says_nothing(bytes: &[u8], what: &str) {
    for said in SAID {
        let found = bytes.windows(said.len()).position(|window| window == said.as_bytes());
        assert!(found.is_none(), "{what} holds {said} at {found:?}");
    }
}

/// The writable memory of a process, as a core dump of it would be.
fn memory_of(process: u32) -> Vec<u8> {
    use std::os::unix::fs::FileExt as _;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = std::fs::File::open(format!("/proc/{process}/mem")).unwrap();
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut part = vec![0; usize::try_from(to - from).unwrap()];
        // Pages of devices cannot be read.
        if memory.read_exact_at(&mut part, from).is_ok() {
            all.extend(part);
        }
    }
    all
}

#[test]
fn after_the_work_nothing_of_a_citizen_is_readable() {
    let (home, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let backend = Backend::start(home.path());
    let mut session = at_the_desk(&backend, desk.path());
    // One citizen is served to the end.
    session.open_allowance();
    session.take_applicant();
    session.take_form();
    session.submit();
    session.wait_for("LX");
    session.press(&[Key::F(9)]);
    // The next one's form has nothing of the last one.
    session.wait_for(">>");
    session.open_allowance();
    says_nothing(session.screen().as_bytes(), "the next citizen's form");
    session.fill("*姓名", "钱白露");
    session.fill("*通讯地址", "天门市岳口镇健康路5号");
    session.wait_for("已保存");
    // While all of it is in use, and the write-ahead log full.
    let check_files = || {
        let files = files_below(desk.path());
        assert!(files.iter().any(|file| file.to_string_lossy().ends_with(".vault-wal")), "{files:?}");
        for file in files {
            says_nothing(&std::fs::read(&file).unwrap(), &file.display().to_string());
        }
    };
    check_files();
    session.press(&[Key::F(12)]);
    let covered = session.wait_for("已锁屏");
    says_nothing(covered.as_bytes(), "the locked screen");
    check_files();
    // Only the administrator of the machine can look into the memory at all.
    if std::fs::File::open(format!("/proc/{}/mem", session.process())).is_ok() {
        std::thread::sleep(Duration::from_secs(1));
        says_nothing(&memory_of(session.process()), "the memory of the locked program");
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", session.process())).unwrap_or_default();
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    assert!(core.is_none_or(|line| line.split_whitespace().nth(4) == Some("0")), "a core dump is made: {core:?}");
    // Neither the window's title nor the clipboard is told anything.
    assert!(!session.bytes_since(0).windows(2).any(|pair| pair == b"\x1b]"), "an operating system command");
    session.type_text("practice");
    session.press(&[Key::Enter]);
    session.wait_for("天门市岳口镇健康路5号");
    assert!(session.before_cursor().contains("*通讯地址"), "unlocked, it is in the same field");
    session.kill_9();
    for file in files_below(desk.path()) {
        says_nothing(&std::fs::read(&file).unwrap(), &file.display().to_string());
    }
}

#[test]
fn with_the_backend_stopped_it_is_queued_and_its_number_comes_when_the_backend_is_back() {
    let home = tempfile::tempdir().unwrap();
    let password = home.path().join("password");
    std::fs::write(&password, "practice\n").unwrap();
    let backend = Backend::start(home.path());
    let address = backend.address().to_owned();
    let arguments = ["--server", &backend.url, "--user", "practice", "--passphrase-file", password.to_str().unwrap()];
    let mut session = Terminal::new(home.path(), &arguments).open();
    session.open_allowance();
    session.take_applicant();
    // From here on there is no backend: the form is at hand all the same.
    drop(backend);
    session.take_form();
    session.submit();
    let slip = session.wait_for("临时收件单");
    assert!(!slip.contains("申报号："), "nobody may take it for a receipt:\n{slip}");
    session.wait_for("待发 1");
    session.wait_for("离线");

    let backend = Backend::start_at(home.path(), &address);
    // The clerk need not do anything, but may.
    session.press(&[Key::Control('r')]);
    let receipt = session.wait_for("LX");
    assert!(receipt.contains("申报号") && receipt.contains("赵*雨"), "{receipt}");
    session.wait_for("待发 0");
    drop(backend);
}

#[test]
fn a_catalogue_that_cannot_be_fetched_is_shown_as_it_was_until_the_backend_is_back() {
    let home = tempfile::tempdir().unwrap();
    let backend = Backend::start(home.path());
    let address = backend.address().to_owned();
    let mut session = at_the_desk(&backend, home.path());
    session.wait_for(">>");
    // A favourite, so that there is something at hand.
    session.type_text("gljt");
    session.press(&[Key::Control('o')]);
    session.wait_for("已收藏");
    session.press(&[Key::Control('u')]);
    drop(backend);
    for _ in 0..3 {
        session.press(&[Key::Control('r')]);
        session.wait_for("离线目录");
        session.wait_for("1 80周岁");
    }
    let backend = Backend::start_at(home.path(), &address);
    session.press(&[Key::Control('r')]);
    session.wait_gone("离线目录");
    session.press(&[Key::Control('q')]);
    let (status, screen) = session.exit();
    assert!(status.success(), "{screen}");

    // The next day: the digit, Enter for the guide, F9 for the form.
    let mut session = at_the_desk(&backend, home.path());
    session.wait_for("1 80周岁");
    session.type_text("1");
    session.press(&[Key::Enter]);
    session.wait_for("一次性告知单");
    session.press(&[Key::F(9)]);
    session.wait_for("*申请人类型");
}
