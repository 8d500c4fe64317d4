//! Money: whole minor units inside, an exact JSON number of major units outside.
//!
//! `12.5` on the wire is 1250 minor units. The number is read from its digits, never through a
//! binary float, so no cent is gained or lost; more than two decimals are refused. The currency is
//! the organization's and is not repeated here.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// An amount of money in minor units (hundredths of the currency's unit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Money(i64);

/// Why a text is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a JSON number at all.
    #[error("an amount must be a number")]
    NotANumber,
    /// Finer than hundredths.
    #[error("an amount has at most two decimals")]
    TooPrecise,
    /// Beyond [`Money::MAX`] either way.
    #[error("an amount must lie between -1000000000000 and 1000000000000")]
    OutOfRange,
}

impl Money {
    /// Nothing at all.
    pub const ZERO: Self = Self(0);
    /// The largest amount taken: 10^12 major units, well inside a double's exact integers.
    pub const MAX: Self = Self(100_000_000_000_000);

    /// An amount from minor units (cents).
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The amount in minor units (cents).
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Reads a JSON number exactly; an exponent is understood (`1.5e3` is 1500).
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let power_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::NotANumber);
        }
        if power_digits.is_empty() || !all_digits(power_digits) {
            return Err(MoneyError::NotANumber);
        }
        // value = coefficient × 10^(scale): drop zeros at both ends, then shift to hundredths.
        let coefficient = format!("{whole}{fraction}");
        let trimmed = coefficient.trim_end_matches('0');
        let dropped = i64::try_from(coefficient.len() - trimmed.len()).unwrap_or(i64::MAX);
        let significant = trimmed.trim_start_matches('0');
        if significant.is_empty() {
            return Ok(Self::ZERO);
        }
        let decimals = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        // An exponent that does not fit is absurdly small or large by its sign.
        let exponent = exponent.parse::<i32>().map_err(|_| {
            if exponent.starts_with('-') { MoneyError::TooPrecise } else { MoneyError::OutOfRange }
        })?;
        let shift = i64::from(exponent) + dropped - decimals + 2;
        if shift < 0 {
            return Err(MoneyError::TooPrecise);
        }
        let length = i64::try_from(significant.len()).unwrap_or(i64::MAX);
        if length.saturating_add(shift) > 15 {
            return Err(MoneyError::OutOfRange);
        }
        let power = u32::try_from(shift).map_err(|_| MoneyError::OutOfRange)?;
        let minor =
            significant.parse::<i64>().map_err(|_| MoneyError::OutOfRange)? * 10_i64.pow(power);
        if minor > Self::MAX.0 {
            return Err(MoneyError::OutOfRange);
        }
        Ok(Self(if negative { -minor } else { minor }))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (major, minor) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match minor {
            0 => write!(f, "{sign}{major}"),
            _ if minor % 10 == 0 => write!(f, "{sign}{major}.{}", minor / 10),
            _ => write!(f, "{sign}{major}.{minor:02}"),
        }
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            return serializer.serialize_i64(self.0 / 100);
        }
        RawValue::from_string(self.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get()).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number",
            "description": "An amount in the organization's currency, in major units, at most two decimals.",
            "minimum": -1_000_000_000_000_i64,
            "maximum": 1_000_000_000_000_i64,
            "examples": [1250, 99.95]
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_are_read_exactly() {
        let minor = |text: &str| Money::parse(text).map(Money::minor);
        assert_eq!(minor("12.5"), Ok(1_250));
        assert_eq!(minor("0.07"), Ok(7));
        assert_eq!(minor("-3"), Ok(-300));
        assert_eq!(minor("1.5e3"), Ok(150_000));
        assert_eq!(minor("1250e-2"), Ok(1_250));
        assert_eq!(minor("90071992547.40"), Ok(9_007_199_254_740));
        assert_eq!(minor("1.000"), Ok(100));
        assert_eq!(minor("0e999999"), Ok(0));
        assert_eq!(minor("0.0e99999999999"), Ok(0));
        assert_eq!(minor("25e+1"), Ok(25_000));
    }

    #[test]
    fn a_third_decimal_and_a_fortune_are_refused() {
        assert_eq!(Money::parse("0.001"), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse("1e-3"), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse("1e13"), Err(MoneyError::OutOfRange));
        assert_eq!(Money::parse("1e99"), Err(MoneyError::OutOfRange));
        assert_eq!(Money::parse("1e99999999999"), Err(MoneyError::OutOfRange));
        assert_eq!(Money::parse("1e-99999999999"), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse("1000000000000.01"), Err(MoneyError::OutOfRange));
        assert_eq!(Money::parse("\"5\""), Err(MoneyError::NotANumber));
        for text in ["true", "false", "", "-", "1e", "1e+-5", "--1", "+1", ".5", "1 ", "٣"] {
            assert_eq!(Money::parse(text), Err(MoneyError::NotANumber), "{text}");
        }
    }

    #[test]
    fn every_amount_survives_the_wire() {
        for minor in [0, 1, 10, 99, 100, 105, 110, -1, -250, 99_999_999_999_999] {
            let money = Money::from_minor(minor);
            let json = serde_json::to_string(&money).unwrap();
            assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money, "{json}");
        }
    }
    proptest! {
        #[test]
        fn any_amount_survives_the_wire_and_a_value(minor in -Money::MAX.minor()..=Money::MAX.minor()) {
            let money = Money::from_minor(minor);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
            let value = serde_json::to_value(money).unwrap();
            prop_assert_eq!(serde_json::from_value::<Money>(value).unwrap(), money);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "-?[0-9]{0,20}(\\.[0-9]{0,20})?([eE][+-]?[0-9]{0,12})?") {
            let _ = Money::parse(&text);
        }
    }
}
