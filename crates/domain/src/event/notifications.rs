//! Who was told of what. The text itself is in the person's inbox, not in the log: an organization's
//! log is read by people who are not to read each other's messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{NotificationId, UserId};
use crate::notification::NotificationKind;

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
