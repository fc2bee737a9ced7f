//! The guide and what leads on from it: figures, comparison, where an item is done, linked matters, withdrawn items.

use std::sync::Arc;

use onewindow::app::{Act, CatalogueData, Effect, Msg, Reply, Screen};
use onewindow::catalogue::{Brief, Catalogue, Synonyms};
use onewindow::domain::item::{CrossMode, Item};
use onewindow::domain::site::Role;

use crate::backstage;
use crate::desk::{Desk, Look};
use crate::pictures::pictures;

/// Everything that the guide says, from its first page to its last.
fn whole(desk: &mut Desk) -> String {
    desk.press("home");
    let mut text = desk.picture();
    for _ in 0..20 {
        desk.press("page-down");
        text.push_str(&desk.picture());
    }
    text
}

#[test]
fn the_guide_tells_what_is_saved_and_what_is_known() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    let text = whole(&mut desk);
    for told in
        ["[网上办] [就近办] [一次办]", "减时限", "减材料", "2项免提交", "减跑动", "减环节", "不收费", "已知栏目"]
    {
        assert!(text.contains(told), "{told}:\n{text}");
    }
    // What is known is known without the clerk: it stands in the form when it opens.
    let told = text.split("栏中已知").next().unwrap().rsplit(' ').next().unwrap().parse::<usize>().unwrap();
    assert!(told > 10, "{told} fields are asked");
}

#[test]
fn the_materials_saved_follow_the_answers() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    assert!(desk.shows("共4项"), "{}", desk.picture());
    desk.press("right");
    assert!(desk.shows("共6项"), "the agent's papers: {}", desk.picture());
}

#[test]
fn a_notice_that_is_handed_out_is_noted_by_the_items_code_alone() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake("gljt");
    desk.fill("/name", "陈桂芳");
    desk.press("f2");
    desk.open_guide("gljt");
    desk.press("ctrl-p ctrl-s");
    let code = backstage::items().find(|item| item.id == "elderly-allowance").unwrap().code.clone();
    let acts: Vec<Act> = desk
        .backstage
        .log
        .iter()
        .filter_map(|effect| match effect {
            Effect::Print { text, act } | Effect::SaveText { text, act, .. } => {
                assert!(text.contains("一次性告知单") && !text.contains("陈"));
                assert!(!text.contains("已知栏目"), "the paper is the citizen's");
                act.clone()
            }
            _ => None,
        })
        .collect();
    let act = |action| Act { action, subject: code.clone() };
    assert_eq!(acts, [act("notice-printed"), act("notice-saved")]);
}

#[test]
fn two_items_are_compared_from_the_list() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.type_text("残疾人生活补贴");
    desk.press("alt-c");
    assert!(desk.shows("(待对比)"), "{}", desk.picture());
    desk.press("ctrl-u");
    desk.type_text("残疾人护理补贴");
    desk.press("alt-c");
    assert!(matches!(desk.model.screen(), Some(Screen::Compare(_))), "{}", desk.picture());
    let text = whole(&mut desk);
    for told in ["困难残疾人生活补贴", "重度残疾人护理补贴", "<> 事项名称", "   实施主体", "申请材料", "居民身份证"]
    {
        assert!(text.contains(told), "{told}:\n{text}");
    }
    desk.press("right");
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(guide)) if guide.item.name.contains("护理")));
    desk.press("esc");
    desk.advance(600);
    assert!(matches!(desk.model.screen(), Some(Screen::Compare(_))));
}

#[test]
fn the_same_key_twice_marks_nothing() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.press("alt-c alt-c");
    assert!(desk.shows("已取消对比") && desk.model.shared.marked.is_none());
    desk.press("alt-c esc");
    desk.advance(600);
    desk.press("ctrl-u");
    desk.type_text("临时救助");
    desk.press("alt-c");
    assert!(matches!(desk.model.screen(), Some(Screen::Compare(_))), "marked in a guide, compared from the list");
}

#[test]
fn the_competent_place_is_picked_by_pinyin_and_decides_what_this_desk_does() {
    // 全省通办, collected here: 残疾人证换领.
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("残疾人证换领");
    desk.press("alt-w");
    assert!(desk.shows("还没有选"), "{}", desk.picture());
    desk.type_text("w");
    desk.type_text("uchang");
    desk.press("enter");
    assert!(desk.shows("武昌区"), "{}", desk.picture());
    assert!(desk.shows("异地代收代办：本站点核验身份") || desk.shows("全程网办：引导"), "{}", desk.picture());
    desk.press("f9");
    assert_eq!(desk.intake().item.name, "残疾人证换领");
}

