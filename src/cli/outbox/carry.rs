//! `onewindow outbox export` and `import`: the queue in an encrypted file, for a desk that has a network.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{output, password, store};
use crate::sync::words;
use crate::vault::{Cost, Imported, TransferError};

#[derive(Debug, Args)]
pub(in crate::cli) struct Carry {
    /// The file.
    file: PathBuf,
    /// File with the passphrase of FILE in its first line; without it, the clerk's own password.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Carry {
    fn passphrase(&self, context: &Context) -> Result<String, Failure> {
        match &self.key_file {
            Some(path) => password::secret(context, Some(path), "cli-password"),
            None => password::ask(context, context.settings.user.as_deref().unwrap_or_default(), None),
        }
    }
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
    requests: usize,
    /// Requests that cannot be read whole, and stay behind.
    damaged: Vec<Uuid>,
}

/// Writes what waits into a file, whole or not at all, with a line in the audit trail: personal data leave this machine.
pub(super) async fn export(carry: &Carry, context: &Context) -> Result<(), Failure> {
    let unwritable = |error: &io::Error| unwritable(error, &carry.file, context);
    let is_new = || if carry.file.exists() { Err(io::ErrorKind::AlreadyExists.into()) } else { Ok(()) };
    is_new().map_err(|error| unwritable(&error))?;
    let passphrase = carry.passphrase(context)?;
    let vault = store::open(context).await?;
    let draft = carry.file.with_extension(format!("{}.part", Uuid::now_v7().simple()));
    let write = async {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let mut out = BufWriter::new(file);
        let exported = vault.export_outbox(&passphrase, context.settings.cipher, Cost::LIVE, &mut out).await?;
        out.flush()?;
        out.get_ref().sync_all()?;
        is_new()?;
        fs::rename(&draft, &carry.file)?;
        Ok(exported)
    };
    let written = vault.noted("export-outbox", write).await;
    let closed = vault.close().await;
    let exported = written.map_err(|error| {
        // The error to report is the first one.
        let _ = fs::remove_file(&draft);
        match &error {
            TransferError::Io(error) => unwritable(error),
            error => failure(error, &carry.file, context),
        }
    })?;
    closed.map_err(|error| store::failure(&error, context))?;
    for (id, error) in &exported.damaged {
        output::note(&format!("{id}  {}", words::fault(error, &context.locale)));
    }
    if context.globals.json {
        let damaged = exported.damaged.iter().map(|(id, _)| *id).collect();
        output::print_json(&Written { file: carry.file.clone(), requests: exported.requests, damaged })?;
    } else {
        output::print(&format!("{}\n", context.format("cli-export-done", &[("n", &exported.requests.to_string())])))?;
    }
    if exported.damaged.is_empty() { Ok(()) } else { Err(Failure::Silent(Exit::Refused)) }
}

#[derive(Serialize)]
struct Taken {
    id: Uuid,
    result: &'static str,
}

/// Queues what another desk exported.
pub(super) async fn import(carry: &Carry, context: &Context) -> Result<(), Failure> {
    let passphrase = carry.passphrase(context)?;
    let failed = |error: &TransferError| failure(error, &carry.file, context);
    let file = File::open(&carry.file).map_err(|error| failed(&error.into()))?;
    let vault = store::open(context).await?;
    let outcomes = vault.import_outbox(&passphrase, &mut BufReader::new(file)).await.map_err(|error| failed(&error))?;
    vault.close().await.map_err(|error| store::failure(&error, context))?;
    let conflicts = outcomes.iter().filter(|(_, outcome)| *outcome == Imported::Conflict).count();
    let word = |outcome| match outcome {
        Imported::Stored => "imported",
        Imported::Unchanged => "unchanged",
        Imported::Conflict | Imported::Deleted => "refused",
    };
    if context.globals.json {
        let taken: Vec<Taken> =
            outcomes.iter().map(|(id, outcome)| Taken { id: *id, result: word(*outcome) }).collect();
        output::print_json(&taken)?;
    } else {
        let count = |wanted| outcomes.iter().filter(|(_, outcome)| *outcome == wanted).count().to_string();
        let numbers = [count(Imported::Stored), count(Imported::Unchanged), conflicts.to_string()];
        let [imported, unchanged, refused] = &numbers;
        let args = [("imported", imported.as_str()), ("unchanged", unchanged), ("refused", refused)];
        output::print(&format!("{}\n", context.format("cli-import-done", &args)))?;
    }
    if conflicts == 0 { Ok(()) } else { Err(Failure::Silent(Exit::Refused)) }
}

fn unwritable(error: &io::Error, path: &Path, context: &Context) -> Failure {
    let (path, detail) = (path.display().to_string(), error.to_string());
    context.fail(Exit::Usage, "cli-file-unwritable", &[("path", &path), ("detail", &detail)])
}

fn failure(error: &TransferError, path: &Path, context: &Context) -> Failure {
    let (path, detail) = (path.display().to_string(), error.to_string());
    match error {
        TransferError::Vault(error) => store::failure(error, context),
        TransferError::Passphrase => context.fail(Exit::Locked, "cli-carry-passphrase", &[("path", &path)]),
        TransferError::Damaged => context.fail(Exit::Refused, "cli-carry-damaged", &[("path", &path)]),
        TransferError::Io(_) => {
            context.fail(Exit::Usage, "cli-file-unreadable", &[("path", &path), ("detail", &detail)])
        }
    }
}
