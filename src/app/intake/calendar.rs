//! The calendar that opens over a date: a month at a time, Monday first; what is typed leads to its day.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

use crate::app::Input;
use crate::forms::values;
use crate::keymap::Action;
use crate::text::{Edit, Editor};

/// The years that a date of RFC 3339 can have.
const FIRST: Date = Date::constant(1, 1, 1);
const LAST: Date = Date::constant(9999, 12, 31);

/// A calendar over a field.
#[derive(Debug)]
pub struct Calendar {
    /// What it is about.
    pub title: String,
    /// What was typed: a day in any of the usual ways, or the beginning of one.
    pub text: Editor,
    /// The day with the cursor.
    pub day: Date,
    /// The day at the counter.
    pub today: Date,
}

/// What came of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Go on.
    Open,
    /// Closed, nothing changed.
    Closed,
    /// Closed with this day.
    Day(Date),
}

impl Calendar {
    /// A calendar open at a day, else at today.
    pub fn new(title: String, day: Option<Date>, today: Date) -> Self {
        Self { title, text: Editor::new(""), day: day.unwrap_or(today).clamp(FIRST, LAST), today }
    }

    /// The weeks of the month, Monday first; `None` for days of other months.
    pub fn weeks(&self) -> Vec<[Option<Date>; 7]> {
        let first = self.day.first_of_month();
        let before = usize::try_from(first.weekday().since(Weekday::Monday)).unwrap_or(0);
        let days = std::iter::repeat_n(None, before)
            .chain(first.series(1.day()).take_while(|day| day.month() == first.month()).map(Some));
        let mut weeks: Vec<[Option<Date>; 7]> = Vec::new();
        for (place, day) in days.enumerate() {
            if place % 7 == 0 {
                weeks.push([None; 7]);
            }
            if let Some(slot) = weeks.last_mut().and_then(|week| week.get_mut(place % 7)) {
                *slot = day;
            }
        }
        weeks
    }

    /// Takes an input. A blank is text behind other text only: before any it chooses.
    pub fn input(&mut self, input: Input<'_>) -> Chosen {
        match input {
            Input::Typed(' ') if self.text.is_empty() => return self.action(Action::Toggle),
            Input::Typed(typed) => self.typed(typed.encode_utf8(&mut [0; 4])),
            Input::Pasted(text) => self.typed(text),
            Input::Action(action) => return self.action(action),
        }
        Chosen::Open
    }

    /// Takes a character of a date.
    pub fn typed(&mut self, text: &str) {
        self.text.insert(text);
        self.follow();
    }

    /// Takes a key.
    pub fn action(&mut self, action: Action) -> Chosen {
        let day = match action {
            Action::Left => self.moved(-1.day()),
            Action::Right => self.moved(1.day()),
            Action::Up | Action::Previous => self.moved(-1.week()),
            Action::Down | Action::Next => self.moved(1.week()),
            Action::PageUp => self.moved(-1.month()),
            Action::PageDown => self.moved(1.month()),
            Action::CursorWordLeft => self.moved(-1.year()),
            Action::CursorWordRight => self.moved(1.year()),
            Action::First => self.day.first_of_month(),
            Action::Last => self.day.last_of_month(),
            // What was typed and not understood must not become whatever day has the cursor.
            Action::Open | Action::Toggle if self.text.is_empty() || self.typed_day().is_some() => {
                return Chosen::Day(self.day);
            }
            Action::DeleteBack | Action::DeleteToStart => {
                self.text.apply(if action == Action::DeleteBack { Edit::Backspace } else { Edit::DeleteToStart });
                self.follow();
                return Chosen::Open;
            }
            Action::Back => return Chosen::Closed,
            _ => return Chosen::Open,
        };
        // Moving on by keys ends what was typed.
        self.text.exchange("");
        self.day = day;
        Chosen::Open
    }

    fn moved(&self, by: Span) -> Date {
        self.day.saturating_add(by).clamp(FIRST, LAST)
    }

    /// Goes where the typed text leads.
    fn follow(&mut self) {
        if let Some(day) = self.typed_day() {
            self.day = day.clamp(FIRST, LAST);
        }
    }

