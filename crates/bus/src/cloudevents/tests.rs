use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{NewEvent, Pattern};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn full() -> Envelope {
    let id = |n| Uuid::from_u128(n);
    let time = "2026-07-01T12:00:00.25Z".parse().unwrap();
    let subject = Subject::new("kettle", id(1));
    NewEvent::new(id(2), "KETTLE_BOILED", "house/kitchen", subject, time, raw(r#"{"c":100}"#))
        .with_schema_version(3)
        .with_correlation(id(4))
        .with_causation(id(5))
        .with_user(id(6))
        .with_organization(id(7))
        .with_metadata(raw("{\n\t\"note\": \"\u{7f}\u{85}\u{ffff}\u{1fffe} ok\"\n}"))
        .with_traceparent(TRACE.to_owned())
        .into_envelope(42, 9)
}

fn plain() -> Envelope {
    let subject = Subject::new("kettle", Uuid::from_u128(1));
    let time = Timestamp::UNIX_EPOCH;
    NewEvent::new(Uuid::from_u128(2), "KETTLE_BOILED", "kitchen", subject, time, raw("{}"))
        .into_envelope(1, 1)
}

fn written(event: &Envelope) -> Map<String, Value> {
    let event = CloudEvent::of(event, Some("https://rishi.example/types/"));
    let Value::Object(members) = serde_json::to_value(event).unwrap() else { panic!("an object") };
    members
}

fn back(event: &Envelope) -> Envelope {
    let text = serde_json::to_string(&CloudEvent::of(event, None)).unwrap();
    serde_json::from_str::<CloudEvent>(&text).unwrap().into_envelope().unwrap()
}

#[test]
fn an_event_is_written_as_the_table_says() {
    let mut members = written(&full());
    let metadata = members.remove("eventmetadata").unwrap();
    let metadata: Value = serde_json::from_str(metadata.as_str().unwrap()).unwrap();
    assert_eq!(metadata, json!({ "note": "\u{7f}\u{85}\u{ffff}\u{1fffe} ok" }));
    let expected = json!({
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000002",
        "source": "/house/kitchen",
        "type": "KETTLE_BOILED",
        "subject": "kettle/00000000-0000-0000-0000-000000000001",
        "time": "2026-07-01T12:00:00.25Z",
        "datacontenttype": "application/json",
        "dataschema": "https://rishi.example/types/KETTLE_BOILED/3#/properties/data",
        "organizationid": "00000000-0000-0000-0000-000000000007",
        "userid": "00000000-0000-0000-0000-000000000006",
        "correlationid": "00000000-0000-0000-0000-000000000004",
        "causationid": "00000000-0000-0000-0000-000000000005",
        "sequence": "00000000000000000042",
        "subjectversion": "9",
        "schemaversion": 3,
        "traceparent": TRACE,
        "data": { "c": 100 },
    });
    assert_eq!(Value::Object(members), expected);
}

#[test]
fn what_an_event_lacks_is_absent_and_never_null() {
    let text = serde_json::to_string(&CloudEvent::of(&plain(), None)).unwrap();
    let members: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    for absent in ["dataschema", "userid", "eventmetadata", "traceparent", "organizationid"] {
        assert!(!names.contains(&absent), "{text}");
    }
    assert!(members.values().all(|value| !value.is_null()), "{text}");
}

/// The rules of `spec.md` (names, types) and of the JSON format (how types are written).
fn assert_valid(members: &Map<String, Value>) {
    for (name, value) in members.iter().filter(|(name, _)| *name != "data") {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        assert!(name.chars().all(letter) && (1..=20).contains(&name.len()), "{name}");
        match value {
            Value::String(text) => {
                assert!(!text.is_empty(), "{name}");
                assert!(!text.chars().any(text::is_forbidden), "{name}: {text:?}");
            }
            Value::Number(number) => {
                let number = number.as_i64().expect("a whole number");
                assert!(i32::try_from(number).is_ok(), "{name} has 32 bits: {number}");
            }
            other => panic!("{name} is {other}, no simple value"),
        }
    }
    let text = |name: &str| members[name].as_str().unwrap_or_else(|| panic!("{name} is a text"));
    assert_eq!(text("specversion"), "1.0");
    assert!(!text("id").is_empty() && !text("type").is_empty());
    let source = text("source");
    assert!(source.starts_with('/') && !source.starts_with("//"), "{source}");
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c);
    assert!(source.chars().all(allowed), "{source}");
    assert!(text("dataschema").starts_with("https://"), "an absolute address");
    // RFC 3339 as jiff writes it: UTC, at most nanoseconds.
    assert!(text("time").ends_with('Z') && text("time").parse::<Timestamp>().is_ok());
    assert!(members["data"].is_object() && !members.contains_key("data_base64"));
}

#[test]
fn sequences_sort_as_texts_like_positions_as_numbers() {
    let sequence = |position| written(&Envelope { position, ..plain() })["sequence"].to_string();
    let positions = [1, 9, 10, 99, 100, 2_147_483_648, u64::MAX];
    assert!(positions.map(sequence).is_sorted());
}

proptest! {
    #[test]
    fn any_event_keeps_the_rules_and_comes_back_as_it_was(
        source in r"[^\p{Cc}]{1,40}",
        note in any::<String>(),
        (position, version, schema_version) in (1_u64.., 1_u64.., 1_u16..),
        full_event in any::<bool>(),
    ) {
        let base = if full_event { full() } else { plain() };
        let metadata = serde_json::value::to_raw_value(&json!({ "note": note })).unwrap();
        let metadata = full_event.then_some(metadata);
        let event = Envelope { source, metadata, position, version, schema_version, ..base };
        assert_valid(&written(&event));
        let value = |event: &Envelope| serde_json::to_value(event).unwrap();
        prop_assert_eq!(value(&back(&event)), value(&event));
    }
}

#[test]
fn a_source_that_looks_like_a_host_or_a_query_stays_a_path() {
    for (source, path) in [
        ("rishi/bookings", "/rishi/bookings"),
        ("/etc", "/%2Fetc"),
        ("a?b#c", "/a%3Fb%23c"),
        ("50% é", "/50%25%20%C3%A9"),
    ] {
        assert_eq!(text::to_path(source), path);
        assert_eq!(text::from_path(path).as_deref(), Some(source));
    }
    for path in ["", "kitchen", "/%", "/%4", "/%zz", "/%ff"] {
        assert_eq!(text::from_path(path), None, "{path}");
    }
}

#[test]
fn what_is_none_of_our_events_is_refused_with_its_attribute() {
    let read = |name: &str, value: Value| {
        let mut members = written(&full());
        members.insert(name.to_owned(), value);
        let event = serde_json::from_value::<CloudEvent>(Value::Object(members));
        event
            .map_err(|error| error.to_string())
            .and_then(|event| event.into_envelope().map(|_| ()).map_err(|error| error.to_string()))
    };
    assert_eq!(read("somebodyelses", json!("attribute")), Ok(()));
    for (name, value, said) in [
        ("specversion", json!("0.3"), "0.3"),
        ("id", json!("7"), "UUID"),
        ("source", json!("https://example.com"), "source"),
        ("sequence", json!("first"), "sequence"),
        ("subjectversion", json!("-1"), "subjectversion"),
        ("eventmetadata", json!("{"), "eventmetadata"),
        ("subject", json!("kettle"), "subject"),
    ] {
        let error = read(name, value).unwrap_err();
        assert!(error.contains(said), "{name}: {error}");
    }
}

/// What the next release might write: a type, a version and a payload that nothing here knows, with
/// texts that a parser would change (order, repeated keys, long numbers, escapes, blanks).
#[test]
fn an_event_from_the_future_passes_through_untouched() {
    let data = r#"{ "z":1, "a":1.10, "a":1e400, "big":123456789012345678901234567890, "\u0041":"\u00e9" }"#;
    let metadata = r#"{"speed":0.30000000000000004,"x":-0}"#;
    let text = format!(
        r#"{{"id":"00000000-0000-0000-0000-000000000002","type":"ROBOT_UPRISING_SCHEDULED","source":"rishi/robots","data":{data},"timestamp":"2031-01-01T00:00:00Z","metadata":{metadata},"position":7,"subject":"robot/00000000-0000-0000-0000-000000000001","version":1,"schemaVersion":65535}}"#
    );
    let event: Envelope = serde_json::from_str(&text).unwrap();
    assert!(Pattern::Any.matches(&event.event_type));
    assert_eq!(serde_json::to_string(&event).unwrap(), text, "to the last character");
    assert_eq!(serde_json::to_string(&back(&event)).unwrap(), text, "also as a CloudEvent");
}
