//! A small county: two sites, three items, two versions of a form; and requests that fit it.
//!
//! Its database is a file of its own, or a schema of its own on the server that [`DATABASE`] names.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use jiff::Timestamp;
use onewindow::api::{ApiError, Client};
use onewindow::backend::config::{Attachments, CatalogueSource, Config, Database};
use onewindow::backend::{Backend, Running};
use onewindow::domain::request::Request;
use onewindow::forms::{Form, NoCodeLists};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Code of the item that both sites take.
pub const ALLOWANCE: &str = "11429006MB999999X65420511008001";
/// Code of the item that the village only explains.
pub const CEMETERY: &str = "11429006MB999999X65420511008002";

/// Two people who never lived.
pub const PERSON: &str = "429006190001010011";
pub const OTHER_PERSON: &str = "42900619000101002X";

/// A Friday in Beijing, before a weekend with a working Sunday.
pub fn friday() -> Timestamp {
    "2026-09-18T02:00:00Z".parse().unwrap()
}

/// Variable that holds the URL of the PostgreSQL database to test on; without it SQLite is tested.
pub const DATABASE: &str = "TEST_DATABASE";

/// An empty database.
pub async fn database(folder: &Path) -> Database {
    onewindow::backend::use_postgres();
    let Ok(url) = std::env::var(DATABASE) else { return Database::File(folder.join("练习 库.sqlite")) };
    let schema = format!("world_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create schema {schema}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    format!("{url}?options[search_path]={schema}").parse().unwrap()
}

pub struct World {
    pub folder: TempDir,
    pub running: Running,
    config: Config,
}

impl World {
    pub async fn practice() -> Self {
        Self::start(true, friday).await
    }

    pub async fn start(practice: bool, clock: fn() -> Timestamp) -> Self {
        Self::with(practice, clock, |_| {}).await
    }

    /// With a configuration that is changed before the backend starts.
    pub async fn with(practice: bool, clock: fn() -> Timestamp, change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let catalogue = folder.path().join("catalogue");
        write_catalogue(&catalogue);
        let mut config = Config {
            database: database(folder.path()).await,
            attachments: Attachments::Folder(folder.path().join("附件")),
            catalogue: CatalogueSource::Folder(catalogue),
            practice,
            clock,
            ..Config::practice(folder.path())
        };
        change(&mut config);
        let running = Backend::start(config.clone()).await.unwrap();
        Self { folder, running, config }
    }

    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// The database as the command line names it.
    pub fn database(&self) -> String {
        match &self.config.database {
            Database::File(path) => format!("sqlite:{}", path.display()),
            Database::Server(url) => url.clone(),
        }
    }

    pub fn catalogue(&self) -> PathBuf {
        self.folder.path().join("catalogue")
    }

    /// Stops the backend and starts it again on the same files.
    pub async fn restart(self) -> Self {
        let Self { folder, running, config } = self;
        running.shutdown().await;
        let running = Backend::start(config.clone()).await.unwrap();
        Self { folder, running, config }
    }

    pub fn client(&self) -> Client {
        Client::practice(self.running.addr()).unwrap()
    }

    /// A client signed in at the town (`practice`), the village (`village`) or the department (`office`).
    pub async fn signed_in(&self, name: &str) -> Arc<Client> {
        let client = self.client();
        client.sign_in(name, "practice").await.unwrap();
        Arc::new(client)
    }
}

/// An HTTP client that keeps to no rules of ours.
pub fn http() -> reqwest::Client {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub fn problem(error: &ApiError) -> onewindow::api::wire::Problem {
    error.problem().unwrap_or_else(|| panic!("no problem in {error:?}")).clone()
}

/// What `/items/0/answers` and the like are in a refusal, sorted.
pub fn pointers(error: &ApiError) -> Vec<(String, String)> {
    let mut found: Vec<_> = problem(error).errors.into_iter().map(|error| (error.pointer, error.keyword)).collect();
    found.sort();
    found
}

/// An application for the allowance at the town, with nothing wrong in it.
pub fn request(id_number: &str) -> Request {
    let applicant = particulars(
        "applicant",
        &json!({
            "kind": "person", "name": "张建国", "idType": "111", "idNumber": id_number,
            "mobile": "13800000000", "address": "天门市岳口镇柳堤村一组", "handler": "self",
        }),
    );
    serde_json::from_value(json!({
        "id": Uuid::now_v7(),
        "mode": "each",
        "channel": "window",
        "site": "town",
        "window": "A1",
        "openedAt": "2026-09-18T01:40:00Z",
        "submittedAt": "2026-09-18T01:59:00Z",
        "applicant": applicant,
        "delivery": particulars("delivery", &json!({"method": "pickup"})),
        "items": [{
            "code": ALLOWANCE,
            "version": 1,
            "form": "allowance@2",
            "situations": {"handler": "self"},
            "answers": {"account": "6200000000000", "hasChild": false},
            "materials": [
                {"code": "id-card", "received": "paper", "copies": 1, "originalChecked": true},
                {"code": "photo", "received": "owed", "owedUntil": "2026-09-25", "owedReason": "未带"},
            ],
        }],
    }))
    .unwrap()
}

/// Data of a built-in form as the desk would send it: computed fields filled, hidden ones dropped.
fn particulars(form: &str, data: &Value) -> Value {
    let read = |suffix: &str| -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("config/forms/{form}.{suffix}.json"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let form = Form::load(&read("schema"), Some(&read("ui")), &NoCodeLists).unwrap();
    form.evaluate(data, "2026-09-18".parse().unwrap()).relevant
}

pub fn write_catalogue(root: &Path) {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "catalogue.toml",
        "id = \"test\"\nversion = 1\ntitle = \"试验目录\"\n\
         [[domains]]\nid = \"civil-affairs\"\nname = \"民政\"\nname_en = \"Civil affairs\"\n",
    );
    write(
        "sites/town.toml",
        &site("某镇便民服务中心", "town", "429006107000", "direct = [\"allowance\", \"cemetery\"]"),
    );
    write(
        "sites/village.toml",
        &site("某村便民服务站", "village", "429006107200", "agency = [\"allowance\"]\ninform = [\"cemetery\"]"),
    );
    write("items/civil-affairs/allowance.toml", &item("高龄津贴", ALLOWANCE));
    write("items/civil-affairs/cemetery.toml", &item("公墓审批", CEMETERY));
    write("forms/allowance@1.schema.json", &json!({"type": "object"}).to_string());
    let schema = json!({
        "type": "object",
        "properties": {
            "account": {"type": "string", "minLength": 5},
            "hasChild": {"type": "boolean"},
            "child": {"type": "string", "minLength": 2},
        },
        "required": ["account", "hasChild", "child"],
    });
    write("forms/allowance@2.schema.json", &schema.to_string());
    let rule = json!({"effect": "SHOW", "condition": {"scope": "#/properties/hasChild", "schema": {"const": true}}});
    let ui = json!({"type": "VerticalLayout", "elements": [
        {"type": "Control", "scope": "#/properties/account"},
        {"type": "Control", "scope": "#/properties/hasChild"},
        {"type": "Control", "scope": "#/properties/child", "rule": rule},
    ]});
    write("forms/allowance@2.ui.json", &ui.to_string());
    let list = json!({"id": "bank", "version": 1, "name": "银行", "entries": [{"code": "B01", "name": "某银行"}]});
    write("codelists/bank@1.json", &list.to_string());
    let hash = Argon2::default().hash_password(b"practice").unwrap().to_string();
    let clerk = |name: &str, site: &str| {
        format!(
            "[[clerks]]\nname = \"{name}\"\ndisplay = \"王晓\"\nsite = \"{site}\"\nwindow = \"A1\"\npassword-hash = \"{hash}\"\n"
        )
    };
    let office = clerk("office", "town") + "role = \"back-office\"\n";
    write("clerks.toml", &(clerk("practice", "town") + &clerk("village", "village") + &office));
}

fn site(name: &str, level: &str, area: &str, lists: &str) -> String {
    format!(
        "name = \"{name}\"\nlevel = \"{level}\"\narea = \"{area}\"\naddress = \"某路1号\"\nhours = \"工作日\"\n\
         windows = [\"A1\"]\n{lists}\n"
    )
}

fn item(name: &str, code: &str) -> String {
    format!(
        r#"code = "{code}"
catalog-code = "420511008001"
version = 1
name = "{name}"
item-type = "05"
domain = "civil-affairs"
department = "某市民政局"
audience = ["person"]
use-level = "town"
project-type = "promised"
promised-limit = {{ days = 5, unit = "working" }}
conditions = []
trips = 1
handle-area = "county"
basis = []
place = "某镇"
hours = "工作日"
form = "allowance@2"

[[situations]]
id = "handler"
question = "谁来办？"
options = [{{ id = "self", label = "本人" }}, {{ id = "agent", label = "代办" }}]

[[materials]]
code = "id-card"
name = "身份证"

[[materials]]
code = "photo"
name = "照片"
deferrable = true

[[materials]]
code = "household-register"
name = "户口簿"
exempt = "户籍数据共享"

[[materials]]
code = "proxy-letter"
name = "委托书"
when = ["handler=agent"]
"#
    )
}
