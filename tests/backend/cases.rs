//! The way of a case through the department.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use onewindow::api::wire::{CaseDetail, CaseFilter, ProblemCode};
use onewindow::api::{ApiError, Client};
use onewindow::backend::config::Department;
use onewindow::domain::case::CaseStatus;
use onewindow::domain::procedure::{ActionDetails, CaseAction, Outcome};
use onewindow::domain::request::Received;
use serde_json::{Value, json};

use crate::world::{OTHER_PERSON, PERSON, World, friday, pointers, problem, request};

/// What is said with every action here.
fn said() -> ActionDetails {
    ActionDetails {
        note: "情况属实".into(),
        materials: vec!["照片".into()],
        outcome: Some(Outcome::Granted),
        ..ActionDetails::default()
    }
}

async fn opened(client: &Client, id_number: &str) -> String {
    let mut request = request(id_number);
    request.items[0].materials[1].received = Received::Paper;
    request.items[0].materials[1].owed_until = None;
    client.put_request(&request).await.unwrap().body.cases[0].case_no.clone()
}

/// Does what the case's version at hand allows.
async fn act(client: &Client, case_no: &str, action: CaseAction) -> Result<CaseDetail, ApiError> {
    let version = client.case(case_no).await.unwrap().case.version;
    client.act(case_no, version, action, &said()).await
}

#[tokio::test]
async fn a_case_goes_its_whole_way() {
    let world = World::practice().await;
    let (counter, office) = (world.signed_in("practice").await, world.signed_in("office").await);
    let case_no = opened(&counter, PERSON).await;
    let seen = counter.case(&case_no).await.unwrap();
    assert_eq!(seen.actions, [CaseAction::Correct, CaseAction::Withdraw]);
    assert_eq!(seen.department, "某市民政局");
    use CaseAction::{
        Accept, AskSupplement, Decide, Deliver, InviteEvaluation, Issue, Resume, Review, Supplement, Suspend,
    };
    let way = [
        (&office, AskSupplement, CaseStatus::SupplementNeeded),
        (&counter, Supplement, CaseStatus::Received),
        (&office, Accept, CaseStatus::Accepted),
        (&office, Review, CaseStatus::InReview),
        (&office, Suspend, CaseStatus::Suspended),
        (&office, Resume, CaseStatus::InReview),
        (&office, Decide, CaseStatus::Granted),
        (&counter, Issue, CaseStatus::ReadyForIssue),
        (&counter, Deliver, CaseStatus::Delivered),
        (&counter, InviteEvaluation, CaseStatus::Delivered),
    ];
    for (index, (client, action, status)) in way.into_iter().enumerate() {
        let after = act(client, &case_no, action).await.unwrap();
        assert_eq!((after.case.status, after.case.version), (status, index as u64 + 2), "{action:?}");
    }
    let events = counter.events(&case_no, 0).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), (1..=11).collect::<Vec<_>>());
    assert_eq!(events[1].materials, ["照片"]);
    assert_eq!((events[6].action, events[6].note.as_str()), (Resume, "情况属实"));
    assert_eq!(counter.events(&case_no, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn only_legal_actions_of_ones_own_on_what_one_saw() {
    let world = World::practice().await;
    let (counter, office) = (world.signed_in("practice").await, world.signed_in("office").await);
    let village = world.signed_in("village").await;
    let case_no = opened(&counter, PERSON).await;
    let refused = |error: ApiError| {
        let problem = problem(&error);
        (problem.status, problem.code)
    };
    let withdraw = async |client: &Client, version| client.act(&case_no, version, CaseAction::Withdraw, &said()).await;
    assert_eq!(refused(withdraw(&village, 1).await.unwrap_err()), (404, ProblemCode::NotFound));
    assert_eq!(refused(withdraw(&office, 1).await.unwrap_err()), (403, ProblemCode::RoleForbids));
    assert_eq!(
        refused(act(&counter, &case_no, CaseAction::Accept).await.unwrap_err()),
        (403, ProblemCode::RoleForbids)
    );
    assert_eq!(refused(act(&office, &case_no, CaseAction::Evaluate).await.unwrap_err()), (404, ProblemCode::NotFound));
    assert_eq!(refused(withdraw(&counter, 2).await.unwrap_err()), (412, ProblemCode::PreconditionFailed));

    let illegal = problem(&act(&office, &case_no, CaseAction::Resume).await.unwrap_err());
    assert_eq!((illegal.status, illegal.code), (409, ProblemCode::IllegalAction));
    use CaseAction::{Accept, AskSupplement, Refuse, Return, Terminate};
    assert_eq!(illegal.actions, [Accept, Refuse, AskSupplement, Return, Terminate]);

    let silent = office.act(&case_no, 1, CaseAction::Refuse, &ActionDetails::default()).await.unwrap_err();
    assert_eq!(pointers(&silent), [("/note".to_owned(), "action-wants".to_owned())]);
    let escape = ActionDetails { note: "\u{1b}[2J".into(), ..ActionDetails::default() };
    let escape = office.act(&case_no, 1, CaseAction::Refuse, &escape).await.unwrap_err();
    assert_eq!(pointers(&escape), [("/note".to_owned(), "control-character".to_owned())]);
    assert_eq!(counter.events(&case_no, 0).await.unwrap().len(), 1, "what is refused leaves no trace");

    let session = counter.session().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/v1/cases/{case_no}/actions/withdraw", world.running.addr());
    let post = http.post(&url).bearer_auth(&session.access_token).json(&json!({}));
    assert_eq!(post.try_clone().unwrap().send().await.unwrap().status(), 428);
    let done = post.header("if-match", "\"7\", \"1\"").send().await.unwrap();
    assert_eq!((done.status().as_u16(), done.headers()["etag"].to_str().unwrap()), (200, "\"2\""));
    let over = problem(&act(&counter, &case_no, CaseAction::Withdraw).await.unwrap_err());
    assert_eq!((over.code, over.actions), (ProblemCode::IllegalAction, Vec::new()));
}

#[tokio::test]
async fn of_many_who_saw_one_version_one_acts() {
    let world = World::practice().await;
    let counter = world.signed_in("practice").await;
    let case_no = Arc::new(opened(&counter, PERSON).await);
    let tries: Vec<_> = (0..10)
        .map(|_| {
            let (client, case_no) = (Arc::clone(&counter), Arc::clone(&case_no));
            tokio::spawn(async move {
                let corrections = [("/applicant/mobile".to_owned(), json!("13900000000"))].into();
                client.act(&case_no, 1, CaseAction::Correct, &ActionDetails { corrections, ..said() }).await
            })
        })
        .collect();
    let mut done = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => done += 1,
            Err(error) => assert_eq!(problem(&error).code, ProblemCode::PreconditionFailed),
        }
    }
    assert_eq!((done, counter.events(&case_no, 0).await.unwrap().len()), (1, 2));
}

