//! The documents agree with the program: keys, commands, links, names.
//!
//! `UPDATE_DOCS=1 cargo test --test documents` writes the tables of keys into the READMEs anew.

#[cfg(test)]
#[path = "documents/reading.rs"]
mod reading;

use std::collections::BTreeSet;
use std::fs;

use onewindow::domain::item::{Fee, FourWays, Item, Limit, Material, Situation};
use onewindow::domain::site::Site;
use reading::{READMES, between, commands, everything_in, help, keys, keys_of, listed, path, prose, read, spans};

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
            let ends = |rest: &str| rest.starts_with([' ', '\n']);
            assert!(
                told.match_indices(flag).any(|(at, _)| ends(told.get(at + flag.len()..).unwrap())),
                "{flag} in {row}"
            );
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
