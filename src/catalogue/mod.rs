//! The items at hand (事项目录): the files they come in, and finding one of them.
//!
//! | module | what it is |
//! |---|---|
//! | [`files`] | the catalogue folder and its loader |
//! | [`check`] | the linter of a folder, for its authors |
//! | [`import`](mod@import) | items from a department's table |
//! | [`findings`] | what loader and linter have to say |
//! | [`admission`] | what each site does for each item, and where else |
//! | [`brief`] | what lists and the search need of an item |
//! | [`search`] | [`Catalogue`]: filter, rank, mark |
//! | [`pinyin`] | type-to-filter of any list, by Chinese or pinyin |
//! | [`synonyms`] | everyday words for official ones |
//!
//! Inside, `sounds` knows how characters are read, `pattern` turns a word of the query into an automaton over its positions, `index` runs
//! that over all names in one pass, and `line` and `probe` judge what it lets through. A name is kept as numbers of its characters, never as pinyin: every reading counts.

pub mod admission;
pub mod brief;
pub mod check;
pub mod files;
pub mod findings;
pub mod import;
mod index;
mod line;
mod lines;
mod pattern;
pub mod pinyin;
mod probe;
pub mod search;
mod sounds;
pub mod synonyms;

pub use admission::Admissions;
pub use brief::Brief;
pub use files::{CatalogueFolder, Folder};
pub use findings::{Finding, Severity};
pub use search::{Catalogue, CatalogueEntry, Class, Filter, Hit, Matched};
pub use synonyms::Synonyms;
