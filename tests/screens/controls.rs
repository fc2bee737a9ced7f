//! Every control by keyboard alone, in the sample item that has them all.

use onewindow::app::intake::{Over, PartId};
use onewindow::locale::Language;
use serde_json::{Value, json};

use crate::desk::{Desk, Look};

/// The item with every control.
const ITEM: &str = "bdkjyl";
/// Numbers of people who do not exist.
const CHILD: &str = "429006190001010011";
const ADULT: &str = "42900619000101002X";

impl Desk {
    /// Opens the item with every control, behind the page of the applicant, some of whose fields are called the same.
    pub fn open_controls(&mut self) {
        self.open_intake(ITEM);
        self.press("page-down");
    }

    /// The value of a field of the form's own part, as typed.
    fn stored(&self, pointer: &str) -> Value {
        let data = &self.intake().part(PartId::Form).unwrap().data;
        data.pointer(pointer).cloned().unwrap_or(Value::Null)
    }

    /// Adds entries of these names to the open page's group of family members.
    pub fn add_members(&mut self, names: &[&str]) {
        for (index, name) in names.iter().enumerate() {
            // The first is there from the beginning: the group must not be empty.
            if index > 0 {
                self.press("ctrl-n");
            }
            self.type_text(name);
        }
    }
}

fn open(pointer: &str) -> Desk {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_controls();
    desk.go_to(pointer);
    desk
}

fn errors(desk: &Desk, pointer: &str) -> Vec<String> {
    let errors = &desk.intake().part(PartId::Form).unwrap().view.errors;
    errors.iter().filter(|error| error.pointer == pointer).map(|error| error.keyword.clone()).collect()
}

#[test]
fn what_is_typed_is_what_is_meant() {
    let day = json!("2024-03-01");
    let table: &[(&str, &[&str], Value)] = &[
        ("/name", &[" 张三 ", "张\u{1b}[31m三\u{7}", "张三\n", "\u{feff}张三"], json!("张三")),
        ("/name", &["阿卜杜拉·买买提"], json!("阿卜杜拉·买买提")),
        ("/name", &["葛\u{e0100}𠮷"], json!("葛\u{e0100}𠮷")),
        ("/story", &["一\r\n二\t三"], json!("一\n二 三")),
        ("/count", &["3", "３", " 3 ", "3\n", "+3"], json!(3)),
        ("/count", &["三"], json!("三")),
        ("/area", &["88.5", "８８．５", "88。5"], json!(88.5)),
        ("/income", &["1,200.5", "1200.50", "１，２００．５", "1200.5元", "1 200.5"], json!(1200.5)),
        ("/income", &["1,5"], json!("1,5")),
        (
            "/since",
            &[
                "20240301",
                "2024-3-1",
                "2024.3.1",
                "2024/3/1",
                "2024年3月1日",
                "2024年3月1号",
                "２０２４－３－１",
                "2024-03-01\n",
            ],
            day,
        ),
        ("/since", &["2024-02-30"], json!("2024-02-30")),
        ("/visitAt", &["2024-3-1 9:30", "20240301 0930", "2024年3月1日9时30分"], json!("2024-03-01T09:30:00+08:00")),
        ("/callAt", &["9:30", "0930", "9点30分", "９：３０"], json!("09:30:00")),
        (
            "/idNumber",
            &[ADULT, "42900619000101002x", "４２９００６１９０００１０１００２Ｘ", "429006 19000101 002X"],
            json!(ADULT),
        ),
        ("/creditCode", &["91420106ma4kxxxx1y", "９１４２０１０６ＭＡ４ＫＸＸＸＸ１Ｙ"], json!("91420106MA4KXXXX1Y")),
        ("/mobile", &["13900000000", "139-0000-0000", "139 0000 0000", "１３９００００００００"], json!("13900000000")),
        ("/postcode", &["431700", "４３１７００"], json!("431700")),
        ("/bankAccount", &["6222000000000000004", "6222 0000 0000 0000 004"], json!("6222000000000000004")),
    ];
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_controls();
    for (pointer, texts, expected) in table {
        if *pointer == "/since" && desk.stored("/local").is_null() {
            desk.go_to("/local");
            desk.press("space");
        }
        // From wherever the field before was: its page may lie before this one.
        for _ in 0..8 {
            desk.press("page-up");
        }
        desk.press("page-down");
        desk.go_to(pointer);
        for text in *texts {
            desk.press("alt-a");
            desk.paste(text);
            assert_eq!(desk.stored(pointer), *expected, "{pointer} pasted {text:?}");
            if text.chars().all(|c| !c.is_control() && c != ' ') {
                desk.press("ctrl-u ctrl-k");
                desk.type_text(text);
                assert_eq!(desk.stored(pointer), *expected, "{pointer} typed {text:?}");
            }
        }
    }
}

