//! `SIGN_IN_LINK_MAIL_DUE`: a one-time link is mailed to whom it lets in.
//!
//! The event names the link by its id alone; its secret is derived when the mail is written, the same at each
//! attempt, so what is sent again leads to the same link with the same `Message-ID`. A link that was used, has
//! expired or was followed by a newer one is not sent.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_bus::{
    CircuitGate, Effect, EffectOutcome, Envelope, OnDead, Subscription, SubscriptionSpec,
};
use rishi_domain::event::{self, Fact, Payload, SignInLinkMailConcluded, SignInLinkMailDue};
use rishi_domain::id::OrganizationId;
use rishi_domain::notification::DeliveryOutcome;
use rishi_domain::user::UserStatus;

use super::{SOURCE, address, derived};
use crate::events::{Cause, Place};
use crate::notifications::letter::{SignIn, sign_in};
use crate::notifications::mail::{Mail, Undelivered, outcome};
use crate::scope::Scope;
use crate::{App, Commit, Error};

/// Its name.
pub(crate) const NAME: &str = "sign-in-link-mail";

struct PostLink {
    app: App,
    mail: Mail,
}

/// One mail for each link that is to be mailed.
pub(crate) fn subscription(app: &App, mail: &Mail) -> Subscription<Commit> {
    let spec =
        SubscriptionSpec::new(NAME).on_type(SignInLinkMailDue::TYPE).on_dead(OnDead::Release);
    let gate = CircuitGate::new(Arc::clone(&mail.circuit), Arc::clone(&app.clock));
    Subscription::effect(spec, PostLink { app: app.clone(), mail: mail.clone() }).behind(gate)
}

#[async_trait]
impl Effect for PostLink {
    async fn run(&self, event: &Envelope, _key: &str) -> EffectOutcome {
        outcome(self.handle(event).await)
    }
}

impl PostLink {
    async fn handle(&self, event: &Envelope) -> Result<EffectOutcome, Error> {
        let due: SignInLinkMailDue = event::read(event.schema_version, &event.data)
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let app = &self.app;
        let secret = derived(&app.sealer, due.link_id)?;
        let found = app.store.link(&secret.digest()).await?;
        let Some((link, account)) = found else {
            let why = "the link was used, or was followed by a newer one";
            return self.conclude(event, &due, DeliveryOutcome::Suppressed, Some(why)).await;
        };
        if link.expires_at <= app.now() || account.user.status != UserStatus::Active {
            let why = "the link has expired, or the person is disabled";
            return self.conclude(event, &due, DeliveryOutcome::Suppressed, Some(why)).await;
        }
        let organization = self.organization(event.organization_id.map(OrganizationId)).await?;
        let letter = sign_in(&SignIn {
            id: due.link_id,
            made_at: link.created_at,
            expires_at: link.expires_at,
            purpose: link.purpose,
            address: address(&self.mail.base_url, &secret),
            user: &account.user,
            organization: &organization,
        });
        match self.mail.mailer.send(&letter).await {
            Ok(()) => self.conclude(event, &due, DeliveryOutcome::Sent, None).await,
            Err(Undelivered::Refused(why)) => {
                self.conclude(event, &due, DeliveryOutcome::Bounced, Some(&why)).await
            }
            Err(Undelivered::Rejected(reason)) => Ok(EffectOutcome::Reject { reason }),
            Err(Undelivered::Failed { why, after }) => {
                Ok(EffectOutcome::Retry { after, error: why.into() })
            }
            Err(Undelivered::Down(after)) => Ok(EffectOutcome::NotTried { after: Some(after) }),
        }
    }

    /// The name of the organization that the person belongs to; of the operator's, if it is not one alone.
    async fn organization(&self, home: Option<OrganizationId>) -> Result<String, Error> {
        let store = &self.app.store;
        let home = match home {
            Some(id) => store.organization(&Scope::system(), id).await?,
            None => store.internal_organization().await?,
        };
        Ok(home.ok_or(Error::NotFound("organization"))?.name)
    }

    /// Records what became of it; when that fails it is sent once more.
    async fn conclude(
        &self,
        event: &Envelope,
        due: &SignInLinkMailDue,
        outcome: DeliveryOutcome,
        reason: Option<&str>,
    ) -> Result<EffectOutcome, Error> {
        let fact = Fact::new(&SignInLinkMailConcluded {
            user_id: due.user_id,
            link_id: due.link_id,
            outcome,
            reason: reason.map(str::to_owned),
        })?;
        let place = Place {
            source: SOURCE,
            subject: event.subject.clone(),
            organization: event.organization_id.map(OrganizationId),
        };
        let (app, cause) = (&self.app, Cause::from(event));
        let events = app.tell(&place, &cause, app.now(), vec![fact]);
        app.run(Commit { events, ..Commit::default() }).await?;
        Ok(EffectOutcome::Done)
    }
}
