//! A node's rounds: it shows that it is alive, renews what it holds, claims its share, hands over what others are to have.
//!
//! Every [`BEAT`], at once when a unit is wanted or was given back, and when somebody else's lease runs out.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    sync::Arc,
    time::Duration,
};

use rishi_resilience::Elapsed;
use tokio_util::sync::CancellationToken;

use super::{
    Cluster, Grant, Held, Leases, Node, TERM,
    balance::{Mine, Plan, plan},
    keeper::{Desk, LOST, State, TAKEN},
};
use crate::{LedgerError, causes::chain};

/// How often a node shows that it is alive.
const BEAT: Duration = Duration::from_secs(2);
/// How much sooner a grant ends here than in the database.
const MARGIN: Duration = Duration::from_secs(1);
/// How soon a round follows one that changed something: others may have as well.
const SOON: Duration = Duration::from_millis(100);
/// How soon it is tried again when the database did not answer.
const AGAIN: Duration = Duration::from_millis(500);
/// How long the database may take to answer; less than a grant lasts.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn within<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, LedgerError>>,
) -> Result<T, LedgerError> {
    let late = |_| Err(LedgerError::new(format!("no answer within {limit:?}")));
    tokio::time::timeout(limit, asked).await.unwrap_or_else(late)
}

pub(super) struct Rounds {
    pub(super) desk: Arc<Desk>,
    pub(super) leases: Arc<dyn Leases>,
    pub(super) node: Node,
    pub(super) elapsed: Elapsed,
}

impl Rounds {
    /// Until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match stop.run_until_cancelled(self.round()).await {
                Some(Ok(wait)) => wait,
                Some(Err(error)) => {
                    tracing::warn!(error = chain(&error), "leases could not be renewed");
                    AGAIN
                }
                None => return,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.desk.nudge.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One round; when the next is due.
    async fn round(&self) -> Result<Duration, LedgerError> {
        let (units, held, returned) = self.take_stock();
        let began = (self.elapsed)();
        let beat = self.leases.beat(&self.node, &units, &held, TERM);
        let (renewed, cluster) = within(PATIENCE, beat).await?;
        self.renewed(began, &held, &renewed);
        let mut back = self.strays(&cluster, &returned);
        back.extend(returned.iter().cloned());
        if !back.is_empty() {
            within(PATIENCE, self.leases.release(self.node.id, &back)).await?;
            self.returned(&returned);
        }
        let Plan { claim, hand_over } = plan(self.node.id, &cluster, &self.mine(&cluster));
        self.want(&hand_over);
        let changed = !claim.is_empty() || !back.is_empty();
        for unit in claim {
            self.claim(unit).await;
        }
        Ok(if changed { SOON } else { next_of(&cluster, &self.node) })
    }

    /// What is wanted, what is held, and what was given back. What ran out is lost.
    fn take_stock(&self) -> (Vec<String>, Vec<Held>, Vec<Held>) {
        let mut slots = self.desk.slots();
        let (mut held, mut returned) = (Vec::new(), Vec::new());
        let mut lost = 0;
        for (unit, slot) in slots.iter_mut() {
            match &slot.state {
                State::Held(grant) if grant.is_live() => {
                    held.push(Held { unit: unit.clone(), token: grant.token() });
                }
                State::Held(_) => {
                    tracing::warn!(unit, "a lease ran out");
                    slot.lose();
                    lost += 1;
                }
                State::Returned(token) => {
                    returned.push(Held { unit: unit.clone(), token: *token });
                }
                State::Not(_) => {}
            }
        }
        self.desk.count(LOST, lost);
        slots.retain(|_, slot| slot.wishes > 0 || !matches!(slot.state, State::Not(_)));
        let wanted = slots.iter().filter(|(_, slot)| slot.wishes > 0);
        (wanted.map(|(unit, _)| unit.clone()).collect(), held, returned)
    }

