//! A recurrence rule's text, and which of them are taken.
//!
//! Taken is what RFC 5545, section 3.3.10, defines, less what repeats within the hour (`SECONDLY`,
//! `MINUTELY`, `BYSECOND`, several values of `BYMINUTE`) and what is undefined there (a numbered
//! `BYDAY` outside months and years). The values of the `BY…` parts are checked where the rule meets
//! its start, see [`Span`](super::Span).

use jiff::Timestamp;
use jiff::civil::DateTime;

/// Longest text of a rule, in bytes.
const TEXT_MAX: usize = 500;
/// Most occurrences that a `COUNT` may ask for: ten years of days.
const COUNT_MAX: u32 = 3_660;
/// Most periods from one occurrence to the next.
const INTERVAL_MAX: u16 = 1_000;

words! {
    /// What an interval of a rule counts.
    pub enum Frequency {
        /// Hours.
        Hourly = "HOURLY",
        /// Days.
        Daily = "DAILY",
        /// Weeks.
        Weekly = "WEEKLY",
        /// Months.
        Monthly = "MONTHLY",
        /// Years.
        Yearly = "YEARLY",
    }
}

/// The last start that a rule may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// On the local clock.
    Local(DateTime),
    /// As an instant (`…Z`).
    Instant(Timestamp),
}

/// A recurrence rule without a start, e.g. `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Every part but `COUNT` and `UNTIL`, in the order of the text, in capitals.
    pub(super) pattern: String,
    pub(super) frequency: Frequency,
    pub(super) interval: u16,
    pub(super) count: Option<u32>,
    pub(super) until: Option<Until>,
}

/// Why a text is no rule that is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Longer than anyone needs.
    #[error("a recurrence may have at most {TEXT_MAX} characters")]
    TooLong,
    /// Not `NAME=VALUE;NAME=VALUE`.
    #[error("{0:?} is no part of a recurrence; write FREQ=WEEKLY;BYDAY=MO, without RRULE:")]
    Malformed(String),
    /// A part that is not known, or not taken.
    #[error("the part {0} is not supported in a recurrence")]
    Unsupported(String),
    /// The same part twice.
    #[error("the part {0} stands twice in the recurrence")]
    Repeated(String),
    /// No frequency, or one that is too high.
    #[error("a recurrence needs FREQ=HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY")]
    Frequency,
    /// An interval out of range.
    #[error("INTERVAL must lie between 1 and {INTERVAL_MAX}")]
    Interval,
    /// A count out of range.
    #[error("COUNT must lie between 1 and {COUNT_MAX}")]
    Count,
    /// An end that is no date or time.
    #[error("UNTIL must be a date or a time such as 20271231 or 20271231T090000Z")]
    Until,
    /// Two ends.
    #[error("a recurrence ends by COUNT or by UNTIL, not by both")]
    TwoEnds,
    /// More than one occurrence an hour.
    #[error("BYMINUTE may name one minute")]
    WithinTheHour,
    /// Position 0, where the first is 1 and the last is -1.
    #[error("{0} counts from 1, or from -1 backward; 0 is nothing")]
    Zero(String),
    /// `2MO` where no second Monday is defined.
    #[error("BYDAY may number its days only with FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO")]
    NumberedDay,
}

