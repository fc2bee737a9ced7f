//! The contract between client and backend: wire types, canonical digest, client, errors.
//!
//! Wire types stay in here and in [`crate::backend`]; the rest of the program speaks [`crate::domain`].

pub mod briefs;
pub mod client;
pub mod digest;
pub mod error;
pub mod packing;
pub mod problem;
mod reports;
pub mod wire;

mod answer;
mod resources;
mod uploads;

pub use client::Client;
pub use error::{AddressError, ApiError};
pub use resources::{CatalogueAnswer, PutOutcome};
pub use uploads::UploadStart;
