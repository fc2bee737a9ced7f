//! Doing what the core asks for: vault, backend, files, printer.
//!
//! What touches drafts and outbox goes through one queue, in order: a save can never overtake a submission. The rest runs beside it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Shared as SharedFuture;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::attachments::{attach, list_files};
use super::library::Later;
use super::session::{Pending, Session};
use crate::api::wire::{CaseDetail, CaseFilter, Problem};
use crate::api::{ApiError, Client};
use crate::app::receipt::Opened;
use crate::app::{Act, Effect, Generation, Msg, OpenedCase, Reply, Trouble};
use crate::devices::reader::ReadError;
use crate::devices::{files, print, reader};
use crate::domain::procedure::{ActionDetails, CaseAction};
use crate::forms::CodeList;
use crate::locale::Locale;
use crate::settings::Settings;
use crate::sync::{Command, LinkState, SyncEvent, words};
use crate::vault::library::Library;
use crate::vault::{Draft, OutboxState, Saved, VaultError};

/// Most rows of a list that a clerk would look through.
const MOST_ROWS: u32 = 10_000;
/// How long leaving waits for the disk.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

type ClientFuture = SharedFuture<Pin<Box<dyn Future<Output = Result<Arc<Client>, String>>>>>;

/// The shell's hands.
pub struct Shell {
    inner: Rc<Inner>,
    in_order: UnboundedSender<Effect>,
    queue: Mutex<Option<JoinHandle<()>>>,
}

pub(super) struct Inner {
    pub(super) client: ClientFuture,
    pub(super) data_dir: PathBuf,
    pub(super) settings: Arc<Settings>,
    pub(super) locale: Arc<Locale>,
    pub(super) messages: UnboundedSender<Msg>,
    pub(super) session: OnceCell<Session>,
    /// A clerk who has yet to say the old password of the vault.
    pub(super) pending: RefCell<Option<Pending>>,
    /// For tasks that outlive a call, but not the shell.
    pub(super) itself: Weak<Self>,
    /// The desk's copy of the catalogue, once opened.
    pub(super) library: OnceCell<Library>,
    /// Stamp of the copy that the screen has; empty while it has none.
    pub(super) shown: RefCell<String>,
    /// Code lists that were read, by `id@version`.
    pub(super) lists: RefCell<BTreeMap<String, Arc<CodeList>>>,
    /// Held while the copy is brought up to date.
    pub(super) syncing: Mutex<()>,
    /// When it is tried again, if it failed.
    pub(super) later: RefCell<Option<Later>>,
    /// Held while the catalogue is searched.
    searching: Mutex<()>,
    /// The last search asked for.
    newest_search: Cell<Option<Generation>>,
}

impl Shell {
    /// Hands that report to `messages`.
    pub fn new(
        client: Pin<Box<dyn Future<Output = anyhow::Result<Client>>>>,
        data_dir: PathBuf,
        settings: Arc<Settings>,
        locale: Arc<Locale>,
        messages: UnboundedSender<Msg>,
    ) -> Self {
        let client = async move { client.await.map(Arc::new).map_err(|error| format!("{error:#}")) };
        let client: Pin<Box<dyn Future<Output = _>>> = Box::pin(client);
        let inner = Rc::new_cyclic(|itself| Inner {
            client: client.shared(),
            data_dir,
            settings,
            locale,
            messages,
            session: OnceCell::new(),
            pending: RefCell::default(),
            itself: Weak::clone(itself),
            library: OnceCell::new(),
            shown: RefCell::default(),
            lists: RefCell::default(),
            syncing: Mutex::new(()),
            later: RefCell::default(),
            searching: Mutex::new(()),
            newest_search: Cell::new(None),
        });
        let (in_order, effects) = unbounded_channel();
        let queue = tokio::task::spawn_local(work_in_order(Rc::clone(&inner), effects));
        Self { inner, in_order, queue: Mutex::new(Some(queue)) }
    }

    /// Starts doing an effect.
    pub fn perform(&self, effect: Effect) {
        if effect.goes_in_order() {
            // The queue lives as long as the shell.
            let _ = self.in_order.send(effect);
        } else {
            let inner = Rc::clone(&self.inner);
            tokio::task::spawn_local(async move { inner.beside(effect).await });
        }
    }

