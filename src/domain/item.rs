//! Service items (政务服务事项) with the elements of GB/T 39554.2 that a counter needs.
//!
//! The same types are the item files under `config/demo/items` (TOML), what the backend serves, and what the client holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::area::AreaCode;
pub use super::form_ref::{FormRef, FormRefError};

/// A service item (政务服务事项) as one implementing body offers it (实施清单).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Item {
    /// Short stable name of the item, its file's stem: `elderly-allowance`. Admission lists refer to it.
    #[serde(default)]
    pub id: String,
    /// Implementation code (实施编码), 31 characters: the body's USCC, the level, the catalogue code.
    pub code: String,
    /// Catalogue code (基本编码), 12 digits: area 2, type 2, department 2, main item 3, sub item 3.
    pub catalog_code: String,
    /// Counts up with every published change (事项版本).
    pub version: u32,
    /// Name (事项名称).
    pub name: String,
    /// Everyday words that citizens use for it (别名), searched like the name.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Item type (事项类型).
    pub item_type: ItemType,
    /// Id of its domain (领域) in `catalogue.toml`.
    pub domain: String,
    /// Name of the implementing department (实施主体).
    pub department: String,
    /// Whom it serves (服务对象).
    pub audience: Vec<Audience>,
    /// Level that exercises the power (行使层级).
    pub use_level: Level,
    /// Decided at once, or within a promised time (办件类型).
    pub project_type: ProjectType,
    /// Legal limit (法定办结时限). Public services may have none.
    #[serde(default)]
    pub legal_limit: Option<Limit>,
    /// Promised limit (承诺办结时限).
    #[serde(default)]
    pub promised_limit: Option<Limit>,
    /// Conditions of acceptance (受理条件).
    pub conditions: Vec<String>,
    /// Steps of handling (办理流程).
    #[serde(default)]
    pub flow: Vec<String>,
    /// Questions whose answers bring materials in (情形).
    #[serde(default)]
    pub situations: Vec<Situation>,
    /// Materials to hand in (申请材料), in order.
    #[serde(default)]
    pub materials: Vec<Material>,
    /// Fee (收费). None: free of charge.
    #[serde(default)]
    pub fee: Option<Fee>,
    /// How often the citizen must come (到办事现场次数).
    pub trips: u8,
    /// Within which area any counter may take it (通办范围).
    pub handle_area: HandleArea,
    /// How a counter outside the competent area does it (通办模式); empty where none does.
    #[serde(default)]
    pub cross_modes: Vec<CrossMode>,
    /// The four ways (四办).
    #[serde(default)]
    pub four_ways: FourWays,
    /// Legal basis (设定依据).
    pub basis: Vec<String>,
    /// Where (办理地点).
    pub place: String,
    /// When (办理时间).
    pub hours: String,
    /// Enquiries (咨询方式).
    #[serde(default)]
    pub enquiries: String,
    /// Complaints (监督投诉方式).
    #[serde(default)]
    pub complaints: String,
    /// What the citizen gets (办理结果).
    #[serde(default)]
    pub result: String,
    /// The form to fill.
    pub form: FormRef,
    /// Earlier forms that are still taken (过渡期): an intake may have been opened on them. Every other is retired.
    #[serde(default)]
    pub accepted_forms: Vec<FormRef>,
    /// Ids or codes of withdrawn items whose place it takes (替代事项).
    #[serde(default)]
    pub replaces: Vec<String>,
    /// First day on which it is offered (计划生效日期). None: it is already.
    #[serde(default)]
    pub effective_date: Option<Date>,
    /// Last day on which it is offered (计划取消日期). None: no end is planned.
    #[serde(default)]
    pub cancel_date: Option<Date>,
    /// Names of the elements above that are sample data, not verified facts. Shown as such.
    #[serde(default)]
    pub sample: Vec<String>,
}

