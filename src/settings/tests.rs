use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn inputs(files: &[&Path], environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Inputs {
    Inputs {
        files: files.iter().map(|path| (*path).to_owned()).collect(),
        environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        flags: flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    }
}

fn message(text: &str) -> String {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("settings.toml");
    fs::write(&path, text).unwrap();
    let error = Settings::load(&inputs(&[&path], &[], &[("data-dir", "/d")])).unwrap_err();
    error.sentence(&Locale::of(Language::English)).replace(path.to_str().unwrap(), "FILE")
}

#[test]
fn the_built_in_layer_names_every_setting() {
    let mut entries = BTreeMap::new();
    parse_text(BUILT_IN, &Source::BuiltIn, &mut entries).unwrap();
    assert!(layer::names().all(|name| entries.contains_key(name)));
    let settings = Settings::load(&inputs(&[], &[], &[("data-dir", "/d")])).unwrap();
    assert_eq!((settings.server, settings.lang, settings.lock_after), (None, None, Some(10)));
    assert_eq!(settings.print_command, ["lp"]);
}

#[test]
fn the_later_layer_wins_value_by_value() {
    let dir = TempDir::new().unwrap();
    let (system, own) = (dir.path().join("system.toml"), dir.path().join("own.toml"));
    fs::write(&system, "server = \"https://a.example\"\nborders = \"ascii\"\nlang = \"en\"\nprint-width = 60\n")
        .unwrap();
    fs::write(&own, "server = \"https://b.example\"\nprint-command = \"lp -d  desk\"\n").unwrap();
    let settings = Settings::load(&inputs(
        &[&system, &own, &dir.path().join("missing.toml")],
        &[("ONEWINDOW_SERVER", "https://c.example"), ("ONEWINDOW_LOCK_AFTER", "0"), ("HOME", "/nowhere")],
        &[("server", "https://d.example"), ("data-dir", "/d")],
    ))
    .unwrap();
    assert_eq!(settings.server.as_deref(), Some("https://d.example"));
    assert_eq!((settings.borders, settings.lang, settings.print_width), (Borders::Ascii, Some(Language::English), 60));
    assert_eq!(settings.print_command, ["lp", "-d", "desk"]);
    assert_eq!(settings.lock_after, None);
    let shown = settings.show();
    let source = |name: &str| shown.iter().find(|shown| shown.name == name).unwrap().source.clone();
    assert_eq!(source("server"), Source::Flag("--server".to_owned()));
    assert_eq!(source("lock-after"), Source::Environment("ONEWINDOW_LOCK_AFTER".to_owned()));
    assert_eq!(source("print-command"), Source::File(own));
    assert_eq!(source("borders"), Source::File(system));
    assert_eq!(source("colour"), Source::BuiltIn);
}

#[test]
fn errors_say_where_and_what_to_do() {
    let cases = [
        ("\nsevrer = \"x\"\n", "FILE, line 2: there is no setting \"sevrer\". Write \"server\"."),
        ("# x\n\nfrobnicate = 1\n", "FILE, line 3: there is no setting \"frobnicate\". Remove it."),
        ("borders = \"round\"", "FILE, line 1: \"borders\" cannot be \"round\". Write one of: auto, unicode, ascii."),
        (
            "user = \"li\"\nlock-after = \"soon\"",
            "FILE, line 2: \"lock-after\" cannot be \"soon\". Write a whole number from 0 to 1440.",
        ),
        ("print-width = 5000", "FILE, line 1: \"print-width\" cannot be 5000. Write a whole number from 32 to 200."),
        ("server = [1]", "FILE, line 1: \"server\" cannot be [1]. Write a text in double quotes."),
    ];
    for (text, expected) in cases {
        assert_eq!(message(text), expected);
    }
    assert!(message("user = \"li\"\nserver = \n").starts_with("FILE, line 2: "));
    assert!(message("server = \"a\"\nserver = \"b\"\n").starts_with("FILE, line 2: "), "a name twice");
}

#[test]
fn variables_and_flags_are_checked_alike() {
    let error = |environment: &[(&str, &str)], flags: &[(&'static str, &str)]| {
        Settings::load(&inputs(&[], environment, flags)).unwrap_err().sentence(&Locale::of(Language::Chinese))
    };
    assert_eq!(
        error(&[("ONEWINDOW_SERVR", "x")], &[]),
        "ONEWINDOW_SERVR：没有“ONEWINDOW_SERVR”这项设置。应为“ONEWINDOW_SERVER”。"
    );
    assert_eq!(
        error(&[("ONEWINDOW_COLOUR", "blue")], &[]),
        "ONEWINDOW_COLOUR：“colour”不能是 \"blue\"。可以写：auto, always, never。"
    );
    assert_eq!(error(&[], &[("lang", "fr")]), "--lang：“lang”不能是 \"fr\"。可以写：auto, zh-CN, en。");
}

#[test]
fn an_unreadable_file_is_not_passed_over() {
    let dir = TempDir::new().unwrap();
    let error = Settings::load(&inputs(&[dir.path()], &[], &[])).unwrap_err();
    assert!(matches!(error, SettingsError::Unreadable { .. }));
}

proptest! {
    #[test]
    fn no_file_panics(text in "(server|lang|lock-after|x)? ?=? ?[\"\\[\\]{}a-z0-9\n]{0,30}") {
        let mut entries = BTreeMap::new();
        if let Err(error) = parse_text(&text, &Source::BuiltIn, &mut entries) {
            prop_assert!(error.to_string().starts_with("built in, line "));
        }
    }
}
