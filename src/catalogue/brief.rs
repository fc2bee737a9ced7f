//! What a list and the search need of an item: small, so that a desk can hold a province's items at once.

use serde::{Deserialize, Serialize};

use super::search::CatalogueEntry;
use crate::domain::item::{Audience, FourWays, HandleArea, Limit, Offered, ProjectType};
use crate::domain::site::Role;

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
    /// The days on which it is offered.
    #[serde(default, skip_serializing_if = "Offered::is_always")]
    pub offered: Offered,
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
            offered: item.offered(),
            role: admission.role,
            elsewhere: admission.elsewhere.first().map(|site| site.name.clone()),
        }
    }
}
