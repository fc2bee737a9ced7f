//! A clerk at the desk: signing in with or without a backend, locking and unlocking, and the passwords.
//!
//! The password opens the vault; the backend proves it when it is there. Without a backend the vault alone decides, and what the backend last
//! said of the clerk is read from it. The password is then remembered until the backend was told it, and no longer than the desk is open.

use std::cell::{Cell, RefCell};
use std::rc::Weak;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::effects::{Inner, PATIENCE, trouble};
use crate::api::{ApiError, Client};
use crate::app::shortcuts::Shortcuts;
use crate::app::{Desk, Msg, Opened, Reply, Secret, Trouble};
use crate::sync::{Command, LinkState, SyncEvent, Worker, words};
use crate::vault::{Door, RecoverySecret, Retention, Seal, Vault, VaultError};

/// Under which the vault keeps what the backend last said of the clerk.
const FACTS: (&str, &str) = ("desk", "facts");

/// How often it is looked for what was kept for long enough.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Most items that a clerk is known to use.
const MOST_USED: u32 = 500;

/// What there is once a clerk has signed in.
pub(super) struct Session {
    pub(super) client: Arc<Client>,
    pub(super) vault: Vault,
    pub(super) desk: Desk,
    door: Door,
    carrier: RefCell<Option<Carrier>>,
    /// The password that the backend has not been told yet.
    owed: RefCell<Option<Zeroizing<String>>>,
    /// When it was last looked for what was kept for long enough.
    retired_at: Cell<Timestamp>,
}

/// The worker of the outbox. It rests while the desk is locked: it has no key to read a request with.
struct Carrier {
    commands: UnboundedSender<Command>,
    task: JoinHandle<()>,
}

/// What the backend says of a clerk, kept for the days without it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    clerk: String,
    role: String,
    site: String,
    site_name: String,
    #[serde(default)]
    area: String,
    window: String,
    clerk_name: String,
}

/// A clerk whom the backend knows, at a vault that has another password.
pub(super) struct Pending {
    door: Door,
    facts: Facts,
    password: Zeroizing<String>,
}

impl Session {
    /// Tells the worker of the outbox, if one is at work.
    pub(super) fn tell_worker(&self, command: Command) {
        if let Some(carrier) = self.carrier.borrow().as_ref() {
            // A worker that has stopped has nothing to do.
            let _ = carrier.commands.send(command);
        }
    }

    /// Sets the worker of the outbox to work. There is nothing to send with from a vault that is open to look only.
    fn start_worker(&self, inner: &Inner) {
        if self.vault.is_read_only() {
            return;
        }
        let (commands, orders) = unbounded_channel();
        let (events, reports) = unbounded_channel();
        let worker = Worker::new(self.vault.clone(), Arc::clone(&self.client), Timestamp::now, events);
        let task = tokio::task::spawn_local(worker.run(orders));
        inner.forward(reports);
        *self.carrier.borrow_mut() = Some(Carrier { commands, task });
    }

    /// Stops the worker; an attempt under way is broken off, and asked about again later.
    pub(super) async fn stop_worker(&self) {
        let Some(Carrier { commands, task }) = self.carrier.take() else { return };
        let _ = commands.send(Command::Stop);
        let _ = tokio::time::timeout(PATIENCE, task).await;
    }

    /// The desk is locked: nothing that opens a record stays in memory.
    pub(super) async fn lock(&self) {
        self.stop_worker().await;
        self.owed.take();
        self.vault.lock();
    }

    /// The desk is unlocked by the clerk's password.
    pub(super) async fn unlock(&self, inner: &Inner, password: &str) -> Result<(), Trouble> {
        let seal = inner.behind(&self.door, password).await.map_err(|error| inner.vault_trouble(&error))?;
        if self.vault.is_locked() {
            self.vault.unlock(seal);
            self.start_worker(inner);
            self.retire_if_due(inner).await;
        }
        if self.client.session().is_none() {
            self.owed.replace(Some(Zeroizing::new(password.to_owned())));
        }
        Ok(())
    }

