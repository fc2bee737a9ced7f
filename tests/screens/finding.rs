//! Finding an item: what is at hand, quick codes, searches that take longer than a keystroke, filters.

use onewindow::app::catalogue::Listed;
use onewindow::app::shortcuts::Shortcuts;
use onewindow::app::{CatalogueData, Effect, Msg, Reply, Screen};
use onewindow::catalogue::{Brief, Catalogue, CatalogueEntry, Synonyms};
use onewindow::domain::item::Offered;
use onewindow::locale::Language;
use onewindow::sync::{LinkState, SyncEvent};
use onewindow::vault::{KeptShortcuts, Usage};

use crate::backstage;
use crate::desk::{Desk, Look};
use crate::pictures::pictures;

/// A clerk's second day: what was kept of the first.
fn next_day(desk: &Desk, used: Vec<Usage>) -> Desk {
    let mut next = Desk::signed_out(Look::CHINESE);
    let mut opened = backstage::opened(next.now);
    opened.shortcuts = Shortcuts::new(desk.backstage.shortcuts.clone(), used);
    next.send(Msg::Reply(None, Box::new(Reply::SignedIn(Ok(Box::new(opened))))));
    next
}

fn used(desk: &Desk, items: &[(&str, u64)]) -> Vec<Usage> {
    let usage = |(code, count): &(&str, u64)| Usage { item_code: code_of(code), count: *count, last_at: desk.now };
    items.iter().map(usage).collect()
}

fn code_of(id: &str) -> String {
    backstage::items().find(|item| item.id == id).unwrap().code.clone()
}

fn name_of(id: &str) -> String {
    backstage::items().find(|item| item.id == id).unwrap().name.clone()
}

/// The rows of the list on the screen.
fn rows(desk: &Desk) -> Vec<String> {
    desk.terminal.rows()[4..].iter().map(|row| row.trim_start_matches(">>").trim().to_owned()).collect()
}

#[test]
fn favourites_stand_first_then_what_is_used_most_then_what_was_used_lately() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.type_text("残疾人证新办");
    desk.press("ctrl-o");
    assert!(desk.shows("已收藏"), "{}", desk.picture());
    let used = used(&desk, &[("temporary-relief", 9), ("elderly-allowance", 4), ("legal-aid", 0)]);
    let desk = next_day(&desk, used);
    let expected = [
        ("1 ", "disability-card-new", "(收藏)"),
        ("2 ", "temporary-relief", "(常用)"),
        ("3 ", "elderly-allowance", "(常用)"),
        ("", "legal-aid", "(最近)"),
    ];
    for (row, (digit, id, why)) in rows(&desk).iter().zip(expected) {
        let name: String = name_of(id).chars().take(6).collect();
        assert!(row.starts_with(&format!("{digit}{name}")) && row.contains(why), "{row}: {digit}{name} {why}");
    }
    let Some(Screen::Catalogue(screen)) = desk.model.screen() else { panic!("the catalogue") };
    let mut entries: Vec<_> = screen.listed.iter().filter_map(Listed::entry).collect();
    assert_eq!(entries.len(), backstage::items().count(), "the rest follows");
    entries.sort_unstable();
    entries.dedup();
    assert_eq!(entries.len(), screen.listed.len(), "nothing is listed twice");
}

#[test]
fn a_favourite_is_marked_and_unmarked_and_kept() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.press("ctrl-o");
    assert_eq!(desk.backstage.shortcuts.favourites, [code_of("elderly-allowance")], "from the guide");
    desk.press("ctrl-o");
    assert_eq!(desk.backstage.shortcuts, KeptShortcuts::default());
    desk.model.shared.desk.read_only = true;
    desk.press("ctrl-o");
    assert!(desk.shows("只能查看") && desk.backstage.shortcuts.favourites.is_empty());
}

