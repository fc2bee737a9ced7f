//! Answers to the core's effects, from memory: vault, backend and devices as far as the screens see them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use onewindow::api::wire::Domain;
use onewindow::app::receipt::Opened as OpenedRequest;
use onewindow::app::shortcuts::Shortcuts;
use onewindow::app::{
    self, CatalogueData, DraftForm, Effect, Files, Msg, OpenedCase, OpenedDraft, Reply, Submission, Trouble,
};
use onewindow::backend;
use onewindow::backend::catalogue::Wanted;
use onewindow::catalogue::{Brief, Catalogue, CatalogueEntry, Synonyms};
use onewindow::devices::reader::Reading;
use onewindow::domain::bundle::Bundle;
use onewindow::domain::case::{Case, CaseEvent, CaseStatus};
use onewindow::domain::item::{FormRef, Item};
use onewindow::domain::procedure::CaseAction;
use onewindow::domain::receipt::{OwedMaterial, Receipt, ReceiptCase};
use onewindow::domain::request::Received;
use onewindow::forms::{Codes, Form};
use onewindow::sync::{LinkState, SyncEvent};
use onewindow::vault::{
    Acceptance, Attachment, Draft, DraftSummary, KeptShortcuts, OutboxEntry, OutboxState, Reason, Waiting,
};
use uuid::Uuid;

/// The site at which the practice clerk works.
pub const SITE: &str = "yuekou-town";

static BACKEND: LazyLock<backend::catalogue::Catalogue> =
    LazyLock::new(|| backend::catalogue::Catalogue::new(&backend::catalogue::built_in()).unwrap());

static ENTRIES: LazyLock<(Vec<CatalogueEntry>, Vec<Domain>, Vec<Bundle>)> = LazyLock::new(|| {
    let mut page = BACKEND.page(BACKEND.site(SITE).unwrap(), &Wanted::default());
    assert!(page.next.is_none());
    page.items.sort_by(|a, b| a.item.code.cmp(&b.item.code));
    (page.items, page.domains, page.bundles)
});

/// The items of the sample catalogue, by code.
pub fn items() -> impl Iterator<Item = &'static Arc<Item>> {
    ENTRIES.0.iter().map(|entry| &entry.item)
}

/// The entries of the sample catalogue as the practice clerk's site has them.
pub fn entries() -> impl Iterator<Item = &'static CatalogueEntry> {
    ENTRIES.0.iter()
}

/// A form of the sample catalogue with changes to its schema, laid out anew.
pub fn form_with(reference: &FormRef, change: impl FnOnce(&mut serde_json::Value)) -> Arc<Form> {
    let mut schema = BACKEND.form(reference).unwrap().schema;
    change(&mut schema);
    Arc::new(Form::load(&schema, None, &*BACKEND).unwrap())
}

/// A form of the sample catalogue, compiled with its code lists.
pub fn form(reference: &FormRef) -> Arc<Form> {
    BACKEND.compiled(reference).unwrap()
}

/// The areas of the sample catalogue.
fn areas() -> Arc<Codes> {
    static AREAS: LazyLock<Arc<Codes>> = LazyLock::new(|| {
        let text = include_str!("../../config/demo/codelists/area-hubei@1.json");
        Arc::new(Codes::new(Arc::new(serde_json::from_str(text).unwrap())))
    });
    Arc::clone(&AREAS)
}

static INDEXED: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::new(ENTRIES.0.iter().map(Brief::of), &Synonyms::built_in()));

fn catalogue() -> CatalogueData {
    CatalogueData { catalogue: INDEXED.clone(), domains: ENTRIES.1.clone(), bundles: ENTRIES.2.clone() }
}

/// The desk of the practice clerk.
pub fn desk(now: Timestamp) -> app::Desk {
    let site = BACKEND.site(SITE).unwrap();
    app::Desk {
        practice: true,
        read_only: false,
        site: site.id.clone(),
        site_name: site.name.clone(),
        area: site.area.clone(),
        window: site.windows.first().cloned().unwrap_or_default(),
        clerk: "practice".to_owned(),
        clerk_name: "林练习".to_owned(),
        link: LinkState::Online { at: now },
        ..app::Desk::default()
    }
}

