//! `onewindow drafts export`: the drafts that are complete as request documents, one a line, as `drafts import` reads them.

use super::ready::Ready;
use crate::api::digest;
use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{output, store};
use crate::sync::words;

/// Prints the documents; says which drafts are not complete, and which cannot be read.
pub(super) async fn run(context: &Context) -> Result<(), Failure> {
    let vault = store::look(context).await?;
    let failure = |error| store::failure(&error, context);
    let mut ready = Ready::of(&vault, context).await?;
    let mut left_out = false;
    for summary in vault.drafts(context.limit(u32::MAX)).await.map_err(failure)?.into_iter().rev() {
        let draft = match vault.draft(summary.id).await {
            Err(error) if error.is_damage() => {
                output::note(&format!("{}  {}", summary.id, words::fault(&error, &context.locale)));
                left_out = true;
                continue;
            }
            draft => draft.map_err(failure)?,
        };
        let Some(draft) = draft else { continue };
        match ready.document(draft).await {
            Ok((_, value)) => {
                let line = digest::canonical(&value).map_err(std::io::Error::from)?;
                output::print(&format!("{}\n", String::from_utf8_lossy(&line)))?;
            }
            Err(unready) => {
                output::note(&format!("{}  {}", summary.id, unready.sentence(context)));
                left_out = true;
            }
        }
    }
    if left_out { Err(Failure::Silent(Exit::Refused)) } else { Ok(()) }
}
