//! One row of a department's table as an item.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;

use super::columns::{Columns, DOMAINS, Element, heading};
use super::materials::MaterialCodes;
use crate::catalogue::files::CatalogueFolder;
use crate::catalogue::findings::{Finding, Severity};
use crate::catalogue::reasons;
use crate::domain::identity::CreditCode;
use crate::domain::item::{
    Audience, Fee, FormRef, FourWays, HandleArea, Item, ItemType, Level, Limit, LimitUnit, ProjectType,
};
use crate::locale::Phrase;

/// Something wrong with a row, or mended in it.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) finding: Finding,
    /// Heading of the column.
    pub(super) column: &'static str,
}

impl Fault {
    pub(super) fn new(key: &'static str) -> Self {
        Self { finding: Finding::new(Severity::Error, "", key), column: "" }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.finding = self.finding.with(name, value);
        self
    }

    fn because(mut self, reason: Phrase) -> Self {
        self.finding = self.finding.because(reason);
        self
    }

    fn at(mut self, element: Element) -> Self {
        self.column = heading(element);
        self
    }
}

/// Reads the cells of one row and collects what is wrong with them: all of it, so that it is mended once.
struct Reader<'a> {
    columns: &'a Columns,
    record: &'a [String],
    faults: Vec<Fault>,
    mended: Vec<Fault>,
}

impl Reader<'_> {
    fn text(&self, element: Element) -> String {
        self.columns.cell(self.record, element)
    }

    fn wanted(&mut self, element: Element) -> String {
        let text = self.text(element);
        if text.is_empty() {
            self.faults.push(Fault::new("catalogue-import-empty").at(element).with("column", heading(element)));
        }
        text
    }

    /// A code: full-width folded, blanks and hyphens dropped, letters large.
    fn code(&mut self, element: Element) -> String {
        let text = self.text(element);
        let code: String =
            text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\'')).collect::<String>().to_uppercase();
        if code != text && !code.is_empty() {
            self.mended.push(Fault::new("catalogue-import-mended").at(element).with("from", text).with("to", &code));
        }
        code
    }

    /// A choice among words; the first when the cell is empty.
    fn choice<T: Copy>(&mut self, element: Element, usual: T, choices: &[(&str, T)]) -> T {
        let text: String = self.text(element).nfkc().collect();
        if text.is_empty() {
            return usual;
        }
        let found = choices.iter().find(|(word, _)| text == *word);
        let found = found.or_else(|| choices.iter().find(|(word, _)| word.chars().count() > 1 && text.contains(word)));
        found.map(|(_, value)| *value).unwrap_or_else(|| {
            self.faults.push(
                Fault::new("catalogue-import-no-choice")
                    .at(element)
                    .with("column", heading(element))
                    .with("value", &text),
            );
            usual
        })
    }

    /// A limit: `20`, `20个工作日内`, `15日`, `当场办结`, `无`.
    fn limit(&mut self, element: Element) -> Option<Limit> {
        let text: String = self.text(element).nfkc().filter(|c| !c.is_whitespace()).collect();
        if text.is_empty() || ["无", "/", "-", "无法定时限"].contains(&text.as_str()) {
            return None;
        }
        if ["即办", "当场", "当日", "马上"].iter().any(|word| text.contains(word)) {
            return Some(Limit { days: 0, unit: LimitUnit::Working });
        }
        let limit = days(&text);
        if limit.is_none() {
            let fault = Fault::new("catalogue-import-limit").at(element);
            self.faults.push(fault.with("column", heading(element)).with("value", &text));
        }
        limit
    }

    fn date(&mut self, element: Element) -> Option<Date> {
        let text: String = self.text(element).nfkc().collect();
        if text.is_empty() {
            return None;
        }
        let parts: Vec<i32> =
            text.split(['-', '/', '.', '年', '月', '日']).filter_map(|part| part.trim().parse().ok()).collect();
        let date = match *parts.as_slice() {
            [year, month, day] => Some((year, month, day)),
            [whole] => Some((whole / 10_000, whole / 100 % 100, whole % 100)),
            _ => None,
        };
        let date = date.and_then(|(year, month, day)| {
            Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        });
        if date.is_none() {
            self.faults.push(Fault::new("catalogue-import-date").at(element).with("value", &text));
        }
        date
    }

    /// A list: by lines, semicolons, or `、` where there is none of these; leading numbers dropped.
    fn list(&self, element: Element) -> Vec<String> {
        let text = self.text(element);
        let parts: Vec<&str> = if text.contains(['\n', ';', '；']) {
            text.split(['\n', ';', '；']).collect()
        } else {
            text.split('、').collect()
        };
        parts
            .into_iter()
            .map(|part| {
                let part = part.trim();
                let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
                match rest.strip_prefix(['.', '．', '、', ')', '）']) {
                    Some(after) if rest.len() < part.len() => after.trim().to_owned(),
                    _ => part.to_owned(),
                }
            })
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// A list of sentences: a list without `、`, which stands inside sentences.
    fn sentences(&self, element: Element) -> Vec<String> {
        if self.text(element).contains(['\n', ';', '；']) {
            return self.list(element);
        }
        Some(self.text(element)).filter(|text| !text.is_empty()).into_iter().collect()
    }
}

