//! The database: one set of queries for SQLite and PostgreSQL.
//!
//! Which driver a program links is its own choice: SQLite's always, PostgreSQL's when it calls [`use_postgres`].
//!
//! Rules that keep it one set: `$1` placeholders; only text, bigint, double precision and bytea; instants as milliseconds; yes and no as
//! 1 and 0; no null.

mod audit;
mod cases;
mod catalogue;
mod clerks;
mod numbers;
mod prefills;
mod requests;
mod sessions;
mod statistics;
mod uploads;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _};

pub use cases::{CaseQuery, CaseRow, CaseStep};
pub use catalogue::{EditionRow, ItemRow, Publishing};
pub use clerks::ClerkRow;
pub use prefills::{ManifestRow, PrefillRow};
pub use requests::{Claim, Figures, NewCase, NewRequest, RequestRow, Submission};
pub use sessions::{RefreshToken, SessionRow};
pub use statistics::StatisticsQuery;
pub use uploads::{NewAttachment, UploadPart, UploadRow, UploadState};

/// Connections to SQLite. One writes at a time; the others read.
const SQLITE_CONNECTIONS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);

/// Why the database gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row that this program did not write.
    #[error("a row that makes no sense: {0}")]
    Corrupt(&'static str),
    /// The database belongs to practice and the backend is live, or the reverse.
    #[error("the database was made with practice = {practice}")]
    OtherWorld {
        /// What the database was made for.
        practice: bool,
    },
}

/// How long a statement waits for another's lock on PostgreSQL. SQLite waits as long for the one that writes.
const LOCK_TIMEOUT: &str = "5s";

/// Lets this program open PostgreSQL databases. To be called before the first [`Store`] is opened: the drivers of a process are chosen
/// once.
pub fn use_postgres() {
    // An error means that they were chosen before.
    let _ = sqlx::any::install_drivers(&[sqlx::sqlite::any::DRIVER, sqlx::postgres::any::DRIVER]);
}

/// The drivers of a program that did not ask for PostgreSQL; naming no other leaves the others out of it.
fn use_sqlite() {
    // An error means that they were chosen before.
    let _ = sqlx::any::install_drivers(&[sqlx::sqlite::any::DRIVER]);
}

/// Is told what the database did, and how long it took.
type Timing = Arc<dyn Fn(&'static str, Duration) + Send + Sync>;

/// The database.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    numbers: numbers::Numbers,
    timing: Option<Timing>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("pool", &self.pool).finish_non_exhaustive()
    }
}

/// Tells how long it lived.
struct Timer {
    what: &'static str,
    begun: Instant,
    timing: Option<Timing>,
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(timing) = &self.timing {
            timing(self.what, self.begun.elapsed());
        }
    }
}

