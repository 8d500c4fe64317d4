//! Examples of what somebody was told that day.

use super::id;
use crate::event::{Example, NotificationCreated};
use crate::notification::NotificationKind;

impl Example for NotificationCreated {
    fn example() -> Self {
        Self {
            notification_id: id(13),
            user_id: id(2),
            kind: NotificationKind::BookingApproved,
            language: "en".to_owned(),
            related_entity_type: "booking".to_owned(),
            related_entity_id: id(4),
        }
    }
}
