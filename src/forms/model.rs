//! The words of the form engine: what a loaded form and an evaluation consist of.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

use super::codes::Codes;
use super::dialect::Shape;
use super::error::FieldError;
use super::layout::PageNode;
use super::load::PlacedCheck;
use super::order::Plan;
use super::unsaid::Unsaid;
use crate::locale::Phrase;

/// A form, checked and compiled. Immutable; shared by `Arc`.
pub struct Form {
    pub(super) title: String,
    pub(super) pages: Vec<Page>,
    pub(super) warnings: Vec<Warning>,
    pub(super) controls: Vec<Control>,
    pub(super) layout: Vec<PageNode>,
    pub(super) shape: Shape,
    pub(super) validator: Validator,
    pub(super) unsaid: Unsaid,
    pub(super) plan: Plan,
    pub(super) checks: Vec<PlacedCheck>,
    /// The code lists that values must be on, by place.
    pub(super) lists: Vec<(Vec<String>, Arc<Codes>)>,
    /// The formats that values are normalised to, by place.
    pub(super) formats: Vec<(Vec<String>, String)>,
    /// Something is asked for in more than one place of the layout.
    pub(super) asks_twice: bool,
    pub(super) initial: Value,
    /// What new entries start with, by the path of their array.
    pub(super) entries: BTreeMap<Vec<String>, Value>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("title", &self.title)
            .field("controls", &self.controls.len())
            .finish_non_exhaustive()
    }
}

/// A control of a form: an index, good for as long as the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControlId(pub(super) u32);

/// A page of a form: a `Category`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The tab's name; empty for the only page of a form without a `Categorization`.
    pub label: String,
    /// The controls on it, in drawing order, those of repeat groups once.
    pub controls: Vec<ControlId>,
}

/// What asks for one value.
#[derive(Debug, Clone)]
pub struct Control {
    /// Its number.
    pub id: ControlId,
    /// What the value is called.
    pub label: String,
    /// A sentence that helps to fill it, from the schema's `description`; empty when there is none.
    pub hint: String,
    /// How it is filled.
    pub kind: ControlKind,
    /// Not to be changed by hand: `readOnly`, or calculated.
    pub read_only: bool,
    /// The engine fills it (`x-calc`).
    pub calculated: bool,
    /// Masked unless it has the focus (`x-sensitive`).
    pub sensitive: bool,
    /// May be missing, then it is owed (`x-soft`).
    pub soft: bool,
    /// The data element that it is (`x-term`).
    pub term: Option<String>,
    /// The device that may fill it (`x-capture`).
    pub capture: Option<Capture>,
    /// The most characters that it takes.
    pub max_length: Option<usize>,
}

/// How a value is asked for.
#[derive(Debug, Clone)]
pub enum ControlKind {
    /// One line.
    Text,
    /// Several lines.
    MultiLine,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// An amount of money in yuan, two decimals.
    Money,
    /// Yes or no.
    Boolean,
    /// A day, ISO 8601.
    Date,
    /// A moment, RFC 3339.
    DateTime,
    /// A time of day, `HH:MM:SS`.
    Time,
    /// One of a few.
    Choice(Arc<[Choice]>),
    /// Some of a few: an array of values.
    MultiChoice(Arc<[Choice]>),
    /// One code of a long list.
    CodeList(Arc<Codes>),
    /// An area code (GB/T 2260, GB/T 10114) out of a list from province to village.
    Area(Arc<Codes>),
    /// A citizen's identity number (GB 11643).
    IdNumber,
    /// A unified social credit code (GB 32100).
    CreditCode,
    /// A mobile number of mainland China.
    Mobile,
    /// A postcode, six digits.
    Postcode,
    /// A bank card's number.
    BankCard,
}

/// One value to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is stored.
    pub value: Value,
    /// What is shown.
    pub label: String,
}

