//! The table of operations.

use serde_json::{Value, json};

use super::{Operation, Schemas, query};
use crate::api::wire::{
    Accepted, CaseDetail, CaseEvents, CaseFilter, CasePage, FormDocument, Manifest, ManifestReport, Meta, Prefill,
    PrefillCode, Refresh, Session, SignIn, SignedReceipt, Statistics, StatisticsFilter,
};
use crate::domain::procedure::{ActionDetails, CaseAction, Party};
use crate::domain::request::Request;

/// A request that the sample catalogue takes, as an example; a test holds it to that.
pub(super) const REQUEST: &str = include_str!("request.json");

/// Code of the item of that request.
const ITEM: &str = "11429006MB999999X66422012080001";

/// Names of the actions that somebody may ask for.
pub(super) fn actions() -> Vec<&'static str> {
    let asked = |action: &CaseAction| matches!(action.party(), Party::Counter | Party::Department);
    CaseAction::ALL.into_iter().filter(asked).map(CaseAction::name).collect()
}

/// Every operation.
pub(super) fn all(schemas: &mut Schemas) -> Vec<Operation> {
    let mut operations = sessions(schemas);
    operations.extend(catalogue(schemas));
    operations.extend(requests(schemas));
    operations.extend(uploads());
    operations.extend(cases(schemas));
    operations.extend(others(schemas));
    operations
}

fn sessions(schemas: &mut Schemas) -> Vec<Operation> {
    let session = schemas.reference::<Session>();
    vec![
        Operation::new(("get", "/v1/meta"), "meta", "What a client must know before it signs in").open().answer(
            200,
            "The backend",
            schemas.reference::<Meta>(),
        ),
        Operation::new(("post", "/v1/sessions"), "signIn", "Sign in")
            .open()
            .body(schemas.reference::<SignIn>(), json!({"name": "practice", "password": "practice"}))
            .answer(201, "Signed in", session.clone())
            .problems(&[401, 403]),
        Operation::new(("delete", "/v1/sessions"), "signOut", "Sign out").empty(204, "Signed out"),
        Operation::new(("post", "/v1/sessions/refresh"), "refresh", "Trade a refresh token for a new pair of tokens")
            .open()
            .body(schemas.reference::<Refresh>(), json!({"refreshToken": "practice_0"}))
            .answer(200, "A new pair", session)
            .problems(&[401, 403]),
    ]
}

/// What the catalogue serves is written down by the folder format; here it is any object.
fn catalogue(schemas: &mut Schemas) -> Vec<Operation> {
    let object = |required: &[&str]| json!({"type": "object", "required": required});
    let optional =
        |name: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "schema": schema});
    let immutable =
        json!({"Repr-Digest": {"schema": {"type": "string"}}, "Cache-Control": {"schema": {"type": "string"}}});
    vec![
        Operation::new(
            ("get", "/v1/catalogue"),
            "catalogue",
            "What the clerk's site may see, or what changed since a cursor",
        )
        .query(vec![
            optional("since", json!({"type": "string", "maxLength": 200})),
            optional("view", json!({"type": "string", "enum": ["items", "brief"]})),
            optional("after", json!({"type": "string", "maxLength": 200})),
            optional("limit", json!({"type": "integer", "minimum": 0, "maximum": u64::MAX})),
        ])
        .answer(200, "A page", object(&["version", "cursor", "domains"]))
        .tagged()
        .with(
            200,
            "headers",
            json!({
                "ETag": {"schema": {"type": "string"}}, "Link": {"schema": {"type": "string"}},
            }),
        )
        .problems(&[410]),
        Operation::new(("put", "/v1/catalogue"), "publishCatalogue", "Publish another edition (administrators)")
            .body(
                json!({
                    "type": "object", "required": ["files"], "additionalProperties": false,
                    "properties": {"files": {"type": "object", "additionalProperties": {"type": "string"}}},
                }),
                json!({"files": {}}),
            )
            .answer(200, "The edition in force", object(&[])),
        Operation::new(("get", "/v1/items/{code}"), "item", "An item with its admission at the clerk's site")
            .answer(200, "The item", object(&["item", "admission"]))
            .tagged()
            .problems(&[404, 410]),
        Operation::new(("get", "/v1/bundles/{code}"), "bundle", "A linked matter: several items done as one")
            .answer(200, "The bundle", object(&[]))
            .tagged()
            .problems(&[404, 410]),
        Operation::new(("get", "/v1/forms/{id}/versions/{version}"), "form", "One version of a form; it never changes")
            .answer(200, "The form", schemas.reference::<FormDocument>())
            .with(200, "headers", immutable.clone())
            .problems(&[404]),
        Operation::new(
            ("get", "/v1/codelists/{id}/versions/{version}"),
            "codelist",
            "One version of a code list; it never changes",
        )
        .answer(200, "The code list", object(&["id", "version", "entries"]))
        .with(200, "headers", immutable)
        .problems(&[404]),
    ]
}

