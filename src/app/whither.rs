//! Where an item is done (去哪办): here, at other sites, and for a competent place elsewhere (全省通办、跨省通办), picked by area.

use std::sync::Arc;

use super::effect::{Effect, Reply};
use super::intake::picker::{Picked, Picker};
use super::opening::{Opening, takes};
use super::shared::Shared;
use super::{Answered, Go, Input, Screen, ScreenState, Step, scroll};
use crate::documents::{self, Line, Paper, Whither};
use crate::domain::area::AreaCode;
use crate::domain::away::{Away, CompetentPlace};
use crate::domain::item::{Item, SituationAnswers};
use crate::domain::site::Admission;
use crate::forms::Codes;
use crate::keymap::{Action, Context};

/// The screen.
#[derive(Debug)]
pub struct WhitherScreen {
    item: Arc<Item>,
    admission: Admission,
    answers: SituationAnswers,
    areas: Option<Arc<Codes>>,
    /// The areas are wanted as soon as they come, narrowed by this.
    asked: Option<String>,
    /// The competent place that was picked.
    place: Option<AreaCode>,
    /// The list of areas, while it is open.
    pub picker: Option<Picker>,
    /// First line shown.
    pub first: usize,
    opening: Opening,
}

impl WhitherScreen {
    pub(super) fn open(item: Arc<Item>, admission: Admission, answers: SituationAnswers) -> Step {
        let screen = Self {
            item,
            admission,
            answers,
            areas: None,
            asked: None,
            place: None,
            picker: None,
            first: 0,
            opening: Opening::default(),
        };
        Step::go(Go::Push(Screen::Whither(Box::new(screen))))
    }

    /// What the picked place is to this desk; `None` before one is picked, and at a desk that does not know where it is.
    fn away(&self, shared: &Shared) -> Option<Away<'_>> {
        Some(self.item.away(&shared.desk.area.parse().ok()?, self.place.as_ref()?))
    }

    /// The place that an intake opened from here is for, unless this desk is competent itself.
    fn competent(&self, shared: &Shared) -> Option<CompetentPlace> {
        let area = self.place.clone().filter(|_| matches!(self.away(shared), Some(Away::Reached(_))))?;
        Some(CompetentPlace { name: self.place_name(), area })
    }

    /// The name of the place that was picked, in full.
    fn place_name(&self) -> String {
        let areas = self.areas.as_ref().zip(self.place.as_ref());
        areas.map_or_else(String::new, |(areas, place)| areas.full_name(place.as_str()))
    }

    /// The page as a document.
    pub fn text(&self, paper: Paper, shared: &Shared) -> Vec<Line> {
        let name = self.place_name();
        let page = Whither {
            item: &self.item,
            admission: &self.admission,
            place: self.place.as_ref().map(|_| (name.as_str(), self.away(shared))),
            practice: shared.desk.practice,
            day: shared.today(),
        };
        documents::whither(&page, &shared.locale, paper)
    }

    /// The page as it stands on the screen.
    pub fn lines(&self, shared: &Shared) -> Vec<Line> {
        self.text(shared.screen_paper(usize::from(shared.size.columns.saturating_sub(2))), shared)
    }

    /// Opens the list of areas, or has it fetched first.
    fn pick(&mut self, typed: &str, shared: &mut Shared) -> Step {
        if self.areas.is_none() {
            let is_first = self.asked.is_none();
            self.asked.get_or_insert_default().push_str(typed);
            return Step::none().and(is_first.then(|| Effect::LoadAreas(shared.ask())));
        }
        self.open_picker(typed, shared);
        Step::none()
    }

    fn open_picker(&mut self, typed: &str, shared: &Shared) {
        self.picker = self.areas.as_ref().map(|areas| {
            let mut picker = Picker::areas(shared.locale.text("whither-place"), Arc::clone(areas));
            if !typed.is_empty() {
                picker.typed(typed);
            }
            picker
        });
    }

    fn picker_input(&mut self, mut picker: Picker, input: Input<'_>) {
        match picker.input(input) {
            Picked::Open | Picked::Ticked(_) => self.picker = Some(picker),
            Picked::Closed => {}
            Picked::Value(value) => self.place = value.as_str().and_then(|code| AreaCode::parse_padded(code).ok()),
        }
    }
}

impl ScreenState for WhitherScreen {
    fn title(&self) -> &'static str {
        "title-whither"
    }

    fn contexts(&self) -> &'static [Context] {
        match self.picker {
            Some(_) => &[Context::List, Context::Edit],
            None => &[Context::List],
        }
    }

    fn actions(&self, shared: &Shared) -> Vec<Action> {
        if self.picker.is_some() {
            return vec![Action::Open, Action::Right, Action::Left];
        }
        let mut actions = vec![Action::Open, Action::PageDown, Action::Print];
        if takes(&self.item, &self.admission, shared) && self.away(shared).is_none_or(Away::may_take) {
            actions.insert(0, Action::Proceed);
        }
        actions
    }

    fn here(&self) -> Option<&'static str> {
        self.picker.as_ref().map(|_| "areas")
    }

    fn input(&mut self, input: Input<'_>, shared: &mut Shared) -> Step {
        if let Some(picker) = self.picker.take() {
            self.picker_input(picker, input);
            return Step::none();
        }
        let action = match input {
            Input::Action(action) => action,
            Input::Typed(typed) => return self.pick(typed.encode_utf8(&mut [0; 4]), shared),
            Input::Pasted(text) => return self.pick(text, shared),
        };
        match action {
            Action::Back => return Step::go(Go::Back),
            Action::Open | Action::Toggle => return self.pick("", shared),
            Action::Proceed if self.away(shared) == Some(Away::Beyond) => shared.bad("whither-beyond"),
            Action::Proceed if self.away(shared).is_some_and(|away| !away.may_take()) => shared.bad("whither-online"),
            Action::Proceed => {
                self.opening.competent = self.competent(shared);
                return self.opening.ask(&self.item, &self.admission, shared);
            }
            Action::Print => {
                let text = documents::to_text(&self.text(shared.paper, shared));
                return Step::effect(Effect::Print { text, act: None });
            }
            action => self.first = scroll::line(self.first, self.lines(shared).len(), action, shared),
        }
        Step::none()
    }

    fn reply(&mut self, reply: Reply, shared: &mut Shared) -> Answered {
        match reply {
            Reply::Areas(Ok(areas)) => {
                self.areas = Some(areas);
                if let Some(typed) = self.asked.take() {
                    self.open_picker(&typed, shared);
                }
                Ok(Step::none())
            }
            Reply::Form(form, result) if form == self.item.form => {
                self.opening.opened(&self.item, &self.answers, form, result, shared)
            }
            Reply::Areas(Err(trouble)) => {
                self.asked = None;
                Err(Box::new(Reply::Areas(Err(trouble))))
            }
            other => Err(Box::new(other)),
        }
    }
}