#[test]
fn a_place_out_of_reach_is_not_taken_for() {
    // 高龄津贴 is taken anywhere in the county.
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.press("alt-w enter");
    desk.type_text("jingling");
    desk.press("enter");
    assert!(desk.shows("在通办范围内：本站点照常收件"), "{}", desk.picture());
    desk.press("space");
    desk.type_text("wuchang");
    desk.press("enter");
    assert!(desk.shows("超出通办范围：请到"), "{}", desk.picture());
    desk.press("f9");
    assert!(desk.shows("不能为该地收件"), "{}", desk.picture());
    assert!(matches!(desk.model.screen(), Some(Screen::Whither(_))));
}

/// Opens the guide of an item that is otherwise than in the sample catalogue.
fn open_changed(desk: &mut Desk, query: &str, change: impl FnOnce(&mut Item)) {
    desk.holding = true;
    desk.open_guide(query);
    let Some(Msg::Reply(generation, reply)) = desk.held.pop_back() else { panic!("the item is read") };
    let Reply::Item(Ok(mut entry)) = *reply else { panic!("the item is read") };
    change(Arc::make_mut(&mut entry.item));
    desk.holding = false;
    desk.send(Msg::Reply(generation, Box::new(Reply::Item(Ok(entry)))));
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))), "{}", desk.picture());
}

#[test]
fn what_is_done_on_the_net_alone_is_not_taken_for_another_place() {
    let mut desk = Desk::new(Look::CHINESE);
    open_changed(&mut desk, "残疾人证换领", |item| item.cross_modes = vec![CrossMode::Online]);
    desk.press("alt-w");
    desk.type_text("wuchang");
    desk.press("enter");
    assert!(desk.shows("全程网办：引导") && !desk.shows("异地代收代办"), "{}", desk.picture());
    desk.press("f9");
    assert!(desk.shows("只能全程网办，本站不收件"), "{}", desk.picture());
    assert!(matches!(desk.model.screen(), Some(Screen::Whither(_))));
}

#[test]
fn nothing_is_taken_before_an_item_is_offered_or_after() {
    type Dates = fn(&mut Item);
    let ways: [(Dates, &str); 2] = [
        (|item| item.effective_date = "2026-11-24".parse().ok(), "2026-11-24 起才办理"),
        (|item| item.cancel_date = "2026-11-22".parse().ok(), "2026-11-22 后停办"),
    ];
    for (change, said) in ways {
        let mut desk = Desk::new(Look::CHINESE);
        open_changed(&mut desk, "gljt", change);
        assert!(desk.shows("还不能收件") || desk.shows("不再收件"), "{}", desk.picture());
        assert!(desk.shows(said), "at once, with what to do: {}", desk.picture());
        assert!(!desk.shows("F9"), "{}", desk.picture());
        desk.press("down");
        assert!(!desk.shows(said), "{}", desk.picture());
        desk.press("f9");
        assert!(desk.shows(said), "{}", desk.picture());
        assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))));
    }
}

#[test]
fn a_linked_matter_shows_its_items_in_order_and_one_set_of_materials() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("残疾人服务一件事");
    assert!(matches!(desk.model.screen(), Some(Screen::Bundle(_))), "{}", desk.picture());
    let place = |desk: &Desk, words: &str| desk.terminal.rows().iter().position(|row| row.contains(words));
    let (card, living) = (place(&desk, "1. 残疾人证新办"), place(&desk, "2. 困难残疾人生活补贴"));
    assert!(card.is_some() && card < living, "{}", desk.picture());
    assert!(place(&desk, "重度残疾人护理补贴").is_none());
    desk.press("right right");
    assert!(place(&desk, "3. 重度残疾人护理补贴").is_some(), "both subsidies: {}", desk.picture());
    let text = whole(&mut desk);
    for told in ["一套材料", "个事项共用", "不用交，由前一事项的结果带来", "中华人民共和国残疾人证（困难残疾人生活补贴"]
    {
        assert!(text.contains(told), "{told}:\n{text}");
    }
    desk.press("down enter");
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(guide)) if guide.item.id == "disability-living-subsidy"));
}

#[test]
fn an_item_that_is_withdrawn_under_an_open_intake_is_said_and_the_draft_stays() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    let without: Vec<Brief> =
        backstage::entries().filter(|entry| entry.item.id != "elderly-allowance").map(Brief::of).collect();
    let catalogue = Catalogue::new(&without, &Synonyms::built_in());
    let data = CatalogueData { catalogue, domains: Vec::new(), bundles: Vec::new() };
    desk.send(Msg::Reply(None, Box::new(Reply::Catalogue(Ok(Box::new(data))))));
    desk.send(Msg::Reply(None, Box::new(Reply::CatalogueSynced)));
    assert!(desk.shows("事项刚被取消"), "{}", desk.picture());
    desk.press("down");
    assert!(desk.shows("事项已取消，提交会被退回"), "{}", desk.picture());
    desk.press("f8 f3 enter");
    assert_eq!(desk.intake().applicant(), "陈*芳");
}