    /// A day after the last time; a desk that is locked then does it when it is unlocked.
    async fn retire_if_due(&self, inner: &Inner) {
        let now = Timestamp::now();
        if self.vault.is_locked() || now.duration_since(self.retired_at.get()) < SignedDuration::from_hours(23) {
            return;
        }
        self.retired_at.set(now);
        if let Some(said) = inner.retire(&self.vault).await {
            inner.note(Trouble::said(said));
        }
    }

    /// Another password for the vault.
    pub(super) async fn change_password(&self, inner: &Inner, old: &str, new: &str) -> Result<(), Trouble> {
        let changed = async {
            if self.vault.is_read_only() {
                return Err(VaultError::ReadOnly);
            }
            let (door, old) = (self.door.clone(), Zeroizing::new(old.to_owned()));
            let seal = aside(move || door.unlock(&old, Timestamp::now())).await?;
            self.set_password(seal, new).await
        };
        changed.await.map_err(|error| inner.vault_trouble(&error))
    }

    async fn set_password(&self, seal: Seal, new: &str) -> Result<(), VaultError> {
        set_password("change-password", &self.vault, &self.door, seal, new).await
    }

    /// Tells the backend the password that it has not heard yet, now that it may be there.
    pub(super) async fn sign_in_if_owed(&self, inner: &Inner) {
        // Taken, so that two at once do not both sign in.
        let Some(password) = self.owed.take() else { return };
        match self.client.sign_in(self.vault.clerk(), &password).await {
            Ok(_) => self.tell_worker(Command::SignedIn),
            Err(ApiError::Unauthorised(_)) => inner.note(Trouble::of("trouble-password-changed")),
            // Locked meanwhile: the password is not to be remembered.
            Err(_) if self.vault.is_locked() => {}
            Err(_) => drop(self.owed.replace(Some(password))),
        }
    }

    /// What the clerk has at hand. A desk without it is no trouble.
    async fn shortcuts(&self) -> Shortcuts {
        let (kept, used) = (self.vault.shortcuts().await, self.vault.used(MOST_USED).await);
        Shortcuts::new(kept.unwrap_or_default(), used.unwrap_or_default())
    }

    async fn keep(&self, facts: &Facts) {
        if !self.vault.is_read_only()
            && let Ok(body) = serde_json::to_vec(facts)
        {
            // What cannot be kept is heard again at the next sign-in.
            let _ = self.vault.put_cached(FACTS.0, FACTS.1, None, &body, Timestamp::now()).await;
        }
    }
}

impl Inner {
    /// Signs a clerk in: at the backend when it is there, else at the vault alone.
    pub(super) async fn sign_in(&self, name: &str, password: &str) -> Reply {
        match self.signed_in(name, password).await {
            Ok(Some(opened)) => Reply::SignedIn(Ok(Box::new(opened))),
            Ok(None) => Reply::OtherPassword,
            Err(trouble) => Reply::SignedIn(Err(trouble)),
        }
    }

    /// `None`: the vault has another password than the backend.
    async fn signed_in(&self, name: &str, password: &str) -> Result<Option<Opened>, Trouble> {
        let client = self.client.clone().await.map_err(|error| Trouble::with("trouble-no-client", error))?;
        let answer = client.sign_in(name, password).await;
        self.heard(&answer);
        let password = Zeroizing::new(password.to_owned());
        let facts = match answer {
            Ok(session) => Some(Facts {
                role: session.clerk.role.name().to_owned(),
                site: session.clerk.site.id,
                site_name: session.clerk.site.name,
                area: session.clerk.site.area,
                window: self.settings.window.clone().unwrap_or(session.clerk.window),
                clerk_name: session.clerk.display,
                clerk: session.clerk.name,
            }),
            // The backend itself asks to wait after many wrong passwords; then the vault is no way round it.
            Err(error) if error.problem().is_some() => return Err(trouble(&error)),
            Err(ApiError::Offline(_) | ApiError::CutOff(_) | ApiError::CaptivePortal | ApiError::Retry { .. }) => None,
            Err(error) => return Err(trouble(&error)),
        };
        let clerk = facts.as_ref().map_or(name, |facts| &facts.clerk);
        let door = self.door(clerk, client.is_practice())?;
        if facts.is_none() && !door.has_keys() {
            return Err(Trouble::of("trouble-first-sign-in"));
        }
        match (self.behind(&door, &password).await, facts) {
            (Ok(seal), facts) => self.open(&client, door, name, facts, password, seal).await.map(Some),
            (Err(VaultError::WrongPassword { .. }), Some(facts)) => {
                self.pending.replace(Some(Pending { door, facts, password }));
                Ok(None)
            }
            (Err(error), _) => Err(self.vault_trouble(&error)),
        }
    }

