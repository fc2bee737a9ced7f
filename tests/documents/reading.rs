//! Reading the documents, and asking the programs what they say of themselves.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use onewindow::keymap::{Context, Keymap};
use onewindow::locale::{Language, Locale};
use serde::de::DeserializeOwned;

/// The two READMEs with their languages.
pub const READMES: [(&str, Language); 2] = [("README.md", Language::English), ("README.zh-CN.md", Language::Chinese)];

/// A file of the package.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The text of a file.
pub fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The pieces of a text between two marks.
pub fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| Some(rest.split_once(close)?.0)).collect()
}

/// The code spans of a line.
pub fn spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Lines outside of fenced blocks.
pub fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The table of keys.
pub fn keys(language: Language) -> String {
    let (heads, places) = match language {
        Language::English => (
            ["where", "key", "does"],
            ["everywhere", "lists and pages of text", "forms", "text fields", "fields of several lines"],
        ),
        Language::Chinese => (["在何处", "按键", "作用"], ["处处", "列表和文字页", "表单", "文本框", "多行文本框"]),
    };
    let locale = Locale::of(language);
    let keymap = Keymap::built_in();
    let mut table = format!("| {} |\n|---|---|---|\n", heads.join(" | "));
    for (context, place) in Context::ALL.into_iter().zip(places) {
        for (key, action) in keymap.bindings(context) {
            let label = locale.text(&format!("action-{}", action.name()));
            writeln!(table, "| {place} | {key} | {label} |").unwrap();
        }
    }
    table
}

/// What a README tells to run: code spans that are commands or flags, and fenced commands.
pub fn commands(text: &str) -> BTreeSet<String> {
    let is_command = |span: &&str| ["onewindow", "cargo ", "--"].iter().any(|start| span.starts_with(start));
    let spans = prose(text).flat_map(spans).filter(is_command).map(str::to_owned);
    let fenced = between(text, "```sh\n", "```").into_iter().flat_map(str::lines).map(str::to_owned);
    spans.chain(fenced).collect()
}

/// What a command says of itself.
pub fn help(program: &str, subcommands: &[&str]) -> String {
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
pub fn listed(help: &str) -> impl Iterator<Item = &str> {
    let commands = help.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    let lines = commands.lines().take_while(|line| !line.is_empty());
    // What a long description goes on with is indented further.
    let begun = lines.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    begun.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help")
}

/// Every Rust file under a folder, as one text.
pub fn everything_in(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap().path();
        if entry.is_dir() {
            everything_in(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(entry).unwrap());
        }
    }
}

/// The keys that a file of this type may have, told by what it says to one that it may not.
pub fn keys_of<T: DeserializeOwned>() -> Vec<String> {
    let error = toml::from_str::<T>("no-such-key = 1").err().expect("unknown keys are errors").to_string();
    let expected = error.split_once("expected").expect("the error lists the keys").1.to_owned();
    spans(&expected).into_iter().map(str::to_owned).collect()
}
