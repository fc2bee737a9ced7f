//! Counters (办事站点) and their admission lists (准入清单).

use serde::{Deserialize, Serialize};

use super::area::AreaCode;
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
    /// Where it stands, when known.
    #[serde(default)]
    pub position: Option<Position>,
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
    /// Its admission list: ids of items with what the site does for them.
    pub fn admitted(&self) -> impl Iterator<Item = (&str, Role)> {
        [
            (&self.direct, Role::Direct),
            (&self.agency, Role::Agency),
            (&self.assist, Role::Assist),
            (&self.inform, Role::Inform),
        ]
        .into_iter()
        .flat_map(|(list, role)| list.iter().map(move |id| (id.as_str(), role)))
    }

    /// What the site does for an item, or `None` when the item is not admitted.
    pub fn role_for(&self, item_id: &str) -> Option<Role> {
        self.admitted().find_map(|(id, role)| (id == item_id).then_some(role))
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
    /// Its telephone; may be empty.
    #[serde(default)]
    pub phone: String,
    /// What it does for the item.
    pub role: Role,
    /// As the crow flies, in metres, where both places are known.
    #[serde(default)]
    pub metres: Option<u32>,
}

/// A place on the earth, in text as degrees of latitude and longitude: `30.6124,113.0893` (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Position {
    /// Degrees north, in millionths.
    latitude: i32,
    /// Degrees east, in millionths.
    longitude: i32,
}

/// Text that is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a position of the shape latitude,longitude: {0}")]
pub struct PositionError(String);

/// Metres that a degree of latitude takes.
const DEGREE: f64 = 111_195.0;
const MILLION: f64 = 1e6;

impl Position {
    /// How far it is as the crow flies, in metres. Right to a percent within a province.
    pub fn metres_to(self, other: Self) -> u32 {
        let degrees = |a: i32, b: i32| f64::from(a.abs_diff(b)) / MILLION;
        let middle = (f64::from(self.latitude) + f64::from(other.latitude)) / 2.0 / MILLION;
        let north = degrees(self.latitude, other.latitude) * DEGREE;
        let east = degrees(self.longitude, other.longitude) * DEGREE * middle.to_radians().cos();
        // Half the earth's girth in metres fits with room to spare.
        north.hypot(east).round() as u32
    }
}

impl TryFrom<String> for Position {
    type Error = PositionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let degrees = |part: &str, most: f64| {
            let value: f64 = part.trim().parse().ok()?;
            (value.abs() <= most).then(|| (value * MILLION).round() as i32)
        };
        text.split_once(',')
            .and_then(|(latitude, longitude)| {
                Some(Self { latitude: degrees(latitude, 90.0)?, longitude: degrees(longitude, 180.0)? })
            })
            .ok_or(PositionError(text))
    }
}

impl From<Position> for String {
    fn from(Position { latitude, longitude }: Position) -> Self {
        format!("{},{}", f64::from(latitude) / MILLION, f64::from(longitude) / MILLION)
    }
}

/// How near one area is to another: the level of the smallest area that holds both; `None` in different provinces.
pub fn common_level(a: &AreaCode, b: &AreaCode) -> Option<Level> {
    let same = |level: fn(&AreaCode) -> Option<AreaCode>| level(a).is_some_and(|area| Some(area) == level(b));
    if a == b {
        Some(Level::Village)
    } else if same(AreaCode::town) {
        Some(Level::Town)
    } else if same(AreaCode::county) {
        Some(Level::County)
    } else if same(AreaCode::city) {
        Some(Level::City)
    } else {
        (a.province() == b.province()).then_some(Level::Province)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let at = |text: &str| Position::try_from(text.to_owned());
        let (tianmen, wuchang) = (at("30.6531,113.1659").unwrap(), at("30.5536,114.3159").unwrap());
        let metres = tianmen.metres_to(wuchang);
        assert!((109_000..112_000).contains(&metres), "{metres}");
        assert_eq!((tianmen.metres_to(tianmen), wuchang.metres_to(tianmen)), (0, metres));
        assert_eq!(String::from(tianmen), "30.6531,113.1659");
        for wrong in ["", "30", "91,0", "0,181", "north,east", "30.1;113.2", "nan,0"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn areas_have_more_or_less_in_common() {
        let level = |a: &str, b: &str| common_level(&a.parse().unwrap(), &b.parse().unwrap());
        assert_eq!(level("429006107200", "429006107000"), Some(Level::Town));
        assert_eq!(level("429006107200", "429006001000"), Some(Level::County));
        assert_eq!(level("420106012000", "420102001000"), Some(Level::City));
        assert_eq!(level("420106012000", "429006001000"), Some(Level::Province));
        assert_eq!(level("420106012000", "430102001000"), None);
    }
}