/// The practice clerk's desk, with nothing to read first.
pub fn opened(now: Timestamp) -> app::Opened {
    app::Opened { desk: desk(now), shortcuts: Shortcuts::default(), recovery_key: None, notices: Vec::new() }
}

/// A request in the outbox with what its receipt is made of.
struct Sent {
    entry: OutboxEntry,
    receipt: Receipt,
}

/// Another version of a form, that the item of every draft has now.
pub struct Renewed {
    pub reference: FormRef,
    /// The version; none when it cannot be had.
    pub form: Option<Arc<Form>>,
    /// The version before it can be had no more.
    pub old_is_lost: bool,
}

impl Renewed {
    fn opened(&self, begun: &FormRef) -> DraftForm {
        match &self.form {
            Some(new) if *begun == self.reference => DraftForm::Same(Arc::clone(new)),
            Some(new) => DraftForm::Newer { old: (!self.old_is_lost).then(|| form(begun)), new: Arc::clone(new) },
            None => DraftForm::NewerAway(form(begun)),
        }
    }
}

/// What the program's shell would keep.
#[derive(Default)]
pub struct Backstage {
    pub drafts: BTreeMap<Uuid, Draft>,
    sent: Vec<Sent>,
    /// The clerk was told that the drafts will be deleted for their age.
    pub expiring: bool,
    /// Nothing reaches the backend.
    pub offline: bool,
    /// Writing a draft fails.
    pub disk_full: bool,
    /// The local store has this password, and the backend another.
    pub store_password: Option<String>,
    /// What the outbox holds, in place of what was submitted here.
    pub listed: Option<Vec<OutboxEntry>>,
    /// What lies in the scan folder, and what the drafts have.
    pub files: Files,
    /// The form of every item, in place of its own.
    pub form: Option<Arc<Form>>,
    /// The catalogue gives another version of the form now.
    pub renewed: Option<Renewed>,
    /// What lies on the card reader.
    pub card: Option<Reading>,
    /// What the clerk has at hand, as it is kept.
    pub shortcuts: KeptShortcuts,
    /// Every effect that was asked for, in order.
    pub log: Vec<Effect>,
}

impl Backstage {
    /// Does an effect and gives its answer.
    pub fn perform(&mut self, effect: Effect, now: Timestamp) -> Option<Msg> {
        let answer = self.answer(&effect, now);
        self.log.push(effect);
        let (generation, reply) = answer?;
        Some(Msg::Reply(generation, Box::new(reply)))
    }

