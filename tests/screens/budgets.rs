//! What a keystroke costs on the line. `cargo test --test screens budgets -- --nocapture` prints the figures.

use onewindow::app::intake::Target;

use crate::desk::{Desk, Look};

/// Forms of different shapes: one page and many, short and long, with and without repeat groups.
const ITEMS: [&str; 6] = ["gljt", "dbsq", "临时救助", "残疾人证新办", "育儿补贴", "法律援助申请"];

/// Bytes of one kind of step, over many fields.
#[derive(Default)]
struct Measured(Vec<(usize, String)>);

impl Measured {
    fn add(&mut self, desk: &Desk, what: impl Into<String>) {
        assert!(desk.cost.writes <= 1, "a frame is one write");
        self.0.push((desk.cost.bytes, what.into()));
    }

    /// Prints the distribution and gives those over the budget.
    fn over(mut self, name: &str, budget: usize) -> Vec<String> {
        self.0.sort();
        let bytes = |index: usize| self.0.get(index).map_or(0, |(bytes, _)| *bytes);
        let count = self.0.len();
        println!("{name}: {count} steps, bytes min {} median {} max {}", bytes(0), bytes(count / 2), bytes(count - 1));
        let over = self.0.into_iter().filter(|(bytes, _)| *bytes > budget);
        over.map(|(bytes, what)| format!("{bytes} {what}")).collect()
    }
}

/// Walks through every field of an item's intake.
fn walk(query: &str, mut visit: impl FnMut(&mut Desk, &str)) {
    let mut desk = Desk::new(Look::CHINESE);
    desk.open_intake(query);
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let pointer = desk.intake().focus.as_ref().map(Target::pointer).unwrap_or_default().to_owned();
        let place = format!("{query} page {} {pointer}", desk.intake().page);
        if !seen.insert(place.clone()) {
            break;
        }
        visit(&mut desk, &place);
        desk.press("tab");
    }
    assert!(seen.len() > 10, "{query}: {} fields", seen.len());
}

fn rows(desk: &Desk) -> usize {
    let page = desk.intake().page_ref().unwrap();
    desk.intake().part(page.part).unwrap().rows(page.page).len()
}

#[test]
fn typing_into_a_field() {
    let [mut ascii, mut han, mut in_entry, mut reshaped] = [(); 4].map(|()| Measured::default());
    for item in ITEMS {
        walk(item, |desk, place| {
            if desk.intake().editor.is_none() {
                return;
            }
            for text in ["139", "陈桂芳"] {
                for character in text.chars() {
                    let before = rows(desk);
                    desk.type_text(&character.to_string());
                    let measured = if rows(desk) != before {
                        &mut reshaped
                    } else if place.contains("/0/") {
                        // The entry is called by what is typed into it.
                        &mut in_entry
                    } else if character.is_ascii() {
                        &mut ascii
                    } else {
                        &mut han
                    };
                    measured.add(desk, place);
                }
                desk.press("ctrl-u");
            }
            desk.advance(1_000);
        });
    }
    println!("other fields came or went: {:?}", reshaped.over("a character that brings other fields", 50));
    let over = [
        ascii.over("one ASCII character", 50),
        han.over("one Han character", 60),
        in_entry.over("one character in an entry", 60),
    ];
    assert_eq!(over, <[Vec<String>; 3]>::default());
}

#[test]
fn moving_to_the_next_field() {
    let [mut moves, mut mistakes, mut turns] = [(); 3].map(|()| Measured::default());
    for item in ITEMS {
        let mut last: Option<(usize, u16, String)> = None;
        walk(item, |desk, place| {
            let (page, row) = (desk.intake().page, desk.terminal.cursor().1);
            let pointer = desk.intake().focus.as_ref().map(Target::pointer).unwrap_or_default().to_owned();
            match last.take() {
                // The sentence that says what is wrong with the field that was left comes on top.
                Some((last_page, last_row, left)) if last_page == page && last_row <= row => {
                    let part = desk.intake().page_ref().unwrap().part;
                    let wrong = desk.intake().shown_error(part, &left).is_some();
                    if wrong { &mut mistakes } else { &mut moves }.add(desk, place);
                }
                // A new page, or a window of it, is a new picture.
                Some(_) => turns.add(desk, place),
                None => {}
            }
            last = Some((page, row, pointer));
        });
    }
    let over = [
        moves.over("the next field", 150),
        mistakes.over("the next field, leaving a mistake", 200),
        turns.over("a new page or window", 3_000),
    ];
    assert_eq!(over, <[Vec<String>; 3]>::default());
}

#[test]
fn stepping_through_the_list_of_results() {
    let mut steps = Measured::default();
    let mut desk = Desk::new(Look::CHINESE);
    for step in 0..98 {
        let row = desk.terminal.cursor();
        desk.press("down");
        // The window turns like a page after its last row.
        if step % 18 != 17 {
            steps.add(&desk, format!("from {row:?}, step {step}"));
        }
    }
    assert_eq!(steps.over("one step in the list", 200), Vec::<String>::new());
}

#[test]
fn searching() {
    let mut typed = Measured::default();
    for query in ["gljt", "高龄津贴", "shbx", "dibao"] {
        let mut desk = Desk::new(Look::CHINESE);
        for character in query.chars() {
            desk.type_text(&character.to_string());
            typed.add(&desk, format!("{query} {character}"));
        }
    }
    // The list below is a new one with each character: at most what the whole screen costs.
    assert_eq!(typed.over("one character searched", 3_000), Vec::<String>::new());
}

#[test]
fn the_first_frame() {
    let desk = Desk::signed_out(Look::CHINESE);
    println!("the first frame: {} bytes", desk.cost.bytes);
    let mut first = Measured::default();
    let mut fresh = Desk::new(Look::CHINESE);
    fresh.resize(79, 24);
    fresh.resize(80, 24);
    first.add(&fresh, "the catalogue, drawn anew");
    fresh.open_intake("gljt");
    first.add(&fresh, "an intake");
    assert_eq!(first.over("a whole 80x24 frame", 3_000), Vec::<String>::new());
}

#[test]
fn nothing_changed_costs_nothing() {
    let mut desk = Desk::new(Look::CHINESE);
    let look = |desk: &mut Desk| {
        desk.draw();
        assert_eq!((desk.cost.bytes, desk.cost.writes), (0, 0), "{}", desk.picture());
    };
    look(&mut desk);
    desk.open_intake("gljt");
    look(&mut desk);
    desk.press("f10");
    look(&mut desk);
    desk.press("esc");
    desk.advance(1_000);
    desk.go_to("/registeredArea");
    desk.press("space");
    look(&mut desk);
    desk.advance(60_000);
    look(&mut desk);
}
