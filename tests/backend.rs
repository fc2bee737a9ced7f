//! The backend over real HTTP, through the real client: on SQLite, and all of it once more on PostgreSQL.

#[cfg(test)]
#[path = "backend/audit.rs"]
mod audit;
#[cfg(test)]
#[path = "backend/cases.rs"]
mod cases;
#[cfg(test)]
#[path = "backend/contract.rs"]
mod contract;
#[cfg(test)]
#[path = "backend/desk.rs"]
mod desk;
#[cfg(test)]
#[path = "backend/editions.rs"]
mod editions;
#[cfg(test)]
#[path = "backend/line.rs"]
mod line;
#[cfg(test)]
#[path = "backend/operation.rs"]
mod operation;
#[cfg(test)]
#[path = "support/postgres.rs"]
mod postgres;
#[cfg(test)]
#[path = "backend/processes.rs"]
mod processes;
#[cfg(test)]
#[path = "backend/program.rs"]
mod program;
#[cfg(test)]
#[path = "support/province.rs"]
mod province;
#[cfg(test)]
#[path = "backend/resources.rs"]
mod resources;
#[cfg(test)]
#[path = "backend/rights.rs"]
mod rights;
#[cfg(test)]
#[path = "backend/security.rs"]
mod security;
#[cfg(test)]
#[path = "backend/uploads.rs"]
mod uploads;
#[cfg(test)]
#[path = "backend/world.rs"]
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::{get, put};
use jiff::{SignedDuration, Timestamp};
use onewindow::api::wire::{CaseFilter, ClerkRole, ProblemCode};
use onewindow::api::{ApiError, CatalogueAnswer, Client};
use onewindow::backend::catalogue::{Catalogue, Wanted};
use onewindow::backend::config::{CatalogueSource, Config};
use onewindow::backend::{Backend, NewClerk, StartError, add_clerk};
use onewindow::domain::case::CaseStatus;
use onewindow::domain::item::FormRef;
use onewindow::domain::request::{OwedAnswer, Received};
use onewindow::domain::site::Role;
use serde_json::json;
use uuid::Uuid;
use world::{ALLOWANCE, CEMETERY, OTHER_PERSON, PERSON, World, friday, pointers, problem, request};

#[tokio::test]
async fn a_clerk_signs_in_and_out() {
    let world = World::practice().await;
    let client = world.client();
    assert_eq!(client.cases(&CaseFilter::default()).await, Err(ApiError::Unauthorised(None)));
    let session = client.sign_in("practice", "practice").await.unwrap();
    assert_eq!((session.clerk.site.id.as_str(), session.clerk.window.as_str()), ("town", "A1"));
    assert_eq!(session.clerk.role, ClerkRole::Clerk);
    client.cases(&CaseFilter::default()).await.unwrap();

    client.sign_out().await.unwrap();
    client.set_session(Some(session));
    let after = client.cases(&CaseFilter::default()).await.unwrap_err();
    assert!(matches!(after, ApiError::Unauthorised(Some(_))), "{after:?}");
    assert_eq!(client.session(), None, "a session that is over is forgotten");
}

#[tokio::test]
async fn wrong_passwords_slow_down_then_lock() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_secs(LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let client = world.client();
    let nobody = client.sign_in("nobody", "practice").await.unwrap_err();
    assert_eq!(problem(&nobody).code, ProblemCode::WrongPassword);
    let mut locked = None;
    for _ in 0..5 {
        let error = client.sign_in("practice", "guess").await.unwrap_err();
        let code = problem(&error).code;
        if code == ProblemCode::LockedOut {
            locked = Some(error);
            break;
        }
        assert_eq!(code, ProblemCode::WrongPassword);
        LATER.fetch_add(10, Ordering::Relaxed);
    }
    let Some(ApiError::Retry { after: Some(after), .. }) = locked else { panic!("not locked: {locked:?}") };
    assert!(after > Duration::from_secs(600), "{after:?}");
    let right = client.sign_in("practice", "practice").await.unwrap_err();
    assert_eq!(problem(&right).code, ProblemCode::LockedOut, "the right password must not tell itself apart");
    LATER.fetch_add(1000, Ordering::Relaxed);
    client.sign_in("practice", "practice").await.unwrap();
}

