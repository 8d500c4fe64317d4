use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rishi_domain::booking::Priority;
use rishi_domain::id::UserId;
use rishi_domain::local_time::LocalTime;
use rishi_domain::notification::QuietHours;
use serde::Deserialize;

use super::*;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is asked about")]
struct Shift {
    title: String,
    is_open: bool,
    #[schemars(range(min = 1, max = 500))]
    count: u16,
    pause: Option<u16>,
    position: u64,
    balance: i64,
    #[schemars(range(min = -90, max = 90))]
    latitude: Option<f64>,
    starts: Timestamp,
    day: Option<Date>,
    local: LocalTime,
    quiet: Option<QuietHours>,
    person: UserId,
    priority: Option<Priority>,
    kind: Kind,
    only: Only,
    roles: Option<Vec<Role>>,
    notes: BTreeMap<String, Role>,
    anything: Option<Value>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Told of by a description of its own.
    ByDay,
    /// The same of this one.
    ByNight,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Only {
    Csv,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its shape is asked about")]
struct Role {
    skills: Vec<String>,
}

/// What is wanted where a reader stops that is given `text`, which is wrong in one place.
fn told(text: &str) -> Option<Wanted> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let Err(error) = serde_path_to_error::deserialize::<_, Shift>(&mut reader) else {
        panic!("{text} is a shift")
    };
    wanted::<Shift>(error.path())
}

fn words(text: &str) -> String {
    told(text).unwrap_or_else(|| panic!("nothing is wanted of {text}")).words
}

#[test]
fn every_kind_of_field_says_what_it_wants() {
    for (text, expected) in [
        (r#"{"title": 7}"#, "a text"),
        (r#"{"isOpen": "yes"}"#, "true or false"),
        (r#"{"count": -1}"#, "a whole number from 1 to 500"),
        (r#"{"pause": 1.5}"#, "a whole number from 0 to 65535"),
        (r#"{"position": "x"}"#, "a whole number of at least 0"),
        (r#"{"balance": "x"}"#, "a whole number"),
        (r#"{"latitude": "x"}"#, "a number from -90 to 90"),
        (r#"{"starts": "tomorrow"}"#, INSTANT),
        (r#"{"day": "2027-02-30"}"#, DATE),
        (r#"{"local": 7}"#, "a text like 2027-05-03T09:00:00"),
        (r#"{"quiet": {"from": "late"}}"#, "a time of day, as in 08:00"),
        (r#"{"person": "me"}"#, UUID),
        (r#"{"priority": "asap"}"#, "one of low, medium, high, urgent"),
        (r#"{"kind": "by_week"}"#, "one of by_day, by_night"),
        (r#"{"only": "pdf"}"#, "csv"),
        (r#"{"roles": 7}"#, "a list"),
        (r#"{"roles": [7]}"#, "an object"),
        (r#"{"roles": [{"skills": [7]}]}"#, "a text"),
        (r#"{"notes": {"monday": {"skills": 7}}}"#, "a list"),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn only_what_is_written_in_a_format_has_one() {
    assert!(told(r#"{"starts": 7}"#).unwrap().is_formatted);
    assert!(told(r#"{"person": 7}"#).unwrap().is_formatted);
    assert!(!told(r#"{"count": "x"}"#).unwrap().is_formatted);
}

#[test]
fn where_anything_will_do_nothing_is_wanted() {
    let path = |text: &str| {
        let mut reader = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize::<_, BTreeMap<String, u8>>(&mut reader)
            .unwrap_err()
            .path()
            .clone()
    };
    assert_eq!(wanted::<Shift>(&path(r#"{"anything": -1}"#)), None);
    assert_eq!(wanted::<Shift>(&path(r#"{"nowhere": -1}"#)), None);
}
