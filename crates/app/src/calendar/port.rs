//! What calendar feeds ask of an engine, and how they change.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_domain::calendar::CalendarFeed;
use rishi_domain::id::{BookingId, CalendarFeedId, TokenId, UserId};
use rishi_domain::permission::Grant;
use rishi_domain::time::TimeRange;
use rishi_domain::user::UserStatus;

use crate::store::{Listed, Paging, QueryError};

/// A feed with what its owner may act as.
#[derive(Debug, Clone)]
pub struct FeedRecord {
    /// The feed.
    pub feed: CalendarFeed,
    /// The owner's name.
    pub display_name: String,
    /// Whether the owner may act at all.
    pub status: UserStatus,
    /// The owner's memberships; of a feed that a token made, what that token grants.
    pub grants: Vec<Grant>,
    /// When the token that made it ends.
    pub expires_at: Option<Timestamp>,
}

/// A booking that was cancelled and that a person worked on until then: enough to strike it out of a
/// calendar, and nothing of what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelledShift {
    /// Which.
    pub booking_id: BookingId,
    /// When it was to be.
    pub range: TimeRange,
    /// IANA zone of the clock there.
    pub timezone: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version.
    pub version: u64,
}

/// A change of calendar feeds.
#[derive(Debug)]
pub enum CalendarChange {
    /// A feed is made.
    Created {
        /// The feed.
        feed: Box<CalendarFeed>,
        /// SHA-256 of its secret.
        digest: [u8; 32],
    },
    /// A feed ends.
    Revoked(CalendarFeedId),
}

/// Calendar feeds' questions to the state.
#[async_trait]
pub trait CalendarQueries: Send + Sync {
    /// The feed with this digest, whose it is and what that person may act as; nothing when it was made
    /// by a token that has gone.
    async fn calendar_feed(&self, digest: &[u8; 32]) -> Result<Option<FeedRecord>, QueryError>;

    /// A person's feeds, newest first; those that a token made when one is named.
    async fn calendar_feeds(
        &self,
        user: UserId,
        token: Option<TokenId>,
        paging: Paging,
    ) -> Result<Listed<CalendarFeed>, QueryError>;

    /// The feed of this id.
    async fn calendar_feed_of(
        &self,
        id: CalendarFeedId,
    ) -> Result<Option<CalendarFeed>, QueryError>;

    /// Cancelled bookings in a range that a person was released from, by start, at most `limit`.
    async fn cancelled_shifts(
        &self,
        user: UserId,
        range: TimeRange,
        limit: u32,
    ) -> Result<Vec<CancelledShift>, QueryError>;
}
