//! `onewindow drafts submit`: drafts go into the outbox.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::ready::Ready;
use crate::app::{Allowance, OfflineLimits};
use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{output, store};
use crate::sync::words;
use crate::vault::{Frozen, OutboxState, Vault, Waiting};

/// Drafts that go into the outbox together.
const BATCH: usize = 200;

/// What became of a draft.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Submitted {
    id: Uuid,
    result: Outcome,
    /// State in the outbox, when it is there.
    state: Option<OutboxState>,
    /// Provisional number, when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    local_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Submitted,
    /// It was in the outbox before.
    Unchanged,
    Refused,
}

impl Submitted {
    const fn refused(id: Uuid, reason: String) -> Self {
        Self { id, result: Outcome::Refused, state: None, local_no: None, reason: Some(reason) }
    }
}

/// Submits the drafts of these ids, or every one.
pub(super) async fn run(ids: Vec<Uuid>, all: bool, context: &Context) -> Result<(), Failure> {
    let vault = store::open(context).await?;
    let results = submit(&vault, ids, all, context).await;
    let closed = vault.close().await;
    let results = results?;
    closed.map_err(|error| store::failure(&error, context))?;
    report(&results, context)
}

async fn submit(vault: &Vault, ids: Vec<Uuid>, all: bool, context: &Context) -> Result<Vec<Submitted>, Failure> {
    let failure = |error| store::failure(&error, context);
    let ids = if all {
        // The oldest first: as they were taken.
        vault.drafts(u32::MAX).await.map_err(failure)?.into_iter().rev().map(|draft| draft.id).collect()
    } else {
        ids
    };
    let mut ready = Ready::of(vault, context).await?;
    let limits = OfflineLimits { days: context.settings.offline_days, records: context.settings.offline_records };
    let mut allowance = Allowance::Ample;
    let mut results = Vec::with_capacity(ids.len());
    for some in ids.chunks(BATCH) {
        let mut batch: Vec<Frozen> = Vec::new();
        let waiting = vault.waiting().await.map_err(failure)?;
        for id in some {
            let draft = match vault.draft(*id).await {
                Err(error) if error.is_damage() => {
                    results.push(Submitted::refused(*id, words::fault(&error, &context.locale)));
                    continue;
                }
                draft => draft.map_err(failure)?,
            };
            match draft {
                Some(draft) => match ready.document(draft).await {
                    Ok((frozen, _)) => {
                        let count = waiting.count + batch.len() as u64;
                        allowance = limits.allowance(Waiting { count, ..waiting }, Timestamp::now());
                        if allowance == Allowance::Over {
                            results.push(Submitted::refused(*id, context.text("status-offline-over")));
                        } else {
                            batch.push(frozen);
                        }
                    }
                    Err(unready) => results.push(Submitted::refused(*id, unready.sentence(context))),
                },
                None => results.push(known(vault, *id, context).await?),
            }
        }
        let entries = vault.freeze_all(&batch).await.map_err(failure)?;
        results.extend(batch.iter().zip(entries).map(|(frozen, entry)| match entry {
            Ok(entry) => Submitted {
                id: entry.id,
                result: Outcome::Submitted,
                state: Some(entry.state),
                local_no: Some(entry.local_no),
                reason: None,
            },
            Err(error) => Submitted::refused(frozen.id, words::fault(&error, &context.locale)),
        }));
    }
    if allowance == Allowance::Short {
        output::note(&context.text("status-offline-short"));
    }
    Ok(results)
}

/// An id that is no draft's: of a request submitted before, or of nothing.
async fn known(vault: &Vault, id: Uuid, context: &Context) -> Result<Submitted, Failure> {
    let entry = vault.outbox_entry(id).await.map_err(|error| store::failure(&error, context))?;
    Ok(entry.map_or_else(
        || Submitted::refused(id, context.format("cli-no-draft", &[("id", &id.to_string())])),
        |entry| Submitted {
            id,
            result: Outcome::Unchanged,
            state: Some(entry.state),
            local_no: Some(entry.local_no),
            reason: None,
        },
    ))
}

fn report(results: &[Submitted], context: &Context) -> Result<(), Failure> {
    let refused = results.iter().filter(|one| one.result == Outcome::Refused).count();
    if context.globals.json {
        output::print_json(&results)?;
    } else {
        for one in results.iter().filter(|one| one.result == Outcome::Refused) {
            output::note(&format!("{}  {}", one.id, one.reason.as_deref().unwrap_or_default()));
        }
        let (submitted, refused) = ((results.len() - refused).to_string(), refused.to_string());
        let args = [("submitted", submitted.as_str()), ("refused", &refused)];
        output::print(&format!("{}\n", context.format("cli-submit-done", &args)))?;
    }
    if refused == 0 { Ok(()) } else { Err(Failure::Silent(Exit::Refused)) }
}
