//! A day without a screen: request documents are imported, submitted, sent and looked at, with the real program and the real backend. In
//! `damage`, what the commands say of a store that is damaged, or whose password is changed.
#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

#[path = "outbox/damage.rs"]
mod damage;
mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::backend::Backend;

/// A desk: a home, a vault, a password file.
struct Desk {
    home: tempfile::TempDir,
    server: String,
}

impl Desk {
    fn new(server: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("password"), "practice\n").unwrap();
        Self { home, server: server.to_owned() }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let (data, password) = (self.path("data"), self.path("password"));
        let mut command = Command::new(support::PROGRAM);
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("LANG", "zh_CN.UTF-8")
            .args(["--user", "practice", "--data-dir", &data, "--passphrase-file", &password, "--server", &self.server])
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Exit code and JSON of a command.
    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.run(&[arguments, &["--json"]].concat());
        let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (output.status.code().unwrap(), value)
    }

    /// Writes documents, one a line, and gives the file's path.
    fn file(&self, name: &str, lines: &[String]) -> String {
        let path = self.path(name);
        fs::write(&path, lines.join("\n")).unwrap();
        path
    }
}

/// Request documents of invented citizens.
fn documents(count: usize, seed: u64) -> Vec<String> {
    let (count, seed) = (count.to_string(), seed.to_string());
    let output = Command::new(support::PROGRAM).args(["demo", "--requests", &count, "--seed", &seed]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn changed(document: &str, pointer: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(document).unwrap();
    *document.pointer_mut(pointer).unwrap() = value;
    document.to_string()
}

/// A request for two items, of which the backend knows one.
fn half_known(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap();
    let known = document.pointer("/items/0").unwrap();
    let mut other = known.clone();
    other.as_object_mut().unwrap().extend([
        ("code".to_owned(), json!("11429006MB1C00000099999999999")),
        ("form".to_owned(), json!("no-such-form@1")),
    ]);
    changed(&changed(&document.to_string(), "/items", json!([known, other])), "/mode", json!("each"))
}

#[test]
fn of_two_items_the_one_that_is_not_taken_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(folder.path());
    let desk = Desk::new(&backend.url);
    let file = desk.file("half.jsonl", &[half_known(&documents(1, 5)[0])]);
    assert_eq!(desk.json(&["drafts", "import", &file]).0, 0);
    assert_eq!(desk.json(&["drafts", "submit", "--all"]).0, 0);
    let (code, pushed) = desk.json(&["outbox", "push", "--until-empty"]);
    assert_eq!((code, &pushed["accepted"], &pushed["refused"]), (1, &json!(0), &json!(1)), "{pushed}");
    let id = pushed["requests"][0]["id"].as_str().unwrap();
    let (_, shown) = desk.json(&["outbox", "show", id]);
    assert_eq!((&shown["state"], &shown["reason"]), (&json!("accepted"), &json!("partly-refused")));
    let refused = &shown["refusedItems"][0];
    assert_eq!(refused["itemCode"], "11429006MB1C00000099999999999", "{shown}");
    assert_eq!(refused["reason"]["code"], "item-withdrawn", "{shown}");
    assert!(shown["explanation"].as_str().unwrap().contains("事项已停办"), "{shown}");
    assert_eq!(cases(&backend, desk.home.path()), 1);
    // Told again by every list, not only once.
    let listed = String::from_utf8(desk.run(&["outbox", "list"]).stdout).unwrap();
    assert!(listed.contains("部分收件") && listed.contains("未收"), "{listed}");
    // What was not taken becomes a request of its own.
    let (code, reopened) = desk.json(&["outbox", "reopen", id]);
    assert_eq!((code, &reopened[0]["itemCode"]), (0, &json!("11429006MB1C00000099999999999")), "{reopened}");
    let draft: Value = serde_json::from_slice(&desk.run(&["drafts", "export"]).stdout).unwrap();
    assert_eq!((&draft["id"], draft["items"].as_array().unwrap().len()), (&reopened[0]["id"], 1));
    assert!(draft.get("supersedes").is_none() && draft["items"][0]["code"] == reopened[0]["itemCode"], "{draft}");
    let (_, shown) = desk.json(&["outbox", "show", id]);
    assert_eq!(shown["refusedItems"][0]["reopenedAs"], reopened[0]["id"]);
}

#[test]
fn what_the_backend_objects_to_in_an_item_that_was_not_taken_is_shown_by_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(folder.path());
    let desk = Desk::new(&backend.url);
    let [one, other]: [Value; 2] =
        documents(2, 5).iter().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>().try_into().unwrap();
    let mut both = one.clone();
    both["mode"] = json!("each");
    let mut bad = other["items"][0].clone();
    bad["answers"]["truthful"] = json!(false);
    both["items"].as_array_mut().unwrap().push(bad);
    let file = desk.file("both.jsonl", &[both.to_string()]);
    desk.json(&["drafts", "import", "--as-is", &file]);
    desk.json(&["drafts", "submit", "--all"]);
    let (_, pushed) = desk.json(&["outbox", "push", "--until-empty"]);
    let id = pushed["requests"][0]["id"].as_str().unwrap();
    let shown = String::from_utf8(desk.run(&["outbox", "show", id]).stdout).unwrap();
    assert!(shown.contains("/items/1/answers/truthful"), "{shown}");
    let (_, reopened) = desk.json(&["outbox", "reopen", id]);
    let (_, draft) = desk.json(&["drafts", "show", reopened[0]["id"].as_str().unwrap()]);
    assert_eq!(draft["body"]["refused"][0]["pointer"], "/items/0/answers/truthful", "{draft}");
}