fn example() -> Value {
    // A file of the program's own, held to be JSON by a test.
    serde_json::from_str(REQUEST).unwrap_or_default()
}

fn requests(schemas: &mut Schemas) -> Vec<Operation> {
    let (request, accepted) = (schemas.reference::<Request>(), schemas.reference::<Accepted>());
    let links = json!({
        "request": {"operationId": "request", "parameters": {"id": "$request.path.id"}},
        "receipt": {"operationId": "receipt", "parameters": {"request_no": "$response.body#/requestNo"}},
        "cases": {"operationId": "cases", "parameters": {"number": "$response.body#/requestNo"}},
        "case": {"operationId": "case", "parameters": {"case_no": "$response.body#/cases/0/caseNo"}},
        "events": {"operationId": "events", "parameters": {"case_no": "$response.body#/cases/0/caseNo"}},
        "act": {"operationId": "act", "parameters": {
            "case_no": "$response.body#/cases/0/caseNo", "action": "withdraw", "header.If-Match": "\"1\"",
        }},
    });
    let place = json!({"Location": {"schema": {"type": "string"}}});
    let replayed = json!({
        "Location": {"schema": {"type": "string"}}, "Idempotency-Replayed": {"schema": {"type": "string", "const": "true"}},
    });
    let example = example();
    let keep = Operation::new(
        ("put", "/v1/requests/{id}"),
        "keepRequest",
        "Submit a request; the same content again gets the same answer",
    )
    // What is in the body must be what is in the path.
    .first_parameter(example.get("id").unwrap_or(&Value::Null))
    .body(request.clone(), example.clone())
    .answer(201, "Kept", accepted.clone())
    .with(201, "headers", place)
    .with(201, "links", links)
    .answer(200, "Kept before; the header Idempotency-Replayed is true", accepted.clone())
    .with(200, "headers", replayed)
    .problems(&[404, 409, 410]);
    vec![
        keep,
        Operation::new(("get", "/v1/requests/{id}"), "request", "What was answered to a request that is kept")
            .answer(200, "The answer", accepted)
            .problems(&[404]),
        Operation::new(("post", "/v1/requests:validate"), "validateRequest", "The same checks; nothing is kept")
            .body(request, example)
            .empty(204, "Nothing is wrong")
            .problems(&[410]),
    ]
}

fn uploads() -> Vec<Operation> {
    let number = || json!({"type": "integer", "minimum": 0, "maximum": i64::MAX});
    let progress = json!({
        "Tus-Resumable": {"schema": {"type": "string"}}, "Upload-Offset": {"schema": {"type": "integer"}},
    });
    let tus = |operation: Operation| {
        operation.header("Tus-Resumable", true, json!({"type": "string", "const": "1.0.0"})).problems(&[412])
    };
    let abilities = |path: &'static str, id: &'static str| {
        Operation::new(("options", path), id, "What of tus 1.0 is spoken here")
            .any_parameter()
            .open()
            .empty(204, "See the headers")
    };
    const ONE: &str = "/v1/uploads/{id}";
    vec![
        abilities("/v1/uploads", "uploadAbilities"),
        tus(Operation::new(("post", "/v1/uploads"), "createUpload", "Begin an upload (tus 1.0)"))
            .header("Upload-Length", true, number())
            .header("Upload-Metadata", false, json!({"type": "string", "maxLength": 4000}))
            .empty(201, "Begun; what the site has already is whole at once")
            .with(
                201,
                "headers",
                json!({
                    "Location": {"schema": {"type": "string"}}, "Upload-Offset": {"schema": {"type": "integer"}},
                }),
            )
            .problems(&[413, 415]),
        abilities(ONE, "partAbilities"),
        tus(Operation::new(("head", ONE), "uploadOffset", "How far an upload is"))
            .empty(200, "See the headers")
            .with(200, "headers", progress.clone())
            .problems(&[404, 410]),
        tus(Operation::new(("patch", ONE), "continueUpload", "The bytes that come next"))
            .header("Upload-Offset", true, number())
            .header("Upload-Checksum", false, json!({"type": "string", "pattern": "^sha(1|256) [A-Za-z0-9+/]+=*$"}))
            .bytes("application/offset+octet-stream")
            .empty(204, "Taken")
            .with(204, "headers", progress)
            .problems(&[404, 409, 410, 413, 415, 460]),
        tus(Operation::new(("delete", ONE), "endUpload", "Give an upload up")).empty(204, "Gone").problems(&[404, 410]),
        tus(Operation::new(
            ("post", ONE),
            "overriddenUpload",
            "Another method, for networks that let only POST through",
        ))
        .header("X-HTTP-Method-Override", true, json!({"type": "string", "enum": ["PATCH", "DELETE", "HEAD"]}))
        .header("Upload-Offset", false, number())
        .empty(200, "As HEAD")
        .empty(204, "As PATCH or DELETE")
        .problems(&[404, 405, 409, 410, 413, 415, 460]),
    ]
}