    fn answer(&mut self, effect: &Effect, now: Timestamp) -> Option<(Option<app::Generation>, Reply)> {
        let offline = Trouble::of("trouble-offline");
        Some(match effect {
            Effect::SignIn { name, password } => {
                let known = name == "practice" && password.0 == "practice";
                let result = match (self.offline, known) {
                    (true, _) => Err(offline),
                    (false, false) => Err(Trouble::of("trouble-wrong-password")),
                    (false, true) => Ok(Box::new(opened(now))),
                };
                if result.is_ok() && self.store_password.is_some() {
                    return Some((None, Reply::OtherPassword));
                }
                (None, Reply::SignedIn(result))
            }
            Effect::SignInOver(old) => {
                let right = self.store_password.as_deref() == Some(old.0.as_str());
                let result = if right { Ok(Box::new(opened(now))) } else { Err(Trouble::of("trouble-wrong-password")) };
                (None, Reply::SignedIn(result))
            }
            Effect::Recover { key, .. } => {
                let right = key.0 == "RIGHT";
                let result = if right { Ok(()) } else { Err(Trouble::of("sync-vault-recovery-malformed")) };
                (None, Reply::Recovered(result))
            }
            Effect::ChangePassword { old, .. } => {
                let right = old.0 == "practice";
                let result = if right { Ok(()) } else { Err(Trouble::of("trouble-wrong-password")) };
                (None, Reply::PasswordChanged(result))
            }
            Effect::Unlock(password) => {
                let proven = password.0 == "practice";
                (None, Reply::Unlocked(if proven { Ok(()) } else { Err(Trouble::of("trouble-wrong-password")) }))
            }
            Effect::LoadCatalogue => (None, Reply::Catalogue(Ok(Box::new(catalogue())))),
            Effect::Search(generation, catalogue, question) => {
                (Some(*generation), Reply::Hits(*generation, catalogue.answer(question, usize::MAX).hits))
            }
            Effect::OpenItem(generation, code) => {
                let entry = ENTRIES.0.iter().find(|entry| entry.item.code == *code).cloned();
                (Some(*generation), Reply::Item(entry.map(Box::new).ok_or(Trouble::of("trouble-item-gone"))))
            }
            Effect::OpenItems(generation, wanted) => {
                let find = |name: &String| {
                    let is_it = |entry: &&CatalogueEntry| entry.item.code == *name || entry.item.id == *name;
                    ENTRIES.0.iter().find(is_it).cloned()
                };
                (Some(*generation), Reply::Items(Ok(wanted.iter().filter_map(find).collect())))
            }
            Effect::LoadAreas(generation) => (Some(*generation), Reply::Areas(Ok(areas()))),
            Effect::LoadForm(generation, reference) => {
                let form = self.form.clone().unwrap_or_else(|| form(reference));
                (Some(*generation), Reply::Form(reference.clone(), Ok(form)))
            }
            Effect::SaveDraft(draft) => {
                let (id, revision) = (draft.id, draft.body.revision);
                let result = if self.disk_full {
                    Err(Trouble::with("trouble-vault", "disk full"))
                } else {
                    self.drafts.insert(id, draft.as_ref().clone());
                    Ok(())
                };
                (None, Reply::DraftSaved { id, revision, result })
            }
            Effect::DeleteDraft(id) => {
                self.drafts.remove(id);
                (None, Reply::DraftDeleted(*id, Ok(())))
            }
            Effect::ListDrafts(generation) => {
                let mut drafts: Vec<_> = {
                    let summary = |draft: &Draft| DraftSummary { expiring: self.expiring, ..draft.summary() };
                    self.drafts.values().map(summary).collect()
                };
                drafts.sort_by_key(|draft| std::cmp::Reverse(draft.updated_at));
                (Some(*generation), Reply::Drafts(Ok(drafts)))
            }
            Effect::OpenDraft(generation, id) => {
                let opened = self.drafts.get(id).cloned().map(|draft| {
                    let mut item = Arc::clone(items().find(|item| item.code == draft.item_code).unwrap());
                    let form = match &self.renewed {
                        Some(renewed) => {
                            Arc::make_mut(&mut item).form = renewed.reference.clone();
                            renewed.opened(&draft.body.form)
                        }
                        None => DraftForm::Same(form(&draft.body.form)),
                    };
                    Box::new(OpenedDraft { draft, item, form, withdrawn: None })
                });
                (Some(*generation), Reply::Draft(opened.ok_or(Trouble::of("trouble-draft-gone"))))
            }
            Effect::Submit(submission) => {
                let entry = self.queue(submission, now);
                (None, Reply::Submitted(entry.id, Ok(Box::new(entry))))
            }
            Effect::ListOutbox(generation, None) if self.listed.is_some() => {
                (Some(*generation), Reply::Outbox(Ok(self.listed.clone().unwrap_or_default())))
            }
            Effect::ListOutbox(generation, state) => {
                let entries = self.sent.iter().rev().map(|sent| sent.entry.clone());
                let entries = entries.filter(|entry| state.is_none_or(|state| entry.state == state)).collect();
                (Some(*generation), Reply::Outbox(Ok(entries)))
            }
            Effect::ReadOutboxEntry(id) => {
                let entry = self.sent.iter().find(|sent| sent.entry.id == *id)?.entry.clone();
                (None, Reply::OutboxEntry(Ok(Box::new(entry))))
            }
            Effect::CountQueued => {
                let waiting = || self.sent.iter().map(|sent| &sent.entry).filter(|entry| !entry.state.is_final());
                let since = waiting().map(|entry| entry.submitted_at).min();
                (None, Reply::Queued(Waiting { count: waiting().count() as u64, since }))
            }
            Effect::Withdraw(id) => {
                if let Some(sent) = self.sent.iter_mut().find(|sent| sent.entry.id == *id) {
                    sent.entry.state = OutboxState::Withdrawn;
                }
                (None, Reply::Withdrawn(*id, Ok(())))
            }
            Effect::Reopen(id) => (None, Reply::Reopened(Ok(*id))),
            Effect::ListCases(generation) => {
                let cases = if self.offline { Err(offline) } else { Ok(self.cases()) };
                (Some(*generation), Reply::Cases(cases))
            }
            Effect::OpenCase(generation, case_no) => {
                let case = self.cases().into_iter().find(|case| case.case_no == *case_no).unwrap();
                let events = case_log(&case);
                let actions = vec![CaseAction::Supplement, CaseAction::Withdraw];
                (Some(*generation), Reply::Case(Ok(Box::new(OpenedCase { case, events, actions }))))
            }
            Effect::ActOnCase { generation, case_no, version, action, .. } => {
                let mut case = self.cases().into_iter().find(|case| case.case_no == *case_no).unwrap();
                assert_eq!(
                    (case.version, *action),
                    (*version, CaseAction::Withdraw),
                    "the case acted on is the one seen"
                );
                case.status = CaseStatus::Withdrawn;
                let events = case_log(&case);
                (Some(*generation), Reply::Case(Ok(Box::new(OpenedCase { case, events, actions: Vec::new() }))))
            }
            Effect::OpenReceipt(generation, id) => {
                let sent = self.sent.iter().find(|sent| sent.entry.id == *id);
                let listed = self.listed.iter().flatten().find(|entry| entry.id == *id);
                let entry = listed.or(sent.map(|sent| &sent.entry));
                let opened = entry.map(|entry| match sent {
                    Some(sent) if entry.state == OutboxState::Accepted => {
                        OpenedRequest::Official(Box::new(Acceptance::whole(sent.receipt.clone())))
                    }
                    _ => OpenedRequest::Other {
                        entry: Box::new(entry.clone()),
                        request: self.log.iter().find_map(|effect| match effect {
                            Effect::Submit(it) if it.request.id == *id => Some(Box::new(it.request.clone())),
                            _ => None,
                        }),
                        item: items().find(|item| item.code == entry.item_code).cloned(),
                    },
                });
                let opened = opened.map(Box::new).ok_or(Trouble::of("trouble-no-receipt"));
                (Some(*generation), Reply::Receipt(opened))
            }
            Effect::SaveText { name, .. } => (None, Reply::TextSaved(Ok(format!("documents/{name}.txt")))),
            Effect::Print { .. } => (None, Reply::Printed(Ok(()))),
            Effect::ReadDevice(generation) => {
                let read = self.card.clone().ok_or(Trouble::of("trouble-no-reader"));
                (Some(*generation), Reply::DeviceRead(read))
            }
            Effect::ListFiles(generation, draft) => (Some(*generation), Reply::Files(*draft, Ok(self.files.clone()))),
            Effect::Attach { draft, name } => {
                let digest = format!("{:0>64}", name.len());
                let (upload, uploaded, size) = (None, false, 2048);
                let media_type = "image/jpeg".to_owned();
                let kept = Attachment { digest, name: name.clone(), media_type, size, upload, uploaded };
                (None, Reply::Attached { draft: *draft, name: name.clone(), result: Ok(kept) })
            }
            Effect::KeepShortcuts(kept) => {
                self.shortcuts = kept.clone();
                return None;
            }
            Effect::NoteOpened(_) | Effect::PushOutbox | Effect::Lock | Effect::Quit => return None,
        })
    }

