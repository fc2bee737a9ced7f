//! Uploads over real HTTP, as tus 1.0 has them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use onewindow::domain::request::Received;

use crate::world::{PERSON, World, friday, http, pointers, request};

const PART: &str = "application/offset+octet-stream";

/// A clerk with a scanner.
struct Scanner {
    addr: SocketAddr,
    token: String,
    http: reqwest::Client,
}

impl Scanner {
    async fn of(world: &World, clerk: &str) -> Self {
        let token = world.signed_in(clerk).await.session().unwrap().access_token;
        let http = http();
        Self { addr: world.running.addr(), token, http }
    }

    fn call(&self, method: &str, path: &str) -> RequestBuilder {
        self.http
            .request(Method::from_bytes(method.as_bytes()).unwrap(), format!("http://{}{path}", self.addr))
            .bearer_auth(&self.token)
            .header("tus-resumable", "1.0.0")
    }

    async fn try_create(&self, length: u64, metadata: &str) -> Response {
        let call = self.call("POST", "/v1/uploads").header("upload-length", length);
        call.header("upload-metadata", metadata).send().await.unwrap()
    }

    /// Begins an upload; gives its path.
    async fn create(&self, content: &[u8]) -> String {
        let response = self.try_create(content.len() as u64, &metadata(content)).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn patch(&self, path: &str, offset: usize, bytes: &[u8], checksum: Option<&str>) -> Response {
        let mut call = self.call("PATCH", path).header("content-type", PART).header("upload-offset", offset);
        if let Some(checksum) = checksum {
            call = call.header("upload-checksum", checksum);
        }
        call.body(bytes.to_vec()).send().await.unwrap()
    }

    /// Status and offset.
    async fn head(&self, path: &str) -> (u16, Option<usize>) {
        let response = self.call("HEAD", path).send().await.unwrap();
        (response.status().as_u16(), offset(&response))
    }
}

fn offset(response: &Response) -> Option<usize> {
    response.headers().get("upload-offset").map(|value| value.to_str().unwrap().parse().unwrap())
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn metadata(content: &[u8]) -> String {
    format!("filename {},sha256 {}", STANDARD.encode("身份证.jpg"), STANDARD.encode(sha256(content)))
}

fn checksum(bytes: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)))
}

/// Bytes that look like no others.
fn content(seed: u8, length: usize) -> Vec<u8> {
    (0..length).map(|index| (index.wrapping_mul(2_654_435_761) >> 7) as u8 ^ seed).collect()
}

/// Every file of the attachments, with its content.
fn files(world: &World) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), found);
            } else {
                found.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&world.folder.path().join("附件"), &mut found);
    found
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_is_kept_by_its_content() {
    let world = World::practice().await;
    let scanner = Scanner::of(&world, "practice").await;
    let file = content(1, 300_000);
    let path = scanner.create(&file).await;
    assert_eq!(scanner.head(&path).await, (200, Some(0)));

    let first = scanner.patch(&path, 0, &file[..100_000], Some(&checksum(&file[..100_000]))).await;
    assert_eq!((first.status().as_u16(), offset(&first)), (204, Some(100_000)));
    assert!(first.headers()["upload-expires"].to_str().unwrap().ends_with("2026 02:00:00 GMT"));
    assert_eq!(first.headers()["tus-resumable"], "1.0.0");
    // Nothing is taken twice, and nothing with a gap.
    for wrong in [0, 99_999, 100_001] {
        assert_eq!(scanner.patch(&path, wrong, &file[100_000..], None).await.status(), StatusCode::CONFLICT);
    }
    let damaged = scanner.patch(&path, 100_000, &file[100_001..], Some(&checksum(&file[100_000..]))).await;
    assert_eq!(damaged.status().as_u16(), 460);
    assert_eq!(scanner.head(&path).await, (200, Some(100_000)), "what was damaged does not count");
    let more = [&file[100_000..], b"more"].concat();
    assert_eq!(scanner.patch(&path, 100_000, &more, None).await.status(), StatusCode::PAYLOAD_TOO_LARGE);

    let world = world.restart().await;
    let scanner = Scanner::of(&world, "practice").await;
    assert_eq!(scanner.head(&path).await, (200, Some(100_000)), "a restart loses nothing");
    let last = scanner.patch(&path, 100_000, &file[100_000..], None).await;
    assert_eq!((last.status().as_u16(), offset(&last)), (204, Some(300_000)));
    assert_eq!(scanner.head(&path).await, (200, Some(300_000)));
    let files = files(&world);
    assert_eq!(files.len(), 1, "the pieces are gone: {:?}", files.iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert!(files[0].0.contains(&sha256(&file)) && files[0].1 == file);

    // The site has it: a second upload of the same is whole at once. Another site does not learn of it.
    let again = scanner.create(&file).await;
    assert_eq!(scanner.head(&again).await, (200, Some(300_000)));
    let village = Scanner::of(&world, "village").await;
    assert_eq!(village.head(&village.create(&file).await).await, (200, Some(0)));
    assert_eq!(village.head(&path).await.0, 404, "another clerk's upload");
}

#[tokio::test]
async fn of_two_that_write_the_same_place_one_wins() {
    let world = World::practice().await;
    let scanner = Scanner::of(&world, "practice").await;
    let file = content(2, 60_000);
    let path = scanner.create(&file).await;
    let (half, rest) = file.split_at(30_000);
    for (at, bytes) in [(0, half), (30_000, rest)] {
        let tries = (0..8).map(|_| scanner.patch(&path, at, bytes, None));
        let statuses: Vec<u16> =
            futures_util::future::join_all(tries).await.iter().map(|answer| answer.status().as_u16()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [204, 409].contains(status)), "{statuses:?}");
    }
    let files = files(&world);
    assert_eq!(files.len(), 1);
    assert!(files[0].1 == file);
}

