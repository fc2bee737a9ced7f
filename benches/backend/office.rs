//! A backend in a process of its own, and submissions for it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use onewindow::forms::{Form, NoCodeLists};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::Line;
use crate::world;

/// A backend at work; killed when dropped.
pub struct Office {
    process: Child,
    pub addr: SocketAddr,
}

impl Office {
    /// Starts a practice backend on an empty database.
    pub fn start(folder: &Path, database: &str) -> Self {
        let catalogue = folder.join("catalogue");
        if !catalogue.exists() {
            world::write_catalogue(&catalogue);
        }
        let program = std::env::var_os("BENCH_BINARY").map_or_else(
            || PathBuf::from(env!("CARGO_BIN_EXE_onewindow-backend")),
            |program| PathBuf::from(program).with_file_name("onewindow-backend"),
        );
        let mut process = Command::new(program)
            .args(["--practice", "--listen", "127.0.0.1:0", "--database", database, "--catalogue"])
            .arg(&catalogue)
            .arg("--attachments")
            .arg(folder.join("attachments"))
            .env("ONEWINDOW_BACKEND_LOG_LEVEL", "warn")
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("log")).expect("a log"))
            .spawn()
            .expect("the backend starts");
        let mut url = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut url).expect("its address");
        let addr = url.trim().trim_start_matches("http://").parse().unwrap_or_else(|_| {
            panic!("the backend did not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default())
        });
        Self { process, addr }
    }

    /// A token of a clerk of the town.
    pub async fn sign_in(&self) -> String {
        let mut line = Line::open(self.addr, String::new()).await;
        let answer = line.call("POST", "/v1/sessions", r#"{"name":"practice","password":"practice"}"#).await;
        let session: Value = serde_json::from_slice(&answer.body).expect("a session");
        session["accessToken"].as_str().expect("a token").to_owned()
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes submissions, each of another person.
pub struct Desk {
    applicant: Form,
    template: Value,
}

impl Desk {
    pub fn new() -> Self {
        let read = |suffix: &str| -> Value {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("config/forms/applicant.{suffix}.json"));
            serde_json::from_slice(&fs::read(path).expect("a form")).expect("JSON")
        };
        let template = serde_json::to_value(world::request(world::PERSON)).expect("a request");
        Self { applicant: Form::load(&read("schema"), Some(&read("ui")), &NoCodeLists).expect("a form"), template }
    }

    /// The id and the document of the submission of the person of a number.
    pub fn submission(&self, number: u32) -> (Uuid, String) {
        let id = Uuid::now_v7();
        let mut applicant = self.template["applicant"].clone();
        applicant["idNumber"] = json!(id_number(number));
        let day = "2026-09-18".parse().expect("a day");
        let mut document = self.template.clone();
        document["id"] = json!(id);
        document["applicant"] = self.applicant.evaluate(&applicant, day).relevant;
        (id, document.to_string())
    }
}

/// A valid identity number of nobody: born between 1900 and 1907.
fn id_number(number: u32) -> String {
    let (sequence, rest) = (number % 1_000, number / 1_000);
    let (day, rest) = (rest % 28 + 1, rest / 28);
    let (month, rest) = (rest % 12 + 1, rest / 12);
    let (year, area) = (1900 + rest % 8, 429_001 + rest / 8);
    let digits = format!("{area}{year}{month:02}{day:02}{sequence:03}");
    let sum: u32 =
        digits.bytes().zip((1..=17).rev()).map(|(digit, place)| u32::from(digit - b'0') * (1 << place)).sum();
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize];
    format!("{digits}{check}")
}
