//! A person as the checks see one: with everything that speaks for and against.

use super::StaffProfile;
use crate::availability::Availability;
use crate::id::{BookingId, OrganizationId, UserId};
use crate::time::TimeRange;

/// A time at which a person works, or worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// On which booking.
    pub booking_id: BookingId,
    /// Whose booking it is.
    pub organization_id: OrganizationId,
    /// When.
    pub range: TimeRange,
    /// Whether it is still to come or going on; one that is over counts for rest and hours alone.
    pub live: bool,
}

/// How a person's assignments went so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reliability {
    /// How many were completed.
    pub completed: u32,
    /// How often the person did not come.
    pub no_shows: u32,
}

/// A person in question for a booking.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// The person's name.
    pub display_name: String,
    /// What is known of the person as a staff member; nothing for who is none.
    pub profile: Option<StaffProfile>,
    /// Whether the person may sign in and does field work for the booking's organization.
    pub serves: bool,
    /// The person's shifts in the weeks around the booking, those on it included.
    pub shifts: Vec<Shift>,
    /// What the person declared about the booking's time.
    pub availability: Availability,
    /// How the person's assignments went.
    pub reliability: Reliability,
}

impl Person {
    /// Somebody of whom nothing is known here.
    pub fn stranger(id: UserId) -> Self {
        Self {
            id,
            display_name: String::new(),
            profile: None,
            serves: false,
            shifts: Vec::new(),
            availability: Availability { parts: Vec::new() },
            reliability: Reliability::default(),
        }
    }
}