    fn renewed(&self, began: Duration, held: &[Held], renewed: &[String]) {
        let mut lost = 0;
        let mut slots = self.desk.slots();
        for Held { unit, token } in held {
            let Some(slot) = slots.get_mut(unit) else { continue };
            let State::Held(grant) = &slot.state else { continue };
            if grant.token() != *token {
                continue;
            }
            // An answer that comes after it ran out here prolongs nothing: whoever worked on it has dropped it.
            if renewed.contains(unit) && grant.is_live() {
                grant.prolong(began + TERM.saturating_sub(MARGIN));
            } else {
                tracing::warn!(unit, token, "a lease was lost");
                slot.lose();
                lost += 1;
            }
        }
        self.desk.count(LOST, lost);
    }

    /// What is ours by the database alone: a claim whose answer did not come, or one that ran out here first.
    fn strays(&self, cluster: &Cluster, returned: &[Held]) -> Vec<Held> {
        let slots = self.desk.slots();
        let ours = cluster.leases.iter().filter(|one| one.live_holder() == Some(self.node.id));
        let stray = ours.filter(|one| {
            let held = slots.get(&one.unit).map(|slot| &slot.state);
            !matches!(held, Some(State::Held(grant)) if grant.token() == one.token)
                && !returned.iter().any(|back| back.unit == one.unit)
        });
        stray.map(|one| Held { unit: one.unit.clone(), token: one.token }).collect()
    }

    fn returned(&self, returned: &[Held]) {
        let mut slots = self.desk.slots();
        for Held { unit, token } in returned {
            if let Some(slot) = slots.get_mut(unit)
                && matches!(slot.state, State::Returned(known) if known == *token)
            {
                slot.state = State::Not(None);
            }
        }
    }

    /// How each unit stands, for the balance.
    fn mine(&self, cluster: &Cluster) -> BTreeMap<String, Mine> {
        let now = (self.elapsed)();
        let taken: HashMap<&str, _> = cluster
            .leases
            .iter()
            .filter_map(|lease| Some((lease.unit.as_str(), lease.live_holder()?)))
            .filter(|(_, holder)| *holder != self.node.id)
            .collect();
        let mut slots = self.desk.slots();
        let wanted = slots.iter_mut().filter(|(_, slot)| slot.wishes > 0);
        let mine = wanted.filter_map(|(unit, slot)| {
            let mine = match &mut slot.state {
                State::Held(grant) if grant.is_wanted() => Mine::Leaving,
                State::Held(_) => Mine::Held,
                State::Returned(_) => return None,
                State::Not(free) => {
                    let seen = free.get_or_insert(now);
                    if taken.contains_key(unit.as_str()) {
                        *free = None;
                        Mine::Not(Duration::ZERO)
                    } else {
                        Mine::Not(now.saturating_sub(*seen))
                    }
                }
            };
            Some((unit.clone(), mine))
        });
        mine.collect()
    }

    fn want(&self, units: &[String]) {
        let slots = self.desk.slots();
        for unit in units {
            if let Some(State::Held(grant)) = slots.get(unit).map(|slot| &slot.state) {
                tracing::info!(unit, "handing over to another node");
                grant.want();
            }
        }
    }

    async fn claim(&self, unit: String) {
        let began = (self.elapsed)();
        let token = match within(PATIENCE, self.leases.claim(self.node.id, &unit, TERM)).await {
            Ok(Some(token)) => token,
            // Somebody else was first.
            Ok(None) => return,
            Err(error) => {
                return tracing::warn!(unit, error = chain(&error), "a lease could not be taken");
            }
        };
        let until = began + TERM.saturating_sub(MARGIN);
        let grant = Grant::new(token, until, Arc::clone(&self.elapsed));
        tracing::info!(unit, token, "took a lease");
        let mut slots = self.desk.slots();
        // Nobody may want it any more; then it is found as a stray.
        if let Some(slot) = slots.get_mut(&unit).filter(|slot| slot.wishes > 0) {
            slot.state = State::Held(grant.clone());
            slot.grant.send_replace(Some(grant));
            self.desk.count(TAKEN, 1);
        }
    }
}

/// When to look again: at the next beat, or when somebody else's lease runs out before.
fn next_of(cluster: &Cluster, node: &Node) -> Duration {
    let others = cluster.leases.iter().filter(|one| one.live_holder() != Some(node.id));
    let ends = others.filter(|one| one.live_holder().is_some()).map(|one| one.left);
    ends.min().map_or(BEAT, |left| (left + Duration::from_millis(20)).min(BEAT))
}
