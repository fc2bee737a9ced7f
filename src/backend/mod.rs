//! The reference backend: the contract made real.
//!
//! The practice room runs this very code inside the client's process; `onewindow-backend` runs it on its own. It works on any tokio
//! runtime, and an idle backend wakes no thread: no sweep, no tick, no idle connection is ever dropped by a timer.
//!
//! | part | what it does |
//! |---|---|
//! | [`config`] | what a backend is started with |
//! | `routes` | the resources, one file each |
//! | `auth` | passwords, tokens, who may do what |
//! | [`catalogue`] | the items, forms and sites served |
//! | `check` | what is wrong with a request |
//! | [`limits`] | what a caller may use up |
//! | [`uploads`] | scanned materials, in pieces |
//! | `requests` | keeping a request, once |
//! | `cases` | taking a case further |
//! | `department` | the practice room's back office |
//! | `numbers`, `receipts`, `signing` | official numbers, the canonical record, its signature |
//! | `problem`, `language` | what went wrong, in the caller's language |
//! | [`openapi`] | the contract as a document |
//! | [`store`] | the database |

pub mod catalogue;
pub mod config;
pub mod limits;
pub mod openapi;
pub mod store;
pub mod uploads;

mod auth;
mod cases;
mod check;
mod department;
mod extract;
mod language;
mod numbers;
mod problem;
mod receipts;
mod requests;
mod routes;
mod signing;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use catalogue::{Catalogue, CatalogueError, Published};
use config::Config;
use limits::Limits;
use numbers::Numbers;
use signing::Signer;
use store::{ClerkRow, Store, StoreError};
use uploads::Uploads;
use uploads::objects::Objects;

pub use store::use_postgres;

use crate::api::wire::ClerkRole;
use crate::domain::calendar::WorkCalendar;

/// How long requests under way may take to finish when the backend stops.
const GRACE: Duration = Duration::from_secs(10);

/// How long a replica may go on serving an edition after another was published.
const EDITION_AGE: Duration = Duration::from_secs(1);

/// Why a backend did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Personal data would cross the network in the clear.
    #[error("without TLS the backend listens on this machine only (127.0.0.1 or [::1]), not on {0}")]
    NotLoopback(SocketAddr),
    /// Numbers that could be taken for those of the other world.
    #[error("the number prefix {0} is for the other kind of backend, or is not made of 1 to 8 capital letters")]
    Prefix(String),
    /// A pattern that makes no numbers.
    #[error(
        "the number pattern {0} does not begin with {{prefix}}, end with {{sequence:N}} and have only capital letters, digits, -, \
         {{area}}, {{day}}, {{date}} and {{year}} between them"
    )]
    NumberPattern(String),
    /// The key that receipts are signed with cannot be made or read.
    #[error("the key that receipts are signed with cannot be used")]
    SigningKey,
    /// The catalogue cannot be used.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The database cannot be used.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// The address cannot be listened on, or a file not be made.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The place of the attachments cannot be used.
    #[error("attachments: {0}")]
    Attachments(#[from] object_store::Error),
    /// A password could not be hashed.
    #[error("password: {0}")]
    Password(#[from] auth::PasswordError),
}

/// The reference backend.
#[derive(Debug)]
pub struct Backend;

/// What every route works with.
struct App {
    store: Store,
    catalogue: RwLock<Arc<Catalogue>>,
    /// When it was last asked whether another edition is published.
    looked: tokio::sync::Mutex<Instant>,
    calendar: WorkCalendar,
    practice: bool,
    numbers: Numbers,
    signer: Signer,
    clock: fn() -> Timestamp,
    gate: auth::Gate,
    limits: Limits,
    uploads: Uploads,
    changes: cases::Changes,
    /// Cancelled when the backend stops: what waits, waits no longer.
    stopping: CancellationToken,
}

impl App {
    /// The catalogue in force: one edition for as long as the caller holds it, whatever is published meanwhile.
    fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether another edition was published, by this replica or another, unless that was done a moment ago.
    async fn look_for_editions(&self) {
        let Ok(mut looked) = self.looked.try_lock() else { return };
        if looked.elapsed() >= EDITION_AGE {
            *looked = Instant::now();
            self.renew_catalogue().await;
        }
    }

    /// Takes the edition in force from the database. When that fails the one at hand is served on.
    async fn renew_catalogue(&self) {
        match self.catalogue().newer(&self.store).await {
            Ok(None) => {}
            Ok(Some(newer)) => {
                let mut held = self.catalogue.write().unwrap_or_else(PoisonError::into_inner);
                // Two may have looked at once.
                if !newer.is_before(&held) {
                    *held = Arc::new(newer);
                }
            }
            Err(error) => tracing::error!(%error, "catalogue"),
        }
    }

    /// The instant as it is stored: to the millisecond.
    fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// A backend at work. Dropping it stops it as well, without waiting.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl Backend {
    /// Opens the database, loads the catalogue and serves until told to stop.
    ///
    /// # Errors
    /// When any of these cannot be done, or the address is not of this machine.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        if !config.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(config.listen));
        }
        let prefix = numbers::prefix(config.number_prefix.as_deref(), config.practice)?;
        let numbers = Numbers::new(&prefix, config.number_pattern.as_deref())?;
        let objects = Objects::open(&config.attachments)?;
        let store = open_store(&config).await?;
        let catalogue = Catalogue::start(&config.catalogue, &store, config.practice, (config.clock)()).await?;
        if config.practice {
            seed_clerks(&store, &catalogue).await?;
        }
        let app = Arc::new(App {
            store: store.clone(),
            catalogue: RwLock::new(Arc::new(catalogue)),
            looked: tokio::sync::Mutex::new(Instant::now()),
            calendar: WorkCalendar::built_in(),
            practice: config.practice,
            numbers,
            signer: Signer::load(&store).await?,
            clock: config.clock,
            gate: auth::Gate::new(),
            limits: config.limits,
            uploads: Uploads::new(objects),
            changes: cases::Changes::new(),
            stopping: CancellationToken::new(),
        });
        if let Err(fault) = uploads::tidy_at_start(&app).await {
            tracing::warn!(code = fault.code.name(), "what uploads left behind stays for now");
        }
        if let Some(department) = config.department.filter(|_| config.practice) {
            // It ends with the backend, when waiting is over.
            drop(tokio::spawn(department::work(Arc::clone(&app), department)));
        }
        let listener = TcpListener::bind(config.listen).await?;
        let addr = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (ask, asked) = oneshot::channel::<()>();
        let stopping = app.stopping.clone();
        let server = tokio::spawn(async move {
            let serve = axum::serve(listener, routes::router(app)).with_graceful_shutdown(async move {
                // A dropped handle stops the backend too.
                let _ = stopped.await;
                stopping.cancel();
                let _ = ask.send(());
            });
            let deadline = async {
                let _ = asked.await;
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                result = serve.into_future() => {
                    if let Err(error) = result {
                        tracing::error!(%error, "the listener failed");
                    }
                }
                () = deadline => tracing::warn!("requests under way were cut off"),
            }
            store.close().await;
        });
        tracing::info!(%addr, practice = config.practice, "listening");
        Ok(Running { addr, stop: Some(stop), server })
    }
}