    /// Waits until everything handed over is on the disk, then lets go of the vault.
    pub async fn finish(self) {
        drop(self.in_order);
        if let Some(queue) = self.queue.lock().await.take() {
            let _ = tokio::time::timeout(PATIENCE, queue).await;
        }
        let Some(session) = self.inner.session.get() else { return };
        session.stop_worker().await;
        if let Ok(inner) = Rc::try_unwrap(self.inner)
            && let Some(session) = inner.session.into_inner()
        {
            let _ = session.vault.close().await;
        }
    }
}

async fn work_in_order(inner: Rc<Inner>, mut effects: UnboundedReceiver<Effect>) {
    while let Some(effect) = effects.recv().await {
        let Some(session) = inner.session.get() else { continue };
        if let Some((generation, reply)) = session.in_order(&inner, effect).await {
            inner.tell(generation, reply);
        }
    }
}

impl Inner {
    /// Tells the clerk of something that nobody asked for.
    pub(super) fn note(&self, trouble: Trouble) {
        self.tell(None, Reply::Noted(trouble));
    }

    pub(super) fn tell(&self, generation: Option<Generation>, reply: Reply) {
        // The loop may be over already.
        let _ = self.messages.send(Msg::Reply(generation, Box::new(reply)));
    }

    pub(super) fn vault_trouble(&self, error: &VaultError) -> Trouble {
        Trouble::said(words::fault(error, &self.locale))
    }

    fn link(&self, state: LinkState) {
        let _ = self.messages.send(Msg::Sync(SyncEvent::Link(state)));
    }

    /// Notes what an answer says of the link.
    pub(super) fn heard<T>(&self, answer: &Result<T, ApiError>) {
        match answer {
            Err(ApiError::Offline(_) | ApiError::CutOff(_)) => {
                self.link(LinkState::Offline { since: Timestamp::now() })
            }
            Err(ApiError::CaptivePortal) => self.link(LinkState::CaptivePortal),
            _ => self.link(LinkState::Online { at: Timestamp::now() }),
        }
    }

    async fn beside(&self, effect: Effect) {
        if let Some(session) = self.session.get()
            && effect.asks_the_backend()
        {
            session.sign_in_if_owed(self).await;
        }
        let (generation, reply) = match effect {
            Effect::SignIn { name, password } => (None, self.sign_in(&name, &password.0).await),
            Effect::SignInOver(old) => (None, Reply::SignedIn(self.sign_in_over(&old.0).await.map(Box::new))),
            Effect::Recover { name, key, password } => {
                (None, Reply::Recovered(self.recover(&name, &key.0, &password.0).await))
            }
            Effect::LoadCatalogue => {
                self.load_catalogue().await;
                return;
            }
            Effect::Search(generation, catalogue, question) => {
                self.newest_search.set(Some(generation));
                // One after the other; a search that was overtaken while it waited is not made.
                let _turn = self.searching.lock().await;
                if self.newest_search.get() != Some(generation) {
                    return;
                }
                let search = tokio::task::spawn_blocking(move || catalogue.answer(&question, usize::MAX).hits);
                let Ok(hits) = search.await else { return };
                (Some(generation), Reply::Hits(generation, hits))
            }
            Effect::OpenItem(generation, code) => (Some(generation), Reply::Item(self.load_item(&code).await)),
            Effect::OpenItems(generation, codes) => (Some(generation), Reply::Items(self.load_items(&codes).await)),
            Effect::LoadForm(generation, form) => {
                let result = self.load_form(&form).await;
                (Some(generation), Reply::Form(form, result))
            }
            Effect::LoadAreas(generation) => (Some(generation), Reply::Areas(self.load_areas().await)),
            Effect::ListCases(generation) => (Some(generation), Reply::Cases(self.cases().await)),
            Effect::OpenCase(generation, case_no) => (Some(generation), Reply::Case(self.case(&case_no).await)),
            Effect::ActOnCase { generation, case_no, version, action, materials } => {
                let result = match self.act(&case_no, version, action, materials).await {
                    Ok(()) => self.case(&case_no).await,
                    Err(trouble) => Err(trouble),
                };
                (Some(generation), Reply::Case(result))
            }
            Effect::PushOutbox => {
                if let Some(session) = self.session.get() {
                    session.tell_worker(Command::TryNow);
                }
                return;
            }
            Effect::SaveText { name, text, act } => {
                let saved = self.save_text(&name, &text).await;
                (None, Reply::TextSaved(self.noted(saved, act).await))
            }
            Effect::Print { text, act } => {
                let printed = print::print(&self.settings.print_command, &text).await;
                let printed = printed.map_err(|error| Trouble::said(error.sentence(&self.locale)));
                (None, Reply::Printed(self.noted(printed, act).await))
            }
            Effect::ReadDevice(generation) => {
                let read = reader::read(&self.settings.reader_command).await;
                let result = read.map_err(|error| match error {
                    ReadError::Device(error) => Trouble::said(error.sentence(&self.locale)),
                    ReadError::Answer(error) => Trouble::with("trouble-reader", error),
                });
                (Some(generation), Reply::DeviceRead(result))
            }
            // Done by the queue and the loop.
            _ => return,
        };
        self.tell(generation, reply);
    }

