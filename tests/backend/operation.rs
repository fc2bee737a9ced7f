//! Running a backend: limits, TLS, figures, stopping, backing up.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use onewindow::backend::config::{Attachments, Config, Database, Limits, TlsFiles, Transport};
use onewindow::backend::{Backend, StartError, upkeep};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::postgres;
use crate::world::{DATABASE, OTHER_PERSON, PERSON, World, friday, http, request};

/// What comes back on a line until it is closed.
async fn all_of(mut line: TcpStream) -> String {
    let mut text = Vec::new();
    // A line may be reset as well as closed.
    let _ = line.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn a_line_that_dawdles_is_closed_and_the_others_go_on() {
    let limits = Limits { header_timeout: Some(Duration::from_millis(300)), ..Limits::default() };
    let world = World::with(true, friday, |config| config.limits = limits).await;
    let addr = world.running.addr();
    let mut dripping = Vec::new();
    for head in ["", "GET /v1/meta HT", "GET /v1/meta HTTP/1.1\r\nhost: x\r\nx-drip: "] {
        let mut line = TcpStream::connect(addr).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        dripping.push(line);
    }
    let answer = http().get(format!("http://{addr}/v1/meta")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    for line in dripping {
        // Ends at all: the test would hang otherwise.
        assert!(!all_of(line).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn one_address_gets_so_many_lines() {
    let limits = Limits { connections_per_address: 3, ..Limits::default() };
    let world = World::with(true, friday, |config| config.limits = limits).await;
    let addr = world.running.addr();
    let ask = async |mut line: TcpStream| {
        // A line that was closed at once may refuse to be written to.
        let _ = line.write_all(b"GET /v1/meta HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        all_of(line).await
    };
    let mut lines = Vec::new();
    for _ in 0..3 {
        let mut line = TcpStream::connect(addr).await.unwrap();
        line.write_all(b"GET /v1/meta HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 15];
        line.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        lines.push(line);
    }
    assert_eq!(ask(TcpStream::connect(addr).await.unwrap()).await, "", "a fourth is closed");
    lines.pop();
    // The place is free as soon as the backend has seen the close.
    for _ in 0..100 {
        if ask(TcpStream::connect(addr).await.unwrap()).await.starts_with("HTTP/1.1 200 OK") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place was not given back");
}

#[tokio::test]
async fn who_comes_too_fast_is_told_to_wait() {
    let limits = Limits { requests_per_clerk: 1, sign_ins_per_address: 1, ..Limits::default() };
    let world = World::with(true, friday, |config| config.limits = limits).await;
    let session = world.signed_in("practice").await.session().unwrap();
    let mut last = None;
    for _ in 0..40 {
        let call = http().get(format!("{}/v1/cases", world.running.url())).bearer_auth(&session.access_token);
        let answer = call.send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            last = Some(answer);
            break;
        }
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let answer = last.expect("no limit at all");
    assert_eq!(answer.headers()["retry-after"], "1");
    let problem: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((problem["code"].as_str(), problem["retryable"].as_bool()), (Some("rate-limited"), Some(true)));
    let sign_in = json!({"name": "nobody", "password": "x"}).to_string();
    let mut codes = Vec::new();
    for _ in 0..40 {
        let call = http().post(format!("{}/v1/sessions", world.running.url()));
        let call = call.header("content-type", "application/json").body(sign_in.clone());
        let problem: Value = serde_json::from_slice(&call.send().await.unwrap().bytes().await.unwrap()).unwrap();
        codes.push(problem["code"].as_str().unwrap().to_owned());
    }
    assert!(codes.iter().any(|code| code == "rate-limited"), "{codes:?}");
    let big = " ".repeat(20_000);
    let call = http().post(format!("{}/v1/sessions/refresh", world.running.url()));
    let refused = call.header("content-type", "application/json").body(big).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE, "a stranger's body is small");
}

#[tokio::test]
async fn no_public_address_without_tls() {
    let folder = tempfile::tempdir().unwrap();
    let public = Config { listen: SocketAddr::from(([0, 0, 0, 0], 0)), ..Config::practice(folder.path()) };
    assert!(matches!(Backend::start(public.clone()).await, Err(StartError::NotLoopback(_))));
    let missing = TlsFiles { certificate: folder.path().join("none.pem"), key: folder.path().join("none.key") };
    let no_certificate = Config { transport: Transport::Tls(missing), ..public.clone() };
    assert!(matches!(Backend::start(no_certificate).await, Err(StartError::Tls(_))));
    let behind = Config { transport: Transport::BehindTlsProxy, ..public };
    Backend::start(behind).await.unwrap().shutdown().await;
}

/// A certificate for 127.0.0.1 that signs itself; written into a folder, and given for trusting it.
fn certify(folder: &Path) -> (TlsFiles, reqwest::Certificate) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap())
}

async fn meta_over_tls(addr: SocketAddr, trusted: reqwest::Certificate) -> Option<u16> {
    drop(http());
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap();
    Some(client.get(format!("https://{addr}/v1/meta")).send().await.ok()?.status().as_u16())
}

#[tokio::test]
async fn a_certificate_serves_and_a_newer_one_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (files, first) = certify(folder.path());
    let world = World::with(true, friday, |config| config.transport = Transport::Tls(files)).await;
    let addr = world.running.addr();
    assert_eq!(world.running.url(), format!("https://{addr}"));
    assert_eq!(meta_over_tls(addr, first.clone()).await, Some(200));
    assert!(http().get(format!("http://{addr}/v1/meta")).send().await.is_err(), "nothing goes in the clear");
    let (_, second) = certify(folder.path());
    assert_eq!(meta_over_tls(addr, second.clone()).await, None);
    world.running.reload_certificate().await.unwrap();
    assert_eq!(meta_over_tls(addr, second.clone()).await, Some(200));
    assert_eq!(meta_over_tls(addr, first).await, None);
    std::fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
    assert!(matches!(world.running.reload_certificate().await, Err(StartError::Tls(_))));
    assert_eq!(meta_over_tls(addr, second).await, Some(200), "the one before stays in use");
}

#[tokio::test]
async fn figures_are_for_this_machine_only() {
    let world = World::practice().await;
    world.signed_in("practice").await.put_request(&request(PERSON)).await.unwrap();
    let figures = async |world: &World, from: Option<&str>| {
        let mut call = http().get(format!("{}/metrics", world.running.url()));
        if let Some(from) = from {
            call = call.header("x-forwarded-for", from);
        }
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap())
    };
    let (status, text) = figures(&world, Some("203.0.113.9")).await;
    assert_eq!(status, 200, "who is no proxy's is not believed");
    for line in [
        "onewindow_request_seconds_count{method=\"PUT\",route=\"/v1/requests/{id}\",status=\"201\"} 1",
        "onewindow_store_seconds_count{operation=\"commit\"} 1",
        "onewindow_cases{status=\"received\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.contains("onewindow_store_ping_seconds ") && text.contains("onewindow_audit_waiting "));
    assert!(!text.contains(PERSON));

    let behind = World::with(true, friday, |config| config.transport = Transport::BehindTlsProxy).await;
    assert_eq!(figures(&behind, None).await.0, 200);
    assert_eq!(figures(&behind, Some("127.0.0.1, 203.0.113.9")).await.0, 404, "the last entry is the proxy's");
    let open = World::with(true, friday, |config| {
        config.transport = Transport::BehindTlsProxy;
        config.metrics_for_all = true;
    });
    assert_eq!(figures(&open.await, Some("203.0.113.9")).await.0, 200);
}

#[tokio::test]
async fn a_trace_comes_back() {
    let world = World::practice().await;
    let ask = |trace: &str| http().get(format!("{}/v1/meta", world.running.url())).header("traceparent", trace).send();
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let answer = ask(&format!("00-{id}-00f067aa0ba902b7-01")).await.unwrap();
    assert!(answer.headers()["traceparent"].to_str().unwrap().starts_with(&format!("00-{id}-")));
    let answer = ask("nonsense").await.unwrap();
    assert_eq!(answer.headers()["traceparent"].to_str().unwrap().len(), 55);
}

#[tokio::test]
async fn what_was_taken_is_answered_before_the_backend_stops() {
    let world = World::practice().await;
    let token = world.signed_in("practice").await.session().unwrap().access_token;
    let wanted = request(PERSON);
    let body = serde_json::to_string(&wanted).unwrap();
    let mut line = TcpStream::connect(world.running.addr()).await.unwrap();
    let head = format!(
        "PUT /v1/requests/{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        wanted.id,
        body.len()
    );
    let (begun, rest) = body.as_bytes().split_at(100);
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(begun).await.unwrap();
    let idle = TcpStream::connect(world.running.addr()).await.unwrap();
    // The head is on its way into a handler.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let World { folder, running, .. } = world;
    let addr = running.addr();
    let stopping = tokio::spawn(running.shutdown());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(addr).await.is_err(), "nobody new is taken");
    line.write_all(rest).await.unwrap();
    let answer = all_of(line).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(all_of(idle).await, "");
    stopping.await.unwrap();
    drop(folder);
}

#[tokio::test]
async fn a_backup_made_at_work_goes_on_where_it_was_made() {
    let world = World::practice().await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backup");
    if std::env::var_os(DATABASE).is_some() {
        let refused = upkeep::back_up(&world.config(), &to).await.unwrap_err();
        assert!(matches!(refused, upkeep::BackupError::Server));
        return;
    }
    let client = world.signed_in("practice").await;
    let kept = client.put_request(&request(PERSON)).await.unwrap();
    // Others submit while the copy is made.
    let busy = {
        let client = std::sync::Arc::clone(&client);
        tokio::spawn(async move {
            for _ in 0..20 {
                let mut wanted = request(OTHER_PERSON);
                wanted.acknowledge_duplicate = true;
                client.put_request(&wanted).await.unwrap();
            }
        })
    };
    upkeep::back_up(&world.config(), &to).await.unwrap();
    assert!(matches!(upkeep::back_up(&world.config(), &to).await, Err(upkeep::BackupError::Taken(_))));
    busy.await.unwrap();
    std::fs::write(world.folder.path().join("附件/added-later"), "x").unwrap();
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(to.join("backend.sqlite")).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "nobody else reads it");

    let restored = Config {
        database: Database::File(to.join("backend.sqlite")),
        attachments: Attachments::Folder(to.join("backend.attachments")),
        ..world.config()
    };
    let running = Backend::start(restored.clone()).await.unwrap();
    let there = onewindow::api::Client::practice(running.addr()).unwrap();
    there.sign_in("practice", "practice").await.unwrap();
    assert_eq!(there.receipt(&kept.body.request_no).await.unwrap(), kept.body.receipt);
    let mut wanted = request(OTHER_PERSON);
    wanted.acknowledge_duplicate = true;
    let next = there.put_request(&wanted).await.unwrap().body.request_no;
    assert!(next > kept.body.request_no, "it goes on from its own state");
    running.shutdown().await;
    upkeep::verify_audit(&restored, None).await.unwrap().unwrap();
    assert!(!to.join("backend.attachments/added-later").exists());
}

#[tokio::test]
async fn a_dump_restored_elsewhere_goes_on_where_it_was_made() {
    let world = World::practice().await;
    let Database::Server(url) = world.config().database else { return };
    let client = world.signed_in("practice").await;
    let taken = request(PERSON);
    let kept = client.put_request(&taken).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("backend.dump");
    let (server, schema) = url.split_once("?options[search_path]=").unwrap();
    let run = |program: &str, options: &[&str]| {
        let done = Command::new(postgres::program(program).unwrap()).args(options).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let dump = dump.to_str().unwrap();
    run("pg_dump", &["--format=custom", "--file", dump, "--schema", schema, server]);
    let elsewhere = format!("elsewhere_{schema}");
    run("createdb", &["--maintenance-db", server, &elsewhere]);
    let other = format!("{}/{elsewhere}", server.rsplit_once('/').unwrap().0);
    run("pg_restore", &["--dbname", &other, dump]);

    let database = format!("{other}?options[search_path]={schema}").parse().unwrap();
    let restored = Config { database, ..world.config() };
    let running = Backend::start(restored.clone()).await.unwrap();
    let there = onewindow::api::Client::practice(running.addr()).unwrap();
    there.sign_in("practice", "practice").await.unwrap();
    assert_eq!(there.receipt(&kept.body.request_no).await.unwrap(), kept.body.receipt);
    let again = there.put_request(&taken).await.unwrap();
    assert_eq!(again.body.request_no, kept.body.request_no, "the same request is the same there");
    assert!(there.put_request(&request(OTHER_PERSON)).await.unwrap().body.request_no > kept.body.request_no);
    running.shutdown().await;
    upkeep::verify_audit(&restored, None).await.unwrap().unwrap();
}
