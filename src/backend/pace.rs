//! How fast a caller may come: requests a second, by clerk and by address.
//!
//! Each replica counts for itself; with N of them a caller gets up to N times as much.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::limits::Limits;
use super::problem::{Answer, Fault};
use crate::api::wire::ProblemCode;

/// A caller may save up so many seconds' worth.
const BURST_SECONDS: u32 = 10;

/// After so many requests the callers who have been away are forgotten.
const FORGETTING: u32 = 100_000;

/// The rates in force. What has no limit is not counted.
pub(super) struct Pace {
    clerks: Option<Limiter<String>>,
    addresses: Option<Limiter<IpAddr>>,
    sign_ins: Option<Limiter<IpAddr>>,
}

struct Limiter<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// None: no limit.
    fn new(a_second: u32) -> Option<Self> {
        let rate = NonZeroU32::new(a_second)?;
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::new(BURST_SECONDS)?));
        Some(Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        })
    }

    fn ask(&self, key: &K) -> Answer<()> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGETTING == FORGETTING - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|too_soon| {
            let seconds = too_soon.wait_time_from(self.clock.now()).as_secs().saturating_add(1);
            Fault { retry_after: Some(seconds), ..Fault::new(ProblemCode::RateLimited) }
        })
    }
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            clerks: Limiter::new(limits.requests_per_clerk),
            addresses: Limiter::new(limits.requests_per_address),
            sign_ins: Limiter::new(limits.sign_ins_per_address),
        }
    }

    /// One more request of a clerk.
    pub(super) fn clerk(&self, name: &str) -> Answer<()> {
        self.clerks.as_ref().map_or(Ok(()), |limiter| limiter.ask(&name.to_owned()))
    }

    /// One more request from an address.
    pub(super) fn address(&self, address: IpAddr) -> Answer<()> {
        self.addresses.as_ref().map_or(Ok(()), |limiter| limiter.ask(&caller(address)))
    }

    /// One more try to sign in from an address.
    pub(super) fn sign_in(&self, address: IpAddr) -> Answer<()> {
        self.sign_ins.as_ref().map_or(Ok(()), |limiter| limiter.ask(&caller(address)))
    }
}

/// Who stands behind an address: of IPv6 the /64, for one machine has as many addresses of it as it likes.
pub(super) fn caller(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_too_fast_is_told_when_to_come_again() {
        let limits = Limits { requests_per_clerk: 2, requests_per_address: 1, ..Limits::default() };
        let pace = Pace::new(&limits);
        let wang = (0..100).map(|_| pace.clerk("wang")).filter(Result::is_ok).count();
        assert!((20..=22).contains(&wang), "{wang}");
        assert_eq!(pace.clerk("wang").unwrap_err().code, ProblemCode::RateLimited);
        assert_eq!(pace.clerk("wang").unwrap_err().retry_after, Some(1));
        assert!(pace.clerk("li").is_ok(), "another clerk");
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let same: IpAddr = "2001:db8::2:3".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let from_one = (0..50).map(|turn| pace.address(if turn % 2 == 0 { one } else { same })).filter(Result::is_ok);
        assert!((10..=11).contains(&from_one.count()));
        assert!(pace.address(other).is_ok());
        assert_eq!(caller("::ffff:10.0.0.1".parse().unwrap()), caller("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn no_limit_is_none() {
        let none =
            Limits { requests_per_clerk: 0, requests_per_address: 0, sign_ins_per_address: 0, ..Limits::default() };
        let pace = Pace::new(&none);
        let address = "127.0.0.1".parse().unwrap();
        assert!((0..10_000).all(|_| pace.clerk("wang").is_ok() && pace.address(address).is_ok()));
        assert!((0..10_000).all(|_| pace.sign_in(address).is_ok()));
    }
}
