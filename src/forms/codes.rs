//! Code lists: the values of a field that are too many to stand in a form.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
pub(super) struct Codes {
    pub list: Arc<CodeList>,
    /// Indices of the entries in the order of their codes.
    by_code: Vec<usize>,
}

impl Codes {
    pub(super) fn new(list: Arc<CodeList>) -> Self {
        let code = |index: &usize| list.entries.get(*index).map(|entry| entry.code.as_str());
        let mut by_code: Vec<usize> = (0..list.entries.len()).collect();
        by_code.sort_by(|a, b| code(a).cmp(&code(b)));
        Self { list, by_code }
    }

    /// Whether the code is on the list.
    pub(super) fn contains(&self, code: &str) -> bool {
        let entry = |index: &usize| self.list.entries.get(*index).map(|entry| entry.code.as_str());
        self.by_code.binary_search_by(|index| entry(index).cmp(&Some(code))).is_ok()
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
    }

    #[test]
    fn the_file_format_is_strict() {
        let file = r#"{"id": "sex", "version": 1, "name": "性别", "entries": [{"code": "1", "name": "男"}]}"#;
        let list: CodeList = serde_json::from_str(file).unwrap();
        assert_eq!(serde_json::to_value(&list).unwrap(), serde_json::from_str::<serde_json::Value>(file).unwrap());
        assert!(serde_json::from_str::<CodeList>(&file.replace("code", "Code")).is_err());
    }
}
