//! Clerks. Passwords are here as digests only.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

use super::{Store, StoreError, audit};
use crate::api::wire::ClerkRole;
use crate::backend::audit::{Act, Action};

/// A clerk.
#[derive(Clone, PartialEq, Eq)]
pub struct ClerkRow {
    /// Sign-in name.
    pub name: String,
    /// Name on receipts.
    pub display: String,
    /// Site id.
    pub site: String,
    /// Window at the site.
    pub window: String,
    /// Role.
    pub role: ClerkRole,
    /// Argon2id, as a PHC string.
    pub password: String,
    /// May not sign in.
    pub disabled: bool,
}

impl ClerkRow {
    /// Reads name, display, site, counter, role, password, disabled, from a column on.
    pub(super) fn read(row: &AnyRow, first: usize) -> Result<Self, StoreError> {
        let role: &str = row.try_get(first + 4)?;
        let disabled: i64 = row.try_get(first + 6)?;
        Ok(Self {
            name: row.try_get(first)?,
            display: row.try_get(first + 1)?,
            site: row.try_get(first + 2)?,
            window: row.try_get(first + 3)?,
            role: role.parse().map_err(|_| StoreError::Corrupt("role"))?,
            password: row.try_get(first + 5)?,
            disabled: disabled != 0,
        })
    }
}

impl Store {
    /// Adds a clerk. False: there is one of this name, left as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_clerk(&self, clerk: &ClerkRow, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "insert into clerk (name, display, site, counter, role, password) values ($1, $2, $3, $4, $5, $6) \
             on conflict do nothing",
        )
        .bind(&clerk.name)
        .bind(&clerk.display)
        .bind(&clerk.site)
        .bind(&clerk.window)
        .bind(clerk.role.name())
        .bind(&clerk.password)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 1 {
            let act = Act { at: now, actor: "", action: Action::ClerkAdded, subject: &clerk.name };
            audit::note(&mut *transaction, &act).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The clerk of a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clerk(&self, name: &str) -> Result<Option<ClerkRow>, StoreError> {
        sqlx::query("select name, display, site, counter, role, password, disabled from clerk where name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?
            .map(|row| ClerkRow::read(&row, 0))
            .transpose()
    }

    /// Every clerk, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clerks(&self) -> Result<Vec<ClerkRow>, StoreError> {
        sqlx::query("select name, display, site, counter, role, password, disabled from clerk order by name")
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| ClerkRow::read(row, 0))
            .collect()
    }

    /// Gives a clerk another password and ends the clerk's sessions. False: there is no such clerk.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_password(&self, name: &str, password: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query("update clerk set password = $2 where name = $1")
            .bind(name)
            .bind(password)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 1 {
            end_sessions_of(&mut transaction, name).await?;
            let act = Act { at: now, actor: "", action: Action::PasswordSet, subject: name };
            audit::note(&mut *transaction, &act).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Lets a clerk sign in no more, and ends the clerk's sessions; or lets the clerk in again. False: there is no such clerk.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn disable_clerk(&self, name: &str, disabled: bool, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query("update clerk set disabled = $2 where name = $1")
            .bind(name)
            .bind(i64::from(disabled))
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 1 {
            if disabled {
                end_sessions_of(&mut transaction, name).await?;
            }
            let action = if disabled { Action::ClerkDisabled } else { Action::ClerkEnabled };
            audit::note(&mut *transaction, &Act { at: now, actor: "", action, subject: name }).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

async fn end_sessions_of(transaction: &mut Transaction<'_, Any>, clerk: &str) -> Result<(), StoreError> {
    sqlx::query("delete from spent_token where session in (select id from session where clerk = $1)")
        .bind(clerk)
        .execute(&mut **transaction)
        .await?;
    sqlx::query("delete from session where clerk = $1").bind(clerk).execute(&mut **transaction).await?;
    Ok(())
}
