//! The reader of identity cards (身份证阅读器).

use std::collections::BTreeMap;
use std::time::Duration;

use super::command::{DeviceError, run};
use crate::text::{Lines, sanitize};

/// Longest that a clerk waits for a card to be laid on.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a reader read: the last part of a data element's name (`name`, `idNumber`, `address`) and its text.
pub type Reading = BTreeMap<String, String>;

/// A card that was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The command did not do its work.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// It wrote something else than a JSON object of texts.
    #[error("the card reader's answer cannot be read: {0}")]
    Answer(serde_json::Error),
}

/// Reads a card with the command of the setting `reader-command`, which writes one JSON object of texts.
///
/// # Errors
/// When there is no command, it fails, or its answer is no such object.
pub async fn read(command: &[String]) -> Result<Reading, ReadError> {
    let answer = run("reader-command", command, "", PATIENCE).await?;
    let reading: Reading = serde_json::from_slice(&answer).map_err(ReadError::Answer)?;
    Ok(reading.into_iter().map(|(term, text)| (term, sanitize(&text, Lines::Join))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn a_card_is_read_and_cleaned() {
        let reading = read(&shell(r#"cat >/dev/null; printf '{"name":"陈小红\\t","idNumber":"42900619000101002X"}'"#))
            .await
            .unwrap();
        assert_eq!(reading["idNumber"], "42900619000101002X");
        assert_eq!(reading["name"].trim(), "陈小红");
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        assert!(matches!(read(&shell("cat >/dev/null; echo no card")).await, Err(ReadError::Answer(_))));
        assert!(matches!(read(&[]).await, Err(ReadError::Device(DeviceError::NotSet { .. }))));
    }
}
