use rishi_bus::{NewEvent, Subject};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::*;

fn event(position: Position, payload: usize) -> Arc<Envelope> {
    let data = RawValue::from_string(format!("{{\"x\":\"{}\"}}", "x".repeat(payload))).unwrap();
    let about = Subject::new("booking", Uuid::nil());
    let now = jiff::Timestamp::UNIX_EPOCH;
    let event = NewEvent::new(Uuid::nil(), "SOMETHING_SAID", "test", about, now, data);
    Arc::new(event.into_envelope(position, position))
}

fn extend(recent: &Recent, positions: std::ops::RangeInclusive<Position>) {
    recent.extend(positions.map(|position| event(position, 1)).collect());
}

/// The positions handed out after one; nothing when memory does not reach.
fn after(recent: &Recent, position: Position, limit: usize) -> Option<Vec<Position>> {
    let events = recent.after(position, limit)?;
    Some(events.iter().map(|event| event.position).collect())
}

#[test]
fn what_is_handed_out_starts_right_after_and_has_no_gap() {
    let recent = Recent::new(10);
    assert_eq!(after(&recent, 10, 5), None);
    extend(&recent, 11..=14);
    assert_eq!(after(&recent, 9, 5), None, "it begins later");
    assert_eq!(after(&recent, 10, 3), Some(vec![11, 12, 13]));
    assert_eq!(after(&recent, 12, 5), Some(vec![13, 14]));
    assert_eq!(after(&recent, 14, 5), None);
    assert_eq!(after(&recent, u64::MAX, 5), None);
}

#[test]
fn another_processs_events_leave_no_hole() {
    let recent = Recent::new(0);
    extend(&recent, 1..=3);
    extend(&recent, 6..=7);
    assert_eq!(after(&recent, 2, 5), None);
    assert_eq!(after(&recent, 4, 5), None);
    assert_eq!(after(&recent, 5, 5), Some(vec![6, 7]));
    // Nor does a log that was put back in time.
    extend(&recent, 2..=2);
    assert_eq!(after(&recent, 1, 5), Some(vec![2]));
    assert_eq!(after(&recent, 5, 5), None);
}

#[test]
fn memory_is_bounded_in_events_and_bytes() {
    let recent = Recent::new(0);
    extend(&recent, 1..=EVENTS as Position + 10);
    assert_eq!(after(&recent, 9, 1), None);
    assert_eq!(after(&recent, 10, 1), Some(vec![11]));
    let next = EVENTS as Position + 11;
    recent.extend((next..next + 3).map(|position| event(position, BYTES / 2)).collect());
    assert_eq!(after(&recent, next, 5), None);
    assert_eq!(after(&recent, next + 1, 5), Some(vec![next + 2]));
}