#[tokio::test]
async fn tokens_are_renewed_once_for_many_callers() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_mins(LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let client = world.signed_in("practice").await;
    let before = client.session().unwrap();
    LATER.store(20, Ordering::Relaxed);
    let calls = (0..8).map(|_| {
        let client = Arc::clone(&client);
        tokio::spawn(async move { client.cases(&CaseFilter::default()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    let after = client.session().unwrap();
    assert_ne!(before.access_token, after.access_token);

    // The refresh token that was spent long ago ends the session for whoever holds it.
    LATER.store(30, Ordering::Relaxed);
    let thief = world.client();
    thief.set_session(Some(before));
    assert!(matches!(thief.cases(&CaseFilter::default()).await, Err(ApiError::Unauthorised(Some(_)))));
    assert!(matches!(client.cases(&CaseFilter::default()).await, Err(ApiError::Unauthorised(Some(_)))));
}

#[tokio::test]
async fn each_site_sees_its_own_admission() {
    let world = World::practice().await;
    let (town, village) = (world.signed_in("practice").await, world.signed_in("village").await);
    let CatalogueAnswer::Full { etag, items, domains } = town.catalogue(None).await.unwrap() else { panic!() };
    assert_eq!(items.iter().map(|entry| entry.item.code.as_str()).collect::<Vec<_>>(), [ALLOWANCE, CEMETERY]);
    assert_eq!(items[0].admission.role, Some(Role::Direct));
    assert_eq!(domains[0].name, "民政");
    assert_eq!(town.catalogue(Some(&etag)).await.unwrap(), CatalogueAnswer::NotModified);
    let CatalogueAnswer::Full { items, .. } = village.catalogue(Some(&etag)).await.unwrap() else {
        panic!("another site's catalogue is another one")
    };
    assert_eq!(items[1].admission.role, Some(Role::Inform));
    assert_eq!(items[1].admission.elsewhere[0].name, "某镇便民服务中心");
}

#[tokio::test]
async fn pages_are_linked() {
    let world = World::practice().await;
    let session = world.signed_in("practice").await.session().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| {
        let url = format!("http://{}{path}", world.running.addr());
        http.get(url).bearer_auth(&session.access_token).send().await.unwrap()
    };
    let first = get("/v1/catalogue?limit=1").await;
    let link = first.headers()["link"].to_str().unwrap().to_owned();
    let next = link.trim_start_matches('<').split_once('>').unwrap().0.to_owned();
    assert!(link.ends_with("rel=\"next\""), "{link}");
    let second = get(&next).await;
    assert!(second.headers().get("link").is_none());
    let body: serde_json::Value = serde_json::from_slice(&second.bytes().await.unwrap()).unwrap();
    assert_eq!(body["items"][0]["item"]["code"], CEMETERY);
    let item = get(&format!("/v1/items/{CEMETERY}")).await;
    assert_eq!(item.status(), 200);
    assert!(item.headers().contains_key("etag"));
    let etag = item.headers()["etag"].to_str().unwrap().to_owned();
    let again = http
        .get(format!("http://{}/v1/items/{CEMETERY}", world.running.addr()))
        .bearer_auth(&session.access_token)
        .header("if-none-match", etag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    assert_eq!(get("/health/ready").await.status(), 200);
    assert_eq!(get("/v1/nothing").await.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn forms_and_code_lists_never_change() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let form = client.form(&FormRef { id: "allowance".into(), version: 2 }).await.unwrap();
    assert_eq!(form.schema["required"][0], "account");
    assert!(client.form(&FormRef { id: "applicant".into(), version: 1 }).await.unwrap().uischema.is_some());
    assert_eq!(client.codelist("bank", 1).await.unwrap().entries[0].name, "某银行");
    let missing = client.codelist("bank", 2).await.unwrap_err();
    assert_eq!(problem(&missing).status, 404);
}

#[tokio::test]
async fn a_request_gets_number_receipt_and_due_date() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let request = request(PERSON);
    client.validate_request(&request).await.unwrap();
    assert!(client.cases(&CaseFilter::default()).await.unwrap().cases.is_empty(), "validation keeps nothing");

    let outcome = client.put_request(&request).await.unwrap();
    assert!(!outcome.replayed);
    assert_eq!(outcome.body.request_no, "LX429006260918000001");
    let receipt = &outcome.body.receipt;
    assert_eq!((receipt.applicant.as_str(), receipt.practice), ("张*国", true));
    assert!(receipt.query_code.len() == 6 && receipt.query_code.bytes().all(|byte| byte.is_ascii_digit()));
    let line = &receipt.cases[0];
    assert_eq!(line.case_no, "LX429006260918000001-01");
    assert_eq!(line.due, Some("2026-09-24".parse().unwrap()), "five working days, one of them a Sunday");
    assert_eq!(line.received, ["身份证"]);
    assert_eq!((line.owed[0].name.as_str(), line.owed[0].until), ("照片", Some("2026-09-25".parse().unwrap())));
    assert_eq!(&client.receipt(&outcome.body.request_no).await.unwrap(), receipt);

    let page = client.cases(&CaseFilter { status: Some(CaseStatus::Received), ..CaseFilter::default() }).await.unwrap();
    assert_eq!(page.cases, outcome.body.cases);
    assert_eq!(client.case(&line.case_no).await.unwrap().case, outcome.body.cases[0]);
    let events = client.events(&line.case_no, 0).await.unwrap();
    assert_eq!((events.len(), events[0].seq, events[0].actor.as_str()), (1, 1, "王晓"));
    assert!(client.events(&line.case_no, 1).await.unwrap().is_empty());

    let village = world.signed_in("village").await;
    assert!(village.cases(&CaseFilter::default()).await.unwrap().cases.is_empty(), "another site's cases");
    for denied in [
        village.case(&line.case_no).await.map(drop),
        village.events(&line.case_no, 0).await.map(drop),
        village.receipt(&outcome.body.request_no).await.map(drop),
        village.get_request(request.id).await.map(drop),
    ] {
        assert_eq!(problem(&denied.unwrap_err()).status, 404);
    }
}

#[tokio::test]
async fn the_same_request_again_is_the_same_answer() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let request = request(PERSON);
    let first = client.put_request(&request).await.unwrap();
    let again = client.put_request(&request).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.body, first.body);
    assert_eq!(client.get_request(request.id).await.unwrap(), first.body);

    let mut other = request.clone();
    other.window = "A2".into();
    let conflict = client.put_request(&other).await.unwrap_err();
    assert_eq!((problem(&conflict).code, conflict.is_final()), (ProblemCode::ContentConflict, true));
    let unknown = client.get_request(Uuid::now_v7()).await.unwrap_err();
    assert_eq!(problem(&unknown).code, ProblemCode::NotFound);
}

#[tokio::test]
async fn twenty_at_once_are_one_request() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let request = Arc::new(request(PERSON));
    let puts: Vec<_> = (0..20)
        .map(|_| {
            let (client, request) = (Arc::clone(&client), Arc::clone(&request));
            tokio::spawn(async move { client.put_request(&request).await })
        })
        .collect();
    let mut first = 0;
    let mut numbers = std::collections::BTreeSet::new();
    for put in puts {
        let outcome = put.await.unwrap().unwrap();
        first += usize::from(!outcome.replayed);
        numbers.insert(outcome.body.request_no);
    }
    assert_eq!((first, numbers.len()), (1, 1));
    assert_eq!(client.cases(&CaseFilter::default()).await.unwrap().cases.len(), 1);
}

#[tokio::test]
async fn two_desks_with_one_id_are_one_request() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let one = request(PERSON);
    let mut two = one.clone();
    two.window = "A2".into();
    let puts: Vec<_> = (0..20)
        .map(|turn| {
            let (client, request) = (Arc::clone(&client), if turn % 2 == 0 { one.clone() } else { two.clone() });
            tokio::spawn(async move { (request.window.clone(), client.put_request(&request).await) })
        })
        .collect();
    let mut accepted = std::collections::BTreeSet::new();
    for put in puts {
        match put.await.unwrap() {
            (window, Ok(outcome)) => drop(accepted.insert((window, outcome.body.request_no))),
            (_, Err(error)) => assert_eq!(problem(&error).code, ProblemCode::ContentConflict),
        }
    }
    assert_eq!(accepted.len(), 1, "{accepted:?}");
    assert_eq!(client.cases(&CaseFilter::default()).await.unwrap().cases.len(), 1);
}

#[tokio::test]
async fn bodies_that_are_none() {
    let world = World::practice().await;
    let token = world.signed_in("practice").await.session().unwrap().access_token;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/v1/requests/{}", world.running.addr(), Uuid::now_v7());
    let put = async |kind: &str, digest: &str, body: String| {
        let request = http.put(&url).bearer_auth(&token).header("content-type", kind).header("content-digest", digest);
        let response = request.body(body).send().await.unwrap();
        let problem: onewindow::api::wire::Problem = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        (problem.status, problem.code)
    };
    let json = "application/json";
    assert_eq!(put("text/plain", "", "{}".into()).await, (415, ProblemCode::UnsupportedMediaType));
    assert_eq!(put(json, "", "{".into()).await, (400, ProblemCode::Malformed));
    assert_eq!(put(json, "", "[".repeat(100_000)).await, (400, ProblemCode::Malformed));
    assert_eq!(put(json, "", "{}".into()).await, (422, ProblemCode::Invalid));
    assert_eq!(put(json, "sha-256=:AAAA:", "{}".into()).await, (400, ProblemCode::DigestMismatch));
    assert_eq!(put(json, "", " ".repeat(3 * 1024 * 1024)).await, (413, ProblemCode::TooLarge));
}

#[tokio::test]
async fn numbers_have_no_gaps_and_pages_no_repeats() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let puts: Vec<_> = (0..12)
        .map(|_| {
            let client = Arc::clone(&client);
            let mut request = request(PERSON);
            request.acknowledge_duplicate = true;
            tokio::spawn(async move { client.put_request(&request).await.unwrap().body.request_no })
        })
        .collect();
    let mut numbers = Vec::new();
    for put in puts {
        numbers.push(put.await.unwrap());
    }
    numbers.sort();
    let wanted: Vec<String> = (1..=12).map(|sequence| format!("LX429006260918{sequence:06}")).collect();
    assert_eq!(numbers, wanted);

    let mut filter = CaseFilter { limit: Some(5), ..CaseFilter::default() };
    let mut listed = Vec::new();
    loop {
        let page = client.cases(&filter).await.unwrap();
        listed.extend(page.cases.into_iter().map(|case| case.request_no));
        let Some(next) = page.next else { break };
        filter.after = Some(next);
    }
    listed.reverse();
    assert_eq!(listed, wanted);
    let one = CaseFilter { number: wanted.first().cloned(), ..CaseFilter::default() };
    assert_eq!(client.cases(&one).await.unwrap().cases.len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_told_by_place() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let mut wrong = request(PERSON);
    wrong.applicant.insert("idNumber".into(), json!("429006190001010012"));
    wrong.applicant.insert("handler".into(), json!("agent"));
    let item = &mut wrong.items[0];
    item.answers = json!({"hasChild": false, "child": "李敏"});
    item.situations.insert("weather".into(), "fine".into());
    item.competent_area = Some("429005000000".parse().unwrap());
    item.materials[0].received = Received::Owed;
    item.materials[1].owed_until = Some("2026-09-17".parse().unwrap());
    let (pointer, name) = ("/account".to_owned(), "账号".to_owned());
    item.owed = vec![OwedAnswer { pointer, name, until: "2026-09-17".parse().unwrap(), reason: " ".to_owned() }];
    let refused = client.put_request(&wrong).await.unwrap_err();
    assert_eq!(problem(&refused).code, ProblemCode::Invalid);
    let found = pointers(&refused);
    for (pointer, keyword) in [
        ("/agent", "no-agent"),
        ("/applicant/idNumber", "format"),
        ("/items/0/answers/account", "required"),
        ("/items/0/answers/child", "not-relevant"),
        ("/items/0/materials/0/received", "material-not-deferrable"),
        ("/items/0/materials/1/owedUntil", "material-owed-until"),
        ("/items/0/owed/0/pointer", "owed-nothing"),
        ("/items/0/owed/0/until", "owed-until"),
        ("/items/0/owed/0/reason", "owed-reason"),
        ("/items/0/situations/weather", "situation-unknown"),
        ("/items/0/competentArea", "not-reached"),
    ] {
        assert!(found.contains(&(pointer.into(), keyword.into())), "{pointer} {keyword} not in {found:?}");
    }
    assert!(problem(&refused).errors.iter().all(|error| !error.message.starts_with("backend-")));

    let mut escape = request(PERSON);
    escape.window = "A1\u{1b}[2J".into();
    let refused = client.put_request(&escape).await.unwrap_err();
    assert_eq!(pointers(&refused), [("/window".to_owned(), "control-character".to_owned())]);

    // What is kept is what was checked: a number that would have to be changed first is not taken.
    let mut wide = request(PERSON);
    wide.applicant.insert("mobile".into(), json!("１３９ 0000 0000"));
    let refused = client.put_request(&wide).await.unwrap_err();
    assert_eq!(pointers(&refused), [("/applicant/mobile".to_owned(), "not-relevant".to_owned())]);

    let mut bare = request(PERSON);
    bare.items[0].materials.clear();
    bare.items[0].situations.clear();
    let refused = client.put_request(&bare).await.unwrap_err();
    assert_eq!(
        pointers(&refused),
        [
            ("/items/0/materials".to_owned(), "material-missing".to_owned()),
            ("/items/0/materials".to_owned(), "material-missing".to_owned()),
            ("/items/0/situations/handler".to_owned(), "situation-open".to_owned()),
        ]
    );
    let english = world.client().with_language(onewindow::locale::Language::English);
    english.set_session(client.session());
    let refused = english.put_request(&bare).await.unwrap_err();
    assert_eq!(problem(&refused).title, "Something is filled in wrongly");
    assert!(client.cases(&CaseFilter::default()).await.unwrap().cases.is_empty(), "a refused request leaves nothing");
    // The id is still free for the mended request.
    let mut mended = request(PERSON);
    mended.id = bare.id;
    assert!(!client.put_request(&mended).await.unwrap().replayed);
}

#[tokio::test]
async fn a_request_waits_in_the_queue_without_going_stale() {
    let world = World::start(true, || friday() + SignedDuration::from_hours(24 * 10)).await;
    let client = world.signed_in("practice").await;
    let outcome = client.put_request(&request(PERSON)).await.unwrap();
    assert_eq!(outcome.body.request_no, "LX429006260928000001", "numbered and dated by the day of arrival");
}

#[tokio::test]
async fn rights_come_before_content() {
    let world = World::practice().await;
    let village = world.signed_in("village").await;
    let mut foreign = request(PERSON);
    foreign.items.clear();
    assert_eq!(problem(&village.put_request(&foreign).await.unwrap_err()).code, ProblemCode::OtherSite);
    let mut informed = request(PERSON);
    informed.site = "village".into();
    informed.items[0].code = CEMETERY.into();
    let refused = village.put_request(&informed).await.unwrap_err();
    assert_eq!((problem(&refused).code, problem(&refused).status), (ProblemCode::NotAdmitted, 403));

    let town = world.signed_in("practice").await;
    let mut old_form = request(PERSON);
    old_form.items[0].form.version = 1;
    let retired = problem(&town.put_request(&old_form).await.unwrap_err());
    assert_eq!((retired.status, retired.successor.as_deref()), (410, Some("allowance@2")));
    let mut gone = request(PERSON);
    gone.items[0].code = "11429006MB999999X65420511008009".into();
    assert_eq!(problem(&town.put_request(&gone).await.unwrap_err()).code, ProblemCode::ItemWithdrawn);
}

#[tokio::test]
async fn the_same_matter_twice_wants_a_word() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let first = client.put_request(&request(PERSON)).await.unwrap();
    client.put_request(&request(OTHER_PERSON)).await.unwrap();
    let mut second = request(PERSON);
    let duplicate = problem(&client.put_request(&second).await.unwrap_err());
    assert_eq!((duplicate.code, duplicate.status), (ProblemCode::DuplicateCase, 409));
    let open = &first.body.cases[0].case_no;
    assert_eq!(duplicate.case_no.as_ref(), Some(open));
    assert_eq!(duplicate.instance, Some(format!("/v1/cases/{open}")));
    second.acknowledge_duplicate = true;
    assert!(!client.put_request(&second).await.unwrap().replayed);
}

#[tokio::test]
async fn numbers_go_on_without_a_gap() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let first = client.put_request(&request(PERSON)).await.unwrap();
    assert_eq!(first.body.request_no, "LX429006260918000001");
    // What comes to nothing gives its number back.
    let duplicate = client.put_request(&request(PERSON)).await.unwrap_err();
    assert_eq!(problem(&duplicate).code, ProblemCode::DuplicateCase);
    let second = client.put_request(&request(OTHER_PERSON)).await.unwrap();
    assert_eq!(second.body.request_no, "LX429006260918000002");
    let world = world.restart().await;
    let client = world.signed_in("practice").await;
    let mut wanted = request(PERSON);
    wanted.acknowledge_duplicate = true;
    assert_eq!(client.put_request(&wanted).await.unwrap().body.request_no, "LX429006260918000003");
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let request = request(PERSON);
    let first = client.put_request(&request).await.unwrap();
    let session = client.session();
    let world = world.restart().await;
    // The item is withdrawn meanwhile: what was accepted stays accepted.
    std::fs::remove_file(world.catalogue().join("items/civil-affairs/allowance.toml")).unwrap();
    let world = world.restart().await;
    let client = world.client();
    client.set_session(session);
    let again = client.put_request(&request).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.body, first.body);
    assert_eq!(client.cases(&CaseFilter::default()).await.unwrap().cases, first.body.cases);
    let next = client.put_request(&world::request(OTHER_PERSON)).await.unwrap_err();
    assert_eq!(problem(&next).code, ProblemCode::ItemWithdrawn);
}