/// A device that may fill a field (`x-capture`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capture {
    /// The reader of identity cards.
    IdCard,
    /// The reader of bar and QR codes.
    Code,
    /// The scanner.
    Scan,
}

/// One of the two documents of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Document {
    /// The JSON Schema.
    Schema,
    /// The UI schema.
    UiSchema,
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Schema => "schema",
            Self::UiSchema => "uischema",
        })
    }
}

/// Why a form is refused, for its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{document}#{pointer}: {reason}")]
pub struct LoadError {
    /// Which document is at fault.
    pub document: Document,
    /// Where in it: a JSON pointer.
    pub pointer: String,
    /// What is wrong.
    pub reason: Phrase,
}

impl LoadError {
    pub(super) fn of(document: Document, pointer: impl Into<String>, reason: Phrase) -> Self {
        Self { document, pointer: pointer.into(), reason }
    }

    /// What is wrong and where, as one sentence.
    pub fn phrase(&self) -> Phrase {
        let place = format!("{}#{}", self.document, self.pointer);
        Phrase::of("forms-refused").with("place", place).with("reason", self.reason.clone())
    }
}

/// What is odd about a form and was done without, for its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Which document.
    pub document: Document,
    /// Where in it: a JSON pointer.
    pub pointer: String,
    /// What is odd.
    pub reason: Phrase,
}

/// What a form makes of some data.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The data as given, with the calculated values filled in.
    pub data: Value,
    /// The data after relevance: what is sent.
    pub relevant: Value,
    /// The pages in the order of [`Form::pages`].
    pub pages: Vec<PageView>,
    /// What is wrong with the relevant data, in page order.
    pub errors: Vec<FieldError>,
    /// Pointers of the visible soft fields left empty, in page order.
    pub owed: Vec<String>,
}

/// A page as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageView {
    /// Whether its rule lets it be seen.
    pub visible: bool,
    /// What it shows, in drawing order; what is invisible is not there.
    pub rows: Vec<Row>,
}

/// A row of a page. `depth` counts the groups and entries round it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The label of a group, or a `Label`.
    Heading {
        /// Its text.
        text: String,
        /// Nesting.
        depth: u16,
    },
    /// A control.
    Field(FieldView),
    /// The heading of one entry of a repeat group.
    Entry {
        /// Of the entry: `/members/0`.
        pointer: String,
        /// What the entries are: `家庭成员`.
        label: String,
        /// What `elementLabelProp` names, masked when that is sensitive; empty when there is none.
        name: String,
        /// The group is a `ListWithDetail`: only the entry that is worked on is open.
        listed: bool,
        /// Which entry, from 0.
        index: usize,
        /// How many there are.
        of: usize,
        /// Whether it may be changed, hence moved.
        enabled: bool,
        /// Whether it may be removed: enabled and above `minItems`.
        removable: bool,
        /// Nesting.
        depth: u16,
    },
    /// The end of a repeat group, where an entry is added.
    Add {
        /// Of the array: `/members`.
        pointer: String,
        /// What the entries are.
        label: String,
        /// How many there are.
        count: usize,
        /// The most there may be.
        max: Option<usize>,
        /// Whether one more may be added: enabled and below `max`.
        enabled: bool,
        /// Nesting.
        depth: u16,
    },
}

/// A control in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// JSON pointer into the data: `/members/0/name`.
    pub pointer: String,
    /// Which control.
    pub control: ControlId,
    /// Whether it takes input.
    pub enabled: bool,
    /// Whether it must be filled.
    pub required: bool,
    /// Nesting.
    pub depth: u16,
    /// Which column of how many: a `HorizontalLayout`; `(0, 1)` outside one.
    pub column: (u8, u8),
}

impl Form {
    /// What the form is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its pages; exactly one when there is no `Categorization`.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// What is odd about it, for its author.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// A control.
    pub fn control(&self, id: ControlId) -> Option<&Control> {
        self.controls.get(usize::try_from(id.0).ok()?)
    }

    /// Every control, in drawing order.
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }
}
