//! Addresses that refuse for good: counted from what became of mails, and told good again by people.
//!
//! The count is a policy's, so each mail counts once however often its record was tried to be written.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{self, NotificationDeliveryConcluded, Payload, told_from};
use rishi_domain::id::UserId;
use rishi_domain::notification::{DeliveryOutcome, MailStanding, Refused, refused, reset, taken};
use rishi_domain::permission::Capability;
use rishi_domain::user::User;

use super::SOURCE;
use crate::auth::{Caller, Principal};
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::policies::failed;
use crate::scope::Scope;
use crate::{App, Commit, Error};

struct CountRefusals(App);

/// Counts permanent failures in a row of each address.
pub(crate) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("mail-addresses").on_type(NotificationDeliveryConcluded::TYPE);
    Subscription::policy(spec, CountRefusals(app))
}

#[async_trait]
impl Policy<Commit> for CountRefusals {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let concluded: NotificationDeliveryConcluded =
            event::read(event.schema_version, &event.data).map_err(failed)?;
        let bounced = match concluded.outcome {
            DeliveryOutcome::Bounced => true,
            DeliveryOutcome::Sent => false,
            _ => return Ok(None),
        };
        let found = app.store.user(&Scope::system(), concluded.user_id).await.map_err(failed)?;
        let Some(user) = found else { return Ok(None) };
        let before = app.standing_of(&user).await.map_err(failed)?;
        let (after, facts) = if bounced {
            let refusal = Refused {
                cause: event.causation_id.unwrap_or(event.id),
                reason: concluded.reason.as_deref(),
                at: event.timestamp,
            };
            let counted = refused(&before, &refusal).map_err(failed)?;
            let Some(counted) = counted else { return Ok(None) };
            counted
        } else {
            let Some(after) = taken(&before) else { return Ok(None) };
            (after, Vec::new())
        };
        let place = Place {
            source: SOURCE,
            subject: subject::user(user.id),
            organization: event.organization_id.map(Into::into),
        };
        Ok(Some(Commit {
            changes: vec![Change::MailStanding(Box::new(after))],
            events: app.tell(&place, &Cause::from(event), app.now(), facts),
            ..Commit::default()
        }))
    }
}

impl App {
    /// How the address stands that a person has now.
    pub(super) async fn standing_of(&self, user: &User) -> Result<MailStanding, Error> {
        let found = self.store.mail_standing(user.id).await?;
        let standing = found.unwrap_or_else(|| MailStanding::unknown(user.id, &user.email));
        Ok(standing.of_address(&user.email))
    }

    /// How the address stands of a person whom the caller may see.
    pub async fn mail_standing(
        &self,
        principal: &Principal,
        id: UserId,
    ) -> Result<MailStanding, Error> {
        let user = self.user(principal, id).await?;
        self.standing_of(&user).await
    }

    /// Says that the address of a person whom the caller may change, or one's own, is good again.
    pub async fn reset_mail_standing(
        &self,
        caller: &Caller,
        id: UserId,
        reply: fn(&MailStanding) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let user = self.user(principal, id).await?;
        let memberships = self.store.memberships(id).await?;
        if id != principal.user_id() && !self.may_change(principal, &memberships).await? {
            return Err(Error::Forbidden("change this person"));
        }
        let before = self.standing_of(&user).await?;
        let Some(decision) = reset(&before)? else { return reply(&before) };
        let account = self.store.account(&user.email).await?;
        let place = Place {
            source: SOURCE,
            subject: subject::user(id),
            organization: account.and_then(|account| account.home()),
        };
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = Commit {
            events: self.tell(&place, &Cause::from(caller), self.now(), facts),
            changes: vec![Change::MailStanding(Box::new(decision.state.clone()))],
            ..Commit::default()
        };
        let answer = reply(&decision.state)?;
        self.finish(caller, Capability::ReadUsers, commit, answer, false).await
    }
}
