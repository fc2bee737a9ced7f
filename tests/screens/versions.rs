//! Drafts whose form has another version by now.

use std::collections::BTreeSet;

use onewindow::app::Effect;
use onewindow::app::intake::{PartId, Target};
use onewindow::domain::item::FormRef;
use onewindow::vault::{FieldFault, Reason};
use serde_json::json;
use uuid::Uuid;

use crate::backstage::{Renewed, form_with, items};
use crate::desk::{Desk, Look};

const ACCOUNT: &str = "6222000000000000004";

/// The form of 高龄津贴 as version 2 has it.
fn renewed() -> Renewed {
    let item = items().find(|item| item.name.contains("高龄津贴")).unwrap();
    let form = form_with(&item.form, |schema| {
        let properties = schema["properties"].as_object_mut().unwrap();
        // Moved by its term.
        let mut holder = properties.shift_remove("accountHolder").unwrap();
        holder["x-term"] = json!("bank.holder");
        properties.insert("bank".to_owned(), json!({"type": "object", "properties": {"holder": holder}}));
        // No longer asked: a choice, and something sensitive.
        properties.shift_remove("livesWhere").unwrap();
        properties.shift_remove("bankAccount").unwrap();
        properties.insert("kin".to_owned(), json!({"type": "string", "title": "紧急联系人"}));
        // Laid out anew, it has no rules.
        schema["required"] = json!(["birthDate", "bank"]);
    });
    Renewed { reference: FormRef { version: 2, ..item.form.clone() }, form: Some(form), old_is_lost: false }
}

/// A desk that has a draft of the first version.
fn desk_with_draft() -> Desk {
    let mut desk = Desk::new(Look::CHINESE);
    desk.resize(60, 20);
    desk.open_intake("gljt");
    desk.fill_allowance();
    desk.press("f8");
    desk
}

/// Everything that the notice says, read page by page.
fn read(desk: &mut Desk) -> String {
    let mut pages = Vec::new();
    for _ in 0..20 {
        let page = desk.picture();
        if pages.last() == Some(&page) {
            break;
        }
        pages.push(page);
        desk.press("page-down");
    }
    pages.concat()
}

#[test]
fn the_clerk_reads_what_became_of_a_draft_of_an_older_form() {
    let mut desk = desk_with_draft();
    let before = desk.backstage.drafts.values().next().unwrap().clone();
    desk.backstage.renewed = Some(renewed());
    desk.press("f3 enter");
    assert!(desk.shows("表单已更新") && desk.shows("银行账号"), "{}", desk.picture());
    desk.resize(60, 10);
    assert!(desk.shows("下面还有"), "{}", desk.picture());
    let told = read(&mut desk);
    for line in ["elderly-allowance@1", "elderly-allowance@2", "居住情况：居家", "紧急联系人", "换了位置"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.contains("银行账号") && !told.contains(ACCOUNT) && !told.contains("6222 0000"), "{told}");

    desk.resize(60, 20);
    // Whoever only looks has the draft as it was, and reads the same again.
    let saved = desk.saves().len();
    desk.press("f9 tab tab tab");
    desk.advance(5_000);
    desk.press("esc");
    desk.advance(5_000);
    assert_eq!(desk.saves().len(), saved);
    assert_eq!(desk.backstage.drafts[&before.id], before);
    desk.press("f3 enter");
    assert!(desk.shows("表单已更新"), "{}", desk.picture());

    desk.press("enter");
    desk.go_to("/kin");
    desk.type_text("陈小明");
    desk.advance(5_000);
    let draft = desk.backstage.drafts[&before.id].clone();
    assert_eq!(draft.body.form.version, 2);
    assert!(draft.body.revision > before.body.revision);
    let typed = &draft.body.parts["form"];
    assert_eq!((&typed["bank"]["holder"], &typed["kin"]), (&json!("陈桂芳"), &json!("陈小明")));
    assert_eq!(typed["birthDate"], before.body.parts["form"]["birthDate"]);
    assert!(typed.get("livesWhere").is_none());
    desk.press("esc");
    desk.advance(5_000);
    desk.press("f3 enter");
    assert!(!desk.shows("表单已更新"), "once is enough: {}", desk.picture());
}

