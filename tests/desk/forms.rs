//! A form that has another version when a draft of the earlier one is opened again.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::support::backend::{Backend, CLERK, PASSWORD};
use super::support::{Key, PROGRAM};
use super::{ANY_PORT, Desk, leave, says_the_password};

const FORM: &str = "forms/elderly-allowance";
const ITEM: &str = "items/civil-affairs/elderly-allowance.toml";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A file of the catalogue, with some words exchanged, under another name or its own.
fn exchange(catalogue: &Path, from: &str, to: &str, words: &[(&str, &str)]) {
    let mut text = fs::read_to_string(catalogue.join(from)).unwrap();
    for (old, new) in words {
        assert!(text.contains(old), "{from} has no {old}");
        text = text.replace(old, new);
    }
    fs::write(catalogue.join(to), text).unwrap();
}

/// The next edition: the holder's name stands elsewhere, and where the elder lives is asked anew.
fn next_edition(catalogue: &Path) {
    let moved = ("\"accountHolder\"", "\"holderName\"");
    let (schema, ui) = (format!("{FORM}@1.schema.json"), format!("{FORM}@1.ui.json"));
    let anew = [moved, ("\"livesWhere\"", "\"dwelling\""), (",\n      \"x-term\": \"beneficiary.livesWhere\"", "")];
    exchange(catalogue, &schema, &format!("{FORM}@2.schema.json"), &anew);
    let moved = ("/accountHolder\"", "/holderName\"");
    exchange(catalogue, &ui, &format!("{FORM}@2.ui.json"), &[moved, ("/livesWhere", "/dwelling")]);
    exchange(catalogue, ITEM, ITEM, &[("elderly-allowance@1", "elderly-allowance@2"), ("version = 2", "version = 3")]);
}

/// Brings the desk's copy of the catalogue up to date.
fn synchronise(desk: &Desk) {
    let password = desk.home.path().join("password");
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let synced = Command::new(PROGRAM)
        .env("HOME", desk.home.path())
        .args(["catalogue", "sync", "--server", &desk.url, "--user", CLERK, "--data-dir", desk.data.to_str().unwrap()])
        .arg("--passphrase-file")
        .arg(&password)
        .output()
        .unwrap();
    assert!(synced.status.success(), "{synced:?}");
}

#[test]
fn a_draft_of_an_older_form_is_carried_over_and_taken_by_the_backend() {
    let office = tempfile::tempdir().unwrap();
    let catalogue = office.path().join("catalogue");
    copy(Path::new("config/demo"), &catalogue);
    let backend = Backend::live_at(office.path(), ANY_PORT);
    let (desk, address) = (Desk::beside(office, &backend), backend.address().to_owned());
    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.wait_for("恢复密钥");
    session.press(&[Key::F(9)]);
    session.open_allowance();
    session.take_applicant();
    session.take_form();
    session.wait_for("已保存");
    leave(session);
    drop(backend);
    next_edition(&catalogue);
    let _backend = Backend::live_at(desk.office.path(), &address);
    synchronise(&desk);

    let mut session = desk.open();
    says_the_password(&mut session, PASSWORD);
    session.wait_for(">>");
    session.press(&[Key::F(3)]);
    session.wait_for("赵*雨");
    session.press(&[Key::Enter]);
    let told = session.wait_for("表单已更新");
    for line in ["elderly-allowance@2", "居住情况：居家", "新增的栏目", "换了位置"] {
        assert!(told.contains(line), "{line}:\n{told}");
    }
    session.press(&[Key::F(9)]);
    session.wait_gone("表单已更新");
    session.press(&[Key::F(9)]);
    let review = session.wait_for("处错误");
    assert!(review.contains("居住情况"), "only what is asked anew is missing:\n{review}");
    session.press(&[Key::Enter]);
    session.wait_for("2老年人");
    session.wait_at_rest();
    session.choose("*居住情况", "居家");
    session.submit();
    let receipt = session.wait_for("申报号：");
    assert!(receipt.contains("赵*雨"), "{receipt}");
}
