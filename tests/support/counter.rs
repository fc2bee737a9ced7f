//! What a clerk does at the counter, in terms of the screen: go to a field, fill it, choose.

use std::thread;
use std::time::{Duration, Instant};

use super::{Key, Session};

/// More fields than any page has.
const MANY: usize = 60;

/// No key takes longer to show on the slowest machine.
const SLOWEST_KEY: Duration = Duration::from_secs(3);

impl Session {
    /// Goes to the empty field behind a label, forwards from where the cursor is.
    ///
    /// # Panics
    /// With the screen, when there is none.
    #[track_caller]
    pub fn go_to(&mut self, label: &str) {
        for _ in 0..MANY {
            let before = self.before_cursor();
            if before.rsplit_once(label).is_some_and(|(_, rest)| rest.trim_matches(['[', ' ']).is_empty()) {
                return;
            }
            self.moving_on(|session| session.press(&[Key::Tab]));
        }
        panic!("no field “{label}” was reached. The screen:\n{}", self.screen());
    }

    /// Types into the field behind a label.
    #[track_caller]
    pub fn fill(&mut self, label: &str, text: &str) {
        self.go_to(label);
        self.moving_on(|session| session.type_text(text));
    }

    /// Does what moves the cursor, and waits until it has moved. Where it does not move after all, it waits a while in vain.
    fn moving_on(&mut self, input: impl FnOnce(&mut Self)) {
        let cursor = self.cursor();
        input(self);
        let deadline = Instant::now() + SLOWEST_KEY;
        while self.cursor() == cursor && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        self.wait_at_rest();
    }

    /// Chooses in the field behind a label, by what is typed into the list's filter.
    #[track_caller]
    pub fn choose(&mut self, label: &str, option: &str) {
        self.filter(label, option);
        self.press(&[Key::Enter]);
        self.wait_gone("筛选：");
    }

    /// Chooses one of several in the field behind a label.
    #[track_caller]
    pub fn choose_one_of_many(&mut self, label: &str, option: &str) {
        self.filter(label, option);
        self.press(&[Key::Space, Key::Enter]);
        self.wait_gone("筛选：");
    }

    #[track_caller]
    fn filter(&mut self, label: &str, option: &str) {
        self.go_to(label);
        self.press(&[Key::Space]);
        self.wait_for("筛选：");
        self.type_text(option);
        self.wait_for(&format!("筛选：{option}"));
    }

    /// Ticks the box behind a label.
    #[track_caller]
    pub fn tick(&mut self, label: &str) {
        self.go_to(label);
        self.press(&[Key::Space]);
        self.wait_until(&format!("{label} ticked"), |rows| {
            rows.iter().any(|row| row.contains(label) && row.contains("[x]"))
        });
    }

    /// Opens the guide of the item that a search finds first.
    #[track_caller]
    pub fn open_guide(&mut self, search: &str, name: &str) {
        self.wait_for("事项目录");
        self.wait_for(">>");
        self.type_text(search);
        self.wait_for(&format!(">> {name}"));
        self.press(&[Key::Enter]);
        self.wait_for("一次性告知单");
    }
}
