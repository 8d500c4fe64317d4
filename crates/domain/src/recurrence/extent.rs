//! Between which instants a span can happen at all.

use jiff::Timestamp;

use super::Span;
use super::rule::Until;
use super::span::instant;
use crate::time::TimeRange;

/// The stretch of time outside which a span does not happen. It may be longer than needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// When the first occurrence starts, or earlier.
    pub start: Timestamp,
    /// When the last one ends, or later; nothing when there is no last one.
    pub end: Option<Timestamp>,
}

impl Extent {
    /// Whether a range shares an instant with it.
    pub fn overlaps(&self, range: &TimeRange) -> bool {
        self.start < range.end && self.end.is_none_or(|end| range.start < end)
    }
}

impl Span {
    /// Between which instants it can happen. A count is counted through.
    pub fn extent(&self) -> Extent {
        let start = instant(self.zone(), self.start).unwrap_or(Timestamp::MIN);
        let until = self.rule().and_then(|rule| rule.until);
        let last = match (until, self.rule().map(super::Rule::ends)) {
            (Some(Until::Instant(last)), _) => Some(last),
            (Some(Until::Local(last)), _) => instant(self.zone(), last),
            (None, Some(false)) => None,
            (None, _) => {
                let last = self.nominal_starts(self.start).last().unwrap_or(self.start);
                instant(self.zone(), last)
            }
        };
        let end = last.and_then(|last| last.checked_add(self.elapsed).ok());
        // An occurrence in a gap, or one that has to be later than a rule's end on the clock.
        Extent { start, end: end.and_then(|end| end.checked_add(super::expand::SLACK).ok()) }
    }
}