#[tokio::test]
async fn what_came_before_the_line_broke_is_kept() {
    let world = World::practice().await;
    let scanner = Scanner::of(&world, "practice").await;
    let file = content(3, 200_000);
    let path = scanner.create(&file).await;
    for (checksum, kept) in [(Some(checksum(&file)), 0), (None, 50_000)] {
        let checksum = checksum.map(|sum| format!("upload-checksum: {sum}\r\n")).unwrap_or_default();
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ntus-resumable: 1.0.0\r\n\
             content-type: {PART}\r\nupload-offset: 0\r\ncontent-length: 200000\r\n{checksum}\r\n",
            scanner.token
        );
        let mut line = TcpStream::connect(scanner.addr).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(&file[..50_000]).await.unwrap();
        line.shutdown().await.unwrap();
        // Ends when the backend has seen it.
        let _ = line.read_to_end(&mut Vec::new()).await;
        let mut found = scanner.head(&path).await;
        for _ in 0..100 {
            if found == (200, Some(kept)) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            found = scanner.head(&path).await;
        }
        assert_eq!(found, (200, Some(kept)));
    }
    assert_eq!(scanner.patch(&path, 50_000, &file[50_000..], None).await.status(), StatusCode::NO_CONTENT);
    assert!(files(&world)[0].1 == file);
}