#[test]
fn what_the_desk_may_keep_without_the_backend_binds_commands_too() {
    let desk = Desk::new("http://127.0.0.1:1");
    let file = desk.file("some.jsonl", &documents(3, 9));
    desk.json(&["drafts", "import", &file]);
    let submit =
        desk.command(&["drafts", "submit", "--all", "--json"]).env("ONEWINDOW_OFFLINE_RECORDS", "1").output().unwrap();
    let submitted: Value = serde_json::from_slice(&submit.stdout).unwrap();
    let refused: Vec<&Value> = submitted.as_array().unwrap().iter().filter(|one| one["result"] == "refused").collect();
    assert_eq!((submit.status.code(), refused.len()), (Some(1), 2), "{submitted}");
    assert!(refused.iter().all(|one| one["reason"].as_str().unwrap().contains("待发已满")), "{submitted}");
    assert_eq!(desk.json(&["outbox", "list"]).1.as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["drafts", "list"]).1.as_array().unwrap().len(), 2, "the drafts stay");
}

fn cases(backend: &Backend, home: &Path) -> usize {
    let output = Command::new(support::PROGRAM)
        .env("HOME", home)
        .args(["cases", "list", "--json", "--limit", "1000", "--server", &backend.url])
        .output()
        .unwrap();
    serde_json::from_slice::<Value>(&output.stdout).unwrap().as_array().unwrap().len()
}

#[test]
fn a_day_from_documents_to_cases() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(folder.path());
    let desk = Desk::new(&backend.url);
    let documents = documents(20, 3);
    let file = desk.file("day.jsonl", &documents);
    let (code, imported) = desk.json(&["drafts", "import", &file]);
    assert_eq!((code, imported.as_array().unwrap().len()), (0, 20));
    let (_, drafts) = desk.json(&["drafts", "list"]);
    assert_eq!(drafts.as_array().unwrap().len(), 20);
    assert!(drafts[0]["applicant"].as_str().unwrap().contains('*'), "{drafts}");
    assert!(drafts[0]["itemCode"].is_string() && drafts[0]["updatedAt"].is_string() && drafts[0]["id"].is_string());
    // what was imported comes out as it went in
    let mut exported: Vec<Value> = String::from_utf8(desk.run(&["drafts", "export"]).stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut originals: Vec<Value> = documents.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    exported.sort_by_key(|document| document["id"].to_string());
    originals.sort_by_key(|document| document["id"].to_string());
    assert_eq!(exported, originals);

    let first = drafts[0]["id"].as_str().unwrap();
    let (code, submitted) = desk.json(&["drafts", "submit", first]);
    assert_eq!((code, &submitted[0]["state"]), (0, &json!("queued")));
    assert_eq!(desk.json(&["drafts", "submit", "--all"]).1.as_array().unwrap().len(), 19);
    let (_, queued) = desk.json(&["outbox", "list", "--limit", "3"]);
    assert_eq!(queued.as_array().unwrap().len(), 3);
    assert_eq!((&queued[0]["state"], &queued[0]["attempts"]), (&json!("queued"), &json!(0)));
    assert!(queued[0]["reason"].is_null() && queued[0]["requestNo"].is_null());

    let (code, pushed) = desk.json(&["outbox", "push", "--until-empty"]);
    assert_eq!(code, 0, "{pushed}");
    assert_eq!((&pushed["accepted"], &pushed["waiting"], &pushed["ended"]), (&json!(20), &json!(0), &json!("empty")));
    let (_, shown) = desk.json(&["outbox", "show", first]);
    assert_eq!((&shown["state"], &shown["document"]["id"]), (&json!("accepted"), &json!(first)));
    assert_eq!(shown["receipt"]["requestNo"], shown["requestNo"]);
    assert_eq!(cases(&backend, desk.home.path()), 20);
    // everything again changes nothing
    let (code, again) = desk.json(&["drafts", "import", &file]);
    assert!(code == 0 && again.as_array().unwrap().iter().all(|line| line["result"] == "unchanged"), "{again}");
    assert_eq!(desk.json(&["drafts", "submit", first]).1[0]["result"], "unchanged");
    assert_eq!(desk.json(&["outbox", "push", "--until-empty"]).1["accepted"], 0);
    assert_eq!(cases(&backend, desk.home.path()), 20);
}

