//! `onewindow outbox export` and `import`: the queue in an encrypted file, for a desk that has a network.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::context::Context;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{output, password, store};
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
struct Exported {
    file: PathBuf,
    requests: usize,
}

/// Writes what waits into a file, whole or not at all.
pub(super) async fn export(carry: &Carry, context: &Context) -> Result<(), Failure> {
    let passphrase = carry.passphrase(context)?;
    let vault = store::look(context).await?;
    let draft = carry.file.with_extension(format!("{}.part", Uuid::now_v7().simple()));
    let failed = |error: &TransferError| failure(error, &carry.file, context);
    let io = |error: std::io::Error| failed(&error.into());
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(io)?;
    let mut out = BufWriter::new(file);
    let written = vault.export_outbox(&passphrase, context.settings.cipher, Cost::LIVE, &mut out).await;
    let kept = written.and_then(|count| {
        out.flush()?;
        out.get_ref().sync_all()?;
        fs::rename(&draft, &carry.file)?;
        Ok(count)
    });
    let requests = kept.map_err(|error| {
        // The error to report is the first one.
        let _ = fs::remove_file(&draft);
        failed(&error)
    })?;
    if context.globals.json {
        return output::print_json(&Exported { file: carry.file.clone(), requests });
    }
    output::print(&format!("{}\n", context.format("cli-export-done", &[("n", &requests.to_string())])))
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
