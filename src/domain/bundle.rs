//! Linked matters (一件事): several items done as one, on one form, with one set of materials.

pub mod materials;

use serde::{Deserialize, Serialize};

use super::item::{Situation, SituationAnswers};

/// A linked matter (高效办成一件事). The same type is the file `bundles/<id>.toml` and what the backend serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bundle {
    /// Short stable name, its file's stem: `newborn`.
    #[serde(default)]
    pub id: String,
    /// Code (件码): capital letters, digits and hyphens.
    pub code: String,
    /// Counts up with every published change.
    pub version: u32,
    /// Name: 新生儿出生一件事.
    pub name: String,
    /// Everyday words for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Department in the lead (牵头部门).
    pub department: String,
    /// Whom it is for, in sentences (适用条件).
    pub conditions: Vec<String>,
    /// Questions whose answers choose the items (情形).
    #[serde(default)]
    pub situations: Vec<Situation>,
    /// The items, in the order in which they are shown.
    pub items: Vec<BundleItem>,
    /// Results of one item that are inputs of another.
    #[serde(default)]
    pub links: Vec<BundleLink>,
    /// Names of the elements above that are sample data.
    #[serde(default)]
    pub sample: Vec<String>,
}

/// An item inside a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BundleItem {
    /// Id of the item.
    pub item: String,
    /// The citizen may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// Answers that bring it in, each `situation=option`; any one suffices. Empty: always.
    #[serde(default)]
    pub when: Vec<String>,
    /// Ids of the items that must be concluded first.
    #[serde(default)]
    pub after: Vec<String>,
}

/// A result of one item that is an input of another: it is not asked from the citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BundleLink {
    /// Id of the item whose result it is.
    pub from: String,
    /// What comes out of it (办理结果), in words.
    pub output: String,
    /// Id of the item that needs it.
    pub to: String,
    /// The field of the other item's form that it fills, by its term (`x-term`).
    #[serde(default)]
    pub term: Option<String>,
    /// The material of the other item that it is, by its code.
    #[serde(default)]
    pub material: Option<String>,
}

impl Bundle {
    /// The items that these answers bring in, in the order in which they have to be done: what another waits for comes first, else the
    /// order of the file.
    pub fn items_for<'a>(&'a self, answers: &SituationAnswers) -> Vec<&'a BundleItem> {
        let mut open: Vec<&BundleItem> = self.items.iter().filter(|item| item.applies(answers)).collect();
        let mut ordered: Vec<&BundleItem> = Vec::with_capacity(open.len());
        while !open.is_empty() {
            let waits = |item: &BundleItem| item.after.iter().any(|id| open.iter().any(|other| other.item == *id));
            // A ring of waiting is an error of its author; its members keep the order of the file.
            let next = open.iter().position(|item| !waits(item)).unwrap_or(0);
            ordered.push(open.remove(next));
        }
        ordered
    }
}

impl BundleItem {
    /// Whether these answers bring the item in.
    pub fn applies(&self, answers: &SituationAnswers) -> bool {
        self.when.is_empty()
            || self.when.iter().any(|condition| {
                condition
                    .split_once('=')
                    .is_some_and(|(situation, option)| answers.get(situation).is_some_and(|chosen| chosen == option))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(items: &[(&str, &[&str], &[&str])]) -> Bundle {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let items = items
            .iter()
            .map(|(item, when, after)| BundleItem {
                item: (*item).to_owned(),
                optional: false,
                when: texts(when),
                after: texts(after),
            })
            .collect();
        Bundle {
            id: "newborn".into(),
            code: "YJS-1".into(),
            version: 1,
            name: "新生儿出生一件事".into(),
            aliases: Vec::new(),
            department: "卫健委".into(),
            conditions: Vec::new(),
            situations: Vec::new(),
            items,
            links: Vec::new(),
            sample: Vec::new(),
        }
    }

    fn order(bundle: &Bundle, answers: &[(&str, &str)]) -> Vec<String> {
        let answers = answers.iter().map(|(situation, option)| ((*situation).into(), (*option).into())).collect();
        bundle.items_for(&answers).into_iter().map(|item| item.item.clone()).collect()
    }

    #[test]
    fn what_another_waits_for_comes_first() {
        let one = bundle(&[("card", &[], &["household"]), ("household", &[], &["birth"]), ("birth", &[], &[])]);
        assert_eq!(order(&one, &[]), ["birth", "household", "card"]);
        let ring = bundle(&[("a", &[], &["b"]), ("b", &[], &["a"]), ("c", &[], &[])]);
        assert_eq!(order(&ring, &[]), ["c", "a", "b"]);
    }

    #[test]
    fn answers_choose_the_items() {
        let one = bundle(&[("birth", &[], &[]), ("card", &["card=yes", "card=perhaps"], &["missing"])]);
        assert_eq!(order(&one, &[("card", "yes")]), ["birth", "card"]);
        assert_eq!(order(&one, &[("card", "no")]), ["birth"]);
        assert_eq!(order(&one, &[]), ["birth"]);
    }
}
