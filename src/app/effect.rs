//! What comes in ([`Msg`]) and what has to be done outside ([`Effect`]).

use std::sync::Arc;

use uuid::Uuid;

use super::receipt::Opened as OpenedRequest;
use super::shared::Desk;
use super::shortcuts::Shortcuts;
use crate::api::wire::Domain;
use crate::catalogue::{Catalogue, CatalogueEntry, Hit, Question};
use crate::devices::reader::Reading;
use crate::devices::scans::Scan;
use crate::domain::bundle::Bundle;
use crate::domain::case::{Case, CaseEvent};
use crate::domain::item::{FormRef, Item};
use crate::domain::procedure::CaseAction;
use crate::domain::request::Request;
use crate::forms::{Codes, Form};
use crate::keymap::Key;
use crate::locale::{Locale, Phrase, Word};
use crate::sync::SyncEvent;
use crate::vault::{Attachment, Draft, DraftSummary, KeptShortcuts, OutboxEntry, OutboxState, Waiting};

/// Number of a question. An answer that carries an older one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(super) u64);

/// Something happened.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted, as the terminal sent it.
    Paste(String),
    /// The terminal has a new size.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// The deadline of [`super::Model::deadline`] has come.
    Wake,
    /// The terminal hung up, or the program was told to stop: save and leave.
    Terminate,
    /// The outbox worker reports.
    Sync(SyncEvent),
    /// An answer to an effect; with the question's generation where only the last answer counts.
    Reply(Option<Generation>, Box<Reply>),
}

/// Something to be done outside the core.
#[derive(Debug)]
pub enum Effect {
    /// Sign in.
    SignIn {
        /// Name of the clerk.
        name: String,
        /// The password.
        password: Secret,
    },
    /// The vault had another password than the backend: this one. From now on it has the backend's.
    SignInOver(Secret),
    /// Open a vault by the administrator's recovery key, and set a new password.
    Recover {
        /// Name of the clerk.
        name: String,
        /// The recovery key, as written.
        key: Secret,
        /// The new password.
        password: Secret,
    },
    /// Set another password for the vault.
    ChangePassword {
        /// The password so far.
        old: Secret,
        /// The new one.
        new: Secret,
    },
    /// Forget the key of the vault, and everything that was decrypted.
    Lock,
    /// Is this the password of the clerk whose screen is locked?
    Unlock(Secret),
    /// Show the catalogue as it was last seen, and bring it up to date.
    LoadCatalogue,
    /// Search the catalogue with all effort.
    Search(Generation, Arc<Catalogue>, Question),
    /// Read a whole item, by implementation code.
    OpenItem(Generation, String),
    /// Read several whole items, by implementation code or short name.
    OpenItems(Generation, Vec<String>),
    /// Keep what the clerk has at hand.
    KeepShortcuts(KeptShortcuts),
    /// Note that the clerk began with an item, by implementation code.
    NoteOpened(String),
    /// Fetch a form, or take it from the cache.
    LoadForm(Generation, FormRef),
    /// Fetch the areas from which a competent place is picked, or take them from the cache.
    LoadAreas(Generation),
    /// Write a draft to the vault.
    SaveDraft(Box<Draft>),
    /// Delete a draft.
    DeleteDraft(Uuid),
    /// List the drafts.
    ListDrafts(Generation),
    /// Read a draft, with its form.
    OpenDraft(Generation, Uuid),
    /// Freeze a request, queue it, and try to send it.
    Submit(Box<Submission>),
    /// Look at the outbox; only those in a state, if one is given.
    ListOutbox(Generation, Option<OutboxState>),
    /// Look at one entry of it.
    ReadOutboxEntry(Uuid),
    /// Count what is queued.
    CountQueued,
    /// Take a queued request back.
    Withdraw(Uuid),
    /// Make a draft of a refused request.
    Reopen(Uuid),
    /// Try now.
    PushOutbox,
    /// Fetch the cases.
    ListCases(Generation),
    /// Fetch one case with its log.
    OpenCase(Generation, String),
    /// Take a case further, on the version that the clerk sees, and fetch it again.
    ActOnCase {
        /// Of the screen that asks.
        generation: Generation,
        /// Number of the case.
        case_no: String,
        /// The version seen.
        version: u64,
        /// What to do.
        action: CaseAction,
        /// What was brought, by name.
        materials: Vec<String>,
    },
    /// Read a stored receipt.
    OpenReceipt(Generation, Uuid),
    /// Write a text file into the clerk's documents.
    SaveText {
        /// File name without extension; made safe where it is written.
        name: String,
        /// Contents.
        text: String,
        /// What is noted once it is written.
        act: Option<Act>,
    },
    /// Print.
    Print {
        /// What.
        text: String,
        /// What is noted once the printer took it.
        act: Option<Act>,
    },
    /// Read a device into the field with the focus.
    ReadDevice(Generation),
    /// Look for files to attach, and for those that a draft has.
    ListFiles(Generation, Uuid),
    /// Keep a file of the scan folder for a draft.
    Attach {
        /// The draft.
        draft: Uuid,
        /// Name of the file.
        name: String,
    },
    /// Leave, after everything above is done.
    Quit,
}

