//! The main job of the suite: an old-age allowance, taken page by page.

use super::{Key, Session};

/// Name of the item, and what finds it.
pub const ITEM: &str = "80周岁以上老年人高龄津贴发放";
pub const SEARCH: &str = "gljt";

impl Session {
    /// From the catalogue to the first page of the form.
    #[track_caller]
    pub fn open_allowance(&mut self) {
        self.open_guide(SEARCH, ITEM);
        self.press(&[Key::F(9)]);
        self.wait_for("*申请人类型");
    }

    /// The applicant's page.
    #[track_caller]
    pub fn take_applicant(&mut self) {
        self.fill("*姓名", "赵谷雨");
        self.fill("*身份证号码", "42900619000101002x");
        let screen = self.wait_for("1900-01-01");
        assert!(screen.contains('女'), "the sex follows from the number:\n{screen}");
        self.fill("*手机号码", "13800000000");
        self.fill("*通讯地址", "天门市岳口镇健康路1号");
    }

    /// The pages of the item's own form.
    #[track_caller]
    pub fn take_form(&mut self) {
        self.press(&[Key::PageDown]);
        self.wait_for("*为谁申请");
        self.choose("*为谁申请", "申请人本人");
        self.fill("*出生日期", "1900-01-01");
        self.choose("*户籍所在地", "岳口镇");
        self.fill("*本地户籍起始日", "1950-01-01");
        self.choose("*居住情况", "居家");
        self.press(&[Key::PageDown]);
        self.wait_for("*养老待遇");
        self.choose("*养老待遇", "城乡居民");
        self.choose_one_of_many("*正在享受的补贴", "没有");
        self.fill("*户名", "赵谷雨");
        self.choose("*开户银行", "农业银行");
        self.fill("*银行账号", "6200000000000000000");
        for promise in ["*知晓须公示", "*变动及时报告", "*如实申报并愿担责"] {
            self.tick(promise);
        }
    }

    /// Through the review page, which must find nothing wrong.
    #[track_caller]
    pub fn submit(&mut self) {
        self.press(&[Key::F(9)]);
        let review = self.wait_for("F9 提交");
        assert!(!review.contains("处错误"), "{review}");
        self.press(&[Key::F(9)]);
    }
}
