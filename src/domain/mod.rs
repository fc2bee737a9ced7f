//! Pure words of the trade. Names are the field's standard terms; each type's doc comment has the Chinese one.
//!
//! Nothing here knows a screen, a database or a network.

pub mod area;
pub mod away;
pub mod bundle;
pub mod calendar;
pub mod case;
pub mod course;
pub mod deadline;
mod form_ref;
pub mod identity;
pub mod item;
pub mod procedure;
pub mod receipt;
pub mod request;
pub mod site;