/// Item type (事项类型), with the national code list's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ItemType {
    /// 行政许可
    #[serde(rename = "01")]
    Permit,
    /// 行政给付
    #[serde(rename = "05")]
    Benefit,
    /// 行政确认
    #[serde(rename = "07")]
    Confirmation,
    /// 行政奖励
    #[serde(rename = "08")]
    Reward,
    /// 行政裁决
    #[serde(rename = "09")]
    Ruling,
    /// 其他行政权力
    #[serde(rename = "10")]
    OtherPower,
    /// 公共服务
    #[serde(rename = "20")]
    PublicService,
}

impl ItemType {
    /// The national code, which is also the third and fourth digit of a catalogue code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Permit => "01",
            Self::Benefit => "05",
            Self::Confirmation => "07",
            Self::Reward => "08",
            Self::Ruling => "09",
            Self::OtherPower => "10",
            Self::PublicService => "20",
        }
    }
}

/// Whom an item serves (服务对象).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// 自然人
    Person,
    /// 法人和其他组织
    Organisation,
}

/// Level of government (行使层级).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 国家级
    Nation,
    /// 省级
    Province,
    /// 市级
    City,
    /// 县级
    County,
    /// 镇(乡、街道)级
    Town,
    /// 村(社区)级
    Village,
}

impl Level {
    /// The national code list's value, which is also the 19th character of an implementation code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Nation => 1,
            Self::Province => 2,
            Self::City => 3,
            Self::County => 4,
            Self::Town => 5,
            Self::Village => 6,
        }
    }
}

/// Kind of case (办件类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum ProjectType {
    /// 即办件: decided on the spot.
    Instant,
    /// 承诺件: decided within the promised limit.
    Promised,
}

/// A time limit with its unit: `{ days = 20, unit = "working" }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How many; 0 means at once.
    pub days: u16,
    /// Of what.
    pub unit: LimitUnit,
}

/// Unit of a limit (时限单位).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum LimitUnit {
    /// 工作日
    Working,
    /// 自然日
    Natural,
}

/// A question that decides which materials are needed (情形).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Situation {
    /// Id within the item.
    pub id: String,
    /// The question, as asked at the counter.
    pub question: String,
    /// The answers, of which exactly one holds.
    pub options: Vec<SituationOption>,
}

/// One answer to a situation's question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SituationOption {
    /// Id within the situation.
    pub id: String,
    /// The answer in words.
    pub label: String,
}

/// The chosen answers: situation id → option id.
pub type SituationAnswers = std::collections::BTreeMap<String, String>;

/// A material to hand in (申请材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Material {
    /// Material code, the same for the same paper in every item: `id-card`, `household-register`.
    pub code: String,
    /// Name (材料名称).
    pub name: String,
    /// Necessity (材料必要性).
    #[serde(default)]
    pub necessity: Necessity,
    /// On paper, electronic, or either (材料形式).
    #[serde(default)]
    pub form: MaterialForm,
    /// Originals to hand in or show (原件份数).
    #[serde(default)]
    pub originals: u8,
    /// Photocopies to hand in (复印件份数).
    #[serde(default)]
    pub copies: u8,
    /// Where it comes from (来源渠道).
    #[serde(default)]
    pub source: Source,
    /// May follow later against a promise (容缺后补).
    #[serde(default)]
    pub deferrable: bool,
    /// Need not be handed in because shared data or an e-licence serves (免提交): which one.
    #[serde(default)]
    pub exempt: Option<String>,
    /// Situation answers that bring it in, each `situation=option`; any one suffices. Empty: always needed.
    #[serde(default)]
    pub when: Vec<String>,
    /// What to watch for (填报须知).
    #[serde(default)]
    pub note: String,
    /// The paper as it looks when it is filled, line by line (示例样表).
    #[serde(default)]
    pub example: Vec<String>,
}

impl Material {
    /// Whether these situation answers bring the material in.
    pub fn applies(&self, answers: &SituationAnswers) -> bool {
        self.when.is_empty()
            || self.when.iter().any(|condition| {
                condition
                    .split_once('=')
                    .is_some_and(|(situation, option)| answers.get(situation).is_some_and(|chosen| chosen == option))
            })
    }
}