#[test]
fn a_frequent_item_is_open_after_three_keys_and_any_item_after_six() {
    let desk = Desk::new(Look::CHINESE);
    let used = used(&desk, &[("temporary-relief", 9), ("elderly-allowance", 4)]);
    // The second of those used most: its digit, Enter for the guide, F9 for the form.
    let mut quick = next_day(&desk, used);
    let keys = ["2", "enter", "f9"];
    keys.iter().for_each(|key| quick.press(key));
    assert_eq!(quick.intake().item.id, "elderly-allowance");
    assert!(keys.len() <= 3);
    // The same by the initials of its everyday word.
    let mut typed = next_day(&desk, Vec::new());
    let keys = ["g", "l", "j", "t", "enter", "f9"];
    keys.iter().for_each(|key| typed.press(key));
    assert_eq!(typed.intake().item.id, "elderly-allowance");
    assert!(keys.len() <= 6);
}

#[test]
fn a_digit_that_is_no_quick_code_is_searched_like_any_text() {
    let desk = Desk::new(Look::CHINESE);
    let used = used(&desk, &[("temporary-relief", 9)]);
    let mut desk = next_day(&desk, used);
    desk.type_text("8");
    assert!(rows(&desk)[0].contains("80周岁"), "{}", desk.picture());
    desk.press("backspace");
    desk.type_text("1");
    assert!(rows(&desk)[0].starts_with(&format!("1 {}", name_of("temporary-relief"))), "{}", desk.picture());
    desk.type_text("0");
    assert!(!rows(&desk)[0].starts_with("1 "), "two digits are no quick code: {}", desk.picture());
}

#[test]
fn what_is_submitted_is_at_hand_at_once() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.review_allowance();
    let opened = desk.backstage.log.iter().filter(|effect| matches!(effect, Effect::NoteOpened(_))).count();
    assert_eq!(opened, 1);
    desk.press("f9 f9");
    assert!(rows(&desk)[0].starts_with("1 80周岁") && rows(&desk)[0].contains("(常用)"), "{}", desk.picture());
    assert_eq!(desk.backstage.shortcuts.quick, [code_of("elderly-allowance")], "its code is kept");
}

#[test]
fn what_the_catalogue_has_no_more_is_no_favourite_any_more() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_guide("gljt");
    desk.press("ctrl-o");
    let without: Vec<Brief> =
        backstage::entries().filter(|entry| entry.item.id != "elderly-allowance").map(Brief::of).collect();
    desk.send(Msg::Reply(None, Box::new(catalogue_of(Catalogue::new(&without, &Synonyms::built_in())))));
    assert_eq!(desk.backstage.shortcuts.favourites.len(), 1, "as long as it may be on its way");
    desk.send(Msg::Reply(None, Box::new(Reply::CatalogueSynced)));
    assert!(desk.backstage.shortcuts.favourites.is_empty());
}

fn catalogue_of(catalogue: Catalogue) -> Reply {
    Reply::Catalogue(Ok(Box::new(CatalogueData { catalogue, domains: Vec::new(), bundles: Vec::new() })))
}

/// A desk with so many items that a search for slips of the finger is made beside the screen.
fn wide_desk() -> Desk {
    let entries: Vec<CatalogueEntry> = backstage::entries().cloned().collect();
    let mut briefs = Vec::new();
    for round in 0..300 {
        for entry in &entries {
            let brief = Brief::of(entry);
            briefs.push(if round == 0 { brief } else { Brief { code: format!("{}{round}", brief.code), ..brief } });
        }
    }
    let mut desk = Desk::new(Look::CHINESE);
    desk.send(Msg::Reply(None, Box::new(catalogue_of(Catalogue::new(&briefs, &Synonyms::built_in())))));
    desk
}

fn searches(desk: &Desk) -> usize {
    desk.backstage.log.iter().filter(|effect| matches!(effect, Effect::Search(..))).count()
}

/// Every character of it is a slip: found with effort only.
const SLIP: &str = "临时求救助金";

