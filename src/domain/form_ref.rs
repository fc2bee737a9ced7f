//! Which version of which form.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// Reference to one immutable version of a form: `id@version` in text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FormRef {
    /// Id of the form, `[a-z0-9-]+`.
    pub id: String,
    /// Version, from 1.
    pub version: u32,
}

/// Text that is no `id@version`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a form reference of the shape id@version: {0}")]
pub struct FormRefError(String);

impl fmt::Display for FormRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

impl std::str::FromStr for FormRef {
    type Err = FormRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('@')
            .filter(|(id, _)| {
                !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            })
            .and_then(|(id, version)| {
                let version = version.parse().ok().filter(|version| *version > 0)?;
                Some(Self { id: id.to_owned(), version })
            })
            .ok_or_else(|| FormRefError(text.to_owned()))
    }
}

impl PartialSchema for FormRef {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.pattern(Some("^[a-z0-9-]+@[1-9][0-9]{0,8}$")).build().into()
    }
}

impl ToSchema for FormRef {}

impl TryFrom<String> for FormRef {
    type Error = FormRefError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FormRef> for String {
    fn from(form: FormRef) -> Self {
        form.to_string()
    }
}
