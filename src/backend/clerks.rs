//! The clerks who may sign in: what whoever has the machine does about them.

use jiff::Timestamp;

use super::catalogue::{Catalogue, CatalogueError, PracticeClerk};
use super::config::Config;
use super::store::{ClerkRow, Store};
use super::{StartError, language, open_store, password};
use crate::api::wire::ClerkRole;

/// Sign-in name of the clerk whom every practice backend has; the password is the same.
pub const PRACTICE_CLERK: &str = "practice";

/// A clerk to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClerk {
    /// Sign-in name.
    pub name: String,
    /// Name on receipts.
    pub display: String,
    /// Site id.
    pub site: String,
    /// Window; empty: the site's first.
    pub window: String,
    /// Role.
    pub role: ClerkRole,
}

/// A clerk as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedClerk {
    /// The clerk.
    pub clerk: NewClerk,
    /// May not sign in.
    pub disabled: bool,
}

/// Adds a clerk to a backend's database. False: there is one of this name already.
///
/// # Errors
/// When the database or the catalogue cannot be used, or the site is not in the catalogue.
pub async fn add_clerk(config: &Config, clerk: NewClerk, password: String) -> Result<bool, StartError> {
    let hash = password::hash(password).await?;
    let store = open_store(config).await?;
    let catalogue = Catalogue::start(&config.catalogue, &store, config.practice, (config.clock)()).await?;
    let added = keep(&store, &catalogue, clerk, hash, (config.clock)()).await?;
    store.close().await;
    Ok(added)
}

/// Gives a clerk another password; whoever is signed in under the old one has to sign in again. False: there is no such clerk.
///
/// # Errors
/// When the database cannot be used.
pub async fn set_password(config: &Config, name: &str, password: String) -> Result<bool, StartError> {
    let hash = password::hash(password).await?;
    let store = open_store(config).await?;
    let known = store.set_password(name, &hash, (config.clock)()).await?;
    store.close().await;
    Ok(known)
}

/// Keeps a clerk out, at once; or lets the clerk in again. False: there is no such clerk.
///
/// # Errors
/// When the database cannot be used.
pub async fn disable_clerk(config: &Config, name: &str, disabled: bool) -> Result<bool, StartError> {
    let store = open_store(config).await?;
    let known = store.disable_clerk(name, disabled, (config.clock)()).await?;
    store.close().await;
    Ok(known)
}

/// Every clerk, by name.
///
/// # Errors
/// When the database cannot be used.
pub async fn clerks(config: &Config) -> Result<Vec<ListedClerk>, StartError> {
    let store = open_store(config).await?;
    let rows = store.clerks().await?;
    store.close().await;
    Ok(rows
        .into_iter()
        .map(|ClerkRow { name, display, site, window, role, disabled, .. }| ListedClerk {
            clerk: NewClerk { name, display, site, window, role },
            disabled,
        })
        .collect())
}

/// The practice room's clerks: those of the catalogue folder, and always `practice` with the password `practice`.
pub(super) async fn seed(store: &Store, catalogue: &Catalogue, now: Timestamp) -> Result<(), StartError> {
    for clerk in catalogue.clerks() {
        let PracticeClerk { name, display, site, window, role, password_hash } = clerk.clone();
        keep(store, catalogue, NewClerk { name, display, site, window, role }, password_hash, now).await?;
    }
    if store.clerk(PRACTICE_CLERK).await?.is_none() {
        let clerk = NewClerk {
            name: PRACTICE_CLERK.to_owned(),
            display: language::say("backend-practice-clerk", &[]),
            site: catalogue.sites().next().ok_or(CatalogueError::NoSites)?.id.clone(),
            window: String::new(),
            role: ClerkRole::Clerk,
        };
        keep(store, catalogue, clerk, password::hash(PRACTICE_CLERK.to_owned()).await?, now).await?;
    }
    Ok(())
}

async fn keep(
    store: &Store,
    catalogue: &Catalogue,
    clerk: NewClerk,
    password_hash: String,
    now: Timestamp,
) -> Result<bool, StartError> {
    let NewClerk { name, display, site, window, role } = clerk;
    let place = catalogue.site(&site).ok_or_else(|| CatalogueError::NoSite(site.clone()))?;
    let window = if window.is_empty() { place.windows.first().cloned().unwrap_or_default() } else { window };
    Ok(store
        .add_clerk(&ClerkRow { name, display, site, window, role, password: password_hash, disabled: false }, now)
        .await?)
}
