//! The invariants of `ARCHITECTURE.md` that the compiler cannot hold, read off the sources.
//!
//! A rule is about the code that ships: comments, the contents of literals and everything under `#[cfg(test)]` are left out, unless the
//! rule says otherwise. An exception stands in its rule's list with the reason; one that no longer occurs fails the test as well.

#[cfg(test)]
#[path = "architecture/source.rs"]
mod source;

use std::collections::BTreeSet;

use source::{Source, sources};

/// A file that a rule lets do what it forbids, and why.
type Exception = (&'static str, &'static str);

/// Fails with every offence that no exception covers, and with every exception that covers none.
fn hold(rule: &str, offences: impl IntoIterator<Item = (String, String)>, exceptions: &[Exception]) {
    let mut used = BTreeSet::new();
    let mut found = Vec::new();
    for (file, what) in offences {
        match exceptions.iter().find(|(excepted, _)| *excepted == file) {
            Some((excepted, _)) => drop(used.insert(*excepted)),
            None => found.push(format!("{file}: {what}")),
        }
    }
    let idle = exceptions.iter().filter(|(file, _)| !used.contains(file));
    found.extend(idle.map(|(file, _)| format!("{file}: an exception that is not needed any more")));
    assert!(found.is_empty(), "{rule}\n  {}", found.join("\n  "));
}

/// What a file names that begins with, or is, one of `forbidden`.
fn named<'a>(source: &'a Source, forbidden: &'a [&str]) -> impl Iterator<Item = (String, String)> + 'a {
    source
        .paths
        .iter()
        .filter(|path| forbidden.iter().any(|forbidden| begins_with(path, forbidden)))
        .map(|path| (source.file.clone(), path.clone()))
}

fn begins_with(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn in_modules(modules: &[&str]) -> impl Iterator<Item = &'static Source> {
    sources().iter().filter(|source| modules.contains(&source.module()))
}

const WORLD: [&str; 13] = [
    "axum",
    "crossterm",
    "directories",
    "fastrand",
    "getrandom",
    "reqwest",
    "sqlx",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "tokio",
];
const CLOCK: [&str; 6] = [
    "Timestamp::now",
    "Zoned::now",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "std::time::Instant",
    "std::time::SystemTime",
];

#[test]
fn the_pure_modules_know_no_clock_disk_network_or_chance() {
    let pure = ["app", "catalogue", "documents", "domain", "forms", "keymap", "locale", "text", "ui"];
    let offences =
        in_modules(&pure).flat_map(|source| named(source, &WORLD).chain(named(source, &CLOCK))).collect::<Vec<_>>();
    hold("pure modules are free of the world", offences, &[]);
}

#[test]
fn the_planner_of_the_outbox_is_pure() {
    let planner = sources().iter().filter(|source| source.file == "src/sync/planner.rs");
    hold(
        "the planner is given time and chance",
        planner.flat_map(|source| named(source, &WORLD).chain(named(source, &CLOCK))),
        &[],
    );
}

#[test]
fn the_words_forms_and_search_know_no_screen() {
    let offences = in_modules(&["catalogue", "domain", "forms", "text"]).flat_map(|source| {
        named(source, &["ratatui", "crate::app", "crate::ui", "crate::api", "crate::vault", "crate::backend"])
    });
    hold("domain, forms, catalogue and text stand below everything else", offences, &[]);
}

#[test]
fn each_library_has_its_room() {
    let rooms: [(&str, &[&str], &[Exception]); 7] = [
        ("ratatui", &["runtime", "ui"], &[]),
        (
            "crossterm",
            &["runtime"],
            &[
                ("src/cli/password.rs", "asks for a password on a terminal that shows no screen"),
                ("src/cli/doctor.rs", "tells the size of the terminal"),
            ],
        ),
        ("axum", &["backend"], &[]),
        (
            "reqwest",
            &["api"],
            &[
                ("src/backend/config.rs", "writes a file's path as a URL with its `Url`"),
                ("src/cli/server.rs", "reads the address of the backend with its `Url`"),
            ],
        ),
        ("sqlx", &["vault", "backend"], &[]),
        ("jsonschema", &["forms"], &[]),
        ("fluent_bundle", &["locale"], &[]),
    ];
    for (library, modules, exceptions) in rooms {
        let offences = sources()
            .iter()
            .filter(|source| !modules.contains(&source.module()))
            .flat_map(|source| named(source, &[library]).collect::<Vec<_>>());
        hold(&format!("{library} is used in {modules:?} only"), offences, exceptions);
    }
    let elsewhere = in_modules(&["backend"]).filter(|source| !source.file.starts_with("src/backend/store/"));
    hold(
        "in the backend only the store speaks SQL",
        elsewhere.flat_map(|source| named(source, &["sqlx"]).collect::<Vec<_>>()),
        &[],
    );
}