    /// The vault had another password than the backend: with the old one it gets the new one.
    pub(super) async fn sign_in_over(&self, old: &str) -> Result<Opened, Trouble> {
        let Some(Pending { door, facts, password }) = self.pending.take() else {
            return Err(Trouble::of("trouble-signed-out"));
        };
        let client = self.client.clone().await.map_err(|error| Trouble::with("trouble-no-client", error))?;
        let (at, old, new) = (door.clone(), Zeroizing::new(old.to_owned()), password.clone());
        match aside(move || at.unlock(&old, Timestamp::now())).await {
            Ok(seal) => {
                let mut opened = self.open(&client, door, "", Some(facts), password, seal.clone()).await?;
                // The old one stays where it cannot be changed, and is asked for again.
                if let Some(session) = self.session.get()
                    && let Err(error) = session.set_password(seal, &new).await
                {
                    opened.notices.push(words::fault(&error, &self.locale));
                }
                Ok(opened)
            }
            Err(error) => {
                self.pending.replace(Some(Pending { door, facts, password }));
                Err(self.vault_trouble(&error))
            }
        }
    }

    /// The administrator's recovery key opens a vault and sets a new password.
    pub(super) async fn recover(&self, name: &str, key: &str, password: &str) -> Result<(), Trouble> {
        let practice = self.client.clone().await.is_ok_and(|client| client.is_practice());
        let door = self.door(name, practice)?;
        let (key, password) = (Zeroizing::new(key.to_owned()), Zeroizing::new(password.to_owned()));
        let recovered = async {
            let at = door.clone();
            let seal = aside(move || {
                let secret: RecoverySecret = key.parse()?;
                at.open_by_recovery(&secret)
            });
            let seal = seal.await?;
            let vault = Vault::open(&self.data_dir, name, seal.clone()).await?;
            let set = set_password("recover", &vault, &door, seal, &password).await;
            set.and(vault.close().await)
        };
        recovered.await.map_err(|error| self.vault_trouble(&error))
    }

    fn door(&self, clerk: &str, practice: bool) -> Result<Door, Trouble> {
        let policy =
            self.settings.policy(practice).map_err(|error| Trouble::with("trouble-recovery-setting", error))?;
        Ok(Door::new(&self.data_dir, clerk, policy))
    }

    /// The seal of a vault by its password; a vault without keys gets some.
    async fn behind(&self, door: &Door, password: &str) -> Result<Seal, VaultError> {
        let (door, password) = (door.clone(), Zeroizing::new(password.to_owned()));
        aside(move || if door.has_keys() { door.unlock(&password, Timestamp::now()) } else { door.make(&password) })
            .await
    }