#[test]
fn enter_waits_for_a_search_that_is_made_beside_the_screen() {
    let mut desk = wide_desk();
    desk.holding = true;
    desk.type_text(SLIP);
    assert!(searches(&desk) > 0, "the search is handed over");
    desk.press("enter");
    assert!(matches!(desk.model.screen(), Some(Screen::Catalogue(_))), "nothing old is opened");
    assert!(!desk.backstage.log.iter().any(|effect| matches!(effect, Effect::OpenItem(..))));
    desk.release();
    assert!(matches!(desk.model.screen(), Some(Screen::Guide(_))), "{}", desk.picture());
    assert!(desk.shows("救助"), "{}", desk.picture());
}

#[test]
fn a_key_after_enter_takes_the_wish_back_and_an_overtaken_search_answers_nothing() {
    let mut desk = wide_desk();
    desk.holding = true;
    desk.type_text(SLIP);
    desk.press("enter backspace");
    let before = desk.picture();
    let stale = desk.held.pop_front().unwrap();
    desk.send(stale);
    assert_eq!(desk.picture(), before);
    desk.release();
    assert!(matches!(desk.model.screen(), Some(Screen::Catalogue(_))), "{}", desk.picture());
}

#[test]
fn the_catalogue_is_fetched_again_when_the_line_comes_back() {
    let fetched =
        |desk: &Desk| desk.backstage.log.iter().filter(|effect| matches!(effect, Effect::LoadCatalogue)).count();
    let mut desk = Desk::new(Look::CHINESE);
    let online = |desk: &Desk| Msg::Sync(SyncEvent::Link(LinkState::Online { at: desk.now }));
    let now = online(&desk);
    desk.send(now);
    assert_eq!(fetched(&desk), 1, "at the start; the line was there all the time");
    desk.go_offline();
    assert!(desk.shows("离线目录"), "{}", desk.picture());
    let now = online(&desk);
    desk.send(now);
    assert_eq!(fetched(&desk), 2);
    let now = online(&desk);
    desk.send(now);
    assert_eq!(fetched(&desk), 2, "once for each time");
    desk.send(Msg::Sync(SyncEvent::Link(LinkState::CaptivePortal)));
    let now = online(&desk);
    desk.send(now);
    assert_eq!(fetched(&desk), 3);
    desk.send(Msg::Reply(None, Box::new(Reply::CatalogueDue)));
    assert_eq!(fetched(&desk), 4, "time to try again");
}

#[test]
fn departments_are_chosen_by_pinyin() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.press("ctrl-f down down");
    desk.type_text("mzj");
    desk.press("enter");
    assert!(desk.shows("< 天门市民政局 >"), "{}", desk.picture());
    desk.press("esc");
    desk.advance(600);
    let Some(Screen::Catalogue(screen)) = desk.model.screen() else { panic!("the catalogue") };
    assert_eq!(screen.filter.department.as_deref(), Some("天门市民政局"));
    let found = screen.listed.len();
    let wanted = backstage::items().filter(|item| item.department == "天门市民政局").count();
    assert_eq!(found, wanted);
    desk.press("ctrl-f down down space home enter");
    let Some(Screen::Catalogue(screen)) = desk.model.screen() else { panic!("the catalogue") };
    assert_eq!(screen.filter.department, None, "any is at the top");
}

#[test]
fn a_linked_matter_is_found_among_the_items() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.type_text("xsecs");
    assert!(
        rows(&desk).iter().any(|row| row.starts_with("新生儿出生一件事") && row.contains("一件事（5 项）")),
        "{}",
        desk.picture()
    );
    desk.press("ctrl-u");
    desk.type_text("gljt");
    assert!(rows(&desk)[0].starts_with("80周岁"), "Enter still opens the item: {}", desk.picture());
    desk.press("ctrl-u");
    desk.type_text("n");
    assert!(!desk.shows("一件事（"), "one letter is in every name");
}

#[test]
fn catalogue_at_hand() {
    pictures("catalogue-at-hand", Desk::new, |desk| {
        for query in ["残疾人证新办", "gljt"] {
            desk.type_text(query);
            desk.press("ctrl-o ctrl-u");
        }
        desk.type_text("临时救助");
        desk.press("alt-c ctrl-u down");
    });
}

