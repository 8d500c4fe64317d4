//! Examples of what happens to assignments.

use jiff::SignedDuration;
use serde_json::json;

use super::{CHANGED, MADE, START, booking_in, id};
use crate::assignment::{Assignment, AssignmentFigures, AssignmentStatus, Presence};
use crate::booking::{Booking, BookingStatus};
use crate::event::{
    AssignedStaff, AssignmentStatusChanged, AutoStaffAssignmentFailed, Example, Overridden,
    StaffAssignedToBooking, StaffCheckedIn, StaffCheckedOut, StaffReleasedFromBooking,
};
use crate::money::Money;
use crate::staffing::check::{Code, Finding, Kind};
use crate::staffing::team::Unfilled;

fn assignment(status: AssignmentStatus, version: u64) -> Assignment {
    Assignment {
        id: id(11),
        booking_id: id(4),
        staff_id: id(9),
        role: "host".to_owned(),
        hourly_rate: Some(Money::from_minor(2_850)),
        special_requirements: vec!["black shirt".to_owned()],
        status,
        checked_in_at: None,
        checked_out_at: None,
        check_in: None,
        check_out: None,
        created_at: MADE,
        updated_at: CHANGED,
        version,
    }
}

fn on_site() -> Presence {
    Presence {
        recorded_at: START,
        latitude: Some(39.7391),
        longitude: Some(-104.9901),
        accuracy_meters: Some(12.5),
        distance_meters: Some(20.4),
        within_geofence: Some(true),
    }
}

pub(super) fn completed() -> Assignment {
    let left = START + SignedDuration::from_mins(335);
    Assignment {
        status: AssignmentStatus::Completed,
        checked_out_at: Some(left),
        check_out: Some(Presence { recorded_at: left, ..on_site() }),
        updated_at: left,
        version: 4,
        ..checked_in()
    }
}

fn checked_in() -> Assignment {
    Assignment {
        checked_in_at: Some(START - SignedDuration::from_mins(4)),
        check_in: Some(on_site()),
        updated_at: START,
        ..assignment(AssignmentStatus::CheckedIn, 3)
    }
}

pub(super) fn with_name(assignment: Assignment) -> AssignedStaff {
    AssignedStaff::new(assignment, "Kiara James".to_owned())
}

/// The booking at this version.
fn booking(status: BookingStatus, version: u64) -> Booking {
    Booking { requirements: Some(json!({ "dressCode": "black" })), ..booking_in(status, version) }
}

impl Example for StaffAssignedToBooking {
    fn example() -> Self {
        let finding = Finding {
            code: Code::AvailabilityUnknown,
            kind: Kind::Soft,
            message: "has declared nothing about at least a part of this time".to_owned(),
            shifts: Vec::new(),
        };
        Self {
            booking_id: id(4),
            assignments: vec![with_name(assignment(AssignmentStatus::Assigned, 1))],
            assigned_by: id(5),
            staff_count: 1,
            total_hourly_rate: Money::from_minor(2_850),
            skills_matched: vec!["budtender".to_owned(), "sales".to_owned()],
            override_reason: Some("She confirmed by telephone.".to_owned()),
            overridden: vec![Overridden { staff_id: id(9), finding }],
            booking: booking(BookingStatus::Approved, 4),
        }
    }
}

impl Example for AssignmentFigures {
    fn example() -> Self {
        Self {
            assignment_complexity: 3,
            estimated_total_cost: Money::from_minor(15_675),
            cost_is_partial: false,
        }
    }
}

impl Example for StaffReleasedFromBooking {
    fn example() -> Self {
        Self {
            booking_id: id(4),
            assignments: vec![with_name(assignment(AssignmentStatus::Released, 2))],
            released_by: id(5),
            reason: Some("The second host is not needed.".to_owned()),
            booking: booking(BookingStatus::Approved, 5),
        }
    }
}

impl Example for AssignmentStatusChanged {
    fn example() -> Self {
        Self {
            booking_id: id(4),
            old_status: AssignmentStatus::Assigned,
            new_status: AssignmentStatus::Confirmed,
            assignment: with_name(assignment(AssignmentStatus::Confirmed, 2)),
            changed_by: id(9),
            notes: Some("Gladly.".to_owned()),
            booking: booking(BookingStatus::Approved, 5),
        }
    }
}

impl Example for AutoStaffAssignmentFailed {
    fn example() -> Self {
        let reasons = [("availability_unknown", 2), ("skill_missing", 5)];
        let reasons = reasons.map(|(code, people)| (code.to_owned(), people));
        Self {
            booking_id: id(4),
            requested_by: id(5),
            unfilled: vec![Unfilled {
                role: "host".to_owned(),
                places: 1,
                reasons: reasons.into_iter().collect(),
            }],
            uncovered_skills: vec!["first aid".to_owned()],
        }
    }
}

impl Example for StaffCheckedIn {
    fn example() -> Self {
        Self {
            booking_id: id(4),
            assignment: with_name(checked_in()),
            checked_in_by: id(9),
            booking: booking(BookingStatus::InProgress, 7),
        }
    }
}

impl Example for StaffCheckedOut {
    fn example() -> Self {
        Self {
            booking_id: id(4),
            assignment: with_name(completed()),
            checked_out_by: id(9),
            worked_minutes: 339,
            booking: booking(BookingStatus::InProgress, 8),
        }
    }
}
