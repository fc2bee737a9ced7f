//! What the database can do: the rows of one submission, inserted by as many connections as the backend has, and nothing else.

use std::time::Instant;

use onewindow::backend::store::Store;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, Executor as _, Transaction};
use uuid::Uuid;

/// Submissions a second that the database could take.
pub async fn rate(database: &str, connections: u32, submissions: u32, document: &str, answer: &str) -> f64 {
    if let Some(file) = database.strip_prefix("sqlite:") {
        std::fs::File::create(file).expect("a file");
    }
    let url = database.replacen("sqlite:", "sqlite://", 1);
    // The tables of the backend, on a database of their own.
    Store::open(&url, true).await.expect("tables").close().await;
    let sqlite = url.starts_with("sqlite:");
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if sqlite {
                    let settings = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full;";
                    connection.execute(settings).await?;
                }
                Ok(())
            })
        })
        .connect(&url)
        .await
        .expect("a database");
    let clerk =
        "insert into clerk (name, display, site, counter, role, password) values ('bare', '', '', '', 'clerk', '')";
    sqlx::query(clerk).execute(&pool).await.expect("a clerk");
    let begun = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (pool, document, answer) = (pool.clone(), document.to_owned(), answer.to_owned());
            let share = submissions / connections;
            tokio::spawn(async move {
                for _ in 0..share {
                    insert(&pool, &document, &answer).await.expect("rows");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task");
    }
    let rate = f64::from(submissions / connections * connections) / begun.elapsed().as_secs_f64();
    pool.close().await;
    rate
}

async fn insert(pool: &AnyPool, document: &str, answer: &str) -> Result<(), sqlx::Error> {
    let id = Uuid::now_v7().to_string();
    let mut tx: Transaction<'_, Any> = pool.begin().await?;
    sqlx::query("insert into idempotency (request_id, digest, claimed_at) values ($1, $2, 1)")
        .bind(&id)
        .bind("0".repeat(64))
        .execute(&mut *tx)
        .await?;
    sqlx::query("insert into request (id, request_no, site, clerk, received_at, document, answer) values ($1, $1, 'town', 'bare', 1, $2, $3)")
        .bind(&id)
        .bind(document)
        .bind(answer)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "insert into request_case (case_no, request_no, item_code, item_name, site, applicant, applicant_key, status, \
         closed, version, received_at, updated_at, due) \
         values ($1, $1, '11429006MB999999X65420511008001', '高龄津贴', 'town', '张*国', $1, 'received', 0, 1, 1, 1, '2026-09-24')",
    )
    .bind(&id)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "insert into case_event (case_no, seq, status, at, actor, note) values ($1, 1, 'received', 1, '王晓', '')",
    )
    .bind(&id)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "insert into audit_waiting (id, at, actor, action, subject) values ($1, 1, 'bare', 'request-accepted', $1)",
    )
    .bind(&id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
