use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_363_200 + second).unwrap()
}

fn pending(number: u128, next_at: Option<i64>) -> Pending {
    Pending { id: Uuid::from_u128(number), attempts: 0, next_at: next_at.map(at), has_files: false }
}

fn online(second: i64) -> Planner {
    let mut planner = Planner::default();
    planner.probed(Ok(()), at(second), 0.5);
    planner
}

fn busy(after: Option<u64>) -> SendError {
    SendError::Busy { reason: Reason::of("unavailable"), after: after.map(Duration::from_secs), in_doubt: true }
}

#[test]
fn nothing_queued_means_no_deadline() {
    let mut offline = Planner::default();
    offline.probed(Err(ProbeError::Unreachable), at(0), 0.5);
    let mut captive = Planner::default();
    captive.probed(Err(ProbeError::CaptivePortal), at(0), 0.5);
    for planner in [Planner::default(), online(0), offline, captive] {
        assert_eq!(planner.next(&[], at(1000)), Step::Wait(None), "{planner:?}");
    }
}

#[test]
fn steps_by_link_and_time() {
    let one = [pending(1, None)];
    let send = Step::Send(Uuid::from_u128(1));
    assert_eq!(Planner::default().next(&one, at(0)), Step::Probe, "unknown");
    assert_eq!(online(0).next(&one, at(60)), send, "heard of lately");
    assert_eq!(online(0).next(&one, at(61)), Step::Probe, "long not heard of");
    assert_eq!(online(0).next(&one, at(-5)), Step::Probe, "the clock was put back");
    assert_eq!(online(0).next(&[pending(1, Some(30))], at(0)), Step::Wait(Some(at(30))));
    assert_eq!(online(0).next(&[pending(1, Some(30))], at(30)), send);
    assert_eq!(online(0).next(&[pending(2, Some(30)), pending(1, None)], at(0)), send, "one waits, another need not");
    assert_eq!(online(0).next(&[pending(1, Some(90_000_000))], at(0)), send, "set by a clock that ran ahead");
}

