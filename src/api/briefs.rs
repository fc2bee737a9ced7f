//! Items in brief as they go over the wire: column by column, what repeats itself once.
//!
//! A hundred thousand items must cross a village's line in a minute; in this order of bytes a general compressor leaves little of them.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::catalogue::Brief;
use crate::domain::item::{Audience, FourWays, HandleArea, Limit, Offered, ProjectType};
use crate::domain::site::Role;

/// Characters of an implementation code before the catalogue code: the body's and the level's.
const BODY: usize = 19;

/// Briefs, column by column. Every column but the tables has one member a row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Briefs {
    /// Table: beginnings of implementation codes.
    bodies: Vec<String>,
    /// Table: names of departments.
    departments: Vec<String>,
    /// Table: ids of domains.
    domains: Vec<String>,
    /// Table: names of the nearest other sites.
    places: Vec<String>,
    /// Table: what is chosen from few values.
    facts: Vec<Facts>,
    /// Place in `bodies`.
    body: Vec<u32>,
    /// The rest of the implementation code.
    tail: Vec<String>,
    /// Catalogue codes that are not the rest of the implementation code, by row.
    catalog_codes: BTreeMap<usize, String>,
    name: Vec<String>,
    /// Everyday words, by row, where there are any.
    aliases: BTreeMap<usize, Vec<String>>,
    /// Place in `departments`.
    department: Vec<u32>,
    /// Place in `domains`.
    domain: Vec<u32>,
    /// Place in `facts`.
    fact: Vec<u32>,
    /// Place in `places`, by row, where there is another site.
    elsewhere: BTreeMap<usize, u32>,
}

/// What is chosen from few values: many rows have the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    audience: Vec<Audience>,
    four_ways: FourWays,
    project_type: ProjectType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promised_limit: Option<Limit>,
    handle_area: HandleArea,
    #[serde(default, skip_serializing_if = "Offered::is_always")]
    offered: Offered,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
}

/// Columns that do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("rows of the catalogue whose columns do not fit together")]
pub struct BriefsError;

/// A table while it is filled.
struct Table<T> {
    places: HashMap<T, u32>,
    entries: Vec<T>,
}

impl<T: Eq + Hash + Clone> Table<T> {
    fn new() -> Self {
        Self { places: HashMap::new(), entries: Vec::new() }
    }

    fn place(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        *self.places.entry(value).or_insert_with_key(|value| {
            self.entries.push(value.clone());
            next
        })
    }
}

impl Briefs {
    /// These rows. Ids are left out: they come with the whole items.
    pub fn of(rows: impl IntoIterator<Item = Brief>) -> Self {
        let (mut bodies, mut departments, mut domains, mut places, mut facts) =
            (Table::new(), Table::new(), Table::new(), Table::new(), Table::new());
        let mut columns = Self::default();
        for (at, row) in rows.into_iter().enumerate() {
            let (body, tail) = row.code.split_at_checked(BODY).unwrap_or((&row.code, ""));
            if tail != row.catalog_code {
                columns.catalog_codes.insert(at, row.catalog_code);
            }
            columns.body.push(bodies.place(body.to_owned()));
            columns.tail.push(tail.to_owned());
            columns.name.push(row.name);
            if !row.aliases.is_empty() {
                columns.aliases.insert(at, row.aliases);
            }
            columns.department.push(departments.place(row.department));
            columns.domain.push(domains.place(row.domain));
            columns.fact.push(facts.place(Facts {
                audience: row.audience,
                four_ways: row.four_ways,
                project_type: row.project_type,
                promised_limit: row.promised_limit,
                handle_area: row.handle_area,
                offered: row.offered,
                role: row.role,
            }));
            if let Some(place) = row.elsewhere {
                columns.elsewhere.insert(at, places.place(place));
            }
        }
        columns.bodies = bodies.entries;
        columns.departments = departments.entries;
        columns.domains = domains.entries;
        columns.places = places.entries;
        columns.facts = facts.entries;
        columns
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.name.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty()
    }

    /// The rows.
    ///
    /// # Errors
    /// When the columns do not fit together: nobody's rows come out instead.
    pub fn into_list(mut self) -> Result<Vec<Brief>, BriefsError> {
        let lengths = [self.body.len(), self.tail.len(), self.department.len(), self.domain.len(), self.fact.len()];
        if lengths.iter().any(|length| *length != self.name.len()) {
            return Err(BriefsError);
        }
        let names = std::mem::take(&mut self.name);
        names.into_iter().enumerate().map(|(at, name)| self.row(at, name).ok_or(BriefsError)).collect()
    }

