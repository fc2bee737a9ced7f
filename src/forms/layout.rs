//! A compiled layout: a tree of elements.

use std::sync::Arc;

use super::relevance::ENTRY;
use super::rules::Rule;
use super::{Control, ControlId, ControlKind, Page, Warning};

/// An element of the layout.
pub(super) struct Node {
    pub rule: Option<Arc<Rule>>,
    /// `options.readonly`, which weighs more than the schema's `readOnly`.
    pub read_only: Option<bool>,
    /// Of a `Control` of the UI schema itself, the generated one included; none inside a `detail`.
    pub judged: Option<Judged>,
    pub body: Body,
}

/// What JSON Forms judges a control by.
pub(super) struct Judged {
    /// As the UI schema has it.
    pub scope: String,
    /// `readOnly` where JSON Forms looks for it: it knows none beside a `$ref`, nor one in `allOf`.
    pub read_only: bool,
}

/// What an element shows.
pub(super) enum Body {
    Stack(Vec<Node>),
    Columns(Vec<Node>),
    Group {
        label: String,
        children: Vec<Node>,
    },
    Label(String),
    /// `required` in the object that holds it; `due`: that object must be there where the one is to which the path is relative.
    Field {
        path: Vec<String>,
        control: ControlId,
        required: bool,
        due: bool,
        read_only: bool,
    },
    /// `required`: it must be there where the object is to which the path is relative.
    Object {
        path: Vec<String>,
        label: String,
        children: Vec<Node>,
        required: bool,
        read_only: bool,
    },
    Repeat(Repeat),
}

/// An array whose entries are filled one by one.
pub(super) struct Repeat {
    pub path: Vec<String>,
    pub label: String,
    /// The property that labels an entry.
    pub entry_label: Option<EntryLabel>,
    /// A `ListWithDetail`.
    pub listed: bool,
    pub min: usize,
    pub max: Option<usize>,
    pub read_only: bool,
    /// May be empty, then it is owed.
    pub soft: bool,
    pub children: Vec<Node>,
}

/// The property that labels an entry.
pub(super) struct EntryLabel {
    pub path: Vec<String>,
    pub sensitive: bool,
    /// How it is filled: what is chosen has a name.
    pub kind: ControlKind,
}

/// A page of the layout.
pub(super) struct PageNode {
    /// The categories round it, outermost first, and itself.
    pub round: Vec<Arc<Category>>,
    pub children: Vec<Node>,
}

/// What a `Category` or `Categorization` says about all that it holds.
pub(super) struct Category {
    pub rule: Option<Arc<Rule>>,
    /// `options.readonly`.
    pub read_only: Option<bool>,
}

/// A compiled layout.
pub(super) struct Layout {
    pub nodes: Vec<PageNode>,
    pub pages: Vec<Page>,
    pub controls: Vec<Control>,
    pub warnings: Vec<Warning>,
}

/// Every field with its place in the data, [`ENTRY`] for the places in arrays.
pub(super) fn fields(pages: &[PageNode]) -> Vec<(Vec<String>, ControlId)> {
    fn collect(nodes: &[Node], base: &[String], found: &mut Vec<(Vec<String>, ControlId)>) {
        let below = |path: &[String]| [base, path].concat();
        for node in nodes {
            match &node.body {
                Body::Stack(children) | Body::Columns(children) | Body::Group { children, .. } => {
                    collect(children, base, found);
                }
                Body::Label(_) => {}
                Body::Field { path, control, .. } => found.push((below(path), *control)),
                Body::Object { path, children, .. } => collect(children, &below(path), found),
                Body::Repeat(Repeat { path, children, .. }) => {
                    let mut base = below(path);
                    base.push(ENTRY.to_owned());
                    collect(children, &base, found);
                }
            }
        }
    }
    let mut found = Vec::new();
    pages.iter().for_each(|page| collect(&page.children, &[], &mut found));
    found
}
