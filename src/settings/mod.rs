//! Settings in layers: built in, system-wide, the user's own, environment, flags. A later layer wins, key by key.
//!
//! A settings file is TOML with the fields of [`Settings`] as keys; the environment has the same keys as `ONEWINDOW_` in capitals (`ONEWINDOW_DATA_DIR`).
//! A key that nobody knows is refused: a misspelt one would otherwise do nothing, silently.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde::Deserialize;
use toml::{Table, Value};

use crate::locale::Language;

/// What kind of value a key has; decides how the environment's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    YesNo,
    /// A command: program and arguments. In the environment separated by blanks.
    Command,
}

/// Every key, in the order in which they are shown.
const KEYS: [(&str, Kind); 9] = [
    ("server", Kind::Text),
    ("user", Kind::Text),
    ("passphrase-file", Kind::Text),
    ("language", Kind::Text),
    ("data-dir", Kind::Text),
    ("documents-dir", Kind::Text),
    ("ascii", Kind::YesNo),
    ("print-command", Kind::Command),
    ("id-reader-command", Kind::Command),
];

const ENVIRONMENT_PREFIX: &str = "ONEWINDOW_";

/// What the program runs with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// URL of the backend.
    #[serde(default)]
    pub server: Option<String>,
    /// The clerk's sign-in name.
    #[serde(default)]
    pub user: Option<String>,
    /// File whose first line is the clerk's password, for commands without a screen.
    #[serde(default)]
    pub passphrase_file: Option<PathBuf>,
    /// `zh-CN` or `en`. Without it the locale decides.
    #[serde(default)]
    pub language: Option<String>,
    /// Folder of the clerks' vaults.
    pub data_dir: PathBuf,
    /// Folder for receipts and notices saved as text.
    pub documents_dir: PathBuf,
    /// Borders and marks of ASCII only.
    pub ascii: bool,
    /// Prints the text on its standard input.
    pub print_command: Vec<String>,
    /// Prints what the ID reader reads; none when the desk has no reader.
    #[serde(default)]
    pub id_reader_command: Vec<String>,
    /// Each key's value as it was written, and where.
    #[serde(skip)]
    sources: BTreeMap<&'static str, (Value, Origin)>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    BuiltIn,
    /// A settings file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "${name}"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file that cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A text that is no TOML, or a value of the wrong kind.
    #[error("{origin}: {reason}")]
    Format {
        /// Where it stands.
        origin: Origin,
        /// What is wrong with it.
        reason: String,
    },
    /// A key that nobody knows.
    #[error("{origin}: no setting is called {key}")]
    UnknownKey {
        /// Where it stands.
        origin: Origin,
        /// The key.
        key: String,
    },
}

/// One layer: values by key.
#[derive(Debug, Clone, Default)]
struct Layer {
    values: Vec<(&'static str, Value, Origin)>,
}

/// Where settings files are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// For the whole machine.
    pub system: PathBuf,
    /// For this user.
    pub user: PathBuf,
    /// Folder of the clerks' vaults unless a setting says otherwise.
    pub data_dir: PathBuf,
    /// Folder of saved documents unless a setting says otherwise.
    pub documents_dir: PathBuf,
}

impl Places {
    /// The places that this system's conventions give (XDG on Linux).
    pub fn of_this_user() -> Self {
        let folders = directories::ProjectDirs::from("", "", "onewindow");
        let data_dir = folders.as_ref().map_or_else(|| PathBuf::from("onewindow-data"), |dirs| dirs.data_dir().to_owned());
        let documents_dir = directories::UserDirs::new()
            .and_then(|dirs| dirs.document_dir().map(Path::to_owned))
            .map_or_else(|| data_dir.join("documents"), |documents| documents.join("onewindow"));
        Self {
            system: PathBuf::from("/etc/onewindow/config.toml"),
            user: folders
                .map_or_else(|| PathBuf::from("onewindow.toml"), |dirs| dirs.config_dir().join("config.toml")),
            data_dir,
            documents_dir,
        }
    }
}

