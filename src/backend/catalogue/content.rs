//! What a catalogue consists of, however it came: from a folder's text or from the database.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

use super::{CatalogueError, ClerksFile, PracticeClerk};
use crate::api::digest;
use crate::api::wire::Domain;
use crate::backend::language;
use crate::catalogue::files::{FormSource, Text};
use crate::catalogue::{CatalogueFolder, Folder, Severity};
use crate::domain::bundle::Bundle;
use crate::domain::item::{FormRef, Item};
use crate::domain::site::Site;
use crate::forms::CodeList;

/// The forms of applicant, agent and delivery, which every request fills beside its items' own.
static PARTICULARS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/forms");

/// Kind of a form among the documents.
pub(in crate::backend) const FORM: &str = "form";
/// Kind of a code list among the documents.
pub(in crate::backend) const CODE_LIST: &str = "codelist";

/// What a catalogue says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Head {
    /// Id of the catalogue.
    pub id: String,
    /// Counts up with every published change.
    pub version: u32,
    /// Title.
    pub title: String,
    /// The domains in order.
    pub domains: Vec<Domain>,
}

/// A catalogue's content.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub head: Head,
    pub sites: Vec<Arc<Site>>,
    pub items: Vec<Arc<Item>>,
    pub bundles: Vec<Arc<Bundle>>,
    pub forms: Vec<FormSource>,
    pub lists: Vec<Arc<CodeList>>,
    /// Of the practice room; never published.
    pub clerks: Vec<PracticeClerk>,
}

impl Content {
    /// Out of the text of a folder.
    ///
    /// # Errors
    /// When a file cannot be understood, or a form is missing.
    pub(super) fn of(folder: &Folder) -> Result<Self, CatalogueError> {
        let (folder, findings) = CatalogueFolder::load(folder);
        if let Some(error) = findings.into_iter().find(|finding| finding.severity == Severity::Error) {
            let reason = error.sentence(&language::locale());
            return Err(CatalogueError::Unreadable { file: error.file, line: error.line, reason });
        }
        let forms: Vec<FormSource> = folder.forms.into_iter().map(|form| form.value).collect();
        let at_hand: HashSet<&FormRef> = forms.iter().map(|form| &form.reference).collect();
        if let Some(item) = folder.items.iter().find(|item| !at_hand.contains(&item.value.form)) {
            return Err(CatalogueError::NoForm(item.value.form.clone()));
        }
        let clerks = folder.clerks.as_deref().map_or_else(|| Ok(ClerksFile::default()), toml::from_str)?.clerks;
        let manifest = folder.manifest;
        let domain = |domain: crate::catalogue::files::Domain| Domain {
            id: domain.id,
            name: domain.name,
            name_en: domain.name_en,
        };
        Ok(Self {
            head: Head {
                id: manifest.id,
                version: manifest.version,
                title: manifest.title,
                domains: manifest.domains.into_iter().map(domain).collect(),
            },
            sites: folder.sites.into_iter().map(|site| site.value).collect(),
            items: folder.items.into_iter().map(|item| item.value).collect(),
            bundles: folder.bundles.into_iter().map(|bundle| bundle.value).collect(),
            forms,
            lists: folder.code_lists.into_iter().map(|list| list.value).collect(),
            clerks,
        })
    }
}

/// A thing of a catalogue as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Code, id, or `id@version`.
    pub key: String,
    /// Its JSON.
    pub body: String,
    /// SHA-256 of the body.
    pub digest: String,
}

impl Kept {
    pub(super) fn of<T: Serialize>(key: &str, thing: &T) -> Self {
        // Plain data: it always has a JSON form.
        let body = serde_json::to_string(thing).unwrap_or_default();
        Self { key: key.to_owned(), digest: digest::sha256_hex(body.as_bytes()), body }
    }
}

/// The two texts of a form as they are kept: written anew they would not have the digest that they had.
#[derive(Serialize, Deserialize)]
struct FormTexts<'a> {
    schema: Cow<'a, str>,
    ui: Option<Cow<'a, str>>,
}

/// A form for the database.
pub(super) fn kept_form(form: &FormSource) -> Kept {
    let (schema, ui) = form.texts();
    Kept::of(&form.reference.to_string(), &FormTexts { schema: schema.into(), ui: ui.map(Into::into) })
}

/// A form from the database.
pub(super) fn form_of(reference: FormRef, body: &str) -> serde_json::Result<FormSource> {
    let FormTexts { schema, ui } = serde_json::from_str(body)?;
    Ok(FormSource::new(reference, schema.into(), ui.map(Into::into)))
}

/// Which of the forms that every request fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) enum Particulars {
    Applicant,
    Agent,
    Delivery,
}

impl Particulars {
    pub(super) const ALL: [Self; 3] = [Self::Applicant, Self::Agent, Self::Delivery];

    /// The member of the request, and the form's id.
    pub(in crate::backend) const fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Agent => "agent",
            Self::Delivery => "delivery",
        }
    }

    pub(super) fn form(self) -> FormRef {
        FormRef { id: self.name().to_owned(), version: 1 }
    }

    pub(super) fn source(self) -> Result<FormSource, CatalogueError> {
        let read = |suffix: &str| -> Option<Text> {
            let file = PARTICULARS.get_file(format!("{}.{suffix}.json", self.name()))?;
            file.contents_utf8().map(Text::from)
        };
        let schema = read("schema").ok_or_else(|| CatalogueError::NoForm(self.form()))?;
        Ok(FormSource::new(self.form(), schema, read("ui")))
    }
}
