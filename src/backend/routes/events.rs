//! `/v1/cases/{case_no}/events`: the log of a case as CloudEvents; at once, when something comes (long poll), or as a stream (server-sent
//! events).

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::time::Instant;

use super::App;
use super::cases::visible;
use crate::api::wire::{CaseEvents, CloudEvent, ProblemCode};
use crate::backend::auth::SignedIn;
use crate::backend::cases::wait_for_events;
use crate::backend::extract::{Asked, At, json};
use crate::backend::problem::Answer;
use crate::domain::case::CaseEvent;

/// Longest wait of a long poll.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A stream says that it is alive this often, and ends after so long: whoever wants more comes again, with a token that is still good.
const HEARTBEAT: Duration = Duration::from_secs(15);
const LONGEST_STREAM: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// Only entries after this one.
    #[serde(default)]
    after: u64,
    /// Waits so many seconds for an entry when there is none.
    #[serde(default)]
    wait: u64,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    At(case_no): At<String>,
    Asked(Wanted { after, wait }): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    visible(&app, &signed_in.clerk, &case_no).await?;
    // Whoever comes again after a cut says what came last.
    let last = match headers.get("last-event-id") {
        None => None,
        Some(id) => Some(id.to_str().ok().and_then(|id| id.parse().ok()).ok_or(ProblemCode::Malformed)?),
    };
    if wants_stream(&headers) {
        return Ok(streamed(app, case_no, last.unwrap_or(after)));
    }
    let wait = Duration::from_secs(wait);
    if wait > LONGEST_WAIT {
        return Err(ProblemCode::Malformed.into());
    }
    let deadline = Instant::now() + wait;
    let events = wait_for_events(&app, &case_no, after, deadline).await?;
    json(StatusCode::OK, &CaseEvents { events: wrapped(&case_no, events) })
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/event-stream"))
}

fn wrapped(case_no: &str, events: Vec<CaseEvent>) -> Vec<CloudEvent> {
    events.into_iter().map(|event| CloudEvent::new(case_no, event)).collect()
}

struct Stream {
    app: Arc<App>,
    case_no: String,
    after: u64,
    end: Instant,
}

fn streamed(app: Arc<App>, case_no: String, after: u64) -> Response {
    let stream = Stream { app, case_no, after, end: Instant::now() + LONGEST_STREAM };
    let chunks = stream::unfold(stream, async |mut stream| {
        let deadline = stream.end.min(Instant::now() + HEARTBEAT);
        if stream.app.stopping.is_cancelled() || Instant::now() >= stream.end {
            return None;
        }
        // A database that does not answer ends the stream; the caller comes again.
        let events = wait_for_events(&stream.app, &stream.case_no, stream.after, deadline).await.ok()?;
        stream.after = events.last().map_or(stream.after, |event| event.seq);
        Some((Ok::<_, std::convert::Infallible>(lines(wrapped(&stream.case_no, events))), stream))
    });
    let kind = HeaderValue::from_static("text/event-stream");
    let fresh = HeaderValue::from_static("no-store");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)], Body::from_stream(chunks)).into_response()
}

/// Events as lines of the stream; none is a sign of life.
fn lines(events: Vec<CloudEvent>) -> Bytes {
    if events.is_empty() {
        return Bytes::from_static(b":\n\n");
    }
    let mut text = String::new();
    for event in events {
        if let Ok(data) = serde_json::to_string(&event) {
            // Writing to a String cannot fail.
            let _ = write!(text, "id: {}\nevent: {}\ndata: {data}\n\n", event.id, event.kind);
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_asked_for_by_its_type() {
        let asks = |value: &'static str| {
            wants_stream(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]))
        };
        assert!(asks("text/event-stream") && asks("application/json, text/event-stream;q=0.9"));
        assert!(!asks("*/*") && !asks("application/json"));
    }

    #[test]
    fn events_are_lines_with_an_id_to_go_on_from() {
        let event = CaseEvent {
            seq: 3,
            action: crate::domain::procedure::CaseAction::Accept,
            status: crate::domain::case::CaseStatus::Accepted,
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: "某".into(),
            note: "两行\n字".into(),
            materials: Vec::new(),
        };
        let text = String::from_utf8(lines(wrapped("LX1-01", vec![event])).to_vec()).unwrap();
        assert!(
            text.starts_with("id: 3\nevent: onewindow.case.accept\ndata: {\"specversion\":\"1.0\",\"id\":\"3\""),
            "{text}"
        );
        assert_eq!(text.lines().count(), 4, "a line break in the note stays inside the JSON: {text}");
        assert_eq!(lines(Vec::new()), ":\n\n");
    }
}
