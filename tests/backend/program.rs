//! `onewindow-backend` itself: settings, commands, signals, and what it writes into its log.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use onewindow::api::Client;
use onewindow::backend::config::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{PERSON, database, http, request, write_catalogue};

const PROGRAM: &str = env!("CARGO_BIN_EXE_onewindow-backend");

/// A folder with a catalogue, a database and a settings file that names both.
struct Office {
    folder: TempDir,
    database: String,
}

impl Office {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        write_catalogue(&folder.path().join("catalogue"));
        let database = match database(folder.path()).await {
            Database::File(path) => format!("sqlite:{}", path.display()),
            Database::Server(url) => url,
        };
        let settings = format!(
            "listen = \"127.0.0.1:0\"\npractice = true\ncatalogue = \"{}\"\nattachments = \"{}\"\nlog-format = \"json\"\n",
            folder.path().join("catalogue").display(),
            folder.path().join("attachments").display(),
        );
        fs::write(folder.path().join("backend.toml"), settings).unwrap();
        Self { folder, database }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env_clear().env("ONEWINDOW_BACKEND_DATABASE", &self.database).current_dir(self.folder.path());
        command.arg("--config").arg(self.path("backend.toml")).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts serving; gives the process and its URL. The log goes into a file.
    fn serve(&self, log: &Path) -> (Child, String) {
        let mut process = self.command(&[]).stdout(Stdio::piped()).stderr(File::create(log).unwrap()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        (process, url.trim().to_owned())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn signal(process: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &process.id().to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn clerks_and_sites_are_managed_by_commands() {
    let office = Office::new().await;
    assert!(office.run(&["migrate"]).status.success());
    fs::write(office.path("password"), "a long one\nnot this\n").unwrap();
    let password = office.path("password").display().to_string();
    let add = ["clerk", "add", "wang", "--site", "town", "--display", "王晓", "--role", "supervisor"];
    let add = [&add[..], &["--password-file", &password]].concat();
    assert!(office.run(&add).status.success());
    let again = office.run(&add);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("there is a clerk wang already"));
    let list = || -> Value { serde_json::from_slice(&office.run(&["clerk", "list", "--json"]).stdout).unwrap() };
    let wanted = json!([{
        "name": "wang", "display": "王晓", "site": "town", "window": "A1", "role": "supervisor", "disabled": false,
    }]);
    assert_eq!(list(), wanted);
    assert!(office.run(&["clerk", "disable", "wang"]).status.success());
    assert_eq!(list()[0]["disabled"], true);
    assert!(text(&office.run(&["clerk", "list"]).stdout).contains("wang\tsupervisor\ttown\tA1\t王晓\tdisabled"));
    assert!(office.run(&["clerk", "enable", "wang"]).status.success());
    assert!(office.run(&["clerk", "passwd", "wang", "--password-file", &password]).status.success());
    assert_eq!(office.run(&["clerk", "passwd", "li", "--password-file", &password]).status.code(), Some(1));
    let sites: Value = serde_json::from_slice(&office.run(&["site", "list", "--json"]).stdout).unwrap();
    assert_eq!((sites[0]["id"].as_str(), sites[1]["id"].as_str()), (Some("town"), Some("village")));

    let end = office.run(&["audit", "verify"]);
    assert!(end.status.success(), "{}", text(&end.stderr));
    let end = text(&end.stdout).trim().to_owned();
    assert!(office.run(&["audit", "verify", "--through", &end]).status.success());
    let other = end.chars().rev().collect::<String>().replacen(':', "", 1);
    assert!(!office.run(&["audit", "verify", "--through", &format!("1:{other}")]).status.success());
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_told() {
    let office = Office::new().await;
    fs::write(office.path("backend.toml"), "lisen = \"x\"\n").unwrap();
    let refused = office.run(&["migrate"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("no setting `lisen`"), "{}", text(&refused.stderr));
    fs::write(office.path("backend.toml"), "").unwrap();
    let public = office.run(&["--listen", "0.0.0.0:0", "--practice"]);
    assert!(text(&public.stderr).contains("without TLS"), "{}", text(&public.stderr));
    let half = office.run(&["--tls-key", "key.pem"]);
    assert!(text(&half.stderr).contains("belong together"), "{}", text(&half.stderr));
    let secret =
        office.command(&["migrate"]).env("ONEWINDOW_BACKEND_DATABASE", "mysql://wang:hush@x/y").output().unwrap();
    assert!(!secret.status.success() && !text(&secret.stderr).contains("hush"), "{}", text(&secret.stderr));
}

#[tokio::test]
async fn the_log_tells_what_happened_and_nothing_about_people() {
    let office = Office::new().await;
    let log = office.path("log");
    let (mut process, url) = office.serve(&log);
    let client = Client::practice(url.trim_start_matches("http://").parse().unwrap()).unwrap();
    let session = client.sign_in("practice", "practice").await.unwrap();
    client.sign_in("practice", "hush-a-wrong-one").await.unwrap_err();
    client.sign_in("hush-typed-in-the-wrong-field", "x").await.unwrap_err();
    client.set_session(Some(session.clone()));
    let wanted = request(PERSON);
    let kept = client.put_request(&wanted).await.unwrap().body;
    let mut wrong = wanted.clone();
    wrong.id = uuid::Uuid::now_v7();
    wrong.applicant.insert("idNumber".into(), json!("429006190001010012"));
    client.put_request(&wrong).await.unwrap_err();
    let http = http();
    let call =
        |path: &str| http.request(reqwest::Method::PUT, format!("{url}{path}")).bearer_auth(&session.access_token);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let malformed = call("/v1/requests/018f0000-0000-7000-8000-000000000000?name=hush-in-the-query");
    let malformed = malformed.header("content-type", "application/json").header("traceparent", trace);
    malformed.body("{\"applicant\": {\"name\": \"张建国\", \"mobile\": \"13800000000\"").send().await.unwrap();
    call("/v1/hush-in-the-path").header("authorization", "Bearer hush-token").send().await.unwrap();
    let refresh = http.post(format!("{url}/v1/sessions/refresh")).header("content-type", "application/json");
    refresh.body("{\"refreshToken\": \"practice_hush\"}").send().await.unwrap();
    signal(&process, "HUP");
    client.cases(&Default::default()).await.unwrap();
    signal(&process, "TERM");
    assert!(process.wait().unwrap().success(), "{}", fs::read_to_string(&log).unwrap());

    let log = fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = |line: &&Value| line["message"] == "answered" && line["route"] == "/v1/requests/{id}";
    let statuses: Vec<u64> = lines.iter().filter(answered).map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 400]);
    assert!(lines.iter().any(|line| line["span"]["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736"), "{log}");
    assert!(lines.iter().any(|line| line["number"] == kept.request_no.as_str()), "{log}");
    assert!(lines.iter().any(|line| line["message"] == "certificate read again"), "{log}");
    let applicant = serde_json::to_value(&wanted.applicant).unwrap();
    let personal = ["name", "idNumber", "mobile", "address"].map(|field| applicant[field].as_str().unwrap().to_owned());
    let secret = [&session.access_token, &session.refresh_token, &kept.receipt.applicant];
    for text in personal.iter().chain(secret).map(String::as_str).chain(["hush", "429006190001010012", "王晓"]) {
        assert!(!log.contains(text), "{text} is in the log:\n{log}");
    }
}
