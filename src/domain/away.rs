//! Items done away from their competent place (全省通办、跨省通办): what a counter does for a place elsewhere.

use serde::{Deserialize, Serialize};

use super::area::AreaCode;
use super::item::{CrossMode, Item, Level};
use super::site::common_level;

/// What the competent place of an item is to a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away<'a> {
    /// The counter's own: there is nothing to bridge.
    Own,
    /// Elsewhere, but any counter of the area may take it (通办范围): in these modes, or like its own where none is named.
    Reached(&'a [CrossMode]),
    /// Too far: the item is not taken for this place here.
    Beyond,
}

/// A competent place elsewhere that an intake is for (属地).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompetentPlace {
    /// Its code.
    pub area: AreaCode,
    /// Its name in full, as it was picked.
    pub name: String,
}

impl Away<'_> {
    /// Whether a counter that takes the item at all may take it for this place: on the net alone nothing is handed in.
    pub fn may_take(self) -> bool {
        match self {
            Self::Own | Self::Reached([]) => true,
            Self::Reached(modes) => modes.iter().any(|mode| *mode != CrossMode::Online),
            Self::Beyond => false,
        }
    }
}

impl Item {
    /// What a place is to a counter that is asked for this item on its behalf.
    pub fn away(&self, counter: &AreaCode, competent: &AreaCode) -> Away<'_> {
        let is_nominal = counter.as_str().get(2..4) == Some("90");
        let common = match common_level(counter, competent) {
            // Counties directly under a province share a nominal city that is none (省直辖县级行政区划).
            Some(Level::City) if is_nominal => Some(Level::Province),
            common => common,
        };
        if counter == competent || common.is_some_and(|common| common >= self.use_level) {
            Away::Own
        } else if self.handle_area.reaches(counter, competent) {
            Away::Reached(&self.cross_modes)
        } else {
            Away::Beyond
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(level: &str, reach: &str, modes: &str) -> Item {
        let text = format!(
            "code = \"c\"\ncatalog-code = \"d\"\nversion = 1\nname = \"n\"\nitem-type = \"20\"\ndomain = \"d\"\ndepartment = \"d\"\n\
             audience = [\"person\"]\nuse-level = \"{level}\"\nproject-type = \"instant\"\nconditions = []\ntrips = 1\n\
             handle-area = \"{reach}\"\ncross-modes = [{modes}]\nbasis = []\nplace = \"p\"\nhours = \"h\"\nform = \"f@1\"\n"
        );
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn the_reach_of_an_item_decides() {
        let area = |code: &str| code.parse::<AreaCode>().unwrap();
        let (yuekou, village, jingling) = (area("429006107000"), area("429006107200"), area("429006001000"));
        let (qianjiang, wuhan, hunan) = (area("429005000000"), area("420106012000"), area("430102001000"));
        let town = item("town", "province", "\"collect\", \"online\"");
        let modes: &[CrossMode] = &[CrossMode::Collect, CrossMode::Online];
        for (place, wanted) in [
            (&yuekou, Away::Own),
            (&village, Away::Own),
            (&jingling, Away::Reached(modes)),
            (&wuhan, Away::Reached(modes)),
            (&hunan, Away::Beyond),
        ] {
            assert_eq!(town.away(&yuekou, place), wanted, "{place}");
        }
        let county = item("county", "county", "");
        assert_eq!(county.away(&yuekou, &jingling), Away::Own, "the same county decides");
        assert_eq!(county.away(&yuekou, &qianjiang), Away::Beyond);
        let city = item("city", "city", "");
        assert_eq!(city.away(&yuekou, &qianjiang), Away::Beyond, "the city above both is none");
        assert_eq!(item("village", "town", "").away(&yuekou, &village), Away::Reached(&[]));
        assert_eq!(item("county", "nation", "").away(&yuekou, &hunan), Away::Reached(&[]));
        let may_take = |modes: &str| item("county", "nation", modes).away(&yuekou, &hunan).may_take();
        assert!(may_take("") && may_take("\"online\", \"collect\"") && may_take("\"joint\""));
        assert!(!may_take("\"online\"") && !Away::Beyond.may_take() && Away::Own.may_take());
    }
}
