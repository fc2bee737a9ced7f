//! What the commands say of a damaged store, what they go on with, and what they leave in its audit trail.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};

use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use super::{Desk, documents};

/// A desk with no backend in reach, and as many drafts.
fn desk_with(count: usize) -> Desk {
    let desk = Desk::new("http://127.0.0.1:1");
    let file = desk.file("some.jsonl", &documents(count, 11));
    assert_eq!(desk.json(&["drafts", "import", &file]).0, 0);
    desk
}

/// Runs a statement on the desk's store behind the program's back; gives the first column.
fn sql(desk: &Desk, statement: &str) -> Vec<String> {
    let path = desk.path("data/practice.vault");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(statement.to_owned())).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    })
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn one_damaged_record_is_named_and_stops_no_other() {
    let desk = desk_with(3);
    sql(&desk, "UPDATE drafts SET body = zeroblob(40) WHERE rowid = 2");
    let (_, drafts) = desk.json(&["drafts", "list"]);
    let exported = desk.run(&["drafts", "export"]);
    assert_eq!(
        (exported.status.code(), exported.stdout.split(|byte| *byte == b'\n').count()),
        (Some(1), 3),
        "{exported:?}"
    );
    let (code, again) = desk.json(&["drafts", "import", &desk.path("some.jsonl")]);
    let results: Vec<&str> = again.as_array().unwrap().iter().map(|line| line["result"].as_str().unwrap()).collect();
    assert_eq!((code, results.iter().filter(|result| **result == "unchanged").count()), (1, 2), "{again}");
    let (code, health) = desk.json(&["vault", "check"]);
    assert_eq!((code, &health["damaged"][0]["place"], &health["rescue"]), (1, &json!("drafts.body"), &json!(null)));
    let damaged = health["damaged"][0]["id"].as_str().unwrap().to_owned();
    assert!(said(&exported).contains(&damaged) && drafts.to_string().contains(&damaged), "{exported:?}");
    let (code, submitted) = desk.json(&["drafts", "submit", "--all"]);
    let refused: Vec<_> =
        submitted.as_array().unwrap().iter().filter(|one| one["result"] == "refused").map(|one| &one["id"]).collect();
    assert_eq!((code, submitted.as_array().unwrap().len(), refused), (1, 3, vec![&json!(damaged)]), "{submitted}");

    sql(&desk, "UPDATE outbox SET draft = zeroblob(40) WHERE seq = 1");
    let file = desk.path("queue");
    let (code, exported) = desk.json(&["outbox", "export", &file]);
    assert_eq!((code, &exported["requests"], exported["damaged"].as_array().unwrap().len()), (1, &json!(1), 1));
    assert!(fs::metadata(&file).unwrap().len() > 0);
    let (_, listed) = desk.json(&["outbox", "list", "--state", "queued"]);
    assert_eq!(listed.as_array().unwrap().len(), 2, "what stays behind is still queued");
    let again = desk.run(&["outbox", "export", &file]);
    assert!(again.status.code() == Some(2) && said(&again).contains("写不进去"), "written over unasked: {again:?}");
    let nowhere = desk.run(&["outbox", "export", "/nonexistent/q"]);
    assert!(nowhere.status.code() == Some(2) && said(&nowhere).contains("写不进去"), "{nowhere:?}");
}

#[test]
fn every_command_tells_of_a_rescue_until_somebody_was_told_on_the_screen() {
    let desk = desk_with(2);
    assert_eq!(desk.json(&["vault", "check"]).0, 0);
    let mut file = fs::OpenOptions::new().write(true).open(desk.path("data/practice.vault")).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&[0xa5; 4096]).unwrap();
    drop(file);
    let looked = desk.run(&["drafts", "list"]);
    assert!(looked.status.code() == Some(1) && said(&looked).contains("受损"), "{looked:?}");
    for _ in 0..2 {
        let output = desk.run(&["outbox", "push"]);
        assert!(said(&output).contains("曾受损"), "{output:?}");
        let (code, health) = desk.json(&["vault", "check"]);
        assert_eq!((code, &health["damaged"], &health["rescue"]["rescued"]), (1, &json!([]), &json!(0)));
        assert!(health["rescue"]["kept"].as_str().unwrap().contains("damaged"), "{health}");
        assert!(!said(&desk.run(&["vault", "check"])).contains("与写入时一致"));
        assert!(desk.json(&["outbox", "push"]).1["rescue"]["lost"].is_u64());
        assert!(said(&desk.run(&["drafts", "list"])).contains("曾受损"));
    }
}

#[test]
fn what_is_done_to_the_store_as_a_whole_is_in_its_audit_trail() {
    let desk = desk_with(1);
    let key = desk.path("recovery-key");
    assert_eq!(desk.run(&["vault", "recovery-key", "--out", &key]).status.code(), Some(0));
    // The next unlocking takes the key into use.
    assert_eq!(desk.json(&["drafts", "submit", "--all"]).0, 0);
    let (first, second) =
        (desk.file("first", &["another one".to_owned()]), desk.file("second", &["a third one".to_owned()]));
    assert_eq!(desk.run(&["vault", "passwd", "--new-passphrase-file", &first]).status.code(), Some(0));
    let recover = desk.run(&["vault", "recover", "--recovery-file", &key, "--new-passphrase-file", &second]);
    assert_eq!(recover.status.code(), Some(0), "{recover:?}");
    fs::copy(&second, desk.path("password")).unwrap();
    assert_eq!(desk.run(&["outbox", "export", &desk.path("queue")]).status.code(), Some(0));
    let trail = sql(&desk, "SELECT action FROM audit ORDER BY seq DESC LIMIT 3");
    assert_eq!(trail, ["export-outbox", "recover", "change-password"]);
    assert_eq!(desk.run(&["vault", "check"]).status.code(), Some(0));
}