#[tokio::test]
async fn what_is_not_the_file_that_was_told_is_not_kept() {
    let world = World::practice().await;
    let scanner = Scanner::of(&world, "practice").await;
    let (told, sent) = (content(4, 9_000), content(5, 9_000));
    let path = scanner.create(&told).await;
    assert_eq!(scanner.patch(&path, 0, &sent[..4_000], None).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(scanner.patch(&path, 4_000, &sent[4_000..], None).await.status().as_u16(), 460);
    assert_eq!(scanner.head(&path).await.0, 410);
    assert!(files(&world).is_empty());
}

#[tokio::test]
async fn limits_of_an_upload() {
    let world = World::practice().await;
    let scanner = Scanner::of(&world, "practice").await;
    let typed = |kind: &str| format!("filetype {}", STANDARD.encode(kind));
    assert_eq!(scanner.try_create(1 << 40, "").await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(scanner.try_create(9, &typed("text/x-shellscript")).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(scanner.try_create(9, "sha256 !").await.status(), StatusCode::BAD_REQUEST);
    let no_length = scanner.call("POST", "/v1/uploads").send().await.unwrap();
    assert_eq!(no_length.status(), StatusCode::BAD_REQUEST);
    let created = scanner.try_create(9, &typed("application/pdf")).await;
    let path = created.headers()["location"].to_str().unwrap();
    let untyped = scanner.call("PATCH", path).header("upload-offset", 0).body("x").send().await.unwrap();
    assert_eq!(untyped.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(scanner.patch(path, 0, b"x", Some("crc32 AAAA")).await.status(), StatusCode::BAD_REQUEST);
    let unspoken = scanner.call("HEAD", path).header("tus-resumable", "0.2.2").send().await.unwrap();
    assert_eq!(unspoken.status(), StatusCode::OK, "the first of the fields counts");
    let url = format!("http://{}{path}", scanner.addr);
    let unspoken = scanner.http.head(&url).bearer_auth(&scanner.token).header("tus-resumable", "0.2.2");
    let unspoken = unspoken.send().await.unwrap();
    assert_eq!(
        (unspoken.status(), &unspoken.headers()["tus-version"]),
        (StatusCode::PRECONDITION_FAILED, &"1.0.0".parse().unwrap())
    );
    let unknown = scanner.http.head(&url).header("tus-resumable", "1.0.0").send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED);
    let able =
        scanner.http.request(Method::OPTIONS, format!("http://{}/v1/uploads", scanner.addr)).send().await.unwrap();
    assert_eq!(able.status(), StatusCode::NO_CONTENT);
    assert_eq!(able.headers()["tus-extension"], "creation,checksum,expiration,termination");
    assert_eq!(able.headers()["tus-max-size"], "52428800");

    let through_post =
        scanner.call("POST", path).header("x-http-method-override", "PATCH").header("content-type", PART);
    let through_post = through_post.header("upload-offset", 0).body("123456789").send().await.unwrap();
    assert_eq!((through_post.status().as_u16(), offset(&through_post)), (204, Some(9)));
    let empty = scanner.try_create(0, "").await;
    let empty = empty.headers()["location"].to_str().unwrap();
    assert_eq!(scanner.head(empty).await, (200, Some(0)));
}

#[tokio::test]
async fn an_upload_ends_when_told_to_or_in_time() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_hours(LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let scanner = Scanner::of(&world, "practice").await;
    let (told, late) = (content(6, 5_000), content(7, 5_000));
    let path = scanner.create(&told).await;
    scanner.patch(&path, 0, &told[..1_000], None).await;
    assert_eq!(scanner.call("DELETE", &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(scanner.head(&path).await.0, 410);
    assert_eq!(scanner.patch(&path, 1_000, &told[1_000..], None).await.status(), StatusCode::GONE);
    assert!(files(&world).is_empty(), "its bytes go with it");

    let path = scanner.create(&late).await;
    scanner.patch(&path, 0, &late[..1_000], None).await;
    let whole = scanner.create(&told).await;
    assert_eq!(scanner.patch(&whole, 0, &told, None).await.status(), StatusCode::NO_CONTENT);
    LATER.store(24 * 8, Ordering::Relaxed);
    let scanner = Scanner::of(&world, "practice").await;
    assert_eq!(scanner.head(&path).await.0, 410);
    assert_eq!(scanner.patch(&path, 1_000, &late[1_000..], None).await.status(), StatusCode::GONE);
    assert_eq!(files(&world).len(), 2);
    scanner.create(&late).await;
    assert!(files(&world).is_empty(), "a new upload sweeps out what is over and what no request named");
}

#[tokio::test]
async fn a_request_and_its_files_share_one_fate() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_hours(LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let client = world.signed_in("practice").await;
    let scanner = Scanner::of(&world, "practice").await;
    let file = content(8, 2_000);
    let mut wanted = request(PERSON);
    let line = &mut wanted.items[0].materials[0];
    line.received = Received::Scan;
    line.uploads = vec![sha256(&file)];
    let missing = vec![("/items/0/materials/0/uploads/0".to_owned(), "upload".to_owned())];
    assert_eq!(pointers(&client.validate_request(&wanted).await.unwrap_err()), missing);
    assert_eq!(pointers(&client.put_request(&wanted).await.unwrap_err()), missing);

    let village = Scanner::of(&world, "village").await;
    village.patch(&village.create(&file).await, 0, &file, None).await;
    assert_eq!(pointers(&client.put_request(&wanted).await.unwrap_err()), missing, "another site's file");
    let path = scanner.create(&file).await;
    assert_eq!(scanner.patch(&path, 0, &file, None).await.status(), StatusCode::NO_CONTENT);
    client.put_request(&wanted).await.unwrap();

    LATER.store(24 * 100, Ordering::Relaxed);
    let scanner = Scanner::of(&world, "practice").await;
    scanner.create(&file).await;
    let kept = files(&world);
    assert_eq!(kept.len(), 1, "what a request names is kept, what none names is not");
    assert!(kept[0].1 == file);
}
