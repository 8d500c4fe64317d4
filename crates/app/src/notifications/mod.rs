//! What people are told, and how it reaches them.
//!
//! Flow: a policy names a [`Notice`] (kind, people, what it is about, [`Facts`]) and puts what
//! `App::notices` returns into its commit. So the row in each person's inbox and the event that tells
//! of it are there exactly once, in the transaction of what they tell of.
//!
//! Cast: [`facts`] is what a text is filled with, [`text`] fills it in, [`builtin`] has the texts that are there
//! before anybody writes others, [`language`] how words and times are written.

use rishi_domain::notification::Notification;

use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

pub mod builtin;
pub mod facts;
pub mod language;
mod notice;
mod port;
pub mod text;

pub use facts::Facts;
pub use notice::Notice;
pub use port::NotificationQueries;

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
