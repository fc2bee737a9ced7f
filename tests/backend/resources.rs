//! Receipts, prefills, station manifests, statistics; and requests of several items.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use onewindow::api::digest;
use onewindow::api::wire::{Meta, ProblemCode};
use onewindow::domain::procedure::{ActionDetails, CaseAction, Outcome};
use onewindow::domain::request::{Mode, Request};
use reqwest::{Method, StatusCode};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::world::{ALLOWANCE, CEMETERY, DATABASE, OTHER_PERSON, PERSON, World, friday, pointers, problem, request};

/// Plain HTTP in the name of a clerk.
struct Plain {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Plain {
    async fn new(world: &World, clerk: &str) -> Self {
        let token = world.signed_in(clerk).await.session().unwrap().access_token;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base: format!("http://{}", world.running.addr()), token }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut call = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            call = call.json(&body);
        }
        let answer = call.send().await.unwrap();
        let status = answer.status();
        let bytes = answer.bytes().await.unwrap();
        (status, if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() })
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, None).await
    }
}

/// Two items of one person, the second as it is made.
fn two_items(mode: Mode, second: impl FnOnce(&mut onewindow::domain::request::RequestItem)) -> Request {
    let mut request = request(PERSON);
    request.mode = mode;
    let mut item = request.items[0].clone();
    item.code = CEMETERY.to_owned();
    second(&mut item);
    request.items.push(item);
    request
}

#[tokio::test]
async fn an_item_is_taken_for_another_place_within_its_reach() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let mut elsewhere = request(PERSON);
    elsewhere.items[0].competent_area = Some("429006001000".parse().unwrap());
    assert_eq!(client.put_request(&elsewhere).await.unwrap().body.cases.len(), 1);
}

#[tokio::test]
async fn one_bad_item_refuses_itself_or_all() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let spoil = |item: &mut onewindow::domain::request::RequestItem| item.answers = json!({"hasChild": false});
    let refused = client.put_request(&two_items(Mode::AllOrNothing, spoil)).await.unwrap_err();
    assert_eq!(pointers(&refused), [("/items/1/answers/account".to_owned(), "required".to_owned())]);

    let apart = two_items(Mode::Each, spoil);
    let taken = client.put_request(&apart).await.unwrap().body;
    assert_eq!(taken.cases.iter().map(|case| case.item_code.as_str()).collect::<Vec<_>>(), [ALLOWANCE]);
    assert_eq!(taken.refused[0].item_code, CEMETERY);
    assert!(!taken.refused[0].item_name.is_empty(), "the clerk reads a name, not a code");
    assert_eq!(taken.refused[0].problem.errors[0].pointer, "/items/1/answers/account");
    assert_eq!(client.put_request(&apart).await.unwrap().body, taken, "the same answer again, refusals and all");

    let mut old = two_items(Mode::Each, |item| item.form.version = 1);
    old.acknowledge_duplicate = true;
    let taken = client.put_request(&old).await.unwrap().body;
    assert_eq!(taken.refused[0].problem.successor.as_deref(), Some("allowance@2"));

    let mut both = two_items(Mode::Each, spoil);
    spoil(&mut both.items[0]);
    assert_eq!(pointers(&client.put_request(&both).await.unwrap_err()).len(), 2, "nothing is left to take");
    let mut agent = two_items(Mode::Each, spoil);
    agent.applicant.insert("handler".into(), json!("agent"));
    let refused = client.put_request(&agent).await.unwrap_err();
    assert_eq!(problem(&refused).code, ProblemCode::Invalid, "what is wrong with the people refuses all");

    let mut fine = two_items(Mode::AllOrNothing, |_| {});
    fine.acknowledge_duplicate = true;
    let taken = client.put_request(&fine).await.unwrap().body;
    let numbers: Vec<&str> = taken.cases.iter().map(|case| case.case_no.as_str()).collect();
    assert_eq!(numbers, [format!("{}-01", taken.request_no), format!("{}-02", taken.request_no)]);
}

