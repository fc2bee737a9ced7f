//! Around every request: its trace, its language, its limits, and what is told of it afterwards.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::problem::Fault;
use super::trace::{self, Trace};
use super::{App, language};
use crate::api::wire::ProblemCode;

/// How long one request may take, its body's arrival included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);

/// The route of one upload. A part of it takes the time it takes; only silence ends it.
pub(super) const UPLOAD: &str = "/v1/uploads/{id}";

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caller(pub IpAddr);

/// Passes a request on, and answers for whatever becomes of it.
pub(super) async fn around(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let trace = Trace::of(text(request.headers(), trace::FIELD));
    let span = tracing::info_span!("request", trace = %trace.id);
    let caller = Caller(address(&app, &request));
    request.extensions_mut().insert(caller);
    let mut response = told_of(&app, caller, request, next).instrument(span).await;
    if let Ok(value) = trace.to_string().parse() {
        response.headers_mut().insert(trace::FIELD, value);
    }
    response
}

/// One line of log, and the figures: the route, never what the caller wrote.
async fn told_of(app: &App, caller: Caller, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let language = text(request.headers(), header::ACCEPT_LANGUAGE.as_str()).map(str::to_owned);
    let response = language::scope(language.as_deref(), within_limits(app, caller, &route, request, next)).await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    app.metrics.request(&method, &route, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status, milliseconds, "answered");
    response
}

async fn within_limits(app: &App, caller: Caller, route: &str, request: Request, next: Next) -> Response {
    if let Err(fault) = app.pace.address(caller.0) {
        return fault.into_response();
    }
    // A panic is one request's own: the database rolls back what it began, and everything else goes on.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    let answered =
        if route == UPLOAD { Ok(answered.await) } else { tokio::time::timeout(REQUEST_TIMEOUT, answered).await };
    match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            app.metrics.panicked();
            tracing::error!(route, "the program broke down over a request");
            Fault::new(ProblemCode::Internal).into_response()
        }
        Err(_) => Fault::new(ProblemCode::Timeout).into_response(),
    }
}

/// The caller's address; behind a proxy the one that the proxy, not the caller, wrote down: the last.
fn address(app: &App, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let forwarded = || {
        let field = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        field.rsplit(',').next()?.trim().parse().ok()
    };
    if app.behind_proxy { forwarded().unwrap_or(peer) } else { peer }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use axum::{Router, middleware};
    use tokio::net::TcpListener;

    use super::*;
    use crate::backend::assemble;
    use crate::backend::config::Config;

    #[tokio::test]
    async fn a_request_that_the_program_breaks_down_over_is_answered_and_the_others_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let app = assemble(Config::practice(folder.path())).await.unwrap();
        let router = Router::new()
            .route("/breaks", get(async || -> &'static str { panic!("what somebody sent") }))
            .route("/works", get(async || "works"))
            .layer(middleware::from_fn_with_state(Arc::clone(&app), around))
            .with_state(Arc::clone(&app));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let ask = async |path: &str| http.get(format!("http://{addr}{path}")).send().await.unwrap();
        for _ in 0..3 {
            let answer = ask("/breaks").await;
            assert_eq!(answer.status().as_u16(), 500);
            let problem = String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap();
            assert!(problem.contains("\"internal\"") && !problem.contains("somebody"), "{problem}");
            assert_eq!(ask("/works").await.status().as_u16(), 200);
        }
        assert!(app.metrics.render().contains("onewindow_panics_total 3"));
    }
}
