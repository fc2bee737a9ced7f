//! The columns of a department's table, by the headings that departments use.

use unicode_normalization::UnicodeNormalization as _;

/// An element of an item that a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Id,
    Code,
    Body,
    CatalogCode,
    Name,
    Aliases,
    ItemType,
    Domain,
    Department,
    Audience,
    UseLevel,
    ProjectType,
    LegalLimit,
    PromisedLimit,
    Conditions,
    Flow,
    Materials,
    Fee,
    Trips,
    HandleArea,
    Basis,
    Place,
    Hours,
    Enquiries,
    Complaints,
    Result,
    Form,
    EffectiveDate,
    CancelDate,
}

/// Headings, the usual one first; GB/T 39554.2 has most of them.
const HEADINGS: [(Element, &[&str]); 29] = [
    (Element::Name, &["事项名称", "实施清单名称", "业务办理项名称", "名称", "name"]),
    (Element::Code, &["实施编码", "实施清单编码", "事项编码", "code"]),
    (Element::Body, &["统一社会信用代码", "实施主体编码", "实施主体代码"]),
    (Element::CatalogCode, &["基本编码", "目录编码", "catalog-code"]),
    (Element::Id, &["编号", "标识", "id"]),
    (Element::Aliases, &["别名", "俗称", "群众叫法"]),
    (Element::ItemType, &["事项类型", "类型"]),
    (Element::Domain, &["领域", "所属领域", "主题"]),
    (Element::Department, &["实施主体", "实施主体名称", "实施部门", "主管部门", "部门"]),
    (Element::Audience, &["服务对象", "办理对象"]),
    (Element::UseLevel, &["行使层级", "层级"]),
    (Element::ProjectType, &["办件类型"]),
    (Element::LegalLimit, &["法定办结时限", "法定时限"]),
    (Element::PromisedLimit, &["承诺办结时限", "承诺时限"]),
    (Element::Conditions, &["受理条件", "申请条件", "办理条件"]),
    (Element::Flow, &["办理流程", "流程"]),
    (Element::Materials, &["申请材料", "申报材料", "材料清单", "材料"]),
    (Element::Fee, &["收费标准", "是否收费", "收费"]),
    (Element::Trips, &["到办事现场次数", "跑动次数", "到现场次数"]),
    (Element::HandleArea, &["通办范围"]),
    (Element::Basis, &["设定依据", "法律依据", "办理依据"]),
    (Element::Place, &["办理地点", "办理地址"]),
    (Element::Hours, &["办理时间", "工作时间"]),
    (Element::Enquiries, &["咨询方式", "咨询电话"]),
    (Element::Complaints, &["监督投诉方式", "投诉电话", "监督电话"]),
    (Element::Result, &["办理结果", "结果名称", "审批结果名称"]),
    (Element::Form, &["表单", "表单编号"]),
    (Element::EffectiveDate, &["计划生效日期", "生效日期"]),
    (Element::CancelDate, &["计划取消日期", "取消日期"]),
];

/// Domains that a new folder begins with: id, Chinese and English name.
pub(super) const DOMAINS: [(&str, &str, &str); 12] = [
    ("civil-affairs", "民政", "Civil affairs"),
    ("health", "卫健", "Health"),
    ("employment", "就业", "Employment"),
    ("social-insurance", "社保", "Social insurance"),
    ("medical-insurance", "医保", "Medical insurance"),
    ("disability", "残疾", "Disability"),
    ("public-security", "公安", "Public security"),
    ("justice", "司法", "Justice"),
    ("veterans", "退役军人", "Veterans"),
    ("education", "教育", "Education"),
    ("agriculture", "农业农村", "Agriculture"),
    ("emergency", "应急", "Emergency"),
];

/// Which column holds what.
#[derive(Debug, Default)]
pub(super) struct Columns {
    places: Vec<(Element, usize)>,
    /// How many there are.
    pub(super) count: usize,
    /// Headings that mean nothing here.
    pub(super) unknown: Vec<String>,
    /// Headings of an element that another column has already, each with that column's number from 1.
    pub(super) twice: Vec<(String, usize)>,
}

impl Columns {
    /// The columns of a head.
    pub(super) fn of(head: &[String]) -> Self {
        let mut columns = Self { count: head.len(), ..Self::default() };
        for (place, heading) in head.iter().enumerate() {
            let plain = plain(heading);
            match HEADINGS.iter().find(|(_, names)| names.iter().any(|name| *name == plain)) {
                Some((element, _)) => match columns.place(*element) {
                    None => columns.places.push((*element, place)),
                    Some(first) => columns.twice.push((heading.trim().to_owned(), first + 1)),
                },
                _ if plain.is_empty() || plain == "序号" => {}
                _ => columns.unknown.push(heading.trim().to_owned()),
            }
        }
        columns
    }

    /// The heading of an element without which no row can be read.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let has = |element| self.place(element).is_some();
        let code = has(Element::Code) || (has(Element::Body) && has(Element::CatalogCode) && has(Element::UseLevel));
        if !has(Element::Name) {
            Some("事项名称")
        } else if !code {
            Some("实施编码")
        } else if has(Element::Department) {
            None
        } else {
            Some("实施主体")
        }
    }

    /// How many cells a row needs to have one for every column that means something.
    pub(super) fn needed(&self) -> usize {
        self.places.iter().map(|(_, place)| place + 1).max().unwrap_or_default()
    }

    /// The cell of an element, trimmed and without what typists leave in: empty where the row has none.
    pub(super) fn cell(&self, record: &[String], element: Element) -> String {
        let cell = self.place(element).and_then(|place| record.get(place)).map_or("", String::as_str);
        let kept = cell.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'));
        let kept: String = kept.map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
        kept.trim().to_owned()
    }

    fn place(&self, element: Element) -> Option<usize> {
        self.places.iter().find(|(one, _)| *one == element).map(|(_, place)| *place)
    }
}

/// The usual heading of an element.
pub(super) fn heading(element: Element) -> &'static str {
    let names = HEADINGS.iter().find(|(one, _)| *one == element).map(|(_, names)| *names);
    names.and_then(|names| names.first()).copied().unwrap_or_default()
}

/// A heading without blanks, marks of obligation and explanations in brackets; full-width letters folded.
fn plain(heading: &str) -> String {
    let folded: String =
        heading.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '●' | '★' | '\u{feff}')).collect();
    folded.split('(').next().unwrap_or_default().to_ascii_lowercase()
}
