//! Headers that protect whoever reads an answer in a browser (OWASP secure headers).

use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    // Checking in asks where one is; nothing else is ever asked for.
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), display-capture=(), geolocation=(self), microphone=(), payment=(), usb=()",
        ),
    ),
];

/// Nothing that is not HTML needs to load or run anything.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Whether a request shows something to sign in with.
pub(super) fn shows_credentials(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || headers.contains_key(COOKIE)
}

/// Puts them on an answer. What a handler has set itself stays: a page's own policy, what may be
/// cached.
pub(super) fn put(headers: &mut HeaderMap, https: bool) {
    headers.extend(ALWAYS);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_nowhere_and_loads_nothing_unless_its_handler_says_otherwise() {
        let mut headers = HeaderMap::new();
        put(&mut headers, false);
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));

        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("script-src 'self'"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        put(&mut headers, true);
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "script-src 'self'");
        assert_eq!(headers[CACHE_CONTROL], "private, no-cache");
        assert!(headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
