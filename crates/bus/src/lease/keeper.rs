//! A node in the cluster: what it wants, what it holds, and how it gives that back.
//!
//! The work is done by one task, in [`rounds`](super::rounds). A grant runs out here a second before it does in the
//! database, counted from before the renewal was asked for, and by itself: it waits for no round.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rishi_resilience::Elapsed;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{
    Grant, Hold, Leases, Node,
    rounds::{PATIENCE, Rounds, within},
};
use crate::causes::chain;

/// How a node has fared with its leases since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The units that it holds, by name.
    pub held: Vec<String>,
    /// How often it took one.
    pub taken: u64,
    /// How often it gave one back.
    pub given: u64,
    /// How often it lost one: it could not renew it in time, or somebody else had it.
    pub lost: u64,
}

/// What a node wants, and how that stands.
pub(super) struct Desk {
    slots: Mutex<BTreeMap<String, Slot>>,
    pub(super) nudge: Notify,
    counts: [AtomicU64; 3],
}

pub(super) const TAKEN: usize = 0;
const GIVEN: usize = 1;
pub(super) const LOST: usize = 2;

pub(super) struct Slot {
    /// How many live holds want it.
    pub(super) wishes: usize,
    pub(super) state: State,
    pub(super) grant: watch::Sender<Option<Grant>>,
}

pub(super) enum State {
    /// Not ours; since when it has been seen free, if it is.
    Not(Option<Duration>),
    Held(Grant),
    /// Given back here, and not in the database yet.
    Returned(u64),
}

impl Desk {
    pub(super) fn slots(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, which: usize, times: usize) {
        if let Some(count) = self.counts.get(which) {
            count.fetch_add(times as u64, Ordering::Relaxed);
        }
    }

    fn read(&self, which: usize) -> u64 {
        self.counts.get(which).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// Nothing rests on it any more: it was given back, or else lost.
    pub(super) fn released(&self, unit: &str, token: u64, given: bool) {
        if let Some(slot) = self.slots().get_mut(unit)
            && matches!(&slot.state, State::Held(grant) if grant.token() == token)
        {
            slot.give_back();
            self.count(if given { GIVEN } else { LOST }, 1);
            if !given {
                tracing::warn!(unit, token, "a lease ran out");
            }
        }
        self.nudge.notify_one();
    }

    pub(super) fn withdrawn(&self, unit: &str) {
        if let Some(slot) = self.slots().get_mut(unit) {
            slot.wishes = slot.wishes.saturating_sub(1);
            if slot.wishes == 0 {
                slot.give_back();
            }
        }
        self.nudge.notify_one();
    }
}

impl Slot {
    fn give_back(&mut self) {
        if let State::Held(grant) = &self.state {
            grant.forfeit();
            self.state = State::Returned(grant.token());
            self.grant.send_replace(None);
        }
    }

    pub(super) fn lose(&mut self) {
        if let State::Held(grant) = &self.state {
            grant.forfeit();
        }
        self.state = State::Not(None);
        self.grant.send_replace(None);
    }
}

/// A node in the cluster. Dropping it is a crash: what it holds runs out.
pub struct Keeper {
    desk: Arc<Desk>,
    leases: Arc<dyn Leases>,
    node: Node,
    pub(super) stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Keeper {
    /// Makes the node known and keeps it so. `elapsed` is time that never runs backwards and goes on while the process
    /// stands still.
    pub fn start(leases: Arc<dyn Leases>, node: Node, elapsed: Elapsed) -> Self {
        let (desk, stop) = (Arc::new(Desk::default()), CancellationToken::new());
        let rounds = Rounds {
            desk: Arc::clone(&desk),
            leases: Arc::clone(&leases),
            node: node.clone(),
            elapsed,
        };
        let task = tokio::spawn(rounds.run(stop.clone()));
        Self { desk, leases, node, stop, task: Mutex::new(Some(task)) }
    }

    /// Who we are.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Wants a unit from now on.
    pub fn hold(&self, unit: impl Into<String>) -> Hold {
        let unit = unit.into();
        let state = {
            let mut slots = self.desk.slots();
            let slot = slots.entry(unit.clone()).or_insert_with(|| Slot {
                wishes: 0,
                state: State::Not(None),
                grant: watch::Sender::new(None),
            });
            slot.wishes += 1;
            slot.grant.subscribe()
        };
        self.desk.nudge.notify_one();
        Hold::new(unit, state, Arc::clone(&self.desk))
    }

    /// Does something on one node at a time, whenever that is this one, until `stop`. `work` is asked for anew each time
    /// with its grant and with a token that is cancelled when it is to finish and return: at `stop`, or when another
    /// node is to have the unit. It is dropped where it stands when the lease is lost. When it returns the unit is given
    /// back; work that has no more to do just waits for its token.
    pub async fn alone<F: Future<Output = ()>>(
        &self,
        unit: impl Into<String>,
        stop: CancellationToken,
        work: impl Fn(Grant, CancellationToken) -> F,
    ) {
        alone(self.hold(unit), stop, work).await;
    }

    /// How it fares.
    pub fn figures(&self) -> Figures {
        let slots = self.desk.slots();
        let held = slots.iter().filter(|(_, slot)| matches!(slot.state, State::Held(_)));
        Figures {
            held: held.map(|(unit, _)| unit.clone()).collect(),
            taken: self.desk.read(TAKEN),
            given: self.desk.read(GIVEN),
            lost: self.desk.read(LOST),
        }
    }

    /// Ends: nothing is ours any more, and others may take it at once.
    pub async fn leave(&self) {
        self.stop.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = match task {
            Some(task) => Some(task.await),
            None => None,
        } {
            tracing::error!(%error, "the task that keeps leases had ended");
        }
        self.desk.slots().values_mut().for_each(Slot::lose);
        let left = within(PATIENCE, self.leases.leave(self.node.id)).await;
        if let Err(error) = left {
            tracing::warn!(error = chain(&error), "leases were not given back; they run out");
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").field("node", &self.node.id).finish_non_exhaustive()
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self { slots: Mutex::default(), nudge: Notify::new(), counts: Default::default() }
    }
}

/// See [`Keeper::alone`]; with [`Hold::always`] it is done here, whatever others do.
pub async fn alone<F: Future<Output = ()>>(
    mut hold: Hold,
    stop: CancellationToken,
    work: impl Fn(Grant, CancellationToken) -> F,
) {
    while let Some(grant) = stop.run_until_cancelled(hold.granted()).await {
        let finish = stop.child_token();
        let working = async {
            let work = work(grant.clone(), finish.clone());
            tokio::pin!(work);
            tokio::select! {
                () = &mut work => return,
                () = grant.wanted() => finish.cancel(),
            }
            work.await;
        };
        tokio::select! {
            biased;
            () = grant.lost() => {}
            () = working => {}
        }
        hold.release(&grant);
    }
}
