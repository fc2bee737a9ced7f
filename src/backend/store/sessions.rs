//! Sessions, and what goes before them: tries to sign in. Tokens are here as digests only.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{ClerkRow, Store, StoreError, audit, instant};
use crate::backend::audit::{Act, Action};

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

impl SessionRow {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get(0)?,
            clerk: row.try_get(1)?,
            access: row.try_get(2)?,
            access_until: instant(row.try_get(3)?)?,
            refresh: row.try_get(4)?,
            refresh_until: instant(row.try_get(5)?)?,
            previous: row.try_get(6)?,
            rotated_at: instant(row.try_get(7)?)?,
        })
    }
}

/// What a refresh token is.
#[derive(Clone, PartialEq, Eq)]
pub enum RefreshToken {
    /// The one of a session, or the one just before it.
    Of(SessionRow),
    /// Traded in before; the session's id.
    Spent(String),
}

impl Store {
    /// The instant before which no try to sign in under a name (its digest) is looked at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held_until(&self, name: &str) -> Result<Timestamp, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("select not_before from sign_in_failure where name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        row.map_or(Ok(Timestamp::UNIX_EPOCH), |(not_before,)| instant(not_before))
    }

    /// Counts a failed try under a name (its digest) and gives the count. `held` says until when no other is looked at after so many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_failure(&self, name: &str, held: impl Fn(u32) -> Timestamp) -> Result<u32, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let (failures,): (i64,) = sqlx::query_as(
            "insert into sign_in_failure (name, failures, not_before) values ($1, 1, 0) \
             on conflict (name) do update set failures = sign_in_failure.failures + 1 returning failures",
        )
        .bind(name)
        .fetch_one(&mut *transaction)
        .await?;
        let failures = u32::try_from(failures).map_err(|_| StoreError::Corrupt("failures"))?;
        sqlx::query("update sign_in_failure set not_before = $2 where name = $1")
            .bind(name)
            .bind(held(failures).as_millisecond())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(failures)
    }

    /// Forgets failed tries that ended long ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_tries(&self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("delete from sign_in_failure where not_before < $1")
            .bind(before.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Keeps a new session, forgets the failed tries before it (under the digest `name`), and drops the clerk's sessions that are over.
    /// False: failed tries elsewhere have locked the name meanwhile; nothing is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_session(&self, session: &SessionRow, name: &str) -> Result<bool, StoreError> {
        let now = session.rotated_at;
        let mut transaction = self.pool.begin().await?;
        sqlx::query("delete from sign_in_failure where name = $1 and not_before <= $2")
            .bind(name)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await?;
        let locked: Option<(i64,)> = sqlx::query_as("select failures from sign_in_failure where name = $1")
            .bind(name)
            .fetch_optional(&mut *transaction)
            .await?;
        if locked.is_some() {
            transaction.rollback().await?;
            return Ok(false);
        }
        let over: Vec<(String,)> =
            sqlx::query_as("delete from session where clerk = $1 and refresh_until < $2 returning id")
                .bind(&session.clerk)
                .bind(now.as_millisecond())
                .fetch_all(&mut *transaction)
                .await?;
        for (id,) in over {
            sqlx::query("delete from spent_token where session = $1").bind(id).execute(&mut *transaction).await?;
        }
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
        .bind(now.as_millisecond())
        .execute(&mut *transaction)
        .await?;
        let act = Act { at: now, actor: &session.clerk, action: Action::SignIn, subject: &session.id };
        audit::note(&mut *transaction, &act).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The session of an access token's digest, with its clerk.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_by_access(&self, access: &str) -> Result<Option<(SessionRow, ClerkRow)>, StoreError> {
        let _timer = self.time("session");
        let row = sqlx::query(
            "select session.id, session.clerk, access, access_until, refresh, refresh_until, previous, rotated_at, \
             name, display, site, counter, role, password, disabled \
             from session join clerk on clerk.name = session.clerk where access = $1",
        )
        .bind(access)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok((SessionRow::read(&row)?, ClerkRow::read(&row, 8)?))).transpose()
    }

    /// What a refresh token's digest is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh_token(&self, digest: &str) -> Result<Option<RefreshToken>, StoreError> {
        let row = sqlx::query(
            "select id, clerk, access, access_until, refresh, refresh_until, previous, rotated_at from session \
             where refresh = $1 or previous = $1",
        )
        .bind(digest)
        .fetch_optional(&self.pool)
        .await?;
        if let Some(row) = row {
            return Ok(Some(RefreshToken::Of(SessionRow::read(&row)?)));
        }
        let spent: Option<(String,)> = sqlx::query_as("select session from spent_token where digest = $1")
            .bind(digest)
            .fetch_optional(&self.pool)
            .await?;
        Ok(spent.map(|(session,)| RefreshToken::Spent(session)))
    }

    /// Gives a session new tokens; the refresh token before is spent. False: it was renewed by another since it was read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rotate_session(&self, before: &SessionRow, after: &SessionRow) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
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
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        for spent in [&before.refresh, &before.previous] {
            if !spent.is_empty() && *spent != after.previous {
                sqlx::query("insert into spent_token (digest, session) values ($1, $2) on conflict do nothing")
                    .bind(spent)
                    .bind(&before.id)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Ends a session and says why in the log.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&self, act: &Act<'_>) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let done =
            sqlx::query("delete from session where id = $1").bind(act.subject).execute(&mut *transaction).await?;
        if done.rows_affected() == 1 {
            sqlx::query("delete from spent_token where session = $1")
                .bind(act.subject)
                .execute(&mut *transaction)
                .await?;
            audit::note(&mut *transaction, act).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
