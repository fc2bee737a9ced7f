//! The tables, as versioned migrations. A shipped migration never changes; a change is a new one.

use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::VaultError;

/// Migration `n` (from 1) takes a vault from schema `n - 1` to `n`.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE drafts (
    id         BLOB PRIMARY KEY,
    revision   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    summary    BLOB NOT NULL,
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX drafts_by_time ON drafts (updated_at DESC);

-- Drafts that ended, so that a late save cannot bring one back.
CREATE TABLE ended (
    id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           BLOB NOT NULL UNIQUE,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'withdrawn')),
    submitted_at INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    in_doubt     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER,
    request_no   TEXT,
    local_no     TEXT NOT NULL,
    digest       TEXT NOT NULL,
    superseded_by BLOB,
    summary      BLOB NOT NULL,
    reason       BLOB,
    document     BLOB NOT NULL,
    draft        BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, seq);
CREATE INDEX outbox_waiting ON outbox (next_at, seq) WHERE state = 'queued';

CREATE TABLE receipts (
    id          BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL,
    body        BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_by_time ON receipts (received_at DESC);

CREATE TABLE local_numbers (
    day  TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE cache (
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    etag      TEXT,
    stored_at INTEGER NOT NULL,
    body      BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage (
    item_code TEXT PRIMARY KEY,
    count     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_keeps_lines BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"];

/// Latest schema version.
pub(super) const LATEST: i64 = MIGRATIONS.len() as i64;

/// Schema version of an open vault.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<i64, VaultError> {
    let found = sqlx::query("PRAGMA user_version").fetch_one(connection).await?.try_get(0)?;
    if found > LATEST { Err(VaultError::TooNew { found, known: LATEST }) } else { Ok(found) }
}

/// Brings a vault to the latest schema, each step in a transaction of its own.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    let found = version(connection).await?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > found) {
        let mut transaction = connection.begin().await?;
        sqlx::raw_sql(migration).execute(&mut *transaction).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {number}")))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}
