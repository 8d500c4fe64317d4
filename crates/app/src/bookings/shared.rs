//! A booking's record that many answers share, and a booking of a list as a caller sees it.
//!
//! What differs by caller is little: where the caller may take the booking, and whether the caller sees
//! pay rates, and what it has cost. So a record is written as JSON once for those who see all of it, once for those
//! who see no rates and once for those who see neither, up to the transitions, which come last and are
//! written for each caller.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::id::UserId;
use rishi_domain::organization::Organization;
use rishi_domain::permission::{Capability, allowed_transitions, permits};
use serde::ser::Error as _;

use super::{BookingRecord, BookingView};
use crate::auth::Principal;

/// A record that is shared, with what was written of it.
#[derive(Debug)]
pub struct SharedRecord {
    record: BookingRecord,
    /// With every rate and the costs.
    whole: Box<str>,
    /// Without any rate.
    unpaid: OnceLock<Box<str>>,
    /// Without the costs either.
    bare: OnceLock<Box<str>>,
}

impl Deref for SharedRecord {
    type Target = BookingRecord;

    fn deref(&self) -> &BookingRecord {
        &self.record
    }
}

impl SharedRecord {
    /// Writes the record and makes it one to be shared.
    pub fn new(record: BookingRecord) -> Result<Self, serde_json::Error> {
        let whole = written(&record, Rates::All, true)?;
        Ok(Self { record, whole, unpaid: OnceLock::new(), bare: OnceLock::new() })
    }

    /// About how many bytes of memory it takes once everything is written.
    pub fn weight(&self) -> usize {
        let Booking { requirements, equipment_requirements, .. } = &self.record.booking;
        let values = [requirements, equipment_requirements].into_iter().flatten();
        // The texts of the record itself are about as long as what is written of it.
        size_of::<Self>()
            + size_of_val(self.record.staff.as_slice())
            + 4 * self.whole.len()
            + values.map(weight).sum::<usize>()
    }

    /// What somebody reads who sees so much of it.
    fn text(&self, rates: Rates, costs: bool) -> Result<Cow<'_, str>, serde_json::Error> {
        let paid = self.record.staff.iter().any(|one| one.hourly_rate.is_some());
        let costs = costs || self.record.booking.actual_cost.is_none();
        let kept = match (rates, costs) {
            (Rates::All, true) => return Ok(Cow::Borrowed(&self.whole)),
            (_, true) if !paid => return Ok(Cow::Borrowed(&self.whole)),
            (Rates::None, true) => &self.unpaid,
            (Rates::None, false) => &self.bare,
            (_, false) if !paid => &self.bare,
            (rates, costs) => return Ok(Cow::Owned(written(&self.record, rates, costs)?.into())),
        };
        if let Some(known) = kept.get() {
            return Ok(Cow::Borrowed(known));
        }
        let text = written(&self.record, Rates::None, costs)?;
        Ok(Cow::Borrowed(kept.get_or_init(|| text)))
    }
}

/// The memory that a JSON value takes, whose parts may be far larger than their text.
fn weight(value: &serde_json::Value) -> usize {
    use serde_json::Value::{Array, Object, String};
    size_of_val(value)
        + match value {
            String(text) => text.len(),
            Array(items) => items.iter().map(weight).sum(),
            Object(fields) => {
                fields.iter().map(|(name, value)| 2 * name.len() + weight(value)).sum()
            }
            _ => 0,
        }
}

/// Whose pay rates a caller sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rates {
    All,
    /// Only the caller's own.
    Own(UserId),
    None,
}

/// The end of a booking that goes nowhere.
const NOWHERE: &str = "[]}";

/// A booking as JSON up to the value of its last field, the transitions.
fn written(
    record: &BookingRecord,
    rates: Rates,
    costs: bool,
) -> Result<Box<str>, serde_json::Error> {
    let mut record = record.clone();
    record.booking.actual_cost = record.booking.actual_cost.filter(|_| costs);
    for other in &mut record.staff {
        let seen = match rates {
            Rates::All => true,
            Rates::Own(me) => other.staff.id == me,
            Rates::None => false,
        };
        other.hourly_rate = other.hourly_rate.filter(|_| seen);
        // From where people came stands beside a single booking, for those who may see it.
        (other.check_in, other.check_out) = (None, None);
    }
    let mut text = serde_json::to_string(&BookingView::of(record, Vec::new()))?;
    if !text.ends_with(NOWHERE) {
        return Err(serde_json::Error::custom("the transitions are not a booking's last field"));
    }
    text.truncate(text.len() - NOWHERE.len());
    Ok(text.into_boxed_str())
}

/// A booking of a list as a caller sees it.
#[derive(Debug, Clone)]
pub struct ListedBooking {
    record: Arc<SharedRecord>,
    rates: Rates,
    costs: bool,
    allowed: Vec<BookingStatus>,
}

impl ListedBooking {
    pub(super) fn new(
        record: Arc<SharedRecord>,
        principal: &Principal,
        organization: &Organization,
        now: Timestamp,
    ) -> Self {
        let me = principal.user_id();
        let facts = Some((&record.booking, record.involves(me)));
        let target = principal.target(organization, facts, now);
        let allowed = allowed_transitions(principal.grants(), &target);
        let paid = |own: bool| {
            let mut staff = record.staff.iter();
            staff.any(|one| (one.staff.id == me) == own && one.hourly_rate.is_some())
        };
        let rates = if !paid(false) || permits(principal.grants(), Capability::SeePayRates, &target)
        {
            Rates::All
        } else if paid(true) {
            Rates::Own(me)
        } else {
            Rates::None
        };
        let costs = record.booking.actual_cost.is_none()
            || permits(principal.grants(), Capability::SeeMoneyInStatistics, &target);
        Self { record, rates, costs, allowed }
    }

    /// The booking itself.
    pub fn booking(&self) -> &Booking {
        &self.record.booking
    }

    /// All of it, whoever may see what.
    pub(crate) fn record(&self) -> &BookingRecord {
        &self.record
    }

    /// About how long it is as JSON.
    pub fn length(&self) -> usize {
        const TRANSITIONS: usize = 64;
        self.record.whole.len() + TRANSITIONS
    }

    /// Appends it as JSON, the same as a [`BookingView`] of it but for where people checked in.
    pub fn write(&self, into: &mut String) -> Result<(), serde_json::Error> {
        into.push_str(&self.record.text(self.rates, self.costs)?);
        into.push('[');
        for (number, status) in self.allowed.iter().enumerate() {
            into.push_str(if number == 0 { "\"" } else { ",\"" });
            into.push_str(status.as_str());
            into.push('"');
        }
        into.push_str("]}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_weighs_at_least_what_it_takes() {
        let one = size_of::<serde_json::Value>();
        assert_eq!(weight(&json!(null)), one);
        assert_eq!(weight(&json!(["ab", [1, 2]])), 5 * one + 2);
        assert_eq!(weight(&json!({ "abc": true })), 2 * one + 6);
    }
}
