//! The catalogue of event types: what may stand in the log, and in which shape.
//!
//! One macro names a payload, implements [`Payload`](super::Payload) for it and lists it, so that a
//! type of event cannot exist without a name, a version, a summary and a published schema.

use super::access::{
    ApiTokenRevoked, IdentityLinked, PasswordResetRequested, SessionRevoked, SignInFailed,
    SignInLinkCreated, SignInLinkMailConcluded, SignInLinkMailDue, SignInLinkUsed, SignedIn,
    SignedOut, Whence,
};
use super::assignments::{
    AssignmentStatusChanged, AutoStaffAssignmentFailed, StaffAssignedToBooking, StaffCheckedIn,
    StaffCheckedOut, StaffReleasedFromBooking,
};
use super::availability::{
    AvailabilityBlockCreated, AvailabilityBlockDeleted, AvailabilityBlockUpdated, LeaveApproved,
    LeaveRejected, LeaveRequested,
};
use super::bookings::{
    BookingApprovedNotificationRequired, BookingCompletionTasksRequired, BookingCreated,
    BookingStatusChanged, BookingUpdated,
};
use super::calendar::{CalendarFeedCreated, CalendarFeedRevoked};
use super::circuits::{CircuitClosed, CircuitForced, CircuitHalfOpened, CircuitOpened};
use super::denials::AccessDenied;
use super::exports::DataExported;
use super::notifications::{
    MailAddressReset, MailAddressUndeliverable, NotificationCreated, NotificationDeliveryConcluded,
    NotificationDeliveryDue, NotificationDigestDue, NotificationPreferencesUpdated,
    NotificationRead, NotificationTemplateReset, NotificationTemplateSet, NotificationsRead,
};
use super::people::{
    ApiTokenCreated, MembershipCreated, MembershipRemoved, MembershipUpdated, OrganizationCreated,
    OrganizationUpdated, PasswordChanged, UserCreated, UserUpdated,
};
use super::places::{LocationCreated, LocationUpdated};
use super::series::{BookingSeriesCancelled, BookingSeriesCreated, BookingSeriesUpdated};
use super::staff::{CertificationVerified, StaffProfileCreated, StaffProfileUpdated};
use super::system::{
    DeadLettersDiscarded, DeadLettersRedriven, EventsRetained, SubscriptionForgotten,
    SubscriptionPaused, SubscriptionReplayed, SubscriptionResumed, SubscriptionsSwapped,
};
use super::webhooks::{
    WebhookDeliveryResent, WebhookEndpointCreated, WebhookEndpointDeleted, WebhookEndpointDisabled,
    WebhookEndpointUpdated, WebhookReplayRequested, WebhookSecretRotated, WebhookTestSent,
};
use super::workflows::{
    AssignmentNoShowDue, AutoStaffAssignmentRequired, BookingApprovalOverdue,
    BookingAutoConfirmationRequired, BookingReminderDue, BookingSettled, CertificationExpiryDue,
};
use crate::assignment::AssignmentFigures;
use crate::booking::{CreationFigures, StatusChangeFigures};

