//! Counters (办事站点) and their admission lists (准入清单).

use serde::{Deserialize, Serialize};

use super::item::Level;

/// A counter where clerks work (站点): a village station, a town hall, a street hall.
///
/// The four lists are its admission list (村(社区)事项准入制): item ids by what the site does for them. An item in none of them is not
/// admitted here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Site {
    /// Id, its file's stem.
    #[serde(default)]
    pub id: String,
    /// Name.
    pub name: String,
    /// Level of the site.
    pub level: Level,
    /// Area code, 12 digits.
    pub area: String,
    /// Address.
    pub address: String,
    /// Opening hours.
    pub hours: String,
    /// Telephone.
    #[serde(default)]
    pub phone: String,
    /// Its windows (窗口).
    pub windows: Vec<String>,
    /// 直办: takes and concludes.
    #[serde(default)]
    pub direct: Vec<String>,
    /// 代办: takes for a higher level, which concludes.
    #[serde(default)]
    pub agency: Vec<String>,
    /// 协办: helps with steps of it.
    #[serde(default)]
    pub assist: Vec<String>,
    /// 公开告知: only explains it.
    #[serde(default)]
    pub inform: Vec<String>,
    /// What here is sample data, not a verified fact.
    #[serde(default)]
    pub sample: Vec<String>,
}

impl Site {
    /// What the site does for an item, or `None` when the item is not admitted.
    pub fn role_for(&self, item_id: &str) -> Option<Role> {
        [
            (&self.direct, Role::Direct),
            (&self.agency, Role::Agency),
            (&self.assist, Role::Assist),
            (&self.inform, Role::Inform),
        ]
        .into_iter()
        .find_map(|(list, role)| list.iter().any(|id| id == item_id).then_some(role))
    }
}

/// What a site does for an item (办理方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 直办
    Direct,
    /// 代办
    Agency,
    /// 协办
    Assist,
    /// 公开告知
    Inform,
}

impl Role {
    /// Whether an application may be taken: everything but 公开告知.
    pub const fn takes_applications(self) -> bool {
        !matches!(self, Self::Inform)
    }
}

/// Whether and how an item is done at the clerk's own site (准入), and where else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Admission {
    /// What this site does for it. None: not admitted here.
    #[serde(default)]
    pub role: Option<Role>,
    /// Other sites that take it, nearest kind first.
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
}

impl Admission {
    /// Whether the clerk may open an intake.
    pub fn takes_applications(&self) -> bool {
        self.role.is_some_and(Role::takes_applications)
    }
}

/// Another site that takes an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Elsewhere {
    /// Name of the site.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its hours.
    pub hours: String,
    /// What it does for the item.
    pub role: Role,
}