/// Necessity of a material (材料必要性).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Necessity {
    /// 必要
    #[default]
    Required,
    /// 非必要
    Optional,
}

/// Form of a material (材料形式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaterialForm {
    /// 纸质
    Paper,
    /// 电子
    Electronic,
    /// 纸质或电子
    #[default]
    Either,
}

/// Source of a material (来源渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// 申请人自备
    #[default]
    Applicant,
    /// 政府部门核发
    Government,
    /// 其他
    Other,
}

/// A fee (收费项目).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Standard in words (收费标准).
    pub standard: String,
    /// Basis (收费依据).
    pub basis: String,
}

/// Within which area any counter may take an item (通办范围).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum HandleArea {
    /// 全国
    Nation,
    /// 全省
    Province,
    /// 全市
    City,
    /// 全县
    County,
    /// 全镇(乡、街道)
    Town,
    /// 跨村(社区)
    Villages,
}

impl HandleArea {
    /// Whether a counter in one area may take an item whose competent place is in another.
    pub fn reaches(self, counter: &AreaCode, competent: &AreaCode) -> bool {
        let same = |level: fn(&AreaCode) -> Option<AreaCode>| {
            level(counter).is_some_and(|area| Some(area) == level(competent))
        };
        match self {
            Self::Nation => true,
            Self::Province => counter.province() == competent.province(),
            // Counties directly under a province share a nominal city that is none (省直辖县级行政区划).
            Self::City => same(AreaCode::county) || (same(AreaCode::city) && counter.as_str().get(2..4) != Some("90")),
            Self::County => same(AreaCode::county),
            Self::Town | Self::Villages => same(AreaCode::town),
        }
    }
}

/// How an item is done away from its competent place (全省通办、跨省通办的模式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrossMode {
    /// 全程网办: applied for and decided on the net.
    Online,
    /// 异地代收代办: this counter checks and forwards, the competent place decides.
    Collect,
    /// 多地联办: one counter takes it, the places work together inside.
    Joint,
}

/// The days on which an item is offered (计划生效日期、计划取消日期), both of them included. The default: every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Offered {
    /// The first. None: it is already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last. None: no end is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Offered {
    /// Whether that is every day.
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a day is one of them.
    pub fn validity(self, day: Date) -> Validity {
        match (self.from, self.until) {
            (Some(from), _) if day < from => Validity::NotYet(from),
            (_, Some(until)) if day > until => Validity::Over(until),
            _ => Validity::InForce,
        }
    }
}

/// Whether an item is offered on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It is.
    InForce,
    /// From this day on.
    NotYet(Date),
    /// No longer; this was the last day.
    Over(Date),
}

/// The four ways of handling (四办).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FourWays {
    /// 马上办
    #[serde(default)]
    pub at_once: bool,
    /// 网上办
    #[serde(default)]
    pub online: bool,
    /// 就近办
    #[serde(default)]
    pub nearby: bool,
    /// 一次办
    #[serde(default)]
    pub once: bool,
}

impl Item {
    /// The materials that these situation answers call for, in order.
    pub fn materials_for<'a>(&'a self, answers: &'a SituationAnswers) -> impl Iterator<Item = &'a Material> {
        self.materials.iter().filter(|material| material.applies(answers))
    }

    /// The days on which it is offered.
    pub const fn offered(&self) -> Offered {
        Offered { from: self.effective_date, until: self.cancel_date }
    }

    /// Whether it is offered on a day.
    pub fn validity(&self, day: Date) -> Validity {
        self.offered().validity(day)
    }

    /// Whether a request may have been filled on this form: the item's own, or an earlier one that is still accepted.
    pub fn takes_form(&self, form: &FormRef) -> bool {
        *form == self.form || self.accepted_forms.contains(form)
    }

    /// Every situation answered by its first option: what the guide shows before the clerk asks.
    pub fn first_answers(&self) -> SituationAnswers {
        self.situations
            .iter()
            .filter_map(|situation| Some((situation.id.clone(), situation.options.first()?.id.clone())))
            .collect()
    }
}
