//! `onewindow cases`: the cases on the backend.

use std::fmt::Write as _;

use clap::Subcommand;
use serde::Serialize;

use super::context::Context;
use super::failure::Failure;
use super::{output, server};
use crate::api::Client;
use crate::api::wire::CaseFilter;
use crate::domain::case::{Case, CaseEvent, CaseStatus};

const USUAL_CASES: u32 = 100;

/// Most cases that the backend gives at once.
const PAGE: u32 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum Cases {
    /// The cases that the clerk may see, the last changed first.
    List,
    /// A case with its log.
    Show {
        /// Case number (办件编号).
        number: String,
    },
}

pub(super) fn run(command: Cases, context: &Context) -> Result<(), Failure> {
    server::runtime()?.block_on(async {
        let client = server::sign_in(context).await?;
        let done = match command {
            Cases::List => list(&client, context).await,
            Cases::Show { number } => show(&client, &number, context).await,
        };
        // The session ends by itself when the backend cannot be told.
        let _ = client.sign_out().await;
        done
    })
}

async fn list(client: &Client, context: &Context) -> Result<(), Failure> {
    let limit = context.limit(USUAL_CASES);
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut cases: Vec<Case> = Vec::new();
    let mut filter = CaseFilter { limit: Some(limit.min(PAGE)), ..CaseFilter::default() };
    while cases.len() < wanted {
        let page = client.cases(&filter).await.map_err(|error| server::failure(error, context))?;
        cases.extend(page.cases);
        if page.next.is_none() {
            break;
        }
        filter.after = page.next;
    }
    cases.truncate(wanted);
    if context.globals.json {
        return output::print_json(&cases);
    }
    let rows: Vec<[String; 5]> = cases
        .into_iter()
        .map(|case| {
            let due = case.due.map(|due| due.to_string()).unwrap_or_default();
            [case.case_no, status(case.status, context), due, case.applicant, case.item_name]
        })
        .collect();
    output::print_table(&rows)
}

fn status(status: CaseStatus, context: &Context) -> String {
    context.text(&format!("status-{}", status.name()))
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    case: &'a Case,
    events: &'a [CaseEvent],
}

async fn show(client: &Client, number: &str, context: &Context) -> Result<(), Failure> {
    let case = client.case(number).await.map_err(|error| server::failure(error, context))?.case;
    let events = client.events(number, 0).await.map_err(|error| server::failure(error, context))?;
    if context.globals.json {
        return output::print_json(&Shown { case: &case, events: &events });
    }
    let due = case.due.map(|due| due.to_string()).unwrap_or_default();
    let mut text = [&case.case_no, &case.item_name, &case.applicant, &status(case.status, context), &due]
        .into_iter()
        .filter(|line| !line.is_empty())
        .fold(String::new(), |text, line| format!("{text}{line}\n"));
    for event in &events {
        let at = output::local(event.at).strftime("%Y-%m-%d %H:%M");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{at}  {}  {}  {}", status(event.status, context), event.actor, event.note);
    }
    output::print(&text)
}