impl Store {
    /// Opens the database at a URL of sqlx (`sqlite:…`, `postgres:…`), makes or migrates its tables, and marks a new one as practice or
    /// live for ever.
    ///
    /// # Errors
    /// When it cannot be opened or migrated, or belongs to the other world.
    pub async fn open(url: &str, practice: bool) -> Result<Self, StoreError> {
        use_sqlite();
        let sqlite = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(if sqlite { SQLITE_CONNECTIONS } else { POSTGRES_CONNECTIONS })
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // Either of these would wake an idle backend again and again.
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(!sqlite)
            // A transaction that a full disk broke off is over for SQLite, but not for sqlx: what is begun next on its connection would be
            // nested in nothing, and committed to nowhere.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    let prepare = if sqlite {
                        "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
                         pragma foreign_keys = on; pragma cache_size = -512;"
                            .to_owned()
                    } else {
                        format!("set lock_timeout = '{LOCK_TIMEOUT}'")
                    };
                    connection.execute(AssertSqlSafe(prepare)).await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        migrations().run(&pool).await?;
        let store = Self { pool, numbers: numbers::Numbers::default(), timing: None };
        store.mark(practice).await?;
        Ok(store)
    }

    /// Tells how long the operations take from now on.
    #[must_use]
    pub fn timed(mut self, timing: impl Fn(&'static str, Duration) + Send + Sync + 'static) -> Self {
        self.timing = Some(Arc::new(timing));
        self
    }

    fn time(&self, what: &'static str) -> Timer {
        Timer { what, begun: Instant::now(), timing: self.timing.clone() }
    }

    /// Connections that nobody uses, and all connections.
    pub fn connections(&self) -> (u32, u32) {
        (u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX), self.pool.size())
    }

    /// Copies an SQLite database, as it is at one instant, into a file that is empty or not there.
    ///
    /// # Errors
    /// When it cannot be read or written, or is none of SQLite.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        sqlx::query("vacuum into $1").bind(file.to_string_lossy().into_owned()).execute(&self.pool).await?;
        Ok(())
    }

    /// Closes every connection; what was committed is on disk.
    pub async fn close(&self) {
        if let Err(error) = self.return_numbers().await {
            tracing::warn!(%error, "some numbers are left out");
        }
        self.pool.close().await;
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// The key that receipts are signed with: the one that is kept, or else this one, which is kept from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signing_key(&self, fresh: &str) -> Result<String, StoreError> {
        sqlx::query("insert into setting (name, value) values ('signing-key', $1) on conflict do nothing")
            .bind(fresh)
            .execute(&self.pool)
            .await?;
        let (kept,): (String,) =
            sqlx::query_as("select value from setting where name = 'signing-key'").fetch_one(&self.pool).await?;
        Ok(kept)
    }

    async fn mark(&self, practice: bool) -> Result<(), StoreError> {
        let wanted = if practice { "yes" } else { "no" };
        sqlx::query("insert into setting (name, value) values ('practice', $1) on conflict do nothing")
            .bind(wanted)
            .execute(&self.pool)
            .await?;
        let (found,): (String,) =
            sqlx::query_as("select value from setting where name = 'practice'").fetch_one(&self.pool).await?;
        if found == wanted { Ok(()) } else { Err(StoreError::OtherWorld { practice: found == "yes" }) }
    }
}

fn migrations() -> Migrator {
    let files = [
        (1, "first", include_str!("migrations/1_first.sql")),
        (20, "uploads", include_str!("migrations/20_uploads.sql")),
        (21, "sign in", include_str!("migrations/21_sign_in.sql")),
        (22, "audit", include_str!("migrations/22_audit.sql")),
        (30, "procedure", include_str!("migrations/30_procedure.sql")),
        (31, "accepted", include_str!("migrations/31_accepted.sql")),
        (40, "catalogue", include_str!("migrations/40_catalogue.sql")),
        (50, "turns", include_str!("migrations/50_turns.sql")),
    ];
    let migrations = files
        .into_iter()
        .map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, AssertSqlSafe(sql).into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}

fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Corrupt("instant"))
}

fn counter(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Corrupt("counter"))
}

fn stored_counter(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    /// A full disk makes SQLite roll back by itself, as this trigger does.
    #[tokio::test]
    async fn what_is_kept_after_the_disk_broke_a_transaction_off_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("backend.sqlite").display());
        let store = Store::open(&format!("{url}?mode=rwc"), true).await.unwrap();
        let clerk = ClerkRow {
            name: "li".to_owned(),
            display: "李文".to_owned(),
            site: "town".to_owned(),
            window: "1".to_owned(),
            role: "clerk".parse().unwrap(),
            password: "x".to_owned(),
            disabled: false,
        };
        let run = async |sql: &'static str| sqlx::query(sql).execute(&store.pool).await.unwrap();
        run("create trigger full before insert on clerk begin select raise(rollback, 'disk full'); end").await;
        for _ in 0..2 {
            store.add_clerk(&clerk, Timestamp::now()).await.unwrap_err();
        }
        run("drop trigger full").await;
        drop(store.pool.begin().await.unwrap());
        assert!(store.add_clerk(&clerk, Timestamp::now()).await.unwrap());
        let beside = Store::open(&url, true).await.unwrap();
        assert!(beside.clerk("li").await.unwrap().is_some(), "kept, and not on the disk");
    }
}