impl Running {
    /// Where it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops taking requests, finishes those under way, closes the database.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that it has stopped by itself.
            let _ = stop.send(());
        }
        if let Err(error) = self.server.await {
            tracing::error!(%error, "the server task failed");
        }
    }
}

/// A clerk to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClerk {
    /// Sign-in name.
    pub name: String,
    /// Name on receipts.
    pub display: String,
    /// Site id.
    pub site: String,
    /// Window; empty: the site's first.
    pub window: String,
    /// Role.
    pub role: ClerkRole,
}

/// Adds a clerk to a backend's database. False: there is one of this name already.
///
/// # Errors
/// When the database or the catalogue cannot be used, or the site is not in the catalogue.
pub async fn add_clerk(config: &Config, clerk: NewClerk, password: String) -> Result<bool, StartError> {
    let store = open_store(config).await?;
    let catalogue = Catalogue::start(&config.catalogue, &store, config.practice, (config.clock)()).await?;
    let site = catalogue.site(&clerk.site).ok_or_else(|| CatalogueError::NoSite(clerk.site.clone()))?;
    let window = if clerk.window.is_empty() { site.windows.first().cloned().unwrap_or_default() } else { clerk.window };
    let row = clerk_row(clerk.name, clerk.display, clerk.site, window, clerk.role, auth::hash(password).await?);
    let added = store.add_clerk(&row).await?;
    store.close().await;
    Ok(added)
}

/// Publishes a catalogue folder into a backend's database; backends at work on it follow within a moment.
///
/// # Errors
/// When the folder cannot be read or understood, is older than what is published or changes a published form, or the database cannot be
/// used.
pub async fn push_catalogue(config: &Config, folder: &Path) -> Result<Published, StartError> {
    let folder = catalogue::read(folder)?;
    let store = open_store(config).await?;
    let published = catalogue::publish(&store, &folder, (config.clock)()).await;
    store.close().await;
    Ok(published?)
}

async fn open_store(config: &Config) -> Result<Store, StartError> {
    config.database.prepare()?;
    Ok(Store::open(&config.database.url(), config.practice).await?)
}

/// The practice room's clerks: those of the catalogue folder, and always `practice` with the password `practice`.
async fn seed_clerks(store: &Store, catalogue: &Catalogue) -> Result<(), StartError> {
    for clerk in catalogue.clerks() {
        let catalogue::PracticeClerk { name, display, site, window, role, password_hash } = clerk.clone();
        let place = catalogue.site(&site).ok_or_else(|| CatalogueError::NoSite(site.clone()))?;
        let window = if window.is_empty() { place.windows.first().cloned().unwrap_or_default() } else { window };
        store.add_clerk(&clerk_row(name, display, site, window, role, password_hash)).await?;
    }
    if store.clerk(PRACTICE_CLERK).await?.is_none() {
        let site = catalogue.sites().next().ok_or(CatalogueError::NoSites)?;
        let window = site.windows.first().cloned().unwrap_or_default();
        let display = language::say("backend-practice-clerk", &[]);
        let password = auth::hash(PRACTICE_CLERK.to_owned()).await?;
        let row = clerk_row(PRACTICE_CLERK.into(), display, site.id.clone(), window, ClerkRole::Clerk, password);
        store.add_clerk(&row).await?;
    }
    Ok(())
}

/// Sign-in name of the clerk whom every practice backend has; the password is the same.
pub const PRACTICE_CLERK: &str = "practice";

fn clerk_row(
    name: String,
    display: String,
    site: String,
    window: String,
    role: ClerkRole,
    password: String,
) -> ClerkRow {
    ClerkRow {
        name,
        display,
        site,
        window,
        role,
        password,
        failures: 0,
        not_before: Timestamp::UNIX_EPOCH,
        disabled: false,
    }
}
