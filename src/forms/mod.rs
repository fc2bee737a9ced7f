//! The form engine: what a form asks, what is visible, what is valid.
//!
//! A form is data: a JSON Schema (2020-12) says what is valid, a JSON Forms UI schema says how it is laid out, a few `x-` keywords say what
//! neither can. The same engine draws and checks at the desk and checks again at the backend.
//!
//! # Layout
//!
//! `Control`, `Group`, `VerticalLayout`, `HorizontalLayout`, `Categorization` with `Category` (pages; nested ones are flattened), `Label`,
//! `ListWithDetail`. Without a UI schema one is generated as JSON Forms does. A `Control` on an object stands for a group of its
//! properties, one on an array of objects for a repeat group. `options` understood:
//!
//! | option | on | meaning |
//! |---|---|---|
//! | `multi` | string | several lines |
//! | `money` | number | an amount of money, at most two decimals |
//! | `format` | any | `date`, `date-time`, `time` instead of the schema's own format |
//! | `detail` | array, object | the layout of an entry, with scopes relative to it; `GENERATED` and `DEFAULT` generate one |
//! | `elementLabelProp` | array | the property that labels an entry |
//! | `readonly`, `readOnly` | any | as in JSON Forms |
//!
//! Other options are ignored with a [`Warning`]; a property that no control suits is a text field with a warning.
//!
//! # Rules
//!
//! `SHOW`, `HIDE`, `ENABLE`, `DISABLE` with conditions `SCHEMA`, `LEAF`, `AND`, `OR`, meaning exactly what `@jsonforms/core` 3.7 makes of them.
//! Inside an entry of a repeat group (or the `detail` of an object) a condition's scope is relative to it. A hidden container hides what it
//! holds; a control's own `ENABLE`/`DISABLE` rule outweighs its container's.
//!
//! # Relevance
//!
//! Values under invisible controls are dropped, as are the `required` that name them; then the rest is validated. Repeated until stable: the
//! rules see only values that stay. A form whose rules (or calculations) depend on themselves is refused when it is loaded.
//!
//! # Keywords
//!
//! | keyword | on | value |
//! |---|---|---|
//! | `x-term` | a property | the data element that it is: `"person.idNumber"` |
//! | `x-calc` | a property | JSONLogic; `var` names are looked up in the form's data, or in the entry when the property is inside a repeat group |
//! | `x-check` | an object | `[{"rule": JSONLogic, "message": {"zh-CN": …, "en": …}, "at": "/pointer"}]`, all relative to the object |
//! | `x-soft` | a property | `true`: may be missing or empty, then it is owed |
//! | `x-options` | a string or the items of an array | `{"list": "area-hubei", "version": 1}` |
//! | `x-sensitive` | a property | `true`: masked unless it has the focus, or the review page is asked for it |
//! | `x-message` | a property | the sentence for a failed keyword, by language: `{"required": {"zh-CN": …, "en": …}}` |
//! | `x-capture` | a property | `id-card`, `code` or `scan` |
//!
//! JSONLogic is the standard set of operators plus `age` (`[birth date, date or today]`, full years), `birthDateOfId`, `sexOfId`
//! (`male`/`female`) and `sum` (`[array, property]`); `{"var": "$today"}` is the day. A check is judged once every value that it compares is
//! there, and says nothing where a value is wrong by itself; a calculation that cannot be made leaves no value. What expressions take is
//! bounded (`logic`).
//!
//! # Formats
//!
//! Values are normalised before anything looks at them (full-width folded, blanks in numbers dropped): `idcard-cn` (GB 11643), `uscc` (GB 32100), `mobile-cn`,
//! `postcode-cn`, `bankcard-cn` (Luhn), `area-cn` (12 digits), `date` and `date-time` (RFC 3339), `time` (RFC 3339; the offset may be
//! missing), `email`. The other formats of the standard are judged as it has them; what is no format at all is a note for readers.
//!
//! The chapter for form authors is `config/dialect/README.md`, beside the published meta-schema.

mod codes;
mod compile;
mod control;
mod dialect;
mod drawing;
mod error;
mod evaluate;
mod failures;
mod faults;
mod formats;
mod generate;
mod judge;
mod layout;
mod limits;
mod lint;
mod load;
mod logic;
mod model;
mod objection;
mod order;
mod relevance;
mod rules;
mod schema;
mod unsaid;
mod vocabulary;
mod walk;

pub mod bundle;
pub mod migrate;
pub mod pointer;
pub mod values;

pub use codes::{CodeEntry, CodeList, CodeLists, Codes, NoCodeLists, list_named};
pub use error::{ErrorDetail, FieldError, Messages};
pub use judge::{Judge, JudgedControl, Judgement, TooDeep};
pub use limits::Clash;
pub use lint::slips;
pub use model::{
    Capture, Choice, Control, ControlId, ControlKind, Document, Evaluation, FieldView, Form, LoadError, Page, PageView,
    Row, Warning,
};
pub use vocabulary::{DIALECT, MetaSchema, PUBLISHED, TERMS, data_element, terms};

#[cfg(test)]
mod tests;
