//! The screen: what it is started with, and what its end means for the exit code.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::{password, server, terminal};
use crate::api::Client;
use crate::keymap::Keymap;
use crate::runtime::{self, Start};
use crate::settings;

/// A client that may still be on its way.
pub(super) type Coming = Pin<Box<dyn Future<Output = anyhow::Result<Client>>>>;

/// The screen against the backend in the settings.
pub(super) fn run(context: &Context) -> Result<(), Failure> {
    terminal::check(context)?;
    let server = context.settings.server.clone().ok_or_else(|| context.fail(Exit::Usage, "cli-no-server", &[]))?;
    let language = context.locale.language();
    let client = async move { Ok(server::reach(&server).await?.with_language(language)) };
    let credentials = context.settings.user.clone().zip(password::given(context)?);
    start(context, Box::pin(client), context.settings.data_dir.clone(), credentials, false)
}

/// How long work of helper threads may go on after the screen.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Runs the screen.
pub(super) fn start(
    context: &Context,
    client: Coming,
    data_dir: PathBuf,
    credentials: Option<(String, String)>,
    practice: bool,
) -> Result<(), Failure> {
    let user = credentials.as_ref().map(|(name, _)| name.clone()).or_else(|| context.settings.user.clone());
    let start = Start {
        client,
        data_dir,
        user,
        credentials,
        practice,
        locale: Arc::clone(&context.locale),
        ascii: context.ascii(),
        colour: terminal::uses_colour(context.settings.colour, &terminal::variable),
        settings: Arc::new(context.settings.clone()),
        keymap: keymap(context)?,
    };
    runtime::terminal::restore_on_panic();
    let threads = server::runtime()?;
    let outcome = threads.block_on(runtime::run(start));
    // What the clerk waited for is done; an index in the making is made again next time.
    threads.shutdown_timeout(LAST_WORK);
    outcome.map_err(|error| Failure::said(Exit::Refused, format!("{error:#}")))
}

/// The clerk's own keys where there is a `keymap.toml` beside a settings file, the built-in ones otherwise.
fn keymap(context: &Context) -> Result<Keymap, Failure> {
    let own =
        settings::paths().into_iter().rev().map(|path| path.with_file_name("keymap.toml")).find(|path| path.exists());
    let Some(path) = own else { return Ok(Keymap::built_in()) };
    let text = std::fs::read_to_string(&path).map_err(|error| broken(context, &path, &error))?;
    Keymap::from_toml(&text).map_err(|error| broken(context, &path, &error))
}

fn broken(context: &Context, path: &std::path::Path, error: &dyn std::fmt::Display) -> Failure {
    let (path, error) = (path.display().to_string(), error.to_string());
    context.fail(Exit::Usage, "cli-keymap", &[("path", &path), ("error", &error)])
}
