//! A person's inbox.

use rishi_domain::notification::Notification;

use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

impl App {
    /// The caller's own notifications, newest first.
    pub async fn notifications(
        &self,
        principal: &Principal,
        paging: Paging,
    ) -> Result<Listed<Notification>, Error> {
        Ok(self.store.notifications(principal.user_id(), paging).await?)
    }
}