#[test]
fn good_lines_are_imported_and_bad_ones_are_told_by_their_number() {
    let desk = Desk::new("http://127.0.0.1:1");
    let mut lines = documents(4, 5);
    let nameless = {
        let mut document: Value = serde_json::from_str(&lines[3]).unwrap();
        document.as_object_mut().unwrap().remove("id");
        document.to_string()
    };
    lines[3] = nameless;
    lines.insert(1, "{\"id\": ".to_owned());
    lines.insert(2, String::new());
    lines.push(changed(&lines[0], "/window", json!("9")));
    lines.push(changed(&lines[0], "/mode", json!("perhaps")));
    let wrong_number = changed(&lines[0], "/id", json!("01a21000-8800-7000-8000-00000000000a"));
    lines.push(changed(&wrong_number, "/applicant/idNumber", json!("429006190001010012")));
    let file = desk.file("mixed.jsonl", &lines);
    let (code, results) = desk.json(&["drafts", "import", &file]);
    assert_eq!(code, 1);
    let told: Vec<(u64, &str)> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["line"].as_u64().unwrap(), line["result"].as_str().unwrap()))
        .collect();
    let (good, bad) = ("imported", "refused");
    assert_eq!(
        told,
        [(1, good), (2, bad), (4, good), (5, good), (6, good), (7, bad), (8, bad), (9, bad)],
        "an empty line is none"
    );
    assert!(results.as_array().unwrap().iter().all(|line| (line["result"] == bad) == line["reason"].is_string()));
    assert_eq!(results[7]["errors"][0]["pointer"], "/applicant/idNumber");
    // the document without an id has got one that stays
    let (_, again) = desk.json(&["drafts", "import", &file]);
    assert_eq!((&again[4]["id"], &again[4]["result"]), (&results[4]["id"], &json!("unchanged")));
    assert_eq!(desk.json(&["drafts", "import", "--as-is", &file]).1[7]["result"], good);
    assert_eq!(desk.run(&["drafts", "import", "/nonexistent"]).status.code(), Some(2));
    assert_eq!(desk.run(&["drafts", "submit"]).status.code(), Some(2));
    assert_eq!(desk.run(&["drafts", "submit", "01a21000-8800-7000-8000-0000000000ff"]).status.code(), Some(1));
}

#[test]
fn a_refusal_has_its_reason_on_the_field_and_can_be_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(folder.path());
    let desk = Desk::new(&backend.url);
    let documents = documents(3, 7);
    let bad = changed(&documents[0], "/items/0/answers/truthful", json!(false));
    let file = desk.file("some.jsonl", &[bad, documents[1].clone(), documents[2].clone()]);
    desk.json(&["drafts", "import", &file]);
    desk.json(&["drafts", "submit", "--all"]);
    let (code, pushed) = desk.json(&["outbox", "push", "--until-empty"]);
    assert_eq!((code, &pushed["accepted"], &pushed["refused"]), (1, &json!(2), &json!(1)), "{pushed}");
    let refused = &desk.json(&["outbox", "list", "--state", "refused"]).1[0];
    assert_eq!((&refused["reason"], &refused["status"]), (&json!("invalid"), &json!(422)));
    assert_eq!(refused["errors"][0]["pointer"], "/items/0/answers/truthful");
    let id = refused["id"].as_str().unwrap();
    let draft = desk.json(&["outbox", "reopen", id]).1;
    let mut again: Value = serde_json::from_slice(&desk.run(&["drafts", "export"]).stdout).unwrap();
    assert_eq!((&again["id"], &again["supersedes"]), (&draft["id"], &json!(id)));
    // corrected elsewhere and brought back under an id of its own
    again["id"] = json!("01a21000-8800-7000-8000-00000000000b");
    again["items"][0]["answers"]["truthful"] = json!(true);
    let corrected = desk.file("corrected.jsonl", &[again.to_string()]);
    assert_eq!(desk.json(&["drafts", "import", &corrected]).0, 0);
    desk.json(&["drafts", "submit", "01a21000-8800-7000-8000-00000000000b"]);
    assert_eq!(desk.json(&["outbox", "push", "--until-empty"]).0, 0);
    assert_eq!(cases(&backend, desk.home.path()), 3);
}

