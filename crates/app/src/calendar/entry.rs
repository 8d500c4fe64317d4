//! A booking as a calendar shows it: VEVENT (RFC 5545, section 3.6.1).
//!
//! Money is in none of them: a calendar is copied to places where nobody asks who may see it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::UserId;
use rishi_domain::time::{TimeRange, zone};

use super::CancelledShift;
use super::lines::Lines;
use super::zones::{local, utc};
use crate::bookings::BookingRecord;

/// Zones by name, with the time that is shown in each.
pub(super) type Zones = BTreeMap<String, (TimeZone, TimeRange)>;

/// Entries, and the zones whose clocks they name.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) lines: Lines,
    pub(super) zones: Zones,
    pub(super) count: u32,
}

/// What identifies an entry and tells its versions apart.
struct Identity<'b> {
    uid: String,
    version: u64,
    range: TimeRange,
    timezone: &'b str,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Entries {
    /// A booking; with what `me` is to do there, in a person's own calendar.
    pub(super) fn put(&mut self, record: &BookingRecord, me: Option<UserId>) {
        let booking = &record.booking;
        let there = record.location.as_ref().map(|location| location.timezone.as_str());
        self.begin(&Identity {
            uid: booking.id.to_string(),
            version: booking.version,
            range: booking.range(),
            timezone: there.unwrap_or(&booking.timezone),
            created_at: booking.created_at,
            updated_at: booking.updated_at,
        });
        self.lines.text("SUMMARY", &booking.title);
        if let Some(location) = &record.location {
            self.lines.text("LOCATION", &format!("{}, {}", location.name, location.city));
        }
        let roles = me.map(|me| roles(record, me)).unwrap_or_default();
        let said = [
            booking.description.clone(),
            (!roles.is_empty()).then(|| format!("Role: {}", roles.join(", "))),
            Some(format!("Status: {}", booking.status.as_str().replace('_', " "))),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        self.lines.text("DESCRIPTION", &said.join("\n\n"));
        self.lines.put("STATUS", status(booking.status));
        let free = booking.status == BookingStatus::Cancelled;
        self.lines.put("TRANSP", if free { "TRANSPARENT" } else { "OPAQUE" });
        self.lines.put("END", "VEVENT");
        self.count += 1;
    }

    /// A booking that was cancelled and is not the reader's any more.
    pub(super) fn strike(&mut self, shift: &CancelledShift) {
        self.begin(&Identity {
            uid: shift.booking_id.to_string(),
            version: shift.version,
            range: shift.range,
            timezone: &shift.timezone,
            created_at: shift.created_at,
            updated_at: shift.updated_at,
        });
        self.lines.text("SUMMARY", "Cancelled");
        self.lines.put("STATUS", "CANCELLED");
        self.lines.put("TRANSP", "TRANSPARENT");
        self.lines.put("END", "VEVENT");
        self.count += 1;
    }

    fn begin(&mut self, one: &Identity) {
        self.lines.put("BEGIN", "VEVENT");
        self.lines.put("UID", &one.uid);
        // Without METHOD this is when the entry was last revised (section 3.8.7.2), so that a calendar
        // in which nothing has changed is the same text.
        self.lines.put("DTSTAMP", utc(one.updated_at));
        self.lines.put("CREATED", utc(one.created_at));
        self.lines.put("LAST-MODIFIED", utc(one.updated_at));
        self.lines.put("SEQUENCE", one.version.saturating_sub(1));
        let TimeRange { start, end } = one.range;
        // Whole seconds are all there are, and an end that is no later than its start is none.
        let start = seconds(start);
        let end = seconds(end).max(start + SignedDuration::from_secs(1));
        self.moment("DTSTART", start, one.timezone);
        self.moment("DTEND", end, one.timezone);
    }

    /// An instant on the clock of a zone. A time that the clock shows twice means the first of the two
    /// (section 3.3.5), so the second one is written in UTC.
    fn moment(&mut self, name: &str, instant: Timestamp, timezone: &str) {
        let clock = zone(timezone).filter(|_| timezone != "UTC").and_then(|zone| {
            let shown = zone.to_datetime(instant);
            let means = zone.to_ambiguous_timestamp(shown).compatible().ok()?;
            (means == instant).then_some((zone, shown))
        });
        let Some((zone, shown)) = clock else {
            self.lines.put(name, utc(instant));
            return;
        };
        self.lines.put(&format!("{name};TZID={timezone}"), local(shown));
        let span = &mut self
            .zones
            .entry(timezone.to_owned())
            .or_insert((zone, TimeRange { start: instant, end: instant }))
            .1;
        span.start = span.start.min(instant);
        span.end = span.end.max(instant + SignedDuration::from_secs(1));
    }
}

fn seconds(instant: Timestamp) -> Timestamp {
    let floor = instant.as_microsecond().div_euclid(1_000_000);
    Timestamp::from_second(floor).unwrap_or(instant)
}

/// What a person is to do, or has done.
fn roles(record: &BookingRecord, me: UserId) -> Vec<&str> {
    let gone = [AssignmentStatus::Declined, AssignmentStatus::Released];
    let own = record.staff.iter().filter(|one| one.staff.id == me && !gone.contains(&one.status));
    own.map(|one| one.role.as_str()).collect()
}

fn status(status: BookingStatus) -> &'static str {
    match status {
        BookingStatus::Draft
        | BookingStatus::PendingApproval
        | BookingStatus::Approved
        | BookingStatus::OnHold => "TENTATIVE",
        BookingStatus::Confirmed | BookingStatus::InProgress | BookingStatus::Completed => {
            "CONFIRMED"
        }
        BookingStatus::Cancelled => "CANCELLED",
    }
}
