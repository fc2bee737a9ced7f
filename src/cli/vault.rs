//! `onewindow vault`: the clerk's local store as a whole: its password, its recovery key, its health.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::{output, password, server, store};
use crate::vault::{Checked, Damage, Door, RecoverySecret, Rescue, Seal, recovery_of_folder};

#[derive(Debug, Subcommand)]
pub(super) enum Vault {
    /// Check every record of the store.
    ///
    /// Ends with 1 when something is damaged, and after a rescue of which nobody has been told on the screen yet.
    Check,
    /// Change the password of the store; no record is rewritten.
    Passwd {
        /// File with the new password in its first line; asked for without it.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Open a store whose password is forgotten by the recovery key.
    Recover {
        /// File with the recovery key in its first line; asked for without it.
        #[arg(long, value_name = "FILE")]
        recovery_file: Option<PathBuf>,
        /// File with the new password in its first line; asked for without it.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Make the recovery key of this desk, and print its public half.
    RecoveryKey {
        /// File for the secret half, to be taken away from this machine; must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn run(command: Vault, context: &Context) -> Result<(), Failure> {
    match command {
        Vault::Check => check(context),
        Vault::Passwd { new_passphrase_file } => passwd(new_passphrase_file.as_deref(), context),
        Vault::Recover { recovery_file, new_passphrase_file } => {
            recover(recovery_file.as_deref(), new_passphrase_file.as_deref(), context)
        }
        Vault::RecoveryKey { out } => recovery_key(&out, context),
    }
}

fn check(context: &Context) -> Result<(), Failure> {
    let (checked, rescue) = server::runtime()?.block_on(async {
        let vault = store::open(context).await?;
        let rescue = vault.rescue().cloned();
        let checked = vault.examine().await.map_err(|error| store::failure(&error, context))?;
        vault.close().await.map_err(|error| store::failure(&error, context))?;
        Ok::<_, Failure>((checked, rescue))
    })?;
    let records = checked.records.to_string();
    for Damage { place, id } in &checked.damaged {
        output::note(&format!("{place}  {id}"));
    }
    let good = checked.damaged.is_empty();
    output::note(&match checked.damaged.len() {
        0 if rescue.is_none() => context.text("cli-vault-good"),
        0 => context.format("cli-vault-good-but-rescued", &[("n", &records)]),
        damaged => context.format("cli-vault-bad", &[("n", &damaged.to_string()), ("of", &records)]),
    });
    let whole = good && rescue.is_none();
    if context.globals.json {
        output::print_json(&Health { checked, rescue })?;
    }
    if whole { Ok(()) } else { Err(Failure::Silent(Exit::Refused)) }
}

#[derive(Serialize)]
struct Health {
    #[serde(flatten)]
    checked: Checked,
    /// What was rescued when the store was damaged, until somebody was told on the screen.
    rescue: Option<Rescue>,
}

fn passwd(new: Option<&Path>, context: &Context) -> Result<(), Failure> {
    let (user, door) = store::door(context)?;
    let seal = store::unlock(&user, &door, context)?;
    let new = password::new(context, new)?;
    set_password("change-password", &user, &door, seal, &new, context)?;
    output::note(&context.text("cli-vault-password-changed"));
    Ok(())
}

fn recover(key: Option<&Path>, new: Option<&Path>, context: &Context) -> Result<(), Failure> {
    let (user, door) = store::door(context)?;
    let written = password::secret(context, key, "cli-recovery-key")?;
    let secret: RecoverySecret =
        written.parse().map_err(|error| store::failure(&crate::vault::VaultError::Recovery(error), context))?;
    let seal = door.open_by_recovery(&secret).map_err(|error| store::failure(&error, context))?;
    let new = password::new(context, new)?;
    set_password("recover", &user, &door, seal, &new, context)?;
    output::note(&context.text("cli-vault-recovered"));
    Ok(())
}

/// Sets another password, with its line in the audit trail: not while another session has the store.
fn set_password(
    action: &str,
    user: &str,
    door: &Door,
    seal: Seal,
    new: &str,
    context: &Context,
) -> Result<(), Failure> {
    server::runtime()?.block_on(async {
        let vault = store::write(user, seal.clone(), context).await?;
        let set = vault.noted(action, async { door.set_password(new, &seal) }).await;
        let closed = vault.close().await;
        set.and(closed).map_err(|error| store::failure(&error, context))
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicKey {
    public_key: String,
}

fn recovery_key(out: &Path, context: &Context) -> Result<(), Failure> {
    let shown = out.display().to_string();
    let refused = |error: std::io::Error| {
        context.fail(Exit::Refused, "cli-file-unwritable", &[("path", &shown), ("detail", &error.to_string())])
    };
    // Before anything is made: a key whose secret half is nowhere would be worse than none.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out).map_err(refused)?;
    let Some(secret) =
        recovery_of_folder(&context.settings.data_dir).map_err(|error| store::failure(&error, context))?
    else {
        drop(file);
        std::fs::remove_file(out).map_err(refused)?;
        return Err(context.fail(Exit::Refused, "cli-recovery-exists", &[]));
    };
    writeln!(file, "{}", *secret.written()).and_then(|()| file.sync_all()).map_err(refused)?;
    output::note(&context.format("cli-recovery-made", &[("path", &shown)]));
    let public_key = secret.public().to_string();
    if context.globals.json {
        output::print_json(&PublicKey { public_key })
    } else {
        output::print(&format!("{public_key}\n"))
    }
}