impl Rule {
    /// Reads a rule; small letters count as capitals.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        if text.len() > TEXT_MAX {
            return Err(RuleError::TooLong);
        }
        let text = text.to_ascii_uppercase();
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in text.split(';') {
            let malformed = || RuleError::Malformed(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(malformed)?;
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ',' | '+' | '-');
            if value.is_empty() || !value.chars().all(plain) || name.contains(':') {
                return Err(malformed());
            }
            if parts.iter().any(|(known, _)| *known == name) {
                return Err(RuleError::Repeated(name.to_owned()));
            }
            parts.push((name, value));
        }
        Self::of(&parts)
    }

    fn of(parts: &[(&str, &str)]) -> Result<Self, RuleError> {
        let value_of =
            |wanted: &str| parts.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        let mut pattern = Vec::with_capacity(parts.len());
        for (name, value) in parts {
            match *name {
                "COUNT" | "UNTIL" => continue,
                "BYMINUTE" if value.contains(',') => return Err(RuleError::WithinTheHour),
                "BYDAY" if value.contains(|c: char| c.is_ascii_digit()) => {
                    let counted = match value_of("FREQ") {
                        Some("MONTHLY") => true,
                        Some("YEARLY") => value_of("BYWEEKNO").is_none(),
                        _ => false,
                    };
                    if !counted {
                        return Err(RuleError::NumberedDay);
                    }
                }
                "BYWEEKNO" | "BYYEARDAY" | "BYMONTHDAY" | "BYSETPOS" if has_zero(value) => {
                    return Err(RuleError::Zero((*name).to_owned()));
                }
                "FREQ" | "INTERVAL" | "WKST" | "BYMONTH" | "BYWEEKNO" | "BYYEARDAY"
                | "BYMONTHDAY" | "BYDAY" | "BYHOUR" | "BYMINUTE" | "BYSETPOS" => {}
                _ => return Err(RuleError::Unsupported((*name).to_owned())),
            }
            pattern.push(format!("{name}={value}"));
        }
        let frequency = value_of("FREQ").and_then(Frequency::parse).ok_or(RuleError::Frequency)?;
        let interval = match value_of("INTERVAL") {
            None => 1,
            Some(text) => between(text, 1, INTERVAL_MAX).ok_or(RuleError::Interval)?,
        };
        let count = value_of("COUNT")
            .map(|text| between(text, 1, COUNT_MAX).ok_or(RuleError::Count))
            .transpose()?;
        let until =
            value_of("UNTIL").map(|text| read_until(text).ok_or(RuleError::Until)).transpose()?;
        if count.is_some() && until.is_some() {
            return Err(RuleError::TwoEnds);
        }
        Ok(Self { pattern: pattern.join(";"), frequency, interval, count, until })
    }

    /// How many occurrences it is to have, when it says so; excepted ones count.
    pub fn count(&self) -> Option<u32> {
        self.count
    }

    /// The same pattern with so many occurrences.
    #[must_use]
    pub fn counted(&self, count: u32) -> Self {
        Self { count: Some(count), until: None, ..self.clone() }
    }

    /// The same pattern on other days of the week, so many days later; nothing when it names no days,
    /// or numbers them.
    pub fn on_later_days(&self, days: i64) -> Option<Self> {
        let mut parts: Vec<String> = self.pattern.split(';').map(str::to_owned).collect();
        let named = parts.iter_mut().find(|part| part.starts_with("BYDAY="))?;
        let later = named.trim_start_matches("BYDAY=").split(',').map(|day| later_day(day, days));
        let later: Vec<&str> = later.collect::<Option<_>>()?;
        *named = format!("BYDAY={}", later.join(","));
        Some(Self { pattern: parts.join(";"), ..self.clone() })
    }

    /// Whether it ends by itself.
    pub fn ends(&self) -> bool {
        self.count.is_some() || self.until.is_some()
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.pattern)?;
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        match self.until {
            Some(Until::Local(last)) => write!(f, ";UNTIL={}", last.strftime("%Y%m%dT%H%M%S")),
            Some(Until::Instant(last)) => write!(f, ";UNTIL={}", last.strftime("%Y%m%dT%H%M%SZ")),
            None => Ok(()),
        }
    }
}

/// The name of the day of the week that comes so many days after another.
fn later_day(day: &str, days: i64) -> Option<&'static str> {
    const WEEK: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let at = WEEK.iter().position(|one| *one == day)?;
    let later = (i64::try_from(at).ok()? + days).rem_euclid(7);
    WEEK.get(usize::try_from(later).ok()?).copied()
}

fn has_zero(list: &str) -> bool {
    list.split(',').any(|number| number.parse() == Ok(0))
}

fn between<N: Copy + std::str::FromStr + PartialOrd>(text: &str, least: N, most: N) -> Option<N> {
    text.parse().ok().filter(|number| least <= *number && *number <= most)
}

/// `19971224`: that whole day; `19971224T000000`: local; `19971224T000000Z`: an instant.
fn read_until(text: &str) -> Option<Until> {
    if text.len() == 8 {
        let day = jiff::civil::Date::strptime("%Y%m%d", text).ok()?;
        return Some(Until::Local(day.at(23, 59, 59, 0)));
    }
    let local = |text: &str| DateTime::strptime("%Y%m%dT%H%M%S", text).ok();
    match (text.strip_suffix('Z'), text.len()) {
        (Some(text), 16) => {
            let utc = local(text)?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            Some(Until::Instant(utc.timestamp()))
        }
        (None, 15) => local(text).map(Until::Local),
        _ => None,
    }
}
