//! A person's inbox: what the person was told, and what of it is read.

use rishi_bus::Position;
use rishi_domain::event::{
    self, Fact, NotificationCreated, NotificationRead, NotificationsRead, Payload,
};
use rishi_domain::id::NotificationId;
use rishi_domain::notification::Notification;
use rishi_domain::permission::Capability;

use super::SOURCE;
use super::port::Inbox;
use crate::auth::{Caller, Principal};
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::store::{EventFilter, Paging};
use crate::{App, Commit, Error};

impl App {
    /// The caller's own notifications, newest first, and how many are unread.
    pub async fn inbox(
        &self,
        principal: &Principal,
        unread: bool,
        paging: Paging,
    ) -> Result<Inbox, Error> {
        Ok(self.store.inbox(principal.user_id(), unread, paging).await?)
    }

    /// One of the caller's own notifications.
    pub async fn notification(
        &self,
        principal: &Principal,
        id: NotificationId,
    ) -> Result<Notification, Error> {
        let found = self.store.notification(principal.user_id(), id).await?;
        found.ok_or(Error::NotFound("notification"))
    }

    /// What the log holds after a position of telling people, at most so many events: of each its place,
    /// and the notification if it is the caller's and still news.
    pub async fn told(
        &self,
        principal: &Principal,
        after: Position,
        limit: u32,
    ) -> Result<Vec<(Position, Option<Notification>)>, Error> {
        let types = vec![NotificationCreated::TYPE.to_owned()];
        let filter = EventFilter { types, after: Some(after), ..EventFilter::default() };
        let events = self.store.events(&Scope::system(), &filter, limit).await?;
        let mut told = Vec::with_capacity(events.len());
        for event in events {
            let created: NotificationCreated = event::read(event.schema_version, &event.data)
                .map_err(|error| Error::Internal(Box::new(error)))?;
            let mut found = None;
            if created.user_id == principal.user_id() {
                let id = created.notification_id;
                found = self.store.notification(created.user_id, id).await?;
            }
            told.push((event.position, found.filter(|one| one.read_at.is_none())));
        }
        Ok(told)
    }

    /// Marks one of the caller's notifications as read. One that is read stays as it is.
    pub async fn read_notification(
        &self,
        caller: &Caller,
        id: NotificationId,
        reply: fn(&Notification) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut notification = self.notification(&caller.principal, id).await?;
        let mut commit = Commit::default();
        if notification.read_at.is_none() {
            let now = self.now();
            notification.read_at = Some(now);
            let read = NotificationRead { notification_id: id, user_id: notification.user_id };
            let place = Place {
                source: SOURCE,
                subject: subject::notification(id),
                organization: Some(notification.organization_id),
            };
            let facts = vec![Fact::new(&read)?];
            commit.events = self.tell(&place, &Cause::from(caller), now, facts);
            commit.changes.push(Change::Notification(Box::new(notification.clone())));
        }
        let answer = reply(&notification)?;
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }

    /// Marks all that the caller was told until now as read.
    pub async fn read_all_notifications(
        &self,
        caller: &Caller,
        done: Answer,
    ) -> Result<Answer, Error> {
        let user = caller.principal.user_id();
        let mut commit = Commit::default();
        if let Some(through) = self.store.newest_unread(user).await? {
            let now = self.now();
            let read = NotificationsRead { user_id: user, through };
            let place = Place { source: SOURCE, subject: subject::inbox(user), organization: None };
            let facts = vec![Fact::new(&read)?];
            commit.events = self.tell(&place, &Cause::from(caller), now, facts);
            commit.changes.push(Change::InboxRead { user, through, at: now });
        }
        self.finish(caller, Capability::ReadBookings, commit, done, false).await
    }
}
