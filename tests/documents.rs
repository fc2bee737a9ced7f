//! The documents agree with the program: keys, commands, links, names.
//!
//! `UPDATE_DOCS=1 cargo test --test documents` writes the tables of keys into the READMEs anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use onewindow::domain::item::{Fee, FourWays, Item, Limit, Material, Situation};
use onewindow::domain::site::Site;
use onewindow::keymap::{Context, Keymap};
use onewindow::locale::{Language, Locale};
use serde::de::DeserializeOwned;

const READMES: [(&str, Language); 2] = [("README.md", Language::English), ("README.zh-CN.md", Language::Chinese)];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The pieces of a text between two marks.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| Some(rest.split_once(close)?.0)).collect()
}

/// The code spans of a line.
fn spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

fn keys(language: Language) -> String {
    let (heads, places) = match language {
        Language::English => {
            (["where", "key", "does"], ["everywhere", "lists and pages of text", "forms", "text fields"])
        }
        Language::Chinese => (["在何处", "按键", "作用"], ["处处", "列表和文字页", "表单", "文本框"]),
    };
    let locale = Locale::new(language);
    let keymap = Keymap::built_in();
    let mut table = format!("| {} |\n|---|---|---|\n", heads.join(" | "));
    for (context, place) in [Context::Global, Context::List, Context::Form, Context::Edit].into_iter().zip(places) {
        for (key, action) in keymap.bindings(context) {
            let label = locale.text(&format!("action-{}", action.name()));
            writeln!(table, "| {place} | {key} | {label} |").unwrap();
        }
    }
    table
}

#[test]
fn the_tables_of_keys_are_those_of_the_keymap() {
    const OPEN: &str = "<!-- keys -->\n";
    const CLOSE: &str = "<!-- /keys -->";
    for (name, language) in READMES {
        let text = read(name);
        let (before, rest) = text.split_once(OPEN).unwrap();
        let (written, after) = rest.split_once(CLOSE).unwrap();
        let wanted = keys(language);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(path(name), format!("{before}{OPEN}{wanted}{CLOSE}{after}")).unwrap();
        } else {
            assert_eq!(written, wanted, "{name}: run UPDATE_DOCS=1 cargo test --test documents");
        }
    }
}

/// What a README tells to run: code spans that are commands or flags, and fenced commands.
fn commands(text: &str) -> BTreeSet<String> {
    let is_command = |span: &&str| ["onewindow", "cargo ", "--"].iter().any(|start| span.starts_with(start));
    let spans = prose(text).flat_map(spans).filter(is_command).map(str::to_owned);
    let fenced = between(text, "```sh\n", "```").into_iter().flat_map(str::lines).map(str::to_owned);
    spans.chain(fenced).collect()
}

#[test]
fn both_readmes_name_the_same_commands_and_exit_codes() {
    let [english, chinese] = READMES.map(|(name, _)| read(name));
    assert_eq!(commands(&english), commands(&chinese));
    let codes = |text: &str| -> Vec<String> {
        let rows = text
            .lines()
            .filter(|line| line.strip_prefix("| ").is_some_and(|cell| cell.starts_with(|c: char| c.is_ascii_digit())));
        rows.filter_map(|row| row.split('|').nth(1)).map(|code| code.trim().to_owned()).collect()
    };
    assert_eq!(codes(&english), ["0", "1", "2", "3", "4"]);
    assert_eq!(codes(&english), codes(&chinese));
}