    pub(super) fn session(&self) -> Result<&Session, Trouble> {
        self.session.get().ok_or(Trouble::of("trouble-signed-out"))
    }

    async fn cases(&self) -> Result<Vec<crate::domain::case::Case>, Trouble> {
        let answer = self.session()?.client.cases(&CaseFilter::default()).await;
        self.heard(&answer);
        answer.map(|page| page.cases).map_err(|error| trouble(&error))
    }

    async fn case(&self, case_no: &str) -> Result<Box<OpenedCase>, Trouble> {
        let client = &self.session()?.client;
        let detail = client.case(case_no).await;
        self.heard(&detail);
        let CaseDetail { case, actions, .. } = detail.map_err(|error| trouble(&error))?;
        let events = client.events(case_no, 0).await;
        self.heard(&events);
        let events = events.map_err(|error| trouble(&error))?;
        Ok(Box::new(OpenedCase { case, events, actions }))
    }

    async fn act(
        &self,
        case_no: &str,
        version: u64,
        action: CaseAction,
        materials: Vec<String>,
    ) -> Result<(), Trouble> {
        let details = ActionDetails { materials, ..ActionDetails::default() };
        let answer = self.session()?.client.act(case_no, version, action, &details).await;
        self.heard(&answer);
        answer.map(drop).map_err(|error| trouble(&error))
    }

    /// What was done goes into the audit trail; what failed does not. A desk that may only look keeps none.
    async fn noted<T>(&self, done: Result<T, Trouble>, act: Option<Act>) -> Result<T, Trouble> {
        if let (Ok(_), Some(Act { action, subject })) = (&done, act) {
            match self.session()?.vault.audit(action, &subject).await {
                Ok(()) | Err(VaultError::ReadOnly) => {}
                Err(error) => return Err(self.vault_trouble(&error)),
            }
        }
        done
    }

    async fn save_text(&self, name: &str, text: &str) -> Result<String, Trouble> {
        let (folder, name, text) = (self.settings.documents_dir.clone(), format!("{name}.txt"), text.to_owned());
        tokio::task::spawn_blocking(move || files::save(&folder, &name, &text))
            .await
            .map_err(|error| Trouble::said(error.to_string()))?
            .map(|path| path.display().to_string())
            .map_err(|error| Trouble::said(error.sentence(&self.locale)))
    }
}