#[tokio::test]
async fn practice_and_live_never_meet() {
    let practice = World::practice().await;
    let live = World::start(false, friday).await;
    let clerk = NewClerk {
        name: "wang".into(),
        display: "王晓".into(),
        site: "town".into(),
        window: String::new(),
        role: ClerkRole::Clerk,
    };
    assert!(add_clerk(&live.config(), clerk.clone(), "a live password".into()).await.unwrap());
    assert!(!add_clerk(&live.config(), clerk, "another".into()).await.unwrap(), "a clerk is not overwritten");

    let live_url = format!("http://{}", live.running.addr());
    let live_client = Client::live(&live_url).unwrap();
    let refused = live.client().sign_in("practice", "practice").await;
    assert_eq!(refused.unwrap_err(), ApiError::OtherWorld { backend_practice: false });
    let refused = Client::live(&format!("http://{}", practice.running.addr())).unwrap().meta().await;
    assert_eq!(refused.unwrap_err(), ApiError::OtherWorld { backend_practice: true });

    let nobody = live_client.sign_in("practice", "practice").await.unwrap_err();
    assert_eq!(problem(&nobody).code, ProblemCode::WrongPassword, "a live backend has no practice clerk");
    live_client.set_session(practice.signed_in("practice").await.session());
    let token = live_client.cases(&CaseFilter::default()).await.unwrap_err();
    assert_eq!(problem(&token).code, ProblemCode::OtherWorld);
    live_client.sign_in("wang", "a live password").await.unwrap();
    let accepted = live_client.put_request(&request(PERSON)).await.unwrap();
    assert_eq!(accepted.body.request_no, "HB429006260918000001");
    assert!(!accepted.body.receipt.practice);

    let mut config = live.config();
    live.running.shutdown().await;
    config.practice = true;
    let mixed = Backend::start(config).await.unwrap_err();
    assert!(matches!(mixed, StartError::Store(_)), "a live database opened for practice: {mixed}");
}

