//! The program in a terminal: what it does to it, what it stands, how it leaves it.

mod support;

use support::{Key, Session, Terminal};

fn practice(home: &tempfile::TempDir) -> Terminal {
    Terminal::new(home.path(), &["demo", "--seed", "1"])
}

/// Whether the terminal is as it was before the program.
fn is_given_back(session: &Session) -> bool {
    session.inspect(|screen| !screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor())
}

#[test]
fn the_version_is_told_in_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let (status, screen) = Terminal::new(home.path(), &["--version"]).open().exit();
    assert!(status.success());
    assert_eq!(screen.trim(), concat!("onewindow ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_locale_without_chinese_is_refused_before_the_screen_is_touched() {
    let home = tempfile::tempdir().unwrap();
    for locale in ["zh_CN.GBK", "C", ""] {
        let (status, screen) = practice(&home).variable("LANG", locale).open().exit();
        assert_eq!(status.exit_code(), 2, "{screen}");
        assert!(screen.contains("LANG=C.UTF-8"), "{screen}");
    }
}

#[test]
fn the_terminal_is_given_back_when_the_program_is_told_to_stop() {
    let home = tempfile::tempdir().unwrap();
    let session = practice(&home).open();
    session.wait_for(">>");
    assert!(session.inspect(vt100::Screen::alternate_screen));
    assert!(session.inspect(vt100::Screen::bracketed_paste));
    session.signal("TERM");
    session.wait_until("the end", |rows| rows.iter().all(String::is_empty));
    assert!(is_given_back(&session));
    session.exit();
}

/// A bare console has one screen only: what stood on it must not stay there, nor have scrolled away where it can be scrolled back to.
#[test]
fn on_a_terminal_with_one_screen_nothing_of_the_work_stays() {
    let home = tempfile::tempdir().unwrap();
    let mut session = practice(&home).open();
    session.open_allowance();
    session.fill("*姓名", "钱白露");
    session.signal("TERM");
    session.wait_until("the end", |rows| rows.iter().all(String::is_empty));
    let sent = String::from_utf8_lossy(&session.bytes_since(0)).replace("\x1b[?1049h", "").replace("\x1b[?1049l", "");
    let mut console = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 1_000);
    console.process(sent.as_bytes());
    for back in [0, 1_000] {
        console.screen_mut().set_scrollback(back);
        assert!(!console.screen().contents().contains('钱'), "{}", console.screen().contents());
    }
}

#[test]
fn a_size_of_nothing_and_every_small_size_are_stood() {
    let home = tempfile::tempdir().unwrap();
    let mut session = practice(&home).size(0, 0).open();
    session.wait_at_rest();
    for (columns, rows) in [(1, 1), (2, 1), (20, 5), (39, 9), (0, 0), (500, 3), (3, 200), (80, 24)] {
        session.resize(columns, rows);
        session.wait_at_rest();
        session.press(&[Key::Down, Key::Tab, Key::PageDown, Key::Up]);
    }
    session.wait_for("事项目录");
    session.type_text("gljt");
    session.wait_for("高龄津贴");
}

#[test]
fn colours_are_left_out_when_nobody_wants_them() {
    let home = tempfile::tempdir().unwrap();
    let coloured = |session: &Session| {
        session.wait_for(">>");
        session.wait_at_rest();
        session.inspect(|screen| {
            let (rows, columns) = screen.size();
            (0..rows.get())
                .flat_map(|row| (0..columns.get()).map(move |column| (row, column)))
                .filter_map(|(row, column)| screen.cell(row, column))
                .any(|cell| cell.fgcolor() != vt100::Color::Default || cell.bgcolor() != vt100::Color::Default)
        })
    };
    assert!(coloured(&practice(&home).open()));
    assert!(!coloured(&practice(&home).variable("NO_COLOR", "1").open()));
}

/// Characters that a bare console or a foreign font lacks, or gives another width.
fn is_drawn(character: char) -> bool {
    matches!(character, '\u{2500}'..='\u{25ff}')
}

#[test]
fn a_bare_console_gets_ascii_only_beside_the_chinese() {
    let home = tempfile::tempdir().unwrap();
    let flagged = Terminal::new(home.path(), &["demo", "--seed", "1", "--ascii"]);
    for terminal in [practice(&home).variable("TERM", "linux"), flagged] {
        let mut session = terminal.open();
        session.open_guide("gljt", "80周岁以上老年人高龄津贴发放");
        let guide = session.screen();
        assert!(!guide.contains(is_drawn), "{guide}");
        session.press(&[Key::F(9)]);
        session.wait_for("*申请人类型");
        session.press(&[Key::F(10)]);
        session.wait_at_rest();
        let menu = session.screen();
        assert!(!menu.contains(is_drawn), "{menu}");
    }
}

#[test]
fn english_is_spoken_on_demand() {
    let home = tempfile::tempdir().unwrap();
    let session = Terminal::new(home.path(), &["demo", "--lang", "en"]).open();
    session.wait_for("One Window");
    let session = practice(&home).variable("LANG", "en_GB.UTF-8").open();
    session.wait_for("One Window");
}

#[test]
fn escape_and_a_digit_stand_for_a_function_key() {
    let home = tempfile::tempdir().unwrap();
    let mut session = practice(&home).open();
    session.wait_for(">>");
    session.press(&[Key::Escape]);
    session.type_text("5");
    session.wait_gone("事项目录");
    session.press(&[Key::Escape]);
    session.type_text("2");
    session.wait_for("事项目录");
}

#[test]
fn a_stopped_program_goes_on_where_it_was() {
    let home = tempfile::tempdir().unwrap();
    let mut session = practice(&home).open();
    session.wait_for(">>");
    session.type_text("gljt");
    session.wait_for("gljt");
    session.signal("TSTP");
    session.wait_until("the shell's screen", |rows| rows.iter().all(String::is_empty));
    assert!(is_given_back(&session));
    session.signal("CONT");
    session.wait_for("gljt");
    assert!(session.inspect(vt100::Screen::alternate_screen));
}

#[test]
fn an_idle_program_sends_nothing() {
    let home = tempfile::tempdir().unwrap();
    let session = practice(&home).open();
    session.wait_for(">>");
    let sent_within = |seconds| {
        let mark = session.mark();
        std::thread::sleep(std::time::Duration::from_secs(seconds));
        session.bytes_since(mark)
    };
    // The sample cases are still being made and the catalogue copied behind the screen; what never ends is no preparation.
    let settled = (0..20).any(|_| sent_within(2).is_empty());
    assert!(settled, "{}", session.screen());
    assert_eq!(sent_within(3), b"");
}

#[test]
fn a_panic_gives_the_terminal_back_and_can_be_read() {
    let home = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().expect("this test program");
    let session = Terminal::new(home.path(), &["--ignored", "--exact", "panics", "--nocapture"]).program(&this).open();
    let (status, screen) = {
        session.wait_for("a programmer's mistake");
        assert!(is_given_back(&session));
        session.exit()
    };
    assert!(!status.success());
    // In raw mode the lines of the report would hang as stairs.
    assert!(screen.lines().any(|line| line.starts_with("a programmer's mistake")), "{screen}");
}

#[test]
#[ignore = "is run by the test above, in a terminal of its own"]
fn panics() {
    onewindow::runtime::terminal::restore_on_panic();
    let _guard = onewindow::runtime::terminal::TerminalGuard::enter().expect("a terminal");
    panic!("a programmer's mistake");
}