/// A number of days. Weeks, months, ranges and parts of a day are no days, and nobody guesses here how many.
fn days(text: &str) -> Option<Limit> {
    const MOST: u16 = 1_000;
    let text = text.strip_suffix("以内").or_else(|| text.strip_suffix('内')).unwrap_or(text);
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text.strip_prefix(digits)?.trim_start_matches('个') {
        "" | "工作日" => LimitUnit::Working,
        "日" | "天" | "自然日" | "日历日" => LimitUnit::Natural,
        _ => return None,
    };
    let is_count = digits.bytes().all(|byte| byte.is_ascii_digit());
    let days = digits.parse().ok().filter(|days| is_count && *days <= MOST)?;
    Some(Limit { days, unit })
}

/// The item of a row and what was mended, or all that is wrong with it.
pub(super) fn item(
    columns: &Columns,
    record: &[String],
    known: &CatalogueFolder,
    codes_of: &mut MaterialCodes,
    form: &str,
) -> Result<(Item, Vec<Fault>), Vec<Fault>> {
    let mut row = Reader { columns, record, faults: Vec::new(), mended: Vec::new() };
    if record.iter().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER)) {
        row.faults.push(Fault::new("catalogue-import-encoding"));
    }
    let has_more = record.iter().skip(columns.count).any(|cell| !cell.trim().is_empty());
    if has_more || record.len() < columns.needed() {
        let fault = Fault::new("catalogue-import-cells").with("found", record.len());
        row.faults.push(fault.with("columns", columns.count));
    }
    let name = row.wanted(Element::Name);
    let department = row.wanted(Element::Department);
    let (code, catalog_code, use_level) = codes(&mut row);
    let item_type = item_type(&mut row, &catalog_code);
    let domain = domain(&mut row, known);
    let (legal_limit, promised_limit) = (row.limit(Element::LegalLimit), row.limit(Element::PromisedLimit));
    let at_once = promised_limit.is_some_and(|limit| limit.days == 0);
    let usual = if at_once { ProjectType::Instant } else { ProjectType::Promised };
    let project_type = row.choice(
        Element::ProjectType,
        usual,
        &[
            ("即办件", ProjectType::Instant),
            ("承诺件", ProjectType::Promised),
            ("1", ProjectType::Instant),
            ("2", ProjectType::Promised),
        ],
    );
    let handle_area = row.choice(
        Element::HandleArea,
        HandleArea::County,
        &[
            ("全国", HandleArea::Nation),
            ("跨省", HandleArea::Nation),
            ("全省", HandleArea::Province),
            ("全市", HandleArea::City),
            ("全县", HandleArea::County),
            ("全区", HandleArea::County),
            ("全镇", HandleArea::Town),
            ("跨村", HandleArea::Villages),
            ("1", HandleArea::Nation),
            ("2", HandleArea::Province),
            ("3", HandleArea::City),
            ("4", HandleArea::County),
            ("5", HandleArea::Town),
            ("6", HandleArea::Villages),
        ],
    );
    let form_text = Some(row.text(Element::Form)).filter(|text| !text.is_empty()).unwrap_or_else(|| form.to_owned());
    let form = form_text.parse::<FormRef>().unwrap_or_else(|_| {
        row.faults.push(Fault::new("catalogue-import-form").at(Element::Form).with("value", &form_text));
        FormRef { id: String::new(), version: 0 }
    });
    let id = Some(row.text(Element::Id)).filter(|id| !id.is_empty()).unwrap_or_else(|| code.to_lowercase());
    if !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        row.faults.push(Fault::new("catalogue-import-id").at(Element::Id).with("value", &id));
    }
    let trips = trips(&mut row);
    let fee = fee(&mut row);
    let audience = audience(&mut row);
    let (effective_date, cancel_date) = (row.date(Element::EffectiveDate), row.date(Element::CancelDate));
    let materials = row.list(Element::Materials).into_iter().map(|name| codes_of.material(name)).collect();
    let item = Item {
        id,
        code,
        catalog_code,
        version: 1,
        name,
        aliases: row.list(Element::Aliases),
        item_type,
        domain,
        department,
        audience,
        use_level,
        project_type,
        legal_limit,
        promised_limit: promised_limit.filter(|_| project_type == ProjectType::Promised),
        conditions: row.sentences(Element::Conditions),
        flow: row.sentences(Element::Flow),
        situations: Vec::new(),
        materials,
        fee,
        trips,
        handle_area,
        cross_modes: Vec::new(),
        four_ways: FourWays { at_once: project_type == ProjectType::Instant, ..FourWays::default() },
        basis: row.sentences(Element::Basis),
        place: row.text(Element::Place),
        hours: row.text(Element::Hours),
        enquiries: row.text(Element::Enquiries),
        complaints: row.text(Element::Complaints),
        result: row.text(Element::Result),
        form,
        accepted_forms: Vec::new(),
        replaces: Vec::new(),
        effective_date,
        cancel_date,
        sample: Vec::new(),
    };
    if row.faults.is_empty() { Ok((item, row.mended)) } else { Err(row.faults) }
}