impl Settings {
    /// Reads all layers. `flags` are keys and values as TOML would have them.
    ///
    /// # Errors
    /// When a layer cannot be read, has a key that nobody knows, or a value of the wrong kind.
    pub fn load(
        places: &Places,
        environment: impl Iterator<Item = (String, String)>,
        flags: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<Self, SettingsError> {
        let flags = Layer { values: flags.into_iter().map(|(key, value)| (key, value, Origin::Flag)).collect() };
        Self::merge([
            Layer::built_in(places),
            Layer::file(&places.system)?,
            Layer::file(&places.user)?,
            Layer::environment(environment)?,
            flags,
        ])
    }

    /// The settings without any file, environment or flag: what the program says its errors with when the others cannot be read.
    ///
    /// # Errors
    /// Never, as a test shows; the type is that of [`Self::load`].
    pub fn built_in(places: &Places) -> Result<Self, SettingsError> {
        Self::merge([Layer::built_in(places)])
    }

    fn merge(layers: impl IntoIterator<Item = Layer>) -> Result<Self, SettingsError> {
        let mut sources = BTreeMap::new();
        for (key, value, origin) in layers.into_iter().flat_map(|layer| layer.values) {
            if let Some(reason) = objection(key, &value) {
                return Err(SettingsError::Format { origin, reason: format!("{key}: {reason}") });
            }
            sources.insert(key, (value, origin));
        }
        let table: Table = sources.iter().map(|(key, (value, _))| ((*key).to_owned(), value.clone())).collect();
        let settings: Self = table.try_into().map_err(|error: toml::de::Error| SettingsError::Format {
            origin: Origin::BuiltIn,
            reason: error.to_string(),
        })?;
        Ok(Self { sources, ..settings })
    }

    /// The language that is set, if any.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref().map(Language::from_tag)
    }

    /// Key, value and origin of every setting that has a value, in the order of the documentation.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &Value, &Origin)> {
        KEYS.iter().filter_map(|(key, _)| self.sources.get(key).map(|(value, origin)| (*key, value, origin)))
    }
}

impl Layer {
    fn built_in(places: &Places) -> Self {
        let text = |path: &Path| Value::String(path.display().to_string());
        let values = [
            ("data-dir", text(&places.data_dir)),
            ("documents-dir", text(&places.documents_dir)),
            ("ascii", Value::Boolean(false)),
            ("print-command", Value::Array(vec![Value::String("lp".to_owned())])),
        ];
        Self { values: values.into_iter().map(|(key, value)| (key, value, Origin::BuiltIn)).collect() }
    }

    /// A file's layer; an absent file is an empty one.
    fn file(path: &Path) -> Result<Self, SettingsError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(SettingsError::Io { path: path.to_owned(), error }),
        };
        let origin = Origin::File(path.to_owned());
        let table: Table = text.parse().map_err(|error: toml::de::Error| SettingsError::Format {
            origin: origin.clone(),
            reason: error.to_string(),
        })?;
        let values = table.into_iter().map(|(key, value)| Ok((known(&key, &origin)?.0, value, origin.clone())));
        Ok(Self { values: values.collect::<Result<_, _>>()? })
    }

    fn environment(variables: impl Iterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let mut layer = Self::default();
        for (name, text) in variables {
            let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            let origin = Origin::Environment(name.clone());
            let (key, kind) = known(&key.to_ascii_lowercase().replace('_', "-"), &origin)?;
            let value = match kind {
                Kind::Text => Value::String(text),
                Kind::YesNo => match text.as_str() {
                    "1" | "true" => Value::Boolean(true),
                    "0" | "false" => Value::Boolean(false),
                    _ => Value::String(text),
                },
                Kind::Command => Value::Array(text.split_whitespace().map(|word| Value::String(word.to_owned())).collect()),
            };
            layer.values.push((key, value, origin));
        }
        Ok(layer)
    }
}

/// What is wrong with a value.
fn objection(key: &str, value: &Value) -> Option<&'static str> {
    let kind = KEYS.iter().find(|(name, _)| *name == key)?.1;
    match (kind, value) {
        (Kind::Text, Value::String(tag)) if key == "language" => {
            (!Language::ALL.iter().any(|language| language.tag() == tag)).then_some("zh-CN or en is wanted")
        }
        (Kind::Text, Value::String(_)) | (Kind::YesNo, Value::Boolean(_)) => None,
        (Kind::Command, Value::Array(words)) if words.iter().all(Value::is_str) => None,
        (Kind::Text, _) => Some("a text is wanted"),
        (Kind::YesNo, _) => Some("true or false is wanted"),
        (Kind::Command, _) => Some("a list of words is wanted: program and arguments"),
    }
}

