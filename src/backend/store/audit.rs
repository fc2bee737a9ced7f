//! The audit log: entries that wait, and the chain.

use sqlx::{Any, AssertSqlSafe, Executor, Transaction};
use uuid::Uuid;

use super::requests::Submission;
use super::{Store, StoreError, counter, stored_counter};
use crate::backend::audit::{Act, AuditRow, ChainEnd, link};

/// Entries linked, or read, at a time.
const BATCH: usize = 500;

/// Writes an entry, in the transaction of the act or by itself.
pub(super) async fn note<'e, E: Executor<'e, Database = Any>>(executor: E, act: &Act<'_>) -> Result<(), StoreError> {
    sqlx::query("insert into audit_waiting (id, at, actor, action, subject) values ($1, $2, $3, $4, $5)")
        .bind(Uuid::now_v7().to_string())
        .bind(act.at.as_millisecond())
        .bind(act.actor)
        .bind(act.action.name())
        .bind(act.subject)
        .execute(executor)
        .await?;
    Ok(())
}

impl Store {
    /// Writes an entry of an act that is no change of the database, or has been made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit(&self, act: &Act<'_>) -> Result<(), StoreError> {
        note(&self.pool, act).await
    }

    /// Links every entry that waits into the chain. Of several who link at once each waits for the one before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_audit(&self) -> Result<(), StoreError> {
        while self.link_some().await? == BATCH {}
        Ok(())
    }

    async fn link_some(&self) -> Result<usize, StoreError> {
        if self.audit_waiting().await? == 0 {
            return Ok(0);
        }
        let mut transaction = self.pool.begin().await?;
        // A write before anything is read: from here on nobody else links.
        let (seq, hash): (i64, String) =
            sqlx::query_as("update audit_end set seq = seq where only_one = 1 returning seq, hash")
                .fetch_one(&mut *transaction)
                .await?;
        let mut end = ChainEnd { seq: counter(seq)?, hash };
        let rows: Vec<(String, i64, String, String, String)> =
            sqlx::query_as("select id, at, actor, action, subject from audit_waiting order by id limit 500")
                .fetch_all(&mut *transaction)
                .await?;
        let mut links = Vec::with_capacity(rows.len());
        for (id, at, actor, action, subject) in rows {
            let row = AuditRow { seq: end.seq.saturating_add(1), id, at, actor, action, subject };
            end = link(&end, &row);
            links.push((row, end.hash.clone()));
        }
        append(&mut transaction, &links).await?;
        sqlx::query("update audit_end set seq = $1, hash = $2 where only_one = 1")
            .bind(stored_counter(end.seq))
            .bind(&end.hash)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(links.len())
    }

    /// How many entries wait.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_waiting(&self) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as("select count(*) from audit_waiting").fetch_one(&self.pool).await?;
        counter(count)
    }

    /// Where the chain ends by what was written down with it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_end(&self) -> Result<ChainEnd, StoreError> {
        let (seq, hash): (i64, String) =
            sqlx::query_as("select seq, hash from audit_end where only_one = 1").fetch_one(&self.pool).await?;
        Ok(ChainEnd { seq: counter(seq)?, hash })
    }

    /// The entries after a place, with their hashes; some of them. One that stands before the first place there is comes as place 0.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_page(&self, after: u64) -> Result<Vec<(AuditRow, String)>, StoreError> {
        type Tuple = (i64, String, i64, String, String, String, String);
        let rows: Vec<Tuple> = sqlx::query_as(
            "select seq, id, at, actor, action, subject, hash from audit where seq > $1 or seq < 1 order by seq limit 500",
        )
        .bind(stored_counter(after))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(seq, id, at, actor, action, subject, hash)| {
                Ok((AuditRow { seq: u64::try_from(seq).unwrap_or(0), id, at, actor, action, subject }, hash))
            })
            .collect()
    }
}

/// Moves entries from those that wait to the end of the chain, in two statements: whoever links keeps others waiting.
async fn append(transaction: &mut Transaction<'_, Any>, links: &[(AuditRow, String)]) -> Result<(), StoreError> {
    if links.is_empty() {
        return Ok(());
    }
    let places = |row: usize, columns: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..links.len()).map(|row| places(row, 7)).collect();
    let insert = format!("insert into audit (seq, id, at, actor, action, subject, hash) values {}", rows.join(", "));
    let mut insert = sqlx::query(AssertSqlSafe(insert)).persistent(false);
    for (row, hash) in links {
        insert = insert.bind(stored_counter(row.seq)).bind(&row.id).bind(row.at);
        insert = insert.bind(&row.actor).bind(&row.action).bind(&row.subject).bind(hash);
    }
    insert.execute(&mut **transaction).await?;
    let delete = format!("delete from audit_waiting where id in {}", places(0, links.len()));
    let mut delete = sqlx::query(AssertSqlSafe(delete)).persistent(false);
    for (row, _) in links {
        delete = delete.bind(&row.id);
    }
    delete.execute(&mut **transaction).await?;
    Ok(())
}

impl Submission {
    /// Writes an entry with the submission.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit(&mut self, act: &Act<'_>) -> Result<(), StoreError> {
        note(&mut *self.transaction, act).await
    }
}