/// What a command says of itself.
fn help(program: &str, subcommands: &[&str]) -> String {
    let program = match program {
        "onewindow" => env!("CARGO_BIN_EXE_onewindow"),
        "onewindow-backend" => env!("CARGO_BIN_EXE_onewindow-backend"),
        other => panic!("no program {other}"),
    };
    let output = Command::new(program).args(subcommands).arg("--help").output().unwrap();
    assert!(output.status.success(), "{program} {subcommands:?} --help: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that a help text lists.
fn listed(help: &str) -> impl Iterator<Item = &str> {
    let commands = help.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    let lines = commands.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help")
}

#[test]
fn the_commands_and_flags_of_the_readme_exist_and_none_is_missing() {
    let text = read("README.md");
    let mut named = BTreeSet::new();
    for row in prose(&text).filter(|line| line.starts_with("| `onewindow")) {
        let cells: Vec<&str> = row.split('|').collect();
        let mut told = String::new();
        for command in spans(cells.get(1).unwrap()) {
            let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
            let words: Vec<&str> = command.split(' ').take_while(is_word).collect();
            let (program, subcommands) = words.split_first().unwrap();
            told.push_str(&help(program, subcommands));
            named.insert(words.join(" "));
        }
        for flag in spans(row).into_iter().filter(|span| span.starts_with("--")) {
            let flag = flag.split(' ').next().unwrap();
            assert!(told.contains(&format!("{flag} ")), "{flag} in {row}");
        }
    }
    for program in ["onewindow", "onewindow-backend"] {
        for command in listed(&help(program, &[])) {
            let within = help(program, &[command]);
            let inner: Vec<String> = listed(&within).map(|inner| format!("{program} {command} {inner}")).collect();
            let wanted = if inner.is_empty() { vec![format!("{program} {command}")] } else { inner };
            for command in wanted {
                assert!(named.contains(&command), "README.md does not name {command}");
            }
        }
    }
}

#[test]
fn the_test_command_can_be_read_from_the_readme() {
    let text = read("README.md");
    let [command] = between(&text, "<!-- ci: test -->\n```sh\n", "\n```")[..] else { panic!("one test command") };
    assert!(command.starts_with("cargo test"), "{command}");
}

#[test]
fn every_relative_link_leads_somewhere() {
    let documents = [
        "README.md",
        "README.zh-CN.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "config/README.md",
        "config/demo/README.md",
    ];
    for name in documents {
        let text = read(name);
        let folder = path(name).parent().unwrap().to_owned();
        for link in between(&text, "](", ")").into_iter().filter(|link| !link.starts_with("https://")) {
            let file = link.split('#').next().unwrap();
            assert!(folder.join(file).exists(), "{name}: {link}");
        }
    }
}

/// Every Rust file under a folder, as one text.
fn everything_in(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap().path();
        if entry.is_dir() {
            everything_in(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(entry).unwrap());
        }
    }
}

#[test]
fn what_the_architecture_names_exists() {
    let text = read("ARCHITECTURE.md");
    let mut code = String::new();
    everything_in(&path("src"), &mut code);
    everything_in(&path("tests"), &mut code);
    for span in prose(&text).flat_map(spans) {
        if ["src/", "tests/", "config/", "benches/"].iter().any(|folder| span.starts_with(folder)) {
            assert!(span.contains(['<', '…']) || path(span).exists(), "no file {span}");
        } else if span.matches('_').count() >= 3 {
            assert!(code.contains(&format!("fn {span}(")), "no test {span}");
        }
    }
}

/// The keys that a file of this type may have, told by what it says to one that it may not.
fn keys_of<T: DeserializeOwned>() -> Vec<String> {
    let error = toml::from_str::<T>("no-such-key = 1").err().expect("unknown keys are errors").to_string();
    let expected = error.split_once("expected").expect("the error lists the keys").1.to_owned();
    spans(&expected).into_iter().map(str::to_owned).collect()
}

#[test]
fn the_description_of_the_catalogue_folder_has_every_key() {
    let text = read("config/demo/README.md");
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let described: BTreeSet<&str> = text.split(|c: char| !is_key(c)).filter(|word| !word.is_empty()).collect();
    let keys = [
        ("item", keys_of::<Item>()),
        ("material", keys_of::<Material>()),
        ("situation", keys_of::<Situation>()),
        ("limit", keys_of::<Limit>()),
        ("fee", keys_of::<Fee>()),
        ("four ways", keys_of::<FourWays>()),
        ("site", keys_of::<Site>()),
    ];
    for (what, keys) in keys {
        assert!(!keys.is_empty(), "{what}");
        for key in keys {
            assert!(described.contains(key.as_str()), "{what}: {key} is not described");
        }
    }
}

#[test]
fn the_changelog_has_this_version() {
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").lines().any(|line| line.starts_with(&heading)), "{heading}");
}
