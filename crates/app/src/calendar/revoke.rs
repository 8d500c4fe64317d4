//! Making a feed's address void.

use rishi_domain::event::{CalendarFeedRevoked, Fact};
use rishi_domain::id::CalendarFeedId;
use rishi_domain::permission::Capability;

use super::{CalendarChange, place, within};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::events::Cause;
use crate::{App, Commit, Error};

impl App {
    /// Ends one of the caller's feeds, at once.
    pub async fn revoke_calendar_feed(
        &self,
        caller: &Caller,
        id: CalendarFeedId,
        gone: Answer,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let found = self.store.calendar_feed_of(id).await?.filter(|feed| {
            let reached = within(principal).is_none_or(|token| feed.token_id == Some(token));
            feed.user_id == principal.user_id() && reached
        });
        let feed = found.ok_or(Error::NotFound("calendar feed"))?;
        let payload = CalendarFeedRevoked { feed_id: id, user_id: feed.user_id, kind: feed.kind };
        let fact = Fact::with_metadata(&payload, &caller.whence)?;
        let place = place(&feed, principal);
        let commit = Commit {
            changes: vec![Change::Calendar(CalendarChange::Revoked(id))],
            events: self.tell(&place, &Cause::from(caller), self.now(), vec![fact]),
            ..Commit::default()
        };
        self.finish(caller, Capability::ReadBookings, commit, gone, false).await
    }
}
