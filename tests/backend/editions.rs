//! The catalogue in editions: deltas, tombstones, publishing while clients are at work.

use std::fs;

use onewindow::api::wire::{CataloguePage, ClerkRole, ProblemCode};
use onewindow::api::{ApiError, digest, packing};
use onewindow::backend::catalogue::{CatalogueError, read};
use onewindow::backend::{NewClerk, StartError, add_clerk, push_catalogue};
use onewindow::catalogue::Brief;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, LINK};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::world::{ALLOWANCE, CEMETERY, PERSON, World, problem, request};

/// A clerk's token and plain HTTP.
struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    async fn of(world: &World, name: &str) -> Self {
        let token = world.signed_in(name).await.session().unwrap().access_token;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base: format!("http://{}", world.running.addr()), token }
    }

    async fn get(&self, path: &str, headers: &[(reqwest::header::HeaderName, &str)]) -> Response {
        let mut request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> CataloguePage {
        let response = self.get(path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn push(&self, files: Value) -> (StatusCode, Value) {
        let request = self.http.put(format!("{}/v1/catalogue", self.base)).bearer_auth(&self.token);
        let response = request.json(&json!({ "files": files })).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

/// A running world with an administrator, its folder as files, and a clerk at the town.
async fn published() -> (World, Caller, Caller, Value) {
    let world = World::practice().await;
    let administrator = NewClerk {
        name: "chief".into(),
        display: "管理员".into(),
        site: "town".into(),
        window: String::new(),
        role: ClerkRole::Administrator,
    };
    assert!(add_clerk(&world.config(), administrator, "practice".into()).await.unwrap());
    let (clerk, chief) = (Caller::of(&world, "practice").await, Caller::of(&world, "chief").await);
    let folder = read(&world.catalogue()).unwrap();
    let mut files = serde_json::to_value(&folder.files).unwrap();
    // What is pushed is linted in full, and the little county was written for other tests.
    for name in ["allowance", "cemetery"] {
        let item = &mut files[format!("items/civil-affairs/{name}.toml")];
        let code = if name == "allowance" { "420511008001" } else { "420511008002" };
        *item = item
            .as_str()
            .unwrap()
            .replace("conditions = []", "conditions = [\"常住\"]")
            .replace("basis = []", "basis = [\"条例\"]")
            .replace("catalog-code = \"420511008001\"", &format!("catalog-code = \"{code}\""))
            .into();
    }
    let (status, answer) = chief.push(files.clone()).await;
    assert_eq!(status, 200, "{answer}");
    (world, clerk, chief, files)
}

fn change(files: &mut Value, path: &str, from: &str, to: &str) {
    let text = files[path].as_str().unwrap();
    assert!(text.contains(from), "{path}: {from}");
    files[path] = text.replacen(from, to, 1).into();
}

const ALLOWANCE_FILE: &str = "items/civil-affairs/allowance.toml";

fn codes(page: &CataloguePage) -> Vec<&str> {
    page.items.iter().map(|entry| entry.item.code.as_str()).collect()
}

#[tokio::test]
async fn a_delta_has_what_changed_and_what_is_gone() {
    let (world, clerk, chief, mut files) = published().await;
    let all = clerk.page("/v1/catalogue").await;
    assert_eq!((codes(&all), all.total), (vec![ALLOWANCE, CEMETERY], Some(2)));
    let since = format!("/v1/catalogue?since={}", all.cursor);
    let nothing = clerk.page(&since).await;
    assert_eq!((nothing.items.len(), &nothing.cursor, nothing.removed.len()), (0, &all.cursor, 0));

    change(&mut files, ALLOWANCE_FILE, "version = 1", "version = 2");
    change(&mut files, "catalogue.toml", "version = 1", "version = 2");
    let (status, answer) = chief.push(files.clone()).await;
    assert_eq!((status.as_u16(), &answer["items"]), (200, &json!(1)), "{answer}");
    let changed = clerk.page(&since).await;
    assert_eq!((codes(&changed), changed.items[0].item.version), (vec![ALLOWANCE], 2));

    // Another item takes the place of the cemetery's; a site that admits it differently touches that item only.
    let cemetery = files["items/civil-affairs/cemetery.toml"].as_str().unwrap().to_owned();
    files.as_object_mut().unwrap().remove("items/civil-affairs/cemetery.toml");
    let grave = cemetery.replace("008002", "008003").replace("公墓审批", "墓地审批") + "";
    let grave = grave.replace("form = \"allowance@2\"", "form = \"allowance@2\"\nreplaces = [\"cemetery\"]");
    files["items/civil-affairs/grave.toml"] = grave.into();
    for site in ["sites/town.toml", "sites/village.toml"] {
        change(&mut files, site, "\"cemetery\"", "\"grave\"");
    }
    let (status, answer) = chief.push(files.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let successor = CEMETERY.replace("008002", "008003");
    let next = clerk.page(&format!("/v1/catalogue?since={}", changed.cursor)).await;
    assert_eq!((codes(&next), &next.removed), (vec![successor.as_str()], &vec![CEMETERY.to_owned()]));
    assert_eq!(next.successors.get(CEMETERY), Some(&successor));
    let whole = clerk.page(&since).await;
    assert_eq!(whole.items.len(), 2, "everything since the first edition");

    // Who submits on the withdrawn one is told what takes its place.
    let mut late = request(PERSON);
    late.items[0].code = CEMETERY.into();
    let refused = problem(&world.signed_in("practice").await.put_request(&late).await.unwrap_err());
    assert_eq!((refused.code, refused.status, refused.successor), (ProblemCode::ItemWithdrawn, 410, Some(successor)));
    assert_eq!(clerk.get(&format!("/v1/items/{CEMETERY}"), &[]).await.status(), 410);
    let unknown = clerk.get("/v1/items/11429006MB999999X65420511008009", &[]).await;
    assert_eq!(unknown.status(), 404);

    // Only what one site does changed: the item comes again, with the new admission.
    change(&mut files, "sites/village.toml", "inform = [\"grave\"]", "assist = [\"grave\"]");
    chief.push(files.clone()).await;
    let moved = clerk.page(&format!("/v1/catalogue?since={}", next.cursor)).await;
    assert_eq!(moved.items.len(), 1);
    assert_eq!(moved.items[0].admission.elsewhere.len(), 1);
}

#[tokio::test]
async fn cursors_of_others_and_of_the_future_are_refused() {
    let (_world, clerk, ..) = published().await;
    let cursor = clerk.page("/v1/catalogue").await.cursor;
    let (lineage, _) = cursor.rsplit_once('-').unwrap();
    for wrong in ["x", "other-1", &format!("{lineage}-99"), &format!("{lineage}-0"), &format!("{lineage}-"), ""] {
        let response = clerk.get(&format!("/v1/catalogue?since={wrong}"), &[]).await;
        assert_eq!(response.status(), 410, "{wrong}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], "cursor-gone");
    }
    for wrong in ["view=x", "after=x", "after=2.0.0", "limit=x"] {
        assert_eq!(clerk.get(&format!("/v1/catalogue?{wrong}"), &[]).await.status(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_miss_nothing() {
    let (world, clerk, ..) = published().await;
    for view in ["items", "brief"] {
        let mut path = Some(format!("/v1/catalogue?limit=1&view={view}"));
        let mut found = Vec::new();
        while let Some(next) = path {
            let response = clerk.get(&next, &[]).await;
            let link = response.headers().get(LINK).map(|link| link.to_str().unwrap().to_owned());
            let page: CataloguePage = response.json().await.unwrap();
            assert_eq!(link, page.next.as_ref().map(|next| format!("<{next}>; rel=\"next\"")));
            let rows = page.briefs.map(|briefs| briefs.into_list().unwrap()).unwrap_or_default();
            found.extend(page.items.iter().map(Brief::of).chain(rows).map(|brief| (brief.code, brief.role)));
            path = page.next;
        }
        let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, [ALLOWANCE, CEMETERY], "{view}");
        assert!(found.iter().all(|(_, role)| role.is_some()));
    }
    drop(world);
}

#[tokio::test]
async fn copies_are_recognised_and_bodies_are_packed() {
    let (_world, clerk, ..) = published().await;
    for path in [
        "/v1/catalogue",
        &format!("/v1/items/{ALLOWANCE}"),
        "/v1/forms/allowance/versions/2",
        "/v1/codelists/bank/versions/1",
    ] {
        let plain = clerk.get(path, &[]).await;
        let etag = plain.headers()[ETAG].to_str().unwrap().to_owned();
        let digest = plain.headers().get("repr-digest").map(|field| field.to_str().unwrap().to_owned());
        let body = plain.bytes().await.unwrap();
        assert!(digest.is_none_or(|digest| digest == digest::field(&body)), "{path}");
        let again = clerk.get(path, &[(IF_NONE_MATCH, &etag)]).await;
        assert_eq!(again.status(), 304, "{path}");
        let small = clerk.get(path, &[(ACCEPT_ENCODING, "br, gzip")]).await;
        let packed_tag = small.headers()[ETAG].to_str().unwrap().to_owned();
        if small.headers().contains_key(CONTENT_ENCODING) {
            let digest = small.headers().get("repr-digest").map(|field| field.to_str().unwrap().to_owned());
            let packed = small.bytes().await.unwrap();
            assert_eq!(packing::unpack(&packed).unwrap(), body, "{path}");
            assert!(digest.is_none_or(|digest| digest == digest::field(&packed)), "{path}");
            assert_ne!(packed_tag, etag);
        }
        assert_eq!(clerk.get(path, &[(IF_NONE_MATCH, &packed_tag)]).await.status(), 304, "{path}");
    }
}

#[tokio::test]
async fn a_form_is_served_in_the_order_in_which_it_was_written() {
    let (_world, clerk, _, files) = published().await;
    let written = files["forms/allowance@2.schema.json"].as_str().unwrap();
    let written: Value = serde_json::from_str(written).unwrap();
    assert_ne!(digest::canonical(&written).unwrap(), written.to_string().into_bytes(), "or it would prove nothing");
    let served = clerk.get("/v1/forms/allowance/versions/2", &[]).await.bytes().await.unwrap();
    let served: Value = serde_json::from_slice(&served).unwrap();
    assert_eq!(served["schema"].to_string(), written.to_string());
}

#[tokio::test]
async fn a_published_form_never_changes_and_old_ones_stay() {
    let (world, clerk, chief, mut files) = published().await;
    let before = clerk.page("/v1/catalogue").await.cursor;
    let mut rewritten = files.clone();
    change(&mut rewritten, "forms/allowance@2.schema.json", "\"minLength\":5", "\"minLength\":6");
    let (status, answer) = chief.push(rewritten).await;
    assert_eq!((status.as_u16(), &answer["errors"][0]["keyword"]), (422, &json!("rewritten")), "{answer}");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("allowance@2"));
    assert_eq!(clerk.page("/v1/catalogue").await.cursor, before, "nothing was published");

    // The next version takes its place; the old one is served on, and taken on where the author says so.
    let schema = files["forms/allowance@2.schema.json"].clone();
    files["forms/allowance@3.schema.json"] = schema;
    change(&mut files, ALLOWANCE_FILE, "form = \"allowance@2\"", "form = \"allowance@3\"");
    for gone in ["forms/allowance@2.schema.json", "forms/allowance@2.ui.json"] {
        files.as_object_mut().unwrap().remove(gone);
    }
    change(&mut files, "items/civil-affairs/cemetery.toml", "form = \"allowance@2\"", "form = \"allowance@3\"");
    let (status, answer) = chief.push(files.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(clerk.get("/v1/forms/allowance/versions/2", &[]).await.status(), 200);
    let town = world.signed_in("practice").await;
    let retired = problem(&town.put_request(&request(PERSON)).await.unwrap_err());
    assert_eq!((retired.code, retired.successor.as_deref()), (ProblemCode::FormRetired, Some("allowance@3")));
    change(
        &mut files,
        ALLOWANCE_FILE,
        "form = \"allowance@3\"",
        "form = \"allowance@3\"\naccepted-forms = [\"allowance@2\"]",
    );
    let (status, answer) = chief.push(files).await;
    assert_eq!(status, 200, "{answer}");
    town.put_request(&request(PERSON)).await.unwrap();
}

#[tokio::test]
async fn only_an_administrator_publishes_and_only_what_is_sound() {
    let (_world, clerk, chief, mut files) = published().await;
    let (status, answer) = clerk.push(files.clone()).await;
    assert_eq!((status.as_u16(), &answer["code"]), (403, &json!("role-forbids")));
    let older = {
        let mut newer = files.clone();
        change(&mut newer, "catalogue.toml", "version = 1", "version = 5");
        assert_eq!(chief.push(newer).await.0, 200);
        chief.push(files.clone()).await
    };
    assert_eq!((older.0.as_u16(), &older.1["errors"][0]["keyword"]), (422, &json!("older")), "{older:?}");
    change(&mut files, ALLOWANCE_FILE, "item-type = \"05\"", "item-type = \"01\"");
    change(&mut files, "sites/town.toml", "\"allowance\"", "\"nothing\"");
    let (status, answer) = chief.push(files).await;
    let pointers: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(status, 422);
    assert!(pointers.contains(&"/files/items~1civil-affairs~1allowance.toml"), "{answer}");
    assert!(pointers.contains(&"/files/sites~1town.toml"), "{answer}");
}

#[tokio::test]
async fn an_item_is_offered_on_its_days_only() {
    let (world, _clerk, chief, mut files) = published().await;
    let town = world.signed_in("practice").await;
    let original = files.clone();
    let dated = |files: &mut Value, line: &str| {
        *files = original.clone();
        change(files, ALLOWANCE_FILE, "version = 1", &format!("version = 1\n{line}"));
    };
    dated(&mut files, "effective-date = \"2026-09-19\"");
    assert_eq!(chief.push(files.clone()).await.0, 200);
    let early = problem(&town.put_request(&request(PERSON)).await.unwrap_err());
    assert_eq!(early.code, ProblemCode::NotAdmitted);
    dated(&mut files, "cancel-date = \"2026-09-17\"");
    assert_eq!(chief.push(files.clone()).await.0, 200);
    let late = problem(&town.put_request(&request(PERSON)).await.unwrap_err());
    assert_eq!(late.code, ProblemCode::ItemWithdrawn);
    dated(&mut files, "effective-date = \"2026-09-18\"\ncancel-date = \"2026-09-18\"");
    assert_eq!(chief.push(files).await.0, 200);
    town.put_request(&request(PERSON)).await.unwrap();
}

#[tokio::test]
async fn replicas_follow_each_other_and_an_old_folder_takes_nothing_back() {
    let (world, clerk, chief, mut files) = published().await;
    // The second replica starts on the folder of the first edition; what was pushed since stays in force.
    change(&mut files, "catalogue.toml", "version = 1", "version = 2");
    change(&mut files, ALLOWANCE_FILE, "version = 1", "version = 2");
    assert_eq!(chief.push(files.clone()).await.0, 200);
    let replica = onewindow::backend::Backend::start(world.config()).await.unwrap();
    let there =
        Caller { base: format!("http://{}", replica.addr()), http: clerk.http.clone(), token: clerk.token.clone() };
    let page = there.page("/v1/catalogue").await;
    assert_eq!((page.items[0].item.version, &page.cursor), (2, &clerk.page("/v1/catalogue").await.cursor));

    // What is published at one is served by the other within a moment.
    change(&mut files, ALLOWANCE_FILE, "version = 2", "version = 3");
    assert_eq!(chief.push(files).await.0, 200);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while there.page("/v1/catalogue").await.items[0].item.version != 3 {
        assert!(std::time::Instant::now() < deadline, "the replica never followed");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    replica.shutdown().await;
}

#[tokio::test]
async fn an_operator_publishes_into_the_database() {
    let world = World::practice().await;
    let push = async || push_catalogue(&world.config(), &world.catalogue()).await;
    let path = world.catalogue().join("items/civil-affairs/cemetery.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("version = 1", "version = 2")).unwrap();
    let published = push().await.unwrap();
    assert_eq!((published.edition, published.items, published.withdrawn, published.documents), (2, 1, 0, 0));
    let unchanged = push().await.unwrap();
    assert_eq!((unchanged.edition, unchanged.items), (2, 0));
    fs::write(world.catalogue().join("forms/allowance@1.schema.json"), "{\"type\":  \"object\"}").unwrap();
    let refused = push().await;
    assert!(matches!(refused, Err(StartError::Catalogue(CatalogueError::Rewritten(form))) if form == "allowance@1"));
}

#[tokio::test]
async fn a_bundle_is_served_until_it_is_withdrawn() {
    let (_world, clerk, chief, mut files) = published().await;
    files["bundles/passing.toml"] = json!(
        "code = \"YJS-001\"\nversion = 1\nname = \"身后一件事\"\ndepartment = \"民政局\"\nconditions = [\"家属\"]\n\n\
         [[items]]\nitem = \"allowance\"\n\n[[items]]\nitem = \"cemetery\"\nafter = [\"allowance\"]\n"
    );
    let (status, answer) = chief.push(files.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let bundle: Value = clerk.get("/v1/bundles/YJS-001", &[]).await.json().await.unwrap();
    assert_eq!((&bundle["id"], &bundle["items"][1]["after"][0]), (&json!("passing"), &json!("allowance")));
    let page = clerk.page("/v1/catalogue").await;
    assert_eq!(page.bundles.len(), 1);
    files.as_object_mut().unwrap().remove("bundles/passing.toml");
    assert_eq!(chief.push(files).await.0, 200);
    let delta = clerk.page(&format!("/v1/catalogue?since={}", page.cursor)).await;
    assert_eq!((delta.bundles.len(), delta.removed_bundles), (0, vec!["YJS-001".to_owned()]));
    assert_eq!(clerk.get("/v1/bundles/YJS-001", &[]).await.status(), 410);
    assert_eq!(clerk.get("/v1/bundles/YJS-002", &[]).await.status(), 404);
}

#[tokio::test]
async fn a_form_damaged_on_the_way_is_not_taken() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    client.form(&"allowance@2".parse().unwrap()).await.unwrap();
    let gone = client.form(&"allowance@9".parse().unwrap()).await.unwrap_err();
    assert!(matches!(gone, ApiError::Refused(_)), "{gone:?}");
}