    /// A frozen request goes into the outbox, and its draft leaves the drafts.
    fn queue(&mut self, submission: &Submission, now: Timestamp) -> OutboxEntry {
        let request = &submission.request;
        self.drafts.remove(&request.id);
        let count = self.sent.len() + 1;
        let entry = OutboxEntry {
            id: request.id,
            state: OutboxState::Queued,
            item_code: request.items[0].code.clone(),
            item_name: submission.item_name.clone(),
            applicant: submission.applicant.clone(),
            submitted_at: now,
            attempts: 0,
            in_doubt: false,
            reason: None,
            request_no: None,
            next_at: None,
            local_no: format!("L-1123-{count:02}"),
            digest: "0".repeat(64),
            superseded_by: None,
        };
        let receipt = receipt(submission, count, now);
        self.sent.push(Sent { entry: entry.clone(), receipt });
        entry
    }

    /// The backend takes every request that waits.
    pub fn accept(&mut self) -> Vec<SyncEvent> {
        let waiting = self.sent.iter_mut().filter(|sent| !sent.entry.state.is_final());
        waiting
            .map(|sent| {
                sent.entry.state = OutboxState::Accepted;
                sent.entry.request_no = Some(sent.receipt.request_no.clone());
                let acceptance = Box::new(Acceptance::whole(sent.receipt.clone()));
                SyncEvent::Accepted { id: sent.entry.id, acceptance }
            })
            .collect()
    }

