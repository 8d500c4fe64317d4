//! Examples of what somebody was told that day.

use super::id;
use crate::event::{
    Example, NotificationCreated, NotificationDeliveryConcluded, NotificationDeliveryDue,
    NotificationPreferencesUpdated, NotificationRead, NotificationsRead,
};
use crate::notification::{
    Channel, DeliveryOutcome, Muted, NotificationKind, NotificationPreferences, QuietHours,
};

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

impl Example for NotificationRead {
    fn example() -> Self {
        Self { notification_id: id(13), user_id: id(2) }
    }
}

impl Example for NotificationsRead {
    fn example() -> Self {
        Self { user_id: id(2), through: id(13) }
    }
}

impl Example for NotificationPreferencesUpdated {
    fn example() -> Self {
        let (from, to) = (jiff::civil::time(22, 0, 0, 0), jiff::civil::time(7, 0, 0, 0));
        let preferences = NotificationPreferences {
            user_id: id(2),
            muted: Muted { in_app: Vec::new(), email: vec![NotificationKind::BookingCreated] },
            quiet_hours: Some(QuietHours { from, to }),
            version: 1,
        };
        Self { preferences }
    }
}

impl Example for NotificationDeliveryDue {
    fn example() -> Self {
        Self { notification_id: id(13) }
    }
}

impl Example for NotificationDeliveryConcluded {
    fn example() -> Self {
        Self {
            notification_id: id(13),
            user_id: id(2),
            channel: Channel::Email,
            outcome: DeliveryOutcome::Bounced,
            reason: Some("550 no such mailbox".to_owned()),
            attempts: 1,
        }
    }
}
