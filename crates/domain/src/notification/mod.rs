//! What a person is told in the inbox.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{NotificationId, OrganizationId, UserId};

mod delivery;
mod kind;
mod preferences;
mod standing;
mod template;

pub use delivery::{Channel, Delivery, DeliveryOutcome};
pub use kind::NotificationKind;
pub use preferences::{
    Digest, Muted, NotificationPreferences, PutPreferences, QuietHours, put_preferences,
};
pub use standing::{MailStanding, PERMANENT_FAILURES_MAX, Refused, refused, reset, taken};
pub use template::{
    HTML_TEMPLATE_MAX, NotificationTemplate, TEXT_TEMPLATE_MAX, TITLE_TEMPLATE_MAX, TemplateTexts,
    is_template_language, put_template, reset_template,
};

/// A message in a person's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Who is told.
    pub user_id: UserId,
    /// On whose behalf.
    pub organization_id: OrganizationId,
    /// Its kind, e.g. `booking_created`.
    #[serde(rename = "type")]
    #[schemars(with = "NotificationKind")]
    pub kind: String,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// What it is about, e.g. `booking`.
    pub related_entity_type: String,
    /// Which one.
    pub related_entity_id: Uuid,
    /// When it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}
