//! Who was told of what. The text itself is in the person's inbox, not in the log: an organization's
//! log is read by people who are not to read each other's messages.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{NotificationId, OrganizationId, UserId};
use crate::notification::{
    Channel, DeliveryOutcome, NotificationKind, NotificationPreferences, TemplateTexts,
};

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
    /// Why the organization's own template could not be filled in, so that the built-in text was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_error: Option<String>,
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

/// The time of a person's daily mail has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationDigestDue {
    /// Whose.
    pub user_id: UserId,
    /// It holds what was to go out until then.
    pub due_at: Timestamp,
}

/// An organization set texts of its own for what people are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationTemplateSet {
    /// Whose.
    pub organization_id: OrganizationId,
    /// For which kind.
    pub kind: NotificationKind,
    /// In which language.
    pub language: String,
    /// The texts, as templates.
    pub texts: TemplateTexts,
}

/// An organization went back to the built-in texts for what people are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationTemplateReset {
    /// Whose.
    pub organization_id: OrganizationId,
    /// For which kind.
    pub kind: NotificationKind,
    /// In which language.
    pub language: String,
}

/// A person's address was refused for good so often that nothing is sent there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailAddressUndeliverable {
    /// Whose.
    pub user_id: UserId,
    /// How often in a row.
    pub failures: u32,
    /// Why it was refused last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Somebody said that a person's address is good again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailAddressReset {
    /// Whose.
    pub user_id: UserId,
}
