//! Telling people: what a policy puts into its commit.

use std::sync::atomic::Ordering;

use rishi_bus::{Envelope, Subject};
use rishi_domain::event::{
    Fact, NotificationCreated, NotificationDeliveryDue, NotificationDigestDue,
};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{
    Channel, Delivery, DeliveryOutcome, Notification, NotificationKind, NotificationTemplate,
};

use super::SOURCE;
use super::facts::Facts;
use super::port::Recipient;
use super::text::{self, Reader};
use crate::commit::Change;
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error, timers};

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
        let own = self.store.notification_templates(notice.organization, Some(notice.kind)).await?;
        for recipient in self.store.recipients(notice.recipients).await? {
            let reader = Reader {
                name: &recipient.user.display_name,
                locale: &recipient.user.locale,
                timezone: &recipient.user.timezone,
                organization: &organization.name,
            };
            self.tell_one(&mut commit, &cause, (notice, &own), &recipient, &reader)?;
        }
        Ok(commit)
    }

    fn tell_one(
        &self,
        commit: &mut Commit,
        cause: &Cause,
        (notice, own): (&Notice<'_>, &[NotificationTemplate]),
        recipient: &Recipient,
        reader: &Reader<'_>,
    ) -> Result<(), Error> {
        let told = text::told(own, notice.kind, &notice.facts, reader);
        let told = told.map_err(|error| Error::Internal(Box::new(error)))?;
        if let Some(error) = &told.template_error {
            let (organization, kind) = (notice.organization, notice.kind);
            tracing::warn!(%organization, %kind, error, "a template cannot be filled in");
            self.template_failures.fetch_add(1, Ordering::Relaxed);
        }
        let rendered = told.rendered;
        let (id, now): (NotificationId, _) = (self.ids.next(), self.now());
        let fact = Fact::new(&NotificationCreated {
            notification_id: id,
            user_id: recipient.user.id,
            kind: notice.kind,
            language: told.language,
            related_entity_type: notice.about.kind().to_owned(),
            related_entity_id: notice.about.id(),
            template_error: told.template_error.clone(),
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
            let delivery = delivery(notice.kind, recipient, &notification);
            let delivery = Delivery { template_error: told.template_error, ..delivery };
            self.hold_back(commit, cause, &place, &delivery)?;
            if let (DeliveryOutcome::Pending, Some(html)) = (delivery.outcome, rendered.html) {
                commit.changes.push(Change::NotificationHtml { notification: id, html });
            }
            commit.changes.push(Change::Delivery(Box::new(delivery)));
        }
        Ok(())
    }

    /// The timer of what is held back. All that goes with one daily mail has one timer, named after its time:
    /// whoever sets it anew changes nothing.
    fn hold_back(
        &self,
        commit: &mut Commit,
        cause: &Cause,
        place: &Place,
        delivery: &Delivery,
    ) -> Result<(), Error> {
        let Some(due) = delivery.due_at else { return Ok(()) };
        let user = delivery.user_id;
        let (key, place, fact) = if delivery.digest {
            let place =
                Place { subject: subject::inbox(user), organization: None, ..place.clone() };
            let fact = Fact::new(&NotificationDigestDue { user_id: user, due_at: due })?;
            (timers::digest(user, due), place, fact)
        } else {
            let id = delivery.notification_id;
            let fact = Fact::new(&NotificationDeliveryDue { notification_id: id })?;
            (format!("notification-delivery/{id}"), place.clone(), fact)
        };
        commit.timers.extend(self.timer(key, due, (&place, cause), fact));
        Ok(())
    }
}

/// The delivery by e-mail: pending at once, or when it is not held back any more.
fn delivery(
    kind: NotificationKind,
    recipient: &Recipient,
    notification: &Notification,
) -> Delivery {
    let now = notification.created_at;
    let preferences = &recipient.preferences;
    let wanted = preferences.wants_email(kind);
    let (outcome, reason) = if wanted {
        (DeliveryOutcome::Pending, None)
    } else {
        let why = "the person does not want it by e-mail";
        (DeliveryOutcome::Suppressed, Some(why.to_owned()))
    };
    let held_back = || preferences.held_back(now, &recipient.user.timezone);
    Delivery {
        notification_id: notification.id,
        user_id: notification.user_id,
        organization_id: notification.organization_id,
        channel: Channel::Email,
        outcome,
        reason,
        attempts: 0,
        due_at: wanted.then(held_back).flatten(),
        digest: wanted && preferences.digest.is_some(),
        template_error: None,
        created_at: now,
        updated_at: now,
    }
}
