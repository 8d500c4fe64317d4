//! A time on somebody's clock, without a zone.
//!
//! On the wire it is `2027-05-03T09:00:00`; the seconds may be left out. A zone or an offset is refused
//! instead of ignored: whoever sends one means an instant.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

/// A local date and time, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(DateTime);

impl LocalTime {
    /// The local time; what is finer than a second is dropped.
    pub fn new(local: DateTime) -> Self {
        Self(local.with().subsec_nanosecond(0).build().unwrap_or(local))
    }

    /// As a civil date and time.
    pub fn civil(self) -> DateTime {
        self.0
    }
}

/// A text that is no local time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this must be a local time such as 2027-05-03T09:00:00, without offset or zone")]
pub struct NotLocal;

impl FromStr for LocalTime {
    type Err = NotLocal;

    fn from_str(text: &str) -> Result<Self, NotLocal> {
        let format = match text.len() {
            19 => FORMAT,
            16 => "%Y-%m-%dT%H:%M",
            _ => return Err(NotLocal),
        };
        let local = DateTime::strptime(format, text).map_err(|_| NotLocal)?;
        // A leap second, a short year or a sign is read too, but not written like that.
        let same = local.strftime(format).to_string() == text;
        if same { Ok(Self(local)) } else { Err(NotLocal) }
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime(FORMAT))
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for LocalTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LocalTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
            "examples": ["2027-05-03T09:00:00"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_reads_back_what_it_writes() {
        for (text, written) in [
            ("2027-05-03T09:00:00", "2027-05-03T09:00:00"),
            ("2027-05-03T09:30", "2027-05-03T09:30:00"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ] {
            assert_eq!(text.parse::<LocalTime>().unwrap().to_string(), written);
            let json: LocalTime = serde_json::from_str(&format!("{text:?}")).unwrap();
            assert_eq!(serde_json::to_string(&json).unwrap(), format!("{written:?}"));
        }
    }

    #[test]
    fn an_instant_or_half_a_time_is_refused() {
        for text in [
            "2027-05-03T09:00:00Z",
            "2027-05-03T09:00:00+02:00",
            "2027-05-03T09:00+02",
            "2027-05-03T09:00[UTC]",
            "2027-05-03",
            "2027-05-03 09:00:00",
            "2027-02-30T09:00:00",
            "2027-05-03T24:00:00",
            "2027-05-03T09:00:60",
            "+227-05-03T09:00:00",
            "2027-05-03T09:00:00.5",
            "",
        ] {
            assert_eq!(text.parse::<LocalTime>(), Err(NotLocal), "{text}");
        }
    }
}