#[test]
fn a_form_that_cannot_be_had_is_told_and_nothing_is_lost() {
    // Without the old version what has no place in the new one is named all the same.
    let mut desk = desk_with_draft();
    desk.backstage.renewed = Some(Renewed { old_is_lost: true, ..renewed() });
    desk.press("f3 enter");
    let told = read(&mut desk);
    assert!(told.contains("只能按栏目的位置对照") && told.contains("Lives Where"), "{told}");
    assert!(!told.contains(ACCOUNT) && !told.contains("陈桂芳"), "whether it is sensitive nobody knows: {told}");
    desk.press("esc");
    assert_eq!(desk.value(PartId::Form, "/birthDate").as_deref(), Some("1900-01-01"));

    // Without the new one the draft goes on as it was.
    let mut desk = desk_with_draft();
    desk.backstage.renewed = Some(Renewed { form: None, ..renewed() });
    desk.press("f3 enter");
    assert!(desk.shows("表单已有新版"), "{}", desk.picture());
    assert_eq!(
        (desk.intake().form.version, desk.value(PartId::Form, "/accountHolder").as_deref()),
        (1, Some("陈桂芳"))
    );
}

#[test]
fn a_locked_desk_hides_what_changed_and_tells_it_again() {
    let mut desk = desk_with_draft();
    desk.backstage.renewed = Some(renewed());
    desk.press("f3 enter f12");
    assert!(!desk.shows("居家") && !desk.shows("表单已更新"), "{}", desk.picture());
    desk.type_text("practice");
    desk.press("enter");
    assert!(desk.shows("表单已更新"), "{}", desk.picture());
}

#[test]
fn a_refused_request_is_corrected_on_the_newer_form() {
    let mut desk = desk_with_draft();
    let mut draft = desk.backstage.drafts.values().next().unwrap().clone();
    desk.press("f3 enter f9 f9");
    let sent = submitted(&desk);
    desk.refuse(&Reason::of("form-retired"));
    let fault = FieldFault {
        pointer: "/items/0/answers/accountHolder".to_owned(),
        keyword: "x".to_owned(),
        code: "x".to_owned(),
        message: "户名与账号不符".to_owned(),
    };
    draft.body.supersedes = Some(draft.id);
    draft.id = Uuid::from_u128(77);
    (draft.body.revision, draft.body.refused) = (0, vec![fault]);
    desk.backstage.drafts.insert(draft.id, draft);
    desk.backstage.renewed = Some(renewed());
    desk.press("f3 enter");
    assert!(desk.shows("表单已更新"), "{}", desk.picture());
    desk.press("esc");
    desk.advance(600);
    assert_eq!(
        desk.intake().focus,
        Some(Target::Field("/bank/holder".to_owned())),
        "the objection moved with its field"
    );
    assert!(desk.shows("户名与账号不符"), "{}", desk.picture());
    desk.press("f9");
    desk.press("f9");
    let again = submitted(&desk);
    assert_eq!((sent.items[0].form.version, again.items[0].form.version), (1, 2));
    assert_eq!(again.supersedes, Some(sent.id));
    // What is in the outbox is what the citizen saw.
    let ids: BTreeSet<Uuid> = [sent.id, again.id].into();
    assert_eq!(ids.len(), 2);
    assert_eq!(sent.items[0].answers["accountHolder"], "陈桂芳");
    assert_eq!(desk.saves().last().unwrap().body.form.version, 2, "the draft is what was sent");
}

/// The request that was handed to the outbox last.
fn submitted(desk: &Desk) -> onewindow::domain::request::Request {
    let last = desk.backstage.log.iter().rev().find_map(|effect| match effect {
        Effect::Submit(submission) => Some(submission.request.clone()),
        _ => None,
    });
    last.unwrap_or_else(|| panic!("nothing was submitted:\n{}", desk.picture()))
}
