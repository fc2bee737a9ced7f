//! Layered settings: built in, system-wide, the user's own, environment, flags. The later layer wins, value by value, and each value knows
//! which layer it came from.

mod layer;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use directories::{ProjectDirs, UserDirs};
use serde::Serialize;

use crate::locale::{Arg, Language, Locale};
use crate::vault::{Policy, RecoveryError, Suite};

pub use layer::Values;
use layer::{Entry, Kind, parse_file, parse_text, parse_word, suggestion};

/// The built-in settings; also their description.
pub const BUILT_IN: &str = include_str!("../../config/settings.toml");

const SYSTEM_FILE: &str = "/etc/onewindow/settings.toml";
const PREFIX: &str = "ONEWINDOW_";
/// What the names of the backend's variables go on with.
const BACKENDS: &str = "BACKEND_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "layer", content = "name")]
pub enum Source {
    /// Compiled in.
    BuiltIn,
    /// A settings file, system-wide or the user's own.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// How lines and bars are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borders {
    /// By the terminal.
    Auto,
    /// Box-drawing characters.
    Unicode,
    /// `+-|` only.
    Ascii,
}

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// By the terminal and `NO_COLOR`.
    Auto,
    /// Whatever the terminal says.
    Always,
    /// No colours.
    Never,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Address of the backend.
    pub server: Option<String>,
    /// Language; `None`: by the system's locale.
    pub lang: Option<Language>,
    /// Folder of the clerks' vaults.
    pub data_dir: PathBuf,
    /// The clerk who uses this desk.
    pub user: Option<String>,
    /// Site id of this desk, for looking at the catalogue without a backend.
    pub site: Option<String>,
    /// Window of this desk.
    pub window: Option<String>,
    /// How lines are drawn.
    pub borders: Borders,
    /// Whether colours are used.
    pub colour: Colour,
    /// Minutes without a key after which the screen locks; `None`: never.
    pub lock_after: Option<u16>,
    /// Days that the oldest request may wait to be sent; `None`: without a limit.
    pub offline_days: Option<u16>,
    /// Requests that may wait to be sent; `None`: without a limit.
    pub offline_records: Option<u32>,
    /// Folder into which the scanner writes; `None`: no scanner.
    pub scan_folder: Option<PathBuf>,
    /// The cipher suite that seals new records of a vault.
    pub cipher: Suite,
    /// The administrator's public recovery key, as written.
    pub recovery_key: Option<String>,
    /// Days that a sent copy is kept after its final answer.
    pub keep_sent: u16,
    /// Days that a draft is kept after its last change; `None`: for ever.
    pub keep_drafts: Option<u16>,
    /// Command and arguments that print standard input; empty: no printer.
    pub print_command: Vec<String>,
    /// Command and arguments that read an identity card and write a JSON object; empty: no reader.
    pub reader_command: Vec<String>,
    /// Columns of a printed page.
    pub print_width: u16,
    /// How long a working day of the practice room's department lasts; `None`: it does not work.
    pub practice_day: Option<Duration>,
    /// The code list of areas from which the competent place of an item is picked, `id@version`.
    pub area_list: String,
    /// Folder for documents saved as text.
    pub documents_dir: PathBuf,
    entries: BTreeMap<&'static str, (Entry, Source)>,
}

/// One line of `config show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Name, as in a settings file.
    pub name: &'static str,
    /// Value, as in a settings file.
    pub value: String,
    /// Where it came from.
    pub source: Source,
}

/// What is wrong with the settings, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file that cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file that is not TOML.
    #[error("{at}: {message}")]
    Syntax {
        /// File and line.
        at: At,
        /// What the parser said.
        message: String,
    },
    /// A name that is no setting's.
    #[error("{at}: no setting `{name}`")]
    Unknown {
        /// Where.
        at: At,
        /// The name.
        name: String,
        /// The setting that was probably meant.
        suggestion: Option<String>,
    },
    /// A value that the setting cannot have.
    #[error("{at}: `{name}` cannot be {found}")]
    Value {
        /// Where.
        at: At,
        /// The setting.
        name: &'static str,
        /// What was written.
        found: String,
        /// What can be written.
        expected: Values,
    },
    /// The system has no home folder to put data in.
    #[error("no home folder for `{0}`")]
    NoHome(&'static str),
}

