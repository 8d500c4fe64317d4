//! How much of the time that people could work they do.

use jiff::{SignedDuration, Timestamp};
use rishi_domain::id::UserId;
use rishi_domain::organization::Organization;
use rishi_domain::time::TimeRange;
use schemars::JsonSchema;
use serde::Serialize;

use crate::bookings::StatisticsQuery;
use crate::{App, Error};

/// The time that is looked at unless a range says otherwise: four weeks.
const USUAL: SignedDuration = SignedDuration::from_hours(28 * 24);
/// The longest time that is looked at, a year: of a longer range its end.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Hours of a full week where neither the person nor the organization states a limit.
const FULL_WEEK: u16 = 40;
const HOUR: f64 = 3_600_000_000.0;
const WEEK: f64 = 7.0 * 24.0 * HOUR;

/// What a person works for an organization in some time, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// The person's own limit.
    pub max_hours_per_week: Option<u16>,
    /// How many assignments.
    pub assignments: u64,
    /// Their scheduled time within that time, in microseconds.
    pub assigned: i64,
    /// From coming to leaving, in microseconds.
    pub worked: i64,
}

/// How much of a person's time an organization uses.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffUtilization {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// How many assignments, to come or done.
    pub assignments: u64,
    /// Hours for which the person is or was assigned.
    pub assigned_hours: f64,
    /// Hours for which the person was checked in.
    pub worked_hours: f64,
    /// Hours that the person may work in that time: the stricter of the own weekly limit and the
    /// organization's, else 40 hours, for each week.
    pub available_hours: f64,
    /// Assigned over available hours.
    pub utilization: f64,
}

impl App {
    /// Who works how much for an organization in the time of a query; without a range, in the four weeks
    /// until now.
    pub(crate) async fn utilization(
        &self,
        organization: &Organization,
        query: &StatisticsQuery,
    ) -> Result<Vec<StaffUtilization>, Error> {
        let range = range(query, self.now());
        let found = self.store.worked(organization.id, range).await?;
        Ok(found.into_iter().map(|one| utilization(one, organization, range)).collect())
    }
}

/// The time that is looked at.
fn range(query: &StatisticsQuery, now: Timestamp) -> TimeRange {
    let before = |instant: Timestamp, by| instant.checked_sub(by).unwrap_or(Timestamp::MIN);
    let after = |instant: Timestamp, by| instant.checked_add(by).unwrap_or(Timestamp::MAX);
    let (start, end) = match (query.from, query.to) {
        (None, None) => (before(now, USUAL), now),
        (Some(from), None) => (from, after(from, USUAL)),
        (None, Some(to)) => (before(to, USUAL), to),
        (Some(from), Some(to)) => (from.max(before(to, LONGEST)), to),
    };
    TimeRange { start, end }
}

#[expect(clippy::cast_precision_loss, reason = "a year has less than 2^53 microseconds")]
fn utilization(one: Worked, organization: &Organization, range: TimeRange) -> StaffUtilization {
    let rounded = |value: f64, steps: f64| (value * steps).round() / steps;
    let limits = [one.max_hours_per_week, organization.settings.max_hours_per_week];
    let limit = limits.into_iter().flatten().min().unwrap_or(FULL_WEEK);
    let available = f64::from(limit) * range.microseconds() as f64 / WEEK;
    let assigned = one.assigned as f64 / HOUR;
    let share = if available > 0.0 { assigned / available } else { 0.0 };
    StaffUtilization {
        staff_id: one.staff_id,
        display_name: one.display_name,
        assignments: one.assignments,
        assigned_hours: rounded(assigned, 100.0),
        worked_hours: rounded(one.worked as f64 / HOUR, 100.0),
        available_hours: rounded(available, 100.0),
        utilization: rounded(share, 1_000.0),
    }
}