catalogue! {
    /// Every type of event, in the order of the documentation.
    pub static CATALOGUE in "golden";

    BookingCreated = "BOOKING_CREATED", 1, "A booking was created as a draft.",
        on "booking", with CreationFigures;
    BookingUpdated = "BOOKING_UPDATED", 1, "Fields of a booking were changed.", on "booking";
    BookingStatusChanged = "BOOKING_STATUS_CHANGED", 1, "A booking took a step in its life.",
        on "booking", with StatusChangeFigures;
    BookingApprovedNotificationRequired = "BOOKING_APPROVED_NOTIFICATION_REQUIRED", 1,
        "A booking was approved, and those concerned are to be told.", on "booking";
    BookingCompletionTasksRequired = "BOOKING_COMPLETION_TASKS_REQUIRED", 1,
        "A booking was completed, and its assignments and costs are to be settled.", on "booking";
    BookingSettled = "BOOKING_SETTLED", 1,
        "What was left of a booking that is over was settled.", on "booking";
    BookingApprovalOverdue = "BOOKING_APPROVAL_OVERDUE", 1,
        "A booking has waited long for its approval.", on "booking";
    BookingReminderDue = "BOOKING_REMINDER_DUE", 1, "A booking begins soon.", on "booking";
    BookingSeriesCreated = "BOOKING_SERIES_CREATED", 1,
        "Bookings that recur were made, or a part of a series became one of its own.", on "series";
    BookingSeriesUpdated = "BOOKING_SERIES_UPDATED", 1,
        "Bookings of a series were changed together, or it was parted.", on "series";
    BookingSeriesCancelled = "BOOKING_SERIES_CANCELLED", 1,
        "Bookings of a series were cancelled together.", on "series";
    StaffAssignedToBooking = "STAFF_ASSIGNED_TO_BOOKING", 1, "Staff was assigned to a booking.",
        on "booking", with AssignmentFigures;
    StaffReleasedFromBooking = "STAFF_RELEASED_FROM_BOOKING", 1, "Assignments were taken back.",
        on "booking";
    AssignmentStatusChanged = "ASSIGNMENT_STATUS_CHANGED", 1,
        "An assignment was accepted or declined, or nobody came.", on "booking";
    AutoStaffAssignmentRequired = "AUTO_STAFF_ASSIGNMENT_REQUIRED", 1,
        "The open places of a booking are to be filled by the best team.", on "booking";
    AutoStaffAssignmentFailed = "AUTO_STAFF_ASSIGNMENT_FAILED", 1,
        "No team fills every place, so nobody was assigned automatically.", on "booking";
    BookingAutoConfirmationRequired = "BOOKING_AUTO_CONFIRMATION_REQUIRED", 1,
        "An approved booking has the people it needs and is to be confirmed.", on "booking";
    AssignmentNoShowDue = "ASSIGNMENT_NO_SHOW_DUE", 1,
        "The time has come at which somebody should have checked in.", on "booking";
    StaffCheckedIn = "STAFF_CHECKED_IN", 1, "A staff member came.", on "booking";
    StaffCheckedOut = "STAFF_CHECKED_OUT", 1, "A staff member left, the work done.", on "booking";
    OrganizationCreated = "ORGANIZATION_CREATED", 1, "An organization was created.",
        on "organization", with Whence;
    OrganizationUpdated = "ORGANIZATION_UPDATED", 1, "Fields of an organization were changed.",
        on "organization", with Whence;
    UserCreated = "USER_CREATED", 1, "A person was added.", on "user", with Whence;
    UserUpdated = "USER_UPDATED", 1, "Fields of a person's record were changed.", on "user",
        with Whence;
    MembershipCreated = "MEMBERSHIP_CREATED", 1, "A person was given a role in an organization.",
        on "membership", with Whence;
    MembershipUpdated = "MEMBERSHIP_UPDATED", 1,
        "A person's role in an organization, or whom it serves, was changed.", on "membership",
        with Whence;
    MembershipRemoved = "MEMBERSHIP_REMOVED", 1,
        "A person's role in an organization was taken away.", on "membership", with Whence;
    LocationCreated = "LOCATION_CREATED", 1, "A location was created.", on "location";
    LocationUpdated = "LOCATION_UPDATED", 1, "Fields of a location were changed.", on "location";
    StaffProfileCreated = "STAFF_PROFILE_CREATED", 1, "A staff profile was made.", on "staff";
    StaffProfileUpdated = "STAFF_PROFILE_UPDATED", 1, "Fields of a staff profile were changed.",
        on "staff";
    CertificationVerified = "CERTIFICATION_VERIFIED", 1,
        "Somebody has seen the paper that proves a skill.", on "staff";
    CertificationExpiryDue = "CERTIFICATION_EXPIRY_DUE", 1,
        "Certifications of a staff member end soon.", on "staff";
    AvailabilityBlockCreated = "AVAILABILITY_BLOCK_CREATED", 1,
        "Somebody declared when they can work, or cannot.", on "availability";
    AvailabilityBlockUpdated = "AVAILABILITY_BLOCK_UPDATED", 1,
        "Somebody changed a declaration.", on "availability";
    AvailabilityBlockDeleted = "AVAILABILITY_BLOCK_DELETED", 1,
        "Somebody took a declaration back.", on "availability";
    LeaveRequested = "LEAVE_REQUESTED", 1, "Somebody asked for leave.", on "availability";
    LeaveApproved = "LEAVE_APPROVED", 1, "A leave was granted.", on "availability";
    LeaveRejected = "LEAVE_REJECTED", 1, "A leave was not granted.", on "availability";
    NotificationCreated = "NOTIFICATION_CREATED", 1, "A person was told something.",
        on "notification";
    NotificationRead = "NOTIFICATION_READ", 1, "A person has read what they were told.",
        on "notification";
    NotificationsRead = "NOTIFICATIONS_READ", 1, "A person has read all that they were told.",
        on "inbox";
    NotificationPreferencesUpdated = "NOTIFICATION_PREFERENCES_UPDATED", 1,
        "A person said what they want to be told, and how.", on "preferences";
    NotificationDeliveryDue = "NOTIFICATION_DELIVERY_DUE", 1,
        "The quiet hours in which a notification was made are over.", on "notification";
    NotificationDeliveryConcluded = "NOTIFICATION_DELIVERY_CONCLUDED", 1,
        "It is decided whether a notification reached a person by one way.", on "notification";
    NotificationDigestDue = "NOTIFICATION_DIGEST_DUE", 1,
        "The time of a person's daily mail has come.", on "inbox";
    NotificationTemplateSet = "NOTIFICATION_TEMPLATE_SET", 1,
        "An organization set texts of its own for what people are told.", on "organization",
        with Whence;
    NotificationTemplateReset = "NOTIFICATION_TEMPLATE_RESET", 1,
        "An organization went back to the built-in texts for what people are told.",
        on "organization", with Whence;
    MailAddressUndeliverable = "MAIL_ADDRESS_UNDELIVERABLE", 1,
        "A person's address was refused so often that nothing is sent there any more.", on "user";
    MailAddressReset = "MAIL_ADDRESS_RESET", 1,
        "Somebody said that a person's address is good again.", on "user", with Whence;
    ApiTokenCreated = "API_TOKEN_CREATED", 1,
        "A program was given access on a person's behalf.", on "token", with Whence;
    ApiTokenRevoked = "API_TOKEN_REVOKED", 1, "A program lost its access.", on "token",
        with Whence;
    PasswordChanged = "PASSWORD_CHANGED", 1, "A person's password was set or changed.", on "user",
        with Whence;
    SignedIn = "SIGNED_IN", 1, "A person signed in, and a session began.", on "session",
        with Whence;
    SignInFailed = "SIGN_IN_FAILED", 1, "Somebody tried to sign in and was refused.", on "user",
        with Whence;
    SignedOut = "SIGNED_OUT", 1, "A person signed out, and the session ended.", on "session",
        with Whence;
    SessionRevoked = "SESSION_REVOKED", 1, "A person ended another of their own sessions.",
        on "session", with Whence;
    SignInLinkCreated = "SIGN_IN_LINK_CREATED", 1,
        "A person was given a one-time link to choose a password.", on "user", with Whence;
    SignInLinkUsed = "SIGN_IN_LINK_USED", 1, "A person chose a password by a one-time link.",
        on "user", with Whence;
    IdentityLinked = "IDENTITY_LINKED", 1, "An identity at a provider was found to be a person's.",
        on "user", with Whence;
    PasswordResetRequested = "PASSWORD_RESET_REQUESTED", 1,
        "Somebody asked for a link by mail to choose another password.", on "user", with Whence;
    SignInLinkMailDue = "SIGN_IN_LINK_MAIL_DUE", 1, "A one-time link is to be mailed.", on "user";
    SignInLinkMailConcluded = "SIGN_IN_LINK_MAIL_CONCLUDED", 1,
        "It is decided whether a one-time link was mailed.", on "user";
    AccessDenied = "ACCESS_DENIED", 1, "Requests were refused for want of a right.", on "user",
        with Whence;
    WebhookEndpointCreated = "WEBHOOK_ENDPOINT_CREATED", 1, "A webhook endpoint was made.",
        on "webhook", with Whence;
    WebhookEndpointUpdated = "WEBHOOK_ENDPOINT_UPDATED", 1,
        "Fields of a webhook endpoint were changed.", on "webhook", with Whence;
    WebhookEndpointDeleted = "WEBHOOK_ENDPOINT_DELETED", 1,
        "A webhook endpoint was removed, with what was still to be delivered.", on "webhook",
        with Whence;
    WebhookEndpointDisabled = "WEBHOOK_ENDPOINT_DISABLED", 1,
        "The platform disabled a webhook endpoint that is of no use.", on "webhook";
    WebhookSecretRotated = "WEBHOOK_SECRET_ROTATED", 1, "A webhook endpoint got another secret.",
        on "webhook", with Whence;
    WebhookTestSent = "WEBHOOK_TEST_SENT", 1,
        "Somebody wants to see whether a webhook endpoint hears anything.", on "webhook";
    WebhookDeliveryResent = "WEBHOOK_DELIVERY_RESENT", 1,
        "Somebody had an event delivered to a webhook endpoint once more.", on "webhook";
    WebhookReplayRequested = "WEBHOOK_REPLAY_REQUESTED", 1,
        "A consumer wants everything from a position on again.", on "webhook";
    CalendarFeedCreated = "CALENDAR_FEED_CREATED", 1,
        "A person had bookings shown to a calendar program.", on "calendar_feed", with Whence;
    CalendarFeedRevoked = "CALENDAR_FEED_REVOKED", 1,
        "The address of a calendar feed was made void.", on "calendar_feed", with Whence;
    DataExported = "DATA_EXPORTED", 1, "A person took data out of the platform.", on "export",
        with Whence;
    SubscriptionPaused = "SUBSCRIPTION_PAUSED", 1,
        "An operator told a subscription to take no more events.", on "system", with Whence;
    SubscriptionResumed = "SUBSCRIPTION_RESUMED", 1, "An operator told a subscription to go on.",
        on "system", with Whence;
    SubscriptionReplayed = "SUBSCRIPTION_REPLAYED", 1,
        "An operator told a subscription to handle events again.", on "system", with Whence;
    SubscriptionsSwapped = "SUBSCRIPTIONS_SWAPPED", 1,
        "An operator exchanged what two subscriptions had reached.", on "system", with Whence;
    SubscriptionForgotten = "SUBSCRIPTION_FORGOTTEN", 1,
        "An operator removed a subscription that the program no longer has.", on "system", with Whence;
    DeadLettersRedriven = "DEAD_LETTERS_REDRIVEN", 1,
        "An operator had dead letters tried again.", on "system", with Whence;
    DeadLettersDiscarded = "DEAD_LETTERS_DISCARDED", 1,
        "An operator gave dead letters up, for a reason.", on "system", with Whence;
    EventsRetained = "EVENTS_RETAINED", 1,
        "An operator removed the oldest events from the log.", on "system", with Whence;
    CircuitOpened = "CIRCUIT_OPENED", 1,
        "Something outside the platform is known to be down and is not asked.", on "system";
    CircuitHalfOpened = "CIRCUIT_HALF_OPENED", 1,
        "Something that was down is tried again with a few calls.", on "system";
    CircuitClosed = "CIRCUIT_CLOSED", 1, "Something that was down works again.", on "system";
    CircuitForced = "CIRCUIT_FORCED", 1,
        "An operator said who decides about a circuit.", on "system", with Whence;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_type_is_named_once_in_capitals() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|event| event.event_type).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{name}");
        }
    }

    #[test]
    fn every_payload_is_an_object_with_a_documented_shape() {
        for event in CATALOGUE {
            let document = event.schema_document(event.version).unwrap().unwrap();
            for part in ["data", "metadata"] {
                let Some(reference) = document["properties"].get(part) else { continue };
                let pointer = reference["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
                let schema = document.pointer(pointer).unwrap();
                assert_eq!(schema["type"], "object", "{}", event.event_type);
                assert!(schema["description"].is_string(), "{}", event.event_type);
                assert!(!schema["properties"].as_object().unwrap().is_empty(), "{schema:#}");
            }
        }
    }

    #[test]
    fn every_struct_of_the_event_files_is_in_the_catalogue() {
        // Implementations of `Payload` come from the macro alone, so a type of event without a row
        // would be a struct that nothing can record; find it by its name.
        let files = [
            include_str!("access.rs"),
            include_str!("assignments.rs"),
            include_str!("availability.rs"),
            include_str!("bookings.rs"),
            include_str!("calendar.rs"),
            include_str!("circuits.rs"),
            include_str!("denials.rs"),
            include_str!("exports.rs"),
            include_str!("notifications.rs"),
            include_str!("people.rs"),
            include_str!("places.rs"),
            include_str!("series.rs"),
            include_str!("staff.rs"),
            include_str!("system.rs"),
            include_str!("workflows.rs"),
            include_str!("webhooks.rs"),
        ];
        let parts = [
            "LocationRequirements",
            "Whence",
            "StaffBrief",
            "AssignedStaff",
            "Overridden",
            "LeaveConflict",
            "Expiring",
            "WebhookBrief",
        ];
        for line in files.iter().flat_map(|file| file.lines()) {
            let Some(name) = line.strip_prefix("pub struct ").and_then(|l| l.split(' ').next())
            else {
                continue;
            };
            let listed = CATALOGUE.iter().any(|event| screaming(name) == event.event_type);
            assert!(listed || parts.contains(&name), "{name} is in no row of the catalogue");
        }
    }

    fn screaming(name: &str) -> String {
        let mut words = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !words.is_empty() {
                words.push('_');
            }
            words.push(c.to_ascii_uppercase());
        }
        words
    }
}
