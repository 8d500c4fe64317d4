//! What people are told of.

words! {
    /// What a notification tells of. Templates and preferences are kept by it.
    #[derive(PartialOrd, Ord)]
    pub enum NotificationKind {
        /// Somebody drafted a booking.
        BookingCreated = "booking_created",
        /// A booking took a step that has no kind of its own.
        BookingStatusChanged = "booking_status_changed",
        /// A booking was approved.
        BookingApproved = "booking_approved",
        /// A booking was cancelled.
        BookingCancelled = "booking_cancelled",
        /// A booking has its place and its people.
        BookingConfirmed = "booking_confirmed",
        /// A booking is near.
        BookingReminder = "booking_reminder",
        /// A booking was completed: what it took.
        CompletionSummary = "completion_summary",
        /// A booking waits for somebody to approve it.
        ApprovalWaiting = "approval_waiting",
        /// The reader was assigned to a booking.
        StaffAssigned = "staff_assigned",
        /// The reader was taken off a booking.
        StaffReleased = "staff_released",
        /// No team could be found for a booking.
        AutoAssignmentFailed = "auto_assignment_failed",
        /// Somebody did not come.
        NoShow = "no_show",
        /// A certification ends soon.
        CertificationExpiring = "certification_expiring",
        /// Somebody asks for leave.
        LeaveRequested = "leave_requested",
        /// The reader's leave was granted or not.
        LeaveDecided = "leave_decided",
        /// A webhook endpoint failed for so long that it is no longer called.
        WebhookDisabled = "webhook_disabled",
    }
}