    fn typed_day(&self) -> Option<Date> {
        values::date_begun(self.text.text())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(day: Date) -> Calendar {
        Calendar::new("出生日期".to_owned(), Some(day), date(2026, 11, 23))
    }

    #[test]
    fn a_month_begins_on_its_weekday() {
        let days = |calendar: &Calendar| -> Vec<String> {
            let cell = |day: &Option<Date>| day.map_or(".".to_owned(), |day| day.day().to_string());
            calendar.weeks().iter().map(|week| week.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(
            days(&at(date(2024, 2, 29))),
            [". . . 1 2 3 4", "5 6 7 8 9 10 11", "12 13 14 15 16 17 18", "19 20 21 22 23 24 25", "26 27 28 29 . . ."]
        );
        assert_eq!(days(&at(date(2026, 6, 1)))[0], "1 2 3 4 5 6 7");
        assert_eq!(at(date(2026, 8, 1)).weeks().len(), 6);
        assert_eq!(at(date(2027, 2, 1)).weeks().len(), 4);
    }

    #[test]
    fn keys_move_by_day_week_month_and_year() {
        use Action::*;
        let cases = [
            (date(2024, 3, 1), Left, date(2024, 2, 29)),
            (date(2024, 2, 29), Right, date(2024, 3, 1)),
            (date(2024, 3, 3), Up, date(2024, 2, 25)),
            (date(2024, 12, 31), Down, date(2025, 1, 7)),
            (date(2024, 3, 31), PageUp, date(2024, 2, 29)),
            (date(2024, 1, 31), PageDown, date(2024, 2, 29)),
            (date(2024, 2, 29), CursorWordLeft, date(2023, 2, 28)),
            (date(2024, 2, 29), CursorWordRight, date(2025, 2, 28)),
            (date(2024, 2, 10), First, date(2024, 2, 1)),
            (date(2024, 2, 10), Last, date(2024, 2, 29)),
            (FIRST, Left, FIRST),
            (LAST, PageDown, LAST),
            (date(2024, 2, 10), Print, date(2024, 2, 10)),
        ];
        for (from, action, to) in cases {
            let mut calendar = at(from);
            assert_eq!(calendar.action(action), Chosen::Open, "{action:?}");
            assert_eq!(calendar.day, to, "{from} {action:?}");
        }
        assert_eq!(at(date(2024, 2, 10)).action(Open), Chosen::Day(date(2024, 2, 10)));
        assert_eq!(at(date(2024, 2, 10)).action(Back), Chosen::Closed);
        assert_eq!(
            Calendar::new(String::new(), None, date(2026, 11, 23)).action(Toggle),
            Chosen::Day(date(2026, 11, 23))
        );
    }

    #[test]
    fn what_is_typed_leads_to_its_day() {
        let cases = [
            ("1950", date(1950, 1, 1)),
            ("1950年", date(1950, 1, 1)),
            ("195003", date(1950, 3, 1)),
            ("1950-3", date(1950, 3, 1)),
            ("1950年3月", date(1950, 3, 1)),
            ("19500312", date(1950, 3, 12)),
            ("1950年3月12日", date(1950, 3, 12)),
            ("１９５０．３．１２", date(1950, 3, 12)),
        ];
        for (text, day) in cases {
            let mut calendar = at(date(2024, 2, 10));
            calendar.typed(text);
            assert_eq!(calendar.day, day, "{text}");
            assert_eq!(calendar.action(Action::Open), Chosen::Day(day), "{text}");
        }
        let mut calendar = at(date(2024, 2, 10));
        calendar.typed("上周三");
        assert_eq!(calendar.action(Action::Open), Chosen::Open, "not understood, nothing taken");
        calendar.action(Action::DeleteToStart);
        assert_eq!(calendar.action(Action::Open), Chosen::Day(date(2024, 2, 10)));
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_in_the_month_shown(acts in prop::collection::vec((0..Action::ALL.len(), "[0-9年月-]{0,3}"), 0..60)) {
            let mut calendar = at(date(2024, 2, 29));
            for (action, text) in acts {
                calendar.typed(&text);
                calendar.action(Action::ALL[action]);
                let shown: Vec<Date> = calendar.weeks().into_iter().flatten().flatten().collect();
                prop_assert!(shown.contains(&calendar.day));
                prop_assert!((28..=31).contains(&shown.len()) && calendar.weeks().len() <= 6);
            }
        }
    }
}