#[test]
fn catalogue_bundle() {
    pictures("catalogue-bundle", Desk::new, |desk| desk.type_text("新生儿"));
}

#[test]
fn the_cursor_stays_on_its_item_when_the_catalogue_changes_behind_the_clerks_back() {
    let mut desk = Desk::new(Look::CHINESE);
    desk.press("down down down");
    let under_cursor = |desk: &Desk| {
        let Some(Screen::Catalogue(screen)) = desk.model.screen() else { panic!("the catalogue") };
        screen.current(&desk.model.shared).unwrap().name
    };
    let before = under_cursor(&desk);
    let others: Vec<Brief> = backstage::entries().skip(1).map(Brief::of).collect();
    desk.send(Msg::Reply(None, Box::new(catalogue_of(Catalogue::new(&others, &Synonyms::built_in())))));
    assert_eq!(under_cursor(&desk), before);
}

/// A desk where some subsidies for disabled people are not offered today.
fn desk_out_of_force(look: Look) -> Desk {
    let mut desk = Desk::new(look);
    let today = desk.model.shared.today();
    let over = Offered { from: None, until: today.yesterday().ok() };
    let not_yet = Offered { from: today.tomorrow().ok(), until: None };
    let mut briefs: Vec<Brief> = backstage::entries().map(Brief::of).collect();
    for (id, offered) in [("disability-living-subsidy", over), ("disability-card-renew", not_yet)] {
        briefs.iter_mut().find(|brief| brief.id == id).unwrap().offered = offered;
    }
    let elsewhere = briefs.iter_mut().find(|brief| brief.id == "disability-grade-change").unwrap();
    (elsewhere.role, elsewhere.elsewhere, elsewhere.offered) = (None, Some("天门市".to_owned()), over);
    let data = CatalogueData {
        catalogue: Catalogue::new(&briefs, &Synonyms::built_in()),
        domains: Vec::new(),
        bundles: Vec::new(),
    };
    desk.send(Msg::Reply(None, Box::new(Reply::Catalogue(Ok(Box::new(data))))));
    desk
}

#[test]
fn catalogue_out_of_force() {
    pictures("catalogue-out-of-force", desk_out_of_force, |desk| desk.type_text("残疾人"));
}

#[test]
fn what_is_not_in_force_says_so_in_its_row_and_stands_below() {
    const ENGLISH: Look = Look { language: Language::English, ascii: true };
    for (look, over, not_yet) in [(Look::CHINESE, "已停办", "未开办"), (ENGLISH, "Ended", "Not yet")] {
        for (columns, rows) in [(120, 40), (80, 24), (60, 20), (40, 16)] {
            let mut desk = desk_out_of_force(look);
            desk.resize(columns, rows);
            desk.type_text("残疾人生活补贴");
            let row = |desk: &Desk, words: &str| {
                let shown = desk.terminal.rows();
                shown
                    .iter()
                    .skip(3)
                    .find(|row| row.contains(words))
                    .cloned()
                    .unwrap_or_else(|| panic!("{}", desk.picture()))
            };
            assert!(row(&desk, over).contains("2026-11-22"), "{}", desk.picture());
            desk.press("ctrl-u");
            desk.type_text("残疾人证换领");
            assert!(row(&desk, not_yet).contains("2026-11-24"), "{}", desk.picture());
        }
    }
    let mut desk = desk_out_of_force(Look::CHINESE);
    desk.type_text("残疾人证");
    let Some(Screen::Catalogue(screen)) = desk.model.screen() else { panic!("the catalogue") };
    let catalogue = desk.model.shared.catalogue.as_ref().unwrap();
    let names = screen.listed.iter().filter_map(|row| Some(catalogue.row(row.entry()?)?.name));
    let prefixed: Vec<String> = names.filter(|name| name.starts_with("残疾人证")).collect();
    assert!(prefixed.len() > 2 && prefixed.last().unwrap() == "残疾人证换领", "{prefixed:?}");
}
