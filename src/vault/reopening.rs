//! Opening again (重新打开): a refused or withdrawn request becomes a draft under a new id. Of one that was taken in part, each item that was
//! not taken becomes a draft of its own: a new request, which corrects nothing that was accepted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use sqlx::{Connection as _, SqliteConnection};
use uuid::Uuid;

use super::attachments::{keep_only, need, need_the_same};
use super::standing::Standing;
use super::{Draft, DraftBody, FieldFault, OutboxEntry, OutboxState, Reason, RefusedItem, Vault, VaultError};
use crate::domain::away::CompetentPlace;
use crate::domain::request::{Request, RequestItem};

impl Vault {
    /// Makes a refused or withdrawn request a draft again, or each item that the backend did not take of an accepted one. Again, it gives the
    /// same drafts.
    ///
    /// # Errors
    /// [`VaultError::State`] when there is nothing to correct, [`VaultError::Superseded`] when what was corrected was submitted already.
    pub async fn reopen(&self, id: Uuid, at: Timestamp) -> Result<Vec<Draft>, VaultError> {
        let mut connection = self.writer().await?;
        let mut transaction = connection.begin().await?;
        let entry = self.read_entry(&mut transaction, id).await?.ok_or(VaultError::NotFound(id))?;
        let drafts = match entry.state {
            OutboxState::Refused | OutboxState::Withdrawn => {
                vec![self.reopen_whole(&mut transaction, entry, at).await?]
            }
            OutboxState::Accepted if !entry.refused_items().is_empty() => {
                self.reopen_items(&mut transaction, entry, at).await?
            }
            state => return Err(VaultError::State { id, state }),
        };
        transaction.commit().await?;
        Ok(drafts)
    }

    async fn reopen_whole(
        &self,
        connection: &mut SqliteConnection,
        entry: OutboxEntry,
        at: Timestamp,
    ) -> Result<Draft, VaultError> {
        let id = entry.id;
        if let Some(by) = entry.superseded_by {
            if let Some(draft) = self.read_draft(connection, by).await? {
                return Ok(draft);
            }
            if self.read_entry(connection, by).await?.is_some() {
                return Err(VaultError::Superseded { id, by });
            }
        }
        let body = match self.read_frozen_draft(connection, id).await {
            // What was sent says it all, but for what was hidden.
            Err(error) if error.is_damage() => {
                let document: Value = serde_json::from_slice(&self.read_document(connection, id).await?)?;
                DraftBody::of_request(Request::deserialize(&document)?, document).ok_or(error)?
            }
            body => body?,
        };
        let reason = entry.reason.unwrap_or_default();
        let again = Uuid::now_v7();
        let acknowledges = acknowledges(&reason);
        let draft = Draft {
            id: again,
            item_code: entry.item_code,
            item_name: entry.item_name,
            applicant: entry.applicant,
            updated_at: at,
            body: DraftBody {
                revision: 0,
                supersedes: Some(id),
                acknowledge_duplicate: body.acknowledge_duplicate || acknowledges,
                refused: reason.fields,
                document: body.document.map(|document| revised(document, again, Some(id), acknowledges)),
                ..body
            },
        };
        self.write_draft(connection, &draft).await?;
        let standing = self.standing(connection, id, &[entry.state]).await?;
        self.write_standing(connection, id, Standing { superseded_by: Some(again), ..standing }).await?;
        need_the_same(connection, id, again).await?;
        self.write_audit(connection, "reopen", &id.to_string()).await?;
        Ok(draft)
    }