impl Effect {
    /// Whether the backend is wanted for it.
    pub const fn asks_the_backend(&self) -> bool {
        matches!(
            self,
            Self::LoadCatalogue
                | Self::OpenItem(..)
                | Self::OpenItems(..)
                | Self::LoadForm(..)
                | Self::LoadAreas(_)
                | Self::ListCases(_)
                | Self::OpenCase(..)
                | Self::ActOnCase { .. }
                | Self::PushOutbox
        )
    }

    /// Whether it touches drafts or the outbox: such effects are done one after the other, so that a save can never overtake a submission.
    pub const fn goes_in_order(&self) -> bool {
        match self {
            Self::SaveDraft(_)
            | Self::DeleteDraft(_)
            | Self::ListDrafts(_)
            | Self::OpenDraft(..)
            | Self::Submit(_)
            | Self::ListOutbox(..)
            | Self::ReadOutboxEntry(_)
            | Self::ListFiles(..)
            | Self::Attach { .. }
            | Self::CountQueued
            | Self::KeepShortcuts(_)
            | Self::NoteOpened(_)
            | Self::Withdraw(_)
            | Self::Reopen(_)
            | Self::OpenReceipt(..)
            | Self::Lock
            | Self::Unlock(_)
            | Self::ChangePassword { .. } => true,
            Self::SignIn { .. }
            | Self::SignInOver(_)
            | Self::Recover { .. }
            | Self::LoadCatalogue
            | Self::Search(..)
            | Self::OpenItem(..)
            | Self::OpenItems(..)
            | Self::LoadForm(..)
            | Self::LoadAreas(_)
            | Self::PushOutbox
            | Self::ListCases(_)
            | Self::OpenCase(..)
            | Self::ActOnCase { .. }
            | Self::SaveText { .. }
            | Self::Print { .. }
            | Self::ReadDevice(_)
            | Self::Quit => false,
        }
    }
}

/// Files about a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// What lies in the scan folder.
    pub scans: Vec<Scan>,
    /// What the draft has.
    pub attached: Vec<Attachment>,
}

/// Text that nothing shows: no log, no report of a panic.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// An act for the audit trail (留痕): a stable word and an id, never personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What was done.
    pub action: &'static str,
    /// To what.
    pub subject: String,
}

/// A desk that was opened.
#[derive(Debug)]
pub struct Opened {
    /// Who works where.
    pub desk: Desk,
    /// What the clerk has at hand.
    pub shortcuts: Shortcuts,
    /// The recovery key of a new desk, to be shown once.
    pub recovery_key: Option<Secret>,
    /// What else the clerk has to read.
    pub notices: Vec<String>,
}

/// A request as it goes into the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The frozen request.
    pub request: Request,
    /// Name of the item, for lists.
    pub item_name: String,
    /// Applicant, masked, for lists.
    pub applicant: String,
}

/// A case with its log, and what the clerk may do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedCase {
    /// The case.
    pub case: Case,
    /// Its log, oldest first.
    pub events: Vec<CaseEvent>,
    /// The legal actions that are the clerk's.
    pub actions: Vec<CaseAction>,
}

