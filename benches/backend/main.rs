//! The backend under load: full submissions over HTTP, next to what the same database takes of the same rows without it.
//!
//! Figures only, no target; `benches/README.md` says what they are.
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a load that fails ends")]

#[path = "bare.rs"]
mod bare;
#[path = "http.rs"]
mod http;
#[path = "office.rs"]
mod office;
#[expect(dead_code, reason = "the tests' county; a load needs a part of it")]
#[path = "../../tests/backend/world.rs"]
mod world;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use http::Line;
use office::{Desk, Office};
use tempfile::TempDir;

/// Connections that the backend keeps to each kind of database.
const SQLITE_CONNECTIONS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

fn number(name: &str, usual: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn main() {
    let groups: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |group: &str| groups.is_empty() || groups.iter().any(|named| named == group);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        onewindow::backend::use_postgres();
        let mut databases = vec![("SQLite", None, SQLITE_CONNECTIONS)];
        if let Ok(url) = std::env::var("BENCH_DATABASE") {
            databases.push(("PostgreSQL", Some(url), POSTGRES_CONNECTIONS));
        }
        for (name, url, connections) in databases {
            if wanted("submit") {
                submit(name, url.as_deref(), connections).await;
            }
            if wanted("day") {
                day(name, url.as_deref()).await;
            }
            if wanted("memory") {
                memory(name, url.as_deref()).await;
            }
        }
    });
}

/// An empty database: a file in the folder, or a schema of its own on the server.
async fn database(folder: &Path, url: Option<&str>, name: &str) -> String {
    let Some(url) = url else { return format!("sqlite:{}", folder.join(name).display()) };
    let schema = format!("bench_{}", uuid::Uuid::now_v7().simple());
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.expect("the server");
    let create = sqlx::AssertSqlSafe(format!("create schema {schema}"));
    sqlx::query(create).execute(&mut connection).await.expect("a schema");
    format!("{url}?options[search_path]={schema}")
}

/// Times of calls, sorted.
struct Times(Vec<Duration>);

impl Times {
    fn share(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(place).map_or(0.0, Duration::as_secs_f64) * 1_000.0
    }
}

