//! `onewindow outbox`: what was submitted, where it stands, and sending it without a screen.

mod carry;
mod push;

use std::fmt::Write as _;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::store::failure;
use super::{output, server, store};
use crate::domain::receipt::Receipt;
use crate::sync::words;
use crate::vault::{Draft, FieldFault, OutboxEntry, OutboxState, RefusedItem};

const USUAL_ENTRIES: u32 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// The submitted requests, the last submitted first.
    List {
        /// Only those in this state: queued, sending, accepted, refused or withdrawn.
        #[arg(long, value_parser = ["queued", "sending", "accepted", "refused", "withdrawn"])]
        state: Option<String>,
    },
    /// One request: where it stands, why, and what was submitted.
    Show {
        /// Id of the request.
        id: Uuid,
    },
    /// Send what waits: each once, or with `--until-empty` until nothing waits any more.
    ///
    /// May be stopped at any moment and run again: nothing is lost, nothing arrives twice. Ends with 0 when everything was accepted, 1 when the
    /// backend refused something, 3 when something still waits.
    Push(push::Push),
    /// Take back a request that surely did not reach the backend, or that was refused.
    Withdraw {
        /// Id of the request.
        id: Uuid,
    },
    /// Write what waits into an encrypted file, for a desk that has a network.
    ///
    /// It stays queued here, too: whichever desk sends it first, it is taken once. FILE must not exist. What cannot be read whole is named and
    /// stays behind; the exit code is 1 then.
    Export(carry::Carry),
    /// Queue what another desk exported.
    Import(carry::Carry),
    /// Make a draft of a refused or withdrawn request, to be corrected; of one that was taken in part, of each item that was not taken.
    ///
    /// What was refused because the applicant has the same item open counts as acknowledged from then on.
    Reopen {
        /// Id of the request.
        id: Uuid,
    },
}

pub(super) fn run(command: Outbox, context: &Context) -> Result<(), Failure> {
    server::runtime()?.block_on(async {
        match command {
            Outbox::List { state } => list(state.as_deref().and_then(OutboxState::from_name), context).await,
            Outbox::Show { id } => show(id, context).await,
            Outbox::Push(push) => push::run(&push, context).await,
            Outbox::Withdraw { id } => withdraw(id, context).await,
            Outbox::Export(carry) => carry::export(&carry, context).await,
            Outbox::Import(carry) => carry::import(&carry, context).await,
            Outbox::Reopen { id } => reopen(id, context).await,
        }
    })
}

/// An entry as programs read it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: Uuid,
    state: OutboxState,
    attempts: u32,
    /// Stable code of why it waits or was refused: `invalid`, `duplicate-case`, `unreachable`, …
    reason: Option<String>,
    request_no: Option<String>,
    /// The reason in a sentence, with the way out.
    explanation: Option<String>,
    /// HTTP status behind the reason.
    status: Option<u16>,
    /// What the backend objects to, by place in the document.
    errors: Vec<FieldFault>,
    /// Items that were not taken while others were, each with its own reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused_items: Vec<RefusedItem>,
    /// Number of the open case that it would duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_no: Option<String>,
    /// What takes the place of a retired form (`id@version`) or of a withdrawn item (its code).
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    in_doubt: bool,
    item_code: String,
    item_name: String,
    /// Masked.
    applicant: String,
    submitted_at: Timestamp,
    next_at: Option<Timestamp>,
    local_no: String,
    digest: String,
    superseded_by: Option<Uuid>,
}

impl Entry {
    fn of(entry: OutboxEntry, context: &Context) -> Self {
        let explanation = entry.reason.as_ref().map(|reason| words::reason(reason, &context.locale));
        let reason = entry.reason.unwrap_or_default();
        Self {
            id: entry.id,
            state: entry.state,
            attempts: entry.attempts,
            reason: (!reason.code.is_empty()).then_some(reason.code),
            request_no: entry.request_no,
            explanation,
            status: reason.status,
            errors: reason.fields,
            refused_items: reason.items,
            case_no: reason.case_no,
            successor: reason.successor,
            in_doubt: entry.in_doubt,
            item_code: entry.item_code,
            item_name: entry.item_name,
            applicant: entry.applicant,
            submitted_at: entry.submitted_at,
            next_at: entry.next_at,
            local_no: entry.local_no,
            digest: entry.digest,
            superseded_by: entry.superseded_by,
        }
    }
}