#[tokio::test]
async fn an_attempt_under_way_is_waited_for_but_not_for_ever() {
    // Only PostgreSQL tells whose lock it is.
    if std::env::var_os(DATABASE).is_none() {
        return;
    }
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let request = request(PERSON);
    let mut other = PgConnection::connect(&world.database()).await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    sqlx::query("insert into idempotency (request_id, digest, claimed_at) values ($1, '', 0)")
        .bind(request.id.to_string())
        .execute(&mut *transaction)
        .await
        .unwrap();
    let busy = client.put_request(&request).await.unwrap_err();
    assert_eq!((problem(&busy).status, problem(&busy).code), (409, ProblemCode::InProgress));
    assert!(busy.is_retryable(), "{busy:?}");
    transaction.rollback().await.unwrap();
    assert!(!client.put_request(&request).await.unwrap().replayed);
}

#[tokio::test]
async fn a_receipt_proves_itself() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let plain = Plain::new(&world, "practice").await;
    let kept = client.put_request(&request(PERSON)).await.unwrap().body;
    let path = format!("/v1/receipts/{}", kept.request_no);
    let (_, meta) = plain.get("/v1/meta").await;
    let key = serde_json::from_value::<Meta>(meta).unwrap().receipt_key.unwrap();
    let public = STANDARD.decode(&key.public_key).unwrap();
    let check = |record: &Value| {
        let mut record = record.clone();
        let signature = record.as_object_mut().unwrap().remove("signature").unwrap();
        assert_eq!((signature["algorithm"].as_str(), signature["key"].as_str()), (Some("Ed25519"), Some(&*key.key)));
        let value = STANDARD.decode(signature["value"].as_str().unwrap()).unwrap();
        UnparsedPublicKey::new(&ED25519, &public).verify(&digest::canonical(&record).unwrap(), &value).is_ok()
    };
    let (status, record) = plain.get(&path).await;
    assert_eq!(status, 200);
    assert!(check(&record));
    let mut forged = record.clone();
    forged["cases"][0]["due"] = json!("2026-12-31");
    assert!(!check(&forged));
    // Another process, the same key.
    let world = world.restart().await;
    let plain = Plain::new(&world, "practice").await;
    assert_eq!(plain.get(&path).await.1, record);
}

