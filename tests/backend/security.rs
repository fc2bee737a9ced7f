//! Signing in, tokens, and who may do what: every route, every role, every site.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use onewindow::api::ApiError;
use onewindow::api::wire::{CaseFilter, ClerkRole, ProblemCode};
use onewindow::backend::{Backend, NewClerk, add_clerk, clerks, disable_clerk, set_password};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::{World, friday, http, problem};

fn url(world: &World, path: &str) -> String {
    format!("{}{path}", world.running.url())
}

async fn refresh(world: &World, token: &str) -> Result<(String, String), u16> {
    let body = json!({"refreshToken": token}).to_string();
    let call = http().post(url(world, "/v1/sessions/refresh")).header("content-type", "application/json").body(body);
    let answer = call.send().await.unwrap();
    if !answer.status().is_success() {
        return Err(answer.status().as_u16());
    }
    let session: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let token = |name: &str| session[name].as_str().unwrap().to_owned();
    Ok((token("accessToken"), token("refreshToken")))
}

async fn is_good(world: &World, access: &str) -> bool {
    let answer = http().get(url(world, "/v1/cases")).bearer_auth(access).send().await.unwrap();
    answer.status() == StatusCode::OK
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_every_token_of_its_session() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    fn clock() -> Timestamp {
        friday() + SignedDuration::from_secs(LATER.load(Ordering::Relaxed))
    }
    let world = World::start(true, clock).await;
    let first = world.signed_in("practice").await.session().unwrap();
    let other = world.signed_in("practice").await.session().unwrap();
    let (_, second) = refresh(&world, &first.refresh_token).await.unwrap();
    // Its answer was lost: within a minute the token before is still good.
    LATER.store(30, Ordering::Relaxed);
    let (_, third) = refresh(&world, &first.refresh_token).await.unwrap();
    // The answer was not lost after all: the second token is held by somebody, and the third by somebody else.
    assert_eq!(refresh(&world, &second).await, Err(401));
    assert_eq!(refresh(&world, &third).await, Err(401), "the whole family is over");
    assert!(!is_good(&world, &first.access_token).await);
    assert!(is_good(&world, &other.access_token).await, "another session of the same clerk goes on");

    // However long ago it was spent.
    let (access, mut newest) = refresh(&world, &other.refresh_token).await.unwrap();
    for _ in 0..5 {
        newest = refresh(&world, &newest).await.unwrap().1;
    }
    assert_eq!(refresh(&world, &other.refresh_token).await, Err(401));
    assert_eq!(refresh(&world, &newest).await, Err(401));
    assert!(!is_good(&world, &access).await);
}

#[tokio::test]
async fn guesses_sent_at_once_gain_nothing_and_tell_nothing() {
    let world = World::practice().await;
    // Two replicas over one database.
    let second = Backend::start(world.config()).await.unwrap();
    for name in ["practice", "nobody"] {
        let guesses = (0..8).map(|turn| {
            let client =
                if turn % 2 == 0 { world.client() } else { onewindow::api::Client::practice(second.addr()).unwrap() };
            tokio::spawn(async move { client.sign_in(name, &format!("guess {turn}")).await.unwrap_err() })
        });
        let mut looked_at = 0;
        for guess in guesses.collect::<Vec<_>>() {
            let code = problem(&guess.await.unwrap()).code;
            looked_at += usize::from(code == ProblemCode::WrongPassword);
            assert!([ProblemCode::WrongPassword, ProblemCode::LockedOut].contains(&code), "{code:?}");
        }
        // Three free tries and two slow ones; each replica may be amidst one when the other locks.
        assert!((1..=6).contains(&looked_at), "{name}: {looked_at}");
        let code = problem(&world.client().sign_in(name, "practice").await.unwrap_err()).code;
        assert_eq!(code, ProblemCode::LockedOut, "{name}: a name that nobody has answers as one that somebody has");
    }
    let village = world.client();
    village.sign_in("village", "practice").await.unwrap();
    // Many desks at once under one name are no guessers.
    let desks = (0..3).map(|_| {
        let client = world.client();
        tokio::spawn(async move { client.sign_in("village", "practice").await.map(drop) })
    });
    for desk in desks.collect::<Vec<_>>() {
        desk.await.unwrap().unwrap();
    }
    second.shutdown().await;
}

