//! The backend as processes of their own: several over one database, and killed in the middle of work.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onewindow::api::wire::CaseFilter;
use onewindow::api::{ApiError, Client};
use onewindow::domain::request::Request;
use uuid::Uuid;

use crate::world::{PERSON, World, request};

/// A backend process; killed when dropped.
struct Replica {
    process: Child,
    addr: SocketAddr,
}

impl Replica {
    fn start(world: &World) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_onewindow-backend"))
            .args(["--practice", "--listen", "127.0.0.1:0", "--database", &world.database(), "--catalogue"])
            .arg(world.catalogue())
            .arg("--attachments")
            .arg(world.folder.path().join("attachments"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let addr = url.trim().strip_prefix("http://").expect("the backend starts").parse().unwrap();
        Self { process, addr }
    }

    async fn client(&self) -> Arc<Client> {
        let client = Client::practice(self.addr).unwrap();
        client.sign_in("practice", "practice").await.unwrap();
        Arc::new(client)
    }

    /// `kill -9`.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn fresh() -> Request {
    let mut request = request(PERSON);
    request.acknowledge_duplicate = true;
    request
}

/// Puts a request until it is answered.
async fn put(client: &Client, request: &Request) -> (String, bool) {
    loop {
        match client.put_request(request).await {
            Ok(outcome) => return (outcome.body.request_no, outcome.replayed),
            Err(error) if error.is_retryable() => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn all_numbers(client: &Client) -> Vec<String> {
    let mut filter = CaseFilter::default();
    let mut numbers = Vec::new();
    loop {
        let page = client.cases(&filter).await.unwrap();
        numbers.extend(page.cases.into_iter().map(|case| case.request_no));
        let Some(next) = page.next else { return numbers };
        filter.after = Some(next);
    }
}

fn rounds(usual: usize, long: usize) -> usize {
    if std::env::var_os("TEST_LONG").is_some() { long } else { usual }
}

#[tokio::test]
async fn two_replicas_keep_one_request_for_an_id() {
    let world = World::practice().await;
    let replicas = [Replica::start(&world), Replica::start(&world)];
    let clients = [replicas[0].client().await, replicas[1].client().await];
    let requests: Vec<Arc<Request>> = (0..rounds(20, 500)).map(|_| Arc::new(fresh())).collect();
    let mut tries = Vec::new();
    for request in &requests {
        for turn in 0..4 {
            let (client, request) = (Arc::clone(&clients[turn % 2]), Arc::clone(request));
            tries.push(tokio::spawn(async move { (request.id, put(&client, &request).await) }));
        }
    }
    let mut numbers: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    let mut first = 0;
    for attempt in tries {
        let (id, (number, replayed)) = attempt.await.unwrap();
        numbers.entry(id).or_default().insert(number);
        first += usize::from(!replayed);
    }
    assert_eq!(first, requests.len(), "one first answer an id");
    assert!(numbers.values().all(|numbers| numbers.len() == 1), "one number an id: {numbers:?}");
    let distinct: BTreeSet<&String> = numbers.values().flatten().collect();
    assert_eq!(distinct.len(), requests.len(), "a number of its own for each");
    assert_eq!(all_numbers(&clients[0]).await.len(), requests.len(), "one case each");
}

#[tokio::test]
async fn killed_under_load_nothing_answered_is_lost_and_nothing_is_doubled() {
    let world = World::practice().await;
    let answered: Arc<Mutex<BTreeMap<Uuid, String>>> = Arc::default();
    let mut sent: Vec<Arc<Request>> = Vec::new();
    for round in 0..rounds(3, 50) {
        let replica = Replica::start(&world);
        let client = replica.client().await;
        let tries: Vec<_> = (0..40)
            .map(|_| {
                let request = Arc::new(fresh());
                sent.push(Arc::clone(&request));
                let (client, answered) = (Arc::clone(&client), Arc::clone(&answered));
                tokio::spawn(async move {
                    match client.put_request(&request).await {
                        Ok(outcome) => {
                            answered.lock().unwrap().insert(request.id, outcome.body.request_no);
                        }
                        Err(ApiError::Offline(_) | ApiError::CutOff(_) | ApiError::Retry { .. }) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                })
            })
            .collect();
        // In the middle of it, at another place each time.
        let wanted = answered.lock().unwrap().len() + 1 + round * 7 % 30;
        while answered.lock().unwrap().len() < wanted {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        replica.kill();
        for attempt in tries {
            attempt.await.unwrap();
        }
    }
    let answered = answered.lock().unwrap().clone();
    assert!(answered.len() < sent.len(), "nothing was cut off: the test proves nothing");
    let replica = Replica::start(&world);
    let client = replica.client().await;
    for (id, number) in &answered {
        assert_eq!(&client.get_request(*id).await.unwrap().request_no, number, "answered, and lost");
    }
    // What was not answered is sent again, as the outbox does.
    let mut numbers = BTreeSet::new();
    for request in &sent {
        let (number, replayed) = put(&client, request).await;
        assert!(replayed || !answered.contains_key(&request.id));
        assert!(numbers.insert(number), "a number twice");
    }
    let listed = all_numbers(&client).await;
    assert_eq!(listed.len(), sent.len(), "one case each");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), numbers);
}
