//! The OpenAPI 3.1 document: schemas from the types that go over the wire, operations from one table.
//!
//! It is made for the command `openapi` and for `config/openapi.json`, and never while serving.

mod operations;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::api::wire::Problem;

/// The document.
pub fn document() -> Value {
    let mut schemas = Schemas::default();
    schemas.reference::<Problem>();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations::all(&mut schemas) {
        let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(operation.method.to_owned(), operation.content());
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "onewindow",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The backend of the one-window counter. Times are RFC 3339 in UTC; errors are RFC 9457 problem \
                            documents in the language asked for.",
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.0,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "The access token of a session."}},
        },
    })
}

/// The document as it is committed: with line breaks, and one at the end.
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// One operation of a path.
struct Operation {
    path: &'static str,
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    open: bool,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// By status.
    responses: BTreeMap<u16, Map<String, Value>>,
}

/// The schemas that operations refer to.
#[derive(Default)]
struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// A reference to the schema of a type; it and those it refers to are kept.
    fn reference<T: ToSchema>(&mut self) -> Value {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        for (name, schema) in found {
            if let Ok(mut schema) = serde_json::to_value(schema) {
                bound_integers(&mut schema);
                self.0.insert(name, schema);
            }
        }
        json!({"$ref": format!("#/components/schemas/{}", T::name())})
    }
}

/// The parameters of a query.
fn query<T: IntoParams>() -> Vec<Value> {
    let mut parameters: Vec<Value> =
        T::into_params(|| None).into_iter().filter_map(|parameter| serde_json::to_value(parameter).ok()).collect();
    parameters.iter_mut().for_each(bound_integers);
    parameters
}

/// Says of integers how large they may be, in place of a format that knows signed ones only.
fn bound_integers(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let largest = match members.get("format").and_then(Value::as_str) {
                Some("int32") => Some(u64::from(u32::MAX)),
                Some("int64") => Some(u64::MAX),
                _ => None,
            };
            if let Some(largest) = largest {
                members.remove("format");
                members.entry("maximum").or_insert_with(|| largest.into());
            }
            members.values_mut().for_each(bound_integers);
        }
        Value::Array(entries) => entries.iter_mut().for_each(bound_integers),
        _ => {}
    }
}

impl Operation {
    /// An operation for signed-in clerks, by method and path.
    fn new((method, path): (&'static str, &'static str), id: &'static str, summary: &'static str) -> Self {
        let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        let parameters = names
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": path_schema(path, name)}))
            .collect();
        let operation =
            Self { path, method, id, summary, open: false, parameters, body: None, responses: BTreeMap::new() };
        operation.problems(&[400, 401, 403, 408, 429, 500, 503])
    }

    fn content(self) -> Value {
        let mut content = json!({
            "operationId": self.id,
            "summary": self.summary,
            "parameters": self.parameters,
            "responses": self
                .responses
                .into_iter()
                .map(|(status, answer)| (status.to_string(), Value::Object(answer)))
                .collect::<Map<_, _>>(),
        });
        if let Some(content) = content.as_object_mut() {
            content.extend(self.body.map(|body| ("requestBody".to_owned(), body)));
            content.extend(self.open.then(|| ("security".to_owned(), json!([]))));
        }
        content
    }

    /// Anybody may ask.
    fn open(mut self) -> Self {
        self.open = true;
        self.responses.retain(|status, _| !matches!(status, 401 | 403));
        self
    }

    fn query(mut self, parameters: Vec<Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    fn header(mut self, name: &str, required: bool, schema: Value) -> Self {
        self.parameters.push(json!({"name": name, "in": "header", "required": required, "schema": schema}));
        self
    }

    /// An example of the first parameter.
    fn first_parameter(mut self, example: &Value) -> Self {
        if let Some(parameter) = self.parameters.first_mut().and_then(Value::as_object_mut) {
            parameter.insert("example".to_owned(), example.clone());
        }
        self
    }

    /// What stands in the path is not looked at.
    fn any_parameter(mut self) -> Self {
        for parameter in self.parameters.iter_mut().filter_map(Value::as_object_mut) {
            parameter.insert("schema".to_owned(), json!({}));
        }
        self
    }

    /// A JSON body.
    fn body(mut self, schema: Value, example: Value) -> Self {
        self.body =
            Some(json!({"required": true, "content": {"application/json": {"schema": schema, "example": example}}}));
        self.problems(&[413, 415, 422])
    }

    /// A body of bytes.
    fn bytes(mut self, kind: &str) -> Self {
        self.body = Some(json!({"required": true, "content": {kind: {"schema": {}}}}));
        self
    }

    fn response(mut self, status: u16, what: &str, content: Value) -> Self {
        let answer = self.responses.entry(status).or_default();
        answer.insert("description".to_owned(), what.into());
        answer.insert("content".to_owned(), content);
        self
    }

    /// An answer with a JSON body.
    fn answer(self, status: u16, what: &str, schema: Value) -> Self {
        self.response(status, what, json!({"application/json": {"schema": schema}}))
    }

    /// An answer without a body.
    fn empty(mut self, status: u16, what: &str) -> Self {
        self.responses.entry(status).or_default().insert("description".to_owned(), what.into());
        self
    }

    /// Something about the answer of a status.
    fn with(mut self, status: u16, member: &str, value: Value) -> Self {
        self.responses.entry(status).or_default().insert(member.to_owned(), value);
        self
    }

    /// A copy that is still current need not come again.
    fn tagged(self) -> Self {
        self.with(200, "headers", json!({"ETag": {"schema": {"type": "string"}}}))
            .header("If-None-Match", false, json!({"type": "string"}))
            .empty(304, "The caller's copy is current")
    }

    /// What may go wrong.
    fn problems(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            self = self.response(*status, reason(*status), problem);
            if matches!(status, 429 | 503) {
                let seconds = json!({"Retry-After": {"schema": {"type": "integer", "minimum": 0}}});
                self = self.with(*status, "headers", seconds);
            }
        }
        self
    }
}

fn reason(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Problem")
}

/// What stands in a path.
fn path_schema(path: &str, name: &str) -> Value {
    match name {
        "id" if path.starts_with("/v1/requests") || path.starts_with("/v1/uploads") => {
            json!({"type": "string", "format": "uuid"})
        }
        "version" => json!({"type": "integer", "minimum": 1, "maximum": u32::MAX}),
        "action" => json!({"type": "string", "enum": operations::actions()}),
        "case_no" | "request_no" => json!({"type": "string", "pattern": "^[A-Z0-9-]{1,48}$"}),
        _ => json!({"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}),
    }
}