    /// Each item that was not taken, as a draft. The files of the request go along with those that need them.
    async fn reopen_items(
        &self,
        connection: &mut SqliteConnection,
        entry: OutboxEntry,
        at: Timestamp,
    ) -> Result<Vec<Draft>, VaultError> {
        let id = entry.id;
        let document: Value = serde_json::from_slice(&self.read_document(connection, id).await?)?;
        let items = Request::deserialize(&document)?.items;
        let mut reason = entry.reason.unwrap_or_default();
        let (mut drafts, mut first, mut is_new) = (Vec::new(), entry.superseded_by, false);
        for refused in &mut reason.items {
            if let Some(by) = refused.reopened_as {
                drafts.extend(self.read_draft(connection, by).await?);
                continue;
            }
            let Some(index) = items.iter().position(|item| item.code == refused.item_code) else { continue };
            let again = Uuid::now_v7();
            let Some(body) = body_of_item(&document, index, refused, again)? else { continue };
            let draft = Draft {
                id: again,
                item_code: refused.item_code.clone(),
                item_name: refused.item_name.clone(),
                applicant: entry.applicant.clone(),
                updated_at: at,
                body,
            };
            self.write_draft(connection, &draft).await?;
            for digest in items.get(index).into_iter().flat_map(uploads) {
                need(connection, again, digest).await?;
            }
            refused.reopened_as = Some(again);
            first.get_or_insert(again);
            drafts.push(draft);
            is_new = true;
        }
        if is_new {
            let standing = self.standing(connection, id, &[entry.state]).await?;
            let reopened = Standing { superseded_by: first, reason: Some(reason), ..standing };
            self.write_standing(connection, id, reopened).await?;
            keep_only(connection, id, &[]).await?;
            self.write_audit(connection, "reopen", &id.to_string()).await?;
        }
        match (drafts.is_empty(), first) {
            (false, _) => Ok(drafts),
            (true, Some(by)) => Err(VaultError::Superseded { id, by }),
            (true, None) => Err(VaultError::NotFound(id)),
        }
    }

    /// The files that the items need which were not taken.
    pub(super) async fn files_of_refused(
        &self,
        connection: &mut SqliteConnection,
        id: Uuid,
        refused: &[RefusedItem],
    ) -> Result<Vec<String>, VaultError> {
        if refused.is_empty() {
            return Ok(Vec::new());
        }
        let request: Request = serde_json::from_slice(&self.read_document(connection, id).await?)?;
        let items = request.items.iter().filter(|item| refused.iter().any(|one| one.item_code == item.code));
        Ok(items.flat_map(uploads).cloned().collect())
    }
}

impl DraftBody {
    /// A request document as an intake shows it: its first item. As long as nothing is changed, what is submitted is the document (`value`).
    /// `None` without an item.
    pub fn of_request(request: Request, value: Value) -> Option<Self> {
        let first = request.items.into_iter().next()?;
        let mut parts = BTreeMap::new();
        parts.insert("applicant".to_owned(), Value::Object(request.applicant));
        parts.insert("delivery".to_owned(), Value::Object(request.delivery));
        parts.insert("form".to_owned(), first.answers);
        let ledger: Map<String, Value> = first
            .materials
            .iter()
            .filter_map(|line| {
                let mut line = serde_json::to_value(line).ok()?;
                let code = line.as_object_mut()?.remove("code")?;
                Some((code.as_str()?.to_owned(), line))
            })
            .collect();
        parts.insert("materials".to_owned(), json!({"situations": first.situations, "materials": ledger}));
        let for_agent = request.agent.is_some();
        if let Some(agent) = request.agent {
            parts.insert("agent".to_owned(), Value::Object(agent));
        }
        Some(Self {
            item_code: first.code,
            item_version: first.version,
            form: first.form,
            opened_at: request.opened_at,
            situations: first.situations,
            parts,
            for_agent,
            focus: None,
            revision: 0,
            supersedes: request.supersedes,
            acknowledge_duplicate: request.acknowledge_duplicate,
            refused: Vec::new(),
            document: Some(value),
            competent: first.competent_area.map(|area| CompetentPlace { name: area.as_str().to_owned(), area }),
        })
    }
}