#[test]
fn yes_and_no_are_toggled_and_typed() {
    let mut desk = open("/local");
    assert!(desk.shows("[ ]") && desk.stored("/local").is_null(), "unanswered is neither");
    for (key, expected) in
        [("space", true), ("space", false), ("right", true), ("n", false), ("y", true), ("否", false)]
    {
        desk.press(key);
        assert_eq!(desk.stored("/local"), json!(expected), "{key}");
    }
    assert!(desk.shows("[ ] 否"));
    desk.press("x");
    assert_eq!(desk.stored("/local"), json!(false), "no answer");
    desk.press("ctrl-z");
    assert_eq!(desk.stored("/local"), json!(true), "a choice can be taken back");
    desk.press("ctrl-y backspace");
    assert!(desk.stored("/local").is_null());
}

#[test]
fn a_day_is_picked_from_the_calendar() {
    let mut desk = open("/local");
    desk.press("space tab space");
    assert!(desk.shows("2026年11月") && desk.shows("一  二  三  四  五  六  日"), "{}", desk.picture());
    desk.press("page-up down left enter");
    assert_eq!(desk.stored("/since"), json!("2026-10-29"));
    desk.press("space");
    desk.type_text("1950-3");
    assert!(desk.shows("1950年3月"), "{}", desk.picture());
    desk.press("end esc");
    desk.advance(600);
    assert_eq!(desk.stored("/since"), json!("2026-10-29"), "Esc takes nothing");
    desk.press("space");
    desk.type_text("19500312");
    desk.press("enter");
    assert_eq!(desk.stored("/since"), json!("1950-03-12"));
    desk.press("ctrl-z");
    assert_eq!(desk.stored("/since"), json!("2026-10-29"), "what was picked can be taken back");
    desk.press("space");
    desk.type_text("2024 3 1");
    desk.press("enter");
    assert_eq!(desk.stored("/since"), json!("2024-03-01"), "and between the parts of a date");
    desk.press("ctrl-z tab space enter");
    desk.type_text(" 9:30");
    assert_eq!(
        desk.stored("/visitAt"),
        json!("2026-11-23T09:30:00+08:00"),
        "a blank after the day goes on to the time"
    );
}

#[test]
fn ticks_are_kept_by_escape_and_saved_within_a_second() {
    let mut desk = open("/needs");
    desk.press("space space down down space");
    assert_eq!(desk.stored("/needs"), json!(["food", "doctor"]));
    desk.advance(1_000);
    let saved = &desk.saves().last().unwrap().body.parts["form"]["needs"];
    assert_eq!(*saved, json!(["food", "doctor"]));
    desk.press("esc");
    desk.advance(600);
    assert!(desk.intake().over.is_none());
    assert_eq!(desk.stored("/needs"), json!(["food", "doctor"]));
    desk.press("ctrl-z");
    assert_eq!(desk.stored("/needs"), json!(["food"]));
    desk.type_text("pb");
    desk.press("space enter");
    assert_eq!(desk.stored("/needs"), json!(["food", "talk"]), "found by its initials");
}

