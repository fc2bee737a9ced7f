//! What follows from another finding, and what points at two files.

use super::*;

/// The keys of what is found.
fn keys(folder: &Folder) -> Vec<&'static str> {
    check(folder).1.iter().map(|finding| finding.key.trim_start_matches("catalogue-check-")).collect()
}

#[test]
fn what_follows_from_an_unread_item_is_not_told() {
    assert_eq!(keys(&changed(ITEM_PATH, "trips = 1", "trips = many")), ["unreadable"]);
}

#[test]
fn what_follows_from_any_other_unread_file_is_not_told() {
    assert_eq!(keys(&changed(MANIFEST, "version = 1", "version = one")), ["unreadable"]);
    assert_eq!(keys(&without(MANIFEST)), ["no-manifest"]);
    assert_eq!(keys(&changed(MANIFEST, "name_en = \"Civil affairs\"\n", "")), ["domain-untranslated"]);
    assert_eq!(keys(&changed(SCHEMA_PATH, "{", "")), ["unreadable"]);
    assert_eq!(keys(&changed(UI_PATH, "{", "")), ["unreadable"]);
    assert_eq!(keys(&changed(SITE_PATH, "\"town\"", "\"hall\"")), ["unreadable"]);
    let with_list = |list: &str| {
        let options = format!("\"x-options\": {{\"list\": \"bank\", \"version\": {list}}}, \"title\"");
        let mut folder = changed(SCHEMA_PATH, "\"title\": \"开户", &format!("{options}: \"开户"));
        let broken = folder.files[LIST_PATH].replacen('[', "", 1);
        folder.files.insert(LIST_PATH.to_owned(), broken.into());
        keys(&folder)
    };
    assert_eq!(with_list("1"), ["unreadable"]);
    assert_eq!(with_list("2"), ["unreadable", "list-missing"], "that one is another's fault");
}

#[test]
fn of_two_items_with_one_code_both_are_named_with_their_lines() {
    let other = "items/civil-affairs/other.toml";
    let (_, findings) = check(&with(other, &ITEM.replace("80周岁以上老年人高龄津贴发放", "x")));
    let twice = findings.iter().find(|finding| finding.key == "catalogue-check-code-twice").unwrap();
    assert_eq!((twice.file.as_str(), twice.line), (other, Some(1)));
    assert!(twice.args.contains(&("other", format!("{ITEM_PATH}:1").into())), "{twice:?}");
}

#[test]
fn a_list_that_is_missing_is_an_error_and_told_once() {
    let options = "\"x-options\": {\"list\": \"banks\", \"version\": 1}, \"title\": \"开户";
    let (_, findings) = check(&changed(SCHEMA_PATH, "\"title\": \"开户", options));
    let found: Vec<_> = findings.iter().map(|finding| (finding.severity, finding.key)).collect();
    assert_eq!(found, [(Severity::Error, "catalogue-check-list-missing")], "{findings:?}");
    assert_eq!(findings[0].pointer.as_deref(), Some("/properties/bank/x-options"));
}
