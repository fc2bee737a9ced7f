//! The program in a terminal: what it does to it, what it stands, how it leaves it.

mod support;

use support::Terminal;

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn the_version_is_told_in_a_terminal() {
    let home = home();
    let (status, screen) = Terminal::new(home.path(), &["--version"]).open().exit();
    assert!(status.success());
    assert_eq!(screen.trim(), concat!("onewindow ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_locale_without_chinese_is_refused_before_the_screen_is_touched() {
    let home = home();
    for locale in ["zh_CN.GBK", "C", ""] {
        let session = Terminal::new(home.path(), &["demo"]).variable("LANG", locale).open();
        let (status, screen) = session.exit();
        assert_eq!(status.exit_code(), 2, "{screen}");
        assert!(screen.contains("UTF-8"), "{screen}");
        assert!(!screen.contains('\u{1b}'), "{screen}");
    }
}
