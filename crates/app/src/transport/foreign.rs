//! An event of others as it comes: a `CloudEvent` 1.0 in JSON, structured mode.
//!
//! Source: `CloudEvents` 1.0.2 `spec.md` and `formats/json-format.md`. What is not read here (further extension attributes)
//! is passed over.

use jiff::Timestamp;
use rishi_bus::relay::NotTaken;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

/// What every type begins with that is not the platform's own.
const PREFIX: &str = "EXTERNAL_";
/// The longest id, source and subject, in bytes.
const TEXT: usize = 200;
/// The longest data, in bytes.
const DATA: usize = 64 << 10;
/// How deep data may be nested.
const DEPTH: usize = 32;

/// What is read of it.
#[derive(Debug, Deserialize)]
pub(super) struct Foreign {
    specversion: String,
    pub(super) id: String,
    pub(super) source: String,
    #[serde(rename = "type")]
    pub(super) event_type: String,
    #[serde(default)]
    pub(super) subject: Option<String>,
    #[serde(default)]
    pub(super) time: Option<Timestamp>,
    #[serde(default)]
    datacontenttype: Option<String>,
    #[serde(default)]
    data: Option<Box<RawValue>>,
    #[serde(default)]
    data_base64: Option<Value>,
    #[serde(default)]
    organizationid: Option<Uuid>,
    #[serde(default)]
    pub(super) correlationid: Option<Uuid>,
    #[serde(default)]
    pub(super) schemaversion: Option<u16>,
    #[serde(default)]
    pub(super) traceparent: Option<String>,
}

/// Refuses for good.
pub(super) fn refused(reason: &'static str, text: impl Into<String>) -> NotTaken {
    NotTaken::Refused { reason, text: text.into() }
}

impl Foreign {
    /// What a message says.
    pub(super) fn read(body: &[u8]) -> Result<Self, NotTaken> {
        let wrong = |error: serde_json::Error| {
            refused("format", format!("this is no CloudEvent 1.0 in JSON: {error}"))
        };
        serde_json::from_slice(body).map_err(wrong)
    }

    /// Whether it is what it may be, published under this organization and type; its data.
    pub(super) fn judged(
        &mut self,
        organization: Uuid,
        event_type: &str,
    ) -> Result<Box<RawValue>, NotTaken> {
        if self.specversion != "1.0" {
            return Err(refused("format", "specversion must be \"1.0\""));
        }
        if self.event_type != event_type {
            return Err(refused(
                "type",
                format!(
                    "the subject names the type {event_type:?} and the event {:?}; they must be the same",
                    self.event_type
                ),
            ));
        }
        if !self.event_type.starts_with(PREFIX) || self.event_type.len() == PREFIX.len() {
            return Err(refused(
                "type",
                format!(
                    "the type of an event of others begins with {PREFIX}; all others are the platform's own"
                ),
            ));
        }
        if self.organizationid.is_some_and(|named| named != organization) {
            return Err(refused(
                "organization",
                "organizationid is not the organization that the subject names",
            ));
        }
        let texts = [
            ("id", Some(&self.id)),
            ("source", Some(&self.source)),
            ("subject", self.subject.as_ref()),
        ];
        for (name, text) in texts {
            let Some(text) = text else { continue };
            if text.is_empty() || text.len() > TEXT || text.chars().any(char::is_control) {
                let text = format!("{name} has 1 to {TEXT} bytes and no control characters");
                return Err(refused("format", text));
            }
        }
        if self.traceparent.as_ref().is_some_and(|text| !is_traceparent(text)) {
            return Err(refused("format", "traceparent is none (W3C Trace Context)"));
        }
        self.data()
    }

