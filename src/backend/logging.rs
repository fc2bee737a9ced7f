//! The log of `onewindow-backend`, on standard error: ids, routes, numbers, times; never a name, a secret, or what somebody sent.

use std::io;
use std::panic;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::settings::{LogFormat, LogLevel};

/// Begins the log of this process. Libraries are heard only when something is wrong: what they tell besides is not ours to answer for.
pub fn init(format: LogFormat, level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let ours = [env!("CARGO_CRATE_NAME"), "onewindow_backend"];
    let filter =
        Targets::new().with_targets(ours.map(|target| (target, level))).with_default(level.min(LevelFilter::WARN));
    let log = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => log.with(fmt::layer().with_writer(io::stderr).with_ansi(false)).init(),
        LogFormat::Json => {
            let layer = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
            log.with(layer.with_writer(io::stderr)).init();
        }
    }
    // What a panic says may hold what somebody sent; where it happened does not.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}