#[test]
fn an_area_is_found_by_levels_and_by_search() {
    let mut desk = open("/residence");
    desk.press("space");
    assert!(desk.shows("居住地 · 湖北省"), "{}", desk.picture());
    desk.type_text("tianmen");
    desk.press("right");
    assert!(desk.shows("居住地 · 湖北省天门市"), "{}", desk.picture());
    desk.type_text("yk");
    desk.press("right down enter");
    assert_eq!(desk.stored("/residence"), json!("429006107002"));
    desk.press("space");
    assert!(desk.shows("居住地 · 湖北省天门市岳口镇"), "it opens where the value is");
    desk.press("left enter");
    assert_eq!(desk.stored("/residence"), json!("429006107000"));
    desk.press("space");
    desk.type_text("tianmen hetang");
    desk.press("enter");
    assert_eq!(desk.stored("/residence"), json!("429006107201"), "a blank stands between two words");
}

#[test]
fn numbers_are_grouped_and_masked_where_nobody_types_them() {
    let mut desk = open("/idNumber");
    desk.type_text(ADULT);
    assert!(desk.shows(ADULT), "while it is typed it is as it is typed");
    assert!(desk.shows("1900-01-01") && desk.shows("女"), "what follows from it is there at once");
    desk.fill("/mobile", "13900000000");
    desk.fill("/bankAccount", "6222000000000000004");
    assert!(desk.shows("6222 0000 0000 0000 004"), "a card is typed in fours: {}", desk.picture());
    desk.press("home right right right right right");
    let (column, row) = desk.terminal.cursor();
    assert!(desk.terminal.text(0, row, column).ends_with("6222 0"), "the caret stands behind five digits");
    desk.press("tab");
    for hidden in [ADULT, "13900000000", "139 0000 0000", "6222000000000000004", "6222 0000"] {
        assert!(!desk.shows(hidden), "{hidden}: {}", desk.picture());
    }
    assert!(desk.shows("429006********002X") && desk.shows("139****0000") && desk.shows("0004"), "{}", desk.picture());
}

/// All of the review page, from its first row.
fn review_page(desk: &mut Desk) -> String {
    let mut seen = String::new();
    desk.press("home");
    for _ in 0..6 {
        seen += &desk.picture();
        desk.press("page-down");
    }
    seen
}

#[test]
fn the_review_page_masks_what_is_sensitive_until_it_is_asked_for() {
    let mut desk = open("/idNumber");
    desk.type_text(ADULT);
    desk.fill("/mobile", "13900000000");
    desk.press("f9");
    let (masked, plain) = ("429006********002X", "429006 19000101 002X");
    let masks = |desk: &mut Desk, when: &str| {
        let seen = review_page(desk);
        assert!(seen.contains(masked) && !seen.contains(plain) && !seen.contains("0101 002X"), "{when}: {seen}");
        assert!(!seen.contains("139 0000 0000"), "{when}: {seen}");
    };
    let reveals = |desk: &mut Desk| {
        desk.press("ctrl-l");
        let seen = review_page(desk);
        assert!(seen.contains(plain) && seen.contains("139 0000 0000") && !seen.contains(masked), "{seen}");
    };
    masks(&mut desk, "at first");
    assert!(desk.shows("Ctrl-L"), "{}", desk.picture());
    reveals(&mut desk);
    desk.press("ctrl-l");
    masks(&mut desk, "by the same key");
    reveals(&mut desk);
    desk.press("esc esc f9");
    masks(&mut desk, "left and opened again");
    reveals(&mut desk);
    desk.press("f3");
    desk.press("esc esc");
    assert_eq!(desk.model.screen().unwrap().state().title(), "title-review");
    masks(&mut desk, "another screen lay over it");
    reveals(&mut desk);
    desk.backstage.disk_full = true;
    desk.press("f12");
    desk.backstage.disk_full = false;
    desk.type_text("practice");
    desk.press("enter");
    if desk.model.screen().unwrap().state().title() != "title-review" {
        desk.press("f9");
    }
    masks(&mut desk, "the desk was locked");
}

