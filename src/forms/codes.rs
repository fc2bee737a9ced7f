//! Code lists: the values of a field that are too many to stand in a form.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A code list: the values of a field that are too many to stand in a form. The file format of `codelists/<id>@<version>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// Its id.
    pub id: String,
    /// Its version; a version never changes.
    pub version: u32,
    /// What it lists.
    pub name: String,
    /// The codes in drawing order.
    pub entries: Vec<CodeEntry>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub name: String,
    /// The code above it, in a list that is a tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// Id and version of the code list that an `x-options` names.
pub fn list_named(options: &Value) -> Option<(&str, u32)> {
    let id = options.get("list")?.as_str()?;
    let version = options.get("version")?.as_u64()?;
    Some((id, u32::try_from(version).ok()?))
}

/// Where code lists are found.
pub trait CodeLists {
    /// A list by id and version.
    fn get(&self, id: &str, version: u32) -> Option<Arc<CodeList>>;
}

/// No code lists at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCodeLists;

impl CodeLists for NoCodeLists {
    fn get(&self, _: &str, _: u32) -> Option<Arc<CodeList>> {
        None
    }
}

/// A code list that is quick to look in.
#[derive(Debug)]
pub struct Codes {
    list: Arc<CodeList>,
    /// Indices of the entries in the order of their codes.
    by_code: Vec<usize>,
    /// Indices of the entries in the order of their parents, those without one first; made when somebody asks.
    by_parent: OnceLock<Vec<usize>>,
}

/// How many levels a path may have; parents that lead in a circle end there.
const DEEPEST: usize = 8;

impl Codes {
    /// A list with its indices.
    pub fn new(list: Arc<CodeList>) -> Self {
        let code = |index: &usize| list.entries.get(*index).map(|entry| entry.code.as_str());
        let mut by_code: Vec<usize> = (0..list.entries.len()).collect();
        by_code.sort_by(|a, b| code(a).cmp(&code(b)));
        Self { list, by_code, by_parent: OnceLock::new() }
    }

    /// The codes in drawing order.
    pub fn entries(&self) -> &[CodeEntry] {
        &self.list.entries
    }

    /// Where a code stands among the entries.
    pub fn position(&self, code: &str) -> Option<usize> {
        let entry = |index: &usize| self.list.entries.get(*index).map(|entry| entry.code.as_str());
        let found = self.by_code.binary_search_by(|index| entry(index).cmp(&Some(code))).ok()?;
        self.by_code.get(found).copied()
    }

    /// The entry of a code.
    pub fn entry(&self, code: &str) -> Option<&CodeEntry> {
        self.list.entries.get(self.position(code)?)
    }

    /// Whether the code is on the list.
    pub fn contains(&self, code: &str) -> bool {
        self.position(code).is_some()
    }

    /// Where the entries directly below a code stand, in drawing order; below none are those at the top.
    pub fn below(&self, code: Option<&str>) -> &[usize] {
        let parent = |index: &usize| self.list.entries.get(*index).and_then(|entry| entry.parent.as_deref());
        let by_parent = self.by_parent.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.list.entries.len()).collect();
            order.sort_by(|a, b| parent(a).cmp(&parent(b)));
            order
        });
        let start = by_parent.partition_point(|index| parent(index) < code);
        let count = by_parent.get(start..).map_or(0, |rest| rest.partition_point(|index| parent(index) == code));
        let range: Range<usize> = start..start + count;
        by_parent.get(range).unwrap_or_default()
    }

    /// The names from the top of the list down to the code, in one; the code itself when it is on no list.
    pub fn full_name(&self, code: &str) -> String {
        let mut names = Vec::new();
        let mut next = Some(code);
        while let Some(entry) = next.and_then(|code| self.entry(code))
            && names.len() < DEEPEST
        {
            names.push(entry.name.as_str());
            next = entry.parent.as_deref();
        }
        if names.is_empty() {
            return code.to_owned();
        }
        names.reverse();
        names.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_knows_its_codes_in_any_order() {
        let entry = |code: &str| CodeEntry { code: code.to_owned(), name: String::new(), parent: None };
        let entries = ["3", "1", "2", "10"].map(entry).to_vec();
        let codes = Codes::new(Arc::new(CodeList { id: "l".to_owned(), version: 1, name: String::new(), entries }));
        assert!(["1", "2", "3", "10"].iter().all(|code| codes.contains(code)));
        assert!(!["", "0", "100", "4"].iter().any(|code| codes.contains(code)));
        assert_eq!(codes.position("2"), Some(2));
    }

    #[test]
    fn a_tree_is_walked_level_by_level() {
        let entry = |(code, parent): (&str, &str)| CodeEntry {
            code: code.to_owned(),
            name: code.to_uppercase(),
            parent: (!parent.is_empty()).then(|| parent.to_owned()),
        };
        let entries = [("a", ""), ("ab", "a"), ("b", ""), ("aa", "a"), ("aba", "ab"), ("x", "nowhere"), ("o", "o")];
        let entries = entries.map(entry).to_vec();
        let codes = Codes::new(Arc::new(CodeList { id: "l".to_owned(), version: 1, name: String::new(), entries }));
        let below = |code: Option<&str>| -> Vec<&str> {
            codes.below(code).iter().map(|index| codes.entries()[*index].code.as_str()).collect()
        };
        assert_eq!(below(None), ["a", "b"]);
        assert_eq!(below(Some("a")), ["ab", "aa"], "in drawing order");
        assert_eq!(below(Some("ab")), ["aba"]);
        assert_eq!(below(Some("aba")), [""; 0]);
        assert_eq!(codes.full_name("aba"), "AABABA");
        assert_eq!(codes.full_name("none"), "none");
        assert_eq!(codes.full_name("o"), "O".repeat(DEEPEST), "a circle ends");
    }

    #[test]
    fn the_file_format_is_strict() {
        let file = r#"{"id": "sex", "version": 1, "name": "性别", "entries": [{"code": "1", "name": "男"}]}"#;
        let list: CodeList = serde_json::from_str(file).unwrap();
        assert_eq!(serde_json::to_value(&list).unwrap(), serde_json::from_str::<serde_json::Value>(file).unwrap());
        assert!(serde_json::from_str::<CodeList>(&file.replace("code", "Code")).is_err());
    }
}
