//! Leases: which node of a cluster does what, one node at a time.
//!
//! A unit of work has a name: a subscription ([`of_subscription`]), or anything that is to be done by one node alone. A
//! node holds it until a time on the database's clock and renews it well before. Whoever takes it over gets a higher
//! token; what changes the database shows its token there, in the transaction, and is refused under a lower one. So a
//! node that stood still does no harm when it goes on.
//!
//! [`Leases`] is what a database does, [`Keeper`] a node's side of it: it renews, takes its share of what is free, and
//! hands over when others have less. A [`Grant`] says whether a unit is still ours, by this machine's own clock and
//! rather too early than too late.
//!
//! Guarantees: no two live grants of one unit, as long as clocks run at nearly the same speed; no change under a lost
//! one, whatever clocks do.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{LedgerError, Position};

mod balance;
mod grant;
mod keeper;
mod rounds;
#[cfg(test)]
mod tests;

pub use self::{
    grant::{Grant, Hold},
    keeper::{Figures, Keeper, alone},
};

/// How long a lease lasts unless it is renewed; so long after its last sign of life a node counts as gone.
pub const TERM: Duration = Duration::from_secs(7);

/// The unit that is a subscription.
pub fn of_subscription(name: &str) -> String {
    format!("{SUBSCRIPTION}{name}")
}

/// The subscription that is a unit, if it is one.
pub fn subscription_of(unit: &str) -> Option<&str> {
    unit.strip_prefix(SUBSCRIPTION)
}

const SUBSCRIPTION: &str = "subscription/";

/// A process that serves, as it makes itself known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Drawn at each start: a process that is started again is another node.
    pub id: Uuid,
    /// The machine's name.
    pub host: String,
    /// Where it answers.
    pub address: String,
    /// The program's version.
    pub version: String,
    /// What it does, in words.
    pub roles: Vec<String>,
}

/// A node as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStanding {
    /// Which.
    pub node: Node,
    /// What it would do.
    pub units: Vec<String>,
    /// When it made itself known, on the database's clock.
    pub started: Timestamp,
    /// When it last did, on the database's clock.
    pub seen: Timestamp,
    /// How long ago that was.
    pub age: Duration,
}

impl NodeStanding {
    /// Whether it counts as alive.
    pub fn is_live(&self) -> bool {
        self.age < TERM
    }
}

/// A lease as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseStanding {
    /// The unit.
    pub unit: String,
    /// Who has it; nobody when it was given back.
    pub holder: Option<Uuid>,
    /// Raised with each change of holder.
    pub token: u64,
    /// Since when its holder has it, on the database's clock.
    pub since: Timestamp,
    /// Until when, on the database's clock.
    pub until: Timestamp,
    /// How much of that is left; nothing when it has run out.
    pub left: Duration,
}

impl LeaseStanding {
    /// Who has it now.
    pub fn live_holder(&self) -> Option<Uuid> {
        self.holder.filter(|_| !self.left.is_zero())
    }
}

/// Nodes and leases at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// All nodes that were there of late, the oldest first.
    pub nodes: Vec<NodeStanding>,
    /// All units that were ever leased, by name.
    pub leases: Vec<LeaseStanding>,
    /// The newest position.
    pub head: Position,
    /// Events that are committed and have no position yet.
    pub unsequenced: u64,
}

/// A unit that is held, and under which token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The unit.
    pub unit: String,
    /// The token.
    pub token: u64,
}

/// What leases need of a database. An error of any method means "not now"; what was asked may have happened.
#[async_trait]
pub trait Leases: Send + Sync + 'static {
    /// A sign of life: makes the node known with what it would do, and prolongs those of `held` that are still its own
    /// to `term` from now. Answers those, and how the cluster stands after that.
    async fn beat(
        &self,
        node: &Node,
        units: &[String],
        held: &[Held],
        term: Duration,
    ) -> Result<(Vec<String>, Cluster), LedgerError>;

    /// Takes a unit that nobody holds, for `term` from now. Answers its token, higher than any before; nothing when
    /// somebody holds it. From then on nothing is settled under an older token.
    async fn claim(
        &self,
        node: Uuid,
        unit: &str,
        term: Duration,
    ) -> Result<Option<u64>, LedgerError>;

    /// Gives units back, at once free for others. What is not the node's own (any more) is left alone.
    async fn release(&self, node: Uuid, held: &[Held]) -> Result<(), LedgerError>;

    /// Gives everything back and is forgotten.
    async fn leave(&self, node: Uuid) -> Result<(), LedgerError>;

    /// How the cluster stands.
    async fn cluster(&self) -> Result<Cluster, LedgerError>;
}
