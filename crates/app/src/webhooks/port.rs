//! What webhooks ask of an engine, and how they change.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{Position, Subject};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::webhook::WebhookEndpoint;
use uuid::Uuid;

use crate::scope::Scope;
use crate::store::{Listed, Paging, QueryError};

/// The secrets of an endpoint as stored: sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The one that signs.
    pub present: Vec<u8>,
    /// The one before, for as long as the endpoint says.
    pub previous: Option<Vec<u8>>,
}

/// An endpoint as stored.
#[derive(Debug, Clone)]
pub struct WebhookRow {
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// Its secrets; as they were when there are none here.
    pub secrets: Option<Secrets>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It waits for its first attempt, or its next.
    Pending,
    /// The receiver has it.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// Its word, in answers and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The status of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// An event on its way to an endpoint: one row, whatever becomes of it. It is named by the event's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The event's id, which is also the id of the message.
    pub event_id: Uuid,
    /// Where the event stands in the log.
    pub position: Position,
    /// Its type.
    pub event_type: String,
    /// What it is about.
    pub subject: Subject,
    /// Where the delivery stands.
    pub status: DeliveryStatus,
    /// How often it was attempted, since it was made or resent.
    pub attempts: u32,
    /// When it is attempted next.
    pub due_at: Option<Timestamp>,
    /// When it was last attempted.
    pub attempted_at: Option<Timestamp>,
    /// The HTTP status that was answered last.
    pub last_status: Option<u16>,
    /// What the last attempt came to, if it failed.
    pub last_error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u32>,
    /// When it was owed first.
    pub created_at: Timestamp,
}

/// Which deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Those that stand there.
    pub status: Option<DeliveryStatus>,
    /// That of this event.
    pub event_id: Option<Uuid>,
}

/// An event that is owed to an endpoint from now on.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// To which.
    pub webhook_id: WebhookId,
    /// Where the event stands in the log.
    pub position: Position,
    /// Its id.
    pub event_id: Uuid,
    /// Its type.
    pub event_type: String,
    /// What it is about.
    pub subject: Subject,
    /// When it is owed.
    pub at: Timestamp,
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// To which endpoint.
    pub webhook_id: WebhookId,
    /// Of which event.
    pub position: Position,
    /// When it was made.
    pub at: Timestamp,
    /// Which it was: 1, 2, …
    pub number: u32,
    /// What was answered, if anything.
    pub status: Option<u16>,
    /// What went wrong, if anything.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// Where the delivery stands now.
    pub now: DeliveryStatus,
    /// When it is attempted next, if it is.
    pub due_at: Option<Timestamp>,
}

/// A change of endpoints and deliveries.
#[derive(Debug)]
pub enum WebhookChange {
    /// An endpoint is made or replaced.
    Put(WebhookRow),
    /// An endpoint goes, with its deliveries, if it is at this version.
    Deleted(WebhookEndpoint),
    /// Events are owed. Of one that is owed or was delivered already nothing changes.
    Owed(Vec<NewDelivery>),
    /// An attempt was made. Nothing changes if the delivery is not pending at the attempt before.
    Attempted(Attempt),
    /// A delivery is given up without an attempt, if it is pending.
    GivenUp {
        /// To which endpoint.
        webhook_id: WebhookId,
        /// Of which event.
        position: Position,
        /// Why.
        why: String,
        /// When.
        at: Timestamp,
    },
    /// A delivery is to be made once more, and at once.
    Resent {
        /// To which endpoint.
        webhook_id: WebhookId,
        /// Of which event.
        event_id: Uuid,
        /// When that was said.
        at: Timestamp,
    },
    /// Everything between two positions, both included, is to be delivered again. It takes the place of
    /// what was asked for before.
    ReplayAsked {
        /// To which endpoint.
        webhook_id: WebhookId,
        /// The positions.
        replay: Replay,
    },
    /// A part of that is owed now, also what was delivered before; the rest follows.
    Replayed {
        /// To which endpoint.
        webhook_id: WebhookId,
        /// What was left before.
        before: Replay,
        /// What is left.
        left: Option<Replay>,
        /// The part.
        owed: Vec<NewDelivery>,
    },
    /// Deliveries that were owed before this are forgotten, so many at once.
    Forgotten {
        /// When.
        before: Timestamp,
    },
}

/// What is to be delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// The first position.
    pub from: Position,
    /// The last.
    pub through: Position,
}

/// An endpoint to which something is to be sent, or for which something is to be owed.
#[derive(Debug, Clone)]
pub struct Work {
    /// Which.
    pub webhook_id: WebhookId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where.
    pub url: String,
    /// Whether events of a subject wait for one another.
    pub ordered: bool,
    /// What is to be replayed, unless more than enough is pending.
    pub replay: Option<Replay>,
}

/// A delivery that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Of the event at this position.
    pub position: Position,
    /// Of this id.
    pub event_id: Uuid,
    /// How often it was attempted.
    pub attempts: u32,
}

/// What it takes to send to an endpoint.
#[derive(Debug, Clone)]
pub struct Ready {
    /// It, if it is enabled and its organization active.
    pub endpoint: WebhookEndpoint,
    /// What signs.
    pub secrets: Secrets,
    /// Since when nothing could be delivered, if nothing can.
    pub failing_since: Option<Timestamp>,
}

/// Queries about webhooks.
#[async_trait]
pub trait WebhookQueries: Send + Sync {
    /// An endpoint of an organization that the scope covers.
    async fn webhook(
        &self,
        scope: &Scope,
        id: WebhookId,
    ) -> Result<Option<WebhookEndpoint>, QueryError>;

    /// Endpoints of organizations that the scope covers, newest first; of one when named.
    async fn webhooks(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<WebhookEndpoint>, QueryError>;

    /// Deliveries to an endpoint, the newest events first.
    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        filter: DeliveryFilter,
        paging: Paging,
    ) -> Result<Listed<Delivery>, QueryError>;

    /// The enabled endpoints of an organization, if it is active.
    async fn webhooks_to_tell(
        &self,
        organization: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, QueryError>;

    /// The enabled endpoints of active organizations for which there is something to do at `now`.
    async fn webhook_work(&self, now: Timestamp) -> Result<Vec<Work>, QueryError>;

    /// Deliveries to an endpoint that are due at `now`, in the order of the log; of an ordered one, of
    /// each subject only the first that is pending.
    async fn webhook_due(
        &self,
        id: WebhookId,
        ordered: bool,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Due>, QueryError>;

    /// The secrets of an endpoint, sealed.
    async fn webhook_secrets(&self, id: WebhookId) -> Result<Option<Secrets>, QueryError>;

    /// What it takes to send to an endpoint.
    async fn webhook_ready(&self, id: WebhookId) -> Result<Option<Ready>, QueryError>;
}
