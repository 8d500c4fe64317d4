//! Telling people: what a policy puts into its commit.

use rishi_bus::{Envelope, NewEvent, Subject, Timer, TimerChange};
use rishi_domain::event::{Fact, NotificationCreated, NotificationDeliveryDue};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{
    Channel, Delivery, DeliveryOutcome, Notification, NotificationKind,
};

use super::SOURCE;
use super::facts::Facts;
use super::language::Language;
use super::port::Recipient;
use super::text::{self, Reader};
use crate::commit::Change;
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

/// Something that people are to be told.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// What it tells of.
    pub kind: NotificationKind,
    /// On whose behalf.
    pub organization: OrganizationId,
    /// Who is told. Whoever is named twice is told once; whoever is disabled is not told.
    pub recipients: &'a [UserId],
    /// What it is about.
    pub about: Subject,
    /// What there is to say.
    pub facts: Facts,
}

impl App {
    /// The part of a commit by which people are told because of an event: each in their language and on
    /// their clock, with an event that is about that one notification. Nothing when nobody is left to
    /// be told.
    pub(crate) async fn notices(
        &self,
        because: &Envelope,
        notice: &Notice<'_>,
    ) -> Result<Commit, Error> {
        let mut commit = Commit::default();
        if notice.recipients.is_empty() {
            return Ok(commit);
        }
        let organization = self.store.organization(&Scope::system(), notice.organization).await?;
        let organization = organization.ok_or(Error::NotFound("organization"))?;
        let cause = Cause::from(because);
        for recipient in self.store.recipients(notice.recipients).await? {
            let reader = Reader {
                name: &recipient.user.display_name,
                locale: &recipient.user.locale,
                timezone: &recipient.user.timezone,
                organization: &organization.name,
            };
            self.tell_one(&mut commit, &cause, notice, &recipient, &reader)?;
        }
        Ok(commit)
    }

    fn tell_one(
        &self,
        commit: &mut Commit,
        cause: &Cause,
        notice: &Notice<'_>,
        recipient: &Recipient,
        reader: &Reader<'_>,
    ) -> Result<(), Error> {
        let rendered = text::built_in(notice.kind, &notice.facts, reader);
        let rendered = rendered.map_err(|error| Error::Internal(Box::new(error)))?;
        let (id, now): (NotificationId, _) = (self.ids.next(), self.now());
        let fact = Fact::new(&NotificationCreated {
            notification_id: id,
            user_id: recipient.user.id,
            kind: notice.kind,
            language: Language::of(reader.locale).tag().to_owned(),
            related_entity_type: notice.about.kind().to_owned(),
            related_entity_id: notice.about.id(),
        })?;
        let place = Place {
            source: SOURCE,
            subject: subject::notification(id),
            organization: Some(notice.organization),
        };
        commit.events.extend(self.tell(&place, cause, now, vec![fact]));
        let notification = Notification {
            id,
            user_id: recipient.user.id,
            organization_id: notice.organization,
            kind: notice.kind.as_str().to_owned(),
            title: rendered.title,
            message: rendered.message,
            related_entity_type: notice.about.kind().to_owned(),
            related_entity_id: notice.about.id(),
            // What is not wanted as news is kept all the same.
            read_at: (!recipient.preferences.wants_in_app(notice.kind)).then_some(now),
            created_at: now,
        };
        // The delivery refers to the notification, which is there first.
        commit.changes.push(Change::Notification(Box::new(notification.clone())));
        if self.mail.is_some() {
            self.post(commit, cause, &place, notice.kind, recipient, &notification)?;
        }
        Ok(())
    }

    /// The delivery by e-mail: pending at once, or when the person's quiet hours are over.
    fn post(
        &self,
        commit: &mut Commit,
        cause: &Cause,
        place: &Place,
        kind: NotificationKind,
        recipient: &Recipient,
        notification: &Notification,
    ) -> Result<(), Error> {
        let now = notification.created_at;
        let wanted = recipient.preferences.wants_email(kind);
        let quiet = recipient.preferences.quiet_hours.filter(|_| wanted);
        let due_at = quiet.and_then(|quiet| quiet.end(now, &recipient.user.timezone));
        if let Some(due) = due_at {
            let fact = Fact::new(&NotificationDeliveryDue { notification_id: notification.id })?;
            let key = format!("notification-delivery/{}", notification.id);
            let timer = |event: NewEvent| Timer { key: key.clone(), due, event };
            let events = self.tell(place, cause, now, vec![fact]).into_iter();
            commit.timers.extend(events.map(timer).map(Box::new).map(TimerChange::Set));
        }
        let (outcome, reason) = if wanted {
            (DeliveryOutcome::Pending, None)
        } else {
            let why = "the person does not want it by e-mail";
            (DeliveryOutcome::Suppressed, Some(why.to_owned()))
        };
        commit.changes.push(Change::Delivery(Box::new(Delivery {
            notification_id: notification.id,
            user_id: notification.user_id,
            organization_id: notification.organization_id,
            channel: Channel::Email,
            outcome,
            reason,
            attempts: 0,
            due_at,
            created_at: now,
            updated_at: now,
        })));
        Ok(())
    }
}
