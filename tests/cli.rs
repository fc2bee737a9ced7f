//! The command line as scripts see it: output, exit codes, languages.
#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

mod support;

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::backend::Backend;

const PROGRAM: &str = env!("CARGO_BIN_EXE_onewindow");

fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().env("HOME", home).env("LANG", "zh_CN.UTF-8").env("TERM", "xterm").args(arguments);
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    command(home.path(), arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn items_are_found_as_clerks_type() {
    for query in ["gljt", "gaoling", "高龄", "80岁", "gl津贴"] {
        let output = run(&["catalogue", "search", query, "--json", "--limit", "3"]);
        assert_eq!(output.status.code(), Some(0), "{query}");
        assert!(text(&output.stderr).contains("内置的示例目录"), "{output:?}");
        let hits = json(&output);
        let first = &hits[0];
        assert!(first["name"].as_str().unwrap().contains("高龄津贴"), "{query}: {first}");
        assert_eq!(first["admission"], "direct");
        assert!(first["score"].as_u64().unwrap() > 0);
        assert_eq!(first["code"].as_str().unwrap().len(), 31);
        assert!(!first["department"].as_str().unwrap().is_empty());
        assert!(hits.as_array().unwrap().len() <= 3);
    }
    let nothing = run(&["catalogue", "search", "zzzzqqqq", "--json"]);
    assert_eq!((nothing.status.code(), text(&nothing.stdout).trim()), (Some(0), "[]"));
}

#[test]
fn an_item_is_shown_by_any_of_its_codes() {
    let home = tempfile::tempdir().unwrap();
    let by_id = json(&run(&["catalogue", "show", "elderly-allowance", "--json"]));
    let code = by_id["code"].as_str().unwrap();
    assert_eq!(json(&run(&["catalogue", "show", code, "--json"])), by_id);
    assert_eq!(by_id["admission"]["role"], "direct");
    let at_another_site = command(home.path(), &["catalogue", "show", code, "--json"])
        .env("ONEWINDOW_SITE", "yuekou-village")
        .output()
        .unwrap();
    assert_eq!(json(&at_another_site)["admission"]["role"], "agency");
    let paper = text(&run(&["catalogue", "show", code]).stdout);
    assert!(paper.contains("一次性告知单") && paper.contains("户口簿"), "{paper}");
    let unknown = run(&["catalogue", "show", "nothing"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("nothing"));
}

#[test]
fn the_shipped_catalogue_is_clean_and_a_broken_one_is_not() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo");
    let output = run(&["catalogue", "check", shipped]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("catalogue.toml"), "id = 3\n").unwrap();
    let output = run(&["catalogue", "check", folder.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let finding = &json(&output)[0];
    assert_eq!((&finding["severity"], &finding["file"]), (&"error".into(), &"catalogue.toml".into()));
    assert!(!finding["message"].as_str().unwrap().is_empty() && finding["code"].is_string(), "{finding}");
    assert_eq!(run(&["catalogue", "check", "/nonexistent"]).status.code(), Some(2));
    let practice = run(&["demo", "--catalogue", folder.path().to_str().unwrap()]);
    assert_eq!(practice.status.code(), Some(1));
    assert!(text(&practice.stderr).contains("catalogue.toml"), "{}", text(&practice.stderr));
    assert_eq!(run(&["demo", "--catalogue", "/nonexistent"]).status.code(), Some(2));
}

#[test]
fn wrong_usage_is_told_by_its_exit_code() {
    for arguments in [
        &["nonsense"][..],
        &["--lang", "fr"],
        &["catalogue", "search"],
        &["drafts", "list"],
        &["cases", "list"],
        &["demo"],
        &[],
        &["cases", "list", "--server", "http://192.0.2.7/"],
        &["demo", "--site", "nowhere"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{output:?}");
    }
}

#[test]
fn the_language_is_the_flags_then_the_settings_then_the_locales() {
    let home = tempfile::tempdir().unwrap();
    let says = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(home.path(), arguments);
        command.envs(variables.iter().copied());
        text(&command.output().unwrap().stderr)
    };
    let (chinese, english) = ("没有", "no item");
    let show = ["catalogue", "show", "x"];
    assert!(says(&show, &[]).contains(chinese));
    assert!(says(&show, &[("LANG", "C.UTF-8")]).contains(chinese), "Chinese unless the locale is English");
    assert!(says(&show, &[("LANG", "en_GB.UTF-8")]).contains(english));
    assert!(says(&show, &[("LANG", "en_GB.UTF-8"), ("ONEWINDOW_LANG", "zh-CN")]).contains(chinese));
    assert!(says(&["--lang", "en", "catalogue", "show", "x"], &[("ONEWINDOW_LANG", "zh-CN")]).contains(english));
}

#[test]
fn settings_are_shown_with_their_sources_and_wrong_ones_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let output = command(home.path(), &["config", "show", "--json", "--user", "li"])
        .env("ONEWINDOW_SERVER", "https://acceptance.example")
        .output()
        .unwrap();
    let shown = json(&output);
    let line = |name: &str| shown.as_array().unwrap().iter().find(|line| line["name"] == name).unwrap().clone();
    assert_eq!(line("server")["value"], "https://acceptance.example");
    assert_eq!(line("server")["source"]["name"], "ONEWINDOW_SERVER");
    assert_eq!(line("user")["source"]["layer"], "flag");
    let wrong = command(home.path(), &["config", "show"]).env("ONEWINDOW_SEVER", "x").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("ONEWINDOW_SEVER"), "{wrong:?}");
    let paths = text(&command(home.path(), &["config", "path"]).output().unwrap().stdout);
    assert!(paths.lines().any(|path| path.starts_with(home.path().to_str().unwrap())), "{paths}");
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    let states = |output: &Output| -> Vec<(String, String)> {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        json(output).as_array().unwrap().iter().map(|found| (word(&found["check"]), word(&found["state"]))).collect()
    };
    let found = |states: &[(String, String)], check: &str, state: &str| {
        assert!(states.contains(&(check.to_owned(), state.to_owned())), "{check} {state}: {states:?}");
    };
    let well = command(home.path(), &["doctor", "--json"]).output().unwrap();
    assert_eq!(well.status.code(), Some(0), "{well:?}");
    for (check, state) in [("locale", "ok"), ("term", "ok"), ("settings", "ok"), ("backend", "warn")] {
        found(&states(&well), check, state);
    }
    let ill = command(home.path(), &["doctor", "--json", "--server", "http://127.0.0.1:1"])
        .env("LANG", "zh_CN.GBK")
        .env_remove("TERM")
        .output()
        .unwrap();
    assert_eq!(ill.status.code(), Some(1));
    for (check, state) in [("locale", "bad"), ("term", "bad"), ("backend", "bad")] {
        found(&states(&ill), check, state);
    }
    let unset = command(home.path(), &["doctor", "--json"]).env("ONEWINDOW_LOCK_AFTER", "soon").output().unwrap();
    found(&states(&unset), "settings", "bad");
}

#[test]
fn cases_are_asked_from_the_backend() {
    let home = tempfile::tempdir().unwrap();
    let password = home.path().join("password");
    std::fs::write(&password, "practice\n").unwrap();
    let password = password.to_str().unwrap();
    let backend = Backend::start(home.path());
    let cases = |arguments: &[&str]| {
        let mut all = vec!["cases"];
        all.extend(arguments);
        command(home.path(), &all).output().unwrap()
    };
    let named = ["--server", &backend.url, "--user", "practice", "--passphrase-file", password];
    let listed = cases(&[&["list", "--json"][..], &named].concat());
    assert_eq!((listed.status.code(), json(&listed)), (Some(0), Value::Array(Vec::new())), "{listed:?}");
    assert!(text(&listed.stderr).contains("练习"), "a practice backend is called one: {listed:?}");
    let unknown = cases(&[&["show", "LX0000"][..], &named].concat());
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
    std::fs::write(password, "wrong\n").unwrap();
    assert_eq!(cases(&[&["list"][..], &named].concat()).status.code(), Some(4));
    let url = backend.url.clone();
    drop(backend);
    let gone = cases(&["list", "--server", &url, "--user", "practice"]);
    assert_eq!(gone.status.code(), Some(3), "{gone:?}");
}

#[test]
fn drafts_without_a_vault_are_refused() {
    let output = run(&["drafts", "list", "--user", "nobody"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nobody"), "{output:?}");
}

#[test]
fn people_to_practise_with_are_the_same_for_the_same_seed() {
    let people = |seed: &str| json(&run(&["demo", "--people", "--json", "--seed", seed, "--limit", "4"]));
    assert_eq!(people("5"), people("5"));
    assert_ne!(people("5"), people("6"));
    assert_eq!(people("5").as_array().unwrap().len(), 4);
    assert!(people("5")[0]["idNumber"].as_str().unwrap().len() == 18);
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    let mut process = command(home.path(), &["catalogue", "search", "a", "--limit", "100000", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let mut said = String::new();
    process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(0), "{said}");
    assert!(!said.contains("panic"), "{said}");
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = text(&run(&["completions", shell]).stdout);
        assert!(script.contains("onewindow") && script.contains("doctor"), "{shell}");
    }
}
