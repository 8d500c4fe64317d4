//! Telling people: what a policy puts into its commit.

use rishi_bus::{Envelope, Subject};
use rishi_domain::event::{Fact, NotificationCreated};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{Notification, NotificationKind};
use rishi_domain::user::User;

use super::facts::Facts;
use super::language::Language;
use super::text::{self, Reader};
use crate::commit::Change;
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/notifications";

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
                name: &recipient.display_name,
                locale: &recipient.locale,
                timezone: &recipient.timezone,
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
        recipient: &User,
        reader: &Reader<'_>,
    ) -> Result<(), Error> {
        let rendered = text::built_in(notice.kind, &notice.facts, reader);
        let rendered = rendered.map_err(|error| Error::Internal(Box::new(error)))?;
        let (id, now): (NotificationId, _) = (self.ids.next(), self.now());
        let fact = Fact::new(&NotificationCreated {
            notification_id: id,
            user_id: recipient.id,
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
        commit.changes.push(Change::Notification(Box::new(Notification {
            id,
            user_id: recipient.id,
            organization_id: notice.organization,
            kind: notice.kind.as_str().to_owned(),
            title: rendered.title,
            message: rendered.message,
            related_entity_type: notice.about.kind().to_owned(),
            related_entity_id: notice.about.id(),
            read_at: None,
            created_at: now,
        })));
        Ok(())
    }
}