#[test]
fn an_offline_link_is_probed_ever_less_often() {
    let one = [pending(1, None)];
    let (mut planner, mut now) = (Planner::default(), at(0));
    let mut gaps = Vec::new();
    for _ in 0..8 {
        assert_eq!(planner.next(&one, now), Step::Probe);
        planner.probed(Err(ProbeError::Unreachable), now, 0.9999);
        let Step::Wait(Some(until)) = planner.next(&one, now) else { panic!("{planner:?}") };
        gaps.push((until.duration_since(now).as_secs_f64() * 100.0).round() as u64 * 10);
        now = until;
    }
    assert_eq!(gaps, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
    assert_eq!(planner.link(), LinkState::Offline { since: at(0) });
    planner.try_now();
    assert_eq!(planner.next(&one, now - SignedDuration::from_secs(30)), Step::Probe, "the clerk insists");
}

#[test]
fn being_offline_costs_no_attempt() {
    for error in [SendError::Unreachable, SendError::CaptivePortal, SendError::SignIn, SendError::TooOld] {
        let Verdict::Retry(retry) = online(0).failed(error, &pending(1, None), at(1), 0.5) else { panic!() };
        assert!(!retry.counts && retry.next_at.is_none_or(|next| next <= at(1)), "{retry:?}");
    }
}

#[test]
fn without_a_connection_nothing_arrived_and_a_lost_answer_leaves_doubt() {
    let retry = |error| match online(0).failed(error, &pending(1, None), at(1), 0.5) {
        Verdict::Retry(retry) => (retry.reason.code, retry.counts, retry.in_doubt),
        refused => panic!("{refused:?}"),
    };
    assert_eq!(retry(SendError::Unreachable), (Reason::UNREACHABLE.to_owned(), false, false));
    assert_eq!(retry(SendError::CutOff), (Reason::ANSWER_LOST.to_owned(), true, true));
    let mut planner = online(0);
    planner.failed(SendError::CutOff, &pending(1, None), at(1), 0.5);
    assert_eq!(planner.link(), LinkState::Offline { since: at(1) });
}

#[test]
fn retry_after_is_obeyed() {
    let mut planner = online(0);
    let Verdict::Retry(retry) = planner.failed(busy(Some(40)), &pending(1, None), at(1), 0.0) else { panic!() };
    assert_eq!(retry.next_at, Some(at(41)));
    assert_eq!(
        planner.next(&[pending(2, None)], at(1)),
        Step::Wait(Some(at(41))),
        "the backend wants to be left alone"
    );

    let mut planner = online(0);
    let later =
        SendError::Later { reason: Reason::of("timeout"), after: Some(Duration::from_secs(40)), in_doubt: false };
    let Verdict::Retry(retry) = planner.failed(later, &pending(1, None), at(1), 0.0) else { panic!() };
    assert_eq!(retry.next_at, Some(at(41)));
    assert_eq!(planner.next(&[pending(2, None)], at(1)), Step::Send(Uuid::from_u128(2)), "this one only");
}

#[test]
fn a_captive_portal_stops_everything() {
    let mut planner = online(0);
    planner.failed(SendError::CaptivePortal, &pending(1, None), at(1), 0.5);
    assert_eq!(planner.link(), LinkState::CaptivePortal);
    for second in 1..200 {
        assert!(!matches!(planner.next(&[pending(1, None), pending(2, None)], at(second)), Step::Send(_)));
    }
    planner.probed(Ok(()), at(200), 0.5);
    assert_eq!(planner.next(&[pending(1, None)], at(200)), Step::Send(Uuid::from_u128(1)));
}

#[test]
fn a_session_that_is_over_waits_for_the_clerk() {
    let mut planner = online(0);
    planner.failed(SendError::SignIn, &pending(1, None), at(1), 0.5);
    assert_eq!(planner.next(&[pending(1, None)], at(500)), Step::Wait(None));
    planner.signed_in();
    assert_ne!(planner.next(&[pending(1, None)], at(500)), Step::Wait(None));
}

#[test]
fn a_program_that_is_no_longer_served_keeps_everything() {
    let one = [pending(1, None)];
    let mut planner = online(0);
    planner.failed(SendError::TooOld, &one[0], at(1), 0.5);
    planner.signed_in();
    assert!(planner.is_too_old());
    assert_eq!(planner.next(&one, at(500)), Step::Wait(None));
    planner.try_now();
    assert_eq!(planner.next(&one, at(500)), Step::Probe);
    planner.probed(Err(ProbeError::TooOld), at(500), 0.5);
    assert_eq!(planner.next(&one, at(501)), Step::Wait(None));
}

#[test]
fn a_request_that_breaks_the_line_goes_behind_the_others_and_is_tried_ever_less_often() {
    let mut planner = online(0);
    let mut waits = Vec::new();
    for _ in 0..5 {
        planner.probed(Ok(()), at(1), 0.5);
        let Verdict::Retry(retry) = planner.failed(SendError::Unreachable, &pending(1, None), at(1), 0.9999) else {
            panic!()
        };
        waits.push(retry.next_at.unwrap().duration_since(at(1)).as_secs_f64().round() as u64);
    }
    assert_eq!(waits, [0, 0, 1, 2, 4], "at once, then 0.5 s, 1 s, …");
    planner.accepted(Uuid::from_u128(1), at(2));
    let Verdict::Retry(retry) = planner.failed(SendError::Unreachable, &pending(1, None), at(2), 0.5) else { panic!() };
    assert_eq!(retry.next_at, Some(at(2)), "forgotten once it went through");
}

/// What happens to an attempt or a probe in the simulation below.
#[derive(Debug, Clone)]
enum Fault {
    Offline,
    CutOff,
    Captive,
    SignIn,
    Lost,
    Later(Option<u64>),
    Busy(Option<u64>),
}

fn fault() -> impl Strategy<Value = Fault> {
    let after = || prop::option::of(0u64..4000);
    prop_oneof![
        Just(Fault::Offline),
        Just(Fault::CutOff),
        Just(Fault::Captive),
        Just(Fault::SignIn),
        Just(Fault::Lost),
        after().prop_map(Fault::Later),
        after().prop_map(Fault::Busy),
    ]
}

fn error(fault: &Fault) -> SendError {
    let seconds = |after: &Option<u64>| after.map(Duration::from_secs);
    let reason = Reason::of("x");
    match fault {
        Fault::Offline => SendError::Unreachable,
        Fault::CutOff => SendError::CutOff,
        Fault::Captive => SendError::CaptivePortal,
        Fault::SignIn => SendError::SignIn,
        Fault::Lost => SendError::Lost { reason, after: None },
        Fault::Later(after) => SendError::Later { reason, after: seconds(after), in_doubt: false },
        Fault::Busy(after) => SendError::Busy { reason, after: seconds(after), in_doubt: true },
    }
}

proptest! {
    /// Any faults, as long as they end some day: every request becomes final, with one acceptance each, and then nothing is left to do.
    /// The requests in `hopeless` fail for ever; they hinder no other.
    #[test]
    fn eventually_everything_is_final(
        count in 1u128..8,
        faults in prop::collection::vec(fault(), 0..40),
        hopeless in prop::collection::btree_set(0u128..8, 0..3),
        chances in prop::collection::vec(0.0f64..1.0, 1..10),
    ) {
        let mut faults = VecDeque::from(faults);
        let mut chances = chances.into_iter().cycle();
        let mut queue: BTreeMap<Uuid, Pending> = (0..count).map(|n| (Uuid::from_u128(n), pending(n, None))).collect();
        let hopeless: BTreeSet<Uuid> = hopeless.into_iter().filter(|n| *n < count).map(Uuid::from_u128).collect();
        let mut accepted = BTreeSet::new();
        let (mut planner, mut now) = (Planner::default(), at(0));
        for _ in 0..2000 {
            let waiting: Vec<Pending> = queue.values().copied().collect();
            match planner.next(&waiting, now) {
                Step::Wait(Some(until)) => {
                    prop_assert!(until > now && until <= now + LONGEST_WAIT);
                    now = until;
                }
                Step::Wait(None) => {
                    if queue.is_empty() {
                        break;
                    }
                    prop_assert!(planner.held == Some(Held::SignedOut), "rests with work to do: {planner:?}");
                    planner.signed_in();
                }
                Step::Probe => {
                    let answer = match faults.pop_front() {
                        Some(Fault::Offline | Fault::CutOff) => Err(ProbeError::Unreachable),
                        Some(Fault::Captive) => Err(ProbeError::CaptivePortal),
                        _ => Ok(()),
                    };
                    planner.probed(answer, now, chances.next().unwrap());
                }
                Step::Send(id) => {
                    let link = planner.link();
                    prop_assert!(matches!(link, LinkState::Online { .. }), "sent while {link:?}");
                    let one = queue.get_mut(&id).expect("sent something that is not queued");
                    prop_assert!(one.next_at.is_none_or(|next| next <= now), "sent before its time");
                    let failure = if hopeless.contains(&id) { Some(Fault::Lost) } else { faults.pop_front() };
                    if let Some(failure) = failure {
                        match planner.failed(error(&failure), one, now, chances.next().unwrap()) {
                            Verdict::Retry(retry) => {
                                one.attempts += u32::from(retry.counts);
                                one.next_at = retry.next_at;
                            }
                            Verdict::Refused(_) => prop_assert!(false, "refused for {failure:?}"),
                        }
                    } else {
                        planner.accepted(id, now);
                        prop_assert!(accepted.insert(id), "accepted twice");
                        queue.remove(&id);
                    }
                }
            }
            if queue.keys().all(|id| hopeless.contains(id)) && !hopeless.is_empty() {
                break;
            }
        }
        prop_assert!(queue.keys().all(|id| hopeless.contains(id)), "left behind: {queue:?}");
    }

    #[test]
    fn what_is_asked_for_is_waited_for_and_absurd_times_are_not(seconds in any::<u64>(), chance in 0.0f64..1.0) {
        let wait = asked(Duration::from_secs(seconds), chance);
        prop_assert!(wait >= Duration::from_secs(seconds).min(LONGEST_WAIT) && wait <= LONGEST_WAIT);
        prop_assert!(wait >= FIRST_WAIT / 2, "not at once either");
    }

    #[test]
    fn waiting_grows_and_stays_within_bounds(failures in 0u32..100, chance in 0.0f64..1.0) {
        let wait = backoff(failures, LONGEST_RETRY, chance);
        prop_assert!(wait >= FIRST_WAIT / 2 && wait <= LONGEST_RETRY);
        prop_assert!(backoff(failures + 1, LONGEST_RETRY, chance) >= wait);
    }
}
