//! What happens to calendar feeds. No secret is in any of these.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarFeed, FeedKind};
use crate::id::{CalendarFeedId, UserId};

/// A person made a feed for a calendar program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeedCreated {
    /// The feed.
    pub feed: CalendarFeed,
}

/// The address of a feed was made void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeedRevoked {
    /// Which.
    pub feed_id: CalendarFeedId,
    /// Whose it was.
    pub user_id: UserId,
    /// Whose bookings it showed.
    pub kind: FeedKind,
}
