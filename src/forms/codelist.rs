//! What a code of a list is called.

use super::CodeList;

/// No list is nested deeper than province, prefecture, county, town, village and a little.
const DEEPEST: usize = 8;

impl CodeList {
    /// The name of a code with those of the codes above it: `湖北省 天门市 岳口镇`. The code itself when it is not in the list.
    pub fn full_name(&self, code: &str) -> String {
        let mut names = Vec::new();
        let mut next = Some(code);
        while let Some(entry) = next.and_then(|code| self.entries.iter().find(|entry| entry.code == code)) {
            names.push(entry.name.as_str());
            next = entry.parent.as_deref().filter(|_| names.len() < DEEPEST);
        }
        if names.is_empty() {
            return code.to_owned();
        }
        names.reverse();
        names.join(" ")
    }
}
