//! Where sealed bodies stand, and the sealing of a vault of schema 1, whose bodies were not encrypted.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::seal::open_plain;
use super::shelf::cache_id;
use super::{RecordName, Seal, VaultError};

/// A column of sealed bodies.
#[derive(Debug, Clone, Copy)]
pub(super) struct SealedColumn {
    /// Table and column, as in [`RecordName::place`].
    pub(super) place: &'static str,
    /// Table and column apart.
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    /// Columns of the primary key.
    pub(super) key: &'static [&'static str],
    /// The column with the row's version; rows without one have version 1.
    pub(super) version: Option<&'static str>,
}

const fn column(
    place: &'static str,
    table: &'static str,
    column: &'static str,
    key: &'static [&'static str],
    version: Option<&'static str>,
) -> SealedColumn {
    SealedColumn { place, table, column, key, version }
}

/// What stands alone. The pieces of files, the audit trail's head and the standings of requests have their own ways.
pub(super) const SEALED: [SealedColumn; 7] = [
    column("drafts.summary", "drafts", "summary", &["id"], Some("revision")),
    column("drafts.body", "drafts", "body", &["id"], Some("revision")),
    column("outbox.summary", "outbox", "summary", &["id"], None),
    column("outbox.document", "outbox", "document", &["id"], None),
    column("outbox.draft", "outbox", "draft", &["id"], None),
    column("receipts.body", "receipts", "body", &["id"], None),
    column("cache.body", "cache", "body", &["kind", "key"], None),
];

/// What schema 1 had besides.
const REASON: SealedColumn = column("outbox.reason", "outbox", "reason", &["id"], None);

/// Seals every body of a vault that has just left schema 1, row by row: it may be larger than the memory.
pub(super) async fn seal_everything(connection: &mut SqliteConnection, seal: &Seal) -> Result<(), VaultError> {
    for SealedColumn { place, table, column, key, version } in SEALED.into_iter().chain([REASON]) {
        let (keys, version) = (key.join(", "), version.unwrap_or("1"));
        let select = format!("SELECT {keys} FROM {table} WHERE {column} IS NOT NULL");
        let rows = sqlx::query(sqlx::AssertSqlSafe(select)).fetch_all(&mut *connection).await?;
        let is_row = key.iter().map(|key| format!("{key} = ?")).collect::<Vec<_>>().join(" AND ");
        let read = format!("SELECT {version}, {column} FROM {table} WHERE {is_row}");
        let write = format!("UPDATE {table} SET {column} = ? WHERE {is_row}");
        for row in &rows {
            let names = Names::of(row, key.len())?;
            let found = names.bound(sqlx::query(sqlx::AssertSqlSafe(read.clone()))).fetch_one(&mut *connection).await?;
            let name = RecordName { place, id: &names.id(), version: found.try_get(0)? };
            let sealed = seal.seal(name, open_plain(found.try_get(1)?)?)?;
            let query = sqlx::query(sqlx::AssertSqlSafe(write.clone())).bind(sealed);
            names.bound(query).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// The primary key of a row: an id, or a kind and a key.
pub(super) enum Names {
    Id(Vec<u8>),
    KindAndKey(String, String),
}

impl Names {
    pub(super) fn of(row: &SqliteRow, columns: usize) -> Result<Self, VaultError> {
        Ok(if columns == 1 { Self::Id(row.try_get(0)?) } else { Self::KindAndKey(row.try_get(0)?, row.try_get(1)?) })
    }

    /// As people and programs read it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Id(id) => uuid::Uuid::from_slice(id).map_or_else(|_| hex::encode(id), |id| id.to_string()),
            Self::KindAndKey(kind, key) => format!("{kind}/{key}"),
        }
    }

    pub(super) fn id(&self) -> Vec<u8> {
        match self {
            Self::Id(id) => id.clone(),
            Self::KindAndKey(kind, key) => cache_id(kind, key),
        }
    }

    fn bound<'q>(&self, query: Query<'q>) -> Query<'q> {
        match self {
            Self::Id(id) => query.bind(id.clone()),
            Self::KindAndKey(kind, key) => query.bind(kind.clone()).bind(key.clone()),
        }
    }
}
