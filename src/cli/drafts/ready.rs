//! The request document that a draft amounts to, as the review page would submit it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::app::intake::Intake;
use crate::app::intake::document::Document;
use crate::app::{BuiltInForms, Files, Shared};
use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::kept::Kept;
use crate::documents::Paper;
use crate::keymap::Keymap;
use crate::vault::{Draft, Frozen, Vault};

/// Makes request documents of drafts.
pub(super) struct Ready<'v> {
    vault: &'v Vault,
    kept: Kept,
    shared: Shared,
}

/// Why a draft is no request yet.
pub(super) enum Unready {
    /// So many fields are missing or wrong.
    Errors(usize),
    /// Its item or its form is not at this desk.
    Unknown,
}

impl Unready {
    pub(super) fn sentence(&self, context: &Context) -> String {
        match self {
            Self::Errors(count) => context.format("cli-draft-errors", &[("n", &count.to_string())]),
            Self::Unknown => context.text("cli-draft-unknown"),
        }
    }
}

impl<'v> Ready<'v> {
    pub(super) async fn of(vault: &'v Vault, context: &Context) -> Result<Self, Failure> {
        let built_in: BuiltInForms = crate::runtime::built_in(&context.locale)
            .map_err(|error| Failure::said(Exit::Refused, error.to_string()))?;
        let mut shared = Shared::new(
            Timestamp::now(),
            Arc::clone(&context.locale),
            Arc::new(Keymap::built_in()),
            Arc::new(built_in),
            Paper { width: usize::from(context.settings.print_width), ascii: false },
            |_| Uuid::now_v7(),
        );
        // What the backend said of the clerk at the last session on the screen.
        let facts = vault.cached("desk", "facts").await.ok().flatten();
        let facts: Value = facts.and_then(|facts| serde_json::from_slice(&facts.body).ok()).unwrap_or_default();
        let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        shared.desk.site = fact("site");
        shared.desk.window = context.settings.window.clone().unwrap_or_else(|| fact("window"));
        Ok(Self { vault, kept: Kept::of(context).await, shared })
    }

    /// The document of a draft: the imported one as it came, or what the intake makes of what was typed.
    pub(super) async fn document(&mut self, draft: Draft) -> Result<(Frozen, Value), Unready> {
        let value = match draft.body.document.clone() {
            Some(value) => value,
            None => self.typed(draft).await?,
        };
        let document = Document::new(value).map_err(|_| Unready::Unknown)?;
        let frozen = Frozen::keeping(&document.request, &document.value).map_err(|_| Unready::Unknown)?;
        Ok((frozen, document.value))
    }

    async fn typed(&mut self, draft: Draft) -> Result<Value, Unready> {
        let form = draft.body.form.clone();
        self.kept.load(&form).await;
        let item = self.kept.item(&draft.item_code).await.ok_or(Unready::Unknown)?;
        let form = self.kept.form(&form).ok_or(Unready::Unknown)?;
        self.shared.now = Timestamp::now();
        let id = draft.id;
        let mut intake = Intake::resume(draft, item, form, &self.shared).map_err(|_| Unready::Unknown)?;
        let attached = self.vault.attachments(id).await.map_err(|_| Unready::Unknown)?;
        intake.take_files(Files { attached, ..Files::default() }, &self.shared);
        let submission = intake.submission(&self.shared).map_err(Unready::Errors)?;
        serde_json::to_value(submission.request).map_err(|_| Unready::Unknown)
    }
}
