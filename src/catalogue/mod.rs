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
//! | [`question`] | what is asked, and the words of the answer |
//! | [`search`] | [`Catalogue`]: filter, rank, mark |
//! | [`pinyin`] | type-to-filter of any list, by Chinese or pinyin |
//! | [`synonyms`] | everyday words for official ones |
//!
//! Inside, `sounds` knows how characters are read, `pattern` turns a word of the query into an automaton over its positions, `letters` rules
//! out most names by a few bits each, `spans` more of them, `table` runs the automaton over what is left, `line` finds out where it stands,
//! and `probe` and `top` judge and rank. A name is kept as numbers of its characters, never as pinyin: every reading counts.

pub mod admission;
pub mod brief;
pub mod check;
mod codes;
pub mod files;
pub mod findings;
mod glyphs;
mod habits;
mod image;
pub mod import;
mod index;
mod letters;
mod line;
mod lines;
mod listing;
mod narrow;
mod pattern;
pub mod pinyin;
mod probe;
pub mod question;
mod reasons;
pub mod search;
mod sounds;
mod spans;
pub mod synonyms;
mod table;
mod texts;
mod top;

pub use admission::Admissions;
pub use brief::Brief;
pub use files::{CatalogueFolder, Folder};
pub use findings::{Finding, Severity};
pub use habits::Habits;
pub use question::{Answer, Class, Filter, Hit, Matched, Question, Row};
pub use search::{Catalogue, CatalogueEntry, Indexing};
pub use synonyms::Synonyms;
