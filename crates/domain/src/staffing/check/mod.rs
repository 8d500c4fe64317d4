//! Whether a person fits a booking: every reason against it, each with a code.
//!
//! Hard reasons refuse; soft ones refuse unless somebody who may overrides them and says why. All are
//! found at once, so that whoever asks need not ask again after each.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::person::{Person, Shift};
use super::{StaffStatus, geo::Position};
use crate::availability::Standing;
use crate::booking::Booking;
use crate::location::Location;
use crate::organization::{OrganizationSettings, UnknownAvailability};

mod hours;
mod skills;

pub use hours::figure;
pub(super) use hours::{Limits, Period, periods};
pub use skills::{covered, matched, required, required_of};

words! {
    /// What speaks against a person on a booking.
    #[derive(PartialOrd, Ord)]
    pub enum Code {
        /// The booking is completed or cancelled.
        BookingClosed = "booking_closed",
        /// No active staff member that the organization may use.
        NotEligible = "not_eligible",
        /// On this booking already.
        AlreadyAssigned = "already_assigned",
        /// On another booking at the same time.
        DoubleBooked = "double_booked",
        /// On approved leave, or declared not to be available.
        Unavailable = "unavailable",
        /// A skill that the role requires is missing.
        SkillMissing = "skill_missing",
        /// A certification is missing, not verified, or does not hold until the booking ends.
        CertificationExpired = "certification_expired",
        /// A skill's level is below what the booking asks for.
        LevelTooLow = "level_too_low",
        /// Perhaps available, or nothing declared.
        AvailabilityUnknown = "availability_unknown",
        /// Too little rest before or after.
        RestTooShort = "rest_too_short",
        /// Too many hours on a day or in a week.
        HoursExceeded = "hours_exceeded",
        /// Farther from home than the person travels.
        TooFar = "too_far",
        /// At a location where the person does not work.
        BlockedLocation = "blocked_location",
    }
}

words! {
    /// Whether a reason can be overridden.
    pub enum Kind {
        /// It cannot.
        Hard = "hard",
        /// It can, for a reason.
        Soft = "soft",
    }
}

/// A reason against a person on a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// Whether it can be overridden.
    pub kind: Kind,
    /// One sentence for people.
    pub message: String,
    /// The shifts in the way. Whose they are is not for everybody to know, so they stand in no text.
    #[serde(skip)]
    pub shifts: Vec<Shift>,
}

impl Finding {
    fn hard(code: Code, message: impl Into<String>) -> Self {
        Self { code, kind: Kind::Hard, message: message.into(), shifts: Vec::new() }
    }

    fn soft(code: Code, message: impl Into<String>) -> Self {
        Self { kind: Kind::Soft, ..Self::hard(code, message) }
    }
}

/// What is to be done, as far as the checks must know it.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// The booking.
    pub booking: &'a Booking,
    /// Where it is.
    pub location: Option<&'a Location>,
    /// How its organization wants things handled.
    pub settings: &'a OrganizationSettings,
}

impl Work<'_> {
    /// The clocks that people there read.
    pub fn zone(&self) -> TimeZone {
        crate::time::zone(&self.booking.timezone).unwrap_or(TimeZone::UTC)
    }

    /// How far the person lives from the place in metres; nothing when either is unknown.
    pub fn meters_from_home(&self, person: &Person) -> Option<f64> {
        let home = person.profile.as_ref()?.home?;
        let there = self.location?;
        let there = Position { latitude: there.latitude?, longitude: there.longitude? };
        Some(home.meters_to(there))
    }
}

/// Everything that speaks against `person` in `role` on the work, in the order of the table.
pub fn check(work: &Work, person: &Person, role: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let status = work.booking.status;
    if status.is_final() {
        let message = format!("the booking is {status} and takes no more staff");
        findings.push(Finding::hard(Code::BookingClosed, message));
    }
    let profile = person.profile.as_ref().filter(|_| person.serves);
    let Some(profile) = profile.filter(|profile| profile.status == StaffStatus::Active) else {
        let message = "this is no active staff member whom this organization may use";
        findings.push(Finding::hard(Code::NotEligible, message));
        // Nothing more is said: who asks may not be meant to know the person at all.
        return findings;
    };
    findings.extend(taken(work, person));
    findings.extend(availability(work, person));
    findings.extend(skills::check(work, profile, role));
    findings.extend(hours::check(work, person, profile));
    if let (Some(most), Some(meters)) = (profile.max_travel_km, work.meters_from_home(person))
        && meters > f64::from(most) * 1_000.0
    {
        let message =
            format!("lives {:.1} km away and travels at most {most} km", meters / 1_000.0);
        findings.push(Finding::soft(Code::TooFar, message));
    }
    if work.booking.location_id.is_some_and(|id| profile.blocked_locations.contains(&id)) {
        let message = "does not work at this location";
        findings.push(Finding::soft(Code::BlockedLocation, message));
    }
    findings.sort_by_key(|finding| finding.code);
    findings
}

/// Live shifts on this booking, and at the same time on others.
fn taken(work: &Work, person: &Person) -> Vec<Finding> {
    let mut findings = Vec::new();
    let live = || person.shifts.iter().filter(|shift| shift.live);
    if live().any(|shift| shift.booking_id == work.booking.id) {
        let message = "is on this booking already";
        findings.push(Finding::hard(Code::AlreadyAssigned, message));
    }
    let range = work.booking.range();
    let elsewhere =
        |shift: &&Shift| shift.booking_id != work.booking.id && shift.range.overlaps(&range);
    let shifts: Vec<Shift> = live().filter(elsewhere).copied().collect();
    if !shifts.is_empty() {
        let message = "is assigned to another booking at the same time";
        findings.push(Finding { shifts, ..Finding::hard(Code::DoubleBooked, message) });
    }
    findings
}

fn availability(work: &Work, person: &Person) -> Option<Finding> {
    let declared = &person.availability;
    if declared.includes(Standing::Unavailable) {
        let message = "is on leave or not available in at least a part of this time";
        return Some(Finding::hard(Code::Unavailable, message));
    }
    let undeclared = declared.includes(Standing::Undeclared);
    let nothing = "has declared nothing about at least a part of this time";
    let code = Code::AvailabilityUnknown;
    match work.settings.unknown_availability {
        UnknownAvailability::Refuse if undeclared => Some(Finding::hard(code, nothing)),
        _ if declared.includes(Standing::Tentative) => {
            Some(Finding::soft(code, "is perhaps available in at least a part of this time"))
        }
        UnknownAvailability::Warn if undeclared => Some(Finding::soft(code, nothing)),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
