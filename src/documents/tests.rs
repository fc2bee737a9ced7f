//! Every document in both languages, and what holds at any width.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::item::{Item, SituationAnswers};
use crate::domain::receipt::{OwedMaterial, Receipt, ReceiptCase};
use crate::domain::site::{Admission, Elsewhere, Role};
use crate::locale::{Language, Locale};
use crate::text::width;

const PAPER: Paper = Paper { width: 64, ascii: false };

fn sample_receipt() -> Receipt {
    let case = |number: u32, name: &str, owed: Vec<OwedMaterial>| ReceiptCase {
        case_no: format!("4290062026112300017-{number:02}"),
        item_code: "11429006MB1C00000052008001001".to_owned(),
        item_name: name.to_owned(),
        department: "天门市民政局".to_owned(),
        due: (number == 1).then(|| date(2026, 12, 21)),
        received: vec!["居民身份证".to_owned(), "居民户口簿".to_owned()],
        owed,
    };
    let owed = vec![
        OwedMaterial { name: "银行卡复印件".to_owned(), until: Some(date(2026, 12, 1)) },
        OwedMaterial { name: "委托书".to_owned(), until: None },
    ];
    Receipt {
        request_id: Uuid::nil(),
        request_no: "SL4290062026112300017".to_owned(),
        query_code: "7K3M9Q".to_owned(),
        practice: true,
        site: "桃湖村便民服务站".to_owned(),
        window: "1".to_owned(),
        clerk: "李文".to_owned(),
        applicant: "张*兰".to_owned(),
        agent: Some("王*".to_owned()),
        // half past nine on the 24th in China
        received_at: "2026-11-24T01:30:00Z".parse::<Timestamp>().unwrap(),
        cases: vec![case(1, "高龄津贴申领", owed), case(2, "老年人优待证办理", Vec::new())],
    }
}

fn sample_slip() -> Provisional {
    Provisional {
        local_no: "L-1124-07".to_owned(),
        practice: false,
        items: vec!["高龄津贴申领".to_owned()],
        applicant: "张*兰".to_owned(),
        submitted_at: "2026-11-24T01:30:00Z".parse().unwrap(),
        site: "桃湖村便民服务站".to_owned(),
        window: "1".to_owned(),
        clerk: "李文".to_owned(),
        received: vec!["居民身份证".to_owned()],
        owed: Vec::new(),
    }
}

fn sample_item() -> Item {
    toml::from_str(
        r#"
        id = "elderly-allowance"
        code = "11429006MB1C00000542051101100"
        catalog-code = "420511011000"
        version = 3
        name = "高龄津贴申领"
        item-type = "05"
        domain = "elderly-care"
        department = "天门市民政局"
        audience = ["person"]
        use-level = "county"
        project-type = "promised"
        legal-limit = { days = 20, unit = "working" }
        promised-limit = { days = 1, unit = "working" }
        conditions = ["具有本市户籍", "年满80周岁"]
        flow = ["村（社区）收件", "镇（街道）初审", "民政局确认"]
        trips = 1
        handle-area = "city"
        four-ways = { nearby = true, once = true }
        basis = ["《中华人民共和国老年人权益保障法》第三十三条"]
        place = "桃湖村便民服务站1号窗口"
        hours = "工作日 8:30–12:00，14:30–17:30"
        result = "津贴按月发放至银行卡"
        form = "elderly-allowance@1"
        sample = ["code", "conditions", "materials", "place"]

        [[situations]]
        id = "who"
        question = "由谁来办？"
        options = [{ id = "self", label = "本人" }, { id = "agent", label = "他人代办" }]

        [[materials]]
        code = "id-card"
        name = "居民身份证"
        originals = 1
        copies = 2
        source = "government"
        exempt = "电子证照"

        [[materials]]
        code = "proxy"
        name = "委托书"
        form = "paper"
        originals = 1
        deferrable = true
        when = ["who=agent"]
        note = "须有本人签名或手印。"
        "#,
    )
    .unwrap()
}

fn render_notice(item: &Item, answers: &SituationAnswers, locale: &Locale, paper: Paper) -> Vec<Line> {
    let admission = Admission {
        role: Some(Role::Agency),
        elsewhere: vec![Elsewhere {
            phone: String::new(),
            metres: None,
            name: "岳口镇便民服务中心".to_owned(),
            address: "岳口镇健康路1号".to_owned(),
            hours: "工作日 8:30–17:30".to_owned(),
            role: Role::Direct,
        }],
    };
    let day = date(2026, 11, 24);
    notice(
        &Notice { item, answers, admission: &admission, practice: true, site: "桃湖村便民服务站", day },
        locale,
        paper,
    )
}

