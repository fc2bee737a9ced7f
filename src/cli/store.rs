//! The clerk's local store, for commands without a screen: named by `--user`, unlocked by `--passphrase-file`.

use jiff::Timestamp;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::{output, password};
use crate::sync::words;
use crate::vault::{Door, Seal, Vault, VaultError};

/// Opens the store to look only, beside a session that may be writing.
pub(super) async fn look(context: &Context) -> Result<Vault, Failure> {
    let (user, door) = door(context)?;
    if !door.has_keys() {
        let path = context.settings.data_dir.display().to_string();
        return Err(context.fail(Exit::Refused, "cli-no-vault", &[("user", &user), ("path", &path)]));
    }
    let seal = unlock(&user, &door, context)?;
    opened(Vault::open_read_only(&context.settings.data_dir, &user, seal).await, context)
}

/// Opens the store to write; makes one when there is none, with the password that was given.
pub(super) async fn open(context: &Context) -> Result<Vault, Failure> {
    let (user, door) = door(context)?;
    let seal = if door.has_keys() {
        unlock(&user, &door, context)?
    } else {
        let password = password::ask(context, &user, None)?;
        door.make(&password).map_err(|error| failure(&error, context))?
    };
    write(&user, seal, context).await
}

/// Opens the store to write, for whoever has its seal.
pub(super) async fn write(user: &str, seal: Seal, context: &Context) -> Result<Vault, Failure> {
    opened(Vault::open(&context.settings.data_dir, user, seal).await, context)
}

/// A store that was damaged and rescued is never opened as though nothing had happened.
fn opened(vault: Result<Vault, VaultError>, context: &Context) -> Result<Vault, Failure> {
    let vault = vault.map_err(|error| failure(&error, context))?;
    if let Some(rescue) = vault.rescue() {
        output::note(&words::rescue(rescue, &context.locale));
    }
    Ok(vault)
}

/// The clerk's name and the door of their store.
pub(super) fn door(context: &Context) -> Result<(String, Door), Failure> {
    let user = context.settings.user.clone().ok_or_else(|| context.fail(Exit::Usage, "cli-no-user", &[]))?;
    let policy = context
        .settings
        .policy(false)
        .map_err(|error| context.fail(Exit::Usage, "cli-recovery-setting", &[("detail", &error.to_string())]))?;
    let door = Door::new(&context.settings.data_dir, &user, policy);
    Ok((user, door))
}

/// Unlocks by the password that was given or is asked for.
pub(super) fn unlock(user: &str, door: &Door, context: &Context) -> Result<Seal, Failure> {
    let password = password::ask(context, user, None)?;
    door.unlock(&password, Timestamp::now()).map_err(|error| failure(&error, context))
}

/// What a failure of the store means for a command.
pub(super) fn failure(error: &VaultError, context: &Context) -> Failure {
    let exit = match error {
        VaultError::Locked
        | VaultError::WrongPassword { .. }
        | VaultError::Closed { .. }
        | VaultError::KeysMissing
        | VaultError::KeysDamaged
        | VaultError::NoRecovery
        | VaultError::Recovery(_)
        | VaultError::Held { .. } => Exit::Locked,
        _ => Exit::Refused,
    };
    Failure::said(exit, words::fault(error, &context.locale))
}
