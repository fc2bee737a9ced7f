use super::*;

fn menu() -> Popup {
    Popup::menu(vec![Action::Print, Action::Menu, Action::Drafts])
}

fn input(popup: &mut Popup, actions: &[Action]) -> Outcome {
    let mut outcome = Outcome::Stay;
    for action in actions {
        outcome = popup.input(Input::Action(*action));
    }
    outcome
}

#[test]
fn the_menu_does_what_has_the_cursor_or_whose_key_is_pressed() {
    assert!(matches!(input(&mut menu(), &[Action::Open]), Outcome::Chosen(Action::Print)));
    assert!(matches!(input(&mut menu(), &[Action::Down, Action::Open]), Outcome::Chosen(Action::Drafts)));
    assert!(matches!(input(&mut menu(), &[Action::Drafts]), Outcome::Chosen(Action::Drafts)));
    assert!(matches!(input(&mut menu(), &[Action::Outbox]), Outcome::Stay), "not on this menu");
}

#[test]
fn the_menus_own_key_closes_it() {
    assert!(matches!(input(&mut menu(), &[Action::Menu]), Outcome::Close));
    assert!(matches!(input(&mut menu(), &[Action::Back]), Outcome::Close));
}

#[test]
fn a_question_is_answered_no_unless_the_clerk_chooses_yes() {
    let question = || Popup::confirm("删除？".to_owned(), Effect::PushOutbox);
    assert!(matches!(input(&mut question(), &[Action::Open]), Outcome::Close));
    assert!(matches!(input(&mut question(), &[Action::Right, Action::Back]), Outcome::Close));
    assert!(matches!(input(&mut question(), &[Action::Right, Action::Left, Action::Open]), Outcome::Close));
    let Outcome::Confirmed(effect) = input(&mut question(), &[Action::Right, Action::Open]) else { panic!("yes") };
    assert!(matches!(*effect, Effect::PushOutbox));
}

#[test]
fn text_is_no_answer() {
    let mut question = Popup::confirm("删除？".to_owned(), Effect::PushOutbox);
    assert!(matches!(question.input(Input::Typed('y')), Outcome::Stay));
    assert!(matches!(question.input(Input::Pasted("是\n")), Outcome::Stay));
}
