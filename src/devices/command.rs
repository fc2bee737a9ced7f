//! A device is an external command that the settings name: text goes to its standard input, what it answers comes from its output.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::locale::Locale;
use crate::text::{Lines, sanitize};

/// Bytes of a command's complaint that are kept.
const COMPLAINT: usize = 400;

/// A device that did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The settings name no command.
    #[error("no command is set for `{setting}`")]
    NotSet {
        /// The setting that would name it.
        setting: &'static str,
    },
    /// The command does not start.
    #[error("cannot start the command `{command}`: {source}")]
    Start {
        /// The command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The command did not take the text.
    #[error("the command `{command}` did not take the text: {source}")]
    Feed {
        /// The command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The command reported a failure.
    #[error("the command `{command}` failed ({status}): {complaint}")]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote to its standard error, without control characters.
        complaint: String,
    },
    /// The command did not end in time and was stopped.
    #[error("the command `{command}` took longer than {} s and was stopped", patience.as_secs())]
    TooSlow {
        /// The command.
        command: String,
        /// The time it was given.
        patience: Duration,
    },
}

impl DeviceError {
    /// What is wrong and what to do, in the clerk's words.
    pub fn sentence(&self, locale: &Locale) -> String {
        let told = |key, command: &str, detail: String| {
            locale.format(key, &[("command", command.into()), ("detail", detail.into())])
        };
        match self {
            Self::NotSet { setting } => locale.format("device-none", &[("setting", (*setting).into())]),
            Self::Start { command, source } => told("device-start", command, source.to_string()),
            Self::Feed { command, source } => told("device-feed", command, source.to_string()),
            Self::Failed { command, complaint, .. } => told("device-failed", command, complaint.clone()),
            Self::TooSlow { command, patience } => locale
                .format("device-slow", &[("command", command.as_str().into()), ("seconds", patience.as_secs().into())]),
        }
    }
}

/// Runs the command that `setting` names, a program and its arguments, on a text. Gives what it wrote to its standard output.
///
/// # Errors
/// When there is no command, it fails, does not take the text, or takes longer than `patience`; it is stopped then.
pub async fn run(
    setting: &'static str,
    command: &[String],
    text: &str,
    patience: Duration,
) -> Result<Vec<u8>, DeviceError> {
    let Some((program, arguments)) = command.split_first() else { return Err(DeviceError::NotSet { setting }) };
    let command = || program.clone();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| DeviceError::Start { command: command(), source })?;
    let input = child.stdin.take();
    let feed = async {
        let Some(mut input) = input else { return Ok(()) };
        input.write_all(text.as_bytes()).await?;
        input.shutdown().await
    };
    let work = async { tokio::join!(feed, child.wait_with_output()) };
    let Ok((fed, output)) = timeout(patience, work).await else {
        return Err(DeviceError::TooSlow { command: command(), patience });
    };
    let output = output.map_err(|source| DeviceError::Feed { command: command(), source })?;
    if !output.status.success() {
        let complaint = output.stderr.get(..COMPLAINT).unwrap_or(&output.stderr);
        let complaint = sanitize(&String::from_utf8_lossy(complaint), Lines::Join);
        return Err(DeviceError::Failed { command: command(), status: output.status, complaint });
    }
    fed.map_err(|source| DeviceError::Feed { command: command(), source })?;
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    const SETTING: &str = "print-command";
    const PATIENCE: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn the_command_gets_the_text() {
        let dir = TempDir::new().unwrap();
        let page = dir.path().join("page");
        // longer than a pipe holds
        let text = "收件凭证\n".repeat(20_000);
        run(SETTING, &shell(&format!("cat > '{}'", page.display())), &text, PATIENCE).await.unwrap();
        assert_eq!(fs::read_to_string(page).unwrap(), text);
    }

    #[tokio::test]
    async fn what_it_answers_comes_back() {
        let answer = run(SETTING, &shell("cat >/dev/null; echo read"), "x", PATIENCE).await;
        assert_eq!(answer.unwrap(), b"read\n");
    }

    #[tokio::test]
    async fn a_failure_says_what_the_command_said() {
        let error =
            run(SETTING, &shell("cat >/dev/null; printf 'no\\033[1m paper\\n' >&2; exit 3"), "x", PATIENCE).await;
        let Err(DeviceError::Failed { complaint, status, .. }) = error else { panic!("{error:?}") };
        assert_eq!((complaint.trim(), status.code()), ("no paper", Some(3)));
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_stopped() {
        let error = run(SETTING, &shell("exec sleep 60"), "x", Duration::from_millis(100)).await;
        assert!(matches!(error, Err(DeviceError::TooSlow { .. })), "{error:?}");
    }

    #[tokio::test]
    async fn a_missing_command_is_named() {
        let error = run(SETTING, &["no-such-printer".to_owned()], "x", PATIENCE).await;
        assert!(matches!(error, Err(DeviceError::Start { command, .. }) if command == "no-such-printer"));
        assert!(matches!(run(SETTING, &[], "x", PATIENCE).await, Err(DeviceError::NotSet { setting: SETTING })));
    }

    #[tokio::test]
    async fn a_command_that_does_not_read_is_a_failure() {
        let text = "x".repeat(1 << 20);
        let error = run(SETTING, &shell("exit 0"), &text, PATIENCE).await;
        assert!(matches!(error, Err(DeviceError::Feed { .. })), "{error:?}");
    }
}