#[tokio::test]
async fn a_lock_is_kept_through_a_restart() {
    let world = World::practice().await;
    let mut code = ProblemCode::WrongPassword;
    for _ in 0..8 {
        let error = world.client().sign_in("practice", "guess").await.unwrap_err();
        code = problem(&error).code;
    }
    assert_eq!(code, ProblemCode::LockedOut);
    let world = world.restart().await;
    let error = world.client().sign_in("practice", "practice").await.unwrap_err();
    assert_eq!(problem(&error).code, ProblemCode::LockedOut);
    assert!(matches!(error, ApiError::Retry { after: Some(_), .. }));
}

#[tokio::test]
async fn a_clerk_who_is_disabled_or_has_a_new_password_is_out_at_once() {
    let world = World::practice().await;
    let config = world.config();
    let desk = world.signed_in("practice").await;
    let session = desk.session().unwrap();
    assert!(disable_clerk(&config, "practice", true).await.unwrap());
    assert!(matches!(desk.cases(&CaseFilter::default()).await, Err(ApiError::Unauthorised(Some(_)))));
    assert_eq!(refresh(&world, &session.refresh_token).await, Err(401));
    let refused = world.client().sign_in("practice", "practice").await.unwrap_err();
    assert_eq!(problem(&refused).code, ProblemCode::WrongPassword, "as if there were no such clerk");
    assert!(clerks(&config).await.unwrap().iter().any(|listed| listed.clerk.name == "practice" && listed.disabled));

    assert!(disable_clerk(&config, "practice", false).await.unwrap());
    let desk = world.signed_in("practice").await;
    assert!(set_password(&config, "practice", "another one".into()).await.unwrap());
    assert!(matches!(desk.cases(&CaseFilter::default()).await, Err(ApiError::Unauthorised(Some(_)))));
    world.client().sign_in("practice", "another one").await.unwrap();
    assert!(!set_password(&config, "nobody", "x".into()).await.unwrap());
    assert!(!disable_clerk(&config, "nobody", true).await.unwrap());
}

#[tokio::test]
async fn each_world_refuses_the_other_worlds_tokens() {
    let practice = World::practice().await;
    let live = World::start(false, friday).await;
    let clerk = NewClerk {
        name: "wang".into(),
        display: "王晓".into(),
        site: "town".into(),
        window: String::new(),
        role: ClerkRole::Clerk,
    };
    assert!(add_clerk(&live.config(), clerk, "a long one".into()).await.unwrap());
    let sign_in = async |world: &World, name: &str, password: &str| -> Value {
        let body = json!({"name": name, "password": password}).to_string();
        let call = http().post(url(world, "/v1/sessions")).header("content-type", "application/json").body(body);
        serde_json::from_slice(&call.send().await.unwrap().bytes().await.unwrap()).unwrap()
    };
    let of_practice = sign_in(&practice, "practice", "practice").await;
    let of_live = sign_in(&live, "wang", "a long one").await;
    for (world, own, other) in [(&practice, &of_practice, &of_live), (&live, &of_live, &of_practice)] {
        assert!(is_good(world, own["accessToken"].as_str().unwrap()).await);
        let access = other["accessToken"].as_str().unwrap();
        for path in ["/v1/cases", "/v1/catalogue"] {
            let answer = http().get(url(world, path)).bearer_auth(access).send().await.unwrap();
            let problem: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            assert_eq!((problem["status"].as_u64(), problem["code"].as_str()), (Some(401), Some("other-world")));
        }
        assert_eq!(refresh(world, other["refreshToken"].as_str().unwrap()).await, Err(401));
    }
}
