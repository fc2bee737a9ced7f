//! Clerks and their sessions. Tokens and passwords are here as digests only.

use jiff::Timestamp;

use super::{Store, StoreError, instant};
use crate::api::wire::ClerkRole;

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
    /// Failed tries since the last success.
    pub failures: u32,
    /// No try is looked at before this instant.
    pub not_before: Timestamp,
    /// May not sign in.
    pub disabled: bool,
}

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Id.
    pub id: String,
    /// Sign-in name of the clerk.
    pub clerk: String,
    /// Digest of the access token.
    pub access: String,
    /// End of the access token.
    pub access_until: Timestamp,
    /// Digest of the refresh token.
    pub refresh: String,
    /// End of the refresh token.
    pub refresh_until: Timestamp,
    /// Digest of the refresh token before; empty: none.
    pub previous: String,
    /// When the tokens were last renewed.
    pub rotated_at: Timestamp,
}

type ClerkTuple = (String, String, String, String, String, String, i64, i64, i64);
type SessionTuple = (String, String, String, i64, String, i64, String, i64);

impl ClerkRow {
    fn from_tuple(tuple: ClerkTuple) -> Result<Self, StoreError> {
        let (name, display, site, window, role, password, failures, not_before, disabled) = tuple;
        Ok(Self {
            name,
            display,
            site,
            window,
            role: role.parse().map_err(|_| StoreError::Corrupt("role"))?,
            password,
            failures: u32::try_from(failures).map_err(|_| StoreError::Corrupt("failures"))?,
            not_before: instant(not_before)?,
            disabled: disabled != 0,
        })
    }
}

impl SessionRow {
    fn from_tuple(tuple: SessionTuple) -> Result<Self, StoreError> {
        let (id, clerk, access, access_until, refresh, refresh_until, previous, rotated_at) = tuple;
        Ok(Self {
            id,
            clerk,
            access,
            access_until: instant(access_until)?,
            refresh,
            refresh_until: instant(refresh_until)?,
            previous,
            rotated_at: instant(rotated_at)?,
        })
    }
}

impl Store {
    /// Adds a clerk. False: there is one of this name, left as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_clerk(&self, clerk: &ClerkRow) -> Result<bool, StoreError> {
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
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The clerk of a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clerk(&self, name: &str) -> Result<Option<ClerkRow>, StoreError> {
        sqlx::query_as(
            "select name, display, site, counter, role, password, failures, not_before, disabled from clerk \
             where name = $1",
        )
        .bind(name)
        .fetch_optional(&self.pool)
        .await?
        .map(ClerkRow::from_tuple)
        .transpose()
    }

    /// Counts a failed try and gives the count.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_failure(&self, name: &str) -> Result<u32, StoreError> {
        let (failures,): (i64,) =
            sqlx::query_as("update clerk set failures = failures + 1 where name = $1 returning failures")
                .bind(name)
                .fetch_one(&self.pool)
                .await?;
        u32::try_from(failures).map_err(|_| StoreError::Corrupt("failures"))
    }

    /// Looks at no further try before an instant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold_back(&self, name: &str, until: Timestamp) -> Result<(), StoreError> {
        sqlx::query("update clerk set not_before = $2 where name = $1")
            .bind(name)
            .bind(until.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets failed tries.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clear_failures(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query("update clerk set failures = 0, not_before = 0 where name = $1")
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Keeps a new session and drops the clerk's sessions that are over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_session(&self, session: &SessionRow) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("delete from session where clerk = $1 and refresh_until < $2")
            .bind(&session.clerk)
            .bind(session.rotated_at.as_millisecond())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "insert into session (id, clerk, access, access_until, refresh, refresh_until, previous, rotated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&session.id)
        .bind(&session.clerk)
        .bind(&session.access)
        .bind(session.access_until.as_millisecond())
        .bind(&session.refresh)
        .bind(session.refresh_until.as_millisecond())
        .bind(&session.previous)
        .bind(session.rotated_at.as_millisecond())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The session of an access token's digest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_by_access(&self, access: &str) -> Result<Option<SessionRow>, StoreError> {
        sqlx::query_as(
            "select id, clerk, access, access_until, refresh, refresh_until, previous, rotated_at from session \
             where access = $1",
        )
        .bind(access)
        .fetch_optional(&self.pool)
        .await?
        .map(SessionRow::from_tuple)
        .transpose()
    }

    /// The session whose refresh token, or the one before, has this digest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_by_refresh(&self, refresh: &str) -> Result<Option<SessionRow>, StoreError> {
        sqlx::query_as(
            "select id, clerk, access, access_until, refresh, refresh_until, previous, rotated_at from session \
             where refresh = $1 or previous = $1",
        )
        .bind(refresh)
        .fetch_optional(&self.pool)
        .await?
        .map(SessionRow::from_tuple)
        .transpose()
    }

    /// Gives a session new tokens. False: it was renewed by another since it was read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rotate_session(&self, before: &SessionRow, after: &SessionRow) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "update session set access = $3, access_until = $4, refresh = $5, refresh_until = $6, previous = $7, \
             rotated_at = $8 where id = $1 and refresh = $2",
        )
        .bind(&before.id)
        .bind(&before.refresh)
        .bind(&after.access)
        .bind(after.access_until.as_millisecond())
        .bind(&after.refresh)
        .bind(after.refresh_until.as_millisecond())
        .bind(&after.previous)
        .bind(after.rotated_at.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("delete from session where id = $1").bind(id).execute(&self.pool).await?;
        Ok(())
    }
}
