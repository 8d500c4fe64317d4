//! How a notification reaches a person outside the inbox.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{NotificationId, OrganizationId, UserId};

words! {
    /// A way of telling beside the inbox.
    pub enum Channel {
        /// By e-mail.
        Email = "email",
    }
}

words! {
    /// What became of telling somebody by one way.
    pub enum DeliveryOutcome {
        /// It is still to be sent, or to be tried again.
        Pending = "pending",
        /// It was handed over.
        Sent = "sent",
        /// It could not be handed over in the time that there was.
        Failed = "failed",
        /// The receiving side refused it for good.
        Bounced = "bounced",
        /// It was not sent, on purpose.
        Suppressed = "suppressed",
    }
}

/// A notification on its way by one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationDelivery")]
pub struct Delivery {
    /// Which notification.
    pub notification_id: NotificationId,
    /// To whom.
    pub user_id: UserId,
    /// On whose behalf.
    pub organization_id: OrganizationId,
    /// By which way.
    pub channel: Channel,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// Why it was refused, suppressed or has not succeeded yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this: the person's quiet hours end then, or it is the time of the daily mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Whether it goes with others, in the person's daily mail.
    pub digest: bool,
    /// Why the organization's own template could not be filled in, so that the built-in text was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_error: Option<String>,
    /// When the notification was made.
    pub created_at: Timestamp,
    /// When something last became of it.
    pub updated_at: Timestamp,
}
