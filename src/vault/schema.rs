//! The tables, as versioned migrations. A shipped migration never changes; a change is a new one.

use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::files::{self, Files};
use super::{Seal, VaultError, reseal, standing};

/// Migration `n` (from 1) takes a vault from schema `n - 1` to `n`.
const MIGRATIONS: [&str; 4] = ["
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
", "
-- When the backend's final answer or the clerk's act came: the sent copy is kept so many days from then.
ALTER TABLE outbox ADD COLUMN final_at INTEGER;
UPDATE outbox SET final_at = submitted_at WHERE state IN ('accepted', 'refused', 'withdrawn');
CREATE TRIGGER outbox_is_final AFTER UPDATE OF state ON outbox WHEN NEW.state IN ('accepted', 'refused', 'withdrawn')
BEGIN UPDATE outbox SET final_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE seq = NEW.seq; END;

-- When the clerk was told that a draft will be deleted. A change takes the warning back.
ALTER TABLE drafts ADD COLUMN warned_at INTEGER;
CREATE TRIGGER drafts_live_on AFTER UPDATE OF updated_at ON drafts WHEN NEW.updated_at > OLD.updated_at
BEGIN UPDATE drafts SET warned_at = NULL WHERE id = NEW.id; END;

-- Each line's SM3 over the line before it and itself; the last of them is kept sealed, so that nobody can write the trail anew.
ALTER TABLE audit ADD COLUMN chain BLOB;
CREATE TABLE audit_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    body BLOB NOT NULL
) STRICT;
", "
-- The request that must be final before this one is sent.
ALTER TABLE outbox ADD COLUMN supersedes BLOB;

-- Files by SHA-256 of their content; `upload` is where the backend takes one in.
CREATE TABLE attachments (
    digest     TEXT PRIMARY KEY,
    name       BLOB NOT NULL,
    media_type TEXT NOT NULL,
    size       INTEGER NOT NULL,
    upload     TEXT,
    uploaded   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE pieces (
    digest TEXT NOT NULL,
    number INTEGER NOT NULL,
    body   BLOB NOT NULL,
    PRIMARY KEY (digest, number)
) STRICT;
-- Which drafts and requests need which files.
CREATE TABLE attached (
    request BLOB NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (request, digest)
) STRICT;
CREATE INDEX attached_by_digest ON attached (digest);
-- A file goes with the last that needs it, however that one goes.
CREATE TRIGGER attached_to_none AFTER DELETE ON attached
WHEN NOT EXISTS (SELECT 1 FROM attached WHERE digest = OLD.digest) BEGIN
    DELETE FROM pieces WHERE digest = OLD.digest;
    DELETE FROM attachments WHERE digest = OLD.digest;
END;
CREATE TRIGGER outbox_lets_go AFTER DELETE ON outbox BEGIN DELETE FROM attached WHERE request = OLD.id; END;
CREATE TRIGGER drafts_let_go AFTER DELETE ON drafts WHEN NOT EXISTS (SELECT 1 FROM outbox WHERE id = OLD.id) BEGIN
    DELETE FROM attached WHERE request = OLD.id;
END;
", "
-- Sealed with the revision: state, attempts, doubt, number, what corrects it, and the reason, which was sealed alone.
ALTER TABLE outbox RENAME COLUMN reason TO standing;
ALTER TABLE outbox ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
-- What is written again without another state does not become final anew.
DROP TRIGGER outbox_is_final;
CREATE TRIGGER outbox_is_final AFTER UPDATE OF state ON outbox
WHEN NEW.state IN ('accepted', 'refused', 'withdrawn') AND NEW.state <> OLD.state
BEGIN UPDATE outbox SET final_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE seq = NEW.seq; END;
"];

/// The first schema whose records are encrypted.
pub(super) const FIRST_SEALED: u32 = 2;

/// The first schema that seals where a request stands.
const FIRST_STANDING: i64 = 4;

/// Latest schema version.
pub(super) const LATEST: i64 = MIGRATIONS.len() as i64;

/// Schema version of an open vault.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<i64, VaultError> {
    let found = sqlx::query("PRAGMA user_version").fetch_one(connection).await?.try_get(0)?;
    if found > LATEST { Err(VaultError::TooNew { found, known: LATEST }) } else { Ok(found) }
}

/// Brings a vault to the latest schema. One of an earlier schema is copied beside itself first; the copy stays until the next change of the
/// schema, but for that of a vault that was not encrypted yet: it goes as soon as the records are sealed.
pub(super) async fn upgrade(connection: &mut SqliteConnection, files: &Files, seal: &Seal) -> Result<(), VaultError> {
    let found = version(connection).await?;
    if found == LATEST {
        return Ok(());
    }
    let backup = files.backup(found);
    let io = |source| VaultError::Io { path: backup.clone(), source };
    let unsealed = found > 0 && found < i64::from(FIRST_SEALED);
    if found > 0 {
        files::remove(&backup).map_err(io)?;
        // Made beforehand, so that nobody else can read it.
        files::replace(&backup, b"").map_err(io)?;
        sqlx::query("VACUUM INTO ?").bind(backup.to_string_lossy()).execute(&mut *connection).await?;
        files::sync(&backup).map_err(io)?;
    }
    migrate(connection, found, seal).await?;
    if unsealed {
        // Nothing readable may linger, in the pages that were freed or in the write-ahead log.
        sqlx::raw_sql("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
        files::remove(&backup).map_err(io)?;
    }
    if let Some(older) = found.checked_sub(1) {
        files::remove(&files.backup(older)).map_err(io)?;
    }
    Ok(())
}

/// Makes the tables of the latest schema in an empty database.
pub(super) async fn make(connection: &mut SqliteConnection) -> Result<(), VaultError> {
    for migration in MIGRATIONS {
        sqlx::raw_sql(migration).execute(&mut *connection).await?;
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {LATEST}"))).execute(connection).await?;
    Ok(())
}

/// Each step in a transaction of its own.
async fn migrate(connection: &mut SqliteConnection, found: i64, seal: &Seal) -> Result<(), VaultError> {
    for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > found) {
        let mut transaction = connection.begin().await?;
        sqlx::raw_sql(migration).execute(&mut *transaction).await?;
        if number == i64::from(FIRST_SEALED) {
            reseal::seal_everything(&mut transaction, seal).await?;
        }
        if number == FIRST_STANDING {
            standing::seal_all(&mut transaction, seal).await?;
        }
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {number}")))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// What a vault of an earlier schema was made by.
#[cfg(test)]
pub(super) fn made_by(schema: usize) -> String {
    MIGRATIONS[..schema].concat()
}
