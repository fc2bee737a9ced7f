//! What a list and the search need of an item: small, so that a desk can hold a province's items at once.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::search::CatalogueEntry;
use crate::domain::item::{Audience, FormRef, FourWays, HandleArea, Item, ItemType, Level, Limit, ProjectType};
use crate::domain::site::{Admission, Elsewhere, Role};

/// An item as lists show it and the search finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brief {
    /// Implementation code (实施编码).
    pub code: String,
    /// Catalogue code (基本编码).
    pub catalog_code: String,
    /// Short stable name; empty where only the brief is known as yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Name (事项名称).
    pub name: String,
    /// Everyday words (别名).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Implementing department (实施主体).
    pub department: String,
    /// Id of its domain (领域).
    pub domain: String,
    /// Whom it serves (服务对象).
    pub audience: Vec<Audience>,
    /// The four ways (四办).
    pub four_ways: FourWays,
    /// Decided at once, or within a promised time (办件类型).
    pub project_type: ProjectType,
    /// Promised limit (承诺办结时限).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_limit: Option<Limit>,
    /// Within which area any counter may take it (通办范围).
    pub handle_area: HandleArea,
    /// What the clerk's site does for it; `None`: not admitted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Name of the nearest other site that takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
}

impl Brief {
    /// The brief of an entry.
    pub fn of(entry: &CatalogueEntry) -> Self {
        let CatalogueEntry { item, admission } = entry;
        Self {
            code: item.code.clone(),
            catalog_code: item.catalog_code.clone(),
            id: item.id.clone(),
            name: item.name.clone(),
            aliases: item.aliases.clone(),
            department: item.department.clone(),
            domain: item.domain.clone(),
            audience: item.audience.clone(),
            four_ways: item.four_ways,
            project_type: item.project_type,
            promised_limit: item.promised_limit,
            handle_area: item.handle_area,
            role: admission.role,
            elsewhere: admission.elsewhere.first().map(|site| site.name.clone()),
        }
    }

    /// An entry of which nothing but this is known.
    pub fn into_entry(self) -> CatalogueEntry {
        let elsewhere = self.elsewhere.map(|name| Elsewhere {
            name,
            address: String::new(),
            hours: String::new(),
            phone: String::new(),
            role: Role::Agency,
            metres: None,
        });
        let item = Item {
            id: self.id,
            code: self.code,
            catalog_code: self.catalog_code,
            version: 0,
            name: self.name,
            aliases: self.aliases,
            item_type: ItemType::PublicService,
            domain: self.domain,
            department: self.department,
            audience: self.audience,
            use_level: Level::County,
            project_type: self.project_type,
            legal_limit: None,
            promised_limit: self.promised_limit,
            conditions: Vec::new(),
            flow: Vec::new(),
            situations: Vec::new(),
            materials: Vec::new(),
            fee: None,
            trips: 0,
            handle_area: self.handle_area,
            cross_modes: Vec::new(),
            four_ways: self.four_ways,
            basis: Vec::new(),
            place: String::new(),
            hours: String::new(),
            enquiries: String::new(),
            complaints: String::new(),
            result: String::new(),
            form: FormRef { id: String::new(), version: 0 },
            accepted_forms: Vec::new(),
            replaces: Vec::new(),
            effective_date: None,
            cancel_date: None,
            sample: Vec::new(),
        };
        let admission = Admission { role: self.role, elsewhere: elsewhere.into_iter().collect() };
        CatalogueEntry { item: Arc::new(item), admission }
    }
}
