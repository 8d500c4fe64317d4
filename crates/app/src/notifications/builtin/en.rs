//! English.

use rishi_domain::notification::NotificationKind as Kind;

pub(super) const fn texts(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BookingCreated => (
            "New Booking Created",
            "A new {{ booking.operationType | word }} booking \"{{ booking.title }}\" has been created",
        ),
        Kind::BookingStatusChanged => (
            "Booking {{ to | word }}",
            "\"{{ booking.title }}\" on {{ booking.start | time }} went from {{ from | word }} to \
             {{ to | word }}.{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::BookingApproved => (
            "Booking approved",
            "\"{{ booking.title }}\" on {{ booking.start | time }} was approved.",
        ),
        Kind::BookingCancelled => (
            "Booking cancelled",
            "\"{{ booking.title }}\" on {{ booking.start | time }} was cancelled (impact: \
             {{ impact | word }}).{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::BookingConfirmed => (
            "Booking confirmed",
            "\"{{ booking.title }}\" is confirmed: {{ booking.start | time }} to \
             {{ booking.end | time }}.",
        ),
        Kind::BookingReminder => (
            "Reminder: {{ booking.title }}",
            "\"{{ booking.title }}\" begins in {{ hours }} {{ 'hour' if hours == 1 else 'hours' }}: \
             {{ booking.start | time }}.",
        ),
        Kind::CompletionSummary => (
            "Booking completed",
            "\"{{ booking.title }}\" is completed: {{ staffCount }} staff, {{ workedHours }} hours\
             {% if actualCost is defined %}, {{ actualCost }}{% endif %}.",
        ),
        Kind::ApprovalWaiting => (
            "Booking waits for approval",
            "\"{{ booking.title }}\" on {{ booking.start | time }} has waited for approval for \
             {{ hours }} hours.",
        ),
        Kind::StaffAssigned => (
            "You have a new assignment",
            "You were assigned to \"{{ booking.title }}\" as {{ role }}: \
             {{ booking.start | time }} to {{ booking.end | time }}. Please accept or decline.",
        ),
        Kind::StaffReleased => (
            "Assignment taken back",
            "You are no longer assigned to \"{{ booking.title }}\" on {{ booking.start | time }}.",
        ),
        Kind::AutoAssignmentFailed => (
            "No team found",
            "Nobody could be assigned automatically to \"{{ booking.title }}\" on \
             {{ booking.start | time }}: {{ reasons | join('; ') }}.",
        ),
        Kind::NoShow => (
            "{{ staff }} did not come",
            "{{ staff }} ({{ role }}) has not checked in to \"{{ booking.title }}\", which began \
             {{ booking.start | time }}.",
        ),
        Kind::CertificationExpiring => (
            "Certification ends soon",
            "The certification of {{ staff }} for {{ skill }} ({{ issuer }}) ends on \
             {{ expiresOn | date }}, in {{ days }} {{ 'day' if days == 1 else 'days' }}.",
        ),
        Kind::LeaveRequested => (
            "Leave requested",
            "{{ staff }} asks for leave from {{ leave.start | time }} to {{ leave.end | time }}.",
        ),
        Kind::LeaveDecided => (
            "Leave {{ decision | word }}",
            "Your leave from {{ leave.start | time }} to {{ leave.end | time }} was \
             {{ decision | word }}.{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::WebhookDisabled => (
            "Webhook disabled",
            "The webhook endpoint {{ url }} is no longer called: {% if reason == \"gone\" %}it answers that \
             it is gone for good{% else %}nothing could be delivered for five days{% endif %}.",
        ),
    }
}
