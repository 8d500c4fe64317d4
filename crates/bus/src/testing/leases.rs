//! Leases in memory, on a clock that the test passes in.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_resilience::Elapsed;
use uuid::Uuid;

use crate::{
    LedgerError,
    lease::{Cluster, Held, LeaseStanding, Leases, Node, NodeStanding},
};

/// Is told of a unit that is taken, and of its token.
type Taken = Box<dyn Fn(&str, u64) + Send + Sync>;

/// Leases as a database keeps them.
pub struct MemoryLeases {
    elapsed: Elapsed,
    taken: Taken,
    down: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    nodes: BTreeMap<Uuid, (Node, Vec<String>, Duration, Duration)>,
    leases: BTreeMap<String, Lease>,
}

#[derive(Clone, Copy)]
struct Lease {
    holder: Option<Uuid>,
    token: u64,
    since: Duration,
    until: Duration,
}

impl MemoryLeases {
    /// None yet.
    pub fn new(elapsed: Elapsed) -> Self {
        Self::telling(elapsed, |_, _| {})
    }

    /// The same, which tell of every unit that is taken and of its token: where a database fences in the same transaction.
    pub fn telling(elapsed: Elapsed, taken: impl Fn(&str, u64) + Send + Sync + 'static) -> Self {
        Self {
            elapsed,
            taken: Box::new(taken),
            down: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// Who holds a unit now, and under which token.
    pub fn holder(&self, unit: &str) -> Option<(Uuid, u64)> {
        let now = (self.elapsed)();
        let state = self.state();
        let lease = state.leases.get(unit).filter(|lease| lease.until > now)?;
        Some((lease.holder?, lease.token))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self) -> Result<(), LedgerError> {
        if self.down.load(Ordering::Relaxed) {
            return Err(LedgerError::new("the database is away"));
        }
        Ok(())
    }
}

#[async_trait]
impl Leases for MemoryLeases {
    async fn beat(
        &self,
        node: &Node,
        units: &[String],
        held: &[Held],
        term: Duration,
    ) -> Result<(Vec<String>, Cluster), LedgerError> {
        self.answers()?;
        let now = (self.elapsed)();
        let mut renewed = Vec::new();
        {
            let mut state = self.state();
            let known = state.nodes.get(&node.id).map_or(now, |(_, _, started, _)| *started);
            state.nodes.insert(node.id, (node.clone(), units.to_vec(), known, now));
            for Held { unit, token } in held {
                let lease = state.leases.get_mut(unit).filter(|lease| {
                    lease.holder == Some(node.id) && lease.token == *token && lease.until > now
                });
                if let Some(lease) = lease {
                    lease.until = now + term;
                    renewed.push(unit.clone());
                }
            }
        }
        Ok((renewed, self.cluster().await?))
    }

    async fn claim(
        &self,
        node: Uuid,
        unit: &str,
        term: Duration,
    ) -> Result<Option<u64>, LedgerError> {
        self.answers()?;
        let now = (self.elapsed)();
        let mut state = self.state();
        let free = Lease { holder: None, token: 0, since: now, until: now };
        let lease = state.leases.entry(unit.to_owned()).or_insert(free);
        if lease.holder.is_some() && lease.until > now {
            return Ok(None);
        }
        let token = lease.token + 1;
        *lease = Lease { holder: Some(node), token, since: now, until: now + term };
        (self.taken)(unit, token);
        Ok(Some(token))
    }

    async fn release(&self, node: Uuid, held: &[Held]) -> Result<(), LedgerError> {
        self.answers()?;
        let mut state = self.state();
        for Held { unit, token } in held {
            if let Some(lease) = state.leases.get_mut(unit)
                && lease.holder == Some(node)
                && lease.token == *token
            {
                lease.holder = None;
            }
        }
        Ok(())
    }

    async fn leave(&self, node: Uuid) -> Result<(), LedgerError> {
        self.answers()?;
        let mut state = self.state();
        state.nodes.remove(&node);
        for lease in state.leases.values_mut().filter(|lease| lease.holder == Some(node)) {
            lease.holder = None;
        }
        Ok(())
    }

    async fn cluster(&self) -> Result<Cluster, LedgerError> {
        self.answers()?;
        let now = (self.elapsed)();
        let state = self.state();
        let nodes = state.nodes.values().map(|(node, units, started, seen)| NodeStanding {
            node: node.clone(),
            units: units.clone(),
            started: at(*started),
            seen: at(*seen),
            age: now.saturating_sub(*seen),
        });
        let leases = state.leases.iter().map(|(unit, lease)| LeaseStanding {
            unit: unit.clone(),
            holder: lease.holder,
            token: lease.token,
            since: at(lease.since),
            until: at(lease.until),
            left: lease.until.saturating_sub(now),
        });
        Ok(Cluster { nodes: nodes.collect(), leases: leases.collect(), ..Cluster::default() })
    }
}

fn at(since: Duration) -> Timestamp {
    Timestamp::UNIX_EPOCH + since
}
