//! The searches of this process: those that run, and those that ended within the last hour.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_domain::id::{BookingId, OrganizationId, UserId};
use rishi_domain::staffing::optimize::{Outcome, Progress};
use rishi_resilience::Elapsed;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use super::OptimizeSchedule;
use crate::Error;

/// Most searches at a time: each takes a core.
const RUNNING: usize = 2;
/// How long a search is kept from its end on.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// Most searches that are kept; the oldest go first.
const MOST: usize = 64;

/// Where a search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OptimizationState")]
pub enum State {
    /// A plan is being searched.
    Running,
    /// The time is spent, or no plan can be better.
    Done,
    /// Somebody did not want to wait any longer; the plan is the best until then.
    Cancelled,
    /// The search broke down.
    Failed,
    /// The plan is in force.
    Applied,
}

/// What changes of a search.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Where it stands.
    pub state: State,
    /// How far it has come.
    pub progress: Progress,
    /// How long it has taken so far.
    pub elapsed: Duration,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When its plan was put into force.
    pub applied_at: Option<Timestamp>,
    /// Why its plan was not put into force by itself: code and sentence.
    pub refusal: Option<(String, String)>,
}

/// What a problem was made of, for those who look at the plan.
#[derive(Debug)]
pub(super) struct Basis {
    /// Every booking with open places.
    pub(super) bookings: HashMap<BookingId, BookingBasis>,
    /// Everybody in question, with the version of the profile.
    pub(super) people: HashMap<UserId, PersonBasis>,
}

/// A booking as the plan was made on it.
#[derive(Debug)]
pub(super) struct BookingBasis {
    pub(super) title: String,
    pub(super) start: Timestamp,
    pub(super) version: u64,
}

/// A person as the plan was made on them.
#[derive(Debug)]
pub(super) struct PersonBasis {
    pub(super) display_name: String,
    pub(super) version: u64,
}

/// A search.
pub struct Optimization {
    /// Its id.
    pub id: Uuid,
    pub(super) owner: UserId,
    pub(super) request: OptimizeSchedule,
    pub(super) started_at: Timestamp,
    pub(super) begun: Duration,
    pub(super) basis: Basis,
    pub(super) outcome: OnceLock<Outcome>,
    cancelled: AtomicBool,
    state: watch::Sender<Snapshot>,
}

impl Optimization {
    pub(super) fn new(
        id: Uuid,
        owner: UserId,
        request: OptimizeSchedule,
        (started_at, begun): (Timestamp, Duration),
        basis: Basis,
    ) -> Self {
        let snapshot = Snapshot {
            state: State::Running,
            progress: Progress::default(),
            elapsed: Duration::ZERO,
            finished_at: None,
            applied_at: None,
            refusal: None,
        };
        Self {
            id,
            owner,
            request,
            started_at,
            begun,
            basis,
            outcome: OnceLock::new(),
            cancelled: AtomicBool::new(false),
            state: watch::Sender::new(snapshot),
        }
    }

    /// How it stands, and every time that changes.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.state.subscribe()
    }

    /// How it stands.
    pub fn snapshot(&self) -> Snapshot {
        self.state.borrow().clone()
    }

    /// Waits until it is over.
    pub async fn finished(&self) -> Snapshot {
        let mut watch = self.watch();
        let over = watch.wait_for(|one| one.state != State::Running).await;
        over.map_or_else(|_| self.snapshot(), |snapshot| snapshot.clone())
    }

    /// Keeps why its plan was not put into force by itself.
    pub fn not_applied(&self, code: &str, detail: &str) {
        self.change(|one| one.refusal = Some((code.to_owned(), detail.to_owned())));
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        self.state.send_modify(change);
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn is_running(&self) -> bool {
        self.state.borrow().state == State::Running
    }
}

/// The searches of this process.
pub struct Optimizations {
    pub(super) elapsed: Elapsed,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    all: HashMap<Uuid, Arc<Optimization>>,
    /// Places that are taken by requests whose problem is being loaded.
    reserved: Vec<(Uuid, UserId, BTreeSet<OrganizationId>)>,
}

/// A place among the running searches, given back when dropped.
pub(super) struct Seat<'a> {
    id: Uuid,
    searches: &'a Optimizations,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.searches.lock().reserved.retain(|(id, ..)| *id != self.id);
    }
}

impl Optimizations {
    /// No searches yet; `elapsed` tells how long they take.
    pub fn new(elapsed: Elapsed) -> Self {
        Self { elapsed, known: Mutex::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many run, and how many are kept, those that run included.
    pub fn counts(&self) -> (usize, usize) {
        let known = self.lock();
        (known.all.values().filter(|one| one.is_running()).count(), known.all.len())
    }

    /// Takes a place for a search: one a person, one an organization, so many in all.
    pub(super) fn reserve(
        &self,
        id: Uuid,
        owner: UserId,
        organizations: &[OrganizationId],
    ) -> Result<Seat<'_>, Error> {
        let mut known = self.lock();
        let running = known.all.values().filter(|one| one.is_running());
        let running = running
            .map(|one| (one.id, one.owner, one.request.organizations.iter().copied().collect()));
        let taken: Vec<(Uuid, UserId, BTreeSet<OrganizationId>)> =
            running.chain(known.reserved.iter().cloned()).collect();
        let in_the_way = taken.iter().find(|(_, by, theirs)| {
            *by == owner || organizations.iter().any(|one| theirs.contains(one))
        });
        if let Some((running, by, _)) = in_the_way {
            return Err(Error::OptimizationRunning((*by == owner).then_some(*running)));
        }
        if taken.len() >= RUNNING {
            return Err(Error::Unavailable(
                "as many plans as can be are being searched".to_owned(),
            ));
        }
        known.reserved.push((id, owner, organizations.iter().copied().collect()));
        Ok(Seat { id, searches: self })
    }

    /// Adds a search that begins, and forgets those that are too old.
    pub(super) fn add(&self, one: &Arc<Optimization>, now: Timestamp) {
        let mut known = self.lock();
        known.all.insert(one.id, Arc::clone(one));
        let ended = |one: &Arc<Optimization>| one.state.borrow().finished_at;
        known.all.retain(|_, one| ended(one).is_none_or(|end| now.duration_since(end) < KEPT));
        while known.all.len() > MOST {
            let over = known.all.values().filter_map(|one| Some((ended(one)?, one.id)));
            let Some((_, oldest)) = over.min() else { break };
            known.all.remove(&oldest);
        }
    }

    pub(super) fn get(&self, id: Uuid, now: Timestamp) -> Option<Arc<Optimization>> {
        let found = self.lock().all.get(&id).cloned()?;
        let ended = found.state.borrow().finished_at;
        ended.is_none_or(|end| now.duration_since(end) < KEPT).then_some(found)
    }

    /// Ends every search; their threads stop at the next look.
    pub fn stop(&self) {
        for one in self.lock().all.values() {
            one.cancel();
        }
    }
}

#[cfg(test)]
mod tests;