impl SettingsError {
    /// What is wrong, where, and what to do, in the clerk's words.
    pub fn sentence(&self, locale: &Locale) -> String {
        let place = |at: &At| Arg::from(at.sentence(locale));
        match self {
            Self::Unreadable { path, error } => locale.format(
                "settings-unreadable",
                &[("path", path.display().to_string().into()), ("detail", error.to_string().into())],
            ),
            Self::Syntax { at, message } => {
                locale.format("settings-syntax", &[("at", place(at)), ("detail", message.as_str().into())])
            }
            Self::Unknown { at, name, suggestion } => {
                let key = if suggestion.is_some() { "settings-unknown-near" } else { "settings-unknown" };
                let suggestion = suggestion.as_deref().unwrap_or_default();
                locale.format(
                    key,
                    &[("at", place(at)), ("name", name.as_str().into()), ("suggestion", suggestion.into())],
                )
            }
            Self::Value { at, name, found, expected } => {
                let (at, name, found) =
                    (("at", place(at)), ("name", Arg::from(*name)), ("found", found.as_str().into()));
                match expected {
                    Values::Text => locale.format("settings-value-text", &[at, name, found]),
                    Values::OneOf(words) => {
                        let words = ("words", words.join(", ").into());
                        locale.format("settings-value-choice", &[at, name, found, words])
                    }
                    Values::Number { least, most } => {
                        let (least, most) = (("least", Arg::from(*least)), ("most", Arg::from(*most)));
                        locale.format("settings-value-number", &[at, name, found, least, most])
                    }
                }
            }
            Self::NoHome(name) => locale.format("settings-no-home", &[("name", Arg::from(*name))]),
        }
    }
}

/// A place in a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The layer.
    pub source: Source,
    /// Line in the file, from 1.
    pub line: Option<usize>,
}

