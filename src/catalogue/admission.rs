//! Admission (准入): what each site does for each item, and which other sites a citizen can be sent to.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::area::AreaCode;
use crate::domain::item::Level;
use crate::domain::site::{Admission, Elsewhere, Role, Site, common_level};

/// Most other sites that are named: a citizen goes to one of the nearest.
const MOST_ELSEWHERE: usize = 8;

/// The admission lists of all sites, turned round: from the item to its sites.
#[derive(Debug, Clone, Default)]
pub struct Admissions {
    sites: Vec<Arc<Site>>,
    /// For each item the sites that have it on a list, by area code.
    by_item: HashMap<String, Vec<(usize, Role)>>,
}

impl Admissions {
    /// Of these sites.
    pub fn new(sites: impl IntoIterator<Item = Arc<Site>>) -> Self {
        let mut sites: Vec<Arc<Site>> = sites.into_iter().collect();
        sites.sort_by(|a, b| (&a.area, &a.id).cmp(&(&b.area, &b.id)));
        let mut by_item: HashMap<String, Vec<(usize, Role)>> = HashMap::new();
        for (index, site) in sites.iter().enumerate() {
            for (item, role) in site.admitted() {
                let known = by_item.entry(item.to_owned()).or_default();
                // An item on two lists of one site is an error of its author; the first list counts.
                if known.last().is_none_or(|(last, _)| *last != index) {
                    known.push((index, role));
                }
            }
        }
        Self { sites, by_item }
    }

    /// What a site does for an item, and the nearest other sites that take applications for it: those with the smallest area in common
    /// first, among them those of the site's own level, then upward, then those below.
    pub fn of(&self, item_id: &str, site: &Site) -> Admission {
        let all = self.by_item.get(item_id).map(Vec::as_slice).unwrap_or_default();
        let here: Option<AreaCode> = site.area.parse().ok();
        // With thousands of sites, only those nearby are looked at; the lists are in the order of area codes.
        let mut nearby = all;
        if all.len() > MOST_ELSEWHERE * 4 {
            for digits in [6, 4, 2] {
                let Some(prefix) = site.area.get(..digits) else { break };
                let area_of = |(index, _): &(usize, Role)| self.sites.get(*index).map_or("", |site| site.area.as_str());
                let start = all.partition_point(|one| area_of(one) < prefix);
                let end = all.partition_point(|one| area_of(one).get(..digits).is_some_and(|area| area <= prefix));
                nearby = all.get(start..end).unwrap_or_default();
                if nearby.len() > MOST_ELSEWHERE {
                    break;
                }
            }
        }
        let mut others: Vec<(&Site, Role)> = nearby
            .iter()
            .filter_map(|(index, role)| Some((self.sites.get(*index)?.as_ref(), *role)))
            .filter(|(other, role)| other.id != site.id && role.takes_applications())
            .collect();
        others.sort_by_cached_key(|(other, _)| {
            let common = here.as_ref().and_then(|here| common_level(here, &other.area.parse().ok()?));
            let depth = common.map_or(0, Level::code);
            let metres = metres(site, other).unwrap_or(u32::MAX);
            let upward = other.level.code().abs_diff(site.level.code());
            (Reverse(depth), other.level > site.level, upward, metres, other.id.clone())
        });
        others.truncate(MOST_ELSEWHERE);
        let elsewhere = others.into_iter().map(|(other, role)| {
            let Site { name, address, hours, phone, .. } = other.clone();
            Elsewhere { name, address, hours, phone, role, metres: metres(site, other) }
        });
        Admission { role: site.role_for(item_id), elsewhere: elsewhere.collect() }
    }
}

fn metres(a: &Site, b: &Site) -> Option<u32> {
    Some(a.position?.metres_to(b.position?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str, level: &str, area: &str, list: &str) -> Arc<Site> {
        let text = format!(
            "id = \"{id}\"\nname = \"{id}\"\nlevel = \"{level}\"\narea = \"{area}\"\naddress = \"a\"\nhours = \"h\"\nwindows = [\"1\"]\n{list} = [\"x\"]\n"
        );
        Arc::new(toml::from_str(&text).unwrap())
    }

    #[test]
    fn of_thousands_of_villages_the_nearest_are_named() {
        let mut sites: Vec<Arc<Site>> = (0..5_000)
            .map(|n| {
                site(
                    &format!("v{n:04}"),
                    "village",
                    &format!("4290{:02}{:03}{:03}", n / 500, n / 50 % 10 + 100, n % 50 + 1),
                    "agency",
                )
            })
            .collect();
        sites.push(site("hall", "county", "429006000000", "direct"));
        let admissions = Admissions::new(sites.clone());
        let home = sites.iter().find(|site| site.area == "429006104010").unwrap();
        let admission = admissions.of("x", home);
        assert_eq!((admission.role, admission.elsewhere.len()), (Some(Role::Agency), MOST_ELSEWHERE));
        assert!(admission.elsewhere.iter().all(|other| other.name != home.id));
        let town = |id: &str| sites.iter().find(|site| site.id == id).unwrap().area.get(..9).unwrap().to_owned();
        assert!(admission.elsewhere.iter().all(|other| town(&other.name) == "429006104"), "{admission:?}");
        assert_eq!(admissions.of("unknown", home), Admission::default());
    }
}
