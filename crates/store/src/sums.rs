//! Sums over an organization's bookings, as both engines keep them: added up in memory, and written once for each
//! sum that changed.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use rishi_domain::booking::{Booking, BookingStatus, OperationType};
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::money::Money;
use uuid::Uuid;

/// What a sum is about. The words are those of `booking_counters`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Status(BookingStatus),
    Location(Option<LocationId>),
    OperationType(OperationType),
    Month(String),
}

impl Key {
    pub(crate) const fn dimension(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Location(_) => "location",
            Self::OperationType(_) => "operation_type",
            Self::Month(_) => "month",
        }
    }

    pub(crate) fn word(&self) -> Cow<'_, str> {
        match self {
            Self::Status(status) => status.as_str().into(),
            Self::Location(None) => "".into(),
            Self::Location(Some(id)) => id.to_string().into(),
            Self::OperationType(operation) => operation.as_str().into(),
            Self::Month(month) => month.into(),
        }
    }
}

/// How much a sum changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) total: i64,
    pub(crate) completed: i64,
    pub(crate) cancelled: i64,
    pub(crate) revenue: i64,
    pub(crate) budget: i64,
    pub(crate) actual_cost: i64,
}

/// What is counted of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) organization: OrganizationId,
    pub(crate) status: BookingStatus,
    pub(crate) location: Option<LocationId>,
    pub(crate) operation: OperationType,
    pub(crate) start: Timestamp,
    pub(crate) budget: Option<Money>,
    pub(crate) actual_cost: Option<Money>,
}

impl From<&Booking> for Counted {
    fn from(booking: &Booking) -> Self {
        Self {
            organization: booking.organization_id,
            status: booking.status,
            location: booking.location_id,
            operation: booking.operation_type,
            start: booking.scheduled_start,
            budget: booking.budget,
            actual_cost: booking.actual_cost,
        }
    }
}

impl Delta {
    pub(crate) fn of(booking: &Counted) -> Self {
        let [budget, actual_cost] =
            [booking.budget, booking.actual_cost].map(|amount| amount.map(Money::minor));
        Self::new(booking.status, budget, actual_cost)
    }

    pub(crate) fn new(
        status: BookingStatus,
        budget: Option<i64>,
        actual_cost: Option<i64>,
    ) -> Self {
        let completed = status == BookingStatus::Completed;
        let revenue = if completed { actual_cost.or(budget) } else { None };
        Self {
            total: 1,
            completed: i64::from(completed),
            cancelled: i64::from(status == BookingStatus::Cancelled),
            revenue: revenue.unwrap_or_default(),
            budget: budget.unwrap_or_default(),
            actual_cost: actual_cost.unwrap_or_default(),
        }
    }

    /// Adds another, or with `sign` -1 takes it away. Sums of money stop at the largest number there
    /// is: absurd amounts must not keep a batch, which is everybody's, from being written.
    pub(crate) fn add(&mut self, other: Self, sign: i64) {
        let sums = [
            (&mut self.total, other.total),
            (&mut self.completed, other.completed),
            (&mut self.cancelled, other.cancelled),
            (&mut self.revenue, other.revenue),
            (&mut self.budget, other.budget),
            (&mut self.actual_cost, other.actual_cost),
        ];
        for (sum, change) in sums {
            *sum = sum.saturating_add(change.saturating_mul(sign));
        }
    }
}

/// Changes to sums that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Deltas(HashMap<(Uuid, Key), Delta>);

impl Deltas {
    /// A booking has come (`sign` 1) or gone (-1) in a month of its organization's.
    pub(crate) fn add(&mut self, booking: &Counted, month: String, sign: i64) {
        let keys = [
            Key::Status(booking.status),
            Key::Location(booking.location),
            Key::OperationType(booking.operation),
            Key::Month(month),
        ];
        for key in keys {
            self.sum(booking.organization.0, key).add(Delta::of(booking), sign);
        }
    }

    /// Counts a booking whose status alone has changed; whether that was so. The other sums would lose and gain the
    /// same.
    pub(crate) fn restated(&mut self, before: &Counted, after: &Counted) -> bool {
        let only_status = Counted { status: after.status, ..before.clone() } == *after;
        if !only_status || Delta::of(before) != Delta::of(after) {
            return false;
        }
        for (status, sign) in [(before.status, -1), (after.status, 1)] {
            self.sum(after.organization.0, Key::Status(status)).add(Delta::of(after), sign);
        }
        true
    }

    /// A sum, to be changed.
    pub(crate) fn sum(&mut self, organization: Uuid, key: Key) -> &mut Delta {
        self.0.entry((organization, key)).or_default()
    }

    /// Forgets what was counted of an organization's months.
    pub(crate) fn forget_months(&mut self, organization: Uuid) {
        self.0.retain(|(of, key), _| *of != organization || !matches!(key, Key::Month(_)));
    }

    /// Adds other changes.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, delta) in other.0 {
            self.0.entry(key).or_default().add(delta, 1);
        }
    }

    /// Every sum that changed, with how much.
    pub(crate) fn changed(self) -> impl Iterator<Item = (Uuid, Key, Delta)> {
        self.0.into_iter().filter_map(|((organization, key), delta)| {
            (delta != Delta::default()).then_some((organization, key, delta))
        })
    }
}
