//! Bodies of requests, and a clock face that every test shares.

use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

/// An instant that many whole hours after the start of a day a month ahead.
pub(crate) fn hour(hours: i64) -> String {
    minute(hours * 60)
}

/// The same in minutes.
pub(crate) fn minute(minutes: i64) -> String {
    static START: OnceLock<Timestamp> = OnceLock::new();
    let start = START.get_or_init(|| {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).start_of_day().expect("UTC has days");
        today.checked_add(30.days()).expect("a month ahead exists").timestamp()
    });
    (*start + SignedDuration::from_mins(minutes)).to_string()
}

/// An instant that many hours from now.
pub(crate) fn hours_from_now(hours: i64) -> String {
    (Timestamp::now() + SignedDuration::from_hours(hours)).to_string()
}

/// A booking from one hour to another.
pub(crate) fn booking(organization: &str, location: Option<&str>, from: i64, to: i64) -> Value {
    between(organization, location, &hour(from), &hour(to))
}

/// A booking between two instants.
pub(crate) fn between(organization: &str, location: Option<&str>, from: &str, to: &str) -> Value {
    let mut body = json!({
        "organizationId": organization,
        "title": "Harvest week",
        "scheduledStart": from,
        "scheduledEnd": to,
        "timezone": "America/Denver",
    });
    if let Some(location) = location {
        body["locationId"] = json!(location);
    }
    body
}

/// The same booking under another title.
pub(crate) fn titled(mut booking: Value, title: &str) -> Value {
    booking["title"] = json!(title);
    booking
}

/// A client organization.
pub(crate) fn organization(name: &str, tier: u8) -> Value {
    json!({
        "name": name,
        "kind": "client",
        "tier": tier,
        "timezone": "America/Denver",
        "currency": "USD",
    })
}

/// A location; shared by all organizations without an owner.
pub(crate) fn location(owner: Option<&str>, name: &str) -> Value {
    let mut body = json!({
        "name": name,
        "locationType": "dispensary",
        "address": {
            "line1": "1 Main Street",
            "city": "Denver",
            "region": "CO",
            "postalCode": "80202",
            "country": "US",
        },
        "timezone": "America/Denver",
    });
    if let Some(owner) = owner {
        body["organizationId"] = json!(owner);
    }
    body
}

/// A webhook endpoint at a name that leads nowhere (RFC 6761), which hardly anything is sent to.
pub(crate) fn webhook(organization: &str) -> Value {
    json!({
        "organizationId": organization,
        "url": "https://hooks.invalid/rishi",
        "eventTypes": ["LEAVE_REJECTED"],
    })
}

/// The instant that a JSON text names.
pub(crate) fn instant(value: &Value) -> Timestamp {
    let text = value.as_str().unwrap_or_else(|| panic!("not an instant: {value}"));
    text.parse().unwrap_or_else(|why| panic!("not an instant: {text}: {why}"))
}