    /// Opens the vault and sits the clerk down. Without facts the backend is out of reach, and those of the last time hold.
    async fn open(
        &self,
        client: &Arc<Client>,
        door: Door,
        name: &str,
        facts: Option<Facts>,
        password: Zeroizing<String>,
        seal: Seal,
    ) -> Result<Opened, Trouble> {
        let clerk = facts.as_ref().map_or(name, |facts| &facts.clerk).to_owned();
        if let Some(session) = self.session.get() {
            // Signed in already: the backend was told the password once more.
            if session.desk.clerk != clerk {
                return Err(Trouble::of("trouble-other-clerk"));
            }
            session.tell_worker(Command::SignedIn);
            let shortcuts = session.shortcuts().await;
            return Ok(Opened { desk: session.desk.clone(), shortcuts, recovery_key: None, notices: Vec::new() });
        }
        let mut notices = Vec::new();
        let vault_trouble = |error| self.vault_trouble(&error);
        let vault = match Vault::open(&self.data_dir, &clerk, seal.clone()).await {
            Err(held @ VaultError::Held { .. }) => {
                notices.push(words::fault(&held, &self.locale));
                Vault::open_read_only(&self.data_dir, &clerk, seal.clone()).await.map_err(vault_trouble)?
            }
            opened => opened.map_err(vault_trouble)?,
        };
        if let Some(rescue) = vault.rescue() {
            notices.push(words::rescue(rescue, &self.locale));
            // What cannot be noted is told once more.
            let _ = vault.rescue_is_told().await;
        }
        notices.extend(self.retire(&vault).await);
        let online = facts.is_some();
        let facts = match facts {
            Some(facts) => facts,
            None => vault
                .cached(FACTS.0, FACTS.1)
                .await
                .map_err(vault_trouble)?
                .and_then(|kept| serde_json::from_slice(&kept.body).ok())
                .ok_or(Trouble::of("trouble-first-sign-in"))?,
        };
        let recovery_key = match door.make_recovery(&seal) {
            Ok(secret) => secret.map(|secret| Secret(secret.written().to_string())),
            Err(error) => {
                notices.push(words::fault(&error, &self.locale));
                None
            }
        };
        let now = Timestamp::now();
        let desk = Desk {
            practice: client.is_practice(),
            read_only: vault.is_read_only(),
            site: facts.site.clone(),
            site_name: facts.site_name.clone(),
            area: facts.area.clone(),
            window: facts.window.clone(),
            clerk,
            clerk_name: facts.clerk_name.clone(),
            link: if online { LinkState::Online { at: now } } else { LinkState::Offline { since: now } },
            last_contact: online.then_some(now),
            ..Desk::default()
        };
        let session = Session {
            client: Arc::clone(client),
            vault,
            desk: desk.clone(),
            door,
            carrier: RefCell::default(),
            owed: RefCell::new((!online).then_some(password)),
            retired_at: Cell::new(now),
        };
        if online {
            session.keep(&facts).await;
        }
        let session = self.session.get_or_init(|| async { session }).await;
        session.start_worker(self);
        self.retire_daily();
        if online {
            session.tell_worker(Command::SignedIn);
        }
        Ok(Opened { desk, shortcuts: session.shortcuts().await, recovery_key, notices })
    }

    /// Lets go of what was kept for long enough; what the clerk should know of it.
    async fn retire(&self, vault: &Vault) -> Option<String> {
        if vault.is_read_only() {
            return None;
        }
        let retention = Retention::days(self.settings.keep_sent, self.settings.keep_drafts);
        match vault.retire(retention, Timestamp::now()).await {
            Ok(retired) => words::retired(&retired, &self.locale),
            Err(error) => Some(words::fault(&error, &self.locale)),
        }
    }

    /// Once a day, for a desk that stays open for days.
    fn retire_daily(&self) {
        let itself = Weak::clone(&self.itself);
        tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(DAY).await;
                let Some(inner) = itself.upgrade() else { return };
                if let Some(session) = inner.session.get() {
                    session.retire_if_due(&inner).await;
                }
            }
        });
    }

    /// Hands on what the worker reports.
    fn forward(&self, mut reports: UnboundedReceiver<SyncEvent>) {
        let itself = Weak::clone(&self.itself);
        tokio::task::spawn_local(async move {
            while let Some(event) = reports.recv().await {
                let Some(inner) = itself.upgrade() else { return };
                let wants_sign_in = matches!(event, SyncEvent::NeedSignIn | SyncEvent::Link(LinkState::Online { .. }));
                if inner.messages.send(Msg::Sync(event)).is_err() {
                    return;
                }
                if wants_sign_in && let Some(session) = inner.session.get() {
                    session.sign_in_if_owed(&inner).await;
                }
            }
        });
    }
}

/// Sets another password, with its line in the audit trail.
async fn set_password(action: &str, vault: &Vault, door: &Door, seal: Seal, new: &str) -> Result<(), VaultError> {
    let (door, new) = (door.clone(), Zeroizing::new(new.to_owned()));
    vault.noted(action, aside(move || door.set_password(&new, &seal))).await
}

/// Work that takes long and does not wait, on a thread of its own.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| VaultError::Io { path: std::path::PathBuf::new(), source: std::io::Error::other(error) })?
}
