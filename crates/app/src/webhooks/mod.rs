//! Webhooks: an organization is told of its events at an address of its own (Standard Webhooks 1.0).
//!
//! Cast: one file per use case, named by its verb; `fan_out` is the policy that owes an event to the
//! endpoints that want it; [`Sender`] pays what is owed; [`Courier`] is who goes there;
//! [`WebhookQueries`] and [`WebhookChange`] are what they ask of an engine.
//!
//! Flow: event → `fan_out` (one row for each endpoint, exactly once) → the sender looks at what is due,
//! signs, sends, and writes down what came of it. A row is delivered, or waits for its next attempt, or
//! has failed for good; an operator at the other end sees all of them.
//!
//! Guarantee: an event that an enabled endpoint wants is delivered at least once under the event's id, or
//! its row says why not. An endpoint that hangs holds up nobody else: attempts are bounded by time, and
//! at once by endpoint, by organization and over all.

use rishi_domain::event::{Fact, told_from};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::Capability;
use rishi_domain::webhook::{WebhookEndpoint, WebhookStatus};

use crate::auth::{Caller, Principal, home};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Error};

mod courier;
mod create;
mod delete;
mod deliveries;
mod edit;
pub(crate) mod fan_out;
mod port;
mod read;
mod replay;
mod resend;
mod rotate;
mod secret;
mod sender;
mod test_event;

pub use courier::{Courier, NoCourier, Parcel, Reply, Unsent, hand_over};
pub use port::{
    Attempt, Delivery, DeliveryFilter, DeliveryStatus, Due, NewDelivery, Ready, Replay, Secrets,
    WebhookChange, WebhookQueries, WebhookRow, Work,
};
pub use secret::{WebhookSecret, opens};
pub use sender::{Sender, Slots};
pub use test_event::TestEvent;

const SOURCE: &str = "rishi/webhooks";

/// The most endpoints of one organization.
pub const MOST: u64 = 20;

impl App {
    /// The organization that the caller makes an endpoint for, or asks about.
    async fn integrated_organization(
        &self,
        principal: &Principal,
        named: Option<OrganizationId>,
    ) -> Result<Organization, Error> {
        let id = named.or_else(|| home(principal)).ok_or_else(|| {
            let message = "you are a member of several organizations; name one";
            Error::invalid("organizationId", "required", message)
        })?;
        let organization = self.organization(principal, id).await?;
        if !principal.may(Capability::ManageIntegrations, &organization, None, self.now()) {
            return Err(Error::Forbidden("set up webhooks for this organization"));
        }
        Ok(organization)
    }

    /// An endpoint with its organization, for a caller who manages that one's integrations.
    async fn managed_webhook(
        &self,
        principal: &Principal,
        id: WebhookId,
    ) -> Result<(WebhookEndpoint, Organization), Error> {
        let webhook = self.webhook(principal, id).await?;
        let organization =
            self.store.organization(&Scope::system(), webhook.organization_id).await?;
        let organization = organization.ok_or(Error::NotFound("organization"))?;
        if organization.status == OrganizationStatus::Suspended {
            return Err(Error::OrganizationSuspended);
        }
        Ok((webhook, organization))
    }

    /// The same, where something is to be sent to it.
    async fn told_webhook(
        &self,
        principal: &Principal,
        id: WebhookId,
    ) -> Result<WebhookEndpoint, Error> {
        let (webhook, _) = self.managed_webhook(principal, id).await?;
        match webhook.status {
            WebhookStatus::Enabled => Ok(webhook),
            WebhookStatus::Disabled => Err(Error::WebhookDisabled),
        }
    }

    /// Events about an endpoint that a caller brought about, from where.
    fn tell_of_webhook(
        &self,
        caller: &Caller,
        webhook: &WebhookEndpoint,
        facts: Vec<Fact>,
    ) -> Result<Vec<rishi_bus::NewEvent>, Error> {
        let facts = told_from(facts, &caller.whence)?;
        Ok(self.tell(&place(webhook), &Cause::from(caller), self.now(), facts))
    }
}

fn place(webhook: &WebhookEndpoint) -> Place {
    Place {
        source: SOURCE,
        subject: subject::webhook(webhook.id),
        organization: Some(webhook.organization_id),
    }
}
