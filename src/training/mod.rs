//! The practice room (练习): a whole backend inside the process, and invented people to work with.
//!
//! Nothing here can touch a real backend: the room gives out practice clients only, and those refuse a live backend.

pub mod citizens;
mod folder;
pub mod sample;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::api::{AddressError, Client};
/// The clerk who works in the room unless a site is chosen.
pub use crate::backend::PRACTICE_CLERK;
use crate::backend::catalogue::{Catalogue, CatalogueError, PracticeClerk, built_in_clerks, clerks_of, read};
use crate::backend::config::{CatalogueSource, Config, Department};
use crate::backend::{Backend, StartError};
use folder::RoomFolder;

/// The password of every practice clerk.
pub const PASSWORD: &str = "practice";

/// The site of [`PRACTICE_CLERK`].
pub const DEFAULT_SITE: &str = "yuekou-town";

/// File of the backend's database inside the room's folder.
pub const DATABASE: &str = "backend.sqlite";

/// How a room is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Keeps everything in this folder; without it a throw-away folder is used.
    pub data_dir: Option<PathBuf>,
    /// Makes the invented people repeatable.
    pub seed: Option<u64>,
    /// Site to work at; without it that of [`PRACTICE_CLERK`].
    pub site: Option<String>,
    /// How long a working day of the scripted department lasts; without it nobody moves cases on.
    pub day: Option<Duration>,
    /// Folder of the catalogue; without it the sample.
    pub catalogue: Option<PathBuf>,
}

