//! The settings of `onewindow-backend`, in layers: built in, a file, the environment, flags. The later wins, value by value.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use jiff::Timestamp;
use serde::Deserialize;
use toml::{Table, Value};

use super::config::{Attachments, CatalogueSource, Config, Database, Department, Limits, TlsFiles, Transport};
use super::uploads::s3;

/// The built-in settings; also their description.
pub const BUILT_IN: &str = include_str!("../../config/backend.toml");

/// The file that is read when none is named; it need not be there.
pub const SYSTEM_FILE: &str = "/etc/onewindow/backend.toml";

/// What the names of variables begin with.
pub const PREFIX: &str = "ONEWINDOW_BACKEND_";

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file that cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Text that is not TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// Where.
        place: String,
        /// What the parser said.
        message: String,
    },
    /// A name that is no setting's.
    #[error("{place}: no setting `{name}`; config/backend.toml describes every one")]
    Unknown {
        /// Where.
        place: String,
        /// The name.
        name: String,
    },
    /// A value that the setting cannot have. It is not repeated: it may be a secret.
    #[error("{place}: `{name}` {wanted}")]
    Value {
        /// Where.
        place: String,
        /// The setting.
        name: String,
        /// What can be written.
        wanted: String,
    },
    /// Two settings that do not go together.
    #[error("{0}")]
    Together(&'static str),
    /// The bucket cannot be used.
    #[error("attachments: {0}")]
    Bucket(#[from] object_store::Error),
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what is odd.
    Warn,
    /// And what was done.
    Info,
    /// And how.
    Debug,
}

/// What the settings are made from.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The file that was named.
    pub file: Option<PathBuf>,
    /// Variables of the environment; only `ONEWINDOW_BACKEND_…` count.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags: the setting's name and its value.
    pub flags: Vec<(&'static str, String)>,
}

/// The settings in force.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    listen: SocketAddr,
    database: String,
    attachments: String,
    s3_endpoint: String,
    s3_region: String,
    catalogue: String,
    practice: bool,
    number_prefix: String,
    number_pattern: String,
    practice_day: u64,
    practice_seed: u64,
    tls_certificate: String,
    tls_key: String,
    behind_tls_proxy: bool,
    metrics_for_all: bool,
    /// How much is logged.
    pub log_level: LogLevel,
    /// How the log is written.
    pub log_format: LogFormat,
    upload_bytes: u64,
    upload_types: Vec<String>,
    connections: usize,
    connections_per_address: usize,
    header_timeout: u64,
    requests_per_clerk: u32,
    requests_per_address: u32,
    sign_ins_per_address: u32,
}

impl Settings {
    /// Puts the layers together.
    ///
    /// # Errors
    /// With the first thing that is wrong in any layer.
    pub fn load(inputs: &Inputs) -> Result<Self, SettingsError> {
        let mut settings = Layers { table: parse(BUILT_IN, "built in")? };
        let (path, named) = match &inputs.file {
            Some(path) => (path.as_path(), true),
            None => (Path::new(SYSTEM_FILE), false),
        };
        match fs::read_to_string(path) {
            Ok(text) => {
                let place = path.display().to_string();
                for (name, value) in parse(&text, &place)? {
                    settings.put(&place, &name, value)?;
                }
            }
            Err(error) if !named && error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(SettingsError::Unreadable { path: path.to_owned(), error }),
        }
        for (variable, value) in &inputs.environment {
            let Some(name) = variable.to_str().and_then(|variable| variable.strip_prefix(PREFIX)) else { continue };
            let name = name.to_ascii_lowercase().replace('_', "-");
            settings.put_word(&variable.to_string_lossy(), &name, &value.to_string_lossy())?;
        }
        for (name, value) in &inputs.flags {
            settings.put_word(&format!("--{name}"), name, value)?;
        }
        settings.finish()
    }