    fn data(&mut self) -> Result<Box<RawValue>, NotTaken> {
        let json = |kind: &String| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json")
        };
        if self.data_base64.is_some() || !self.datacontenttype.as_ref().is_none_or(json) {
            return Err(refused("data", "data must be JSON (datacontenttype application/json)"));
        }
        let data = self.data.take().ok_or_else(|| refused("data", "an event needs data"))?;
        if data.get().len() > DATA {
            return Err(refused("data", format!("data has at most {DATA} bytes")));
        }
        let value: Value = serde_json::from_str(data.get())
            .map_err(|error| refused("data", format!("data cannot be read: {error}")))?;
        if !value.is_object() || depth(&value) > DEPTH {
            let text = format!("data must be an object, nested at most {DEPTH} deep");
            return Err(refused("data", text));
        }
        Ok(data)
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`.
fn is_traceparent(text: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [2, 32, 16, 2] && text.starts_with("00-") && text.chars().all(|c| c == '-' || hex(c))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORGANIZATION: Uuid = Uuid::from_u128(5);

    fn good() -> Value {
        json!({
            "specversion": "1.0", "id": "1", "source": "/doors", "type": "EXTERNAL_DOOR_OPENED",
            "subject": "door/7", "time": "2030-01-01T00:00:00Z", "datacontenttype": "application/json",
            "data": { "door": 7 }, "anything": "else",
        })
    }

    fn judged(event: &Value) -> Result<String, NotTaken> {
        let mut foreign = Foreign::read(event.to_string().as_bytes())?;
        Ok(foreign.judged(ORGANIZATION, "EXTERNAL_DOOR_OPENED")?.get().to_owned())
    }

    fn reason(name: &str, value: Value) -> (&'static str, String) {
        let mut event = good();
        event[name] = value;
        match judged(&event) {
            Err(NotTaken::Refused { reason, text }) => (reason, text),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_cloud_event_of_a_type_of_others_is_taken_with_its_data_as_it_is() {
        assert_eq!(judged(&good()).unwrap(), r#"{"door":7}"#);
        let mut least = good();
        for optional in ["subject", "time", "datacontenttype", "anything"] {
            least.as_object_mut().unwrap().remove(optional);
        }
        least["organizationid"] = json!(ORGANIZATION);
        judged(&least).unwrap();
    }

    #[test]
    fn what_is_wrong_is_named() {
        let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        for (name, value, expected) in [
            ("specversion", json!("0.3"), "format"),
            ("id", json!(""), "format"),
            ("id", json!(7), "format"),
            ("source", json!("x".repeat(201)), "format"),
            ("subject", json!("a\u{0}b"), "format"),
            ("time", json!("yesterday"), "format"),
            ("traceparent", json!("00-x"), "format"),
            ("correlationid", json!("booking 7"), "format"),
            ("schemaversion", json!(70_000), "format"),
            ("type", json!("BOOKING_CREATED"), "type"),
            ("organizationid", json!(Uuid::from_u128(6)), "organization"),
            ("datacontenttype", json!("text/xml"), "data"),
            ("data_base64", json!("eA=="), "data"),
            ("data", json!([1]), "data"),
            ("data", json!(null), "data"),
            ("data", json!({ "a": deep(32) }), "data"),
            ("data", json!({ "a": "x".repeat(65_536) }), "data"),
        ] {
            let (found, text) = reason(name, value);
            assert_eq!(found, expected, "{name}: {text}");
        }
        for junk in ["", "{}", "[]", "null", "\u{0}", "{\"specversion\":\"1.0\"}"] {
            assert!(
                matches!(Foreign::read(junk.as_bytes()), Err(NotTaken::Refused { .. })),
                "{junk}"
            );
        }
    }

    #[test]
    fn no_type_of_the_platforms_own_begins_like_one_of_others() {
        for event in rishi_domain::event::CATALOGUE {
            assert!(!event.event_type.starts_with(PREFIX), "{}", event.event_type);
        }
        let mut own = Foreign::read(good().to_string().as_bytes()).unwrap();
        own.event_type = "BOOKING_CREATED".to_owned();
        assert!(own.judged(ORGANIZATION, "BOOKING_CREATED").is_err());
        own.event_type = PREFIX.to_owned();
        assert!(own.judged(ORGANIZATION, PREFIX).is_err());
    }
}
