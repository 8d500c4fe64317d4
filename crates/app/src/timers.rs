//! Timers: the keys that they are set, moved and dropped by, and how one is made.
//!
//! Each key names what it is about and nothing that can change, so that whoever sets a timer anew
//! replaces the earlier one, and whoever drops it need not know when it was due.

use jiff::Timestamp;
use rishi_bus::{Timer, TimerChange};
use rishi_domain::event::Fact;
use rishi_domain::id::{AssignmentId, BookingId, UserId};
use rishi_domain::organization::REMINDERS_MAX;

use crate::App;
use crate::events::{Cause, Place};

/// A booking's reminders: one key for each that there can be, by its place in the setting.
pub(crate) fn reminders(booking: BookingId) -> impl Iterator<Item = String> {
    (0..REMINDERS_MAX).map(move |slot| format!("reminder/{booking}/{slot}"))
}

/// The look for whether a booking still waits for approval.
pub(crate) fn approval(booking: BookingId) -> String {
    format!("approval/{booking}")
}

/// The look for who has not come.
pub(crate) fn no_show(assignment: AssignmentId) -> String {
    format!("no-show/{assignment}")
}

/// The next warning about somebody's certifications.
pub(crate) fn certification(user: UserId) -> String {
    format!("certification/{user}")
}

/// A person's daily mail, by its time: one that comes after another is another.
pub(crate) fn digest(user: UserId, due: Timestamp) -> String {
    format!("digest/{user}/{}", due.as_second())
}

/// No timer of that key any more.
pub(crate) fn cancel(key: String) -> TimerChange {
    TimerChange::Cancel { key }
}

impl App {
    /// A timer that becomes the event `fact` about `place` when it is due.
    pub(crate) fn timer(
        &self,
        key: String,
        due: Timestamp,
        (place, cause): (&Place, &Cause),
        fact: Fact,
    ) -> Option<TimerChange> {
        let event = self.tell(place, cause, due, vec![fact]).pop();
        event.map(|event| TimerChange::Set(Box::new(Timer { key, due, event })))
    }
}
