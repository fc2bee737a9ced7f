//! The reference backend: the contract made real.
//!
//! The practice room runs this very code inside the client's process; `onewindow-backend` runs it on its own. It works on any tokio
//! runtime, and an idle backend wakes no thread: no sweep, no tick, no idle connection is ever dropped by a timer.
//!
//! | part | what it does |
//! |---|---|
//! | [`config`] | what a backend is started with |
//! | `routes` | the resources, one file each |
//! | `auth`, `clerks` | passwords, tokens, who may do what; who may sign in |
//! | [`catalogue`] | the items, forms and sites served |
//! | `check` | what is wrong with a request |
//! | [`limits`] | what a caller may use up |
//! | [`uploads`] | scanned materials, in pieces |
//! | `requests` | keeping a request, once |
//! | `cases` | taking a case further |
//! | `department` | the practice room's back office |
//! | `numbers`, `receipts`, `signing` | official numbers, the canonical record, its signature |
//! | `serving`, `around`, `pace` | connections and TLS; what is done around every request; how fast a caller may come |
//! | [`settings`], [`logging`], [`upkeep`] | what `onewindow-backend` is told, what it tells, what is done to its data |
//! | [`audit`] | who did what, chained |
//! | `metrics`, `trace` | figures; the id of a request |
//! | `problem`, `language` | what went wrong, in the caller's language |
//! | [`openapi`] | the contract as a document |
//! | [`store`] | the database |

pub mod audit;
pub mod catalogue;
pub mod config;
pub mod limits;
pub mod logging;
pub mod openapi;
pub mod settings;
pub mod store;
pub mod upkeep;
pub mod uploads;

mod around;
mod auth;
mod cases;
mod check;
mod clerks;
mod department;
mod extract;
mod language;
mod metrics;
mod numbers;
mod pace;
mod password;
mod problem;
mod receipts;
mod requests;
mod routes;
mod serving;
mod signing;
mod trace;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use catalogue::{Catalogue, CatalogueError, Published};
use config::{Config, Transport};
use limits::Limits;
use numbers::Numbers;
use serving::Listening;
use signing::Signer;
use store::{Store, StoreError};
use uploads::Uploads;
use uploads::objects::Objects;

pub use clerks::{ListedClerk, NewClerk, PRACTICE_CLERK, add_clerk, clerks, disable_clerk, set_password};
pub use store::use_postgres;

use crate::domain::calendar::WorkCalendar;

/// How long a replica may go on serving an edition after another was published.
const EDITION_AGE: Duration = Duration::from_secs(1);

/// Why a backend did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Personal data would cross the network in the clear.
    #[error(
        "without TLS the backend listens on this machine only (127.0.0.1 or [::1]), not on {0}; give it a certificate, or say that a TLS proxy stands before it"
    )]
    NotLoopback(SocketAddr),
    /// The certificate or its key cannot be used.
    #[error("certificate: {0}")]
    Tls(std::io::Error),
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
    Password(#[from] password::PasswordError),
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
    pace: pace::Pace,
    /// The caller's address is what the proxy says.
    behind_proxy: bool,
    metrics: metrics::Metrics,
    metrics_for_all: bool,
    cases_counted: routes::CasesCounted,
    /// Rung when an act was written down.
    bell: audit::Bell,
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
    certificate: Option<serving::Certificate>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl Backend {
    /// Opens the database, loads the catalogue and serves until told to stop.
    ///
    /// # Errors
    /// When any of these cannot be done, or the address is not of this machine and there is no TLS.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        let listening = Listening::open(&config).await?;
        let (practice, department) = (config.practice, config.department);
        let app = assemble(config).await?;
        if let Some(department) = department.filter(|_| practice) {
            // It ends with the backend, when waiting is over.
            drop(tokio::spawn(department::work(Arc::clone(&app), department)));
        }
        let (addr, certificate) = (listening.addr, listening.certificate.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(listening, app, stopped));
        tracing::info!(%addr, practice, tls = certificate.is_some(), "listening");
        Ok(Running { addr, certificate, stop: Some(stop), server })
    }
}

/// Everything that the routes work with, in order.
async fn assemble(config: Config) -> Result<Arc<App>, StartError> {
    let prefix = numbers::prefix(config.number_prefix.as_deref(), config.practice)?;
    let numbers = Numbers::new(&prefix, config.number_pattern.as_deref())?;
    let objects = Objects::open(&config.attachments)?;
    let metrics = metrics::Metrics::new();
    let timed = metrics.clone();
    let store = open_store(&config).await?.timed(move |what, took| timed.store(what, took));
    let catalogue = Catalogue::start(&config.catalogue, &store, config.practice, (config.clock)()).await?;
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
        pace: pace::Pace::new(&config.limits),
        limits: config.limits,
        behind_proxy: config.transport == Transport::BehindTlsProxy,
        metrics,
        metrics_for_all: config.metrics_for_all,
        cases_counted: routes::CasesCounted::default(),
        bell: audit::Bell::default(),
        uploads: Uploads::new(objects),
        changes: cases::Changes::new(),
        stopping: CancellationToken::new(),
    });
    if config.practice {
        clerks::seed(&store, &app.catalogue(), app.now()).await?;
    }
    if let Err(fault) = uploads::tidy_at_start(&app).await {
        tracing::warn!(code = fault.code.name(), "what uploads left behind stays for now");
    }
    Ok(app)
}

async fn serve(listening: Listening, app: Arc<App>, stopped: oneshot::Receiver<()>) {
    let (store, stopping) = (app.store.clone(), app.stopping.clone());
    let drained = CancellationToken::new();
    let linking = tokio::spawn(audit::keep_linking(store.clone(), app.bell.clone(), drained.clone()));
    let served = listening.serve(routes::router(app), async move {
        // A dropped handle stops the backend too.
        let _ = stopped.await;
        stopping.cancel();
    });
    if let Err(error) = served.await {
        tracing::error!(%error, "the listener failed");
    }
    drained.cancel();
    if let Err(error) = linking.await {
        tracing::error!(%error, "linking the audit log failed");
    }
    store.close().await;
}

impl Running {
    /// Where it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How it is called.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.addr)
    }

    /// Reads the certificate and its key again; without TLS nothing happens.
    ///
    /// # Errors
    /// When they cannot be used; then those before stay in use.
    pub async fn reload_certificate(&self) -> Result<(), StartError> {
        match &self.certificate {
            Some(certificate) => certificate.reload().await.map_err(StartError::Tls),
            None => Ok(()),
        }
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