impl Session {
    async fn in_order(&self, inner: &Inner, effect: Effect) -> Option<(Option<Generation>, Reply)> {
        let vault = &self.vault;
        let vault_trouble = |error| inner.vault_trouble(&error);
        Some(match effect {
            Effect::Lock => {
                self.lock().await;
                return None;
            }
            Effect::Unlock(password) => (None, Reply::Unlocked(self.unlock(inner, &password.0).await)),
            Effect::ChangePassword { old, new } => {
                (None, Reply::PasswordChanged(self.change_password(inner, &old.0, &new.0).await))
            }
            Effect::SaveDraft(draft) => {
                let result = match vault.save_draft(&draft).await {
                    Ok(Saved::Written) => Ok(()),
                    Ok(Saved::Stale) => Err(Trouble::of("trouble-draft-gone")),
                    Err(error) => Err(vault_trouble(error)),
                };
                (None, Reply::DraftSaved { id: draft.id, revision: draft.body.revision, result })
            }
            Effect::DeleteDraft(id) => {
                (None, Reply::DraftDeleted(id, vault.delete_draft(id).await.map(drop).map_err(vault_trouble)))
            }
            Effect::ListDrafts(generation) => {
                (Some(generation), Reply::Drafts(vault.drafts(MOST_ROWS).await.map_err(vault_trouble)))
            }
            Effect::OpenDraft(generation, id) => {
                let result = match vault.draft(id).await {
                    Ok(Some(draft)) => inner.open_draft(draft).await.map(Box::new),
                    Ok(None) => Err(Trouble::of("trouble-draft-gone")),
                    Err(error) => Err(vault_trouble(error)),
                };
                (Some(generation), Reply::Draft(result))
            }
            Effect::Submit(submission) => {
                let id = submission.request.id;
                let result = vault.freeze(id, &submission.request).await;
                if result.is_ok() {
                    self.tell_worker(Command::Queued);
                }
                (None, Reply::Submitted(id, result.map(Box::new).map_err(vault_trouble)))
            }
            Effect::ListOutbox(generation, state) => {
                (Some(generation), Reply::Outbox(vault.outbox_in(state, MOST_ROWS).await.map_err(vault_trouble)))
            }
            Effect::ReadOutboxEntry(id) => match vault.outbox_entry(id).await.transpose()? {
                Ok(entry) => (None, Reply::OutboxEntry(Ok(Box::new(entry)))),
                Err(error) => (None, Reply::OutboxEntry(Err(vault_trouble(error)))),
            },
            Effect::ListFiles(generation, draft) => {
                let files = list_files(vault, draft, inner.settings.scan_folder.as_deref()).await;
                (Some(generation), Reply::Files(draft, files.map_err(vault_trouble)))
            }
            Effect::Attach { draft, name } => {
                let result = attach(vault, draft, &name, inner).await;
                (None, Reply::Attached { draft, name, result })
            }
            Effect::CountQueued => (None, Reply::Queued(vault.waiting().await.ok()?)),
            Effect::KeepShortcuts(shortcuts) => {
                let error = vault.keep_shortcuts(&shortcuts, Timestamp::now()).await.err()?;
                (None, Reply::Noted(vault_trouble(error)))
            }
            Effect::NoteOpened(code) => {
                // Without it the list of recent items is shorter, no more.
                let _ = vault.note_opened(&code, Timestamp::now()).await;
                return None;
            }
            Effect::Withdraw(id) => (None, Reply::Withdrawn(id, vault.withdraw(id).await.map_err(vault_trouble))),
            Effect::Reopen(id) => {
                let result = vault.reopen(id, Timestamp::now()).await;
                let first = |drafts: Vec<Draft>| drafts.first().map(|draft| draft.id).ok_or(VaultError::NotFound(id));
                (None, Reply::Reopened(result.and_then(first).map_err(vault_trouble)))
            }
            Effect::OpenReceipt(generation, id) => {
                (Some(generation), Reply::Receipt(self.opened(inner, id).await.map(Box::new)))
            }
            _ => return None,
        })
    }
}

impl Session {
    /// A request of the outbox: its receipt, or how it stands and what was submitted.
    async fn opened(&self, inner: &Inner, id: Uuid) -> Result<Opened, Trouble> {
        let trouble = |error| inner.vault_trouble(&error);
        let entry = self.vault.outbox_entry(id).await.map_err(trouble)?.ok_or(Trouble::of("trouble-no-receipt"))?;
        if entry.state == OutboxState::Accepted {
            let acceptance = self.vault.acceptance(id).await.map_err(trouble)?;
            return acceptance.map(|it| Opened::Official(Box::new(it))).ok_or(Trouble::of("trouble-no-receipt"));
        }
        // What cannot be read is left out of the slip.
        let request = self.vault.document(id).await.ok().and_then(|document| serde_json::from_slice(&document).ok());
        let item = inner.kept_item(&entry.item_code).await;
        Ok(Opened::Other { entry: Box::new(entry), request, item })
    }
}

/// What is wrong, and what to do about it.
fn said(problem: &Problem) -> String {
    let Problem { title, detail, .. } = problem;
    let stop = if title.is_ascii() { ". " } else { "。" };
    if detail.is_empty() { title.clone() } else { format!("{title}{stop}{detail}") }
}

pub(super) fn trouble(error: &ApiError) -> Trouble {
    let said = || error.problem().map(said).unwrap_or_default();
    match error {
        ApiError::Offline(_) | ApiError::CutOff(_) => Trouble::of("trouble-offline"),
        ApiError::CaptivePortal => Trouble::of("trouble-captive-portal"),
        ApiError::Unauthorised(_) => Trouble::with("trouble-unauthorised", said()),
        ApiError::Refused(_) => Trouble::with("trouble-refused", said()),
        ApiError::Retry { .. } => Trouble::of("trouble-busy"),
        ApiError::TooOld(_) => Trouble::of("trouble-too-old"),
        ApiError::OtherWorld { .. } => Trouble::of("trouble-other-world"),
        ApiError::Unsendable(_) => Trouble::with("trouble-refused", error),
    }
}