async fn list(state: Option<OutboxState>, context: &Context) -> Result<(), Failure> {
    let vault = store::look(context).await?;
    let limit = context.limit(USUAL_ENTRIES);
    let entries = vault.outbox_in(state, limit).await.map_err(|error| failure(&error, context))?;
    let entries: Vec<Entry> = entries.into_iter().map(|entry| Entry::of(entry, context)).collect();
    if context.globals.json {
        return output::print_json(&entries);
    }
    let rows: Vec<[String; 6]> = entries
        .into_iter()
        .map(|entry| {
            let submitted = output::local(entry.submitted_at).strftime("%Y-%m-%d %H:%M").to_string();
            let number = entry.request_no.unwrap_or(entry.local_no);
            let state = words::entry_state(entry.state, &entry.refused_items, &context.locale);
            let why = entry.explanation.unwrap_or(entry.item_name);
            [entry.id.to_string(), submitted, state, number, entry.applicant, why]
        })
        .collect();
    output::print_table(&rows)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    entry: Entry,
    /// The frozen document.
    document: Value,
    receipt: Option<Receipt>,
}

async fn show(id: Uuid, context: &Context) -> Result<(), Failure> {
    let vault = store::look(context).await?;
    let failed = |error| failure(&error, context);
    let entry = vault.outbox_entry(id).await.map_err(failed)?;
    let entry = entry.ok_or_else(|| context.fail(Exit::Refused, "cli-no-request", &[("id", &id.to_string())]))?;
    let document = vault.document(id).await.map_err(failed)?;
    let document = serde_json::from_slice(&document).map_err(std::io::Error::from)?;
    let receipt = vault.receipt(id).await.map_err(failed)?;
    let shown = Shown { entry: Entry::of(entry, context), document, receipt };
    if context.globals.json {
        return output::print_json(&shown);
    }
    let entry = shown.entry;
    let lines =
        [entry.item_name, entry.applicant, words::entry_state(entry.state, &entry.refused_items, &context.locale)];
    let mut text = lines
        .into_iter()
        .chain(entry.request_no)
        .chain(entry.explanation)
        .fold(String::new(), |text, line| if line.is_empty() { text } else { format!("{text}{line}\n") });
    for fault in entry.errors.iter().chain(entry.refused_items.iter().flat_map(|item| &item.reason.fields)) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}  {}", fault.pointer, fault.message);
    }
    output::print(&text)
}

async fn withdraw(id: Uuid, context: &Context) -> Result<(), Failure> {
    let vault = store::open(context).await?;
    vault.withdraw(id).await.map_err(|error| failure(&error, context))?;
    acted(&vault, id, context).await
}

async fn reopen(id: Uuid, context: &Context) -> Result<(), Failure> {
    let vault = store::open(context).await?;
    let drafts = vault.reopen(id, Timestamp::now()).await.map_err(|error| failure(&error, context))?;
    if !context.globals.json {
        return drafts.iter().try_for_each(|draft| output::print(&format!("{}\n", draft.id)));
    }
    match drafts.as_slice() {
        [draft] if draft.body.supersedes.is_some() => output::print_json(&draft.summary()),
        // Each item that was not taken is one.
        drafts => output::print_json(&drafts.iter().map(Draft::summary).collect::<Vec<_>>()),
    }
}

/// Prints how a request stands after the clerk did something with it.
async fn acted(vault: &crate::vault::Vault, id: Uuid, context: &Context) -> Result<(), Failure> {
    let Some(entry) = vault.outbox_entry(id).await.map_err(|error| failure(&error, context))? else { return Ok(()) };
    let entry = Entry::of(entry, context);
    if context.globals.json {
        return output::print_json(&entry);
    }
    output::print(&format!(
        "{}  {}\n",
        entry.id,
        words::entry_state(entry.state, &entry.refused_items, &context.locale)
    ))
}