    /// What a backend is started with by these settings.
    ///
    /// # Errors
    /// When they do not go together.
    pub fn config(self) -> Result<Config, SettingsError> {
        let value = |name: &str, wanted: &str| SettingsError::Value {
            place: "settings".to_owned(),
            name: name.to_owned(),
            wanted: wanted.to_owned(),
        };
        let database: Database = self.database.parse().map_err(|error| value("database", &format!("is {error}")))?;
        let attachments = match self.attachments.strip_prefix("s3://") {
            Some("") => return Err(value("attachments", "names no bucket: write s3://BUCKET")),
            Some(bucket) => s3::attachments(&s3::Bucket {
                name: bucket.trim_end_matches('/').to_owned(),
                endpoint: self.s3_endpoint,
                region: self.s3_region,
            })?,
            None => Attachments::Folder(attachments_folder(&self.attachments, &database)),
        };
        let transport = match (self.tls_certificate.as_str(), self.tls_key.as_str(), self.behind_tls_proxy) {
            ("", "", false) => Transport::Plain,
            ("", "", true) => Transport::BehindTlsProxy,
            ("", _, _) | (_, "", _) => {
                return Err(SettingsError::Together("tls-certificate and tls-key belong together: set both or none"));
            }
            (_, _, true) => {
                return Err(SettingsError::Together(
                    "with a certificate of its own no TLS proxy stands before the backend",
                ));
            }
            (certificate, key, false) => Transport::Tls(TlsFiles { certificate: certificate.into(), key: key.into() }),
        };
        let unless_practice = |rate: u32| if self.practice { 0 } else { rate };
        Ok(Config {
            listen: self.listen,
            database,
            attachments,
            catalogue: match self.catalogue.as_str() {
                "" => CatalogueSource::BuiltIn,
                folder => CatalogueSource::Folder(folder.into()),
            },
            practice: self.practice,
            number_prefix: Some(self.number_prefix).filter(|prefix| !prefix.is_empty()),
            number_pattern: Some(self.number_pattern).filter(|pattern| !pattern.is_empty()),
            department: (self.practice_day > 0)
                .then(|| Department { day: Duration::from_secs(self.practice_day), seed: self.practice_seed }),
            transport,
            limits: Limits {
                upload_bytes: self.upload_bytes,
                upload_types: self.upload_types,
                connections: self.connections,
                connections_per_address: self.connections_per_address,
                header_timeout: Some(self.header_timeout).filter(|seconds| *seconds > 0).map(Duration::from_secs),
                requests_per_clerk: unless_practice(self.requests_per_clerk),
                requests_per_address: unless_practice(self.requests_per_address),
                sign_ins_per_address: unless_practice(self.sign_ins_per_address),
            },
            metrics_for_all: self.metrics_for_all,
            clock: Timestamp::now,
        })
    }
}

/// The folder of the attachments when none is named: beside the SQLite file, so that both are found and backed up together.
fn attachments_folder(named: &str, database: &Database) -> PathBuf {
    match database {
        _ if !named.is_empty() => named.into(),
        Database::File(file) => file.with_extension("attachments"),
        Database::Server(_) => "onewindow-attachments".into(),
    }
}

/// The layers put over each other so far: every setting, with a value of its own kind.
struct Layers {
    table: Table,
}

impl Layers {
    fn put(&mut self, place: &str, name: &str, value: Value) -> Result<(), SettingsError> {
        let Some(there) = self.table.get_mut(name) else {
            return Err(SettingsError::Unknown { place: place.to_owned(), name: name.to_owned() });
        };
        if !there.same_type(&value) {
            return Err(SettingsError::Value {
                place: place.to_owned(),
                name: name.to_owned(),
                wanted: format!("is a {}, not a {}", there.type_str(), value.type_str()),
            });
        }
        *there = value;
        // Looked at where it stands, so that an error names the place.
        self.finish_as(place, name).map(drop)
    }

    /// A value from a variable or flag, as the kind of value that the setting has.
    fn put_word(&mut self, place: &str, name: &str, word: &str) -> Result<(), SettingsError> {
        let wrong = |wanted: &str| SettingsError::Value {
            place: place.to_owned(),
            name: name.to_owned(),
            wanted: wanted.to_owned(),
        };
        let value = match self.table.get(name) {
            Some(Value::Integer(_)) => Value::Integer(word.trim().parse().map_err(|_| wrong("is a whole number"))?),
            Some(Value::Boolean(_)) => Value::Boolean(word.trim().parse().map_err(|_| wrong("is true or false"))?),
            Some(Value::Array(_)) => {
                let words = word.split(',').map(str::trim).filter(|word| !word.is_empty());
                Value::Array(words.map(|word| Value::String(word.to_owned())).collect())
            }
            _ => Value::String(word.to_owned()),
        };
        self.put(place, name, value)
    }

    fn finish(&self) -> Result<Settings, SettingsError> {
        self.finish_as("built in", "")
    }

    fn finish_as(&self, place: &str, name: &str) -> Result<Settings, SettingsError> {
        self.table.clone().try_into().map_err(|_: toml::de::Error| SettingsError::Value {
            place: place.to_owned(),
            name: name.to_owned(),
            wanted: format!("cannot be that; config/backend.toml tells what it can be ({SYSTEM_FILE} is such a file)"),
        })
    }
}