fn body_of_item(
    document: &Value,
    index: usize,
    refused: &RefusedItem,
    id: Uuid,
) -> Result<Option<DraftBody>, VaultError> {
    let mut document = revised(document.clone(), id, None, acknowledges(&refused.reason));
    if let Some(items) = document.get_mut("items").and_then(Value::as_array_mut) {
        *items = items.drain(..).skip(index).take(1).collect();
    }
    let body = DraftBody::of_request(Request::deserialize(&document)?, document);
    let place = format!("/items/{index}");
    let faults = refused.reason.fields.iter().map(|fault| {
        let rest = fault.pointer.strip_prefix(&place).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        FieldFault {
            pointer: rest.map_or_else(|| fault.pointer.clone(), |rest| format!("/items/0{rest}")),
            ..fault.clone()
        }
    });
    Ok(body.map(|body| DraftBody { refused: faults.collect(), ..body }))
}

/// Whether opening it again says that the applicant may have the same item twice (仍然提交).
fn acknowledges(reason: &Reason) -> bool {
    reason.code == Reason::DUPLICATE_CASE
}

/// A document under a new id, in place of the one that it corrects, if it corrects one.
fn revised(mut document: Value, id: Uuid, supersedes: Option<Uuid>, acknowledges: bool) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.insert("id".to_owned(), id.to_string().into());
        match supersedes {
            Some(corrected) => drop(members.insert("supersedes".to_owned(), corrected.to_string().into())),
            None => drop(members.shift_remove("supersedes")),
        }
        if acknowledges {
            members.insert("acknowledgeDuplicate".to_owned(), true.into());
        }
    }
    document
}