#[tokio::test]
async fn a_backend_without_tls_stays_on_its_machine() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut config = Config { database: world::database(folder.path()).await, ..Config::practice(folder.path()) };
    config.listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(Backend::start(config.clone()).await, Err(StartError::NotLoopback(_))));
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.catalogue = CatalogueSource::Folder(folder.path().join("none"));
    assert!(matches!(Backend::start(config).await, Err(StartError::Catalogue(_))));
}

#[tokio::test]
async fn the_built_in_catalogue_opens_the_practice_room() {
    let catalogue = Catalogue::load(&CatalogueSource::BuiltIn).unwrap();
    for site in catalogue.sites() {
        for entry in catalogue.page(site, &Wanted::default()).items {
            catalogue.compiled(&entry.item.form).unwrap();
        }
    }
    let folder = tempfile::TempDir::new().unwrap();
    let config = Config { database: world::database(folder.path()).await, ..Config::practice(folder.path()) };
    let running = Backend::start(config).await.unwrap();
    let client = Client::practice(running.addr()).unwrap();
    client.sign_in("practice", "practice").await.unwrap();
    let CatalogueAnswer::Full { items, .. } = client.catalogue(None).await.unwrap() else { panic!() };
    assert!(items.iter().any(|entry| entry.admission.takes_applications()));
    running.shutdown().await;
}

