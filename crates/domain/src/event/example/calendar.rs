//! Examples of what happens to calendar feeds.

use super::{MADE, id};
use crate::calendar::{CalendarFeed, FeedKind};
use crate::event::{CalendarFeedCreated, CalendarFeedRevoked, Example};

impl Example for CalendarFeedCreated {
    fn example() -> Self {
        Self {
            feed: CalendarFeed {
                id: id(40),
                user_id: id(2),
                kind: FeedKind::Location,
                location_id: Some(id(3)),
                organization_id: None,
                name: Some("Main Street".to_owned()),
                token_id: None,
                created_at: MADE,
            },
        }
    }
}

impl Example for CalendarFeedRevoked {
    fn example() -> Self {
        Self { feed_id: id(40), user_id: id(2), kind: FeedKind::Location }
    }
}
