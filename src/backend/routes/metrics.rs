//! `/metrics`

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use jiff::Timestamp;

use super::App;
use crate::api::wire::ProblemCode;
use crate::backend::around::Caller;
use crate::backend::problem::Answer;

/// Between two countings of the cases, in milliseconds.
const COUNTING: i64 = 60_000;

/// When the cases were last counted.
#[derive(Debug, Default)]
pub(in crate::backend) struct CasesCounted(AtomicI64);

impl CasesCounted {
    fn is_due(&self, now: Timestamp) -> bool {
        let now = now.as_millisecond();
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |at| (now - at >= COUNTING).then_some(now)).is_ok()
    }
}

pub(super) async fn show(State(app): State<Arc<App>>, Extension(Caller(caller)): Extension<Caller>) -> Answer {
    if !(app.metrics_for_all || caller.to_canonical().is_loopback()) {
        return Err(ProblemCode::NotFound.into());
    }
    let begun = Instant::now();
    app.store.ping().await?;
    app.metrics.level("onewindow_store_ping_seconds", None, begun.elapsed().as_secs_f64());
    let (idle, all) = app.store.connections();
    app.metrics.level("onewindow_store_connections", Some(("state", "idle".to_owned())), f64::from(idle));
    app.metrics.level(
        "onewindow_store_connections",
        Some(("state", "busy".to_owned())),
        f64::from(all - idle.min(all)),
    );
    app.metrics.level("onewindow_audit_waiting", None, app.store.audit_waiting().await? as f64);
    if app.cases_counted.is_due(app.now()) {
        for (status, count) in app.store.count_cases().await? {
            app.metrics.level("onewindow_cases", Some(("status", status)), count as f64);
        }
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, app.metrics.render()).into_response())
}