#[test]
fn a_page_with_nothing_sensitive_offers_nothing_to_show() {
    let mut desk = open("/name");
    desk.press("f9");
    assert!(!desk.shows("Ctrl-L"), "{}", desk.picture());
}

#[test]
fn a_number_keeps_every_digit_that_is_typed_or_says_so() {
    let mut desk = open("/count");
    desk.type_text("9007199254740993");
    desk.press("tab backtab");
    assert_eq!(desk.stored("/count"), json!("9007199254740993"));
    assert!(desk.shows("9007199254740993") && desk.shows("数字最多 15 位，现在 16 位"), "{}", desk.picture());
}

#[test]
fn a_text_of_several_lines_has_its_own_arrows() {
    let mut desk = open("/story");
    desk.type_text("一二");
    desk.press("ctrl-j");
    desk.type_text("三四");
    desk.press("alt-enter");
    desk.type_text("五");
    assert_eq!(desk.stored("/story"), json!("一二\n三四\n五"));
    desk.press("up up");
    desk.type_text("〇");
    assert_eq!(desk.stored("/story"), json!("一〇二\n三四\n五"));
    desk.press("up");
    assert!(desk.intake().focus.as_ref().unwrap().pointer() == "/secret", "above the first row is the field before");
    desk.press("down down");
    assert!(desk.intake().focus.as_ref().unwrap().pointer() == "/count", "and below the last the next");
    desk.press("up enter");
    assert!(desk.intake().focus.as_ref().unwrap().pointer() == "/count", "Enter goes on");
}

#[test]
fn undo_belongs_to_the_field_however_often_it_was_left() {
    let mut desk = open("/name");
    desk.type_text("张三");
    desk.press("tab");
    desk.type_text("因病");
    desk.press("backtab ctrl-z");
    assert_eq!(desk.stored("/name"), Value::Null);
    assert_eq!(desk.stored("/secret"), json!("因病"));
    desk.press("ctrl-y tab ctrl-z");
    assert_eq!((desk.stored("/name"), desk.stored("/secret")), (json!("张三"), Value::Null));
}

#[test]
fn undo_knows_what_was_typed_before_it_was_read() {
    let mut desk = open("/local");
    desk.press("space tab");
    desk.type_text("2024年3月1日");
    desk.press("tab backtab");
    assert_eq!(desk.intake().editor.as_ref().unwrap().text(), "2024-03-01");
    desk.press("ctrl-z");
    assert_eq!(desk.intake().editor.as_ref().unwrap().text(), "2024年3月1日");
    assert_eq!(desk.stored("/since"), json!("2024-03-01"));
}

#[test]
fn a_draft_resumes_at_its_caret() {
    let mut desk = open("/name");
    desk.type_text("陈桂芳");
    desk.press("left f8 f3 enter");
    desk.type_text("小");
    assert_eq!(desk.stored("/name"), json!("陈桂小芳"));
}

#[test]
fn entries_move_and_what_is_kept_with_them_moves_too() {
    let mut desk = open("/members/0/name");
    desk.add_members(&["甲一", "乙二", "丙三"]);
    let names = |desk: &Desk| -> Vec<String> {
        let members = desk.stored("/members");
        members.as_array().unwrap().iter().map(|member| member["name"].as_str().unwrap().to_owned()).collect()
    };
    desk.press("tab");
    desk.press("ctrl-e ctrl-e ctrl-e");
    assert_eq!(names(&desk), ["丙三", "甲一", "乙二"], "the first goes no higher");
    assert_eq!(desk.intake().focus.as_ref().unwrap().pointer(), "/members/0/relation");
    desk.press("ctrl-x");
    assert_eq!(names(&desk), ["甲一", "丙三", "乙二"]);
    assert!(desk.intake().shown_error(PartId::Form, "/members/0/relation").is_none(), "only where the clerk has been");
    desk.press("backtab ctrl-z");
    assert_eq!(
        names(&desk),
        ["甲一", "丙三", "乙二"],
        "undo never takes the text of another entry: {}",
        desk.picture()
    );
}

