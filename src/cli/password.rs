//! The clerk's password: from a file, from the terminal without showing it, or from standard input.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use zeroize::Zeroizing;

use super::context::Context;
use super::failure::{Exit, Failure};
use crate::vault::LEAST_PASSWORD;

/// The password of a clerk. `known` is taken when none was given: the practice clerk's is no secret.
pub(super) fn ask(context: &Context, user: &str, known: Option<&str>) -> Result<String, Failure> {
    if let Some(given) = given(context)? {
        return Ok(given);
    }
    if let Some(known) = known {
        return Ok(known.to_owned());
    }
    if let Some(typed) = context.typed.get() {
        return Ok(typed.to_string());
    }
    let password = if io::stdin().is_terminal() {
        let prompt = context.format("cli-password", &[("user", user)]);
        typed(&prompt)?.ok_or_else(|| context.fail(Exit::Locked, "cli-no-password", &[]))?
    } else {
        first_line(&mut io::stdin().lock())?
    };
    if password.is_empty() {
        return Err(context.fail(Exit::Locked, "cli-no-password", &[]));
    }
    Ok(context.typed.get_or_init(|| Zeroizing::new(password)).to_string())
}

/// The password in the file that was named, if one was.
pub(super) fn given(context: &Context) -> Result<Option<String>, Failure> {
    context.globals.passphrase_file.as_deref().map(|path| in_file(context, path)).transpose()
}

/// A new password: from a file, or typed twice.
pub(super) fn new(context: &Context, file: Option<&Path>) -> Result<String, Failure> {
    let once = secret(context, file, "cli-new-password")?;
    if file.is_none() && io::stdin().is_terminal() {
        let again = secret(context, None, "cli-new-password-again")?;
        if once != again {
            return Err(context.fail(Exit::Refused, "trouble-passwords-differ", &[]));
        }
    }
    if once.chars().count() < LEAST_PASSWORD {
        let least = LEAST_PASSWORD.to_string();
        return Err(context.fail(Exit::Refused, "trouble-password-short", &[("least", &least)]));
    }
    Ok(once)
}

/// A secret: from a file, or typed unseen, or the next line of standard input.
pub(super) fn secret(context: &Context, file: Option<&Path>, prompt: &str) -> Result<String, Failure> {
    if let Some(path) = file {
        return in_file(context, path);
    }
    let secret = if io::stdin().is_terminal() {
        typed(&context.text(prompt))?.unwrap_or_default()
    } else {
        first_line(&mut io::stdin().lock())?
    };
    if secret.is_empty() { Err(context.fail(Exit::Locked, "cli-no-password", &[])) } else { Ok(secret) }
}

fn in_file(context: &Context, path: &Path) -> Result<String, Failure> {
    let read = |path: &Path| first_line(&mut io::BufReader::new(fs::File::open(path)?));
    let password = read(path).map_err(|error| {
        let (path, reason) = (path.display().to_string(), error.to_string());
        context.fail(Exit::Locked, "cli-passphrase-file", &[("path", &path), ("reason", &reason)])
    })?;
    if password.is_empty() { Err(context.fail(Exit::Locked, "cli-no-password", &[])) } else { Ok(password) }
}

fn first_line(input: &mut dyn io::BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Raw mode, given back whatever happens.
struct Unseen;

impl Drop for Unseen {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
        super::output::note("");
    }
}

/// A line typed unseen. `None`: the clerk gave up.
fn typed(prompt: &str) -> io::Result<Option<String>> {
    let mut terminal = io::stderr().lock();
    write!(terminal, "{prompt} ")?;
    terminal.flush()?;
    drop(terminal);
    enable_raw_mode()?;
    let _unseen = Unseen;
    let mut line = String::new();
    loop {
        let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press, .. }) = read()? else { continue };
        let with_control = modifiers.contains(KeyModifiers::CONTROL);
        match code {
            KeyCode::Enter => return Ok(Some(line)),
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if with_control => return Ok(None),
            KeyCode::Char('u') if with_control => line.clear(),
            KeyCode::Char(character) if !with_control => line.push(character),
            KeyCode::Backspace => {
                line.pop();
            }
            _ => {}
        }
    }
}
