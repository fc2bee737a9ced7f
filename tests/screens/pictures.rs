//! Pictures of every screen, each in three sizes, with and without colours and symbols, in both languages.

use std::fmt::Write as _;

use onewindow::locale::Language;
use onewindow::vault::{FieldFault, Reason};

use crate::desk::{Desk, Look};

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (60, 20)];

/// Holds the screen to which a story leads to its snapshot, in all variants.
pub fn pictures(name: &str, start: fn(Look) -> Desk, story: impl Fn(&mut Desk)) {
    let mut album = String::new();
    for language in Language::ALL {
        let mut shown: Vec<Vec<String>> = Vec::new();
        for ascii in [false, true] {
            let mut desk = start(Look { language, ascii });
            story(&mut desk);
            for (index, (columns, rows)) in SIZES.into_iter().enumerate() {
                desk.resize(columns, rows);
                let picture = desk.terminal.rows();
                if ascii {
                    differences(&mut album, &desk, &shown[index], &picture);
                } else {
                    whole(&mut album, &desk, &picture, language == Language::Chinese && index == 0);
                    shown.push(picture);
                }
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, album));
}

fn heading(album: &mut String, desk: &Desk, look: &str) {
    let size = desk.terminal.size();
    let (column, row) = desk.terminal.cursor();
    let cursor = if desk.terminal.shows_cursor() { format!("cursor {column},{row}") } else { "no cursor".to_owned() };
    let language = desk.model.shared.locale.language();
    writeln!(album, "==== {}x{} {language} {look}, {cursor}", size.width, size.height).unwrap();
}

fn whole(album: &mut String, desk: &Desk, picture: &[String], with_styles: bool) {
    heading(album, desk, "colour");
    for row in picture {
        writeln!(album, "|{row}").unwrap();
    }
    if with_styles {
        album.push_str("---- styles by row: from column to column\n");
        for row in 0..desk.terminal.size().height {
            let styles = desk.terminal.styles(row);
            if !styles.is_empty() {
                writeln!(album, "{row:>3}: {}", styles.join("; ")).unwrap();
            }
        }
    }
}

/// In ASCII only the rows that look different.
fn differences(album: &mut String, desk: &Desk, other: &[String], picture: &[String]) {
    heading(album, desk, "ascii, rows that differ");
    for (row, (other, text)) in other.iter().zip(picture).enumerate() {
        if other != text {
            writeln!(album, "{row:>3}|{text}").unwrap();
        }
    }
}

#[test]
fn sign_in() {
    pictures("sign-in", Desk::signed_out, |desk| {
        desk.type_text("practice");
        desk.press("enter");
        desk.type_text("secret");
        desk.press("enter");
        desk.type_text("abc");
    });
}

#[test]
fn locked() {
    pictures("locked", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill("/name", "陈桂芳");
        desk.press("f12");
    });
}

#[test]
fn old_password() {
    pictures("old-password", Desk::signed_out, |desk| {
        desk.backstage.store_password = Some("older".to_owned());
        for text in ["practice", "practice"] {
            desk.type_text(text);
            desk.press("enter");
        }
    });
}

#[test]
fn recover() {
    pictures("recover", Desk::signed_out, |desk| {
        desk.type_text("practice");
        desk.press("alt-r");
        for text in ["WRONG", "new password", "new password"] {
            desk.type_text(text);
            desk.press("enter");
        }
    });
}

#[test]
fn change_password() {
    pictures("change-password", Desk::new, |desk| {
        desk.press("alt-p");
        desk.type_text("secret");
        desk.press("enter");
    });
}

#[test]
fn notice() {
    pictures("notice", Desk::signed_out, |desk| {
        let locale = std::sync::Arc::clone(&desk.model.shared.locale);
        let mut opened = crate::backstage::opened(desk.now);
        let key = "8Q2M-0000-1111-2222-3333-4444-5555-6666-7777-8888-9999-AAAA-BBBB-CCCC";
        opened.recovery_key = Some(onewindow::app::Secret(key.to_owned()));
        opened.notices.push(locale.format("sync-vault-held", &[("holder", "process 4711, user li".into())]));
        desk.send(onewindow::app::Msg::Reply(None, Box::new(onewindow::app::Reply::SignedIn(Ok(Box::new(opened))))));
    });
}