    /// The backend refuses every request that waits.
    pub fn refuse(&mut self, reason: &Reason) -> Vec<SyncEvent> {
        let waiting = self.sent.iter_mut().filter(|sent| !sent.entry.state.is_final());
        waiting
            .map(|sent| {
                sent.entry.state = OutboxState::Refused;
                sent.entry.reason = Some(reason.clone());
                SyncEvent::Refused { id: sent.entry.id, reason: reason.clone() }
            })
            .collect()
    }

    fn cases(&self) -> Vec<Case> {
        let accepted = self.sent.iter().filter(|sent| sent.entry.state == OutboxState::Accepted);
        accepted
            .map(|sent| {
                let (receipt, line) = (&sent.receipt, &sent.receipt.cases[0]);
                Case {
                    case_no: line.case_no.clone(),
                    request_no: receipt.request_no.clone(),
                    item_code: line.item_code.clone(),
                    item_name: line.item_name.clone(),
                    applicant: receipt.applicant.clone(),
                    status: CaseStatus::AcceptedOwing,
                    version: 2,
                    received_at: receipt.received_at,
                    updated_at: receipt.received_at,
                    due: line.due,
                }
            })
            .collect()
    }
}

fn receipt(submission: &Submission, count: usize, now: Timestamp) -> Receipt {
    let request = &submission.request;
    let line = &request.items[0];
    let item = items().find(|item| item.code == line.code).unwrap();
    let name = |code: &str| item.materials.iter().find(|material| material.code == code).unwrap().name.clone();
    let number = format!("LX429006261123{count:06}");
    Receipt {
        request_id: request.id,
        request_no: number.clone(),
        query_code: "204715".to_owned(),
        practice: true,
        site: desk(now).site_name,
        window: request.window.clone(),
        clerk: "林练习".to_owned(),
        applicant: submission.applicant.clone(),
        agent: None,
        received_at: now,
        cases: vec![ReceiptCase {
            case_no: format!("{number}-01"),
            item_code: item.code.clone(),
            item_name: item.name.clone(),
            department: item.department.clone(),
            due: Some("2026-12-21".parse().unwrap()),
            received: line
                .materials
                .iter()
                .filter(|material| !matches!(material.received, Received::Owed | Received::None))
                .map(|material| name(&material.code))
                .collect(),
            owed: line
                .materials
                .iter()
                .filter(|material| material.received == Received::Owed)
                .map(|material| OwedMaterial { name: name(&material.code), until: material.owed_until })
                .collect(),
        }],
    }
}

fn case_log(case: &Case) -> Vec<CaseEvent> {
    let event = |seq: u64, action: CaseAction, status: CaseStatus, actor: &str, note: &str| CaseEvent {
        seq,
        action,
        status,
        at: case.received_at,
        actor: actor.to_owned(),
        note: note.to_owned(),
        materials: Vec::new(),
    };
    vec![
        event(1, CaseAction::Receive, CaseStatus::Received, "林练习", ""),
        event(2, CaseAction::Accept, CaseStatus::AcceptedOwing, "天门市民政局", "材料齐全后办结，户口簿请在期限内补交"),
    ]
}
