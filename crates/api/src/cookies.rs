//! The cookie that holds a session's secret, and the one that holds a sign-in by a provider while it lasts.
//!
//! `__Host-` binds it to this host and to TLS (RFC 6265bis, 4.1.3.2); `HttpOnly` keeps it from scripts,
//! `SameSite=Strict` from requests that other sites cause. On a loopback address there is no TLS, so
//! there it goes by a plain name and without `Secure`.

use http::{HeaderMap, HeaderValue, header};
use rishi_app::auth::Secret;
use rishi_app::oidc::FLOW_LIFE;

/// The cookie's name over TLS.
pub(crate) const SECURE_NAME: &str = "__Host-rishi";
/// The cookie's name on a loopback address.
const PLAIN_NAME: &str = "rishi";

/// How the cookie is called and guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionCookie {
    /// Whether browsers reach the platform over TLS.
    pub(crate) secure: bool,
}

impl SessionCookie {
    fn name(self) -> &'static str {
        if self.secure { SECURE_NAME } else { PLAIN_NAME }
    }

    /// The secret that a request shows; nothing when it shows none or two that differ.
    pub(crate) fn shown(self, headers: &HeaderMap) -> Option<&str> {
        shown(headers, self.name())
    }

    /// What gives the browser a secret. It is kept until the browser is closed; the session's own end
    /// is the server's affair.
    pub(crate) fn give(self, secret: &Secret) -> Option<HeaderValue> {
        self.line(secret.reveal(), "")
    }

    /// What takes it away.
    pub(crate) fn take(self) -> Option<HeaderValue> {
        self.line("", "; Max-Age=0")
    }

    fn line(self, value: &str, more: &str) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name();
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}");
        // Letters and digits are always a header's value.
        HeaderValue::try_from(line).ok()
    }
}

/// The cookie that holds a sign-in by a provider. It comes back from the provider's site, so it is `Lax`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowCookie {
    /// Whether browsers reach the platform over TLS.
    pub(crate) secure: bool,
}

impl FlowCookie {
    fn name(self) -> &'static str {
        if self.secure { "__Host-rishi-oidc" } else { "rishi-oidc" }
    }

    /// The sign-in that a request shows; nothing when it shows none or two that differ.
    pub(crate) fn shown(self, headers: &HeaderMap) -> Option<&str> {
        shown(headers, self.name())
    }

    /// What gives it to the browser, which forgets it when it can no longer be finished.
    pub(crate) fn give(self, flow: &str) -> Option<HeaderValue> {
        self.line(flow, FLOW_LIFE.as_secs())
    }

    /// What takes it away.
    pub(crate) fn take(self) -> Option<HeaderValue> {
        self.line("", 0)
    }

    fn line(self, value: &str, age: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name();
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={age}");
        // Letters and digits are always a header's value.
        HeaderValue::try_from(line).ok()
    }
}

/// The value of the one cookie of this name; nothing when there are two that differ.
fn shown<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut own = pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(found, value)| (found == name).then_some(value));
    let first = own.next()?;
    own.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: SessionCookie = SessionCookie { secure: false };
    const SECURE: SessionCookie = SessionCookie { secure: true };

    #[test]
    fn a_sign_in_comes_back_from_another_site_and_is_soon_forgotten() {
        let given = FlowCookie { secure: true }.give("abc").unwrap();
        let expected = "__Host-rishi-oidc=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600";
        assert_eq!(given, expected);
        let plain = FlowCookie { secure: false };
        assert_eq!(plain.take().unwrap(), "rishi-oidc=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
        let headers = [(header::COOKIE, "rishi=x; rishi-oidc=y".parse().unwrap())];
        assert_eq!(plain.shown(&headers.into_iter().collect()), Some("y"));
    }

    fn shown(cookie: SessionCookie, lines: &[&str]) -> Option<String> {
        let pair = |line: &&str| (header::COOKIE, line.parse().unwrap());
        cookie.shown(&lines.iter().map(pair).collect()).map(str::to_owned)
    }

    #[test]
    fn the_cookie_is_found_among_others_by_its_own_name_alone() {
        assert_eq!(shown(PLAIN, &["a=b; rishi=x; c=d"]).as_deref(), Some("x"));
        assert_eq!(shown(PLAIN, &["a=b", "rishi=x"]).as_deref(), Some("x"));
        assert_eq!(shown(SECURE, &["rishi=x; __Host-rishi=y"]).as_deref(), Some("y"));
        assert_eq!(shown(SECURE, &["rishi=x"]), None);
        assert_eq!(shown(PLAIN, &["__Host-rishi=y; rishi_other=z; rishi"]), None);
        assert_eq!(shown(PLAIN, &[]), None);
    }

    #[test]
    fn two_that_differ_are_none() {
        assert_eq!(shown(PLAIN, &["rishi=x; rishi=y"]), None);
        assert_eq!(shown(PLAIN, &["rishi=x; rishi=x"]).as_deref(), Some("x"));
    }

    #[test]
    fn it_is_guarded_as_well_as_the_connection_allows() {
        let secret = Secret::generate().unwrap();
        let given = SECURE.give(&secret).unwrap();
        let expected =
            format!("__Host-rishi={}; Path=/; HttpOnly; SameSite=Strict; Secure", secret.reveal());
        assert_eq!(given, expected);
        let plain = PLAIN.give(&secret).unwrap();
        assert!(!plain.to_str().unwrap().contains("Secure"));
        let taken = "__Host-rishi=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0";
        assert_eq!(SECURE.take().unwrap(), taken);
    }
}