fn parse(text: &str, place: &str) -> Result<Table, SettingsError> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(""));
        SettingsError::Syntax {
            place: format!("{place}, line {}", before.matches('\n').count() + 1),
            message: error.message().replace('\n', ", "),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(
        file: Option<&str>,
        environment: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backend.toml");
        fs::write(&path, file.unwrap_or_default()).unwrap();
        let inputs = Inputs {
            file: Some(path.clone()),
            environment: environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            flags: flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        };
        Settings::load(&inputs).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
    }

    #[test]
    fn a_later_layer_wins_value_by_value() {
        let file = "listen = \"127.0.0.1:1\"\nupload-bytes = 7\npractice = true\n";
        let environment = [
            ("ONEWINDOW_BACKEND_LISTEN", "127.0.0.1:2"),
            ("ONEWINDOW_BACKEND_UPLOAD_TYPES", "image/png, application/pdf"),
            ("ONEWINDOW_SERVER", "someone else's"),
        ];
        let settings = load(Some(file), &environment, &[("listen", "[::1]:3"), ("log-format", "json")]).unwrap();
        assert_eq!(settings.listen, "[::1]:3".parse().unwrap());
        assert_eq!(settings.log_format, LogFormat::Json);
        assert_eq!((settings.upload_bytes, settings.practice), (7, true));
        let config = settings.config().unwrap();
        assert_eq!(config.limits.upload_types, ["image/png", "application/pdf"]);
        assert_eq!(config.limits.requests_per_clerk, 0, "practice knows no rates");
        assert_eq!(load(None, &[], &[]).unwrap().config().unwrap().limits.requests_per_clerk, 300);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_secrets() {
        for (file, environment, wanted) in [
            ("listn = \"x\"", None, "FILE: no setting `listn`"),
            ("listen = 3", None, "FILE: `listen` is a string, not a integer"),
            ("a = ", None, "FILE, line 1: "),
            ("practice = true\nlisten = \"nowhere\"", None, "FILE: `listen` cannot be that"),
            (
                "",
                Some(("ONEWINDOW_BACKEND_PRACTICE", "maybe")),
                "ONEWINDOW_BACKEND_PRACTICE: `practice` is true or false",
            ),
            (
                "",
                Some(("ONEWINDOW_BACKEND_CONNECTIONS", "-1")),
                "ONEWINDOW_BACKEND_CONNECTIONS: `connections` cannot be",
            ),
            ("", Some(("ONEWINDOW_BACKEND_NOTHING", "")), "ONEWINDOW_BACKEND_NOTHING: no setting `nothing`"),
        ] {
            let error = load(Some(file), environment.as_slice(), &[]).err().unwrap();
            assert!(error.starts_with(wanted), "{error}");
        }
        let secret = load(None, &[("ONEWINDOW_BACKEND_DATABASE", "mysql://wang:hush@host/x")], &[]).unwrap();
        let error = secret.config().unwrap_err().to_string();
        assert!(error.contains("database") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn tls_is_whole_or_not_there() {
        let transport = |flags: &[(&'static str, &str)]| {
            load(None, &[], flags).unwrap().config().map(|config| config.transport).map_err(|error| error.to_string())
        };
        assert_eq!(transport(&[]), Ok(Transport::Plain));
        assert_eq!(transport(&[("behind-tls-proxy", "true")]), Ok(Transport::BehindTlsProxy));
        let files = TlsFiles { certificate: "a.pem".into(), key: "b.pem".into() };
        assert_eq!(transport(&[("tls-certificate", "a.pem"), ("tls-key", "b.pem")]), Ok(Transport::Tls(files)));
        assert!(transport(&[("tls-certificate", "a.pem")]).is_err());
        let both = [("tls-certificate", "a.pem"), ("tls-key", "b.pem"), ("behind-tls-proxy", "true")];
        assert!(transport(&both).is_err());
    }

    #[test]
    fn attachments_lie_beside_the_database() {
        let file =
            |database: &str| match load(None, &[], &[("database", database)]).unwrap().config().unwrap().attachments {
                Attachments::Folder(folder) => folder,
                Attachments::Store(_) => panic!("no folder"),
            };
        assert_eq!(file("sqlite:/srv/office.sqlite"), Path::new("/srv/office.attachments"));
        assert_eq!(file("postgres://h/x"), Path::new("onewindow-attachments"));
        let bucket = load(None, &[], &[("attachments", "s3://files"), ("s3-endpoint", "http://127.0.0.1:9")]).unwrap();
        assert!(matches!(bucket.config().unwrap().attachments, Attachments::Store(_)));
        assert!(load(None, &[], &[("attachments", "s3://")]).unwrap().config().is_err());
    }
}