/// Implementation code, catalogue code and level, the one from the others where a column is missing.
fn codes(row: &mut Reader<'_>) -> (String, String, Level) {
    let levels = [
        ("国家级", Level::Nation),
        ("省级", Level::Province),
        ("市级", Level::City),
        ("县级", Level::County),
        ("区级", Level::County),
        ("镇", Level::Town),
        ("乡级", Level::Town),
        ("街道", Level::Town),
        ("村", Level::Village),
        ("社区", Level::Village),
        ("1", Level::Nation),
        ("2", Level::Province),
        ("3", Level::City),
        ("4", Level::County),
        ("5", Level::Town),
        ("6", Level::Village),
    ];
    let (mut code, body, mut catalog_code) =
        (row.code(Element::Code), row.code(Element::Body), row.code(Element::CatalogCode));
    let digit = code.chars().nth(18).map(String::from).unwrap_or_default();
    let of_code = levels.iter().find(|(word, _)| *word == digit).map(|(_, level)| *level);
    let level = row.choice(Element::UseLevel, of_code.unwrap_or(Level::County), &levels);
    if code.is_empty() && !body.is_empty() {
        code = format!("{body}{}{catalog_code}", level.code());
    }
    if catalog_code.is_empty() {
        catalog_code = code.chars().skip(19).collect();
    }
    let length = code.chars().count();
    if length != 31 || !code.is_ascii() {
        row.faults.push(
            Fault::new("catalogue-import-code-length").at(Element::Code).with("code", &code).with("found", length),
        );
        return (code, catalog_code, level);
    }
    let own_body = code.get(..18).unwrap_or_default();
    if let Err(reason) = own_body.parse::<CreditCode>() {
        row.faults.push(
            Fault::new("catalogue-import-body")
                .at(Element::Code)
                .with("body", own_body)
                .because(reasons::credit_code(reason)),
        );
    }
    if digit != level.code().to_string() {
        row.faults.push(
            Fault::new("catalogue-import-level")
                .at(Element::UseLevel)
                .with("found", &digit)
                .with("level", level.code()),
        );
    }
    if code.get(19..) != Some(catalog_code.as_str()) || !catalog_code.bytes().all(|byte| byte.is_ascii_digit()) {
        row.faults
            .push(Fault::new("catalogue-import-catalog-code").at(Element::CatalogCode).with("code", &catalog_code));
    }
    (code, catalog_code, level)
}