#[test]
fn every_document_reads_well_in_both_languages() {
    for language in Language::ALL {
        let locale = Locale::of(language);
        let tag = language.tag();
        insta::assert_snapshot!(format!("receipt-{tag}"), to_text(&receipt(&sample_receipt(), &locale, PAPER)));
        insta::assert_snapshot!(format!("provisional-{tag}"), to_text(&provisional(&sample_slip(), &locale, PAPER)));
        let lines = render_notice(&sample_item(), &SituationAnswers::new(), &locale, PAPER);
        insta::assert_snapshot!(format!("notice-{tag}"), to_text(&lines));
    }
}

#[test]
fn the_slip_does_not_look_like_the_receipt() {
    for language in Language::ALL {
        let locale = Locale::of(language);
        let slip = provisional(&sample_slip(), &locale, PAPER);
        assert!(slip.iter().all(|line| line.style != Style::Code));
        assert!(slip.iter().any(|line| line.style == Style::Strong));
        let text = to_text(&slip);
        assert!(text.contains("L-1124-07"));
        for word in ["doc-receipt-title", "doc-request-no", "doc-query-code"] {
            let label = locale.format("doc-field", &[("label", locale.text(word).into())]);
            assert!(!text.lines().any(|line| line.trim_start().starts_with(&label)), "{label}");
        }
    }
}

#[test]
fn practice_is_said_only_in_practice() {
    let locale = Locale::of(Language::Chinese);
    let banner = "不是真实办件";
    assert!(to_text(&receipt(&sample_receipt(), &locale, PAPER)).contains(banner));
    let real = Receipt { practice: false, ..sample_receipt() };
    assert!(!to_text(&receipt(&real, &locale, PAPER)).contains(banner));
    assert_ne!(qr_content(&real), qr_content(&sample_receipt()));
}

#[test]
fn answers_decide_the_list_of_materials() {
    let (locale, item) = (Locale::of(Language::Chinese), sample_item());
    let text = |answers: &[(&str, &str)]| {
        let answers = answers.iter().map(|(id, option)| ((*id).to_owned(), (*option).to_owned())).collect();
        to_text(&render_notice(&item, &answers, &locale, PAPER))
    };
    assert!(text(&[]).contains("仅当：由谁来办？ 他人代办"));
    assert!(!text(&[("who", "self")]).contains("委托书"));
    let agent = text(&[("who", "agent")]);
    assert!(agent.contains("委托书") && !agent.contains("仅当"));
}

#[test]
fn sample_elements_are_marked() {
    let locale = Locale::of(Language::Chinese);
    let marked = to_text(&render_notice(&sample_item(), &SituationAnswers::new(), &locale, PAPER));
    assert!(marked.contains("【示例】") && marked.contains("办理地点*") && marked.contains("受理条件*"));
    assert!(!marked.contains("法定办结时限*"));
    let verified = Item { sample: Vec::new(), ..sample_item() };
    let text = to_text(&render_notice(&verified, &SituationAnswers::new(), &locale, PAPER));
    assert!(!text.contains('*') && !text.contains("【示例】"));
}

#[test]
fn an_item_without_conditions_lists_none() {
    let locale = Locale::of(Language::English);
    let bare = Item { materials: Vec::new(), situations: Vec::new(), legal_limit: None, ..sample_item() };
    let text = to_text(&render_notice(&bare, &SituationAnswers::new(), &locale, PAPER));
    assert!(text.contains("Nothing has to be handed in.") && text.contains("none is laid down"));
    assert!(!text.contains("Your situation"));
}

#[test]
fn control_characters_do_not_reach_the_paper() {
    let mut hostile = sample_receipt();
    hostile.applicant = "张\u{1b}[2J*".to_owned();
    hostile.cases[0].received.push("户口簿\u{7}\u{202e}".to_owned());
    let text = to_text(&receipt(&hostile, &Locale::of(Language::Chinese), PAPER));
    assert!(!text.contains(|c: char| c.is_control() && c != '\n') && !text.contains('\u{202e}'));
}

#[test]
fn every_word_has_a_sentence() {
    let locale = Locale::of(Language::Chinese);
    let text = include_str!("words.rs").to_owned()
        + include_str!("notice.rs")
        + include_str!("receipt.rs")
        + include_str!("sheet.rs");
    let keys: Vec<&str> =
        text.split('"').filter(|part| part.starts_with("doc-") && !part.contains(['{', ' '])).collect();
    assert!(keys.len() > 60);
    for key in keys.into_iter().chain([
        "doc-type-01",
        "doc-type-05",
        "doc-type-07",
        "doc-type-08",
        "doc-type-09",
        "doc-type-10",
        "doc-type-20",
    ]) {
        assert!(locale.has(key), "{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_line_is_wider_than_the_paper(columns in 16usize..120, ascii: bool) {
        let paper = Paper { width: columns, ascii };
        for language in Language::ALL {
            let locale = Locale::of(language);
            let notice = render_notice(&sample_item(), &SituationAnswers::new(), &locale, paper);
            for line in [receipt(&sample_receipt(), &locale, paper), provisional(&sample_slip(), &locale, paper), notice].concat() {
                prop_assert!(width(&line.text) <= columns, "{:?} is {} wide", line.text, width(&line.text));
            }
        }
    }
}
