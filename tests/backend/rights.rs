//! Who may do what: every route × every role × the thing's own site and another one.

use std::collections::BTreeSet;

use onewindow::api::wire::ClerkRole;
use onewindow::backend::{NewClerk, add_clerk};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{ALLOWANCE, PERSON, World, http, request};

/// Whom a route serves. Whoever it does not is told 403, or 404 where even the existence is nobody else's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Whoever comes, without a token.
    Anybody,
    /// Whoever is signed in.
    Clerks,
    /// Who takes applications, at any site.
    Counter,
    /// Who takes applications at the site that is named.
    OwnCounter,
    /// Who works at the site, or for all sites. Others are not told that it is there.
    Seers,
    /// Who works at the site, or for all sites; others are told that it is another site's.
    Figures,
    /// Who works at the site.
    Site,
    /// Of those who see it, who takes applications.
    CounterAct,
    /// Of those who see it, who decides for the departments.
    DepartmentAct,
    /// Who began it.
    Owner,
    /// Who looks after the backend.
    Administrator,
}

const TOWN: &str = "town";
const SITES: [&str; 2] = [TOWN, "village"];
const ROLES: [ClerkRole; 4] =
    [ClerkRole::Clerk, ClerkRole::Supervisor, ClerkRole::BackOffice, ClerkRole::Administrator];

impl Rule {
    /// What a role at a site is told; `None`: it is served.
    fn refusal(self, role: ClerkRole, site: &str) -> Option<u16> {
        let (counter, own) = (role.takes_applications(), site == TOWN);
        let sees = own || !counter;
        let unless = |served: bool, status: u16| (!served).then_some(status);
        match self {
            Self::Anybody | Self::Clerks => None,
            Self::Counter => unless(counter, 403),
            Self::OwnCounter => unless(counter && own, 403),
            Self::Seers => unless(sees, 404),
            Self::Figures => unless(sees, 403),
            Self::Site => unless(own, 404),
            Self::CounterAct => unless(sees, 404).or(unless(counter, 403)),
            Self::DepartmentAct => unless(sees, 404).or(unless(role == ClerkRole::BackOffice, 403)),
            Self::Owner => unless(role == ClerkRole::Clerk && own, 404),
            Self::Administrator => unless(role == ClerkRole::Administrator, 403),
        }
    }
}

/// Route, method, and whom it serves. Where a parameter makes a difference the route stands twice, with the path to call.
const MATRIX: &[(&str, &str, &str, Rule)] = &[
    ("/v1/meta", "GET", "", Rule::Anybody),
    ("/health/live", "GET", "", Rule::Anybody),
    ("/health/ready", "GET", "", Rule::Anybody),
    ("/metrics", "GET", "", Rule::Anybody),
    ("/v1/sessions", "POST", "", Rule::Anybody),
    ("/v1/sessions", "DELETE", "", Rule::Clerks),
    ("/v1/sessions/refresh", "POST", "", Rule::Anybody),
    ("/v1/catalogue", "GET", "", Rule::Clerks),
    ("/v1/catalogue", "PUT", "", Rule::Administrator),
    ("/v1/items/{code}", "GET", "/v1/items/{item}", Rule::Clerks),
    ("/v1/bundles/{code}", "GET", "/v1/bundles/none", Rule::Clerks),
    ("/v1/forms/{id}/versions/{version}", "GET", "/v1/forms/allowance/versions/2", Rule::Clerks),
    ("/v1/codelists/{id}/versions/{version}", "GET", "/v1/codelists/bank/versions/1", Rule::Clerks),
    ("/v1/requests/{id}", "PUT", "/v1/requests/{fresh}", Rule::OwnCounter),
    ("/v1/requests/{id}", "GET", "/v1/requests/{request}", Rule::Seers),
    ("/v1/requests:validate", "POST", "", Rule::OwnCounter),
    ("/v1/cases", "GET", "", Rule::Clerks),
    ("/v1/cases/{case_no}", "GET", "/v1/cases/{case}", Rule::Seers),
    ("/v1/cases/{case_no}/events", "GET", "/v1/cases/{case}/events", Rule::Seers),
    ("/v1/cases/{case_no}/actions/{action}", "POST", "/v1/cases/{case}/actions/withdraw", Rule::CounterAct),
    ("/v1/cases/{case_no}/actions/{action}", "POST", "/v1/cases/{case}/actions/accept", Rule::DepartmentAct),
    ("/v1/receipts/{request_no}", "GET", "/v1/receipts/{number}", Rule::Seers),
    ("/v1/prefills", "POST", "", Rule::Counter),
    ("/v1/prefills/{code}", "GET", "/v1/prefills/AAAAAAAA", Rule::Counter),
    ("/v1/stations/{id}/manifest", "PUT", "/v1/stations/desk/manifest", Rule::Counter),
    ("/v1/stations/{id}/manifest", "GET", "/v1/stations/desk/manifest", Rule::Site),
    ("/v1/statistics", "GET", "", Rule::Clerks),
    ("/v1/statistics", "GET", "/v1/statistics?site=town", Rule::Figures),
    ("/v1/uploads", "POST", "", Rule::Counter),
    ("/v1/uploads", "OPTIONS", "", Rule::Anybody),
    ("/v1/uploads/{id}", "OPTIONS", "/v1/uploads/{upload}", Rule::Anybody),
    ("/v1/uploads/{id}", "HEAD", "/v1/uploads/{upload}", Rule::Owner),
    ("/v1/uploads/{id}", "PATCH", "/v1/uploads/{upload}", Rule::Owner),
    ("/v1/uploads/{id}", "POST", "/v1/uploads/{upload}", Rule::Owner),
    ("/v1/uploads/{id}", "DELETE", "/v1/uploads/{upload}", Rule::Owner),
];