#[tokio::test]
async fn time_that_stands_still_is_given_back() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_hours(24 * LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let (counter, office) = (world.signed_in("practice").await, world.signed_in("office").await);
    let case_no = opened(&counter, PERSON).await;
    act(&office, &case_no, CaseAction::Accept).await.unwrap();
    // Monday: suspended until the Monday after. A session ends in twelve hours, so the clerk signs in again.
    LATER.store(3, Ordering::Relaxed);
    let office = world.signed_in("office").await;
    let due = "2026-09-24".parse().ok();
    assert_eq!(act(&office, &case_no, CaseAction::Suspend).await.unwrap().case.due, due, "the day last promised");
    LATER.store(10, Ordering::Relaxed);
    let office = world.signed_in("office").await;
    let resumed = act(&office, &case_no, CaseAction::Resume).await.unwrap();
    assert_eq!(
        resumed.case.due,
        "2026-10-08".parse().ok(),
        "two of five days are used up: 29, 30 September, 8 October"
    );
}

#[tokio::test]
async fn what_nobody_asked_about_counts_as_accepted() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_hours(24 * LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let counter = world.signed_in("practice").await;
    let (asked, silent) = (opened(&counter, PERSON).await, opened(&counter, OTHER_PERSON).await);
    LATER.store(6, Ordering::Relaxed);
    let office = world.signed_in("office").await;
    act(&office, &asked, CaseAction::AskSupplement).await.unwrap();
    // The fifth working day is over.
    LATER.store(7, Ordering::Relaxed);
    let office = world.signed_in("office").await;
    let late = problem(&act(&office, &silent, CaseAction::AskSupplement).await.unwrap_err());
    assert_eq!(late.code, ProblemCode::IllegalAction);
    let accepted = CaseFilter { status: Some(CaseStatus::Accepted), ..CaseFilter::default() };
    let cases = office.cases(&accepted).await.unwrap().cases;
    assert_eq!(cases.iter().map(|case| &case.case_no).collect::<Vec<_>>(), [&silent]);
    assert_eq!(cases[0].due, "2026-09-24".parse().ok(), "counted from the day of receipt");
    let events = office.events(&silent, 0).await.unwrap();
    assert_eq!((events[1].action, events[1].actor.as_str()), (CaseAction::DeemAccepted, ""));
}

