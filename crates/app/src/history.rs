//! What explaining the past asks of an engine: the log, by what it is about.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{Envelope, Position};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::staffing::person::Reliability;
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use crate::store::QueryError;

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// When it was so late.
    Time(Timestamp),
    /// When the event at this position had happened.
    Position(Position),
}

/// A moment as the log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The last event that had happened; 0 before the first.
    pub position: Position,
    /// When it happened.
    pub time: Timestamp,
    /// The last position that retention has removed; 0 when the log is whole.
    pub removed: Position,
}

/// Queries about the past.
#[async_trait]
pub trait HistoryQueries: Send + Sync {
    /// The moment; nothing when no event has happened by then, or its event was removed.
    async fn moment(&self, as_of: AsOf) -> Result<Option<Moment>, QueryError>;

    /// Of each subject of a kind the newest event of these types up to a position.
    async fn newest(
        &self,
        kind: &'static str,
        ids: Vec<Uuid>,
        types: &'static [&'static str],
        upto: Position,
    ) -> Result<HashMap<Uuid, Arc<Envelope>>, QueryError>;

    /// All events of these types up to a position, in order.
    async fn of_types(
        &self,
        types: &'static [&'static str],
        upto: Position,
    ) -> Result<Vec<Arc<Envelope>>, QueryError>;

    /// The events of bookings up to a position, in order.
    async fn stories(
        &self,
        bookings: Vec<BookingId>,
        upto: Position,
    ) -> Result<Vec<Arc<Envelope>>, QueryError>;

    /// Bookings that any of these people ever had an assignment on and that lie in a range, or may have
    /// lain there at a position: they were changed since.
    async fn once_on(
        &self,
        people: Vec<UserId>,
        range: TimeRange,
        upto: Position,
    ) -> Result<Vec<BookingId>, QueryError>;

    /// Everything that these people ever declared, also what was taken back.
    async fn ever_declared(
        &self,
        people: Vec<UserId>,
    ) -> Result<Vec<AvailabilityBlock>, QueryError>;

    /// How people's assignments went in the half year before `before`, as far as that was known at
    /// `known`.
    async fn reliability(
        &self,
        people: Vec<UserId>,
        before: Timestamp,
        known: Timestamp,
    ) -> Result<HashMap<UserId, Reliability>, QueryError>;
}
