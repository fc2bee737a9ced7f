//! The audit log over a real database: what is in it, and that no tampering stays unseen.

use onewindow::backend::audit::{ChainEnd, Tampering, VerifyError};
use onewindow::backend::config::{Config, Database};
use onewindow::backend::{Backend, upkeep};
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::world::{PERSON, World, request};

async fn connect(config: &Config) -> AnyConnection {
    let url = match &config.database {
        Database::File(path) => format!("sqlite:{}", path.display()),
        Database::Server(url) => url.clone(),
    };
    url.parse::<AnyConnectOptions>().unwrap().connect().await.unwrap()
}

async fn execute(config: &Config, sql: &str) {
    let mut connection = connect(config).await;
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn actions(config: &Config) -> Vec<(String, String)> {
    let mut connection = connect(config).await;
    let rows = sqlx::query_as("select actor, action from audit order by seq").fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows
}

async fn verify(config: &Config, noted: Option<&ChainEnd>) -> Result<ChainEnd, Tampering> {
    upkeep::verify_audit(config, noted).await.unwrap().map_err(|error| match error {
        VerifyError::Tampering(tampering) => tampering,
        VerifyError::Store(error) => panic!("{error}"),
    })
}

#[tokio::test]
async fn what_was_done_is_in_the_log_and_no_tampering_stays_unseen() {
    let world = World::practice().await;
    let config = world.config();
    let client = world.signed_in("practice").await;
    client.put_request(&request(PERSON)).await.unwrap();
    world.client().sign_in("practice", "guess").await.unwrap_err();
    world.client().sign_in("张建国", "a password").await.unwrap_err();
    client.sign_out().await.unwrap();
    let end = verify(&config, None).await.unwrap();
    let told = actions(&config).await;
    for (actor, action) in [
        ("", "clerk-added"),
        ("practice", "sign-in"),
        ("practice", "request-accepted"),
        ("", "sign-in-refused"),
        ("practice", "sign-out"),
    ] {
        assert!(told.iter().any(|(who, what)| (who.as_str(), what.as_str()) == (actor, action)), "{action}: {told:?}");
    }
    let mut connection = connect(&config).await;
    let (typed,): (i64,) = sqlx::query_as("select count(*) from audit where subject like '%张建国%'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(typed, 0, "what was typed as a name is not written down");
    connection.close().await.unwrap();
    assert_eq!(verify(&config, Some(&end)).await.unwrap(), end);
    let other = ChainEnd { hash: "0".repeat(64), ..end.clone() };
    assert_eq!(verify(&config, Some(&other)).await, Err(Tampering::OtherChain(end.seq)));

    let last = end.seq;
    let (middle, before_last) = (last / 2, last - 1);
    execute(&config, "create table kept as select * from audit").await;
    let restore = async || {
        execute(&config, "delete from audit").await;
        execute(&config, "insert into audit select * from kept").await;
    };
    let changed = [
        format!("update audit set actor = 'somebody' where seq = {middle}"),
        format!("update audit set at = at + 1 where seq = {middle}"),
        format!("update audit set subject = 'x' where seq = {middle}"),
        format!("update audit set hash = '{}' where seq = {middle}", "0".repeat(64)),
    ];
    for change in changed {
        execute(&config, &change).await;
        assert_eq!(verify(&config, None).await, Err(Tampering::Changed(middle)), "{change}");
        restore().await;
    }
    execute(&config, &format!("delete from audit where seq = {middle}")).await;
    assert_eq!(verify(&config, None).await, Err(Tampering::Missing(middle)));
    restore().await;
    execute(&config, &format!("delete from audit where seq = {last}")).await;
    assert_eq!(verify(&config, None).await, Err(Tampering::Missing(last)), "the end is held apart");
    restore().await;
    execute(&config, "delete from audit").await;
    assert_eq!(verify(&config, None).await, Err(Tampering::Missing(1)));
    restore().await;
    for place in [last + 1, 0] {
        let insert = format!(
            "insert into audit (seq, id, at, actor, action, subject, hash) values ({place}, 'x', 1, '', 'sign-in', '', 'x')"
        );
        execute(&config, &insert).await;
        assert_eq!(verify(&config, None).await, Err(Tampering::Changed(place)));
        restore().await;
    }
    // Two entries change places.
    execute(&config, &format!("update audit set seq = -1 where seq = {middle}")).await;
    execute(&config, &format!("update audit set seq = {middle} where seq = {before_last}")).await;
    execute(&config, &format!("update audit set seq = {before_last} where seq = -1")).await;
    assert_eq!(verify(&config, None).await, Err(Tampering::Changed(middle)));
    restore().await;
    // A cut that takes the end with it is seen by whoever wrote an end down.
    execute(&config, &format!("delete from audit where seq = {last}")).await;
    execute(
        &config,
        &format!("update audit_end set seq = {before_last}, hash = (select hash from audit where seq = {before_last})"),
    )
    .await;
    assert!(verify(&config, None).await.is_ok());
    assert_eq!(verify(&config, Some(&end)).await, Err(Tampering::OtherChain(last)));
}

#[tokio::test]
async fn many_writers_keep_one_chain() {
    let world = World::practice().await;
    let second = Backend::start(world.config()).await.unwrap();
    let there = onewindow::api::Client::practice(second.addr()).unwrap();
    there.sign_in("practice", "practice").await.unwrap();
    let clients = [world.signed_in("practice").await, std::sync::Arc::new(there)];
    let desks = (0..16).map(|turn| {
        let client = std::sync::Arc::clone(&clients[turn % 2]);
        tokio::spawn(async move {
            let mut wanted = request(PERSON);
            wanted.acknowledge_duplicate = true;
            client.put_request(&wanted).await.unwrap();
        })
    });
    for desk in desks.collect::<Vec<_>>() {
        desk.await.unwrap();
    }
    let end = verify(&world.config(), None).await.unwrap();
    let told = actions(&world.config()).await;
    assert_eq!(told.len() as u64, end.seq);
    assert_eq!(told.iter().filter(|(_, action)| action == "request-accepted").count(), 16);
    second.shutdown().await;
}
