//! Making a feed, with its address.

use rishi_domain::calendar::{CalendarFeed, CreateCalendarFeed};
use rishi_domain::event::{CalendarFeedCreated, Fact};
use rishi_domain::permission::Capability;

use super::{CalendarChange, MOST, place, within};
use crate::auth::{Caller, Secret};
use crate::commit::{Answer, Change};
use crate::events::Cause;
use crate::store::Paging;
use crate::{App, Commit, Error};

impl App {
    /// Makes a feed for the caller. `reply` is asked twice: for the answer that is kept for a repetition,
    /// without the secret, and for the one that is given now.
    pub async fn create_calendar_feed(
        &self,
        caller: &Caller,
        command: CreateCalendarFeed,
        reply: impl Fn(&CalendarFeed, Option<&Secret>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        command.check()?;
        let principal = &caller.principal;
        let feed = CalendarFeed {
            id: self.ids.next(),
            user_id: principal.user_id(),
            kind: command.kind,
            location_id: command.location_id,
            organization_id: command.organization_id,
            name: command.name,
            token_id: within(principal),
            created_at: self.now(),
        };
        // What could not be shown now is not made.
        self.matter(principal.grants(), principal.display_name(), &feed).await?;
        let one = Paging { limit: 1, offset: 0 };
        if self.store.calendar_feeds(feed.user_id, None, one).await?.total >= MOST {
            return Err(Error::TooManyCalendarFeeds);
        }
        let secret = Secret::generate()?;
        let payload = CalendarFeedCreated { feed: feed.clone() };
        let fact = Fact::with_metadata(&payload, &caller.whence)?;
        let place = place(&feed, principal);
        let events = self.tell(&place, &Cause::from(caller), feed.created_at, vec![fact]);
        let (kept, told) = (reply(&feed, None)?, reply(&feed, Some(&secret))?);
        let change = CalendarChange::Created { feed: Box::new(feed), digest: secret.digest() };
        let changes = vec![Change::Calendar(change)];
        let commit = Commit { changes, events, ..Commit::default() };
        self.finish_once(caller, Capability::ReadBookings, commit, kept, told).await
    }
}
