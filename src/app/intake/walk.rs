//! Walking through an intake: field to field, page to page, error to error.

use super::{Intake, PageRef, Target};
use crate::app::Step;
use crate::app::shared::Shared;
use crate::forms::pointer::is_within;

impl Intake {
    pub(super) fn targets(&self) -> Vec<Target> {
        self.page_ref().and_then(|page| Some(self.part(page.part)?.targets(page.page))).unwrap_or_default()
    }

    pub(super) fn focus_first(&mut self) {
        let first = self.targets().into_iter().next();
        self.set_focus(first);
    }

    /// Moves to a page and what stands at a pointer: the field itself, else the first below it, else the row that adds to the group round
    /// it. What is nowhere on the page has no focus: whatever else had it would get what is typed next.
    pub(super) fn jump(&mut self, to: PageRef, pointer: &str) {
        let pages = self.pages();
        let Some(page) =
            pages.iter().position(|page| *page == to).or_else(|| pages.iter().position(|page| page.part == to.part))
        else {
            return;
        };
        self.page = page;
        let targets = self.targets();
        let is_round = |target: &&Target| matches!(target, Target::Add(array) if is_within(pointer, array));
        let target = targets
            .iter()
            .find(|target| target.pointer() == pointer)
            .or_else(|| targets.iter().find(|target| is_within(target.pointer(), pointer)))
            .or_else(|| targets.iter().rev().find(is_round));
        self.set_focus(target.cloned());
    }

    pub(super) fn move_focus(&mut self, forward: bool, shared: &mut Shared) -> Step {
        let targets = self.targets();
        let at = self.focus.as_ref().and_then(|focus| targets.iter().position(|target| target == focus));
        let next = match (at, forward) {
            (Some(at), true) => at + 1,
            (Some(at), false) => at.wrapping_sub(1),
            (None, _) => 0,
        };
        self.leave_field();
        if let Some(target) = self.targets().get(next).or_else(|| targets.get(next)) {
            self.set_focus(Some(target.clone()));
        } else if forward {
            if self.page + 1 < self.pages().len() {
                self.page += 1;
                self.focus_first();
            } else {
                shared.good("intake-last-field");
            }
        } else if self.page > 0 {
            self.page -= 1;
            let last = self.targets().pop();
            self.set_focus(last);
        }
        Step::none().and(self.save(shared))
    }

    pub(super) fn turn_page(&mut self, forward: bool, shared: &mut Shared) -> Step {
        self.leave_field();
        let pages = self.pages().len();
        let page = if forward { self.page + 1 } else { self.page.wrapping_sub(1) };
        if page < pages {
            self.page = page;
            self.focus_first();
        }
        Step::none().and(self.save(shared))
    }

    pub(super) fn next_error(&mut self, shared: &mut Shared) -> Step {
        self.all_touched = true;
        self.leave_field();
        let here = self.page_ref();
        let pages = self.pages();
        let order = |page: PageRef| pages.iter().position(|known| *known == page).unwrap_or(usize::MAX);
        let field_order = |page: PageRef, pointer: &str| {
            self.part(page.part)
                .map(|part| part.fields(page.page).position(|field| field.pointer == pointer).unwrap_or(usize::MAX))
        };
        let current = here.map(|page| {
            let pointer = self.focus.as_ref().map(Target::pointer).unwrap_or_default();
            (order(page), field_order(page, pointer))
        });
        let mut errors: Vec<_> = self
            .errors()
            .chain(self.remarked())
            .map(|(page, error)| ((order(page), field_order(page, &error.pointer)), page, error.pointer.clone()))
            .collect();
        errors.sort_by_key(|error| error.0);
        let next = errors.iter().find(|(at, ..)| Some(*at) > current).or_else(|| errors.first());
        match next {
            Some((_, page, pointer)) => {
                let (page, pointer) = (*page, pointer.clone());
                self.jump(page, &pointer);
            }
            None => shared.good("intake-no-errors"),
        }
        Step::none().and(self.save(shared))
    }
}