#[test]
fn read_only() {
    pictures("read-only", Desk::new, |desk| {
        desk.model.shared.desk.read_only = true;
        desk.press("f3");
    });
}

#[test]
fn catalogue() {
    pictures("catalogue", Desk::new, |desk| desk.press("down"));
}

#[test]
fn catalogue_searching() {
    pictures("catalogue-searching", Desk::new, |desk| desk.type_text("gljt"));
}

#[test]
fn catalogue_filters() {
    pictures("catalogue-filters", Desk::new, |desk| desk.press("ctrl-f right down down right down space"));
}

#[test]
fn catalogue_filtered() {
    pictures("catalogue-filtered", Desk::new, |desk| {
        desk.press("ctrl-f right down down right down space esc");
        desk.advance(600);
    });
}

#[test]
fn guide() {
    pictures("guide", Desk::new, |desk| desk.open_guide("gljt"));
}

#[test]
fn guide_scrolled() {
    pictures("guide-scrolled", Desk::new, |desk| {
        desk.open_guide("gljt");
        desk.press("tab right page-down");
    });
}

#[test]
fn intake_applicant() {
    pictures("intake-1-applicant", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill("/name", "陈桂芳");
        desk.fill("/idNumber", "429006190001010029");
        desk.press("tab");
    });
}

#[test]
fn intake_agent() {
    pictures("intake-2-agent", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.go_to("/handler");
        desk.press("right page-down");
    });
}

#[test]
fn intake_elder() {
    pictures("intake-3-elder", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.choose("/forWhom", "被监护的老年人");
        desk.fill("/birthDate", "2000-1-1");
        desk.press("tab");
    });
}

#[test]
fn intake_account() {
    pictures("intake-4-account", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.go_to("/alsoGets");
        desk.press("space space down space enter");
        desk.fill("/bankAccount", "6222000000000000004");
    });
}

#[test]
fn intake_materials() {
    pictures("intake-5-materials", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.go_to("/situations/moved");
        desk.press("right");
        desk.go_to("/materials/stop-proof/received");
        desk.press("right right");
    });
}

#[test]
fn intake_delivery() {
    pictures("intake-6-delivery", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.choose("/method", "快递");
        desk.press("tab");
    });
}

#[test]
fn intake_picker() {
    pictures("intake-picker", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.go_to("/registeredArea");
        desk.press("space");
        desk.type_text("tianmen");
        desk.press("down");
    });
}

#[test]
fn intake_picker_multiple() {
    pictures("intake-picker-multiple", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.go_to("/alsoGets");
        desk.press("space space down space");
    });
}

#[test]
fn intake_repeat_group() {
    pictures("intake-repeat-group", Desk::new, |desk| {
        desk.open_intake("dbsq");
        desk.go_to("/members");
        desk.press("ctrl-n");
        desk.type_text("陈小明");
        desk.press("ctrl-n");
    });
}

#[test]
fn controls_text_and_numbers() {
    pictures("controls-1-text", Desk::new, |desk| {
        desk.open_controls();
        desk.fill("/name", "欧阳阿卜杜拉·买买提");
        desk.fill("/secret", "因病");
        desk.go_to("/story");
        desk.paste("第一行\n第二行\n第三行\n第四行");
        desk.fill("/income", "1234567.5");
        desk.press("backtab backtab backtab");
    });
}

#[test]
fn controls_dates_and_choices() {
    pictures("controls-2-choices", Desk::new, |desk| {
        desk.open_controls();
        desk.go_to("/local");
        desk.press("space tab");
        desk.type_text("2024年3月1日");
        desk.press("tab");
        desk.type_text("2026-12-1 9:30");
        desk.go_to("/needs");
        desk.press("space space down down space enter");
        desk.choose("/residence", "yk");
    });
}

#[test]
fn controls_numbers() {
    pictures("controls-3-numbers", Desk::new, |desk| {
        desk.open_controls();
        desk.fill("/idNumber", "42900619000101002X");
        desk.fill("/creditCode", "1");
        desk.fill("/mobile", "13900000000");
        desk.fill("/bankAccount", "6222000000000000004");
    });
}

