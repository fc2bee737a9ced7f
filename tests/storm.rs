//! 30,000 desks come back at once: a deterministic simulation with virtual time over the real planner, one of each desk.
//!
//! The line is down while every desk of a province gathers requests; then it returns for all in the same instant. What arrives at the
//! backend must stay spread, whatever the backend can take must be enough in the end, and nothing may be left.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test fails as a test does")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use onewindow::sync::planner::{Planner, Step, Verdict};
use onewindow::sync::{ProbeError, SendError};
use onewindow::vault::{Pending, Reason};
use uuid::Uuid;

const DESKS: usize = 30_000;

/// Longest gap between two probes of a desk is 60 s, the shortest 30 s: from a long silence they come back over a minute.
const PROBE_GAP: f64 = 45.0;

/// A province: how long the line was down, what each desk had gathered, what the backend takes in a second.
struct Storm {
    outage: SignedDuration,
    queued: u32,
    /// Submissions a second; what is above is put off with 503 and this `Retry-After`.
    capacity: u32,
    retry_after: Duration,
    seed: u64,
}

/// What was seen at the backend after the line returned.
#[derive(Debug, PartialEq, Eq)]
struct Curve {
    /// Desks that were heard for the first time, by second.
    desks: Vec<u32>,
    /// Everything that arrived, probes and submissions, by second.
    arrivals: Vec<u32>,
    /// Submissions that were taken.
    taken: u64,
    /// Second in which the last was taken.
    drained: usize,
}

struct Desk {
    planner: Planner,
    queue: Vec<Pending>,
    heard: bool,
}

impl Storm {
    fn run(&self) -> Curve {
        let mut chance = Rng::with_seed(self.seed);
        let start: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let returned = start + self.outage;
        let mut desks: Vec<Desk> = (0..DESKS)
            .map(|desk| {
                let request = |number| Pending {
                    id: Uuid::from_u128((desk as u128) << 32 | number),
                    attempts: 0,
                    next_at: None,
                    has_files: false,
                };
                Desk {
                    planner: Planner::default(),
                    queue: (0..self.queued.into()).map(request).collect(),
                    heard: false,
                }
            })
            .collect();
        // Each desk submits its first some time in the first half of the outage.
        let half = self.outage.as_millis_f64() / 2.0;
        let mut due: BinaryHeap<Reverse<(Timestamp, usize)>> = (0..DESKS)
            .map(|desk| {
                let after = Duration::from_secs_f64(chance.f64() * half / 1000.0);
                Reverse((start + after, desk))
            })
            .collect();
        let mut curve = Curve { desks: Vec::new(), arrivals: Vec::new(), taken: 0, drained: 0 };
        let (mut second, mut taken_now) = (0, 0);
        while let Some(Reverse((now, number))) = due.pop() {
            let desk = &mut desks[number];
            let up = now >= returned;
            let at = usize::try_from(now.duration_since(returned).as_secs().max(0)).unwrap();
            if at != second {
                (second, taken_now) = (at, 0);
            }
            // One exchange takes a round trip.
            let next = match desk.planner.next(&desk.queue, now) {
                Step::Wait(None) => continue,
                Step::Wait(Some(until)) => until,
                Step::Probe => {
                    let answer = if up { Ok(()) } else { Err(ProbeError::Unreachable) };
                    if up {
                        count(&mut curve.arrivals, at);
                        if !std::mem::replace(&mut desk.heard, true) {
                            count(&mut curve.desks, at);
                        }
                    }
                    desk.planner.probed(answer, now, chance.f64());
                    now + Duration::from_millis(chance.u64(20..300))
                }
                Step::Send(id) => {
                    assert!(up, "a request was risked on a line that is down");
                    count(&mut curve.arrivals, at);
                    let place = desk.queue.iter().position(|one| one.id == id).unwrap();
                    if taken_now < self.capacity {
                        taken_now += 1;
                        desk.planner.accepted(id, now);
                        desk.queue.remove(place);
                        curve.taken += 1;
                        curve.drained = at;
                    } else {
                        let after = Some(self.retry_after);
                        let busy = SendError::Busy { reason: Reason::of("unavailable"), after, in_doubt: true };
                        let Verdict::Retry(retry) = desk.planner.failed(busy, &desk.queue[place], now, chance.f64())
                        else {
                            panic!("refused for being busy")
                        };
                        desk.queue[place].attempts += u32::from(retry.counts);
                        desk.queue[place].next_at = retry.next_at;
                    }
                    now + Duration::from_millis(chance.u64(20..300))
                }
            };
            due.push(Reverse((next, number)));
        }
        assert!(desks.iter().all(|desk| desk.queue.is_empty()), "something was left behind");
        curve
    }
}

fn count(curve: &mut Vec<u32>, at: usize) {
    if curve.len() <= at {
        curve.resize(at + 1, 0);
    }
    curve[at] += 1;
}

fn peak(curve: &[u32]) -> u32 {
    curve.iter().copied().max().unwrap_or_default()
}

#[test]
fn desks_come_back_spread_over_a_minute() {
    let outage = SignedDuration::from_mins(20);
    let storm = Storm { outage, queued: 1, capacity: u32::MAX, retry_after: Duration::ZERO, seed: 1 };
    let curve = storm.run();
    println!("desks heard by second: {:?}", curve.desks);
    assert_eq!(curve.taken, DESKS as u64);
    assert!(curve.desks.len() <= 61, "a desk stays away longer than a minute: {}", curve.desks.len());
    // An even spread over the gaps between probes, and a tenth for chance.
    let bound = (DESKS as f64 / PROBE_GAP * 1.1 * 1.15) as u32;
    assert!(peak(&curve.desks) <= bound, "{} desks in one second, bound {bound}", peak(&curve.desks));
    // Each brings its probe and its request.
    assert!(peak(&curve.arrivals) <= 2 * bound, "{} arrivals in one second", peak(&curve.arrivals));
    assert_eq!(storm.run(), curve, "the same seed gives the same storm");
}

#[test]
fn a_backend_that_cannot_take_it_all_at_once_takes_it_all_in_the_end() {
    let (queued, capacity, pause) = (5, 1000, 20);
    let retry_after = Duration::from_secs(pause);
    let storm = Storm { outage: SignedDuration::from_mins(20), queued, capacity, retry_after, seed: 2 };
    let curve = storm.run();
    let all = DESKS as u64 * u64::from(queued);
    let least = all / u64::from(capacity);
    println!("{all} requests in {} s (least {least}), peak {} a second", curve.drained, peak(&curve.arrivals));
    assert_eq!(curve.taken, all);
    // What is put off comes back when it may, not in waves: at most every waiting desk once in its pause, beside those that are served.
    let waiting = DESKS as f64 / (pause as f64 * 1.25);
    let bound = ((waiting + f64::from(capacity) + DESKS as f64 / PROBE_GAP) * 1.25) as u32;
    assert!(peak(&curve.arrivals) <= bound, "{} arrivals in one second, bound {bound}", peak(&curve.arrivals));
    assert!(curve.drained as u64 <= least * 2, "{} s for what could have been taken in {least} s", curve.drained);
}
