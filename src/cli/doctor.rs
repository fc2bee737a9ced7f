//! `onewindow doctor`: what on this machine would get in the way, and what to do about it.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use jiff::Timestamp;
use serde::Serialize;

use super::Globals;
use super::context::language;
use super::failure::{Exit, Failure};
use super::terminal::{is_utf8, locale_name, variable};
use super::{output, server};
use crate::api::ApiError;
use crate::locale::{Arg, Language, Locale};
use crate::settings::{Settings, SettingsError};
use crate::vault::{Door, DoorState, Vault, Warning};

/// The least size at which everything can be done.
const LEAST_SIZE: (u16, u16) = (80, 24);

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    Warn,
    Bad,
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// Stable name, for programs.
    check: &'static str,
    state: State,
    /// What was found, and for anything but `ok` what to do.
    message: String,
}

/// Collects findings, in the reader's language.
struct Doctor {
    locale: Arc<Locale>,
    findings: Vec<Finding>,
}

impl Doctor {
    fn find(&mut self, check: &'static str, state: State, key: &str, detail: &str) {
        let message = self.locale.format(key, &[("detail", Arg::from(detail))]);
        self.findings.push(Finding { check, state, message });
    }

    fn locale(&mut self) {
        let name = locale_name(&variable).unwrap_or_else(|| "C".to_owned());
        if is_utf8(&variable) {
            self.find("locale", State::Ok, "cli-doctor-locale-ok", &name);
        } else {
            self.find("locale", State::Bad, "cli-doctor-locale-bad", &name);
        }
    }

    fn terminal(&mut self) {
        match variable("TERM").as_deref() {
            None | Some("dumb") => self.find("term", State::Bad, "cli-doctor-term-bad", ""),
            Some(term) => self.find("term", State::Ok, "cli-doctor-term-ok", term),
        }
        match crossterm::terminal::size() {
            Ok((columns, rows)) if columns > 0 && rows > 0 => {
                let size = format!("{columns}×{rows}");
                if columns >= LEAST_SIZE.0 && rows >= LEAST_SIZE.1 {
                    self.find("size", State::Ok, "cli-doctor-size-ok", &size);
                } else {
                    self.find("size", State::Warn, "cli-doctor-size-small", &size);
                }
            }
            _ => self.find("size", State::Warn, "cli-doctor-size-unknown", ""),
        }
    }

    fn data_folder(&mut self, folder: &Path) {
        let shown = folder.display().to_string();
        // The folder is made at the first start: until then what counts is where it would be.
        let existing = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
        if !writable(existing) {
            return self.find("data-dir", State::Bad, "cli-doctor-data-unwritable", &shown);
        }
        match Vault::look_at(existing) {
            Err(error) => self.find("data-dir", State::Bad, "cli-doctor-data-unreadable", &format!("{shown}: {error}")),
            Ok(warnings) => {
                let before = self.findings.len();
                for warning in warnings {
                    match warning {
                        Warning::NetworkFolder(kind) => {
                            let detail = format!("{shown} ({kind})");
                            self.find("data-dir", State::Warn, "cli-doctor-data-network", &detail);
                        }
                        Warning::OpenFolder if existing == folder => {
                            self.find("data-dir", State::Warn, "cli-doctor-data-open", &shown);
                        }
                        // A folder yet to be made will be closed to others.
                        Warning::OpenFolder => {}
                    }
                }
                if !self.findings.iter().skip(before).any(|finding| finding.check == "data-dir") {
                    self.find("data-dir", State::Ok, "cli-doctor-data-ok", &shown);
                }
            }
        }
    }

    /// The local store of the clerk whom the settings name. Without the password only its doors can be looked at.
    fn vault(&mut self, settings: &Settings) {
        let Some(user) = settings.user.as_deref() else { return };
        let policy = match settings.policy(false) {
            Ok(policy) => policy,
            Err(error) => return self.find("vault", State::Bad, "cli-doctor-vault-setting", &error.to_string()),
        };
        let door = Door::new(&settings.data_dir, user, policy);
        match (door.state(Timestamp::now()), settings.cipher.name()) {
            (DoorState::None, _) => self.find("vault", State::Ok, "cli-doctor-vault-none", user),
            (DoorState::Unsealed, _) => self.find("vault", State::Warn, "cli-doctor-vault-unsealed", user),
            (DoorState::KeysMissing, _) => self.find("vault", State::Bad, "cli-doctor-vault-keys", user),
            (DoorState::Closed, _) => self.find("vault", State::Warn, "cli-doctor-vault-closed", user),
            (DoorState::Sealed { recovery: false }, _) => {
                self.find("vault", State::Warn, "cli-doctor-vault-no-recovery", user);
            }
            (DoorState::Sealed { recovery: true }, suite) => {
                self.find("vault", State::Ok, "cli-doctor-vault-ok", &format!("{user}, {suite}"));
            }
        }
    }