#[tokio::test]
async fn a_captive_portal_is_not_the_backend() {
    let world = World::practice().await;
    let session = world.signed_in("practice").await.session();
    let meta = serde_json::to_string(&world.client().meta().await.unwrap()).unwrap();
    let page = async || Html("<html><title>Sign in to the hotel</title></html>");
    let serve = async |router: Router| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Client::practice(addr).unwrap()
    };
    let portal = serve(Router::new().fallback(page)).await;
    assert_eq!(portal.sign_in("practice", "practice").await, Err(ApiError::CaptivePortal));

    // The portal falls over a session that was good a moment ago.
    let answer = async move || ([("content-type", "application/json")], meta);
    let portal =
        serve(Router::new().route("/v1/meta", get(answer.clone())).route("/v1/requests/{id}", put(page))).await;
    portal.set_session(session.clone());
    let error = portal.put_request(&request(PERSON)).await.unwrap_err();
    assert_eq!((error.is_final(), error.is_retryable(), error), (false, false, ApiError::CaptivePortal));

    // Somebody who answers every question with 404 is not the backend either, and no request is refused by that.
    let stranger = serve(Router::new()).await;
    stranger.set_session(session.clone());
    assert_eq!(stranger.put_request(&request(PERSON)).await, Err(ApiError::CaptivePortal));
    // A gateway before the backend that finds a request too large is final.
    let gateway = serve(
        Router::new()
            .route("/v1/meta", get(answer.clone()))
            .route("/v1/requests/{id}", put(async || (axum::http::StatusCode::PAYLOAD_TOO_LARGE, Html("<html>")))),
    )
    .await;
    gateway.set_session(session);
    let error = gateway.put_request(&request(PERSON)).await.unwrap_err();
    assert!(error.is_final() && error.problem().is_some_and(|problem| problem.status == 413), "{error:?}");

    let addr = world.running.addr();
    world.running.shutdown().await;
    let nobody = Client::practice(addr).unwrap().meta().await.unwrap_err();
    assert!(matches!(nobody, ApiError::Offline(_)) && nobody.is_retryable(), "{nobody:?}");
}

/// Runs this very program again, every other test of it, on a PostgreSQL server.
#[test]
fn everything_again_on_postgres() {
    if std::env::var_os(world::DATABASE).is_some() {
        return;
    }
    let Some(server) = postgres::Postgres::start() else { return };
    let again = std::process::Command::new(std::env::current_exe().unwrap())
        .env(world::DATABASE, server.url())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&again.stderr));
    assert!(again.status.success(), "on PostgreSQL:\n{out}\n{err}");
    print!("on PostgreSQL:\n{out}");
}