/// The item type: by its column, which must not contradict the catalogue code, else by the catalogue code.
fn item_type(row: &mut Reader<'_>, catalog_code: &str) -> ItemType {
    let types = [
        ("行政许可", ItemType::Permit),
        ("行政给付", ItemType::Benefit),
        ("行政确认", ItemType::Confirmation),
        ("行政奖励", ItemType::Reward),
        ("行政裁决", ItemType::Ruling),
        ("其他行政权力", ItemType::OtherPower),
        ("公共服务", ItemType::PublicService),
        ("01", ItemType::Permit),
        ("05", ItemType::Benefit),
        ("07", ItemType::Confirmation),
        ("08", ItemType::Reward),
        ("09", ItemType::Ruling),
        ("10", ItemType::OtherPower),
        ("20", ItemType::PublicService),
    ];
    let digits = catalog_code.get(2..4).unwrap_or_default();
    let of_code = types.iter().find(|(word, _)| *word == digits).map(|(_, one)| *one);
    let chosen = row.choice(Element::ItemType, of_code.unwrap_or(ItemType::PublicService), &types);
    if !digits.is_empty() && chosen.code() != digits {
        row.faults.push(
            Fault::new("catalogue-import-type")
                .at(Element::ItemType)
                .with("digits", digits)
                .with("type", chosen.code()),
        );
    }
    chosen
}

/// The domain: by id or name, of the folder's or of the usual ones.
fn domain(row: &mut Reader<'_>, known: &CatalogueFolder) -> String {
    let text = row.text(Element::Domain);
    let own = known.manifest.domains.iter().map(|domain| (domain.id.as_str(), domain.name.as_str()));
    let has_own = !known.manifest.domains.is_empty();
    let usual = DOMAINS.iter().filter(|_| !has_own).map(|(id, name, _)| (*id, *name));
    let all: Vec<(&str, &str)> = own.chain(usual).collect();
    let department = row.text(Element::Department);
    let found = if text.is_empty() {
        all.iter().find(|(_, name)| department.contains(name)).or_else(|| all.first())
    } else {
        all.iter().find(|(id, name)| text == *id || text == *name)
    };
    found.map(|(id, _)| (*id).to_owned()).unwrap_or_else(|| {
        row.faults.push(Fault::new("catalogue-import-domain").at(Element::Domain).with("value", &text));
        String::new()
    })
}

fn trips(row: &mut Reader<'_>) -> u8 {
    let text: String = row.text(Element::Trips).nfkc().filter(|c| !matches!(c, '次' | ' ')).collect();
    if text.is_empty() {
        return 1;
    }
    text.parse().unwrap_or_else(|_| {
        row.faults.push(Fault::new("catalogue-import-number").at(Element::Trips).with("value", &text));
        1
    })
}

/// The fee (收费标准); that there is one is not enough.
fn fee(row: &mut Reader<'_>) -> Option<Fee> {
    let text = row.text(Element::Fee);
    if ["", "否", "无", "不收费", "免费", "0"].contains(&text.as_str()) {
        return None;
    }
    if ["是", "有", "收费", "1"].contains(&text.as_str()) {
        row.faults.push(Fault::new("catalogue-import-fee").at(Element::Fee).with("value", &text));
    }
    Some(Fee { standard: text, basis: String::new() })
}

fn audience(row: &mut Reader<'_>) -> Vec<Audience> {
    let text = row.text(Element::Audience);
    let person = text.is_empty() || ["自然人", "个人", "公民", "1"].iter().any(|word| text.contains(word));
    let organisation = ["法人", "企业", "组织", "机构"].iter().any(|word| text.contains(word));
    if !person && !organisation {
        row.faults.push(
            Fault::new("catalogue-import-no-choice")
                .at(Element::Audience)
                .with("column", heading(Element::Audience))
                .with("value", &text),
        );
    }
    let both = [(person, Audience::Person), (organisation, Audience::Organisation)];
    both.into_iter().filter(|(holds, _)| *holds).map(|(_, one)| one).collect()
}

/// An item as a file: without what is empty anyhow.
pub(super) fn written(item: &Item) -> String {
    let Ok(mut table) = toml::Table::try_from(item) else { return String::new() };
    // The file's name says it.
    table.remove("id");
    thin(&mut table);
    // These must be there; that they are empty is for the check to say.
    for list in ["conditions", "basis"] {
        table.entry(list).or_insert_with(|| toml::Value::Array(Vec::new()));
    }
    for text in ["place", "hours"] {
        table.entry(text).or_insert_with(|| toml::Value::String(String::new()));
    }
    toml::to_string_pretty(&table).unwrap_or_default()
}

fn thin(table: &mut toml::Table) {
    table.retain(|_, value| match value {
        toml::Value::Array(values) => {
            values.iter_mut().filter_map(toml::Value::as_table_mut).for_each(thin);
            !values.is_empty()
        }
        toml::Value::String(text) => !text.is_empty(),
        toml::Value::Boolean(holds) => *holds,
        toml::Value::Table(inner) => {
            thin(inner);
            !inner.is_empty()
        }
        _ => true,
    });
}
