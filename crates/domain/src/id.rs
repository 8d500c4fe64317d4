//! Typed identifiers: a UUID that says what it names.
//!
//! New ids are UUID version 7 (time-ordered, RFC 9562), made by the caller who owns clock and
//! randomness; this module only gives them types, so that a location's id cannot stand where a
//! booking's is meant.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

id! {
    /// Names an organization: the tenant that owns bookings, locations and memberships.
    OrganizationId,
    /// Names a person who can sign in or be assigned to work.
    UserId,
    /// Names a membership: a person's role in an organization.
    MembershipId,
    /// Names a location.
    LocationId,
    /// Names a booking.
    BookingId,
    /// Names a series of bookings that recur.
    BookingSeriesId,
    /// Names the assignment of a staff member to a booking.
    AssignmentId,
    /// Names a notification in a person's inbox.
    NotificationId,
    /// Names an availability block: a declaration of when somebody can work, or a leave.
    AvailabilityBlockId,
    /// Names an API token (never its secret).
    TokenId,
    /// Names a session: a signed-in browser (never its secret).
    SessionId,
    /// Names a webhook endpoint.
    WebhookId,
    /// Names a calendar feed (never its secret).
    CalendarFeedId,
    /// Names an export of data, for the trail that it leaves.
    ExportId,
}
