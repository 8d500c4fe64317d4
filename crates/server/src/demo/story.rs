//! From a booking's fate to the steps that bring it there, each at its time.
//!
//! Steps before the start are spread evenly over the days before it (or before now), so that the
//! log reads as if people had taken them one after the other.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rishi_domain::booking::BookingStatus::{
    self, Approved, Cancelled, Completed, Confirmed, InProgress, OnHold, PendingApproval,
};

use super::content::{Content, Fate, Plan};
use crate::failure::Failure;

#[cfg(test)]
mod tests;

/// How long before now the demo begins.
pub(super) const PAST: SignedDuration = SignedDuration::from_hours(21 * 24);
/// How long before its start a booking is made.
const LEAD: SignedDuration = SignedDuration::from_hours(6 * 24);
/// How long ago what is underway has begun, rounded down to the hour.
const BEGUN: SignedDuration = SignedDuration::from_hours(2);

/// Something that happens.
#[derive(Debug)]
pub(super) struct Act<'a> {
    pub(super) at: Timestamp,
    /// Which booking, by its place in the content.
    pub(super) booking: usize,
    pub(super) plan: &'a Plan,
    pub(super) deed: Deed,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// It is booked for this time.
    Book(Timestamp, Timestamp),
    /// It moves on; the last step carries the plan's remark.
    Move { to: BookingStatus, last: bool },
    /// Its people are assigned, and accept.
    Staff,
}

/// All that happens until `now`, in order.
pub(super) fn acts(content: &Content, now: Timestamp) -> Result<Vec<Act<'_>>, Failure> {
    let mut acts = Vec::new();
    for (booking, plan) in content.bookings.iter().enumerate() {
        let zone = zone(content.organization(&plan.organization)?.create.timezone.as_deref())?;
        let (start, end) = times(plan, &zone, now)?;
        let minute = SignedDuration::from_mins(i64::try_from(booking).unwrap_or_default() + 1);
        let made = (start.min(now) - LEAD).max(now - PAST + minute);
        let before = before_start(plan.fate, start <= now);
        let share = made.duration_until(start.min(now))
            / i32::try_from(before.len() + 1).unwrap_or(i32::MAX);
        let mut steps: Vec<(Timestamp, BookingStatus)> =
            (1..).zip(before).map(|(nth, to)| (made + share * nth, *to)).collect();
        if takes_place(plan.fate) {
            steps.extend(
                [(start, InProgress), (end, Completed)].into_iter().filter(|(at, _)| *at <= now),
            );
        }
        let act = |at, deed| Act { at, booking, plan, deed };
        acts.push(act(made, Deed::Book(start, end)));
        // Halfway from the approval to what comes next.
        if before.get(1) == Some(&Approved) && !plan.assign.is_empty() {
            acts.push(act(made + share * 5 / 2, Deed::Staff));
        }
        let count = steps.len();
        let moves =
            (1..).zip(steps).map(|(nth, (at, to))| act(at, Deed::Move { to, last: nth == count }));
        acts.extend(moves);
    }
    acts.sort_by_key(|act| act.at);
    Ok(acts)
}

/// First instant, and first instant after.
fn times(plan: &Plan, zone: &TimeZone, now: Timestamp) -> Result<(Timestamp, Timestamp), Failure> {
    let impossible = |error: jiff::Error| {
        Failure::broken(format!("the demo cannot date {:?}", plan.title), error)
    };
    let start = if plan.underway {
        let hour = SignedDuration::from_hours(1).as_secs();
        let begun = (now - BEGUN).as_second().div_euclid(hour) * hour;
        Timestamp::from_second(begun).map_err(impossible)?
    } else {
        let today = now.to_zoned(zone.clone()).date();
        let back = i64::from(today.weekday().since(Weekday::Monday));
        let days = (7 * plan.week + plan.day - 1 - back).days();
        let date = today.checked_add(days).map_err(impossible)?;
        date.to_datetime(plan.at).to_zoned(zone.clone()).map_err(impossible)?.timestamp()
    };
    Ok((start, start + SignedDuration::from_mins(plan.minutes)))
}

/// The steps before the start. What has started was confirmed first.
fn before_start(fate: Fate, started: bool) -> &'static [BookingStatus] {
    match fate {
        Fate::Rejected => &[PendingApproval, Cancelled],
        Fate::Cancelled => &[PendingApproval, Approved, Cancelled],
        _ if started => &[PendingApproval, Approved, Confirmed],
        Fate::Draft => &[],
        Fate::Submitted => &[PendingApproval],
        Fate::Approved => &[PendingApproval, Approved],
        Fate::Confirmed => &[PendingApproval, Approved, Confirmed],
        Fate::OnHold => &[PendingApproval, Approved, OnHold],
    }
}

fn takes_place(fate: Fate) -> bool {
    !matches!(fate, Fate::Rejected | Fate::Cancelled)
}

fn zone(name: Option<&str>) -> Result<TimeZone, Failure> {
    let found = name.and_then(rishi_domain::time::zone);
    found.ok_or_else(|| Failure::Refused(format!("the demo names no known time zone but {name:?}")))
}