#[test]
fn controls_entries() {
    pictures("controls-4-entries", Desk::new, |desk| {
        desk.open_controls();
        desk.go_to("/members/0/name");
        desk.add_members(&["甲一", "乙二", "丙三", "丁四"]);
        desk.press("tab right tab");
        desk.type_text("429006190001010011");
        desk.go_to("/visits");
        desk.press("ctrl-n");
        desk.type_text("20261101");
        desk.press("tab");
        desk.type_text("林练习");
        desk.press("ctrl-n");
    });
}

#[test]
fn calendar() {
    pictures("over-calendar", Desk::new, |desk| {
        desk.open_controls();
        desk.go_to("/local");
        desk.press("space tab space down");
    });
}

#[test]
fn areas() {
    pictures("over-areas", Desk::new, |desk| {
        desk.open_controls();
        desk.go_to("/residence");
        desk.press("space");
        desk.type_text("tianmen");
        desk.press("right down");
    });
}

#[test]
fn entries() {
    pictures("over-entries", Desk::new, |desk| {
        desk.open_controls();
        desk.go_to("/members/0/name");
        desk.add_members(&["甲一", "乙二", "丙三"]);
        desk.press("ctrl-g up");
    });
}

#[test]
fn owed() {
    pictures("owed", Desk::new, |desk| {
        desk.open_controls();
        for _ in 0..8 {
            desk.press("page-down");
        }
        desk.type_text("20261101");
        desk.press("tab");
    });
}

#[test]
fn review_with_errors() {
    pictures("review-with-errors", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill("/name", "陈桂芳");
        desk.press("f9");
    });
}

#[test]
fn review() {
    pictures("review-ready", Desk::new, Desk::review_allowance);
    pictures("review-revealed", Desk::new, |desk| {
        desk.review_allowance();
        desk.press("ctrl-l");
    });
}

#[test]
fn provisional() {
    pictures("provisional-slip", Desk::new, |desk| {
        desk.go_offline();
        desk.review_allowance();
        desk.press("f9");
    });
}

#[test]
fn receipt() {
    pictures("receipt", Desk::new, |desk| {
        desk.review_allowance();
        desk.press("f9");
        desk.accept();
    });
}

#[test]
fn refusal() {
    pictures("refusal", Desk::new, |desk| {
        desk.review_allowance();
        desk.press("f9");
        let fault = FieldFault {
            pointer: "/items/0/answers/residentSince".to_owned(),
            keyword: "check".to_owned(),
            code: String::new(),
            message: "本地户籍起始日不能早于出生日期".to_owned(),
        };
        let detail = "1 field is not as the form asks".to_owned();
        desk.refuse(&Reason { status: Some(422), detail, fields: vec![fault], ..Reason::of("invalid") });
    });
}

#[test]
fn drafts() {
    pictures("drafts", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill_applicant();
        desk.press("f8 f2");
        desk.advance(60_000);
        desk.open_intake("dbsq");
        desk.press("tab");
        desk.fill("/name", "王");
        desk.press("backspace f8 f3");
    });
}

#[test]
fn outbox() {
    pictures("outbox", Desk::new, |desk| {
        desk.review_allowance();
        desk.press("f9");
        desk.accept();
        desk.press("f9");
        desk.go_offline();
        desk.review_allowance();
        desk.press("f9 f4");
    });
}

#[test]
fn cases() {
    pictures("cases", Desk::new, |desk| {
        desk.review_allowance();
        desk.press("f9");
        desk.accept();
        desk.press("f5");
    });
}

#[test]
fn cases_offline() {
    pictures("cases-offline", Desk::new, |desk| {
        desk.go_offline();
        desk.press("f5");
    });
}

#[test]
fn case() {
    pictures("case", Desk::new, |desk| {
        desk.review_allowance();
        desk.press("f9");
        desk.accept();
        desk.press("f5 enter");
    });
}

#[test]
fn help() {
    pictures("help", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.press("f1");
    });
}

#[test]
fn menu() {
    pictures("menu", Desk::new, |desk| {
        desk.open_guide("gljt");
        desk.press("f10 down");
    });
}

#[test]
fn confirm() {
    pictures("confirm", Desk::new, |desk| {
        desk.open_intake("gljt");
        desk.fill("/name", "陈桂芳");
        desk.press("ctrl-d");
    });
}

#[test]
fn too_small() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.resize(39, 9);
    assert_eq!(desk.terminal.rows()[0], "窗口太小，请放大到至少 40 列 10 行。");
    desk.resize(80, 24);
    assert!(desk.shows("事项目录"));
}
