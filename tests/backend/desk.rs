//! The desk's copy of the catalogue: fetched over lines of every kind, kept up to date while the clerk works.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use onewindow::api::{ApiError, Client};
use onewindow::backend::config::{CatalogueSource, Config};
use onewindow::backend::{Backend, push_catalogue};
use onewindow::catalogue::Brief;
use onewindow::sync::catalogue::{Progress, SyncError, sync};
use onewindow::vault::library::{Library, Stage};
use tempfile::TempDir;

use crate::line::{Line, Quality};
use crate::province;
use crate::world::{ALLOWANCE, CEMETERY, World};

/// Everything in a copy that a clerk could see.
async fn contents(library: &Library) -> (BTreeMap<String, Brief>, usize, Vec<String>) {
    let mut briefs = BTreeMap::new();
    library.visit(|brief| drop(briefs.insert(brief.code.clone(), brief))).await.unwrap();
    let mut whole = Vec::new();
    for code in briefs.keys() {
        if let Some(entry) = library.entry(code).await.unwrap() {
            assert_eq!(Brief::of(&entry), briefs[code], "{code}");
            whole.push(format!("{code} {}", entry.item.form));
        }
    }
    let documents = usize::try_from(library.stock().await.unwrap().documents).unwrap();
    (briefs, documents, whole)
}

async fn run(client: &Client, library: &Library) -> Result<Vec<Progress>, SyncError> {
    let mut told = Vec::new();
    sync(client, library, |progress| told.push(progress)).await?;
    Ok(told)
}

#[tokio::test]
async fn a_first_run_brings_everything_and_later_ones_what_changed() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "town").await.unwrap();
    let told = run(&client, &library).await.unwrap();
    assert_eq!(told.iter().map(|one| one.stage).collect::<Vec<_>>(), [Stage::Briefs, Stage::Entries, Stage::Changes]);
    assert!(told[0].fresh && (told[0].done, told[0].total) == (2, 2));
    let (briefs, documents, whole) = contents(&library).await;
    assert_eq!((briefs.len(), whole.len(), documents), (2, 2, 1), "the two items share a form");
    assert_eq!(library.entry("cemetery").await.unwrap().unwrap().item.code, CEMETERY, "by its short name too");

    // Nothing new.
    let stamp = library.stamp().await.unwrap();
    let told = run(&client, &library).await.unwrap();
    assert_eq!(told.iter().map(|one| (one.stage, one.fresh)).collect::<Vec<_>>(), [(Stage::Changes, false)]);
    assert_eq!(library.stamp().await.unwrap(), stamp);

    // One item on a new form, another gone; a draft on it can still be read.
    let items = world.catalogue().join("items/civil-affairs");
    let allowance = fs::read_to_string(items.join("allowance.toml")).unwrap();
    fs::copy(
        world.catalogue().join("forms/allowance@2.schema.json"),
        world.catalogue().join("forms/allowance@3.schema.json"),
    )
    .unwrap();
    let changed = allowance
        .replace("allowance@2", "allowance@3")
        .replace("version = 1", "version = 2\nreplaces = [\"cemetery\"]");
    fs::write(items.join("allowance.toml"), changed).unwrap();
    fs::remove_file(items.join("cemetery.toml")).unwrap();
    push_catalogue(&world.config(), &world.catalogue()).await.unwrap();
    // The backend looks for other editions at most once a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    client.meta().await.unwrap();
    let told = run(&client, &library).await.unwrap();
    assert_eq!(told.iter().map(|one| (one.stage, one.fresh)).collect::<Vec<_>>(), [(Stage::Changes, true)]);
    let (briefs, documents, _) = contents(&library).await;
    assert_eq!((briefs.len(), documents), (1, 2), "the old form is still here, for the drafts on it");
    assert_eq!(library.withdrawn(CEMETERY).await.unwrap(), Some(Some(ALLOWANCE.to_owned())));
    assert!(library.entry(CEMETERY).await.unwrap().is_some());
    assert_eq!(library.withdrawn(ALLOWANCE).await.unwrap(), None);
}

#[tokio::test]
async fn another_backend_means_starting_over() {
    let (one, other) = (World::practice().await, World::practice().await);
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "town").await.unwrap();
    run(&*one.signed_in("practice").await, &library).await.unwrap();
    let items = other.catalogue().join("items/civil-affairs");
    fs::remove_file(items.join("cemetery.toml")).unwrap();
    push_catalogue(&other.config(), &other.catalogue()).await.unwrap();
    let other = other.restart().await;
    let told = run(&*other.signed_in("practice").await, &library).await.unwrap();
    assert_eq!(told[0].stage, Stage::Briefs);
    let (briefs, ..) = contents(&library).await;
    assert_eq!(briefs.keys().collect::<Vec<_>>(), [ALLOWANCE]);
}