fn uploads(item: &RequestItem) -> impl Iterator<Item = &String> {
    item.materials.iter().flat_map(|line| &line.uploads)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::vault::retention::{Retention, Retired};
    use crate::vault::tests::{at, draft, open, receipt, request};
    use crate::vault::{Acceptance, NewAttachment};

    /// A request of two items, each with a file, of which the backend did not take the second.
    async fn taken_in_part(dir: &std::path::Path, code: &str) -> (Vault, Uuid, Vec<String>) {
        let vault = open(dir).await;
        let id = Uuid::now_v7();
        let mut files = Vec::new();
        for content in [vec![1; 50], vec![2; 50]] {
            let file = NewAttachment { name: "a.jpg".to_owned(), media_type: "image/jpeg".to_owned(), content };
            files.push(vault.attach(id, &file).await.unwrap().digest);
        }
        let item = |code: &str, file: &String| {
            json!({
                "code": code, "version": 2, "form": "elderly-allowance@1", "answers": {"bank": code},
                "materials": [{"code": "01", "received": "scan", "copies": 1, "originalChecked": true, "uploads": [file]}],
            })
        };
        let mut document = serde_json::to_value(request(id, at(30))).unwrap();
        document["items"] = json!([item("A", &files[0]), item("B", &files[1])]);
        vault.save_draft(&draft(id, 1)).await.unwrap();
        vault.freeze(id, &serde_json::from_value(document).unwrap()).await.unwrap();
        vault.begin_sending(id).await.unwrap();
        let fault = |pointer: &str| FieldFault {
            pointer: pointer.to_owned(),
            keyword: "x".to_owned(),
            code: "x".to_owned(),
            message: "户名与账号不符".to_owned(),
        };
        let reason = Reason { fields: vec![fault("/items/1/answers/bank")], ..Reason::of(code) };
        let refused =
            RefusedItem {
                item_code: "B".to_owned(), item_name: "优待证办理".to_owned(), reason, reopened_as: None
            };
        let acceptance = Acceptance { receipt: receipt(id), refused: vec![refused] };
        vault.record_accepted(id, &acceptance).await.unwrap();
        (vault, id, files)
    }

    #[tokio::test]
    async fn what_was_not_taken_becomes_a_request_of_its_own_with_its_files_and_objections() {
        let dir = TempDir::new().unwrap();
        let (vault, id, files) = taken_in_part(dir.path(), "invalid").await;
        let kept: Vec<_> = vault.attachments(id).await.unwrap().into_iter().map(|file| file.digest).collect();
        assert_eq!(kept, files[1..], "the file of what was not taken stays");
        let drafts = vault.reopen(id, at(70)).await.unwrap();
        assert_eq!(drafts.len(), 1);
        let again = &drafts[0];
        assert_eq!(
            (again.item_code.as_str(), again.item_name.as_str(), again.applicant.as_str()),
            ("B", "优待证办理", "张*")
        );
        assert_eq!(
            (again.body.item_version, again.body.supersedes, again.body.parts["form"].clone()),
            (2, None, json!({"bank": "B"}))
        );
        assert_eq!(again.body.refused[0].pointer, "/items/0/answers/bank");
        let document = again.body.document.clone().unwrap();
        assert_eq!((&document["id"], document["items"].as_array().unwrap().len()), (&json!(again.id), 1));
        assert!(document.get("supersedes").is_none() && again.id != id);
        let kept: Vec<_> = vault.attachments(again.id).await.unwrap().into_iter().map(|file| file.digest).collect();
        assert_eq!((kept, vault.attachments(id).await.unwrap().len()), (files[1..].to_vec(), 0));
        assert_eq!(vault.reopen(id, at(80)).await.unwrap(), drafts, "pressed twice");
        let entry = vault.outbox_entry(id).await.unwrap().unwrap();
        assert_eq!((entry.state, entry.superseded_by), (OutboxState::Accepted, Some(again.id)));
        assert_eq!(entry.refused_items()[0].reopened_as, Some(again.id));
        vault.delete_draft(again.id).await.unwrap();
        assert!(matches!(vault.reopen(id, at(90)).await, Err(VaultError::Superseded { by, .. }) if by == again.id));
        vault.check().await.unwrap();
    }

    #[tokio::test]
    async fn what_was_not_taken_is_not_purged_before_it_was_opened_again() {
        let dir = TempDir::new().unwrap();
        let (vault, id, _) = taken_in_part(dir.path(), "invalid").await;
        let later = Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24 * 99)).unwrap();
        let retention = Retention::days(30, None);
        assert_eq!(vault.retire(retention, later).await.unwrap().sent, Retired::default().sent);
        vault.reopen(id, at(70)).await.unwrap();
        assert_eq!(vault.retire(retention, later).await.unwrap().sent, 1);
    }

    #[tokio::test]
    async fn a_duplicate_opened_again_stays_acknowledged() {
        let dir = TempDir::new().unwrap();
        let (vault, id, _) = taken_in_part(dir.path(), Reason::DUPLICATE_CASE).await;
        let again = vault.reopen(id, at(70)).await.unwrap().remove(0);
        assert!(again.body.acknowledge_duplicate);
        assert_eq!(again.body.document.as_ref().unwrap()["acknowledgeDuplicate"], true);
        drop(vault);
        assert_eq!(open(dir.path()).await.draft(again.id).await.unwrap(), Some(again));
    }

    #[tokio::test]
    async fn a_refused_request_whose_draft_is_damaged_is_opened_again_from_what_was_sent() {
        let dir = TempDir::new().unwrap();
        let vault = open(dir.path()).await;
        let id = Uuid::now_v7();
        vault.save_draft(&draft(id, 1)).await.unwrap();
        let mut document = serde_json::to_value(request(id, at(30))).unwrap();
        document["items"] =
            json!([{"code": "A", "version": 2, "form": "elderly-allowance@1", "answers": {"bank": "农商行"}}]);
        vault.freeze(id, &serde_json::from_value(document).unwrap()).await.unwrap();
        vault.begin_sending(id).await.unwrap();
        vault.record_refused(id, &Reason::of("invalid")).await.unwrap();
        vault.run_sql("UPDATE outbox SET draft = zeroblob(40)").await;
        let again = vault.reopen(id, at(70)).await.unwrap().remove(0);
        assert_eq!((again.body.supersedes, &again.body.parts["form"]), (Some(id), &json!({"bank": "农商行"})));
    }
}