#[test]
fn removed_entries_come_back_one_by_one() {
    let mut desk = open("/members/0/name");
    desk.add_members(&["甲一", "乙二", "丙三"]);
    let before = desk.stored("/members");
    desk.press("ctrl-t ctrl-t");
    assert_eq!(desk.stored("/members").as_array().unwrap().len(), 1);
    desk.press("ctrl-t");
    assert!(desk.shows("不能再减少"), "{}", desk.picture());
    desk.press("ctrl-z ctrl-z");
    assert_eq!(desk.stored("/members"), before);
}

#[test]
fn an_entry_is_gone_to_by_its_number_or_its_name() {
    let mut desk = open("/members/0/name");
    let names: Vec<String> = (1..=12).map(|number| format!("成员{number}号")).collect();
    desk.add_members(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for (typed, pointer) in [("7", "/members/6/name"), ("12", "/members/11/name"), ("cy3", "/members/2/name")] {
        desk.press("ctrl-g");
        desk.type_text(typed);
        desk.press("enter");
        assert_eq!(desk.intake().focus.as_ref().unwrap().pointer(), pointer, "{typed}");
    }
    assert!(desk.shows("家庭成员 3/12 成员3号") && desk.shows("家庭成员 12/12 成员12号"), "{}", desk.picture());
}

#[test]
fn only_the_open_entry_of_a_full_page_shows_its_fields() {
    let mut desk = open("/members/0/name");
    desk.add_members(&["甲一", "乙二", "丙三", "丁四", "戊五"]);
    desk.go_to("/members/4/idNumber");
    desk.type_text(CHILD);
    assert!(desk.shows(CHILD));
    desk.press("ctrl-g");
    assert!(matches!(desk.intake().over, Some(Over::Entries { .. })));
    desk.press("home enter");
    assert!(!desk.shows(CHILD) && desk.shows("家庭成员 5/5 戊五  429006********0011"), "{}", desk.picture());
    let said = desk.terminal.rows().iter().filter(|row| row.contains("1/5")).count();
    assert_eq!(said, 1, "an entry says its number once: {}", desk.picture());
}

#[test]
fn a_list_with_detail_opens_the_entry_that_is_worked_on() {
    let mut desk = open("/visits");
    desk.press("ctrl-n");
    desk.type_text("20261101");
    desk.press("tab");
    desk.type_text("林练习");
    desk.press("ctrl-n");
    desk.type_text("20261102");
    assert!(desk.shows("走访记录 1/2 2026-11-01  林练习"), "{}", desk.picture());
    let fields = desk.terminal.rows().iter().filter(|row| row.contains("走访人")).count();
    assert_eq!(fields, 1, "{}", desk.picture());
}

#[test]
fn a_card_fills_the_entry_in_which_it_is_read_and_nothing_else() {
    let mut desk = open("/members/0/name");
    desk.add_members(&["甲一", "乙二"]);
    let card = [("name", "陈小明"), ("idNumber", CHILD), ("address", "岳口镇")];
    desk.backstage.card = Some(card.map(|(term, text)| (term.to_owned(), text.to_owned())).into());
    desk.press("tab f6");
    assert_eq!(desk.stored("/members/1/name"), json!("陈小明"));
    assert_eq!(desk.stored("/members/1/idNumber"), json!(CHILD));
    assert_eq!(desk.stored("/members/0/name"), json!("甲一"));
    desk.press("page-up f6");
    assert_eq!(desk.stored("/idNumber"), json!(CHILD), "on a page of one person it is that person's");
    desk.press("page-up page-up");
    assert_eq!(desk.stored("/name"), Value::Null, "a page that is not open is left alone");
}

#[test]
fn what_may_be_owed_is_promised_with_a_reason_and_a_date() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_controls();
    assert!(desk.shows("8容缺"), "{}", desk.picture());
    desk.press("f7");
    for _ in 0..40 {
        if desk.intake().page_ref().unwrap().part == PartId::Owed {
            break;
        }
        desk.press("f7");
    }
    assert!(desk.shows("证书编号"), "{}", desk.picture());
    desk.type_text("20261120");
    desk.press("tab");
    desk.type_text("证书在单位");
    desk.press("backtab");
    assert!(desk.shows("应在今天之后"), "{}", desk.picture());
    desk.press("alt-a");
    desk.type_text("20261201");
    desk.press("tab");
    assert_eq!(desk.intake().part(PartId::Owed).unwrap().view.errors, []);
    for _ in 0..8 {
        desk.press("page-up");
    }
    desk.fill("/certificateNo", "HB-1");
    assert!(desk.intake().pages().iter().all(|page| page.part != PartId::Owed));
    desk.press("ctrl-u");
    assert!(desk.intake().pages().iter().any(|page| page.part == PartId::Owed));
    let promise = &desk.intake().part(PartId::Owed).unwrap().data["promises"];
    assert!(promise.to_string().contains("证书在单位"), "what was promised is not forgotten");
}

