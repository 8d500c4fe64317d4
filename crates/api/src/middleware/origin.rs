//! Which site made a browser send a request (OWASP: Fetch Metadata, and `Origin` as the fall-back).
//!
//! A cookie goes along with whatever a browser sends to the platform, so what it signs and what may
//! change something must come from the platform's own pages. Browsers say so by themselves and no page
//! can make them say otherwise.

use http::{HeaderMap, HeaderName, Uri, header};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a browser says of the page that sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// One of the platform's own.
    Own,
    /// Another one's.
    Foreign,
    /// Nothing: it is an old browser, or none.
    Unknown,
}

/// Who sent a request to the platform, which the world reaches by `public_url`.
pub(crate) fn sender(headers: &HeaderMap, public_url: Option<&str>) -> Sender {
    let of = |own| if own { Sender::Own } else { Sender::Foreign };
    if headers.contains_key(SEC_FETCH_SITE) {
        of(only(headers, &SEC_FETCH_SITE) == Some("same-origin"))
    } else if headers.contains_key(header::ORIGIN) {
        of(only(headers, &header::ORIGIN).is_some_and(|from| is_own(from, headers, public_url)))
    } else {
        Sender::Unknown
    }
}

/// Whether an origin is the platform's: that of its public URL, or where none is configured that of
/// the host which the request names.
fn is_own(origin: &str, headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let Some(origin) = parts(origin) else { return false };
    match public_url {
        Some(url) => parts(url) == Some(origin),
        None => {
            only(headers, &header::HOST).is_some_and(|host| origin.1.eq_ignore_ascii_case(host))
        }
    }
}

/// Scheme and authority of an address, in lower case.
fn parts(text: &str) -> Option<(String, String)> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    Some((scheme.to_ascii_lowercase(), authority.as_str().to_ascii_lowercase()))
}

/// A header's one value; nothing when it is no text or is there twice.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)], public_url: Option<&str>) -> Sender {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        sender(&headers, public_url)
    }

    #[test]
    fn a_browser_that_tells_the_site_is_believed() {
        const SITE: &str = "sec-fetch-site";
        assert_eq!(of(&[(SITE, "same-origin")], None), Sender::Own);
        for site in ["cross-site", "same-site", "none", "", "Same-Origin"] {
            assert_eq!(of(&[(SITE, site)], None), Sender::Foreign, "{site}");
        }
        let twice = [(SITE, "same-origin"), (SITE, "cross-site")];
        assert_eq!(of(&twice, None), Sender::Foreign);
        let matching =
            [(SITE, "cross-site"), ("origin", "http://a.example"), ("host", "a.example")];
        assert_eq!(of(&matching, None), Sender::Foreign, "it stands above the origin");
    }

    #[test]
    fn one_that_does_not_must_name_the_platform_as_origin() {
        let from = |origin: &str, public: Option<&str>| {
            of(&[("origin", origin), ("host", "127.0.0.1:8080")], public)
        };
        let public = Some("https://rishi.example.com");
        assert_eq!(from("https://rishi.example.com", public), Sender::Own);
        assert_eq!(from("HTTPS://RISHI.example.com", public), Sender::Own);
        assert_eq!(from("http://127.0.0.1:8080", None), Sender::Own);
        for (origin, public) in [
            ("http://rishi.example.com", public),
            ("https://rishi.example.com:444", public),
            ("https://rishi.example.com.evil.example", public),
            ("https://evil.example", public),
            ("http://127.0.0.1:8080", public),
            ("null", public),
            ("", public),
            ("null", None),
            ("http://127.0.0.1", None),
            ("http://127.0.0.1:8081", None),
            ("http://localhost:8080", None),
        ] {
            assert_eq!(from(origin, public), Sender::Foreign, "{origin} {public:?}");
        }
    }

    #[test]
    fn one_that_tells_nothing_is_unknown() {
        assert_eq!(of(&[], None), Sender::Unknown);
        assert_eq!(of(&[("host", "a.example")], Some("http://a.example")), Sender::Unknown);
        assert_eq!(of(&[("referer", "http://a.example/")], None), Sender::Unknown);
    }
}
