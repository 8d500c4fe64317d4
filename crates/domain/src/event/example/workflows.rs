//! Examples of what the platform sets going by itself.

use jiff::SignedDuration;
use jiff::civil::date;

use super::assignments::{completed, with_name};
use super::{CHANGED, END, NOON, START, booking_in, id};
use crate::booking::{Booking, BookingStatus};
use crate::event::{
    AssignmentNoShowDue, AutoStaffAssignmentRequired, BookingApprovalOverdue,
    BookingAutoConfirmationRequired, BookingReminderDue, BookingSettled, CertificationExpiryDue,
    Example, Expiring,
};
use crate::money::Money;

impl Example for AutoStaffAssignmentRequired {
    fn example() -> Self {
        Self { booking: booking_in(BookingStatus::Approved, 3), requested_by: id(5) }
    }
}

impl Example for BookingAutoConfirmationRequired {
    fn example() -> Self {
        Self { booking: booking_in(BookingStatus::Approved, 4), requested_by: id(5) }
    }
}

impl Example for BookingReminderDue {
    fn example() -> Self {
        Self { booking_id: id(4), hours_before: 24, scheduled_start: START }
    }
}

impl Example for BookingApprovalOverdue {
    fn example() -> Self {
        Self { booking_id: id(4), submitted_at: CHANGED }
    }
}

impl Example for AssignmentNoShowDue {
    fn example() -> Self {
        Self { booking_id: id(4), assignment_id: id(11), staff_id: id(9), scheduled_start: START }
    }
}

impl Example for BookingSettled {
    fn example() -> Self {
        let actual_cost = Some(Money::from_minor(15_913));
        let over =
            Booking { actual_cost, updated_at: END, ..booking_in(BookingStatus::Completed, 10) };
        Self {
            booking_id: id(4),
            assignments: vec![with_name(completed())],
            cost_is_partial: false,
            settled_for: id(5),
            booking: over,
        }
    }
}

impl Example for CertificationExpiryDue {
    fn example() -> Self {
        Self {
            user_id: id(9),
            due_at: jiff::Timestamp::constant(NOON, 0) + SignedDuration::from_hours(3),
            expiring: vec![Expiring {
                skill: "budtender".to_owned(),
                issuer: "State of Colorado".to_owned(),
                expires_on: date(2026, 7, 8),
                days_left: 7,
            }],
        }
    }
}
