//! Printing: the text goes to the standard input of the command that the settings name.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::locale::Locale;
use crate::text::{Lines, sanitize};

/// Longest that a print command may take; spoolers answer at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes of a command's complaint that are kept.
const COMPLAINT: usize = 400;

/// A document that was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The settings name no printer.
    #[error("no print command is set")]
    NoPrinter,
    /// The command does not start.
    #[error("cannot start the print command `{command}`: {source}")]
    Start {
        /// The command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The command did not take the text.
    #[error("the print command `{command}` did not take the text: {source}")]
    Feed {
        /// The command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The command reported a failure.
    #[error("the print command `{command}` failed ({status}): {complaint}")]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote to its standard error, without control characters.
        complaint: String,
    },
    /// The command did not end in time and was stopped.
    #[error("the print command `{command}` took longer than {} s and was stopped", patience.as_secs())]
    TooSlow {
        /// The command.
        command: String,
        /// The time it was given.
        patience: Duration,
    },
}

impl PrintError {
    /// What is wrong and what to do, in the clerk's words.
    pub fn sentence(&self, locale: &Locale) -> String {
        let told = |key, command: &str, detail: String| {
            locale.format(key, &[("command", command.into()), ("detail", detail.into())])
        };
        match self {
            Self::NoPrinter => locale.text("device-print-none"),
            Self::Start { command, source } => told("device-print-start", command, source.to_string()),
            Self::Feed { command, source } => told("device-print-feed", command, source.to_string()),
            Self::Failed { command, complaint, .. } => told("device-print-failed", command, complaint.clone()),
            Self::TooSlow { command, patience } => locale.format(
                "device-print-slow",
                &[("command", command.as_str().into()), ("seconds", patience.as_secs().into())],
            ),
        }
    }
}

/// Prints a text with `command`: a program and its arguments.
///
/// # Errors
/// When the command is missing, fails, or takes longer than `patience`; it is stopped then.
pub async fn print(command: &[String], text: &str, patience: Duration) -> Result<(), PrintError> {
    let Some((program, arguments)) = command.split_first() else { return Err(PrintError::NoPrinter) };
    let command = || program.clone();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| PrintError::Start { command: command(), source })?;
    let input = child.stdin.take();
    let feed = async {
        let Some(mut input) = input else { return Ok(()) };
        input.write_all(text.as_bytes()).await?;
        input.shutdown().await
    };
    let work = async { tokio::join!(feed, child.wait_with_output()) };
    let Ok((fed, output)) = timeout(patience, work).await else {
        return Err(PrintError::TooSlow { command: command(), patience });
    };
    let output = output.map_err(|source| PrintError::Feed { command: command(), source })?;
    if !output.status.success() {
        let complaint = output.stderr.get(..COMPLAINT).unwrap_or(&output.stderr);
        let complaint = sanitize(&String::from_utf8_lossy(complaint), Lines::Join);
        return Err(PrintError::Failed { command: command(), status: output.status, complaint });
    }
    fed.map_err(|source| PrintError::Feed { command: command(), source })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn the_command_gets_the_text() {
        let dir = TempDir::new().unwrap();
        let page = dir.path().join("page");
        // longer than a pipe holds
        let text = "收件凭证\n".repeat(20_000);
        print(&shell(&format!("cat > '{}'", page.display())), &text, PATIENCE).await.unwrap();
        assert_eq!(fs::read_to_string(page).unwrap(), text);
    }

    #[tokio::test]
    async fn a_failure_says_what_the_command_said() {
        let error = print(&shell("cat >/dev/null; printf 'no\\033[1m paper\\n' >&2; exit 3"), "x", PATIENCE).await;
        let Err(PrintError::Failed { complaint, status, .. }) = error else { panic!("{error:?}") };
        assert_eq!((complaint.trim(), status.code()), ("no paper", Some(3)));
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_stopped() {
        let error = print(&shell("exec sleep 60"), "x", Duration::from_millis(100)).await;
        assert!(matches!(error, Err(PrintError::TooSlow { .. })), "{error:?}");
    }

    #[tokio::test]
    async fn a_missing_command_is_named() {
        let error = print(&["no-such-printer".to_owned()], "x", PATIENCE).await;
        assert!(matches!(error, Err(PrintError::Start { command, .. }) if command == "no-such-printer"));
        assert!(matches!(print(&[], "x", PATIENCE).await, Err(PrintError::NoPrinter)));
    }

    #[tokio::test]
    async fn a_command_that_does_not_read_is_a_failure() {
        let text = "x".repeat(1 << 20);
        let error = print(&shell("exit 0"), &text, PATIENCE).await;
        assert!(matches!(error, Err(PrintError::Feed { .. })), "{error:?}");
    }
}
