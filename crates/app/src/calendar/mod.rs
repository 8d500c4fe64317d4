//! Calendar feeds: bookings in a calendar program, under an address that only that program knows.
//!
//! Cast: `create`, `list` and `revoke` are the owner's; `show` answers whoever has the address. `entry` turns a booking into what a calendar shows, `zones` says what the clocks of a zone
//! did, `lines` writes both down as RFC 5545 wants it.
//!
//! Guarantee: a feed shows what its owner may read at the moment it is asked for. Who was disabled, has
//! lost the membership or the token that made the feed, has no feed any more, and that sounds the same as
//! an address that nobody has ever had. Of an address only the digest is stored.

use rishi_domain::calendar::CalendarFeed;
use rishi_domain::id::TokenId;

use crate::auth::{Means, Principal};
use crate::events::{Place, subject};

mod create;
mod entry;
mod lines;
mod list;
mod port;
mod revoke;
mod show;
mod zones;

pub use port::{CalendarChange, CalendarQueries, CancelledShift, FeedRecord};
pub use show::Shown;

const SOURCE: &str = "rishi/calendar";

/// The most feeds of one person.
pub const MOST: u64 = 20;

/// What a token may do to its owner's feeds, it may do to those it made.
fn within(principal: &Principal) -> Option<TokenId> {
    match principal.means() {
        Means::Token(id) => Some(id),
        Means::Session(_) | Means::Operator => None,
    }
}

fn place(feed: &CalendarFeed, principal: &Principal) -> Place {
    let home = crate::auth::home(principal);
    Place {
        source: SOURCE,
        subject: subject::calendar_feed(feed.id),
        organization: feed.organization_id.or(home),
    }
}
