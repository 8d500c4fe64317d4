//! What the API has been doing: requests since the start, and what went wrong of late.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::problem::Code;

mod routes;

pub(crate) use routes::RouteFigures;
use routes::Routes;

/// Minutes that are "of late".
const MINUTES: usize = 60;

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Tally {
    started: Timestamp,
    by_class: [AtomicU64; 5],
    limited: [AtomicU64; LIMITED.len()],
    signed_in: [AtomicU64; SIGN_INS.len()],
    routes: Routes,
    failed: Mutex<Minutes>,
}

/// The problems that say "too many".
const LIMITED: [Code; 3] = [Code::RateLimited, Code::TooManyAttempts, Code::TooManyStreams];

/// What becomes of attempts to sign in: the route says that it was one, the answer what came of it.
const SIGN_INS: [&str; 5] = ["succeeded", "refused", "limited", "malformed", "failed"];
/// Where people sign in.
const SIGN_IN: &str = "/api/auth/login";

/// Failures by minute, the buckets used in turn.
#[derive(Debug)]
struct Minutes {
    counts: [u64; MINUTES],
    newest: i64,
}

impl Minutes {
    /// Empties the buckets of the minutes that have passed; a clock that jumps leaves none.
    fn turn(&mut self, now: Timestamp) -> &mut u64 {
        let minute = now.as_second().div_euclid(60);
        let slot = |minute: i64| usize::try_from(minute.rem_euclid(60)).unwrap_or(0) % MINUTES;
        if (minute - self.newest).unsigned_abs() >= MINUTES as u64 {
            *self = Self { counts: [0; MINUTES], newest: minute };
        }
        while self.newest < minute {
            self.newest += 1;
            self.counts[slot(self.newest)] = 0;
        }
        &mut self.counts[slot(self.newest)]
    }
}

impl Tally {
    /// Begins at `now`.
    pub(crate) fn new(now: Timestamp) -> Self {
        let failed = Mutex::new(Minutes { counts: [0; MINUTES], newest: 0 });
        Self {
            started: now,
            by_class: Default::default(),
            limited: Default::default(),
            signed_in: Default::default(),
            routes: Routes::default(),
            failed,
        }
    }

    /// A request at this route, as it is declared, was answered after so long.
    pub(crate) fn routed(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        self.routes.answered(method, route, status, took);
        if route == SIGN_IN {
            let outcome = match status {
                StatusCode::UNAUTHORIZED => 1,
                StatusCode::TOO_MANY_REQUESTS => 2,
                _ if status.is_client_error() => 3,
                _ if status.is_server_error() => 4,
                _ => 0,
            };
            self.signed_in[outcome].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Attempts to sign in since the start, by what became of them.
    pub(crate) fn signed_in(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.signed_in.each_ref().map(|count| count.load(Ordering::Relaxed));
        SIGN_INS.into_iter().zip(counts)
    }

    /// What each route was asked so far.
    pub(crate) fn routes(&self) -> Vec<RouteFigures> {
        self.routes.all()
    }

    /// A request was answered.
    pub(crate) fn answered(&self, status: StatusCode, now: Timestamp) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.by_class[class].fetch_add(1, Ordering::Relaxed);
        if status.is_server_error() {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner).turn(now) += 1;
        }
    }

    /// A request was refused with this problem.
    pub(crate) fn refused(&self, code: Code) {
        if let Some(index) = LIMITED.iter().position(|limited| *limited == code) {
            self.limited[index].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Requests refused since the start because there were too many, by the problem's word.
    pub(crate) fn limited(&self) -> [(&'static str, u64); LIMITED.len()] {
        std::array::from_fn(|index| {
            (LIMITED[index].as_str(), self.limited[index].load(Ordering::Relaxed))
        })
    }

    /// Requests answered since the start, by the first digit of their status, from 1 to 5.
    pub(crate) fn by_class(&self) -> [u64; 5] {
        self.by_class.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// Faults of ours (500 and above) in the last hour.
    pub(crate) fn failed(&self, now: Timestamp) -> u64 {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.turn(now);
        failed.counts.iter().sum()
    }

    /// Milliseconds since the start.
    pub(crate) fn uptime(&self, now: Timestamp) -> u64 {
        u64::try_from(now.duration_since(self.started).as_millis()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn every_request_counts_and_a_fault_counts_for_an_hour() {
        let tally = Tally::new(at(10_000));
        for status in [200, 201, 404, 500, 503] {
            tally.answered(StatusCode::from_u16(status).unwrap(), at(10_000));
        }
        assert_eq!(tally.by_class(), [0, 2, 0, 1, 2]);
        assert_eq!((tally.failed(at(10_000)), tally.failed(at(13_000))), (2, 2));
        assert_eq!((tally.failed(at(13_600)), tally.failed(at(1_000_000))), (0, 0));
        assert_eq!(tally.by_class(), [0, 2, 0, 1, 2]);
        assert_eq!((tally.uptime(at(10_002)), tally.uptime(at(9_000))), (2_000, 0));
    }
}
