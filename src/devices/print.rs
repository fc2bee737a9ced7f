//! The printer.

use std::time::Duration;

use super::command::{DeviceError, run};

/// Longest that printing may take; spoolers answer at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// Prints a text with the command of the setting `print-command`.
///
/// # Errors
/// When there is no command, or it fails.
pub async fn print(command: &[String], text: &str) -> Result<(), DeviceError> {
    run("print-command", command, text, PATIENCE).await.map(drop)
}
