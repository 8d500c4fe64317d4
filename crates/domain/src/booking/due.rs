//! When something about a booking falls due: its reminders, the look for who has not come, and the
//! approval that it waits for.
//!
//! All of it follows from the booking and its organization's settings as they are when it is asked;
//! whoever sets timers by it asks again when the booking changes.

use jiff::{SignedDuration, Timestamp};

use super::{Booking, BookingStatus};
use crate::organization::OrganizationSettings;

/// A reminder of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// How many hours before the start.
    pub hours_before: u16,
    /// When that is.
    pub due: Timestamp,
}

/// Whether people are reminded of a booking in this status: it goes ahead and has not begun.
pub const fn reminds(status: BookingStatus) -> bool {
    matches!(status, BookingStatus::Approved | BookingStatus::Confirmed)
}

/// Whether staff are expected to come to a booking in this status.
pub const fn awaits_staff(status: BookingStatus) -> bool {
    reminds(status) || matches!(status, BookingStatus::InProgress)
}

/// The reminders of a booking: each number of hours of the setting once, in its order.
pub fn reminders(booking: &Booking, settings: &OrganizationSettings) -> Vec<Reminder> {
    let mut reminders: Vec<Reminder> = Vec::new();
    for hours in &settings.reminder_hours_before {
        if reminders.iter().all(|one| one.hours_before != *hours) {
            let before = SignedDuration::from_hours((*hours).into());
            let due = booking.scheduled_start.checked_sub(before).unwrap_or(Timestamp::MIN);
            reminders.push(Reminder { hours_before: *hours, due });
        }
    }
    reminders
}

/// From when on whoever has not checked in is missing.
pub fn missing_from(booking: &Booking, settings: &OrganizationSettings) -> Timestamp {
    let grace = SignedDuration::from_mins(settings.no_show_grace_minutes.into());
    booking.scheduled_start.checked_add(grace).unwrap_or(Timestamp::MAX)
}

/// When an approval that was asked for at `submitted_at` has waited too long: after the hours of the
/// setting, or half way to the start if that is earlier, so that there is time left to decide.
pub fn approval(
    booking: &Booking,
    submitted_at: Timestamp,
    settings: &OrganizationSettings,
) -> Timestamp {
    let wait = SignedDuration::from_hours(settings.approval_reminder_hours.into());
    let half = booking.scheduled_start.duration_since(submitted_at) / 2;
    let wait = wait.min(half.max(SignedDuration::ZERO));
    submitted_at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{booking, hours_from_now, now};

    fn settings(reminders: &[u16]) -> OrganizationSettings {
        OrganizationSettings {
            reminder_hours_before: reminders.to_vec(),
            ..OrganizationSettings::default()
        }
    }

    #[test]
    fn reminders_come_so_many_hours_before_the_start_each_once() {
        let booking = booking(BookingStatus::Approved);
        let found = reminders(&booking, &settings(&[24, 2, 24]));
        let expected = [(24, 0), (2, 22)].map(|(hours_before, from_now)| Reminder {
            hours_before,
            due: hours_from_now(from_now),
        });
        assert_eq!(found, expected);
        assert!(reminders(&booking, &settings(&[])).is_empty());
    }

    #[test]
    fn people_are_missing_when_the_grace_is_over() {
        let booking = booking(BookingStatus::Confirmed);
        let after = |minutes| OrganizationSettings {
            no_show_grace_minutes: minutes,
            ..OrganizationSettings::default()
        };
        assert_eq!(missing_from(&booking, &after(0)), booking.scheduled_start);
        let late = booking.scheduled_start + SignedDuration::from_mins(15);
        assert_eq!(missing_from(&booking, &after(15)), late);
    }

    #[test]
    fn an_approval_waits_its_hours_but_no_longer_than_half_way_to_the_start() {
        // It begins in 24 hours.
        let booking = booking(BookingStatus::PendingApproval);
        let hours = |hours| OrganizationSettings {
            approval_reminder_hours: hours,
            ..OrganizationSettings::default()
        };
        assert_eq!(approval(&booking, now(), &hours(10)), hours_from_now(10));
        assert_eq!(approval(&booking, now(), &hours(24)), hours_from_now(12));
        // Whoever submits when it has begun is reminded at once.
        let late = hours_from_now(30);
        assert_eq!(approval(&booking, late, &hours(24)), late);
    }

    #[test]
    fn who_is_reminded_and_who_is_awaited_depends_on_the_status() {
        use BookingStatus::{
            Approved, Cancelled, Completed, Confirmed, Draft, InProgress, OnHold, PendingApproval,
        };
        for status in [Approved, Confirmed] {
            assert!(reminds(status) && awaits_staff(status), "{status}");
        }
        assert!(!reminds(InProgress) && awaits_staff(InProgress));
        for status in [Draft, PendingApproval, OnHold, Completed, Cancelled] {
            assert!(!reminds(status) && !awaits_staff(status), "{status}");
        }
    }
}
