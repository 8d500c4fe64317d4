//! A sign-in that is under way, as the browser carries it: sealed, so that nobody can read, make or change one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tie;
use crate::sealing::Sealer;
use crate::{App, Error};

/// What it is sealed for.
const PLACE: &str = "oidc/flow";
/// The longest that a flow may be, so that nothing larger is looked at.
const LONGEST: usize = 3_072;

/// A sign-in that is under way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Flow {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// The path to which the browser goes afterwards.
    pub(super) to: String,
    /// Until when it may be finished.
    pub(super) until: Timestamp,
}

impl Flow {
    pub(super) fn tie(&self) -> Tie<'_> {
        Tie { state: &self.state, nonce: &self.nonce, verifier: &self.verifier }
    }

    /// As text of letters that a cookie may hold.
    pub(super) fn sealed(&self, sealer: &Sealer) -> Result<String, Error> {
        let text = serde_json::to_vec(self).map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(URL_SAFE_NO_PAD.encode(sealer.seal(PLACE, &text)?))
    }
}

impl App {
    /// The flow that a cookie holds, if it may still be finished.
    pub(super) fn opened(&self, sealed: &str) -> Result<Flow, Error> {
        let lost = || Error::SignInLost;
        if sealed.len() > LONGEST {
            return Err(lost());
        }
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| lost())?;
        let text = self.sealer.open(PLACE, &bytes).map_err(|_| lost())?;
        let flow: Flow = serde_json::from_slice(&text).map_err(|_| lost())?;
        if flow.until <= self.now() { Err(lost()) } else { Ok(flow) }
    }
}

/// The path of the platform that somebody wants to be led to, or the first page: never another site's
/// address, and nothing that a browser would read as one.
pub(super) fn path(wanted: Option<&str>) -> String {
    const LONGEST_PATH: usize = 1_024;
    let is_path = |path: &&str| {
        let plain = |c: char| c.is_ascii_graphic() && c != '\\';
        path.len() <= LONGEST_PATH
            && path.starts_with('/')
            && !path.starts_with("//")
            && path.chars().all(plain)
    };
    wanted.filter(is_path).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_site_is_led_to() {
        for good in ["/", "/bookings?status=draft", "/schedule#today", "/a//b"] {
            assert_eq!(path(Some(good)), good);
        }
        for bad in [
            "",
            "bookings",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example/",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=y",
            "/\t/evil.example",
            "/ä",
        ] {
            assert_eq!(path(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(path(None), "/");
        assert_eq!(path(Some(&format!("/{}", "a".repeat(1_024)))), "/");
    }

    #[test]
    fn a_flow_opens_under_its_own_key_alone() {
        let flow = Flow {
            state: "s".to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            to: "/".to_owned(),
            until: Timestamp::MAX,
        };
        let key = Sealer::new(&[7; 32]);
        let sealed = flow.sealed(&key).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        assert!(key.open(PLACE, &bytes).is_ok());
        assert!(Sealer::new(&[8; 32]).open(PLACE, &bytes).is_err());
        assert!(key.open("webhook/1", &bytes).is_err());
        assert!(!sealed.contains('='), "a cookie's value");
    }
}