/// Answer to an effect.
#[derive(Debug)]
pub enum Reply {
    /// To [`Effect::SignIn`].
    SignedIn(Result<Box<Opened>, Trouble>),
    /// To [`Effect::SignIn`]: the backend knows the clerk, but the vault has another password.
    OtherPassword,
    /// To [`Effect::Recover`].
    Recovered(Result<(), Trouble>),
    /// To [`Effect::ChangePassword`].
    PasswordChanged(Result<(), Trouble>),
    /// Nobody asked, but the clerk should know.
    Noted(Trouble),
    /// To [`Effect::Unlock`].
    Unlocked(Result<(), Trouble>),
    /// The catalogue, or another one: to [`Effect::LoadCatalogue`], and whenever there is more of it.
    Catalogue(Result<Box<CatalogueData>, Trouble>),
    /// The catalogue is in [`super::Shared`] now.
    CatalogueReady,
    /// How many entries of the catalogue are here, and how many there are; `None` when nothing is under way any more.
    CatalogueProgress(Option<(u64, u64)>),
    /// The catalogue is up to date.
    CatalogueSynced,
    /// It could not be brought up to date: it is as it was last seen.
    CatalogueBehind,
    /// It is time to bring the catalogue up to date.
    CatalogueDue,
    /// To [`Effect::Search`] of this generation.
    Hits(Generation, Vec<Hit>),
    /// To [`Effect::OpenItem`].
    Item(Result<Box<CatalogueEntry>, Trouble>),
    /// To [`Effect::OpenItems`], in the order asked for.
    Items(Result<Vec<CatalogueEntry>, Trouble>),
    /// To [`Effect::LoadForm`].
    Form(FormRef, Result<Arc<Form>, Trouble>),
    /// To [`Effect::LoadAreas`].
    Areas(Result<Arc<Codes>, Trouble>),
    /// To [`Effect::SaveDraft`].
    DraftSaved {
        /// The draft.
        id: Uuid,
        /// Its revision that is on the disk now.
        revision: u32,
        /// Whether it is.
        result: Result<(), Trouble>,
    },
    /// To [`Effect::DeleteDraft`].
    DraftDeleted(Uuid, Result<(), Trouble>),
    /// To [`Effect::ListDrafts`].
    Drafts(Result<Vec<DraftSummary>, Trouble>),
    /// To [`Effect::OpenDraft`].
    Draft(Result<Box<OpenedDraft>, Trouble>),
    /// To [`Effect::Submit`]: it is in the outbox.
    Submitted(Uuid, Result<Box<OutboxEntry>, Trouble>),
    /// To [`Effect::ListOutbox`].
    Outbox(Result<Vec<OutboxEntry>, Trouble>),
    /// To [`Effect::ReadOutboxEntry`].
    OutboxEntry(Result<Box<OutboxEntry>, Trouble>),
    /// To [`Effect::CountQueued`].
    Queued(Waiting),
    /// To [`Effect::Withdraw`].
    Withdrawn(Uuid, Result<(), Trouble>),
    /// To [`Effect::Reopen`]: the new draft's id.
    Reopened(Result<Uuid, Trouble>),
    /// To [`Effect::ListCases`].
    Cases(Result<Vec<Case>, Trouble>),
    /// To [`Effect::OpenCase`] and [`Effect::ActOnCase`].
    Case(Result<Box<OpenedCase>, Trouble>),
    /// To [`Effect::OpenReceipt`].
    Receipt(Result<Box<OpenedRequest>, Trouble>),
    /// To [`Effect::SaveText`]: where.
    TextSaved(Result<String, Trouble>),
    /// To [`Effect::Print`].
    Printed(Result<(), Trouble>),
    /// To [`Effect::ListFiles`].
    Files(Uuid, Result<Files, Trouble>),
    /// To [`Effect::Attach`].
    Attached {
        /// The draft.
        draft: Uuid,
        /// Name of the file.
        name: String,
        /// The file as it is kept.
        result: Result<Attachment, Trouble>,
    },
    /// To [`Effect::ReadDevice`].
    DeviceRead(Result<Reading, Trouble>),
}

