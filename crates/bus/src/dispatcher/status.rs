//! What can be seen of a subscription while it works.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use uuid::Uuid;

use super::recent::Recent;
use crate::{Clock, Position};

/// Failures that are kept of a subscription.
const ERRORS_KEPT: usize = 20;
/// Seconds for which a failure is recent.
const HOUR: i64 = 3_600;

/// A subscription at this moment, for health reports and metrics. Counts are since this dispatcher started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct SubscriptionStatus {
    /// Its name.
    pub name: String,
    /// Every event up to here is handled, unwanted or set aside. It may be a second ahead of the durable one.
    pub cursor: Position,
    /// The newest committed position known.
    pub head: Position,
    /// Events handled.
    pub handled: u64,
    /// Events handled in the last minute.
    pub handled_last_minute: u64,
    /// Attempts: runs of the handler that ended in success or in a failure that counts.
    pub attempts: u64,
    /// Runs that failed, conflicts included.
    pub failed: u64,
    /// Failures that counted as attempts in the last hour.
    pub errors_last_hour: u64,
    /// Keys with events set aside: waiting, retrying or dead.
    pub parked_keys: usize,
    /// Handlers running beside the fast lane.
    pub running: usize,
    /// Whether it is this node's to work on; of what is another's only the counts say anything.
    pub held: bool,
    /// An operator has paused it: it starts and takes nothing.
    pub paused: bool,
    /// Its gate is shut: events wait without spending attempts.
    pub gated: bool,
    /// Whether its task is alive. It ends only with the dispatcher.
    pub alive: bool,
    /// When an event was last handled or failed.
    pub last_activity: Option<Timestamp>,
    /// The last failure, with all its sources.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
    /// The newest failures that counted, of the last hour and no more than twenty, oldest first.
    pub recent_errors: Vec<RecentError>,
    /// When the oldest event after the cursor was made.
    pub oldest_unread: Option<Timestamp>,
    /// When the oldest event was made that is not handled: after the cursor, waiting or retrying. Not those that wait
    /// for an operator, the dead letters and what they block.
    pub oldest_pending: Option<Timestamp>,
    /// Seconds since [`oldest_unread`](Self::oldest_unread): how far reading is behind.
    pub unread_seconds: u64,
    /// Seconds since [`oldest_pending`](Self::oldest_pending): how far handling is behind.
    pub lag_seconds: u64,
}

/// A failure that counted as an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentError {
    /// Which event.
    pub event_id: Uuid,
    /// Its position.
    pub position: Position,
    /// What went wrong, with all sources.
    pub error: String,
    /// When.
    pub at: Timestamp,
    /// How many attempts that makes.
    pub attempts: u32,
}

impl SubscriptionStatus {
    /// Events between the cursor and the head.
    pub const fn lag(&self) -> u64 {
        self.head.saturating_sub(self.cursor)
    }

    /// Events handled per second, on the average of the last minute.
    pub fn throughput(&self) -> f64 {
        f64::from(u32::try_from(self.handled_last_minute).unwrap_or(u32::MAX)) / 60.0
    }
}

/// Where a worker writes its status.
#[derive(Clone)]
pub(crate) struct Board {
    live: Arc<Mutex<Live>>,
    clock: Arc<dyn Clock>,
}

struct Live {
    status: SubscriptionStatus,
    handled: Recent,
    errors: Recent,
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

impl Board {
    pub(crate) fn new(name: &str, clock: Arc<dyn Clock>) -> Self {
        let status = SubscriptionStatus { name: name.to_owned(), ..SubscriptionStatus::default() };
        let live = Live { status, handled: Recent::minute(), errors: Recent::hour() };
        Self { live: Arc::new(Mutex::new(live)), clock }
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut SubscriptionStatus)) {
        self.with(|live| change(&mut live.status));
    }

    /// It is another node's, which knows how it stands.
    pub(crate) fn leave(&self) {
        self.update(|status| {
            (status.held, status.gated) = (false, false);
            (status.parked_keys, status.running) = (0, 0);
            (status.oldest_unread, status.oldest_pending) = (None, None);
        });
    }

    /// So many events were handled.
    pub(crate) fn handled(&self, count: u64, now: Timestamp) {
        self.with(|live| {
            live.handled.add(count, now);
            live.status.handled += count;
            live.status.attempts += count;
            live.status.last_activity = Some(now);
        });
    }

    /// A run failed; unless it `counted`, it was free.
    pub(crate) fn failed(&self, failed: RecentError, counted: bool) {
        self.with(|live| {
            let status = &mut live.status;
            live.errors.add(u64::from(counted), failed.at);
            status.attempts += u64::from(counted);
            status.failed += 1;
            status.last_activity = Some(failed.at);
            status.last_error = Some(failed.error.clone());
            status.last_error_at = Some(failed.at);
            if counted {
                if status.recent_errors.len() == ERRORS_KEPT {
                    status.recent_errors.remove(0);
                }
                status.recent_errors.push(failed);
            }
        });
    }

    pub(crate) fn read(&self) -> SubscriptionStatus {
        let now = self.clock.now();
        let age = |time: Option<Timestamp>| {
            time.map_or(0, |time| u64::try_from(now.duration_since(time).as_secs()).unwrap_or(0))
        };
        let recent = |error: &&RecentError| now.duration_since(error.at).as_secs() < HOUR;
        self.with(|live| SubscriptionStatus {
            handled_last_minute: live.handled.sum(now),
            errors_last_hour: live.errors.sum(now),
            unread_seconds: age(live.status.oldest_unread),
            lag_seconds: age(live.status.oldest_pending),
            recent_errors: live.status.recent_errors.iter().filter(recent).cloned().collect(),
            ..live.status.clone()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Live) -> T) -> T {
        work(&mut self.live.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
