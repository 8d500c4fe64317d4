//! Who was told of what. The text itself is in the person's inbox, not in the log: an organization's
//! log is read by people who are not to read each other's messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{NotificationId, UserId};
use crate::notification::{Channel, DeliveryOutcome, NotificationKind, NotificationPreferences};

/// A person was told something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationCreated {
    /// Which notification.
    pub notification_id: NotificationId,
    /// Who was told, and nobody else.
    pub user_id: UserId,
    /// What it tells of.
    pub kind: NotificationKind,
    /// The language that it was written in.
    pub language: String,
    /// What it is about, e.g. `booking`.
    pub related_entity_type: String,
    /// Which one.
    pub related_entity_id: Uuid,
}

/// A person has read what they were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRead {
    /// Which notification.
    pub notification_id: NotificationId,
    /// Who.
    pub user_id: UserId,
}

/// A person has read all that they were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationsRead {
    /// Who.
    pub user_id: UserId,
    /// Up to this one.
    pub through: NotificationId,
}

/// A person said what they want to be told, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPreferencesUpdated {
    /// All of it.
    pub preferences: NotificationPreferences,
}

/// The quiet hours in which a notification was made are over: it may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationDeliveryDue {
    /// Which notification.
    pub notification_id: NotificationId,
}

/// It is decided whether a notification reached a person by one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationDeliveryConcluded {
    /// Which notification.
    pub notification_id: NotificationId,
    /// To whom.
    pub user_id: UserId,
    /// By which way.
    pub channel: Channel,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// Why, if it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
}
