//! Figures for whoever watches over the backend, in the format of Prometheus.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::Method;
use metrics::{Key, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

/// Upper borders of the classes of times, in seconds.
const CLASSES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 25.0];

/// Times are gathered one by one and put into their classes after so many, so that they take no more and more memory when nobody asks
/// for the figures.
const GATHERED: u32 = 4_096;

static WHERE: Metadata<'static> = Metadata::new("onewindow", Level::INFO, None);

/// The figures of one backend.
#[derive(Clone)]
pub(super) struct Metrics {
    recorder: Arc<PrometheusRecorder>,
    gathered: Arc<AtomicU32>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        // An error means that there are no classes.
        let builder = PrometheusBuilder::new().set_buckets(&CLASSES).unwrap_or_default();
        let recorder = builder.build_recorder();
        for (name, what) in [
            ("onewindow_request_seconds", "Time from the head of a request to the head of its answer."),
            ("onewindow_store_seconds", "Time that the database took, waiting for a connection included."),
        ] {
            recorder.describe_histogram(name.into(), None, what.into());
        }
        recorder.describe_counter(
            "onewindow_panics_total".into(),
            None,
            "Requests that the program broke down over.".into(),
        );
        for (name, what) in [
            ("onewindow_cases", "Cases by status; counted once a minute at most."),
            ("onewindow_audit_waiting", "Entries of the audit log that are not linked into the chain yet."),
            ("onewindow_store_connections", "Connections to the database."),
            ("onewindow_store_ping_seconds", "Time of one empty query, waiting for a connection included."),
        ] {
            recorder.describe_gauge(name.into(), None, what.into());
        }
        Self { recorder: Arc::new(recorder), gathered: Arc::default() }
    }

    /// A request was answered. `route` is one of ours, never what the caller wrote.
    pub(super) fn request(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let method = if is_usual(method) { method.as_str() } else { "other" };
        let labels = vec![
            Label::new("method", method.to_owned()),
            Label::new("route", if route.is_empty() { "none".to_owned() } else { route.to_owned() }),
            Label::new("status", status.to_string()),
        ];
        self.time(Key::from_parts("onewindow_request_seconds", labels), took);
    }

    /// The program broke down over a request.
    pub(super) fn panicked(&self) {
        self.recorder.register_counter(&Key::from_name("onewindow_panics_total"), &WHERE).increment(1);
    }

    /// The database did something.
    pub(super) fn store(&self, what: &'static str, took: Duration) {
        let labels = vec![Label::from_static_parts("operation", what)];
        self.time(Key::from_parts("onewindow_store_seconds", labels), took);
    }

    /// Something is as it is now.
    pub(super) fn level(&self, name: &'static str, label: Option<(&'static str, String)>, value: f64) {
        let labels: Vec<Label> = label.map(|(name, value)| Label::new(name, value)).into_iter().collect();
        self.recorder.register_gauge(&Key::from_parts(name, labels), &WHERE).set(value);
    }

    /// Everything, as text.
    pub(super) fn render(&self) -> String {
        self.recorder.handle().render()
    }

    fn time(&self, key: Key, took: Duration) {
        self.recorder.register_histogram(&key, &WHERE).record(took.as_secs_f64());
        if self.gathered.fetch_add(1, Ordering::Relaxed) % GATHERED == GATHERED - 1 {
            self.recorder.handle().run_upkeep();
        }
    }
}

fn is_usual(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
        .contains(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_prometheus() {
        let metrics = Metrics::new();
        for _ in 0..10_000 {
            metrics.request(&Method::GET, "/v1/cases/{case_no}", 200, Duration::from_millis(3));
        }
        metrics.request(&Method::from_bytes(b"BREW").unwrap(), "", 404, Duration::from_millis(3));
        metrics.store("commit", Duration::from_micros(300));
        metrics.level("onewindow_cases", Some(("status", "received".into())), 7.0);
        metrics.panicked();
        let text = metrics.render();
        for line in [
            "# TYPE onewindow_request_seconds histogram",
            "onewindow_request_seconds_count{method=\"GET\",route=\"/v1/cases/{case_no}\",status=\"200\"} 10000",
            "onewindow_request_seconds_bucket{method=\"GET\",route=\"/v1/cases/{case_no}\",status=\"200\",le=\"0.005\"} 10000",
            "onewindow_request_seconds_bucket{method=\"GET\",route=\"/v1/cases/{case_no}\",status=\"200\",le=\"0.0025\"} 0",
            "onewindow_request_seconds_count{method=\"other\",route=\"none\",status=\"404\"} 1",
            "onewindow_store_seconds_count{operation=\"commit\"} 1",
            "onewindow_cases{status=\"received\"} 7",
            "onewindow_panics_total 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
