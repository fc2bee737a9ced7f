//! `onewindow drafts`: the drafts in a clerk's vault. What only looks reads beside a session that may be writing.

mod export;
mod import;
mod ready;
mod submit;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::store::failure;
use super::{output, server, store};
use crate::vault::{Draft, DraftBody, DraftSummary, Vault};

const USUAL_DRAFTS: u32 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum Drafts {
    /// The drafts, the last changed first.
    List,
    /// Everything in a draft.
    Show {
        /// Id of the draft.
        id: Uuid,
    },
    /// Make drafts of request documents, one a line, as the backend's API describes them.
    ///
    /// Every good line is imported, whatever the others are like; the same again changes nothing. A document without an `id` gets one that
    /// follows from its content. Applicant, agent and delivery are checked here, the answers where the form was fetched before; whatever
    /// else there is to check the backend checks. What stands in `uploads` and is no SHA-256 digest is a file to attach, by its path from
    /// where FILE lies.
    Import {
        /// The file; `-`: standard input.
        file: PathBuf,
        /// Check the shape of each document only, and leave the rest to the backend.
        #[arg(long)]
        as_is: bool,
    },
    /// Submit drafts into the outbox, to be sent by `outbox push` or the next session.
    Submit {
        /// Ids of drafts.
        #[arg(required_unless_present = "all")]
        ids: Vec<Uuid>,
        /// Every draft that is complete.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
    /// Print the drafts that are complete as request documents, one a line.
    Export,
}

pub(super) fn run(command: Drafts, context: &Context) -> Result<(), Failure> {
    server::runtime()?.block_on(async {
        match command {
            Drafts::List => list(&store::look(context).await?, context).await,
            Drafts::Show { id } => show(&store::look(context).await?, id, context).await,
            Drafts::Import { file, as_is } => import::run(&file, as_is, context).await,
            Drafts::Submit { ids, all } => submit::run(ids, all, context).await,
            Drafts::Export => export::run(context).await,
        }
    })
}

async fn list(vault: &Vault, context: &Context) -> Result<(), Failure> {
    let drafts = vault.drafts(context.limit(USUAL_DRAFTS)).await.map_err(|error| failure(&error, context))?;
    if context.globals.json {
        return output::print_json(&drafts);
    }
    let rows: Vec<[String; 4]> = drafts
        .into_iter()
        .map(|DraftSummary { id, item_name, applicant, updated_at, .. }| {
            let updated = output::local(updated_at).strftime("%Y-%m-%d %H:%M").to_string();
            [id.to_string(), updated, applicant, item_name]
        })
        .collect();
    output::print_table(&rows)
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    summary: DraftSummary,
    body: &'a DraftBody,
}

async fn show(vault: &Vault, id: Uuid, context: &Context) -> Result<(), Failure> {
    let draft: Draft = vault
        .draft(id)
        .await
        .map_err(|error| failure(&error, context))?
        .ok_or_else(|| context.fail(Exit::Refused, "cli-no-draft", &[("id", &id.to_string())]))?;
    if context.globals.json {
        return output::print_json(&Shown { summary: draft.summary(), body: &draft.body });
    }
    let mut text = format!("{}\n{}\n", draft.item_name, draft.item_code);
    for (part, data) in &draft.body.parts {
        let _ = writeln!(text, "\n{part}");
        leaves(data, "", &mut text);
    }
    output::print(&text)
}

/// Every value with its JSON pointer, one a line.
fn leaves(value: &Value, pointer: &str, text: &mut String) {
    // Writing to a String cannot fail.
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, &crate::forms::pointer::join(pointer, name), text);
            }
        }
        Value::Array(entries) if !entries.is_empty() => {
            for (index, entry) in entries.iter().enumerate() {
                leaves(entry, &format!("{pointer}/{index}"), text);
            }
        }
        Value::String(string) => {
            let _ = writeln!(text, "  {pointer}  {string}");
        }
        other => {
            let _ = writeln!(text, "  {pointer}  {other}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_draft_is_shown_value_by_value() {
        let mut text = String::new();
        leaves(&json!({"name": "赵谷雨", "members": [{"age": 8}], "none": []}), "", &mut text);
        assert_eq!(text, "  /name  赵谷雨\n  /members/0/age  8\n  /none  []\n");
    }
}