/// Routes of which the called thing is not there: whoever may ask for it is told so.
const NOTHING_THERE: [&str; 2] = ["/v1/bundles/{code}", "/v1/prefills/{code}"];

/// Every route and method of the router, read off its source.
fn routes() -> BTreeSet<(String, String)> {
    let source = include_str!("../../src/backend/routes/mod.rs");
    let upload = include_str!("../../src/backend/around.rs").split_once("const UPLOAD: &str = \"").unwrap().1;
    let upload = upload.split('"').next().unwrap();
    let mut found = BTreeSet::new();
    for route in source.split(".route(").skip(1) {
        // Up to the parenthesis that closes the call.
        let mut depth = 1;
        let end = route.find(|c| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let (path, handlers) = route.get(..end.unwrap()).unwrap().split_once(',').unwrap();
        let path = if path.trim() == "UPLOAD" { upload } else { path.trim().trim_matches('"') };
        for method in ["get", "head", "put", "post", "patch", "delete", "options"] {
            let is_named = |before: Option<char>| before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let call = format!("{method}(");
            if handlers.match_indices(&call).any(|(at, _)| is_named(handlers.get(..at).unwrap().chars().next_back())) {
                found.insert((path.to_owned(), method.to_uppercase()));
            }
        }
    }
    found
}

#[test]
fn no_route_is_missing_from_the_matrix() {
    let listed: BTreeSet<_> =
        MATRIX.iter().map(|(route, method, ..)| ((*route).to_owned(), (*method).to_owned())).collect();
    assert_eq!(routes(), listed);
}

/// One who calls.
struct Caller {
    role: ClerkRole,
    site: &'static str,
    name: String,
    token: String,
}

/// The town's things, and whoever calls for them.
struct Matrix {
    world: World,
    http: Client,
    callers: Vec<Caller>,
    request: String,
    number: String,
    case: String,
}

impl Matrix {
    async fn new() -> Self {
        let world = World::practice().await;
        let mut callers = Vec::new();
        for site in SITES {
            for role in ROLES {
                let name = format!("{site}-{}", role.name());
                let clerk = NewClerk {
                    name: name.clone(),
                    display: "王晓".into(),
                    site: site.into(),
                    window: String::new(),
                    role,
                };
                assert!(add_clerk(&world.config(), clerk, "a long one".into()).await.unwrap());
                let client = world.client();
                let token = client.sign_in(&name, "a long one").await.unwrap().access_token;
                callers.push(Caller { role, site, name, token });
            }
        }
        let desk = world.signed_in("practice").await;
        let wanted = request(PERSON);
        let kept = desk.put_request(&wanted).await.unwrap().body;
        let http = http();
        let case = kept.cases[0].case_no.clone();
        Self { world, http, callers, request: wanted.id.to_string(), number: kept.request_no, case }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.world.running.url())
    }

    /// An upload that the town's clerk has just begun.
    async fn upload(&self) -> String {
        let call = self.http.post(self.url("/v1/uploads")).bearer_auth(&self.callers[0].token);
        let answer = call.header("tus-resumable", "1.0.0").header("upload-length", 3).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// The status that a call of the route gets.
    async fn status(&self, (route, method, path, _): (&str, &str, &str, Rule), token: Option<&str>) -> u16 {
        let mut submission = request(PERSON);
        submission.id = Uuid::now_v7();
        submission.acknowledge_duplicate = true;
        let mut path = if path.is_empty() { route } else { path }.to_owned();
        for (name, value) in [
            ("{item}", ALLOWANCE.to_owned()),
            ("{request}", self.request.clone()),
            ("{fresh}", submission.id.to_string()),
            ("{number}", self.number.clone()),
            ("{case}", self.case.clone()),
        ] {
            path = path.replace(name, &value);
        }
        if path.contains("{upload}") {
            path = path.replace("{upload}", &self.upload().await);
        }
        let body: Value = match route {
            "/v1/requests/{id}" | "/v1/requests:validate" => serde_json::to_value(&submission).unwrap(),
            "/v1/stations/{id}/manifest" => json!({"entries": []}),
            _ => json!({}),
        };
        let mut call = self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), self.url(&path));
        call = call.header("tus-resumable", "1.0.0").header("upload-length", 3).header("upload-offset", 0);
        call = if method == "PATCH" || path.starts_with("/v1/uploads/") {
            let call = call.header("content-type", "application/offset+octet-stream");
            call.header("x-http-method-override", "PATCH").body("abc")
        } else {
            call.header("content-type", "application/json").body(body.to_string())
        };
        if let Some(token) = token {
            call = call.bearer_auth(token);
        }
        call.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn every_route_serves_whom_it_should_and_nobody_else() {
    let matrix = Matrix::new().await;
    // The town's desk has reported, so that its manifest is there.
    let put = ("/v1/stations/{id}/manifest", "PUT", "/v1/stations/desk/manifest", Rule::Counter);
    assert_eq!(matrix.status(put, Some(&matrix.callers[0].token)).await, 204);
    let mut wrong = Vec::new();
    for entry in MATRIX {
        let (route, method, path, rule) = *entry;
        let open = rule == Rule::Anybody;
        for token in [None, Some("practice_0000"), Some("")] {
            let status = matrix.status(*entry, token).await;
            // What needs no token looks at none, or answers for what was sent with it.
            if (status == 401) == open && !(open && route.starts_with("/v1/sessions")) {
                wrong.push(format!("{method} {route} {path} with {token:?}: {status}"));
            }
        }
        for caller in &matrix.callers {
            // The one that ends a session has a session of its own to end.
            let fresh = (route, method) == ("/v1/sessions", "DELETE");
            let token = if fresh {
                matrix.world.client().sign_in(&caller.name, "a long one").await.unwrap().access_token
            } else {
                caller.token.clone()
            };
            let status = matrix.status(*entry, Some(&token)).await;
            let served = match status {
                401 | 403 | 405 | 500.. => false,
                404 => NOTHING_THERE.contains(&route),
                _ => true,
            };
            let as_it_should = match rule.refusal(caller.role, caller.site) {
                // A village's own desk of the same name has reported nothing, or something of its own.
                _ if rule == Rule::Site && caller.site != TOWN => true,
                Some(refusal) => status == refusal,
                None => served || (open && route.starts_with("/v1/sessions")),
            };
            if !as_it_should {
                wrong.push(format!("{method} {route} {path} by {}: {status}", caller.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
