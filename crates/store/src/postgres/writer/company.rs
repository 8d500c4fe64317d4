//! Which commits may be made side by side in one transaction.
//!
//! They are decided beside each other, so none may touch what another touches: what one of them reads no other
//! changes, and what must be free no other takes. Whatever looks at more than it names (how many sessions somebody
//! has, whether an administrator remains) is made alone.

use std::collections::HashSet;

use rishi_app::commit::{Change, Commit, Guard, ReceiptKey};
use rishi_bus::{Subject, TimerChange};
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use crate::door;

/// What the commits of a company touch, so far.
#[derive(Default)]
pub(in crate::postgres) struct Company<'c> {
    changed: HashSet<Subject>,
    read: HashSet<&'c Subject>,
    timers: HashSet<&'c str>,
    receipts: HashSet<&'c ReceiptKey>,
    taken: Vec<(Uuid, TimeRange)>,
}

impl<'c> Company<'c> {
    /// Takes a commit in, unless it has to be made without these.
    pub(in crate::postgres) fn admit(&mut self, commit: &'c Commit) -> bool {
        let changed: HashSet<Subject> = commit.changes.iter().filter_map(door::subject).collect();
        let read = commit.expected.iter().map(|expected| &expected.subject);
        let timers = commit.timers.iter().map(timer_key);
        let taken = commit.guards.iter().filter_map(place);
        let receipt = commit.receipt.as_ref().map(|receipt| &receipt.key);
        let apart = is_sociable(commit)
            && changed.iter().all(|one| !self.changed.contains(one) && !self.read.contains(one))
            && read.clone().all(|one| !self.changed.contains(one))
            && timers.clone().all(|key| !self.timers.contains(key))
            && receipt.is_none_or(|key| !self.receipts.contains(key))
            && taken.clone().all(|(what, range)| {
                !self.taken.iter().any(|one| one.0 == what && one.1.overlaps(&range))
            });
        if apart {
            self.changed.extend(changed);
            self.read.extend(read);
            self.timers.extend(timers);
            self.taken.extend(taken);
            self.receipts.extend(receipt);
        }
        apart
    }
}

/// Whether it looks at nothing that it does not name.
fn is_sociable(commit: &Commit) -> bool {
    let mut bookings = 0;
    commit.orders.is_empty()
        && commit.guards.iter().all(|guard| place(guard).is_some())
        && commit.changes.iter().all(|change| match change {
            // Bookings that move together put off the constraints of the whole transaction.
            Change::Booking(_) => {
                bookings += 1;
                bookings == 1
            }
            Change::Assignment(_)
            | Change::Notification(_)
            | Change::NotificationHtml { .. }
            | Change::Delivery(_) => true,
            _ => false,
        })
}

/// What a guard wants free, and when.
fn place(guard: &Guard) -> Option<(Uuid, TimeRange)> {
    match guard {
        Guard::LocationFree { location, range, .. } => Some((location.0, *range)),
        Guard::StaffFree { staff, range, .. } => Some((staff.0, *range)),
        Guard::TogetherFree(_)
        | Guard::NoInternalOrganization
        | Guard::AdministratorRemains { .. } => None,
    }
}

fn timer_key(change: &TimerChange) -> &str {
    match change {
        TimerChange::Set(timer) => &timer.key,
        TimerChange::Cancel { key, .. } => key,
    }
}
