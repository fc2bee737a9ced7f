//! What a backend is started with.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use object_store::ObjectStore;
use reqwest::Url;

pub use super::department::Department;
pub use super::limits::Limits;

/// What a backend is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen. Port 0: any free one.
    pub listen: SocketAddr,
    /// The database.
    pub database: Database,
    /// The bytes of uploaded files.
    pub attachments: Attachments,
    /// The catalogue.
    pub catalogue: CatalogueSource,
    /// A practice backend: its numbers and tokens are worth nothing anywhere else.
    pub practice: bool,
    /// What official numbers begin with. None: `LX` in practice (练习), else `HB`.
    pub number_prefix: Option<String>,
    /// How official numbers are made after it; `numbers` says how it is written. None: area, day and six digits.
    pub number_pattern: Option<String>,
    /// Who moves cases on in practice. None: nobody. A live backend has none.
    pub department: Option<Department>,
    /// What protects what goes over the network.
    pub transport: Transport,
    /// What a caller may use up.
    pub limits: Limits,
    /// Lets everybody read `/metrics`, not this machine only.
    pub metrics_for_all: bool,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

impl Config {
    /// A practice backend on a free port of this machine, with its database in a folder and the built-in catalogue.
    pub fn practice(folder: &Path) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database: Database::File(folder.join("backend.sqlite")),
            attachments: Attachments::Folder(folder.join("attachments")),
            catalogue: CatalogueSource::BuiltIn,
            practice: true,
            number_prefix: None,
            number_pattern: None,
            department: None,
            transport: Transport::Plain,
            limits: Limits::default(),
            metrics_for_all: false,
            clock: Timestamp::now,
        }
    }
}

/// Where the catalogue comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueSource {
    /// The sample catalogue compiled in (`config/demo`).
    BuiltIn,
    /// A folder of the same shape.
    Folder(PathBuf),
}

/// What protects what goes over the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Transport {
    /// Nothing: this machine only.
    #[default]
    Plain,
    /// TLS of our own.
    Tls(TlsFiles),
    /// A proxy before us that speaks TLS and writes the caller's address last into `X-Forwarded-For`. Nobody else may reach us.
    BehindTlsProxy,
}

/// Files in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that sign it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Where the bytes of uploaded files are kept.
#[derive(Debug, Clone)]
pub enum Attachments {
    /// A folder, made when there is none.
    Folder(PathBuf),
    /// Another store of objects.
    Store(Arc<dyn ObjectStore>),
}

/// The database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// An SQLite file, made when there is none.
    File(PathBuf),
    /// A PostgreSQL database that is there already, by its URL. Only a program that called [`super::use_postgres`] can open it.
    Server(String),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            // Its URL may hold a password.
            Self::Server(_) => f.debug_tuple("Server").finish_non_exhaustive(),
        }
    }
}

/// Text that names no database. It is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a database of the shape sqlite:FILE or postgres://USER@HOST/DATABASE")]
pub struct DatabaseError;

impl std::str::FromStr for Database {
    type Err = DatabaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Url::parse(text).map(|url| Self::Server(url.into())).map_err(|_| DatabaseError);
        }
        text.strip_prefix("sqlite:")
            .map(|rest| rest.strip_prefix("//").unwrap_or(rest))
            .filter(|path| !path.is_empty())
            .map(|path| Self::File(PathBuf::from(path)))
            .ok_or(DatabaseError)
    }
}

impl Database {
    /// Makes the file, readable by its owner only: it holds personal data.
    pub(super) fn prepare(&self) -> io::Result<()> {
        let Self::File(path) = self else { return Ok(()) };
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?;
        Ok(())
    }

    /// The URL for sqlx; any character may stand in the path.
    pub(super) fn url(&self) -> String {
        let path = match self {
            Self::File(path) => path,
            Self::Server(url) => return url.clone(),
        };
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Url::from_file_path(&absolute).map_or_else(
            |()| format!("sqlite:{}", path.display()),
            |url| format!("sqlite{}", url.as_str().trim_start_matches("file")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases() {
        assert_eq!("sqlite:a b.db".parse(), Ok(Database::File("a b.db".into())));
        assert_eq!("sqlite:///srv/a.db".parse(), Ok(Database::File("/srv/a.db".into())));
        assert!("sqlite:".parse::<Database>().is_err());
        assert!("mysql://x".parse::<Database>().is_err());
        let server: Database = "postgres://wang:hush@127.0.0.1:5433/onewindow".parse().unwrap();
        assert_eq!(server.url(), "postgres://wang:hush@127.0.0.1:5433/onewindow");
        assert!(!format!("{server:?}").contains("hush"));
        assert_eq!(Database::File("/srv/练习 1?.db".into()).url(), "sqlite:///srv/%E7%BB%83%E4%B9%A0%201%3F.db");
    }
}
