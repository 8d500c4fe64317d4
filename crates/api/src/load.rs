//! How many requests are at work at once, and what is refused when there are too many.
//!
//! What keeps the platform alive is let through longer: probes always, sign-in and the operator's routes while there is
//! a reserve. A request that waits for its own body is not at work, so that slow senders take nobody's place.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use http::Uri;

use crate::problem::{Code, Problem};

/// Beyond the usual number, so many more are let through that keep the platform alive.
const RESERVE: usize = 256;
/// When to come again.
const SOON: Duration = Duration::from_secs(1);

/// Counts requests at work.
#[derive(Debug)]
pub(crate) struct Load {
    most: usize,
    at_work: AtomicUsize,
    shed: AtomicU64,
}

/// A request's place, given back when dropped.
#[derive(Debug)]
pub(crate) struct AtWork<'l>(&'l Load);

/// Its place is free for others until this is dropped.
#[derive(Debug)]
pub(crate) struct Aside<'l>(&'l Load);

impl Load {
    /// At most so many of the usual kind.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, at_work: AtomicUsize::new(0), shed: AtomicU64::new(0) }
    }

    /// A place for a request of this address, unless there are too many.
    pub(crate) fn enter(&self, uri: &Uri) -> Result<AtWork<'_>, Problem> {
        let before = self.at_work.fetch_add(1, Ordering::Relaxed);
        let place = AtWork(self);
        if before < self.most || before < allowed(uri.path(), self.most) {
            return Ok(place);
        }
        self.shed.fetch_add(1, Ordering::Relaxed);
        let detail = "too many requests are being answered; try again";
        Err(Problem::new(Code::Unavailable, detail).retry_after(SOON))
    }

    /// While a request waits for its client, it is not at work.
    pub(crate) fn aside(&self) -> Aside<'_> {
        self.at_work.fetch_sub(1, Ordering::Relaxed);
        Aside(self)
    }

    /// How many are at work.
    pub(crate) fn at_work(&self) -> usize {
        self.at_work.load(Ordering::Relaxed)
    }

    /// How many may be, of the usual kind.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// How many were refused since the start.
    pub(crate) fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }
}

/// Whether it is asked how the process is, which is always answered.
pub(crate) fn is_probe(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/metrics")
}

/// How many may be at work when one at this path is let through.
fn allowed(path: &str, most: usize) -> usize {
    match path {
        _ if is_probe(path) => usize::MAX,
        _ if path.starts_with("/api/auth/") || path.starts_with("/api/system/") => most + RESERVE,
        _ => most,
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.0.at_work.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(path: &str) -> Uri {
        path.parse().unwrap()
    }

    #[test]
    fn what_keeps_the_platform_alive_is_let_through_longer() {
        let load = Load::new(2);
        let usual: Vec<_> = (0..2).map(|_| load.enter(&uri("/api/bookings")).unwrap()).collect();
        let refused = load.enter(&uri("/api/bookings?limit=1")).unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        let login: Vec<_> =
            (0..RESERVE).map(|_| load.enter(&uri("/api/auth/login")).unwrap()).collect();
        assert!(load.enter(&uri("/api/system/health")).is_err(), "the reserve has an end");
        assert!(load.enter(&uri("/livez")).is_ok() && load.enter(&uri("/readyz")).is_ok());
        assert_eq!((load.at_work(), load.shed()), (2 + RESERVE, 2));
        drop((usual, login));
        assert!(load.enter(&uri("/api/bookings")).is_ok());
        assert_eq!(load.at_work(), 0);
    }

    #[test]
    fn who_waits_for_a_client_takes_nobodys_place() {
        let load = Load::new(1);
        let slow = load.enter(&uri("/api/bookings")).unwrap();
        let waiting = load.aside();
        assert!(load.enter(&uri("/api/bookings")).is_ok());
        drop(waiting);
        assert!(load.enter(&uri("/api/bookings")).is_err());
        drop(slow);
    }
}
