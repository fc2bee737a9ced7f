//! The items at hand (事项目录): the files they come in, and finding one of them.
//!
//! | module | what it is |
//! |---|---|
//! | [`files`] | the catalogue folder and its loader |
//! | [`check`] | the linter of a folder, for its authors |
//! | [`findings`] | what loader and linter have to say |
//! | [`search`] | [`Catalogue`]: filter, rank, mark |
//! | [`pinyin`] | type-to-filter of any list, by Chinese or pinyin |
//! | [`synonyms`] | everyday words for official ones |
//!
//! Inside, [`pinyin`] turns a query into an automaton over positions of the query, and `index` runs it over all names in one pass.

pub mod files;
pub mod findings;
pub mod pinyin;
pub mod search;
pub mod synonyms;

pub use files::{CatalogueFolder, Folder};
pub use findings::{Finding, Severity};
pub use search::{Catalogue, CatalogueEntry, Class, Filter, Hit, Matched};
pub use synonyms::Synonyms;
