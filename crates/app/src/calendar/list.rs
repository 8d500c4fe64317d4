//! Looking at one's own feeds. Their addresses are shown to nobody a second time.

use rishi_domain::calendar::CalendarFeed;

use super::within;
use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

impl App {
    /// The caller's feeds, newest first; through a token, those that it made.
    pub async fn calendar_feeds(
        &self,
        principal: &Principal,
        paging: Paging,
    ) -> Result<Listed<CalendarFeed>, Error> {
        let token = within(principal);
        Ok(self.store.calendar_feeds(principal.user_id(), token, paging).await?)
    }
}
