//! Every document in both languages, and what holds at any width.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::away::Away;
use crate::domain::bundle::Bundle;
use crate::domain::item::{CrossMode, Item, Limit, LimitUnit, Material, ProjectType, SituationAnswers};
use crate::domain::receipt::{OwedMaterial, Receipt, ReceiptCase};
use crate::domain::site::{Admission, Elsewhere, Role};
use crate::locale::{Language, Locale};
use crate::text::width;
use crate::vault::{FieldFault, Reason, RefusedItem};

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
        mode: String::new(),
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
        &Notice {
            item,
            answers,
            admission: &admission,
            practice: true,
            site: "桃湖村便民服务站",
            day,
            known: None,
            under_questions: false,
        },
        locale,
        paper,
    )
}

/// The sample item beside one that is done at once, for which less is asked.
fn side_by_side(locale: &Locale, paper: Paper) -> Vec<Line> {
    let other = Item {
        name: "老年人优待证办理".to_owned(),
        project_type: ProjectType::Instant,
        promised_limit: None,
        materials: sample_item().materials.into_iter().take(1).map(|it| Material { exempt: None, ..it }).collect(),
        ..sample_item()
    };
    let admission = Admission { role: Some(Role::Direct), elsewhere: Vec::new() };
    let left = Side { item: &sample_item(), admission: &admission };
    let pair = Comparison {
        left,
        right: Side { item: &other, admission: &admission },
        practice: true,
        day: date(2026, 11, 24),
    };
    comparison(&pair, locale, paper)
}

fn elsewhere(locale: &Locale, paper: Paper) -> Vec<Line> {
    let item = Item { cross_modes: vec![CrossMode::Collect, CrossMode::Joint], ..sample_item() };
    let site = Elsewhere {
        name: "岳口镇便民服务中心".to_owned(),
        address: "岳口镇健康路1号".to_owned(),
        hours: "工作日 8:30–17:30".to_owned(),
        phone: "0728-0001108".to_owned(),
        role: Role::Direct,
        metres: Some(1_234),
    };
    let admission = Admission { role: Some(Role::Agency), elsewhere: vec![site] };
    let place = Some(("湖北省武汉市武昌区", Some(Away::Reached(&item.cross_modes))));
    whither(
        &Whither { item: &item, admission: &admission, place, practice: false, day: date(2026, 11, 24) },
        locale,
        paper,
    )
}

fn linked(locale: &Locale, paper: Paper) -> Vec<Line> {
    let bundle: Bundle = toml::from_str(
        r#"
        id = "b"
        code = "YJS-1"
        version = 1
        name = "老年人福利一件事"
        department = "天门市民政局"
        conditions = ["年满80周岁"]
        items = [{ item = "elderly-allowance" }, { item = "card", optional = true, after = ["elderly-allowance"] }]
        links = [{ from = "elderly-allowance", output = "津贴决定书", to = "card", material = "decision" }]
        "#,
    )
    .unwrap();
    let first = sample_item();
    let mut second = Item { id: "card".to_owned(), name: "优待证".to_owned(), ..sample_item() };
    let decision = Material {
        code: "decision".to_owned(),
        name: "津贴决定书".to_owned(),
        exempt: None,
        ..second.materials[0].clone()
    };
    second.materials.push(decision);
    let admission = Admission { role: Some(Role::Direct), elsewhere: Vec::new() };
    let part = |index: usize, item| BundlePart { place: &bundle.items[index], item, admission: &admission };
    let (answers, parts) = (SituationAnswers::new(), [part(0, &first), part(1, &second)]);
    let notice = BundleNotice {
        bundle: &bundle,
        parts: &parts,
        answers: &answers,
        lists_items: true,
        practice: true,
        site: "桃湖村便民服务站",
        day: date(2026, 11, 24),
    };
    bundle_notice(&notice, locale, paper)
}

#[test]
fn the_pages_that_help_to_choose_read_well_in_both_languages() {
    for language in Language::ALL {
        let locale = Locale::of(language);
        let pages = [side_by_side(&locale, PAPER), elsewhere(&locale, PAPER), linked(&locale, PAPER)].concat();
        insta::assert_snapshot!(format!("choosing-{}", language.tag()), to_text(&pages));
    }
}

#[test]
fn validity_is_said_at_the_top() {
    let locale = Locale::of(Language::Chinese);
    let text = |item: &Item| to_text(&render_notice(item, &SituationAnswers::new(), &locale, PAPER));
    assert!(!text(&sample_item()).contains("停办"));
    let over = Item { cancel_date: Some(date(2026, 11, 23)), ..sample_item() };
    assert!(text(&over).contains("本事项已于2026年11月23日停办，不再收件"));
    let last_day = Item { cancel_date: Some(date(2026, 11, 24)), ..sample_item() };
    assert!(text(&last_day).contains("停办日期") && !text(&last_day).contains("不再收件"));
    let early = Item { effective_date: Some(date(2026, 11, 25)), ..sample_item() };
    assert!(text(&early).contains("自2026年11月25日起办理"));
    let place = Some(("岳口镇", Some(Away::Own)));
    let admission = Admission { role: Some(Role::Direct), elsewhere: Vec::new() };
    let page = Whither { item: &over, admission: &admission, place, practice: false, day: date(2026, 11, 24) };
    let said = to_text(&whither(&page, &locale, PAPER));
    assert!(said.contains("已于2026年11月23日停办"), "{said}");
    let taken = locale.format("doc-away-own", &[("place", "岳口镇".into())]);
    let open = Whither { item: &last_day, ..page };
    assert!(!said.contains(&taken) && to_text(&whither(&open, &locale, PAPER)).contains(&taken), "{said}");
}

