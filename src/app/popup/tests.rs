use super::*;

fn menu() -> Popup {
    Popup::menu(vec![Action::Print, Action::Menu, Action::Drafts])
}

fn input(popup: Popup, actions: &[Action]) -> Outcome {
    actions.iter().fold(Outcome::Stay(popup), |outcome, action| match outcome {
        Outcome::Stay(popup) => popup.input(Input::Action(*action)),
        over => over,
    })
}

#[test]
fn the_menu_does_what_has_the_cursor_or_whose_key_is_pressed() {
    assert!(matches!(input(menu(), &[Action::Open]), Outcome::Chosen(Action::Print)));
    assert!(matches!(input(menu(), &[Action::Down, Action::Open]), Outcome::Chosen(Action::Drafts)));
    assert!(matches!(input(menu(), &[Action::Drafts]), Outcome::Chosen(Action::Drafts)));
    assert!(matches!(input(menu(), &[Action::Outbox]), Outcome::Stay(_)), "not on this menu");
}

#[test]
fn the_menus_own_key_closes_it() {
    assert!(matches!(input(menu(), &[Action::Menu]), Outcome::Close));
    assert!(matches!(input(menu(), &[Action::Back]), Outcome::Close));
}

#[test]
fn a_question_is_answered_no_unless_the_clerk_chooses_yes() {
    let question = || Popup::confirm("删除？".to_owned(), Effect::PushOutbox);
    assert!(matches!(input(question(), &[Action::Open]), Outcome::Close));
    assert!(matches!(input(question(), &[Action::Right, Action::Back]), Outcome::Close));
    assert!(matches!(input(question(), &[Action::Right, Action::Left, Action::Open]), Outcome::Close));
    let Outcome::Confirmed(effect) = input(question(), &[Action::Right, Action::Open]) else { panic!("yes") };
    assert!(matches!(*effect, Effect::PushOutbox));
}

#[test]
fn text_is_no_answer() {
    for input in [Input::Typed('y'), Input::Pasted("是\n")] {
        let question = Popup::confirm("删除？".to_owned(), Effect::PushOutbox);
        assert!(matches!(question.input(input), Outcome::Stay(_)));
    }
}