#[tokio::test]
async fn what_was_prepared_is_fetched_once() {
    use std::sync::atomic::{AtomicI64, Ordering};
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_mins(LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let (town, village) = (Plain::new(&world, "practice").await, Plain::new(&world, "village").await);
    let prefill = json!({"item": ALLOWANCE, "situations": {"handler": "self"}, "applicant": {"name": "张建国"},
                         "answers": {"account": "6200000000000"}});
    let (status, kept) = town.call(Method::POST, "/v1/prefills", Some(prefill.clone())).await;
    assert_eq!(status, 201);
    let code = kept["code"].as_str().unwrap();
    assert_eq!(code.len(), 8);
    assert_eq!(town.get("/v1/prefills/AAAAAAAA").await.0, 404);
    // Written down in small letters, with a blank in the middle.
    let (front, back) = code.split_at(4);
    let typed = format!("/v1/prefills/{}%20{back}", front.to_lowercase());
    assert_eq!(village.get(&typed).await, (StatusCode::OK, prefill.clone()));
    assert_eq!(town.get(&typed).await.0, 410, "another has it");
    assert_eq!(village.get(&typed).await.1, prefill, "the answer may have been lost");
    LATER.store(11, Ordering::Relaxed);
    assert_eq!(village.get(&typed).await.0, 410);

    let unknown = json!({"item": "11429006MB999999X65420511008009"});
    assert_eq!(town.call(Method::POST, "/v1/prefills", Some(unknown)).await.0, 410);
    let escape = json!({"item": ALLOWANCE, "applicant": {"name": "\u{1b}[2J"}});
    assert_eq!(town.call(Method::POST, "/v1/prefills", Some(escape)).await.0, 422);
    let (_, late) = town.call(Method::POST, "/v1/prefills", Some(prefill)).await;
    LATER.store(11 + 8 * 24 * 60, Ordering::Relaxed);
    let town = Plain::new(&world, "practice").await;
    assert_eq!(town.get(&format!("/v1/prefills/{}", late["code"].as_str().unwrap())).await.0, 410, "its time is over");
}

#[tokio::test]
async fn a_desk_reports_what_it_still_has() {
    let world = World::practice().await;
    let town = Plain::new(&world, "practice").await;
    let entry = json!({"id": "0199ab00-0000-7000-8000-000000000001", "digest": "0".repeat(64), "ageSeconds": 90, "state": "queued"});
    let path = "/v1/stations/A1-pc/manifest";
    assert_eq!(town.get(path).await.0, 404);
    let put = async |entries: Value| town.call(Method::PUT, path, Some(json!({"entries": entries}))).await.0;
    assert_eq!(put(json!([entry])).await, 204);
    assert_eq!(town.get(path).await.1["entries"], json!([entry]));
    assert_eq!(Plain::new(&world, "village").await.get(path).await.0, 404, "each site has its own desks");
    assert_eq!(put(json!([])).await, 204);
    assert_eq!(town.get(path).await.1["entries"], json!([]));
    let mut content = entry.clone();
    content["applicant"] = json!("张建国");
    assert_eq!(put(json!([content])).await, 422, "never content");
    let mut wrong = entry;
    wrong["digest"] = json!("张建国");
    assert_eq!(put(json!([wrong])).await, 422);
}

#[tokio::test]
async fn cases_are_counted_by_what_became_of_them() {
    let world = World::practice().await;
    let (counter, office) = (world.signed_in("practice").await, world.signed_in("office").await);
    let mut numbers = Vec::new();
    for person in [PERSON, OTHER_PERSON] {
        numbers.push(counter.put_request(&request(person)).await.unwrap().body.cases[0].case_no.clone());
    }
    let said = ActionDetails { outcome: Some(Outcome::Granted), ..ActionDetails::default() };
    office.act(&numbers[0], 1, CaseAction::Accept, &said).await.unwrap();
    office.act(&numbers[0], 2, CaseAction::Decide, &said).await.unwrap();
    counter.act(&numbers[1], 1, CaseAction::Withdraw, &said).await.unwrap();

    let plain = Plain::new(&world, "practice").await;
    let (_, answer) = plain.get("/v1/statistics?by=day,site,clerk,item").await;
    assert_eq!((answer["from"].as_str(), answer["until"].as_str()), (Some("2026-08-20"), Some("2026-09-18")));
    let row = &answer["rows"][0];
    let keys = json!({"site": "town", "item": ALLOWANCE, "clerk": "practice", "day": "2026-09-18"});
    for (key, value) in keys.as_object().unwrap() {
        assert_eq!(&row[key], value, "{key}");
    }
    let figures = json!({
        "received": 2, "accepted": 1, "concluded": 2, "granted": 1, "refused": 0, "withdrawn": 1, "delivered": 0, "overdue": 0,
        "onTimeShare": 1.0, "meanHours": 0.0, "materialsListed": 6, "materialsTaken": 4, "trips": 2,
    });
    for (key, value) in figures.as_object().unwrap() {
        assert_eq!(&row[key], value, "{key}");
    }
    assert_eq!(plain.get("/v1/statistics?from=2026-09-19&until=2026-09-20").await.1["rows"], json!([]));
    assert_eq!(plain.get("/v1/statistics?site=village").await.0, 403);
    assert_eq!(plain.get("/v1/statistics?by=name").await.0, 400);
    assert_eq!(plain.get("/v1/statistics?from=yesterday").await.0, 400);
    let everywhere = Plain::new(&world, "office").await;
    assert_eq!(everywhere.get("/v1/statistics?site=village").await.1["rows"], json!([]));
    assert_eq!(everywhere.get("/v1/statistics").await.1["rows"][0]["received"], 2);
}