impl Reply {
    /// The trouble that it brings, if any.
    pub fn into_trouble(self) -> Option<Trouble> {
        match self {
            Self::SignedIn(result) => result.err(),
            Self::Unlocked(result) | Self::Recovered(result) | Self::PasswordChanged(result) => result.err(),
            Self::Noted(trouble) => Some(trouble),
            Self::Catalogue(result) => result.err(),
            Self::Form(_, result) => result.err(),
            Self::DraftSaved { result, .. } | Self::DraftDeleted(_, result) | Self::Withdrawn(_, result) => {
                result.err()
            }
            Self::Drafts(result) => result.err(),
            Self::Draft(result) => result.err(),
            Self::Submitted(_, result) => result.err(),
            Self::Outbox(result) => result.err(),
            Self::OutboxEntry(result) => result.err(),
            Self::Files(_, result) => result.err(),
            Self::Attached { result, .. } => result.err(),
            Self::Reopened(result) => result.err(),
            Self::Cases(result) => result.err(),
            Self::Case(result) => result.err(),
            Self::Receipt(result) => result.err(),
            Self::TextSaved(result) => result.err(),
            Self::Printed(result) => result.err(),
            Self::DeviceRead(result) => result.err(),
            Self::Item(result) => result.err(),
            Self::Items(result) => result.err(),
            Self::Areas(result) => result.err(),
            Self::Hits(..)
            | Self::CatalogueReady
            | Self::CatalogueProgress(_)
            | Self::CatalogueSynced
            | Self::CatalogueBehind
            | Self::CatalogueDue
            | Self::Queued(_)
            | Self::OtherPassword => None,
        }
    }
}

/// A draft with what it is filled on.
#[derive(Debug)]
pub struct OpenedDraft {
    /// The draft.
    pub draft: Draft,
    /// Its item, as it was last seen.
    pub item: Arc<Item>,
    /// The form that it is filled on.
    pub form: DraftForm,
    /// The item was withdrawn meanwhile; the name of what takes its place, where something does.
    pub withdrawn: Option<Option<String>>,
}

/// What a draft is filled on: the version of the form that it was begun on, or another that its item has now.
#[derive(Debug)]
pub enum DraftForm {
    /// The item still has the version that it was begun on.
    Same(Arc<Form>),
    /// The item has another version now.
    Newer {
        /// The version that it was begun on; none when that can be had no more.
        old: Option<Arc<Form>>,
        /// The version that the item has.
        new: Arc<Form>,
    },
    /// The item has another version now, which cannot be had at the moment: this is the one that it was begun on.
    NewerAway(Arc<Form>),
}

/// The catalogue as it arrived.
#[derive(Debug)]
pub struct CatalogueData {
    /// The items.
    pub catalogue: Catalogue,
    /// The domains to filter by.
    pub domains: Vec<Domain>,
    /// The bundles (一件事).
    pub bundles: Vec<Bundle>,
}

/// Something went wrong outside: a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Key among the sentences.
    pub key: &'static str,
    /// What is put in as `{ $detail }`.
    pub detail: Word,
}

impl Trouble {
    /// A trouble that needs no detail.
    pub const fn of(key: &'static str) -> Self {
        Self { key, detail: Word::Text(String::new()) }
    }

    /// A trouble with a detail.
    pub fn with(key: &'static str, detail: impl ToString) -> Self {
        Self { key, detail: Word::Text(detail.to_string()) }
    }

    /// A trouble with a reason, which is a sentence of its own.
    pub const fn because(key: &'static str, reason: Phrase) -> Self {
        Self { key, detail: Word::Phrase(reason) }
    }

    /// A trouble that has its sentence already.
    pub const fn said(sentence: String) -> Self {
        Self { key: "trouble-said", detail: Word::Text(sentence) }
    }

    /// In the clerk's language.
    pub fn sentence(&self, locale: &Locale) -> String {
        locale.format(self.key, &[("detail", self.detail.arg(locale))])
    }
}
