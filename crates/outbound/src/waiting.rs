//! When somebody who was called asks to be left alone.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::fmt::rfc2822::DateTimeParser;

/// Dates of HTTP are dates of mail, in one of their forms.
static DATES: DateTimeParser = DateTimeParser::new();

/// How long the receiver asks to be left alone (RFC 9110, 10.2.3): in seconds, or until a time, which is
/// taken by the receiver's own clock.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DATES.parse_timestamp(text).ok()?;
    let now = DATES.parse_timestamp(headers.get(DATE)?.to_str().ok()?).ok()?;
    until.duration_since(now).try_into().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const NOON: &str = "Wed, 21 Oct 2026 12:00:00 GMT";

    fn read(text: &'static str) -> Option<Duration> {
        let headers = [(RETRY_AFTER, text), (DATE, NOON)];
        let headers = headers.map(|(name, text)| (name, HeaderValue::from_static(text)));
        retry_after(&HeaderMap::from_iter(headers))
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_by_a_time() {
        assert_eq!(read("120"), Some(Duration::from_mins(2)));
        assert_eq!(read("Wed, 21 Oct 2026 12:30:00 GMT"), Some(Duration::from_mins(30)));
    }

    #[test]
    fn what_tells_no_wait_is_none() {
        for text in
            ["", "soon", "-1", "1.5", "Wed, 21 Oct 2026 11:59:59 GMT", "2026-10-21T13:00:00Z"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