impl At {
    fn sentence(&self, locale: &Locale) -> String {
        let source = match &self.source {
            Source::BuiltIn => locale.text("settings-built-in"),
            source => source.to_string(),
        };
        let Some(line) = self.line else { return source };
        locale.format("settings-at-line", &[("source", source.into()), ("line", line.to_string().into())])
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// What the settings are made from; a test names its own.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Settings files, the weaker first. Missing ones are skipped.
    pub files: Vec<PathBuf>,
    /// Variables of the environment; only `ONEWINDOW_…` count.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags: the setting's name and its value.
    pub flags: Vec<(&'static str, String)>,
}

impl Inputs {
    /// What this machine and user have, with these flags.
    pub fn of_this_machine(flags: Vec<(&'static str, String)>) -> Self {
        Self { files: paths(), environment: std::env::vars_os().collect(), flags }
    }
}

/// The settings files that are looked for, the weaker first.
pub fn paths() -> Vec<PathBuf> {
    let own = ProjectDirs::from("", "", "onewindow").map(|dirs| dirs.config_dir().join("settings.toml"));
    [Some(PathBuf::from(SYSTEM_FILE)), own].into_iter().flatten().collect()
}

impl Settings {
    /// Puts the layers together.
    ///
    /// # Errors
    /// With the first thing that is wrong in any layer.
    pub fn load(inputs: &Inputs) -> Result<Self, SettingsError> {
        let mut entries = BTreeMap::new();
        parse_text(BUILT_IN, &Source::BuiltIn, &mut entries)?;
        for path in &inputs.files {
            parse_file(path, &mut entries)?;
        }
        for (variable, value) in &inputs.environment {
            let Some(rest) = variable.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
            if rest.starts_with(BACKENDS) {
                continue;
            }
            let source = Source::Environment(variable.to_string_lossy().into_owned());
            let name = rest.to_ascii_lowercase().replace('_', "-");
            let Some(kind) = Kind::of(&name) else {
                let suggestion =
                    suggestion(&name).map(|name| format!("{PREFIX}{}", name.to_ascii_uppercase().replace('-', "_")));
                let name = variable.to_string_lossy().into_owned();
                return Err(SettingsError::Unknown { at: At { source, line: None }, name, suggestion });
            };
            let entry = parse_word(kind, &value.to_string_lossy(), &source)?;
            entries.insert(kind.name, (entry, source));
        }
        for (name, value) in &inputs.flags {
            let source = Source::Flag(format!("--{name}"));
            let Some(kind) = Kind::of(name) else {
                let (name, at) = ((*name).to_owned(), At { source, line: None });
                let suggestion = suggestion(&name).map(str::to_owned);
                return Err(SettingsError::Unknown { at, name, suggestion });
            };
            let entry = parse_word(kind, value, &source)?;
            entries.insert(kind.name, (entry, source));
        }
        Self::from_entries(entries)
    }

    fn from_entries(entries: BTreeMap<&'static str, (Entry, Source)>) -> Result<Self, SettingsError> {
        let text = |name| match entries.get(name) {
            Some((Entry::Text(text), _)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let number = |name| match entries.get(name) {
            Some((Entry::Number(number), _)) => *number,
            _ => 0,
        };
        let folder =
            |name, usual: Option<PathBuf>| text(name).map(PathBuf::from).or(usual).ok_or(SettingsError::NoHome(name));
        let words = |name| -> Vec<String> {
            text(name).map(|command| command.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
        };
        let home = ProjectDirs::from("", "", "onewindow").map(|dirs| dirs.data_local_dir().to_owned());
        let data_dir = folder("data-dir", home)?;
        let documents = UserDirs::new().and_then(|dirs| dirs.document_dir().map(Path::to_owned));
        let documents = documents.unwrap_or_else(|| data_dir.join("documents"));
        Ok(Self {
            server: text("server"),
            lang: text("lang").filter(|lang| lang != "auto").map(|lang| Language::from_tag(&lang)),
            data_dir,
            user: text("user"),
            site: text("site"),
            window: text("window"),
            borders: match text("borders").as_deref() {
                Some("unicode") => Borders::Unicode,
                Some("ascii") => Borders::Ascii,
                _ => Borders::Auto,
            },
            colour: match text("colour").as_deref() {
                Some("always") => Colour::Always,
                Some("never") => Colour::Never,
                _ => Colour::Auto,
            },
            lock_after: Some(number("lock-after")).filter(|minutes| *minutes > 0),
            offline_days: Some(number("offline-days")).filter(|days| *days > 0),
            offline_records: Some(u32::from(number("offline-records"))).filter(|records| *records > 0),
            scan_folder: text("scan-folder").map(PathBuf::from),
            cipher: text("cipher").and_then(|name| Suite::from_name(&name)).unwrap_or_default(),
            recovery_key: text("recovery-key"),
            keep_sent: number("keep-sent"),
            keep_drafts: Some(number("keep-drafts")).filter(|days| *days > 0),
            print_command: words("print-command"),
            reader_command: words("reader-command"),
            print_width: number("print-width"),
            practice_day: Some(number("practice-day"))
                .filter(|seconds| *seconds > 0)
                .map(|seconds| Duration::from_secs(u64::from(seconds))),
            area_list: text("area-list").unwrap_or_default(),
            documents_dir: folder("documents-dir", Some(documents))?,
            entries,
        })
    }

    /// How vaults are locked at this desk.
    ///
    /// # Errors
    /// When `recovery-key` is no public key.
    pub fn policy(&self, practice: bool) -> Result<Policy, RecoveryError> {
        if practice {
            return Ok(Policy::practice(self.cipher));
        }
        Ok(Policy::live(self.cipher, self.recovery_key.as_deref().map(str::parse).transpose()?))
    }

    /// Every setting with its value and where that came from, by name. Folders left to the system are shown as they turned out.
    pub fn show(&self) -> Vec<Shown> {
        self.entries
            .iter()
            .map(|(name, (entry, source))| {
                let value = match (*name, entry) {
                    ("data-dir", Entry::Text(text)) if text.is_empty() => self.data_dir.display().to_string(),
                    ("documents-dir", Entry::Text(text)) if text.is_empty() => self.documents_dir.display().to_string(),
                    (_, entry) => entry.to_string(),
                };
                Shown { name, value, source: source.clone() }
            })
            .collect()
    }
}