#[tokio::test]
async fn a_line_that_breaks_at_any_byte_costs_only_the_page_under_way() {
    let folder = TempDir::new().unwrap();
    let running = Backend::start(Config::practice(folder.path())).await.unwrap();
    let home = TempDir::new().unwrap();
    let straight = {
        let client = Client::practice(running.addr()).unwrap();
        client.sign_in("practice", "practice").await.unwrap();
        let library = Library::open(home.path(), true, "straight").await.unwrap();
        run(&client, &library).await.unwrap();
        contents(&library).await
    };
    assert!(straight.0.len() > 60 && straight.1 > 40, "{} items, {} documents", straight.0.len(), straight.1);
    let mut broken = 0;
    let mut cut_after = 900;
    let mut library = Library::open(home.path(), true, "broken").await.unwrap();
    loop {
        let line = Line::to(running.addr(), Quality { cut_after, ..Quality::default() }).await;
        let client = Client::practice(line.addr).unwrap();
        if client.sign_in("practice", "practice").await.is_ok() {
            match run(&client, &library).await {
                Ok(_) => break,
                Err(SyncError::Api(error)) => {
                    assert!(matches!(error, ApiError::Offline(_) | ApiError::CutOff(_)), "{error:?}")
                }
                Err(error) => panic!("{error}"),
            }
        }
        broken += 1;
        assert!(broken < 60, "it never gets through");
        // As if the machine had lost its power.
        drop(library);
        library = Library::open(home.path(), true, "broken").await.unwrap();
        cut_after += cut_after / 3 + 311;
    }
    assert!(broken > 5, "the line did not break often enough to prove anything: {broken}");
    assert_eq!(contents(&library).await, straight);
    running.shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_no_catalogue_is_made_anew() {
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "../town").await.unwrap();
    let path = library.path().to_owned();
    assert_eq!(path.parent(), Some(home.path()));
    library.close().await.unwrap();
    fs::write(&path, "no database at all, but long enough to look like one".repeat(200)).unwrap();
    let library = Library::open(home.path(), true, "../town").await.unwrap();
    assert_eq!(library.stock().await.unwrap().items, 0);
}

/// 256 kbit/s, 300 ms there and back.
const VILLAGE: Quality = Quality { bytes_per_second: 32_000, round_trip: Duration::from_millis(300), cut_after: 0 };

/// A clerk of a big catalogue can begin within 30 s on a village's line. Counted in bytes and round trips, so that no clock decides; the long
/// version fetches 100,000 items over a line that is really that slow, and prints the times.
#[tokio::test]
async fn a_province_over_a_villages_line() {
    let long = std::env::var_os("TEST_LONG").is_some();
    let count = if long { 100_000 } else { 2_000 };
    let folder = TempDir::new().unwrap();
    province::write(&folder.path().join("province"), count);
    let mut config = Config::practice(folder.path());
    config.catalogue = CatalogueSource::Folder(folder.path().join("province"));
    let running = Backend::start(config).await.unwrap();
    let line = Line::to(running.addr(), if long { VILLAGE } else { Quality::default() }).await;
    let client = Client::practice(line.addr).unwrap();
    client.sign_in("practice", "practice").await.unwrap();
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "town").await.unwrap();
    let (mut usable, mut briefs) = (None, None);
    let begun = Instant::now();
    let mark = || (line.bytes.load(Ordering::Relaxed), line.requests.load(Ordering::Relaxed), begun.elapsed());
    let start = mark();
    sync(&client, &library, |progress| {
        if progress.stage == Stage::Briefs {
            usable.get_or_insert_with(mark);
            briefs = Some(mark());
        }
    })
    .await
    .unwrap();
    let whole = mark();
    let budget = |(bytes, requests, _): (u64, u64, Duration)| {
        let line = Duration::from_secs_f64((bytes - start.0) as f64 / 32_000.0);
        line + Duration::from_millis(300) * u32::try_from(requests - start.1).unwrap()
    };
    let (usable, briefs) = (usable.unwrap(), briefs.unwrap());
    for (what, mark) in [("usable", usable), ("every item in brief", briefs), ("every item whole", whole)] {
        println!(
            "{count} items, {what}: {} kB, {} requests, {:.1} s at 256 kbit/s and 300 ms; measured {:.1} s",
            (mark.0 - start.0) / 1_000,
            mark.1 - start.1,
            budget(mark).as_secs_f64(),
            mark.2.as_secs_f64()
        );
    }
    assert!(budget(usable) < Duration::from_secs(10), "{usable:?}");
    let per_item = (briefs.0 - start.0) / u64::try_from(count).unwrap();
    assert!(per_item <= 12, "{per_item} bytes an item in brief: 100,000 would not come within a minute");
    let stock = library.stock().await.unwrap();
    assert_eq!((stock.items, stock.whole), (u64::try_from(count).unwrap(), u64::try_from(count).unwrap()));
    running.shutdown().await;
}