#[test]
fn bundle() {
    pictures("bundle", Desk::new, |desk| {
        desk.open_guide("残疾人服务一件事");
        desk.press("right right down");
    });
}

#[test]
fn compare() {
    pictures("compare", Desk::new, |desk| {
        desk.type_text("残疾人生活补贴");
        desk.press("alt-c ctrl-u");
        desk.type_text("残疾人证换领");
        desk.press("alt-c");
    });
}

#[test]
fn an_intake_for_another_place_says_so_and_keeps_it() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("残疾人证换领");
    desk.press("alt-w");
    desk.type_text("wuchang");
    desk.press("enter f9");
    let Some(Screen::Intake(intake)) = desk.model.screen() else { panic!("{}", desk.picture()) };
    let place = intake.competent.clone().expect("the place that was picked");
    assert_eq!(place.area.as_str(), "420106000000");
    assert!(place.name.ends_with("武昌区"), "{}", place.name);
    assert_eq!(intake.draft(&desk.model.shared).body.competent, Some(place));
    desk.press("f9");
    assert!(desk.shows("异地受理，属地：湖北省武汉市武昌区"), "{}", desk.picture());
    assert!(!desk.shows("直办："), "it is not concluded here: {}", desk.picture());
}

#[test]
fn the_smallest_terminal_shows_every_question_and_the_text() {
    for (query, tabs) in [("gljt", 5), ("残疾人服务一件事", 2)] {
        let mut desk = Desk::new(Look::CHINESE);
        desk.open_guide(query);
        desk.resize(40, 10);
        let mut seen = String::new();
        for _ in 0..tabs {
            assert!(desk.shows("下面还有"), "the text is in sight: {}", desk.picture());
            assert!(desk.shows("< "), "so is a question: {}", desk.picture());
            seen.push_str(&desk.picture());
            desk.press("tab");
        }
        match desk.model.screen() {
            Some(Screen::Guide(guide)) => {
                for situation in &guide.item.situations {
                    let begin: String = situation.question.chars().take(6).collect();
                    assert!(seen.contains(&begin), "{begin} in {seen}");
                }
            }
            Some(Screen::Bundle(_)) => {}
            _ => panic!("{}", desk.picture()),
        }
    }
}

#[test]
fn whither() {
    pictures("whither", Desk::new, |desk| {
        desk.open_guide("残疾人证换领");
        desk.press("alt-w");
        desk.type_text("wuchang");
        desk.press("enter");
    });
}

#[test]
fn in_which_way_an_item_is_taken_is_said_from_the_guide_to_the_slip() {
    let ways = [
        ("高龄津贴", "直办：本站收件并办结", ""),
        ("辅助器具适配", "代办：本站收件，由天门市残疾人联合会办结", "本站点代办：在这里收件和核对材料"),
        ("盲人保健按摩", "协办：由天门市残疾人联合会决定，本站帮助办理", "不作决定"),
    ];
    for (query, mode, part) in ways {
        let mut desk = Desk::new(Look::CHINESE);
        desk.open_guide(query);
        assert!(whole(&mut desk).contains(part), "{query}: {}", desk.picture());
        desk.press("f9");
        assert!(desk.shows(mode), "{}", desk.picture());
        desk.resize(40, 10);
        let word: String = mode.chars().take(2).collect();
        assert!(desk.terminal.rows()[2].contains(&word), "{}", desk.picture());
        desk.resize(80, 24);
        desk.press("f9");
        assert_eq!(desk.shows(mode), !part.is_empty(), "on the review page: {}", desk.picture());
    }
}

#[test]
fn slip_and_receipt_say_who_concludes_what_this_site_takes_for_another_body() {
    for (offline, title) in [(false, "收件凭证"), (true, "临时收件单")] {
        for (role, said) in
            [(Role::Direct, None), (Role::Agency, Some("代办：本站收件，由")), (Role::Assist, Some("协办：由"))]
        {
            let mut desk = Desk::new(Look::CHINESE);
            let with_role = |entry| Brief { role: Some(role), ..Brief::of(entry) };
            let catalogue = Catalogue::new(backstage::entries().map(with_role), &Synonyms::built_in());
            let data = CatalogueData { catalogue, domains: Vec::new(), bundles: Vec::new() };
            desk.send(Msg::Reply(None, Box::new(Reply::Catalogue(Ok(Box::new(data))))));
            if offline {
                desk.go_offline();
            }
            desk.review_allowance();
            desk.press("f9");
            let text = whole(&mut desk);
            assert!(text.contains(title), "{text}");
            assert_eq!(text.contains("办理方式"), said.is_some(), "{text}");
            assert!(said.is_none_or(|said| text.contains(said)), "{text}");
        }
    }
}
