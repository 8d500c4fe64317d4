//! What a text is filled with: named values, as templates see them.
//!
//! [`sample`] has for each kind all that its templates may name. Built-in templates are held to it by a
//! test, those of an organization when they are put, so a policy that tells of a kind gives what its
//! sample has. What [`optional`] names may be missing.

use rishi_domain::booking::{Booking, OperationType, Priority};
use rishi_domain::notification::NotificationKind;
use serde_json::{Map, Value, json};

/// Named values: texts, numbers, instants as RFC 3339.
#[derive(Debug, Clone, Default)]
pub struct Facts(Map<String, Value>);

impl Facts {
    /// What there is to say of a booking, as `booking`.
    pub fn of_booking(booking: &Booking) -> Self {
        let told = json!({
            "id": booking.id,
            "title": booking.title,
            "operationType": booking.operation_type,
            "priority": booking.priority,
            "status": booking.status,
            "start": booking.scheduled_start,
            "end": booking.scheduled_end,
            "timezone": booking.timezone,
        });
        Self::default().with("booking", told)
    }

    /// The same with another value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same with another value, if there is one.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// All of them.
    pub fn values(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// What may be missing of what the templates of a kind may name.
pub fn optional(kind: NotificationKind) -> &'static [&'static str] {
    use NotificationKind as Kind;
    match kind {
        Kind::BookingStatusChanged | Kind::BookingCancelled | Kind::LeaveDecided => &["notes"],
        Kind::CompletionSummary => &["actualCost"],
        _ => &[],
    }
}

/// The same as [`sample`] without what may be missing.
pub fn bare(kind: NotificationKind) -> Facts {
    let Facts(mut values) = sample(kind);
    values.retain(|name, _| !optional(kind).contains(&name.as_str()));
    Facts(values)
}

/// An example of all that the templates of a kind may name.
pub fn sample(kind: NotificationKind) -> Facts {
    use NotificationKind as Kind;
    let booking = || {
        Facts::default().with(
            "booking",
            json!({
                "id": "019f1d8a-9800-7000-8000-000000000004",
                "title": "Tasting at the dispensary",
                "operationType": OperationType::Retail,
                "priority": Priority::High,
                "status": "approved",
                "start": "2026-07-03T12:00:00Z",
                "end": "2026-07-03T17:30:00Z",
                "timezone": "America/Denver",
            }),
        )
    };
    match kind {
        Kind::BookingCreated | Kind::BookingApproved | Kind::BookingConfirmed => booking(),
        Kind::BookingStatusChanged => booking()
            .with("from", "approved")
            .with("to", "on_hold")
            .with("notes", "The delivery is late."),
        Kind::BookingCancelled => {
            booking().with("impact", "high").with("notes", "The venue is closed.")
        }
        Kind::BookingReminder => booking().with("hours", 24),
        Kind::CompletionSummary => booking()
            .with("staffCount", 3)
            .with("workedHours", 16.5)
            .with("actualCost", "1199.00 USD"),
        Kind::ApprovalWaiting => booking().with("hours", 48),
        Kind::StaffAssigned | Kind::StaffReleased => booking().with("role", "host"),
        Kind::AutoAssignmentFailed => {
            booking().with("reasons", json!(["host: 1 of 2 places", "nobody covers: sales"]))
        }
        Kind::NoShow => booking().with("staff", "Grace Hopper").with("role", "host"),
        Kind::CertificationExpiring => Facts::default()
            .with("staff", "Grace Hopper")
            .with("skill", "budtender")
            .with("issuer", "State of Colorado")
            .with("expiresOn", "2026-07-31")
            .with("days", 30),
        Kind::LeaveRequested | Kind::LeaveDecided => {
            let leave = json!({
                "title": "Summer", "start": "2026-07-20T06:00:00Z", "end": "2026-07-27T06:00:00Z",
            });
            let told = Facts::default().with("staff", "Grace Hopper").with("leave", leave);
            match kind {
                Kind::LeaveDecided => told.with("decision", "approved").with("notes", "Enjoy it!"),
                _ => told,
            }
        }
        Kind::WebhookDisabled => {
            Facts::default().with("url", "hooks.example.com").with("reason", "failing")
        }
    }
}
