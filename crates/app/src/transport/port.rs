//! What the transport asks of an engine, and how it changes what is kept.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::relay::RelayState;
use rishi_bus::{Position, Subject};
use rishi_domain::id::OrganizationId;
use uuid::Uuid;

use crate::store::QueryError;

/// How the relay stands, beside the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelayStanding {
    /// Where it stands and how it was.
    pub state: RelayState,
    /// The log's head.
    pub head: Position,
    /// When the oldest event was made that the broker does not have; nothing when it has all.
    pub oldest: Option<Timestamp>,
}

impl RelayStanding {
    /// How many events the broker does not have.
    pub fn lag(&self) -> u64 {
        self.head.saturating_sub(self.state.position)
    }
}

/// A message of others that enters the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Whose it is.
    pub organization: OrganizationId,
    /// What its publisher calls itself.
    pub source: String,
    /// What the publisher knows the event by.
    pub id: String,
    /// The event that it becomes.
    pub event: Uuid,
    /// What that is about: the same commit tells of it.
    pub subject: Subject,
    /// When it was taken.
    pub at: Timestamp,
}

/// A change of what the transport keeps.
#[derive(Debug)]
pub enum TransportChange {
    /// The broker has acknowledged every event up to `to`; refused unless the relay stands at `from`.
    Relayed {
        /// Where it stood.
        from: Position,
        /// Where it stands.
        to: Position,
        /// When.
        at: Timestamp,
    },
    /// What became of trying to relay: an error, or none.
    Told {
        /// What kept it from relaying.
        error: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// A message was taken; refused as a duplicate when it was before.
    Received(Box<Received>),
}

/// The transport's questions to the state.
#[async_trait]
pub trait TransportQueries: Send + Sync {
    /// How the relay stands.
    async fn relay(&self) -> Result<RelayStanding, QueryError>;
}
