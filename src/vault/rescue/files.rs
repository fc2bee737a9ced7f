//! The files of a rescued vault. A request names its files, so who needs which is known even when the list of it was lost; a file is kept
//! when it is whole, which its digest tells. What is lacking can be attached anew.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::{Row as _, SqliteConnection};

use crate::domain::request::is_digest;
use crate::vault::attachments::{is_whole, need};
use crate::vault::store::uuid;
use crate::vault::{RecordName, Seal, VaultError};

/// Requests and drafts whose files the backend may not have yet.
const NEEDING: [(&str, &str); 2] = [
    ("outbox.document", "SELECT id, 1, document FROM outbox WHERE state <> 'accepted'"),
    ("drafts.body", "SELECT id, revision, body FROM drafts"),
];

/// What is left of the files once nobody needs them any more, or they are not all there.
const LEFTOVERS: [&str; 4] = [
    "DELETE FROM attached WHERE request NOT IN (SELECT id FROM outbox UNION ALL SELECT id FROM drafts)",
    "DELETE FROM attached WHERE digest NOT IN (SELECT digest FROM attachments)",
    "DELETE FROM attachments WHERE digest NOT IN (SELECT digest FROM attached)",
    "DELETE FROM pieces WHERE digest NOT IN (SELECT digest FROM attached)",
];

/// Puts the files that were brought over in order. Gives the number of those that are needed and lacking.
pub(super) async fn put_in_order(connection: &mut SqliteConnection, seal: &Seal) -> Result<u64, VaultError> {
    let rows = sqlx::query("SELECT digest FROM attachments").fetch_all(&mut *connection).await?;
    for row in rows {
        let digest: String = row.try_get(0)?;
        if !is_whole(connection, seal, &digest).await? {
            sqlx::query("DELETE FROM attachments WHERE digest = ?").bind(&digest).execute(&mut *connection).await?;
        }
    }
    let mut named = Vec::new();
    for (place, query) in NEEDING {
        for row in sqlx::query(query).fetch_all(&mut *connection).await? {
            let id = uuid(&row, 0)?;
            let name = RecordName { place, id: id.as_bytes(), version: row.try_get(1)? };
            let body: Value = serde_json::from_slice(&seal.open(name, row.try_get(2)?)?)?;
            let mut digests = BTreeSet::new();
            uploads(&body, &mut digests);
            named.extend(digests.into_iter().map(|digest| (id, digest)));
        }
    }
    for (id, digest) in &named {
        need(connection, *id, digest).await?;
    }
    let lacking: i64 =
        sqlx::query("SELECT COUNT(DISTINCT digest) FROM attached WHERE digest NOT IN (SELECT digest FROM attachments)")
            .fetch_one(&mut *connection)
            .await?
            .try_get(0)?;
    for leftover in LEFTOVERS {
        sqlx::query(leftover).execute(&mut *connection).await?;
    }
    Ok(lacking.unsigned_abs())
}

/// The digests among the uploads of a request or draft, wherever in it they stand.
fn uploads(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "uploads"
                    && let Some(entries) = member.as_array()
                {
                    let digests = entries.iter().filter_map(Value::as_str).filter(|text| is_digest(text));
                    found.extend(digests.map(str::to_owned));
                } else {
                    uploads(member, found);
                }
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| uploads(entry, found)),
        _ => {}
    }
}
