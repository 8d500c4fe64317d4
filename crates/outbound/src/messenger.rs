//! Takes webhooks to where they are wanted.

use std::time::Duration;

use async_trait::async_trait;
use http::HeaderMap;
use http::header::{DATE, HeaderName, HeaderValue, RETRY_AFTER};
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::Method;
use rishi_app::webhooks::{Courier, Parcel, Reply, Unsent};

use crate::client::Client;

/// Dates of HTTP are dates of mail, in one of their forms.
static DATES: DateTimeParser = DateTimeParser::new();

/// The courier over the guarded client.
#[derive(Debug, Clone)]
pub struct Messenger {
    client: Client,
}

impl Messenger {
    /// Who goes by this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Courier for Messenger {
    fn check(&self, url: &str) -> Result<String, String> {
        match self.client.check(url) {
            Ok(url) => Ok(url.into()),
            Err(forbidden) => Err(forbidden.to_string()),
        }
    }

    async fn post(&self, parcel: Parcel) -> Result<Reply, Unsent> {
        let Parcel { url, headers, body } = parcel;
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::try_from(value).map_err(|error| Unsent(error.to_string()))?;
            map.insert(HeaderName::from_static(name), value);
        }
        // What was answered is told by the status alone: of the body nothing is read.
        let answer = self.client.call(Method::POST, &url, map, body, 0).await;
        let answer = answer.map_err(|failure| Unsent(failure.to_string()))?;
        Ok(Reply { status: answer.status, retry_after: retry_after(&answer.headers) })
    }
}

/// How long the receiver asks to be left alone (RFC 9110, 10.2.3): in seconds, or until a time, which is
/// taken by the receiver's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
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