#[test]
fn a_backend_that_stays_away_is_said_and_costs_nothing() {
    let desk = Desk::new("http://127.0.0.1:1");
    let file = desk.file("some.jsonl", &documents(2, 9));
    desk.json(&["drafts", "import", &file]);
    desk.json(&["drafts", "submit", "--all"]);
    for push in [&["outbox", "push"][..], &["outbox", "push", "--until-empty", "--patience", "1"]] {
        let (code, pushed) = desk.json(push);
        assert_eq!((code, &pushed["ended"], &pushed["waiting"]), (3, &json!("unreachable"), &json!(2)));
    }
    let (_, listed) = desk.json(&["outbox", "list"]);
    assert_eq!((&listed[0]["state"], &listed[0]["attempts"]), (&json!("queued"), &json!(0)));
    let id = listed[0]["id"].as_str().unwrap();
    let (code, withdrawn) = desk.json(&["outbox", "withdraw", id]);
    assert_eq!((code, &withdrawn["state"]), (0, &json!("withdrawn")));
    assert_eq!(desk.run(&["outbox", "withdraw", id]).status.code(), Some(1));
}

#[test]
fn a_duplicate_names_the_open_case_and_reopening_acknowledges_it() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(folder.path());
    let desk = Desk::new(&backend.url);
    let first = documents(1, 11).remove(0);
    let second = changed(&first, "/id", json!("01a21000-8800-7000-8000-00000000000c"));
    for document in [first, second] {
        let file = desk.file("one.jsonl", &[document]);
        assert_eq!(desk.json(&["drafts", "import", &file]).0, 0);
        desk.json(&["drafts", "submit", "--all"]);
        desk.json(&["outbox", "push", "--until-empty"]);
    }
    let (_, shown) = desk.json(&["outbox", "show", "01a21000-8800-7000-8000-00000000000c"]);
    assert_eq!((&shown["state"], &shown["reason"]), (&json!("refused"), &json!("duplicate-case")));
    let open = shown["caseNo"].as_str().unwrap();
    assert!(shown["explanation"].as_str().unwrap().contains(open), "{shown}");
    assert_eq!(desk.json(&["outbox", "reopen", "01a21000-8800-7000-8000-00000000000c"]).0, 0);
    assert_eq!(desk.json(&["drafts", "submit", "--all"]).0, 0);
    assert_eq!(desk.json(&["outbox", "push", "--until-empty"]).0, 0, "the clerk knows of the other");
    assert_eq!(cases(&backend, desk.home.path()), 2);
}

#[test]
fn a_log_in_page_in_the_way_is_told_once_and_costs_no_attempt() {
    let door = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let desk = Desk::new(&format!("http://{}", door.local_addr().unwrap()));
    std::thread::spawn(move || {
        let page = "<html>Log in to the network</html>";
        for line in door.incoming() {
            let mut line = line.unwrap();
            // The head of the request; what became of the line is nothing to the page.
            let _ = line.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length:";
            let _ = write!(line, "{head} {}\r\n\r\n{page}", page.len());
        }
    });
    let file = desk.file("some.jsonl", &documents(2, 13));
    desk.json(&["drafts", "import", &file]);
    desk.json(&["drafts", "submit", "--all"]);
    let output = desk.run(&["outbox", "push", "--until-empty", "--patience", "2", "--json"]);
    let pushed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &pushed["ended"]), (Some(3), &json!("captive-portal")), "{pushed}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("网络认证页面").count(), 1, "{said}");
    let (_, listed) = desk.json(&["outbox", "list"]);
    let waits = |one: &Value| one["state"] == "queued" && one["attempts"] == 0 && one["inDoubt"] == false;
    assert!(listed.as_array().unwrap().iter().all(waits), "{listed}");
}

#[test]
fn a_document_with_a_number_that_would_lose_digits_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(folder.path());
    let desk = Desk::new(&backend.url);
    let document = documents(1, 3).remove(0).replacen('{', r#"{"sum":9007199254740993,"#, 1);
    let (code, imported) = desk.json(&["drafts", "import", &desk.file("day.jsonl", &[document])]);
    assert_eq!((code, &imported[0]["result"]), (1, &json!("refused")));
    let reason = imported[0]["reason"].as_str().unwrap();
    assert!(reason.contains("9007199254740993") && reason.contains("位数"), "{reason}");
}
