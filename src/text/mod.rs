//! Text at a counter: counted in graphemes, laid out in terminal columns, cleaned at the door.
//!
//! | unit | where |
//! |---|---|
//! | grapheme (UAX #29 extended) | carets, limits, masks |
//! | column (terminal cell) | widths, truncation, wrapping, scrolling |
//!
//! Nobody outside this module slices a string by hand.

mod editor;
pub mod mask;
mod sanitize;
mod width;
mod wrap;

pub use editor::{Edit, Editor, LinesView, View};
pub use sanitize::{Lines, fold_width, is_unseen, sanitize};
pub use width::{pad, slice_columns, truncate, truncate_start, width};
pub use wrap::wrap;
