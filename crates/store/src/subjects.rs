//! What events are about, as it lies in columns.

use rishi_bus::Subject;
use uuid::Uuid;

/// A subject of any kind, without an allocation for those that are known; nothing when there can be no such kind.
pub(crate) fn of(kind: &str, id: Uuid) -> Option<Subject> {
    const KNOWN: [&str; 10] = [
        "booking",
        "organization",
        "user",
        "membership",
        "location",
        "token",
        "session",
        "assignment",
        "staff",
        "webhook",
    ];
    match KNOWN.into_iter().find(|known| *known == kind) {
        Some(known) => Some(Subject::new(known, id)),
        None => format!("{kind}/{id}").parse().ok(),
    }
}
