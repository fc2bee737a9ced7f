//! The OpenAPI document: current, about every route and nothing else, with an example that works.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use onewindow::api::Client;
use onewindow::backend::config::Config;
use onewindow::backend::{Backend, openapi};
use onewindow::domain::request::Request;
use reqwest::Method;
use serde_json::Value;

use crate::world;

#[test]
fn the_committed_document_is_the_one_that_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, openapi::text()).unwrap();
    }
    let current = fs::read_to_string(&path).unwrap_or_default() == openapi::text();
    assert!(current, "config/openapi.json is out of date: UPDATE_DOCS=1 cargo test --test backend contract");
}

/// Paths of the document with their methods, in capitals.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let document = openapi::document();
    let paths = document["paths"].as_object().unwrap();
    let methods = |entry: &Value| entry.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
    paths.iter().map(|(path, entry)| (path.clone(), methods(entry))).collect()
}

/// Paths that the router's source names, and what is laid around it.
fn routed() -> BTreeSet<String> {
    let sources = [include_str!("../../src/backend/routes/mod.rs"), include_str!("../../src/backend/around.rs")];
    sources
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
        .filter(|text| text.starts_with("/v1/") || text.starts_with("/health/") || *text == "/metrics")
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_route_is_documented_and_every_operation_is_served() {
    let documented = documented();
    assert_eq!(documented.keys().cloned().collect::<BTreeSet<_>>(), routed());
    let world = world::World::practice().await;
    // Making it also chooses how TLS is done, for the plain client too.
    world.client().meta().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, methods) in documented {
        // Any value will do: the method is looked at first.
        let place = path.replace(['{', '}'], "");
        let url = format!("http://{}{place}", world.running.addr());
        let call = http.request(Method::TRACE, url).header("tus-resumable", "1.0.0").send().await.unwrap();
        assert_eq!(call.status(), 405, "{path}");
        let allowed = call.headers()["allow"].to_str().unwrap();
        let mut allowed: BTreeSet<String> = allowed.split(',').map(|method| method.trim().to_owned()).collect();
        // What answers GET answers HEAD.
        if allowed.contains("GET") {
            allowed.remove("HEAD");
        }
        assert_eq!(allowed, methods, "{path}");
    }
}

#[tokio::test]
async fn the_example_is_accepted() {
    let folder = tempfile::TempDir::new().unwrap();
    let config = Config { database: world::database(folder.path()).await, ..Config::practice(folder.path()) };
    let running = Backend::start(config).await.unwrap();
    let client = Client::practice(running.addr()).unwrap();
    client.sign_in("practice", "practice").await.unwrap();
    let document = openapi::document();
    let operation = &document["paths"]["/v1/requests/{id}"]["put"];
    let request: Request =
        serde_json::from_value(operation["requestBody"]["content"]["application/json"]["example"].clone()).unwrap();
    assert_eq!(operation["parameters"][0]["example"], request.id.to_string());
    client.validate_request(&request).await.unwrap();
    client.put_request(&request).await.unwrap();
    running.shutdown().await;
}