/// Sends submissions over so many lines as fast as they are answered.
async fn send(office: &Office, lines: u32, submissions: Vec<(uuid::Uuid, String)>) -> (f64, Times) {
    let token = office.sign_in().await;
    let (next, submissions) = (Arc::new(AtomicU32::new(0)), Arc::new(submissions));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..lines)
        .map(|_| {
            let (next, submissions, token, addr) =
                (Arc::clone(&next), Arc::clone(&submissions), token.clone(), office.addr);
            tokio::spawn(async move {
                let mut line = Line::open(addr, token).await;
                let mut times = Vec::new();
                while let Some((id, document)) = submissions.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    let begun = Instant::now();
                    let answer = line.call("PUT", &format!("/v1/requests/{id}"), document).await;
                    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a task"));
    }
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort();
    (rate, Times(times))
}

/// Full submissions, and the bare insert rate of the same rows on the same database in the same run, twice each in turn.
async fn submit(name: &str, url: Option<&str>, connections: u32) {
    let (count, lines) = (number("SUBMISSIONS", 5_000), number("LINES", 32));
    let folder = TempDir::new().expect("a folder");
    let desk = Desk::new();
    let mut person = 0;
    for round in 1..=2 {
        let office = Office::start(folder.path(), &database(folder.path(), url, &format!("{round}.sqlite")).await);
        let submissions = (0..count).map(|_| {
            person += 1;
            desk.submission(person)
        });
        let submissions: Vec<_> = submissions.collect();
        let document = submissions.first().map(|(_, document)| document.clone()).unwrap_or_default();
        let mut line = Line::open(office.addr, office.sign_in().await).await;
        let (id, first) = desk.submission(0);
        let answer = line.call("PUT", &format!("/v1/requests/{id}"), &first).await;
        let answer = String::from_utf8_lossy(&answer.body).into_owned();
        let (rate, times) = send(&office, lines, submissions).await;
        drop(office);
        let empty = database(folder.path(), url, &format!("bare-{round}.sqlite")).await;
        let bare = bare::rate(&empty, connections, count, &document, &answer).await;
        println!(
            "{name}, round {round}: {count} submissions over {lines} lines: {rate:.0} a second, p50 {:.1} ms, p99 {:.1} ms; \
             bare inserts {bare:.0} a second; ratio {:.2}",
            times.share(50),
            times.share(99),
            rate / bare
        );
    }
}

/// A day of eight hours at 1,000 desks, as fast as it goes: every desk signs in once, looks for a newer catalogue, submits, looks at its
/// cases.
async fn day(name: &str, url: Option<&str>) {
    let (desks, hours, an_hour) = (number("DESKS", 1_000), 8, number("SUBMISSIONS_AN_HOUR", 6));
    let folder = TempDir::new().expect("a folder");
    let office = Office::start(folder.path(), &database(folder.path(), url, "day.sqlite").await);
    let desk = Arc::new(Desk::new());
    let before = office.memory();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..desks)
        .map(|number| {
            let (desk, addr) = (Arc::clone(&desk), office.addr);
            tokio::spawn(async move {
                let mut line = Line::open(addr, String::new()).await;
                let credentials = r#"{"name":"practice","password":"practice"}"#;
                let session = line.call_until_taken("POST", "/v1/sessions", credentials).await;
                assert_eq!(session.status, 201, "{}", String::from_utf8_lossy(&session.body));
                let session: serde_json::Value = serde_json::from_slice(&session.body).expect("a session");
                let token = session["accessToken"].as_str().expect("a token").to_owned();
                drop(line);
                let mut times = Vec::new();
                for turn in 0..hours * an_hour {
                    // A desk's line does not stay open between two citizens.
                    let mut line = Line::open(addr, token.clone()).await;
                    let (id, document) = desk.submission(1_000_000 + number * 1_000 + turn);
                    for (method, path, body) in [
                        ("GET", "/v1/meta".to_owned(), ""),
                        ("PUT", format!("/v1/requests/{id}"), document.as_str()),
                        ("GET", "/v1/cases?limit=20".to_owned(), ""),
                    ] {
                        let begun = Instant::now();
                        let answer = line.call_until_taken(method, &path, body).await;
                        assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
                        times.push(begun.elapsed());
                    }
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a desk"));
    }
    let took = begun.elapsed();
    times.sort();
    let times = Times(times);
    println!(
        "{name}: 8 h at {desks} desks, {} submissions, {} calls in {:.0} s ({:.0} times as fast): p50 {:.1} ms, p99 {:.1} ms; \
         memory {before} KiB before, {} KiB after",
        desks * hours * an_hour,
        times.0.len(),
        took.as_secs_f64(),
        8.0 * 3_600.0 / took.as_secs_f64(),
        times.share(50),
        times.share(99),
        office.memory()
    );
}

/// Resident memory over very many requests of the usual kinds.
async fn memory(name: &str, url: Option<&str>) {
    let (requests, lines) = (number("REQUESTS", 200_000), 16);
    let folder = TempDir::new().expect("a folder");
    let office = Arc::new(Office::start(folder.path(), &database(folder.path(), url, "memory.sqlite").await));
    let desk = Arc::new(Desk::new());
    let done = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..lines)
        .map(|number| {
            let (office, desk, done) = (Arc::clone(&office), Arc::clone(&desk), Arc::clone(&done));
            tokio::spawn(async move {
                let mut line = Line::open(office.addr, office.sign_in().await).await;
                let mut signed_in = Instant::now();
                for turn in 0.. {
                    let (id, document) = desk.submission(number * 50_000 + turn);
                    let path = format!("/v1/requests/{id}");
                    for (method, path, body) in [
                        ("PUT", path.as_str(), document.as_str()),
                        ("PUT", path.as_str(), document.as_str()),
                        ("GET", path.as_str(), ""),
                        ("GET", "/v1/cases?limit=1", ""),
                        ("GET", "/v1/meta", ""),
                        ("GET", "/v1/nothing", ""),
                        ("PUT", path.as_str(), "{\"damaged\":"),
                        ("GET", "/v1/catalogue?limit=1", ""),
                        ("GET", "/health/ready", ""),
                        ("GET", "/v1/forms/allowance/versions/2", ""),
                    ] {
                        line.call(method, path, body).await;
                    }
                    if done.fetch_add(10, Ordering::Relaxed) >= requests {
                        return;
                    }
                    if signed_in.elapsed() > Duration::from_mins(10) {
                        line = Line::open(office.addr, office.sign_in().await).await;
                        signed_in = Instant::now();
                    }
                }
            })
        })
        .collect();
    let step = requests / 10;
    for part in 0..=10 {
        while done.load(Ordering::Relaxed) < part * step {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("{name}: after {} requests {} KiB", done.load(Ordering::Relaxed), office.memory());
    }
    for task in tasks {
        task.await.expect("a task");
    }
}