#[test]
fn wire_types_stay_between_client_and_backend() {
    let offences =
        sources().iter().filter(|source| !["api", "backend"].contains(&source.module())).flat_map(|source| {
            let wire = source.paths.iter().filter(|path| path.contains("api::wire"));
            wire.map(|path| (source.file.clone(), path.clone())).collect::<Vec<_>>()
        });
    let exceptions = [
        ("src/app/effect.rs", "the domains of a catalogue have no type of their own yet"),
        ("src/app/shared.rs", "the domains of a catalogue have no type of their own yet"),
        ("src/cli/cases.rs", "asks the client for cases by a filter"),
        (
            "src/runtime/library.rs",
            "turns what the backend serves into the catalogue and forms of the core, and caches it as served",
        ),
        ("src/runtime/effects.rs", "asks for cases with the contract's own filter"),
        ("src/sync/catalogue.rs", "takes the pages of the catalogue apart"),
        ("src/sync/link.rs", "reads why a request was refused off the problem document"),
        ("src/bin/onewindow-backend.rs", "a part of the backend"),
    ];
    hold("wire types never leave api and backend", offences, &exceptions);
}

#[test]
fn practice_cannot_make_a_live_client() {
    let makes = |source: &Source| source.paths.iter().any(|path| path.ends_with("Client::live"));
    let makers: Vec<&str> =
        sources().iter().filter(|source| makes(source)).map(|source| source.file.as_str()).collect();
    assert_eq!(makers, ["src/cli/server.rs"], "a live client is made in one place");
    let practice = sources().iter().filter(|source| source.module() == "training" || source.file == "src/cli/demo.rs");
    let offences =
        practice.flat_map(|source| named(source, &["super::server", "crate::cli::server"]).collect::<Vec<_>>());
    hold("the practice room has no way to that place", offences, &[]);
}

#[test]
fn only_the_update_function_is_given_the_whole_model_to_change() {
    let offences = in_modules(&["ui"])
        .filter(|source| source.code.contains("&mut Model") || source.code.contains("&mut Shared"))
        .map(|source| (source.file.clone(), "changes the model".to_owned()));
    hold("drawing decides nothing", offences, &[]);
}

#[test]
fn every_file_says_what_it_is() {
    let silent = sources()
        .iter()
        .filter(|source| !source.is_test() && !source.text.starts_with("//! "))
        .map(|source| (source.file.clone(), "does not begin with its doc comment".to_owned()));
    hold("every file says what it is", silent, &[]);
}

#[test]
fn no_file_outgrows_its_subject() {
    const MOST_LINES: usize = 500;
    let long = sources().iter().filter_map(|source| {
        let lines = source.shipped_lines();
        (lines > MOST_LINES).then(|| (source.file.clone(), format!("{lines} lines")))
    });
    hold("a file has one subject", long, &[]);
}

#[test]
fn nothing_is_left_undone_or_waved_through() {
    let waved = ["#[allow(", "#![allow(", "unsafe {", "unsafe fn", "unsafe impl", "todo!", "unimplemented!", "dbg!"];
    let offences = sources().iter().flat_map(|source| {
        let found = waved.iter().filter(|word| source.all_code.contains(**word));
        found.map(|word| (source.file.clone(), (*word).to_owned())).collect::<Vec<_>>()
    });
    hold("no lint is waved through, nothing is unsafe or left to do", offences, &[]);
}

#[test]
fn what_the_clerk_reads_stands_in_the_locales() {
    let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let offences = sources().iter().flat_map(|source| {
        let texts = source.literals.iter().filter(|text| text.chars().any(is_han));
        texts.map(|text| (source.file.clone(), text.clone())).collect::<Vec<_>>()
    });
    let exceptions = [
        ("src/catalogue/import.rs", "the title of a folder made of a department's table is data of its author"),
        ("src/catalogue/import/columns.rs", "the headings that departments write over their tables"),
        ("src/catalogue/import/materials.rs", "the names of papers that every department asks for"),
        ("src/catalogue/import/row.rs", "the values that departments write in their tables: units, levels, yes and no"),
        ("src/forms/values.rs", "the units and answers that people write in imported tables: 元, 年, 是"),
        ("src/training/citizens.rs", "invented people: their names and addresses are data"),
        ("src/training/sample.rs", "invented applications: what they say is data"),
    ];
    hold("no Chinese sentence stands in code", offences, &exceptions);
}