#[test]
fn the_time_saved_is_counted_in_one_unit_only() {
    let locale = Locale::of(Language::Chinese);
    let text = |item: &Item| to_text(&render_notice(item, &SituationAnswers::new(), &locale, PAPER));
    assert!(text(&sample_item()).contains("承诺1个工作日，法定20个工作日，少95%"));
    let natural = Some(Limit { days: 1, unit: LimitUnit::Natural });
    assert!(!text(&Item { promised_limit: natural, ..sample_item() }).contains('%'));
    let at_once = Item { project_type: ProjectType::Instant, promised_limit: None, ..sample_item() };
    assert!(text(&at_once).contains("承诺当场办结，法定20个工作日，少100%"));
    assert!(text(&Item { legal_limit: None, ..sample_item() }).contains("承诺1个工作日（法定未规定）"));
}

#[test]
fn sample_forms_stand_with_their_material_while_it_is_asked() {
    let locale = Locale::of(Language::Chinese);
    let mut item = sample_item();
    item.materials[1].example = vec!["委托书".to_owned(), "委托人：某某某".to_owned()];
    let text = |who: &str| to_text(&render_notice(&item, &[("who".to_owned(), who.to_owned())].into(), &locale, PAPER));
    assert!(text("agent").contains("示例样表") && text("agent").contains("  | 委托人：某某某"));
    assert!(!text("self").contains("示例样表"));
}

#[test]
fn every_document_reads_well_in_both_languages() {
    for language in Language::ALL {
        let locale = Locale::of(language);
        let tag = language.tag();
        insta::assert_snapshot!(
            format!("receipt-{tag}"),
            to_text(&receipt(&sample_receipt(), &[], |_| None, &locale, PAPER))
        );
        insta::assert_snapshot!(format!("provisional-{tag}"), to_text(&provisional(&sample_slip(), &locale, PAPER)));
        let lines = render_notice(&sample_item(), &SituationAnswers::new(), &locale, PAPER);
        insta::assert_snapshot!(format!("notice-{tag}"), to_text(&lines));
    }
}

#[test]
fn a_receipt_says_which_items_were_not_taken_and_what_to_do() {
    let fields = vec![FieldFault {
        pointer: "/items/1/answers/account".to_owned(),
        keyword: "required".to_owned(),
        code: "required".to_owned(),
        message: "银行账号必填".to_owned(),
    }];
    let refused = [RefusedItem {
        item_code: "X".to_owned(),
        item_name: "老年人优待证办理".to_owned(),
        reason: Reason { status: Some(422), fields, ..Reason::of("invalid") },
        reopened_as: None,
    }];
    let locale = Locale::of(Language::Chinese);
    let text = |refused: &[RefusedItem]| to_text(&receipt(&sample_receipt(), refused, |_| None, &locale, PAPER));
    let said = text(&refused);
    for part in ["未收事项", "老年人优待证办理：内容不符合要求", "银行账号必填", "另行提交"]
    {
        assert!(said.contains(part), "{part}:\n{said}");
    }
    assert!(!text(&[]).contains("未收事项"));
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
    assert!(to_text(&receipt(&sample_receipt(), &[], |_| None, &locale, PAPER)).contains(banner));
    let real = Receipt { practice: false, ..sample_receipt() };
    assert!(!to_text(&receipt(&real, &[], |_| None, &locale, PAPER)).contains(banner));
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
    let text = to_text(&receipt(&hostile, &[], |_| None, &Locale::of(Language::Chinese), PAPER));
    assert!(!text.contains(|c: char| c.is_control() && c != '\n') && !text.contains('\u{202e}'));
}

#[test]
fn every_word_has_a_sentence() {
    let locale = Locale::of(Language::Chinese);
    let text = include_str!("words.rs").to_owned()
        + include_str!("notice.rs")
        + include_str!("bundle.rs")
        + include_str!("comparison.rs")
        + include_str!("figures.rs")
        + include_str!("whither.rs")
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
            let others = [side_by_side(&locale, paper), elsewhere(&locale, paper), linked(&locale, paper)].concat();
            let slips = [receipt(&sample_receipt(), &[], |_| None, &locale, paper), provisional(&sample_slip(), &locale, paper)].concat();
            for line in [slips, notice, others].concat() {
                prop_assert!(width(&line.text) <= columns, "{:?} is {} wide", line.text, width(&line.text));
            }
        }
    }
}