fn cases(schemas: &mut Schemas) -> Vec<Operation> {
    let detail = schemas.reference::<CaseDetail>();
    let tag = json!({"ETag": {"schema": {"type": "string"}}});
    let optional = |name: &str, maximum: u64| {
        json!({"name": name, "in": "query", "required": false,
               "schema": {"type": "integer", "minimum": 0, "maximum": maximum}})
    };
    let log = schemas.reference::<CaseEvents>();
    let events = Operation::new(
        ("get", "/v1/cases/{case_no}/events"),
        "events",
        "The log of a case: at once, when something comes (wait), or as server-sent events (Accept: text/event-stream)",
    )
    .query(vec![optional("after", u64::MAX), optional("wait", 20)])
    .header("Last-Event-ID", false, json!({"type": "string", "pattern": "^[0-9]{1,18}$"}))
    .response(
        200,
        "The entries after the one named",
        json!({
            "application/json": {"schema": log}, "text/event-stream": {"schema": {"type": "string"}},
        }),
    )
    .problems(&[404]);
    vec![
        Operation::new(("get", "/v1/cases"), "cases", "The cases that the clerk may see, last changed first")
            .query(query::<CaseFilter>())
            .answer(200, "A page", schemas.reference::<CasePage>()),
        Operation::new(("get", "/v1/cases/{case_no}"), "case", "A case, and what the clerk may do with it")
            .answer(200, "The case; the ETag is its version", detail.clone())
            .tagged()
            .problems(&[404]),
        events,
        Operation::new(("post", "/v1/cases/{case_no}/actions/{action}"), "act", "Take a case further")
            .header("If-Match", true, json!({"type": "string", "pattern": "^(\\*|\"[0-9]{1,18}\")$"}))
            .body(
                schemas.reference::<ActionDetails>(),
                json!({"note": "All complete", "materials": ["Household register"]}),
            )
            .answer(200, "The case afterwards", detail)
            .with(200, "headers", tag)
            .problems(&[404, 409, 412, 428]),
    ]
}

fn others(schemas: &mut Schemas) -> Vec<Operation> {
    let health = || json!({"type": "object", "required": ["status"]});
    let manifest = json!({"entries": [{
        "id": "0199ab00-0000-7000-8000-000000000001", "digest": "0".repeat(64), "ageSeconds": 90, "state": "queued",
    }]});
    let prefill = json!({"item": ITEM, "applicant": {"name": "Example"}, "answers": {}});
    vec![
        Operation::new(("get", "/v1/receipts/{request_no}"), "receipt", "The signed record of a request")
            .answer(200, "The record", schemas.reference::<SignedReceipt>())
            .problems(&[404]),
        Operation::new(("post", "/v1/prefills"), "keepPrefill", "Keep what a citizen prepared, for a pick-up code")
            .body(schemas.reference::<Prefill>(), prefill)
            .answer(201, "Kept", schemas.reference::<PrefillCode>())
            .with(201, "headers", json!({"Location": {"schema": {"type": "string"}}}))
            .with(
                201,
                "links",
                json!({
                    "prefill": {"operationId": "prefill", "parameters": {"code": "$response.body#/code"}},
                }),
            )
            .problems(&[410]),
        Operation::new(("get", "/v1/prefills/{code}"), "prefill", "Fetch what a citizen prepared, once")
            .answer(200, "What was prepared", schemas.reference::<Prefill>())
            .problems(&[404, 410]),
        Operation::new(("put", "/v1/stations/{id}/manifest"), "reportManifest", "Report what still sits at a desk")
            .body(schemas.reference::<Manifest>(), manifest)
            .empty(204, "Kept")
            .with(
                204,
                "links",
                json!({
                    "manifest": {"operationId": "manifest", "parameters": {"id": "$request.path.id"}},
                }),
            )
            .problems(&[404]),
        Operation::new(
            ("get", "/v1/stations/{id}/manifest"),
            "manifest",
            "What a desk of the clerk's site reported last",
        )
        .answer(200, "The report", schemas.reference::<ManifestReport>())
        .problems(&[404]),
        Operation::new(
            ("get", "/v1/statistics"),
            "statistics",
            "What was received between two days, and what became of it",
        )
        .query(query::<StatisticsFilter>())
        .answer(200, "The figures", schemas.reference::<Statistics>()),
        Operation::new(("get", "/health/live"), "live", "Whether the process answers").open().answer(
            200,
            "It does",
            health(),
        ),
        Operation::new(("get", "/health/ready"), "ready", "Whether the database answers, too").open().answer(
            200,
            "It does",
            health(),
        ),
        Operation::new(
            ("get", "/metrics"),
            "metrics",
            "Figures for Prometheus; for this machine only, unless set otherwise",
        )
        .open()
        .response(200, "The figures", json!({"text/plain": {"schema": {"type": "string"}}}))
        .problems(&[404]),
    ]
}
