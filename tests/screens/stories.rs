//! The ways to each screen, by keys only.

use crate::desk::Desk;

/// A person of the practice room: the number's holder would be 126 years old.
pub const ID_NUMBER: &str = "42900619000101002X";

impl Desk {
    /// Searches an item and opens its guide.
    pub fn open_guide(&mut self, query: &str) {
        self.type_text(query);
        self.press("enter");
    }

    /// Opens the intake of an item.
    pub fn open_intake(&mut self, query: &str) {
        self.open_guide(query);
        self.press("f9");
        self.intake();
    }

    /// Moves on until a field of the open page has the focus.
    pub fn go_to(&mut self, pointer: &str) {
        for _ in 0..200 {
            if self.intake().focus.as_ref().is_some_and(|focus| focus.pointer() == pointer) {
                return;
            }
            self.press("tab");
        }
        panic!("no field {pointer}:\n{}", self.picture());
    }

    /// Fills text into a field of the open page or one after it.
    pub fn fill(&mut self, pointer: &str, text: &str) {
        self.go_to(pointer);
        self.type_text(text);
    }

    /// Chooses in a field what its list offers for these words.
    pub fn choose(&mut self, pointer: &str, words: &str) {
        self.go_to(pointer);
        self.press("space");
        self.type_text(words);
        self.press("enter");
    }

    /// Fills the applicant's page.
    pub fn fill_applicant(&mut self) {
        self.fill("/name", "陈桂芳");
        self.fill("/idNumber", ID_NUMBER);
        self.fill("/mobile", "13900000000");
        self.fill("/address", "岳口镇健康路18号");
    }

    /// Fills everything that 高龄津贴 asks, from the first page on.
    pub fn fill_allowance(&mut self) {
        self.fill_applicant();
        self.choose("/forWhom", "申请人本人");
        self.fill("/birthDate", "19000101");
        self.choose("/registeredArea", "岳口镇");
        self.fill("/residentSince", "19000101");
        self.choose("/livesWhere", "居家");
        self.choose("/otherPension", "没有");
        self.go_to("/alsoGets");
        self.press("space end space enter");
        self.fill("/accountHolder", "陈桂芳");
        self.choose("/bankName", "nongye");
        self.fill("/bankAccount", "6222000000000000004");
        for consent in ["/noticeConsent", "/alive", "/truthful"] {
            self.go_to(consent);
            self.press("space");
        }
    }

    /// Opens the review page of a complete 高龄津贴.
    pub fn review_allowance(&mut self) {
        self.open_intake("gljt");
        self.fill_allowance();
        self.press("f9");
    }
}