#[tokio::test]
async fn a_decided_case_is_no_duplicate() {
    let world = World::practice().await;
    let (counter, office) = (world.signed_in("practice").await, world.signed_in("office").await);
    let first = request(PERSON);
    let case_no = counter.put_request(&first).await.unwrap().body.cases[0].case_no.clone();
    let accepted = act(&office, &case_no, CaseAction::Accept).await.unwrap();
    assert_eq!((accepted.case.status, accepted.owing), (CaseStatus::AcceptedOwing, true), "the photo is owed");
    let duplicate = counter.put_request(&request(PERSON)).await.unwrap_err();
    assert_eq!(problem(&duplicate).code, ProblemCode::DuplicateCase);
    act(&office, &case_no, CaseAction::Decide).await.unwrap();
    counter.put_request(&request(PERSON)).await.unwrap();
}

#[tokio::test]
async fn a_log_can_be_followed_and_taken_up_again() {
    let world = World::practice().await;
    let (counter, office) = (world.signed_in("practice").await, world.signed_in("office").await);
    let case_no = opened(&counter, PERSON).await;
    let token = counter.session().unwrap().access_token;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/v1/cases/{case_no}/events", world.running.addr());
    let get = |query: &str| http.get(format!("{url}{query}")).bearer_auth(&token);

    let once: Value = serde_json::from_slice(&get("").send().await.unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(once["events"][0]["specversion"], "1.0");
    assert_eq!(once["events"][0]["type"], "onewindow.case.receive");
    assert_eq!(once["events"][0]["source"], format!("/v1/cases/{case_no}"));

    // A long poll is answered when something happens.
    let poll = tokio::spawn(get("?after=1&wait=20").send());
    let mut stream = get("").header("accept", "text/event-stream").send().await.unwrap().bytes_stream();
    let first = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.starts_with("id: 1\n"), "{first}");
    act(&office, &case_no, CaseAction::Accept).await.unwrap();
    let second = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(second.starts_with("id: 2\nevent: onewindow.case.accept\ndata: {"), "{second}");
    let polled: Value = serde_json::from_slice(&poll.await.unwrap().unwrap().bytes().await.unwrap()).unwrap();
    assert_eq!(polled["events"].as_array().map(Vec::len), Some(1));
    drop(stream);

    act(&office, &case_no, CaseAction::Review).await.unwrap();
    let resumed = get("").header("accept", "text/event-stream").header("last-event-id", "2").send().await.unwrap();
    let mut resumed = resumed.bytes_stream();
    let third = String::from_utf8(resumed.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(third.starts_with("id: 3\n"), "{third}");
    // A stream does not keep the backend from stopping.
    world.running.shutdown().await;
}

#[tokio::test]
async fn the_practice_department_moves_cases_on_until_it_is_the_windows_turn() {
    let department = Department { day: Duration::from_millis(20), seed: 7 };
    let world = World::with(true, Timestamp::now, |config| config.department = Some(department)).await;
    let counter = world.signed_in("practice").await;
    for _ in 0..12 {
        let mut request = request(PERSON);
        request.acknowledge_duplicate = true;
        counter.put_request(&request).await.unwrap();
    }
    use CaseStatus::{Granted, NotAccepted, Refused, SupplementNeeded};
    let waits = |status| matches!(status, Granted | NotAccepted | Refused | SupplementNeeded);
    let mut cases = Vec::new();
    for _ in 0..600 {
        cases = counter.cases(&CaseFilter::default()).await.unwrap().cases;
        if cases.iter().all(|case| waits(case.status)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(cases.iter().all(|case| waits(case.status)), "{cases:?}");
    let statuses: BTreeSet<&str> = cases.iter().map(|case| case.status.name()).collect();
    assert!(statuses.contains("granted") && statuses.contains("supplement-needed"), "{statuses:?}");
    // The window does its part, and it goes on.
    let asked = cases.iter().find(|case| case.status == SupplementNeeded).unwrap();
    act(&counter, &asked.case_no, CaseAction::Supplement).await.unwrap();
    let granted = cases.iter().find(|case| case.status == Granted).unwrap();
    act(&counter, &granted.case_no, CaseAction::Issue).await.unwrap();
    act(&counter, &granted.case_no, CaseAction::Deliver).await.unwrap();
    for (case_no, wanted) in [(&asked.case_no, CaseAction::Decide), (&granted.case_no, CaseAction::Evaluate)] {
        let mut log = Vec::new();
        for _ in 0..600 {
            log = counter.events(case_no, 0).await.unwrap();
            if log.iter().any(|event| event.action == wanted) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(log.iter().any(|event| event.action == wanted), "{log:?}");
    }
}