/// Why a room did not open.
#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    /// Its folder cannot be made.
    #[error("{path}: {error}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// No clerk works at that site.
    #[error("no practice clerk works at site {site}; there is one at {known}")]
    NoSite {
        /// What was asked for.
        site: String,
        /// The sites that have one.
        known: String,
    },
    /// The compiled-in catalogue is broken.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The backend did not start.
    #[error(transparent)]
    Backend(#[from] StartError),
    /// The client could not be made.
    #[error(transparent)]
    Client(#[from] AddressError),
    /// The room's thread cannot be started.
    #[error("no thread for the practice backend: {0}")]
    Thread(io::Error),
    /// The backend ended before it said where it listens.
    #[error("the practice backend ended by itself")]
    Ended,
}

/// An open practice room. Dropping it stops its backend and removes a throw-away folder.
#[derive(Debug)]
pub struct PracticeRoom {
    /// Sign-in name.
    clerk: String,
    seed: u64,
    ready: Option<oneshot::Receiver<Result<SocketAddr, StartError>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    // Dropped last: the backend has its database in there.
    folder: RoomFolder,
}

impl PracticeRoom {
    /// Opens a room. Returns before its backend listens; [`Self::client`] waits for that.
    ///
    /// # Errors
    /// When the folder cannot be made, or no clerk works at the site.
    pub fn start(options: Options) -> Result<Self, PracticeError> {
        let clerk = match &options.catalogue {
            Some(catalogue) => clerk_in(catalogue, options.site.as_deref())?,
            None => clerk_at(options.site.as_deref())?.name,
        };
        let folder = RoomFolder::open(options.data_dir.as_deref())?;
        let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
        let (told, ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let backend = InProcess {
            // What is in a kept folder already is the clerk's own work, and the samples are applications for items of the sample.
            sample: (options.catalogue.is_none() && !folder.path().join(DATABASE).exists())
                .then(|| (clerk.clone(), seed)),
            config: Config {
                department: options.day.map(|day| Department { day, seed }),
                catalogue: options.catalogue.map_or(CatalogueSource::BuiltIn, CatalogueSource::Folder),
                ..Config::practice(folder.path())
            },
        };
        let thread = std::thread::Builder::new()
            .name("practice-backend".to_owned())
            .spawn(move || backend.run(told, stopped))
            .map_err(PracticeError::Thread)?;
        Ok(Self { clerk, seed, ready: Some(ready), stop: Some(stop), thread: Some(thread), folder })
    }

    /// A client of the room's backend, as soon as that listens. To be asked for once.
    ///
    /// # Errors
    /// When the backend did not start.
    pub fn client(&mut self) -> impl Future<Output = Result<Client, PracticeError>> + 'static {
        let ready = self.ready.take();
        async move {
            let addr = ready.ok_or(PracticeError::Ended)?.await.map_err(|_| PracticeError::Ended)??;
            Ok(Client::practice(addr)?)
        }
    }

    /// Sign-in name of the clerk who works here; the password is [`PASSWORD`].
    pub fn clerk(&self) -> &str {
        &self.clerk
    }

    /// Folder of the clerk's vault and of the backend's database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What makes the room's invented people repeatable.
    pub const fn seed(&self) -> u64 {
        self.seed
    }
}

impl Drop for PracticeRoom {
    fn drop(&mut self) {
        // The receiver is gone when the backend ended by itself.
        let _ = self.stop.take().map(|stop| stop.send(()));
        // A panic of that thread was reported when it happened.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The clerk of the sample who works at a site.
fn clerk_at(site: Option<&str>) -> Result<PracticeClerk, PracticeError> {
    let clerks = built_in_clerks()?;
    let wanted = |clerk: &&PracticeClerk| site.map_or(clerk.name == PRACTICE_CLERK, |site| clerk.site == site);
    let known = || no_site(site, clerks.iter().map(|clerk| clerk.site.as_str()));
    clerks.iter().find(wanted).cloned().ok_or_else(known)
}

/// Sign-in name of the clerk of an author's own catalogue who works at a site; at the first works [`PRACTICE_CLERK`], whom every practice
/// backend has.
fn clerk_in(catalogue: &Path, site: Option<&str>) -> Result<String, PracticeError> {
    let clerks = clerks_of(&read(catalogue)?)?;
    let loaded = Catalogue::load(&CatalogueSource::Folder(catalogue.to_owned()))?;
    let mut places: Vec<(&str, &str)> = clerks.iter().map(|clerk| (clerk.name.as_str(), clerk.site.as_str())).collect();
    if places.iter().all(|(name, _)| *name != PRACTICE_CLERK) {
        places.extend(loaded.sites().next().map(|site| (PRACTICE_CLERK, site.id.as_str())));
    }
    let wanted = |(name, at): &&(&str, &str)| site.map_or(*name == PRACTICE_CLERK, |site| *at == site);
    let found = places.iter().find(wanted).map(|(name, _)| (*name).to_owned());
    found.ok_or_else(|| no_site(site, places.iter().map(|(_, site)| *site)))
}

fn no_site<'s>(site: Option<&str>, known: impl Iterator<Item = &'s str>) -> PracticeError {
    PracticeError::NoSite { site: site.unwrap_or(DEFAULT_SITE).to_owned(), known: known.collect::<Vec<_>>().join(", ") }
}

/// The backend on its own thread, with its own runtime: a busy backend must not slow the screen.
struct InProcess {
    config: Config,
    sample: Option<(String, u64)>,
}

impl InProcess {
    fn run(self, told: oneshot::Sender<Result<SocketAddr, StartError>>, stopped: oneshot::Receiver<()>) {
        // Nobody waits any more when a message cannot be delivered: the room is being closed.
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let _ = told.send(Err(error.into()));
                return;
            }
        };
        runtime.block_on(async {
            let running = match Backend::start(self.config).await {
                Ok(running) => running,
                Err(error) => {
                    let _ = told.send(Err(error));
                    return;
                }
            };
            let _ = told.send(Ok(running.addr()));
            let fill = async {
                if let Some((clerk, seed)) = self.sample
                    && let Err(error) = sample::fill(running.addr(), &clerk, seed).await
                {
                    tracing::warn!(%error, "no sample cases");
                }
                std::future::pending().await
            };
            tokio::select! {
                _ = stopped => {}
                () = fill => {}
            }
            running.shutdown().await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wire::CaseFilter;
    use crate::domain::case::Case;

    /// The sample cases of a room, once they are all there.
    async fn sample_cases(client: &Client) -> Vec<Case> {
        for _ in 0..600 {
            let cases = client.cases(&CaseFilter::default()).await.unwrap().cases;
            if cases.len() >= sample::COUNT {
                return cases;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the sample cases did not come");
    }

    #[tokio::test]
    async fn a_room_opens_with_cases_and_leaves_nothing_behind() {
        let mut room = PracticeRoom::start(Options { seed: Some(7), ..Options::default() }).unwrap();
        let folder = room.folder().to_owned();
        let client = room.client().await.unwrap();
        assert!(client.is_practice());
        let session = client.sign_in(room.clerk(), PASSWORD).await.unwrap();
        assert_eq!(session.clerk.site.id, DEFAULT_SITE);
        let cases = sample_cases(&client).await;
        assert!(cases.iter().all(|case| case.applicant.contains('*')), "{cases:?}");
        assert!(folder.exists());
        drop(client);
        drop(room);
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn every_site_has_a_clerk_whose_password_is_known() {
        for clerk in built_in_clerks().unwrap() {
            let options = Options { site: Some(clerk.site.clone()), ..Options::default() };
            let mut room = PracticeRoom::start(options).unwrap();
            assert_eq!(room.clerk(), clerk.name);
            let client = room.client().await.unwrap();
            client.sign_in(room.clerk(), PASSWORD).await.unwrap();
        }
        let nowhere = Options { site: Some("nowhere".to_owned()), ..Options::default() };
        let error = PracticeRoom::start(nowhere).unwrap_err().to_string();
        assert!(error.contains("nowhere") && error.contains(DEFAULT_SITE), "{error}");
    }

    #[tokio::test]
    async fn an_authors_own_catalogue_is_practised_with() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo");
        let files = [
            "catalogue.toml",
            "sites/yuekou-village.toml",
            "items/justice/legal-consultation.toml",
            "forms/general-application@1.schema.json",
            "forms/general-application@1.ui.json",
            "codelists/area-hubei@1.json",
        ];
        for file in files {
            let to = folder.path().join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(demo.join(file), to).unwrap();
        }
        let options = |site: Option<&str>| Options {
            catalogue: Some(folder.path().to_owned()),
            site: site.map(str::to_owned),
            ..Options::default()
        };
        let mut room = PracticeRoom::start(options(None)).unwrap();
        let client = room.client().await.unwrap();
        let session = client.sign_in(room.clerk(), PASSWORD).await.unwrap();
        assert_eq!(session.clerk.site.id, "yuekou-village");
        let error = PracticeRoom::start(options(Some("yuekou-town"))).unwrap_err().to_string();
        assert!(error.contains("yuekou-village"), "{error}");
    }

    #[tokio::test]
    async fn a_kept_folder_keeps_its_cases_and_gets_no_new_ones() {
        let folder = tempfile::tempdir().unwrap();
        let options = || Options { data_dir: Some(folder.path().join("room")), seed: Some(7), ..Options::default() };
        let mut numbers = Vec::new();
        for _ in 0..2 {
            let mut room = PracticeRoom::start(options()).unwrap();
            let client = room.client().await.unwrap();
            client.sign_in(room.clerk(), PASSWORD).await.unwrap();
            let cases = sample_cases(&client).await;
            numbers.push(cases.into_iter().map(|case| case.case_no).collect::<Vec<_>>());
        }
        assert_eq!(numbers.first(), numbers.last());
        assert!(folder.path().join("room").join(DATABASE).exists());
    }
}
