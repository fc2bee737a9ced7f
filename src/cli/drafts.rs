//! `onewindow drafts`: the drafts in a clerk's vault, read beside a session that may be writing.

use std::fmt::Write as _;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::context::Context;
use super::failure::{Exit, Failure};
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
}

pub(super) fn run(command: Drafts, context: &Context) -> Result<(), Failure> {
    server::runtime()?.block_on(async {
        let vault = store::look(context).await?;
        match command {
            Drafts::List => list(&vault, context).await,
            Drafts::Show { id } => show(&vault, id, context).await,
        }
    })
}

async fn list(vault: &Vault, context: &Context) -> Result<(), Failure> {
    let drafts = vault.drafts(context.limit(USUAL_DRAFTS)).await.map_err(|error| store::failure(&error, context))?;
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
        .map_err(|error| store::failure(&error, context))?
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