    fn backend(&mut self, url: Option<&str>) -> Result<(), Failure> {
        let Some(url) = url else {
            self.find("backend", State::Warn, "cli-doctor-backend-none", "");
            return Ok(());
        };
        let client = server::runtime()?.block_on(async {
            let client = server::reach(url).await.map_err(|error| error.to_string())?;
            let answer = client.meta().await;
            Ok::<_, String>((client.is_practice(), answer))
        });
        match client {
            Err(reason) => self.find("backend", State::Bad, "cli-doctor-backend-address", &reason),
            Ok((true, Ok(_))) => self.find("backend", State::Warn, "cli-doctor-backend-practice", url),
            Ok((false, Ok(_))) => self.find("backend", State::Ok, "cli-doctor-backend-ok", url),
            Ok((_, Err(ApiError::CaptivePortal))) => {
                self.find("backend", State::Bad, "cli-doctor-backend-captive", url);
            }
            Ok((_, Err(error))) => {
                self.find("backend", State::Bad, "cli-doctor-backend-bad", &format!("{url}: {error}"));
            }
        }
        Ok(())
    }

    fn printer(&mut self, command: &[String]) {
        match command.first() {
            None => self.find("printer", State::Warn, "cli-doctor-printer-none", ""),
            Some(program) if found(program, env::var_os("PATH").as_deref()) => {
                self.find("printer", State::Ok, "cli-doctor-printer-ok", program);
            }
            Some(program) => self.find("printer", State::Warn, "cli-doctor-printer-missing", program),
        }
    }
}

pub(super) fn run(settings: Result<Settings, SettingsError>, globals: &Globals) -> Result<(), Failure> {
    let flag = globals.lang.as_deref().map(Language::from_tag);
    let set = flag.or_else(|| settings.as_ref().ok().and_then(|settings| settings.lang));
    let mut doctor = Doctor { locale: Locale::of(language(set)), findings: Vec::new() };
    doctor.locale();
    doctor.terminal();
    match settings {
        Err(error) => {
            let reason = error.sentence(&doctor.locale);
            doctor.find("settings", State::Bad, "cli-doctor-settings-bad", &reason);
        }
        Ok(settings) => {
            doctor.find("settings", State::Ok, "cli-doctor-settings-ok", "");
            doctor.data_folder(&settings.data_dir);
            doctor.vault(&settings);
            doctor.backend(settings.server.as_deref())?;
            doctor.printer(&settings.print_command);
        }
    }
    let Doctor { locale, findings } = doctor;
    if globals.json {
        output::print_json(&findings)?;
    } else {
        let rows: Vec<[String; 2]> = findings
            .iter()
            .map(|finding| {
                let state = match finding.state {
                    State::Ok => "cli-doctor-ok",
                    State::Warn => "cli-doctor-warn",
                    State::Bad => "cli-doctor-bad",
                };
                [locale.text(state), finding.message.clone()]
            })
            .collect();
        output::print_table(&rows)?;
    }
    if findings.iter().any(|finding| finding.state == State::Bad) {
        Err(Failure::Silent(Exit::Refused))
    } else {
        Ok(())
    }
}

/// Whether files can be made in a folder: tried, since permissions alone do not tell on every file system.
fn writable(folder: &Path) -> bool {
    let trial = folder.join(format!(".onewindow-doctor-{}", std::process::id()));
    let made = fs::OpenOptions::new().write(true).create_new(true).open(&trial).is_ok();
    made && fs::remove_file(&trial).is_ok()
}

/// Whether a program is found, by path or in the folders of `PATH`.
fn found(program: &str, path: Option<&OsStr>) -> bool {
    let runs = |file: &Path| {
        fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return runs(Path::new(program));
    }
    path.is_some_and(|path| env::split_paths(path).any(|folder| runs(&folder.join(program))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_looked_for_where_a_shell_would() {
        let folder = tempfile::tempdir().unwrap();
        let (program, text) = (folder.path().join("print"), folder.path().join("text"));
        fs::write(&program, "").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(&text, "").unwrap();
        let path = env::join_paths(["/nonexistent".as_ref(), folder.path()]).unwrap();
        assert!(found("print", Some(&path)));
        assert!(found(program.to_str().unwrap(), None));
        assert!(!found("text", Some(&path)), "a file that does not run is no program");
        assert!(!found("print", None));
    }

    #[test]
    fn a_folder_is_tried_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert!(writable(folder.path()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(!writable(&folder.path().join("missing")));
    }
}