    fn row(&mut self, at: usize, name: String) -> Option<Brief> {
        fn of<'a, T>(table: &'a [T], column: &[u32], at: usize) -> Option<&'a T> {
            table.get(usize::try_from(*column.get(at)?).ok()?)
        }
        let facts = of(&self.facts, &self.fact, at)?.clone();
        let tail = std::mem::take(self.tail.get_mut(at)?);
        let code = format!("{}{tail}", of(&self.bodies, &self.body, at)?);
        let elsewhere = match self.elsewhere.get(&at) {
            Some(place) => Some(self.places.get(usize::try_from(*place).ok()?)?.clone()),
            None => None,
        };
        Some(Brief {
            catalog_code: self.catalog_codes.remove(&at).unwrap_or(tail),
            code,
            id: String::new(),
            name,
            aliases: self.aliases.remove(&at).unwrap_or_default(),
            department: of(&self.departments, &self.department, at)?.clone(),
            domain: of(&self.domains, &self.domain, at)?.clone(),
            audience: facts.audience,
            four_ways: facts.four_ways,
            project_type: facts.project_type,
            promised_limit: facts.promised_limit,
            handle_area: facts.handle_area,
            offered: facts.offered,
            role: facts.role,
            elsewhere,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::item::LimitUnit;

    fn offered() -> impl Strategy<Value = Offered> {
        let day = || prop::option::of((1..28_i8).prop_map(|day| jiff::civil::date(2026, 11, day)));
        (day(), day()).prop_map(|(from, until)| Offered { from, until })
    }

    fn row() -> impl Strategy<Value = Brief> {
        let text = || "[高龄津贴社保a-z]{0,6}";
        let limit = (0u16..99, any::<bool>()).prop_map(|(days, working)| Limit {
            days,
            unit: if working { LimitUnit::Working } else { LimitUnit::Natural },
        });
        let ways =
            any::<[bool; 4]>().prop_map(|[at_once, online, nearby, once]| FourWays { at_once, online, nearby, once });
        (
            ("[0-9A-Z]{0,31}", "[0-9]{0,12}", text(), prop::collection::vec(text(), 0..3)),
            (text(), text(), prop::option::of(text()), ways, prop::option::of(limit)),
            (any::<bool>(), prop::option::of(prop::sample::select(vec![Role::Direct, Role::Inform])), offered()),
        )
            .prop_map(
                |(
                    (code, catalog_code, name, aliases),
                    (department, domain, elsewhere, four_ways, limit),
                    (one, role, offered),
                )| Brief {
                    code,
                    catalog_code,
                    id: String::new(),
                    name,
                    aliases,
                    department,
                    domain,
                    audience: if one { vec![Audience::Person] } else { vec![Audience::Person, Audience::Organisation] },
                    four_ways,
                    project_type: if one { ProjectType::Instant } else { ProjectType::Promised },
                    promised_limit: limit,
                    handle_area: HandleArea::County,
                    offered,
                    role,
                    elsewhere,
                },
            )
    }

    proptest! {
        #[test]
        fn rows_come_out_as_they_went_in(rows in prop::collection::vec(row(), 0..20)) {
            let sent = serde_json::to_vec(&Briefs::of(rows.clone())).unwrap();
            let received: Briefs = serde_json::from_slice(&sent).unwrap();
            prop_assert_eq!(received.into_list(), Ok(rows));
        }
    }

    #[test]
    fn columns_that_do_not_fit_together_are_refused() {
        let whole = serde_json::json!({
            "bodies": ["1"], "departments": ["d"], "domains": ["h"], "places": [],
            "facts": [{"audience": ["person"], "fourWays": {}, "projectType": "instant", "handleArea": "county"}],
            "body": [0], "tail": ["2"], "catalogCodes": {}, "name": ["n"], "aliases": {}, "department": [0],
            "domain": [0], "fact": [0], "elsewhere": {},
        });
        let rows = |value: &serde_json::Value| serde_json::from_value::<Briefs>(value.clone()).unwrap().into_list();
        assert_eq!(rows(&whole).unwrap()[0].code, "12");
        for (column, wrong) in [
            ("body", serde_json::json!([])),
            ("fact", serde_json::json!([7])),
            ("elsewhere", serde_json::json!({"0": 4})),
        ] {
            let mut broken = whole.clone();
            broken[column] = wrong;
            assert_eq!(rows(&broken), Err(BriefsError), "{column}");
        }
    }
}