#[test]
fn the_request_carries_the_promise() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_controls();
    desk.fill_controls();
    let review = desk.intake().review.as_ref().unwrap();
    let request = &review.outcome.as_ref().unwrap_or_else(|_| panic!("{}", desk.picture())).request;
    let [owed] = &request.items[0].owed[..] else { panic!("{:?}", request.items[0].owed) };
    assert_eq!((owed.pointer.as_str(), owed.reason.as_str()), ("/certificateNo", "证书在单位"));
    assert_eq!(owed.until.to_string(), "2026-12-01");
}

#[test]
fn the_review_page_cuts_nothing_off() {
    let mut desk = open("/story");
    let long = "困难情况".repeat(60);
    desk.paste(&long);
    desk.press("ctrl-j");
    desk.type_text("第二行");
    desk.resize(60, 20);
    desk.press("f9 home");
    let mut seen = String::new();
    for _ in 0..8 {
        let rows = desk.terminal.rows();
        seen += &rows.iter().map(|row| row.trim_start_matches(['>', ' '])).collect::<String>();
        desk.press("page-down");
    }
    assert_eq!(seen.matches("困难").count() + seen.matches("困\n难").count(), 60, "{seen}");
    assert!(seen.contains("第二行"));
}

#[test]
fn every_control_can_be_filled_in_english_at_sixty_columns() {
    let mut desk = Desk::new(Look { language: Language::English, ascii: true });
    desk.resize(60, 20);
    desk.open_controls();
    desk.fill_controls();
    let outcome = &desk.intake().review.as_ref().unwrap().outcome;
    assert!(outcome.is_ok(), "{outcome:?} {}", desk.picture());
    assert_eq!(errors(&desk, "/certificateNo"), [""; 0]);
}

impl Desk {
    /// Fills everything that the item with every control asks, owing one field, and opens the review page.
    fn fill_controls(&mut self) {
        self.press("page-up");
        self.fill_applicant();
        self.press("page-down");
        self.fill("/name", "陈桂芳");
        self.fill("/count", "3");
        self.fill("/income", "1200.5");
        self.go_to("/kind");
        self.press("right");
        self.go_to("/needs");
        self.press("space space esc");
        self.advance(600);
        self.choose("/residence", "岳口镇");
        self.fill("/idNumber", ADULT);
        self.fill("/mobile", "13900000000");
        self.fill("/members/0/name", "陈小明");
        self.go_to("/members/0/relation");
        self.press("right");
        self.go_to("/truthful");
        self.press("space");
        for _ in 0..3 {
            self.press("page-down");
        }
        self.type_text("2026年12月1日");
        self.press("tab");
        self.type_text("证书在单位");
        self.press("f9");
    }
}
