//! Examples of what somebody was told that day.

use super::id;
use crate::event::{
    Example, MailAddressReset, MailAddressUndeliverable, NotificationCreated,
    NotificationDeliveryConcluded, NotificationDeliveryDue, NotificationDigestDue,
    NotificationPreferencesUpdated, NotificationRead, NotificationTemplateReset,
    NotificationTemplateSet, NotificationsRead,
};
use crate::notification::{
    Channel, DeliveryOutcome, Muted, NotificationKind, NotificationPreferences, QuietHours,
    TemplateTexts,
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
            template_error: None,
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
            digest: None,
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

impl Example for NotificationDigestDue {
    fn example() -> Self {
        Self { user_id: id(2), due_at: super::START }
    }
}

impl Example for NotificationTemplateSet {
    fn example() -> Self {
        let texts = TemplateTexts {
            title: "{{ booking.title }} is on".to_owned(),
            text: "See you at {{ booking.start | time }}.".to_owned(),
            html: Some("<p>See you at <b>{{ booking.start | time }}</b>.</p>".to_owned()),
        };
        let kind = NotificationKind::BookingConfirmed;
        Self { organization_id: id(1), kind, language: "en".to_owned(), texts }
    }
}

impl Example for NotificationTemplateReset {
    fn example() -> Self {
        let kind = NotificationKind::BookingConfirmed;
        Self { organization_id: id(1), kind, language: "en".to_owned() }
    }
}

impl Example for MailAddressUndeliverable {
    fn example() -> Self {
        let reason = Some("550 no such mailbox".to_owned());
        Self { user_id: id(2), failures: 3, reason }
    }
}

impl Example for MailAddressReset {
    fn example() -> Self {
        Self { user_id: id(2) }
    }
}