fn known(key: &str, origin: &Origin) -> Result<(&'static str, Kind), SettingsError> {
    KEYS.iter()
        .find(|(name, _)| *name == key)
        .copied()
        .ok_or_else(|| SettingsError::UnknownKey { origin: origin.clone(), key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(folder: &Path) -> Places {
        Places {
            system: folder.join("system.toml"),
            user: folder.join("user.toml"),
            data_dir: folder.join("data"),
            documents_dir: folder.join("documents"),
        }
    }

    fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn without_anything_the_built_in_values_hold() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(&places(folder.path()), variables(&[("HOME", "/x")]), []).unwrap();
        assert_eq!(settings, Settings::built_in(&places(folder.path())).unwrap());
        assert_eq!(settings.data_dir, folder.path().join("data"));
        assert_eq!(settings.print_command, ["lp"]);
        assert_eq!(settings.server, None);
    }

    #[test]
    fn each_layer_wins_over_the_ones_before() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let server = |environment: &[(&str, &str)], flag: Option<&str>| {
            let flags = flag.map(|text| ("server", Value::String(text.to_owned())));
            let settings = Settings::load(&places, variables(environment), flags).unwrap();
            let origin = settings.sources.get("server").map(|(_, origin)| origin.clone());
            (settings.server.unwrap_or_default(), origin)
        };
        assert_eq!(server(&[], None), (String::new(), None));
        fs::write(&places.system, "server = 'system'\nascii = true\n").unwrap();
        assert_eq!(server(&[], None), ("system".to_owned(), Some(Origin::File(places.system.clone()))));
        fs::write(&places.user, "server = 'user'\n").unwrap();
        assert_eq!(server(&[], None), ("user".to_owned(), Some(Origin::File(places.user.clone()))));
        let environment = [("ONEWINDOW_SERVER", "environment"), ("ONEWINDOW_PRINT_COMMAND", "lp -d 1")];
        assert_eq!(server(&environment, None).0, "environment");
        assert_eq!(server(&environment, Some("flag")), ("flag".to_owned(), Some(Origin::Flag)));
        let settings = Settings::load(&places, variables(&environment), []).unwrap();
        assert!(settings.ascii, "a key of a lower layer that no higher one has stays");
        assert_eq!(settings.print_command, ["lp", "-d", "1"]);
    }

    #[test]
    fn what_is_wrong_is_refused_where_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        for (text, said) in [
            ("sever = 'x'", "no setting is called sever"),
            ("server = 3", "server: a text is wanted"),
            ("print-command = 'lp'", "print-command: a list of words"),
            ("language = 'fr'", "zh-CN or en"),
            ("server = ", "user.toml"),
        ] {
            fs::write(&places.user, text).unwrap();
            let error = Settings::load(&places, variables(&[]), []).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("user.toml"), "{text}: {error}");
        }
        fs::remove_file(&places.user).unwrap();
        for (name, text) in [("ONEWINDOW_SEVER", "x"), ("ONEWINDOW_ASCII", "perhaps"), ("ONEWINDOW_LANGUAGE", "fr")] {
            let error = Settings::load(&places, variables(&[(name, text)]), []).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn every_key_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let all = KEYS.map(|(key, kind)| {
            let value = match kind {
                Kind::Text => Value::String("en".to_owned()),
                Kind::YesNo => Value::Boolean(true),
                Kind::Command => Value::Array(vec![Value::String("en".to_owned())]),
            };
            (key, value)
        });
        let settings = Settings::load(&places(folder.path()), variables(&[]), all).unwrap();
        let shown: Vec<_> = settings.entries().map(|(key, _, origin)| (key, origin.clone())).collect();
        assert_eq!(shown, KEYS.map(|(key, _)| (key, Origin::Flag)));
    }
}
